// SPDX-License-Identifier: Apache-2.0
// A table context in one heap block, byte by byte from [MS-PST] 2.3.4, for tiny files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engines/pst/testing/tiny_file.h"

namespace mapiary::engines::pst::testing {

struct TinyRow {
  std::uint32_t id = 0;
  std::map<std::uint32_t, std::string> cells;  // by tag; bytes as in the file
};

class TinyTable {
 public:
  TinyTable(std::vector<std::uint32_t> columns, const TinyFile& file) : narrow_(file.ansi()) {
    columns.insert(columns.begin(), {0x67F20003, 0x67F30003});
    for (const std::size_t size : {std::size_t{4}, std::size_t{2}, std::size_t{1}}) {
      for (const std::uint32_t tag : columns) {
        const std::size_t own = size_of(tag);
        if (own != size && !(own == 8 && size == 4)) continue;
        columns_.push_back({tag, width_, own, columns_.size()});
        width_ += own;
      }
      ends_.push_back(width_);
    }
    ends_.push_back(width_ + (columns_.size() + 7) / 8);
  }

  std::string heap(const std::vector<TinyRow>& rows) {
    items_.assign(4, "");
    ByteWriter index, matrix;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      index.put_u32(rows[i].id);
      if (narrow_) {
        index.put_u16(static_cast<std::uint16_t>(i));
      } else {
        index.put_u32(static_cast<std::uint32_t>(i));
      }
      matrix.put_bytes(row(rows[i]));
    }
    const std::uint32_t leaf = rows.empty() ? 0 : 0x60;
    items_[0] = info(rows.empty() ? 0 : 0x80);
    items_[1] = TinyFile::tree_header(4, narrow_ ? 2 : 4, 0, leaf);
    items_[2] = index.take();
    items_[3] = matrix.take();
    return TinyFile::heap(0x7C, 0x20, items_);
  }

 private:
  struct Column {
    std::uint32_t tag;
    std::size_t at, size, bit;
  };

  static std::size_t size_of(std::uint32_t tag) {
    switch (tag & 0xFFFF) {
      case 0x000B:
        return 1;
      case 0x0002:
        return 2;
      case 0x0014:
      case 0x0040:
      case 0x0005:
        return 8;
      default:
        return 4;
    }
  }

  std::string info(std::uint32_t rows) const {
    ByteWriter out;
    out.put_u8(0x7C);
    out.put_u8(static_cast<std::uint8_t>(columns_.size()));
    for (const std::size_t end : ends_) out.put_u16(static_cast<std::uint16_t>(end));
    out.put_u32(0x40);
    out.put_u32(rows);
    out.put_u32(0);
    std::map<std::uint32_t, Column> sorted;
    for (const Column& one : columns_) sorted[one.tag] = one;
    for (const auto& [tag, one] : sorted) {
      out.put_u32(tag);
      out.put_u16(static_cast<std::uint16_t>(one.at));
      out.put_u8(static_cast<std::uint8_t>(one.size));
      out.put_u8(static_cast<std::uint8_t>(one.bit));
    }
    return out.take();
  }

  std::string row(const TinyRow& row) {
    std::string out(ends_.back(), '\0');
    auto* bytes = reinterpret_cast<std::byte*>(out.data());
    for (const Column& column : columns_) {
      auto cell = row.cells.find(column.tag);
      std::string value = cell == row.cells.end() ? "" : cell->second;
      const bool is_row_id = column.tag == 0x67F20003;
      if (is_row_id) value = std::string(reinterpret_cast<const char*>(&row.id), 4);
      if (cell == row.cells.end() && !is_row_id) continue;
      const std::uint32_t type = column.tag & 0xFFFF;
      const bool refers = type == 0x1E || type == 0x1F || type == 0x102;
      if (refers) {
        std::uint32_t hid = 0;
        if (!value.empty()) {
          items_.push_back(value);
          hid = static_cast<std::uint32_t>(items_.size() << 5);
        }
        store_le(bytes + column.at, hid);
      } else {
        value.resize(column.size);
        std::copy(value.begin(), value.end(), out.begin() + static_cast<std::ptrdiff_t>(column.at));
      }
      out[ends_[2] + column.bit / 8] = static_cast<char>(out[ends_[2] + column.bit / 8] | (0x80 >> (column.bit % 8)));
    }
    return out;
  }

  bool narrow_;
  std::size_t width_ = 0;
  std::vector<Column> columns_;
  std::vector<std::size_t> ends_;
  std::vector<std::string> items_;
};

}  // namespace mapiary::engines::pst::testing
