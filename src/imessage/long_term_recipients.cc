// SPDX-License-Identifier: Apache-2.0
#include "imessage/long_term_recipients.h"

#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>

#include "com/border.h"
#include "com/convert.h"
#include "com/ref.h"

namespace mapiary::imessage {
namespace {

bool is_short_term(const ADRENTRY& entry) {
  for (ULONG i = 0; entry.rgPropVals && i < entry.cValues; ++i) {
    const SPropValue& value = entry.rgPropVals[i];
    if (value.ulPropTag != PR_ENTRYID || value.Value.bin.cb < CbNewENTRYID(1) || !value.Value.bin.lpb) continue;
    return (reinterpret_cast<const ENTRYID*>(value.Value.bin.lpb)->abFlags[0] & MAPI_SHORTTERM) != 0;
  }
  return false;
}

std::vector<std::byte> new_list(ULONG count) {
  std::vector<std::byte> bytes(CbNewADRLIST(count));
  reinterpret_cast<ADRLIST*>(bytes.data())->cEntries = count;
  return bytes;
}

}  // namespace

LongTermRecipients::~LongTermRecipients() {
  if (asked_.empty()) return;
  const auto* list = reinterpret_cast<const ADRLIST*>(asked_.data());
  for (ULONG i = 0; i < list->cEntries; ++i) (void)MAPIFreeBuffer(list->aEntries[i].rgPropVals);
}

LPADRLIST LongTermRecipients::convert(IMAPISupport* support, LPADRLIST given) noexcept {
  if (!support) return given;
  LPADRLIST result = given;
  (void)com::border([&]() -> Status {
    std::vector<ULONG> which;
    for (ULONG i = 0; i < given->cEntries; ++i) {
      if (is_short_term(given->aEntries[i])) which.push_back(i);
    }
    if (which.empty()) return {};
    changed_ = new_list(given->cEntries);
    std::copy_n(given->aEntries, given->cEntries, changed()->aEntries);
    TRY(prepare(*support, which));
    result = changed();
    return {};
  });
  return result;
}

// Only those with short-term ids are shown to the address book: it may exchange each entry's values.
Status LongTermRecipients::prepare(IMAPISupport& support, const std::vector<ULONG>& which) {
  com::Ref<IAddrBook> book;
  if (FAILED(support.OpenAddressBook(nullptr, 0, book.put())) || !book) return {};
  asked_ = new_list(static_cast<ULONG>(which.size()));
  auto* list = reinterpret_cast<ADRLIST*>(asked_.data());
  for (std::size_t i = 0; i < which.size(); ++i) {
    const ADRENTRY& from = changed()->aEntries[which[i]];
    std::vector<model::PropValue> values;
    for (ULONG j = 0; j < from.cValues; ++j) values.push_back(TRY(com::to_model(from.rgPropVals[j])));
    const LPSPropValue copies = TRY(com::to_border(values));
    list->aEntries[i] = {0, from.cValues, copies};
  }
  if (FAILED(book->PrepareRecips(0, nullptr, list))) return {};
  for (std::size_t i = 0; i < which.size(); ++i) changed()->aEntries[which[i]] = list->aEntries[i];
  return {};
}

}  // namespace mapiary::imessage
