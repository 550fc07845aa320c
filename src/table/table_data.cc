// SPDX-License-Identifier: Apache-2.0
#include "table/table_data.h"

#include <mapicode.h>
#include <mapiguid.h>
#include <mapitags.h>

#include <algorithm>
#include <unordered_map>

#include "com/convert.h"

namespace mapiary::table {
namespace {

using model::PropTag;
using model::PropType;
using ChangeKind = view::Change::Kind;

// A view of table data: keeps the data alive and calls CALLERRELEASE when it goes.
class DataViewHooks final : public TableHooks {
 public:
  DataViewHooks(com::Ref<TableData> data, CALLERRELEASE* caller, ULONG_PTR caller_data)
      : data_(std::move(data)), caller_(caller), caller_data_(caller_data) {}

  void set_state(const TableState* state) { state_ = state; }

  ULONG type() const override { return data_->type(); }
  void closing() override { data_->forget(state_); }
  void released(LPMAPITABLE table) override {
    if (caller_) caller_(caller_data_, data_.get(), table);
  }

 private:
  com::Ref<TableData> data_;
  CALLERRELEASE* caller_;
  ULONG_PTR caller_data_;
  const TableState* state_ = nullptr;
};

tl::unexpected<Error> bad(const char* what, std::uint64_t value = 0) {
  return fail(Code::kInvalidArgument, "table", what, value);
}

bool can_be_index(PropTag tag) {
  if (tag.is_multivalued() || tag.id() == 0 || !model::is_known_type(tag)) return false;
  const PropType type = tag.base_type();
  return type != PropType::kUnspecified && type != PropType::kNull && type != PropType::kError &&
         type != PropType::kObject;
}

}  // namespace

TableData::TableData(TableDataSpec spec)
    : rows_(std::make_shared<RowStore>(spec.index, std::move(spec.columns))),
      routines_(spec.routines),
      type_(spec.type) {}

HRESULT TableData::HrGetView(LPSSortOrderSet lpSSortOrderSet, CALLERRELEASE* lpfCallerRelease, ULONG_PTR ulCallerData,
                             LPMAPITABLE* lppMAPITable) {
  return border_.call([&]() -> Status {
    if (!lppMAPITable) return bad("No place for the view was given");
    auto view = TRY(view::TableView::open(rows_));
    if (lpSSortOrderSet) TRY(view->sort(TRY(com::to_model(*lpSSortOrderSet))));
    auto hooks = std::make_unique<DataViewHooks>(com::Ref<TableData>::share(this), lpfCallerRelease, ulCallerData);
    DataViewHooks* known = hooks.get();
    auto state = std::make_shared<TableState>(std::move(view), std::move(hooks), Outlet{routines_, 0});
    known->set_state(state.get());
    views_.reserve(views_.size() + 1);
    com::Ref<IMAPITable> table = make_table(border_.gate(), state);
    views_.push_back(state.get());
    *lppMAPITable = table.detach();
    return {};
  });
}

void TableData::forget(const TableState* view) {
  std::erase(views_, view);
}

Result<TableData::Change> TableData::read_row(const SRow* row) const {
  if (!row) return bad("No row was given");
  if (!row->lpProps && row->cValues) return bad("The row has values but a NULL pointer");
  model::PropBag bag = TRY(com::to_model_bag(std::span(row->lpProps, row->cValues)));
  std::string index = TRY(rows_->index_of(bag));
  return Change{std::move(index), std::move(bag)};
}

view::Change TableData::apply(Change change) {
  if (const auto old = rows_->find_row(change.index)) {
    rows_->replace(*old, std::move(change.row));
    return {ChangeKind::kModified, *old};
  }
  return {ChangeKind::kAdded, rows_->insert(change.index, std::move(change.row), rows_->size())};
}

void TableData::tell(std::span<const view::Change> changes) {
  if (changes.empty()) return;
  for (TableState* view : views_) view->on_change(changes);
}

Result<view::RowKey> TableData::find_row(const SPropValue* index) const {
  if (!index) return bad("No index column was given");
  const std::string key = TRY(rows_->index_of(TRY(com::to_model(*index))));
  const auto found = rows_->find_row(key);
  if (!found) return fail(Code::kNotFound, "table", "No row has this value in the index column");
  return *found;
}

HRESULT TableData::HrModifyRow(LPSRow lpSRow) {
  return border_.call([&]() -> Status {
    const view::Change told = apply(TRY(read_row(lpSRow)));
    tell({&told, 1});
    return {};
  });
}

HRESULT TableData::HrModifyRows(ULONG ulFlags, LPSRowSet lpSRowSet) {
  return border_.call([&]() -> Status {
    if (ulFlags) return fail(Code::kUnknownFlags, "table", "Unknown flags", ulFlags);
    if (!lpSRowSet) return bad("No rows were given");
    std::vector<Change> changes;
    std::unordered_map<std::string, std::size_t> places;
    for (ULONG i = 0; i < lpSRowSet->cRows; ++i) {
      Change change = TRY(read_row(&lpSRowSet->aRow[i]));
      const auto [place, first] = places.emplace(change.index, changes.size());
      first ? changes.push_back(std::move(change)) : void(changes[place->second].row = std::move(change.row));
    }
    std::vector<view::Change> told;
    told.reserve(changes.size());
    for (Change& change : changes) told.push_back(apply(std::move(change)));
    tell(told);
    return {};
  });
}

HRESULT TableData::HrInsertRow(ULONG uliRow, LPSRow lpSRow) {
  return border_.call([&]() -> Status {
    if (uliRow > rows_->size()) return bad("The row number is beyond the end of the table", uliRow);
    Change change = TRY(read_row(lpSRow));
    if (rows_->find_row(change.index)) return bad("A row with this value in the index column is there already");
    const view::Change told{ChangeKind::kAdded, rows_->insert(change.index, std::move(change.row), uliRow)};
    tell({&told, 1});
    return {};
  });
}

HRESULT TableData::HrDeleteRow(LPSPropValue lpSPropValue) {
  return border_.call([&]() -> Status {
    const auto row = TRY(find_row(lpSPropValue));
    const view::Change told{ChangeKind::kDeleted, row};
    rows_->erase(told.key);
    tell({&told, 1});
    return {};
  });
}

HRESULT TableData::HrDeleteRows(ULONG ulFlags, LPSRowSet lprowsetToDelete, ULONG* cRowsDeleted) {
  return border_.call([&]() -> Status {
    if (ulFlags & ~ULONG{TAD_ALL_ROWS}) return fail(Code::kUnknownFlags, "table", "Unknown flags", ulFlags);
    ULONG deleted = 0;
    if (ulFlags & TAD_ALL_ROWS) {
      deleted = rows_->size();
      rows_->clear();
      const view::Change told{ChangeKind::kReloaded, 0};
      tell({&told, 1});
    } else {
      if (!lprowsetToDelete) return bad("No rows were given");
      std::vector<std::string> indexes;  // all are read before the first goes
      for (ULONG i = 0; i < lprowsetToDelete->cRows; ++i) {
        indexes.push_back(TRY(read_row(&lprowsetToDelete->aRow[i])).index);
      }
      std::vector<view::Change> told;
      for (const std::string& index : indexes) {
        const auto found = rows_->find_row(index);
        if (!found) continue;
        told.push_back({ChangeKind::kDeleted, *found});
        rows_->erase(*found);
      }
      deleted = static_cast<ULONG>(told.size());
      tell(told);
    }
    if (cRowsDeleted) *cRowsDeleted = deleted;
    return {};
  });
}

Result<LPSRow> TableData::row_out(view::RowKey key) const {
  const auto values = rows_->row(key).values();
  com::OutBlock block(routines_);
  auto* row = TRY(block.root<SRow>());
  row->lpProps = TRY(block.more<SPropValue>(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) TRY(com::to_border(values[i], row->lpProps[i], block));
  row->cValues = static_cast<ULONG>(values.size());
  return block.detach<SRow>();
}

HRESULT TableData::HrQueryRow(LPSPropValue lpsPropValue, LPSRow* lppSRow, ULONG* lpuliRow) {
  return border_.call([&]() -> Status {
    if (!lppSRow) return bad("No place for the row was given");
    const view::RowKey key = TRY(find_row(lpsPropValue));
    *lppSRow = TRY(row_out(key));
    if (lpuliRow) *lpuliRow = rows_->number_of(key);
    return {};
  });
}

HRESULT TableData::HrEnumRow(ULONG ulRowNumber, LPSRow* lppSRow) {
  return border_.call([&]() -> Status {
    if (!lppSRow) return bad("No place for the row was given");
    *lppSRow = ulRowNumber < rows_->size() ? TRY(row_out(rows_->row_at(ulRowNumber))) : nullptr;
    return {};
  });
}

HRESULT TableData::HrNotify(ULONG ulFlags, ULONG cValues, LPSPropValue lpSPropValue) {
  return border_.call([&]() -> Status {
    if (ulFlags) return fail(Code::kUnknownFlags, "table", "Unknown flags", ulFlags);
    const SRow described{0, cValues, lpSPropValue};
    const auto found = rows_->find_row(TRY(read_row(&described)).index);
    if (!found) return fail(Code::kNotFound, "table", "No row has this value in the index column");
    const view::Change told{ChangeKind::kModified, *found};
    tell({&told, 1});
    return {};
  });
}

}  // namespace mapiary::table

using mapiary::Code;
using mapiary::fail;
using mapiary::Status;
using mapiary::table::TableData;
using mapiary::table::TableDataSpec;

STDAPI_(SCODE)
CreateTable(LPCIID lpInterface, ALLOCATEBUFFER* lpAllocateBuffer, ALLOCATEMORE* lpAllocateMore,
            FREEBUFFER* lpFreeBuffer, LPVOID lpvReserved, ULONG ulTableType, ULONG ulPropTagIndexColumn,
            LPSPropTagArray lpSPropTagArrayColumns, LPTABLEDATA* lppTableData) {
  return mapiary::com::border([&]() -> Status {
    if (!lpAllocateBuffer || !lpAllocateMore || !lpFreeBuffer || !lppTableData) {
      return fail(Code::kInvalidArgument, "table", "CreateTable got a NULL pointer");
    }
    if (lpInterface && !IsEqualGUID(*lpInterface, IID_IMAPITableData) && !IsEqualGUID(*lpInterface, IID_IUnknown)) {
      return fail(Code::kInterfaceNotSupported, "table", "CreateTable makes ITableData objects only");
    }
    if (lpvReserved) return fail(Code::kInvalidArgument, "table", "The reserved argument is not NULL");
    if (ulTableType != TBLTYPE_SNAPSHOT && ulTableType != TBLTYPE_KEYSET && ulTableType != TBLTYPE_DYNAMIC) {
      return fail(Code::kInvalidArgument, "table", "Not a table type", ulTableType);
    }
    const mapiary::model::PropTag index(ulPropTagIndexColumn);
    if (!mapiary::table::can_be_index(index))
      return fail(Code::kInvalidArgument, "table", "Not an index column", ulPropTagIndexColumn);
    if (!lpSPropTagArrayColumns || lpSPropTagArrayColumns->cValues == 0) {
      return fail(Code::kInvalidArgument, "table", "A table has at least one column");
    }
    TableDataSpec spec{{lpAllocateBuffer, lpAllocateMore, lpFreeBuffer}, ulTableType, index, {}};
    spec.columns = TRY(mapiary::com::to_model(*lpSPropTagArrayColumns));
    *lppTableData = mapiary::com::make<TableData>(std::move(spec)).detach();
    return {};
  });
}
