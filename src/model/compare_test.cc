// SPDX-License-Identifier: Apache-2.0
#include "model/compare.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/like_pattern.h"
#include "model/testing/generators.h"

namespace mapiary::model {
namespace {

using testing::tag_for;

PropValue unicode(std::string s) {
  return PropValue::text(tag_for(1, PropType::kUnicode), std::move(s));
}
PropValue text8(std::string s, std::uint32_t page) {
  return PropValue::text8(tag_for(1, PropType::kString8), std::move(s), page);
}
PropValue number(std::int32_t v) {
  return PropValue::int32(tag_for(1, PropType::kInt32), v);
}
PropValue real(double v) {
  return PropValue::real(tag_for(1, PropType::kDouble), v);
}
PropValue strings(std::vector<std::string> v) {
  return PropValue::multi(tag_for(1, PropType::kUnicode, true), std::move(v));
}

TEST(Compare, NumbersByValue) {
  EXPECT_TRUE(compare(number(-1), number(1), TextOrder::kExact) == std::weak_ordering::less);
  EXPECT_TRUE(compare(real(0.0), real(-0.0), TextOrder::kExact) == std::weak_ordering::equivalent);
  EXPECT_TRUE(compare(real(std::nan("1")), real(std::nan("2")), TextOrder::kExact) == std::weak_ordering::equivalent);
  EXPECT_TRUE(compare(real(std::nan("")), real(INFINITY), TextOrder::kExact) == std::weak_ordering::greater);
  EXPECT_FALSE(compare(number(1), real(1), TextOrder::kExact)) << "types must match (fpropcompareprop)";
}

TEST(Compare, TextByCodePointOrFolded) {
  EXPECT_TRUE(compare(unicode("Zebra"), unicode("apple"), TextOrder::kExact) == std::weak_ordering::less);
  EXPECT_TRUE(compare(unicode("Zebra"), unicode("apple"), TextOrder::kIgnoreCase) == std::weak_ordering::greater);
  EXPECT_TRUE(compare(unicode("STRASSE"),
                      unicode("stra\xC3\x9F"
                              "e"),
                      TextOrder::kIgnoreCase) == std::weak_ordering::equivalent);
}

TEST(Compare, EightBitTextMeetsUnicodeThroughItsCodePage) {
  EXPECT_TRUE(compare(text8("\xE4", 1252), unicode("\xC3\xA4"), TextOrder::kExact) == std::weak_ordering::equivalent);
  EXPECT_TRUE(compare(text8("\xE4", 1251), unicode("\xD0\xB4"), TextOrder::kExact) == std::weak_ordering::equivalent);
  EXPECT_TRUE(compare(text8("\xC4", 1252), unicode("\xC3\xA4"), TextOrder::kIgnoreCase) ==
              std::weak_ordering::equivalent);
}

// imapitable-sorttable: elements in order; the shorter tuple has the relation of a null value, and nulls are last
// (ssortorder).
TEST(Compare, TuplesAtTheFirstInequality) {
  EXPECT_TRUE(compare(strings({"a", "z"}), strings({"b"}), TextOrder::kExact) == std::weak_ordering::less);
  EXPECT_TRUE(compare(strings({"a"}), strings({"a", "b"}), TextOrder::kExact) == std::weak_ordering::greater);
  EXPECT_TRUE(compare(strings({}), strings({"a"}), TextOrder::kExact) == std::weak_ordering::greater);
  EXPECT_FALSE(compare(strings({"a"}), unicode("a"), TextOrder::kExact));
}

TEST(Compare, WhatHasNoOrder) {
  const PropValue object = PropValue::object(tag_for(1, PropType::kObject));
  const PropValue blob = PropValue::blob(tag_for(1, PropType::kBinary), {1, 2});
  EXPECT_FALSE(compare(object, object, TextOrder::kExact));
  EXPECT_FALSE(compare(blob, blob, TextOrder::kExact));
  EXPECT_FALSE(compare(PropValue(), PropValue(), TextOrder::kExact));
}

TEST(Compare, RelationalOperators) {
  const RelOp all[] = {RelOp::kLt, RelOp::kLe, RelOp::kGt, RelOp::kGe, RelOp::kEq, RelOp::kNe};
  const bool less[] = {true, true, false, false, false, true};
  const bool same[] = {false, true, false, true, true, false};
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(compare_relop(number(1), all[i], number(2), TextOrder::kExact), less[i]);
    EXPECT_EQ(compare_relop(number(2), all[i], number(2), TextOrder::kExact), same[i]);
    EXPECT_FALSE(compare_relop(number(1), all[i], unicode("1"), TextOrder::kExact))
        << "types differ: FALSE whatever the operator";
  }
  EXPECT_TRUE(compare_relop(unicode("Hello"), RelOp::kRe, unicode("^h.*o$"), TextOrder::kIgnoreCase));
  EXPECT_FALSE(compare_relop(unicode("Hello"), RelOp::kRe, unicode("^h"), TextOrder::kExact));
  EXPECT_FALSE(compare_relop(unicode("Hello"), RelOp::kRe, unicode("("), TextOrder::kExact));
  EXPECT_FALSE(compare_relop(number(1), RelOp::kRe, number(1), TextOrder::kExact));
}

// Outside -1..1, and so failing every law, if the two do not compare.
int sign(const std::optional<std::weak_ordering>& o) {
  if (!o) return 99;
  return *o < 0 ? -1 : *o > 0 ? 1 : 0;
}

TEST(Compare, IsAWeakOrder) {
  EXPECT_TRUE(rc::check([] {
    const PropTag tag = *testing::ordered_tag();
    const PropValue a = *testing::value_of(tag);
    const PropValue b = *testing::value_of(tag);
    const PropValue c = *testing::value_of(tag);
    for (const TextOrder order : {TextOrder::kExact, TextOrder::kIgnoreCase}) {
      const int ab = sign(compare(a, b, order));
      const int bc = sign(compare(b, c, order));
      const int ac = sign(compare(a, c, order));
      RC_ASSERT(sign(compare(a, a, order)) == 0);
      RC_ASSERT(sign(compare(b, a, order)) == -ab);
      if (ab <= 0 && bc <= 0) RC_ASSERT(ac <= 0);
      if (ab == 0 && bc == 0) RC_ASSERT(ac == 0);
      if (ab < 0 && bc <= 0) RC_ASSERT(ac < 0);
    }
  }));
}

TEST(LikePattern, Syntax) {
  const auto hit = [](std::string_view pattern, std::string_view subject) {
    auto compiled = LikePattern::compile(pattern, TextOrder::kIgnoreCase);
    return compiled && compiled->matches(subject);
  };
  EXPECT_TRUE(hit("b", "abc"));
  EXPECT_TRUE(hit("", "abc"));
  EXPECT_FALSE(hit("^b", "abc"));
  EXPECT_TRUE(hit("^(ab|cd)+$", "abcdab"));
  EXPECT_FALSE(hit("^(ab|cd)+$", "abc"));
  EXPECT_TRUE(hit("^a?b*c$", "bbbc"));
  EXPECT_TRUE(hit("^[^x-z]+$", "abc"));
  EXPECT_TRUE(hit("[A-C]{0}", "") == false);
  EXPECT_TRUE(hit("^[A-C]+$", "abc"));
  EXPECT_TRUE(hit("\\d+-\\d+", "tel 12-34"));
  EXPECT_TRUE(hit("1\\.5", "1.5"));
  EXPECT_FALSE(hit("1\\.5", "125"));
  EXPECT_TRUE(hit("gr\xC3\x9C\xC3\x9F", "GR\xC3\xBCSS"));
  EXPECT_TRUE(hit("a||b", "zzz")) << "an empty alternative matches anywhere";
  EXPECT_TRUE(hit("^(a|b|c|d)$", "d"));
  EXPECT_TRUE(hit("^((a*)*b)?$", "aab"));
}

TEST(LikePattern, WhatIsNoPattern) {
  for (const char* bad : {"(", ")", "[a", "*", "+a", "a|*", "\\", "[z-a]", "[\\"}) {
    const auto made = LikePattern::compile(bad, TextOrder::kExact);
    ASSERT_FALSE(made) << bad;
    EXPECT_EQ(made.error().code, Code::kInvalidArgument) << bad;
  }
  EXPECT_EQ(LikePattern::compile("a{3}", TextOrder::kExact).error().code, Code::kTooComplex);
  EXPECT_EQ(LikePattern::compile(std::string(100, '('), TextOrder::kExact).error().code, Code::kTooComplex);
  EXPECT_EQ(LikePattern::compile(std::string(2000, 'a'), TextOrder::kExact).error().code, Code::kTooComplex);
}

TEST(LikePattern, HostilePatternsTakeLinearTime) {
  const auto evil = LikePattern::compile("^(a*)*(a*)*(a|a)*b$", TextOrder::kExact);
  ASSERT_TRUE(evil);
  EXPECT_FALSE(evil->matches(std::string(20000, 'a')));
}

}  // namespace
}  // namespace mapiary::model
