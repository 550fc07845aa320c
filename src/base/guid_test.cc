// SPDX-License-Identifier: Apache-2.0
#include "base/guid.h"

#include <gtest/gtest.h>

#include <set>

#include "base/error.h"

namespace mapiary {
namespace {

constexpr Guid kMapi = Guid::make(0x00020328, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46});

TEST(Guid, TextFormNamesTheFirstGroupsAsNumbers) {
  EXPECT_EQ(kMapi.to_string(), "{00020328-0000-0000-C000-000000000046}");
  EXPECT_EQ(kMapi.bytes[0], 0x28);
  EXPECT_EQ(Guid::make(0x6FB8F2A1, 0x1234, 0xABCD, {1, 2, 3, 4, 5, 6, 7, 8}).to_string(),
            "{6FB8F2A1-1234-ABCD-0102-030405060708}");
}

TEST(Guid, ParseTakesBracesAndAnyCase) {
  auto guid = Guid::parse("6fb8F2a1-1234-abCD-0102-030405060708");
  ASSERT_TRUE(guid);
  EXPECT_EQ(guid->to_string(), "{6FB8F2A1-1234-ABCD-0102-030405060708}");
  EXPECT_EQ(Guid::parse("{6FB8F2A1-1234-ABCD-0102-030405060708}"), guid);
}

TEST(Guid, ParseRefusesWhatIsNotAGuid) {
  for (std::string_view text :
       {"", "{", "{}", "6fb8f2a1-1234-abcd-0102-03040506070", "{6fb8f2a1-1234-abcd-0102-030405060708",
        "6fb8f2a1-1234-abcd-0102-03040506070g", "6fb8f2a1+1234-abcd-0102-030405060708",
        "6fb8f2a11234abcd0102030405060708", "6fb8f2a1-1234-abcd-0102-0304050607080"}) {
    EXPECT_FALSE(Guid::parse(text)) << text;
  }
}

TEST(Guid, RandomIsVersionFourAndDiffers) {
  std::set<Guid> seen;
  for (int i = 0; i < 1000; ++i) {
    Guid guid = Guid::random();
    EXPECT_EQ(guid.bytes[7] >> 4, 4);
    EXPECT_EQ(guid.bytes[8] >> 6, 2);
    EXPECT_EQ(Guid::parse(guid.to_string()), guid);
    seen.insert(guid);
  }
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_TRUE(Guid{}.is_nil());
}

TEST(CodeName, EveryCodeHasItsOwnName) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Code::kInternal); ++i) names.insert(code_name(static_cast<Code>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Code::kInternal) + 1);
  EXPECT_FALSE(names.contains("Unknown"));
  EXPECT_EQ(code_name(Code::kNotFound), "NotFound");
  EXPECT_EQ(code_name(static_cast<Code>(60000)), "Unknown");
}

}  // namespace
}  // namespace mapiary
