// SPDX-License-Identifier: Apache-2.0
// IMAPISession::OpenMsgStore and what goes to the provider.
#include "session_fixture.h"

namespace session_test {
namespace {

using Calls = std::vector<std::string>;

class OpenStoreTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile("Test");
    (void)take_calls();
    ASSERT_EQ(S_OK, log_on("Test", MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL, session_));
  }
  void TearDown() override {
    session_.reset();
    MAPIUninitialize();
    SessionTest::TearDown();
  }
  std::string wrapped(const std::string& id) const {
    ULONG size = 0;
    LPENTRYID out = nullptr;
    EXPECT_EQ(S_OK, WrapStoreEntryID(0, text(library_.c_str()), static_cast<ULONG>(id.size()), id_of(id), &size, &out));
    std::string result(reinterpret_cast<const char*>(out), size);
    MAPIFreeBuffer(out);
    return result;
  }
  Ptr<IMAPISession> session_;
};

// spec: LC-159 LC-162 LC-170
TEST_F(OpenStoreTest, LoadsStartsAndLogsOn) {
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  EXPECT_EQ((Calls{"MSProviderInit 10010 0", "IMSProvider::Logon Test 80000005 NULL"}), take_calls());
  const auto rows = status(session_.get());
  ASSERT_EQ(4u, rows.size());
  EXPECT_EQ("Recording store", rows[3].name);
  EXPECT_EQ(MAPI_STORE_PROVIDER, rows[3].type);
}

// spec: LC-252 LC-254
TEST_F(OpenStoreTest, RefusesBadArguments) {
  Ptr<IMsgStore> store;
  const std::string id = stores(session_.get())[0].id;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session_->OpenMsgStore(0, 0, nullptr, nullptr, 0, store.put()));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session_->OpenMsgStore(0, 1, id_of(id), nullptr, 0, nullptr));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, open(session_.get(), id, 0x8000, store));
  EXPECT_EQ(MAPI_E_NOT_FOUND, open(session_.get(), "no entry id at all, though long", 0, store));
  EXPECT_EQ(MAPI_E_NOT_FOUND, open(session_.get(), object_id('s', "elsewhere"), 0, store));
}

// spec: LC-155 LC-163 LC-165 LC-189 R7
TEST_F(OpenStoreTest, OpensAStoreTwice) {
  Ptr<IMsgStore> first, second;
  ASSERT_EQ(S_OK, open_first(session_.get(), first));
  (void)take_calls();
  ASSERT_EQ(S_OK, open_first(session_.get(), second));
  EXPECT_EQ((Calls{"IMSProvider::Logon Test 80000005 id"}), take_calls());
  EXPECT_EQ(first.get(), second.get());
  EXPECT_EQ(4u, status(session_.get()).size());
  second.reset();
  EXPECT_EQ(Calls{}, take_calls());
  first.reset();
  EXPECT_EQ(
      (Calls{"IMsgStore::Release 0", "StoreLogoffTransports 8 -> 10000", "IMSLogon::Logoff 0", "IMSLogon::Release 0"}),
      take_calls());
}

// The id of the table is wrapped; the store's own works as well, and other bytes for the same store (CompareStoreIDs).
// spec: LC-171 LC-217 LC-218 LC-219 LC-397
TEST_F(OpenStoreTest, FindsTheSectionByAnyId) {
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  store.reset();
  (void)take_calls();
  ASSERT_EQ(S_OK, open(session_.get(), object_id('s'), 0, store));
  store.reset();
  EXPECT_EQ("IMSProvider::Logon Test 80000000 id", take_calls().front());
  ASSERT_EQ(S_OK, open(session_.get(), wrapped(object_id('s', "box~old")), 0, store));
  const auto calls = take_calls();
  EXPECT_EQ("IMSProvider::CompareStoreIDs 0", calls.at(0));
  EXPECT_EQ(1u, stores(session_.get()).size());
}

// spec: LC-198 LC-270 LC-271
TEST_F(OpenStoreTest, AStoreTheProfileDoesNotKnow) {
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open(session_.get(), wrapped(object_id('s', "new")), MDB_WRITE, store));
  EXPECT_EQ(1u, stores(session_.get()).size());
  store.reset();
  mode("Keep=store");
  ASSERT_EQ(S_OK, open(session_.get(), wrapped(object_id('s', "new")), MDB_WRITE | MDB_TEMPORARY, store));
  EXPECT_EQ(1u, stores(session_.get()).size());
  store.reset();
  ASSERT_EQ(S_OK, open(session_.get(), wrapped(object_id('s', "new")), MDB_WRITE, store));
  EXPECT_EQ(2u, stores(session_.get()).size());
  store.reset();
  EXPECT_EQ(2u, stores(session_.get()).size());
  Ptr<IMAPISession> later;
  ASSERT_EQ(S_OK, log_on("Test", MAPI_EXTENDED | MAPI_NEW_SESSION, later));
  EXPECT_EQ(2u, stores(later.get()).size());
}

// spec: LC-175 LC-206
TEST_F(OpenStoreTest, ConfiguresAndTriesAgain) {
  mode("IMSProvider::Logon=fail:8004011C");  // until the service was configured
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store, MDB_WRITE));
  EXPECT_EQ((Calls{"MSProviderInit 10010 0", "IMSProvider::Logon Test 80000004 NULL", "RecordingServiceEntry 3 10",
                   "IMSProvider::Logon Test 80000004 NULL"}),
            take_calls());
}

// Without a dialog and without an entry function that can do without the user, the client hears of a failed logon;
// where it allows a dialog, of the provider's own answer.
// spec: LC-256
TEST_F(OpenStoreTest, NobodyCanConfigure) {
  mode("IMSProvider::Logon=fail:8004011C,RecordingServiceEntry=fail:8004011C");
  Ptr<IMsgStore> store;
  EXPECT_EQ(MAPI_E_LOGON_FAILED, open_first(session_.get(), store, MDB_WRITE | MDB_NO_DIALOG));
  EXPECT_FALSE(store);
  EXPECT_TRUE(has(calls(), "RecordingServiceEntry 3 ")) << "what needs no dialog was tried";
  Ptr<IMAPISession> other;
  ASSERT_EQ(S_OK, log_on("Test", kNew, other));
  EXPECT_EQ(MAPI_E_UNCONFIGURED, open_first(other.get(), store, MDB_WRITE));
  EXPECT_FALSE(store);
}

// spec: LC-176 LC-177 LC-168
TEST_F(OpenStoreTest, FailuresSwitchOffTheServiceOrNot) {
  Ptr<IMsgStore> store;
  mode("IMSProvider::Logon=fail:8004011D");  // MAPI_E_FAILONEPROVIDER
  EXPECT_EQ(MAPI_E_FAILONEPROVIDER, open_first(session_.get(), store));
  mode("");
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  store.reset();
  mode("IMSProvider::Logon=fail");
  EXPECT_EQ(MAPI_E_CALL_FAILED, open_first(session_.get(), store));
  LPMAPIERROR error = nullptr;
  ASSERT_EQ(S_OK, session_->GetLastError(MAPI_E_CALL_FAILED, 0, &error));
  ASSERT_NE(nullptr, error);
  const std::string said = reinterpret_cast<const char*>(error->lpszError);
  EXPECT_NE(std::string::npos, said.find("the recording store says why")) << said;
  MAPIFreeBuffer(error);
  mode("");
  (void)take_calls();
  EXPECT_EQ(MAPI_E_LOGON_FAILED, open_first(session_.get(), store));
  EXPECT_EQ(Calls{}, take_calls());
}

// spec: LC-178 LC-258 LC-195
TEST_F(OpenStoreTest, AWarningIsASuccess) {
  mode("Warn=yes,Width=ansi");
  Ptr<IMsgStore> store;
  ASSERT_EQ(MAPI_W_ERRORS_RETURNED, open_first(session_.get(), store));
  ASSERT_TRUE(store);
  LPMAPIERROR error = nullptr;
  ASSERT_EQ(S_OK, session_->GetLastError(MAPI_W_ERRORS_RETURNED, 0, &error));
  ASSERT_NE(nullptr, error);
  const std::string said = reinterpret_cast<const char*>(error->lpszError);
  EXPECT_EQ(0u, said.find("the recording store says why")) << said;
  MAPIFreeBuffer(error);
}

// A provider that throws, hangs, is of another version or is not there costs only itself.
// spec: LC-141 LC-149
TEST_F(OpenStoreTest, ABadProviderCostsOnlyItself) {
  Ptr<IMsgStore> store;
  mode("IMSProvider::Logon=throw");
  EXPECT_EQ(MAPI_E_CALL_FAILED, open_first(session_.get(), store));
  Ptr<IMAPISession> other;
  mode("Version=new");
  ASSERT_EQ(S_OK, log_on("Test", MAPI_EXTENDED | MAPI_NEW_SESSION, other));
  EXPECT_EQ(MAPI_E_VERSION, open_first(other.get(), store));
  other.reset();
  mode("MSProviderInit=fail:80040110");
  ASSERT_EQ(S_OK, log_on("Test", MAPI_EXTENDED | MAPI_NEW_SESSION, other));
  EXPECT_EQ(MAPI_E_VERSION, open_first(other.get(), store));
  mode("");
  other.reset();
  ASSERT_EQ(S_OK, log_on("Test", MAPI_EXTENDED | MAPI_NEW_SESSION, other));
  EXPECT_EQ(S_OK, open_first(other.get(), store));
}

TEST_F(OpenStoreTest, AMissingLibraryIsNamed) {
  write_inf("nowhere.dll", false);
  make_profile("Missing");
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Missing", MAPI_EXTENDED | MAPI_NEW_SESSION, session));
  Ptr<IMsgStore> store;
  EXPECT_EQ(MAPI_E_NOT_FOUND, open_first(session.get(), store));
  LPMAPIERROR error = nullptr;
  ASSERT_EQ(S_OK, session->GetLastError(MAPI_E_NOT_FOUND, 0, &error));
  ASSERT_NE(nullptr, error);
  const std::string said = reinterpret_cast<const char*>(error->lpszError);
  EXPECT_NE(std::string::npos, said.find("nowhere.dll")) << said;
  EXPECT_NE(std::string::npos, said.find((folder_ / "libnowhere.so").string())) << said;
  MAPIFreeBuffer(error);
}

// spec: LC-307 LC-310 LC-313 LC-590 IMAPISession::OpenEntry
TEST_F(OpenStoreTest, RoutesEntryIds) {
  Ptr<IMsgStore> store;
  Ptr<IMAPIFolder> folder;
  ULONG type = 0;
  const std::string id = object_id('f');
  const auto size = static_cast<ULONG>(id.size());
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, session_->OpenEntry(size, id_of(id), nullptr, 0, &type, folder.put_unknown()));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session_->OpenEntry(0, nullptr, nullptr, 0, &type, folder.put_unknown()));
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  (void)take_calls();
  ASSERT_EQ(S_OK, session_->OpenEntry(size, id_of(id), nullptr, MAPI_MODIFY, &type, folder.put_unknown()));
  EXPECT_EQ(static_cast<ULONG>(MAPI_FOLDER), type);
  EXPECT_EQ((Calls{"IMSLogon::OpenEntry 1"}), take_calls());
  Ptr<IMsgStore> again;
  const std::string store_id = stores(session_.get())[0].id;
  ASSERT_EQ(S_OK, session_->OpenEntry(static_cast<ULONG>(store_id.size()), id_of(store_id), nullptr, MAPI_MODIFY, &type,
                                      again.put_unknown()));
  EXPECT_EQ(static_cast<ULONG>(MAPI_STORE), type);
  EXPECT_EQ((Calls{"IMSProvider::Logon Test 80000005 id"}), take_calls());
}

// spec: LC-316 LC-317 LC-318 IMAPISession::CompareEntryIDs
TEST_F(OpenStoreTest, ComparesEntryIds) {
  Ptr<IMsgStore> store;
  const std::string a = object_id('f'), b = object_id('m');
  const auto size = static_cast<ULONG>(a.size());
  ULONG same = 5;
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, session_->CompareEntryIDs(size, id_of(a), size, id_of(b), 0, &same));
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, session_->CompareEntryIDs(size, id_of(a), size, id_of(b), 1, &same));
  ASSERT_EQ(S_OK, session_->CompareEntryIDs(size, id_of(a), size, id_of(b), 0, &same));
  EXPECT_EQ(0u, same);
  ASSERT_EQ(S_OK, session_->CompareEntryIDs(size, id_of(a), size, id_of(a), 0, &same));
  EXPECT_EQ(1u, same);
  EXPECT_TRUE(has(take_calls(), "IMSLogon::CompareEntryIDs 0"));
}

// spec: LC-322 LC-323 LC-325 LC-327 IMAPISession::Advise IMAPISession::Unadvise
TEST_F(OpenStoreTest, HandsAdvisesOn) {
  Ptr<IMsgStore> store;
  Sink sink;
  ULONG_PTR connection = 0;
  const std::string id = object_id('f');
  const auto size = static_cast<ULONG>(id.size());
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, session_->Advise(size, id_of(id), fnevObjectModified, &sink, &connection));
  EXPECT_EQ(MAPI_E_INVALID_ENTRYID, session_->Advise(3, id_of(id), fnevObjectModified, &sink, &connection));
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  EXPECT_EQ(MAPI_E_NO_SUPPORT, session_->Advise(size, id_of(id), fnevTableModified, &sink, &connection));
  (void)take_calls();
  ASSERT_EQ(S_OK, session_->Advise(size, id_of(id), fnevObjectModified, &sink, &connection));
  EXPECT_NE(0u, connection);
  EXPECT_EQ(S_OK, session_->Unadvise(connection));
  EXPECT_EQ((Calls{"IMSLogon::Advise 10", "IMSLogon::Unadvise 7"}), take_calls());
}

// spec: LC-077 LC-288 LC-289 LC-290 LC-293 LC-294 IMAPISession::SetDefaultStore
TEST_F(OpenStoreTest, SetsTheDefaultStore) {
  make_profile("Two", 1);
  const auto row = stores(session_.get()).at(0);
  EXPECT_NE(0, row.flags & STATUS_DEFAULT_STORE);
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  const std::string id = stores(session_.get())[0].id;
  const auto size = static_cast<ULONG>(id.size());
  Ptr<IMAPITable> table, status_table;
  ASSERT_EQ(S_OK, session_->GetMsgStoresTable(0, table.put()));
  ASSERT_EQ(S_OK, session_->GetStatusTable(0, status_table.put()));
  Sink sink, status_sink;
  ULONG_PTR connection = 0, status_connection = 0;
  ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &sink, &connection));
  ASSERT_EQ(S_OK, status_table->Advise(fnevTableModified, &status_sink, &status_connection));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, session_->SetDefaultStore(6, size, id_of(id)));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, session_->SetDefaultStore(0, size, id_of(id)));
  ASSERT_EQ(S_OK, session_->SetDefaultStore(MAPI_DEFAULT_STORE, 0, nullptr));
  EXPECT_EQ(0, stores(session_.get())[0].flags & STATUS_DEFAULT_STORE);
  EXPECT_EQ(0, status(session_.get())[3].flags & STATUS_DEFAULT_STORE);
  HrDispatchNotifications(0);
  EXPECT_EQ(1, sink.table);
  EXPECT_EQ(1, status_sink.table);
  mode("SupportMask=small");
  EXPECT_EQ(MAPI_E_NO_SUPPORT, session_->SetDefaultStore(MAPI_DEFAULT_STORE, size, id_of(id)));
  mode("");
  ASSERT_EQ(S_OK, session_->SetDefaultStore(MAPI_DEFAULT_STORE, size, id_of(id)));
  EXPECT_NE(0, stores(session_.get())[0].flags & STATUS_DEFAULT_STORE);
  EXPECT_NE(0, status(session_.get())[3].flags & STATUS_DEFAULT_STORE);
  ASSERT_EQ(S_OK, session_->SetDefaultStore(MAPI_SIMPLE_STORE_TEMPORARY, size, id_of(id)));
  EXPECT_NE(0, stores(session_.get())[0].flags & STATUS_SIMPLE_STORE);
  ASSERT_EQ(S_OK, session_->SetDefaultStore(MAPI_PRIMARY_STORE, size, id_of(id)));
  EXPECT_NE(0, status(session_.get())[3].flags & STATUS_PRIMARY_STORE);
  table->Unadvise(connection);
  status_table->Unadvise(status_connection);
}

}  // namespace
}  // namespace session_test
