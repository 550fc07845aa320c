// SPDX-License-Identifier: Apache-2.0
// Properties that never change, for read-only objects of the address book. Immutable.
#pragma once

#include <vector>

#include "model/prop_bag.h"
#include "property/backing.h"

namespace mapiary::address_book {

class BagBacking final : public property::PropertyBacking {
 public:
  explicit BagBacking(model::PropBag bag) : bag_(std::move(bag)) {}

  Result<std::vector<model::PropTag>> list() override {
    std::vector<model::PropTag> tags;
    for (const auto& value : bag_) tags.push_back(value.tag());
    return tags;
  }
  Result<model::PropValue> get(model::PropTag tag) override {
    if (const model::PropValue* value = bag_.find(tag.id())) return *value;
    return fail(Code::kNotFound, "address_book", "there is no such property", tag.value);
  }
  Status set(model::PropValue value) override { return refuse(value.tag()); }
  Status remove(model::PropTag tag) override { return refuse(tag); }
  bool writable() const override { return false; }

 private:
  static Status refuse(model::PropTag tag) {
    return fail(Code::kNoAccess, "address_book", "the object is read-only", tag.value);
  }
  const model::PropBag bag_;
};

}  // namespace mapiary::address_book
