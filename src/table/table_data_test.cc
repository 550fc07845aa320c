// SPDX-License-Identifier: Apache-2.0
// CreateTable and ITableData, row by row, and what views and sinks hear of it.
#include <algorithm>

#include "table/testing/table_fixture.h"

namespace mapiary::table {
namespace {

using testing::free_rows;
using testing::long_value;
using testing::RecordingSink;
using testing::text_value;
using testing::Told;

class TableDataTest : public testing::TableTest {
 protected:
  // A fresh sink on a view.
  com::Ref<RecordingSink> listen(IMAPITable& table, ULONG_PTR* connection = nullptr) {
    auto sink = com::make<RecordingSink>();
    ULONG_PTR number = 0;
    EXPECT_EQ(table.Advise(fnevTableModified, sink.get(), &number), S_OK);
    if (connection) *connection = number;
    return sink;
  }
};

SCODE create_data(ULONG index, LPSPropTagArray columns, LPTABLEDATA* out, ULONG type = TBLTYPE_DYNAMIC) {
  return CreateTable(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, type, index, columns, out);
}

// spec: ST-399 ST-416
TEST_F(TableDataTest, CreateTableChecksItsArguments) {
  SizedSPropTagArray(1, columns) = {1, {PR_ROWID}};
  SizedSPropTagArray(1, none) = {0, {0}};
  const auto tags = reinterpret_cast<LPSPropTagArray>(&columns);
  LPTABLEDATA data = nullptr;
  const auto with = [&](LPCIID iid, LPALLOCATEBUFFER a, LPALLOCATEMORE m, LPFREEBUFFER f, LPVOID reserved) {
    return CreateTable(iid, a, m, f, reserved, TBLTYPE_DYNAMIC, PR_ROWID, tags, &data);
  };
  EXPECT_EQ(with(nullptr, nullptr, MAPIAllocateMore, MAPIFreeBuffer, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(with(nullptr, MAPIAllocateBuffer, nullptr, MAPIFreeBuffer, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(with(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, nullptr, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(with(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, &data), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(with(&IID_IMAPITable, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr),
            MAPI_E_INTERFACE_NOT_SUPPORTED);
  EXPECT_EQ(create_data(PR_ROWID, tags, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(create_data(PR_ROWID, nullptr, &data), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(create_data(PR_ROWID, reinterpret_cast<LPSPropTagArray>(&none), &data), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(create_data(PR_ROWID, tags, &data, 3), MAPI_E_INVALID_PARAMETER);
  for (const ULONG type : {PT_UNSPECIFIED, PT_NULL, PT_ERROR, PT_OBJECT, PT_MV_LONG, ULONG{0x0ABC}}) {
    EXPECT_EQ(create_data(PROP_TAG(type, 0x6001), tags, &data), MAPI_E_INVALID_PARAMETER) << type;
  }
  EXPECT_EQ(data, nullptr);
}

SPropValue index_value(ULONG type, int n, std::wstring& wide, std::string& narrow, GUID& guid) {
  SPropValue value{};
  value.ulPropTag = PROP_TAG(type, 0x6001);
  wide = L"row " + std::to_wstring(n);
  narrow = "row " + std::to_string(n);
  guid = {};
  guid.Data1 = static_cast<DWORD>(n);
  switch (type) {
    case PT_I2:
      value.Value.i = static_cast<short>(n);
      break;
    case PT_LONG:
      value.Value.l = n;
      break;
    case PT_R4:
      value.Value.flt = static_cast<float>(n) / 2;
      break;
    case PT_DOUBLE:
      value.Value.dbl = n / 2.0;
      break;
    case PT_APPTIME:
      value.Value.at = n / 2.0;
      break;
    case PT_CURRENCY:
      value.Value.cur.int64 = n;
      break;
    case PT_I8:
      value.Value.li.QuadPart = n;
      break;
    case PT_SYSTIME:
      value.Value.ft = {static_cast<DWORD>(n), 1};
      break;
    case PT_BOOLEAN:
      value.Value.b = static_cast<unsigned short>(n);
      break;
    case PT_UNICODE:
      value.Value.lpszW = wide.data();
      break;
    case PT_STRING8:
      value.Value.lpszA = narrow.data();
      break;
    case PT_CLSID:
      value.Value.lpguid = &guid;
      break;
    default:
      value.Value.bin = {static_cast<ULONG>(narrow.size()), reinterpret_cast<LPBYTE>(narrow.data())};
  }
  return value;
}

// spec: ITableData::HrInsertRow ST-399 ST-407 ST-408 ST-416
TEST_F(TableDataTest, AnySingleValuedTypeCanBeTheIndex) {
  for (const ULONG type : {PT_I2, PT_LONG, PT_R4, PT_DOUBLE, PT_APPTIME, PT_CURRENCY, PT_I8, PT_SYSTIME, PT_UNICODE,
                           PT_STRING8, PT_CLSID, PT_BINARY, PT_BOOLEAN}) {
    SizedSPropTagArray(1, columns) = {1, {PROP_TAG(type, 0x6001)}};
    com::Ref<ITableData> data;
    ASSERT_EQ(create_data(PROP_TAG(type, 0x6001), reinterpret_cast<LPSPropTagArray>(&columns), data.put()), S_OK)
        << type;
    const int count = type == PT_BOOLEAN ? 2 : 5;
    std::wstring wide;
    std::string narrow;
    GUID guid{};
    for (int i = 0; i < count; ++i) {
      SPropValue values[] = {index_value(type, i, wide, narrow, guid), long_value(PR_IMPORTANCE, i)};
      SRow row{0, 2, values};
      ASSERT_EQ(data->HrInsertRow(static_cast<ULONG>(i), &row), S_OK) << type;
      EXPECT_EQ(data->HrInsertRow(0, &row), MAPI_E_INVALID_PARAMETER) << type;
    }
    for (int i = 0; i < count; ++i) {
      SPropValue index = index_value(type, i, wide, narrow, guid);
      LPSRow row = nullptr;
      ULONG number = 99;
      ASSERT_EQ(data->HrQueryRow(&index, &row, &number), S_OK) << type;
      EXPECT_EQ(number, static_cast<ULONG>(i)) << type;
      MAPIFreeBuffer(row);
    }
  }
}

// spec: ITableData::HrQueryRow ITableData::HrEnumRow ST-413 ST-414
TEST_F(TableDataTest, QueryAndEnumGiveWholeRowsInOneBlock) {
  fill(3);
  SPropValue index = long_value(PR_ROWID, 2);
  LPSRow row = nullptr;
  ULONG number = 0;
  ASSERT_EQ(data_->HrQueryRow(&index, &row, &number), S_OK);
  EXPECT_EQ(number, 1u);
  EXPECT_EQ(row->cValues, 3u);
  EXPECT_EQ(MAPIFreeBuffer(row), S_OK);
  ASSERT_EQ(data_->HrQueryRow(&index, &row, nullptr), S_OK);
  MAPIFreeBuffer(row);
  EXPECT_EQ(data_->HrQueryRow(&index, nullptr, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(data_->HrQueryRow(nullptr, &row, nullptr), MAPI_E_INVALID_PARAMETER);
  SPropValue other = long_value(PR_IMPORTANCE, 2);
  EXPECT_EQ(data_->HrQueryRow(&other, &row, nullptr), MAPI_E_INVALID_PARAMETER);
  index.Value.l = 9;
  EXPECT_EQ(data_->HrQueryRow(&index, &row, nullptr), MAPI_E_NOT_FOUND);
  for (ULONG i = 0; i < 3; ++i) {
    ASSERT_EQ(data_->HrEnumRow(i, &row), S_OK);
    ASSERT_NE(row, nullptr);
    MAPIFreeBuffer(row);
  }
  EXPECT_EQ(data_->HrEnumRow(3, &row), S_OK);
  EXPECT_EQ(row, nullptr);
  EXPECT_EQ(data_->HrEnumRow(0xFFFFFFFF, &row), S_OK);
  EXPECT_EQ(row, nullptr);
  EXPECT_EQ(data_->HrEnumRow(0, nullptr), MAPI_E_INVALID_PARAMETER);
}

// spec: ITableData::HrModifyRow ITableData::HrModifyRows ITableData::HrDeleteRow ITableData::HrNotify
// spec: ITableData::HrGetView ST-403 ST-406 ST-409
TEST_F(TableDataTest, HostileRowsChangeNothing) {
  fill(2);
  SPropValue values[] = {long_value(PR_IMPORTANCE, 1), text_value(PR_SUBJECT_W, nullptr)};
  SRow no_index{0, 1, values};
  SRow null_values{0, 3, nullptr};
  SRow empty{0, 0, nullptr};
  EXPECT_EQ(data_->HrModifyRow(nullptr), MAPI_E_INVALID_PARAMETER);
  for (SRow* row : {&no_index, &null_values, &empty}) {
    EXPECT_EQ(data_->HrModifyRow(row), MAPI_E_INVALID_PARAMETER);
    EXPECT_EQ(data_->HrInsertRow(0, row), MAPI_E_INVALID_PARAMETER);
  }
  values[0] = long_value(PR_ROWID, 7);
  SRow null_text{0, 2, values};
  EXPECT_EQ(data_->HrModifyRow(&null_text), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(data_->HrInsertRow(3, &null_text), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(data_->HrDeleteRow(nullptr), MAPI_E_INVALID_PARAMETER);
  SPropValue text = text_value(CHANGE_PROP_TYPE(PR_ROWID, PT_UNICODE), L"1");
  EXPECT_EQ(data_->HrDeleteRow(&text), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(remove(9), MAPI_E_NOT_FOUND);
  EXPECT_EQ(data_->HrModifyRows(0, nullptr), MAPI_E_INVALID_PARAMETER);
  SizedSRowSet(2, set) = {2, {{0, 1, values}, no_index}};
  SPropValue bad = long_value(PR_IMPORTANCE, 1);
  set.aRow[1] = {0, 1, &bad};
  EXPECT_EQ(data_->HrModifyRows(0, reinterpret_cast<LPSRowSet>(&set)), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(data_->HrModifyRows(1, reinterpret_cast<LPSRowSet>(&set)), MAPI_E_UNKNOWN_FLAGS);
  ULONG count = 77;
  EXPECT_EQ(data_->HrDeleteRows(0, nullptr, &count), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(data_->HrDeleteRows(2, nullptr, &count), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(data_->HrNotify(1, 1, values), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(data_->HrNotify(0, 0, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(data_->HrNotify(0, 1, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(data_->HrNotify(0, 1, values), MAPI_E_NOT_FOUND);
  EXPECT_EQ(data_->HrGetView(nullptr, nullptr, 0, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(count, 77u);
  EXPECT_EQ(ids(*view()), (std::vector<LONG>{1, 2}));
}

// spec: ITableData::HrDeleteRows ST-412
TEST_F(TableDataTest, DeleteRowsCountsWhatItFound) {
  fill(5);
  SPropValue a = long_value(PR_ROWID, 2), b = long_value(PR_ROWID, 9), c = long_value(PR_ROWID, 4);
  SizedSRowSet(3, set) = {3, {{0, 1, &a}, {0, 1, &b}, {0, 1, &c}}};
  ULONG count = 0;
  EXPECT_EQ(data_->HrDeleteRows(0, reinterpret_cast<LPSRowSet>(&set), &count), S_OK);
  EXPECT_EQ(count, 2u);
  auto table = view();
  EXPECT_EQ(ids(*table), (std::vector<LONG>{1, 3, 5}));
  EXPECT_EQ(data_->HrDeleteRows(TAD_ALL_ROWS, nullptr, &count), S_OK);
  EXPECT_EQ(count, 3u);
  EXPECT_TRUE(ids(*table).empty());
  EXPECT_EQ(data_->HrDeleteRows(TAD_ALL_ROWS, nullptr, nullptr), S_OK);
  fill(2);
  EXPECT_EQ(ids(*table), (std::vector<LONG>{1, 2}));
}

TEST_F(TableDataTest, ManyInsertionsAtOnePlaceStayInOrder) {
  fill(2);
  std::vector<LONG> wanted{1};
  for (LONG i = 0; i < 200; ++i) {  // between the same two rows: ranks run out and are given anew
    SPropValue index = long_value(PR_ROWID, 1000 + i);
    SRow row{0, 1, &index};
    ASSERT_EQ(data_->HrInsertRow(1, &row), S_OK);
    wanted.insert(wanted.begin() + 1, 1000 + i);
  }
  wanted.push_back(2);
  EXPECT_EQ(ids(*view()), wanted);
}

// spec: ST-404 ST-410
TEST_F(TableDataTest, NewColumnsAreForFutureViews) {
  fill(1);
  auto old_view = view();
  SPropValue values[] = {long_value(PR_ROWID, 1), long_value(PR_PRIORITY, 5)};
  SRow row{0, 2, values};
  ASSERT_EQ(data_->HrModifyRow(&row), S_OK);
  const auto columns = [](IMAPITable& table, ULONG flags) {
    LPSPropTagArray tags = nullptr;
    EXPECT_EQ(table.QueryColumns(flags, &tags), S_OK);
    std::vector<ULONG> out(tags->aulPropTag, tags->aulPropTag + tags->cValues);
    MAPIFreeBuffer(tags);
    return out;
  };
  const std::vector<ULONG> before{PR_ROWID, PR_SUBJECT_W, PR_IMPORTANCE};
  const std::vector<ULONG> after{PR_ROWID, PR_SUBJECT_W, PR_IMPORTANCE, PR_PRIORITY};
  EXPECT_EQ(columns(*old_view, 0), before);
  const auto all = columns(*old_view, TBL_ALL_COLUMNS);
  EXPECT_NE(std::find(all.begin(), all.end(), PR_PRIORITY), all.end());
  EXPECT_EQ(columns(*view(), 0), after);
  ASSERT_EQ(remove(1), S_OK);
  EXPECT_EQ(columns(*view(), 0), after);
}

int g_live = 0;
int g_fail_after = -1;  // allocations that still succeed; negative: all
ULONG g_largest = 0;
SCODE STDAPICALLTYPE counting_allocate(ULONG size, LPVOID* out) {
  if (g_fail_after == 0) return MAPI_E_NOT_ENOUGH_MEMORY;
  if (g_fail_after > 0) --g_fail_after;
  g_largest = std::max(g_largest, size);
  ++g_live;
  return MAPIAllocateBuffer(size, out);
}
ULONG STDAPICALLTYPE counting_free(LPVOID block) {
  if (block) --g_live;
  return MAPIFreeBuffer(block);
}

// spec: LC-442 LC-447
TEST_F(TableDataTest, OutputComesFromTheCallersRoutines) {
  SizedSPropTagArray(1, columns) = {1, {PR_ROWID}};
  com::Ref<ITableData> data;
  ASSERT_EQ(CreateTable(nullptr, counting_allocate, MAPIAllocateMore, counting_free, nullptr, TBLTYPE_DYNAMIC, PR_ROWID,
                        reinterpret_cast<LPSPropTagArray>(&columns), data.put()),
            S_OK);
  SPropValue index = long_value(PR_ROWID, 1);
  SRow in{0, 1, &index};
  ASSERT_EQ(data->HrModifyRow(&in), S_OK);
  com::Ref<IMAPITable> table;
  ASSERT_EQ(data->HrGetView(nullptr, nullptr, 0, table.put()), S_OK);
  g_live = 0;
  LPSRow row = nullptr;
  ASSERT_EQ(data->HrEnumRow(0, &row), S_OK);
  EXPECT_EQ(g_live, 1);
  LPSRowSet rows = nullptr;
  ASSERT_EQ(table->QueryRows(5, 0, &rows), S_OK);
  EXPECT_EQ(g_live, 3);
  LPSPropTagArray tags = nullptr;
  ASSERT_EQ(table->QueryColumns(0, &tags), S_OK);
  EXPECT_EQ(g_live, 4);
  counting_free(row);
  counting_free(tags);
  counting_free(rows->aRow[0].lpProps);
  counting_free(rows);
  EXPECT_EQ(g_live, 0);
}

// The count is a request: the rows there are decide what is allocated. A query that fails has not moved the cursor.
TEST_F(TableDataTest, QueriesAllocateForTheRowsThereAre) {
  SizedSPropTagArray(1, columns) = {1, {PR_ROWID}};
  com::Ref<ITableData> data;
  ASSERT_EQ(CreateTable(nullptr, counting_allocate, MAPIAllocateMore, counting_free, nullptr, TBLTYPE_DYNAMIC, PR_ROWID,
                        reinterpret_cast<LPSPropTagArray>(&columns), data.put()),
            S_OK);
  for (LONG i = 1; i <= 3; ++i) {
    SPropValue index = long_value(PR_ROWID, i);
    SRow in{0, 1, &index};
    ASSERT_EQ(data->HrModifyRow(&in), S_OK);
  }
  com::Ref<IMAPITable> table;
  ASSERT_EQ(data->HrGetView(nullptr, nullptr, 0, table.put()), S_OK);
  g_live = 0;
  LPSRowSet rows = nullptr;
  for (const int good : {0, 1, 2, 3}) {
    g_fail_after = good;
    EXPECT_EQ(table->QueryRows(0x7FFFFFFF, 0, &rows), MAPI_E_NOT_ENOUGH_MEMORY);
    EXPECT_EQ(g_live, 0);
    ULONG row = 9, numerator = 0, denominator = 0;
    EXPECT_EQ(table->QueryPosition(&row, &numerator, &denominator), S_OK);
    EXPECT_EQ(row, 0u);
  }
  g_fail_after = -1;
  for (const LONG count : {LONG{0x7FFFFFFF}, static_cast<LONG>(0x80000000)}) {
    g_largest = 0;
    ASSERT_EQ(table->QueryRows(count, 0, &rows), S_OK);
    ASSERT_EQ(rows->cRows, 3u);
    EXPECT_EQ(rows->aRow[2].lpProps[0].Value.l, 3);
    EXPECT_EQ(g_live, 4);
    EXPECT_LE(g_largest, CbNewSRowSet(4));
    for (ULONG i = 0; i < rows->cRows; ++i) counting_free(rows->aRow[i].lpProps);
    counting_free(rows);
    EXPECT_EQ(g_live, 0);
    ASSERT_EQ(table->SeekRow(BOOKMARK_END, 0, nullptr), S_OK);
  }
}

struct Released {
  int calls = 0;
  ITableData* data = nullptr;
  IMAPITable* table = nullptr;
};
void STDAPICALLTYPE on_release(ULONG_PTR context, LPTABLEDATA data, LPMAPITABLE table) {
  auto* released = reinterpret_cast<Released*>(context);
  ++released->calls;
  released->data = data;
  released->table = table;
  table->AddRef();  // a pair in here must not end the view twice
  ULONG count = 0;
  EXPECT_EQ(table->GetRowCount(0, &count), S_OK);
  table->Release();
  data->Release();  // the common use of the callback (callerrelease)
}

// spec: ST-401 LC-445
TEST_F(TableDataTest, TheCallbackRunsWhenTheLastReferenceToTheViewGoes) {
  fill(2);
  Released released;
  IMAPITable* table = nullptr;
  ITableData* data = data_.detach();
  ASSERT_EQ(data->HrGetView(nullptr, on_release, reinterpret_cast<ULONG_PTR>(&released), &table), S_OK);
  table->AddRef();
  table->Release();
  EXPECT_EQ(released.calls, 0);
  table->Release();
  EXPECT_EQ(released.calls, 1);
  EXPECT_EQ(released.data, data);
  EXPECT_EQ(released.table, table);
}

TEST_F(TableDataTest, ViewsOutliveTheirData) {
  fill(3);
  auto first = view();
  auto second = view();
  data_.reset();
  EXPECT_EQ(ids(*first), (std::vector<LONG>{1, 2, 3}));
  first.reset();
  EXPECT_EQ(ids(*second), (std::vector<LONG>{1, 2, 3}));
}

// spec: ST-415 ST-626 ST-307 ST-320
TEST_F(TableDataTest, SinksAreToldRowByRow) {
  fill(2);
  SizedSSortOrderSet(1, by) = {1, 0, 0, {{PR_IMPORTANCE, TABLE_SORT_DESCEND}}};
  auto table = view(reinterpret_cast<LPSSortOrderSet>(&by));
  auto sink = listen(*table);
  ASSERT_EQ(put(3, L"new", 3), S_OK);
  auto told = sink->take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].event, ULONG{TABLE_ROW_ADDED});
  EXPECT_EQ(told[0].longs, (std::vector<LONG>{3, 3}));
  EXPECT_EQ(told[0].values, 3u);
  EXPECT_EQ(told[0].prior_tag, PR_NULL);  // it is the first row
  EXPECT_EQ(told[0].key, instance_key(*table, 0));
  const std::string second_key = instance_key(*table, 1);

  ASSERT_EQ(put(1, L"changed", 1), S_OK);
  told = sink->take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].event, ULONG{TABLE_ROW_MODIFIED});
  EXPECT_EQ(told[0].prior, second_key);

  const std::string key = instance_key(*table, 0);
  ASSERT_EQ(remove(3), S_OK);
  told = sink->take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].event, ULONG{TABLE_ROW_DELETED});
  EXPECT_EQ(told[0].key, key);
  EXPECT_EQ(told[0].prior_tag, PR_NULL);

  SPropValue index = long_value(PR_ROWID, 2);
  ASSERT_EQ(data_->HrNotify(0, 1, &index), S_OK);
  told = sink->take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].event, ULONG{TABLE_ROW_MODIFIED});

  SizedSPropTagArray(1, columns) = {1, {PR_IMPORTANCE}};
  ASSERT_EQ(table->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), 0), S_OK);
  ASSERT_EQ(put(2, L"x", 7), S_OK);
  told = sink->take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].values, 1u);
  EXPECT_EQ(told[0].longs, (std::vector<LONG>{7}));
}

// spec: ST-629 ST-355
TEST_F(TableDataTest, RowsFilteredOutAreNotToldOf) {
  fill(2);
  auto table = view();
  SPropValue limit = long_value(PR_IMPORTANCE, 10);
  SRestriction restriction{};
  restriction.rt = RES_PROPERTY;
  restriction.res.resProperty = {RELOP_GE, PR_IMPORTANCE, &limit};
  ASSERT_EQ(table->Restrict(&restriction, 0), S_OK);
  auto sink = listen(*table);
  ASSERT_EQ(put(3, L"low", 1), S_OK);
  ASSERT_EQ(put(1, L"low", 2), S_OK);
  ASSERT_EQ(remove(2), S_OK);
  EXPECT_TRUE(sink->take().empty());
  ASSERT_EQ(put(1, L"high", 11), S_OK);  // comes into view
  ASSERT_EQ(put(1, L"low", 1), S_OK);    // and goes
  const auto told = sink->take();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].event, ULONG{TABLE_ROW_ADDED});
  EXPECT_EQ(told[1].event, ULONG{TABLE_ROW_DELETED});
}

// spec: ST-405 ST-411 ST-620 ST-635
TEST_F(TableDataTest, UpToEightRowsOneByOneMoreAtOnce) {
  auto table = view();
  auto sink = listen(*table);
  const auto add = [&](LONG from, ULONG count) {
    std::vector<SPropValue> values;
    for (ULONG i = 0; i < count; ++i) values.push_back(long_value(PR_ROWID, from + static_cast<LONG>(i)));
    SizedSRowSet(20, set) = {count, {}};
    for (ULONG i = 0; i < count; ++i) set.aRow[i] = {0, 1, &values[i]};
    return data_->HrModifyRows(0, reinterpret_cast<LPSRowSet>(&set));
  };
  ASSERT_EQ(add(1, 8), S_OK);
  auto told = sink->take();
  ASSERT_EQ(told.size(), 8u);
  EXPECT_EQ(sink->calls(), 1);
  for (LONG i = 0; i < 8; ++i) {  // in the order of the rows
    EXPECT_EQ(told[static_cast<std::size_t>(i)].event, ULONG{TABLE_ROW_ADDED});
    EXPECT_EQ(told[static_cast<std::size_t>(i)].longs, (std::vector<LONG>{i + 1}));
  }
  ASSERT_EQ(add(100, 9), S_OK);
  told = sink->take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].event, ULONG{TABLE_CHANGED});
  ASSERT_EQ(data_->HrDeleteRows(TAD_ALL_ROWS, nullptr, nullptr), S_OK);
  told = sink->take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].event, ULONG{TABLE_RELOAD});
}

TEST_F(TableDataTest, AsynchronousOperationsTellWhenTheyAreDone) {
  auto table = view();
  auto sink = listen(*table);
  SizedSPropTagArray(1, columns) = {1, {PR_ROWID}};
  SizedSSortOrderSet(1, by) = {1, 0, 0, {{PR_ROWID, TABLE_SORT_ASCEND}}};
  ASSERT_EQ(table->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), TBL_ASYNC), S_OK);
  ASSERT_EQ(table->Restrict(nullptr, TBL_ASYNC), S_OK);
  ASSERT_EQ(table->SortTable(reinterpret_cast<LPSSortOrderSet>(&by), TBL_ASYNC), S_OK);
  ASSERT_EQ(table->SortTable(reinterpret_cast<LPSSortOrderSet>(&by), 0), S_OK);
  const auto told = sink->take();
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(told[0].event, ULONG{TABLE_SETCOL_DONE});
  EXPECT_EQ(told[1].event, ULONG{TABLE_RESTRICT_DONE});
  EXPECT_EQ(told[2].event, ULONG{TABLE_SORT_DONE});
}

// spec: ST-629 ST-376 ST-378
TEST_F(TableDataTest, CategoriesOpenAndCloseInSilence) {
  fill(3);
  SizedSSortOrderSet(1, by) = {1, 1, 0, {{PR_SUBJECT_W, TABLE_SORT_ASCEND}}};
  auto table = view(reinterpret_cast<LPSSortOrderSet>(&by));
  auto sink = listen(*table);
  std::string key = instance_key(*table, 0);
  ULONG count = 0;
  const auto at = reinterpret_cast<LPBYTE>(key.data());
  ASSERT_EQ(table->ExpandRow(static_cast<ULONG>(key.size()), at, 0, 0, nullptr, &count), S_OK);
  ASSERT_EQ(table->CollapseRow(static_cast<ULONG>(key.size()), at, 0, &count), S_OK);
  EXPECT_EQ(count, 3u);
  EXPECT_TRUE(sink->take().empty());
}

TEST_F(TableDataTest, SinksMayCallBackAndLeave) {
  auto table = view();
  ULONG_PTR connection = 0;
  auto sink = listen(*table, &connection);
  ULONG seen = 0;
  sink->on_call = [&] {
    EXPECT_EQ(table->GetRowCount(0, &seen), S_OK);  // no lock is held
    EXPECT_EQ(table->Unadvise(connection), S_OK);   // from inside: released when OnNotify returns
  };
  fill(1);
  EXPECT_EQ(sink->take().size(), 1u);
  EXPECT_EQ(seen, 1u);
  ASSERT_EQ(put(2, L"x", 2), S_OK);
  EXPECT_TRUE(sink->take().empty());
}

// spec: LC-577
TEST_F(TableDataTest, ReleasingTheTableReleasesItsSinks) {
  auto table = view();
  auto sink = listen(*table);
  const int before = RecordingSink::destroyed();
  sink.reset();
  EXPECT_EQ(RecordingSink::destroyed(), before);
  table.reset();
  EXPECT_EQ(RecordingSink::destroyed(), before + 1);
}

TEST_F(TableDataTest, InstanceKeysOfTheIndexColumnAreHandedOut) {
  SizedSPropTagArray(2, columns) = {2, {PR_INSTANCE_KEY, PR_IMPORTANCE}};
  ASSERT_EQ(create_data(PR_INSTANCE_KEY, reinterpret_cast<LPSPropTagArray>(&columns), data_.put()), S_OK);
  BYTE key[] = {1, 2, 3};
  SPropValue values[2]{};
  values[0].ulPropTag = PR_INSTANCE_KEY;
  values[0].Value.bin = {3, key};
  values[1] = long_value(PR_IMPORTANCE, 1);
  SRow row{0, 2, values};
  auto table = view();
  auto sink = listen(*table);
  ASSERT_EQ(data_->HrModifyRow(&row), S_OK);
  EXPECT_EQ(instance_key(*table, 0), std::string("\1\2\3"));
  ASSERT_EQ(data_->HrDeleteRow(&values[0]), S_OK);
  const auto told = sink->take();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].key, std::string("\1\2\3"));
  EXPECT_EQ(told[1].key, std::string("\1\2\3"));
}

}  // namespace
}  // namespace mapiary::table
