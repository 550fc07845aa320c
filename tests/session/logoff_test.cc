// SPDX-License-Identifier: Apache-2.0
// The ends of a session: single cases of rulings R1-R6, providers that misbehave, fast shutdown, leaks, unloading.
#include <dlfcn.h>
#include <mapiary/incidents.h>

#include <chrono>
#include <thread>

#include "session_fixture.h"

namespace session_test {
namespace {

using Calls = std::vector<std::string>;

class LogoffTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile("Test");
    (void)take_calls();
    log_on_again();
  }
  void TearDown() override {
    session_.reset();
    MAPIUninitialize();
    SessionTest::TearDown();
  }
  void log_on_again() { ASSERT_EQ(S_OK, log_on("Test", MAPI_EXTENDED | MAPI_NEW_SESSION, session_)); }
  bool loaded() const {
    void* handle = ::dlopen(library_.c_str(), RTLD_NOW | RTLD_NOLOAD);
    if (handle) ::dlclose(handle);
    return handle != nullptr;
  }
  // Of logon and provider: the ends.
  static Calls logon_calls(const Calls& all) {
    Calls result;
    for (const std::string& line : all) {
      for (const char* call :
           {"IMSLogon::Logoff 0", "IMSLogon::Release 0", "IMSProvider::Shutdown 0", "IMSProvider::Release 0"}) {
        if (line == call) result.push_back(line);
      }
    }
    return result;
  }
  static const Calls& all_ends() {
    static const Calls calls = {"IMSLogon::Logoff 0", "IMSLogon::Release 0", "IMSProvider::Shutdown 0",
                                "IMSProvider::Release 0"};
    return calls;
  }
  static Calls incidents() {
    Calls lines;
    MapiaryListIncidents([](LPVOID to, LPCSTR line) { static_cast<Calls*>(to)->emplace_back(line); }, &lines,
                         MAPIARY_INCIDENTS_CLEAR);
    return lines;
  }
  // As an incident tells of the call.
  static std::string told_name(const std::string& call) {
    return call == "IMSLogon::Release" ? "Release of the logon object" : call;
  }
  // What the profile says of its stores.
  std::vector<std::string> sections() const {
    std::vector<std::string> result;
    for (const TableRow& row : stores(session_.get())) result.push_back(row.key + row.id + row.name);
    return result;
  }
  void use_one_object(IMsgStore* store);
  Ptr<IMAPISession> session_;
};

// spec: LC-092 LC-093 IMAPISession::Logoff
TEST_F(LogoffTest, ChecksItsArguments) {
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session_->Logoff(0, 0, 1));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, session_->Logoff(0, 0x80, 0));
  EXPECT_EQ(3u, status(session_.get()).size());  // still open
  EXPECT_EQ(S_OK, session_->Logoff(77, 0, 0));
}

// spec: LC-097 R3
TEST_F(LogoffTest, AfterwardsNothingWorks) {
  Ptr<IMAPITable> table;
  Ptr<IMsgStore> store;
  Ptr<IProfSect> section;
  Ptr<IMsgServiceAdmin> admin;
  Ptr<IAddrBook> book;
  const std::string id = stores(session_.get())[0].id;
  const auto size = static_cast<ULONG>(id.size());
  ASSERT_EQ(S_OK, session_->Logoff(0, 0, 0));
  IMAPISession* s = session_.get();
  LPMAPIERROR error = nullptr;
  ULONG number = 0;
  ULONG_PTR connection = 0;
  LPENTRYID out = nullptr;
  LPTSTR* types = nullptr;
  LPSPropValue options = nullptr;
  MAPIUID uid{};
  Sink sink;
  const HRESULT answers[] = {
      s->GetLastError(MAPI_E_CALL_FAILED, 0, &error),
      s->GetMsgStoresTable(0, table.put()),
      open(s, id, 0, store),
      s->OpenAddressBook(0, nullptr, 0, book.put()),
      s->OpenProfileSection(&uid, nullptr, 0, section.put()),
      s->GetStatusTable(0, table.put()),
      s->OpenEntry(size, id_of(id), nullptr, 0, &number, store.put_unknown()),
      s->CompareEntryIDs(size, id_of(id), size, id_of(id), 0, &number),
      s->Advise(0, nullptr, 0, &sink, &connection),
      s->Unadvise(1),
      s->MessageOptions(0, 0, nullptr, nullptr),
      s->QueryDefaultMessageOpt(text("SMTP"), 0, &number, &options),
      s->EnumAdrTypes(0, &number, &types),
      s->QueryIdentity(&number, &out),
      s->Logoff(0, 0, 0),
      s->SetDefaultStore(MAPI_DEFAULT_STORE, size, id_of(id)),
      s->AdminServices(0, admin.put()),
      s->ShowForm(0, nullptr, nullptr, nullptr, 0, nullptr, 0, 0, 0, 0, nullptr),
      s->PrepareForm(nullptr, nullptr, &connection),
  };
  for (const HRESULT hr : answers) EXPECT_EQ(MAPI_E_NOT_INITIALIZED, hr) << &hr - answers;
}

// Before logoff the methods without their part of MAPI answer what their pages allow.
TEST_F(LogoffTest, MethodsWithoutTransportsAndForms) {
  ULONG count = 7;
  LPTSTR* types = nullptr;
  EXPECT_EQ(S_OK, session_->EnumAdrTypes(0, &count, &types));
  EXPECT_EQ(0u, count);
  MAPIFreeBuffer(types);
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, session_->EnumAdrTypes(1, &count, &types));
  LPSPropValue options = nullptr;
  EXPECT_EQ(MAPI_E_NOT_FOUND, session_->QueryDefaultMessageOpt(text("SMTP"), 0, &count, &options));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session_->MessageOptions(0, 0, nullptr, nullptr));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session_->PrepareForm(nullptr, nullptr, nullptr));
}

// spec: LC-099 LC-103 LC-118 LC-220 LC-221 LC-222
TEST_F(LogoffTest, TwoProvidersStoresInReverseOrder) {
  Ptr<IMsgStore> first, second;
  ASSERT_EQ(S_OK, open_first(session_.get(), first));
  Ptr<IMsgStore> other;
  std::string id = object_id('s', "second");
  ULONG size = 0;
  LPENTRYID wrapped = nullptr;
  ASSERT_EQ(S_OK,
            WrapStoreEntryID(0, text(library_.c_str()), static_cast<ULONG>(id.size()), id_of(id), &size, &wrapped));
  ASSERT_EQ(S_OK, session_->OpenMsgStore(0, size, wrapped, nullptr, MDB_WRITE, second.put()));
  MAPIFreeBuffer(wrapped);
  (void)take_calls();
  mode("Names=yes");
  ASSERT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_EQ((Calls{"IMSLogon::Logoff 0 second", "IMSLogon::Release 0 second", "IMSLogon::Logoff 0 box",
                   "IMSLogon::Release 0 box", "IMSProvider::Shutdown 0", "IMSProvider::Release 0"}),
            take_calls());
}

// spec: LC-104 LC-090 LC-035
TEST_F(LogoffTest, TheLibraryGoesWithTheLastUninitialize) {
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  store.reset();
  session_->Logoff(0, 0, 0);
  session_.reset();
  EXPECT_TRUE(loaded());
  MAPIUninitialize();
  EXPECT_FALSE(loaded());
  EXPECT_FALSE(has(leaks(), library_));
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  log_on_again();
  EXPECT_EQ(S_OK, open_first(session_.get(), store));
}

// Both faces answer, the session's calls reach it, and the store is found open (R7).
void LogoffTest::use_one_object(IMsgStore* store) {
  void* logon = nullptr;
  ASSERT_EQ(S_OK, store->QueryInterface(IID_IMSLogon, &logon));
  EXPECT_EQ(2u, static_cast<IMSLogon*>(logon)->Release()) << "one object";
  const std::string id = object_id('f');
  const auto size = static_cast<ULONG>(id.size());
  ULONG type = 0, same = 0, flags = LOGOFF_ABORT;
  Ptr<IMAPIFolder> folder;
  Ptr<IMAPITable> table;
  Ptr<IMsgStore> again;
  ASSERT_EQ(S_OK, session_->OpenEntry(size, id_of(id), nullptr, 0, &type, folder.put_unknown()));
  ASSERT_EQ(S_OK, store->OpenEntry(0, nullptr, nullptr, 0, &type, folder.put_unknown()));
  EXPECT_EQ(S_OK, folder->GetContentsTable(0, table.put()));
  EXPECT_EQ(S_OK, session_->CompareEntryIDs(size, id_of(id), size, id_of(id), 0, &same));
  EXPECT_EQ(1u, same);
  EXPECT_EQ(4u, status(session_.get()).size());
  ASSERT_EQ(S_OK, open_first(session_.get(), again));
  EXPECT_EQ(store, again.get());
  EXPECT_EQ(S_OK, store->StoreLogoff(&flags));
}

// IMSLogon and IMsgStore with one reference count: the client's last Release is not the object's. A provider that sees
// it all the same ends the store then; for another it ends with the session. Each order of the end, and its use before.
// spec: LC-169
TEST_F(LogoffTest, OneObjectForLogonAndStore) {
  const Calls store_end = {"IMsgStore::Release 0", "StoreLogoffTransports 8 -> 10000", "IMSLogon::Logoff 0",
                           "IMSLogon::Release 0"};
  const Calls provider_end = {"IMSProvider::Shutdown 0", "IMSProvider::Release 0"};
  enum { kReleaseFirst, kLogoffFirst, kUninitializeFirst };
  for (const bool is_watchful : {true, false}) {
    for (const int order : {kReleaseFirst, kLogoffFirst, kUninitializeFirst}) {
      SCOPED_TRACE(std::to_string(order) + (is_watchful ? " watchful" : " plain"));
      log_on_again();
      mode(is_watchful ? "OneObject=yes" : "OneObject=plain");
      Ptr<IMsgStore> store, again;
      ASSERT_EQ(S_OK, open_first(session_.get(), store));
      mode("");
      ASSERT_NO_FATAL_FAILURE(use_one_object(store.get()));
      const std::string id = object_id('f');
      const auto size = static_cast<ULONG>(id.size());
      ULONG type = 0;
      Ptr<IMAPIFolder> folder;
      (void)take_calls();
      (void)leaks();
      if (order == kReleaseFirst) {
        store.reset();
        EXPECT_EQ(is_watchful ? store_end : Calls{}, take_calls());
        EXPECT_EQ(is_watchful ? 3u : 4u, status(session_.get()).size());
        Ptr<IMAPIFolder> later;
        EXPECT_EQ(is_watchful ? MAPI_E_UNKNOWN_ENTRYID : S_OK,
                  session_->OpenEntry(size, id_of(id), nullptr, 0, &type, later.put_unknown()));
        later.reset();
        if (!is_watchful) {
          ASSERT_EQ(S_OK, open_first(session_.get(), again)) << "the open one";
          again.reset();
        }
        (void)take_calls();
        EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
        Calls expected = {"IMSLogon::Logoff 0", "IMsgStore::Release 0", "IMSLogon::Release 0"};
        if (is_watchful) expected.clear();
        expected.insert(expected.end(), provider_end.begin(), provider_end.end());
        EXPECT_EQ(expected, take_calls());
        session_.reset();
        MAPIUninitialize();
        EXPECT_FALSE(loaded());
      } else {
        if (order == kLogoffFirst) {
          EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
          session_.reset();
        } else {
          MAPIUninitialize();
          EXPECT_TRUE(loaded()) << "the client has an object of it";
        }
        ULONG count = 0;
        LPSPropValue values = nullptr;
        SizedSPropTagArray(1, mask) = {1, {PR_STORE_SUPPORT_MASK}};
        EXPECT_EQ(MAPI_E_INVALID_OBJECT, store->GetProps(reinterpret_cast<LPSPropTagArray>(&mask), 0, &count, &values));
        EXPECT_EQ(MAPI_E_INVALID_OBJECT, store->OpenEntry(0, nullptr, nullptr, 0, &type, folder.put_unknown()));
        EXPECT_EQ(0u, store.reset()) << "the client's was the last";
        const Calls seen = take_calls();
        for (const char* once : {"IMSLogon::Logoff 0", "IMSLogon::Release 0", "IMsgStore::Release 0",
                                 "IMSProvider::Shutdown 0", "IMSProvider::Release 0"}) {
          EXPECT_EQ(1, std::count(seen.begin(), seen.end(), once)) << once;
        }
        EXPECT_TRUE(has(leaks(), "message store 'Recording store' not released"));
        session_.reset();
        if (order == kLogoffFirst) {
          MAPIUninitialize();
          EXPECT_FALSE(loaded()) << "its last object has gone";
        }
      }
      ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    }
  }
}

// R11: a provider with objects alive stays, and is named.
TEST_F(LogoffTest, ALibraryInUseStaysAndIsNamed) {
  Ptr<IMsgStore> store;
  mode("IMSProvider::Shutdown=throw");
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  session_->Logoff(0, 0, 0);
  session_.reset();
  store.reset();
  (void)leaks();
  MAPIUninitialize();
  EXPECT_TRUE(has(leaks(), library_));
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
}

// Each call that may fail or throw: the session ends all the same, and the next one works (G3, G7).
TEST_F(LogoffTest, MisbehavingProviders) {
  for (const std::string call :
       {"IMSLogon::Logoff", "IMSLogon::Release", "IMSProvider::Shutdown", "IMSProvider::Release"}) {
    for (const std::string what : {"fail", "throw"}) {
      for (const bool release_first : {false, true}) {
        SCOPED_TRACE(call + "=" + what + (release_first ? " release first" : " logoff first"));
        mode("");
        log_on_again();
        Ptr<IMsgStore> store;
        ASSERT_EQ(S_OK, open_first(session_.get(), store));
        (void)take_calls();
        (void)incidents();
        mode(call + "=" + what);
        if (release_first) store.reset();
        EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
        EXPECT_EQ(MAPI_E_NOT_INITIALIZED, session_->Logoff(0, 0, 0));
        session_.reset();
        store.reset();
        EXPECT_EQ(all_ends(), logon_calls(take_calls())) << "what follows it follows all the same";
        const Calls told = incidents();
        const bool is_told = what == "throw" || call.find("Release") == std::string::npos;  // Release answers nothing
        ASSERT_EQ(is_told ? 1u : 0u, told.size());
        if (is_told) {
          EXPECT_NE(std::string::npos, told[0].find(told_name(call) + (what == "throw" ? " threw" : " failed")));
        }
      }
    }
  }
}

// Each call that may hang: the session ends in its time. What hangs is left alone until it returns; then the rest of
// the sequence follows, and nothing is left behind (G3, G7).
TEST_F(LogoffTest, HangingProviders) {
  for (const std::string call :
       {"IMSLogon::Logoff", "IMSLogon::Release", "IMSProvider::Shutdown", "IMSProvider::Release"}) {
    for (const bool release_first : {false, true}) {
      SCOPED_TRACE(call + (release_first ? " release first" : " logoff first"));
      set("MAPIARY_LOGOFF_BOUND", "200");
      set("MAPIARY_RELEASE_BOUND", "200");
      mode("");
      log_on_again();
      Ptr<IMsgStore> store;
      ASSERT_EQ(S_OK, open_first(session_.get(), store));
      (void)take_calls();
      (void)incidents();
      Gate gate(folder_ / "gate");
      mode(call + "=hang");
      const auto begun = std::chrono::steady_clock::now();
      if (release_first) store.reset();
      EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
      EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(3));
      EXPECT_EQ(MAPI_E_NOT_INITIALIZED, session_->Logoff(0, 0, 0));
      session_.reset();
      store.reset();
      Calls expected;
      for (const std::string& one : all_ends()) {
        expected.push_back(one);
        if (one == call + " 0") break;
      }
      EXPECT_EQ(expected, logon_calls(calls())) << "nobody goes where somebody still is";
      EXPECT_EQ(1u, MapiaryWaitForProviders(0));
      const Calls told = incidents();
      ASSERT_EQ(1u, told.size());
      EXPECT_NE(std::string::npos, told[0].find(told_name(call) + " did not return in time"));
      gate.open();
      mode("");
      EXPECT_EQ(all_ends(), logon_calls(take_calls()));
      EXPECT_EQ(Calls{}, incidents());
    }
  }
}

// A Logoff and the Release behind it have one limit together, and so have Shutdown and Release of the provider: what
// the first took is not there for the second. A busy machine may be slow once.
TEST_F(LogoffTest, WhatFollowsOneAnotherSharesALimit) {
  struct Case {
    const char *slow, *hangs;
    bool release_first;
  };
  for (const Case& one :
       {Case{"IMSLogon::Logoff", "IMSLogon::Release", true}, Case{"IMSLogon::Logoff", "IMSLogon::Release", false},
        Case{"IMSProvider::Shutdown", "IMSProvider::Release", false}}) {
    SCOPED_TRACE(std::string(one.slow) + (one.release_first ? " release first" : " logoff first"));
    bool in_time = false;
    for (int bound = 500; !in_time && bound <= 4000; bound *= 2) {
      for (const char* name : {"MAPIARY_LOGOFF_BOUND", "MAPIARY_RELEASE_BOUND"}) set(name, std::to_string(bound));
      mode("");
      log_on_again();
      Ptr<IMsgStore> store;
      ASSERT_EQ(S_OK, open_first(session_.get(), store));
      (void)take_calls();
      (void)incidents();
      Gate gate(folder_ / "gate");
      mode(std::string(one.slow) + "=slow:" + std::to_string(bound * 8 / 10) + "," + one.hangs + "=hang");
      const auto begun = std::chrono::steady_clock::now();
      if (one.release_first) store.reset();
      if (!one.release_first) {
        EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
      }
      const auto spent = std::chrono::steady_clock::now() - begun;
      const Calls told = incidents();
      // It may not even have come to the second.
      in_time = told.size() == 1 &&
                told[0].find(told_name(one.hangs) + " did not return in time") != std::string::npos &&
                spent < std::chrono::milliseconds(bound * 16 / 10);
      EXPECT_GE(spent, std::chrono::milliseconds(bound * 9 / 10));
      EXPECT_EQ(1u, MapiaryWaitForProviders(0));
      gate.open();
      mode("");
      if (one.release_first) {
        EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
      }
      session_.reset();
      store.reset();
      EXPECT_EQ(all_ends(), logon_calls(take_calls()));
    }
    EXPECT_TRUE(in_time);
  }
}

// A session that ends while another thread is in a Logon does not wait for it without end, and does not shut the
// provider down around it.
TEST_F(LogoffTest, ALogonOfAnotherThread) {
  set("MAPIARY_LOGOFF_BOUND", "200");
  log_on_again();
  (void)take_calls();
  Gate gate(folder_ / "gate");
  mode("IMSProvider::Logon=hang");
  const std::string id = stores(session_.get())[0].id;
  HRESULT answer = S_OK;
  std::thread other([&] {
    Ptr<IMsgStore> store;
    answer = open(session_.get(), id, MDB_WRITE, store);
    EXPECT_EQ(nullptr, store.get());
  });
  while (!has(calls(), "IMSProvider::Logon")) std::this_thread::yield();
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(3));
  EXPECT_EQ(Calls{}, logon_calls(calls()));
  gate.open();
  other.join();
  mode("");
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, answer);
  EXPECT_EQ((Calls{"IMSLogon::Logoff 0", "IMSLogon::Release 0", "IMSProvider::Shutdown 0", "IMSProvider::Release 0"}),
            logon_calls(calls()));
}

// R11, G7: what a Logon or an initialisation brings too late goes again. Until then the library stays and is named, and
// later it may go.
TEST_F(LogoffTest, WhatComesTooLateGoesAgain) {
  for (const std::string place : {"MSProviderInit", "IMSProvider::Logon", "IMSProvider::Logon done"}) {
    SCOPED_TRACE(place);
    const std::string call = place.substr(0, place.find(' '));
    const bool is_done = call != place;
    set("MAPIARY_LOGON_BOUND", "300");
    log_on_again();
    const auto profile = sections();
    Gate gate(folder_ / "gate");
    mode(place + "=hang");
    Ptr<IMsgStore> store;
    EXPECT_EQ(MAPI_E_TIMEOUT, open_first(session_.get(), store));
    EXPECT_EQ(nullptr, store.get());
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(3)) << "nobody waits for it twice";
    session_.reset();
    (void)leaks();
    MAPIUninitialize();
    EXPECT_TRUE(has(leaks(), call + " has not returned"));
    EXPECT_TRUE(loaded());
    (void)take_calls();
    gate.open();
    mode("");
    const Calls provider_end = {"IMSProvider::Shutdown 0", "IMSProvider::Release 0"};
    const Calls all_ends = {"IMSLogon::Logoff 0", "IMSLogon::Release 0", provider_end[0], provider_end[1]};
    EXPECT_EQ(is_done ? all_ends : provider_end, logon_calls(take_calls()));
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    MAPIUninitialize();
    EXPECT_FALSE(loaded());
    EXPECT_FALSE(has(leaks(), library_));
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    log_on_again();
    if (!is_done) {
      EXPECT_EQ(profile, sections()) << "a late Logon changes nothing in the profile";
    }
    EXPECT_EQ(S_OK, open_first(session_.get(), store));
    store.reset();
    EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
    (void)take_calls();
    session_.reset();
    MAPIUninitialize();
    (void)leaks();
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  }
}

// spec: LC-412 LC-415 LC-416 LC-417 LC-418 LC-426 LC-427 LC-428
// spec: IMAPIClientShutdown::DoFastShutdown IMAPIClientShutdown::NotifyProcessShutdown
// spec: IMAPIClientShutdown::QueryFastShutdown
TEST_F(LogoffTest, FastShutdown) {
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  Ptr<IMAPIClientShutdown> shutdown;
  ASSERT_EQ(S_OK, session_->QueryInterface(IID_IMAPIClientShutdown, reinterpret_cast<void**>(shutdown.put())));
  (void)take_calls();
  struct Case {
    const char* setting;
    const char* mode;
    HRESULT answer;
    Calls calls;
  };
  const std::string query = "IMAPIProviderShutdown::QueryFastShutdown";
  const Case cases[] = {
      {"0", "", S_OK, {query}},
      {"0", "IMAPIProviderShutdown::QueryFastShutdown=fail:80040102", MAPI_E_NO_SUPPORT, {query}},
      {"0", "FastShutdown=none", S_OK, {}},
      {"1", "", S_OK, {query}},
      {"1", "FastShutdown=none", MAPI_E_NO_SUPPORT, {}},
      {"2", "", MAPI_E_NO_SUPPORT, {}},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(std::string(one.setting) + " " + one.mode);
    set("MAPIARY_FAST_SHUTDOWN", one.setting);
    mode(one.mode);
    EXPECT_EQ(one.answer, shutdown->QueryFastShutdown());
    EXPECT_EQ(one.calls, take_calls());
  }
  EXPECT_EQ(MAPI_E_NO_SUPPORT, shutdown->DoFastShutdown());  // setting 2
  EXPECT_EQ(Calls{}, take_calls());
  set("MAPIARY_FAST_SHUTDOWN", "0");
  EXPECT_EQ(S_OK, shutdown->NotifyProcessShutdown());
  EXPECT_EQ(S_OK, shutdown->DoFastShutdown());
  EXPECT_EQ((Calls{"IMAPIProviderShutdown::NotifyProcessShutdown", "IMAPIProviderShutdown::DoFastShutdown"}),
            take_calls());
  mode("IMAPIProviderShutdown::DoFastShutdown=fail");
  EXPECT_EQ(MAPI_E_NO_SUPPORT, shutdown->DoFastShutdown());
}

}  // namespace
}  // namespace session_test
