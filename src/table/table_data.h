// SPDX-License-Identifier: Apache-2.0
// ITableData (CreateTable): rows that the owner changes, and any number of IMAPITable views that follow them and tell
// of it.
//
// - One lock for the data and all its views. Rows change first, then each view, then notices are posted; sinks are
// called outside the lock.
// - A view holds a reference to its data, so data and views may be released in any order.
// - Rulings: a row set is applied whole or not at all; of two rows with one index value in it the later counts. Changes
// of up to eight rows
//   are told row by row in one OnNotify, more as one TABLE_CHANGED (itabledata-hrmodifyrows), TAD_ALL_ROWS as
//   TABLE_RELOAD. The row number of HrInsertRow is the number the row will have. ulTableType is what GetStatus tells;
//   it forbids nothing, as HrModifyRow changes all views.
// Pages: createtable, itabledataiunknown, itabledata-*, callerrelease. Safe from any thread.
#pragma once

#include <mapiutil.h>

#include "com/border.h"
#include "com/memory.h"
#include "com/object.h"
#include "table/row_store.h"
#include "table/table_state.h"

namespace mapiary::table {

struct TableDataSpec {
  com::AllocRoutines routines;
  ULONG type = TBLTYPE_DYNAMIC;
  model::PropTag index;
  std::vector<model::PropTag> columns;
};

class TableData final : public com::Object<ITableData> {
 public:
  explicit TableData(TableDataSpec spec);

  MAPI_ITABLEDATA_METHODS(override)

  ULONG type() const { return type_; }
  // A view was released. Under the lock.
  void forget(const TableState* view);

 private:
  struct Change {
    std::string index;
    model::PropBag row;
  };

  Result<Change> read_row(const SRow* row) const;
  view::Change apply(Change change);
  void tell(std::span<const view::Change> changes);
  Result<view::RowKey> find_row(const SPropValue* index) const;
  Result<LPSRow> row_out(view::RowKey key) const;

  std::shared_ptr<RowStore> rows_;
  com::AllocRoutines routines_;
  ULONG type_;
  com::Border border_;
  std::vector<TableState*> views_;
};

}  // namespace mapiary::table
