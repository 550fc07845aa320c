// SPDX-License-Identifier: Apache-2.0
#include "session/support/slot_table.h"

namespace mapiary::session {
namespace {

constexpr std::uint8_t kBook = 1, kStore = 2, kTransport = 4, kService = 8;
constexpr std::uint8_t kProviders = kBook | kStore | kTransport;
constexpr std::uint8_t kAll = kProviders | kService;

struct SlotRow {
  Slot slot;
  std::string_view name;
  std::uint8_t kinds;
};

constexpr SlotRow kSlotRows[kSlotCount] = {
    {Slot::kGetLastError, "GetLastError", kAll},
    {Slot::kGetMemAllocRoutines, "GetMemAllocRoutines", kAll},
    {Slot::kSubscribe, "Subscribe", kProviders},
    {Slot::kUnsubscribe, "Unsubscribe", kProviders},
    {Slot::kNotify, "Notify", kProviders},
    {Slot::kModifyStatusRow, "ModifyStatusRow", kProviders},
    {Slot::kOpenProfileSection, "OpenProfileSection", kAll},
    {Slot::kRegisterPreprocessor, "RegisterPreprocessor", kTransport},
    {Slot::kNewUID, "NewUID", kAll},
    {Slot::kMakeInvalid, "MakeInvalid", kAll},
    {Slot::kSpoolerYield, "SpoolerYield", kTransport},
    {Slot::kSpoolerNotify, "SpoolerNotify", kStore | kTransport},
    {Slot::kCreateOneOff, "CreateOneOff", kProviders},
    {Slot::kSetProviderUID, "SetProviderUID", kBook | kStore},
    {Slot::kCompareEntryIDs, "CompareEntryIDs", kProviders},
    {Slot::kOpenTemplateID, "OpenTemplateID", kBook},
    {Slot::kOpenEntry, "OpenEntry", kProviders},
    {Slot::kGetOneOffTable, "GetOneOffTable", kBook},
    {Slot::kAddress, "Address", kBook},
    {Slot::kDetails, "Details", kBook},
    {Slot::kNewEntry, "NewEntry", kBook},
    {Slot::kDoConfigPropsheet, "DoConfigPropsheet", kAll},
    {Slot::kCopyMessages, "CopyMessages", kStore},
    {Slot::kCopyFolder, "CopyFolder", kStore},
    {Slot::kDoCopyTo, "DoCopyTo", kStore},
    {Slot::kDoCopyProps, "DoCopyProps", kStore},
    {Slot::kDoProgressDialog, "DoProgressDialog", kBook | kStore},
    {Slot::kReadReceipt, "ReadReceipt", kStore},
    {Slot::kPrepareSubmit, "PrepareSubmit", kStore},
    {Slot::kExpandRecips, "ExpandRecips", kStore},
    // In the header only; like its neighbours it speaks of a message that a store submits.
    {Slot::kUpdatePAB, "UpdatePAB", kStore},
    {Slot::kDoSentMail, "DoSentMail", kStore},
    {Slot::kOpenAddressBook, "OpenAddressBook", kProviders},
    // In the header only, as UpdatePAB.
    {Slot::kPreprocess, "Preprocess", kStore},
    {Slot::kCompleteMsg, "CompleteMsg", kStore},
    {Slot::kStoreLogoffTransports, "StoreLogoffTransports", kStore},
    {Slot::kStatusRecips, "StatusRecips", kTransport},
    {Slot::kWrapStoreEntryID, "WrapStoreEntryID", kProviders},
    {Slot::kModifyProfile, "ModifyProfile", kStore},
    {Slot::kIStorageFromStream, "IStorageFromStream", kProviders},
    {Slot::kGetSvcConfigSupportObj, "GetSvcConfigSupportObj", kAll},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kSlotCount; ++i) {
    if (static_cast<std::size_t>(kSlotRows[i].slot) != i) return false;
  }
  return true;
}
static_assert(is_in_order(), "the table is indexed by slot");

constexpr std::uint8_t bit_of(SupportKind kind) {
  switch (kind) {
    case SupportKind::kAddressBook:
      return kBook;
    case SupportKind::kMessageStore:
      return kStore;
    case SupportKind::kTransport:
      return kTransport;
    case SupportKind::kMessageService:
      break;
  }
  return kService;
}

}  // namespace

bool works_for(SupportKind kind, Slot slot) {
  return (kSlotRows[static_cast<std::size_t>(slot)].kinds & bit_of(kind)) != 0;
}

std::string_view slot_name(Slot slot) {
  return kSlotRows[static_cast<std::size_t>(slot)].name;
}

std::string_view kind_name(SupportKind kind) {
  switch (kind) {
    case SupportKind::kAddressBook:
      return "address book provider";
    case SupportKind::kMessageStore:
      return "message store provider";
    case SupportKind::kTransport:
      return "transport provider";
    case SupportKind::kMessageService:
      break;
  }
  return "message service";
}

}  // namespace mapiary::session
