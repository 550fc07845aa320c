// SPDX-License-Identifier: Apache-2.0
// Which slot works for which kind of caller. Page: imapisupportiunknown.
#include "session/support/slot_table.h"

#include <gtest/gtest.h>
#include <mapicode.h>

#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "session/support/testing/fake_host.h"

namespace mapiary::session {
namespace {

using testing::Support;

constexpr SupportKind kKinds[] = {SupportKind::kAddressBook, SupportKind::kMessageStore, SupportKind::kTransport,
                                  SupportKind::kMessageService};

// Every slot called with nothing: MAPI_E_NO_SUPPORT where it does not apply, anything else where it does.
std::map<std::string, HRESULT> call_first(IMAPISupport* s) {
  return {
      {"GetLastError", s->GetLastError(0, 0, nullptr)},
      {"GetMemAllocRoutines", s->GetMemAllocRoutines(nullptr, nullptr, nullptr)},
      {"Subscribe", s->Subscribe(nullptr, 0, 0, nullptr, nullptr)},
      {"Unsubscribe", s->Unsubscribe(0)},
      {"Notify", s->Notify(nullptr, 0, nullptr, nullptr)},
      {"ModifyStatusRow", s->ModifyStatusRow(1, nullptr, 0)},
      {"OpenProfileSection", s->OpenProfileSection(nullptr, 0, nullptr)},
      {"RegisterPreprocessor", s->RegisterPreprocessor(nullptr, nullptr, nullptr, nullptr, nullptr, 0)},
      {"NewUID", s->NewUID(nullptr)},
      {"MakeInvalid", s->MakeInvalid(0, nullptr, 0, 0)},
      {"SpoolerYield", s->SpoolerYield(1)},
      {"SpoolerNotify", s->SpoolerNotify(0, nullptr)},
      {"CreateOneOff", s->CreateOneOff(nullptr, nullptr, nullptr, 0, nullptr, nullptr)},
      {"SetProviderUID", s->SetProviderUID(nullptr, 0)},
      {"CompareEntryIDs", s->CompareEntryIDs(0, nullptr, 0, nullptr, 0, nullptr)},
      {"OpenTemplateID", s->OpenTemplateID(0, nullptr, 0, nullptr, nullptr, nullptr, nullptr)},
      {"OpenEntry", s->OpenEntry(0, nullptr, nullptr, 0, nullptr, nullptr)},
      {"GetOneOffTable", s->GetOneOffTable(0, nullptr)},
      {"Address", s->Address(nullptr, nullptr, nullptr)},
      {"Details", s->Details(nullptr, nullptr, nullptr, 0, nullptr, nullptr, nullptr, nullptr, 0)},
      {"NewEntry", s->NewEntry(0, 1, 0, nullptr, 0, nullptr, nullptr, nullptr)},
      {"DoConfigPropsheet", s->DoConfigPropsheet(0, 0, nullptr, nullptr, nullptr, 0)},
      {"CopyMessages", s->CopyMessages(nullptr, nullptr, nullptr, nullptr, nullptr, 0, nullptr, 0)},
      {"CopyFolder", s->CopyFolder(nullptr, nullptr, 0, nullptr, nullptr, nullptr, nullptr, 0, nullptr, 0)},
  };
}

std::map<std::string, HRESULT> call_last(IMAPISupport* s) {
  return {
      {"DoCopyTo", s->DoCopyTo(nullptr, nullptr, 0, nullptr, nullptr, 0, nullptr, nullptr, nullptr, 0, nullptr)},
      {"DoCopyProps", s->DoCopyProps(nullptr, nullptr, nullptr, 0, nullptr, nullptr, nullptr, 0, nullptr)},
      {"DoProgressDialog", s->DoProgressDialog(0, 0, nullptr)},
      {"ReadReceipt", s->ReadReceipt(0, nullptr, nullptr)},
      {"PrepareSubmit", s->PrepareSubmit(nullptr, nullptr)},
      {"ExpandRecips", s->ExpandRecips(nullptr, nullptr)},
      {"UpdatePAB", s->UpdatePAB(0, nullptr)},
      {"DoSentMail", s->DoSentMail(0, nullptr)},
      {"OpenAddressBook", s->OpenAddressBook(nullptr, 0, nullptr)},
      {"Preprocess", s->Preprocess(0, 0, nullptr)},
      {"CompleteMsg", s->CompleteMsg(0, 0, nullptr)},
      {"StoreLogoffTransports", s->StoreLogoffTransports(nullptr)},
      {"StatusRecips", s->StatusRecips(nullptr, nullptr)},
      {"WrapStoreEntryID", s->WrapStoreEntryID(0, nullptr, nullptr, nullptr)},
      {"ModifyProfile", s->ModifyProfile(1)},
      {"IStorageFromStream", s->IStorageFromStream(nullptr, nullptr, 0, nullptr)},
      {"GetSvcConfigSupportObj", s->GetSvcConfigSupportObj(0, nullptr)},
  };
}

std::map<std::string, HRESULT> call_all(IMAPISupport* s) {
  auto all = call_first(s);
  all.merge(call_last(s));
  return all;
}

using Names = std::set<std::string>;

Names words(const char* text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

// The page's lists, word for word.
Names documented(SupportKind kind) {
  switch (kind) {
    case SupportKind::kAddressBook:
      return words(
          "Address CompareEntryIDs CreateOneOff Details DoConfigPropsheet DoProgressDialog GetLastError "
          "GetMemAllocRoutines GetOneOffTable IStorageFromStream GetSvcConfigSupportObj MakeInvalid ModifyStatusRow "
          "NewEntry NewUID Notify OpenAddressBook OpenEntry OpenProfileSection OpenTemplateID SetProviderUID Subscribe "
          "Unsubscribe WrapStoreEntryID");
    case SupportKind::kMessageStore:
      return words(
          "CompareEntryIDs CompleteMsg CopyFolder CopyMessages CreateOneOff DoCopyProps DoCopyTo DoConfigPropsheet "
          "DoProgressDialog DoSentMail ExpandRecips GetLastError GetMemAllocRoutines GetSvcConfigSupportObj "
          "MakeInvalid IStorageFromStream ModifyProfile ModifyStatusRow NewUID Notify OpenAddressBook OpenEntry "
          "OpenProfileSection PrepareSubmit ReadReceipt SetProviderUID SpoolerNotify StoreLogoffTransports Subscribe "
          "Unsubscribe WrapStoreEntryID");
    case SupportKind::kTransport:
      return words(
          "DoConfigPropsheet CompareEntryIDs CreateOneOff GetMemAllocRoutines GetSvcConfigSupportObj GetLastError "
          "IStorageFromStream MakeInvalid ModifyStatusRow OpenAddressBook RegisterPreprocessor NewUID Notify "
          "OpenProfileSection OpenEntry StatusRecips SpoolerNotify SpoolerYield WrapStoreEntryID Subscribe "
          "Unsubscribe");
    case SupportKind::kMessageService:
      break;
  }
  return words(
      "DoConfigPropsheet GetLastError GetMemAllocRoutines GetSvcConfigSupportObj MakeInvalid NewUID "
      "OpenProfileSection");
}

// spec: LC-139 LC-347 LC-348 LC-349 LC-350 LC-351 LC-356 LC-569
TEST(SupportSlots, WorkForWhomThePageSays) {
  EXPECT_EQ(documented(SupportKind::kMessageStore).size(), 31u);
  for (const SupportKind kind : kKinds) {
    const Support support(kind);
    Names expected = documented(kind);
    // In the header, not on the page.
    if (kind == SupportKind::kMessageStore) expected.insert({"UpdatePAB", "Preprocess"});
    const auto answers = call_all(support.object.get());
    EXPECT_EQ(answers.size(), kSlotCount);
    for (const auto& [name, hr] : answers) {
      EXPECT_EQ(hr != MAPI_E_NO_SUPPORT, expected.contains(name)) << kind_name(kind) << ": " << name;
      EXPECT_TRUE(FAILED(hr)) << name << " succeeded with nothing to work on";
    }
  }
}

TEST(SupportSlots, TableAndNamesAgree) {
  for (const SupportKind kind : kKinds) {
    Names expected = documented(kind);
    if (kind == SupportKind::kMessageStore) expected.insert({"UpdatePAB", "Preprocess"});
    for (std::size_t i = 0; i < kSlotCount; ++i) {
      const auto slot = static_cast<Slot>(i);
      EXPECT_EQ(works_for(kind, slot), expected.contains(std::string(slot_name(slot)))) << slot_name(slot);
    }
  }
}

}  // namespace
}  // namespace mapiary::session
