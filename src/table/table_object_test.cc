// SPDX-License-Identifier: Apache-2.0
// IMAPITable's arguments and answers, method by method. What rows come out is in tests/cases/table.
#include "table/testing/hooked_table.h"
#include "table/testing/table_fixture.h"

namespace mapiary::table {
namespace {

using testing::free_rows;
using testing::long_value;

class MapiTable : public testing::TableTest {};

// spec: IMAPITable::Advise IMAPITable::Unadvise ST-305 ST-307
TEST_F(MapiTable, AdviseTakesTableModifiedOnly) {
  auto table = view();
  auto sink = com::make<testing::RecordingSink>();
  ULONG_PTR connection = 0;
  EXPECT_EQ(table->Advise(fnevTableModified, nullptr, &connection), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->Advise(fnevTableModified, sink.get(), nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->Advise(0, sink.get(), &connection), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->Advise(fnevObjectModified, sink.get(), &connection), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->Advise(fnevTableModified | fnevNewMail, sink.get(), &connection), MAPI_E_INVALID_PARAMETER);
  ASSERT_EQ(table->Advise(fnevTableModified, sink.get(), &connection), S_OK);
  EXPECT_NE(connection, 0u);
  EXPECT_EQ(sink->AddRef(), 3u);  // ours, the table's, this one
  sink->Release();
  EXPECT_EQ(table->Unadvise(connection + 1), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->Unadvise(0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->Unadvise(connection), S_OK);
  EXPECT_EQ(table->Unadvise(connection), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(sink->AddRef(), 2u);
  sink->Release();
}

// spec: IMAPITable::GetStatus ST-311 ST-312
TEST_F(MapiTable, GetStatusTellsTypeAndState) {
  for (const ULONG type : {TBLTYPE_SNAPSHOT, TBLTYPE_KEYSET, TBLTYPE_DYNAMIC}) {
    data_ = create(type);
    auto table = view();
    ULONG status = 99, got = 99;
    EXPECT_EQ(table->GetStatus(&status, &got), S_OK);
    EXPECT_EQ(status, ULONG{TBLSTAT_COMPLETE});
    EXPECT_EQ(got, type);
    EXPECT_EQ(table->GetStatus(nullptr, &got), MAPI_E_INVALID_PARAMETER);
    EXPECT_EQ(table->GetStatus(&status, nullptr), MAPI_E_INVALID_PARAMETER);
  }
}

// spec: ST-311 ST-366
TEST_F(MapiTable, GetStatusRemembersAFailedSortUntilOneSucceeds) {
  auto table = view();
  SizedSSortOrderSet(1, bad) = {1, 0, 0, {{PROP_TAG(PT_OBJECT, 0x6001), TABLE_SORT_ASCEND}}};
  SizedSSortOrderSet(1, good) = {1, 0, 0, {{PR_IMPORTANCE, TABLE_SORT_ASCEND}}};
  ULONG status = 0, type = 0;
  EXPECT_EQ(table->SortTable(reinterpret_cast<LPSSortOrderSet>(&bad), 0), MAPI_E_TOO_COMPLEX);
  EXPECT_EQ(table->GetStatus(&status, &type), S_OK);
  EXPECT_EQ(status, ULONG{TBLSTAT_SORT_ERROR});
  EXPECT_EQ(table->SortTable(reinterpret_cast<LPSSortOrderSet>(&good), 0), S_OK);
  EXPECT_EQ(table->GetStatus(&status, &type), S_OK);
  EXPECT_EQ(status, ULONG{TBLSTAT_COMPLETE});
}

// spec: IMAPITable::SetColumns ST-313 ST-318
TEST_F(MapiTable, SetColumnsChecksItsArguments) {
  auto table = view();
  SizedSPropTagArray(1, columns) = {1, {PR_SUBJECT_W}};
  SizedSPropTagArray(1, none) = {0, {0}};
  const auto tags = reinterpret_cast<LPSPropTagArray>(&columns);
  EXPECT_EQ(table->SetColumns(nullptr, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->SetColumns(reinterpret_cast<LPSPropTagArray>(&none), 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->SetColumns(tags, 4), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(table->SetColumns(tags, 0xFFFFFFFF), MAPI_E_UNKNOWN_FLAGS);
  for (const ULONG flags : {ULONG{TBL_ASYNC}, ULONG{TBL_BATCH}, ULONG{TBL_ASYNC | TBL_BATCH}}) {
    EXPECT_EQ(table->SetColumns(tags, flags), S_OK);
  }
}

// spec: IMAPITable::QueryColumns ST-321
TEST_F(MapiTable, QueryColumnsGivesTheSetInForceOrAll) {
  fill(1);
  auto table = view();
  LPSPropTagArray tags = nullptr;
  ASSERT_EQ(table->QueryColumns(0, &tags), S_OK);
  ASSERT_EQ(tags->cValues, 3u);
  EXPECT_EQ(tags->aulPropTag[1], PR_SUBJECT_W);
  MAPIFreeBuffer(tags);
  SizedSPropTagArray(2, columns) = {2, {PR_IMPORTANCE, PR_NULL}};
  ASSERT_EQ(table->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), 0), S_OK);
  ASSERT_EQ(table->QueryColumns(0, &tags), S_OK);
  ASSERT_EQ(tags->cValues, 2u);
  EXPECT_EQ(tags->aulPropTag[0], PR_IMPORTANCE);
  EXPECT_EQ(tags->aulPropTag[1], PR_NULL);
  MAPIFreeBuffer(tags);
  ASSERT_EQ(table->QueryColumns(TBL_ALL_COLUMNS, &tags), S_OK);
  ASSERT_GE(tags->cValues, 4u);
  EXPECT_EQ(tags->aulPropTag[0], PR_ROWID);
  EXPECT_EQ(tags->aulPropTag[3], PR_INSTANCE_KEY);  // in no default set here, and in every table
  MAPIFreeBuffer(tags);
  EXPECT_EQ(table->QueryColumns(2, &tags), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(table->QueryColumns(0, nullptr), MAPI_E_INVALID_PARAMETER);
}

// spec: IMAPITable::GetRowCount ST-334
TEST_F(MapiTable, GetRowCountTakesNoFlags) {
  fill(3);
  auto table = view();
  ULONG count = 0;
  EXPECT_EQ(table->GetRowCount(0, &count), S_OK);
  EXPECT_EQ(count, 3u);
  EXPECT_EQ(table->GetRowCount(TBL_NOWAIT, &count), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(table->GetRowCount(0, nullptr), MAPI_E_INVALID_PARAMETER);
}

// spec: IMAPITable::SeekRow IMAPITable::SeekRowApprox IMAPITable::QueryPosition ST-337 ST-338 ST-339 ST-343 ST-344
TEST_F(MapiTable, TheCursorSurvivesHostileArguments) {
  fill(3);
  auto table = view();
  LONG sought = 7;
  EXPECT_EQ(table->SeekRow(BOOKMARK_BEGINNING, 0x7FFFFFFF, &sought), S_OK);
  EXPECT_EQ(sought, 3);
  EXPECT_EQ(table->SeekRow(BOOKMARK_CURRENT, static_cast<LONG>(0x80000000), &sought), S_OK);
  EXPECT_EQ(sought, -3);
  EXPECT_EQ(table->SeekRow(BOOKMARK_END, 1, nullptr), S_OK);
  EXPECT_EQ(table->SeekRow(1234, 0, &sought), MAPI_E_INVALID_BOOKMARK);
  EXPECT_EQ(table->SeekRow(~BOOKMARK{0}, 0, &sought), MAPI_E_INVALID_BOOKMARK);
  EXPECT_EQ(table->SeekRowApprox(1, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->SeekRowApprox(0xFFFFFFFF, 0xFFFFFFFE), S_OK);
  ULONG row = 0, numerator = 0, denominator = 0;
  EXPECT_EQ(table->QueryPosition(&row, &numerator, &denominator), S_OK);
  EXPECT_EQ(row, 3u);
  EXPECT_NE(denominator, 0u);
  EXPECT_EQ(table->QueryPosition(nullptr, &numerator, &denominator), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->QueryPosition(&row, nullptr, &denominator), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->QueryPosition(&row, &numerator, nullptr), MAPI_E_INVALID_PARAMETER);
}

// spec: IMAPITable::FindRow ST-346 ST-347 ST-349 ST-350
TEST_F(MapiTable, FindRowFindsByInstanceKey) {
  fill(4);
  auto table = view();
  std::string key = instance_key(*table, 2);
  ASSERT_FALSE(key.empty());
  SPropValue value{};
  value.ulPropTag = PR_INSTANCE_KEY;
  value.Value.bin = {static_cast<ULONG>(key.size()), reinterpret_cast<LPBYTE>(key.data())};
  SRestriction restriction{};
  restriction.rt = RES_PROPERTY;
  restriction.res.resProperty = {RELOP_EQ, PR_INSTANCE_KEY, &value};
  EXPECT_EQ(table->FindRow(&restriction, BOOKMARK_BEGINNING, 0), S_OK);
  ULONG row = 0, numerator = 0, denominator = 0;
  EXPECT_EQ(table->QueryPosition(&row, &numerator, &denominator), S_OK);
  EXPECT_EQ(row, 2u);
  EXPECT_EQ(table->FindRow(nullptr, BOOKMARK_BEGINNING, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->FindRow(&restriction, BOOKMARK_BEGINNING, 2), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(table->FindRow(&restriction, 77, 0), MAPI_E_INVALID_BOOKMARK);
  key[0] = static_cast<char>(key[0] ^ 0x55);
  EXPECT_EQ(table->FindRow(&restriction, BOOKMARK_BEGINNING, 0), MAPI_E_NOT_FOUND);
  EXPECT_EQ(table->FindRow(&restriction, BOOKMARK_CURRENT, DIR_BACKWARD), MAPI_E_NOT_FOUND);
}

// spec: IMAPITable::Restrict ST-574 ST-352 ST-354
TEST_F(MapiTable, RestrictRefusesHostileRestrictions) {
  fill(2);
  auto table = view();
  SRestriction bad{};
  bad.rt = 77;
  EXPECT_TRUE(FAILED(table->Restrict(&bad, 0)));
  bad.rt = RES_AND;
  bad.res.resAnd = {3, nullptr};
  EXPECT_EQ(table->Restrict(&bad, 0), MAPI_E_INVALID_PARAMETER);
  bad.rt = RES_NOT;
  bad.res.resNot = {0, nullptr};
  EXPECT_EQ(table->Restrict(&bad, 0), MAPI_E_INVALID_PARAMETER);
  bad.res.resNot = {0, &bad};  // holds itself
  EXPECT_EQ(table->Restrict(&bad, 0), MAPI_E_TOO_COMPLEX);
  bad.rt = RES_PROPERTY;
  bad.res.resProperty = {RELOP_EQ, PR_IMPORTANCE, nullptr};
  EXPECT_EQ(table->Restrict(&bad, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->Restrict(nullptr, 8), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(table->Restrict(nullptr, TBL_BATCH), S_OK);
  ULONG count = 0;
  EXPECT_EQ(table->GetRowCount(0, &count), S_OK);
  EXPECT_EQ(count, 2u);
}

// spec: IMAPITable::CreateBookmark IMAPITable::FreeBookmark ST-360 ST-361 ST-362 ST-364
TEST_F(MapiTable, BookmarksEndSomewhere) {
  auto table = view();
  BOOKMARK bookmark = 0;
  EXPECT_EQ(table->CreateBookmark(nullptr), MAPI_E_INVALID_PARAMETER);
  HRESULT hr = S_OK;
  int made = 0;
  for (; made < 100000 && hr == S_OK; ++made) hr = table->CreateBookmark(&bookmark);
  EXPECT_EQ(hr, MAPI_E_UNABLE_TO_COMPLETE);
  EXPECT_EQ(table->FreeBookmark(bookmark), S_OK);
  EXPECT_EQ(table->CreateBookmark(&bookmark), S_OK);
  EXPECT_EQ(table->FreeBookmark(0xFFFFFFFF), MAPI_E_INVALID_BOOKMARK);
  EXPECT_EQ(table->FreeBookmark(~BOOKMARK{0} - 7), MAPI_E_INVALID_BOOKMARK);
}

// spec: IMAPITable::SortTable IMAPITable::QuerySortOrder ST-365 ST-367 ST-368 ST-371
TEST_F(MapiTable, SortTableChecksAndQuerySortOrderTells) {
  fill(2);
  auto table = view();
  LPSSortOrderSet order = nullptr;
  ASSERT_EQ(table->QuerySortOrder(&order), S_OK);
  EXPECT_EQ(order->cSorts, 0u);
  MAPIFreeBuffer(order);
  SizedSSortOrderSet(2, by) = {2, 1, 1, {{PR_SUBJECT_W, TABLE_SORT_DESCEND}, {PR_IMPORTANCE, TABLE_SORT_ASCEND}}};
  const auto set = reinterpret_cast<LPSSortOrderSet>(&by);
  EXPECT_EQ(table->SortTable(set, TBL_ASYNC), S_OK);
  ASSERT_EQ(table->QuerySortOrder(&order), S_OK);
  ASSERT_EQ(order->cSorts, 2u);
  EXPECT_EQ(order->cCategories, 1u);
  EXPECT_EQ(order->cExpanded, 1u);
  EXPECT_EQ(order->aSort[0].ulPropTag, PR_SUBJECT_W);
  EXPECT_EQ(order->aSort[0].ulOrder, ULONG{TABLE_SORT_DESCEND});
  MAPIFreeBuffer(order);
  EXPECT_EQ(table->QuerySortOrder(nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->SortTable(nullptr, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->SortTable(set, 16), MAPI_E_UNKNOWN_FLAGS);
  by.cCategories = 3;
  EXPECT_EQ(table->SortTable(set, 0), MAPI_E_INVALID_PARAMETER);
  by = {2, 0, 0, {{PR_SUBJECT_W, 55}, {PR_IMPORTANCE, TABLE_SORT_ASCEND}}};
  EXPECT_TRUE(FAILED(table->SortTable(set, 0)));
}

// spec: IMAPITable::QueryRows ST-329 ST-333 LC-442 LC-447 ST-323 ST-326 ST-327 ST-328 ST-331
TEST_F(MapiTable, QueryRowsMakesARowSet) {
  fill(2);
  SPropValue only = long_value(PR_ROWID, 3);
  SRow bare{0, 1, &only};
  ASSERT_EQ(data_->HrModifyRow(&bare), S_OK);
  auto table = view();
  LPSRowSet rows = nullptr;
  EXPECT_EQ(table->QueryRows(0, 0, &rows), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->QueryRows(1, 2, &rows), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(table->QueryRows(1, 0, nullptr), MAPI_E_INVALID_PARAMETER);
  ASSERT_EQ(table->QueryRows(10, 0, &rows), S_OK);
  ASSERT_EQ(rows->cRows, 3u);
  for (ULONG i = 0; i < 3; ++i) EXPECT_EQ(rows->aRow[i].cValues, 3u);
  EXPECT_EQ(rows->aRow[0].lpProps[1].ulPropTag, PR_SUBJECT_W);
  EXPECT_STREQ(rows->aRow[0].lpProps[1].Value.lpszW, L"subject");
  EXPECT_EQ(rows->aRow[2].lpProps[1].ulPropTag, CHANGE_PROP_TYPE(PR_SUBJECT_W, PT_ERROR));
  EXPECT_EQ(rows->aRow[2].lpProps[1].Value.err, MAPI_E_NOT_FOUND);
  free_rows(rows);
  ASSERT_EQ(table->QueryRows(10, 0, &rows), S_OK);
  EXPECT_EQ(rows->cRows, 0u);
  EXPECT_EQ(MAPIFreeBuffer(rows), S_OK);
  EXPECT_EQ(table->SeekRow(BOOKMARK_BEGINNING, 0, nullptr), S_OK);
  ASSERT_EQ(table->QueryRows(static_cast<LONG>(0x80000000), 0, &rows), S_OK);
  EXPECT_EQ(rows->cRows, 0u);
  free_rows(rows);
}

// spec: IMAPITable::ExpandRow IMAPITable::CollapseRow IMAPITable::GetCollapseState IMAPITable::SetCollapseState ST-372
// spec: ST-373 ST-374 ST-375 ST-377 ST-380 ST-382
TEST_F(MapiTable, CategoriesCheckTheirArguments) {
  fill(3);
  SizedSSortOrderSet(1, by) = {1, 1, 0, {{PR_SUBJECT_W, TABLE_SORT_ASCEND}}};
  auto table = view(reinterpret_cast<LPSSortOrderSet>(&by));
  std::string key = instance_key(*table, 0);
  const auto at = reinterpret_cast<LPBYTE>(key.data());
  const auto size = static_cast<ULONG>(key.size());
  ULONG count = 0;
  LPSRowSet rows = nullptr;
  EXPECT_EQ(table->ExpandRow(size, at, 0, 1, nullptr, &count), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(table->ExpandRow(size, at, 1, 0, nullptr, &count), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->ExpandRow(size, at, 1, 0, &rows, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->ExpandRow(size, nullptr, 0, 0, nullptr, &count), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->ExpandRow(size - 1, at, 0, 0, nullptr, &count), MAPI_E_NOT_FOUND);
  ASSERT_EQ(table->ExpandRow(size, at, 2, 0, &rows, &count), S_OK);
  EXPECT_EQ(rows->cRows, 2u);
  EXPECT_EQ(count, 3u);
  free_rows(rows);
  ULONG row = 0, numerator = 0, denominator = 0;
  EXPECT_EQ(table->QueryPosition(&row, &numerator, &denominator), S_OK);
  EXPECT_EQ(row, 3u);

  ULONG state_size = 0;
  LPBYTE state = nullptr;
  EXPECT_EQ(table->GetCollapseState(0, size, nullptr, &state_size, &state), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->GetCollapseState(0, size, at, nullptr, &state), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->GetCollapseState(0, size, at, &state_size, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->GetCollapseState(1, size, at, &state_size, &state), MAPI_E_UNKNOWN_FLAGS);
  ASSERT_EQ(table->GetCollapseState(0, size, at, &state_size, &state), S_OK);
  EXPECT_EQ(table->CollapseRow(size, at, 0, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->CollapseRow(size, at, 1, &count), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(table->CollapseRow(size, at, 0, &count), S_OK);
  EXPECT_EQ(count, 3u);
  BOOKMARK place = 0;
  EXPECT_EQ(table->SetCollapseState(0, state_size, nullptr, &place), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->SetCollapseState(0, state_size, state, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(table->SetCollapseState(2, state_size, state, &place), MAPI_E_UNKNOWN_FLAGS);
  for (ULONG cut = 0; cut < state_size; ++cut) {
    EXPECT_EQ(table->SetCollapseState(0, cut, state, &place), MAPI_E_UNABLE_TO_COMPLETE) << cut;
  }
  EXPECT_EQ(table->SetCollapseState(0, state_size, state, &place), S_OK);
  EXPECT_EQ(table->SeekRow(place, 0, nullptr), S_OK);
  EXPECT_EQ(table->QueryPosition(&row, &numerator, &denominator), S_OK);
  EXPECT_EQ(row, 0u);
  MAPIFreeBuffer(state);
}

// spec: IMAPITable::Abort IMAPITable::WaitForCompletion ST-385 ST-309
TEST_F(MapiTable, NothingToAbortNothingToWaitFor) {
  auto table = view();
  EXPECT_EQ(table->Abort(), MAPI_E_UNABLE_TO_ABORT);
  ULONG status = 99;
  EXPECT_EQ(table->WaitForCompletion(0, 0xFFFFFFFF, &status), S_OK);
  EXPECT_EQ(status, ULONG{TBLSTAT_COMPLETE});
  EXPECT_EQ(table->WaitForCompletion(0, 0, nullptr), S_OK);
  EXPECT_EQ(table->WaitForCompletion(1, 0, nullptr), MAPI_E_UNKNOWN_FLAGS);
}

// spec: IMAPITable::GetLastError
TEST_F(MapiTable, GetLastErrorTellsOfTheFailedCall) {
  auto table = view();
  EXPECT_EQ(table->SeekRow(55, 0, nullptr), MAPI_E_INVALID_BOOKMARK);
  LPMAPIERROR error = nullptr;
  ASSERT_EQ(table->GetLastError(MAPI_E_INVALID_BOOKMARK, MAPI_UNICODE, &error), S_OK);
  ASSERT_NE(error, nullptr);
  EXPECT_NE(std::wstring(reinterpret_cast<LPWSTR>(error->lpszError)), L"");
  MAPIFreeBuffer(error);
  EXPECT_EQ(table->GetLastError(MAPI_E_INVALID_BOOKMARK, 0, nullptr), MAPI_E_INVALID_PARAMETER);
}

// spec: LC-576 ST-304
TEST_F(MapiTable, AnswersItsInterfacesOnly) {
  auto table = view();
  void* out = nullptr;
  EXPECT_EQ(table->QueryInterface(IID_IMAPITable, &out), S_OK);
  static_cast<IMAPITable*>(out)->Release();
  EXPECT_EQ(table->QueryInterface(IID_IMAPITableData, &out), MAPI_E_INTERFACE_NOT_SUPPORTED);
  EXPECT_EQ(out, nullptr);
}

class BusyTable : public testing::TableTest {
 protected:
  HookedTable hooked_;
};

// spec: ST-384 ST-317 ST-322 ST-332 ST-336 ST-341 ST-354 ST-368 ST-371 ST-380
TEST_F(BusyTable, AnswersBusyWhileItWorks) {
  IMAPITable* table = hooked_.table.get();
  SizedSPropTagArray(1, columns) = {1, {PR_ROWID}};
  SizedSSortOrderSet(1, by) = {1, 0, 0, {{PR_ROWID, TABLE_SORT_ASCEND}}};
  for (const ULONG status : {TBLSTAT_SORTING, TBLSTAT_RESTRICTING, TBLSTAT_SETTING_COLS}) {
    hooked_.hooks->now = status;
    ULONG a = 0, b = 0, c = 0;
    BYTE key[16]{};
    LPBYTE bytes = nullptr;
    LPSPropTagArray tags = nullptr;
    LPSSortOrderSet order = nullptr;
    LPSRowSet rows = nullptr;
    BOOKMARK mark = 0;
    EXPECT_EQ(table->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), 0), MAPI_E_BUSY);
    EXPECT_EQ(table->QueryColumns(0, &tags), MAPI_E_BUSY);
    EXPECT_EQ(table->GetRowCount(0, &a), MAPI_E_BUSY);
    EXPECT_EQ(table->SeekRow(BOOKMARK_BEGINNING, 0, nullptr), MAPI_E_BUSY);
    EXPECT_EQ(table->SeekRowApprox(0, 1), MAPI_E_BUSY);
    EXPECT_EQ(table->QueryPosition(&a, &b, &c), MAPI_E_BUSY);
    EXPECT_EQ(table->Restrict(nullptr, 0), MAPI_E_BUSY);
    EXPECT_EQ(table->SortTable(reinterpret_cast<LPSSortOrderSet>(&by), 0), MAPI_E_BUSY);
    EXPECT_EQ(table->QuerySortOrder(&order), MAPI_E_BUSY);
    EXPECT_EQ(table->QueryRows(1, 0, &rows), MAPI_E_BUSY);
    EXPECT_EQ(table->ExpandRow(16, key, 0, 0, nullptr, &a), MAPI_E_BUSY);
    EXPECT_EQ(table->CollapseRow(16, key, 0, &a), MAPI_E_BUSY);
    EXPECT_EQ(table->GetCollapseState(0, 16, key, &a, &bytes), MAPI_E_BUSY);
    EXPECT_EQ(table->SetCollapseState(0, 16, key, &mark), MAPI_E_BUSY);
    EXPECT_EQ(table->GetStatus(&a, &b), S_OK);
    EXPECT_EQ(a, status);
    EXPECT_EQ(table->WaitForCompletion(0, 10, &a), MAPI_E_TIMEOUT);
    EXPECT_EQ(table->Abort(), S_OK);
    EXPECT_EQ(table->WaitForCompletion(0, 10, &a), S_OK);
    EXPECT_EQ(table->GetRowCount(0, &a), S_OK);
  }
}

// spec: ST-306 ST-359 ST-370 ST-384
TEST_F(BusyTable, ATableMayDoLess) {
  IMAPITable* table = hooked_.table.get();
  auto sink = com::make<testing::RecordingSink>();
  ULONG_PTR connection = 0;
  BOOKMARK mark = 0;
  EXPECT_EQ(table->Advise(fnevTableModified, sink.get(), &connection), MAPI_E_NO_SUPPORT);
  EXPECT_EQ(table->CreateBookmark(&mark), MAPI_E_NO_SUPPORT);
  SizedSSortOrderSet(1, by) = {1, 0, 0, {{PR_ROWID, TABLE_SORT_DESCEND}}};
  EXPECT_EQ(table->SortTable(reinterpret_cast<LPSSortOrderSet>(&by), 0), MAPI_E_NO_SUPPORT);
  hooked_.hooks->can_wait = false;
  EXPECT_EQ(table->WaitForCompletion(0, 10, nullptr), MAPI_E_NO_SUPPORT);
}

}  // namespace
}  // namespace mapiary::table
