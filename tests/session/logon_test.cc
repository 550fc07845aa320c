// SPDX-License-Identifier: Apache-2.0
// MAPILogonEx, shared sessions, and what a session tells of itself.
#include <thread>

#include "session_fixture.h"

namespace session_test {
namespace {

class LogonTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile("Test");
  }
  void TearDown() override {
    MAPIUninitialize();
    SessionTest::TearDown();
  }
};

// spec: LC-037 LC-047 LC-066
TEST_F(LogonTest, RefusesBadArguments) {
  Ptr<IMAPISession> session;
  EXPECT_EQ(MAPI_E_LOGON_FAILED, log_on("Nobody", kNew, session));
  EXPECT_EQ(MAPI_E_LOGON_FAILED, log_on(std::string(65, 'x').c_str(), kNew, session));
  EXPECT_EQ(MAPI_E_LOGON_FAILED, log_on("Test", kNew | 0x40000000, session));
  EXPECT_EQ(MAPI_E_LOGON_FAILED, log_on("Test", kNew | MAPI_LOGON_UI | MAPI_PASSWORD_UI, session));
  EXPECT_EQ(MAPI_E_LOGON_FAILED, MAPILogonEx(0, text("Test"), nullptr, kNew, nullptr));
}

// spec: LC-038
TEST_F(LogonTest, TakesNoPassword) {
  Ptr<IMAPISession> session;
  EXPECT_EQ(MAPI_E_LOGON_FAILED, MAPILogonEx(0, text("Test"), text("secret"), kNew, session.put()));
  EXPECT_EQ(S_OK, MAPILogonEx(0, text("Test"), nullptr, kNew, session.put()));
}

// spec: LC-042 LC-044 LC-045 LC-046 LC-065
TEST_F(LogonTest, ChoosesTheProfile) {
  Ptr<IMAPISession> session;
  EXPECT_EQ(MAPI_E_LOGON_FAILED, log_on(nullptr, kNew, session));
  EXPECT_EQ(MAPI_E_LOGON_FAILED, log_on("", kNew, session));
  EXPECT_EQ(MAPI_E_LOGON_FAILED, log_on(nullptr, kNew | MAPI_USE_DEFAULT, session));  // there is none
  Ptr<IProfAdmin> admin;
  ASSERT_EQ(S_OK, MAPIAdminProfiles(0, admin.put()));
  ASSERT_EQ(S_OK, admin->SetDefaultProfile(text("Test"), 0));
  EXPECT_EQ(MAPI_E_LOGON_FAILED, log_on(nullptr, kNew | MAPI_EXPLICIT_PROFILE, session));
  EXPECT_EQ(S_OK, log_on(nullptr, kNew | MAPI_USE_DEFAULT, session));
  EXPECT_EQ(S_OK, log_on(nullptr, kNew | MAPI_EXPLICIT_PROFILE | MAPI_USE_DEFAULT, session));
  EXPECT_EQ(S_OK, log_on("Nobody", kNew | MAPI_USE_DEFAULT, session));
  EXPECT_EQ(S_OK, log_on("Test", kNew | MAPI_EXPLICIT_PROFILE, session));
}

// spec: LC-058
TEST_F(LogonTest, TakesWideNames) {
  Ptr<IMAPISession> session;
  wchar_t name[] = L"Test";
  EXPECT_EQ(S_OK, MAPILogonEx(0, reinterpret_cast<LPTSTR>(name), nullptr, kNew | MAPI_UNICODE, session.put()));
}

// Two profiles whose stores differ in number tell which one a session is on.
// spec: LC-039 LC-040 LC-041 LC-063 LC-067 LC-074
TEST_F(LogonTest, JoinsTheSharedSession) {
  make_profile("Other", 2);
  Ptr<IMAPISession> first, joined, own;
  EXPECT_EQ(MAPI_E_LOGON_FAILED, log_on(nullptr, MAPI_EXTENDED, joined));  // nothing to join
  ASSERT_EQ(S_OK, log_on("Test", kNew | MAPI_ALLOW_OTHERS, first));
  ASSERT_EQ(S_OK, log_on(nullptr, MAPI_EXTENDED, joined));
  EXPECT_NE(first.get(), joined.get());
  EXPECT_EQ(1u, stores(joined.get()).size());
  joined.reset();
  ASSERT_EQ(S_OK, log_on("Other", MAPI_EXTENDED, joined));
  EXPECT_EQ(1u, stores(joined.get()).size());
  ASSERT_EQ(S_OK, log_on("Other", kNew, own));
  EXPECT_EQ(2u, stores(own.get()).size());
  // It lives until its last member goes.
  ASSERT_EQ(S_OK, first->Logoff(0, 0, 0));
  EXPECT_EQ(1u, stores(joined.get()).size());
  ASSERT_EQ(S_OK, joined->Logoff(0, 0, 0));
  EXPECT_EQ(MAPI_E_LOGON_FAILED, log_on(nullptr, MAPI_EXTENDED, joined));
}

// spec: LC-072
TEST_F(LogonTest, OneProfileManySessions) {
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      MAPIInitialize(nullptr);
      for (int round = 0; round < 5; ++round) {
        Ptr<IMAPISession> session;
        Ptr<IMsgStore> store;
        if (log_on("Test", kNew, session) == S_OK && open_first(session.get(), store) == S_OK) ++good;
      }
      MAPIUninitialize();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(40, good);
}

// spec: LC-050 LC-051 LC-052 LC-297 LC-299 LC-306
TEST_F(LogonTest, StatusTableHasTheSessionsOwnRows) {
  for (const ULONG no_mail : {ULONG{0}, ULONG{MAPI_NO_MAIL}}) {
    Ptr<IMAPISession> session;
    ASSERT_EQ(S_OK, log_on("Test", kNew | no_mail, session));
    const auto rows = status(session.get());
    ASSERT_EQ(3u, rows.size());
    const LONG types[] = {MAPI_SUBSYSTEM, MAPI_SPOOLER, MAPI_AB};
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(types[i], rows[i].type);
      EXPECT_EQ(types[i] == MAPI_SPOOLER && no_mail ? STATUS_FAILURE : STATUS_AVAILABLE, rows[i].code);
      Ptr<IMAPIStatus> object;
      ULONG type = 0;
      ASSERT_EQ(S_OK, session->OpenEntry(static_cast<ULONG>(rows[i].id.size()), id_of(rows[i].id), nullptr, 0, &type,
                                         object.put_unknown()));
      EXPECT_EQ(static_cast<ULONG>(MAPI_STATUS), type);
      EXPECT_EQ(S_OK, object->ValidateState(0, SUPPRESS_UI));
      EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, object->ValidateState(0, 0x80000000));
      EXPECT_EQ(MAPI_E_NO_SUPPORT, object->SettingsDialog(0, 0));
      EXPECT_EQ(MAPI_E_NO_SUPPORT, object->ChangePassword(nullptr, nullptr, 0));
      EXPECT_EQ(types[i] == MAPI_SPOOLER ? S_OK : MAPI_E_NO_SUPPORT, object->FlushQueues(0, 0, nullptr, FLUSH_NO_UI));
      LPSPropValue name = nullptr;
      ASSERT_EQ(S_OK, HrGetOneProp(object.get(), PR_DISPLAY_NAME_A, &name));
      EXPECT_EQ(rows[i].name, name->Value.lpszA);
      MAPIFreeBuffer(name);
    }
  }
}

// spec: LC-331 LC-332 IMAPISession::QueryIdentity
TEST_F(LogonTest, NobodyIsTheIdentityOfASessionWithoutOne) {
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Test", kNew, session));
  ULONG size = 0;
  LPENTRYID id = nullptr;
  EXPECT_EQ(MAPI_W_NO_SERVICE, session->QueryIdentity(&size, &id));
  EXPECT_GT(size, 24u);
  MAPIFreeBuffer(id);
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session->QueryIdentity(nullptr, &id));
}

// spec: LC-338 LC-341 LC-342 LC-344 LC-336 IMAPISession::OpenProfileSection
TEST_F(LogonTest, OpensProfileSectionsAndServices) {
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Test", kNew, session));
  MAPIUID uid = {{9, 8, 7}};
  Ptr<IProfSect> section, second;
  EXPECT_EQ(MAPI_E_NOT_FOUND, session->OpenProfileSection(&uid, nullptr, 0, section.put()));
  ASSERT_EQ(S_OK, session->OpenProfileSection(&uid, nullptr, MAPI_MODIFY, section.put()));
  section.reset();
  EXPECT_EQ(S_OK, session->OpenProfileSection(&uid, nullptr, 0, section.put()));
  EXPECT_EQ(S_OK, session->OpenProfileSection(&uid, nullptr, 0, second.put()));
  Ptr<IMsgServiceAdmin> admin;
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, session->AdminServices(1, admin.put()));
  EXPECT_EQ(S_OK, session->AdminServices(0, admin.put()));
}

// spec: LC-320 LC-321 LC-324
TEST_F(LogonTest, SessionAdviseHearsOfTheLogoff) {
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Test", kNew, session));
  Sink sink;
  ULONG_PTR connection = 0, second = 0;
  ASSERT_EQ(S_OK, session->Advise(0, nullptr, fnevExtended, &sink, &connection));
  ASSERT_EQ(S_OK, session->Advise(0, nullptr, 0, &sink, &second));
  EXPECT_NE(0u, connection);
  EXPECT_NE(connection, second);
  EXPECT_EQ(S_OK, session->Unadvise(second));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session->Unadvise(second));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session->Advise(0, nullptr, 0, nullptr, &second));
  ASSERT_EQ(S_OK, session->Logoff(0, 0, 0));
  EXPECT_EQ(1, sink.extended);
  EXPECT_EQ(1u, sink.references);
}

// spec: LC-088 LC-094 LC-095
TEST_F(LogonTest, SharedLogoffTellsTheOthers) {
  Ptr<IMAPISession> first, second;
  ASSERT_EQ(S_OK, log_on("Test", kNew | MAPI_ALLOW_OTHERS, first));
  ASSERT_EQ(S_OK, log_on(nullptr, MAPI_EXTENDED, second));
  Sink mine, theirs;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, first->Advise(0, nullptr, 0, &mine, &connection));
  ASSERT_EQ(S_OK, second->Advise(0, nullptr, 0, &theirs, &connection));
  ASSERT_EQ(S_OK, first->Logoff(0, MAPI_LOGOFF_SHARED, 0));
  EXPECT_EQ(0, mine.errors);
  EXPECT_EQ(1, theirs.errors);
  ASSERT_EQ(S_OK, second->Logoff(0, MAPI_LOGOFF_SHARED, 0));
}

}  // namespace
}  // namespace session_test
