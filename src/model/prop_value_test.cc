// SPDX-License-Identifier: Apache-2.0
#include "model/prop_value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>

namespace mapiary::model {
namespace {

constexpr std::uint16_t kId = 0x6001;
PropTag tag_of(PropType type, bool multi = false) {
  return PropTag(kId, type).with_raw_type(
      static_cast<std::uint16_t>(static_cast<std::uint16_t>(type) | (multi ? kMultiValue : 0)));
}

std::vector<PropValue> one_of_each() {
  const Guid guid = Guid::make(1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11});
  const std::string large(1000, 'x');
  return {
      PropValue(),
      PropValue::int16(tag_of(PropType::kInt16), -2),
      PropValue::int32(tag_of(PropType::kInt32), std::numeric_limits<std::int32_t>::min()),
      PropValue::int64(tag_of(PropType::kInt64), std::numeric_limits<std::int64_t>::max()),
      PropValue::int64(tag_of(PropType::kTime), 116444736000000000),
      PropValue::boolean(tag_of(PropType::kBool), true),
      PropValue::real(tag_of(PropType::kFloat), 0.1),
      PropValue::real(tag_of(PropType::kDouble), std::nan("")),
      PropValue::guid(tag_of(PropType::kGuid), guid),
      PropValue::text(tag_of(PropType::kUnicode), "Gr\xC3\xBC\xC3\x9F"),
      PropValue::text(tag_of(PropType::kUnicode), large),
      PropValue::text8(tag_of(PropType::kString8), "Gr\xFC\xDF", 1252),
      PropValue::binary(tag_of(PropType::kBinary), std::string("\0\1", 2)),
      PropValue::binary(tag_of(PropType::kServerId), "svr"),
      PropValue::multi(tag_of(PropType::kUnicode, true), std::vector<std::string>{"a", large}),
      PropValue::multi(tag_of(PropType::kString8, true), std::vector<std::string>{"\xE4"}, 1252),
      PropValue::multi(tag_of(PropType::kDouble, true), std::vector<double>{std::nan(""), 1}),
      PropValue::blob(tag_of(PropType::kBinary), BlobRef{7, 1 << 20}),
      PropValue::blob8(tag_of(PropType::kString8), BlobRef{7, 1 << 20}, 932),
      PropValue::object(tag_of(PropType::kObject)),
      PropValue::error(kId, Code::kNotFound),
      PropValue::error_code(tag_of(PropType::kError), 0x8004010F),
  };
}

TEST(PropValue, CopyAndMoveKeepEveryKind) {
  const auto values = one_of_each();
  for (const PropValue& from : values) {
    for (const PropValue& to : values) {
      PropValue target(to);
      target = from;
      EXPECT_EQ(target, from);
      PropValue source(from);
      PropValue moved(to);
      moved = std::move(source);
      EXPECT_EQ(moved, from);
      EXPECT_TRUE(source.is_empty());  // NOLINT(bugprone-use-after-move): the moved-from state is documented
      EXPECT_EQ(source, PropValue());
    }
  }
}

TEST(PropValue, SelfAssignmentChangesNothing) {
  PropValue value = PropValue::text(tag_of(PropType::kUnicode), std::string(100, 'y'));
  const PropValue copy = value;
  PropValue& alias = value;
  value = alias;
  EXPECT_EQ(value, copy);
  value = std::move(alias);
  EXPECT_EQ(value, copy);
}

TEST(PropValue, NoTwoOfThemAreEqual) {
  const auto values = one_of_each();
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) EXPECT_EQ(values[i] == values[j], i == j) << i << " " << j;
  }
}

TEST(PropValue, EqualityIsOfStoredBytes) {
  const PropTag real = tag_of(PropType::kDouble);
  EXPECT_EQ(PropValue::real(real, std::nan("")), PropValue::real(real, std::nan("")));
  EXPECT_FALSE(PropValue::real(real, 0.0) == PropValue::real(real, -0.0));
  const PropTag text = tag_of(PropType::kString8);
  EXPECT_FALSE(PropValue::text8(text, "a", 1252) == PropValue::text8(text, "a", 932));
}

TEST(PropValue, FloatHoldsWhatAFloatCanHold) {
  EXPECT_EQ(PropValue::real(tag_of(PropType::kFloat), 0.1).as_real(), static_cast<double>(0.1f));
  EXPECT_EQ(PropValue::real(tag_of(PropType::kDouble), 0.1).as_real(), 0.1);
}

TEST(PropValue, StoredSizeIsThePayload) {
  EXPECT_EQ(PropValue::int16(tag_of(PropType::kInt16), 1).stored_size(), 2u);
  EXPECT_EQ(PropValue::boolean(tag_of(PropType::kBool), true).stored_size(), 2u);
  EXPECT_EQ(PropValue::int32(tag_of(PropType::kInt32), 1).stored_size(), 4u);
  EXPECT_EQ(PropValue::int64(tag_of(PropType::kCurrency), 1).stored_size(), 8u);
  EXPECT_EQ(PropValue::real(tag_of(PropType::kFloat), 1).stored_size(), 4u);
  EXPECT_EQ(PropValue::real(tag_of(PropType::kAppTime), 1).stored_size(), 8u);
  EXPECT_EQ(PropValue::guid(tag_of(PropType::kGuid), Guid()).stored_size(), 16u);
  EXPECT_EQ(PropValue::text(tag_of(PropType::kUnicode), "abc").stored_size(), 3u);
  EXPECT_EQ(PropValue::multi(tag_of(PropType::kInt32, true), std::vector<std::int32_t>{1, 2}).stored_size(), 8u);
  EXPECT_EQ(PropValue::multi(tag_of(PropType::kBinary, true), std::vector<std::string>{"ab", "c"}).stored_size(), 3u);
  EXPECT_EQ(PropValue::blob(tag_of(PropType::kBinary), BlobRef{1, 99999}).stored_size(), 99999u);
  EXPECT_EQ(PropValue::object(tag_of(PropType::kObject)).stored_size(), 0u);
}

TEST(PropValue, InstanceIsOneValueUnderTheSingleTypeOfTheTag) {
  const PropTag column(0x6001301Fu);  // PT_UNICODE with MV_FLAG and MV_INSTANCE
  const auto many = PropValue::multi(tag_of(PropType::kUnicode, true), std::vector<std::string>{"one", "two"});
  ASSERT_EQ(many.value_count(), 2u);
  EXPECT_EQ(many.instance(1, column), PropValue::text(tag_of(PropType::kUnicode), "two"));
  const auto bytes = PropValue::multi(tag_of(PropType::kString8, true), std::vector<std::string>{"\xE4"}, 1252);
  EXPECT_EQ(bytes.instance(0, tag_of(PropType::kString8)).code_page(), 1252u);
  const auto times = PropValue::multi(tag_of(PropType::kTime, true), std::vector<std::int64_t>{5, 6});
  EXPECT_EQ(times.instance(0, tag_of(PropType::kTime)).as_int64(), 5);
  const auto reals = PropValue::multi(tag_of(PropType::kFloat, true), std::vector<float>{0.5f});
  EXPECT_EQ(reals.instance(0, tag_of(PropType::kFloat)).as_real(), 0.5);
  EXPECT_EQ(PropValue::int16(tag_of(PropType::kInt16), 1).value_count(), 1u);
}

TEST(PropValue, ErrorsKeepCodeOrScode) {
  const auto ours = PropValue::error(kId, Code::kNoMemory);
  EXPECT_TRUE(ours.is_error());
  EXPECT_EQ(ours.as_code(), Code::kNoMemory);
  EXPECT_EQ(ours.as_scode(), 0u);
  const auto theirs = PropValue::error_code(tag_of(PropType::kError), 0x80070005);
  EXPECT_EQ(theirs.as_scode(), 0x80070005u);
  EXPECT_EQ(theirs.as_code(), Code::kExtendedError);
}

TEST(PropValue, MultiMatchesTellsWrongElementTypes) {
  EXPECT_TRUE(multi_matches(tag_of(PropType::kTime, true), std::vector<std::int64_t>{}));
  EXPECT_FALSE(multi_matches(tag_of(PropType::kTime, true), std::vector<std::int32_t>{}));
  EXPECT_FALSE(multi_matches(tag_of(PropType::kBool, true), std::vector<std::int16_t>{}));
}

}  // namespace
}  // namespace mapiary::model
