// SPDX-License-Identifier: Apache-2.0
// Collapse states and instance keys from hostile bytes, as IMAPITable takes them: what is taken gives a state that is
// taken again.
#include <mapiutil.h>

#include <cstdint>
#include <cstdlib>

#include "com/ref.h"
#include "view/collapse_state.h"

namespace {

using mapiary::com::Ref;

Ref<IMAPITable> categorized_table() {
  SizedSPropTagArray(2, columns) = {2, {PR_ROWID, PR_IMPORTANCE}};
  SizedSSortOrderSet(1, order) = {1, 1, 0, {{PR_IMPORTANCE, TABLE_SORT_ASCEND}}};
  Ref<ITableData> data;
  Ref<IMAPITable> table;
  if (CreateTable(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, TBLTYPE_DYNAMIC, PR_ROWID,
                  reinterpret_cast<LPSPropTagArray>(&columns), data.put()) != S_OK)
    std::abort();
  SPropValue values[2] = {};
  values[0].ulPropTag = PR_ROWID;
  values[1].ulPropTag = PR_IMPORTANCE;
  for (LONG i = 0; i < 12; ++i) {
    values[0].Value.l = i;
    values[1].Value.l = i % 3;
    SRow row = {0, 2, values};
    if (data->HrModifyRow(&row) != S_OK) std::abort();
  }
  if (data->HrGetView(reinterpret_cast<LPSSortOrderSet>(&order), nullptr, 0, table.put()) != S_OK) std::abort();
  return table;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Ref<IMAPITable> table = categorized_table();
  auto* bytes = const_cast<LPBYTE>(data);
  const auto count = static_cast<ULONG>(size);
  LPSRowSet rows = nullptr;
  ULONG more = 0;
  if (table->ExpandRow(count, bytes, 20, 0, &rows, &more) == S_OK) FreeProws(rows);
  table->CollapseRow(count, bytes, 0, &more);
  BOOKMARK place = BOOKMARK_BEGINNING;
  if (table->SetCollapseState(0, count, bytes, &place) != S_OK) return 0;
  // MAPI_W_POSITION_CHANGED: the state names a row that is gone.
  if (FAILED(table->SeekRow(place, 0, nullptr)) || table->FreeBookmark(place) != S_OK) std::abort();
  rows = nullptr;
  if (table->QueryRows(20, 0, &rows) != S_OK) std::abort();
  FreeProws(rows);
  const auto state = mapiary::view::CollapseState::unpack({reinterpret_cast<const char*>(data), size});
  if (!state || !mapiary::view::CollapseState::unpack(state->pack())) std::abort();
  return 0;
}
