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
