// SPDX-License-Identifier: Apache-2.0
// What a running session sees of changes to its profile, where services' files are looked for, and forms on a system
// without any. Pages: imapisession-getmsgstorestable, message-store-tables, opening-a-message-store,
// imapisession-prepareform, imapisession-showform; docs/formats/mapisvc.md, docs/adr/0039.
#include <extraconstants.h>

#include <cstring>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

#include "session_fixture.h"

namespace session_test {
namespace {

using Calls = std::vector<std::string>;

// The events of a table, in their order.
struct TableEvents final : test_sink::CountedSink {
  ~TableEvents() { wait_until_released(); }
  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION items) override {
    const std::lock_guard lock(mutex_);
    for (ULONG i = 0; i < count; ++i) events_.push_back(items[i].info.tab.ulTableEvent);
    return 0;
  }
  std::vector<ULONG> take() {
    HrDispatchNotifications(0);
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<ULONG> events_;
};

class RunningProfile : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile("Test");
    ASSERT_EQ(S_OK, log_on("Test", kNew, session_));
    ASSERT_EQ(S_OK, session_->AdminServices(0, admin_.put()));
    ASSERT_EQ(S_OK, session_->GetMsgStoresTable(0, table_.put()));
    ASSERT_EQ(S_OK, table_->Advise(fnevTableModified, &events_, &connection_));
  }
  void TearDown() override {
    if (table_) {
      EXPECT_EQ(S_OK, table_->Unadvise(connection_));
    }
    table_.reset();
    admin_.reset();
    session_.reset();
    MAPIUninitialize();
    SessionTest::TearDown();
  }
  // The service added last.
  static MAPIUID last_service(IMsgServiceAdmin* admin) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, admin->GetMsgServiceTable(0, table.put()));
    SizedSPropTagArray(1, columns) = {1, {PR_SERVICE_UID}};
    LPSRowSet rows = nullptr;
    MAPIUID uid{};
    EXPECT_EQ(S_OK,
              HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows));
    if (rows && rows->cRows > 0) std::memcpy(&uid, rows->aRow[rows->cRows - 1].lpProps[0].Value.bin.lpb, sizeof(uid));
    FreeProws(rows);
    return uid;
  }
  // A mapisvc.inf in a folder of its own, with one service whose store provider this is.
  void write_vendor(const std::string& name, const std::string& dll_name, const char* library) const {
    const auto folder = folder_ / name;
    std::filesystem::create_directories(folder);
    std::filesystem::copy_file(library, folder / "libprovider.so");
    std::ofstream(folder / "mapisvc.inf")
        << "[Services]\n"
        << name << "=" << name << "\n[" << name << "]\nPR_DISPLAY_NAME=" << name << "\nProviders=" << name
        << "_STORE\n[" << name << "_STORE]\nPR_PROVIDER_DLL_NAME=" << dll_name
        << "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\nPR_RESOURCE_FLAGS=0\n"
        << "PR_DISPLAY_NAME=" << name << "\nPR_PROVIDER_DISPLAY=" << name << "\n";
  }
  static std::string last_error(IMAPISession* session, HRESULT hr) {
    LPMAPIERROR error = nullptr;
    EXPECT_EQ(S_OK, session->GetLastError(hr, 0, &error));
    if (!error) return {};
    std::string text = reinterpret_cast<const char*>(error->lpszError);
    MAPIFreeBuffer(error);
    return text;
  }

  Ptr<IMAPISession> session_;
  Ptr<IMsgServiceAdmin> admin_;
  Ptr<IMAPITable> table_;
  TableEvents events_;
  ULONG_PTR connection_ = 0;
};

// spec: LC-287
TEST_F(RunningProfile, AStoreAddedIsListedAndOpens) {
  ASSERT_EQ(S_OK, admin_->CreateMsgService(text("RECORD"), text("More"), 0, 0));
  EXPECT_EQ(std::vector<ULONG>{TABLE_ROW_ADDED}, events_.take());
  const auto rows = rows_of(table_.get());
  ASSERT_EQ(2u, rows.size()) << "in the table that was open";
  EXPECT_NE(0, rows[0].flags & STATUS_DEFAULT_STORE);
  EXPECT_EQ(0, rows[1].flags & STATUS_DEFAULT_STORE) << "there is one already";
  ASSERT_EQ(2u, stores(session_.get()).size());
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open(session_.get(), rows[1].id, MDB_WRITE | MDB_NO_DIALOG, store));
  EXPECT_TRUE(has(take_calls(), "IMSProvider::Logon Test"));
  (void)events_.take();  // its own entry id

  // It goes again while it is open: no row any more, but the store itself goes on to its end.
  MAPIUID uid = last_service(admin_.get());
  ASSERT_EQ(S_OK, admin_->DeleteMsgService(&uid));
  EXPECT_EQ(std::vector<ULONG>{TABLE_ROW_DELETED}, events_.take());
  EXPECT_EQ(1u, rows_of(table_.get()).size());
  Ptr<IMsgStore> again;
  EXPECT_EQ(MAPI_E_NOT_FOUND, open(session_.get(), rows[1].id, MDB_WRITE | MDB_NO_DIALOG, again));
  const std::string id = object_id('f');
  Ptr<IMAPIFolder> folder;
  ULONG type = 0;
  EXPECT_EQ(S_OK, store->OpenEntry(static_cast<ULONG>(id.size()), id_of(id), nullptr, 0, &type, folder.put_unknown()));
  folder.reset();
  (void)take_calls();
  store.reset();
  EXPECT_TRUE(has(calls(), "IMSLogon::Logoff 0"));
}

// Whoever of this process changes the profile, and however.
TEST_F(RunningProfile, ChangesByOthersOfTheProcess) {
  Ptr<IProfAdmin> profiles;
  Ptr<IMsgServiceAdmin> outside, of_other;
  Ptr<IMAPISession> other;
  ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
  ASSERT_EQ(S_OK, profiles->AdminServices(text("Test"), nullptr, 0, 0, outside.put()));
  ASSERT_EQ(S_OK, log_on("Test", kNew, other));
  ASSERT_EQ(S_OK, other->AdminServices(0, of_other.put()));
  ASSERT_EQ(S_OK, outside->CreateMsgService(text("RECORD"), text("More"), 0, 0));
  EXPECT_EQ(std::vector<ULONG>{TABLE_ROW_ADDED}, events_.take());
  MAPIUID uid = last_service(outside.get());
  ASSERT_EQ(S_OK, of_other->CopyMsgService(&uid, nullptr, nullptr, &IID_IMsgServiceAdmin, of_other.get(), 0, 0));
  EXPECT_EQ(std::vector<ULONG>{TABLE_ROW_ADDED}, events_.take());
  EXPECT_EQ(3u, rows_of(table_.get()).size());

  Ptr<IProviderAdmin> providers;
  MAPIUID made{};
  ASSERT_EQ(S_OK, outside->AdminProviders(&uid, 0, providers.put()));
  ASSERT_EQ(S_OK, providers->CreateProvider(text("Recording store"), 0, nullptr, 0, 0, &made));
  EXPECT_EQ(std::vector<ULONG>{TABLE_ROW_ADDED}, events_.take());
  ASSERT_EQ(S_OK, providers->DeleteProvider(&made));
  EXPECT_EQ(std::vector<ULONG>{TABLE_ROW_DELETED}, events_.take());
  providers.reset();
  ASSERT_EQ(S_OK, of_other->DeleteMsgService(&uid));
  EXPECT_EQ(std::vector<ULONG>{TABLE_ROW_DELETED}, events_.take());
  EXPECT_EQ(2u, stores(other.get()).size());
  // A profile of another name is none of its business.
  make_profile("Other");
  EXPECT_EQ(std::vector<ULONG>{}, events_.take());
}

// The first store a session gets is its default store, unless the client said that there is none.
// spec: LC-077
TEST_F(RunningProfile, TheDefaultStoreOfASessionThatHadNone) {
  MAPIUID uid = last_service(admin_.get());
  for (const bool is_refused : {false, true}) {
    SCOPED_TRACE(is_refused);
    ASSERT_EQ(S_OK, admin_->DeleteMsgService(&uid));
    ASSERT_TRUE(stores(session_.get()).empty());
    if (is_refused) {
      ASSERT_EQ(S_OK, session_->SetDefaultStore(MAPI_DEFAULT_STORE, 0, nullptr));
    }
    ASSERT_EQ(S_OK, admin_->CreateMsgService(text("RECORD"), text("New"), 0, 0));
    const auto rows = stores(session_.get());
    ASSERT_EQ(1u, rows.size());
    EXPECT_EQ(is_refused ? 0 : STATUS_DEFAULT_STORE, rows[0].flags & STATUS_DEFAULT_STORE);
    uid = last_service(admin_.get());
  }
}

// Sessions that add, take away and list stores at the same time end with the same tables, each as the profile is.
TEST_F(RunningProfile, ManyChangesAtOnce) {
  constexpr int kSessions = 3, kRounds = 4;
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int i = 0; i < kSessions; ++i) {
    threads.emplace_back([&] {
      Ptr<IMAPISession> session;
      Ptr<IMsgServiceAdmin> admin;
      if (log_on("Test", kNew, session) != S_OK || session->AdminServices(0, admin.put()) != S_OK) ++failures;
      Ptr<IMsgServiceAdmin2> named;
      if (admin->QueryInterface(IID_IMsgServiceAdmin2, reinterpret_cast<void**>(named.put())) != S_OK) ++failures;
      for (int round = 0; round < kRounds; ++round) {
        MAPIUID uid{};
        if (named->CreateMsgServiceEx(text("RECORD"), text("More"), 0, 0, &uid) != S_OK) ++failures;
        if (stores(session.get()).size() < 2) ++failures;  // its own, whatever the others do
        if (round > 0 && admin->DeleteMsgService(&uid) != S_OK) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(0, failures);
  EXPECT_EQ(1u + kSessions, rows_of(table_.get()).size()) << "without being asked for anew";
  EXPECT_EQ(1u + kSessions, stores(session_.get()).size());
}

// Two vendors call their libraries alike: each service gets the one beside its own file.
TEST_F(RunningProfile, ALibraryIsLookedForBesideTheFileOfItsService) {
  write_vendor("SILENT", "provider.dll", C_STORE);
  write_vendor("TALKING", "provider.dll", RECORDING_STORE);
  const std::string silent = (folder_ / "SILENT").string(), talking = (folder_ / "TALKING").string();
  for (const bool is_turned : {false, true}) {
    SCOPED_TRACE(is_turned);
    set("MAPIARY_MAPISVC", is_turned ? talking + ":" + silent : silent + ":" + talking);
    const char* const name = is_turned ? "Turned" : "Vendors";
    Ptr<IProfAdmin> profiles;
    Ptr<IMsgServiceAdmin> admin;
    Ptr<IMAPISession> session;
    ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    ASSERT_EQ(S_OK, profiles->CreateProfile(text(name), nullptr, 0, 0));
    ASSERT_EQ(S_OK, profiles->AdminServices(text(name), nullptr, 0, 0, admin.put()));
    ASSERT_EQ(S_OK, admin->CreateMsgService(text("SILENT"), nullptr, 0, 0));
    ASSERT_EQ(S_OK, admin->CreateMsgService(text("TALKING"), nullptr, 0, 0));
    ASSERT_EQ(S_OK, log_on(name, kNew, session));
    const auto rows = stores(session.get());
    ASSERT_EQ(2u, rows.size());
    Ptr<IMsgStore> store;
    EXPECT_EQ(MAPI_E_FAILONEPROVIDER, open(session.get(), rows[0].id, MDB_WRITE | MDB_NO_DIALOG, store));
    EXPECT_NE(std::string::npos, last_error(session.get(), MAPI_E_FAILONEPROVIDER).find("the provider in C"));
    EXPECT_EQ(S_OK, open(session.get(), rows[1].id, MDB_WRITE | MDB_NO_DIALOG, store));
    // Whose store a client's own entry id means nobody can tell.
    std::string own = object_id('s', "unknown");
    ULONG size = 0;
    LPENTRYID wrapped = nullptr;
    ASSERT_EQ(S_OK,
              WrapStoreEntryID(0, text("provider.dll"), static_cast<ULONG>(own.size()), id_of(own), &size, &wrapped));
    EXPECT_EQ(MAPI_E_NOT_FOUND,
              session->OpenMsgStore(0, size, wrapped, nullptr, MDB_WRITE | MDB_NO_DIALOG, store.put()));
    MAPIFreeBuffer(wrapped);
    const std::string said = last_error(session.get(), MAPI_E_NOT_FOUND);
    for (const std::string& part : {silent, talking, std::string("'SILENT'"), std::string("'TALKING'")}) {
      EXPECT_NE(std::string::npos, said.find(part)) << part << "\nin " << said;
    }
  }
  set("MAPIARY_MAPISVC", silent);
  std::string own = object_id('s', "unknown");
  ULONG size = 0;
  LPENTRYID wrapped = nullptr;
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK,
            WrapStoreEntryID(0, text("provider.dll"), static_cast<ULONG>(own.size()), id_of(own), &size, &wrapped));
  EXPECT_EQ(MAPI_E_FAILONEPROVIDER, session_->OpenMsgStore(0, size, wrapped, nullptr, MDB_NO_DIALOG, store.put()))
      << "one vendor is no question";
  MAPIFreeBuffer(wrapped);
}

// The services of a user whose init file names another folder are those in that folder.
TEST_F(RunningProfile, TheInitFileSaysWhereServicesAreListedToo) {
  ASSERT_EQ(S_OK, table_->Unadvise(connection_));
  table_.reset();
  admin_.reset();
  session_.reset();
  MAPIUninitialize();
  ::unsetenv("MAPIARY_CONFIG_HOME");
  ::unsetenv("MAPIARY_MAPISVC");
  const auto home = folder_ / "home", moved = folder_ / "moved";
  std::filesystem::create_directories(home / "mapiary");
  std::filesystem::create_directories(moved / "mapisvc.d");
  std::ofstream(home / "mapiary" / "mapiary.conf") << "config_home = " << moved.string() << "\n";
  std::filesystem::rename(folder_ / "test.inf", moved / "mapisvc.d" / "test.inf");
  set("XDG_CONFIG_HOME", home.string());
  EXPECT_EQ(S_OK, MAPIInitialize(nullptr));
  make_profile("Moved");
  EXPECT_EQ(S_OK, log_on("Moved", kNew, session_));
  EXPECT_EQ(1u, stores(session_.get()).size());
  EXPECT_TRUE(std::filesystem::exists(moved / "profiles.db"));
  ::unsetenv("XDG_CONFIG_HOME");
}

// PrepareForm holds the message for ShowForm, which has no form to show it in and lets go of it.
// spec: IMAPISession::PrepareForm IMAPISession::ShowForm
TEST_F(RunningProfile, AMessageIsHeldForItsForm) {
  Ptr<IMsgStore> store;
  Ptr<IMAPIFolder> folder;
  Ptr<IMessage> message, other;
  ULONG type = 0;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  const std::string folder_id = object_id('f'), id = object_id('m');
  const auto size = static_cast<ULONG>(id.size());
  ASSERT_EQ(S_OK, session_->OpenEntry(size, id_of(folder_id), nullptr, MAPI_MODIFY, &type, folder.put_unknown()));
  ASSERT_EQ(S_OK, session_->OpenEntry(size, id_of(id), nullptr, MAPI_MODIFY, &type, message.put_unknown()));
  ASSERT_EQ(S_OK, session_->OpenEntry(size, id_of(id), nullptr, MAPI_MODIFY, &type, other.put_unknown()));
  const auto references = [](IMessage* object) { return object->AddRef(), object->Release(); };
  const auto show = [&](ULONG_PTR token, LPCIID iid = nullptr) {
    return session_->ShowForm(0, store.get(), folder.get(), iid, token, nullptr, 0, 0, 0, 0,
                              const_cast<char*>("IPM.Note"));
  };
  const ULONG before = references(message.get());
  ULONG_PTR token = 0, second = 0, third = 0;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session_->PrepareForm(nullptr, message.get(), nullptr));
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED, session_->PrepareForm(&IID_IMAPIFolder, message.get(), &token));
  EXPECT_EQ(before, references(message.get()));
  ASSERT_EQ(S_OK, session_->PrepareForm(nullptr, message.get(), &token));
  EXPECT_EQ(before + 1, references(message.get()));
  ASSERT_EQ(S_OK, session_->PrepareForm(&IID_IMessage, message.get(), &second));
  EXPECT_NE(token, second);
  EXPECT_EQ(before + 2, references(message.get()));
  ASSERT_EQ(S_OK, session_->PrepareForm(nullptr, other.get(), &third));

  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, show(0));
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED, show(token, &IID_IMAPIFolder)) << "and the token still counts";
  EXPECT_EQ(before + 2, references(message.get()));
  EXPECT_EQ(MAPI_E_NO_SUPPORT, show(token));
  EXPECT_EQ(before + 1, references(message.get()));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, show(token)) << "it was used";
  // As the page asks: the client's own reference goes before the form comes.
  message.reset();
  EXPECT_EQ(MAPI_E_NO_SUPPORT, show(second));
  // One that never got its form goes with the session, while its store is there.
  const ULONG left = references(other.get());
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_EQ(left - 1, references(other.get()));
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, session_->PrepareForm(nullptr, other.get(), &token));
  EXPECT_EQ(left - 1, references(other.get()));
  other.reset();
  folder.reset();
  store.reset();
  (void)leaks();
}

}  // namespace
}  // namespace session_test
