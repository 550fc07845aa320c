// SPDX-License-Identifier: Apache-2.0
#include "model/restriction_evaluator.h"

#include <gtest/gtest.h>

#include "model/prop_bag.h"
#include "model/testing/generators.h"

namespace mapiary::model {
namespace {

using testing::tag_for;
constexpr PropTag kTitle(0x0037001Fu), kSize(0x0E080003u), kFlags(0x0E070003u), kWords(0x8012101Fu), kWord(0x8012001Fu);
constexpr PropTag kRecipients(0x0E12000Du), kName(0x3001001Fu), kText(0x1000001Fu);

class Row : public RestrictionTarget {
 public:
  PropBag props;
  std::vector<Row> recipients;
  std::string body;

  const PropValue* property(PropTag tag) override { return props.find(tag.id()); }
  Result<bool> any_sub_object(PropTag table, const SubObjectTest& test) override {
    if (table != kRecipients) return RestrictionTarget::any_sub_object(table, test);
    for (Row& recipient : recipients) {
      if (TRY(test(recipient))) return true;
    }
    return false;
  }
  Result<PropValue> load(const PropValue& blob) override { return PropValue::text(blob.tag(), body); }
};

Row message() {
  Row row;
  row.props.set(PropValue::text(kTitle, "Budget 2026"));
  row.props.set(PropValue::int32(kSize, 500));
  row.props.set(PropValue::int32(kFlags, 0x11));
  row.props.set(PropValue::multi(kWords, std::vector<std::string>{"red", "blue"}));
  row.props.set(PropValue::blob(kText, {1, 100000}));
  row.body = std::string(100000, 'x') + "needle";
  Row recipient;
  recipient.props.set(PropValue::text(kName, "Ann"));
  row.recipients.push_back(recipient);
  return row;
}

PropValue text(PropTag tag, std::string s) {
  return PropValue::text(tag, std::move(s));
}

bool holds(const Restriction& r, Row row = message()) {
  auto compiled = CompiledRestriction::compile(r);
  if (!compiled) ADD_FAILURE() << compiled.error().message;
  const auto answer = RestrictionEvaluator(std::make_shared<CompiledRestriction>(std::move(*compiled))).matches(row);
  if (!answer) ADD_FAILURE() << answer.error().message;
  return *answer;
}

Code refused(const Restriction& r) {
  const auto compiled = CompiledRestriction::compile(r);
  return compiled ? Code::kInternal : compiled.error().code;
}

using R = Restriction;

TEST(RestrictionEvaluator, Leaves) {
  EXPECT_TRUE(holds(R::property(kSize, RelOp::kGt, PropValue::int32(kSize, 499))));
  EXPECT_FALSE(holds(R::property(kSize, RelOp::kGt, PropValue::int32(kSize, 500))));
  EXPECT_TRUE(holds(R::property(kTitle, RelOp::kEq, text(kTitle, "BUDGET 2026"))));
  EXPECT_TRUE(holds(R::property(kTitle, RelOp::kRe, text(kTitle, "20\\d\\d$"))));
  EXPECT_TRUE(holds(R::content(kTitle, {FuzzyLevel::kSubstring | FuzzyLevel::kIgnoreCase}, text(kTitle, "get"))));
  EXPECT_TRUE(holds(R::bit_mask(kFlags, 0x10, true)));
  EXPECT_TRUE(holds(R::bit_mask(kFlags, 0x0E, false)));
  EXPECT_FALSE(holds(R::bit_mask(kFlags, 0x1F, false)));
  EXPECT_TRUE(holds(R::size(kTitle, RelOp::kEq, 11)));
  EXPECT_TRUE(holds(R::size(kText, RelOp::kGe, 100000)));
  EXPECT_TRUE(holds(R::exist(kTitle)));
  EXPECT_FALSE(holds(R::exist(kName)));
  EXPECT_TRUE(holds(R::compare_props(kFlags, RelOp::kLt, kSize)));
}

TEST(RestrictionEvaluator, MultivaluedAgainstOneValue) {
  EXPECT_TRUE(holds(R::property(kWords, RelOp::kEq, text(kWord, "blue"))));
  EXPECT_FALSE(holds(R::property(kWords, RelOp::kEq, text(kWord, "green"))));
  EXPECT_FALSE(holds(R::property(kWords, RelOp::kNe, text(kWord, "blue"))));
  EXPECT_TRUE(holds(R::property(kWords, RelOp::kNe, text(kWord, "green"))));
  EXPECT_TRUE(holds(R::content(kWords, {FuzzyLevel::kPrefix}, text(kWord, "re"))));
}

TEST(RestrictionEvaluator, LargeValuesAreLoaded) {
  EXPECT_TRUE(holds(R::content(kText, {FuzzyLevel::kSubstring}, text(kText, "needle"))));
  EXPECT_FALSE(holds(R::content(kText, {FuzzyLevel::kPrefix}, text(kText, "needle"))));
}

// types-of-restrictions: a property restriction on an absent property fails; the rest is ruled in the header.
// spec: ST-573
TEST(RestrictionEvaluator, AbsentProperties) {
  const PropTag gone(0x36000003u), gone2(0x36010003u);
  const PropValue least = PropValue::int32(gone, std::numeric_limits<std::int32_t>::min());
  for (const RelOp op : {RelOp::kLt, RelOp::kLe, RelOp::kNe, RelOp::kGt, RelOp::kGe, RelOp::kEq}) {
    EXPECT_FALSE(holds(R::property(gone, op, least)));
    EXPECT_TRUE(holds(R::negate(R::property(gone, op, least)))) << "NOT is always the complement";
  }
  EXPECT_TRUE(holds(R::compare_props(gone, RelOp::kEq, gone2)));
  EXPECT_TRUE(holds(R::compare_props(gone, RelOp::kLt, kSize)));
  EXPECT_TRUE(holds(R::bit_mask(gone, 1, false)));
  EXPECT_FALSE(holds(R::content(kName, {FuzzyLevel::kSubstring}, text(kName, ""))));
}

TEST(RestrictionEvaluator, Combinations) {
  const R yes = R::exist(kTitle), no = R::exist(kName);
  EXPECT_TRUE(holds(R::all_of({})));
  EXPECT_FALSE(holds(R::any_of({})));
  EXPECT_TRUE(holds(R::all_of({yes, yes})));
  EXPECT_FALSE(holds(R::all_of({yes, no})));
  EXPECT_TRUE(holds(R::any_of({no, yes})));
  EXPECT_TRUE(holds(R::negate(no)));
  EXPECT_TRUE(holds(R::comment({})));
  EXPECT_FALSE(holds(R::comment({}, no)));
  EXPECT_TRUE(holds(R::sub_object(kRecipients, R::exist(kName))));
  EXPECT_FALSE(holds(R::sub_object(kRecipients, R::exist(kTitle))));
}

TEST(RestrictionEvaluator, CountLetsSoManyThrough) {
  auto compiled = CompiledRestriction::compile(R::count(2, R::exist(kTitle)));
  ASSERT_TRUE(compiled);
  RestrictionEvaluator evaluator(std::make_shared<CompiledRestriction>(std::move(*compiled)));
  Row row = message();
  Row other;
  EXPECT_TRUE(*evaluator.matches(row));
  EXPECT_FALSE(*evaluator.matches(other)) << "does not count";
  EXPECT_TRUE(*evaluator.matches(row));
  EXPECT_FALSE(*evaluator.matches(row));
  evaluator.reset();
  EXPECT_TRUE(*evaluator.matches(row));
}

// spec: ST-356
TEST(RestrictionEvaluator, AMultivaluedPropertyIsATupleAgainstATuple) {
  Row row;
  row.props.set(PropValue::multi(kWords, std::vector<std::string>{"a", "b"}));
  auto matches = [&](RelOp op, std::vector<std::string> tuple) {
    auto compiled = CompiledRestriction::compile(R::property(kWords, op, PropValue::multi(kWords, std::move(tuple))));
    RestrictionEvaluator evaluator(std::make_shared<CompiledRestriction>(std::move(*compiled)));
    return *evaluator.matches(row);
  };
  EXPECT_TRUE(matches(RelOp::kEq, {"a", "b"}));
  EXPECT_FALSE(matches(RelOp::kEq, {"b", "a"}));
  EXPECT_TRUE(matches(RelOp::kLt, {"a", "c"}));
  EXPECT_TRUE(matches(RelOp::kLt, {"a"})) << "the shorter one is null there, and nulls are last";
}

TEST(RestrictionEvaluator, RefusesAtCompileTime) {
  EXPECT_EQ(refused(R::property(kSize, RelOp::kEq, text(kTitle, "1"))), Code::kTooComplex);
  EXPECT_EQ(refused(R::property(kWords, RelOp::kRe, PropValue::multi(kWords, std::vector<std::string>{"a"}))),
            Code::kTooComplex);
  EXPECT_EQ(refused(R::property(kTitle, RelOp::kMemberOfDl, text(kTitle, "1"))), Code::kTooComplex);
  EXPECT_EQ(refused(R::property(kTitle, static_cast<RelOp>(9), text(kTitle, "1"))), Code::kInvalidArgument);
  EXPECT_EQ(refused(R::content(kSize, {0}, PropValue::int32(kSize, 1))), Code::kTooComplex);
  EXPECT_EQ(refused(R::compare_props(kSize, RelOp::kEq, kTitle)), Code::kTooComplex);
  EXPECT_EQ(refused(R::bit_mask(kTitle, 1, true)), Code::kTooComplex);
  EXPECT_EQ(refused(R::exist(kRecipients)), Code::kTooComplex);
  EXPECT_EQ(refused(R::sub_object(kSize, R::exist(kSize))), Code::kTooComplex);
  R childless;
  childless.kind = RestrictionKind::kNot;
  EXPECT_EQ(refused(childless), Code::kInvalidArgument);
  childless.kind = static_cast<RestrictionKind>(77);
  EXPECT_EQ(refused(childless), Code::kInvalidArgument);
}

TEST(RestrictionEvaluator, DepthIsLimited) {
  R deep = R::exist(kTitle);
  for (int i = 1; i < R::kMaxDepth; ++i) deep = R::negate(std::move(deep));
  EXPECT_EQ(refused(deep), Code::kInternal) << "kMaxDepth levels are allowed";
  EXPECT_EQ(refused(R::negate(std::move(deep))), Code::kTooDeep);
}

TEST(RestrictionEvaluator, TablesWithoutSubObjects) {
  class Plain : public RestrictionTarget {
    const PropValue* property(PropTag) override { return nullptr; }
  } plain;
  auto compiled = CompiledRestriction::compile(R::sub_object(kRecipients, R::exist(kName)));
  RestrictionEvaluator evaluator(std::make_shared<CompiledRestriction>(std::move(*compiled)));
  EXPECT_EQ(evaluator.matches(plain).error().code, Code::kTooComplex);
}

TEST(RestrictionEvaluator, NamesWhatToFetch) {
  const auto compiled = CompiledRestriction::compile(
      R::all_of({R::exist(kTitle), R::exist(kTitle), R::compare_props(kSize, RelOp::kEq, kFlags),
                 R::sub_object(kRecipients, R::exist(kName))}));
  EXPECT_EQ(compiled->tags(), (std::vector<PropTag>{kTitle, kFlags, kSize}));
}

TEST(RestrictionEvaluator, NotIsTheComplement) {
  EXPECT_TRUE(rc::check([] {
    const R r = *testing::restriction();
    const auto plain = CompiledRestriction::compile(r);
    const auto negated = CompiledRestriction::compile(R::negate(r));
    RC_ASSERT(plain.has_value() == negated.has_value());
    if (!plain) return;
    Row row = message();
    const auto a = RestrictionEvaluator(std::make_shared<CompiledRestriction>(*plain)).matches(row);
    const auto b = RestrictionEvaluator(std::make_shared<CompiledRestriction>(*negated)).matches(row);
    RC_ASSERT(a.has_value() && b.has_value());
    RC_ASSERT(*a != *b);
  }));
}

}  // namespace
}  // namespace mapiary::model
