// SPDX-License-Identifier: Apache-2.0
// Store providers inside a session: what the runtime sends to them, keeps from them and takes from them.
#include <dlfcn.h>

#include "provider_fakes.h"
#include "session_fixture.h"

namespace session_test {
namespace {

using Calls = std::vector<std::string>;

// A profile with two sample stores, "one" and "two", and one recording store; each service a provider.
class ProviderSession : public SessionTest, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    const std::string library = GetParam() ? WRAPPING_STORE : SAMPLE_STORE;
    const char* entry = GetParam() ? "WrappingServiceEntry" : "SampleServiceEntry";
    ::unsetenv("WRAPPED_STORE_LIBRARY");
    std::ofstream(folder_ / "test.inf")
        << "[Services]\nRECORD=Recording store\nSAMPLE=Sample store\n"
        << "[RECORD]\nPR_DISPLAY_NAME=Recording store\nProviders=RECORD_STORE\n"
        << "[RECORD_STORE]\nPR_PROVIDER_DLL_NAME=" << RECORDING_STORE
        << "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\nPR_RESOURCE_FLAGS=STATUS_NO_DEFAULT_STORE\n"
        << "PR_DISPLAY_NAME=Recording store\n"
        << "[SAMPLE]\nPR_DISPLAY_NAME=Sample store\nProviders=SAMPLE_STORE\nPR_SERVICE_DLL_NAME=" << library
        << "\nPR_SERVICE_ENTRY_NAME=" << entry << "\n[SAMPLE_STORE]\nPR_PROVIDER_DLL_NAME=" << library
        << "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\nPR_RESOURCE_FLAGS=STATUS_NO_DEFAULT_STORE\n"
        << "PR_DISPLAY_NAME=Sample store\n";
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    Ptr<IProfAdmin> profiles;
    Ptr<IMsgServiceAdmin> services;
    ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    ASSERT_EQ(S_OK, profiles->CreateProfile(text("Test"), nullptr, 0, 0));
    ASSERT_EQ(S_OK, profiles->AdminServices(text("Test"), nullptr, 0, 0, services.put()));
    for (const wchar_t* name : {L"one", L"two"}) add_sample(services.get(), name);
    ASSERT_EQ(S_OK, services->CreateMsgService(text("RECORD"), text("Recording"), 0, 0));
    ASSERT_EQ(S_OK, log_on("Test", MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL, session_));
  }
  void TearDown() override {
    session_.reset();
    MAPIUninitialize();
    for (const std::string& line : leaks()) ADD_FAILURE() << line;
    SessionTest::TearDown();
  }
  static void add_sample(IMsgServiceAdmin* services, const wchar_t* name) {
    ASSERT_EQ(S_OK, services->CreateMsgService(text("SAMPLE"), text("Sample"), 0, 0));
    Ptr<IMAPITable> table;
    ASSERT_EQ(S_OK, services->GetMsgServiceTable(0, table.put()));
    SizedSPropTagArray(1, columns) = {1, {PR_SERVICE_UID}};
    LPSRowSet rows = nullptr;
    ASSERT_EQ(S_OK,
              HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows));
    SPropValue value{};
    value.ulPropTag = PROP_TAG(PT_UNICODE, 0x6600);
    value.Value.lpszW = const_cast<LPWSTR>(name);
    auto* uid = reinterpret_cast<LPMAPIUID>(rows->aRow[rows->cRows - 1].lpProps[0].Value.bin.lpb);
    EXPECT_EQ(S_OK, services->ConfigureMsgService(uid, 0, 0, 1, &value));
    FreeProws(rows);
  }
  void open_store(std::size_t index, Ptr<IMsgStore>& store) {
    const auto rows = stores(session_.get());
    ASSERT_EQ(3u, rows.size());
    ASSERT_EQ(S_OK, open(session_.get(), rows[index].id, MDB_WRITE | MDB_NO_DIALOG, store));
  }
  static std::string binary_of(IMAPIProp* object, ULONG tag) {
    LPSPropValue value = nullptr;
    if (HrGetOneProp(object, tag, &value) != S_OK) return {};
    const std::string bytes = binary(*value);
    MAPIFreeBuffer(value);
    return bytes;
  }
  static std::wstring text_of(IMAPIProp* object, ULONG tag) {
    LPSPropValue value = nullptr;
    if (HrGetOneProp(object, tag, &value) != S_OK) return {};
    const std::wstring result = value->Value.lpszW;
    MAPIFreeBuffer(value);
    return result;
  }
  static std::string wrapped_recording(const std::string& id) {
    ULONG size = 0;
    LPENTRYID out = nullptr;
    EXPECT_EQ(S_OK, WrapStoreEntryID(0, text(RECORDING_STORE), static_cast<ULONG>(id.size()), id_of(id), &size, &out));
    std::string result(reinterpret_cast<const char*>(out), size);
    MAPIFreeBuffer(out);
    return result;
  }
  HRESULT open_entry(const std::string& id, Ptr<IMAPIFolder>& folder) {
    ULONG type = 0;
    return session_->OpenEntry(static_cast<ULONG>(id.size()), id_of(id), nullptr, MAPI_MODIFY, &type,
                               folder.put_unknown());
  }
  Ptr<IMAPISession> session_;
};

// spec: LC-080 LC-196
TEST_P(ProviderSession, EachStoreHasItsOwnSectionAndName) {
  Ptr<IMsgStore> one, two;
  open_store(0, one);
  open_store(1, two);
  EXPECT_EQ(L"one", text_of(one.get(), PR_DISPLAY_NAME_W));
  EXPECT_EQ(L"two", text_of(two.get(), PR_DISPLAY_NAME_W));
  const auto rows = stores(session_.get());
  EXPECT_EQ("one", rows[0].name);
  EXPECT_EQ("two", rows[1].name);
  EXPECT_EQ(rows[0].id, binary_of(one.get(), PR_ENTRYID));
  EXPECT_EQ("one", status(session_.get()).at(3).name);
}

// spec: LC-131 LC-116
TEST_P(ProviderSession, TwoClientsOfOneStore) {
  Ptr<IMsgStore> first, second;
  open_store(0, first);
  open_store(0, second);
  ASSERT_EQ(first.get(), second.get());
  ULONG flags = LOGOFF_PURGE;
  EXPECT_EQ(S_OK, first->StoreLogoff(&flags));
  first.reset();
  EXPECT_EQ(L"one", text_of(second.get(), PR_DISPLAY_NAME_W));  // goes on for the other
  EXPECT_EQ(4u, status(session_.get()).size());
  second.reset();
  EXPECT_EQ(3u, status(session_.get()).size());
}

// spec: LC-181
TEST_P(ProviderSession, ATemporaryStoreStaysOutOfTheTable) {
  Ptr<IMsgStore> other;
  mode("Keep=store");  // the provider asks for permanence
  ULONG size = 0;
  LPENTRYID wrapped = nullptr;
  const std::string unknown = object_id('s', "elsewhere");
  ASSERT_EQ(S_OK, WrapStoreEntryID(0, text(RECORDING_STORE), static_cast<ULONG>(unknown.size()), id_of(unknown), &size,
                                   &wrapped));
  ASSERT_EQ(S_OK, session_->OpenMsgStore(0, size, wrapped, nullptr, MDB_TEMPORARY | MDB_NO_DIALOG, other.put()));
  EXPECT_EQ(3u, stores(session_.get()).size());
  other.reset();
  mode("");
  // It need not ask.
  ASSERT_EQ(S_OK, session_->OpenMsgStore(0, size, wrapped, nullptr, MDB_TEMPORARY | MDB_NO_DIALOG, other.put()));
  EXPECT_EQ(3u, stores(session_.get()).size());
  MAPIFreeBuffer(wrapped);
}

// spec: LC-214 LC-216
TEST_P(ProviderSession, CompareStoreIDsGetsOnlyItsOwn) {
  Ptr<IMsgStore> one, recording, again;
  open_store(0, one);
  open_store(2, recording);
  recording.reset();
  // Other bytes for the same store: flags are no part of what an id names. The session asks the provider of the id.
  const std::string root = binary_of(one.get(), PR_IPM_SUBTREE_ENTRYID);
  std::string id = binary_of(one.get(), PR_ENTRYID);
  const auto at = id.find(root.substr(4, 16));
  ASSERT_NE(std::string::npos, at);
  std::string plain = id.substr(at - 4);
  plain[0] = static_cast<char>(MAPI_SHORTTERM);
  (void)take_calls();
  ULONG size = 0;
  LPENTRYID wrapped = nullptr;
  ASSERT_EQ(S_OK, WrapStoreEntryID(0, text(GetParam() ? WRAPPING_STORE : SAMPLE_STORE),
                                   static_cast<ULONG>(plain.size()), id_of(plain), &size, &wrapped));
  ASSERT_EQ(S_OK, session_->OpenMsgStore(0, size, wrapped, nullptr, MDB_WRITE | MDB_NO_DIALOG, again.put()));
  MAPIFreeBuffer(wrapped);
  EXPECT_EQ(one.get(), again.get());
  EXPECT_EQ(3u, stores(session_.get()).size());
  for (const std::string& call : take_calls()) EXPECT_EQ(std::string::npos, call.find("CompareStoreIDs")) << call;
  // Asked of the recording store, with no flags.
  const std::string old = object_id('s', "box~old");
  ASSERT_EQ(S_OK, open(session_.get(), wrapped_recording(old), 0, recording));
  EXPECT_TRUE(has(take_calls(), "IMSProvider::CompareStoreIDs 0"));
}

// spec: LC-234 LC-239
TEST_P(ProviderSession, IdsGoOnlyToThoseWhoRegisteredTheirUid) {
  Ptr<IMsgStore> one, recording;
  open_store(0, one);
  open_store(2, recording);
  (void)take_calls();
  Ptr<IMAPIFolder> folder;
  const std::string ours = binary_of(one.get(), PR_IPM_SUBTREE_ENTRYID), theirs = object_id('f');
  ASSERT_EQ(S_OK, open_entry(ours, folder));
  EXPECT_EQ(L"Top", text_of(folder.get(), PR_DISPLAY_NAME_W));
  std::string nobodys = theirs;
  nobodys[7] = static_cast<char>(nobodys[7] ^ 1);
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, open_entry(nobodys, folder));
  ULONG same = 7;
  EXPECT_EQ(S_OK, session_->CompareEntryIDs(static_cast<ULONG>(ours.size()), id_of(ours),
                                            static_cast<ULONG>(theirs.size()), id_of(theirs), 0, &same));
  EXPECT_EQ(0u, same);
  EXPECT_EQ(Calls{}, take_calls());
  ASSERT_EQ(S_OK, open_entry(theirs, folder));
  EXPECT_EQ((Calls{"IMSLogon::OpenEntry 1"}), take_calls());
}

// spec: LC-236
TEST_P(ProviderSession, WhatTheSessionOpenedGoesWithTheStore) {
  Ptr<IMsgStore> one, two;
  Ptr<IMAPIFolder> folder, other;
  open_store(0, one);
  open_store(1, two);
  ASSERT_EQ(S_OK, open_entry(binary_of(one.get(), PR_IPM_SUBTREE_ENTRYID), folder));
  ASSERT_EQ(S_OK, open_entry(binary_of(two.get(), PR_IPM_SUBTREE_ENTRYID), other));
  one.reset();
  Ptr<IMAPITable> table;
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, folder->GetContentsTable(0, table.put()));
  EXPECT_EQ(S_OK, other->GetContentsTable(0, table.put()));
}

// spec: LC-146
TEST_P(ProviderSession, AServiceTellsProvidersThatThereIsNoInterface) {
  Ptr<IMAPISession> service;
  ASSERT_EQ(S_OK, log_on("Test", MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL | MAPI_NT_SERVICE, service));
  (void)take_calls();
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open(service.get(), stores(service.get()).at(2).id, MDB_WRITE, store));
  char flags[16];
  std::snprintf(flags, sizeof flags, "%X", static_cast<unsigned>(MAPI_NT_SERVICE));
  EXPECT_EQ(std::string("MSProviderInit 10010 ") + flags, take_calls().at(0));
}

// spec: LC-153
TEST(WrappingSample, ItsEntryFunctionServesCreationAndConfiguration) {
  void* library = ::dlopen(WRAPPING_STORE, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(nullptr, library) << ::dlerror();
  auto* entry = reinterpret_cast<MSGSERVICEENTRY*>(::dlsym(library, "WrappingServiceEntry"));
  ASSERT_NE(nullptr, entry);
  provider_test::FakeSupport support;
  struct Admin final : IProviderAdmin {
    PROVIDER_TEST_UNKNOWN
    STDMETHODIMP GetLastError(HRESULT, ULONG, LPMAPIERROR*) override { return MAPI_E_CALL_FAILED; }
    STDMETHODIMP GetProviderTable(ULONG, LPMAPITABLE*) override { return MAPI_E_CALL_FAILED; }
    STDMETHODIMP CreateProvider(LPTSTR, ULONG, LPSPropValue, ULONG_PTR, ULONG, MAPIUID*) override {
      return MAPI_E_CALL_FAILED;
    }
    STDMETHODIMP DeleteProvider(LPMAPIUID) override { return MAPI_E_CALL_FAILED; }
    STDMETHODIMP OpenProfileSection(LPMAPIUID, LPCIID, ULONG, LPPROFSECT*) override { return MAPI_E_CALL_FAILED; }
    ULONG references = 1;
  } admin;
  const auto call = [&](ULONG context) {
    return entry(static_cast<HINSTANCE>(library), nullptr, &support, 0, 0, context, 0, nullptr, &admin, nullptr);
  };
  for (const ULONG context : {MSG_SERVICE_INSTALL, MSG_SERVICE_DELETE, MSG_SERVICE_UNINSTALL,
                              MSG_SERVICE_PROVIDER_CREATE, MSG_SERVICE_PROVIDER_DELETE}) {
    EXPECT_EQ(MAPI_E_NO_SUPPORT, call(context)) << context;
  }
  for (const ULONG context : {MSG_SERVICE_CREATE, MSG_SERVICE_CONFIGURE}) EXPECT_NE(MAPI_E_NO_SUPPORT, call(context));
  EXPECT_EQ(1u, support.references);
  ::dlclose(library);
}

INSTANTIATE_TEST_SUITE_P(Providers, ProviderSession, ::testing::Bool(),
                         [](const auto& one) { return one.param ? "WrappingSample" : "Sample"; });

}  // namespace
}  // namespace session_test
