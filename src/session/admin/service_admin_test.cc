// SPDX-License-Identifier: Apache-2.0
// IMsgServiceAdmin(2) and the calls of entry functions. Pages: imsgserviceadmin-*, msgserviceentry,
// message-service-tables, provider-tables.
#include <gmock/gmock.h>
#include <mapiaux.h>

#include <future>

#include "com/notifier.h"
#include "com/object.h"
#include "session/admin/service_entry.h"
#include "session/admin/testing/admin_fixture.h"
#include "session/guard/bounded.h"

namespace mapiary::session::admin::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ServiceAdminTest : public AdminTest {
 protected:
  void SetUp() override {
    AdminTest::SetUp();
    services_ = services();
  }
  std::vector<std::string> names(ULONG tag = PR_SERVICE_NAME) {
    std::vector<std::string> found;
    for (const auto& row : services_of(services_.get())) found.push_back(text_at(row, tag));
    return found;
  }
  com::Ref<IMsgServiceAdmin> services_;
};

// spec: IMsgServiceAdmin::GetLastError
TEST_F(ServiceAdminTest, LastErrorsAreOfTheLastFailure) {
  EXPECT_EQ(services_->CreateMsgService(tstr("NOBODY"), nullptr, 0, 0), MAPI_E_NOT_FOUND);
  LPMAPIERROR error = nullptr;
  EXPECT_EQ(services_->GetLastError(MAPI_E_NOT_FOUND, 0x10, &error), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(services_->GetLastError(MAPI_E_NOT_FOUND, 0, nullptr), MAPI_E_INVALID_PARAMETER);
  ASSERT_EQ(services_->GetLastError(MAPI_E_CALL_FAILED, 0, &error), S_OK);
  EXPECT_EQ(error, nullptr) << "nothing is known of that code";
  ASSERT_EQ(services_->GetLastError(MAPI_E_NOT_FOUND, MAPI_UNICODE, &error), S_OK);
  ASSERT_NE(error, nullptr);
  EXPECT_NE(std::wstring(reinterpret_cast<wchar_t*>(error->lpszError)).find(L"NOBODY"), std::wstring::npos);
  (void)MAPIFreeBuffer(error);
}

// spec: LC-492 LC-494 LC-495 LC-553 LC-161
TEST_F(ServiceAdminTest, AddsWhatMapisvcLists) {
  EXPECT_EQ(services_->CreateMsgService(tstr("NOBODY"), nullptr, 0, 0), MAPI_E_NOT_FOUND);
  EXPECT_THAT(last_error(services_.get(), MAPI_E_NOT_FOUND), HasSubstr("NOBODY"));
  EXPECT_EQ(services_->CreateMsgService(nullptr, nullptr, 0, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(services_->CreateMsgService(tstr("FULL"), nullptr, 0, 0x1000), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_EQ(services_->CreateMsgService(tstr("FULL"), tstr("Mine"), 0, 0x80), S_OK);
  // PR_DISPLAY_NAME in mapisvc.inf counts more than the caller's name.
  EXPECT_EQ(services_->CreateMsgService(wide(L"bare"), wide(L"Yours"), 0, MAPI_UNICODE), S_OK);
  EXPECT_THAT(names(PR_DISPLAY_NAME), ElementsAre("Bare By File", "Mine"));
  EXPECT_THAT(names(), ElementsAre("BARE", "FULL"));
  EXPECT_EQ(providers_of(services_.get()).size(), 3u);
}

// spec: LC-498 LC-499 LC-500 LC-490 IMsgServiceAdmin2::CreateMsgServiceEx
TEST_F(ServiceAdminTest, TheSecondInterfaceTellsTheUid) {
  com::Ref<IMsgServiceAdmin2> second;
  ASSERT_EQ(services_->QueryInterface(IID_IMsgServiceAdmin2, reinterpret_cast<void**>(second.put())), S_OK);
  MAPIUID uid{};
  EXPECT_EQ(second->CreateMsgServiceEx(tstr("NOBODY"), nullptr, 0, 0, &uid), MAPI_E_NOT_FOUND);
  EXPECT_EQ(second->CreateMsgServiceEx(tstr("FULL"), nullptr, 0, 0, &uid), S_OK);
  const MAPIUID listed = service_uid(services_.get(), "FULL");
  EXPECT_EQ(std::memcmp(&uid, &listed, sizeof uid), 0);
  EXPECT_EQ(second->CreateMsgServiceEx(tstr("BARE"), nullptr, 0, 0, nullptr), S_OK);
  // One object, whichever interface it is asked through.
  com::Ref<IUnknown> one, other;
  ASSERT_EQ(second->QueryInterface(IID_IUnknown, reinterpret_cast<void**>(one.put())), S_OK);
  ASSERT_EQ(services_->QueryInterface(IID_IUnknown, reinterpret_cast<void**>(other.put())), S_OK);
  EXPECT_EQ(one.get(), other.get());
  com::Ref<IMAPITable> table;
  EXPECT_EQ(second->GetMsgServiceTable(0, table.put()), S_OK);
  EXPECT_EQ(rows_of(table.get()).size(), 2u);
}

// spec: LC-493 LC-496 LC-548 LC-550
TEST_F(ServiceAdminTest, TheEntryFunctionRunsWhenTheDataAreThere) {
  std::vector<profile::SectionKind> kinds;
  FakeEntry::behaviour() = [&](const Seen& seen) -> HRESULT {
    const auto sections = host_->profiles().value()->profile("p").value().sections().value();
    for (const auto& section : sections) {
      if (section.uid != profile::kProfileInstance) kinds.push_back(section.kind);
    }
    EXPECT_NE(seen.providers, nullptr);
    com::Ref<IProfSect> section;  // NULL: its own
    EXPECT_EQ(seen.providers->OpenProfileSection(nullptr, nullptr, MAPI_MODIFY, section.put()), S_OK);
    EXPECT_EQ(providers_of(seen.providers).size(), 3u);
    return S_OK;
  };
  EXPECT_EQ(services_->CreateMsgService(tstr("FULL"), nullptr, 5, SERVICE_UI_ALLOWED | 0x80), S_OK);
  EXPECT_EQ(kinds.size(), 4u);
  ASSERT_EQ(FakeEntry::log().size(), 1u);
  const Seen seen = FakeEntry::log()[0];
  EXPECT_EQ(seen.context, MSG_SERVICE_CREATE);
  EXPECT_EQ(seen.flags, SERVICE_UI_ALLOWED);
  EXPECT_EQ(seen.ui_param, 5u);
  EXPECT_EQ(seen.count, 0u);
  EXPECT_EQ(seen.properties, nullptr);
  EXPECT_TRUE(seen.has_instance);
  EXPECT_TRUE(seen.has_malloc);
  EXPECT_EQ(host_->inf_folder, folder_);
  // Without a user interface its parameters stay here.
  EXPECT_EQ(services_->CreateMsgService(wide(L"FULL"), nullptr, 5, MAPI_UNICODE), S_OK);
  EXPECT_EQ(FakeEntry::log()[1].ui_param, 0u);
  EXPECT_EQ(FakeEntry::log()[1].flags, MAPI_UNICODE);
}

// spec: LC-541 LC-549
TEST_F(ServiceAdminTest, AServiceThatFailsIsTakenBack) {
  for (const HRESULT hr : {HRESULT(MAPI_E_USER_CANCEL), HRESULT(MAPI_E_BAD_CHARWIDTH), HRESULT(0x80041234)}) {
    FakeEntry::behaviour() = [&](const Seen&) { return hr; };
    EXPECT_EQ(services_->CreateMsgService(tstr("FULL"), nullptr, 0, 0), hr);
    EXPECT_THAT(names(), IsEmpty());
    EXPECT_THAT(providers_of(services_.get()), IsEmpty());
  }
  // Not configured although a dialog was allowed.
  FakeEntry::behaviour() = [](const Seen&) { return MAPI_E_UNCONFIGURED; };
  EXPECT_EQ(services_->CreateMsgService(tstr("FULL"), nullptr, 0, SERVICE_UI_ALWAYS), MAPI_E_UNCONFIGURED);
  EXPECT_THAT(names(), IsEmpty());
  // Without one ConfigureMsgService comes next, and needs the service.
  EXPECT_EQ(services_->CreateMsgService(tstr("FULL"), nullptr, 0, 0), S_OK);
  EXPECT_THAT(names(), ElementsAre("FULL"));
}

TEST_F(ServiceAdminTest, AFunctionThatThrowsHangsOrIsMissingCostsOnlyItself) {
  FakeEntry::behaviour() = [](const Seen&) -> HRESULT { throw std::runtime_error("no"); };
  EXPECT_EQ(services_->CreateMsgService(tstr("FULL"), nullptr, 0, 0), MAPI_E_CALL_FAILED);
  EXPECT_EQ(services_->CreateMsgService(tstr("LOST"), nullptr, 0, 0), MAPI_E_NOT_INITIALIZED);
  EXPECT_THAT(last_error(services_.get(), MAPI_E_NOT_INITIALIZED), AllOf(HasSubstr("'LOST'"), HasSubstr("nowhere")));
  EXPECT_EQ(services_->CreateMsgService(tstr("WRONG"), nullptr, 0, 0), MAPI_E_NOT_INITIALIZED);
  EXPECT_THAT(last_error(services_.get(), MAPI_E_NOT_INITIALIZED), HasSubstr("NoSuchEntry"));
  std::promise<void> go_on;
  FakeEntry::behaviour() = [gate = go_on.get_future().share()](const Seen&) -> HRESULT {
    gate.wait();
    return S_OK;
  };
  EXPECT_EQ(services_->CreateMsgService(tstr("FULL"), nullptr, 0, 0), MAPI_E_TIMEOUT);
  EXPECT_FALSE(host_->running.expired());
  EXPECT_THAT(names(), IsEmpty());
  go_on.set_value();
  EXPECT_EQ(wait_for_abandoned(std::chrono::seconds(60)), 0u);
  EXPECT_TRUE(host_->running.expired()) << "the library may be unloaded again";
}

// spec: LC-503 LC-504 LC-507 LC-542 LC-551 LC-567 IMsgServiceAdmin::ConfigureMsgService
TEST_F(ServiceAdminTest, ConfiguresByPropertiesWithoutADialog) {
  MAPIUID uid{};
  SPropValue values[2]{};
  values[0].ulPropTag = PROP_TAG(PT_LONG, 0x6601);
  values[0].Value.l = 11;
  values[1].ulPropTag = PROP_TAG(PT_STRING8, 0x6602);
  values[1].Value.lpszA = const_cast<char*>("path");
  EXPECT_EQ(services_->ConfigureMsgService(&uid, 0, 0, 2, values), MAPI_E_NOT_FOUND);
  EXPECT_EQ(services_->ConfigureMsgService(nullptr, 0, 0, 0, nullptr), MAPI_E_INVALID_PARAMETER);
  uid = add(services_.get(), "BARE");
  EXPECT_EQ(services_->ConfigureMsgService(&uid, 0, 0, 2, values), MAPI_E_NOT_INITIALIZED);
  uid = add(services_.get(), "FULL");
  FakeEntry::log().clear();
  // As a service does: it keeps what it got in its own section.
  FakeEntry::behaviour() = [](const Seen& seen) -> HRESULT {
    com::Ref<IProfSect> section;
    EXPECT_EQ(seen.providers->OpenProfileSection(nullptr, nullptr, MAPI_MODIFY, section.put()), S_OK);
    return section->SetProps(seen.count, seen.properties, nullptr);
  };
  EXPECT_EQ(services_->ConfigureMsgService(&uid, 3, 0, 2, values), S_OK);
  EXPECT_THAT(FakeEntry::contexts(), ElementsAre(MSG_SERVICE_CONFIGURE));
  EXPECT_EQ(FakeEntry::log()[0].count, 2u);
  EXPECT_EQ(host_->profiles().value()->profile("p").value().property(to_guid(uid), 0x6601).value().as_int32(), 11);
  constexpr ULONG kAll = MAPI_UNICODE | MSG_SERVICE_UI_READ_ONLY | SERVICE_UI_ALLOWED | SERVICE_UI_ALWAYS;
  FakeEntry::behaviour() = {};
  EXPECT_EQ(services_->ConfigureMsgService(&uid, 3, kAll, 0, nullptr), S_OK);
  EXPECT_EQ(FakeEntry::log()[1].flags, kAll);
  EXPECT_EQ(FakeEntry::log()[1].ui_param, 3u);
  EXPECT_EQ(services_->ConfigureMsgService(&uid, 0, 0x1000, 0, nullptr), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(services_->ConfigureMsgService(&uid, 0, 0, 1, nullptr), MAPI_E_INVALID_PARAMETER);
  // A failure is the caller's to see, and the service stays.
  for (const HRESULT hr : {HRESULT(MAPI_E_USER_CANCEL), HRESULT(MAPI_E_UNCONFIGURED)}) {
    FakeEntry::behaviour() = [&](const Seen&) { return hr; };
    EXPECT_EQ(services_->ConfigureMsgService(&uid, 0, 0, 0, nullptr), hr);
  }
  EXPECT_EQ(names().size(), 2u);
}

// spec: LC-505 LC-506
TEST_F(ServiceAdminTest, TheServicesOwnWordsComeWithFileAndService) {
  MAPIUID uid = add(services_.get(), "FULL");
  FakeEntry::behaviour() = [](const Seen& seen) -> HRESULT {
    const bool unicode = (seen.flags & MAPI_UNICODE) != 0;
    com::OutBlock block;
    auto* error = block.root<MAPIERROR>().value();
    error->lpszError = com::copy_text(block, "the server is on holiday", unicode).value();
    error->lpszComponent = com::copy_text(block, "Recorder", unicode).value();
    error->ulLowLevelError = 99;
    *seen.error = block.detach<MAPIERROR>();
    return MAPI_E_EXTENDED_ERROR;
  };
  for (const ULONG flags : {ULONG{0}, ULONG{MAPI_UNICODE}}) {
    EXPECT_EQ(services_->ConfigureMsgService(&uid, 0, flags, 0, nullptr), MAPI_E_EXTENDED_ERROR);
    EXPECT_THAT(last_error(services_.get(), MAPI_E_EXTENDED_ERROR),
                AllOf(HasSubstr("'FULL'"), HasSubstr("recorder"), HasSubstr("the server is on holiday"),
                      HasSubstr("Recorder"), HasSubstr("99")));
  }
}

// spec: LC-491 LC-501 LC-502 LC-544 IMsgServiceAdmin::DeleteMsgService
TEST_F(ServiceAdminTest, DeletingTellsTheServiceFirst) {
  MAPIUID uid{};
  EXPECT_EQ(services_->DeleteMsgService(&uid), MAPI_E_NOT_FOUND);
  EXPECT_EQ(services_->DeleteMsgService(nullptr), MAPI_E_INVALID_PARAMETER);
  uid = add(services_.get(), "FULL");
  FakeEntry::log().clear();
  const auto use = host_->profiles().value()->use_profile("p").value();
  std::size_t there = 0;
  FakeEntry::behaviour() = [&](const Seen& seen) -> HRESULT {
    there = providers_of(seen.providers).size();
    return S_OK;
  };
  EXPECT_EQ(services_->DeleteMsgService(&uid), S_OK);
  EXPECT_EQ(there, 3u);
  EXPECT_THAT(FakeEntry::contexts(), ElementsAre(MSG_SERVICE_DELETE));
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_THAT(providers_of(services_.get()), IsEmpty());
  EXPECT_EQ(services_->DeleteMsgService(&uid), MAPI_E_NOT_FOUND);
  // The user may keep it, a broken service may not.
  uid = add(services_.get(), "FULL");
  FakeEntry::behaviour() = [](const Seen&) { return MAPI_E_USER_CANCEL; };
  EXPECT_EQ(services_->DeleteMsgService(&uid), MAPI_E_USER_CANCEL);
  FakeEntry::behaviour() = [](const Seen&) -> HRESULT { throw 1; };
  EXPECT_EQ(services_->DeleteMsgService(&uid), S_OK);
}

// spec: LC-508 LC-509 LC-510 LC-560 IMsgServiceAdmin::CopyMsgService
TEST_F(ServiceAdminTest, CopiesWithoutCallingAnyone) {
  MAPIUID uid = add(services_.get(), "FULL");
  FakeEntry::log().clear();
  const auto other = services("q");
  const auto copy = [&](MAPIUID from, LPCIID iid, IUnknown* target, ULONG flags = 0) {
    return services_->CopyMsgService(&from, nullptr, nullptr, iid, target, 0, flags);
  };
  EXPECT_EQ(copy(MAPIUID{}, &IID_IMsgServiceAdmin, other.get()), MAPI_E_NOT_FOUND);
  EXPECT_EQ(copy(uid, &IID_IMsgServiceAdmin, other.get()), S_OK);
  EXPECT_EQ(copy(uid, &IID_IMsgServiceAdmin, services_.get(), SERVICE_UI_ALWAYS), S_OK);
  EXPECT_THAT(FakeEntry::log(), IsEmpty());
  EXPECT_EQ(services_of(other.get()).size(), 1u);
  EXPECT_EQ(services_of(services_.get()).size(), 2u);
  const MAPIUID single = add(services_.get(), "SINGLE");
  EXPECT_EQ(services_->CreateMsgService(tstr("SINGLE"), nullptr, 0, 0), MAPI_E_NO_ACCESS);
  EXPECT_EQ(copy(single, &IID_IMsgServiceAdmin, services_.get()), MAPI_E_NO_ACCESS);
  EXPECT_EQ(copy(single, &IID_IMsgServiceAdmin, other.get()), S_OK);
  EXPECT_EQ(copy(uid, &IID_IMAPITable, other.get()), MAPI_E_INTERFACE_NOT_SUPPORTED);
  EXPECT_EQ(copy(uid, &IID_IMsgServiceAdmin, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(copy(uid, &IID_IMsgServiceAdmin, admin_.get()), MAPI_E_NO_SUPPORT);
  EXPECT_EQ(copy(uid, &IID_IMsgServiceAdmin, other.get(), 1), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(services_->CopyMsgService(&uid, nullptr, &IID_IMAPITable, &IID_IMsgServiceAdmin, other.get(), 0, 0),
            MAPI_E_INTERFACE_NOT_SUPPORTED);
}

// spec: LC-511
TEST_F(ServiceAdminTest, RenamingIsNotSupported) {
  MAPIUID uid = add(services_.get(), "BARE");
  EXPECT_EQ(services_->RenameMsgService(&uid, 0, tstr("x")), MAPI_E_NO_SUPPORT);
  EXPECT_EQ(services_->RenameMsgService(nullptr, 7, nullptr), MAPI_E_NO_SUPPORT);
}

// spec: LC-513 LC-514 LC-515 IMsgServiceAdmin::MsgServiceTransportOrder
TEST_F(ServiceAdminTest, OrdersTransports) {
  add(services_.get(), "FULL");
  add(services_.get(), "BARE");
  const auto order = [&] {
    std::vector<std::string> found;
    const auto transports = host_->profiles().value()->profile("p").value().transports().value();
    for (const auto& provider : transports) {
      found.push_back(text_of(provider.properties, PR_DISPLAY_NAME_W));
    }
    return found;
  };
  EXPECT_THAT(order(), ElementsAre("Bare Transport", "Full Transport"));
  std::vector<MAPIUID> uids;
  MAPIUID store{};
  for (const auto& row : providers_of(services_.get())) {
    const MAPIUID uid = uid_at(row, PR_PROVIDER_UID);
    long_at(row, PR_RESOURCE_TYPE) == MAPI_TRANSPORT_PROVIDER ? uids.push_back(uid) : void(store = uid);
  }
  ASSERT_EQ(uids.size(), 2u);
  EXPECT_EQ(services_->MsgServiceTransportOrder(1, uids.data(), 0), MAPI_E_BUSY);
  EXPECT_EQ(services_->MsgServiceTransportOrder(0xFFFFFFFF, uids.data(), 0), MAPI_E_BUSY);
  EXPECT_EQ(services_->MsgServiceTransportOrder(2, nullptr, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(services_->MsgServiceTransportOrder(2, uids.data(), 1), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(services_->MsgServiceTransportOrder(2, uids.data(), 0), S_OK);
  EXPECT_THAT(order(), ElementsAre("Full Transport", "Bare Transport"));
  std::swap(uids[0], store);
  EXPECT_EQ(services_->MsgServiceTransportOrder(2, uids.data(), 0), MAPI_E_NOT_FOUND);
}

// spec: LC-516 LC-517 LC-518 IMsgServiceAdmin::SetPrimaryIdentity
TEST_F(ServiceAdminTest, OneServiceSuppliesTheIdentity) {
  MAPIUID full = add(services_.get(), "FULL"), bare = add(services_.get(), "BARE");
  MAPIUID single = add(services_.get(), "SINGLE"), nobody{};
  const auto flags = [&](const char* name) {
    for (const auto& row : services_of(services_.get())) {
      if (text_at(row, PR_SERVICE_NAME) == name) return long_at(row, PR_RESOURCE_FLAGS);
    }
    return LONG{-1};
  };
  EXPECT_EQ(services_->SetPrimaryIdentity(&single, 0), MAPI_E_NO_ACCESS);
  EXPECT_EQ(services_->SetPrimaryIdentity(&nobody, 0), MAPI_E_NOT_FOUND);
  EXPECT_EQ(services_->SetPrimaryIdentity(&full, 1), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(services_->SetPrimaryIdentity(&full, 0), S_OK);
  EXPECT_EQ(flags("FULL"), SERVICE_PRIMARY_IDENTITY);
  EXPECT_EQ(flags("BARE"), SERVICE_NO_PRIMARY_IDENTITY);
  for (const auto& row : providers_of(services_.get())) {
    const bool primary = (long_at(row, PR_RESOURCE_FLAGS) & STATUS_PRIMARY_IDENTITY) != 0;
    EXPECT_EQ(primary, text_at(row, PR_SERVICE_NAME) == "FULL");
  }
  EXPECT_EQ(services_->SetPrimaryIdentity(&bare, 0), S_OK);
  EXPECT_EQ(flags("BARE"), SERVICE_PRIMARY_IDENTITY);
  EXPECT_EQ(services_->SetPrimaryIdentity(nullptr, 0), S_OK);
  EXPECT_EQ(flags("FULL"), 0);
}

// spec: LC-519 LC-520 LC-521 IMsgServiceAdmin::GetMsgServiceTable
TEST_F(ServiceAdminTest, TheServiceTableIsStaticAndSorted) {
  com::Ref<IMAPITable> empty, table;
  ASSERT_EQ(services_->GetMsgServiceTable(0, empty.put()), S_OK);
  const MAPIUID uid = add(services_.get(), "FULL");
  add(services_.get(), "BARE");
  EXPECT_THAT(rows_of(empty.get()), IsEmpty());
  ASSERT_EQ(services_->GetMsgServiceTable(MAPI_UNICODE, table.put()), S_OK);
  const Rows rows = rows_of(table.get());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].size(), 8u);
  EXPECT_EQ(text_at(rows[1], PR_DISPLAY_NAME), "Full Service");
  EXPECT_EQ(text_at(rows[1], PR_SERVICE_DLL_NAME), "recorder");
  EXPECT_EQ(text_at(rows[1], PR_SERVICE_ENTRY_NAME), "ServiceEntry");
  EXPECT_EQ(text_at(rows[1], PR_INSTANCE_KEY), text_at(rows[1], PR_SERVICE_UID));
  EXPECT_EQ(rows[1].find(model::PropTag(PR_SERVICE_SUPPORT_FILES_W))->value_count(), 2u);
  EXPECT_TRUE(is_missing(rows[0], PR_SERVICE_DLL_NAME));
  const MAPIUID listed = uid_at(rows[1], PR_SERVICE_UID);
  EXPECT_EQ(std::memcmp(&uid, &listed, sizeof uid), 0);
  LPSSortOrderSet order = nullptr;
  ASSERT_EQ(table->QuerySortOrder(&order), S_OK);
  ASSERT_EQ(order->cSorts, 1u);
  EXPECT_EQ(order->aSort[0].ulPropTag, PR_DISPLAY_NAME_W);
  (void)MAPIFreeBuffer(order);
  EXPECT_EQ(services_->GetMsgServiceTable(2, table.put()), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(services_->GetMsgServiceTable(0, nullptr), MAPI_E_INVALID_PARAMETER);
}

struct TableSink final : com::Object<IMAPIAdviseSink> {
  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION notices) override {
    for (ULONG i = 0; i < count; ++i) {
      const TABLE_NOTIFICATION& event = notices[i].info.tab;
      if (event.ulTableEvent != TABLE_ROW_ADDED) continue;
      const model::PropBag row = com::to_model_bag({event.row.lpProps, event.row.cValues}).value();
      added.push_back(text_at(row, PR_SERVICE_NAME));
    }
    return S_OK;
  }
  std::vector<std::string> added;
};

// The page adding-a-message-service finds a new service by the notification, LC-519 keeps it out of the rows.
TEST_F(ServiceAdminTest, SinksOfTheServiceTableHearOfNewServices) {
  com::Ref<IMAPITable> table, of_other_profile;
  const auto sink = com::make<TableSink>(), other = com::make<TableSink>();
  ULONG_PTR connection = 0;
  ASSERT_EQ(services_->GetMsgServiceTable(0, table.put()), S_OK);
  ASSERT_EQ(table->Advise(fnevTableModified, sink.get(), &connection), S_OK);
  ASSERT_EQ(services("q")->GetMsgServiceTable(0, of_other_profile.put()), S_OK);
  ASSERT_EQ(of_other_profile->Advise(fnevTableModified, other.get(), &connection), S_OK);
  MAPIUID uid = add(services_.get(), "FULL");
  EXPECT_EQ(services_->CreateMsgService(tstr("LOST"), nullptr, 0, 0), MAPI_E_NOT_INITIALIZED);
  EXPECT_EQ(services_->CopyMsgService(&uid, nullptr, nullptr, &IID_IMsgServiceAdmin, services_.get(), 0, 0), S_OK);
  com::Notifier::get().flush();
  EXPECT_THAT(sink->added, ElementsAre("FULL", "FULL"));
  EXPECT_THAT(other->added, IsEmpty());
  EXPECT_THAT(rows_of(table.get()), IsEmpty());
}

// spec: LC-522 LC-523 LC-524 IMsgServiceAdmin::GetProviderTable
TEST_F(ServiceAdminTest, TheProviderTableHasProvidersAlone) {
  com::Ref<IMAPITable> table;
  ASSERT_EQ(services_->GetProviderTable(0, table.put()), S_OK);
  EXPECT_THAT(rows_of(table.get()), IsEmpty());
  add(services_.get(), "FULL");
  EXPECT_THAT(rows_of(table.get()), IsEmpty());
  const Rows rows = providers_of(services_.get(), MAPI_UNICODE);
  ASSERT_EQ(rows.size(), 2u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].size(), 10u);
    EXPECT_EQ(long_at(rows[i], PR_PROVIDER_ORDINAL), static_cast<LONG>(i));
    EXPECT_EQ(text_at(rows[i], PR_SERVICE_NAME), "FULL");
    EXPECT_EQ(text_at(rows[i], PR_PROVIDER_DLL_NAME), "full");
  }
  EXPECT_EQ(text_at(rows[0], PR_PROVIDER_DISPLAY), "Full Store Provider");
  EXPECT_EQ(long_at(rows[0], PR_RESOURCE_TYPE), MAPI_STORE_PROVIDER);
  EXPECT_EQ(services_->GetProviderTable(4, table.put()), MAPI_E_UNKNOWN_FLAGS);
}

// What setup programs send: no profile, no provider administration, and the function's own answer.
// spec: LC-545
TEST_F(ServiceAdminTest, AnswersToInstallationAndRemovalGoThrough) {
  FakeEntry::behaviour() = [](const Seen& seen) {
    return seen.context == MSG_SERVICE_UNINSTALL ? MAPI_E_USER_CANCEL : S_OK;
  };
  EntryCall call;
  call.context = MSG_SERVICE_INSTALL;
  auto answer = invoke_entry(&FakeEntry::entry, call, std::chrono::seconds(20));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->hr, S_OK);
  call.context = MSG_SERVICE_UNINSTALL;
  call.flags = SERVICE_UI_ALLOWED;
  answer = invoke_entry(&FakeEntry::entry, call, std::chrono::seconds(20));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->hr, MAPI_E_USER_CANCEL);
  EXPECT_THAT(FakeEntry::contexts(), ElementsAre(MSG_SERVICE_INSTALL, MSG_SERVICE_UNINSTALL));
  EXPECT_EQ(FakeEntry::log()[0].providers, nullptr);
}

}  // namespace
}  // namespace mapiary::session::admin::testing
