// SPDX-License-Identifier: Apache-2.0
#include "model/prop_bag.h"

#include <algorithm>
#include <utility>

namespace mapiary::model {
namespace {

// Works on the vector and on the const vector alike.
template <class Values>
auto lower(Values& values, std::uint16_t id) {
  return std::lower_bound(values.begin(), values.end(), id,
                          [](const PropValue& value, std::uint16_t wanted) { return value.tag().id() < wanted; });
}

}  // namespace

const PropValue* PropBag::find(std::uint16_t id) const {
  const auto at = lower(values_, id);
  return at != values_.end() && at->tag().id() == id ? &*at : nullptr;
}

const PropValue* PropBag::find(PropTag tag) const {
  const PropValue* value = find(tag.id());
  if (value == nullptr || tag.raw_type() == static_cast<std::uint16_t>(PropType::kUnspecified)) return value;
  return value->tag() == tag ? value : nullptr;
}

void PropBag::set(PropValue value) {
  const std::uint16_t id = value.tag().id();
  // Decoders and copies fill a bag in order of id; that is an append.
  if (values_.empty() || values_.back().tag().id() < id) {
    values_.push_back(std::move(value));
    return;
  }
  const auto at = lower(values_, id);
  if (at != values_.end() && at->tag().id() == id) {
    *at = std::move(value);
  } else {
    values_.insert(at, std::move(value));
  }
}

void PropBag::set_all(std::span<PropValue> values) {
  const auto by_id = [](const PropValue& a, const PropValue& b) { return a.tag().id() < b.tag().id(); };
  if (!std::is_sorted(values.begin(), values.end(), by_id)) std::stable_sort(values.begin(), values.end(), by_id);
  std::size_t fresh = 0;  // at the front of `values`: those whose ids are new, the last one of each
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint16_t id = values[i].tag().id();
    if (i + 1 < values.size() && values[i + 1].tag().id() == id) continue;
    const auto at = lower(values_, id);
    if (at != values_.end() && at->tag().id() == id) {
      *at = std::move(values[i]);
    } else if (fresh++ != i) {
      values[fresh - 1] = std::move(values[i]);
    }
  }
  // Both are in order: the greatest goes to the end.
  std::size_t old = values_.size();
  values_.resize(old + fresh);
  for (std::size_t to = values_.size(); fresh != 0; --to) {
    const bool is_old = old != 0 && values[fresh - 1].tag().id() < values_[old - 1].tag().id();
    values_[to - 1] = std::move(is_old ? values_[--old] : values[--fresh]);
  }
}

bool PropBag::erase(std::uint16_t id) {
  const auto at = lower(values_, id);
  if (at == values_.end() || at->tag().id() != id) return false;
  values_.erase(at);
  return true;
}

std::uint64_t PropBag::stored_size() const {
  std::uint64_t sum = 0;
  for (const PropValue& value : values_) sum += value.stored_size();
  return sum;
}

}  // namespace mapiary::model
