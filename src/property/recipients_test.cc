// SPDX-License-Identifier: Apache-2.0
#include "property/recipients.h"

#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapitags.h>

namespace mapiary::property {
namespace {

struct One {
  explicit One(std::vector<SPropValue> given) : values(std::move(given)) {
    list.cEntries = 1;
    list.aEntries[0].cValues = static_cast<ULONG>(values.size());
    list.aEntries[0].rgPropVals = values.empty() ? nullptr : values.data();
  }
  std::vector<SPropValue> values;
  ADRLIST list{};
};

SPropValue name(const wchar_t* text) {
  SPropValue value{};
  value.ulPropTag = PR_DISPLAY_NAME_W;
  value.Value.lpszW = const_cast<wchar_t*>(text);
  return value;
}
SPropValue row(LONG number) {
  SPropValue value{};
  value.ulPropTag = PR_ROWID;
  value.Value.l = number;
  return value;
}

using List = std::vector<model::PropBag>;

// spec: ST-281 ST-282 ST-284
TEST(Recipients, AreReplacedAddedAndRemoved) {
  std::uint32_t next = 0;
  const One ada({name(L"Ada")}), bob({name(L"Bob")}), first({row(0)});
  const List one = *modify_recipients({}, MODRECIP_ADD, &ada.list, 0, next);
  const List two = *modify_recipients(one, MODRECIP_ADD, &bob.list, 0, next);
  ASSERT_EQ(2u, two.size());
  EXPECT_EQ(1, two[1].find(model::PropTag(PR_ROWID))->as_int32());
  EXPECT_EQ(MAPI_TO, two[1].find(model::PropTag(PR_RECIPIENT_TYPE))->as_int32());
  const List left = *modify_recipients(two, MODRECIP_REMOVE, &first.list, 0, next);
  ASSERT_EQ(1u, left.size());
  EXPECT_EQ("Bob", left[0].find(model::PropTag(PR_DISPLAY_NAME_W))->as_bytes());
  EXPECT_EQ(1u, modify_recipients(two, 0, &ada.list, 0, next)->size());
}

// spec: ST-285 ST-286 ST-287
TEST(Recipients, BadListsAreRefused) {
  std::uint32_t next = 0;
  SPropValue null{}, error{};
  null.ulPropTag = PROP_TAG(PT_NULL, 0x3001);
  error.ulPropTag = PROP_TAG(PT_ERROR, 0x3003);
  const One with_null({null}), with_error({name(L"Ada"), error}), with_row({row(3)}), empty({}), ada({name(L"Ada")});
  const auto code = [&](ULONG flags, const ADRLIST* list) {
    const auto result = modify_recipients({}, flags, list, 0, next);
    return result ? Code::kInternal : result.error().code;
  };
  EXPECT_EQ(Code::kInvalidArgument, code(MODRECIP_ADD, &with_null.list));
  EXPECT_EQ(Code::kInvalidArgument, code(MODRECIP_ADD, &with_row.list));
  EXPECT_EQ(Code::kInvalidArgument, code(MODRECIP_REMOVE, &ada.list));
  EXPECT_EQ(Code::kNotFound, code(MODRECIP_REMOVE, &with_row.list));
  EXPECT_EQ(Code::kInvalidArgument, code(MODRECIP_ADD, nullptr));
  EXPECT_EQ(Code::kInvalidArgument, code(MODRECIP_ADD | MODRECIP_REMOVE, &ada.list));
  EXPECT_EQ(Code::kUnknownFlags, code(0x100, &ada.list));
  ASSERT_EQ(1u, modify_recipients({}, MODRECIP_ADD, &with_error.list, 0, next)->size());
  EXPECT_TRUE(modify_recipients({}, MODRECIP_ADD, &empty.list, 0, next)->empty());
}

}  // namespace
}  // namespace mapiary::property
