// SPDX-License-Identifier: Apache-2.0
// A sort order made ready: which columns make the key of a row, where categories end in it, which multivalued columns
// give a row per value.
//
// The key of a leaf is, for each category level, [the level's aggregate] and its columns, then the remaining columns;
// each part as model/sort_key.h writes it. So the key of a heading is the beginning of the keys of its rows, and comes
// before them. Rulings where ssortorder says nothing: a TABLE_SORT_COMBINE column is ascending; TABLE_SORT_CATEG_MAX
// and _MIN follow their category directly, whether or not cCategories counts them, and order the categories in the
// direction of that category's first column. Immutable once made.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/sort_order.h"
#include "view/row_reader.h"
#include "view/table_view.h"

namespace mapiary::view {

struct OrderPlan {
  struct Column {
    model::PropTag tag;
    bool descending = false;
  };
  struct Level {
    std::uint32_t columns_end = 0;  // its columns end before this one
    std::optional<model::PropTag> aggregate;
    bool largest = false;     // of the aggregate: the largest value counts, else the smallest
    bool descending = false;  // the direction the aggregate is sorted in
  };

  std::vector<Column> columns;
  std::vector<Level> levels;
  std::uint32_t expanded_levels = 0;
  std::vector<model::PropTag> instance_tags;  // of sort keys and of table columns, each property once

  bool has_aggregates() const;
  // Whether two sort orders make the same categories and order of rows: what a saved collapse state belongs to.
  std::uint64_t fingerprint() const;

  static Result<OrderPlan> make(const model::SortOrder& order, std::span<const model::PropTag> table_columns,
                                const ViewLimits& limits);
};

// The key of one row, in pieces.
struct LeafKey {
  std::string bytes;                      // without aggregates
  std::vector<std::uint32_t> level_ends;  // where each level ends in `bytes`
  std::vector<std::string> aggregates;    // one a level; empty: the level has none or the row has no value
};
void make_leaf_key(const OrderPlan& plan, RowReader& row, LeafKey& out);

// The first eight bytes of a key from `at` on, as a number that compares like them. Missing bytes count as zeros.
std::uint64_t key_prefix(std::string_view key, std::size_t at = 0);

// What sort_keys() sorts: a key, and the number that stands for it. The bytes stay where they are meanwhile.
struct SortRef {
  SortRef() = default;
  SortRef(std::string_view bytes, std::uint32_t number)
      : key(bytes.data()), size(static_cast<std::uint32_t>(bytes.size())), id(number) {}
  std::string_view bytes() const { return {key, size}; }

  std::uint64_t prefix = 0;
  const char* key = nullptr;
  std::uint32_t size = 0;
  std::uint32_t id = 0;
};
// Equal keys stay in the order of their ids. On return each prefix is key_prefix() of the whole key.
void sort_keys(std::vector<SortRef>& refs);

}  // namespace mapiary::view
