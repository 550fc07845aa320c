// SPDX-License-Identifier: Apache-2.0
// The properties of one object: at most one value per property id, sorted by id. Lookup is a binary search.
// Not synchronised; const access is shareable.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/prop_value.h"

namespace mapiary::model {

class PropBag {
 public:
  PropBag() = default;

  // The value whose id is `id`, whatever its type; nullptr if there is none. The pointer lives until the bag changes.
  const PropValue* find(std::uint16_t id) const;
  // As find(), but the type must match too; PT_UNSPECIFIED matches any.
  const PropValue* find(PropTag tag) const;
  // Puts `value` in place of any value with its id.
  void set(PropValue value);
  // As set() with each, in any order of ids: what is there moves once. They are moved from.
  void set_all(std::span<PropValue> values);
  // True if there was one.
  bool erase(std::uint16_t id);

  std::size_t size() const { return values_.size(); }
  bool empty() const { return values_.empty(); }
  void clear() { values_.clear(); }
  void reserve(std::size_t count) { values_.reserve(count); }
  std::span<const PropValue> values() const { return values_; }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }

  // Sum of stored_size() of the values.
  std::uint64_t stored_size() const;

  bool operator==(const PropBag&) const = default;

 private:
  std::vector<PropValue> values_;
};

}  // namespace mapiary::model
