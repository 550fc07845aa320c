// SPDX-License-Identifier: Apache-2.0
// What clients owe MAPILogonEx and the end of a session, and what flags without a dialog do.
#include <mapi.h>

#include <cstdio>
#include <thread>

#include "session_fixture.h"

namespace session_test {
namespace {

using Calls = std::vector<std::string>;
class LogonRulesTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile("Test");
    (void)take_calls();
  }
  void TearDown() override {
    MAPIUninitialize();
    SessionTest::TearDown();
  }
};

// Flags that say something of dialogs, profiles or the background, without a user: the logon goes on.
// spec: LC-059 LC-060 LC-061
TEST_F(LogonRulesTest, FlagsThatChangeNothingHere) {
  for (const ULONG flags : {ULONG{MAPI_APP_PROFILE}, ULONG{MAPI_BG_SESSION}, ULONG{MAPI_EXTENDED}, ULONG{0}}) {
    Ptr<IMAPISession> session;
    EXPECT_EQ(S_OK, log_on("Test", MAPI_NEW_SESSION | flags, session)) << flags;
    EXPECT_EQ(1u, stores(session.get()).size());
  }
}

// A service says so twice, and its providers learn that nobody can be asked.
// spec: LC-022 LC-062
TEST_F(LogonRulesTest, AServiceTellsItsProviders) {
  for (const ULONG flag : {ULONG{MAPI_NT_SERVICE}, ULONG{0}}) {
    MAPIUninitialize();
    MAPIINIT_0 init{MAPI_INIT_VERSION, flag};
    ASSERT_EQ(S_OK, MAPIInitialize(&init));
    Ptr<IMAPISession> session;
    Ptr<IMsgStore> store;
    ASSERT_EQ(S_OK, log_on("Test", kNew | MAPI_NO_MAIL | flag, session));
    ASSERT_EQ(S_OK, open_first(session.get(), store, MDB_WRITE));
    const auto seen = take_calls();
    EXPECT_EQ(flag ? "MSProviderInit 10010 10000" : "MSProviderInit 10010 0", seen.at(0));
    EXPECT_EQ(flag ? "IMSProvider::Logon Test 80000005" : "IMSProvider::Logon Test 80000004",
              seen.at(1).substr(0, seen.at(1).rfind(' ')));
    store.reset();
    session.reset();
    (void)take_calls();
  }
}

// spec: LC-075 LC-076
TEST_F(LogonRulesTest, TheOrderOfAStart) {
  MAPIUninitialize();
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  ASSERT_EQ(S_OK, ScInitMapiUtil(0));
  make_profile("Three", 3);
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Three", kNew, session));
  const auto rows = stores(session.get());
  ASSERT_EQ(3u, rows.size());
  for (const auto& row : rows) {
    Ptr<IMsgStore> store;
    EXPECT_EQ(S_OK, open(session.get(), row.id, MDB_WRITE, store));
  }
  session.reset();
  DeinitMapiUtil();
}

// The steps that exist here, in their order: nothing is left over, nobody complains.
// spec: LC-081 LC-082 LC-083 LC-084 LC-086 LC-098 LC-582
TEST_F(LogonRulesTest, TheOrderOfAnEnd) {
  ASSERT_EQ(S_OK, ScInitMapiUtil(0));
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Test", kNew, session));
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session.get(), store));
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, session->GetStatusTable(0, table.put()));
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, session->Advise(0, nullptr, fnevExtended, &sink, &connection));
  ULONG size = 0;
  LPENTRYID cached = nullptr;
  ASSERT_GE(session->QueryIdentity(&size, &cached), S_OK);
  (void)take_calls();
  EXPECT_EQ(S_OK, session->Unadvise(connection));
  table.reset();
  store.reset();
  EXPECT_EQ(0u, MAPIFreeBuffer(cached));
  EXPECT_EQ(S_OK, session->Logoff(0, 0, 0));
  EXPECT_EQ(0u, session.reset());
  MAPIUninitialize();
  DeinitMapiUtil();
  EXPECT_EQ(1u, sink.references);
  Calls left = leaks();
  // A test before this one may have let an address book throw; its library then stays as long as the process.
  std::erase_if(left, [](const std::string& line) { return line.find("libtest_ab.so stays loaded") != line.npos; });
  EXPECT_EQ(Calls{}, left);
  EXPECT_EQ("IMSProvider::Release 0", take_calls().back());
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
}

// MAPIUninitialize takes the utilities' own initialisation along: only who called ScInitMapiUtil ends it.
// spec: LC-583
TEST_F(LogonRulesTest, UninitializeEndsTheUtilities) {
  EXPECT_EQ(S_OK, HrDispatchNotifications(0));
  MAPIUninitialize();
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, HrDispatchNotifications(0));
  ASSERT_EQ(S_OK, ScInitMapiUtil(0));
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  MAPIUninitialize();
  EXPECT_EQ(S_OK, HrDispatchNotifications(0));  // the caller's own is still there
  DeinitMapiUtil();
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, HrDispatchNotifications(0));
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
}

// What a client did not release is named; its objects stay, harmless, until it does.
// spec: LC-089 LC-107
TEST_F(LogonRulesTest, WhatIsLeftOpenIsNamedAndStays) {
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Test", kNew, session));
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session.get(), store));
  Ptr<IMAPIFolder> folder;
  ULONG type = 0;
  ASSERT_EQ(S_OK, store->OpenEntry(0, nullptr, nullptr, 0, &type, folder.put_unknown()));
  (void)leaks();
  EXPECT_EQ(S_OK, session->Logoff(0, 0, 0));
  EXPECT_TRUE(has(leaks(), "message store 'Recording store' not released"));
  Ptr<IMAPITable> table;
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, folder->GetContentsTable(0, table.put()));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, store->OpenEntry(0, nullptr, nullptr, 0, &type, folder.put_unknown()));
}

// There is no dialog with the flag nor without.
// spec: LC-096
TEST_F(LogonRulesTest, LogoffShowsNoDialog) {
  for (const ULONG flags : {ULONG{0}, ULONG{MAPI_LOGOFF_UI}}) {
    Ptr<IMAPISession> session;
    Ptr<IMsgStore> store;
    ASSERT_EQ(S_OK, log_on("Test", kNew, session));
    ASSERT_EQ(S_OK, open_first(session.get(), store));
    store.reset();
    (void)take_calls();
    EXPECT_EQ(S_OK, session->Logoff(7, flags, 0));
    EXPECT_EQ((Calls{"IMSProvider::Shutdown 0", "IMSProvider::Release 0"}), take_calls());
  }
}

// A service that cannot be logged on is configured once; if that does not help, all its providers are off until the
// session ends, and on again in the next.
// spec: LC-071
TEST_F(LogonRulesTest, TheSecondFailureSwitchesTheServiceOff) {
  std::string inf;
  std::getline(std::ifstream(folder_ / "test.inf"), inf, '\0');
  inf.replace(inf.find("=RECORD_STORE"), 13, "=RECORD_STORE, SECOND_STORE");
  std::ofstream(folder_ / "test.inf") << inf
                                      << "[SECOND_STORE]\nPR_PROVIDER_DLL_NAME=" RECORDING_STORE
                                         "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\n"
                                      << "PR_RESOURCE_FLAGS=0\nPR_DISPLAY_NAME=Second\nPR_PROVIDER_DISPLAY=Second\n";
  make_profile("Two");
  mode("IMSProvider::Logon=fail:80040111");  // MAPI_E_LOGON_FAILED
  Ptr<IMAPISession> session;
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, log_on("Two", kNew, session));
  const auto listed = stores(session.get());
  ASSERT_EQ(2u, listed.size());
  EXPECT_EQ(MAPI_E_LOGON_FAILED, open(session.get(), listed[0].id, MDB_WRITE, store));
  mode("");
  (void)take_calls();
  EXPECT_EQ(MAPI_E_LOGON_FAILED, open(session.get(), listed[0].id, MDB_WRITE, store));
  EXPECT_EQ(MAPI_E_LOGON_FAILED, open(session.get(), listed[1].id, MDB_WRITE, store));
  EXPECT_EQ(Calls{}, take_calls());
  session.reset();
  ASSERT_EQ(S_OK, log_on("Two", kNew, session));
  EXPECT_EQ(S_OK, open(session.get(), stores(session.get())[1].id, MDB_WRITE, store));
}

// spec: LC-073
TEST_F(LogonRulesTest, AProviderMayHaveEnough) {
  Ptr<IMAPISession> first, second;
  Ptr<IMsgStore> store, other;
  ASSERT_EQ(S_OK, log_on("Test", kNew, first));
  ASSERT_EQ(S_OK, open_first(first.get(), store));
  mode("IMSProvider::Logon=fail:80040112");
  ASSERT_EQ(S_OK, log_on("Test", kNew, second));
  EXPECT_EQ(MAPI_E_SESSION_LIMIT, open_first(second.get(), other));
}

// Another process does not see this one's sessions: nothing to join, and no pointer to use.
// spec: LC-069
TEST_F(LogonRulesTest, ASharedSessionIsOfItsProcess) {
  Ptr<IMAPISession> session, joined;
  ASSERT_EQ(S_OK, log_on("Test", kNew | MAPI_ALLOW_OTHERS, session));
  ASSERT_EQ(S_OK, log_on(nullptr, MAPI_EXTENDED, joined));
  EXPECT_NE(session.get(), joined.get());
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = "SESSION_TEST_CHILD=1 '" + self + "' --gtest_filter='AnotherProcess.*' >/dev/null 2>&1";
  EXPECT_EQ(0, std::system(command.c_str()));
}

// Also the body of that other process, which then has the profiles of the first one.
class AnotherProcess : public SessionTest {
 protected:
  bool is_child_ = std::getenv("SESSION_TEST_CHILD") != nullptr;
  void SetUp() override {
    if (!is_child_) SessionTest::SetUp();
  }
  void TearDown() override {
    if (!is_child_) SessionTest::TearDown();
  }
};
TEST_F(AnotherProcess, HasNothingToJoin) {
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  if (!is_child_) make_profile("Test");
  Ptr<IMAPISession> session;
  EXPECT_EQ(MAPI_E_LOGON_FAILED, log_on(nullptr, MAPI_EXTENDED, session));
  EXPECT_EQ(S_OK, log_on("Test", MAPI_EXTENDED, session));
  session.reset();
  MAPIUninitialize();
}

// Nothing was asked of a failed MAPIInitialize that could be told later.
// spec: LC-015 LC-345
TEST_F(LogonRulesTest, AFailedInitialisationLeavesNoText) {
  MAPIINIT_0 init{MAPI_INIT_VERSION, 0x40000000};
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, MAPIInitialize(&init));
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Test", kNew, session));
  for (const ULONG flags : {ULONG{0}, ULONG{MAPI_UNICODE}}) {
    auto* error = reinterpret_cast<LPMAPIERROR>(&init);
    EXPECT_EQ(S_OK, session->GetLastError(MAPI_E_UNKNOWN_FLAGS, flags, &error));
    EXPECT_EQ(nullptr, error);
  }
}

// spec: IMAPISession::GetLastError
TEST_F(LogonRulesTest, LastErrorsInBothWidths) {
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Test", kNew, session));
  Ptr<IMAPITable> table;
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, session->GetStatusTable(0x40, table.put()));
  LPMAPIERROR narrow = nullptr, wide = nullptr;
  ASSERT_EQ(S_OK, session->GetLastError(MAPI_E_UNKNOWN_FLAGS, 0, &narrow));
  ASSERT_EQ(S_OK, session->GetLastError(MAPI_E_UNKNOWN_FLAGS, MAPI_UNICODE, &wide));
  ASSERT_TRUE(narrow && wide);
  const std::string text(reinterpret_cast<const char*>(narrow->lpszError));
  const std::wstring wide_text(reinterpret_cast<const wchar_t*>(wide->lpszError));
  EXPECT_EQ(std::wstring(text.begin(), text.end()), wide_text);
  MAPIFreeBuffer(narrow);
  MAPIFreeBuffer(wide);
}

// Blocks of MAPI outlive the session they came from, and are the client's to free.
// spec: LC-438 LC-440
TEST_F(LogonRulesTest, LogoffFreesNoBuffers) {
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Test", kNew, session));
  ULONG size = 0;
  LPENTRYID id = nullptr;
  ASSERT_GE(session->QueryIdentity(&size, &id), S_OK);
  const std::string before(reinterpret_cast<const char*>(id), size);
  EXPECT_EQ(S_OK, session->Logoff(0, 0, 0));
  session.reset();
  EXPECT_EQ(before, std::string(reinterpret_cast<const char*>(id), size));
  void* more = nullptr;
  EXPECT_EQ(S_OK, MAPIAllocateMore(16, id, &more));
  EXPECT_EQ(0u, MAPIFreeBuffer(id));
}

// spec: LC-574 LC-575 LC-573
TEST_F(LogonRulesTest, WhatResultsMayBeReliedOn) {
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Test", kNew, session));
  mode("Warn=yes");
  Ptr<IMsgStore> store;
  const HRESULT hr = open_first(session.get(), store);
  EXPECT_NE(S_OK, hr);
  EXPECT_FALSE(HR_FAILED(hr));
  ASSERT_TRUE(store);
  mode("");
  // The object lives until the last Release, whatever the numbers on the way say.
  session->AddRef();
  session->AddRef();
  session->Release();
  session->Release();
  EXPECT_EQ(1u, stores(session.get()).size());
  // QueryInterface answers COM's own errors, other methods MAPI's.
  void* out = nullptr;
  EXPECT_EQ(static_cast<HRESULT>(E_NOINTERFACE), session->QueryInterface(IID_IMAPIFolder, &out));
  EXPECT_EQ(FACILITY_NULL, HRESULT_FACILITY(session->QueryInterface(IID_IMAPIFolder, &out)));
  Ptr<IMAPITable> table;
  EXPECT_EQ(FACILITY_ITF, HRESULT_FACILITY(session->GetStatusTable(0x40, table.put())));
}

}  // namespace
}  // namespace session_test
