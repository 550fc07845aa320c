// SPDX-License-Identifier: Apache-2.0
#include "table/rows_out.h"

#include <algorithm>
#include <memory>

#include "com/convert.h"

namespace mapiary::table {

using model::PropTag;
using model::PropType;
using model::PropValue;

Status put_row(const view::Row& row, std::span<const PropTag> columns, std::uint32_t code_page, LPSPropValue out,
               com::OutBlock& block) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    const PropValue& value = row[i];
    if (value.is_blob()) {
      TRY(com::to_border(PropValue::error(value.tag().id(), Code::kNoMemory), out[i], block));
    } else if (value.tag().is_text() && columns[i].is_text() && value.tag().base_type() != columns[i].base_type()) {
      TRY(com::to_border(com::with_text_type(value, columns[i].base_type(), code_page), out[i], block));
    } else {
      TRY(com::to_border(value, out[i], block));
    }
  }
  return {};
}

void free_row_set(LPSRowSet rows, const com::AllocRoutines& routines) {
  for (ULONG i = 0; i < rows->cRows; ++i) routines.release(rows->aRow[i].lpProps);
  routines.release(rows);
}

Result<LPSRowSet> make_row_set(view::TableView& view, view::RowRange rows, const Outlet& outlet) {
  com::OutBlock block(outlet.routines);
  const std::size_t room = std::max<std::size_t>(rows.size(), 1);
  if (room > (0xFFFFFFFFu - sizeof(SRowSet)) / sizeof(SRow)) {
    return fail(Code::kNoMemory, "table", "More rows were asked for than a row set can hold", rows.size());
  }
  auto* set = TRY(block.root<SRowSet>(sizeof(SRowSet) + room * sizeof(SRow)));
  // From here on the rows made so far have to go with the set if one fails.
  const auto release = [&](LPSRowSet made) { free_row_set(made, outlet.routines); };
  std::unique_ptr<SRowSet, decltype(release)> owned(block.detach<SRowSet>(), release);
  constexpr std::uint32_t kAtOnce = 256;
  for (std::uint32_t n = rows.begin; n < rows.end; ++n) {
    if ((n - rows.begin) % kAtOnce == 0) view.expect({n, std::min(n + kAtOnce, rows.end)});
    const view::Row row = view.row_at(n);
    com::OutBlock values(outlet.routines);
    auto* array = TRY(values.root<SPropValue>(sizeof(SPropValue) * std::max<std::size_t>(row.size(), 1)));
    TRY(put_row(row, view.columns(), outlet.code_page, array, values));
    set->aRow[set->cRows] = {0, static_cast<ULONG>(row.size()), values.detach<SPropValue>()};
    ++set->cRows;
  }
  return owned.release();
}

}  // namespace mapiary::table
