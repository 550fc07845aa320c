// SPDX-License-Identifier: Apache-2.0
// Heap-on-node: small items in the blocks of a node, named by heap ids. [MS-PST] 2.3.1. Items are views into shared
// blocks, never copies. Not synchronised: one thread at a time.
#pragma once

#include <memory>
#include <string_view>

#include "engines/pst/ndb/data_tree.h"

namespace mapiary::engines::pst {

// A heap id (HID) as it is written; what it means depends on the variant. 0: none.
struct Hid {
  std::uint32_t value = 0;
  constexpr bool is_none() const { return value == 0; }
};
// An HNID: the item of a heap or, if its type says so, a subnode.
constexpr bool is_subnode(std::uint32_t hnid) {
  return (hnid & 0x1F) != 0;
}

enum class HeapClient : std::uint8_t {
  kPropertyContext = 0xBC,
  kTableContext = 0x7C,
  kTree = 0xB5,
  kIndex = 0x8C,  // a tree and nothing else, of OST files
};

// Bytes, and what keeps them alive.
struct HeapItem {
  BlockPtr block;
  ByteSpan bytes;
  std::uint64_t offset = 0;  // of its block in the file
};

class Heap {
 public:
  Heap() = default;
  // kCorruptStore: no heap, or not of this client.
  static Result<Heap> open(DataTree data, HeapClient client, const Geometry& shape);

  Hid root() const { return root_; }
  // kCorruptStore: no such item. An item of no bytes is one.
  Result<HeapItem> item(Hid hid);
  DataTree& data() { return data_; }

  // Where the page map of block `index` begins (HNHDR, HNPAGEHDR, HNBITMAPHDR).
  Result<std::uint16_t> page_map_at(const Block& block, std::size_t index) const;
  std::uint32_t index_of(Hid hid) const { return (hid.value >> 5) & ((1u << index_bits_) - 1); }
  std::uint32_t block_of(Hid hid) const { return hid.value >> (5 + index_bits_); }

 private:
  DataTree data_;
  Hid root_;
  std::uint32_t index_bits_ = 11;
  std::size_t last_ = SIZE_MAX;
  BlockPtr last_block_;
};

}  // namespace mapiary::engines::pst
