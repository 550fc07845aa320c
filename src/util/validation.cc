// SPDX-License-Identifier: Apache-2.0
#include "util/validation.h"

#include <mapiutil.h>
#include <mapival.h>
#include <mapiwin.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>

#include "model/prop_tag.h"
#include "util/prop_block.h"

namespace mapiary::util {
namespace {

using model::PropType;

struct AssignedTag {
  std::uint16_t id = 0, type = 0;
};

// Without the names, which would be addresses for the loader to mend.
constexpr auto assigned_tags() {
  struct Row {
    std::uint16_t id, type;
    const char *name, *canonical;
  };
  constexpr Row kRows[] = {
#include "model/generated/tag_names.inc"
  };
  std::array<AssignedTag, std::size(kRows)> tags;
  for (std::size_t at = 0; at < tags.size(); ++at) tags[at] = {kRows[at].id, kRows[at].type};
  return tags;
}

constexpr auto kAssigned = assigned_tags();

constexpr ULONG kLastAssignedId = 0x3FFF;
constexpr ULONG kInstanceBits = MV_FLAG | MV_INSTANCE;

bool is_text(ULONG type) {
  return (type & ~MV_FLAG) == PT_STRING8 || (type & ~MV_FLAG) == PT_UNICODE;
}

bool is_type(ULONG type) {
  switch (type) {
    case PT_UNSPECIFIED:
    case static_cast<ULONG>(PropType::kRestriction):
    case static_cast<ULONG>(PropType::kActions):
      return true;
    default:
      return shape_of(PROP_TAG(type, 1)).storage != Storage::kUnknown;
  }
}

// Types with MV_INSTANCE name the values of a multivalued property: MV_FLAG stays, so the property's own type is left.
bool goes_with_id(ULONG id, ULONG type) {
  if (id > kLastAssignedId) return true;
  const auto less = [](const AssignedTag& row, ULONG wanted) { return row.id < wanted; };
  const auto* row = std::lower_bound(std::begin(kAssigned), std::end(kAssigned), id, less);
  if (row == std::end(kAssigned) || row->id != id) return true;
  for (; row != std::end(kAssigned) && row->id == id; ++row) {
    const bool both_text = is_text(row->type) && is_text(type) && (row->type & MV_FLAG) == (type & MV_FLAG);
    if (row->type == type || row->type == PT_UNSPECIFIED || both_text) return true;
  }
  return false;
}

}  // namespace

bool good_tag(ULONG tag) {
  const ULONG id = PROP_ID(tag);
  ULONG type = PROP_TYPE(tag);
  if ((type & MV_INSTANCE) != 0) {
    if ((type & kInstanceBits) != kInstanceBits) return false;
    type &= ~MV_INSTANCE;
  }
  if (id == PROP_ID_INVALID || !is_type(type)) return false;
  if (id == PROP_ID_NULL) return type == PT_NULL || type == PT_ERROR || type == PT_UNSPECIFIED;
  if (type == PT_UNSPECIFIED || type == PT_NULL || type == PT_ERROR) return true;
  return goes_with_id(id, type);
}

bool Validator::good_object(const void* object) {
  const void* methods = nullptr;
  const void* query_interface = nullptr;
  return object && probe_.copy(&methods, object, sizeof(methods)) && probe_.readable(methods, 3 * sizeof(void*)) &&
         probe_.copy(&query_interface, methods, sizeof(query_interface)) && probe_.readable(query_interface, 1);
}

bool Validator::good_tags(const SPropTagArray* tags) {
  return probe_.readable(tags, offsetof(SPropTagArray, aulPropTag)) && readable_array(tags->aulPropTag, tags->cValues);
}

bool Validator::good_columns(const SPropTagArray* columns) {
  if (!good_tags(columns)) return false;
  const std::span<const ULONG> tags(columns->aulPropTag, columns->cValues);
  return std::all_of(tags.begin(), tags.end(), [](ULONG tag) { return PROP_TYPE(tag) != PT_ERROR && good_tag(tag); });
}

bool Validator::good_value(const SPropValue* value) {
  if (!probe_.readable(value, sizeof(SPropValue)) || !good_tag(value->ulPropTag)) return false;
  const Shape shape = shape_of(value->ulPropTag);
  if (PROP_TYPE(value->ulPropTag) == PT_BOOLEAN && value->Value.b != TRUE && value->Value.b != FALSE) return false;
  if (shape.storage >= Storage::kArray && value->Value.MVi.cValues == 0) return false;
  return data_size(*value, &probe_).has_value();
}

bool Validator::good_values(const SPropValue* values, ULONG count) {
  return readable_array(values, count) &&
         std::all_of(values, values + count, [this](const SPropValue& value) { return good_value(&value); });
}

bool Validator::good_row(const SRow* row) {
  return probe_.readable(row, sizeof(SRow)) && good_values(row->lpProps, row->cValues);
}

bool Validator::good_rows(const SRowSet* rows) {
  if (!probe_.readable(rows, offsetof(SRowSet, aRow)) || !readable_array(rows->aRow, rows->cRows)) return false;
  const std::span<const SRow> list(rows->aRow, rows->cRows);
  return std::all_of(list.begin(), list.end(), [this](const SRow& row) { return good_row(&row); });
}

// Flags and at least one byte that says whose it is.
bool Validator::good_entry_id(ULONG size, const void* id) {
  return size > offsetof(ENTRYID, ab) && probe_.readable(id, size);
}

bool Validator::good_entries(const SBinaryArray* entries) {
  if (!probe_.readable(entries, sizeof(SBinaryArray)) || !readable_array(entries->lpbin, entries->cValues))
    return false;
  return std::all_of(entries->lpbin, entries->lpbin + entries->cValues,
                     [this](const SBinary& id) { return good_entry_id(id.cb, id.lpb); });
}

bool Validator::good_names(MAPINAMEID* const* names, ULONG count) {
  if (!readable_array(names, count)) return false;
  return std::all_of(names, names + count, [this](const MAPINAMEID* name) {
    if (!probe_.readable(name, sizeof(MAPINAMEID)) || !probe_.readable(name->lpguid, sizeof(GUID))) return false;
    if (name->ulKind == MNID_STRING) return good_text(name->Kind.lpwstrName);
    return name->ulKind == MNID_ID;
  });
}

bool Validator::good_wide_texts(WCHAR* const* texts, ULONG count) {
  return readable_array(texts, count) &&
         std::all_of(texts, texts + count, [this](const WCHAR* text) { return good_text(text); });
}

bool Validator::good_text(const char* text) {
  return probe_.string_length(text, std::numeric_limits<ULONG>::max()).has_value();
}
bool Validator::good_text(const WCHAR* text) {
  return probe_.string_length(text, std::numeric_limits<ULONG>::max() / sizeof(WCHAR)).has_value();
}

bool Validator::good_sort_order(const SSortOrderSet* order) {
  if (!probe_.readable(order, offsetof(SSortOrderSet, aSort)) || !readable_array(order->aSort, order->cSorts))
    return false;
  if (order->cCategories > order->cSorts || order->cExpanded > order->cCategories) return false;
  const std::span<const SSortOrder> keys(order->aSort, order->cSorts);
  return std::all_of(keys.begin(), keys.end(), [](const SSortOrder& key) {
    const ULONG type = PROP_TYPE(key.ulPropTag);
    switch (key.ulOrder) {
      case TABLE_SORT_ASCEND:
      case TABLE_SORT_DESCEND:
      case TABLE_SORT_COMBINE:
      case TABLE_SORT_CATEG_MAX:
      case TABLE_SORT_CATEG_MIN:
        break;
      default:
        return false;
    }
    return type != PT_ERROR && type != PT_OBJECT && type != PT_NULL && good_tag(key.ulPropTag);
  });
}

}  // namespace mapiary::util

using mapiary::MemoryProbe;
using mapiary::util::Validator;

STDAPI_(ULONG) FBadPropTag(ULONG ulPropTag) {
  return !mapiary::util::good_tag(ulPropTag);
}
STDAPI_(ULONG) FBadProp(LPSPropValue lpprop) {
  return !Validator().good_value(lpprop);
}
STDAPI_(ULONG) FBadRow(LPSRow lprow) {
  return !Validator().good_row(lprow);
}
STDAPI_(BOOL) FBadRowSet(LPSRowSet lpRowSet) {
  return !Validator().good_rows(lpRowSet);
}
STDAPI_(ULONG) FBadColumnSet(LPSPropTagArray lpptaCols) {
  return !Validator().good_columns(lpptaCols);
}
STDAPI_(BOOL) FBadEntryList(LPENTRYLIST lpEntryList) {
  return !Validator().good_entries(lpEntryList);
}
STDAPI_(BOOL) FBadRglpNameID(LPMAPINAMEID* lppNameId, ULONG cNames) {
  return !Validator().good_names(lppNameId, cNames);
}
STDAPI_(BOOL) FBadRglpszW(LPWSTR* lppszW, ULONG cStrings) {
  return !Validator().good_wide_texts(lppszW, cStrings);
}
STDAPI_(ULONG) FBadRestriction(LPSRestriction lpres) {
  return !Validator().good_restriction(lpres);
}
STDAPI_(ULONG) FBadSortOrderSet(LPSSortOrderSet lpsos) {
  return !Validator().good_sort_order(lpsos);
}

STDAPI_(BOOL) IsBadReadPtr(const void* lp, UINT_PTR ucb) {
  return !MemoryProbe().readable(lp, ucb);
}
STDAPI_(BOOL) IsBadWritePtr(LPVOID lp, UINT_PTR ucb) {
  return !MemoryProbe().writable(lp, ucb);
}
STDAPI_(BOOL) IsBadCodePtr(FARPROC lpfn) {
  return !MemoryProbe().readable(reinterpret_cast<const void*>(lpfn), 1);
}
STDAPI_(BOOL) IsBadStringPtrA(LPCSTR lpsz, UINT_PTR ucchMax) {
  return !MemoryProbe().string_length(lpsz, ucchMax);
}
extern "C" BOOL WINAPI IsBadBoundedStringPtr(const void* lpsz, UINT cchMax) {
  return !MemoryProbe().string_length(static_cast<const char*>(lpsz), cchMax);
}
STDAPI_(BOOL) MNLS_IsBadStringPtrW(LPCWSTR lpsz, UINT ucchMax) {
  return !MemoryProbe().string_length(lpsz, ucchMax);
}
