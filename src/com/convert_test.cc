// SPDX-License-Identifier: Apache-2.0
#include "com/convert.h"

#include <edkmdb.h>
#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapiutil.h>
#include <rapidcheck/gtest.h>

#include "com/border.h"
#include "com/text.h"
#include "model/restriction_codec.h"

namespace mapiary::com {
namespace {

using model::MultiValue;
using model::PropTag;
using model::PropValue;
using model::Restriction;
using model::RestrictionKind;

PropTag tag_of(model::PropType type, bool multi = false) {
  return PropTag(0x6600, type).with_raw_type(static_cast<std::uint16_t>(static_cast<int>(type) | (multi ? 0x1000 : 0)));
}

Restriction subject_is_not_empty() {
  Restriction content;
  content.kind = RestrictionKind::kContent;
  content.tag = PropTag(PR_SUBJECT_W);
  content.value = PropValue::text(PropTag(PR_SUBJECT_W), "x");
  Restriction all;
  all.kind = RestrictionKind::kAnd;
  all.children = {content, content};
  return all;
}

std::vector<PropValue> one_of_every_type() {
  using enum model::PropType;
  const Guid g = Guid::make(1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11});
  return {
      PropValue::int16(tag_of(kInt16), -7),
      PropValue::int32(tag_of(kInt32), -70000),
      PropValue::real(tag_of(kFloat), 1.5),
      PropValue::real(tag_of(kDouble), -2.25),
      PropValue::real(tag_of(kAppTime), 36526.5),
      PropValue::int64(tag_of(kCurrency), -123456789012345),
      PropValue::int64(tag_of(kInt64), INT64_MIN),
      PropValue::int64(tag_of(kTime), 0x01C0FFEE12345678),
      PropValue::boolean(tag_of(kBool), true),
      PropValue::error_code(tag_of(kError), static_cast<std::uint32_t>(MAPI_E_NOT_FOUND)),
      PropValue::guid(tag_of(kGuid), g),
      PropValue::text(tag_of(kUnicode), "Grüße \xF0\x9F\x98\x80"),
      PropValue::text8(tag_of(kString8), "plain", default_code_page()),
      PropValue::binary(tag_of(kBinary), std::string("\0\xFF\0", 3)),
      PropValue::binary(tag_of(kBinary), ""),
      PropValue::binary(tag_of(kServerId), std::string("\1\0\2", 3)),
      PropValue::binary(tag_of(kRestriction), encode_restriction(subject_is_not_empty()).value()),
      PropValue::object(tag_of(kObject)),
      PropValue::object(tag_of(kNull)),
      PropValue::multi(tag_of(kInt16, true), std::vector<std::int16_t>{1, -2}),
      PropValue::multi(tag_of(kInt32, true), std::vector<std::int32_t>{}),
      PropValue::multi(tag_of(kFloat, true), std::vector<float>{0.5f}),
      PropValue::multi(tag_of(kDouble, true), std::vector<double>{0.25, 4}),
      PropValue::multi(tag_of(kAppTime, true), std::vector<double>{1}),
      PropValue::multi(tag_of(kCurrency, true), std::vector<std::int64_t>{INT64_MAX}),
      PropValue::multi(tag_of(kTime, true), std::vector<std::int64_t>{5, 6}),
      PropValue::multi(tag_of(kInt64, true), std::vector<std::int64_t>{-5}),
      PropValue::multi(tag_of(kGuid, true), std::vector<Guid>{g, Guid{}}),
      PropValue::multi(tag_of(kUnicode, true), std::vector<std::string>{"a", "", "ß"}),
      PropValue::multi(tag_of(kString8, true), std::vector<std::string>{"x", "y"}, default_code_page()),
      PropValue::multi(tag_of(kBinary, true), std::vector<std::string>{std::string("\0", 1), ""}),
  };
}

TEST(Convert, EveryPropertyTypeSurvivesTheBorderBothWays) {
  const auto values = one_of_every_type();
  auto array = to_border(std::span(values));
  ASSERT_TRUE(array) << array.error().message;
  for (std::size_t i = 0; i < values.size(); ++i) {
    SCOPED_TRACE(testing::Message() << i << " type " << std::hex << values[i].tag().value);
    auto back = to_model((*array)[i]);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_TRUE(*back == values[i]);
  }
  MAPIFreeBuffer(*array);
}

TEST(Convert, AnErrorOfOursGetsItsScode) {
  const PropValue value = PropValue::error(0x0037, Code::kNotFound);
  auto array = to_border({&value, 1});
  ASSERT_TRUE(array);
  EXPECT_EQ((*array)->ulPropTag, PROP_TAG(PT_ERROR, 0x0037));
  EXPECT_EQ((*array)->Value.err, MAPI_E_NOT_FOUND);
  MAPIFreeBuffer(*array);
}

TEST(Convert, ABlobMustBeOpenedAsAStream) {
  const PropValue value = PropValue::blob(tag_of(model::PropType::kBinary), {1, 1 << 20});
  auto array = to_border({&value, 1});
  ASSERT_FALSE(array);
  EXPECT_EQ(to_hresult(array.error()), MAPI_E_NOT_ENOUGH_MEMORY);
}

TEST(Convert, RefusesNullsAndTypesThatAreNone) {
  SPropValue v{};
  for (ULONG type : {PT_UNICODE, PT_STRING8, PT_CLSID}) {
    v.ulPropTag = PROP_TAG(type, 0x3001);
    EXPECT_EQ(to_hresult(to_model(v).error()), MAPI_E_INVALID_PARAMETER) << type;
  }
  v.ulPropTag = PROP_TAG(PT_BINARY, 0x3001);
  v.Value.bin.cb = 5;
  EXPECT_EQ(to_hresult(to_model(v).error()), MAPI_E_INVALID_PARAMETER);
  for (ULONG type : {PT_MV_I2, PT_MV_LONG, PT_MV_UNICODE, PT_MV_BINARY, PT_MV_CLSID}) {
    v = {};
    v.ulPropTag = PROP_TAG(type, 0x3001);
    v.Value.MVl.cValues = 0xFFFFFFFF;
    EXPECT_EQ(to_hresult(to_model(v).error()), MAPI_E_INVALID_PARAMETER) << type;
  }
  LPSTR strings[] = {nullptr};
  v = {};
  v.ulPropTag = PROP_TAG(PT_MV_STRING8, 0x3001);
  v.Value.MVszA = {1, strings};
  EXPECT_EQ(to_hresult(to_model(v).error()), MAPI_E_INVALID_PARAMETER);
  for (ULONG type : {0x0099u, 0x1001u, 0x100Bu, 0x0FFFu}) {
    v = {};
    v.ulPropTag = PROP_TAG(type, 0x3001);
    EXPECT_FALSE(to_model(v)) << type;
  }
}

RC_GTEST_PROP(Convert, UnicodeTextIsExact, (const std::vector<std::uint32_t>& points)) {
  std::wstring wide;
  for (std::uint32_t p : points) {
    const std::uint32_t c = p % 0x110000;
    if (c >= 0xD800 && c < 0xE000) continue;
    if (c) wide.push_back(static_cast<wchar_t>(c));
  }
  SPropValue v{};
  v.ulPropTag = PROP_TAG(PT_UNICODE, 0x37);
  v.Value.lpszW = wide.data();
  auto inner = to_model(v);
  RC_ASSERT(inner.has_value());
  auto back = to_border({&*inner, 1});
  RC_ASSERT(back.has_value());
  RC_ASSERT(std::wstring((*back)->Value.lpszW) == wide);
  MAPIFreeBuffer(*back);
}

Restriction nested(int depth) {
  Restriction r;
  r.kind = RestrictionKind::kExist;
  r.tag = PropTag(PR_SUBJECT_W);
  for (int i = 0; i < depth; ++i) {
    Restriction outer;
    outer.kind = RestrictionKind::kNot;
    outer.children.push_back(std::move(r));
    r = std::move(outer);
  }
  return r;
}

std::vector<Restriction> one_of_every_kind() {
  std::vector<Restriction> all;
  auto add = [&](RestrictionKind kind) -> Restriction& {
    all.emplace_back().kind = kind;
    return all.back();
  };
  const PropValue text = PropValue::text(PropTag(PR_SUBJECT_W), "needle");
  auto& content = add(RestrictionKind::kContent);
  content.tag = PropTag(PR_SUBJECT_W);
  content.fuzzy.value = FL_SUBSTRING | FL_IGNORECASE;
  content.value = text;
  auto& property = add(RestrictionKind::kProperty);
  property.tag = text.tag();
  property.op = model::RelOp::kGe;
  property.value = text;
  auto& compare = add(RestrictionKind::kCompareProps);
  compare.tag = PropTag(PR_CREATION_TIME);
  compare.tag2 = PropTag(PR_LAST_MODIFICATION_TIME);
  compare.op = model::RelOp::kLt;
  auto& mask = add(RestrictionKind::kBitMask);
  mask.tag = PropTag(PR_MESSAGE_FLAGS);
  mask.number = MSGFLAG_READ;
  mask.op = model::RelOp::kNe;
  auto& size = add(RestrictionKind::kSize);
  size.tag = PropTag(PR_BODY_W);
  size.number = 1024;
  add(RestrictionKind::kExist).tag = PropTag(PR_SUBJECT_W);
  auto& sub = add(RestrictionKind::kSubObject);
  sub.tag = PropTag(PR_MESSAGE_RECIPIENTS);
  sub.children.push_back(nested(0));
  auto& comment = add(RestrictionKind::kComment);
  comment.comments.push_back(text);
  comment.children.push_back(nested(2));
  auto& count = add(RestrictionKind::kCount);
  count.number = 5;
  count.children.push_back(nested(1));
  Restriction both;
  both.children = all;
  Restriction either;
  either.kind = RestrictionKind::kOr;
  either.children = {both, nested(3)};
  return {both, either};
}

TEST(Convert, EveryRestrictionKindSurvivesBothWays) {
  for (const Restriction& r : one_of_every_kind()) {
    auto out = to_border(r);
    ASSERT_TRUE(out) << out.error().message;
    auto back = to_model(**out);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_TRUE(*back == r);
    MAPIFreeBuffer(*out);
  }
}

TEST(Convert, ARestrictionIsLimitedInDepthEvenWhenItContainsItself) {
  SRestriction self{};
  self.rt = RES_NOT;
  self.res.resNot.lpRes = &self;
  EXPECT_EQ(to_hresult(to_model(self).error()), MAPI_E_TOO_COMPLEX);
  EXPECT_TRUE(to_border(nested(Restriction::kMaxDepth)).map(MAPIFreeBuffer));
  EXPECT_EQ(to_hresult(to_border(nested(Restriction::kMaxDepth + 1)).error()), MAPI_E_TOO_COMPLEX);
}

// Twice itself would be 2^64 nodes; the depth alone does not stop that.
TEST(Convert, ARestrictionThatHoldsItselfTwiceIsRefusedAtOnce) {
  SRestriction pair[2] = {};
  for (SRestriction& each : pair) {
    each.rt = RES_AND;
    each.res.resAnd = {2, pair};
  }
  EXPECT_EQ(to_hresult(to_model(pair[0]).error()), MAPI_E_TOO_COMPLEX);
}

TEST(Convert, AConditionIsAPointerToARestriction) {
  SPropValue value{};
  SPropValue text{};
  SRestriction content{};
  text.ulPropTag = PR_SUBJECT_W;
  text.Value.lpszW = const_cast<LPWSTR>(L"x");
  content.rt = RES_CONTENT;
  content.res.resContent = {FL_PREFIX, PR_SUBJECT_W, &text};
  value.ulPropTag = PROP_TAG(PT_SRESTRICTION, 0x6679);
  EXPECT_EQ(to_hresult(to_model(value).error()), MAPI_E_INVALID_PARAMETER);
  value.Value.lpszA = reinterpret_cast<LPSTR>(&content);
  const auto inner = to_model(value);
  ASSERT_TRUE(inner) << inner.error().message;
  auto out = to_border({&*inner, 1});
  ASSERT_TRUE(out) << out.error().message;
  const auto& back = *reinterpret_cast<const SRestriction*>((*out)->Value.lpszA);
  EXPECT_EQ(back.rt, static_cast<ULONG>(RES_CONTENT));
  EXPECT_STREQ(back.res.resContent.lpProp->Value.lpszW, L"x");
  MAPIFreeBuffer(*out);

  content.res.resContent.lpProp = &value;  // a condition that is its own value
  EXPECT_EQ(to_hresult(to_model(content).error()), MAPI_E_TYPE_NO_SUPPORT);
  EXPECT_EQ(to_hresult(to_model(value).error()), MAPI_E_TYPE_NO_SUPPORT);
  value.ulPropTag = PROP_TAG(PT_ACTIONS, 0x6680);
  EXPECT_EQ(to_hresult(to_model(content).error()), MAPI_E_TYPE_NO_SUPPORT);
}

TEST(Convert, AnInstanceOfAMultivaluedColumnIsOneValue) {
  SPropValue value{};
  value.ulPropTag = PROP_TAG(PT_MV_LONG | MV_INSTANCE, 0x6601);
  value.Value.l = 7;
  EXPECT_TRUE(to_model(value).value() == PropValue::int32(PropTag(PROP_TAG(PT_LONG, 0x6601)), 7));
}

TEST(Convert, AnAnnotationIsAComment) {
  SRestriction exists{};
  exists.rt = RES_EXIST;
  exists.res.resExist.ulPropTag = PR_SUBJECT_W;
  SRestriction annotation{};
  annotation.rt = RES_ANNOTATION;
  annotation.res.resComment.lpRes = &exists;
  auto inner = to_model(annotation);
  ASSERT_TRUE(inner) << inner.error().message;
  EXPECT_EQ(inner->kind, RestrictionKind::kComment);
  ASSERT_EQ(inner->children.size(), 1u);
  EXPECT_EQ(inner->children[0].tag, PropTag(PR_SUBJECT_W));
}

TEST(Convert, RefusesRestrictionsWithNullsAndUnknownParts) {
  SRestriction r{};
  for (ULONG rt : {RES_NOT, RES_CONTENT, RES_PROPERTY, RES_SUBRESTRICTION, RES_COUNT}) {
    r = {};
    r.rt = rt;
    EXPECT_EQ(to_hresult(to_model(r).error()), MAPI_E_INVALID_PARAMETER) << rt;
  }
  r = {};
  r.rt = RES_AND;
  r.res.resAnd.cRes = 2;
  EXPECT_EQ(to_hresult(to_model(r).error()), MAPI_E_INVALID_PARAMETER);
  r.rt = 99;
  EXPECT_EQ(to_hresult(to_model(r).error()), MAPI_E_INVALID_PARAMETER);
  r = {};
  r.rt = RES_SIZE;
  r.res.resSize.relop = 42;
  EXPECT_EQ(to_hresult(to_model(r).error()), MAPI_E_INVALID_PARAMETER);
  r = {};
  r.rt = RES_BITMASK;
  r.res.resBitMask.relBMR = 7;
  EXPECT_EQ(to_hresult(to_model(r).error()), MAPI_E_INVALID_PARAMETER);
}

TEST(Convert, SortOrdersAndTagsSurviveAndAreChecked) {
  model::SortOrder order;
  order.keys = {{PropTag(PR_SUBJECT_W), model::SortKey::Order::kDescending}, {PropTag(PR_MESSAGE_SIZE), {}}};
  order.categories = 1;
  auto out = to_border(order);
  ASSERT_TRUE(out);
  EXPECT_EQ((*out)->cSorts, 2u);
  EXPECT_EQ((*out)->aSort[0].ulOrder, static_cast<ULONG>(TABLE_SORT_DESCEND));
  EXPECT_TRUE(to_model(**out).value() == order);
  (*out)->cCategories = 3;
  EXPECT_FALSE(to_model(**out));
  (*out)->cCategories = 1;
  (*out)->aSort[1].ulOrder = 17;
  EXPECT_FALSE(to_model(**out));
  MAPIFreeBuffer(*out);

  const std::vector<PropTag> tags{PropTag(PR_SUBJECT_W), PropTag(PR_ENTRYID)};
  auto array = to_border(std::span(tags));
  ASSERT_TRUE(array);
  EXPECT_EQ(to_model(**array).value(), tags);
  MAPIFreeBuffer(*array);
}

TEST(Convert, ARowSetIsFreedByFreeProwsRules) {
  const std::vector<std::vector<PropValue>> rows{one_of_every_type(), {}, {PropValue::int32(PropTag(PR_ROWID), 1)}};
  auto set = to_row_set(rows);
  ASSERT_TRUE(set);
  ASSERT_EQ((*set)->cRows, 3u);
  EXPECT_EQ((*set)->aRow[1].cValues, 0u);
  EXPECT_EQ((*set)->aRow[2].lpProps[0].Value.l, 1);
  for (ULONG i = 0; i < 3; ++i) EXPECT_EQ(MAPIFreeBuffer((*set)->aRow[i].lpProps), static_cast<ULONG>(S_OK));
  EXPECT_EQ(MAPIFreeBuffer(*set), static_cast<ULONG>(S_OK));
}

TEST(Convert, TextTypesChangeIntoEachOther) {
  const PropValue wide = PropValue::text(PropTag(PR_SUBJECT_W), "Grüße");
  const PropValue narrow = with_text_type(wide, model::PropType::kString8, 1252);
  EXPECT_EQ(narrow.tag().value, PR_SUBJECT_A);
  EXPECT_EQ(narrow.as_bytes(),
            "Gr\xFC\xDF"
            "e");
  EXPECT_EQ(narrow.code_page(), 1252u);
  EXPECT_TRUE(with_text_type(narrow, model::PropType::kUnicode) == wide);
  const PropValue number = PropValue::int32(PropTag(PR_IMPORTANCE), 2);
  EXPECT_TRUE(with_text_type(number, model::PropType::kString8) == number);
}

// Hostile values: a size that no memory stands behind is refused, not followed.
TEST(Convert, RefusesSizesThatLie) {
  BYTE bytes[8]{};
  LONG numbers[2]{};
  SPropValue binary{};
  binary.ulPropTag = PR_ENTRYID;
  binary.Value.bin = {0x7FFFFFF0, bytes};
  EXPECT_FALSE(to_model(binary));
  SPropValue list{};
  list.ulPropTag = PROP_TAG(PT_MV_LONG, 0x6701);
  list.Value.MVl = {0x1FFFFFF0, numbers};
  EXPECT_FALSE(to_model(list));
}

}  // namespace
}  // namespace mapiary::com
