// SPDX-License-Identifier: Apache-2.0
// From the bytes of an index value to a slot: a flat hash table with linear probing, 8 bytes an entry, no tombstones.
// The bytes themselves stay in the rows: whoever asks tells whether a slot's row has them. Not synchronised.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/huge_pages.h"

namespace mapiary::table {

class IndexMap {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  // `same(slot)`: the row of the slot has these bytes.
  template <class Same>
  std::uint32_t find(std::string_view bytes, Same&& same) const {
    if (entries_.empty()) return kNone;
    const std::uint32_t hash = hash_of(bytes);
    for (std::size_t at = hash & mask(); entries_[at].slot != kNone; at = (at + 1) & mask()) {
      if (entries_[at].hash == hash && same(entries_[at].slot)) return entries_[at].slot;
    }
    return kNone;
  }
  // Requires that find() finds nothing.
  void insert(std::string_view bytes, std::uint32_t slot) {
    if ((used_ + 1) * 3 > entries_.size() * 2) grow();
    place({hash_of(bytes), slot});
    ++used_;
  }
  void erase(std::string_view bytes, std::uint32_t slot) {
    if (entries_.empty()) return;
    std::size_t hole = hash_of(bytes) & mask();
    while (entries_[hole].slot != slot) {
      if (entries_[hole].slot == kNone) return;
      hole = (hole + 1) & mask();
    }
    // Entries behind the hole that would no longer be reached move up into it.
    for (std::size_t at = (hole + 1) & mask(); entries_[at].slot != kNone; at = (at + 1) & mask()) {
      if (((at - entries_[at].hash) & mask()) < ((at - hole) & mask())) continue;
      entries_[hole] = entries_[at];
      hole = at;
    }
    entries_[hole].slot = kNone;
    --used_;
  }
  void clear() {
    entries_.clear();
    used_ = 0;
  }

 private:
  struct Entry {
    std::uint32_t hash = 0;
    std::uint32_t slot = kNone;
  };
  using Entries = std::vector<Entry, HugePageAllocator<Entry>>;

  static std::uint32_t hash_of(std::string_view bytes) {
    const std::uint64_t hash = std::hash<std::string_view>{}(bytes);
    return static_cast<std::uint32_t>(hash ^ (hash >> 32));
  }
  std::size_t mask() const { return entries_.size() - 1; }
  void place(Entry entry) {
    std::size_t at = entry.hash & mask();
    while (entries_[at].slot != kNone) at = (at + 1) & mask();
    entries_[at] = entry;
  }
  void grow() {
    Entries larger(entries_.empty() ? 16 : entries_.size() * 2);
    entries_.swap(larger);
    for (const Entry& entry : larger) {
      if (entry.slot != kNone) place(entry);
    }
  }

  Entries entries_;  // their number is a power of two
  std::size_t used_ = 0;
};

}  // namespace mapiary::table
