// SPDX-License-Identifier: Apache-2.0
// Rules that hold across the methods of a table: who may see what of a change, what survives which event, who frees
// what. One rule a test; the methods one by one are in table_object_test.cc and table_data_test.cc.
#include <atomic>
#include <thread>

#include "table/testing/hooked_table.h"
#include "table/testing/table_fixture.h"

namespace mapiary::table {
namespace {

using testing::free_rows;
using testing::long_value;
using testing::RecordingSink;

class TableRules : public testing::TableTest {
 protected:
  static ULONG position(IMAPITable& table) {
    ULONG row = 99, numerator = 0, denominator = 0;
    EXPECT_EQ(table.QueryPosition(&row, &numerator, &denominator), S_OK);
    return row;
  }
  template <class Sink>
  static ULONG_PTR advise(IMAPITable& table, const com::Ref<Sink>& sink) {
    ULONG_PTR connection = 0;
    EXPECT_EQ(table.Advise(fnevTableModified, sink.get(), &connection), S_OK);
    return connection;
  }
};

// spec: ST-569 ST-400
TEST_F(TableRules, EachViewHasItsOwnCursorOnTheFirstRowOfTheOrderOfInsertion) {
  for (const LONG id : {5, 2, 9}) ASSERT_EQ(put(id, L"x", 10 - id), S_OK);
  auto one = view();
  auto two = view();
  EXPECT_EQ(position(*one), 0u);
  EXPECT_EQ(one->SeekRow(BOOKMARK_BEGINNING, 2, nullptr), S_OK);
  EXPECT_EQ(position(*one), 2u);
  EXPECT_EQ(position(*two), 0u);
  EXPECT_EQ(ids(*two), (std::vector<LONG>{5, 2, 9}));
}

// spec: ST-402
TEST_F(TableRules, ARowIsReplacedWholeOrAppended) {
  fill(2);
  auto table = view();
  SPropValue index = long_value(PR_ROWID, 1);
  SRow bare{0, 1, &index};
  ASSERT_EQ(data_->HrModifyRow(&bare), S_OK);
  LPSRow row = nullptr;
  ASSERT_EQ(data_->HrQueryRow(&index, &row, nullptr), S_OK);
  EXPECT_EQ(row->cValues, 1u);  // nothing of the old row is left
  MAPIFreeBuffer(row);
  ASSERT_EQ(put(7, L"x", 1), S_OK);
  EXPECT_EQ(ids(*table), (std::vector<LONG>{1, 2, 7}));
}

// spec: ST-624
TEST_F(TableRules, AChangeOfManyRowsKeepsKeysAndBookmarksAndAReloadKeepsNone) {
  fill(3);
  auto table = view();
  auto sink = com::make<RecordingSink>();
  advise(*table, sink);
  const std::string key = instance_key(*table, 2);
  ASSERT_EQ(table->SeekRow(BOOKMARK_BEGINNING, 2, nullptr), S_OK);
  BOOKMARK mark = 0;
  ASSERT_EQ(table->CreateBookmark(&mark), S_OK);
  std::vector<SPropValue> values;
  for (LONG i = 0; i < 9; ++i) values.push_back(long_value(PR_ROWID, 100 + i));
  SizedSRowSet(9, set) = {9, {}};
  for (ULONG i = 0; i < 9; ++i) set.aRow[i] = {0, 1, &values[i]};
  ASSERT_EQ(data_->HrModifyRows(0, reinterpret_cast<LPSRowSet>(&set)), S_OK);
  auto told = sink->take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].event, ULONG{TABLE_CHANGED});
  EXPECT_EQ(instance_key(*table, 2), key);
  EXPECT_EQ(table->SeekRow(mark, 0, nullptr), S_OK);
  EXPECT_EQ(position(*table), 2u);
  ASSERT_EQ(data_->HrDeleteRows(TAD_ALL_ROWS, nullptr, nullptr), S_OK);
  told = sink->take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].event, ULONG{TABLE_RELOAD});
  EXPECT_EQ(table->SeekRow(mark, 0, nullptr), MAPI_E_INVALID_BOOKMARK);
}

// Everything of a notice that its event does not use.
class PickySink final : public com::Object<IMAPIAdviseSink> {
 public:
  std::atomic<int> seen{0}, dirty{0}, rows{0};

  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION notices) override {
    for (ULONG i = 0; i < count; ++i) {
      const TABLE_NOTIFICATION& table = notices[i].info.tab;
      ++seen;
      dirty += notices[i].ulAlignPad != 0 || table.hResult != S_OK || table.propIndex.dwAlignPad != 0 ||
               table.propPrior.dwAlignPad != 0 || table.row.ulAdrEntryPad != 0;
      const bool has_row = table.ulTableEvent == TABLE_ROW_ADDED || table.ulTableEvent == TABLE_ROW_MODIFIED;
      rows += has_row;
      dirty += has_row ? table.row.cValues != 3 || !table.row.lpProps : table.row.cValues != 0 || table.row.lpProps;
      if (table.propPrior.ulPropTag == PR_NULL) dirty += table.propPrior.Value.bin.lpb != nullptr;
    }
    return 0;
  }
};

// spec: ST-615 ST-627
TEST_F(TableRules, WhatAnEventDoesNotUseIsZero) {
  auto table = view();
  auto sink = com::make<PickySink>();
  advise(*table, sink);
  fill(3);
  ASSERT_EQ(put(2, L"changed", 2), S_OK);
  ASSERT_EQ(remove(1), S_OK);
  ASSERT_EQ(table->Restrict(nullptr, TBL_ASYNC), S_OK);
  ASSERT_EQ(data_->HrDeleteRows(TAD_ALL_ROWS, nullptr, nullptr), S_OK);
  com::Notifier::get().flush();
  EXPECT_EQ(sink->seen, 7);
  EXPECT_EQ(sink->rows, 4);
  EXPECT_EQ(sink->dirty, 0);
}

// spec: ST-628
TEST_F(TableRules, AChangeThatCannotBeShownIsToldAsAnError) {
  auto table = view();
  constexpr ULONG kWords = PROP_TAG(PT_MV_UNICODE, 0x6701);
  SizedSPropTagArray(1, columns) = {1, {MVI_PROP(kWords)}};
  ASSERT_EQ(table->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), 0), S_OK);
  auto sink = com::make<RecordingSink>();
  advise(*table, sink);
  wchar_t word[] = L"word";
  std::vector<LPWSTR> words(100000, word);  // a row for each
  SPropValue values[] = {long_value(PR_ROWID, 1), {}};
  values[1].ulPropTag = kWords;
  values[1].Value.MVszW = {static_cast<ULONG>(words.size()), words.data()};
  SRow row{0, 2, values};
  ASSERT_EQ(data_->HrModifyRow(&row), S_OK);
  const auto told = sink->take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].event, ULONG{TABLE_ERROR});
  EXPECT_EQ(told[0].result, MAPI_E_TOO_BIG);
}

// spec: ST-308
TEST_F(TableRules, ASinkThatIsBusyIsReleasedWhenItReturns) {
  auto table = view();
  auto sink = com::make<RecordingSink>();
  const ULONG_PTR connection = advise(*table, sink);
  std::atomic<bool> entered{false}, leave{false};
  sink->on_call = [&] {
    entered = true;
    while (!leave) std::this_thread::yield();
  };
  const int before = RecordingSink::destroyed();
  sink.reset();  // the table's reference is the only one now
  fill(1);
  std::thread dispatcher([] { com::Notifier::get().flush(); });
  while (!entered) std::this_thread::yield();
  std::thread leaver([&] { EXPECT_EQ(table->Unadvise(connection), S_OK); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(RecordingSink::destroyed(), before);
  leave = true;
  leaver.join();
  dispatcher.join();
  com::Notifier::get().flush();
  EXPECT_EQ(RecordingSink::destroyed(), before + 1);
}

// spec: ST-363
TEST(TableEnds, ItsBookmarksEndWithIt) {
  auto rows = std::make_shared<RowStore>(model::PropTag(0x30000003), std::vector{model::PropTag(0x30000003)});
  auto state = std::make_shared<TableState>(*view::TableView::open(rows), std::make_unique<TableHooks>());
  const std::weak_ptr<TableState> bookmarks = state;  // they live in its view
  auto table = make_table(std::make_shared<com::Gate>(), std::move(state));
  BOOKMARK mark = 0;
  ASSERT_EQ(table->CreateBookmark(&mark), S_OK);
  EXPECT_FALSE(bookmarks.expired());
  table.reset();
  EXPECT_TRUE(bookmarks.expired());
}

// spec: ST-386
TEST_F(TableRules, GetLastErrorHasNothingToTellOfWhatItDoesNotKnow) {
  auto table = view();
  LPMAPIERROR error = reinterpret_cast<LPMAPIERROR>(&table);
  EXPECT_EQ(table->GetLastError(MAPI_E_NO_SUPPORT, 0, &error), S_OK);
  EXPECT_EQ(error, nullptr);
  EXPECT_EQ(table->SeekRow(55, 0, nullptr), MAPI_E_INVALID_BOOKMARK);
  EXPECT_EQ(table->GetLastError(MAPI_E_BUSY, 0, &error), S_OK);  // the last error was another one
  EXPECT_EQ(error, nullptr);
  for (const ULONG width : {0u, static_cast<ULONG>(MAPI_UNICODE)}) {  // both widths are there
    ASSERT_EQ(table->GetLastError(MAPI_E_INVALID_BOOKMARK, width, &error), S_OK);
    ASSERT_NE(error, nullptr);
    MAPIFreeBuffer(error);
  }
}

// spec: ST-570
TEST_F(TableRules, OnlyThreeOperationsMayBeAsynchronous) {
  fill(1);
  auto table = view();
  ULONG number = 0;
  LPSPropTagArray tags = nullptr;
  LPSRowSet rows = nullptr;
  SRestriction any{};
  any.rt = RES_EXIST;
  any.res.resExist.ulPropTag = PR_ROWID;
  constexpr ULONG kAsync = TBL_ASYNC | TBL_BATCH;  // TBL_ASYNC alone is the number of other flags elsewhere
  EXPECT_EQ(table->QueryColumns(kAsync, &tags), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(table->QueryRows(1, kAsync, &rows), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(table->FindRow(&any, BOOKMARK_BEGINNING, kAsync), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(table->GetRowCount(TBL_ASYNC, &number), MAPI_E_UNKNOWN_FLAGS);
  SizedSPropTagArray(1, columns) = {1, {PR_ROWID}};
  SizedSSortOrderSet(1, by) = {1, 0, 0, {{PR_ROWID, TABLE_SORT_ASCEND}}};
  EXPECT_EQ(table->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), kAsync), S_OK);
  EXPECT_EQ(table->Restrict(&any, kAsync), S_OK);
  EXPECT_EQ(table->SortTable(reinterpret_cast<LPSSortOrderSet>(&by), kAsync), S_OK);
}

// spec: LC-443
TEST_F(TableRules, AFailureLeavesOutParametersAlone) {
  fill(1);
  auto table = view();
  const auto none = reinterpret_cast<std::uintptr_t>(&table);
  auto* tags = reinterpret_cast<LPSPropTagArray>(none);
  auto* order = reinterpret_cast<LPSSortOrderSet>(none);
  auto* rows = reinterpret_cast<LPSRowSet>(none);
  auto* row = reinterpret_cast<LPSRow>(none);
  const auto unchanged = [&](auto* pointer) { return !pointer || reinterpret_cast<std::uintptr_t>(pointer) == none; };
  EXPECT_TRUE(FAILED(table->QueryColumns(0x40, &tags)));
  EXPECT_TRUE(unchanged(tags));
  EXPECT_TRUE(FAILED(table->QueryRows(0, 0, &rows)));
  EXPECT_TRUE(unchanged(rows));
  BYTE key[] = {1};
  ULONG more = 0;
  EXPECT_TRUE(FAILED(table->ExpandRow(1, key, 1, 0, &rows, &more)));
  EXPECT_TRUE(unchanged(rows));
  SPropValue index = long_value(PR_ROWID, 77);
  EXPECT_TRUE(FAILED(data_->HrQueryRow(&index, &row, nullptr)));
  EXPECT_TRUE(unchanged(row));
  HookedTable hooked;
  hooked.hooks->now = TBLSTAT_SORTING;
  EXPECT_TRUE(FAILED(hooked.table->QuerySortOrder(&order)));
  EXPECT_TRUE(unchanged(order));
  LPBYTE state = key;
  EXPECT_TRUE(FAILED(table->GetCollapseState(0, 1, key, &more, &state)));
  EXPECT_TRUE(!state || state == key);
}

// spec: ST-398
TEST_F(TableRules, TheMethodsOfTableDataStandInTheOrderOfTheirPage) {
  fill(3);
  void* const* slots = *reinterpret_cast<void* const* const*>(data_.get());
  ITableData* self = data_.get();
  IMAPITable* table = nullptr;
  SPropValue index = long_value(PR_ROWID, 2);
  SRow row{0, 1, &index};
  SizedSRowSet(1, set) = {1, {row}};
  LPSRow out = nullptr;
  using View = HRESULT (*)(ITableData*, LPSSortOrderSet, CALLERRELEASE*, ULONG_PTR, LPMAPITABLE*);
  using Row = HRESULT (*)(ITableData*, LPSRow);
  using Value = HRESULT (*)(ITableData*, LPSPropValue);
  using Query = HRESULT (*)(ITableData*, LPSPropValue, LPSRow*, ULONG*);
  using Enum = HRESULT (*)(ITableData*, ULONG, LPSRow*);
  using Notify = HRESULT (*)(ITableData*, ULONG, ULONG, LPSPropValue);
  using Insert = HRESULT (*)(ITableData*, ULONG, LPSRow);
  using Rows = HRESULT (*)(ITableData*, ULONG, LPSRowSet);
  using Delete = HRESULT (*)(ITableData*, ULONG, LPSRowSet, ULONG*);
  EXPECT_EQ(reinterpret_cast<View>(slots[3])(self, nullptr, nullptr, 0, &table), S_OK);
  const auto shown = com::Ref<IMAPITable>::adopt(table);
  EXPECT_EQ(reinterpret_cast<Row>(slots[4])(self, &row), S_OK);
  EXPECT_EQ(reinterpret_cast<Query>(slots[6])(self, &index, &out, nullptr), S_OK);
  EXPECT_EQ(out->cValues, 1u);  // slot 4 replaced it
  MAPIFreeBuffer(out);
  EXPECT_EQ(reinterpret_cast<Value>(slots[5])(self, &index), S_OK);
  EXPECT_EQ(ids(*shown), (std::vector<LONG>{1, 3}));
  EXPECT_EQ(reinterpret_cast<Enum>(slots[7])(self, 9, &out), S_OK);
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(reinterpret_cast<Notify>(slots[8])(self, 0, 1, &index), MAPI_E_NOT_FOUND);
  EXPECT_EQ(reinterpret_cast<Insert>(slots[9])(self, 0, &row), S_OK);
  EXPECT_EQ(ids(*shown), (std::vector<LONG>{2, 1, 3}));
  EXPECT_EQ(reinterpret_cast<Rows>(slots[10])(self, 0, reinterpret_cast<LPSRowSet>(&set)), S_OK);
  ULONG deleted = 0;
  EXPECT_EQ(reinterpret_cast<Delete>(slots[11])(self, TAD_ALL_ROWS, nullptr, &deleted), S_OK);
  EXPECT_EQ(deleted, 3u);
}

// Sixty levels of two parts that both hold the same two parts: few structures, 2^60 nodes.
TEST_F(TableRules, PartsThatShareTheirChildrenAreTooComplex) {
  auto table = view();
  SRestriction levels[61][2] = {};
  for (int i = 0; i < 61; ++i) {
    for (SRestriction& part : levels[i]) {
      part.rt = i == 0 ? RES_EXIST : RES_OR;
      if (i == 0) {
        part.res.resExist.ulPropTag = PR_ROWID;
      } else {
        part.res.resOr = {2, levels[i - 1]};
      }
    }
  }
  EXPECT_EQ(table->Restrict(levels[60], 0), MAPI_E_TOO_COMPLEX);
  EXPECT_EQ(table->FindRow(levels[60], BOOKMARK_BEGINNING, 0), MAPI_E_TOO_COMPLEX);
  EXPECT_EQ(table->Restrict(levels[10], 0), S_OK);
  SPropValue comments[2] = {long_value(PR_ROWID, 1), long_value(PR_ROWID, 2)};
  SRestriction talk{};
  talk.rt = RES_COMMENT;
  talk.res.resComment = {70000, levels[0], comments};
  EXPECT_EQ(table->Restrict(&talk, 0), MAPI_E_TOO_COMPLEX);
  talk.res.resComment.cValues = 2;
  EXPECT_EQ(table->Restrict(&talk, 0), S_OK);
}

}  // namespace
}  // namespace mapiary::table
