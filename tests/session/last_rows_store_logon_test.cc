// SPDX-License-Identifier: Apache-2.0
// The installed store provider by its own interfaces, as a session calls them: Logon, SpoolerLogon and the logon
// object. Pages: imsprovider-logon, imsprovider-spoolerlogon, imslogon-*, loading-message-store-providers.
#include <dlfcn.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "provider_fakes.h"
#include "session_fixture.h"

namespace provider_test {
namespace {

using session_test::Ptr;

// Stays in its first OnNotify until it is let go.
struct SlowSink final : test_sink::CountedSink {
  ~SlowSink() { wait_until_released(); }
  STDMETHODIMP_(ULONG) OnNotify(ULONG, LPNOTIFICATION) override {
    std::unique_lock lock(mutex);
    inside = true;
    changed.notify_all();
    changed.wait(lock, [&] { return may_leave; });
    references_inside = references;
    inside = false;
    changed.notify_all();
    return 0;
  }
  std::mutex mutex;
  std::condition_variable changed;
  bool inside = false, may_leave = false;
  ULONG references_inside = 0;
};

// A destination of copies that may be called on one thread only.
struct OneThreadProps final : BareSection {
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    note();
    const bool is_known = IsEqualGUID(iid, IID_IUnknown) || IsEqualGUID(iid, IID_IMAPIProp);
    *out = is_known ? this : nullptr;
    if (!is_known) return MAPI_E_INTERFACE_NOT_SUPPORTED;
    AddRef();
    return S_OK;
  }
  STDMETHODIMP_(ULONG) AddRef() override {
    note();
    return ++references;
  }
  STDMETHODIMP_(ULONG) Release() override {
    note();
    return --references;
  }
  STDMETHODIMP GetPropList(ULONG, LPSPropTagArray* tags) override {
    note();
    EXPECT_EQ(S_OK, MAPIAllocateBuffer(CbNewSPropTagArray(0), reinterpret_cast<LPVOID*>(tags)));
    (*tags)->cValues = 0;
    return S_OK;
  }
  STDMETHODIMP SetProps(ULONG count, LPSPropValue, LPSPropProblemArray* problems) override {
    note();
    values += count;
    if (problems) *problems = nullptr;
    return S_OK;
  }
  void note() const { EXPECT_EQ(owner, std::this_thread::get_id()); }
  const std::thread::id owner = std::this_thread::get_id();
  ULONG values = 0;
  ULONG references = 1;
};

class StoreLogonTest : public ::testing::Test {
 protected:
  void SetUp() override {
    blocks().clear();
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    library_ = ::dlopen(STORE_PROVIDER, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(nullptr, library_) << ::dlerror();
    auto* init = reinterpret_cast<MSPROVIDERINIT*>(::dlsym(library_, "MSProviderInit"));
    ASSERT_NE(nullptr, init);
    ULONG version = 0;
    ASSERT_EQ(S_OK, init(static_cast<HINSTANCE>(library_), &allocator_, take_block, take_more, free_block, 0,
                         CURRENT_SPI_VERSION, &version, provider_.put()));
    configure(support_, L"box");
    // A new store furnishes itself by HrValidateIPMSubtree, which frees with MAPIFreeBuffer past our routines.
    ASSERT_EQ(S_OK, log_on(support_, logon_, store_));
    end(store_, logon_);
    (void)support_.take();
    blocks().clear();
  }
  void TearDown() override {
    root_.reset();
    end(store_, logon_);
    if (provider_) {
      ULONG zero = 0;
      EXPECT_EQ(S_OK, provider_->Shutdown(&zero));
    }
    provider_.reset();
    EXPECT_EQ(1u, support_.references);
    EXPECT_TRUE(blocks().empty()) << "memory of the session's that nobody freed";
    ::dlclose(library_);
    MAPIUninitialize();
  }
  static void end(Ptr<IMsgStore>& store, Ptr<IMSLogon>& logon) {
    store.reset();
    ULONG zero = 0;
    if (logon) {
      EXPECT_EQ(S_OK, logon->Logoff(&zero));
    }
    logon.reset();
  }
  static void configure(FakeSupport& support, const wchar_t* path, const wchar_t* engine = L"memory") {
    SPropValue values[2]{};
    values[0].ulPropTag = PROP_TAG(PT_UNICODE, 0x6700);
    values[0].Value.lpszW = const_cast<LPWSTR>(path);
    values[1].ulPropTag = PROP_TAG(PT_UNICODE, 0x6701);
    values[1].Value.lpszW = const_cast<LPWSTR>(engine);
    ASSERT_EQ(S_OK, support.section.props->SetProps(2, values, nullptr));
  }
  static LPENTRYID as_id(const std::string& id) {
    return id.empty() ? nullptr : reinterpret_cast<LPENTRYID>(const_cast<char*>(id.data()));
  }
  HRESULT log_on(FakeSupport& support, Ptr<IMSLogon>& logon, Ptr<IMsgStore>& store,
                 ULONG flags = MDB_WRITE | MDB_NO_DIALOG) {
    std::wstring profile = L"Profile";
    LPMAPIERROR error = nullptr;
    ULONG size = 0;
    LPBYTE security = nullptr;
    const HRESULT hr =
        provider_->Logon(&support, 0, reinterpret_cast<LPTSTR>(profile.data()), 0, nullptr, flags | MAPI_UNICODE,
                         nullptr, &size, &security, &error, logon.put(), store.put());
    if (error) free_block(error);
    if (security) free_block(security);
    return hr;
  }
  HRESULT spooler_log_on(FakeSupport& support, const std::string& id, ULONG flags, Ptr<IMSLogon>& logon,
                         Ptr<IMsgStore>& store) {
    std::wstring profile = L"Profile";
    LPMAPIERROR error = nullptr;
    const HRESULT hr =
        provider_->SpoolerLogon(&support, 0, reinterpret_cast<LPTSTR>(profile.data()), static_cast<ULONG>(id.size()),
                                as_id(id), flags | MAPI_UNICODE, nullptr, 0, nullptr, &error, logon.put(), store.put());
    if (error) free_block(error);
    return hr;
  }
  void open() {
    ASSERT_EQ(S_OK, log_on(support_, logon_, store_));
    ULONG type = 0;
    ASSERT_EQ(S_OK, store_->OpenEntry(0, nullptr, nullptr, MAPI_MODIFY, &type, root_.put_unknown()));
  }
  void create_folder(const char* name) {
    Ptr<IMAPIFolder> made;
    ASSERT_EQ(S_OK, root_->CreateFolder(FOLDER_GENERIC, reinterpret_cast<LPTSTR>(const_cast<char*>(name)), nullptr,
                                        nullptr, OPEN_IF_EXISTS, made.put()));
  }

  void* library_ = nullptr;
  FakeAllocator allocator_;
  FakeSupport support_;
  Ptr<IMSProvider> provider_;
  Ptr<IMSLogon> logon_;
  Ptr<IMsgStore> store_;
  Ptr<IMAPIFolder> root_;
};

// As a setup program calls the service's function: without a profile, with nothing to configure.
// spec: LC-545
TEST_F(StoreLogonTest, SetupProgramsAreAnswered) {
  auto* entry = reinterpret_cast<MSGSERVICEENTRY*>(::dlsym(library_, "MapiaryStoreServiceEntry"));
  ASSERT_NE(nullptr, entry);
  for (const ULONG context : {MSG_SERVICE_INSTALL, MSG_SERVICE_UNINSTALL}) {
    for (const ULONG flags : {ULONG{0}, ULONG{SERVICE_UI_ALLOWED}, ULONG{SERVICE_UI_ALWAYS | MAPI_UNICODE}}) {
      LPMAPIERROR error = nullptr;
      EXPECT_EQ(S_OK, entry(static_cast<HINSTANCE>(library_), &allocator_, nullptr, 0, flags, context, 0, nullptr,
                            nullptr, &error))
          << context;
      EXPECT_EQ(nullptr, error);
    }
  }
}

// Of the provider object alone, with no store open: ids of one store, of two, of one whose file has moved, of others'
// stores, and what is no id.
// spec: LC-214 LC-215 LC-218 LC-219 IMSProvider::CompareStoreIDs
TEST_F(StoreLogonTest, ComparesIdsWithoutAStore) {
  const std::filesystem::path folder = test_files::new_temp_folder("compare-store-ids");
  const auto id_of_file = [&](const char* name) {
    FakeSupport support;
    configure(support, (folder / name).wstring().c_str(), L"sqlite");
    Ptr<IMSLogon> logon;
    Ptr<IMsgStore> store;
    EXPECT_EQ(S_OK, log_on(support, logon, store));
    end(store, logon);
    EXPECT_EQ(1u, support.references);
    return support.store_id;
  };
  const std::string one = id_of_file("one"), two = id_of_file("two"), memory = support_.store_id;
  ASSERT_TRUE(std::filesystem::exists(folder / "one"));
  std::filesystem::rename(folder / "one", folder / "moved");
  const std::string moved = id_of_file("moved");
  blocks().clear();  // a new store furnishes itself past our routines
  std::string brief = one;
  brief[0] = static_cast<char>(MAPI_SHORTTERM);
  std::string others = one;
  others[5] = static_cast<char>(others[5] ^ 1);
  struct Answer {
    HRESULT hr;
    ULONG same;
    bool operator==(const Answer&) const = default;
  };
  const auto compare = [&](const std::string& a, const std::string& b, ULONG flags = 0) {
    Answer answer{S_OK, 77};
    answer.hr = provider_->CompareStoreIDs(static_cast<ULONG>(a.size()), as_id(a), static_cast<ULONG>(b.size()),
                                           as_id(b), flags, &answer.same);
    return answer;
  };
  const Answer same{S_OK, TRUE}, different{S_OK, FALSE};
  EXPECT_EQ(same, compare(one, one));
  EXPECT_NE(one, moved);
  EXPECT_EQ(same, compare(one, moved));
  EXPECT_EQ(same, compare(moved, brief));
  EXPECT_EQ(different, compare(one, two));
  EXPECT_EQ(different, compare(two, moved));
  EXPECT_EQ(different, compare(memory, one));
  EXPECT_EQ(different, compare(others, one));
  EXPECT_EQ(different, compare(one, others));
  for (const ULONG flags : {ULONG{1}, ULONG{MAPI_UNICODE}}) {
    EXPECT_EQ((Answer{MAPI_E_UNKNOWN_FLAGS, FALSE}), compare(one, one, flags));
  }
  for (std::size_t size = 1; size < one.size(); ++size) {
    EXPECT_EQ((Answer{MAPI_E_UNKNOWN_ENTRYID, FALSE}), compare(one, one.substr(0, size))) << size;
    EXPECT_EQ((Answer{MAPI_E_UNKNOWN_ENTRYID, FALSE}), compare(one.substr(0, size), one)) << size;
  }
  EXPECT_EQ((Answer{MAPI_E_INVALID_PARAMETER, FALSE}), compare(one, {}));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER,
            provider_->CompareStoreIDs(static_cast<ULONG>(one.size()), as_id(one), static_cast<ULONG>(one.size()),
                                       as_id(one), 0, nullptr));
  std::filesystem::remove_all(folder);
}

// spec: LC-164 IMSProvider::Logon IMSProvider::Shutdown
TEST_F(StoreLogonTest, TheFirstLogonGivesBothObjectsAndKeepsTheSupportObject) {
  ASSERT_EQ(1u, support_.references);
  ASSERT_EQ(S_OK, log_on(support_, logon_, store_));
  EXPECT_TRUE(logon_);
  EXPECT_TRUE(store_);
  EXPECT_LT(1u, support_.references);
  FakeSupport second;
  configure(second, L"box");
  Ptr<IMSLogon> none;
  Ptr<IMsgStore> again;
  ASSERT_EQ(S_OK, log_on(second, none, again));
  EXPECT_FALSE(none);
  EXPECT_EQ(store_.get(), again.get());
  EXPECT_EQ(1u, second.references);
}

// spec: LC-202
TEST_F(StoreLogonTest, LogonWaitsForNoSpooler) {
  ASSERT_EQ(S_OK, log_on(support_, logon_, store_));
  for (const std::string& call : support_.take()) {
    EXPECT_EQ(std::string::npos, call.find("PrepareSubmit")) << call;
    EXPECT_EQ(std::string::npos, call.find("SpoolerNotify")) << call;
  }
}

// The objects of a logon answer MAPI_E_INVALID_OBJECT after it without MakeInvalid, which this support object refuses.
// spec: LC-378
TEST_F(StoreLogonTest, ObjectsEndWithoutMakeInvalid) {
  open();
  (void)support_.take();
  ULONG zero = 0;
  EXPECT_EQ(S_OK, logon_->Logoff(&zero));
  Ptr<IMAPITable> table;
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, root_->GetContentsTable(0, table.put()));
  for (const std::string& call : support_.take()) EXPECT_EQ(std::string::npos, call.find("MakeInvalid")) << call;
}

// spec: LC-213
TEST_F(StoreLogonTest, TheSpoolersLogonFailsWithoutADialog) {
  ASSERT_EQ(S_OK, log_on(support_, logon_, store_));
  FakeSupport support;
  Ptr<IMSLogon> logon;
  Ptr<IMsgStore> store;
  configure(support, L"nowhere/at all");
  std::string gone = std::string(4, '\0') + std::string(60, 'x');
  EXPECT_EQ(MAPI_E_LOGON_FAILED, spooler_log_on(support, gone, MDB_NO_DIALOG | MDB_WRITE, logon, store));
  EXPECT_FALSE(logon);
  EXPECT_FALSE(store);
  EXPECT_EQ(1u, support.references);
  // What the profile lacks is said as that, so that the service is asked to configure itself.
  FakeSupport bare;
  EXPECT_EQ(MAPI_E_UNCONFIGURED, spooler_log_on(bare, {}, MDB_NO_DIALOG | MDB_WRITE, logon, store));
}

// The Release comes when OnNotify has returned, though Unadvise has returned before.
// spec: LC-248 IMSLogon::Unadvise IMSLogon::Advise
TEST_F(StoreLogonTest, UnadviseWhileTheSinkIsAtWork) {
  open();
  SlowSink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, logon_->Advise(0, nullptr, fnevObjectCreated, &sink, &connection));
  create_folder("one");
  {
    std::unique_lock lock(sink.mutex);
    ASSERT_TRUE(sink.changed.wait_for(lock, std::chrono::seconds(20), [&] { return sink.inside; }));
  }
  ASSERT_EQ(S_OK, logon_->Unadvise(connection));
  EXPECT_LT(1u, sink.references);
  {
    const std::lock_guard lock(sink.mutex);
    EXPECT_TRUE(sink.inside);
    sink.may_leave = true;
    sink.changed.notify_all();
  }
  sink.wait_until_released();
  EXPECT_LT(1u, sink.references_inside);
  create_folder("two");
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, logon_->Unadvise(connection));
}

// What SpoolerLogon gives are the interfaces of the store that the client has, two objects with one life: what either
// writes the other reads under the same ids, and neither's end is the other's.
// spec: LC-167 IMSProvider::SpoolerLogon
TEST_F(StoreLogonTest, TheSpoolersObjectsAreOfTheClientsStore) {
  open();
  FakeSupport support;
  configure(support, L"box");
  Ptr<IMSLogon> logon;
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, spooler_log_on(support, {}, MDB_NO_DIALOG | MDB_WRITE, logon, store));
  ASSERT_TRUE(logon);
  ASSERT_TRUE(store);
  const auto get = [](IMAPIProp* object, ULONG tag) {
    LPSPropValue value = nullptr;
    std::string bytes = "none";
    if (SUCCEEDED(HrGetOneProp(object, tag, &value))) bytes = session_test::binary(*value);
    if (value) free_block(value);
    return bytes;
  };
  for (const ULONG tag : {PR_RECORD_KEY, PR_STORE_RECORD_KEY, PR_MDB_PROVIDER}) {
    EXPECT_EQ(get(store_.get(), tag), get(store.get(), tag)) << std::hex << tag;
  }
  Ptr<IMessage> message, seen;
  ASSERT_EQ(S_OK, root_->CreateMessage(nullptr, 0, message.put()));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const std::string id = get(message.get(), PR_ENTRYID);
  message.reset();
  ULONG type = 0, same = 0;
  ASSERT_EQ(S_OK, store->OpenEntry(static_cast<ULONG>(id.size()), as_id(id), nullptr, 0, &type, seen.put_unknown()));
  EXPECT_EQ(id, get(seen.get(), PR_ENTRYID));
  seen.reset();
  ASSERT_EQ(S_OK, logon->OpenEntry(static_cast<ULONG>(id.size()), as_id(id), nullptr, 0, &type, seen.put_unknown()));
  seen.reset();
  EXPECT_EQ(S_OK, logon->CompareEntryIDs(static_cast<ULONG>(id.size()), as_id(id), static_cast<ULONG>(id.size()),
                                         as_id(id), 0, &same));
  EXPECT_EQ(1u, same);
  end(store, logon);
  EXPECT_EQ(1u, support.references);
  EXPECT_EQ(S_OK, store_->OpenEntry(static_cast<ULONG>(id.size()), as_id(id), nullptr, 0, &type, seen.put_unknown()));
  seen.reset();
}

// spec: LC-249 LC-250 IMSLogon::OpenStatusEntry
TEST_F(StoreLogonTest, TheStatusObject) {
  open();
  for (const ULONG flags : {ULONG{0}, ULONG{MAPI_MODIFY}}) {
    Ptr<IMAPIStatus> status;
    Ptr<IUnknown> same;
    ULONG type = 77;
    ASSERT_EQ(S_OK, logon_->OpenStatusEntry(nullptr, flags, &type, reinterpret_cast<LPVOID*>(status.put())));
    EXPECT_EQ(static_cast<ULONG>(MAPI_STATUS), type);
    ASSERT_EQ(S_OK, status->QueryInterface(IID_IMAPIStatus, reinterpret_cast<LPVOID*>(same.put())));
    EXPECT_EQ(static_cast<IUnknown*>(status.get()), same.get());
    EXPECT_EQ(S_OK, status->ValidateState(0, SUPPRESS_UI));
    if (flags != 0) continue;
    SPropValue value{};
    value.ulPropTag = PR_COMMENT_A;
    value.Value.lpszA = const_cast<LPSTR>("x");
    EXPECT_EQ(MAPI_E_NO_ACCESS, status->SetProps(1, &value, nullptr));
  }
}

// spec: ST-719
TEST_F(StoreLogonTest, TheStatusObjectHoldsItsSectionAndItsLogon) {
  open();
  logon_->AddRef();
  const ULONG of_logon = logon_->Release(), of_section = support_.section.references;
  Ptr<IMAPIStatus> status;
  ULONG type = 0;
  ASSERT_EQ(S_OK, logon_->OpenStatusEntry(nullptr, 0, &type, reinterpret_cast<LPVOID*>(status.put())));
  logon_->AddRef();
  EXPECT_EQ(of_logon + 1, logon_->Release());
  EXPECT_EQ(of_section + 1, support_.section.references);
  status.reset();
  logon_->AddRef();
  EXPECT_EQ(of_logon, logon_->Release());
  EXPECT_EQ(of_section, support_.section.references);
}

// Of Subscribe, Unsubscribe and Notify a provider uses all or none: this one none, for sinks of objects and of tables.
// spec: ST-617
TEST_F(StoreLogonTest, SinksAreCalledWithoutTheSupportObject) {
  open();
  SlowSink of_store, of_table;
  of_store.may_leave = of_table.may_leave = true;
  ULONG_PTR connection = 0, table_connection = 0;
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, root_->GetHierarchyTable(0, table.put()));
  ASSERT_EQ(S_OK, store_->Advise(0, nullptr, fnevObjectCreated, &of_store, &connection));
  ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &of_table, &table_connection));
  create_folder("told of");
  for (SlowSink* sink : {&of_store, &of_table}) {
    std::unique_lock lock(sink->mutex);
    EXPECT_TRUE(sink->changed.wait_for(lock, std::chrono::seconds(20), [&] { return sink->references_inside != 0; }));
  }
  ASSERT_EQ(S_OK, store_->Unadvise(connection));
  ASSERT_EQ(S_OK, table->Unadvise(table_connection));
  EXPECT_EQ(0u, support_.last_connection);
  EXPECT_EQ(0, support_.notified);
  while (of_store.references != 1 || of_table.references != 1) std::this_thread::yield();
}

// An error of PrepareSubmit is the client's to see; it is asked about resent messages only. A store that is coupled
// with no transport leaves what is after that to the spooler.
// spec: ST-646 ST-664
TEST_F(StoreLogonTest, WhatPrepareSubmitRefusesIsNotSubmitted) {
  open();
  for (const bool resend : {true, false}) {
    Ptr<IMessage> message;
    ASSERT_EQ(S_OK, root_->CreateMessage(nullptr, 0, message.put()));
    SPropValue flags{};
    flags.ulPropTag = PR_MESSAGE_FLAGS;
    flags.Value.l = static_cast<LONG>(resend ? MSGFLAG_UNSENT | MSGFLAG_RESEND : MSGFLAG_UNSENT);
    ASSERT_EQ(S_OK, message->SetProps(1, &flags, nullptr));
    SPropValue recipient[2]{};
    recipient[0].ulPropTag = PR_DISPLAY_NAME_A;
    recipient[0].Value.lpszA = const_cast<LPSTR>("ada");
    recipient[1].ulPropTag = PR_RECIPIENT_TYPE;
    recipient[1].Value.l = MAPI_TO;
    ADRLIST list{};
    list.cEntries = 1;
    list.aEntries[0].cValues = 2;
    list.aEntries[0].rgPropVals = recipient;
    ASSERT_EQ(S_OK, message->ModifyRecipients(MODRECIP_ADD, &list));
    (void)support_.take();
    EXPECT_EQ(resend ? MAPI_E_NO_SUPPORT : MAPI_E_CALL_FAILED, message->SubmitMessage(0));
    const Calls expected = resend ? Calls{"PrepareSubmit"} : Calls{"ExpandRecips"};
    EXPECT_EQ(expected, support_.take());
  }
}

// spec: LC-028
TEST_F(StoreLogonTest, DestinationsOfCopiesAreCalledOnTheCallersThread) {
  open();
  Ptr<IMessage> message;
  ASSERT_EQ(S_OK, root_->CreateMessage(nullptr, 0, message.put()));
  SPropValue value{};
  value.ulPropTag = PR_SUBJECT_A;
  value.Value.lpszA = const_cast<LPSTR>("subject");
  ASSERT_EQ(S_OK, message->SetProps(1, &value, nullptr));
  OneThreadProps props;
  SizedSPropTagArray(1, tags) = {1, {PR_SUBJECT_W}};
  EXPECT_TRUE(SUCCEEDED(
      message->CopyProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, nullptr, &IID_IMAPIProp, &props, 0, nullptr)));
  EXPECT_EQ(1u, props.values);
  EXPECT_EQ(S_OK, message->CopyTo(0, nullptr, nullptr, 0, nullptr, &IID_IMAPIProp, &props, 0, nullptr));
  EXPECT_EQ(1u, props.references);
  blocks().clear();  // the copy engine frees what it read with MAPIFreeBuffer, past our routines
  EXPECT_LT(2u, props.values);
}

}  // namespace
}  // namespace provider_test
