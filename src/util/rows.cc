// SPDX-License-Identifier: Apache-2.0
// Row sets, address lists, columns, and single properties of an object. Errors of the table or object go up as they
// came.
#include <mapicode.h>
#include <mapiutil.h>

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "com/border.h"
#include "com/convert.h"
#include "com/memory.h"

namespace mapiary::util {
namespace {

// Rows asked for at a time.
constexpr ULONG kBatch = 4096;

Status checked(HRESULT hr, const char* what) {
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, what));
  return {};
}

Status bad_rows(const char* what) {
  return fail(Code::kInvalidArgument, "util", what);
}

struct FreeRows {
  void operator()(SRowSet* rows) const { FreeProws(rows); }
};

// Rows on their way from several answers into one set; what is still here when it goes is freed.
class RowCollector {
 public:
  RowCollector() = default;
  RowCollector(const RowCollector&) = delete;
  RowCollector& operator=(const RowCollector&) = delete;
  ~RowCollector() {
    for (const SRow& row : rows_) MAPIFreeBuffer(row.lpProps);
  }

  std::size_t size() const { return rows_.size(); }
  void take(SRowSet& from) {
    rows_.insert(rows_.end(), from.aRow, from.aRow + from.cRows);
    from.cRows = 0;  // they are ours now
  }
  Result<LPSRowSet> finish() {
    com::OutBlock block;
    auto* set = TRY(block.root<SRowSet>(std::max(CbNewSRowSet(rows_.size()), sizeof(SRowSet))));
    set->cRows = static_cast<ULONG>(rows_.size());
    std::copy(rows_.begin(), rows_.end(), set->aRow);
    rows_.clear();
    return block.detach<SRowSet>();
  }

 private:
  std::vector<SRow> rows_;
};

Status set_view(IMAPITable& table, LPSPropTagArray columns, LPSRestriction restriction, LPSSortOrderSet order) {
  if (columns) TRY(checked(table.SetColumns(columns, TBL_BATCH), "SetColumns"));
  if (restriction) TRY(checked(table.Restrict(restriction, TBL_BATCH), "Restrict"));
  if (order) TRY(checked(table.SortTable(order, TBL_BATCH), "SortTable"));
  return checked(table.SeekRow(BOOKMARK_BEGINNING, 0, nullptr), "SeekRow");
}

Result<LPSRowSet> all_rows(IMAPITable& table, std::size_t max_rows) {
  RowCollector rows;
  for (;;) {
    // One row more than allowed is enough to know that there are too many.
    const std::size_t wanted = std::min<std::size_t>(kBatch, max_rows - rows.size() + 1);
    LPSRowSet answer = nullptr;
    TRY(checked(table.QueryRows(static_cast<LONG>(wanted), 0, &answer), "QueryRows"));
    const std::unique_ptr<SRowSet, FreeRows> owned(answer);
    if (!answer || answer->cRows == 0) return rows.finish();
    rows.take(*answer);
    if (rows.size() > max_rows)
      return fail(Code::kTableTooBig, "util", "the table has more rows than allowed", max_rows);
  }
}

// `first`, then those of `rest` that are not in it.
void merge_tags(std::span<const ULONG> first, std::span<const ULONG> rest, SPropTagArray& to) {
  ULONG* end = std::copy(first.begin(), first.end(), to.aulPropTag);
  for (const ULONG tag : rest) {
    if (std::find(first.begin(), first.end(), tag) == first.end()) *end++ = tag;
  }
  to.cValues = static_cast<ULONG>(end - to.aulPropTag);
}

struct FreeTags {
  LPFREEBUFFER release;
  void operator()(SPropTagArray* tags) const { release(tags); }
};

Status add_columns(IMAPITable& table, const SPropTagArray& added, const com::AllocRoutines& routines,
                   void (*filter)(LPSPropTagArray)) {
  LPSPropTagArray present = nullptr;
  TRY(checked(table.QueryColumns(0, &present), "QueryColumns"));
  // The page has all memory freed by the caller's routine: the one the table has too, MAPI's or what a provider got.
  const std::unique_ptr<SPropTagArray, FreeTags> owned(present, FreeTags{routines.release});
  const ULONG count = present ? present->cValues : 0;
  if (filter && present) {
    filter(present);
    present->cValues = std::min(present->cValues, count);  // it may change tags, not add any
  }
  const std::size_t total = std::size_t{added.cValues} + count;
  com::OutBlock block(routines);
  auto* merged = TRY(block.root<SPropTagArray>(std::max(CbNewSPropTagArray(total), sizeof(SPropTagArray))));
  const ULONG* present_tags = present ? present->aulPropTag : nullptr;
  merge_tags({added.aulPropTag, added.cValues}, {present_tags, present ? present->cValues : 0}, *merged);
  return checked(table.SetColumns(merged, 0), "SetColumns");
}

// Error of the one problem of a SetProps call, if any.
Status first_problem(LPSPropProblemArray problems) {
  if (!problems) return {};
  const SCODE sc = problems->cProblem ? problems->aProblem[0].scode : S_OK;
  MAPIFreeBuffer(problems);
  return checked(sc, "SetProps");
}

bool lists_tag(const SPropTagArray& tags, ULONG wanted) {
  const std::span<const ULONG> list(tags.aulPropTag, tags.cValues);
  return std::any_of(list.begin(), list.end(), [=](ULONG tag) {
    return PROP_TYPE(wanted) == PT_UNSPECIFIED ? PROP_ID(tag) == PROP_ID(wanted) : tag == wanted;
  });
}

}  // namespace
}  // namespace mapiary::util

using namespace mapiary;
using namespace mapiary::util;

STDAPI_(void) FreeProws(LPSRowSet lpRows) {
  if (!lpRows) return;
  for (ULONG i = 0; i < lpRows->cRows; ++i) MAPIFreeBuffer(lpRows->aRow[i].lpProps);
  MAPIFreeBuffer(lpRows);
}

STDAPI_(void) FreePadrlist(LPADRLIST lpAdrlist) {
  if (!lpAdrlist) return;
  for (ULONG i = 0; i < lpAdrlist->cEntries; ++i) MAPIFreeBuffer(lpAdrlist->aEntries[i].rgPropVals);
  MAPIFreeBuffer(lpAdrlist);
}

STDAPI HrQueryAllRows(LPMAPITABLE lpTable, LPSPropTagArray lpPropTags, LPSRestriction lpRestriction,
                      LPSSortOrderSet lpSortOrderSet, LONG crowsMax, LPSRowSet* lppRows) {
  if (lppRows) *lppRows = nullptr;
  return com::border([&]() -> Status {
    if (!lpTable || !lppRows || crowsMax < 0)
      return bad_rows("HrQueryAllRows without a table, or with a negative limit");
    TRY(set_view(*lpTable, lpPropTags, lpRestriction, lpSortOrderSet));
    *lppRows =
        TRY(all_rows(*lpTable, crowsMax ? static_cast<std::size_t>(crowsMax) : std::numeric_limits<ULONG>::max()));
    return {};
  });
}

STDAPI_(HRESULT)
HrAddColumnsEx(LPMAPITABLE lptbl, LPSPropTagArray lpproptagColumnsNew, LPALLOCATEBUFFER lpAllocateBuffer,
               LPFREEBUFFER lpFreeBuffer, void (*lpfnFilterColumns)(LPSPropTagArray ptaga)) {
  return com::border([&]() -> Status {
    if (!lptbl || !lpproptagColumnsNew || !lpAllocateBuffer || !lpFreeBuffer) return bad_rows("a NULL argument");
    TRY(com::check_count(*lpproptagColumnsNew));
    return add_columns(*lptbl, *lpproptagColumnsNew, {lpAllocateBuffer, MAPIAllocateMore, lpFreeBuffer},
                       lpfnFilterColumns);
  });
}

STDAPI_(HRESULT)
HrAddColumns(LPMAPITABLE lptbl, LPSPropTagArray lpproptagColumnsNew, LPALLOCATEBUFFER lpAllocateBuffer,
             LPFREEBUFFER lpFreeBuffer) {
  return HrAddColumnsEx(lptbl, lpproptagColumnsNew, lpAllocateBuffer, lpFreeBuffer, nullptr);
}

// A value that comes back as PT_ERROR is that error.
STDAPI HrGetOneProp(LPMAPIPROP lpMapiProp, ULONG ulPropTag, LPSPropValue* lppProp) {
  if (lppProp) *lppProp = nullptr;
  return com::border([&]() -> Status {
    if (!lpMapiProp || !lppProp) return bad_rows("HrGetOneProp with a NULL argument");
    SPropTagArray tags = {1, {ulPropTag}};
    ULONG count = 0;
    LPSPropValue values = nullptr;
    TRY(checked(lpMapiProp->GetProps(&tags, 0, &count, &values), "GetProps"));
    if (!values || count != 1) {
      MAPIFreeBuffer(values);
      return checked(static_cast<HRESULT>(MAPI_E_CALL_FAILED), "GetProps");
    }
    if (PROP_TYPE(values->ulPropTag) == PT_ERROR) {
      const SCODE sc = values->Value.err;
      MAPIFreeBuffer(values);
      return checked(FAILED(sc) ? sc : static_cast<SCODE>(MAPI_E_NOT_FOUND), "GetProps");
    }
    *lppProp = values;
    return {};
  });
}

STDAPI HrSetOneProp(LPMAPIPROP lpMapiProp, LPSPropValue lpProp) {
  return com::border([&]() -> Status {
    if (!lpMapiProp || !lpProp) return bad_rows("HrSetOneProp with a NULL argument");
    LPSPropProblemArray problems = nullptr;
    const HRESULT hr = lpMapiProp->SetProps(1, lpProp, &problems);
    const Status problem = first_problem(problems);
    TRY(checked(hr, "SetProps"));
    return problem;
  });
}

STDAPI_(BOOL) FPropExists(LPMAPIPROP lpMapiProp, ULONG ulPropTag) {
  if (!lpMapiProp) return FALSE;
  // The list names text as the caller's flag asks for it, so ask for what is looked for.
  const ULONG wide = (PROP_TYPE(ulPropTag) & ~(MV_FLAG | MV_INSTANCE)) == PT_UNICODE ? MAPI_UNICODE : 0;
  LPSPropTagArray tags = nullptr;
  HRESULT hr = lpMapiProp->GetPropList(wide, &tags);
  if (hr == MAPI_E_BAD_CHARWIDTH) hr = lpMapiProp->GetPropList(wide ^ MAPI_UNICODE, &tags);
  if (FAILED(hr) || !tags) return FALSE;
  const bool found = lists_tag(*tags, ulPropTag);
  MAPIFreeBuffer(tags);
  return found;
}
