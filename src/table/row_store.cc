// SPDX-License-Identifier: Apache-2.0
#include "table/row_store.h"

#include <algorithm>

#include "model/compare.h"
#include "model/sort_key.h"

namespace mapiary::table {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropType;
using model::PropValue;

constexpr PropTag kInstanceKey(0x0FF60102u);
constexpr std::uint64_t kFirstRank = std::uint64_t{1} << 62;
constexpr std::uint64_t kGap = std::uint64_t{1} << 20;

// Both text types are one column.
std::uint32_t column_number(PropTag tag) {
  if (!tag.is_text()) return tag.value;
  return tag
      .with_raw_type(static_cast<std::uint16_t>((tag.raw_type() & model::kMultiValue) |
                                                static_cast<std::uint16_t>(PropType::kUnicode)))
      .value;
}

}  // namespace

RowStore::RowStore(PropTag index, std::vector<PropTag> columns) : index_(index), columns_(std::move(columns)) {
  for (const PropTag tag : columns_) known_.insert(column_number(tag));
}

Result<std::string> RowStore::index_of(const PropValue& value) const {
  if (value.tag().id() != index_.id() || !model::same_type_family(value.tag(), index_)) {
    return fail(Code::kInvalidArgument, "table", "The property is not the index column", value.tag().value);
  }
  std::string key;
  model::append_sort_key(key, &value, false, model::TextOrder::kExact);
  return key;
}

Result<std::string> RowStore::index_of(const PropBag& row) const {
  const PropValue* value = row.find(index_.id());
  if (value == nullptr) return fail(Code::kInvalidArgument, "table", "The row has no index column", index_.value);
  return index_of(*value);
}

std::optional<RowKey> RowStore::find_row(const std::string& index) const {
  const std::uint32_t slot = by_index_.find(index, [&](std::uint32_t candidate) {
    const auto have = index_of(slots_[candidate].row);
    return have && *have == index;
  });
  if (slot == IndexMap::kNone) return std::nullopt;
  return key_of(slot);
}

bool RowStore::lives(RowKey key) const {
  const std::uint32_t slot = slot_of(key);
  return slot < slots_.size() && slots_[slot].live && slots_[slot].uses == key >> 32;
}

// The prefixes in the order are the ranks.
std::uint64_t RowStore::rank_for(std::uint32_t number) {
  const std::uint32_t count = size();
  for (;;) {
    if (number == count) {
      if (top_rank_ == 0) return kFirstRank;
      if (top_rank_ < UINT64_MAX - kGap) return top_rank_ + kGap;
    } else {
      const std::uint64_t before = number == 0 ? 0 : order_.prefix_at(number - 1);
      const std::uint64_t after = order_.prefix_at(number);
      if (number == 0 && after > kGap) return after - kGap;
      if (after - before > 1) return before + (after - before) / 2;
    }
    number_anew();
  }
}

void RowStore::number_anew() {
  std::vector<view::CountedList::Entry> entries;
  entries.reserve(order_.size());
  top_rank_ = 0;
  std::uint64_t rank = kFirstRank;
  order_.for_each([&](view::CountedList::Id id, bool) {
    slots_[id].rank = rank;
    entries.push_back({rank, id, true});
    top_rank_ = rank;
    rank += kGap;
  });
  order_.assign(entries);
}

void RowStore::learn_columns(const PropBag& row) {
  const auto values = row.values();
  if (std::equal(values.begin(), values.end(), last_tags_.begin(), last_tags_.end(),
                 [](const PropValue& value, PropTag tag) { return value.tag() == tag; })) {
    return;
  }
  for (const PropValue& value : row) {
    const PropTag tag = value.tag();
    if (value.is_error() || tag.base_type() == PropType::kNull) continue;
    if (known_.insert(column_number(tag)).second) columns_.push_back(tag);
  }
  last_tags_.clear();
  for (const PropValue& value : values) last_tags_.push_back(value.tag());
}

RowKey RowStore::insert(const std::string& index, PropBag row, std::uint32_t number) {
  learn_columns(row);
  const std::uint64_t rank = rank_for(number);
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
    if (free_.capacity() < slots_.size()) free_.reserve(slots_.capacity());  // so that erase() needs no memory
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  slots_[slot].row = std::move(row);
  slots_[slot].rank = rank;
  top_rank_ = std::max(top_rank_, rank);
  slots_[slot].live = true;
  by_index_.insert(index, slot);
  order_.insert_before(number, {rank, slot, true});
  return key_of(slot);
}

void RowStore::replace(RowKey key, PropBag row) {
  learn_columns(row);
  slots_[slot_of(key)].row = std::move(row);
}

void RowStore::free_slot(std::uint32_t slot) {
  slots_[slot].row = {};
  slots_[slot].live = false;
  ++slots_[slot].uses;
  free_.push_back(slot);
}

void RowStore::erase(RowKey key) {
  const std::uint32_t slot = slot_of(key);
  if (auto index = index_of(slots_[slot].row)) by_index_.erase(*index, slot);
  order_.erase(slot);
  free_slot(slot);
}

void RowStore::clear() {
  order_.for_each([&](view::CountedList::Id id, bool) { free_slot(id); });
  by_index_.clear();
  order_.assign({});
}

RowKey RowStore::row_at(std::uint32_t number) const {
  return key_of(order_.at(number));
}
std::uint32_t RowStore::number_of(RowKey key) const {
  return order_.rank(slot_of(key));
}

Result<view::RowAnswer> RowStore::rows(const view::RowQuery&) {
  view::RowAnswer answer;
  answer.keys.reserve(order_.size());
  order_.for_each([&](view::CountedList::Id id, bool) { answer.keys.push_back(key_of(id)); });
  return answer;
}

std::uint64_t RowStore::rank(RowKey key) const {
  const std::uint32_t slot = slot_of(key);
  return slot < slots_.size() ? slots_[slot].rank : 0;
}

const PropValue* RowStore::find(RowKey key, PropTag tag, PropValue&) {
  return lives(key) ? slots_[slot_of(key)].row.find(tag.id()) : nullptr;
}

bool RowStore::has_instance_keys() const {
  return index_ == kInstanceKey;
}

}  // namespace mapiary::table
