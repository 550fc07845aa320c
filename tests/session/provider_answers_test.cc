// SPDX-License-Identifier: Apache-2.0
// What providers answer goes on to the client unchanged, and fast shutdown in its order.
#include <dlfcn.h>
#include <edkmdb_const.h>
#include <mapiaux.h>

#include <chrono>
#include <cstring>

#include "session_fixture.h"

namespace session_test {
namespace {

using Calls = std::vector<std::string>;

class ProviderAnswersTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    mode("");
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile("Test");
    log_on_again();
  }
  void TearDown() override {
    session_.reset();
    MAPIUninitialize();
    SessionTest::TearDown();
  }
  void log_on_again() {
    session_.reset();
    ASSERT_EQ(S_OK, log_on("Test", MAPI_EXTENDED | MAPI_NEW_SESSION, session_));
  }
  void read_store_in_c(IMsgStore* store, Ptr<IMAPIFolder>& root, Ptr<IMAPITable>& table, Ptr<IMessage>& message);
  Ptr<IMAPISession> session_;
};

// spec: LC-173 LC-174 LC-179 LC-180 LC-257
TEST_F(ProviderAnswersTest, FailuresOfLogon) {
  struct Case {
    const char* mode;
    HRESULT hr;
  };
  for (const Case& one : {Case{"80040113", MAPI_E_USER_CANCEL}, Case{"8004011E", MAPI_E_UNKNOWN_CPID},
                          Case{"8004011F", MAPI_E_UNKNOWN_LCID}}) {
    SCOPED_TRACE(one.mode);
    Ptr<IMsgStore> store;
    log_on_again();
    for (const ULONG dialogs : {ULONG{0}, ULONG{MDB_NO_DIALOG}}) {
      if (dialogs != 0 && one.hr != MAPI_E_USER_CANCEL) log_on_again();
      mode(std::string("IMSProvider::Logon=fail:") + one.mode);
      EXPECT_EQ(one.hr, open_first(session_.get(), store, MDB_WRITE | dialogs));
      EXPECT_FALSE(store);
      mode("");
      LPMAPIERROR error = nullptr;
      ASSERT_EQ(S_OK, session_->GetLastError(one.hr, 0, &error));
      ASSERT_NE(nullptr, error);
      const std::string said = reinterpret_cast<const char*>(error->lpszError);
      MAPIFreeBuffer(error);
      EXPECT_NE(std::string::npos, said.find("the recording store says why")) << said;
    }
    // Who changes his mind is asked again; who cannot speak the client's language is not.
    EXPECT_EQ(one.hr == MAPI_E_USER_CANCEL ? S_OK : MAPI_E_LOGON_FAILED, open_first(session_.get(), store, MDB_WRITE));
  }
  // Configuration is missing, and the service's function does not help.
  Ptr<IMsgStore> store;
  log_on_again();
  (void)take_calls();
  mode("IMSProvider::Logon=fail:8004011C,RecordingServiceEntry=fail:80040102");
  EXPECT_EQ(MAPI_E_UNCONFIGURED, open_first(session_.get(), store, MDB_WRITE));
  EXPECT_TRUE(has(take_calls(), "RecordingServiceEntry 3"));
}

// spec: LC-265 IMAPISession::OpenMsgStore
TEST_F(ProviderAnswersTest, FlagsOfOpenMsgStore) {
  struct Case {
    ULONG flag;
    const char* line;
  };
  for (const Case& one : {Case{MAPI_DEFERRED_ERRORS, "IMSProvider::Logon Test 80000008"},
                          Case{MDB_ONLINE, "IMSProvider::Logon Test 80000100"}}) {
    Ptr<IMsgStore> store;
    ASSERT_EQ(S_OK, open_first(session_.get(), store, one.flag));
    EXPECT_TRUE(has(take_calls(), one.line)) << one.line;
  }
  // A store the profile does not have stays out of the table.
  std::string id = object_id('s', "guest");
  ULONG size = 0;
  LPENTRYID wrapped = nullptr;
  ASSERT_EQ(S_OK,
            WrapStoreEntryID(0, text(RECORDING_STORE), static_cast<ULONG>(id.size()), id_of(id), &size, &wrapped));
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, session_->OpenMsgStore(0, size, wrapped, nullptr, MDB_TEMPORARY, store.put()));
  MAPIFreeBuffer(wrapped);
  EXPECT_EQ(1u, stores(session_.get()).size());
}

// spec: LC-314 LC-319 LC-360 LC-361 LC-362 LC-571 LC-572
TEST_F(ProviderAnswersTest, EntriesOfAStore) {
  const std::string id = object_id('f');
  const auto size = static_cast<ULONG>(id.size());
  ULONG type = 0, same = 5;
  Ptr<IUnknown> object;
  // Its MAPIUID is in the id from byte 4 on, and nobody's before Logon registers it.
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, session_->OpenEntry(size, id_of(id), nullptr, 0, &type, object.put()));
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, session_->CompareEntryIDs(size, id_of(id), size, id_of(id), 0, &same));
  EXPECT_EQ(5u, same);
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  (void)take_calls();
  ASSERT_EQ(S_OK, session_->OpenEntry(size, id_of(id), nullptr, SHOW_SOFT_DELETES, &type, object.put()));
  EXPECT_EQ((Calls{"IMSLogon::OpenEntry 2"}), take_calls());
  std::string foreign = id;
  foreign[4] = 'X';
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, session_->OpenEntry(size, id_of(foreign), nullptr, 0, &type, object.put()));
  EXPECT_EQ(Calls{}, take_calls());
  mode("IMSLogon::OpenEntry=fail:80040117");
  EXPECT_EQ(MAPI_E_TOO_COMPLEX, session_->OpenEntry(size, id_of(id), nullptr, 0, &type, object.put()));
  mode("");
  ULONG_PTR connection = 0;
  Sink sink;
  EXPECT_EQ(MAPI_E_NO_SUPPORT, session_->Advise(size, id_of(id), fnevTableModified, &sink, &connection));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session_->PrepareForm(nullptr, nullptr, nullptr));
  void* none = nullptr;
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED, store->QueryInterface(IID_IMAPIFolder, &none));
}

// A vtable written in C serves as one written in C++ does, and the library goes when the subsystem ends.
// spec: LC-147
TEST_F(ProviderAnswersTest, AProviderInC) {
  const auto loaded = [] {
    void* handle = ::dlopen(C_STORE, RTLD_NOW | RTLD_NOLOAD);
    if (handle) ::dlclose(handle);
    return handle != nullptr;
  };
  write_inf(C_STORE, false);
  make_profile("InC");
  session_.reset();
  ASSERT_EQ(S_OK, log_on("InC", kNew, session_));
  Ptr<IMsgStore> store;
  EXPECT_EQ(MAPI_E_FAILONEPROVIDER, open_first(session_.get(), store));
  EXPECT_FALSE(store);
  LPMAPIERROR error = nullptr;
  ASSERT_EQ(S_OK, session_->GetLastError(MAPI_E_FAILONEPROVIDER, 0, &error));
  ASSERT_NE(nullptr, error);
  const std::string said = reinterpret_cast<const char*>(error->lpszError);
  MAPIFreeBuffer(error);
  EXPECT_NE(std::string::npos, said.find("the provider in C has no store")) << said;
  EXPECT_TRUE(loaded());
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  session_.reset();
  MAPIUninitialize();
  EXPECT_FALSE(loaded());
  EXPECT_FALSE(has(leaks(), C_STORE));
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
}

// The text of a property, in the width asked for.
std::string text_of(IMAPIProp* object, ULONG tag) {
  LPSPropValue value = nullptr;
  if (HrGetOneProp(object, tag, &value) != S_OK) return "nothing";
  std::string text;
  if (PROP_TYPE(tag) == PT_UNICODE) {
    for (const wchar_t* c = value->Value.lpszW; *c; ++c) text += static_cast<char>(*c);
  } else {
    text = value->Value.lpszA;
  }
  MAPIFreeBuffer(value);
  return text;
}

void ProviderAnswersTest::read_store_in_c(IMsgStore* store, Ptr<IMAPIFolder>& root, Ptr<IMAPITable>& table,
                                          Ptr<IMessage>& message) {
  ULONG type = 0;
  ASSERT_EQ(S_OK, store->OpenEntry(0, nullptr, nullptr, 0, &type, root.put_unknown()));
  EXPECT_EQ(static_cast<ULONG>(MAPI_FOLDER), type);
  EXPECT_EQ("Root", text_of(root.get(), PR_DISPLAY_NAME_W));
  ASSERT_EQ(S_OK, root->GetHierarchyTable(0, table.put()));
  EXPECT_EQ(0u, rows_of(table.get()).size());
  ASSERT_EQ(S_OK, root->GetContentsTable(0, table.put()));
  const auto rows = rows_of(table.get());
  ASSERT_EQ(1u, rows.size());
  const std::string& id = rows[0].id;
  ASSERT_EQ(S_OK, session_->OpenEntry(static_cast<ULONG>(id.size()), id_of(id), nullptr, 0, &type,
                                      message.put_unknown()));  // by its MAPIUID, through IMSLogon
  EXPECT_EQ(static_cast<ULONG>(MAPI_MESSAGE), type);
  EXPECT_EQ("Written in C", text_of(message.get(), PR_SUBJECT_W));
  EXPECT_EQ("A provider needs no C++.", text_of(message.get(), PR_BODY_A));
  EXPECT_EQ("nothing", text_of(message.get(), PR_SENDER_NAME_W));
  Ptr<IMessage> changed;
  EXPECT_EQ(MAPI_E_NO_ACCESS, store->OpenEntry(static_cast<ULONG>(id.size()), id_of(id), nullptr, MAPI_MODIFY, &type,
                                               changed.put_unknown()));
  EXPECT_EQ(MAPI_E_NO_SUPPORT, root->CreateMessage(nullptr, 0, changed.put()));
}

// A store written in C without a line of ours: opened, read through its table and by its entry ids, and logged off, by
// the last Release of the store and by the session's Logoff, each call once and in its order.
TEST_F(ProviderAnswersTest, AStoreInC) {
  const std::string log = (folder_ / "c.log").string();
  set("C_STORE_LOG", log);
  write_inf(C_STORE, false);
  std::ofstream(folder_ / "test.inf", std::ios::app) << "6600001E=in C\n";
  make_profile("InC");
  const auto taken = [&] {
    Calls lines;
    std::ifstream file(log);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    file.close();
    std::ofstream(log, std::ios::trunc);
    return lines;
  };
  for (const bool session_first : {false, true}) {
    SCOPED_TRACE(session_first);
    session_.reset();
    ASSERT_EQ(S_OK, log_on("InC", kNew, session_));
    Ptr<IMsgStore> store, same;
    EXPECT_EQ(MAPI_E_NO_ACCESS, open_first(session_.get(), store));
    ASSERT_EQ(S_OK, open_first(session_.get(), store, MDB_NO_DIALOG));
    ASSERT_EQ(S_OK, open_first(session_.get(), same, MDB_NO_DIALOG));
    EXPECT_EQ(store.get(), same.get());  // R7
    same.reset();
    EXPECT_EQ((Calls{"IMSProvider::Logon 0", "IMSProvider::Logon 1", "IMSProvider::Logon 0"}), taken());
    EXPECT_EQ("in C", text_of(store.get(), PR_DISPLAY_NAME_A));
    EXPECT_EQ("in C", stores(session_.get()).at(0).name);
    const auto rows_of_status = status(session_.get());
    EXPECT_TRUE(std::any_of(rows_of_status.begin(), rows_of_status.end(),
                            [](const TableRow& row) { return row.name == "in C" && row.code == STATUS_AVAILABLE; }));

    Ptr<IMAPIFolder> root;
    Ptr<IMAPITable> table;
    Ptr<IMessage> message;
    ASSERT_NO_FATAL_FAILURE(read_store_in_c(store.get(), root, table, message));
    EXPECT_EQ(Calls{}, taken());

    const Calls released{"IMsgStore::Release 0"}, logged_off{"IMSLogon::Logoff 0", "IMSLogon::Release 0"},
        ended{"IMSProvider::Shutdown 0", "IMSProvider::Release 0"};
    Calls expected = session_first ? logged_off : released;
    if (session_first) {
      EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
      expected.insert(expected.end(), ended.begin(), ended.end());
      EXPECT_EQ(expected, taken());
      LPSPropValue value = nullptr;  // what was left open answers, and does nothing (G4)
      EXPECT_EQ(MAPI_E_INVALID_OBJECT, HrGetOneProp(message.get(), PR_SUBJECT_A, &value));
      EXPECT_EQ(MAPI_E_INVALID_OBJECT, root->GetContentsTable(0, table.put()));
      store.reset();
      EXPECT_EQ(released, taken());
    } else {
      store.reset();
      expected.insert(expected.end(), logged_off.begin(), logged_off.end());
      EXPECT_EQ(expected, taken());
      EXPECT_EQ(MAPI_E_INVALID_OBJECT, root->GetContentsTable(0, table.put()));
      EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
      EXPECT_EQ(ended, taken());
    }
    message.reset();
    root.reset();
    table.reset();
  }
  ::unsetenv("C_STORE_LOG");
}

// Slots 3, 4 and 5 of the vtable, in the client's order; each reaches the provider that has the interface.
// spec: LC-413 LC-414 LC-421 LC-425
TEST_F(ProviderAnswersTest, FastShutdownInOrder) {
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  Ptr<IMAPIClientShutdown> shutdown;
  ASSERT_EQ(S_OK, session_->QueryInterface(IID_IMAPIClientShutdown, reinterpret_cast<void**>(shutdown.put())));
  (void)take_calls();
  using Slot = HRESULT(STDMETHODCALLTYPE*)(IMAPIClientShutdown*);
  Slot* slots = *reinterpret_cast<Slot**>(shutdown.get());
  for (int slot = 3; slot <= 5; ++slot) EXPECT_EQ(S_OK, slots[slot](shutdown.get()));
  EXPECT_EQ((Calls{"IMAPIProviderShutdown::QueryFastShutdown", "IMAPIProviderShutdown::NotifyProcessShutdown",
                   "IMAPIProviderShutdown::DoFastShutdown"}),
            take_calls());
}

// One provider that opts out is asked, answers so, and the client's query fails; the client then logs off as ever.
// spec: LC-419 LC-421 LC-429 IMAPIProviderShutdown::QueryFastShutdown
TEST_F(ProviderAnswersTest, FastShutdownRefused) {
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  Ptr<IMAPIClientShutdown> shutdown;
  ASSERT_EQ(S_OK, session_->QueryInterface(IID_IMAPIClientShutdown, reinterpret_cast<void**>(shutdown.put())));
  mode("IMAPIProviderShutdown::QueryFastShutdown=fail:80040102");
  (void)take_calls();
  EXPECT_EQ(MAPI_E_NO_SUPPORT, shutdown->QueryFastShutdown());
  EXPECT_EQ((Calls{"IMAPIProviderShutdown::QueryFastShutdown"}), take_calls());
  mode("");
  store.reset();
  shutdown.reset();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_FALSE(has(take_calls(), "IMAPIProviderShutdown"));
}

// Three providers that hang cost about what one costs, and each is asked; what is asked later is not disturbed.
TEST_F(ProviderAnswersTest, FastShutdownHangs) {
  set("MAPIARY_LOGOFF_BOUND", "1000");
  log_on_again();
  Ptr<IMAPISession> sessions[2];
  for (auto& session : sessions) ASSERT_EQ(S_OK, log_on("Test", kNew, session));
  for (IMAPISession* session : {session_.get(), sessions[0].get(), sessions[1].get()}) {
    Ptr<IMsgStore> store;
    ASSERT_EQ(S_OK, open_first(session, store));
  }
  Ptr<IMAPIClientShutdown> shutdown;
  ASSERT_EQ(S_OK, session_->QueryInterface(IID_IMAPIClientShutdown, reinterpret_cast<void**>(shutdown.put())));
  using Method = HRESULT (STDMETHODCALLTYPE IMAPIClientShutdown::*)();
  for (const auto& [name, method] : {std::pair<std::string, Method>("Query", &IMAPIClientShutdown::QueryFastShutdown),
                                     std::pair<std::string, Method>("Do", &IMAPIClientShutdown::DoFastShutdown)}) {
    SCOPED_TRACE(name);
    const std::string call = "IMAPIProviderShutdown::" + name + "FastShutdown";
    (void)take_calls();
    Gate gate(folder_ / "gate");
    mode(call + "=hang");
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(MAPI_E_NO_SUPPORT, (shutdown.get()->*method)());
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(2500));
    EXPECT_EQ(3u, MapiaryWaitForProviders(0));
    EXPECT_EQ((Calls{call, call, call}), take_calls());
    gate.open();
    mode("");
    EXPECT_EQ(S_OK, (shutdown.get()->*method)());
  }
}

}  // namespace
}  // namespace session_test
