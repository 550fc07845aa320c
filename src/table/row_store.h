// SPDX-License-Identifier: Apache-2.0
// The rows of an ITableData, in the order of insertion and found by the value of the index column: the RowSource of its
// views.
//
// - A row is named by a RowKey: the number of its slot and how often that slot was used before, so a key never comes
// back.
// - Ranks are numbers with gaps: a row can go between two others; when a gap is used up, all are numbered anew.
// - Columns are only ever added (itabledata-hrdeleterow).
// Finding a row, its number, row N, insertion anywhere and deletion cost O(log n) at most. Used under the table data's
// lock.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/huge_pages.h"
#include "base/result.h"
#include "model/prop_bag.h"
#include "table/index_map.h"
#include "view/counted_list.h"
#include "view/row_source.h"

namespace mapiary::table {

using view::RowKey;

class RowStore final : public view::RowSource {
 public:
  RowStore(model::PropTag index, std::vector<model::PropTag> columns);

  std::uint32_t size() const { return order_.visible_size(); }
  model::PropTag index_tag() const { return index_; }
  // kInvalidArgument: `row` has no index column, or one of another type.
  Result<std::string> index_of(const model::PropBag& row) const;
  Result<std::string> index_of(const model::PropValue& value) const;

  std::optional<RowKey> find_row(const std::string& index) const;
  // Requires that no row has this index, and number <= size(): the row becomes row `number`.
  RowKey insert(const std::string& index, model::PropBag row, std::uint32_t number);
  void replace(RowKey key, model::PropBag row);
  void erase(RowKey key);
  void clear();

  RowKey row_at(std::uint32_t number) const;
  std::uint32_t number_of(RowKey key) const;
  const model::PropBag& row(RowKey key) const { return slots_[slot_of(key)].row; }

  Result<view::RowAnswer> rows(const view::RowQuery& query) override;
  std::uint64_t rank(RowKey key) const override;
  const model::PropValue* find(RowKey key, model::PropTag tag, model::PropValue& scratch) override;
  std::vector<model::PropTag> default_columns() const override { return columns_; }
  bool has_instance_keys() const override;

 private:
  struct Slot {
    model::PropBag row;
    std::uint64_t rank = 0;
    std::uint32_t uses = 0;
    bool live = false;
  };

  static std::uint32_t slot_of(RowKey key) { return static_cast<std::uint32_t>(key); }
  RowKey key_of(std::uint32_t slot) const { return (RowKey{slots_[slot].uses} << 32) | slot; }
  bool lives(RowKey key) const;
  std::uint64_t rank_for(std::uint32_t number);
  void number_anew();
  void learn_columns(const model::PropBag& row);
  void free_slot(std::uint32_t slot);

  model::PropTag index_;
  std::vector<model::PropTag> columns_;
  std::unordered_set<std::uint32_t> known_;
  std::vector<model::PropTag> last_tags_;  // of the row looked at last: rows of a table resemble each other
  std::vector<Slot, HugePageAllocator<Slot>> slots_;
  std::vector<std::uint32_t> free_;
  IndexMap by_index_;
  view::CountedList order_;
  std::uint64_t top_rank_ = 0;  // no row has a higher one
};

}  // namespace mapiary::table
