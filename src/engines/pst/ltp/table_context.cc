// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ltp/table_context.h"

#include <algorithm>

namespace mapiary::engines::pst {

using model::PropTag;
using model::PropValue;

namespace {

// 2.3.4.1 TCINFO: bType, cCols, rgib[4] (ends of the 4-byte, 2-byte, 1-byte groups and of the row), hidRowIndex,
// hnidRows, hidIndex; then a TCOLDESC of 8 bytes a column.
constexpr std::size_t kInfoBytes = 22, kColumnBytes = 8;
constexpr std::uint8_t kTableType = 0x7C;

}  // namespace

Status TableContext::read_info(const HeapItem& item) {
  ByteReader in(item.bytes, "TCINFO", "pst", item.offset);
  const auto type = TRY(in.u8());
  const std::size_t count = TRY(in.u8());
  TRY(in.skip(4));
  bits_at_ = TRY(in.u16());
  row_size_ = TRY(in.u16());
  Hid index;
  index.value = TRY(in.u32());
  rows_hnid_ = TRY(in.u32());
  TRY(in.skip(4));
  if (type != kTableType) return damaged("TCINFO", item.offset, "its type is " + std::to_string(type));
  if (row_size_ < 4 || bits_at_ > row_size_) {
    return damaged("TCINFO", item.offset, "rows of " + std::to_string(row_size_) + " bytes cannot be");
  }
  auto columns = std::make_shared<std::vector<TableColumn>>();
  columns->reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    TableColumn column;
    column.tag = PropTag(TRY(in.u32()));
    column.at = TRY(in.u16());
    column.size = TRY(in.u8());
    column.bit = TRY(in.u8());
    const bool fits = column.at + std::size_t{column.size} <= bits_at_ && bits_at_ + column.bit / 8 < row_size_;
    if (!fits) {
      return damaged("TCOLDESC", item.offset, "column " + std::to_string(column.tag.value) + " lies outside the row");
    }
    columns->push_back(column);
  }
  columns_ = std::move(columns);
  index_ = TRY(Bth::open(heap_, index));
  return {};
}

Result<TableContext> TableContext::open(Node node) {
  TableContext table;
  const Geometry& shape = node.database->geometry();
  table.heap_ = TRY(Heap::open(node.data, HeapClient::kTableContext, shape));
  table.node_ = std::move(node);
  const HeapItem info = TRY(table.heap_.item(table.heap_.root()));
  static_assert(kInfoBytes == 22 && kColumnBytes == 8);
  if (auto read = table.read_info(info); !read) {
    if (read.error().code == Code::kTruncated) read.error().code = Code::kCorruptStore;
    return tl::unexpected(std::move(read).error());
  }
  if (table.index_.key_size() != 4 || table.index_.data_size() < 2 || table.index_.data_size() > 4) {
    return damaged("TCROWID", info.offset, "the row index has records of another size");
  }
  if (is_subnode(table.rows_hnid_)) {
    const auto entry = TRY(table.node_.subnodes.find(Nid(table.rows_hnid_)));
    if (!entry) return damaged("TCINFO", info.offset, "the subnode of its rows is missing");
    table.matrix_ = TRY(DataTree::open(table.node_.database, entry->data));
    // All blocks but the last have the same size.
    const std::size_t full = shape.max_data();
    std::size_t first = full;
    if (table.matrix_->block_count() == 1) first = static_cast<std::size_t>(table.matrix_->size());
    table.rows_per_block_ = std::max<std::size_t>(first / table.row_size_, 1);
  }
  return table;
}

const TableColumn* TableContext::column(std::uint16_t property) const {
  const auto found = std::find_if(columns_->begin(), columns_->end(),
                                  [property](const TableColumn& one) { return one.tag.id() == property; });
  return found == columns_->end() ? nullptr : &*found;
}

std::uint64_t TableContext::matrix_rows() const {
  if (matrix_) {
    return matrix_->block_count() <= 1 ? matrix_->size() / row_size_
                                       : std::uint64_t{matrix_->block_count()} * rows_per_block_;
  }
  Heap heap = heap_;
  if (rows_hnid_ == 0) return 0;
  const auto item = heap.item(Hid{rows_hnid_});
  return item ? item->bytes.size() / row_size_ : 0;
}

Status TableContext::walk_ids(const std::function<Result<bool>(std::uint32_t id, std::uint32_t place)>& visit,
                              const std::function<void(const Error&)>& on_damage, std::uint64_t from) {
  const Block* told = nullptr;
  if (on_damage && heap_.data().block_count() != 0) {
    // The index may have been there that now seems to be empty.
    const auto first = heap_.data().block(0);
    if (first && (*first)->damage) {
      told = first->get();
      on_damage(*(*first)->damage);
    }
  }
  return index_.walk(
      heap_,
      [&](const Bth::Record& record) -> Result<bool> {
        // Salvage gives a block that was hit: each of its rows may be.
        const Block& block = *record.item.block;
        if (block.damage && on_damage && told != &block) {
          told = &block;
          on_damage(*block.damage);
        }
        const std::uint32_t place = record.data.size() >= 4 ? load_le<std::uint32_t>(record.data.data())
                                                            : load_le<std::uint16_t>(record.data.data());
        return visit(static_cast<std::uint32_t>(record.key), place);
      },
      on_damage, from);
}

Result<TableContext::Row> TableContext::row_in_block(std::size_t number, std::size_t place) {
  Row row;
  row.block = TRY(matrix_->block(number));
  const ByteSpan bytes = bytes_of(row.block->bytes);
  if (place >= bytes.size() / row_size_) {
    return damaged("row matrix", row.block->entry.ref.offset, "there is no row " + std::to_string(place));
  }
  row.bytes = bytes.subspan(place * row_size_, row_size_);
  row.id = load_le<std::uint32_t>(row.bytes.data());
  return row;
}

// Where blocks have sizes of their own.
Result<TableContext::Row> TableContext::row_by_sizes(std::uint32_t place) {
  std::size_t left = place;
  for (std::size_t i = 0; i < matrix_->block_count(); ++i) {
    const BlockPtr block = TRY(matrix_->block(i));
    const std::size_t rows = block->bytes.size() / row_size_;
    if (left < rows) return row_in_block(i, left);
    left -= rows;
  }
  return damaged("row matrix", 0, "there is no row " + std::to_string(place));
}

Result<TableContext::Row> TableContext::row(std::uint32_t id, std::uint32_t place) {
  if (!matrix_) {
    HeapItem item = TRY(heap_.item(Hid{rows_hnid_}));
    if (place >= item.bytes.size() / row_size_) {
      return damaged("row matrix", item.offset, "there is no row " + std::to_string(place));
    }
    Row row;
    row.bytes = item.bytes.subspan(place * row_size_, row_size_);
    row.block = std::move(item.block);
    row.id = load_le<std::uint32_t>(row.bytes.data());
    if (row.id != id) return damaged("row matrix", item.offset, "row " + std::to_string(place) + " has another id");
    return row;
  }
  auto found = matrix_->block_count() > place / rows_per_block_
                   ? row_in_block(place / rows_per_block_, place % rows_per_block_)
                   : row_by_sizes(place);
  if (found && found->id != id) found = row_by_sizes(place);
  if (found && found->id != id) {
    return damaged("row matrix", found->block->entry.ref.offset, "row " + std::to_string(place) + " has another id");
  }
  return found;
}

Result<std::optional<TableContext::Row>> TableContext::find(std::uint32_t id) {
  const auto record = TRY(index_.find(heap_, id));
  if (!record) return std::optional<Row>();
  const std::uint32_t place = record->data.size() >= 4 ? load_le<std::uint32_t>(record->data.data())
                                                       : load_le<std::uint16_t>(record->data.data());
  return std::optional<Row>(TRY(row(id, place)));
}

bool TableContext::has_cell(const Row& row, const TableColumn& column) const {
  const auto byte = static_cast<std::uint8_t>(row.bytes[bits_at_ + column.bit / 8]);
  return (byte & (0x80u >> (column.bit % 8))) != 0;
}

Result<ValueBytes> TableContext::open_cell(const Row& row, const TableColumn& column) {
  if (column.size < 4) return damaged("TCOLDESC", row.block->entry.ref.offset, "a reference has no room");
  return open_value(heap_, node_, load_le<std::uint32_t>(row.bytes.data() + column.at));
}

Result<std::optional<PropValue>> TableContext::cell(const Row& row, const TableColumn& column, std::uint32_t code_page,
                                                    std::uint64_t limit) {
  if (!has_cell(row, column)) return std::optional<PropValue>();
  const std::size_t size = fixed_size(column.tag.base_type());
  // Values of up to eight bytes lie in the row.
  if (!column.tag.is_multivalued() && size != 0 && size <= 8) {
    return std::optional<PropValue>(
        TRY(decode_value(column.tag, row.bytes.subspan(column.at, column.size), code_page)));
  }
  ValueBytes bytes = TRY(open_cell(row, column));
  return std::optional<PropValue>(TRY(decode_bytes(column.tag, bytes, code_page, limit)));
}

}  // namespace mapiary::engines::pst
