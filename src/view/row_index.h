// SPDX-License-Identifier: Apache-2.0
// From a row's key to the id of its first entry: a flat hash table with linear probing, 16 bytes a slot, no tombstones.
// Not synchronised.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "base/huge_pages.h"
#include "view/counted_list.h"
#include "view/row_source.h"

namespace mapiary::view {

class RowIndex {
 public:
  using Id = CountedList::Id;

  void reserve(std::size_t count) { resize(std::bit_ceil(count * 2 + 16)); }
  Id find(RowKey key) const {
    if (slots_.empty()) return CountedList::kNone;
    return slots_[slot_of(key)].id;  // an empty slot holds kNone
  }
  void set(RowKey key, Id id) {
    if ((used_ + 1) * 4 > slots_.size() * 3) resize(slots_.empty() ? 16 : slots_.size() * 2);
    Slot& slot = slots_[slot_of(key)];
    if (slot.id == CountedList::kNone) ++used_;
    slot = {key, id};
  }
  void erase(RowKey key) {
    if (slots_.empty()) return;
    std::size_t hole = slot_of(key);
    if (slots_[hole].id == CountedList::kNone) return;
    const std::size_t mask = slots_.size() - 1;
    // Entries behind the hole that would no longer be reached move up into it.
    for (std::size_t at = (hole + 1) & mask; slots_[at].id != CountedList::kNone; at = (at + 1) & mask) {
      if (((at - home(slots_[at].key)) & mask) >= ((at - hole) & mask)) {
        slots_[hole] = slots_[at];
        hole = at;
      }
    }
    slots_[hole].id = CountedList::kNone;
    --used_;
  }

 private:
  struct Slot {
    RowKey key = 0;
    Id id = CountedList::kNone;
  };
  using Slots = std::vector<Slot, HugePageAllocator<Slot>>;

  // Four keys in a row share a line of the cache: sources number their rows one after the other.
  std::size_t home(RowKey key) const {
    return static_cast<std::size_t>(((key >> 2) * 0x9E3779B97F4A7C15u) >> shift_) * 4 +
           static_cast<std::size_t>(key & 3);
  }
  std::size_t slot_of(RowKey key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = home(key);
    while (slots_[at].id != CountedList::kNone && slots_[at].key != key) at = (at + 1) & mask;
    return at;
  }
  void resize(std::size_t count) {
    Slots old = std::move(slots_);
    slots_.assign(count, {});
    shift_ = 64 - std::countr_zero(count / 4);
    for (const Slot& slot : old) {
      if (slot.id != CountedList::kNone) slots_[slot_of(slot.key)] = slot;
    }
  }

  Slots slots_;
  std::size_t used_ = 0;
  int shift_ = 64;
};

}  // namespace mapiary::view
