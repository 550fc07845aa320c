// SPDX-License-Identifier: Apache-2.0
#include "model/prop_bag.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

namespace mapiary::model {
namespace {

PropValue number(std::uint16_t id, std::int32_t v) {
  return PropValue::int32(PropTag(id, PropType::kInt32), v);
}

TEST(PropBag, FindByTagNeedsTheTypeUnlessUnspecified) {
  PropBag bag;
  bag.set(number(0x10, 5));
  EXPECT_NE(bag.find(PropTag(0x10, PropType::kInt32)), nullptr);
  EXPECT_NE(bag.find(PropTag(0x10, PropType::kUnspecified)), nullptr);
  EXPECT_EQ(bag.find(PropTag(0x10, PropType::kInt64)), nullptr);
  EXPECT_EQ(bag.find(PropTag(0x00101003u)), nullptr) << "the multivalued type is another type";
  EXPECT_EQ(bag.find(std::uint16_t{0x11}), nullptr);
}

TEST(PropBag, SetReplacesWhateverTypeTheIdHad) {
  PropBag bag;
  bag.set(number(0x10, 5));
  bag.set(PropValue::text(PropTag(0x10, PropType::kUnicode), "five"));
  ASSERT_EQ(bag.size(), 1u);
  EXPECT_EQ(bag.find(std::uint16_t{0x10})->as_bytes(), "five");
  EXPECT_EQ(bag.stored_size(), 4u);
}

TEST(PropBag, ManySetAtOnceAreAsOneByOne) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& there, const std::vector<std::uint8_t>& more) {
    const auto value = [](std::uint8_t id, std::size_t n) {
      if (id % 3 == 0) return number(id, static_cast<std::int32_t>(n));
      return PropValue::text(PropTag(id, PropType::kUnicode), "text that is not within " + std::to_string(n));
    };
    PropBag one, all;
    std::vector<PropValue> values;
    for (std::size_t i = 0; i < there.size(); ++i) one.set(value(there[i], i));
    all = one;
    for (std::size_t i = 0; i < more.size(); ++i) values.push_back(value(more[i], 1000 + i));
    for (const PropValue& each : values) one.set(each);
    all.set_all(values);
    RC_ASSERT(one == all);
  }));
}

TEST(PropBag, BehavesLikeAMap) {
  EXPECT_TRUE(rc::check([](const std::vector<std::pair<std::uint8_t, std::int32_t>>& steps) {
    PropBag bag;
    std::map<std::uint16_t, std::int32_t> model;
    for (const auto& [id, value] : steps) {
      if (value % 4 == 0) {
        RC_ASSERT(bag.erase(id) == (model.erase(id) == 1));
      } else {
        bag.set(number(id, value));
        model[id] = value;
      }
    }
    RC_ASSERT(bag.size() == model.size());
    auto at = model.begin();
    for (const PropValue& value : bag) {
      RC_ASSERT(value.tag().id() == at->first);
      RC_ASSERT(value.as_int32() == at->second);
      RC_ASSERT(bag.find(at->first) == &value);
      ++at;
    }
    RC_ASSERT(bag.stored_size() == 4 * model.size());
  }));
}

}  // namespace
}  // namespace mapiary::model
