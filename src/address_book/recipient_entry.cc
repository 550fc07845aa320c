// SPDX-License-Identifier: Apache-2.0
#include "address_book/recipient_entry.h"

#include <mapitags.h>

#include <algorithm>

#include "com/convert.h"
#include "com/text.h"

namespace mapiary::address_book {

const SPropValue* find_value(const ADRENTRY& entry, ULONG tag) {
  for (ULONG i = 0; entry.rgPropVals && i < entry.cValues; ++i) {
    const SPropValue& value = entry.rgPropVals[i];
    if (PROP_ID(value.ulPropTag) == PROP_ID(tag) && PROP_TYPE(value.ulPropTag) != PT_ERROR) return &value;
  }
  return nullptr;
}

bool is_resolved(const ADRENTRY& entry) {
  const SPropValue* id = find_value(entry, PR_ENTRYID);
  return id && id->ulPropTag == PR_ENTRYID && id->Value.bin.cb != 0;
}

std::string name_of(const ADRENTRY& entry) {
  const SPropValue* name = find_value(entry, PR_DISPLAY_NAME_W);
  if (!name) return {};
  const bool unicode = PROP_TYPE(name->ulPropTag) == PT_UNICODE;
  if (!unicode && PROP_TYPE(name->ulPropTag) != PT_STRING8) return {};
  return com::from_tstr(unicode ? static_cast<const void*>(name->Value.lpszW) : name->Value.lpszA, unicode);
}

Status replace_values(ADRENTRY& entry, std::vector<model::PropValue> first, bool unicode) {
  // PR_7BIT_DISPLAY_NAME is always narrow.
  for (model::PropValue& value : first) {
    const bool wide = unicode && value.tag().id() != PROP_ID(PR_7BIT_DISPLAY_NAME);
    value = com::with_text_type(value, wide ? model::PropType::kUnicode : model::PropType::kString8);
  }
  for (ULONG i = 0; entry.rgPropVals && i < entry.cValues; ++i) {
    const auto id = PROP_ID(entry.rgPropVals[i].ulPropTag);
    const bool is_there =
        std::any_of(first.begin(), first.end(), [&](const auto& value) { return value.tag().id() == id; });
    if (!is_there) first.push_back(TRY(com::to_model(entry.rgPropVals[i])));
  }
  LPSPropValue values = TRY(com::to_border(first));
  MAPIFreeBuffer(entry.rgPropVals);
  entry.rgPropVals = values;
  entry.cValues = static_cast<ULONG>(first.size());
  return {};
}

}  // namespace mapiary::address_book
