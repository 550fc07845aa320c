// SPDX-License-Identifier: Apache-2.0
// The ends of a session: single cases of rulings R1-R6, providers that misbehave, fast shutdown, leaks, unloading.
#include <dlfcn.h>

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
  Ptr<IMAPISession> session_;
};

// spec: LC-092 LC-093
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
            WrapStoreEntryID(0, text(RECORDING_STORE), static_cast<ULONG>(id.size()), id_of(id), &size, &wrapped));
  ASSERT_EQ(S_OK, session_->OpenMsgStore(0, size, wrapped, nullptr, MDB_WRITE, second.put()));
  MAPIFreeBuffer(wrapped);
  (void)take_calls();
  ASSERT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_EQ((Calls{"IMSLogon::Logoff 0", "IMSLogon::Release 0", "IMSLogon::Logoff 0", "IMSLogon::Release 0",
                   "IMSProvider::Shutdown 0", "IMSProvider::Release 0"}),
            take_calls());
}

// spec: LC-104 LC-090 LC-035
TEST_F(LogoffTest, TheLibraryGoesWithTheLastUninitialize) {
  const auto loaded = [] {
    void* handle = ::dlopen(RECORDING_STORE, RTLD_NOW | RTLD_NOLOAD);
    if (handle) ::dlclose(handle);
    return handle != nullptr;
  };
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  store.reset();
  session_->Logoff(0, 0, 0);
  session_.reset();
  EXPECT_TRUE(loaded());
  MAPIUninitialize();
  EXPECT_FALSE(loaded());
  for (const std::string& line : leaks()) ADD_FAILURE() << line;
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  log_on_again();
  EXPECT_EQ(S_OK, open_first(session_.get(), store));
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
  EXPECT_TRUE(has(leaks(), "recording_store"));
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
}

// Each call that may fail, hang or throw: the session ends all the same, in time, and the next one works (G3, G7).
TEST_F(LogoffTest, MisbehavingProviders) {
  set("MAPIARY_LOGOFF_BOUND", "50");
  set("MAPIARY_RELEASE_BOUND", "50");
  set("MAPIARY_RECORDING_HANG", "150");
  for (const std::string call :
       {"IMSLogon::Logoff", "IMSLogon::Release", "IMSProvider::Shutdown", "IMSProvider::Release"}) {
    for (const std::string what : {"fail", "hang", "throw"}) {
      for (const bool release_first : {false, true}) {
        SCOPED_TRACE(call + "=" + what + (release_first ? " release first" : " logoff first"));
        mode("");
        log_on_again();
        Ptr<IMsgStore> store;
        ASSERT_EQ(S_OK, open_first(session_.get(), store));
        mode(call + "=" + what);
        const auto begun = std::chrono::steady_clock::now();
        if (release_first) store.reset();
        EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
        EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(3));
        EXPECT_EQ(MAPI_E_NOT_INITIALIZED, session_->Logoff(0, 0, 0));
        session_.reset();
        mode("");
        std::this_thread::sleep_for(std::chrono::milliseconds(what == "hang" ? 250 : 0));
      }
    }
  }
}

// spec: LC-412 LC-415 LC-416 LC-417 LC-418 LC-426 LC-427 LC-428
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
