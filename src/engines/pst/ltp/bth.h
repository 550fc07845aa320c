// SPDX-License-Identifier: Apache-2.0
// BTree-on-heap: records with a key, in ascending order of the key. [MS-PST] 2.3.2. Keys are read as numbers (2, 4 or 8
// bytes; of 16 only GUIDs exist, which no structure here uses). One thread at a time, with the heap's.
#pragma once

#include <functional>
#include <optional>

#include "engines/pst/ltp/heap.h"

namespace mapiary::engines::pst {

class Bth {
 public:
  static constexpr int kMaxLevels = 8;

  struct Record {
    std::uint64_t key = 0;
    ByteSpan data;  // good while `item` lives
    HeapItem item;
  };

  Bth() = default;
  // The header is heap item `header`. kCorruptStore.
  static Result<Bth> open(Heap& heap, Hid header);

  std::size_t key_size() const { return key_size_; }
  std::size_t data_size() const { return data_size_; }
  int levels() const { return levels_; }
  Hid root() const { return root_; }
  Result<std::optional<Record>> find(Heap& heap, std::uint64_t key) const;
  // Every record whose key is not below `from`. False ends it. Leaves that cannot be read are told to `on_damage` and
  // passed over if it is there, an error if not.
  Status walk(Heap& heap, const std::function<Result<bool>(const Record&)>& visit,
              const std::function<void(const Error&)>& on_damage = {}, std::uint64_t from = 0) const;
  // How many records there are, by the sizes of the leaves.
  Result<std::uint64_t> count(Heap& heap) const;

 private:
  struct Walk;
  std::uint64_t key_of(ByteSpan record) const;
  Result<HeapItem> records(Heap& heap, Hid hid, std::size_t size) const;
  std::optional<Record> find_in_turn(const HeapItem& leaf, std::uint64_t key) const;
  Result<bool> descend(Heap& heap, Hid hid, int level, Walk& walk) const;

  std::uint8_t key_size_ = 0, data_size_ = 0;
  int levels_ = 0;
  Hid root_;
};

}  // namespace mapiary::engines::pst
