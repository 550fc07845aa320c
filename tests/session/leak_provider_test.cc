// SPDX-License-Identifier: Apache-2.0
// What providers have of the session and do not give back, in the leak report (guarantee G5): support objects, profile
// sections, advise connections. The transports and the mail store let a test have their support objects.
#include "spooler_fixture.h"

namespace session_test {
namespace {

class LeakProvider : public SpoolerFixture {
 protected:
  void SetUp() override {
    SpoolerFixture::SetUp();
    start();
    (void)leaks();
  }
  static IMAPISupport* keep(IMAPISupport* support) {
    if (support) support->AddRef();
    return support;
  }
  // Of objects, without the text that differs from run to run.
  static Calls named() {
    Calls names;
    for (const std::string& line : leaks()) {
      if (line.find(" stays loaded: ") != line.npos) continue;
      EXPECT_NE(std::string::npos, line.find(", opened by thread ")) << line;
      names.push_back(line.substr(0, line.find(", opened by thread ")));
    }
    return names;
  }
};

TEST_F(LeakProvider, ATransportThatKeepsItsSupportObject) {
  IMAPISupport* const kept = keep(control_->support("A"));
  ASSERT_NE(nullptr, kept);
  store_.reset();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  const Calls lines = named();
  ASSERT_EQ(1u, lines.size());
  EXPECT_EQ(0u, lines[0].find("session of profile 'Mail' (IMAPISession::Logoff): support object of provider "));
  EXPECT_NE(std::string::npos, lines[0].find("Transport A"));
  EXPECT_NE(std::string::npos, lines[0].find(" not released"));
  EXPECT_EQ(0u, kept->Release());
}

TEST_F(LeakProvider, ATransportThatKeepsASection) {
  LPPROFSECT section = nullptr;
  ASSERT_EQ(S_OK, control_->support("B")->OpenProfileSection(nullptr, 0, &section));
  EXPECT_EQ(2u, MapiaryListObjects(nullptr, nullptr)) << "session and store; the rest is not the client's";
  store_.reset();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  const Calls lines = named();
  ASSERT_EQ(1u, lines.size());
  EXPECT_EQ(0u, lines[0].find("session of profile 'Mail' (IMAPISession::Logoff): profile section '"));
  EXPECT_EQ(0u, section->Release());
}

TEST_F(LeakProvider, AStoreThatKeepsAConnection) {
  NOTIFKEY key{1, {'k'}};
  ULONG_PTR connection = 0;
  Sink sink;
  const std::string words = "advise connection 'at provider provider 'Mail store'";
  ASSERT_EQ(S_OK, control_->support("store")->Subscribe(&key, fnevExtended, 0, &sink, &connection));
  EXPECT_EQ(S_OK, control_->support("store")->Unsubscribe(connection));
  ASSERT_EQ(S_OK, control_->support("store")->Subscribe(&key, fnevExtended, 0, &sink, &connection));
  store_.reset();  // ends the connection with the support object
  EXPECT_EQ(1u, sink.references);
  const Calls lines = named();
  ASSERT_EQ(1u, lines.size());
  EXPECT_EQ(0u, lines[0].find("session of profile 'Mail' (last Release of a message store): " + words)) << lines[0];
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_EQ(Calls{}, named());
}

// The object is the provider's, and its references the client's.
TEST_F(LeakProvider, ObjectsMadeInvalid) {
  struct CObject {
    const void* vtable;
  };
  const void* const methods[3] = {};
  LPVOID block = nullptr;
  ASSERT_EQ(S_OK, MAPIAllocateBuffer(sizeof(CObject), &block));
  static_cast<CObject*>(block)->vtable = methods;
  ASSERT_EQ(S_OK, control_->support("A")->MakeInvalid(0, block, 2, 3));
  auto* const object = static_cast<IUnknown*>(block);
  EXPECT_EQ(1u, object->Release());
  store_.reset();
  session_.reset();
  EXPECT_TRUE(control_->wait_quiet());
  EXPECT_EQ(Calls{}, named());
  MAPIUninitialize();
  const Calls left = leaks();
  EXPECT_TRUE(has(left, "MAPIUninitialize: objects that providers made invalid and clients have not released: 1"));
  EXPECT_EQ(0u, object->Release());
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  MAPIUninitialize();
  EXPECT_FALSE(has(leaks(), "made invalid"));
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
}

// Nothing of all this where everybody keeps to the rules.
TEST_F(LeakProvider, NothingAfterACleanSession) {
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("FinishedMsg"));
  store_.reset();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  session_.reset();
  EXPECT_EQ(Calls{}, named());
  EXPECT_EQ(0u, MapiaryListObjects(nullptr, nullptr));
}

}  // namespace
}  // namespace session_test
