// SPDX-License-Identifier: Apache-2.0
#include "model/packed_props.h"

#include <gtest/gtest.h>

#include "model/testing/generators.h"

namespace mapiary::model {
namespace {

using testing::tag_for;

Code code_of(std::string_view bytes, const PackedLimits& limits = {}) {
  const auto bag = unpack_props(bytes, limits);
  return bag ? Code::kInternal : bag.error().code;
}

TEST(PackedProps, RoundTrip) {
  EXPECT_TRUE(rc::check([] {
    const PropBag bag = *testing::bag();
    const auto back = unpack_props(pack_props(bag));
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == bag);
  }));
}

TEST(PackedProps, DamageIsAnErrorOrAnotherBagWithOneEncoding) {
  EXPECT_TRUE(rc::check([] {
    std::string bytes = pack_props(*testing::bag());
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[at] = *rc::gen::arbitrary<char>();
    const auto bag = unpack_props(bytes);
    if (bag) RC_ASSERT(*unpack_props(pack_props(*bag)) == *bag);
  }));
}

TEST(PackedProps, EveryTruncationFails) {
  PropBag bag;
  bag.set(PropValue::text(tag_for(5, PropType::kUnicode), "subject"));
  bag.set(PropValue::multi(tag_for(9, PropType::kBinary, true), std::vector<std::string>{"ab", ""}));
  bag.set(PropValue::real(tag_for(10, PropType::kDouble), 1.5));
  const std::string bytes = pack_props(bag);
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(unpack_props(std::string_view(bytes).substr(0, n))) << n;
  EXPECT_EQ(code_of(bytes + '\0'), Code::kCorrupt);
}

TEST(PackedProps, GoldenBytes) {
  PropBag bag;
  bag.set(PropValue::int32(PropTag(0x00170003u), -1));
  bag.set(PropValue::text(PropTag(0x0037001Fu), "Hi"));
  EXPECT_EQ(pack_props(bag), std::string("\x01\x02\x17\x03\x02\x01\x1F\x1F\x04Hi", 11));
}

TEST(PackedProps, ErrorsGoByNameAndScodesAsTheyCame) {
  PropBag bag;
  bag.set(PropValue::error(0x17, Code::kNotFound));
  EXPECT_EQ(pack_props(bag), std::string("\x01\x01\x17\x0A\x12\x00NotFound", 14));
  PropBag foreign;
  foreign.set(PropValue::error_code(PropTag(0x0017000Au), 0x80040119u));
  EXPECT_EQ(pack_props(foreign), std::string("\x01\x01\x17\x0A\x0A\x99\x82\x90\x80\x08", 10));
  for (std::uint16_t number = 0; number <= static_cast<std::uint16_t>(Code::kInternal); ++number) {
    PropBag one;
    one.set(PropValue::error(0x17, static_cast<Code>(number)));
    EXPECT_EQ(unpack_props(pack_props(one))->find(0x17)->as_code(), static_cast<Code>(number)) << number;
  }
}

TEST(PackedProps, AnErrorOfALaterVersionIsReadAsOneOfOurs) {
  const auto bag =
      unpack_props(std::string("\x01\x01\x17\x0A\x0E\x00"
                               "Future",
                               12));
  ASSERT_TRUE(bag);
  EXPECT_EQ(bag->find(0x17)->as_code(), Code::kInternal);
  EXPECT_EQ(code_of("\x01\x01\x17\x0A\x0C\xFF\xFF\xFF\xFF\xFF\x7F"), Code::kCorrupt);
}

TEST(PackedProps, Limits) {
  EXPECT_EQ(code_of("\x02"), Code::kVersion);
  EXPECT_EQ(code_of(""), Code::kTruncated);
  EXPECT_EQ(code_of(std::string("\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11)), Code::kCorrupt);
  PropBag bag;
  bag.set(PropValue::multi(tag_for(9, PropType::kInt32, true), std::vector<std::int32_t>(100, 1)));
  EXPECT_EQ(code_of(pack_props(bag), {1000, 99}), Code::kTooBig);
  EXPECT_EQ(code_of(pack_props(bag), {10, 100}), Code::kTooBig);
  EXPECT_TRUE(unpack_props(pack_props(bag), {1000, 100}));
}

}  // namespace
}  // namespace mapiary::model
