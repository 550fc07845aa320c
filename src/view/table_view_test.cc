// SPDX-License-Identifier: Apache-2.0
// What the pages say of tables, one statement a test. The random side is table_view_model_test.cc.
#include "view/table_view.h"

#include <gtest/gtest.h>

#include "view/testing/naive_view.h"

namespace mapiary::view::testing {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropValue;
using model::Restriction;
using Order = model::SortKey::Order;

PropBag mail(const char* subject, int importance, std::int64_t time = 0, bool read = true) {
  PropBag bag;
  bag.set(PropValue::text(kSubject, subject));
  bag.set(PropValue::int32(kImportance, importance));
  bag.set(PropValue::int64(kTime, time));
  bag.set(PropValue::int32(kFlags, read ? 1 : 0));
  return bag;
}

class TableViewTest : public ::testing::Test {
 protected:
  TableViewTest() { source->columns = {kSubject, kImportance, kRowTypeTag, kDepthTag, kCountTag, kUnreadTag}; }

  TableView& table() {
    if (!view_) view_ = std::move(*TableView::open(source));
    return *view_;
  }
  // "importance:subject", headings "[importance:subject]" with what they have.
  std::vector<std::string> shown() {
    std::vector<std::string> out;
    for (std::uint32_t n = 0; n < table().row_count(); ++n) {
      const Row row = table().row_at(n);
      const std::string name = (row[1].is_error() ? "" : std::to_string(row[1].as_int32())) + ":" +
                               (row[0].is_error() ? "" : std::string(row[0].as_bytes()));
      out.push_back(table().key_at(n) ? name : "[" + name + "]");
    }
    return out;
  }
  std::vector<ViewEvent> change(Change::Kind kind, RowKey key) {
    const Change one{kind, key};
    return table().on_change({&one, 1}).value();
  }
  void sort(std::vector<model::SortKey> keys, std::uint32_t categories = 0, std::uint32_t expanded = 0) {
    ASSERT_TRUE(table().sort({std::move(keys), categories, expanded}));
  }
  // Rows 1 to 4, sorted into two expanded categories by importance.
  void two_categories(std::uint32_t expanded = 1) {
    source->put(1, mail("b", 1, 10, false));
    source->put(2, mail("a", 2, 20));
    source->put(3, mail("a", 1, 30));
    source->put(4, mail("c", 2, 5));
    sort({{kImportance, Order::kAscending}, {kSubject, Order::kAscending}}, 1, expanded);
  }
  using Names = std::vector<std::string>;

  std::shared_ptr<MemoryRows> source = std::make_shared<MemoryRows>();
  std::unique_ptr<TableView> view_;
};

// spec: ST-331
TEST_F(TableViewTest, NewViewShowsAllRowsInSourceOrderWithDefaultColumns) {
  source->put(5, mail("b", 1));
  source->put(2, mail("a", 2));
  EXPECT_EQ(shown(), (Names{"1:b", "2:a"}));
  EXPECT_EQ(table().columns(), source->columns);
  EXPECT_EQ(table().position().row, 0u);
}

// spec: ST-321
TEST_F(TableViewTest, AllColumnsHoldWhatTheViewComputes) {
  source->columns = {kSubject, kDepthTag};
  const auto all = table().all_columns();
  const PropTag key(0x0FF60102u);
  EXPECT_EQ(all, (std::vector<PropTag>{kSubject, kDepthTag, key, kRowTypeTag, kCountTag, kUnreadTag}));
  source->put(1, mail("a", 1));
  view_.reset();
  ASSERT_TRUE(table().set_columns({key, kRowTypeTag, kDepthTag}));
  for (const PropValue& value : table().row_at(0)) EXPECT_FALSE(value.is_error());
}

TEST_F(TableViewTest, EmptyTable) {
  EXPECT_EQ(table().row_count(), 0u);
  EXPECT_EQ(table().position().denominator, 1u);
  EXPECT_EQ(table().query_rows(5)->size(), 0u);
  EXPECT_EQ(table().query_rows(-5)->size(), 0u);
  EXPECT_EQ(table().seek_row(kBookmarkEnd, -3)->sought, 0);
  EXPECT_TRUE(table().seek_row_approx(1, 2));
}

// spec: ST-313 ST-314 ST-315 ST-316 ST-327
TEST_F(TableViewTest, ColumnsComeAsAsked) {
  source->put(1, mail("a", 1));
  EXPECT_EQ(table().set_columns({}).error().code, Code::kInvalidArgument);
  const PropTag null(0x00000001u), unknown(0x7FFF0003u), wrong_type(0x00170005u);
  ASSERT_TRUE(table().set_columns({kImportance, null, unknown, kSubject, wrong_type}));
  const Row row = table().row_at(0);
  ASSERT_EQ(row.size(), 5u);
  EXPECT_EQ(row[0].as_int32(), 1);
  EXPECT_EQ(row[1].tag(), null);
  EXPECT_EQ(row[2], PropValue::error(0x7FFF, Code::kNotFound));
  EXPECT_EQ(row[3].as_bytes(), "a");
  EXPECT_EQ(row[4], PropValue::error(0x0017, Code::kNotFound));
}

// spec: ST-593
TEST_F(TableViewTest, SortIsStableIgnoresCaseAndPutsMissingLast) {
  source->put(1, mail("B", 1));
  source->put(2, mail("a", 2));
  source->put(3, PropBag());
  source->put(4, mail("b", 3));
  source->put(5, mail("A", 4));
  PropBag broken = mail("x", 5);
  broken.set(PropValue::error(kSubject.id(), Code::kNoAccess));
  source->put(6, broken);
  sort({{kSubject, Order::kAscending}});
  EXPECT_EQ(shown(), (Names{"2:a", "4:A", "1:B", "3:b", ":", "5:"}));
  sort({{kSubject, Order::kDescending}});
  EXPECT_EQ(shown(), (Names{"1:B", "3:b", "2:a", "4:A", ":", "5:"}));
}

// spec: ST-592 ST-595 ST-367 ST-365 ST-366
TEST_F(TableViewTest, SortDropsBookmarksAndAFailedOneChangesNothing) {
  source->put(1, mail("b", 1));
  source->put(2, mail("a", 2));
  sort({{kSubject, Order::kAscending}});
  ASSERT_TRUE(table().seek_row(kBookmarkBeginning, 1));
  const Bookmark mark = *table().create_bookmark();
  EXPECT_EQ(table().sort({{{PropTag(0x0037000Du), Order::kAscending}}, 0, 0}).error().code, Code::kTooComplex);
  EXPECT_EQ(table().sort({{{kSubject, Order::kAscending}}, 2, 0}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(table().sort({{{kSubject, Order::kAscending}}, 1, 2}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(table().sort({{{kSubject, Order::kCombine}}, 1, 1}).error().code, Code::kTooComplex);
  EXPECT_EQ(table().sort({{{kSubject, Order::kCategoryMax}}, 1, 1}).error().code, Code::kTooComplex);
  EXPECT_EQ(table().sort({{{kSubject, static_cast<Order>(77)}}, 0, 0}).error().code, Code::kTooComplex);
  EXPECT_EQ(table().sort({{{kUnreadTag, Order::kAscending}}, 1, 1}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(table().sort({std::vector<model::SortKey>(65, {kSubject, Order::kAscending}), 0, 0}).error().code,
            Code::kTooComplex);
  EXPECT_EQ(shown(), (Names{"2:a", "1:b"}));
  EXPECT_EQ(table().position().row, 1u);
  EXPECT_FALSE(table().seek_row(mark, 0)->position_changed);
  sort({});
  EXPECT_EQ(shown(), (Names{"1:b", "2:a"}));
  EXPECT_EQ(table().seek_row(mark, 0).error().code, Code::kInvalidBookmark);
  EXPECT_EQ(table().position().row, 0u);
}

// spec: ST-352 ST-353 ST-354 ST-357
TEST_F(TableViewTest, RestrictionsReplaceOneAnother) {
  source->put(1, mail("b", 1));
  source->put(2, mail("a", 2));
  ASSERT_TRUE(table().seek_row(kBookmarkEnd, 0));
  const Bookmark mark = *table().create_bookmark();
  ASSERT_TRUE(
      table().restrict(Restriction::property(kImportance, model::RelOp::kGe, PropValue::int32(kImportance, 2))));
  EXPECT_EQ(shown(), (Names{"2:a"}));
  EXPECT_EQ(table().position().row, 0u);
  EXPECT_FALSE(table().seek_row(mark, 0));
  Restriction deep = Restriction::exist(kSubject);
  for (int i = 0; i < 100; ++i) deep = Restriction::negate(std::move(deep));
  EXPECT_EQ(table().restrict(deep).error().code, Code::kTooDeep);
  EXPECT_EQ(table().restrict(Restriction::sub_object(PropTag(0x0E12000Du), Restriction::exist(kSubject))).error().code,
            Code::kTooComplex);
  EXPECT_EQ(shown(), (Names{"2:a"}));
  ASSERT_TRUE(table().restrict(Restriction::exist(kSubject)));
  EXPECT_EQ(shown(), (Names{"1:b", "2:a"}));
  ASSERT_TRUE(table().restrict(std::nullopt));
  EXPECT_EQ(source->order().size(), 2u);
}

// spec: ST-323 ST-324 ST-325 ST-326
TEST_F(TableViewTest, QueryRowsBothWays) {
  for (int i = 0; i < 5; ++i) source->put(static_cast<RowKey>(i + 1), mail("x", i));
  const auto numbers = [](const Result<std::vector<Row>>& rows) {
    std::vector<int> out;
    for (const Row& row : *rows) out.push_back(row[1].as_int32());
    return out;
  };
  EXPECT_EQ(table().query_rows(0).error().code, Code::kInvalidArgument);
  EXPECT_EQ(numbers(table().query_rows(2)), (std::vector<int>{0, 1}));
  EXPECT_EQ(numbers(table().query_rows(2, true)), (std::vector<int>{2, 3}));
  EXPECT_EQ(table().position().row, 2u);
  EXPECT_EQ(numbers(table().query_rows(INT32_MAX)), (std::vector<int>{2, 3, 4}));
  EXPECT_TRUE(table().query_rows(1)->empty());
  EXPECT_EQ(numbers(table().query_rows(-2, true)), (std::vector<int>{3, 4}));
  EXPECT_EQ(table().position().row, 3u);
  EXPECT_EQ(numbers(table().query_rows(INT32_MIN)), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(table().position().row, 3u);
}

// spec: ST-337 ST-338 ST-343 ST-344
TEST_F(TableViewTest, SeekStopsAtTheEnds) {
  for (int i = 0; i < 4; ++i) source->put(static_cast<RowKey>(i + 1), mail("x", i));
  EXPECT_EQ(table().seek_row(kBookmarkBeginning, INT32_MAX)->sought, 4);
  EXPECT_EQ(table().position().row, 4u);
  EXPECT_EQ(table().position().numerator, 4u);
  EXPECT_EQ(table().position().denominator, 4u);
  EXPECT_EQ(table().seek_row(kBookmarkCurrent, INT32_MIN)->sought, -4);
  EXPECT_EQ(table().position().row, 0u);
  EXPECT_EQ(table().seek_row_approx(0, 0).error().code, Code::kInvalidArgument);
  ASSERT_TRUE(table().seek_row_approx(0xFFFFFFFF, 0xFFFFFFFF));
  EXPECT_EQ(table().position().row, 4u);
  ASSERT_TRUE(table().seek_row_approx(2, 4));
  EXPECT_EQ(table().position().row, 2u);
  ASSERT_TRUE(table().seek_row_approx(9, 4));
  EXPECT_EQ(table().position().row, 4u);
}

// spec: ST-339 ST-361 ST-362 ST-360 ST-346 ST-347 ST-348 ST-350
TEST_F(TableViewTest, BookmarksFollowRowsAndWarnOnce) {
  for (int i = 1; i <= 4; ++i) source->put(static_cast<RowKey>(i), mail("x", i * 10));
  sort({{kImportance, Order::kAscending}});
  ASSERT_TRUE(table().seek_row(kBookmarkBeginning, 1));
  const Bookmark mark = *table().create_bookmark();
  source->put(9, mail("new", 5));
  change(Change::Kind::kAdded, 9);
  EXPECT_FALSE(table().seek_row(mark, 0)->position_changed);
  EXPECT_EQ(table().position().row, 2u);
  source->put(2, mail("x", 99));
  change(Change::Kind::kModified, 2);
  EXPECT_EQ(*table().key_at(table().position().row), 3u);  // the cursor keeps its place
  EXPECT_TRUE(table().seek_row(mark, 0)->position_changed);
  EXPECT_EQ(table().position().row, 4u);
  EXPECT_FALSE(table().seek_row(mark, 0)->position_changed);
  source->put(2, mail("x", 1));
  change(Change::Kind::kModified, 2);
  source->erase(2);
  change(Change::Kind::kDeleted, 2);
  const auto found = table().find_row(Restriction::exist(kSubject), false, mark);
  ASSERT_TRUE(found);
  EXPECT_TRUE(*found);
  EXPECT_EQ(*table().key_at(table().position().row), 9u);
  EXPECT_EQ(table().find_row(Restriction::exist(kSubject), true, kBookmarkBeginning).error().code, Code::kNotFound);
  EXPECT_TRUE(table().find_row(Restriction::exist(kSubject), true, kBookmarkEnd));
  EXPECT_EQ(table().position().row, 3u);
  EXPECT_TRUE(table().free_bookmark(mark));
  EXPECT_EQ(table().free_bookmark(mark).error().code, Code::kInvalidBookmark);
  EXPECT_EQ(table().find_row(Restriction::exist(kSubject), false, mark).error().code, Code::kInvalidBookmark);
  for (const Bookmark fixed : {kBookmarkBeginning, kBookmarkCurrent, kBookmarkEnd})
    EXPECT_TRUE(table().free_bookmark(fixed));
}

TEST_F(TableViewTest, BookmarksAreLimited) {
  view_ = std::move(*TableView::open(source, {.bookmarks = 2}));
  EXPECT_TRUE(table().create_bookmark());
  const Bookmark second = *table().create_bookmark();
  EXPECT_EQ(table().create_bookmark().error().code, Code::kUnableToComplete);
  EXPECT_TRUE(table().free_bookmark(second));
  EXPECT_NE(*table().create_bookmark(), second);
}

// spec: ST-590 ST-349
TEST_F(TableViewTest, FindRowByInstanceKey) {
  two_categories();
  const PropTag tag(0x0FF60102u);
  for (std::uint32_t n = 0; n < table().row_count(); ++n) {
    const std::string key = table().instance_key_at(n);
    const auto is_key = Restriction::property(tag, model::RelOp::kEq, PropValue::binary(tag, key));
    ASSERT_TRUE(table().find_row(is_key, false, kBookmarkBeginning));
    EXPECT_EQ(table().position().row, n);
    ASSERT_TRUE(table().find_row(Restriction::all_of({is_key}), true, kBookmarkEnd));  // the slow way
    EXPECT_EQ(table().position().row, n);
    EXPECT_FALSE(table().find_row(is_key, true, kBookmarkCurrent));
  }
  auto other = std::move(*TableView::open(source));
  EXPECT_FALSE(other->row_of_instance_key(table().instance_key_at(1)));  // keys of two views differ
}

// spec: ST-351
TEST_F(TableViewTest, FindRowGoesToThePrefix) {
  for (const char* name : {"cherry", "Banana", "apple", "blueberry"})
    source->put(source->order().size() + 1, mail(name, 0));
  sort({{kSubject, Order::kAscending}});
  ASSERT_TRUE(table().find_row(Restriction::property(kSubject, model::RelOp::kGe, PropValue::text(kSubject, "BL")),
                               false, kBookmarkBeginning));
  EXPECT_EQ(table().row_at(table().position().row)[0].as_bytes(), "blueberry");
}

// spec: ST-590
TEST_F(TableViewTest, HeadingsCountTheirRows) {
  two_categories();
  EXPECT_EQ(shown(), (Names{"[1:]", "1:a", "1:b", "[2:]", "2:a", "2:c"}));
  const Row heading = table().row_at(0);
  EXPECT_EQ(heading[2].as_int32(), 3);  // TBL_EXPANDED_CATEGORY
  EXPECT_EQ(heading[3].as_int32(), 0);
  EXPECT_EQ(heading[4].as_int32(), 2);
  EXPECT_EQ(heading[5].as_int32(), 1);
  EXPECT_EQ(table().row_at(1)[2].as_int32(), 1);  // TBL_LEAF_ROW
  EXPECT_EQ(table().row_at(1)[3].as_int32(), 1);
}

// spec: ST-592 ST-596 ST-597
TEST_F(TableViewTest, ExpandedCountsLevels) {
  two_categories();
  const std::vector<model::SortKey> keys{{kImportance, Order::kDescending}, {kSubject, Order::kAscending}};
  sort(keys, 2, 0);
  EXPECT_EQ(shown(), (Names{"[2:]", "[1:]"}));
  sort(keys, 2, 1);
  EXPECT_EQ(shown(), (Names{"[2:]", "[2:a]", "[2:c]", "[1:]", "[1:a]", "[1:b]"}));
  sort(keys, 2, 2);
  EXPECT_EQ(table().row_count(), 10u);
  sort({{kImportance, Order::kDescending}, {kSubject, Order::kCombine}}, 2, 0);
  EXPECT_EQ(shown(), (Names{"[2:a]", "[2:c]", "[1:a]", "[1:b]"}));
}

TEST_F(TableViewTest, CategoriesInTheOrderOfAnAggregate) {
  two_categories();
  sort({{kImportance, Order::kAscending}, {kTime, Order::kCategoryMax}}, 1, 0);
  EXPECT_EQ(shown(), (Names{"[2:]", "[1:]"}));  // 20 before 30
  sort({{kImportance, Order::kDescending}, {kTime, Order::kCategoryMax}, {kSubject, Order::kAscending}}, 2, 2);
  EXPECT_EQ(shown(), (Names{"[1:]", "1:a", "1:b", "[2:]", "2:a", "2:c"}));
  sort({{kImportance, Order::kAscending}, {kTime, Order::kCategoryMin}}, 1, 0);
  EXPECT_EQ(shown(), (Names{"[2:]", "[1:]"}));  // 5 before 10
  source->put(1, mail("b", 1, 1));
  const auto events = change(Change::Kind::kModified, 1);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, ViewEvent::Kind::kChanged);
  EXPECT_EQ(shown(), (Names{"[1:]", "[2:]"}));
}

// spec: ST-591 ST-372 ST-373 ST-375 ST-377 ST-378 ST-330
TEST_F(TableViewTest, ExpandAndCollapse) {
  two_categories(0);
  const std::string first = table().instance_key_at(0);
  const auto result = table().expand_row(first, 1);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->appeared, 2u);
  ASSERT_EQ(result->rows.size(), 1u);
  EXPECT_EQ(table().row_at(result->rows.begin)[0].as_bytes(), "a");
  EXPECT_EQ(table().position().row, 2u);
  EXPECT_EQ(table().expand_row(first, 5)->appeared, 0u);
  EXPECT_EQ(table().position().row, 1u);
  EXPECT_EQ(table().expand_row(table().instance_key_at(1), 0).error().code, Code::kNotFound);  // a leaf
  EXPECT_EQ(table().expand_row("rubbish", 0).error().code, Code::kNotFound);
  EXPECT_EQ(table().collapse_row("").error().code, Code::kNotFound);
  EXPECT_EQ(*table().collapse_row(first), 2u);
  EXPECT_EQ(*table().collapse_row(first), 0u);
  EXPECT_EQ(shown(), (Names{"[1:]", "[2:]"}));
}

// spec: ST-340 ST-379
TEST_F(TableViewTest, BookmarkOnACollapsedRowGoesToTheNextVisibleOne) {
  two_categories();
  ASSERT_TRUE(table().seek_row(kBookmarkBeginning, 2));
  const Bookmark mark = *table().create_bookmark();
  ASSERT_TRUE(table().collapse_row(table().instance_key_at(0)));
  EXPECT_EQ(table().position().row, 1u);
  const auto sought = table().seek_row(mark, 0);
  EXPECT_TRUE(sought->position_changed);
  EXPECT_EQ(table().position().row, 1u);
  EXPECT_FALSE(table().seek_row(mark, 0)->position_changed);
}

// spec: ST-383 ST-380 ST-381 ST-382
TEST_F(TableViewTest, CollapseStateHoldsForAnotherView) {
  EXPECT_EQ(table().collapse_state(std::string(16, '\0')).error().code, Code::kNotSupported);
  two_categories();
  EXPECT_EQ(table().collapse_state("rubbish").error().code, Code::kNotFound);
  ASSERT_TRUE(table().collapse_row(table().instance_key_at(3)));
  const std::string state = *table().collapse_state(table().instance_key_at(2));
  auto other = std::move(*TableView::open(source));
  EXPECT_EQ(other->set_collapse_state(state).error().code, Code::kUnableToComplete);
  ASSERT_TRUE(other->sort({{{kImportance, Order::kAscending}, {kSubject, Order::kAscending}}, 1, 0}));
  const auto mark = other->set_collapse_state(state);
  ASSERT_TRUE(mark);
  EXPECT_EQ(other->row_count(), 4u);
  EXPECT_FALSE(other->seek_row(*mark, 0)->position_changed);
  EXPECT_EQ(other->key_at(other->position().row), 1u);
  ASSERT_TRUE(other->sort({{{kImportance, Order::kDescending}, {kSubject, Order::kAscending}}, 1, 0}));
  EXPECT_EQ(other->set_collapse_state(state).error().code, Code::kUnableToComplete);
}

TEST_F(TableViewTest, CollapseStateOfARowThatIsGone) {
  two_categories();
  const std::string state = *table().collapse_state(table().instance_key_at(1));
  source->erase(3);
  change(Change::Kind::kDeleted, 3);
  const auto mark = table().set_collapse_state(state);
  ASSERT_TRUE(mark);
  EXPECT_TRUE(table().seek_row(*mark, 0)->position_changed);
  EXPECT_EQ(table().key_at(table().position().row), 1u);
}

TEST_F(TableViewTest, RubbishIsNoCollapseState) {
  two_categories(0);
  ASSERT_TRUE(table().expand_row(table().instance_key_at(0), 0));
  const std::string state = *table().collapse_state(table().instance_key_at(0));
  for (std::size_t size = 0; size < state.size(); ++size) {
    EXPECT_EQ(table().set_collapse_state(std::string_view(state).substr(0, size)).error().code,
              Code::kUnableToComplete);
  }
  EXPECT_FALSE(table().set_collapse_state(state + "x"));
  std::uint32_t taken = 0;
  for (std::size_t i = 0; i < state.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xFF}) {
      std::string bad = state;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      const auto mark = table().set_collapse_state(bad);
      if (!mark) continue;
      ++taken;  // only the row or a category is another one
      EXPECT_TRUE(table().seek_row(*mark, 0));
      EXPECT_TRUE(table().free_bookmark(*mark));
    }
  }
  EXPECT_GT(taken, 0u);
  EXPECT_LT(taken, state.size() * 3);
}

// spec: ST-319
TEST_F(TableViewTest, OneRowPerValue) {
  const auto add = [&](RowKey key, std::vector<std::string> words) {
    PropBag bag = mail("m", static_cast<int>(key));
    if (!words.empty()) bag.set(PropValue::multi(kWords, std::move(words)));
    source->put(key, bag);
  };
  add(1, {"red", "Blue"});
  add(2, {});
  add(3, {"green"});
  const Bookmark mark = *table().create_bookmark();
  ASSERT_TRUE(table().set_columns({kWordsEach, kImportance}));
  EXPECT_EQ(table().row_count(), 4u);
  EXPECT_FALSE(table().seek_row(mark, 0));
  EXPECT_EQ(table().row_at(1)[0], PropValue::text(PropTag(0x8001001Fu), "Blue"));
  EXPECT_TRUE(table().row_at(2)[0].is_error());
  EXPECT_NE(table().instance_key_at(0), table().instance_key_at(1));
  sort({{kWordsEach, Order::kAscending}});
  std::vector<std::string> words;
  for (std::uint32_t n = 0; n < 3; ++n) words.emplace_back(table().row_at(n)[0].as_bytes());
  EXPECT_EQ(words, (std::vector<std::string>{"Blue", "green", "red"}));
  ASSERT_TRUE(table().set_columns({kWords, kImportance}));
  EXPECT_EQ(table().row_count(), 4u);  // the sort order still has it
  EXPECT_TRUE(table().row_at(0)[0].is_multi());
  add(3, {"green", "amber", "white"});
  EXPECT_EQ(change(Change::Kind::kModified, 3).size(), 3u);
  EXPECT_EQ(table().row_count(), 6u);
  add(3, std::vector<std::string>(5000, "many"));
  const Change one{Change::Kind::kModified, 3};
  EXPECT_EQ(table().on_change({&one, 1}).error().code, Code::kTooBig);
  EXPECT_EQ(table().row_count(), 3u);
}

TEST_F(TableViewTest, CategoryOutlivesAnInstanceIfAnotherEntersIt) {
  PropBag bag = mail("m", 1);
  bag.set(PropValue::multi(kWords, std::vector<std::string>{"y"}));
  source->put(1, bag);
  sort({{kWordsEach, Order::kAscending}}, 1, 0);
  const std::string heading = table().instance_key_at(0);
  ASSERT_TRUE(table().expand_row(heading, 0));
  bag.set(PropValue::multi(kWords, std::vector<std::string>{"x", "y"}));
  source->put(1, bag);
  change(Change::Kind::kModified, 1);
  EXPECT_EQ(table().row_count(), 3u);
  EXPECT_EQ(table().instance_key_at(1), heading);
}

// spec: ST-629 ST-355 ST-376
TEST_F(TableViewTest, HiddenRowsCauseNoEvents) {
  two_categories(0);
  ASSERT_TRUE(
      table().restrict(Restriction::property(kImportance, model::RelOp::kLe, PropValue::int32(kImportance, 2))));
  source->put(7, mail("z", 7));
  EXPECT_TRUE(change(Change::Kind::kAdded, 7).empty());
  source->put(8, mail("z", 1));
  const auto events = change(Change::Kind::kAdded, 8);  // the row is collapsed away, its heading counts it
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, ViewEvent::Kind::kRowModified);
  EXPECT_EQ(events[0].row[4].as_int32(), 3);
  EXPECT_EQ(events[0].prior_key, std::nullopt);
}

TEST_F(TableViewTest, BatchOfChangesEndsInOneSetOfEvents) {
  two_categories();
  source->erase(3);
  source->erase(1);
  source->put(5, mail("d", 2));
  source->put(2, mail("z", 2));
  const std::vector<Change> changes{{Change::Kind::kAdded, 5},
                                    {Change::Kind::kDeleted, 1},
                                    {Change::Kind::kModified, 2},
                                    {Change::Kind::kDeleted, 3}};
  const auto events = table().on_change(changes).value();
  EXPECT_EQ(shown(), (Names{"[2:]", "2:c", "2:d", "2:z"}));
  std::vector<ViewEvent::Kind> kinds;
  for (const ViewEvent& event : events) kinds.push_back(event.kind);
  using Kind = ViewEvent::Kind;
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::kRowDeleted, Kind::kRowDeleted, Kind::kRowDeleted, Kind::kRowModified,
                                      Kind::kRowAdded, Kind::kRowModified}));
  EXPECT_TRUE(events[5].moved);
  EXPECT_EQ(events[5].prior_key, table().instance_key_at(2));
}

TEST_F(TableViewTest, CountRestrictionLetsTheNextRowIn) {
  for (int i = 1; i <= 3; ++i) source->put(static_cast<RowKey>(i), mail("x", i));
  ASSERT_TRUE(table().restrict(Restriction::count(2, Restriction::exist(kSubject))));
  EXPECT_EQ(shown(), (Names{"1:x", "2:x"}));
  ASSERT_TRUE(table().seek_row(kBookmarkBeginning, 1));
  source->erase(1);
  EXPECT_EQ(change(Change::Kind::kDeleted, 1).at(0).kind, ViewEvent::Kind::kChanged);
  EXPECT_EQ(shown(), (Names{"2:x", "3:x"}));
  EXPECT_EQ(table().position().row, 0u);
}

TEST_F(TableViewTest, ReloadStartsOver) {
  two_categories();
  const Bookmark mark = *table().create_bookmark();
  source->erase(1);
  EXPECT_EQ(change(Change::Kind::kReloaded, 0).at(0).kind, ViewEvent::Kind::kReload);
  EXPECT_FALSE(table().seek_row(mark, 0));
  EXPECT_EQ(table().row_count(), 5u);
}

TEST_F(TableViewTest, RowsMayBringTheirInstanceKeys) {
  source->own_keys = true;
  const PropTag tag(0x0FF60102u);
  PropBag own = mail("a", 1);
  own.set(PropValue::binary(tag, "k1"));
  source->put(1, own);
  source->put(2, mail("b", 2));
  EXPECT_EQ(table().instance_key_at(0), "k1");
  EXPECT_EQ(table().row_of_instance_key("k1"), 0u);
  EXPECT_EQ(table().row_of_instance_key(table().instance_key_at(1)), 1u);
  source->erase(1);
  EXPECT_EQ(change(Change::Kind::kDeleted, 1).at(0).instance_key, "k1");
  EXPECT_FALSE(table().row_of_instance_key("k1"));
}

// Keys that all begin alike are kept without that beginning; a row that begins otherwise must find its place all the
// same.
TEST_F(TableViewTest, GrowsFromOneRowInAnyOrder) {
  source->put(1000, mail("the report of week 20", 0));
  sort({{kSubject, Order::kAscending}});
  std::vector<std::string> subjects{"the report of week 20"};
  const auto add = [&](RowKey key, const std::string& subject) {
    source->put(key, mail(subject.c_str(), 0));
    change(Change::Kind::kAdded, key);
    subjects.push_back(subject);
  };
  for (RowKey i = 0; i < 900; ++i) {
    const std::string number = std::to_string((i * 7919) % 10007);
    add(2000 + i, i % 9 == 0   ? number
                  : i % 9 == 1 ? "zoo " + number
                  : i % 9 == 2 ? "the re"
                               : "the report of week " + number);
    if (i % 100 != 99) continue;
    std::stable_sort(subjects.begin(), subjects.end());
    for (std::uint32_t n = 0; n < subjects.size(); ++n) ASSERT_EQ(table().row_at(n)[0].as_bytes(), subjects[n]);
  }
}

// A source whose engine filters and sorts; `lies` makes its order another than ours.
class Engine : public MemoryRows {
 public:
  Result<RowAnswer> rows(const RowQuery& query) override {
    RowAnswer answer{order_, false, false};
    if (query.filter != nullptr) {
      std::erase_if(answer.keys, [&](RowKey key) { return key == 2; });
      answer.filtered = true;
    }
    if (query.order != nullptr) {
      if (!lies) std::reverse(answer.keys.begin(), answer.keys.end());
      answer.sorted = true;
      ++sorted_for_us;
    }
    return answer;
  }
  bool lies = false;
  int sorted_for_us = 0;
};

TEST_F(TableViewTest, SourceMayFilterAndSort) {
  auto engine = std::make_shared<Engine>();
  source = engine;
  source->columns = {kSubject, kImportance};
  for (int i = 1; i <= 4; ++i) source->put(static_cast<RowKey>(i), mail("x", 10 - i));
  ASSERT_TRUE(table().restrict(Restriction::exist(kSubject)));
  EXPECT_EQ(shown(), (Names{"9:x", "7:x", "6:x"}));
  sort({{kImportance, Order::kAscending}});
  EXPECT_EQ(shown(), (Names{"6:x", "7:x", "9:x"}));
  EXPECT_EQ(engine->sorted_for_us, 1);
  engine->lies = true;
  sort({{kImportance, Order::kAscending}});
  EXPECT_EQ(shown(), (Names{"6:x", "7:x", "9:x"}));
}

}  // namespace
}  // namespace mapiary::view::testing
