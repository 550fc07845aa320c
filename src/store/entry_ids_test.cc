// SPDX-License-Identifier: Apache-2.0
#include "store/entry_ids.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace mapiary::store {
namespace {

const Guid kOne = Guid::make(1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11});
const Guid kTwo = Guid::make(2, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11});

// spec: ST-481 ST-483 ST-489
TEST(EntryIds, ObjectsAreNamedByStoreAndNumber) {
  const EntryIds ids(kOne), others(kTwo);
  const std::string folder = ids.folder(7), message = ids.message(7);
  EXPECT_NE(folder, message);
  EXPECT_NE(folder, others.folder(7));
  EXPECT_EQ(std::string(4, '\0'), folder.substr(0, 4));
  EXPECT_EQ(guid_bytes(kOne), folder.substr(4, 16));
  ASSERT_TRUE(ids.parse(folder));
  EXPECT_EQ(7u, ids.parse(folder)->object);
  EXPECT_TRUE(ids.parse(folder)->is_folder);
  EXPECT_FALSE(ids.parse(message)->is_folder);
}

// spec: ST-488
TEST(EntryIds, ShortTermFormsAreTaken) {
  const EntryIds ids(kOne);
  std::string id = ids.message(9);
  id[0] = static_cast<char>(0xF8);
  ASSERT_TRUE(ids.parse(id));
  EXPECT_EQ(9u, ids.parse(id)->object);
}

// As PST files have them in their properties: the kind is in the number.
TEST(EntryIds, ShortIdsAreTaken) {
  const EntryIds ids(kOne);
  const std::string head = ids.folder(1).substr(0, 20);
  ASSERT_TRUE(ids.parse(head + std::string("\x22\x80\0\0", 4)));
  EXPECT_EQ(0x8022u, ids.parse(head + std::string("\x22\x80\0\0", 4))->object);
  EXPECT_TRUE(ids.parse(head + std::string("\x22\x80\0\0", 4))->is_folder);
  EXPECT_FALSE(ids.parse(head + std::string("\x24\x80\0\0", 4))->is_folder);
  EXPECT_EQ(Code::kUnknownEntryId, ids.parse(head + std::string(4, '\0')).error().code);
}

TEST(EntryIds, ForeignAndDamagedIdsAreTold) {
  const EntryIds ids(kOne);
  EXPECT_EQ(Code::kUnknownEntryId, ids.parse(EntryIds(kTwo).folder(1)).error().code);
  EXPECT_EQ(Code::kInvalidEntryId, ids.parse("abc").error().code);
  EXPECT_EQ(Code::kUnknownEntryId, ids.parse(ids.folder(1) + "x").error().code);
  EXPECT_EQ(Code::kUnknownEntryId, ids.parse(ids.folder(0)).error().code);
  std::string other_kind = ids.folder(1);
  other_kind[21] = 9;
  EXPECT_EQ(Code::kUnknownEntryId, ids.parse(other_kind).error().code);
}

TEST(EntryIds, RecordKeysNameTheObject) {
  const EntryIds ids(kOne);
  EXPECT_EQ(5u, ids.object_of_key(ids.record_key(5)));
  EXPECT_EQ(0u, EntryIds(kTwo).object_of_key(ids.record_key(5)));
  EXPECT_EQ(0u, ids.object_of_key(""));
}

TEST(StoreIds, GoRound) {
  const StoreId id{kOne, "sqlite", "/tmp/m\xC3\xB6tley.db"};
  const auto back = StoreId::parse(id.bytes());
  ASSERT_TRUE(back);
  EXPECT_EQ(id.uid, back->uid);
  EXPECT_EQ(id.engine, back->engine);
  EXPECT_EQ(id.location, back->location);
  EXPECT_EQ(Code::kUnknownEntryId, StoreId::parse(EntryIds(kOne).folder(1)).error().code);
  EXPECT_EQ(Code::kInvalidEntryId, StoreId::parse(id.bytes().substr(0, id.bytes().size() - 1)).error().code);
}

RC_GTEST_PROP(StoreIds, NoBytesBreakTheParsers, (const std::string& tail)) {
  const std::string id = std::string(4, '\0') + std::string(guid_bytes(kStoreProvider)) + tail;
  (void)StoreId::parse(id);
  (void)EntryIds(kStoreProvider).parse(id);
}

}  // namespace
}  // namespace mapiary::store
