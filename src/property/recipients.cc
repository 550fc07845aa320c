// SPDX-License-Identifier: Apache-2.0
#include "property/recipients.h"

#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>
#include <optional>

#include "com/convert.h"

namespace mapiary::property {

using model::PropBag;
using model::PropTag;
using model::PropValue;

namespace {

struct Entry {
  PropBag props;
  std::optional<std::uint32_t> row;
};

Result<Entry> read_entry(const ADRENTRY& from, ULONG index, bool with_props, std::uint32_t code_page) {
  if (from.cValues && !from.rgPropVals) {
    return fail(Code::kInvalidArgument, "property", "a recipient is a NULL pointer", index);
  }
  Entry entry;
  for (ULONG i = 0; i < from.cValues; ++i) {
    const SPropValue& value = from.rgPropVals[i];
    const ULONG type = PROP_TYPE(value.ulPropTag);
    if (type == PT_NULL) return fail(Code::kInvalidArgument, "property", "a recipient has a PT_NULL property", index);
    if (type == PT_ERROR) continue;
    if (value.ulPropTag == PR_ROWID) {
      entry.row = static_cast<std::uint32_t>(value.Value.l);
    } else if (with_props && type != PT_OBJECT) {
      entry.props.set(TRY(com::to_model(value, code_page)));
    }
  }
  return entry;
}

Result<std::vector<Entry>> read_entries(const ADRLIST& mods, bool with_row, bool with_props, std::uint32_t code_page) {
  std::vector<Entry> entries;
  for (ULONG i = 0; i < mods.cEntries; ++i) {
    Entry entry = TRY(read_entry(mods.aEntries[i], i, with_props, code_page));
    if (mods.aEntries[i].cValues == 0 && !with_row) continue;  // a NULL recipient says nothing
    if (entry.row.has_value() != with_row) {
      return fail(Code::kInvalidArgument, "property",
                  with_row ? "a recipient has no PR_ROWID" : "a new recipient has a PR_ROWID", i);
    }
    if (with_props && !entry.props.find(PropTag(PR_RECIPIENT_TYPE))) {
      entry.props.set(PropValue::int32(PropTag(PR_RECIPIENT_TYPE), MAPI_TO));
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

bool has_row(const PropBag& recipient, std::uint32_t row) {
  const PropValue* value = recipient.find(PropTag(PR_ROWID));
  return value && static_cast<std::uint32_t>(value->as_int32()) == row;
}

void add(std::vector<PropBag>& list, PropBag props, std::uint32_t row) {
  props.set(PropValue::int32(PropTag(PR_ROWID), static_cast<std::int32_t>(row)));
  list.push_back(std::move(props));
}

}  // namespace

Result<std::vector<PropBag>> modify_recipients(const std::vector<PropBag>& current, ULONG flags, const ADRLIST* mods,
                                               std::uint32_t code_page, std::uint32_t& next_row) {
  if (!mods) return fail(Code::kInvalidArgument, "property", "ModifyRecipients needs a list");
  if (flags != 0 && flags != MODRECIP_ADD && flags != MODRECIP_MODIFY && flags != MODRECIP_REMOVE) {
    const bool known = !(flags & ~(MODRECIP_ADD | MODRECIP_MODIFY | MODRECIP_REMOVE));
    return fail(known ? Code::kInvalidArgument : Code::kUnknownFlags, "property", "the flags exclude one another",
                flags);
  }
  const bool by_row = flags == MODRECIP_MODIFY || flags == MODRECIP_REMOVE;
  std::vector<Entry> entries = TRY(read_entries(*mods, by_row, flags != MODRECIP_REMOVE, code_page));
  std::vector<PropBag> list;
  if (flags != 0) list = current;
  for (Entry& entry : entries) {
    if (!by_row) {
      add(list, std::move(entry.props), next_row++);
      continue;
    }
    const auto at =
        std::find_if(list.begin(), list.end(), [&](const PropBag& one) { return has_row(one, *entry.row); });
    if (at == list.end()) return fail(Code::kNotFound, "property", "no recipient has this PR_ROWID", *entry.row);
    if (flags == MODRECIP_REMOVE) {
      list.erase(at);
    } else {
      entry.props.set(PropValue::int32(PropTag(PR_ROWID), static_cast<std::int32_t>(*entry.row)));
      *at = std::move(entry.props);
    }
  }
  return list;
}

}  // namespace mapiary::property
