// SPDX-License-Identifier: Apache-2.0
// Rows of a view as the border wants them: one allocation for the set and one for each row, text in the type that its
// column asks for. Pure functions.
#pragma once

#include <mapix.h>

#include <span>

#include "base/result.h"
#include "com/memory.h"
#include "view/table_view.h"

namespace mapiary::table {

// How values leave: the caller's allocation routines, and the code page of PT_STRING8 columns over Unicode values (0:
// the process's).
struct Outlet {
  com::AllocRoutines routines;
  std::uint32_t code_page = 0;
};

// `row` into `out`, which holds columns.size() values; what they point to is linked to `block`. A value that is too
// large to hand out becomes PT_ERROR with MAPI_E_NOT_ENOUGH_MEMORY.
Status put_row(const view::Row& row, std::span<const model::PropTag> columns, std::uint32_t code_page, LPSPropValue out,
               com::OutBlock& block);
// Each row is made when its turn comes, so there is never a second copy of all of them.
Result<LPSRowSet> make_row_set(view::TableView& view, view::RowRange rows, const Outlet& outlet);
// Frees such a set by the routine it was made with.
void free_row_set(LPSRowSet rows, const com::AllocRoutines& routines);

}  // namespace mapiary::table
