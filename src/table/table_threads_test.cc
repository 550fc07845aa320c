// SPDX-License-Identifier: Apache-2.0
// Two threads use two views, sinks listen, while a third changes the rows: for ThreadSanitizer.
#include <thread>

#include "table/testing/table_fixture.h"

namespace mapiary::table {
namespace {

using testing::free_rows;
using testing::RecordingSink;

class TableThreads : public testing::TableTest {};

void read_all(IMAPITable& table, std::atomic<bool>& stop) {
  for (int round = 0; !stop || round < 20; ++round) {
    SizedSSortOrderSet(1, by) = {1, static_cast<ULONG>(round % 2), 1, {{PR_SUBJECT_W, TABLE_SORT_ASCEND}}};
    by.cExpanded = by.cCategories;
    EXPECT_EQ(table.SortTable(reinterpret_cast<LPSSortOrderSet>(&by), 0), S_OK);
    BOOKMARK mark = 0;
    EXPECT_EQ(table.CreateBookmark(&mark), S_OK);
    LPSRowSet rows = nullptr;
    EXPECT_EQ(table.QueryRows(50, 0, &rows), S_OK);
    free_rows(rows);
    EXPECT_TRUE(SUCCEEDED(table.SeekRow(mark, 1, nullptr)));
    EXPECT_EQ(table.FreeBookmark(mark), S_OK);
    ULONG count = 0;
    EXPECT_EQ(table.GetRowCount(0, &count), S_OK);
  }
}

TEST_F(TableThreads, ViewsAreUsedWhileRowsChange) {
  fill(50);
  auto first = view();
  auto second = view();
  auto sink = com::make<RecordingSink>();
  ULONG_PTR connection = 0;
  ASSERT_EQ(first->Advise(fnevTableModified, sink.get(), &connection), S_OK);
  std::atomic<bool> stop{false};
  std::thread one([&] { read_all(*first, stop); });
  std::thread two([&] { read_all(*second, stop); });
  std::thread flusher([&] {
    while (!stop) com::Notifier::get().flush();
  });
  for (LONG i = 0; i < 1000; ++i) {
    EXPECT_EQ(put(i % 100, i % 3 ? L"odd" : L"even", i), S_OK);
    if (i % 7 == 0) {
      EXPECT_EQ(remove(i % 100), S_OK);
    }
    if (i % 50 == 0) view();  // opened and released
  }
  stop = true;
  one.join();
  two.join();
  flusher.join();
  com::Notifier::get().flush();  // what waits at Unadvise is not delivered any more
  EXPECT_EQ(first->Unadvise(connection), S_OK);
  EXPECT_FALSE(sink->take().empty());
}

TEST_F(TableThreads, NoticesComeInTheOrderOfTheChanges) {
  auto table = view();
  auto sink = com::make<RecordingSink>();
  ULONG_PTR connection = 0;
  ASSERT_EQ(table->Advise(fnevTableModified, sink.get(), &connection), S_OK);
  std::thread other([&] {
    for (LONG i = 0; i < 300; ++i) EXPECT_EQ(put(1, L"a", 2 * i), S_OK);
  });
  for (LONG i = 0; i < 300; ++i) EXPECT_EQ(put(2, L"b", 2 * i + 1), S_OK);
  other.join();
  LONG last[3] = {0, -1, -1};
  for (const testing::Told& told : sink->take()) {
    ASSERT_EQ(told.longs.size(), 2u);
    EXPECT_GT(told.longs[1], last[told.longs[0]]);
    last[told.longs[0]] = told.longs[1];
  }
  EXPECT_EQ(last[1], 598);
  EXPECT_EQ(last[2], 599);
}

// spec: ST-618
TEST_F(TableThreads, ASinkThatIsOutrunIsToldToReadAgain) {
  auto table = view();
  auto sink = com::make<RecordingSink>();
  std::mutex gate;
  gate.lock();
  sink->on_call = [&] { const std::lock_guard wait(gate); };
  ULONG_PTR connection = 0;
  ASSERT_EQ(table->Advise(fnevTableModified, sink.get(), &connection), S_OK);
  for (LONG i = 0; i < 5000; ++i) ASSERT_EQ(put(1, L"a", i), S_OK);
  gate.unlock();
  auto told = sink->take();
  EXPECT_LT(told.size(), 4200u);
  EXPECT_EQ(told.back().event, ULONG{TABLE_CHANGED});
  ASSERT_EQ(put(1, L"a", 1), S_OK);
  told = sink->take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].event, ULONG{TABLE_ROW_MODIFIED});
}

}  // namespace
}  // namespace mapiary::table
