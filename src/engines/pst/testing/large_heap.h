// SPDX-License-Identifier: Apache-2.0
// Heaps, property contexts and table contexts of any size for LargeFile, [MS-PST] 2.3: a table's rows and texts go to
// the file as they come; a block of a heap waits until those that the same fill levels speak of are full (1 MB at
// most). Nothing is shared with the reader. One thread.
#pragma once

#include <map>
#include <utility>

#include "engines/pst/testing/large_file.h"

namespace mapiary::engines::pst::testing {

// A value as it lies in the file, by its tag.
struct LargeValue {
  std::uint32_t tag;
  std::string bytes;
};
using LargeValues = std::vector<LargeValue>;

// How many bytes a value of this type has where values of a fixed size are; 0: a reference stands there.
inline std::size_t fixed_bytes(std::uint32_t tag) {
  switch (tag & 0xFFFF) {
    case 0x000B:
      return 1;
    case 0x0002:
      return 2;
    case 0x0003:
      return 4;
    case 0x0014:
    case 0x0040:
      return 8;
    default:
      return 0;
  }
}

class LargeHeap {
 public:
  static constexpr std::size_t kItemLimit = 3580;

  LargeHeap(LargeFile& file, std::uint8_t client) : file_(file), client_(client), waiting_(1) {}

  // 2.3.1.1: the HID.
  std::uint32_t add(std::string_view item) {
    Piece* last = &waiting_.back();
    const std::size_t count = last->ends.size();
    const std::size_t taken = header(number_) + last->items.size() + 1 + 4 + 2 * (count + 2);
    if (taken + item.size() > LargeFile::kBlockLimit || count + 1 >= 1u << 11) {
      begin_block();
      last = &waiting_.back();
    }
    last->items.append(item);
    last->ends.push_back(last->items.size());
    return static_cast<std::uint32_t>(last->ends.size() << 5 | number_ << 16);
  }
  // Of an item of the first block.
  void replace(std::uint32_t hid, std::string_view item) {
    const std::size_t index = hid >> 5;
    first().items.replace(index < 2 ? 0 : first().ends[index - 2], item.size(), item);
  }
  // 2.3.2: the header of a tree. Of each leaf the first key and the HID.
  struct Top {
    std::uint64_t key;
    std::uint32_t hid;
  };
  std::string tree_header(std::size_t key_size, std::size_t data_size, std::vector<Top> tops) {
    std::uint64_t level = 0;
    const std::size_t most = kItemLimit / (key_size + 4);
    for (; tops.size() > 1; ++level) {
      std::vector<Top> above;
      for (std::size_t from = 0; from < tops.size(); from += most) {
        Packed item;
        for (std::size_t i = from; i < std::min(tops.size(), from + most); ++i) {
          key_size == 2 ? item.u16(tops[i].key) : item.u32(tops[i].key);
          item.u32(tops[i].hid);
        }
        above.push_back({tops[from].key, add(item.bytes())});
      }
      tops = std::move(above);
    }
    return Packed().u8(0xB5).u8(key_size).u8(data_size).u8(level).u32(tops.empty() ? 0 : tops[0].hid).bytes();
  }
  // The bid of the heap's data.
  std::uint64_t finish(std::uint32_t root) {
    root_ = root;
    if (group_ != 0) {
      write_group();
      waiting_ = std::move(first_group_);
      group_ = 0;
    }
    write_group();
    leaves_.insert(leaves_.end(), late_.begin(), late_.end());
    return file_.data_tree(leaves_);
  }

 private:
  struct Piece {
    std::string items;
    std::vector<std::size_t> ends;
  };

  Piece& first() { return group_ == 0 ? waiting_.front() : first_group_.front(); }
  // Bytes of HNHDR, HNBITMAPHDR or HNPAGEHDR.
  static std::size_t header(std::size_t number) { return number == 0 ? 12 : number % 128 == 8 ? 66 : 2; }
  void begin_block() {
    ++number_;
    if (number_ % 128 == 8) {
      if (group_ == 0) {
        first_group_ = std::move(waiting_);
      } else {
        write_group();
      }
      waiting_.clear();
      group_ = number_;
    }
    waiting_.emplace_back();
  }
  static std::size_t level_of(std::size_t free) {
    constexpr std::size_t kLeast[] = {3584, 2560, 2048, 1792, 1536, 1280, 1024, 768, 512, 256, 128, 64, 32, 16, 8};
    std::size_t level = 0;
    while (level < std::size(kLeast) && free < kLeast[level]) ++level;
    return level;
  }
  // The blocks that the fill levels of the first of them speak of.
  void write_group() {
    std::vector<std::string> bodies;
    std::string levels(group_ == 0 ? 4 : 64, '\0');
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      const Piece& piece = waiting_[i];
      const std::size_t head = header(group_ + i), map_bytes = 4 + 2 * (piece.ends.size() + 1);
      // Blocks are full but for the last one: the free space is before the map there.
      const bool last = group_ + i == number_;
      const std::size_t end_at = head + piece.items.size(), least = (end_at + 1) / 2 * 2;
      const std::size_t map_at = last ? least : LargeFile::kBlockLimit - map_bytes;
      Packed body;
      body.raw(piece.items).zeros(map_at - end_at).u16(piece.ends.size()).u16(0).u16(head);
      for (const std::size_t end : piece.ends) body.u16(head + end);
      const std::size_t level = level_of(LargeFile::kBlockLimit - least - map_bytes);
      levels[i / 2] = static_cast<char>(levels[i / 2] | level << 4 * (i % 2));
      bodies.push_back(Packed().u16(map_at).bytes() + body.bytes());
    }
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      std::string head;
      if (group_ + i == 0) head = Packed().u8(0xEC).u8(client_).u32(root_).bytes() + levels;
      if (group_ != 0 && i == 0) head = levels;
      bodies[i].insert(2, head);
      const std::size_t size = bodies[i].size();
      (group_ == 0 ? leaves_ : late_).push_back({file_.block(std::move(bodies[i])), size});
    }
  }

  LargeFile& file_;
  std::uint8_t client_;
  std::uint32_t root_ = 0;
  std::size_t number_ = 0, group_ = 0;  // of the block that is filled, and of the first that waits with it
  std::vector<Piece> waiting_, first_group_;
  std::vector<LargeFile::Leaf> leaves_, late_;
};

// What a node has.
struct LargeNode {
  std::uint64_t data = 0;
  std::vector<LargeFile::Subnode> below;
};

// 2.3.3. Values that a heap does not take become subnodes.
inline LargeNode property_context(LargeFile& file, LargeValues values) {
  LargeHeap heap(file, 0xBC);
  LargeNode node;
  std::sort(values.begin(), values.end(), [](const LargeValue& a, const LargeValue& b) { return a.tag < b.tag; });
  Packed records;
  for (LargeValue& one : values) {
    records.u16(one.tag >> 16).u16(one.tag & 0xFFFF);
    const std::size_t fixed = fixed_bytes(one.tag);
    if (fixed != 0 && fixed <= 4) {
      one.bytes.resize(4, '\0');
      records.raw(one.bytes);
    } else if (one.bytes.size() <= LargeHeap::kItemLimit) {
      records.u32(one.bytes.empty() ? 0 : heap.add(one.bytes));
    } else {
      const std::uint64_t nid = (0x401 + node.below.size()) << 5 | 0x1F;
      node.below.push_back({nid, file.data(one.bytes), 0});
      records.u32(nid);
    }
  }
  std::vector<LargeHeap::Top> tops;
  if (!values.empty()) tops.push_back({values[0].tag >> 16, heap.add(records.bytes())});
  const std::uint32_t root = heap.add(heap.tree_header(2, 6, tops));
  node.data = heap.finish(root);
  return node;
}

// 2.3.4. Rows by ascending id.
class LargeTable {
 public:
  LargeTable(LargeFile& file, std::vector<std::uint32_t> columns) : file_(file), heap_(file, 0x7C) {
    columns.insert(columns.end(), {kRowId, kRowVersion});
    std::sort(columns.begin(), columns.end());
    for (const std::uint32_t tag : columns) columns_.push_back({tag});
    std::size_t at = 8, bit = 2;
    for (const std::size_t size : {8u, 4u, 2u, 1u}) {
      for (Column& one : columns_) {
        if (width(one.tag) == size && one.tag != kRowId && one.tag != kRowVersion)
          one.at = std::exchange(at, at + size);
      }
      if (size != 8) ends_.push_back(at);
    }
    for (Column& one : columns_) {
      if (one.tag == kRowVersion) one.at = 4;
      one.bit = one.tag == kRowId ? 0 : one.tag == kRowVersion ? 1 : bit++;
      place_[one.tag] = one;
    }
    ends_.push_back(at + (columns_.size() + 7) / 8);
    info_at_ = heap_.add(std::string(22 + 8 * columns_.size(), '\0'));
    index_at_ = heap_.add(std::string(8, '\0'));
  }

  void row(std::uint32_t id, const LargeValues& values) {
    std::string row(ends_[3], '\0');
    cell(row, kRowId, Packed().u32(id).bytes());
    cell(row, kRowVersion, Packed().u32(rows_ + 1).bytes());
    for (const LargeValue& one : values) {
      if (!place_.contains(one.tag)) continue;
      const bool fixed = fixed_bytes(one.tag) != 0;
      cell(row, one.tag, fixed ? one.bytes : Packed().u32(one.bytes.empty() ? 0 : heap_.add(one.bytes)).bytes());
    }
    if (index_.empty()) index_key_ = id;
    index_ += Packed().u32(id).u32(rows_++).bytes();
    if (index_.size() + 8 > LargeHeap::kItemLimit) end_of_index_leaf();
    // 2.3.4.4: rows do not straddle blocks.
    if (matrix_.size() + row.size() > LargeFile::kBlockLimit) end_of_block();
    matrix_ += row;
  }
  LargeNode finish() {
    LargeNode node;
    std::uint32_t rows_at = 0;
    end_of_index_leaf();
    if (blocks_.empty() && matrix_.size() <= LargeHeap::kItemLimit) {
      rows_at = matrix_.empty() ? 0 : heap_.add(matrix_);
    } else {
      if (!matrix_.empty()) blocks_.push_back({file_.block(matrix_), matrix_.size()});
      rows_at = 0x401 << 5 | 0x1F;
      node.below.push_back({rows_at, file_.data_tree(blocks_), 0});
    }
    heap_.replace(index_at_, heap_.tree_header(4, 4, std::move(tops_)));
    Packed info;
    info.u8(0x7C).u8(columns_.size());
    for (const std::size_t end : ends_) info.u16(end);
    info.u32(index_at_).u32(rows_at).u32(0);
    for (const Column& one : columns_) info.u32(one.tag).u16(one.at).u8(width(one.tag)).u8(one.bit);
    heap_.replace(info_at_, info.bytes());
    node.data = heap_.finish(info_at_);
    return node;
  }

 private:
  static constexpr std::uint32_t kRowId = 0x67F20003, kRowVersion = 0x67F30003;
  struct Column {
    std::uint32_t tag;
    std::size_t at = 0, bit = 0;
  };

  static std::size_t width(std::uint32_t tag) { return fixed_bytes(tag) == 0 ? 4 : fixed_bytes(tag); }
  void cell(std::string& row, std::uint32_t tag, const std::string& bytes) {
    const Column& column = place_.at(tag);
    row.replace(column.at, bytes.size(), bytes);
    char& byte = row[ends_[2] + column.bit / 8];
    byte = static_cast<char>(byte | 0x80 >> column.bit % 8);
  }
  void end_of_index_leaf() {
    if (!index_.empty()) tops_.push_back({index_key_, heap_.add(index_)});
    index_.clear();
  }
  void end_of_block() {
    matrix_.resize(LargeFile::kBlockLimit, '\0');
    blocks_.push_back({file_.block(matrix_), matrix_.size()});
    matrix_.clear();
  }

  LargeFile& file_;
  LargeHeap heap_;
  std::vector<Column> columns_;
  std::map<std::uint32_t, Column> place_;
  std::vector<std::size_t> ends_;
  std::uint32_t info_at_ = 0, index_at_ = 0;
  std::uint64_t rows_ = 0, index_key_ = 0;
  std::string index_, matrix_;
  std::vector<LargeHeap::Top> tops_;
  std::vector<LargeFile::Leaf> blocks_;
};

}  // namespace mapiary::engines::pst::testing
