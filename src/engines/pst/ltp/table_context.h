// SPDX-License-Identifier: Apache-2.0
// A table: columns, rows found by a row id, cells that may be absent. [MS-PST] 2.3.4. The rows lie in the heap or, more
// than a few, in the blocks of a subnode; a row never crosses blocks. Reading one row reads one block. One thread at a
// time.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engines/pst/ltp/bth.h"
#include "engines/pst/ltp/value.h"

namespace mapiary::engines::pst {

// 2.3.4.2 TCOLDESC.
struct TableColumn {
  model::PropTag tag;
  std::uint16_t at = 0;   // bytes from the begin of the row
  std::uint8_t size = 0;  // bytes in the row
  std::uint8_t bit = 0;   // of the cell existence block
};

class TableContext {
 public:
  struct Row {
    std::uint32_t id = 0;
    ByteSpan bytes;  // good while `block` lives
    BlockPtr block;
  };

  // kCorruptStore: the node holds none.
  static Result<TableContext> open(Node node);

  const std::vector<TableColumn>& columns() const { return *columns_; }
  const TableColumn* column(std::uint16_t property) const;
  std::size_t row_size() const { return row_size_; }
  // By the row index.
  Result<std::uint64_t> row_count() { return index_.count(heap_); }
  // The ids of all rows not below `from`, ascending, with where each row is. False ends it; damage as in Bth::walk().
  Status walk_ids(const std::function<Result<bool>(std::uint32_t id, std::uint32_t place)>& visit,
                  const std::function<void(const Error&)>& on_damage = {}, std::uint64_t from = 0);
  // nullopt: there is no row of this id.
  Result<std::optional<Row>> find(std::uint32_t id);
  // The row at `place`, which must be that of `id`.
  Result<Row> row(std::uint32_t id, std::uint32_t place);

  bool has_cell(const Row& row, const TableColumn& column) const;
  // nullopt: the cell is absent. The value comes whole; kTooBig over `limit` bytes.
  Result<std::optional<model::PropValue>> cell(const Row& row, const TableColumn& column, std::uint32_t code_page,
                                               std::uint64_t limit);
  // Bytes of a cell that is no fixed value, for what is read in parts.
  Result<ValueBytes> open_cell(const Row& row, const TableColumn& column);

  Heap& heap() { return heap_; }
  const Node& node() const { return node_; }
  const Bth& index() const { return index_; }
  // Rows the matrix has room for; those the index does not name are deleted ones.
  std::uint64_t matrix_rows() const;

 private:
  Status read_info(const HeapItem& item);
  Result<Row> row_in_block(std::size_t block, std::size_t place_in_block);
  Result<Row> row_by_sizes(std::uint32_t place);

  Node node_;
  Heap heap_;
  Bth index_;
  std::shared_ptr<const std::vector<TableColumn>> columns_;  // of all copies
  std::size_t row_size_ = 0;
  std::size_t bits_at_ = 0;  // of the cell existence block
  std::uint32_t rows_hnid_ = 0;
  std::optional<DataTree> matrix_;  // rows in a subnode
  std::size_t rows_per_block_ = 0;
};

}  // namespace mapiary::engines::pst
