// SPDX-License-Identifier: Apache-2.0
// IProfAdmin. Pages: iprofadmin-*, profile-tables.
#include <gmock/gmock.h>

#include "session/admin/testing/admin_fixture.h"

namespace mapiary::session::admin::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ProfileAdminTest : public AdminTest {
 protected:
  std::vector<std::string> names(ULONG flags = 0) {
    std::vector<std::string> found;
    for (const auto& row : profiles_of(admin_.get(), flags)) found.push_back(text_at(row, PR_DISPLAY_NAME));
    return found;
  }
};

// spec: LC-453 LC-457 LC-458 LC-476 LC-478 R9 IProfAdmin::CreateProfile
TEST_F(ProfileAdminTest, CreatesProfilesByTheRulesForNames) {
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_EQ(admin_->CreateProfile(tstr("work"), nullptr, 0, 0), S_OK);
  EXPECT_EQ(admin_->CreateProfile(tstr("at_home 2"), tstr(""), 0, 0), S_OK);
  EXPECT_EQ(admin_->CreateProfile(wide(L"\u00c4rger"), nullptr, 0, MAPI_UNICODE), S_OK);
  EXPECT_EQ(admin_->CreateProfile(tstr("WORK"), nullptr, 0, 0), MAPI_E_NO_ACCESS);
  EXPECT_THAT(last_error(admin_.get(), MAPI_E_NO_ACCESS), HasSubstr("'work'"));
  for (const char* name : {"", " x", "x ", "a/b", "a\tb"}) {
    EXPECT_EQ(admin_->CreateProfile(tstr(name), nullptr, 0, 0), MAPI_E_INVALID_PARAMETER) << name;
  }
  EXPECT_EQ(admin_->CreateProfile(tstr(std::string(64, 'x').c_str()), nullptr, 0, 0), S_OK);
  EXPECT_EQ(admin_->CreateProfile(tstr(std::string(65, 'x').c_str()), nullptr, 0, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(admin_->CreateProfile(nullptr, nullptr, 0, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(admin_->CreateProfile(tstr("secret"), tstr("word"), 0, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(admin_->CreateProfile(tstr("flags"), nullptr, 0, 0x40000000), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(names().size(), 4u);
}

// spec: LC-475 LC-477 LC-479 IProfAdmin::GetProfileTable
TEST_F(ProfileAdminTest, TheTableIsStaticAndHasTwoColumns) {
  ASSERT_EQ(admin_->CreateProfile(tstr("one"), nullptr, 0, 0), S_OK);
  com::Ref<IMAPITable> table;
  ASSERT_EQ(admin_->GetProfileTable(0, table.put()), S_OK);
  ASSERT_EQ(admin_->CreateProfile(tstr("two"), nullptr, 0, 0), S_OK);
  LPSPropTagArray columns = nullptr;
  ASSERT_EQ(table->QueryColumns(0, &columns), S_OK);
  EXPECT_EQ(columns->cValues, 2u);
  EXPECT_EQ(columns->aulPropTag[0], PR_DISPLAY_NAME_A);
  EXPECT_EQ(columns->aulPropTag[1], PR_DEFAULT_PROFILE);
  (void)MAPIFreeBuffer(columns);
  EXPECT_EQ(rows_of(table.get()).size(), 1u);
  ASSERT_EQ(admin_->GetProfileTable(MAPI_UNICODE, table.put()), S_OK);
  const Rows rows = rows_of(table.get());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_NE(rows[0].find(model::PropTag(PR_DISPLAY_NAME_W)), nullptr);
  EXPECT_EQ(admin_->GetProfileTable(0x10, table.put()), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(admin_->GetProfileTable(0, nullptr), MAPI_E_INVALID_PARAMETER);
}

// spec: LC-459 LC-463 LC-467 LC-469 LC-473
TEST_F(ProfileAdminTest, AppProfilesAreKeptApart) {
  ASSERT_EQ(admin_->CreateProfile(tstr("app"), nullptr, 0, MAPI_APP_PROFILE), S_OK);
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_THAT(names(MAPI_APP_PROFILE), ElementsAre("app"));
  EXPECT_EQ(admin_->DeleteProfile(tstr("app"), 0), MAPI_E_NO_ACCESS);
  EXPECT_EQ(admin_->RenameProfile(tstr("app"), nullptr, tstr("b"), 0, 0), MAPI_E_NO_ACCESS);
  EXPECT_EQ(admin_->CopyProfile(tstr("app"), nullptr, tstr("b"), 0, 0), MAPI_E_NO_ACCESS);
  EXPECT_EQ(admin_->CopyProfile(tstr("app"), nullptr, tstr("b"), 0, MAPI_APP_PROFILE), S_OK);
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_EQ(admin_->RenameProfile(tstr("app"), nullptr, tstr("c"), 0, MAPI_APP_PROFILE), S_OK);
  EXPECT_THAT(names(MAPI_APP_PROFILE), ElementsAre("b", "c"));
  EXPECT_EQ(admin_->SetDefaultProfile(tstr("b"), 0), E_FAIL);
  EXPECT_EQ(admin_->DeleteProfile(tstr("b"), MAPI_APP_PROFILE), S_OK);
  // The flag makes no app profile of another one.
  ASSERT_EQ(admin_->CreateProfile(tstr("plain"), nullptr, 0, 0), S_OK);
  EXPECT_EQ(admin_->CopyProfile(tstr("plain"), nullptr, tstr("plain 2"), 0, MAPI_APP_PROFILE), S_OK);
  EXPECT_THAT(names(), ElementsAre("plain", "plain 2"));
}

// spec: LC-464 LC-465 LC-466 R9 IProfAdmin::CopyProfile
TEST_F(ProfileAdminTest, CopiesProfiles) {
  ASSERT_EQ(admin_->CreateProfile(tstr("a"), nullptr, 0, MAPI_DEFAULT_SERVICES), S_OK);
  EXPECT_EQ(admin_->CopyProfile(tstr("a"), nullptr, tstr("A"), 0, 0), MAPI_E_NO_ACCESS);
  EXPECT_EQ(admin_->CopyProfile(tstr("x"), nullptr, tstr("b"), 0, 0), MAPI_E_NOT_FOUND);
  EXPECT_EQ(admin_->CopyProfile(tstr("a"), nullptr, tstr("b"), 0, 0), S_OK);
  EXPECT_EQ(services_of(reopen("b").get()).size(), 2u);
  ASSERT_TRUE(host_->profiles().value()->set_password("a", {}, "word"));
  EXPECT_EQ(admin_->CopyProfile(tstr("a"), nullptr, tstr("c"), 0, 0), MAPI_E_LOGON_FAILED);
  // No dialog can be shown.
  EXPECT_EQ(admin_->CopyProfile(tstr("a"), nullptr, tstr("c"), 0, MAPI_DIALOG), MAPI_E_LOGON_FAILED);
  EXPECT_EQ(admin_->CopyProfile(tstr("a"), tstr("word"), tstr("c"), 0, 0), S_OK);
  EXPECT_EQ(admin_->CopyProfile(nullptr, nullptr, tstr("c"), 0, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(admin_->CopyProfile(tstr("a"), nullptr, nullptr, 0, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(admin_->CopyProfile(tstr("a"), nullptr, tstr("d"), 0, 1), MAPI_E_UNKNOWN_FLAGS);
}

// spec: LC-460 LC-461 LC-468 LC-476 IProfAdmin::DeleteProfile IProfAdmin::RenameProfile
TEST_F(ProfileAdminTest, ProfilesInUseChangeWhenTheyAreUnused) {
  for (const char* name : {"a", "b"}) ASSERT_EQ(admin_->CreateProfile(tstr(name), nullptr, 0, 0), S_OK);
  EXPECT_EQ(admin_->DeleteProfile(tstr("x"), 0), MAPI_E_NOT_FOUND);
  EXPECT_EQ(admin_->RenameProfile(tstr("x"), nullptr, tstr("y"), 0, 0), MAPI_E_NOT_FOUND);
  {
    const auto store = host_->profiles().value();
    const auto use_a = store->use_profile("a").value();
    const auto use_b = store->use_profile("b").value();
    EXPECT_EQ(admin_->DeleteProfile(tstr("a"), 0), S_OK);
    EXPECT_EQ(admin_->RenameProfile(tstr("b"), nullptr, tstr("c"), 0, 0), S_OK);
    EXPECT_THAT(names(), ElementsAre("b"));
  }
  EXPECT_THAT(names(), ElementsAre("c"));
}

// spec: LC-471 LC-472 LC-474 IProfAdmin::SetDefaultProfile
TEST_F(ProfileAdminTest, OneProfileIsTheDefault) {
  for (const char* name : {"a", "b"}) ASSERT_EQ(admin_->CreateProfile(tstr(name), nullptr, 0, 0), S_OK);
  EXPECT_EQ(admin_->SetDefaultProfile(tstr("x"), 0), MAPI_E_NOT_FOUND);
  EXPECT_EQ(admin_->SetDefaultProfile(tstr("a"), 0), S_OK);
  EXPECT_EQ(admin_->SetDefaultProfile(wide(L"b"), MAPI_UNICODE), S_OK);
  Rows rows = profiles_of(admin_.get());
  EXPECT_EQ(long_at(rows[0], PR_DEFAULT_PROFILE), 0);
  EXPECT_EQ(long_at(rows[1], PR_DEFAULT_PROFILE), 1);
  EXPECT_EQ(admin_->SetDefaultProfile(nullptr, 0), S_OK);
  EXPECT_EQ(long_at(profiles_of(admin_.get())[1], PR_DEFAULT_PROFILE), 0);
  EXPECT_EQ(admin_->SetDefaultProfile(tstr("a"), 2), MAPI_E_UNKNOWN_FLAGS);
}

// spec: LC-470
TEST_F(ProfileAdminTest, PasswordsAreNotChanged) {
  EXPECT_EQ(admin_->ChangeProfilePassword(nullptr, nullptr, nullptr, 0xFFFFFFFF), S_OK);
  ASSERT_EQ(admin_->CreateProfile(tstr("a"), nullptr, 0, 0), S_OK);
  EXPECT_EQ(admin_->ChangeProfilePassword(tstr("a"), nullptr, tstr("new"), 0), S_OK);
  EXPECT_FALSE(host_->profiles().value()->profile("a").value().info().value().has_password);
}

// spec: LC-480 LC-481 LC-482 LC-597 IProfAdmin::AdminServices
TEST_F(ProfileAdminTest, AdminServicesNeedsAProfileAndCallsNobody) {
  ASSERT_EQ(admin_->CreateProfile(tstr("a"), nullptr, 0, MAPI_DEFAULT_SERVICES), S_OK);
  FakeEntry::log().clear();
  com::Ref<IMsgServiceAdmin> services;
  EXPECT_EQ(admin_->AdminServices(nullptr, nullptr, 0, 0, services.put()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(admin_->AdminServices(tstr("x"), nullptr, 0, 0, services.put()), MAPI_E_LOGON_FAILED);
  EXPECT_EQ(admin_->AdminServices(tstr("a"), tstr(""), 0, MAPI_DIALOG, services.put()), S_OK);
  EXPECT_EQ(admin_->AdminServices(wide(L"a"), nullptr, 0, MAPI_UNICODE, services.put()), S_OK);
  EXPECT_EQ(admin_->AdminServices(tstr("a"), nullptr, 0, 4, services.put()), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_THAT(FakeEntry::log(), IsEmpty());
  ASSERT_TRUE(host_->profiles().value()->set_password("a", {}, "word"));
  EXPECT_EQ(admin_->AdminServices(tstr("a"), nullptr, 0, 0, services.put()), MAPI_E_LOGON_FAILED);
}

// spec: LC-454 LC-455 LC-456 LC-556
TEST_F(ProfileAdminTest, DefaultServicesAreAllThereBeforeTheFirstEntryFunctionRuns) {
  std::size_t providers = 0, services = 0;
  FakeEntry::behaviour() = [&](const Seen&) {
    const auto profile = host_->profiles().value()->profile("d").value();
    providers = profile.providers().value().size();
    services = profile.services().value().size();
    return S_OK;
  };
  EXPECT_EQ(admin_->CreateProfile(tstr("d"), nullptr, 77, MAPI_DEFAULT_SERVICES | MAPI_DIALOG), S_OK);
  EXPECT_EQ(services, 2u);
  EXPECT_EQ(providers, 3u);
  ASSERT_THAT(FakeEntry::contexts(), ElementsAre(MSG_SERVICE_CREATE));
  EXPECT_EQ(FakeEntry::log()[0].ui_param, 77u);
  EXPECT_EQ(FakeEntry::log()[0].flags, SERVICE_UI_ALLOWED);
  EXPECT_EQ(admin_->CreateProfile(tstr("e"), nullptr, 77, MAPI_DEFAULT_SERVICES), S_OK);
  EXPECT_EQ(FakeEntry::log()[1].ui_param, 0u);
  EXPECT_EQ(FakeEntry::log()[1].flags, 0u);
}

TEST_F(ProfileAdminTest, ADefaultServiceThatFailsIsLeftOutAndTheOthersGoOn) {
  FakeEntry::behaviour() = [](const Seen&) -> HRESULT { throw 1; };
  EXPECT_EQ(admin_->CreateProfile(tstr("d"), nullptr, 0, MAPI_DEFAULT_SERVICES), MAPI_W_ERRORS_RETURNED);
  EXPECT_THAT(last_error(admin_.get(), MAPI_W_ERRORS_RETURNED), HasSubstr("'FULL'"));
  const Rows rows = services_of(reopen("d").get());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(text_at(rows[0], PR_SERVICE_NAME), "BARE");
}

// spec: LC-462
TEST_F(ProfileAdminTest, DeletingTellsEachServiceOnce) {
  ASSERT_EQ(admin_->CreateProfile(tstr("d"), nullptr, 0, MAPI_DEFAULT_SERVICES), S_OK);
  FakeEntry::log().clear();
  bool was_there = false;
  FakeEntry::behaviour() = [&](const Seen&) -> HRESULT {
    was_there = host_->profiles().value()->profile("d").has_value();
    return E_FAIL;  // keeps nobody from deleting
  };
  EXPECT_EQ(admin_->DeleteProfile(tstr("d"), 0), S_OK);
  EXPECT_TRUE(was_there);
  EXPECT_THAT(FakeEntry::contexts(), ElementsAre(MSG_SERVICE_DELETE));
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_EQ(admin_->DeleteProfile(nullptr, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(admin_->DeleteProfile(tstr("d"), 8), MAPI_E_UNKNOWN_FLAGS);
}

// spec: LC-452 LC-483 IProfAdmin::GetLastError
TEST_F(ProfileAdminTest, AnswersForItsInterfacesAndErrors) {
  com::Ref<IUnknown> unknown;
  EXPECT_EQ(admin_->QueryInterface(IID_IProfAdmin, reinterpret_cast<void**>(unknown.put())), S_OK);
  EXPECT_EQ(admin_->QueryInterface(IID_IMAPISession, reinterpret_cast<void**>(unknown.put())),
            MAPI_E_INTERFACE_NOT_SUPPORTED);
  LPMAPIERROR error = nullptr;
  EXPECT_EQ(admin_->GetLastError(MAPI_E_NOT_FOUND, MAPI_UNICODE, &error), S_OK);
  EXPECT_EQ(error, nullptr);
  EXPECT_EQ(admin_->DeleteProfile(tstr("nobody"), 0), MAPI_E_NOT_FOUND);
  EXPECT_EQ(admin_->GetLastError(MAPI_E_NOT_FOUND, MAPI_UNICODE, &error), S_OK);
  ASSERT_NE(error, nullptr);
  EXPECT_NE(std::wstring(reinterpret_cast<wchar_t*>(error->lpszError)).find(L"nobody"), std::wstring::npos);
  (void)MAPIFreeBuffer(error);
}

}  // namespace
}  // namespace mapiary::session::admin::testing
