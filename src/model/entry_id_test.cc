// SPDX-License-Identifier: Apache-2.0
#include "model/entry_id.h"

#include <gtest/gtest.h>

#include "model/testing/generators.h"

namespace mapiary::model {
namespace {

TEST(EntryId, HeaderAndFlags) {
  const Guid uid = Guid::make(1, 2, 3, {});
  EXPECT_TRUE(EntryId::make(uid, "body").is_long_term());
  const EntryId brief = EntryId::make(uid, "body", entry_flag::kAll);
  EXPECT_TRUE(brief.is_short_term());
  EXPECT_FALSE(EntryId::make(uid, "", entry_flag::kNow).is_short_term());
  EXPECT_FALSE(EntryId::make(uid, "", entry_flag::kNow).is_long_term());
  const EntryId back = *EntryId::parse(brief.bytes());
  EXPECT_EQ(back, brief);
  EXPECT_EQ(back.provider(), uid);
  EXPECT_EQ(back.body(), "body");
  EXPECT_EQ(EntryId::parse(std::string(19, '\0')).error().code, Code::kInvalidEntryId);
  EXPECT_EQ(EntryId::parse(std::string(EntryId::kMaxSize + 1, '\0')).error().code, Code::kInvalidEntryId);
}

// [MS-OXCDATA] 2.2.5.1
TEST(OneOff, GoldenBytes) {
  const std::string header("\0\0\0\0\x81\x2B\x1F\xA4\xBE\xA3\x10\x19\x9D\x6E\x00\xDD\x01\x0F\x54\x02", 20);
  const OneOff ann{"A", "X", "a", OneOff::kNoRichInfo};
  EXPECT_EQ(build_one_off(ann)->bytes(), header + std::string("\0\0\x01\x80"
                                                              "A\0\0\0X\0\0\0a\0\0\0",
                                                              16));
  EXPECT_EQ(build_one_off_ansi(ann, 1252)->bytes(), header + std::string("\0\0\x01\0A\0X\0a\0", 10));
}

TEST(OneOff, RoundTrip) {
  EXPECT_TRUE(rc::check([] {
    OneOff one{*testing::text(), "SMTP", *testing::text() + "@x", *rc::gen::arbitrary<std::uint16_t>()};
    one.flags &= 0x7FFF;
    RC_ASSERT(*parse_one_off(*build_one_off(one), 1252) == one);
    OneOff narrow{"Gr\xC3\xBC\xC3\x9F", "SMTP", "a@b", one.flags};
    RC_ASSERT(*parse_one_off(*build_one_off_ansi(narrow, 1252), 1252) == narrow);
  }));
}

TEST(OneOff, BadArgumentsAndDamage) {
  EXPECT_EQ(build_one_off({"n", "", "a", 0}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(build_one_off({"n", "SMTP", "", 0}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(build_one_off({std::string("a\0b", 3), "SMTP", "a", 0}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(build_one_off({std::string(70000, 'x'), "SMTP", "a", 0}).error().code, Code::kTooBig);
  EXPECT_EQ(build_one_off_ansi({"\xE4\xB8\x80", "SMTP", "a", 0}, 1252).error().code, Code::kBadValue);
  const EntryId good = *build_one_off({"Ann", "SMTP", "a@b", 0});
  for (std::size_t n = EntryId::kHeaderSize; n < good.bytes().size(); ++n) {
    EXPECT_EQ(parse_one_off(*EntryId::parse(good.bytes().substr(0, n)), 1252).error().code, Code::kInvalidEntryId) << n;
  }
  EXPECT_TRUE(parse_one_off(*EntryId::parse(std::string(good.bytes()) + "pad"), 1252));
  EXPECT_EQ(parse_one_off(EntryId(), 1252).error().code, Code::kInvalidEntryId);
}

// [MS-OXCDATA] 2.2.4.3: DLLFileName takes 14 bytes for emsmdb.dll.
TEST(WrappedStore, GoldenBytesAndRoundTrip) {
  const WrappedStore store{"emsmdb.dll", std::string("\0\0\0\0inner", 9)};
  const EntryId id = *wrap_store_entry_id(store);
  EXPECT_EQ(id.bytes(), std::string("\0\0\0\0\x38\xA1\xBB\x10\x05\xE5\x10\x1A\xA1\xBB\x08\x00\x2B\x2A\x56\xC2\0\0"
                                    "emsmdb.dll\0\0\0\0\0\0\0\0inner",
                                    45));
  for (const char* name : {"a", "ab", "abc", "abcd", "mspst.dll"}) {
    const EntryId each = *wrap_store_entry_id({name, store.entry_id});
    EXPECT_EQ((each.bytes().size() - store.entry_id.size()) % 4, 0u);
    EXPECT_EQ(unwrap_store_entry_id(each)->dll_name, name);
    EXPECT_EQ(unwrap_store_entry_id(each)->entry_id, store.entry_id);
  }
}

TEST(WrappedStore, BadArgumentsAndDamage) {
  EXPECT_EQ(wrap_store_entry_id({"", "1234"}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(wrap_store_entry_id({"a.dll", "123"}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(wrap_store_entry_id({std::string(256, 'a'), "1234"}).error().code, Code::kInvalidArgument);
  const EntryId good = *wrap_store_entry_id({"a.dll", "1234"});
  for (std::size_t n = EntryId::kHeaderSize; n < good.bytes().size(); ++n) {
    EXPECT_EQ(unwrap_store_entry_id(*EntryId::parse(good.bytes().substr(0, n))).error().code, Code::kInvalidEntryId)
        << n;
  }
  std::string later(good.bytes());
  later[20] = 1;
  EXPECT_FALSE(unwrap_store_entry_id(*EntryId::parse(later)));
  EXPECT_FALSE(unwrap_store_entry_id(*build_one_off({"n", "SMTP", "a", 0})));
}

}  // namespace
}  // namespace mapiary::model
