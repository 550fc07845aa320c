// SPDX-License-Identifier: Apache-2.0
// Administration objects over profiles and a mapisvc.inf in a folder of their own, and an entry function inside the
// test that records what it is called with. For tests.
#pragma once

#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapiutil.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "base/env.h"
#include "com/convert.h"
#include "com/text.h"
#include "session/admin/entry_invoker.h"
#include "session/admin/profile_admin.h"

namespace mapiary::session::admin::testing {

// One call of the entry function.
struct Seen {
  ULONG context = 0;
  ULONG flags = 0;
  ULONG_PTR ui_param = 0;
  ULONG count = 0;
  LPSPropValue properties = nullptr;    // during the call
  IProviderAdmin* providers = nullptr;  // during the call
  LPMAPIERROR* error = nullptr;         // during the call
  bool has_instance = false;
  bool has_malloc = false;
};

struct FakeEntry {
  static std::vector<Seen>& log() {
    static std::vector<Seen> seen;
    return seen;
  }
  static std::function<HRESULT(const Seen&)>& behaviour() {
    static std::function<HRESULT(const Seen&)> what;
    return what;
  }
  static std::vector<ULONG> contexts() {
    std::vector<ULONG> found;
    for (const Seen& seen : log()) found.push_back(seen.context);
    return found;
  }
  static HRESULT STDAPICALLTYPE entry(HINSTANCE instance, LPMALLOC allocator, LPMAPISUP, ULONG_PTR ui_param,
                                      ULONG flags, ULONG context, ULONG count, LPSPropValue properties,
                                      LPPROVIDERADMIN providers, LPMAPIERROR* error) {
    const Seen seen{
        context, flags, ui_param, count, properties, providers, error, instance != nullptr, allocator != nullptr};
    log().push_back(seen);
    return behaviour() ? behaviour()(seen) : S_OK;
  }
};

class TestHost : public AdminHost {
 public:
  Result<std::shared_ptr<profile::ProfileStore>> profiles() override {
    if (!store_) store_ = std::make_shared<profile::ProfileStore>(TRY(profile::ProfileStore::open({})));
    return store_;
  }
  Result<std::shared_ptr<const mapisvc::Catalog>> catalog() override {
    return std::make_shared<const mapisvc::Catalog>(
        mapisvc::Catalog::load(system_files(), mapisvc::search_places("", {})));
  }
  Result<EntryAnswer> call_entry(EntryCall call) override {
    if (call.library != "recorder") return fail(Code::kNotFound, "test", "there is no library " + call.library);
    if (call.function != "ServiceEntry") return fail(Code::kNotFound, "test", "there is no symbol " + call.function);
    inf_folder = call.inf_folder;
    const auto hold = std::make_shared<int>();
    running = hold;
    return invoke_entry(&FakeEntry::entry, std::move(call), std::chrono::milliseconds(200), hold);
  }
  Result<com::Ref<IMAPISupport>> make_support(const profile::Profile&, const Guid&) override {
    return com::Ref<IMAPISupport>();
  }

  std::string inf_folder;
  std::weak_ptr<void> running;  // the last call, while it is not over

 private:
  std::shared_ptr<profile::ProfileStore> store_;
};

inline constexpr const char kInf[] = R"([Services]
FULL=Full Service
BARE=Bare Service
SINGLE=Single Service
LOST=Lost Service
WRONG=Wrong Symbol
[Default Services]
FULL=Full Service
BARE=Bare Service
[FULL]
PR_SERVICE_DLL_NAME=recorder
PR_SERVICE_ENTRY_NAME=ServiceEntry
PR_SERVICE_SUPPORT_FILES=one.hlp,two.hlp
Providers=FULL_MS,FULL_XP
Sections=FULL_MORE
[FULL_MS]
PR_DISPLAY_NAME=Full Store
PR_PROVIDER_DISPLAY=Full Store Provider
PR_PROVIDER_DLL_NAME=full
PR_RESOURCE_TYPE=MAPI_STORE_PROVIDER
PR_RESOURCE_FLAGS=STATUS_DEFAULT_STORE
[FULL_XP]
PR_DISPLAY_NAME=Full Transport
PR_PROVIDER_DISPLAY=Full Transport Provider
PR_PROVIDER_DLL_NAME=full
PR_RESOURCE_TYPE=MAPI_TRANSPORT_PROVIDER
PR_RESOURCE_FLAGS=STATUS_XP_PREFER_LAST
[FULL_MORE]
UID=00112233445566778899AABBCCDDEEFF
66010003=7
[BARE]
PR_DISPLAY_NAME=Bare By File
Providers=BARE_XP
[BARE_XP]
PR_DISPLAY_NAME=Bare Transport
PR_PROVIDER_DISPLAY=Bare Transport
PR_PROVIDER_DLL_NAME=bare
PR_RESOURCE_TYPE=MAPI_TRANSPORT_PROVIDER
PR_RESOURCE_FLAGS=0
[SINGLE]
PR_RESOURCE_FLAGS=SERVICE_SINGLE_COPY|SERVICE_NO_PRIMARY_IDENTITY
Providers=BARE_XP
[LOST]
PR_SERVICE_DLL_NAME=nowhere
PR_SERVICE_ENTRY_NAME=ServiceEntry
Providers=BARE_XP
[WRONG]
PR_SERVICE_DLL_NAME=recorder
PR_SERVICE_ENTRY_NAME=NoSuchEntry
Providers=BARE_XP
)";

using Rows = std::vector<model::PropBag>;

inline Rows rows_of(IMAPITable* table) {
  Rows rows;
  LPSRowSet set = nullptr;
  EXPECT_EQ(table->QueryRows(1000, 0, &set), S_OK);
  for (ULONG i = 0; set && i < set->cRows; ++i) {
    rows.push_back(com::to_model_bag({set->aRow[i].lpProps, set->aRow[i].cValues}).value());
  }
  FreeProws(set);
  return rows;
}
inline std::string text_at(const model::PropBag& row, ULONG tag) {
  const auto* value = row.find(static_cast<std::uint16_t>(PROP_ID(tag)));
  return value && value->is_bytes() ? std::string(value->as_bytes()) : "(none)";
}
inline bool is_missing(const model::PropBag& row, ULONG tag) {
  const auto* value = row.find(static_cast<std::uint16_t>(PROP_ID(tag)));
  return value && value->is_error();
}
inline LONG long_at(const model::PropBag& row, ULONG tag) {
  const auto* value = row.find(static_cast<std::uint16_t>(PROP_ID(tag)));
  return value && !value->is_error() ? value->as_int32() : -1;
}
inline MAPIUID uid_at(const model::PropBag& row, ULONG tag) {
  MAPIUID uid{};
  const std::string bytes = text_at(row, tag);
  if (bytes.size() == sizeof uid) std::memcpy(&uid, bytes.data(), sizeof uid);
  return uid;
}
inline LPTSTR tstr(const char* text) {
  return const_cast<LPTSTR>(text);
}
inline LPTSTR wide(const wchar_t* text) {
  return reinterpret_cast<LPTSTR>(const_cast<wchar_t*>(text));
}

class AdminTest : public ::testing::Test {
 public:
  // Every object of a test is released by then, and with them the host.
  ~AdminTest() override { EXPECT_TRUE(watch_.expired()); }

 protected:
  void SetUp() override { set_up(std::make_shared<TestHost>()); }
  void set_up(std::shared_ptr<TestHost> host) {
    folder_ = system_files().make_temp_folder(join_path(temp_folder(), "admin-test-")).value();
    std::ofstream(join_path(folder_, "test.inf")) << kInf;
    setenv("MAPIARY_CONFIG_HOME", join_path(folder_, "config").c_str(), 1);
    setenv("MAPIARY_MAPISVC", join_path(folder_, "test.inf").c_str(), 1);
    host_ = std::move(host);
    watch_ = host_;
    admin_ = make_profile_admin(host_);
    FakeEntry::log().clear();
    FakeEntry::behaviour() = {};
  }
  void TearDown() override {
    FakeEntry::behaviour() = {};
    admin_.reset();
    host_.reset();
    std::filesystem::remove_all(folder_);
  }

  // A new profile's administration object.
  com::Ref<IMsgServiceAdmin> services(const char* name = "p") {
    EXPECT_EQ(admin_->CreateProfile(tstr(name), nullptr, 0, 0), S_OK);
    return reopen(name);
  }
  com::Ref<IMsgServiceAdmin> reopen(const char* name = "p") {
    com::Ref<IMsgServiceAdmin> services;
    EXPECT_EQ(admin_->AdminServices(tstr(name), nullptr, 0, 0, services.put()), S_OK);
    return services;
  }
  static Rows profiles_of(IProfAdmin* admin, ULONG flags = 0) {
    com::Ref<IMAPITable> table;
    EXPECT_EQ(admin->GetProfileTable(flags, table.put()), S_OK);
    return rows_of(table.get());
  }
  static Rows services_of(IMsgServiceAdmin* admin, ULONG flags = 0) {
    com::Ref<IMAPITable> table;
    EXPECT_EQ(admin->GetMsgServiceTable(flags, table.put()), S_OK);
    return rows_of(table.get());
  }
  template <class Admin>
  static Rows providers_of(Admin* admin, ULONG flags = 0) {
    com::Ref<IMAPITable> table;
    EXPECT_EQ(admin->GetProviderTable(flags, table.put()), S_OK);
    return rows_of(table.get());
  }
  // The uid of a service of that PR_SERVICE_NAME.
  static MAPIUID service_uid(IMsgServiceAdmin* admin, const std::string& name) {
    for (const auto& row : services_of(admin)) {
      if (text_at(row, PR_SERVICE_NAME) == name) return uid_at(row, PR_SERVICE_UID);
    }
    return {};
  }
  static MAPIUID add(IMsgServiceAdmin* admin, const char* name) {
    EXPECT_EQ(admin->CreateMsgService(tstr(name), nullptr, 0, 0), S_OK);
    return service_uid(admin, name);
  }
  static com::Ref<IProviderAdmin> providers_admin(IMsgServiceAdmin* admin, MAPIUID uid) {
    com::Ref<IProviderAdmin> providers;
    EXPECT_EQ(admin->AdminProviders(&uid, 0, providers.put()), S_OK);
    return providers;
  }
  template <class Admin>
  static std::string last_error(Admin* admin, HRESULT hr) {
    LPMAPIERROR error = nullptr;
    EXPECT_EQ(admin->GetLastError(hr, 0, &error), S_OK);
    const std::string text = error && error->lpszError ? reinterpret_cast<char*>(error->lpszError) : "";
    (void)MAPIFreeBuffer(error);
    return text;
  }

  std::string folder_;
  std::shared_ptr<TestHost> host_;
  std::weak_ptr<TestHost> watch_;
  com::Ref<IProfAdmin> admin_;
};

}  // namespace mapiary::session::admin::testing
