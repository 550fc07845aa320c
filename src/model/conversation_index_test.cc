// SPDX-License-Identifier: Apache-2.0
#include "model/conversation_index.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace mapiary::model {
namespace {

const Guid kThread = Guid::make(0x01020304, 0x0506, 0x0708, {9, 10, 11, 12, 13, 14, 15, 16});
constexpr std::uint64_t kTime = 0x01DC5A0123456789;

TEST(ConversationIndex, HeaderBytes) {
  const std::string index = create_conversation_index(kTime, kThread);
  EXPECT_EQ(index, std::string(
                       "\x01\x01\xDC\x5A\x01\x23\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F\x10", 22));
  const auto parsed = *ConversationIndex::parse(index);
  EXPECT_EQ(parsed.time, kTime & ~std::uint64_t{0xFFFFFF});
  EXPECT_EQ(parsed.thread, kThread);
  EXPECT_TRUE(parsed.levels.empty());
}

TEST(ConversationIndex, ReadsTheOldHeaderForm) {
  const std::string old = std::string("\x01\xDC\x5A\x01\x23\x45", 6) + std::string(16, 'g');
  EXPECT_EQ(ConversationIndex::parse(old)->time, std::uint64_t{0x01DC5A0123450000});
}

TEST(ConversationIndex, DeltasOfBothCodes) {
  const std::string first = create_conversation_index(kTime, kThread);
  const std::uint64_t base = ConversationIndex::parse(first)->time;
  const std::uint64_t hour = 36000000000, year = hour * 24 * 365;
  const std::string reply = *append_conversation_level(first, base + hour, 0x5A);
  const std::string late = *append_conversation_level(reply, base + 3 * year, 7);
  ASSERT_EQ(late.size(), 32u);
  EXPECT_EQ(static_cast<std::uint8_t>(reply[22]) & 0x80, 0);
  EXPECT_EQ(static_cast<std::uint8_t>(late[27]) & 0x80, 0x80);
  const auto parsed = *ConversationIndex::parse(late);
  EXPECT_EQ(parsed.levels[0], (ConversationIndex::Level{hour >> 18 << 18, 0x5A}));
  EXPECT_EQ(parsed.levels[1], (ConversationIndex::Level{3 * year >> 23 << 23, 7}));
  EXPECT_EQ(ConversationIndex::parse(*append_conversation_level(first, base - hour, 0))->levels[0].delta, 0u);
}

TEST(ConversationIndex, KeepsWhatTheCodeCanKeep) {
  EXPECT_TRUE(rc::check([] {
    const std::string first = create_conversation_index(kTime, kThread);
    const std::uint64_t base = ConversationIndex::parse(first)->time;
    const auto delta = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 54);
    const auto kept = ConversationIndex::parse(*append_conversation_level(first, base + delta, 0))->levels[0].delta;
    const int lost = delta < std::uint64_t{1} << 49 ? 18 : 23;
    RC_ASSERT(kept == delta >> lost << lost);
  }));
}

TEST(ConversationIndex, Damage) {
  const std::string good = *append_conversation_level(create_conversation_index(kTime, kThread), kTime, 0);
  for (std::size_t n = 0; n < good.size(); ++n) {
    EXPECT_EQ(ConversationIndex::parse(std::string_view(good).substr(0, n)).has_value(), n == 22) << n;
  }
  std::string other = good;
  other[0] = 2;
  EXPECT_EQ(ConversationIndex::parse(other).error().code, Code::kInvalidArgument);
  std::string full = good;
  full.resize(22 + 6549 * 5);
  EXPECT_EQ(append_conversation_level(full, kTime, 0).error().code, Code::kTooBig);
}

}  // namespace
}  // namespace mapiary::model
