// SPDX-License-Identifier: Apache-2.0
#include "model/sort_key.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/testing/generators.h"

namespace mapiary::model {
namespace {

using testing::tag_for;

RowSortKey key(const PropValue* value, bool descending, TextOrder order = TextOrder::kIgnoreCase) {
  std::string bytes;
  append_sort_key(bytes, value, descending, order);
  return RowSortKey(bytes);
}

int sign(std::weak_ordering o) {
  return o < 0 ? -1 : o > 0 ? 1 : 0;
}

TEST(SortKey, OrderIsThatOfCompare) {
  EXPECT_TRUE(rc::check([] {
    const PropTag tag = *testing::ordered_tag();
    const PropValue a = *testing::value_of(tag);
    const PropValue b = *testing::value_of(tag);
    for (const TextOrder order : {TextOrder::kExact, TextOrder::kIgnoreCase}) {
      const int expected = sign(*compare(a, b, order));
      RC_ASSERT(sign(key(&a, false, order) <=> key(&b, false, order)) == expected);
      // Tuples keep "nulls last" when they descend, so only single values are the exact reverse.
      if (!tag.is_multivalued()) RC_ASSERT(sign(key(&a, true, order) <=> key(&b, true, order)) == -expected);
    }
  }));
}

// ssortorder: "ascending or descending, NULL entries last".
TEST(SortKey, MissingIsLastBothWays) {
  EXPECT_TRUE(rc::check([] {
    const PropValue a = *testing::value();
    const PropValue error = PropValue::error(0x6001, Code::kNotFound);
    for (const bool descending : {false, true}) {
      RC_ASSERT(key(&a, descending) < key(nullptr, descending));
      RC_ASSERT(key(&error, descending) == key(nullptr, descending));
    }
  }));
}

TEST(SortKey, ShorterTupleIsLastBothWays) {
  const PropTag tag = tag_for(1, PropType::kInt32, true);
  const PropValue one = PropValue::multi(tag, std::vector<std::int32_t>{5});
  const PropValue two = PropValue::multi(tag, std::vector<std::int32_t>{5, -7});
  const PropValue less = PropValue::multi(tag, std::vector<std::int32_t>{4});
  EXPECT_LT(key(&two, false), key(&one, false));
  EXPECT_LT(key(&two, true), key(&one, true));
  EXPECT_LT(key(&less, false), key(&two, false));
  EXPECT_LT(key(&two, true), key(&less, true));
}

TEST(SortKey, ColumnsDoNotRunIntoEachOther) {
  EXPECT_TRUE(rc::check([] {
    const SortOrder order{
        {{tag_for(1, PropType::kBinary), SortKey::Order::kDescending}, {tag_for(2, PropType::kUnicode)}}, 0, 0};
    const PropValue a1 = *testing::value_of(tag_for(1, PropType::kBinary));
    const PropValue b1 = *testing::value_of(tag_for(1, PropType::kBinary));
    const PropValue a2 = *testing::value_of(tag_for(2, PropType::kUnicode));
    const PropValue b2 = *testing::value_of(tag_for(2, PropType::kUnicode));
    const auto row = [&](const PropValue& first, const PropValue& second) {
      return make_sort_key(order, [&](PropTag tag) { return tag.id() == 1 ? &first : &second; });
    };
    int expected = -sign(*compare(a1, b1, TextOrder::kIgnoreCase));
    if (expected == 0) expected = sign(*compare(a2, b2, TextOrder::kIgnoreCase));
    RC_ASSERT(sign(row(a1, a2) <=> row(b1, b2)) == expected);
  }));
}

TEST(SortKey, KeepsItsBytes) {
  for (const char* bytes : {"", "a", "1234567", "12345678", "123456789 and more"})
    EXPECT_EQ(RowSortKey(bytes).bytes(), bytes);
  EXPECT_EQ(RowSortKey("12345678").prefix(), 0x3132333435363738u);
}

}  // namespace
}  // namespace mapiary::model
