// SPDX-License-Identifier: Apache-2.0
// What a view must show, worked out anew each time by the plainest means: the judge of the model test. Knows five
// properties, ASCII text only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "view/table_view.h"
#include "view/testing/memory_rows.h"

namespace mapiary::view::testing {

inline constexpr model::PropTag kSubject(0x0037001Fu), kImportance(0x00170003u), kTime(0x0E060040u),
    kFlags(0x0E070003u), kWords(0x8001101Fu), kWordsEach(0x8001301Fu), kRowTypeTag(0x0FF50003u), kDepthTag(0x30050003u),
    kCountTag(0x36020003u), kUnreadTag(0x36030003u), kInstanceKeyTag(0x0FF60102u);

struct NaiveItem {
  int level = -1;  // -1: a leaf
  RowKey row = 0;
  std::size_t instance = 0;
  std::string name;               // what stays the same as long as the row does
  std::vector<std::string> path;  // of a leaf: the names of its headings
  int count = 0;
  int unread = 0;
  bool visible = true;
  bool expanded = false;
};

class NaiveView {
 public:
  explicit NaiveView(const MemoryRows& source) : source_(source) {}

  model::SortOrder order;
  bool each_word = false;  // a column with MV_INSTANCE is shown
  int filter = 0;          // 0 none, 1 importance >= 1, 2 subject exists, 3 subject begins with "a"
  std::map<std::string, bool> expanded;

  std::optional<model::Restriction> restriction() const {
    using model::Restriction;
    switch (filter) {
      case 1:
        return Restriction::property(kImportance, model::RelOp::kGe, model::PropValue::int32(kImportance, 1));
      case 2:
        return Restriction::exist(kSubject);
      case 3:
        return Restriction::content(kSubject, {model::FuzzyLevel::kPrefix | model::FuzzyLevel::kIgnoreCase},
                                    model::PropValue::text(kSubject, "A"));
      default:
        return std::nullopt;
    }
  }

  // All rows, hidden ones too. Forgets the state of categories that are no more.
  std::vector<NaiveItem> items() {
    prepare();
    std::vector<NaiveItem> leaves;
    for (const RowKey row : source_.order()) {
      if (!passes(row)) continue;
      for (std::size_t i = 0; i < (expands() ? std::max<std::size_t>(words(row).size(), 1) : 1); ++i)
        leaves.push_back(leaf(row, i));
    }
    find_aggregates(leaves);
    std::stable_sort(leaves.begin(), leaves.end(),
                     [&](const NaiveItem& a, const NaiveItem& b) { return compare(a, b) < 0; });
    std::vector<NaiveItem> all;
    std::map<std::string, std::size_t> headings;
    for (const NaiveItem& leaf : leaves) add_leaf(all, headings, leaf);
    std::map<std::string, bool> kept;
    for (const auto& [name, at] : headings) kept[name] = all[at].expanded;
    expanded = kept;
    return all;
  }

 private:
  struct Value {
    bool missing = true;
    std::int64_t number = 0;
    std::string text;
    std::string name() const { return missing ? "-" : std::to_string(number) + "/" + text + ";"; }
  };
  struct LevelKeys {
    std::vector<model::SortKey> columns;
    std::optional<model::SortKey> aggregate;
  };

  bool expands() const {
    bool any = each_word;
    for (const auto& key : order.keys) any = any || key.tag == kWordsEach;
    return any;
  }
  const model::PropValue* find(RowKey row, model::PropTag tag) const { return source_.bag(row).find(tag.id()); }
  std::vector<std::string> words(RowKey row) const {
    const auto* value = find(row, kWords);
    return value == nullptr ? std::vector<std::string>() : std::get<std::vector<std::string>>(value->as_multi());
  }
  static std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
  }
  Value value(const NaiveItem& item, model::PropTag tag) const {
    if (tag == kWordsEach) {
      const auto all = words(item.row);
      return item.instance < all.size() ? Value{false, 0, lower(all[item.instance])} : Value{};
    }
    const auto* found = find(item.row, tag);
    if (found == nullptr) return {};
    if (tag == kSubject) return {false, 0, lower(found->as_bytes())};
    return {false, found->as_int64(), {}};
  }
  bool passes(RowKey row) const {
    const auto* importance = find(row, kImportance);
    const auto* subject = find(row, kSubject);
    if (filter == 1) return importance != nullptr && importance->as_int32() >= 1;
    if (filter == 2) return subject != nullptr;
    return filter != 3 || (subject != nullptr && lower(subject->as_bytes()).starts_with("a"));
  }
  static int compare(const Value& a, const Value& b, bool descending) {
    if (a.missing || b.missing) return static_cast<int>(a.missing) - static_cast<int>(b.missing);
    int result = a.number < b.number ? -1 : a.number > b.number ? 1 : a.text.compare(b.text);
    return descending ? -result : result;
  }

  void prepare() {
    levels_.clear();
    rest_.clear();
    for (std::size_t i = 0; i < order.keys.size(); ++i) {
      const auto& key = order.keys[i];
      const bool category = i < order.categories;
      using Order = model::SortKey::Order;
      if (key.order == Order::kCombine) {
        levels_.back().columns.push_back(key);
      } else if (key.order == Order::kCategoryMax || key.order == Order::kCategoryMin) {
        levels_.back().aggregate = key;
      } else if (category) {
        levels_.push_back({{key}, {}});
      } else {
        rest_.push_back(key);
      }
    }
  }
  NaiveItem leaf(RowKey row, std::size_t instance) const {
    NaiveItem item;
    item.row = row;
    item.instance = instance;
    item.name = "row " + std::to_string(row) + "." + std::to_string(instance);
    std::string path;
    for (std::size_t l = 0; l < levels_.size(); ++l) {
      for (const auto& key : levels_[l].columns) path += value(item, key.tag).name();
      item.path.push_back("cat " + std::to_string(l) + " " + path);
    }
    const auto* flags = find(row, kFlags);
    item.unread = flags != nullptr && (flags->as_int32() & 1) == 0 ? 1 : 0;
    return item;
  }
  void find_aggregates(const std::vector<NaiveItem>& leaves) {
    best_.clear();
    for (const NaiveItem& item : leaves) {
      for (std::size_t l = 0; l < levels_.size(); ++l) {
        if (!levels_[l].aggregate) continue;
        const Value mine = value(item, levels_[l].aggregate->tag);
        Value& best = best_[item.path[l]];
        const bool max = levels_[l].aggregate->order == model::SortKey::Order::kCategoryMax;
        if (!mine.missing && (best.missing || (max ? compare(mine, best, false) > 0 : compare(mine, best, false) < 0)))
          best = mine;
      }
    }
  }
  int compare(const NaiveItem& a, const NaiveItem& b) {
    for (std::size_t l = 0; l < levels_.size(); ++l) {
      const bool descending = levels_[l].columns[0].order == model::SortKey::Order::kDescending;
      if (levels_[l].aggregate) {
        if (const int r = compare(best_[a.path[l]], best_[b.path[l]], descending)) return r;
      }
      if (const int r = compare_columns(a, b, levels_[l].columns)) return r;
    }
    return compare_columns(a, b, rest_);
  }
  int compare_columns(const NaiveItem& a, const NaiveItem& b, const std::vector<model::SortKey>& keys) const {
    for (const auto& key : keys) {
      const int r = compare(value(a, key.tag), value(b, key.tag), key.order == model::SortKey::Order::kDescending);
      if (r != 0) return r;
    }
    return 0;
  }
  void add_leaf(std::vector<NaiveItem>& all, std::map<std::string, std::size_t>& headings, NaiveItem leaf) {
    bool visible = true;
    for (std::size_t l = 0; l < levels_.size(); ++l) {
      auto [at, first] = headings.try_emplace(leaf.path[l], all.size());
      if (first) {
        NaiveItem heading = leaf;
        heading.level = static_cast<int>(l);
        heading.name = leaf.path[l];
        heading.unread = 0;
        heading.visible = visible;
        const auto known = expanded.find(heading.name);
        heading.expanded =
            known != expanded.end() ? known->second : order.expanded == order.categories || l < order.expanded;
        all.push_back(heading);
      }
      NaiveItem& heading = all[at->second];
      ++heading.count;
      heading.unread += leaf.unread;
      visible = visible && heading.expanded;
    }
    leaf.visible = visible;
    all.push_back(std::move(leaf));
  }

  const MemoryRows& source_;
  std::vector<LevelKeys> levels_;
  std::vector<model::SortKey> rest_;
  std::map<std::string, Value> best_;
};

}  // namespace mapiary::view::testing
