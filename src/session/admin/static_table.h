// SPDX-License-Identifier: Apache-2.0
// A table whose rows never change once it is made, as those of the administration interfaces are. Text columns have
// the width the caller asked for until SetColumns asks for another. Safe from any thread.
#pragma once

#include <mapix.h>

#include <vector>

#include "base/result.h"
#include "com/border.h"
#include "com/ref.h"
#include "model/prop_bag.h"
#include "table/table_state.h"

namespace mapiary::session::admin {

struct StaticTable {
  std::vector<model::PropTag> columns;  // text as PT_UNICODE
  std::vector<model::PropBag> rows;     // in the table's own order; PR_INSTANCE_KEY, if there at all, in each
  bool unicode = false;
  model::PropTag sort;         // ascending; PropTag(): the order of `rows`
  const char* kind = "table";  // in the leak report
};

// What remains of a table that was made: to tell its sinks of rows that came later, which it does not show. Holds
// nothing alive.
struct TableWatch {
  std::weak_ptr<table::TableState> state;
  std::weak_ptr<com::Gate> gate;
};
// TABLE_ROW_ADDED, with `row` in the columns of now. False: the table is gone.
bool announce_row(const TableWatch& watch, const model::PropBag& row);

Result<com::Ref<IMAPITable>> make_static_table(StaticTable table, std::shared_ptr<com::Gate> gate,
                                               TableWatch* watch = nullptr);

}  // namespace mapiary::session::admin
