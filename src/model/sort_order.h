// SPDX-License-Identifier: Apache-2.0
// A table's sort order, the first `categories` keys of which group rows. SSortOrderSet of mapidefs.h is its border
// form.
#pragma once

#include <cstdint>
#include <vector>

#include "model/prop_tag.h"

namespace mapiary::model {

struct SortKey {
  // TABLE_SORT_*. kCategoryMax and kCategoryMin order the categories before them by the largest or smallest value of
  // `tag` among their rows (ssortorder page).
  enum class Order : std::uint8_t { kAscending = 0, kDescending = 1, kCombine = 2, kCategoryMax = 4, kCategoryMin = 8 };
  PropTag tag;
  Order order = Order::kAscending;
  bool operator==(const SortKey&) const = default;
};

struct SortOrder {
  std::vector<SortKey> keys;
  std::uint32_t categories =
      0;  // <= keys.size(), counted as the border counts them (a kCombine key belongs to the category before it)
  std::uint32_t expanded = 0;  // <= categories
  bool operator==(const SortOrder&) const = default;
};

}  // namespace mapiary::model
