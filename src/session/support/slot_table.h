// SPDX-License-Identifier: Apache-2.0
// Which methods of IMAPISupport work for which kind of caller: one table, from the page. The slots stand in the order
// of the public header, which has two that the page does not know (UpdatePAB, Preprocess; ruling R14). Page:
// imapisupportiunknown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "session/support/support_host.h"

namespace mapiary::session {

enum class Slot : std::uint8_t {
  kGetLastError,
  kGetMemAllocRoutines,
  kSubscribe,
  kUnsubscribe,
  kNotify,
  kModifyStatusRow,
  kOpenProfileSection,
  kRegisterPreprocessor,
  kNewUID,
  kMakeInvalid,
  kSpoolerYield,
  kSpoolerNotify,
  kCreateOneOff,
  kSetProviderUID,
  kCompareEntryIDs,
  kOpenTemplateID,
  kOpenEntry,
  kGetOneOffTable,
  kAddress,
  kDetails,
  kNewEntry,
  kDoConfigPropsheet,
  kCopyMessages,
  kCopyFolder,
  kDoCopyTo,
  kDoCopyProps,
  kDoProgressDialog,
  kReadReceipt,
  kPrepareSubmit,
  kExpandRecips,
  kUpdatePAB,
  kDoSentMail,
  kOpenAddressBook,
  kPreprocess,
  kCompleteMsg,
  kStoreLogoffTransports,
  kStatusRecips,
  kWrapStoreEntryID,
  kModifyProfile,
  kIStorageFromStream,
  kGetSvcConfigSupportObj,
};
inline constexpr std::size_t kSlotCount = 41;

bool works_for(SupportKind kind, Slot slot);
// "SetProviderUID"
std::string_view slot_name(Slot slot);
// "message store"
std::string_view kind_name(SupportKind kind);

}  // namespace mapiary::session
