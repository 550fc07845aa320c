// SPDX-License-Identifier: Apache-2.0
#include "model/named_property.h"

#include <gtest/gtest.h>

#include <set>

namespace mapiary::model {
namespace {

using N = NamedProperty;
const Guid kSet = Guid::make(7, 7, 7, {});

TEST(NamedPropertyMap, BothDirections) {
  NamedPropertyMap map;
  EXPECT_FALSE(map.find(N::of(kSet, 1u)));
  EXPECT_EQ(*map.find_or_create(N::of(kSet, 1u)), 0x8000);
  EXPECT_EQ(*map.find_or_create(N::of(kSet, "one")), 0x8001);
  EXPECT_EQ(*map.find_or_create(N::of(kSet, 1u)), 0x8000);
  EXPECT_EQ(*map.find_or_create(N::of(Guid(), 1u)), 0x8002) << "another set, another property";
  EXPECT_EQ(map.name_of(0x8001), N::of(kSet, "one"));
  EXPECT_FALSE(map.name_of(0x8003));
}

TEST(NamedPropertyMap, CaseMattersButForHeaders) {
  NamedPropertyMap map;
  EXPECT_NE(*map.find_or_create(N::of(prop_set::kPublicStrings, "Keywords")),
            *map.find_or_create(N::of(prop_set::kPublicStrings, "keywords")));
  const auto id = *map.find_or_create(N::of(prop_set::kInternetHeaders, "X-Foo"));
  EXPECT_EQ(map.find(N::of(prop_set::kInternetHeaders, "x-foo")), id);
  EXPECT_EQ(map.name_of(id)->text(), "X-Foo") << "the first spelling stays";
}

TEST(NamedPropertyMap, PsMapiIsTheIdItself) {
  NamedPropertyMap map;
  EXPECT_EQ(*map.find_or_create(N::of(prop_set::kMapi, 0x0037u)), 0x0037);
  EXPECT_EQ(map.name_of(0x0037), N::of(prop_set::kMapi, 0x0037u));
  EXPECT_EQ(map.size(), 0u);
  EXPECT_EQ(map.find_or_create(N::of(prop_set::kMapi, 0x8000u)).error().code, Code::kInvalidArgument);
  EXPECT_EQ(map.find_or_create(N::of(prop_set::kMapi, "text")).error().code, Code::kInvalidArgument);
  EXPECT_EQ(map.find_or_create(N::of(kSet, "")).error().code, Code::kInvalidArgument);
}

TEST(NamedPropertyMap, InsertFromAStore) {
  NamedPropertyMap map;
  EXPECT_TRUE(map.insert(0x8005, N::of(kSet, 1u)));
  EXPECT_TRUE(map.insert(0x8005, N::of(kSet, 1u))) << "again is no change";
  EXPECT_EQ(map.insert(0x8005, N::of(kSet, 2u)).error().code, Code::kCollision);
  EXPECT_EQ(map.insert(0x8006, N::of(kSet, 1u)).error().code, Code::kCollision);
  EXPECT_EQ(map.insert(0x7FFF, N::of(kSet, 3u)).error().code, Code::kInvalidArgument);
  EXPECT_EQ(map.insert(0xFFFF, N::of(kSet, 3u)).error().code, Code::kInvalidArgument);
  EXPECT_EQ(*map.find_or_create(N::of(kSet, 9u)), 0x8006);
}

TEST(NamedPropertyMap, Full) {
  NamedPropertyMap map;
  for (std::uint32_t i = 0x8000; i <= 0xFFFE; ++i) ASSERT_TRUE(map.find_or_create(N::of(kSet, i)));
  EXPECT_EQ(map.find_or_create(N::of(kSet, 1u)).error().code, Code::kTooBig);
  EXPECT_EQ(*map.find_or_create(N::of(kSet, 0xFFFEu)), 0xFFFE);
}

// A store of somebody else may have used the last id early.
TEST(NamedPropertyMap, GapsAreFilledWhenTheLastIdIsTaken) {
  NamedPropertyMap map;
  ASSERT_TRUE(map.insert(0x8001, N::of(kSet, 1u)));
  ASSERT_TRUE(map.insert(NamedPropertyMap::kLast, N::of(kSet, 2u)));
  EXPECT_EQ(map.find_or_create(N::of(kSet, 3u)).value(), 0x8000u);
  EXPECT_EQ(map.find_or_create(N::of(kSet, 4u)).value(), 0x8002u);
  EXPECT_EQ(map.find_or_create(N::of(kSet, 3u)).value(), 0x8000u);
}

TEST(KnownNamedProperty, FoundByNameAndByProperty) {
  const KnownNamedProperty* file_under = find_known("PidLidFileUnder");
  ASSERT_NE(file_under, nullptr);
  EXPECT_EQ(file_under->number, 0x8005u);
  EXPECT_EQ(Guid{file_under->set}.to_string(), "{00062004-0000-0000-C000-000000000046}");
  EXPECT_EQ(find_known("dispidFileUnder"), file_under);
  EXPECT_EQ(find_known(file_under->property()), file_under);
  EXPECT_NE(find_known(N::of(prop_set::kInternetHeaders, "ACCEPT-LANGUAGE")), nullptr);
  EXPECT_EQ(find_known("PidLidNonsense"), nullptr);
  EXPECT_EQ(find_known(N::of(kSet, 1u)), nullptr);
}

TEST(KnownNamedProperty, EveryRowIsReachable) {
  EXPECT_GT(known_named_properties().size(), 400u);
  for (const KnownNamedProperty& known : known_named_properties()) {
    EXPECT_NE(find_known(known.canonical), nullptr) << known.canonical;
    if (known.set_name.empty()) continue;
    EXPECT_NE(find_known(known.property()), nullptr) << known.canonical;
  }
}

}  // namespace
}  // namespace mapiary::model
