// SPDX-License-Identifier: Apache-2.0
// Random operations on a view, judged by NaiveView: rows, headings, order, cursor, bookmarks and the events of every
// change.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "view/table_view.h"
#include "view/testing/naive_view.h"

namespace mapiary::view::testing {
namespace {

using model::PropBag;
using model::PropValue;
using Order = model::SortKey::Order;

struct Copy {  // a client's copy of the view, kept by events alone
  std::string key;
  Row row;
  bool operator==(const Copy&) const = default;
};

class Session {
 public:
  explicit Session(std::vector<std::uint32_t> program)
      : program_(std::move(program)), source_(std::make_shared<MemoryRows>()), naive_(*source_) {
    source_->columns = {kSubject, kImportance, kTime, kFlags, kWords, kRowTypeTag, kDepthTag, kCountTag, kUnreadTag};
    const std::uint32_t rows = pick(24);
    for (std::uint32_t i = 0; i < rows; ++i) source_->put(next_key_++, random_row());
    view_ = std::move(*TableView::open(source_));
    items_ = naive_.items();
    to_first();
  }

  void run() {
    check();
    while (at_ < program_.size()) {
      step();
      check();
    }
  }

  int changes() const { return changes_; }

 private:
  struct Mark {
    std::string name;  // empty: after the last row
    bool changed = false;
  };

  std::uint32_t pick(std::uint32_t bound) { return at_ < program_.size() ? program_[at_++] % bound : 0; }

  PropBag random_row() {
    PropBag bag;
    static const char* const subjects[] = {
        "a", "A", "apple", "Apricot", "b", "bb", "", "a longer subject", "A LONGER subject!"};
    if (const auto n = pick(11); n < 9) bag.set(PropValue::text(kSubject, subjects[n]));
    if (const auto n = pick(5); n < 4) bag.set(PropValue::int32(kImportance, static_cast<std::int32_t>(n) - 1));
    if (const auto n = pick(7); n < 6) bag.set(PropValue::int64(kTime, static_cast<std::int64_t>(n) * 1000 - 2000));
    if (const auto n = pick(3); n < 2) bag.set(PropValue::int32(kFlags, static_cast<std::int32_t>(n)));
    if (const auto n = pick(6); n < 4) {
      static const char* const words[] = {"x", "Y", "z", "X"};
      std::vector<std::string> list;
      for (std::uint32_t i = 0; i < n; ++i) list.push_back(words[(i + n) % 4]);
      bag.set(PropValue::multi(kWords, list));
    }
    return bag;
  }

  model::SortOrder random_order() {
    model::SortOrder order;
    static const model::PropTag tags[] = {kSubject, kImportance, kTime, kWordsEach};
    const auto direction = [&] { return pick(2) == 0 ? Order::kAscending : Order::kDescending; };
    const std::uint32_t categories = pick(3);
    for (std::uint32_t i = 0; i < categories; ++i) {
      order.keys.push_back({tags[pick(4)], direction()});
      const std::uint32_t more = pick(6);
      if (more == 0) order.keys.push_back({tags[pick(3)], Order::kCombine});
      if (more == 1) order.keys.push_back({kTime, pick(2) == 0 ? Order::kCategoryMax : Order::kCategoryMin});
    }
    order.categories = static_cast<std::uint32_t>(order.keys.size());
    const std::uint32_t plain = pick(3);
    for (std::uint32_t i = 0; i < plain; ++i) order.keys.push_back({tags[pick(4)], direction()});
    const std::uint32_t expanded = pick(3);
    order.expanded = expanded == 2 ? order.categories : std::min(expanded, categories > 1 ? 1u : 0u);
    return order;
  }

  bool multiplies() const {
    for (const auto& key : naive_.order.keys) {
      if (key.tag == kWordsEach) return true;
    }
    return naive_.each_word;
  }
  bool rebuilds() const {
    for (const auto& key : naive_.order.keys) {
      if (key.order == Order::kCategoryMax || key.order == Order::kCategoryMin) return true;
    }
    return false;
  }

  void step() {
    switch (pick(14)) {
      case 0:
        return change(Change::Kind::kAdded);
      case 1:
      case 2:
      case 3:
        return change(Change::Kind::kModified);
      case 4:
        return change(Change::Kind::kDeleted);
      case 5:
        return sort();
      case 6:
        return restrict();
      case 7:
      case 8:
        return expand_or_collapse();
      case 9:
        return make_mark();
      case 10:
        return seek();
      case 11:
        return read();
      case 12:
        return save_and_restore();
      case 13:
        return find();
    }
  }

  void sort() {
    naive_.order = random_order();
    naive_.expanded.clear();
    RC_ASSERT(view_->sort(naive_.order).has_value());
    start_over();
  }
  void restrict() {
    naive_.filter = static_cast<int>(pick(4));
    RC_ASSERT(view_->restrict(naive_.restriction()).has_value());
    start_over();
  }
  void start_over() {
    items_ = naive_.items();
    for (const auto& [mark, where] : marks_) RC_ASSERT(view_->seek_row(mark, 0).error().code == Code::kInvalidBookmark);
    marks_.clear();
    to_first();
  }
  void to_first() { cursor_ = {name_at(0), false}; }

  std::vector<const NaiveItem*> visible() const {
    std::vector<const NaiveItem*> shown;
    for (const NaiveItem& item : items_) {
      if (item.visible) shown.push_back(&item);
    }
    return shown;
  }
  std::string name_at(std::size_t n) const {
    const auto shown = visible();
    return n < shown.size() ? shown[n]->name : "";
  }
  // The number of the row a mark is on, moving on from hidden rows.
  std::size_t resolve(Mark& mark) {
    std::size_t n = 0;
    bool passed = mark.name.empty();
    for (const NaiveItem& item : items_) {
      if (item.name == mark.name) passed = true;
      if (passed && item.visible && !mark.name.empty()) {
        if (item.name != mark.name) mark = {item.name, true};
        return n;
      }
      n += item.visible ? 1 : 0;
    }
    if (!mark.name.empty()) mark = {"", true};
    return n;
  }

  std::vector<Copy> copy() {
    std::vector<Copy> all;
    for (std::uint32_t n = 0; n < view_->row_count(); ++n) all.push_back({view_->instance_key_at(n), view_->row_at(n)});
    return all;
  }

  void change(Change::Kind kind) {
    const auto& order = source_->order();
    if (order.empty() && kind != Change::Kind::kAdded) return;
    if (multiplies()) forget_places();  // several rows move one after the other
    const std::vector<Copy> before = copy();
    RowKey key = next_key_;
    if (kind == Change::Kind::kAdded) {
      ++next_key_;
      source_->put_at(pick(static_cast<std::uint32_t>(order.size()) + 1), key, random_row());
    } else {
      key = order[pick(static_cast<std::uint32_t>(order.size()))];
      kind == Change::Kind::kDeleted ? source_->erase(key) : source_->put(key, random_row());
    }
    changed_name_ = "row " + std::to_string(key) + ".0";
    const std::vector<NaiveItem> old = std::exchange(items_, naive_.items());
    std::erase_if(marks_, [&](const auto& mark) {
      return heading_gives_way(mark.second, old) && view_->free_bookmark(mark.first).has_value();
    });
    if (heading_gives_way(cursor_, old)) RC_ASSERT((cursor_ = {}, view_->seek_row(kBookmarkEnd, 0).has_value()));
    for (auto& [mark, where] : marks_) follow(where, old, false);
    follow(cursor_, old, true);
    const Change one{kind, key};
    ++changes_;
    auto events = view_->on_change({&one, 1});
    RC_ASSERT(events.has_value());
    check_events(before, *events);
  }
  // The only row of a category leaves it for another one: whether that one's heading stands before or behind the place
  // of the first is more than this judge knows.
  bool heading_gives_way(const Mark& mark, const std::vector<NaiveItem>& old) const {
    return mark.name.starts_with("cat") && index_of(old, mark.name) < old.size() &&
           index_of(items_, mark.name) == items_.size() && index_of(items_, changed_name_) < items_.size();
  }
  void forget_places() {
    for (const auto& [mark, where] : marks_) RC_ASSERT(view_->free_bookmark(mark).has_value());
    marks_.clear();
    RC_ASSERT(view_->seek_row(kBookmarkEnd, 0).has_value());
    cursor_ = {};
  }

  static std::size_t index_of(const std::vector<NaiveItem>& items, const std::string& name) {
    std::size_t at = 0;
    while (at < items.size() && items[at].name != name) ++at;
    return at;
  }
  static std::string name_after(const std::vector<NaiveItem>& items, std::size_t at) {
    return at + 1 < items.size() ? items[at + 1].name : "";
  }
  void follow(Mark& mark, const std::vector<NaiveItem>& old, bool cursor) {
    if (mark.name.empty()) return;
    std::size_t at = index_of(old, mark.name);
    const std::size_t now = index_of(items_, mark.name);
    if (now < items_.size()) {
      if (rebuilds() || old[at].level >= 0 || !changed_place(old, mark.name)) return;
      if (cursor) mark.name = name_after(old, at);
      mark.changed = true;
      return;
    }
    // Gone: what stands now where it stood. Its old neighbours tell, those that stayed and did not move.
    while (at < old.size() && (index_of(items_, old[at].name) == items_.size())) ++at;
    mark = {at < old.size() ? old[at].name : "", true};
  }
  bool changed_place(const std::vector<NaiveItem>& old, const std::string& name) const {
    return name == changed_name_ && name_after(old, index_of(old, name)) != name_after(items_, index_of(items_, name));
  }

  void check_events(std::vector<Copy> before, const std::vector<ViewEvent>& events) {
    const std::vector<Copy> after = copy();
    if (rebuilds()) {
      RC_ASSERT(events.size() == 1u);
      RC_ASSERT(events[0].kind == ViewEvent::Kind::kChanged);
      return;
    }
    for (const ViewEvent& event : events) {
      if (event.kind != ViewEvent::Kind::kRowAdded) {
        RC_ASSERT(std::erase_if(before, [&](const Copy& c) { return c.key == event.instance_key; }) == 1u);
      }
      if (event.kind == ViewEvent::Kind::kRowDeleted) continue;
      auto at = before.begin();
      if (event.prior_key) {
        at = std::find_if(before.begin(), before.end(), [&](const Copy& c) { return c.key == *event.prior_key; });
        RC_ASSERT(at != before.end());
        ++at;
      }
      before.insert(at, {event.instance_key, event.row});
      RC_ASSERT(after[event.position].key == event.instance_key);
    }
    RC_ASSERT(before.size() == after.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
      RC_ASSERT(before[i].key == after[i].key);
    }
  }

  const NaiveItem* random_heading() {
    std::vector<const NaiveItem*> headings;
    for (const NaiveItem* item : visible()) {
      if (item->level >= 0) headings.push_back(item);
    }
    return headings.empty() ? nullptr : headings[pick(static_cast<std::uint32_t>(headings.size()))];
  }
  std::uint32_t number_of(const std::string& name) const {
    std::uint32_t n = 0;
    for (const NaiveItem* item : visible()) {
      if (item->name == name) return n;
      ++n;
    }
    return n;
  }

  void expand_or_collapse() {
    const NaiveItem* heading = random_heading();
    if (heading == nullptr) return;
    const std::uint32_t n = number_of(heading->name);
    const std::size_t shown = visible().size();
    const std::string key = view_->instance_key_at(n);
    const bool expand = pick(2) == 0;
    naive_.expanded[heading->name] = expand;
    items_ = naive_.items();
    if (!expand) {
      RC_ASSERT(*view_->collapse_row(key) == shown - visible().size());
      return;
    }
    const std::uint32_t wanted = pick(4);
    const auto result = view_->expand_row(key, wanted);
    RC_ASSERT(result.has_value());
    RC_ASSERT(result->appeared == visible().size() - shown);
    RC_ASSERT(result->rows.size() == std::min<std::size_t>(wanted, result->appeared));
    cursor_ = {name_at(n + 1 + result->rows.size()), false};
  }

  void make_mark() {
    if (marks_.size() > 5) {
      RC_ASSERT(view_->free_bookmark(marks_.begin()->first).has_value());
      RC_ASSERT(!view_->free_bookmark(marks_.begin()->first).has_value());
      marks_.erase(marks_.begin());
    }
    const auto mark = view_->create_bookmark();
    RC_ASSERT(mark.has_value());
    resolve(cursor_);
    marks_[*mark] = {cursor_.name, false};
  }

  void seek() {
    Bookmark origin = pick(3);
    Mark beginning{name_at(0), false};
    Mark end;
    Mark* mark = origin == kBookmarkBeginning ? &beginning : origin == kBookmarkEnd ? &end : &cursor_;
    if (!marks_.empty() && pick(2) == 0) {
      auto at = std::next(marks_.begin(), pick(static_cast<std::uint32_t>(marks_.size())));
      origin = at->first;
      mark = &at->second;
    }
    const std::int32_t count = static_cast<std::int32_t>(pick(9)) - 4;
    const auto from = static_cast<std::int64_t>(resolve(*mark));
    const bool changed = std::exchange(mark->changed, false);
    const std::int64_t to = std::clamp<std::int64_t>(from + count, 0, static_cast<std::int64_t>(visible().size()));
    const auto result = view_->seek_row(origin, count);
    RC_ASSERT(result.has_value());
    RC_ASSERT(result->sought == to - from);
    RC_ASSERT(result->position_changed == changed);
    cursor_ = {name_at(static_cast<std::size_t>(to)), false};
  }

  void read() {
    const std::int32_t count = static_cast<std::int32_t>(pick(9)) - 4;
    const bool stay = pick(2) == 0;
    const auto rows = view_->query_rows(count, stay);
    RC_ASSERT(rows.has_value() == (count != 0));
    if (count == 0) return;
    const auto from = static_cast<std::int64_t>(resolve(cursor_));
    const std::int64_t other = std::clamp<std::int64_t>(from + count, 0, static_cast<std::int64_t>(visible().size()));
    const auto [low, high] = std::minmax(from, other);
    RC_ASSERT(rows->size() == static_cast<std::size_t>(high - low));
    for (std::int64_t n = low; n < high; ++n)
      check_row(*visible()[static_cast<std::size_t>(n)], (*rows)[static_cast<std::size_t>(n - low)]);
    cursor_ = {name_at(static_cast<std::size_t>(stay ? low : high)), false};
  }

  void save_and_restore() {
    const auto shown = visible();
    if (shown.empty() || naive_.order.categories == 0) return;
    const std::uint32_t n = pick(static_cast<std::uint32_t>(shown.size()));
    const std::string name = shown[n]->name;
    const auto state = view_->collapse_state(view_->instance_key_at(n));
    RC_ASSERT(state.has_value());
    const auto kept = naive_.expanded;
    for (int i = 0; i < 3; ++i) expand_or_collapse();
    const auto mark = view_->set_collapse_state(*state);
    RC_ASSERT(mark.has_value());
    naive_.expanded = kept;
    items_ = naive_.items();
    RC_ASSERT(view_->seek_row(*mark, 0)->position_changed == false);
    cursor_ = {name, false};
    RC_ASSERT(view_->position().row == number_of(name));
    RC_ASSERT(view_->free_bookmark(*mark).has_value());
  }

  void find() {
    const auto wanted = static_cast<std::int32_t>(pick(4)) - 1;
    const bool backward = pick(2) == 0;
    const std::int32_t from = static_cast<std::int32_t>(resolve(cursor_));
    const bool changed = std::exchange(cursor_.changed, false);
    const auto shown = visible();
    std::int32_t at = backward ? from - 1 : from;
    const auto matches = [&](const NaiveItem& item) {
      const auto row = view_->row_at(number_of(item.name));
      return row[1] == PropValue::int32(kImportance, wanted);
    };
    while (at >= 0 && at < static_cast<std::int32_t>(shown.size()) && !matches(*shown[static_cast<std::size_t>(at)]))
      at += backward ? -1 : 1;
    const auto result = view_->find_row(
        model::Restriction::property(kImportance, model::RelOp::kEq, PropValue::int32(kImportance, wanted)), backward,
        kBookmarkCurrent);
    const bool exists = at >= 0 && at < static_cast<std::int32_t>(shown.size());
    RC_ASSERT(result.has_value() == exists);
    if (!exists) return;
    RC_ASSERT(*result == changed);
    cursor_ = {shown[static_cast<std::size_t>(at)]->name, false};
  }

  void check_row(const NaiveItem& item, const Row& row) {
    if (item.level < 0) {
      for (std::size_t i = 0; i < 5; ++i) {
        const auto* value = source_->bag(item.row).find(source_->columns[i].id());
        RC_ASSERT(row[i] == (value != nullptr ? *value : PropValue::error(source_->columns[i].id(), Code::kNotFound)));
      }
      RC_ASSERT(row[5].as_int32() == 1);
      return;
    }
    RC_ASSERT(row[5].as_int32() == (item.expanded ? 3 : 4));
    RC_ASSERT(row[6].as_int32() == item.level);
    RC_ASSERT(row[7].as_int32() == item.count);
    RC_ASSERT(row[8].as_int32() == item.unread);
  }

  void check() {
    const auto shown = visible();
    RC_ASSERT(view_->row_count() == shown.size());
    for (std::uint32_t n = 0; n < shown.size(); ++n) {
      check_row(*shown[n], view_->row_at(n));
      const auto key = view_->key_at(n);
      RC_ASSERT(key.has_value() == (shown[n]->level < 0));
      if (key) RC_ASSERT(*key == shown[n]->row);
      RC_ASSERT(view_->row_of_instance_key(view_->instance_key_at(n)) == n);
      if (key && !multiplies()) RC_ASSERT(view_->row_of_key(*key) == n);
    }
    RC_ASSERT(view_->position().row == resolve(cursor_));
  }

  std::vector<std::uint32_t> program_;
  std::size_t at_ = 0;
  std::shared_ptr<MemoryRows> source_;
  NaiveView naive_;
  std::unique_ptr<TableView> view_;
  std::vector<NaiveItem> items_;
  RowKey next_key_ = 1;
  std::string changed_name_;
  int changes_ = 0;
  Mark cursor_;
  std::map<Bookmark, Mark> marks_;
};

RC_GTEST_PROP(TableViewModel, AgreesWithNaiveView, ()) {
  // Full ranges from the first try on: small programs find nothing.
  const auto size = *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(100, 900));
  const auto word = rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint32_t>(0, 1u << 20));
  Session session(*rc::gen::container<std::vector<std::uint32_t>>(size, word));
  session.run();
  RC_TAG(session.changes() / 20 * 20);
}

}  // namespace
}  // namespace mapiary::view::testing
