// SPDX-License-Identifier: Apache-2.0
// The life of the object, and the slots that need little. Pages: imapisupport-*.
#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <set>

#include "com/text.h"
#include "session/support/testing/fake_host.h"

namespace mapiary::session {
namespace {

using testing::as_entry;
using testing::entry_id;
using testing::FakeHost;
using testing::Support;

TEST(SupportLife, InterfacesAndSession) {
  const Support support(SupportKind::kMessageStore);
  com::Ref<IMAPIGetSession> get;
  ASSERT_EQ(support->QueryInterface(IID_IMAPIGetSession, reinterpret_cast<void**>(get.put())), S_OK);
  com::Ref<IMAPISupport> again;
  ASSERT_EQ(get->QueryInterface(IID_IMAPISup, reinterpret_cast<void**>(again.put())), S_OK);
  EXPECT_EQ(again.get(), support.object.get());
  LPUNKNOWN session = nullptr;
  EXPECT_EQ(get->GetMAPISession(nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(get->GetMAPISession(&session), MAPI_E_NOT_FOUND);
  const auto sink = com::make<testing::Sink>();
  support.host->the_session = sink;
  ASSERT_EQ(get->GetMAPISession(&session), S_OK);
  EXPECT_EQ(session, static_cast<IUnknown*>(sink.get()));
  session->Release();
}

// The hook runs once, however the provider counts inside it.
// spec: LC-110 R2
TEST(SupportLife, LastReleaseTellsTheHostOnce) {
  auto host = std::make_shared<FakeHost>();
  IMAPISupport* object = make_support_object(host, testing::seat_of(SupportKind::kMessageStore)).detach();
  EXPECT_EQ(object->AddRef(), 2u);
  EXPECT_EQ(object->Release(), 1u);
  EXPECT_EQ(host->released, 0);
  host->on_release = [&] {
    // A provider's Logoff: it still uses its support object, and drops references it does not have any more.
    MAPIUID uid;
    EXPECT_EQ(object->NewUID(&uid), S_OK);
    object->AddRef();
    object->Release();
    object->Release();
  };
  EXPECT_EQ(object->Release(), 0u);
  EXPECT_EQ(host->released, 1);
  EXPECT_EQ(host->released_logon, 7u);
  EXPECT_EQ(host.use_count(), 1) << "the object is gone";
}

TEST(SupportLife, ReferenceTakenInTheHookKeepsTheObject) {
  auto host = std::make_shared<FakeHost>();
  IMAPISupport* object = make_support_object(host, testing::seat_of(SupportKind::kMessageStore)).detach();
  host->on_release = [&] { object->AddRef(); };
  EXPECT_EQ(object->Release(), 1u);
  host->on_release = nullptr;
  MAPIUID uid;
  EXPECT_EQ(object->NewUID(&uid), S_OK);
  EXPECT_EQ(object->Release(), 0u);
  EXPECT_EQ(host->released, 1);
  EXPECT_EQ(host.use_count(), 1);
}

TEST(SupportLife, ThrowingHookIsContained) {
  auto host = std::make_shared<FakeHost>();
  IMAPISupport* object = make_support_object(host, testing::seat_of(SupportKind::kTransport)).detach();
  host->on_release = [] { throw std::runtime_error("provider"); };
  EXPECT_EQ(object->Release(), 0u);
  EXPECT_EQ(host->released, 1);
}

// spec: LC-354 LC-406 IMAPISupport::GetSvcConfigSupportObj
TEST(SupportLife, ServiceSupportObject) {
  const Support support(SupportKind::kMessageStore);
  LPMAPISUP service = nullptr;
  EXPECT_EQ(support->GetSvcConfigSupportObj(1, &service), MAPI_E_UNKNOWN_FLAGS);
  ASSERT_EQ(support->GetSvcConfigSupportObj(0, &service), S_OK);
  EXPECT_EQ(service->SpoolerNotify(NOTIFY_READYTOSEND, nullptr), MAPI_E_NO_SUPPORT);
  EXPECT_EQ(service->Release(), 0u);
  EXPECT_EQ(support.host->released_logon, 0u) << "no logoff of the store";
}

// spec: LC-411 IMAPISupport::GetLastError
TEST(SupportErrors, GetLastErrorTellsTheSlot) {
  const Support support(SupportKind::kMessageService);
  LPMAPIERROR error = reinterpret_cast<LPMAPIERROR>(1);
  EXPECT_EQ(support->GetLastError(MAPI_E_NO_SUPPORT, MAPI_UNICODE, &error), S_OK);
  EXPECT_EQ(error, nullptr);
  ASSERT_EQ(support->SpoolerYield(0), MAPI_E_NO_SUPPORT);
  ASSERT_EQ(support->GetLastError(MAPI_E_NO_SUPPORT, MAPI_UNICODE, &error), S_OK);
  ASSERT_NE(error, nullptr);
  EXPECT_NE(com::from_tstr(error->lpszError, true).find("SpoolerYield"), std::string::npos);
  MAPIFreeBuffer(error);
  EXPECT_EQ(support->GetLastError(MAPI_E_NO_SUPPORT, 1, &error), MAPI_E_UNKNOWN_FLAGS);
}

SCODE STDAPICALLTYPE other_allocate(ULONG size, LPVOID* out) {
  return MAPIAllocateBuffer(size, out);
}

// spec: LC-381 IMAPISupport::GetMemAllocRoutines
TEST(SupportSmall, MemoryRoutinesAreThoseOfTheLogon) {
  SupportSeat seat = testing::seat_of(SupportKind::kMessageStore);
  seat.routines.allocate = other_allocate;
  const auto support = make_support_object(std::make_shared<FakeHost>(), seat);
  LPALLOCATEBUFFER allocate = nullptr;
  LPALLOCATEMORE more = nullptr;
  LPFREEBUFFER release = nullptr;
  ASSERT_EQ(support->GetMemAllocRoutines(&allocate, &more, &release), S_OK);
  EXPECT_EQ(allocate, &other_allocate);
  EXPECT_EQ(more, &MAPIAllocateMore);
  EXPECT_EQ(release, &MAPIFreeBuffer);
  EXPECT_EQ(support->GetMemAllocRoutines(&allocate, nullptr, &release), MAPI_E_INVALID_PARAMETER);
}

// spec: LC-379 LC-380 IMAPISupport::NewUID
TEST(SupportSmall, NewUidIsNew) {
  const Support support(SupportKind::kTransport);
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    MAPIUID uid;
    ASSERT_EQ(support->NewUID(&uid), S_OK);
    EXPECT_TRUE(seen.emplace(reinterpret_cast<const char*>(uid.ab), sizeof uid.ab).second);
  }
}

// spec: LC-358 LC-359 LC-364 IMAPISupport::SetProviderUID
TEST(SupportEntries, ProviderUidsAddUp) {
  const Support support(SupportKind::kMessageStore);
  MAPIUID uid{};
  EXPECT_EQ(support->SetProviderUID(&uid, 1), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(support->SetProviderUID(&uid, 0), S_OK);
  EXPECT_EQ(support->SetProviderUID(&uid, 0), S_OK);
  EXPECT_EQ(support.host->uids.size(), 2u);
}

// spec: LC-407 LC-408 LC-409 IMAPISupport::CompareEntryIDs IMAPISupport::OpenEntry
TEST(SupportEntries, RoutedThroughTheSession) {
  const Support support(SupportKind::kMessageStore);
  std::string a = entry_id("one"), b = entry_id("two");
  const auto size = static_cast<ULONG>(a.size());
  ULONG result = 9, type = 9;
  LPUNKNOWN out = nullptr;
  EXPECT_EQ(support->CompareEntryIDs(size, as_entry(a), size, as_entry(a), 0, &result), S_OK);
  EXPECT_EQ(result, ULONG{TRUE});
  EXPECT_EQ(support->CompareEntryIDs(size, as_entry(a), size, as_entry(b), 0, &result), S_OK);
  EXPECT_EQ(result, ULONG{FALSE});
  EXPECT_EQ(support->CompareEntryIDs(size, as_entry(a), size, as_entry(b), 1, &result), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(support->CompareEntryIDs(3, as_entry(a), size, as_entry(b), 0, &result), MAPI_E_UNKNOWN_ENTRYID);
  EXPECT_EQ(support->CompareEntryIDs(size, nullptr, size, as_entry(b), 0, &result), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->OpenEntry(size, as_entry(a), nullptr, MAPI_BEST_ACCESS, &type, &out), MAPI_E_UNKNOWN_ENTRYID);
  EXPECT_EQ(support->OpenEntry(size, as_entry(a), nullptr, 0x40000000, &type, &out), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(support->OpenEntry(7, as_entry(a), nullptr, 0, &type, &out), MAPI_E_UNKNOWN_ENTRYID);
  support.host->opens = [](const model::EntryId& id) -> Result<OpenedObject> {
    if (id.body() != "one") return fail(Code::kNotFound, "test", "no such object");
    return OpenedObject{com::make<testing::Sink>(), MAPI_FOLDER};
  };
  EXPECT_EQ(support->OpenEntry(size, as_entry(b), nullptr, 0, &type, &out), MAPI_E_NOT_FOUND);
  ASSERT_EQ(support->OpenEntry(size, as_entry(a), nullptr, MAPI_MODIFY, &type, &out), S_OK);
  EXPECT_EQ(type, ULONG{MAPI_FOLDER});
  out->Release();
}

std::string make_one_off(const Support& support, const char* type, const char* address, ULONG flags = 0) {
  ULONG size = 0;
  LPENTRYID id = nullptr;
  char name[] = "Ann";
  const HRESULT hr =
      support->CreateOneOff(reinterpret_cast<LPTSTR>(name), reinterpret_cast<LPTSTR>(const_cast<char*>(type)),
                            reinterpret_cast<LPTSTR>(const_cast<char*>(address)), flags, &size, &id);
  EXPECT_EQ(hr, S_OK);
  std::string bytes = hr == S_OK ? std::string(reinterpret_cast<const char*>(id), size) : std::string();
  MAPIFreeBuffer(id);
  return bytes;
}

// spec: IMAPISupport::CreateOneOff
TEST(SupportEntries, OneOffs) {
  const Support support(SupportKind::kTransport);
  std::string smtp = make_one_off(support, "SMTP", "ann@example.com");
  const auto parsed = model::parse_one_off(*model::EntryId::parse(smtp), 1252);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->display_name, "Ann");
  EXPECT_EQ(parsed->address, "ann@example.com");
  EXPECT_TRUE(parsed->flags & model::OneOff::kNoRichInfo) << "an Internet address";
  std::string fax = make_one_off(support, "FAX", "123");
  EXPECT_FALSE(model::parse_one_off(*model::EntryId::parse(fax), 1252)->flags & model::OneOff::kNoRichInfo);
  // One address is one recipient; no provider is asked.
  std::string other = make_one_off(support, "smtp", "Ann@Example.com");
  ULONG result = 0;
  EXPECT_EQ(support->CompareEntryIDs(static_cast<ULONG>(smtp.size()), as_entry(smtp), static_cast<ULONG>(other.size()),
                                     as_entry(other), 0, &result),
            S_OK);
  EXPECT_EQ(result, ULONG{TRUE});
  EXPECT_EQ(support.host->calls, "");
  ULONG size = 9;
  LPENTRYID id = reinterpret_cast<LPENTRYID>(1);
  char text[] = "x";
  auto* t = reinterpret_cast<LPTSTR>(text);
  EXPECT_EQ(support->CreateOneOff(nullptr, nullptr, t, 0, &size, &id), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(id, nullptr);
  EXPECT_EQ(support->CreateOneOff(nullptr, t, nullptr, 0, &size, &id), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->CreateOneOff(nullptr, t, t, 2, &size, &id), MAPI_E_UNKNOWN_FLAGS);
  ASSERT_EQ(support->CreateOneOff(nullptr, t, t, MAPI_SEND_NO_RICH_INFO, &size, &id), S_OK);
  MAPIFreeBuffer(id);
}

// spec: LC-393 LC-394 LC-395 IMAPISupport::WrapStoreEntryID
TEST(SupportEntries, WrappedStoreIdNamesTheLibrary) {
  const Support support(SupportKind::kMessageStore);
  std::string own = entry_id("store");
  ULONG size = 0;
  LPENTRYID id = nullptr;
  ASSERT_EQ(support->WrapStoreEntryID(static_cast<ULONG>(own.size()), as_entry(own), &size, &id), S_OK);
  const auto unwrapped =
      model::unwrap_store_entry_id(*model::EntryId::parse({reinterpret_cast<const char*>(id), size}));
  MAPIFreeBuffer(id);
  ASSERT_TRUE(unwrapped);
  EXPECT_EQ(unwrapped->entry_id, own);
  EXPECT_EQ(unwrapped->dll_name, "sample.dll");
  EXPECT_EQ(support->WrapStoreEntryID(2, as_entry(own), &size, &id), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->WrapStoreEntryID(20, nullptr, &size, &id), MAPI_E_INVALID_PARAMETER);
}

// spec: LC-365 IMAPISupport::ModifyStatusRow
TEST(SupportProfile, StatusRow) {
  const Support support(SupportKind::kTransport);
  SPropValue value{};
  value.ulPropTag = PR_STATUS_CODE;
  EXPECT_EQ(support->ModifyStatusRow(1, &value, 0), S_OK);
  EXPECT_EQ(support->ModifyStatusRow(1, &value, STATUSROW_UPDATE), S_OK);
  EXPECT_EQ(support->ModifyStatusRow(1, &value, 1), MAPI_E_UNKNOWN_FLAGS);
  value.ulPropTag = PR_DISPLAY_NAME_W;  // with a NULL pointer
  EXPECT_EQ(support->ModifyStatusRow(1, &value, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->ModifyStatusRow(0xFFFFFFFF, &value, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support.host->calls, "row 1;update 1;");
}

// spec: LC-368 LC-369 LC-370 LC-372 IMAPISupport::OpenProfileSection
TEST(SupportProfile, SectionOfTheCallerByDefault) {
  const Support support(SupportKind::kMessageService);
  LPPROFSECT section = nullptr;
  EXPECT_EQ(support->OpenProfileSection(nullptr, 0, &section), MAPI_E_NOT_FOUND);
  EXPECT_EQ(support.host->section_uid, testing::kUid);
  EXPECT_EQ(support.host->section_flags, 0u);
  MAPIUID uid{};
  EXPECT_EQ(support->OpenProfileSection(&uid, MAPI_MODIFY, &section), MAPI_E_NOT_FOUND);
  EXPECT_EQ(support.host->section_uid, Guid{});
  EXPECT_EQ(support.host->section_flags, MAPI_MODIFY);
  EXPECT_EQ(support->OpenProfileSection(&uid, 0x100, &section), MAPI_E_UNKNOWN_FLAGS);
}

// spec: LC-366 LC-367 IMAPISupport::ModifyProfile
TEST(SupportProfile, ModifyProfile) {
  const Support support(SupportKind::kMessageStore);
  EXPECT_EQ(support->ModifyProfile(MDB_TEMPORARY), S_OK);
  EXPECT_EQ(support.host->calls, "");
  EXPECT_EQ(support->ModifyProfile(0), S_OK);
  EXPECT_EQ(support.host->calls, "permanent;");
  EXPECT_EQ(support->ModifyProfile(MDB_WRITE), MAPI_E_UNKNOWN_FLAGS);
}

// spec: IMAPIProgress::GetFlags IMAPIProgress::GetMin IMAPIProgress::GetMax IMAPIProgress::Progress
// spec: IMAPIProgress::SetLimits IMAPISupport::DoProgressDialog LC-595
TEST(SupportProgress, LimitsAndFlags) {
  const Support support(SupportKind::kAddressBook);
  LPMAPIPROGRESS progress = nullptr;
  EXPECT_EQ(support->DoProgressDialog(0, 2, &progress), MAPI_E_UNKNOWN_FLAGS);
  ASSERT_EQ(support->DoProgressDialog(0, MAPI_TOP_LEVEL, &progress), S_OK);
  ULONG flags = 0, min = 0, max = 0;
  EXPECT_EQ(progress->GetFlags(&flags), S_OK);
  EXPECT_EQ(flags, ULONG{MAPI_TOP_LEVEL});
  EXPECT_EQ(progress->GetMin(&min), S_OK);
  EXPECT_EQ(progress->GetMax(&max), S_OK);
  EXPECT_EQ(min, 1u);
  EXPECT_EQ(max, 1000u);
  EXPECT_EQ(progress->Progress(500, 5, 10), S_OK);
  EXPECT_EQ(progress->Progress(500, 11, 10), MAPI_E_INVALID_PARAMETER);
  min = 200, max = 100;
  EXPECT_EQ(progress->SetLimits(&min, &max, nullptr), MAPI_E_INVALID_PARAMETER);
  flags = 8;
  EXPECT_EQ(progress->SetLimits(nullptr, nullptr, &flags), MAPI_E_UNKNOWN_FLAGS);
  max = 300, flags = 0;
  EXPECT_EQ(progress->SetLimits(&min, &max, &flags), S_OK);
  EXPECT_EQ(progress->GetMax(&max), S_OK);
  EXPECT_EQ(max, 300u);
  EXPECT_EQ(progress->GetMax(nullptr), MAPI_E_INVALID_PARAMETER);
  progress->Release();
}

// spec: LC-596 IMAPISupport::DoConfigPropsheet IMAPISupport::GetOneOffTable
TEST(SupportAddress, WithoutBookAndWindow) {
  const Support book(SupportKind::kAddressBook);
  LPMAPITABLE table = nullptr;
  EXPECT_EQ(book->GetOneOffTable(1, &table), MAPI_E_UNKNOWN_FLAGS);
  ASSERT_EQ(book->GetOneOffTable(MAPI_UNICODE, &table), S_OK);
  LPSPropTagArray columns = nullptr;
  ASSERT_EQ(table->QueryColumns(0, &columns), S_OK);
  std::set<ULONG> tags(columns->aulPropTag, columns->aulPropTag + columns->cValues);
  MAPIFreeBuffer(columns);
  for (const ULONG tag :
       {PR_ADDRTYPE_W, PR_DEPTH, PR_DISPLAY_NAME_W, PR_DISPLAY_TYPE, PR_ENTRYID, PR_INSTANCE_KEY, PR_SELECTABLE}) {
    EXPECT_TRUE(tags.contains(tag)) << tag;
  }
  ULONG rows = 9;
  EXPECT_EQ(table->GetRowCount(0, &rows), S_OK);
  EXPECT_EQ(rows, 0u);
  table->Release();
  std::string id = entry_id("template");
  EXPECT_EQ(book->DoConfigPropsheet(0, 1, nullptr, nullptr, nullptr, 0), MAPI_E_UNKNOWN_FLAGS);
  LPADRBOOK out = nullptr;
  EXPECT_EQ(book->OpenAddressBook(&IID_IMAPIProp, 0, &out), MAPI_E_INTERFACE_NOT_SUPPORTED);
  EXPECT_EQ(book->OpenAddressBook(nullptr, 1, &out), MAPI_E_UNKNOWN_FLAGS);
  ULONG_PTR ui = 0;
  EXPECT_EQ(book->Details(&ui, nullptr, nullptr, static_cast<ULONG>(id.size()), as_entry(id), nullptr, nullptr, nullptr,
                          DIALOG_MODAL | DIALOG_SDI),
            MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(book.host->calls, "");
}

}  // namespace
}  // namespace mapiary::session
