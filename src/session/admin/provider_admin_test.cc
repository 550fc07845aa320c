// SPDX-License-Identifier: Apache-2.0
// IProviderAdmin, of clients and of entry functions. Pages: iprovideradmin-*, provider-tables.
#include <gmock/gmock.h>

#include "session/admin/testing/admin_fixture.h"

namespace mapiary::session::admin::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ProviderAdminTest : public AdminTest {
 protected:
  void SetUp() override {
    AdminTest::SetUp();
    services_ = services();
    service_ = add(services_.get(), "FULL");
    providers_ = providers_admin(services_.get(), service_);
    FakeEntry::log().clear();
  }
  Rows rows() { return providers_of(providers_.get()); }
  model::PropBag row_of(MAPIUID uid) {
    for (const auto& row : rows()) {
      const MAPIUID listed = uid_at(row, PR_PROVIDER_UID);
      if (std::memcmp(&listed, &uid, sizeof uid) == 0) return row;
    }
    return {};
  }
  com::Ref<IMsgServiceAdmin> services_;
  MAPIUID service_{};
  com::Ref<IProviderAdmin> providers_;
};

// spec: LC-512 IMsgServiceAdmin::AdminProviders
TEST_F(ProviderAdminTest, BelongsToAService) {
  MAPIUID nobody{};
  com::Ref<IProviderAdmin> providers;
  EXPECT_EQ(services_->AdminProviders(&nobody, 0, providers.put()), MAPI_E_NOT_FOUND);
  EXPECT_EQ(services_->AdminProviders(nullptr, 0, providers.put()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(services_->AdminProviders(&service_, 1, providers.put()), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(services_->AdminProviders(&service_, 0, nullptr), MAPI_E_INVALID_PARAMETER);
}

// spec: LC-535 LC-536 LC-524 LC-557 LC-558 IProviderAdmin::GetProviderTable
TEST_F(ProviderAdminTest, TheTableListsExtraSectionsToo) {
  add(services_.get(), "BARE");
  com::Ref<IMAPITable> table;
  ASSERT_EQ(providers_->GetProviderTable(0, table.put()), S_OK);
  const Rows found = rows();
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(long_at(found[1], PR_RESOURCE_TYPE), MAPI_TRANSPORT_PROVIDER);
  EXPECT_TRUE(is_missing(found[2], PR_RESOURCE_TYPE));
  EXPECT_EQ(static_cast<unsigned char>(text_at(found[2], PR_PROVIDER_UID)[15]), 0xFF);
  EXPECT_EQ(text_at(found[2], PR_SERVICE_NAME), "FULL");
  const auto profile = host_->profiles().value()->profile("p").value();
  EXPECT_EQ(profile.property(to_guid(service_), PROP_ID(PR_SERVICE_EXTRA_UIDS)).value().as_bytes(),
            text_at(found[2], PR_PROVIDER_UID));
  MAPIUID store = uid_at(found[0], PR_PROVIDER_UID);
  ASSERT_EQ(providers_->DeleteProvider(&store), S_OK);
  EXPECT_EQ(rows_of(table.get()).size(), 3u);  // static
  EXPECT_EQ(rows().size(), 2u);
  EXPECT_EQ(providers_->GetProviderTable(1, table.put()), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(providers_->GetProviderTable(0, nullptr), MAPI_E_INVALID_PARAMETER);
}

// spec: LC-528 LC-530 LC-531 IProviderAdmin::CreateProvider
TEST_F(ProviderAdminTest, AddsAProviderAndTellsTheService) {
  SPropValue value{};
  value.ulPropTag = PR_PROVIDER_DISPLAY_A;
  value.Value.lpszA = const_cast<char*>("My Second Store");
  std::size_t there = 0;
  FakeEntry::behaviour() = [&](const Seen& seen) -> HRESULT {
    there = providers_of(seen.providers).size();
    EXPECT_EQ(seen.properties, nullptr);
    com::Ref<IProfSect> own;  // of the new provider
    EXPECT_EQ(seen.providers->OpenProfileSection(nullptr, nullptr, MAPI_MODIFY, own.put()), S_OK);
    SPropValue more{};
    more.ulPropTag = PROP_TAG(PT_LONG, 0x6605);
    return own->SetProps(1, &more, nullptr);
  };
  MAPIUID uid{};
  EXPECT_EQ(providers_->CreateProvider(tstr("Full Store"), 1, &value, 9, MAPI_DIALOG, &uid), S_OK);
  EXPECT_EQ(there, 4u);
  ASSERT_THAT(FakeEntry::contexts(), ElementsAre(MSG_SERVICE_PROVIDER_CREATE));
  EXPECT_EQ(FakeEntry::log()[0].ui_param, 9u);
  EXPECT_EQ(FakeEntry::log()[0].flags, SERVICE_UI_ALLOWED);
  const auto row = row_of(uid);
  EXPECT_EQ(text_at(row, PR_PROVIDER_DISPLAY), "My Second Store");
  EXPECT_EQ(text_at(row, PR_PROVIDER_DLL_NAME), "full");
  const auto profile = host_->profiles().value()->profile("p").value();
  EXPECT_TRUE(profile.property(to_guid(uid), 0x6605));
  for (const HRESULT hr : {HRESULT(MAPI_E_USER_CANCEL), HRESULT(MAPI_E_NO_SUPPORT)}) {
    FakeEntry::behaviour() = [&](const Seen&) { return hr; };
    EXPECT_EQ(providers_->CreateProvider(tstr("Full Store"), 0, nullptr, 0, 0, &uid), hr);
    EXPECT_EQ(rows().size(), 4u);
  }
  EXPECT_THAT(last_error(providers_.get(), MAPI_E_NO_SUPPORT), HasSubstr("recorder"));
}

// spec: IProviderAdmin::GetLastError
TEST_F(ProviderAdminTest, LastErrorsAreOfTheLastFailure) {
  MAPIUID uid{};
  FakeEntry::behaviour() = [](const Seen&) { return MAPI_E_NO_SUPPORT; };
  EXPECT_EQ(providers_->CreateProvider(tstr("Full Store"), 0, nullptr, 0, 0, &uid), MAPI_E_NO_SUPPORT);
  LPMAPIERROR error = nullptr;
  EXPECT_EQ(providers_->GetLastError(MAPI_E_NO_SUPPORT, 0x10, &error), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(providers_->GetLastError(MAPI_E_NO_SUPPORT, 0, nullptr), MAPI_E_INVALID_PARAMETER);
  ASSERT_EQ(providers_->GetLastError(MAPI_E_CALL_FAILED, 0, &error), S_OK);
  EXPECT_EQ(error, nullptr) << "nothing is known of that code";
  ASSERT_EQ(providers_->GetLastError(MAPI_E_NO_SUPPORT, MAPI_UNICODE, &error), S_OK);
  ASSERT_NE(error, nullptr);
  EXPECT_NE(std::wstring(reinterpret_cast<wchar_t*>(error->lpszError)).find(L"recorder"), std::wstring::npos);
  (void)MAPIFreeBuffer(error);
}

// spec: LC-529
TEST_F(ProviderAdminTest, TheNameIsNotChecked) {
  MAPIUID uid{};
  EXPECT_EQ(providers_->CreateProvider(wide(L"Somebody"), 0, nullptr, 0, MAPI_UNICODE, &uid), S_OK);
  EXPECT_EQ(text_at(row_of(uid), PR_DISPLAY_NAME), "Somebody");
  EXPECT_EQ(providers_->CreateProvider(nullptr, 0, nullptr, 0, 0, &uid), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(providers_->CreateProvider(tstr("x"), 1, nullptr, 0, 0, &uid), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(providers_->CreateProvider(tstr("x"), 0, nullptr, 0, 0, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(providers_->CreateProvider(tstr("x"), 0, nullptr, 0, 1, &uid), MAPI_E_UNKNOWN_FLAGS);
}

// spec: LC-546
TEST_F(ProviderAdminTest, AnEntryFunctionThatAddsAndDeletesItselfIsNotCalledAgain) {
  MAPIUID made{};
  FakeEntry::behaviour() = [&](const Seen& seen) -> HRESULT {
    if (seen.context == MSG_SERVICE_PROVIDER_CREATE) {
      return seen.providers->CreateProvider(tstr("Full Store"), 0, nullptr, 0, 0, &made);
    }
    return seen.providers->DeleteProvider(&made);
  };
  MAPIUID uid{};
  EXPECT_EQ(providers_->CreateProvider(tstr("Full Store"), 0, nullptr, 0, 0, &uid), S_OK);
  EXPECT_EQ(std::memcmp(&uid, &made, sizeof uid), 0);  // one provider, not two
  EXPECT_EQ(rows().size(), 4u);
  EXPECT_EQ(providers_->DeleteProvider(&uid), S_OK);
  EXPECT_EQ(rows().size(), 3u);
  EXPECT_THAT(FakeEntry::contexts(), ElementsAre(MSG_SERVICE_PROVIDER_CREATE, MSG_SERVICE_PROVIDER_DELETE));
}

// spec: LC-532 LC-533 IProviderAdmin::DeleteProvider
TEST_F(ProviderAdminTest, DeletingTellsTheServiceFirst) {
  MAPIUID uid = uid_at(rows()[0], PR_PROVIDER_UID), nobody{};
  EXPECT_EQ(providers_->DeleteProvider(&nobody), MAPI_E_NOT_FOUND);
  EXPECT_EQ(providers_->DeleteProvider(nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(providers_->DeleteProvider(&service_), MAPI_E_NOT_FOUND);
  EXPECT_THAT(FakeEntry::log(), IsEmpty());
  FakeEntry::behaviour() = [](const Seen&) { return MAPI_E_NO_SUPPORT; };
  EXPECT_EQ(providers_->DeleteProvider(&uid), MAPI_E_NO_SUPPORT);
  EXPECT_EQ(rows().size(), 3u);
  FakeEntry::log().clear();
  std::size_t there = 0;
  FakeEntry::behaviour() = [&](const Seen& seen) -> HRESULT {
    there = providers_of(seen.providers).size();
    return S_OK;
  };
  EXPECT_EQ(providers_->DeleteProvider(&uid), S_OK);
  EXPECT_EQ(there, 3u);
  EXPECT_EQ(rows().size(), 2u);
  EXPECT_THAT(FakeEntry::contexts(), ElementsAre(MSG_SERVICE_PROVIDER_DELETE));
}

// spec: LC-534 LC-523 LC-536
TEST_F(ProviderAdminTest, AProviderInUseGoesWithItsLastUser) {
  MAPIUID uid = uid_at(rows()[0], PR_PROVIDER_UID);
  const auto profile = host_->profiles().value()->profile("p").value();
  {
    const auto first = profile.use_provider(to_guid(uid)).value();
    {
      const auto second = profile.use_provider(to_guid(uid)).value();
      EXPECT_EQ(providers_->DeleteProvider(&uid), S_OK);
      EXPECT_EQ(rows().size(), 2u);
      EXPECT_EQ(providers_of(services_.get()).size(), 1u);
      EXPECT_EQ(providers_->DeleteProvider(&uid), MAPI_E_NOT_FOUND);
      EXPECT_EQ(profile.use_provider(to_guid(uid)).error().code, Code::kNotFound) << "no new users";
    }
    EXPECT_TRUE(profile.section(to_guid(uid)));  // its user still reads it
  }
  EXPECT_FALSE(profile.section(to_guid(uid)));
  MAPIUID other = uid_at(rows()[0], PR_PROVIDER_UID);
  { const auto use = profile.use_provider(to_guid(other)).value(); }
  EXPECT_TRUE(profile.section(to_guid(other)));
}

}  // namespace
}  // namespace mapiary::session::admin::testing
