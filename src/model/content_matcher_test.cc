// SPDX-License-Identifier: Apache-2.0
#include "model/content_matcher.h"

#include <gtest/gtest.h>

#include "model/testing/generators.h"

namespace mapiary::model {
namespace {

using testing::tag_for;
constexpr std::uint32_t kFull = FuzzyLevel::kFullString, kSub = FuzzyLevel::kSubstring, kPre = FuzzyLevel::kPrefix;
constexpr std::uint32_t kCase = FuzzyLevel::kIgnoreCase, kNonSpace = FuzzyLevel::kIgnoreNonSpace,
                        kLoose = FuzzyLevel::kLoose;

PropValue text(std::string s) {
  return PropValue::text(tag_for(1, PropType::kUnicode), std::move(s));
}
PropValue text8(std::string s) {
  return PropValue::text8(tag_for(1, PropType::kString8), std::move(s), 1252);
}
PropValue binary(std::string s) {
  return PropValue::binary(tag_for(1, PropType::kBinary), std::move(s));
}

TEST(ContentMatcher, LevelsAndFlagsOnText) {
  const PropValue cafe = text("Caf\xC3\xA9 Noir");
  EXPECT_TRUE(contains(cafe, text("Noir"), {kSub}));
  EXPECT_FALSE(contains(cafe, text("noir"), {kSub}));
  EXPECT_TRUE(contains(cafe, text("noir"), {kSub | kCase}));
  EXPECT_TRUE(contains(cafe, text("cafe"), {kPre | kLoose}));
  EXPECT_TRUE(contains(cafe, text("Cafe"), {kPre | kNonSpace}));
  EXPECT_FALSE(contains(cafe, text("cafe"), {kPre | kNonSpace}));
  EXPECT_FALSE(contains(cafe, text("Noir"), {kPre}));
  EXPECT_TRUE(contains(cafe, text("CAF\xC3\x89 NOIR"), {kFull | kCase}));
  EXPECT_FALSE(contains(cafe, text("Caf\xC3\xA9"), {kFull}));
  EXPECT_TRUE(contains(cafe, text(""), {kSub}));
  EXPECT_FALSE(contains(cafe, text(""), {kFull}));
}

TEST(ContentMatcher, InvalidLevelIsFullExact) {
  EXPECT_TRUE(contains(text("abc"), text("abc"), {7 | kCase}));
  EXPECT_FALSE(contains(text("abc"), text("ABC"), {7 | kCase}));
  EXPECT_FALSE(contains(text("abc"), text("ab"), {7}));
}

TEST(ContentMatcher, BinaryIgnoresFlags) {
  EXPECT_TRUE(contains(binary(std::string("a\0b", 3)), binary(std::string("\0", 1)), {kSub | kLoose}));
  EXPECT_FALSE(contains(binary("abc"), binary("ABC"), {kSub | kLoose}));
  EXPECT_TRUE(contains(binary("abc"), binary("ab"), {kPre}));
  EXPECT_FALSE(contains(binary("abc"), text("abc"), {kFull})) << "types differ";
}

TEST(ContentMatcher, EightBitTextThroughItsCodePage) {
  EXPECT_TRUE(contains(text8("Gr\xFC\xDF"
                             "e"),
                       text("GR\xC3\x9CSSE"), {kFull | kCase}));
  EXPECT_TRUE(contains(text("Gr\xC3\xBC\xC3\x9F"
                            "e"),
                       text8("\xFC"), {kSub}));
}

TEST(ContentMatcher, RefusesOtherPatterns) {
  EXPECT_EQ(ContentMatcher::compile(PropValue::int32(tag_for(1, PropType::kInt32), 1), {kSub}).error().code,
            Code::kTooComplex);
  const PropValue many = PropValue::multi(tag_for(1, PropType::kUnicode, true), std::vector<std::string>{"a"});
  EXPECT_EQ(ContentMatcher::compile(many, {kSub}).error().code, Code::kTooComplex);
  EXPECT_FALSE(contains(many, text("a"), {kSub})) << "FPropContainsProp wants one type";
  EXPECT_TRUE(ContentMatcher::compile(text("a"), {kSub})->matches(many)) << "a restriction takes any of the values";
}

TEST(ContentMatcher, AgreesWithFoldingBoth) {
  EXPECT_TRUE(rc::check([] {
    const std::string hay = *testing::text();
    const std::string needle = *testing::text();
    const TextFolding folding{*rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>()};
    const std::uint32_t flags = (folding.ignore_case ? kCase : 0) | (folding.ignore_nonspace ? kNonSpace : 0);
    const std::string h = fold_text(hay, folding);
    const std::string n = fold_text(needle, folding);
    RC_ASSERT(contains(text(hay), text(needle), {kSub | flags}) == (h.find(n) != std::string::npos));
    RC_ASSERT(contains(text(hay), text(needle), {kPre | flags}) == h.starts_with(n));
    RC_ASSERT(contains(text(hay), text(needle), {kFull | flags}) == (h == n));
  }));
}

}  // namespace
}  // namespace mapiary::model
