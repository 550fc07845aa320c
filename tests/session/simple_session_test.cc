// SPDX-License-Identifier: Apache-2.0
// Sessions of Simple MAPI and their conversion. Page: scmapixfromsmapi; MAPILogon and MAPILogoff of the Windows
// reference.
#include "session_fixture.h"

// After mapix.h, so that it declares ScMAPIXFromSMAPI.
#include <mapi.h>

namespace session_test {
namespace {

class SimpleSessionTest : public SessionTest {
 protected:
  // Simple MAPI initialises MAPI by itself: the tests do not.
  void SetUp() override {
    SessionTest::SetUp();
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile("Test");
    make_profile("Two", 2);
    MAPIUninitialize();
  }
  static ULONG simple_logon(const char* profile, FLAGS flags, LHANDLE& handle, const char* password = nullptr) {
    return MAPILogon(0, const_cast<LPSTR>(profile), const_cast<LPSTR>(password), flags, 0, &handle);
  }
  static bool is_initialized() {
    Ptr<IProfAdmin> admin;
    return MAPIAdminProfiles(0, admin.put()) == S_OK;
  }
};

TEST_F(SimpleSessionTest, ConvertsToAFullSession) {
  LHANDLE handle = 0;
  ASSERT_EQ(static_cast<ULONG>(SUCCESS_SUCCESS), simple_logon("Two", MAPI_NEW_SESSION, handle));
  ASSERT_NE(lhSessionNull, handle);
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, ScMAPIXFromSMAPI(handle, 0, nullptr, session.put()));
  EXPECT_EQ(2u, stores(session.get()).size());
  Ptr<IMsgStore> store;
  EXPECT_EQ(S_OK, open_first(session.get(), store));
  store.reset();
  Ptr<IMAPISession> again;
  ASSERT_EQ(S_OK, ScMAPIXFromSMAPI(handle, 0, &IID_IMAPISession, again.put()));
  EXPECT_EQ(session.get(), again.get());
  again.reset();
  Ptr<IUnknown> unknown;
  EXPECT_EQ(S_OK, ScMAPIXFromSMAPI(handle, 0, &IID_IUnknown, reinterpret_cast<LPMAPISESSION*>(unknown.put())));
  unknown.reset();
  EXPECT_EQ(static_cast<ULONG>(SUCCESS_SUCCESS), MAPILogoff(handle, 0, 0, 0));
  // The handle's session has ended; what was converted of it is harmless.
  Ptr<IMAPITable> table;
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, session->GetMsgStoresTable(0, table.put()));
  session.reset();
  EXPECT_FALSE(is_initialized());
}

TEST_F(SimpleSessionTest, ConversionAnswersTheDocumentedCodes) {
  LHANDLE handle = 0;
  ASSERT_EQ(static_cast<ULONG>(SUCCESS_SUCCESS), simple_logon("Test", MAPI_NEW_SESSION, handle));
  const auto preset = reinterpret_cast<LPMAPISESSION>(this);
  LPMAPISESSION session = preset;
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, ScMAPIXFromSMAPI(handle, MAPI_NEW_SESSION, nullptr, &session));
  EXPECT_EQ(nullptr, session);
  session = preset;
  EXPECT_EQ(E_NOINTERFACE, ScMAPIXFromSMAPI(handle, 0, &IID_IMsgStore, &session));
  EXPECT_EQ(nullptr, session);
  for (const LHANDLE other : {lhSessionNull, handle + 1, ~LHANDLE{0}}) {
    session = preset;
    EXPECT_EQ(MAPI_E_INVALID_PARAMETER, ScMAPIXFromSMAPI(other, 0, nullptr, &session));
    EXPECT_EQ(nullptr, session);
  }
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, ScMAPIXFromSMAPI(handle, 0, nullptr, nullptr));
  ASSERT_EQ(static_cast<ULONG>(SUCCESS_SUCCESS), MAPILogoff(handle, 0, 0, 0));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, ScMAPIXFromSMAPI(handle, 0, nullptr, &session));
}

TEST_F(SimpleSessionTest, LogonSharesUnlessAskedNotTo) {
  LHANDLE first = 0, joined = 0, own = 0;
  EXPECT_EQ(static_cast<ULONG>(MAPI_E_LOGIN_FAILURE), simple_logon(nullptr, 0, first));  // no default profile
  ASSERT_EQ(static_cast<ULONG>(SUCCESS_SUCCESS), simple_logon("Test", 0, first));
  ASSERT_EQ(static_cast<ULONG>(SUCCESS_SUCCESS), simple_logon(nullptr, 0, joined));
  ASSERT_EQ(static_cast<ULONG>(SUCCESS_SUCCESS), simple_logon("Two", MAPI_NEW_SESSION, own));
  EXPECT_NE(first, joined);
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, ScMAPIXFromSMAPI(own, 0, nullptr, session.put()));
  EXPECT_EQ(2u, stores(session.get()).size());
  // The shared session lives until its last member goes.
  EXPECT_EQ(static_cast<ULONG>(SUCCESS_SUCCESS), MAPILogoff(first, 0, 0, 0));
  ASSERT_EQ(S_OK, ScMAPIXFromSMAPI(joined, 0, nullptr, session.put()));
  EXPECT_EQ(1u, stores(session.get()).size());
  session.reset();
  EXPECT_EQ(static_cast<ULONG>(SUCCESS_SUCCESS), MAPILogoff(joined, 0, 0, 0));
  EXPECT_EQ(static_cast<ULONG>(SUCCESS_SUCCESS), MAPILogoff(own, 0, 0, 0));
  EXPECT_FALSE(is_initialized());
}

TEST_F(SimpleSessionTest, LogonAndLogoffCheckTheirArguments) {
  LHANDLE handle = 7;
  EXPECT_EQ(static_cast<ULONG>(MAPI_E_LOGIN_FAILURE), simple_logon("Nobody", MAPI_NEW_SESSION, handle));
  EXPECT_EQ(lhSessionNull, handle);
  EXPECT_EQ(static_cast<ULONG>(MAPI_E_LOGIN_FAILURE), simple_logon("Test", MAPI_NEW_SESSION, handle, "secret"));
  EXPECT_EQ(static_cast<ULONG>(MAPI_E_LOGIN_FAILURE),
            simple_logon("Test", MAPI_NEW_SESSION | MAPI_LOGON_UI | MAPI_PASSWORD_UI, handle));
  EXPECT_EQ(static_cast<ULONG>(MAPI_E_FAILURE), simple_logon("Test", 0x40000000, handle));
  EXPECT_EQ(static_cast<ULONG>(MAPI_E_FAILURE), MAPILogon(0, const_cast<LPSTR>("Test"), nullptr, 0, 0, nullptr));
  EXPECT_FALSE(is_initialized());  // a failed logon leaves nothing behind
  EXPECT_EQ(static_cast<ULONG>(MAPI_E_INVALID_SESSION), MAPILogoff(lhSessionNull, 0, 0, 0));
  ASSERT_EQ(static_cast<ULONG>(SUCCESS_SUCCESS), simple_logon("Test", MAPI_NEW_SESSION, handle));
  EXPECT_EQ(static_cast<ULONG>(MAPI_E_INVALID_SESSION), MAPILogoff(handle + 1, 0, 0, 0));
  EXPECT_EQ(static_cast<ULONG>(MAPI_E_FAILURE), MAPILogoff(handle, 0, 1, 0));  // not terminated
  EXPECT_EQ(static_cast<ULONG>(SUCCESS_SUCCESS), MAPILogoff(handle, 0, 0, 0));
  EXPECT_EQ(static_cast<ULONG>(MAPI_E_INVALID_SESSION), MAPILogoff(handle, 0, 0, 0));
}

}  // namespace
}  // namespace session_test
