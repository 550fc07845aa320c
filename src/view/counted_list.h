// SPDX-License-Identifier: Apache-2.0
// The order of a view: a list of ids in which finding number N, the number of an id, inserting and erasing are fast.
// Two levels: chunks of up to 256 entries, and a directory of chunks with a Fenwick tree over their counts.
//
// - An entry is an id and the first eight bytes of its sort key, so that nearly all comparisons stay inside the list.
// - Each entry is visible or not. Numbers (at(), rank()) count visible entries only; next() walks all.
// - An id is in the list once at most. Ids are small numbers: the list keeps an array indexed by them.
// Not synchronised.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/huge_pages.h"

namespace mapiary::view {

class CountedList {
 public:
  using Id = std::uint32_t;
  static constexpr Id kNone = 0xFFFFFFFF;
  struct Entry {
    std::uint64_t prefix = 0;
    Id id = kNone;
    bool visible = true;
  };

  // Replaces all entries, given in order.
  void assign(std::span<const Entry> entries);
  // The same with entries that come one by one. Nothing else is done with the list between begin_fill() and end_fill().
  void begin_fill(std::size_t about);
  void fill(const Entry& entry);
  void end_fill();

  std::size_t size() const { return size_; }
  std::uint32_t visible_size() const { return visible_; }
  bool contains(Id id) const { return id < chunk_of_.size() && chunk_of_[id] != kNone; }

  // Visible entry number n. Requires n < visible_size().
  Id at(std::uint32_t n) const;
  // The prefix it was put in with.
  std::uint64_t prefix_at(std::uint32_t n) const;
  // How many visible entries stand before `id`. Requires contains(id), as do the following.
  std::uint32_t rank(Id id) const;
  bool is_visible(Id id) const;
  void set_visible(Id id, bool visible);
  // Returns the entry that followed, visible or not; kNone at the end.
  Id erase(Id id);
  // The following entry, visible or not; kNone at the end.
  Id next(Id id) const;
  Id next_visible(Id id) const;
  // Visits the entries from `id` on and makes each visible as `show(id)` says; nullopt ends the walk. `show` must not
  // change the list.
  template <class Show>
  void show_from(Id id, Show&& show) {
    Place place = place_of(id);
    for (; place.ordinal < directory_.size(); place = {place.ordinal + 1, 0}) {
      const std::uint32_t before = chunks_[directory_[place.ordinal]].visible;
      const bool more = show_chunk(chunks_[directory_[place.ordinal]], place.offset, show);
      const std::uint32_t after = chunks_[directory_[place.ordinal]].visible;
      if (after != before) count_visible(place.ordinal, after - before);
      if (!more) return;
    }
  }
  // Calls visit(id, visible) for each entry in order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const std::uint32_t number : directory_) {
      const Chunk& chunk = chunks_[number];
      for (std::uint32_t i = 0; i < chunk.count; ++i) visit(chunk.ids[i], (chunk.shown[i / 64] >> (i % 64) & 1) != 0);
    }
  }
  // The first entry; kNone if there is none.
  Id front() const { return directory_.empty() ? kNone : first_id_[0]; }

  // The first entry that is not before what `prefix` and `before` describe; kNone if all are. `before(id)` settles
  // entries of equal prefix.
  template <class Before>
  Id lower_bound(std::uint64_t prefix, Before&& before) const {
    const Place place = find_place(prefix, before);
    if (directory_.empty()) return kNone;
    const Chunk& chunk = chunks_[directory_[place.ordinal]];
    if (place.offset < chunk.count) return chunk.ids[place.offset];
    return place.ordinal + 1 < directory_.size() ? chunks_[directory_[place.ordinal + 1]].ids[0] : kNone;
  }
  // Puts `entry` before lower_bound(entry.prefix, before). Requires !contains(entry.id).
  template <class Before>
  void insert(const Entry& entry, Before&& before) {
    insert_at(find_place(entry.prefix, before), entry);
  }
  // Puts `entry` before visible entry number n, or at the end for n == visible_size(). Its prefix must fit there.
  void insert_before(std::uint32_t n, const Entry& entry);

 private:
  static constexpr std::uint32_t kCapacity = 256;
  static constexpr std::uint32_t kBulkFill = 192;
  struct Chunk {
    std::uint64_t prefixes[kCapacity];
    Id ids[kCapacity];
    std::uint64_t shown[kCapacity / 64];  // bit i: entry i is visible
    std::uint32_t count = 0;
    std::uint32_t visible = 0;
  };
  struct Place {
    std::uint32_t ordinal = 0;
    std::uint32_t offset = 0;
  };

  template <class Before>
  Place find_place(std::uint64_t prefix, Before&& before) const {
    const auto precedes = [&](std::uint64_t have, Id id) { return have != prefix ? have < prefix : before(id); };
    std::uint32_t low = 0;
    std::uint32_t high = static_cast<std::uint32_t>(directory_.size());
    while (low < high) {  // chunks whose first entry precedes
      const std::uint32_t middle = low + (high - low) / 2;
      precedes(first_prefix_[middle], first_id_[middle]) ? low = middle + 1 : high = middle;
    }
    if (low == 0) return {};
    const Place found{low - 1, 0};
    const Chunk& chunk = chunks_[directory_[found.ordinal]];
    // Nothing of the chunk is in a cache as a rule. Ask at once for what the search will look at, instead of waiting
    // for one line after the other.
    __builtin_prefetch(&chunk.count);
    for (std::uint32_t i = 0; i < kCapacity; i += kCapacity / 16) __builtin_prefetch(&chunk.prefixes[i]);
    std::uint32_t from = 1;
    std::uint32_t to = chunk.count;
    while (from < to) {
      const std::uint32_t middle = from + (to - from) / 2;
      precedes(chunk.prefixes[middle], chunk.ids[middle]) ? from = middle + 1 : to = middle;
    }
    return {found.ordinal, from};
  }

  template <class Show>
  static bool show_chunk(Chunk& chunk, std::uint32_t from, Show& show) {
    for (std::uint32_t i = from; i < chunk.count; ++i) {
      const std::optional<bool> visible = show(chunk.ids[i]);
      if (!visible) return false;
      const std::uint64_t mask = std::uint64_t{1} << (i % 64);
      std::uint64_t& word = chunk.shown[i / 64];
      if (((word & mask) != 0) == *visible) continue;
      word ^= mask;
      *visible ? ++chunk.visible : --chunk.visible;
    }
    return true;
  }

  void insert_at(Place place, const Entry& entry);
  void split(std::uint32_t ordinal);
  void remove_chunk(std::uint32_t ordinal);
  void merge_small(std::uint32_t ordinal);
  void list_chunk(std::uint32_t ordinal, std::uint32_t number);
  void renumber_from(std::uint32_t ordinal);
  void add_visible(std::uint32_t ordinal, std::int32_t delta);
  void count_visible(std::uint32_t ordinal, std::uint32_t change);  // the chunk's own count is right already
  std::uint32_t visible_before(std::uint32_t ordinal) const;
  std::uint32_t new_chunk();
  void list_filled();
  void note_first(std::uint32_t ordinal);
  Place place_of(Id id) const;
  Place visible_place(std::uint32_t n) const;
  Id id_after(Place place) const;

  std::vector<Chunk, HugePageAllocator<Chunk>> chunks_;  // by chunk number, which never changes while the chunk lives
  std::vector<std::uint32_t> free_chunks_;
  std::vector<std::uint32_t> directory_;     // chunk numbers in order
  std::vector<std::uint64_t> first_prefix_;  // by ordinal, as are the next three
  std::vector<Id> first_id_;
  std::vector<std::uint32_t> counts_;  // visible entries
  std::vector<std::uint32_t> fenwick_;
  std::vector<std::uint32_t> ordinal_of_;  // by chunk number
  std::vector<std::uint32_t> chunk_of_;    // by id: chunk number or kNone
  std::size_t size_ = 0;
  std::uint32_t visible_ = 0;
};

}  // namespace mapiary::view
