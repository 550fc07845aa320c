// SPDX-License-Identifier: Apache-2.0
// A RowSource over property bags in memory, for tests and benchmarks. Not synchronised.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "model/prop_bag.h"
#include "view/row_source.h"

namespace mapiary::view::testing {

class MemoryRows : public RowSource {
 public:
  // Puts a row at the end, or changes the one there is.
  void put(RowKey key, model::PropBag row) {
    if (!rows_.contains(key)) order_.push_back(key);
    rows_[key] = std::move(row);
  }
  void put_at(std::size_t place, RowKey key, model::PropBag row) {
    order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(place), key);
    rows_[key] = std::move(row);
  }
  void erase(RowKey key) {
    std::erase(order_, key);
    rows_.erase(key);
  }
  const std::vector<RowKey>& order() const { return order_; }
  const model::PropBag& bag(RowKey key) const { return rows_.at(key); }

  Result<RowAnswer> rows(const RowQuery&) override { return RowAnswer{order_, false, false}; }
  std::uint64_t rank(RowKey key) const override {
    return static_cast<std::uint64_t>(std::find(order_.begin(), order_.end(), key) - order_.begin());
  }
  const model::PropValue* find(RowKey key, model::PropTag tag, model::PropValue&) override {
    return rows_.at(key).find(tag.id());
  }
  std::vector<model::PropTag> default_columns() const override { return columns; }
  bool has_instance_keys() const override { return own_keys; }

  std::vector<model::PropTag> columns;
  bool own_keys = false;

 protected:
  std::map<RowKey, model::PropBag> rows_;
  std::vector<RowKey> order_;
};

}  // namespace mapiary::view::testing
