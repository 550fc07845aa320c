// SPDX-License-Identifier: Apache-2.0
#include "view/counted_list.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace mapiary::view {
namespace {

using Word = std::uint64_t;

bool bit(const Word* words, std::uint32_t i) {
  return (words[i / 64] >> (i % 64) & 1) != 0;
}

void put_bit(Word* words, std::uint32_t i, bool on) {
  const Word mask = Word{1} << (i % 64);
  on ? words[i / 64] |= mask : words[i / 64] &= ~mask;
}

std::uint32_t ones(Word word) {
  return static_cast<std::uint32_t>(std::popcount(word));
}

std::uint32_t ones_before(const Word* words, std::uint32_t i) {
  std::uint32_t sum = 0;
  for (std::uint32_t w = 0; w < i / 64; ++w) sum += ones(words[w]);
  return i % 64 == 0 ? sum : sum + ones(words[i / 64] & ((Word{1} << (i % 64)) - 1));
}

// The place of one number n among the ones. Requires that there are more than n.
std::uint32_t select_one(const Word* words, std::uint32_t n) {
  std::uint32_t w = 0;
  while (n >= ones(words[w])) n -= ones(words[w++]);
  Word word = words[w];
  if (word == ~Word{0}) return w * 64 + n;
  for (; n > 0; --n) word &= word - 1;
  return w * 64 + static_cast<std::uint32_t>(std::countr_zero(word));
}

// Opens a gap at bit i: the bits from there on move up by one.
void insert_bit(Word* words, std::uint32_t i, std::uint32_t word_count, bool on) {
  const std::uint32_t w = i / 64;
  for (std::uint32_t k = word_count - 1; k > w; --k) words[k] = words[k] << 1 | words[k - 1] >> 63;
  const Word below = (Word{1} << (i % 64)) - 1;
  words[w] = (words[w] & below) | (words[w] & ~below) << 1;
  put_bit(words, i, on);
}

void erase_bit(Word* words, std::uint32_t i, std::uint32_t word_count) {
  const std::uint32_t w = i / 64;
  const Word below = (Word{1} << (i % 64)) - 1;
  words[w] = (words[w] & below) | (words[w] >> 1 & ~below);
  for (std::uint32_t k = w + 1; k < word_count; ++k) {
    put_bit(words, k * 64 - 1, (words[k] & 1) != 0);
    words[k] >>= 1;
  }
}

}  // namespace

void CountedList::assign(std::span<const Entry> entries) {
  begin_fill(entries.size());
  for (const Entry& entry : entries) fill(entry);
  end_fill();
}

void CountedList::begin_fill(std::size_t about) {
  *this = CountedList();
  chunks_.reserve(about / kBulkFill + 1);
  chunk_of_.reserve(about);
}

void CountedList::fill(const Entry& entry) {
  if (chunks_.empty() || chunks_.back().count == kBulkFill) {
    list_filled();
    new_chunk();
  }
  Chunk& chunk = chunks_.back();
  const std::uint32_t at = chunk.count++;
  chunk.prefixes[at] = entry.prefix;
  chunk.ids[at] = entry.id;
  chunk.shown[at / 64] |= Word{entry.visible} << (at % 64);
  chunk.visible += entry.visible ? 1 : 0;
  if (entry.id >= chunk_of_.size()) chunk_of_.resize(std::max<std::size_t>(entry.id + 1u, chunk_of_.capacity()), kNone);
  chunk_of_[entry.id] = static_cast<std::uint32_t>(chunks_.size() - 1);
}

// The chunk that was filled last.
void CountedList::list_filled() {
  if (chunks_.empty()) return;
  list_chunk(static_cast<std::uint32_t>(directory_.size()), static_cast<std::uint32_t>(chunks_.size() - 1));
  size_ += chunks_.back().count;
  visible_ += chunks_.back().visible;
}

void CountedList::end_fill() {
  list_filled();
  renumber_from(0);
}

CountedList::Place CountedList::visible_place(std::uint32_t n) const {
  const auto chunk_count = static_cast<std::uint32_t>(directory_.size());
  std::uint32_t ordinal = 0;
  for (std::uint32_t step = std::bit_floor(chunk_count); step > 0; step /= 2) {
    if (ordinal + step <= chunk_count && fenwick_[ordinal + step] <= n) {
      ordinal += step;
      n -= fenwick_[ordinal];
    }
  }
  return {ordinal, select_one(chunks_[directory_[ordinal]].shown, n)};
}

CountedList::Id CountedList::at(std::uint32_t n) const {
  const Place place = visible_place(n);
  return chunks_[directory_[place.ordinal]].ids[place.offset];
}

std::uint64_t CountedList::prefix_at(std::uint32_t n) const {
  const Place place = visible_place(n);
  return chunks_[directory_[place.ordinal]].prefixes[place.offset];
}

std::uint32_t CountedList::rank(Id id) const {
  const Place place = place_of(id);
  return visible_before(place.ordinal) + ones_before(chunks_[directory_[place.ordinal]].shown, place.offset);
}

bool CountedList::is_visible(Id id) const {
  const Place place = place_of(id);
  return bit(chunks_[directory_[place.ordinal]].shown, place.offset);
}

void CountedList::set_visible(Id id, bool visible) {
  const Place place = place_of(id);
  Chunk& chunk = chunks_[directory_[place.ordinal]];
  if (bit(chunk.shown, place.offset) == visible) return;
  put_bit(chunk.shown, place.offset, visible);
  add_visible(place.ordinal, visible ? 1 : -1);
}

CountedList::Id CountedList::next(Id id) const {
  return id_after(place_of(id));
}

CountedList::Id CountedList::id_after(Place place) const {
  const Chunk& chunk = chunks_[directory_[place.ordinal]];
  if (place.offset + 1 < chunk.count) return chunk.ids[place.offset + 1];
  return place.ordinal + 1 < directory_.size() ? chunks_[directory_[place.ordinal + 1]].ids[0] : kNone;
}

CountedList::Id CountedList::next_visible(Id id) const {
  const std::uint32_t after = rank(id) + (is_visible(id) ? 1 : 0);
  return after < visible_ ? at(after) : kNone;
}

CountedList::Id CountedList::erase(Id id) {
  const Place place = place_of(id);
  const Id following = id_after(place);
  Chunk& chunk = chunks_[directory_[place.ordinal]];
  if (bit(chunk.shown, place.offset)) add_visible(place.ordinal, -1);
  const std::size_t after = chunk.count - place.offset - 1;
  std::memmove(chunk.prefixes + place.offset, chunk.prefixes + place.offset + 1, after * sizeof(std::uint64_t));
  std::memmove(chunk.ids + place.offset, chunk.ids + place.offset + 1, after * sizeof(Id));
  erase_bit(chunk.shown, place.offset, kCapacity / 64);
  --chunk.count;
  --size_;
  chunk_of_[id] = kNone;
  if (chunk.count == 0) {
    remove_chunk(place.ordinal);
    return following;
  }
  if (place.offset == 0) note_first(place.ordinal);
  if (chunk.count < kCapacity / 8) merge_small(place.ordinal);
  return following;
}

void CountedList::insert_before(std::uint32_t n, const Entry& entry) {
  Place place;
  if (n < visible_) {
    place = visible_place(n);
  } else if (!directory_.empty()) {
    place.ordinal = static_cast<std::uint32_t>(directory_.size() - 1);
    place.offset = chunks_[directory_.back()].count;
  }
  insert_at(place, entry);
}

void CountedList::insert_at(Place place, const Entry& entry) {
  if (directory_.empty()) {
    list_chunk(0, new_chunk());
    renumber_from(0);
  }
  if (chunks_[directory_[place.ordinal]].count == kCapacity) {
    split(place.ordinal);
    const std::uint32_t left = chunks_[directory_[place.ordinal]].count;
    if (place.offset > left) place = {place.ordinal + 1, place.offset - left};
  }
  Chunk& chunk = chunks_[directory_[place.ordinal]];
  const std::size_t after = chunk.count - place.offset;
  std::memmove(chunk.prefixes + place.offset + 1, chunk.prefixes + place.offset, after * sizeof(std::uint64_t));
  std::memmove(chunk.ids + place.offset + 1, chunk.ids + place.offset, after * sizeof(Id));
  insert_bit(chunk.shown, place.offset, kCapacity / 64, entry.visible);
  chunk.prefixes[place.offset] = entry.prefix;
  chunk.ids[place.offset] = entry.id;
  ++chunk.count;
  ++size_;
  if (entry.id >= chunk_of_.size()) chunk_of_.resize(entry.id + 1u, kNone);
  chunk_of_[entry.id] = directory_[place.ordinal];
  if (entry.visible) add_visible(place.ordinal, 1);
  if (place.offset == 0) note_first(place.ordinal);
}

void CountedList::split(std::uint32_t ordinal) {
  const std::uint32_t number = new_chunk();
  Chunk& left = chunks_[directory_[ordinal]];
  Chunk& right = chunks_[number];
  // Rows that arrive in order fill the last chunk: leave it nearly full, not half.
  const bool last = ordinal + 1 == directory_.size();
  const std::uint32_t keep = last ? kCapacity - 64 : kCapacity / 2;
  right.count = kCapacity - keep;
  std::memcpy(right.prefixes, left.prefixes + keep, right.count * sizeof(std::uint64_t));
  std::memcpy(right.ids, left.ids + keep, right.count * sizeof(Id));
  std::memcpy(right.shown, left.shown + keep / 64, right.count / 8);
  std::memset(left.shown + keep / 64, 0, right.count / 8);
  left.count = keep;
  right.visible = ones_before(right.shown, right.count);
  left.visible -= right.visible;
  for (std::uint32_t i = 0; i < right.count; ++i) chunk_of_[right.ids[i]] = number;
  list_chunk(ordinal + 1, number);
  counts_[ordinal] = left.visible;
  renumber_from(ordinal + 1);
}

void CountedList::remove_chunk(std::uint32_t ordinal) {
  const std::uint32_t number = directory_[ordinal];
  free_chunks_.push_back(number);
  directory_.erase(directory_.begin() + ordinal);
  first_prefix_.erase(first_prefix_.begin() + ordinal);
  first_id_.erase(first_id_.begin() + ordinal);
  counts_.erase(counts_.begin() + ordinal);
  if (directory_.empty()) {
    chunks_ = {};
    free_chunks_.clear();
    ordinal_of_.clear();
  }
  renumber_from(ordinal);
}

// Puts a small chunk and the one after it together, so that rows erased one by one make room for others.
void CountedList::merge_small(std::uint32_t ordinal) {
  if (ordinal + 1 >= directory_.size()) return;
  Chunk& left = chunks_[directory_[ordinal]];
  Chunk& right = chunks_[directory_[ordinal + 1]];
  if (left.count + right.count > kCapacity / 2) return;
  for (std::uint32_t i = 0; i < right.count; ++i, ++left.count) {
    left.prefixes[left.count] = right.prefixes[i];
    left.ids[left.count] = right.ids[i];
    put_bit(left.shown, left.count, bit(right.shown, i));
    chunk_of_[right.ids[i]] = directory_[ordinal];
  }
  left.visible += right.visible;
  counts_[ordinal] = left.visible;
  remove_chunk(ordinal + 1);
}

// Room in all that is kept by ordinal; the chunk is full of its entries already.
void CountedList::list_chunk(std::uint32_t ordinal, std::uint32_t number) {
  const Chunk& chunk = chunks_[number];
  directory_.insert(directory_.begin() + ordinal, number);
  first_prefix_.insert(first_prefix_.begin() + ordinal, chunk.prefixes[0]);
  first_id_.insert(first_id_.begin() + ordinal, chunk.ids[0]);
  counts_.insert(counts_.begin() + ordinal, chunk.visible);
}

// After the directory has changed from `ordinal` on. Looks at no chunk: each would be a cache miss or three, and this
// runs once for some hundred insertions.
void CountedList::renumber_from(std::uint32_t ordinal) {
  const auto count = static_cast<std::uint32_t>(directory_.size());
  for (std::uint32_t i = ordinal; i < count; ++i) ordinal_of_[directory_[i]] = i;
  fenwick_.resize(count + 1);
  std::copy(counts_.begin(), counts_.end(), fenwick_.begin() + 1);
  for (std::uint32_t i = 1; i <= count; ++i) {
    const std::uint32_t parent = i + (i & (~i + 1));
    if (parent <= count) fenwick_[parent] += fenwick_[i];
  }
}

void CountedList::add_visible(std::uint32_t ordinal, std::int32_t delta) {
  const auto change = static_cast<std::uint32_t>(delta);
  chunks_[directory_[ordinal]].visible += change;
  count_visible(ordinal, change);
}

void CountedList::count_visible(std::uint32_t ordinal, std::uint32_t change) {
  visible_ += change;
  counts_[ordinal] += change;
  for (std::uint32_t i = ordinal + 1; i < fenwick_.size(); i += i & (~i + 1)) fenwick_[i] += change;
}

std::uint32_t CountedList::visible_before(std::uint32_t ordinal) const {
  std::uint32_t sum = 0;
  for (std::uint32_t i = ordinal; i > 0; i &= i - 1) sum += fenwick_[i];
  return sum;
}

// Makes room for what lists it, too, so that nothing fails between two halves of a change.
std::uint32_t CountedList::new_chunk() {
  const auto room = [](auto& by_ordinal) {
    if (by_ordinal.size() == by_ordinal.capacity()) by_ordinal.reserve(by_ordinal.size() * 2 + 8);
  };
  room(directory_);
  room(first_prefix_);
  room(first_id_);
  room(counts_);
  room(fenwick_);
  if (!free_chunks_.empty()) {
    const std::uint32_t number = free_chunks_.back();
    chunks_[number] = {};
    free_chunks_.pop_back();
    return number;
  }
  chunks_.emplace_back();
  ordinal_of_.push_back(0);
  return static_cast<std::uint32_t>(chunks_.size() - 1);
}

void CountedList::note_first(std::uint32_t ordinal) {
  const Chunk& chunk = chunks_[directory_[ordinal]];
  first_prefix_[ordinal] = chunk.prefixes[0];
  first_id_[ordinal] = chunk.ids[0];
}

CountedList::Place CountedList::place_of(Id id) const {
  const std::uint32_t number = chunk_of_[id];
  const Chunk& chunk = chunks_[number];
  constexpr std::uint32_t kStep = 32;  // whole blocks without a branch, so that the compiler uses vector instructions
  std::uint32_t i = 0;
  for (; i + kStep <= chunk.count; i += kStep) {
    std::uint32_t hit = 0;
    for (std::uint32_t k = 0; k < kStep; ++k) hit |= chunk.ids[i + k] == id ? 1u : 0u;
    if (hit != 0) break;
  }
  while (chunk.ids[i] != id) ++i;
  return {ordinal_of_[number], i};
}

}  // namespace mapiary::view
