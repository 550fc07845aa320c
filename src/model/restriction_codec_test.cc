// SPDX-License-Identifier: Apache-2.0
#include "model/restriction_codec.h"

#include <gtest/gtest.h>

#include "model/testing/generators.h"

namespace mapiary::model {
namespace {

constexpr WireForm kNarrow{WireForm::Counts::k16, 1252};
constexpr WireForm kWide{WireForm::Counts::k32, 1252};
constexpr PropTag kSubject(0x0037001Fu);

Code code_of_restriction(std::string_view bytes, const WireForm& form = kNarrow) {
  const auto r = decode_restriction(bytes, form);
  return r ? Code::kInternal : r.error().code;
}

TEST(RestrictionCodec, RoundTrip) {
  EXPECT_TRUE(rc::check([] {
    const Restriction r = *testing::restriction();
    for (const WireForm& form : {kNarrow, kWide}) {
      const auto bytes = encode_restriction(r, form);
      if (!bytes) RC_FAIL(bytes.error().message);
      const auto back = decode_restriction(*bytes, form);
      if (!back) RC_FAIL(back.error().message);
      RC_ASSERT(*back == r);
    }
  }));
}

TEST(RestrictionCodec, DamageNeverPassesUnencodable) {
  EXPECT_TRUE(rc::check([] {
    std::string bytes = *encode_restriction(*testing::restriction());
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
    const auto r = decode_restriction(bytes);
    if (r) RC_ASSERT(decode_restriction(encode_restriction(*r).value()).value() == *r);
  }));
}

// [MS-OXCDATA] 2.12.1, 2.12.4.1, 2.12.5.1
TEST(RestrictionCodec, GoldenBytes) {
  const Restriction r = Restriction::all_of(
      {Restriction::content(kSubject, {FuzzyLevel::kSubstring | FuzzyLevel::kIgnoreCase},
                            PropValue::text(kSubject, "A")),
       Restriction::property(PropTag(0x0E080003u), RelOp::kGe, PropValue::int32(PropTag(0x0E080003u), 5))});
  const std::string body(
      "\x03\x01\x00\x01\x00\x1F\x00\x37\x00\x1F\x00\x37\x00"
      "A\x00\x00\x00"
      "\x04\x03\x03\x00\x08\x0E\x03\x00\x08\x0E\x05\x00\x00\x00",
      31);
  EXPECT_EQ(*encode_restriction(r, kNarrow), std::string("\x00\x02\x00", 3) + body);
  EXPECT_EQ(*encode_restriction(r, kWide), std::string("\x00\x02\x00\x00\x00", 5) + body);
}

TEST(RestrictionCodec, BinaryCountsFollowTheContext) {
  const PropTag tag(0x0FFF0102u);
  const Restriction r = Restriction::property(tag, RelOp::kEq, PropValue::binary(tag, "xyz"));
  EXPECT_EQ(encode_restriction(r, kNarrow)->size() + 2, encode_restriction(r, kWide)->size());
  const Restriction big = Restriction::property(tag, RelOp::kEq, PropValue::binary(tag, std::string(70000, 'x')));
  EXPECT_EQ(encode_restriction(big, kNarrow).error().code, Code::kTooComplex);
  EXPECT_TRUE(encode_restriction(big, kWide));
}

TEST(RestrictionCodec, RefusesDamage) {
  EXPECT_EQ(code_of_restriction(""), Code::kTruncated);
  EXPECT_EQ(code_of_restriction("\x0C"), Code::kCorrupt);
  EXPECT_EQ(code_of_restriction(std::string("\x00\xFF\xFF", 3)), Code::kCorrupt);
  EXPECT_EQ(code_of_restriction(std::string("\x08\x1F\x00\x37\x00\x00", 6)), Code::kCorrupt) << "bytes after the end";
  EXPECT_EQ(code_of_restriction(std::string("\x04\x09\x03\x00\x08\x0E", 6)), Code::kCorrupt) << "operator 9";
  EXPECT_EQ(code_of_restriction(std::string(1000, '\x02')), Code::kTooDeep);
  EXPECT_EQ(code_of_restriction(std::string("\x04\x04\x1F\x00\x37\x00\x1F\x00\x37\x00"
                                            "a",
                                            11)),
            Code::kTruncated)
      << "text without null";
}

TEST(RestrictionCodec, RestrictionInAValueIsBoundedToo) {
  const PropTag tag(0x3F0000FDu);
  const std::string inner = *encode_restriction(Restriction::exist(kSubject));
  const Restriction r =
      Restriction::comment({PropValue::binary(tag, inner), PropValue::int32(PropTag(0x00010003u), 1)});
  EXPECT_EQ(*decode_restriction(*encode_restriction(r)), r);
  EXPECT_FALSE(encode_restriction(Restriction::comment({PropValue::binary(tag, "garbage")})));
  std::string nested;  // a comment holding a restriction value holding a comment ...
  for (int i = 0; i < 200; ++i) nested += std::string("\x0A\x01\xFD\x00\x00\x3F", 6);
  EXPECT_EQ(code_of_restriction(nested), Code::kTooDeep);
}

TEST(RestrictionCodec, ValuesWithoutAForm) {
  const auto with = [](PropValue v) { return encode_restriction(Restriction::comment({std::move(v)})); };
  EXPECT_EQ(with(PropValue::object(PropTag(0x0E12000Du))).error().code, Code::kTypeNotSupported);
  EXPECT_EQ(with(PropValue::blob(kSubject, {1, 2})).error().code, Code::kTypeNotSupported);
  EXPECT_EQ(with(PropValue::text(kSubject, std::string("a\0b", 3))).error().code, Code::kBadValue);
  EXPECT_EQ(with(PropValue::text8(PropTag(0x0037001Eu), "\xC4", 1251)).error().code, Code::kBadValue)
      << "no Cyrillic in 1252";
}

TEST(SortOrderCodec, RoundTripAndGoldenBytes) {
  const SortOrder order{
      {{PropTag(0x0E060040u), SortKey::Order::kDescending}, {kSubject, SortKey::Order::kCategoryMax}}, 1, 1};
  const std::string bytes = *encode_sort_order(order);
  EXPECT_EQ(bytes, std::string("\x02\x00\x01\x00\x01\x00\x40\x00\x06\x0E\x01\x1F\x00\x37\x00\x04", 16));
  EXPECT_EQ(*decode_sort_order(bytes), order);
  EXPECT_FALSE(decode_sort_order(bytes + "x"));
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(decode_sort_order(std::string_view(bytes).substr(0, n)));
}

TEST(SortOrderCodec, ContradictionsAreRefused) {
  EXPECT_EQ(encode_sort_order({{}, 1, 0}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(encode_sort_order({{{kSubject}}, 0, 1}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(encode_sort_order({{{kSubject, SortKey::Order::kCombine}}, 1, 0}).error().code, Code::kInvalidArgument);
  EXPECT_FALSE(decode_sort_order(std::string("\x01\x00\x00\x00\x00\x00\x1F\x00\x37\x00\x03", 11)));
  EXPECT_FALSE(decode_sort_order(std::string("\x00\x00\x01\x00\x00\x00", 6)));
}

}  // namespace
}  // namespace mapiary::model
