// SPDX-License-Identifier: Apache-2.0
// What the reference asks of every message store provider, asked of the library itself: entry point, provider object,
// Logon, the store and its logon object. No session is involved, so each call and its order can be seen.
#define USES_ALL_MAPI_GUIDS
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <initguid.h>
#include <mapiguid.h>

#include <atomic>
#include <filesystem>
#include <memory>

#include "provider_fakes.h"
#include "session_fixture.h"

namespace provider_test {
namespace {

using session_test::Ptr;
using session_test::Sink;

struct Subject {
  const char* name;
  const char* library;
  bool has_content;  // keeps folders and messages; the recording store only writes down what it is asked
};
void PrintTo(const Subject& subject, std::ostream* to) {
  *to << subject.name;
}

class Conformance : public ::testing::TestWithParam<Subject> {
 protected:
  void SetUp() override {
    for (const char* name : {"MAPIARY_RECORDING_MODE", "MAPIARY_RECORDING_LOG"}) ::unsetenv(name);
    blocks().clear();
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    load();
  }
  void TearDown() override {
    close();
    support_.reset();
    EXPECT_TRUE(blocks().empty()) << "memory of the session's that nobody freed";
    if (handle_) ::dlclose(handle_);
    MAPIUninitialize();
  }
  void load() {
    handle_ = ::dlopen(GetParam().library, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(nullptr, handle_) << ::dlerror();
    init_ = reinterpret_cast<MSPROVIDERINIT*>(::dlsym(handle_, "MSProviderInit"));
    ASSERT_NE(nullptr, init_);
  }
  HRESULT init(IMSProvider** provider, ULONG version = CURRENT_SPI_VERSION, ULONG flags = 0) {
    return init_(static_cast<HINSTANCE>(handle_), &allocator_, take_block, take_more, free_block, flags, version,
                 &version_, provider);
  }
  void start(const wchar_t* name = L"conformance") {
    ASSERT_EQ(S_OK, init(provider_.put()));
    support_ = std::make_unique<FakeSupport>();
    if (name) configure(*support_, name);
  }
  static void configure(FakeSupport& support, const wchar_t* name) {
    SPropValue value{};
    value.ulPropTag = GetTag();
    std::string narrow;
    for (const wchar_t* c = name; *c; ++c) narrow += static_cast<char>(*c);
    if (PROP_TYPE(value.ulPropTag) == PT_UNICODE) value.Value.lpszW = const_cast<LPWSTR>(name);
    if (PROP_TYPE(value.ulPropTag) == PT_STRING8) value.Value.lpszA = narrow.data();
    ASSERT_EQ(S_OK, support.section.props->SetProps(1, &value, nullptr));
  }
  static ULONG GetTag() { return PROP_TAG(GetParam().has_content ? PT_UNICODE : PT_STRING8, 0x6600); }

  HRESULT log_on(ULONG flags, const std::string& id = {}, LPCIID iid = nullptr) {
    return log_on(*support_, flags, id, iid, logon_.put(), store_.put());
  }
  HRESULT log_on(FakeSupport& support, ULONG flags, const std::string& id, LPCIID iid, IMSLogon** logon,
                 IMsgStore** store) {
    std::wstring profile = L"Profile";
    LPMAPIERROR error = nullptr;
    const HRESULT hr =
        provider_->Logon(&support, 0, reinterpret_cast<LPTSTR>(profile.data()), static_cast<ULONG>(id.size()),
                         id.empty() ? nullptr : reinterpret_cast<LPENTRYID>(const_cast<char*>(id.data())),
                         flags | MAPI_UNICODE, iid, &security_size_, &security_, &error, logon, store);
    if (error) free_block(error);
    if (security_) {
      EXPECT_TRUE(blocks().contains(security_));
      free_block(security_);
    }
    return hr;
  }
  void open(ULONG flags = MDB_WRITE | MDB_NO_DIALOG) {
    start();
    ASSERT_EQ(S_OK, log_on(flags));
  }
  // What the runtime does when the support object goes: Logoff, Release, and then the provider.
  void close() {
    store_.reset();
    if (logon_) {
      ULONG zero = 0;
      EXPECT_EQ(S_OK, logon_->Logoff(&zero));
    }
    logon_.reset();
    if (provider_) {
      ULONG zero = 0;
      EXPECT_EQ(S_OK, provider_->Shutdown(&zero));
    }
    EXPECT_EQ(0u, provider_.reset());
  }
  // The id of the open store as the provider sees it, without the wrapping of the session.
  std::string store_id() const { return unwrapped(support_->section.binary(PR_ENTRYID)); }
  std::string unwrapped(const std::string& wrapped) const {
    const auto at = wrapped.find(support_->uid);
    return at == std::string::npos || at < 4 ? wrapped : wrapped.substr(at - 4);
  }
  static HRESULT open_entry(auto* on, const std::string& id, ULONG flags, ULONG* type, LPUNKNOWN* out,
                            LPCIID iid = nullptr) {
    return on->OpenEntry(static_cast<ULONG>(id.size()),
                         id.empty() ? nullptr : reinterpret_cast<LPENTRYID>(const_cast<char*>(id.data())), iid, flags,
                         type, out);
  }
  static LONG number_of(IMAPIProp* object, ULONG tag) {
    LPSPropValue value = nullptr;
    if (HrGetOneProp(object, tag, &value) != S_OK) return -1;
    const LONG number = value->Value.l;
    free_block(value);
    return number;
  }
  static std::string id_of(IMAPIProp* object, ULONG tag = PR_ENTRYID) {
    LPSPropValue value = nullptr;
    if (HrGetOneProp(object, tag, &value) != S_OK) return {};
    std::string bytes(reinterpret_cast<const char*>(value->Value.bin.lpb), value->Value.bin.cb);
    free_block(value);
    return bytes;
  }
  static HRESULT set_text(IMAPIProp* object, ULONG tag, std::wstring text) {
    SPropValue value{};
    value.ulPropTag = tag;
    value.Value.lpszW = text.data();
    return object->SetProps(1, &value, nullptr);
  }
  void make_message(Ptr<IMAPIFolder>& root, Ptr<IMessage>& message) {
    ULONG type = 0;
    ASSERT_EQ(S_OK, open_entry(store_.get(), {}, MAPI_MODIFY, &type, root.put_unknown()));
    ASSERT_EQ(S_OK, root->CreateMessage(nullptr, 0, message.put()));
    ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"Subject"));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  }

  void* handle_ = nullptr;
  MSPROVIDERINIT* init_ = nullptr;
  FakeAllocator allocator_;
  ULONG version_ = 0;
  std::unique_ptr<FakeSupport> support_;
  Ptr<IMSProvider> provider_;
  Ptr<IMSLogon> logon_;
  Ptr<IMsgStore> store_;
  ULONG security_size_ = 77;
  LPBYTE security_ = nullptr;
};

class ContentConformance : public Conformance {};  // asked only of those that have folders and messages

// ---- The library and its entry point

// spec: LC-140 LC-142 LC-148
TEST_P(Conformance, TheEntryPointNegotiatesTheVersion) {
  EXPECT_EQ(0u, CURRENT_SPI_VERSION >> 24);
  EXPECT_EQ(1u, (CURRENT_SPI_VERSION >> 16) & 0xFF);
  ASSERT_EQ(S_OK, init(provider_.put()));
  EXPECT_EQ(CURRENT_SPI_VERSION, version_);
  // A newer runtime: another major, minor, update.
  for (const ULONG newer :
       {CURRENT_SPI_VERSION + 0x01000000, CURRENT_SPI_VERSION + 0x00010000, CURRENT_SPI_VERSION + 1}) {
    version_ = 0;
    EXPECT_EQ(S_OK, init(provider_.put(), newer)) << newer;
    EXPECT_EQ(CURRENT_SPI_VERSION, version_);
  }
}

// spec: LC-148 LC-151 LC-152
TEST_P(ContentConformance, AnOlderRuntimeIsRefused) {
  IMSProvider* provider = reinterpret_cast<IMSProvider*>(1);
  EXPECT_EQ(MAPI_E_VERSION, init(&provider, CURRENT_SPI_VERSION - 1));
  EXPECT_EQ(nullptr, provider);
  EXPECT_EQ(CURRENT_SPI_VERSION, version_);
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, init(nullptr));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, init_(static_cast<HINSTANCE>(handle_), &allocator_, take_block, take_more,
                                            free_block, 0, CURRENT_SPI_VERSION, nullptr, &provider));
  EXPECT_EQ(nullptr, provider);
}

// spec: LC-143 LC-150
TEST_P(Conformance, EachCallMakesAnotherProvider) {
  Ptr<IMSProvider> second;
  ASSERT_EQ(S_OK, init(provider_.put()));
  ASSERT_EQ(S_OK, init(second.put()));
  EXPECT_NE(provider_.get(), second.get());
  EXPECT_EQ(0u, second.reset());
}

// spec: LC-145 LC-156
TEST_P(ContentConformance, TheAllocatorIsKeptWithAReference) {
  ASSERT_EQ(S_OK, init(provider_.put()));
  EXPECT_EQ(2u, allocator_.references);
  EXPECT_EQ(0u, provider_.reset());
  EXPECT_EQ(1u, allocator_.references);
}

// spec: LC-160
TEST_P(Conformance, TheLibraryMayBeLoadedAnyNumberOfTimes) {
  void* first = std::exchange(handle_, nullptr);
  for (int round = 0; round < 3; ++round) {
    load();
    Ptr<IMSProvider> provider;
    ASSERT_EQ(S_OK, init(provider.put()));
    provider.reset();
    ::dlclose(std::exchange(handle_, nullptr));
  }
  ::dlclose(first);
  EXPECT_EQ(nullptr, ::dlopen(GetParam().library, RTLD_NOW | RTLD_NOLOAD));  // each load was matched by a free
}

// spec: LC-154 LC-214 LC-215
TEST_P(Conformance, TheSlotsOfTheProviderObject) {
  open();
  const std::string id = store_id();
  ASSERT_LT(20u, id.size());
  std::string other = id;
  other.back() = static_cast<char>(other.back() ^ 1);
  using Shutdown = HRESULT(IMSProvider*, ULONG*);
  using Compare = HRESULT(IMSProvider*, ULONG, const void*, ULONG, const void*, ULONG, ULONG*);
  void** slots = *reinterpret_cast<void***>(provider_.get());
  auto* compare = reinterpret_cast<Compare*>(slots[6]);
  const auto size = static_cast<ULONG>(id.size());
  ULONG same = 7;
  EXPECT_EQ(S_OK, compare(provider_.get(), size, id.data(), size, id.data(), 0, &same));
  EXPECT_EQ(1u, same);
  EXPECT_EQ(S_OK, compare(provider_.get(), size, id.data(), size, other.data(), 0, &same));
  EXPECT_EQ(0u, same);
  store_.reset();
  ULONG zero = 0;
  ASSERT_EQ(S_OK, logon_->Logoff(&zero));
  logon_.reset();
  EXPECT_EQ(S_OK, reinterpret_cast<Shutdown*>(slots[3])(provider_.get(), &zero));
}

// ---- Logon

// spec: LC-186 LC-187 LC-188 LC-199 LC-203
TEST_P(Conformance, TheFirstLogonInTheDocumentedOrder) {
  start();
  ASSERT_EQ(S_OK, log_on(MDB_WRITE | MDB_NO_DIALOG));
  ASSERT_TRUE(store_);
  ASSERT_TRUE(logon_);
  EXPECT_LT(1u, support_->references);
  Calls calls = support_->take();
  ASSERT_FALSE(calls.empty());
  if (GetParam().has_content) {
    EXPECT_EQ((Calls{"OpenProfileSection after 1 AddRef", "IProfSect::SetProps", "SetProviderUID", "ModifyStatusRow"}),
              calls);
  } else {
    EXPECT_EQ("ModifyStatusRow", calls.back());
  }
  EXPECT_EQ(1u, support_->section.references);
}

// spec: LC-174 LC-204 LC-205
TEST_P(ContentConformance, WithoutItsConfigurationItIsUnconfigured) {
  start(nullptr);
  for (const ULONG flags : {ULONG{MDB_WRITE}, ULONG{MDB_WRITE | MDB_NO_DIALOG}}) {
    EXPECT_EQ(MAPI_E_UNCONFIGURED, log_on(flags));
    EXPECT_FALSE(store_);
    EXPECT_FALSE(logon_);
    EXPECT_EQ(1u, support_->references);
    EXPECT_EQ(1u, support_->section.references);
    EXPECT_FALSE(support_->section.set.contains(PROP_ID(PR_ENTRYID)));  // there is no store yet
  }
  configure(*support_, L"now");
  EXPECT_EQ(S_OK, log_on(MDB_WRITE));
}

// spec: LC-172
TEST_P(ContentConformance, NoDialogForAStoreThatIsNotFound) {
  start();
  EXPECT_EQ(MAPI_E_LOGON_FAILED, log_on(MDB_WRITE | MDB_NO_DIALOG, std::string(40, 'x')));
  EXPECT_EQ(MAPI_E_LOGON_FAILED, log_on(MDB_WRITE | MDB_NO_DIALOG, "x"));
  EXPECT_EQ(Calls{}, support_->take());
  EXPECT_EQ(1u, support_->references);
}

// spec: LC-197 LC-200 LC-201
TEST_P(ContentConformance, WhatItWritesIntoItsProfileSection) {
  open();
  const auto& set = support_->section.set;
  for (const ULONG tag : {PR_DISPLAY_NAME, PR_ENTRYID, PR_PROVIDER_DISPLAY, PR_RECORD_KEY})
    EXPECT_TRUE(set.contains(PROP_ID(tag))) << tag;
  for (const ULONG tag : {PR_RESOURCE_FLAGS, PR_PROVIDER_DLL_NAME}) EXPECT_FALSE(set.contains(PROP_ID(tag))) << tag;
  LPSPropValue name = nullptr;
  ASSERT_EQ(S_OK, HrGetOneProp(support_->section.props, PR_DISPLAY_NAME_W, &name));
  EXPECT_STREQ(L"conformance", name->Value.lpszW);
  free_block(name);
  // The id alone opens the store again.
  const std::string id = store_id();
  close();
  start(nullptr);
  EXPECT_EQ(S_OK, log_on(MDB_WRITE | MDB_NO_DIALOG, id));
}

// spec: LC-193
TEST_P(Conformance, WhatTheSpoolerGets) {
  open();
  EXPECT_EQ(security_ == nullptr, security_size_ == 0);  // log_on() has looked at the block
}

// spec: LC-185
TEST_P(ContentConformance, TheInterfaceAskedFor) {
  start();
  ASSERT_EQ(S_OK, log_on(MDB_WRITE));
  Ptr<IMsgStore> plain, unknown, prop, other;
  Ptr<IMSLogon> none;
  const std::string id = store_id();
  const auto again = [&](LPCIID iid, Ptr<IMsgStore>& out) {
    FakeSupport support;
    return log_on(support, MDB_WRITE, id, iid, none.put(), out.put());
  };
  EXPECT_EQ(S_OK, again(&IID_IMsgStore, plain));
  EXPECT_EQ(store_.get(), plain.get());
  EXPECT_EQ(S_OK, again(&IID_IUnknown, unknown));
  EXPECT_EQ(S_OK, again(&IID_IMAPIProp, prop));
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED, again(&IID_IMAPITable, other));
  void* best = nullptr;
  ASSERT_EQ(S_OK, reinterpret_cast<IUnknown*>(unknown.get())->QueryInterface(IID_IMsgStore, &best));
  static_cast<IUnknown*>(best)->Release();
  plain.reset();
  unknown.reset();
  prop.reset();
  close();
  start();
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED, log_on(MDB_WRITE, {}, &IID_IMAPITable));
  EXPECT_FALSE(store_);
  EXPECT_FALSE(logon_);
  EXPECT_EQ(1u, support_->references);
}

// spec: LC-156 LC-190 LC-191 LC-192 R7
TEST_P(ContentConformance, ASecondLogonFindsTheOpenStore) {
  open();
  FakeSupport second;
  Ptr<IMSLogon> logon;
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, log_on(second, MDB_WRITE, store_id(), nullptr, logon.put(), store.put()));
  EXPECT_EQ(store_.get(), store.get());
  EXPECT_FALSE(logon);
  EXPECT_EQ(nullptr, security_);
  EXPECT_EQ(0u, security_size_);
  EXPECT_EQ(1u, second.references);
  EXPECT_EQ(Calls{}, second.take());
  EXPECT_EQ(1u, store.reset());  // the store goes on
  EXPECT_EQ(MAPI_STORE, number_of(store_.get(), PR_OBJECT_TYPE));
  // Once it was closed, the same id is a first logon again.
  const std::string id = store_id();
  store_.reset();
  ULONG zero = 0;
  EXPECT_EQ(S_OK, logon_->Logoff(&zero));
  EXPECT_EQ(0u, logon_.reset());
  ASSERT_EQ(S_OK, log_on(second, MDB_WRITE, id, nullptr, logon_.put(), store_.put()));
  EXPECT_TRUE(logon_);
  EXPECT_LT(1u, second.references);
  close();
  EXPECT_EQ(1u, second.references);
}

// spec: LC-183
TEST_P(ContentConformance, WithoutMdbWriteTheStoreIsReadOnly) {
  open(MDB_NO_DIALOG);
  ULONG type = 0;
  Ptr<IMAPIFolder> folder;
  Ptr<IMessage> message;
  EXPECT_EQ(0, number_of(store_.get(), PR_STORE_SUPPORT_MASK) & (STORE_MODIFY_OK | STORE_CREATE_OK));
  EXPECT_EQ(MAPI_E_NO_ACCESS, open_entry(store_.get(), {}, MAPI_MODIFY, &type, folder.put_unknown()));
  ASSERT_EQ(S_OK, open_entry(store_.get(), {}, MAPI_BEST_ACCESS, &type, folder.put_unknown()));
  EXPECT_EQ(0, number_of(folder.get(), PR_ACCESS_LEVEL));
  EXPECT_EQ(MAPI_E_NO_ACCESS, folder->CreateMessage(nullptr, 0, message.put()));
  EXPECT_EQ(MAPI_E_NO_ACCESS, set_text(store_.get(), PR_COMMENT_W, L"no"));
}

// spec: LC-144
TEST_P(ContentConformance, ClientsGetMemoryOfTheSession) {
  open();
  ULONG type = 0;
  Ptr<IMAPIFolder> folder;
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, open_entry(store_.get(), {}, 0, &type, folder.put_unknown()));
  ULONG count = 0;
  LPSPropValue values = nullptr;
  ASSERT_EQ(S_OK, folder->GetProps(nullptr, MAPI_UNICODE, &count, &values));
  EXPECT_TRUE(blocks().contains(values));
  free_block(values);
  ASSERT_EQ(S_OK, folder->GetHierarchyTable(0, table.put()));
  LPSRowSet rows = nullptr;
  ASSERT_EQ(S_OK, table->QueryRows(1, 0, &rows));
  ASSERT_EQ(1u, rows->cRows);
  EXPECT_TRUE(blocks().contains(rows));
  EXPECT_TRUE(blocks().contains(rows->aRow[0].lpProps));
  free_block(rows->aRow[0].lpProps);
  free_block(rows);
}

// ---- The logon object and its store

// spec: LC-187 LC-230 LC-235 LC-251
TEST_P(ContentConformance, BothFacesOpenTheSameThings) {
  open();
  Ptr<IMAPIFolder> root;
  Ptr<IMessage> message;
  make_message(root, message);
  const std::string root_id = id_of(root.get()), message_id = id_of(message.get());
  std::string stranger = root_id, absent = message_id;
  stranger[5] = static_cast<char>(stranger[5] ^ 1);
  absent[22] = 9;
  const std::string ids[] = {"", root_id, message_id, stranger, absent};
  const HRESULT answers[] = {S_OK, S_OK, S_OK, MAPI_E_UNKNOWN_ENTRYID, MAPI_E_NOT_FOUND};
  const LONG types[] = {MAPI_FOLDER, MAPI_FOLDER, MAPI_MESSAGE, 0, 0};
  for (int i = 0; i < 5; ++i) {
    SCOPED_TRACE(i);
    for (LPCIID iid : {LPCIID{nullptr}, &IID_IMAPIProp, &IID_IMAPITable}) {
      Ptr<IMAPIProp> a, b;
      ULONG type_a = 0, type_b = 0;
      const HRESULT on_store = open_entry(store_.get(), ids[i], MAPI_MODIFY, &type_a, a.put_unknown(), iid);
      const HRESULT on_logon = open_entry(logon_.get(), ids[i], MAPI_MODIFY, &type_b, b.put_unknown(), iid);
      EXPECT_EQ(on_store, on_logon);
      EXPECT_EQ(iid == &IID_IMAPITable && answers[i] == S_OK ? MAPI_E_INTERFACE_NOT_SUPPORTED : answers[i], on_logon);
      if (!a || !b) continue;
      EXPECT_EQ(types[i], static_cast<LONG>(type_a));
      EXPECT_EQ(type_a, type_b);
      EXPECT_EQ(id_of(a.get()), id_of(b.get()));
      void* standard = nullptr;  // NULL gives the interface of the kind
      EXPECT_EQ(S_OK, b->QueryInterface(types[i] == MAPI_FOLDER ? IID_IMAPIFolder : IID_IMessage, &standard));
      if (standard) static_cast<IUnknown*>(standard)->Release();
    }
  }
}

// spec: LC-231 LC-232
TEST_P(ContentConformance, TheAccessAskedFor) {
  open();
  Ptr<IMAPIFolder> root;
  Ptr<IMessage> message;
  make_message(root, message);
  const std::string id = id_of(message.get());
  for (const ULONG flags : {ULONG{0}, ULONG{MAPI_MODIFY}, ULONG{MAPI_BEST_ACCESS}}) {
    Ptr<IMessage> opened;
    ULONG type = 0;
    ASSERT_EQ(S_OK, open_entry(logon_.get(), id, flags, &type, opened.put_unknown()));
    EXPECT_EQ(flags ? LONG{MAPI_MODIFY} : 0, number_of(opened.get(), PR_ACCESS_LEVEL));
    EXPECT_EQ(flags ? S_OK : MAPI_E_NO_ACCESS, set_text(opened.get(), PR_SUBJECT_W, L"Changed"));
    EXPECT_EQ(flags ? S_OK : MAPI_E_NO_ACCESS, opened->SaveChanges(0));
  }
}

// spec: LC-237 LC-238
TEST_P(ContentConformance, ComparesEntryIds) {
  open();
  Ptr<IMAPIFolder> root;
  Ptr<IMessage> message;
  make_message(root, message);
  std::string a = id_of(root.get()), b = id_of(message.get()), short_term = b;
  short_term[0] = static_cast<char>(MAPI_SHORTTERM);  // flags say how long an id is good, not what it names
  const auto compare = [&](std::string& x, std::string& y) {
    ULONG same = 7;
    EXPECT_EQ(S_OK,
              logon_->CompareEntryIDs(static_cast<ULONG>(x.size()), reinterpret_cast<LPENTRYID>(x.data()),
                                      static_cast<ULONG>(y.size()), reinterpret_cast<LPENTRYID>(y.data()), 0, &same));
    return same;
  };
  EXPECT_EQ(1u, compare(a, a));
  EXPECT_EQ(0u, compare(a, b));
  EXPECT_EQ(1u, compare(b, short_term));
}

// spec: LC-240 LC-241 LC-242 LC-243 LC-244 LC-245 LC-246 LC-247
TEST_P(ContentConformance, AdvisesAndUnadvises) {
  open();
  Ptr<IMAPIFolder> root;
  Ptr<IMessage> message;
  make_message(root, message);
  std::string id = id_of(message.get());
  struct Counter final : IMAPIAdviseSink {
    PROVIDER_TEST_UNKNOWN
    STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION events) override {
      for (ULONG i = 0; i < count; ++i) seen.push_back(events[i].ulEventType);
      return 0;
    }
    std::vector<ULONG> seen;
    ULONG references = 1;
  } whole, one;
  ULONG_PTR of_whole = 0, of_one = 0, none = 0;
  EXPECT_EQ(MAPI_E_NO_SUPPORT, logon_->Advise(0, nullptr, fnevTableModified, &whole, &none));
  EXPECT_EQ(1u, whole.references);
  ASSERT_EQ(S_OK, logon_->Advise(0, nullptr, fnevObjectCreated | fnevObjectModified, &whole, &of_whole));
  ASSERT_EQ(S_OK, logon_->Advise(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()),
                                 fnevObjectModified, &one, &of_one));
  EXPECT_NE(0u, of_whole);
  EXPECT_NE(0u, of_one);
  EXPECT_NE(of_whole, of_one);
  EXPECT_LT(1u, whole.references);  // the caller may let go of its own now
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  Ptr<IMessage> other;
  ASSERT_EQ(S_OK, root->CreateMessage(nullptr, 0, other.put()));
  ASSERT_EQ(S_OK, other->SaveChanges(0));
  EXPECT_EQ((std::vector<ULONG>{fnevObjectModified, fnevObjectCreated}), whole.seen);
  EXPECT_EQ((std::vector<ULONG>{fnevObjectModified}), one.seen);
  EXPECT_EQ(S_OK, logon_->Unadvise(of_one));
  EXPECT_EQ(1u, one.references);
  ASSERT_EQ(S_OK, message->SaveChanges(0));
  EXPECT_EQ(1u, one.seen.size());
  EXPECT_EQ(3u, whole.seen.size());
  EXPECT_EQ(S_OK, logon_->Unadvise(of_whole));
  EXPECT_EQ(1u, whole.references);
}

// spec: LC-226 LC-229
TEST_P(ContentConformance, GetLastErrorMayBeAskedAfterAnyFailure) {
  open();
  ULONG type = 0;
  Ptr<IMAPIFolder> folder;
  const HRESULT failed = open_entry(store_.get(), std::string(30, 'x'), 0, &type, folder.put_unknown());
  ASSERT_TRUE(FAILED(failed));
  for (const ULONG width : {ULONG{0}, ULONG{MAPI_UNICODE}}) {
    LPMAPIERROR error = reinterpret_cast<LPMAPIERROR>(1);
    EXPECT_EQ(S_OK, store_->GetLastError(failed, width, &error));
    EXPECT_EQ(nullptr, error);  // or a block to be freed; this one knows no more than the code
    EXPECT_EQ(S_OK, logon_->GetLastError(failed, width, &error));
    EXPECT_EQ(nullptr, error);
  }
}

// spec: LC-100 LC-101 LC-187
TEST_P(ContentConformance, LogoffEndsEverythingThatIsOpen) {
  open();
  Ptr<IMAPIFolder> root;
  Ptr<IMessage> message;
  Ptr<IMAPITable> table;
  make_message(root, message);
  ASSERT_EQ(S_OK, root->GetContentsTable(0, table.put()));
  ULONG one = 1, zero = 0, type = 0, count = 0;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, logon_->Logoff(&one));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, logon_->Logoff(nullptr));
  EXPECT_LT(1u, support_->references);
  EXPECT_EQ(S_OK, logon_->Logoff(&zero));
  EXPECT_EQ(1u, support_->references);
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, set_text(root.get(), PR_COMMENT_W, L"late"));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, message->SaveChanges(0));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, table->GetRowCount(0, &count));
  Ptr<IMAPIFolder> late;
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, open_entry(store_.get(), {}, 0, &type, late.put_unknown()));
  EXPECT_EQ(S_OK, logon_->Logoff(&zero));
}

// spec: LC-109 LC-115 LC-116 LC-128 LC-129 LC-130 R1
TEST_P(Conformance, TheLastReleaseTellsTheTransports) {
  const ULONG abort[] = {LOGOFF_ABORT}, saved[] = {LOGOFF_ORDERLY}, twice[] = {LOGOFF_ORDERLY, LOGOFF_NO_WAIT};
  const std::vector<std::vector<ULONG>> cases = {{}, {saved[0]}, {twice[0], twice[1]}};
  for (const auto& flags : cases) {
    open();
    support_->take();
    for (ULONG flag : flags) EXPECT_EQ(S_OK, store_->StoreLogoff(&flag));
    EXPECT_EQ(Calls{}, support_->take());
    store_->AddRef();
    store_->Release();
    EXPECT_EQ(Calls{}, support_->take());
    EXPECT_LT(1u, support_->references);
    EXPECT_EQ(0u, store_.reset());
    EXPECT_EQ((Calls{"StoreLogoffTransports " + std::to_string(flags.empty() ? abort[0] : flags.back())}),
              support_->take());
    EXPECT_EQ(1u, support_->references);  // the runtime goes on from here: Logoff, Release
    close();
  }
}

std::string name_of(const ::testing::TestParamInfo<Subject>& info) {
  return info.param.name;
}
constexpr Subject kSample = {"Sample", SAMPLE_STORE, true}, kWrapping = {"WrappingSample", WRAPPING_STORE, true},
                  kRecording = {"Recording", RECORDING_STORE, false};
INSTANTIATE_TEST_SUITE_P(Providers, Conformance, ::testing::Values(kSample, kWrapping, kRecording), name_of);
INSTANTIATE_TEST_SUITE_P(Providers, ContentConformance, ::testing::Values(kSample, kWrapping), name_of);

}  // namespace
}  // namespace provider_test
