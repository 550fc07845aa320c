// SPDX-License-Identifier: Apache-2.0
#include "view/row_order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "model/sort_key.h"

namespace mapiary::view {
namespace {

using model::PropTag;
using model::PropType;
using model::PropValue;
using Order = model::SortKey::Order;

constexpr std::uint16_t kContentUnreadId = 0x3603;
constexpr char kMissingMarker = '\xFF';

Status check_type(PropTag tag) {
  const PropType type = tag.base_type();
  const bool sortable =
      is_known_type(tag.with_raw_type(static_cast<std::uint16_t>(tag.raw_type() & ~model::kMultiValueInstance))) &&
      type != PropType::kUnspecified && type != PropType::kNull && type != PropType::kError &&
      type != PropType::kObject;
  if (sortable) return {};
  return fail(Code::kTooComplex, "view", "A table cannot be sorted by a property of this type", tag.value);
}

tl::unexpected<Error> meaningless(PropTag tag) {
  return fail(Code::kTooComplex, "view", "A combined or aggregated sort key does not follow a category", tag.value);
}

void add_instance_tag(std::vector<PropTag>& tags, PropTag tag) {
  if (!tag.is_instance()) return;
  const bool known = std::any_of(tags.begin(), tags.end(), [&](PropTag have) { return have.id() == tag.id(); });
  if (!known) tags.push_back(tag);
}

Status add_key(OrderPlan& plan, const model::SortKey& key, bool category, bool after_category) {
  switch (key.order) {
    case Order::kAscending:
    case Order::kDescending:
      plan.columns.push_back({key.tag, key.order == Order::kDescending});
      if (category)
        plan.levels.push_back(
            {static_cast<std::uint32_t>(plan.columns.size()), {}, false, key.order == Order::kDescending});
      return {};
    case Order::kCombine:
      if (!category || plan.levels.empty() || plan.levels.back().aggregate) return meaningless(key.tag);
      plan.columns.push_back({key.tag, false});
      plan.levels.back().columns_end = static_cast<std::uint32_t>(plan.columns.size());
      return {};
    case Order::kCategoryMax:
    case Order::kCategoryMin:
      if (!after_category || plan.levels.empty() || plan.levels.back().aggregate) return meaningless(key.tag);
      plan.levels.back().aggregate = key.tag;
      plan.levels.back().largest = key.order == Order::kCategoryMax;
      return {};
  }
  return fail(Code::kTooComplex, "view", "A sort key has an unknown order", static_cast<std::uint64_t>(key.order));
}

}  // namespace

bool OrderPlan::has_aggregates() const {
  return std::any_of(levels.begin(), levels.end(), [](const Level& level) { return level.aggregate.has_value(); });
}

std::uint64_t OrderPlan::fingerprint() const {
  std::uint64_t hash = 0xCBF29CE484222325u;
  const auto mix = [&](std::uint64_t value) {
    hash = (hash ^ value) * 0x100000001B3u;
    hash ^= hash >> 29;
  };
  for (const Column& column : columns) mix(std::uint64_t{column.tag.value} << 1 | (column.descending ? 1 : 0));
  mix(columns.size());
  for (const Level& level : levels) {
    mix(level.columns_end);
    mix(level.aggregate ? std::uint64_t{level.aggregate->value} << 1 | (level.largest ? 1 : 0) : 0);
  }
  for (const PropTag tag : instance_tags) mix(tag.value);
  return hash;
}

Result<OrderPlan> OrderPlan::make(const model::SortOrder& order, std::span<const PropTag> table_columns,
                                  const ViewLimits& limits) {
  if (order.categories > order.keys.size() || order.expanded > order.categories) {
    return fail(Code::kInvalidArgument, "view",
                "A sort order has more categories than keys, or more expanded than there are", order.categories);
  }
  if (order.keys.size() > limits.sort_keys) {
    return fail(Code::kTooComplex, "view", "A sort order has too many keys", order.keys.size());
  }
  OrderPlan plan;
  for (std::uint32_t i = 0; i < order.keys.size(); ++i) {
    const model::SortKey& key = order.keys[i];
    TRY(check_type(key.tag));
    const bool category = i < order.categories;
    if (category && key.tag.id() == kContentUnreadId) {
      return fail(Code::kInvalidArgument, "view", "The count of unread rows cannot be a category", key.tag.value);
    }
    TRY(add_key(plan, key, category, i > 0 && i - 1 < order.categories));
    add_instance_tag(plan.instance_tags, key.tag);
  }
  for (const PropTag tag : table_columns) add_instance_tag(plan.instance_tags, tag);
  plan.expanded_levels = std::min<std::uint32_t>(order.expanded, static_cast<std::uint32_t>(plan.levels.size()));
  if (order.expanded == order.categories) plan.expanded_levels = static_cast<std::uint32_t>(plan.levels.size());
  return plan;
}

void make_leaf_key(const OrderPlan& plan, RowReader& row, LeafKey& out) {
  out.bytes.clear();
  out.level_ends.clear();
  out.aggregates.clear();
  std::size_t level = 0;
  PropValue scratch;
  for (std::uint32_t i = 0; i < plan.columns.size(); ++i) {
    const OrderPlan::Column& column = plan.columns[i];
    model::append_sort_key(out.bytes, row.typed_value(column.tag, scratch), column.descending);
    if (level == plan.levels.size() || plan.levels[level].columns_end != i + 1) continue;
    out.level_ends.push_back(static_cast<std::uint32_t>(out.bytes.size()));
    std::string& aggregate = out.aggregates.emplace_back();
    if (plan.levels[level].aggregate) {
      model::append_sort_key(aggregate, row.typed_value(*plan.levels[level].aggregate, scratch),
                             plan.levels[level].descending);
      if (aggregate.size() == 1 && aggregate[0] == kMissingMarker) aggregate.clear();
    }
    ++level;
  }
}

std::uint64_t key_prefix(std::string_view key, std::size_t at) {
  std::uint64_t prefix = 0;
  if (at + 8 <= key.size()) {
    std::memcpy(&prefix, key.data() + at, sizeof prefix);
    return std::endian::native == std::endian::little ? __builtin_bswap64(prefix) : prefix;
  }
  for (std::size_t i = at; i < key.size(); ++i) {
    prefix |= std::uint64_t{static_cast<std::uint8_t>(key[i])} << (56 - 8 * (i - at));
  }
  return prefix;
}

namespace {

// Sorts by prefix, byte by byte from the lowest; stable. Bytes that are the same in all are skipped.
void radix_sort(std::span<SortRef> refs, std::vector<SortRef>& spare) {
  std::array<std::array<std::uint32_t, 256>, 8> counts{};
  for (const SortRef& ref : refs) {
    for (std::size_t b = 0; b < 8; ++b) ++counts[b][ref.prefix >> (8 * b) & 0xFF];
  }
  if (spare.size() < refs.size()) spare.resize(refs.size());
  SortRef* from = refs.data();
  SortRef* to = spare.data();
  for (std::size_t b = 0; b < 8; ++b) {
    auto& count = counts[b];
    if (count[refs[0].prefix >> (8 * b) & 0xFF] == refs.size()) continue;
    std::uint32_t sum = 0;
    for (std::uint32_t& c : count) sum += std::exchange(c, sum);
    for (std::size_t i = 0; i < refs.size(); ++i) to[count[from[i].prefix >> (8 * b) & 0xFF]++] = from[i];
    std::swap(from, to);
  }
  if (from != refs.data()) std::copy(from, from + refs.size(), refs.data());
}

class KeySorter {
 public:
  // Prefixes hold the eight bytes from `depth` on; the bytes before are the same in all.
  void sort(std::span<SortRef> refs, std::size_t depth) {
    if (refs.size() < 2) return;
    if (refs.size() <= kSmall) return sort_small(refs, depth);
    refs.size() >= kRadix ? radix_sort(refs, spare_) : sort_middle(refs);
    std::size_t asked = 0;
    for (std::size_t from = 0; from < refs.size();) {
      std::size_t to = from + 1;
      while (to < refs.size() && refs[to].prefix == refs[from].prefix) ++to;
      asked = ask_for_ties(refs, std::max(asked, to), to + kAhead, depth + 8);
      if (to - from > 1) sort_ties(refs.subspan(from, to - from), depth + 8);
      from = to;
    }
  }

 private:
  static constexpr std::size_t kSmall = 24;
  static constexpr std::size_t kRadix = 4096;
  static constexpr std::size_t kMaxDepth = 2048;  // recursion stays shallow on long equal keys
  static constexpr std::size_t kAhead = 24;

  // Keys lie in the order of their rows, so each is a miss of the cache: what will be looked at soon is asked for.
  static void ask_for(const SortRef& ref, std::size_t depth) {
    __builtin_prefetch(ref.key + std::min<std::size_t>(ref.size, depth));
  }
  // Those of refs[from] to before refs[to] that others tie with. Returns where it ended.
  static std::size_t ask_for_ties(std::span<const SortRef> refs, std::size_t from, std::size_t to, std::size_t depth) {
    for (to = std::min(to, refs.size() - 1); from < to; ++from) {
      if (refs[from].prefix == refs[from + 1].prefix || refs[from].prefix == refs[from - 1].prefix) {
        ask_for(refs[from], depth);
      }
    }
    return from;
  }
  static void sort_middle(std::span<SortRef> refs) {
    std::sort(refs.begin(), refs.end(), [](const SortRef& a, const SortRef& b) {
      return a.prefix != b.prefix ? a.prefix < b.prefix : a.id < b.id;
    });
  }
  static void sort_small(std::span<SortRef> refs, std::size_t depth) {
    std::sort(refs.begin(), refs.end(), [&](const SortRef& a, const SortRef& b) {
      if (a.prefix != b.prefix) return a.prefix < b.prefix;
      if (const int order = tail(a, depth).compare(tail(b, depth)); order != 0) return order < 0;
      // Before `depth` they are the same but for trailing zeros, which only the length tells.
      return a.size != b.size ? a.size < b.size : a.id < b.id;
    });
  }
  static std::string_view tail(const SortRef& ref, std::size_t depth) {
    return ref.bytes().substr(std::min<std::size_t>(ref.size, depth));
  }
  void sort_ties(std::span<SortRef> refs, std::size_t depth) {
    const std::uint64_t outer = refs[0].prefix;
    bool longer = false;
    bool same_size = true;
    for (std::size_t i = 0; i < refs.size(); ++i) {
      SortRef& ref = refs[i];
      if (i + kAhead < refs.size()) ask_for(refs[i + kAhead], depth);
      ref.prefix = key_prefix(ref.bytes(), depth);
      longer = longer || ref.size > depth;
      same_size = same_size && ref.size == refs[0].size;
    }
    if (!longer && same_size) {
      // Equal keys, already in the order of their ids.
    } else if (longer && depth < kMaxDepth) {
      sort(refs, depth);
    } else {  // equal but for trailing zeros, which only the length tells; or too deep
      for (SortRef& ref : refs) ref.prefix = 0;
      std::sort(refs.begin(), refs.end(), [](const SortRef& a, const SortRef& b) {
        const int order = a.bytes().compare(b.bytes());
        return order != 0 ? order < 0 : a.id < b.id;
      });
    }
    for (SortRef& ref : refs) ref.prefix = outer;
  }

  std::vector<SortRef> spare_;
};

}  // namespace

void sort_keys(std::vector<SortRef>& refs) {
  for (SortRef& ref : refs) ref.prefix = key_prefix(ref.bytes());
  KeySorter().sort(refs, 0);
}

}  // namespace mapiary::view
