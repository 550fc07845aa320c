// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <cstring>
#include <limits>

#include "util/testing/fake_table.h"

namespace mapiary::util {
namespace {

using testing::FakeProp;
using testing::FakeTable;

// spec: ST-599 LC-449
TEST(HrQueryAllRows, CollectsAllRowsOfTheCurrentView) {
  const auto table = com::make<FakeTable>();
  table->row_count = 10000;
  table->per_answer = 700;
  LPSRowSet rows = nullptr;
  ASSERT_EQ(HrQueryAllRows(table.get(), nullptr, nullptr, nullptr, 0, &rows), S_OK);
  EXPECT_EQ(table->calls, "K");
  ASSERT_EQ(rows->cRows, 10000u);
  EXPECT_EQ(rows->aRow[9999].lpProps->Value.l, 10000);
  FreeProws(rows);
  table->row_count = 0;
  ASSERT_EQ(HrQueryAllRows(table.get(), nullptr, nullptr, nullptr, 0, &rows), S_OK);
  EXPECT_EQ(rows->cRows, 0u);
  FreeProws(rows);
  FreeProws(nullptr);
}

TEST(HrQueryAllRows, SetsTheViewItIsGiven) {
  const auto table = com::make<FakeTable>();
  table->row_count = 1;
  SPropTagArray tags = {1, {PR_SUBJECT}};
  SRestriction restriction = {};
  SSortOrderSet order = {};
  LPSRowSet rows = nullptr;
  ASSERT_EQ(HrQueryAllRows(table.get(), &tags, &restriction, &order, 1, &rows), S_OK);
  EXPECT_EQ(table->calls, "CRSK");
  FreeProws(rows);
}

// spec: ST-599
TEST(HrQueryAllRows, TooManyRowsAreAnErrorAndNothingLeaks) {
  const auto table = com::make<FakeTable>();
  table->row_count = 11;
  table->per_answer = 4;
  LPSRowSet rows = nullptr;
  EXPECT_EQ(HrQueryAllRows(table.get(), nullptr, nullptr, nullptr, 10, &rows), MAPI_E_TABLE_TOO_BIG);
  EXPECT_EQ(rows, nullptr);
  ASSERT_EQ(HrQueryAllRows(table.get(), nullptr, nullptr, nullptr, 11, &rows), S_OK);
  FreeProws(rows);
  table->fail_query_rows = MAPI_E_NETWORK_ERROR;  // after the first rows
  EXPECT_EQ(HrQueryAllRows(table.get(), nullptr, nullptr, nullptr, 0, &rows), MAPI_E_NETWORK_ERROR);
  EXPECT_EQ(rows, nullptr);
  EXPECT_EQ(HrQueryAllRows(nullptr, nullptr, nullptr, nullptr, 0, &rows), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrQueryAllRows(table.get(), nullptr, nullptr, nullptr, 0, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrQueryAllRows(table.get(), nullptr, nullptr, nullptr, -1, &rows), MAPI_E_INVALID_PARAMETER);
}

// spec: LC-448 LC-450
TEST(FreePadrlist, FreesEveryEntry) {
  LPADRLIST list = nullptr;
  ASSERT_EQ(MAPIAllocateBuffer(CbNewADRLIST(2), reinterpret_cast<LPVOID*>(&list)), S_OK);
  std::memset(list, 0, CbNewADRLIST(2));
  list->cEntries = 2;
  MAPIAllocateBuffer(sizeof(SPropValue), reinterpret_cast<LPVOID*>(&list->aEntries[0].rgPropVals));
  FreePadrlist(list);  // the second entry is empty
  FreePadrlist(nullptr);
}

// spec: ST-601
TEST(HrAddColumns, PutsNewColumnsFirst) {
  const auto table = com::make<FakeTable>();
  const ULONG present = table->columns[1];
  SizedSPropTagArray(2, added) = {2, {PR_SUBJECT, present}};
  auto* tags = reinterpret_cast<LPSPropTagArray>(&added);
  ASSERT_EQ(HrAddColumns(table.get(), tags, MAPIAllocateBuffer, MAPIFreeBuffer), S_OK);
  EXPECT_EQ(table->columns, (std::vector<ULONG>{PR_SUBJECT, present, PROP_TAG(PT_LONG, 0x6700)}));
  EXPECT_EQ(HrAddColumns(nullptr, tags, MAPIAllocateBuffer, MAPIFreeBuffer), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrAddColumns(table.get(), nullptr, MAPIAllocateBuffer, MAPIFreeBuffer), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrAddColumns(table.get(), tags, nullptr, MAPIFreeBuffer), MAPI_E_INVALID_PARAMETER);
  added.cValues = 0x20000000;  // a count that no memory stands behind
  EXPECT_EQ(HrAddColumns(table.get(), tags, MAPIAllocateBuffer, MAPIFreeBuffer), MAPI_E_TOO_COMPLEX);
}

TEST(HrAddColumns, AFilterMayChangeTagsButNotAddAny) {
  const auto table = com::make<FakeTable>();
  SPropTagArray added = {1, {PR_SUBJECT}};
  const auto narrow = [](LPSPropTagArray tags) {
    tags->aulPropTag[1] = PROP_TAG(PT_STRING8, PROP_ID(tags->aulPropTag[1]));
    tags->cValues = 500;
  };
  ASSERT_EQ(HrAddColumnsEx(table.get(), &added, MAPIAllocateBuffer, MAPIFreeBuffer, +narrow), S_OK);
  EXPECT_EQ(table->columns, (std::vector<ULONG>{PR_SUBJECT, PROP_TAG(PT_LONG, 0x6700), PROP_TAG(PT_STRING8, 0x6701)}));
}

int g_live = 0;
int g_allocated = 0;
SCODE STDAPICALLTYPE counting_allocate(ULONG size, LPVOID* out) {
  ++g_live;
  ++g_allocated;
  return MAPIAllocateBuffer(size, out);
}
ULONG STDAPICALLTYPE counting_free(LPVOID block) {
  if (block) --g_live;
  return MAPIFreeBuffer(block);
}

// A provider's table and its call of the function have the routines the provider was given.
TEST(HrAddColumns, UsesTheRoutinesItIsGiven) {
  SizedSPropTagArray(2, columns) = {2, {PR_ROWID, PR_SUBJECT_W}};
  com::Ref<ITableData> data;
  ASSERT_EQ(CreateTable(nullptr, counting_allocate, MAPIAllocateMore, counting_free, nullptr, TBLTYPE_DYNAMIC, PR_ROWID,
                        reinterpret_cast<LPSPropTagArray>(&columns), data.put()),
            S_OK);
  com::Ref<IMAPITable> table;
  ASSERT_EQ(data->HrGetView(nullptr, nullptr, 0, table.put()), S_OK);
  const int live = g_live;
  SPropTagArray added = {1, {PR_IMPORTANCE}};
  g_allocated = 0;
  const auto leave_out = [](LPSPropTagArray tags) { tags->aulPropTag[1] = PR_NULL; };
  ASSERT_EQ(HrAddColumnsEx(table.get(), &added, counting_allocate, counting_free, +leave_out), S_OK);
  EXPECT_EQ(g_allocated, 2);  // what the table had, and what it gets
  EXPECT_EQ(g_live, live);
  LPSPropTagArray now = nullptr;
  ASSERT_EQ(table->QueryColumns(0, &now), S_OK);
  ASSERT_EQ(now->cValues, 3u);
  EXPECT_EQ(now->aulPropTag[0], PR_IMPORTANCE);
  EXPECT_EQ(now->aulPropTag[1], PR_ROWID);
  EXPECT_EQ(now->aulPropTag[2], PR_NULL);
  counting_free(now);
}

// spec: ST-600
TEST(HrGetOneProp, SucceedsOrFailsAndNeverWarns) {
  const auto object = com::make<FakeProp>();
  LPSPropValue value = nullptr;
  ASSERT_EQ(HrGetOneProp(object.get(), object->tag, &value), S_OK);
  EXPECT_EQ(value->Value.l, 5);
  MAPIFreeBuffer(value);
  EXPECT_EQ(HrGetOneProp(object.get(), PR_SUBJECT, &value), MAPI_E_NOT_FOUND);
  EXPECT_EQ(value, nullptr);
  object->error = static_cast<SCODE>(MAPI_E_NOT_ENOUGH_MEMORY);  // too large for GetProps
  EXPECT_EQ(HrGetOneProp(object.get(), PR_BODY, &value), MAPI_E_NOT_ENOUGH_MEMORY);
  object->result = MAPI_E_NO_ACCESS;
  EXPECT_EQ(HrGetOneProp(object.get(), object->tag, &value), MAPI_E_NO_ACCESS);
  EXPECT_EQ(HrGetOneProp(nullptr, object->tag, &value), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrGetOneProp(object.get(), object->tag, nullptr), MAPI_E_INVALID_PARAMETER);
}

TEST(HrSetOneProp, TurnsAProblemIntoAnError) {
  const auto object = com::make<FakeProp>();
  SPropValue value = {};
  value.ulPropTag = object->tag;
  value.Value.l = 9;
  EXPECT_EQ(HrSetOneProp(object.get(), &value), S_OK);
  EXPECT_EQ(object->set_value, 9);
  object->problem = static_cast<SCODE>(MAPI_E_COMPUTED);
  EXPECT_EQ(HrSetOneProp(object.get(), &value), MAPI_E_COMPUTED);
  object->problem = S_OK;
  object->result = MAPI_E_NO_ACCESS;
  EXPECT_EQ(HrSetOneProp(object.get(), &value), MAPI_E_NO_ACCESS);
  EXPECT_EQ(HrSetOneProp(nullptr, &value), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrSetOneProp(object.get(), nullptr), MAPI_E_INVALID_PARAMETER);
}

TEST(FPropExists, MatchesTheTagOrTheIdentifier) {
  const auto object = com::make<FakeProp>();
  EXPECT_TRUE(FPropExists(object.get(), object->tag));
  EXPECT_TRUE(FPropExists(object.get(), PROP_TAG(PT_UNSPECIFIED, 0x6700)));
  EXPECT_FALSE(FPropExists(object.get(), PROP_TAG(PT_BINARY, 0x6700)));
  EXPECT_FALSE(FPropExists(object.get(), PROP_TAG(PT_LONG, 0x6701)));
  object->refused_list_flags = 0;  // an object that knows wide text only
  EXPECT_TRUE(FPropExists(object.get(), object->tag));
  EXPECT_FALSE(FPropExists(nullptr, object->tag));
}

// spec: LC-446
TEST(MAPIGetDefaultMalloc, IsARealAllocator) {
  LPMALLOC allocator = MAPIGetDefaultMalloc();
  ASSERT_NE(allocator, nullptr);
  void* block = allocator->Alloc(10);
  std::memset(block, 7, 10);
  EXPECT_EQ(allocator->GetSize(block), 10u);
  EXPECT_EQ(allocator->DidAlloc(block), 1);
  block = allocator->Realloc(block, 1000);
  EXPECT_EQ(static_cast<char*>(block)[9], 7);
  EXPECT_EQ(allocator->GetSize(block), 1000u);
  EXPECT_EQ(allocator->Realloc(block, 0), nullptr);
  block = allocator->Realloc(nullptr, 0);
  EXPECT_NE(block, nullptr);
  allocator->Free(block);
  allocator->Free(nullptr);
  int local = 0;
  EXPECT_EQ(allocator->DidAlloc(nullptr), -1);
  EXPECT_EQ(allocator->DidAlloc(&local), 0);
  EXPECT_EQ(allocator->Alloc(std::numeric_limits<SIZE_T>::max()), nullptr);
  allocator->HeapMinimize();
  LPMALLOC again = MAPIGetDefaultMalloc();
  EXPECT_EQ(again, allocator);
  again->Release();
  allocator->Release();
}

}  // namespace
}  // namespace mapiary::util
