// SPDX-License-Identifier: Apache-2.0
// The conformance kit, rows: kinds, columns, order, filters and limits (completed by the caller where the engine leaves
// them), rows by number, search folders. Included by conformance.h only.
#pragma once

#include <set>

#include "backend/testing/kit.h"

namespace mapiary::backend::testing {

class RowsTest : public EngineTest {
 protected:
  // Rows with a delivery time (some without, some equal), subjects with cases and lengths, importance, read flag.
  std::vector<ObjectId> fill(ObjectId in) {
    auto t = writer();
    std::vector<ObjectId> made;
    const char* subjects[] = {"beta", "Alpha", "", "gamma delta", "ALPHA", "\xC3\x84hre", "xylophone"};
    for (int i = 0; i < 70; ++i) {
      std::vector<PropValue> values = {flags(i % 3 == 0), size(i)};
      if (i % 7 != 3) values.push_back(text(kSubject, subjects[i % 7] + std::string(i % 5 == 0 ? " tail" : "")));
      if (i % 6 != 5) values.push_back(delivered(1000 - (i / 4) * 10));
      values.push_back(PropValue::int32(kImportance, i % 3));
      if (i % 10 == 0) values.push_back(text(kBody, noise(40'000)));
      made.push_back(t->create(in, ObjectKind::kMessage, setting(values)).value());
    }
    EXPECT_TRUE(t->commit());
    return made;
  }
  std::vector<ObjectId> query(ObjectId in, const model::Restriction* filter, const model::SortOrder* order,
                              std::uint64_t limit = 0) {
    RowQuery query;
    const std::vector<PropTag> columns = {
        kSubject, kDelivered, kImportance, engine_tag::kMessageFlags, kBody, engine_tag::kMessageSize};
    query.columns = columns;
    query.filter = filter;
    query.order = order;
    query.limit = limit;
    auto t = reader();
    const auto rows = complete_rows(*t, in, ObjectKind::kMessage, query);
    EXPECT_TRUE(rows) << rows.error().message;
    std::vector<ObjectId> found;
    for (const CollectedRow& row : rows.value()) found.push_back(row.info.id);
    return found;
  }
};

TEST_P(RowsTest, EachKindHasItsOwn) {
  const ObjectId in = folder(root());
  const ObjectId sub = folder(in), search = make(in, ObjectKind::kSearchFolder), other = folder(in);
  const ObjectId mail = message(in), hidden = make(in, ObjectKind::kAssociated), mail2 = message(in);
  const ObjectId first = make(mail, ObjectKind::kAttachment), second = make(mail, ObjectKind::kAttachment);
  const ObjectId embedded = message(second);
  EXPECT_EQ(ids(in, ObjectKind::kFolder), (std::vector{sub, search, other}));
  EXPECT_EQ(ids(in, ObjectKind::kMessage), (std::vector{mail, mail2}));
  EXPECT_EQ(ids(in, ObjectKind::kAssociated), std::vector{hidden});
  EXPECT_EQ(ids(mail, ObjectKind::kAttachment), (std::vector{first, second}));
  EXPECT_EQ(ids(second, ObjectKind::kMessage), std::vector{embedded});
  EXPECT_TRUE(ids(first, ObjectKind::kMessage).empty());
  EXPECT_TRUE(ids(search, ObjectKind::kMessage).empty());
  EXPECT_EQ(ids(mailbox().info().mailbox, ObjectKind::kFolder), std::vector{root()});
  Collector all;
  EXPECT_EQ(code_of(reader()->rows(99999, ObjectKind::kMessage, {}, all)), Code::kNotFound);
}

TEST_P(RowsTest, RowsCarryInfoAndColumns) {
  const ObjectId in = folder(root());
  const ObjectId sub = make(in, ObjectKind::kFolder, {text(kName, "sub")});
  message(sub, {flags(false), size(10)});
  const ObjectId mail = message(in, {text(kSubject, "s"), text(kBody, noise(300)), delivered(5),
                                     PropValue::multi(PropTag(0x6001101F), std::vector<std::string>{"x", "y"})});
  RowQuery query;
  const std::vector<PropTag> columns = {kName, PropTag(0x00370000), kBody, kDelivered, PropTag(0x6001101F), kSubject};
  query.columns = columns;
  query.inline_limit = 100;
  Collector folders, mails;
  auto t = reader();
  ASSERT_TRUE(t->rows(in, ObjectKind::kFolder, query, folders));
  ASSERT_TRUE(t->rows(in, ObjectKind::kMessage, query, mails));
  EXPECT_EQ(folders.begun, 1);
  ASSERT_EQ(folders.rows.size(), 1u);
  EXPECT_EQ(folders.rows[0].info, t->read(sub, {})->info);
  EXPECT_EQ(folders.rows[0].info.counts, (FolderCounts{1, 1, 0, 0, 10}));
  EXPECT_EQ(folders.rows[0].values[0], text(kName, "sub"));
  EXPECT_TRUE(folders.rows[0].values[2].is_empty());
  ASSERT_EQ(mails.rows.size(), 1u);
  const auto& values = mails.rows[0].values;
  EXPECT_EQ(mails.rows[0].info, t->read(mail, {})->info);
  EXPECT_TRUE(values[0].is_empty());
  EXPECT_EQ(values[1], text(kSubject, "s")) << "columns go by id";
  ASSERT_TRUE(values[2].is_blob());
  EXPECT_EQ(values[2].as_blob(), blob_ref(mail, kBody.id(), 300));
  EXPECT_EQ(values[3], delivered(5));
  EXPECT_EQ(values[4].value_count(), 2u);
  EXPECT_EQ(values[5], text(kSubject, "s"));
}

TEST_P(RowsTest, OrdersAreTheModels) {
  const ObjectId in = folder(root());
  const std::vector<ObjectId> made = fill(in);
  EXPECT_EQ(query(in, nullptr, nullptr), made);
  using Order = model::SortKey::Order;
  const std::vector<std::vector<model::SortKey>> orders = {
      {{kDelivered, Order::kAscending}},
      {{kDelivered, Order::kDescending}},
      {{kSubject, Order::kAscending}},
      {{kSubject, Order::kDescending}, {kDelivered, Order::kAscending}},
      {{kImportance, Order::kDescending}, {kSubject, Order::kAscending}},
      {{engine_tag::kMessageFlags, Order::kAscending}, {engine_tag::kMessageSize, Order::kDescending}},
      {{kBody, Order::kAscending}}};
  RowQuery plain;
  const std::vector<PropTag> columns = {
      kSubject, kDelivered, kImportance, engine_tag::kMessageFlags, kBody, engine_tag::kMessageSize};
  plain.columns = columns;
  Collector unsorted;
  ASSERT_TRUE(reader()->rows(in, ObjectKind::kMessage, plain, unsorted));
  for (const auto& keys : orders) {
    model::SortOrder order;
    order.keys = keys;
    auto expected = unsorted.rows;
    std::ranges::stable_sort(expected, {}, [&](const CollectedRow& row) {
      RowTarget target(columns, row.values);
      return model::make_sort_key(order, [&](PropTag tag) { return target.property(tag); });
    });
    std::vector<ObjectId> wanted;
    for (const CollectedRow& row : expected) wanted.push_back(row.info.id);
    EXPECT_EQ(query(in, nullptr, &order), wanted) << std::hex << keys[0].tag.value;
    // Numbers alone may come another way.
    RowQuery numbers;
    numbers.order = &order;
    numbers.full_info = false;
    Collector alone;
    ASSERT_TRUE(reader()->rows(in, ObjectKind::kMessage, numbers, alone));
    EXPECT_EQ(alone.ids(), alone.plan().sorted ? wanted : made);
    EXPECT_EQ(query(in, nullptr, &order, 9), std::vector(wanted.begin(), wanted.begin() + 9));
  }
}

TEST_P(RowsTest, FiltersAreTheModels) {
  const ObjectId in = folder(root());
  fill(in);
  using model::FuzzyLevel;
  using model::RelOp;
  using model::Restriction;
  const PropValue alpha = text(kSubject, "alpha");
  const FuzzyLevel loose{FuzzyLevel::kSubstring | FuzzyLevel::kIgnoreCase};
  const std::vector<Restriction> filters = {
      Restriction::content(kSubject, loose, alpha),
      Restriction::content(kSubject, FuzzyLevel{FuzzyLevel::kPrefix}, alpha),
      Restriction::property(kSubject, RelOp::kEq, alpha),
      Restriction::property(kSubject, RelOp::kNe, alpha),
      Restriction::property(kDelivered, RelOp::kLt, delivered(950)),
      Restriction::property(kDelivered, RelOp::kGe, delivered(900)),
      Restriction::bit_mask(engine_tag::kMessageFlags, 1, false),
      Restriction::exist(kDelivered),
      Restriction::negate(Restriction::exist(kSubject)),
      Restriction::size(kBody, RelOp::kGt, 1000),
      Restriction::all_of({Restriction::bit_mask(engine_tag::kMessageFlags, 1, true),
                           Restriction::property(kImportance, RelOp::kGe, PropValue::int32(kImportance, 0)),
                           Restriction::any_of({Restriction::content(kSubject, loose, text(kSubject, "TAIL")),
                                                Restriction::content(kSubject, loose, alpha)})}),
      Restriction::count(3, Restriction::exist(kDelivered)),
      Restriction::compare_props(kImportance, RelOp::kLt, engine_tag::kMessageSize),
      Restriction::all_of({}),
      Restriction::any_of({})};
  RowQuery plain;
  const std::vector<PropTag> columns = {
      kSubject, kDelivered, kImportance, engine_tag::kMessageFlags, kBody, engine_tag::kMessageSize};
  plain.columns = columns;
  Collector everything;
  ASSERT_TRUE(reader()->rows(in, ObjectKind::kMessage, plain, everything));
  model::SortOrder newest_first;
  newest_first.keys = {{kDelivered, model::SortKey::Order::kDescending}};
  for (std::size_t i = 0; i < filters.size(); ++i) {
    auto compiled = model::CompiledRestriction::compile(filters[i]);
    if (!compiled) continue;  // refused by the model for all alike
    model::RestrictionEvaluator evaluator(std::make_shared<model::CompiledRestriction>(*compiled));
    std::vector<ObjectId> wanted;
    for (const CollectedRow& row : everything.rows) {
      RowTarget target(columns, row.values);
      if (evaluator.matches(target).value()) wanted.push_back(row.info.id);
    }
    EXPECT_EQ(query(in, &filters[i], nullptr), wanted) << "filter " << i;
    if (filters[i].kind != model::RestrictionKind::kCount) {
      const auto sorted = query(in, &filters[i], &newest_first);
      EXPECT_EQ(std::set(sorted.begin(), sorted.end()), std::set(wanted.begin(), wanted.end())) << "filter " << i;
    }
  }
}

TEST_P(RowsTest, LimitsStopsAndRowsByNumber) {
  const ObjectId in = folder(root());
  const std::vector<ObjectId> made = fill(in);
  auto t = reader();
  RowQuery query;
  query.limit = 10;
  Collector ten, two(2), some;
  ASSERT_TRUE(t->rows(in, ObjectKind::kMessage, query, ten));
  EXPECT_EQ(ten.ids(), std::vector(made.begin(), made.begin() + 10));
  ASSERT_TRUE(t->rows(in, ObjectKind::kMessage, query, two));
  EXPECT_EQ(two.ids(), std::vector(made.begin(), made.begin() + 2));
  RowQuery by_number;
  const std::vector<PropTag> columns = {kImportance};
  const std::vector<ObjectId> wanted = {made[40], made[3], 99999, in, made[41], made[3]};
  by_number.ids = wanted;
  by_number.columns = columns;
  ASSERT_TRUE(t->rows(in, ObjectKind::kMessage, by_number, some));
  EXPECT_EQ(some.ids(), (std::vector{made[40], made[3], made[41], made[3]}));
  EXPECT_EQ(some.rows[0].values[0], PropValue::int32(kImportance, 40 % 3));
  const model::Restriction filter = model::Restriction::exist(kSubject);
  by_number.filter = &filter;
  EXPECT_EQ(code_of(t->rows(in, ObjectKind::kMessage, by_number, some)), Code::kInvalidArgument);
  model::SortOrder newest;
  newest.keys = {{kDelivered, model::SortKey::Order::kDescending}};
  RowQuery ordered;
  ordered.order = &newest;
  for (const bool full : {true, false}) {
    ordered.full_info = full;
    Collector one(1);
    ASSERT_TRUE(t->rows(in, ObjectKind::kMessage, ordered, one));
    EXPECT_EQ(one.rows.size(), 1u) << "enough is enough";
  }
  class Failing final : public RowVisitor {
    Result<bool> row(const Row&) override { return fail(Code::kUserCancelled, "test", "enough"); }
  } failing;
  EXPECT_EQ(code_of(t->rows(in, ObjectKind::kMessage, query, failing)), Code::kUserCancelled);
}

TEST_P(RowsTest, SearchFoldersLink) {
  const ObjectId one = folder(root()), two = folder(root());
  const ObjectId search = make(root(), ObjectKind::kSearchFolder),
                 queue = make(mailbox().info().mailbox, ObjectKind::kSearchFolder);
  const ObjectId a = message(one, {flags(false), size(1), text(kSubject, "a")});
  const ObjectId b = message(two, {flags(true), size(10), text(kSubject, "b")});
  const ObjectId c = message(one, {flags(false), size(100), text(kSubject, "c")});
  const ObjectId hidden = make(one, ObjectKind::kAssociated);
  auto t = writer();
  const std::vector<ObjectId> first = {c, a}, second = {a, b}, bad = {b, hidden}, none = {b, 99999}, only_c = {c};
  ASSERT_TRUE(t->link(search, first, true));
  ASSERT_TRUE(t->link(search, second, true));
  ASSERT_TRUE(t->link(queue, only_c, true));
  EXPECT_EQ(code_of(t->link(queue, bad, true)), Code::kInvalidArgument);
  EXPECT_EQ(code_of(t->link(queue, none, true)), Code::kNotFound);
  EXPECT_EQ(code_of(t->link(one, only_c, true)), Code::kNotFound);
  ASSERT_TRUE(t->commit());
  t.reset();
  reopen();
  EXPECT_EQ(ids(search, ObjectKind::kMessage), (std::vector{c, a, b})) << "in the order of linking";
  EXPECT_EQ(ids(queue, ObjectKind::kMessage), std::vector{c});
  EXPECT_EQ(counts(search), (FolderCounts{3, 2, 0, 0, 111}));
  EXPECT_EQ(data(c).info.parent, one);
  RowQuery query;
  const std::vector<PropTag> columns = {kSubject};
  const std::vector<ObjectId> wanted = {b, c, hidden};
  query.columns = columns;
  query.ids = wanted;
  Collector some;
  ASSERT_TRUE(reader()->rows(search, ObjectKind::kMessage, query, some));
  EXPECT_EQ(some.ids(), (std::vector{b, c}));
  EXPECT_EQ(some.rows[0].info.parent, two);
  EXPECT_EQ(some.rows[0].values[0], text(kSubject, "b"));
  t = writer();
  const std::vector<PropValue> now_read = {flags(true), size(101)};
  ASSERT_TRUE(t->update(c, setting(now_read)));
  ASSERT_TRUE(t->move(c, two));
  EXPECT_EQ(t->read(search, {})->info.counts, (FolderCounts{3, 1, 0, 0, 112}));
  ASSERT_TRUE(t->remove(a));
  ASSERT_TRUE(t->link(queue, only_c, false));
  ASSERT_TRUE(t->link(search, only_c, false));
  ASSERT_TRUE(t->link(search, only_c, true));
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(ids(search, ObjectKind::kMessage), (std::vector{b, c})) << "at the end when linked anew";
  EXPECT_EQ(counts(search), (FolderCounts{2, 0, 0, 0, 111}));
  EXPECT_EQ(counts(queue), FolderCounts());
  t = writer();
  ASSERT_TRUE(t->remove(search)) << "links are no messages";
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(read_code(c), Code::kCancelled);
}

// Rows of a search folder can be filtered and sorted like any.
TEST_P(RowsTest, SearchFoldersFilterAndSort) {
  const ObjectId in = folder(root()), search = make(root(), ObjectKind::kSearchFolder);
  std::vector<ObjectId> made = fill(in);
  std::ranges::reverse(made);
  auto t = writer();
  ASSERT_TRUE(t->link(search, made, true));
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(query(search, nullptr, nullptr), made);
  model::SortOrder order;
  order.keys = {{kDelivered, model::SortKey::Order::kDescending}};
  const auto sorted = query(search, nullptr, &order);
  ASSERT_EQ(sorted.size(), made.size());
  std::int64_t before = INT64_MAX;
  ObjectId last = UINT64_MAX;
  for (const ObjectId id : sorted) {
    const ObjectData object = data(id);
    const PropValue* time = object.props.find(kDelivered);
    const std::int64_t now = time == nullptr ? INT64_MIN : time->as_int64();
    EXPECT_LE(now, before);
    EXPECT_TRUE(now != before || id < last) << "ties in the order of linking";
    before = now;
    last = id;
  }
  const model::Restriction unread = model::Restriction::bit_mask(engine_tag::kMessageFlags, 1, false);
  EXPECT_EQ(query(search, &unread, nullptr).size(), counts(in).unread);
}

// Few of many, which an index may give: with what it holds and with more, in each order, inside a writer too.
TEST_P(RowsTest, UnreadOnesAreFoundAmongMany) {
  const ObjectId in = folder(root());
  std::vector<ObjectId> unread;
  {
    auto t = writer();
    for (int i = 0; i < 120; ++i) {
      std::vector<PropValue> values = {flags(i % 20 != 7), text(kSubject, "s" + std::to_string(i % 9))};
      if (i != 27) values.push_back(delivered(1000 - i / 3));
      const ObjectId id = t->create(in, ObjectKind::kMessage, setting(values)).value();
      if (i % 20 == 7) unread.push_back(id);
    }
    ASSERT_TRUE(t->commit());
  }
  make(in, ObjectKind::kAssociated, {flags(false)});
  const model::Restriction plain = model::Restriction::bit_mask(engine_tag::kMessageFlags, 1, false);
  const model::Restriction and_more = model::Restriction::all_of({model::Restriction::exist(kSubject), plain});
  model::SortOrder newest;
  newest.keys = {{kDelivered, model::SortKey::Order::kDescending}};
  const auto ask = [&](const model::Restriction& filter, const std::vector<PropTag>& columns,
                       const model::SortOrder* order) {
    RowQuery query;
    query.columns = columns;
    query.filter = &filter;
    query.order = order;
    query.full_info = columns.size() > 2;
    auto t = reader();
    const auto rows = complete_rows(*t, in, ObjectKind::kMessage, query);
    EXPECT_TRUE(rows) << rows.error().message;
    std::vector<ObjectId> found;
    for (const CollectedRow& row : rows.value()) found.push_back(row.info.id);
    return found;
  };
  const std::vector<PropTag> few = {engine_tag::kMessageFlags, kDelivered};
  const std::vector<PropTag> many = {engine_tag::kMessageFlags, kDelivered, kSubject, kBody};
  const auto expect_unread = [&](const std::string& where) {
    EXPECT_EQ(ask(plain, few, nullptr), unread) << where;
    EXPECT_EQ(ask(plain, many, nullptr), unread) << where;
    EXPECT_EQ(ask(and_more, many, nullptr), unread) << where;
    std::vector<ObjectId> by_date = unread;  // dates fall with the numbers; those that have none come last
    std::ranges::rotate(by_date.begin() + 1, by_date.begin() + 2, by_date.begin() + 6);
    EXPECT_EQ(ask(plain, few, &newest), by_date) << where;
    EXPECT_EQ(ask(plain, many, &newest), by_date) << where;
  };
  expect_unread("all have flags");
  // No flags, and flags that are no number: no bit is set in them.
  unread.push_back(message(in, {text(kSubject, "none")}));
  unread.push_back(message(
      in, {text(kSubject, "odd"), text(PropTag(engine_tag::kMessageFlags.id(), model::PropType::kUnicode), "odd")}));
  expect_unread("two have none");
}

// What a writer reads by number it may know without looking when it writes: what it wrote since counts all the same.
TEST_P(RowsTest, WritesFollowRowsByNumber) {
  constexpr PropTag kReceipt{0x0029000B};
  const ObjectId in = folder(root()), other = folder(root());
  const ObjectId quiet = message(in, {flags(false), PropValue::boolean(kReceipt, true)}),
                 loud = message(in, {flags(false)});
  const ObjectId moved = message(in, {flags(false)}), removed = message(in, {flags(false)});
  const std::vector<ObjectId> all = {quiet, loud, moved, removed};
  const std::vector<PropTag> columns = {engine_tag::kMessageFlags, kReceipt};
  RowQuery query;
  query.columns = columns;
  query.ids = all;
  const ChangeNumber before = data(quiet).info.version;
  auto t = writer();
  const auto look = [&](ObjectId where) {
    Collector rows;
    EXPECT_TRUE(t->rows(where, ObjectKind::kMessage, query, rows));
    return rows;
  };
  const auto change = [&](ObjectId id, bool is_quiet) {
    const std::vector<PropValue> values = {flags(true)};
    Update update = setting(values);
    update.quiet = is_quiet;
    return t->update(id, update);
  };
  const Collector first = look(in);
  ASSERT_EQ(first.ids(), all);
  EXPECT_EQ(first.rows[0].values[1], PropValue::boolean(kReceipt, true));
  EXPECT_TRUE(first.rows[1].values[1].is_empty());
  ASSERT_TRUE(change(quiet, true));
  ASSERT_TRUE(change(loud, false));
  ASSERT_TRUE(t->move(moved, other));
  look(other);
  ASSERT_TRUE(change(moved, true));
  look(in);
  ASSERT_TRUE(t->remove(removed));
  EXPECT_EQ(code_of(t->read(removed, {})), Code::kNotFound);
  EXPECT_EQ(change(removed, true).error().code, Code::kNotFound);
  const std::vector<PropValue> asks = {PropValue::boolean(kReceipt, true)};
  ASSERT_TRUE(t->update(loud, setting(asks)));
  ASSERT_TRUE(change(loud, true));
  const ChangeNumber version = t->read(loud, {})->info.version;
  const Collector last = look(in);
  ASSERT_EQ(last.ids(), (std::vector{quiet, loud}));
  EXPECT_EQ(last.rows[1].values[1], PropValue::boolean(kReceipt, true));
  EXPECT_EQ(last.rows[1].info.version, version);
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(data(quiet).info.version, before);
  EXPECT_EQ(data(loud).info.version, version);
  EXPECT_GT(version, before);
  EXPECT_EQ(data(moved).info.parent, other);
  EXPECT_EQ(counts(in).unread, 0u);
  EXPECT_EQ(counts(other).unread, 0u);
  EXPECT_EQ(counts(other).messages, 1u);
}

}  // namespace mapiary::backend::testing
