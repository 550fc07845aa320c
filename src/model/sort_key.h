// SPDX-License-Identifier: Apache-2.0
// Sort keys: bytes that memcmp in the order of the rows, so that a million rows sort without looking at a property
// again.
//
//   column  = marker 0x01, value          a column that is there
//           | marker 0xFF                 missing, an error, a blob, or a value without an order: LAST in both
//           directions (ssortorder page)
//   value   = fixed-size, big-endian, sign bit flipped; or text and binary with 00 written as 00 FF and ended by 00 00
//   tuple   = (0x01 value)* 0x02          multivalued: the shorter tuple after the longer one that it begins, in both
//   directions
//
// For a descending column the bytes of values are inverted, markers are not. A key of several columns is their
// concatenation: every column says where it ends. The order is that of model/compare.h. A RowSortKey keeps the first
// eight bytes as a number, which decides nearly every comparison. Not synchronised; const access is shareable.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/compare.h"
#include "model/sort_order.h"

namespace mapiary::model {

class RowSortKey {
 public:
  RowSortKey() = default;
  explicit RowSortKey(std::string_view bytes);

  std::uint64_t prefix() const { return prefix_; }
  // The whole key again.
  std::string bytes() const;
  bool operator==(const RowSortKey&) const = default;
  std::strong_ordering operator<=>(const RowSortKey& other) const {
    if (prefix_ != other.prefix_) return prefix_ <=> other.prefix_;
    return rest_.compare(other.rest_) <=> 0;
  }

 private:
  std::uint64_t prefix_ = 0;
  std::uint8_t prefix_size_ = 0;
  std::string rest_;
};

// Adds one column to `key`. `value` may be nullptr: the row has no such property.
void append_sort_key(std::string& key, const PropValue* value, bool descending,
                     TextOrder order = TextOrder::kIgnoreCase);

// The key of a row: `find(tag)` gives a const PropValue* (or nullptr) for each key of `order`. kCombine, kCategoryMax
// and kCategoryMin keys go in ascending; what they mean for categories is the view's affair.
template <class Find>
RowSortKey make_sort_key(const SortOrder& order, Find&& find, TextOrder text = TextOrder::kIgnoreCase) {
  std::string key;
  for (const SortKey& column : order.keys) {
    append_sort_key(key, find(column.tag), column.order == SortKey::Order::kDescending, text);
  }
  return RowSortKey(key);
}

}  // namespace mapiary::model
