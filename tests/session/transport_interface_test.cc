// SPDX-License-Identifier: Apache-2.0
// The transport interfaces as one library sees the other's: every method of IXPProvider and IXPLogon called through the
// header's slots on a provider that was built elsewhere, with the arguments the pages name. What the spooler does with
// the answers is tested beside this. Pages: xpproviderinit, ixpprovider-*, ixplogon-*.
#include "spooler_fixture.h"

namespace session_test {
namespace {

class TransportInterface : public SpoolerFixture {
 protected:
  void SetUp() override {
    SpoolerFixture::SetUp();
    tell("A.options", "yes");
    start();
    auto* XPProviderInit = reinterpret_cast<XPPROVIDERINIT*>(::dlsym(library_, "XPProviderInit"));
    ASSERT_NE(nullptr, XPProviderInit);
    ULONG version = 0;
    Ptr<IMalloc> allocator;
    *allocator.put() = MAPIGetDefaultMalloc();
    ASSERT_EQ(S_OK,
              XPProviderInit(static_cast<HINSTANCE>(library_), allocator.get(), MAPIAllocateBuffer, MAPIAllocateMore,
                             MAPIFreeBuffer, 0, CURRENT_SPI_VERSION, &version, provider_.put()));
    EXPECT_EQ(static_cast<ULONG>(CURRENT_SPI_VERSION), version);
    ULONG flags = LOGON_NO_CONNECT | LOGON_NO_DIALOG;
    LPMAPIERROR error = nullptr;
    ASSERT_EQ(S_OK, provider_->TransportLogon(control_->support("A"), 0, text("Mail"), &flags, &error, logon_.put()));
    ASSERT_TRUE(logon_);
    control_->clear_lines();
  }
  void TearDown() override {
    EXPECT_EQ(S_OK, logon_->TransportLogoff(0));
    logon_.reset();
    ULONG zero = 0;
    EXPECT_EQ(S_OK, provider_->Shutdown(&zero));
    provider_.reset();
    SpoolerFixture::TearDown();
  }
  Ptr<IXPProvider> provider_;
  Ptr<IXPLogon> logon_;
};

// spec: IXPProvider::TransportLogon IXPProvider::Shutdown IXPLogon::AddressTypes IXPLogon::RegisterOptions
// spec: IXPLogon::TransportNotify IXPLogon::Idle IXPLogon::TransportLogoff
TEST_F(TransportInterface, SaysWhatItTakes) {
  ULONG flags = 9, types = 9, uids = 9, count = 0;
  LPTSTR* names = nullptr;
  LPMAPIUID* list = nullptr;
  ASSERT_EQ(S_OK, logon_->AddressTypes(&flags, &types, &names, &uids, &list));
  ASSERT_EQ(1u, types);
  EXPECT_EQ(0u, flags);
  EXPECT_EQ(0u, uids);
  EXPECT_STREQ("SMTP", reinterpret_cast<char*>(names[0]));
  LPOPTIONDATA options = nullptr;
  ASSERT_EQ(S_OK, logon_->RegisterOptions(&flags, &count, &options));
  ASSERT_EQ(1u, count);
  EXPECT_EQ(static_cast<ULONG>(OPTION_TYPE_MESSAGE), options[0].ulFlags);
  flags = NOTIFY_BEGIN_INBOUND;
  ASSERT_EQ(S_OK, logon_->TransportNotify(&flags, nullptr));
  EXPECT_EQ(static_cast<ULONG>(NOTIFY_BEGIN_INBOUND), flags);  // unchanged
  ASSERT_EQ(S_OK, logon_->Idle(0));
  EXPECT_EQ((Calls{"A:AddressTypes", "A:RegisterOptions", "A:TransportNotify 1", "A:Idle 0"}), seen());
}

// spec: IXPLogon::SubmitMessage IXPLogon::EndMessage IXPLogon::Poll IXPLogon::StartMessage
TEST_F(TransportInterface, SendsAndReceives) {
  const Ptr<IMessage> message = compose({"SMTP:a@x"});
  ULONG_PTR reference = 0, seconds = 0;
  ULONG flags = 0, incoming = 9;
  ASSERT_EQ(S_OK, logon_->SubmitMessage(0, message.get(), &reference, &seconds));
  EXPECT_NE(0u, reference);
  tell("A.end", "20000");
  ASSERT_EQ(S_OK, logon_->EndMessage(reference, &flags));
  EXPECT_EQ(static_cast<ULONG>(END_RESEND_LATER), flags);
  ASSERT_EQ(S_OK, logon_->Poll(&incoming));
  EXPECT_EQ(0u, incoming);
  tell("A.waiting", "1");
  tell("A.start", "mail");
  ASSERT_EQ(S_OK, logon_->Poll(&incoming));
  EXPECT_NE(0u, incoming);
  reference = 1;
  const Ptr<IMessage> empty = compose({});
  ASSERT_EQ(S_OK, logon_->StartMessage(0, empty.get(), &reference));
  EXPECT_NE(1u, reference);
  LPSPropValue subject = nullptr;
  ASSERT_EQ(S_OK, HrGetOneProp(empty.get(), PR_SUBJECT_A, &subject));
  EXPECT_STREQ("incoming", subject->Value.lpszA);
  MAPIFreeBuffer(subject);
}

// spec: IXPLogon::OpenStatusEntry IXPLogon::ValidateState IXPLogon::FlushQueues
TEST_F(TransportInterface, AnswersForItsState) {
  ULONG type = 0;
  LPMAPISTATUS status_object = nullptr;
  EXPECT_EQ(MAPI_E_NO_SUPPORT, logon_->OpenStatusEntry(nullptr, MAPI_MODIFY, &type, &status_object));
  EXPECT_EQ(S_OK, logon_->ValidateState(5, SUPPRESS_UI));
  EXPECT_EQ(S_OK, logon_->FlushQueues(5, 0, nullptr, FLUSH_DOWNLOAD | FLUSH_NO_UI));
  EXPECT_EQ((Calls{"A:OpenStatusEntry 1", "A:ValidateState 5 1", "A:FlushQueues 5 0 NULL 14"}), seen());
}

}  // namespace
}  // namespace session_test
