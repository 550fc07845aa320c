// SPDX-License-Identifier: Apache-2.0
// Views over sources that give first rows: they show what a view of all rows shows, and read few rows as long as few
// will do.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "view/table_view.h"
#include "view/testing/memory_rows.h"

namespace mapiary::view {
namespace {

using model::PropTag;
using model::PropValue;

constexpr PropTag kNumber(0x66000003u);

model::PropBag row_of(std::int32_t number) {
  model::PropBag bag;
  bag.set(PropValue::int32(kNumber, number));
  return bag;
}

// Sorts by the number itself.
class FirstRowSource final : public testing::MemoryRows {
 public:
  FirstRowSource() { columns = {kNumber}; }
  bool gives_first_rows() const override { return first; }
  std::optional<std::uint32_t> row_count() override { return static_cast<std::uint32_t>(order_.size()); }
  Status scan(const RowQuery& query, RowSink& sink) override {
    if (!first) return MemoryRows::scan(query, sink);
    std::vector<RowKey> keys = order_;
    if (query.order) {
      const bool down = query.order->keys[0].order == model::SortKey::Order::kDescending;
      std::stable_sort(keys.begin(), keys.end(), [&](RowKey a, RowKey b) {
        const auto x = bag(a).find(kNumber)->as_int32(), y = bag(b).find(kNumber)->as_int32();
        return down ? x > y : x < y;
      });
    }
    if (query.after) keys.erase(keys.begin(), std::find(keys.begin(), keys.end(), *query.after) + 1);
    if (query.limit != 0 && keys.size() > query.limit) keys.resize(query.limit);
    most = std::max(most, keys.size());
    sink.begin(query.filter == nullptr, true, keys.size());
    for (const RowKey key : keys) {
      ++given;
      if (!TRY(sink.row(key))) break;
    }
    return {};
  }

  bool gives_next_rows() const override { return next; }

  bool first = true, next = false;
  std::size_t given = 0;
  std::size_t most = 0;  // rows that one scan gave
};

std::vector<std::int32_t> numbers(const std::vector<Row>& rows) {
  std::vector<std::int32_t> all;
  for (const Row& row : rows) all.push_back(row[0].as_int32());
  return all;
}

model::SortOrder by_number(bool down) {
  model::SortOrder order;
  order.keys = {{kNumber, down ? model::SortKey::Order::kDescending : model::SortKey::Order::kAscending}};
  return order;
}

class FirstRows : public ::testing::Test {
 protected:
  void SetUp() override {
    for (RowKey key = 0; key < 10'000; ++key) source_->put(key, row_of(static_cast<std::int32_t>(key * 7 % 10'000)));
    view_ = std::move(*TableView::open(source_));
    ASSERT_TRUE(view_->sort(by_number(true)));
  }
  std::shared_ptr<FirstRowSource> source_ = std::make_shared<FirstRowSource>();
  std::unique_ptr<TableView> view_;
};

TEST_F(FirstRows, NothingIsReadBeforeItIsAskedFor) {
  EXPECT_EQ(source_->given, 0u);
  EXPECT_EQ(view_->count_rows().value(), 10'000u);
  EXPECT_EQ(view_->position().denominator, 10'000u);
  EXPECT_LE(source_->given, 64u);
}

TEST_F(FirstRows, PagesFollowOneAnother) {
  std::int32_t next = 9'999;
  for (int page = 0; page < 5; ++page) {
    for (const std::int32_t number : numbers(view_->query_rows(50).value())) EXPECT_EQ(number, next--);
  }
  EXPECT_LT(source_->given, 1'100u);
  EXPECT_EQ(view_->position().row, 250u);
}

TEST_F(FirstRows, SeeksPastThemReadAllOnce) {
  ASSERT_TRUE(view_->seek_row_approx(1, 2));
  EXPECT_EQ(source_->given, 10'000u);
  EXPECT_EQ(numbers(view_->query_rows(2).value()), (std::vector<std::int32_t>{4'999, 4'998}));
  ASSERT_TRUE(view_->seek_row(kBookmarkEnd, -1));
  EXPECT_EQ(numbers(view_->query_rows(5).value()), (std::vector<std::int32_t>{0}));
  EXPECT_EQ(source_->given, 10'000u);
}

TEST_F(FirstRows, BookmarksStayOnTheirRows) {
  ASSERT_TRUE(view_->query_rows(10));
  const Bookmark mark = view_->create_bookmark().value();
  ASSERT_TRUE(view_->seek_row_approx(1, 2));
  EXPECT_EQ(view_->seek_row(mark, 0)->sought, 0);
  EXPECT_EQ(numbers(view_->query_rows(1).value()), (std::vector<std::int32_t>{9'989}));
}

TEST_F(FirstRows, WhoFollowsHearsOfEachRow) {
  ASSERT_TRUE(view_->query_rows(10));
  ASSERT_TRUE(view_->follow());
  source_->put(20'000, row_of(20'000));
  const Change change{Change::Kind::kAdded, 20'000};
  const auto events = view_->on_change({&change, 1}).value();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, ViewEvent::Kind::kRowAdded);
  EXPECT_EQ(events[0].position, 0u);
}

// Rows come and go between pages of a few rows: the view reads on as one that knows all rows.
RC_GTEST_PROP(FirstRowsProperty, AViewReadsOnAsIfItKnewAllRows, ()) {
  auto few = std::make_shared<FirstRowSource>(), all = std::make_shared<FirstRowSource>();
  all->first = false;
  const auto put = [&](RowKey key, std::int32_t number) {
    few->put(key, row_of(number));
    all->put(key, row_of(number));
  };
  const auto count = *rc::gen::inRange<RowKey>(0, 300);
  for (RowKey key = 0; key < count; ++key) put(key, *rc::gen::inRange(0, 100));
  auto view = std::move(*TableView::open(few)), other = std::move(*TableView::open(all));
  const bool down = *rc::gen::arbitrary<bool>(), sorted = *rc::gen::arbitrary<bool>();
  if (sorted) {
    RC_ASSERT(view->sort(by_number(down)).has_value());
    RC_ASSERT(other->sort(by_number(down)).has_value());
  }
  // Until it was asked for a row, a view has no place among them.
  RC_ASSERT(numbers(view->query_rows(1).value()) == numbers(other->query_rows(1).value()));
  RowKey next = count;
  for (int step = *rc::gen::inRange(0, 40); step > 0; --step) {
    Change change{Change::Kind::kAdded, next};
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        put(next++, *rc::gen::inRange(0, 100));
        break;
      case 1:
        if (few->order().empty()) continue;
        change = {Change::Kind::kDeleted, *rc::gen::elementOf(few->order())};
        few->erase(change.key);
        all->erase(change.key);
        break;
      default: {
        const int rows = *rc::gen::inRange(-20, 40);
        if (rows == 0) continue;
        RC_ASSERT(numbers(view->query_rows(rows).value()) == numbers(other->query_rows(rows).value()));
        continue;
      }
    }
    RC_ASSERT(view->on_change({&change, 1}, false).has_value());
    RC_ASSERT(other->on_change({&change, 1}, false).has_value());
  }
  RC_ASSERT(numbers(view->query_rows(1000).value()) == numbers(other->query_rows(1000).value()));
  RC_ASSERT(view->position().row == other->position().row);
}

// ---- Sources that never change: rows behind the cursor are forgotten

class NextRows : public ::testing::Test {
 protected:
  void SetUp() override {
    for (RowKey key = 0; key < 20'000; ++key) source_->put(key, row_of(static_cast<std::int32_t>(key)));
    source_->next = true;
    view_ = std::move(*TableView::open(source_));
  }
  std::shared_ptr<FirstRowSource> source_ = std::make_shared<FirstRowSource>();
  std::unique_ptr<TableView> view_;
};

TEST_F(NextRows, AWalkToTheEndNeverHoldsThemAll) {
  std::int32_t next = 0;
  for (;;) {
    const auto rows = numbers(view_->query_rows(300).value());
    for (const std::int32_t number : rows) ASSERT_EQ(number, next++);
    ASSERT_EQ(view_->position().row, static_cast<std::uint32_t>(next));
    ASSERT_EQ(view_->position().denominator, 20'000u);
    if (rows.empty()) break;
  }
  EXPECT_EQ(next, 20'000);
  EXPECT_LE(source_->most, 4'096u);
  EXPECT_LT(source_->given, 60'000u);
}

TEST_F(NextRows, WhatIsBehindIsThereAgainWhenItIsAskedFor) {
  for (int page = 0; page < 30; ++page) ASSERT_TRUE(view_->query_rows(300));
  EXPECT_EQ(view_->seek_row(kBookmarkCurrent, -8'000)->sought, -8'000);
  EXPECT_EQ(numbers(view_->query_rows(2).value()), (std::vector<std::int32_t>{1'000, 1'001}));
  EXPECT_EQ(view_->seek_row(kBookmarkBeginning, 3)->sought, 3);
  EXPECT_EQ(numbers(view_->query_rows(1).value()), (std::vector<std::int32_t>{3}));
}

TEST_F(NextRows, BookmarksKeepTheirRows) {
  for (int page = 0; page < 30; ++page) ASSERT_TRUE(view_->query_rows(300));
  const Bookmark mark = view_->create_bookmark().value();
  for (int page = 0; page < 30; ++page) ASSERT_TRUE(view_->query_rows(300));
  EXPECT_EQ(view_->position().row, 18'000u);
  ASSERT_TRUE(view_->seek_row(mark, 1));
  EXPECT_EQ(numbers(view_->query_rows(1).value()), (std::vector<std::int32_t>{9'001}));
}

// Whatever is done, the view shows what one shows that knows all rows.
RC_GTEST_PROP(NextRowsProperty, AViewThatForgetsRowsShowsThemAll, ()) {
  auto few = std::make_shared<FirstRowSource>(), all = std::make_shared<FirstRowSource>();
  all->first = false;
  few->next = true;
  const auto count = *rc::gen::element<RowKey>(0, 1, 4'096, 4'097, 9'000);
  for (RowKey key = 0; key < count; ++key) {
    few->put(key, row_of(static_cast<std::int32_t>(key % 5'000)));
    all->put(key, row_of(static_cast<std::int32_t>(key % 5'000)));
  }
  auto view = std::move(*TableView::open(few)), other = std::move(*TableView::open(all));
  RC_ASSERT(numbers(view->query_rows(1).value()) == numbers(other->query_rows(1).value()));
  std::vector<Bookmark> marks{kBookmarkBeginning, kBookmarkCurrent, kBookmarkEnd};
  for (int step = *rc::gen::inRange(0, 60); step > 0; --step) {
    switch (*rc::gen::inRange(0, 12)) {
      case 0: {
        const int by = *rc::gen::element(0, 1, -1, 50, -50, 700, -700, 5'000, -5'000);
        const Bookmark from = *rc::gen::elementOf(marks);
        const auto mine = view->seek_row(from, by), right = other->seek_row(from, by);
        RC_ASSERT(mine->sought == right->sought);
        RC_ASSERT(mine->position_changed == right->position_changed);
        break;
      }
      case 1:
        if (*rc::gen::inRange(0, 4) == 0) {
          const Bookmark mark = view->create_bookmark().value();
          RC_ASSERT(other->create_bookmark().value() == mark);
          marks.push_back(mark);
        }
        break;
      case 2: {
        model::Restriction wanted;
        wanted.kind = model::RestrictionKind::kProperty;
        wanted.op = model::RelOp::kEq;
        wanted.tag = kNumber;
        wanted.value = PropValue::int32(kNumber, *rc::gen::inRange(0, 9'000));
        const bool backward = *rc::gen::arbitrary<bool>();
        RC_ASSERT(view->find_row(wanted, backward, kBookmarkCurrent).has_value() ==
                  other->find_row(wanted, backward, kBookmarkCurrent).has_value());
        break;
      }
      case 3: {
        const auto part = *rc::gen::inRange<std::uint32_t>(0, 3);
        RC_ASSERT(view->seek_row_approx(part, 4).has_value());
        RC_ASSERT(other->seek_row_approx(part, 4).has_value());
        break;
      }
      default: {
        const int rows = *rc::gen::element(1, 700, 700, 700, 1'500, -300, 4'096, 6'000);
        const bool stays = *rc::gen::inRange(0, 8) == 0;
        RC_ASSERT(numbers(view->query_rows(rows, stays).value()) == numbers(other->query_rows(rows, stays).value()));
      }
    }
    RC_ASSERT(view->position().row == other->position().row);
    RC_ASSERT(view->position().denominator == other->position().denominator);
  }
}

}  // namespace
}  // namespace mapiary::view
