// SPDX-License-Identifier: Apache-2.0
#include "model/rule_actions.h"

#include <gtest/gtest.h>

#include "model/testing/generators.h"

namespace mapiary::model {
namespace {

using Type = RuleAction::Type;

constexpr WireForm kStandard{WireForm::Counts::k16, 1252};
constexpr WireForm kExtended{WireForm::Counts::k32, 1252};
constexpr PropTag kName(0x3001001Fu);

RuleAction of_type(Type type) {
  RuleAction action;
  action.type = type;
  return action;
}

std::string hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  return bytes;
}

Code code_of(std::string_view bytes, const WireForm& form = kStandard) {
  const auto actions = decode_rule_actions(bytes, form);
  return actions ? Code::kInternal : actions.error().code;
}

TEST(RuleActions, RoundTrip) {
  EXPECT_TRUE(rc::check([](bool wide) {
    const WireForm& form = wide ? kExtended : kStandard;
    const auto actions = *rc::gen::nonEmpty(rc::gen::container<std::vector<RuleAction>>(testing::rule_action(wide)));
    const auto bytes = encode_rule_actions(actions, form);
    if (!bytes) RC_FAIL(bytes.error().message);
    const auto back = decode_rule_actions(*bytes, form);
    if (!back) RC_FAIL(back.error().message);
    RC_ASSERT(*back == actions);
    RC_ASSERT(*encode_rule_actions(*back, form) == *bytes);
  }));
}

TEST(RuleActions, DamageNeverPassesUnencodable) {
  EXPECT_TRUE(rc::check([](bool wide) {
    const WireForm& form = wide ? kExtended : kStandard;
    std::string bytes = *encode_rule_actions({*testing::rule_action(wide), *testing::rule_action(wide)}, form);
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
    const auto actions = decode_rule_actions(bytes, form);
    if (actions) RC_ASSERT(decode_rule_actions(encode_rule_actions(*actions, form).value(), form).value() == *actions);
  }));
}

// [MS-OXORULE] 2.2.5, 2.2.5.1, 2.2.5.1.2.1 to 2.2.5.1.2.7, laid out by hand.
TEST(RuleActions, GoldenBytesOfStandardRules) {
  RuleAction move = of_type(Type::kMove);
  move.in_this_store = true;
  move.store_id = "s";
  move.entry_id = std::string(21, '\1');
  RuleAction reply = of_type(Type::kReply);
  reply.flavor = 1;
  reply.entry_id = "folder--message-";
  reply.template_guid.bytes[0] = 0xAA;
  RuleAction bounce = of_type(Type::kBounce);
  bounce.bounce_code = 0x0D;
  bounce.flags = 0x01020304;
  const std::string bytes = *encode_rule_actions({move, reply, bounce, of_type(Type::kMarkAsRead)}, kStandard);
  EXPECT_EQ(bytes, hex("0400") +
                       hex("2400"
                           "01"
                           "00000000"
                           "00000000"
                           "01"
                           "0100"
                           "73"
                           "1500") +
                       std::string(21, '\1') +
                       hex("2900"
                           "03"
                           "01000000"
                           "00000000") +
                       "folder--message-" + hex("AA000000000000000000000000000000") +
                       hex("0D00"
                           "06"
                           "00000000"
                           "04030201"
                           "0D000000") +
                       hex("0900"
                           "0B"
                           "00000000"
                           "00000000"));
  EXPECT_EQ(*decode_rule_actions(bytes, kStandard), (std::vector{move, reply, bounce, of_type(Type::kMarkAsRead)}));
}

TEST(RuleActions, GoldenBytesOfExtendedRules) {
  RuleAction copy = of_type(Type::kCopy);
  copy.store_id = "st";
  copy.entry_id = "fld";
  RuleAction forward = of_type(Type::kForward);
  forward.recipients = {{{PropValue::text(kName, "A")}}};
  RuleAction defer = of_type(Type::kDefer);
  defer.data = "xyz";
  RuleAction tag = of_type(Type::kTag);
  tag.value = PropValue::int32(PropTag(0x00170003u), 2);
  const std::string bytes = *encode_rule_actions({copy, forward, defer, tag}, kExtended);
  EXPECT_EQ(bytes, hex("04000000") +
                       hex("16000000"
                           "02"
                           "00000000"
                           "00000000"
                           "02000000"
                           "7374"
                           "03000000"
                           "666C64") +
                       hex("1A000000"
                           "07"
                           "00000000"
                           "00000000"
                           "01000000"
                           "01"
                           "01000000"
                           "1F000130"
                           "41000000") +
                       hex("0C000000"
                           "05"
                           "00000000"
                           "00000000"
                           "78797A") +
                       hex("11000000"
                           "09"
                           "00000000"
                           "00000000"
                           "03001700"
                           "02000000"));
  EXPECT_EQ(*decode_rule_actions(bytes, kExtended), (std::vector{copy, forward, defer, tag}));
}

TEST(RuleActions, RefusesDamage) {
  EXPECT_EQ(code_of(""), Code::kTruncated);
  EXPECT_EQ(code_of(hex("0000")), Code::kCorrupt) << "no action";
  EXPECT_EQ(code_of(hex("FFFF")), Code::kCorrupt);
  EXPECT_EQ(code_of(hex("0100"
                        "0900"
                        "0C"
                        "00000000"
                        "00000000")),
            Code::kCorrupt)
      << "type 12";
  EXPECT_EQ(code_of(hex("0100"
                        "0900"
                        "00"
                        "00000000"
                        "00000000")),
            Code::kCorrupt)
      << "type 0";
  EXPECT_EQ(code_of(hex("0100"
                        "0A00"
                        "0A"
                        "00000000"
                        "00000000"
                        "77")),
            Code::kCorrupt)
      << "data of OP_DELETE";
  EXPECT_EQ(code_of(hex("0100"
                        "0900"
                        "0A"
                        "00000000"
                        "00000000"
                        "77")),
            Code::kCorrupt)
      << "bytes behind";
  EXPECT_EQ(code_of(hex("0100"
                        "0800"
                        "0A"
                        "00000000"
                        "00000000")),
            Code::kTruncated)
      << "a block too short";
  EXPECT_EQ(code_of(hex("0100"
                        "FF00"
                        "0A"
                        "00000000"
                        "00000000")),
            Code::kTruncated)
      << "a block too long";
  EXPECT_EQ(code_of(hex("0100"
                        "0D00"
                        "07"
                        "00000000"
                        "00000000"
                        "00000000")),
            Code::kCorrupt)
      << "no recipient";
  EXPECT_EQ(code_of(hex("0100"
                        "1200"
                        "07"
                        "00000000"
                        "00000000"
                        "01000000"
                        "01"
                        "00000000")),
            Code::kCorrupt);
  EXPECT_EQ(code_of(hex("0100"
                        "1200"
                        "07"
                        "00000000"
                        "00000000"
                        "FFFFFF7F"
                        "01"
                        "00000000")),
            Code::kCorrupt);
  RuleAction forward = of_type(Type::kForward);
  forward.recipients = {{{PropValue::text(kName, "A"), PropValue::binary(PropTag(0x0FFF0102u), "id")}}};
  const std::string whole = *encode_rule_actions({forward, of_type(Type::kDelete)}, kExtended);
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(decode_rule_actions(std::string_view(whole).substr(0, n), kExtended)) << n;
}

TEST(RuleActions, WhatHasNoForm) {
  EXPECT_EQ(encode_rule_actions({}, kExtended).error().code, Code::kInvalidArgument);
  EXPECT_EQ(encode_rule_actions({of_type(static_cast<Type>(0))}, kExtended).error().code, Code::kInvalidArgument);
  EXPECT_EQ(encode_rule_actions({of_type(Type::kForward)}, kExtended).error().code, Code::kInvalidArgument);
  RuleAction action = of_type(Type::kDelegate);
  action.recipients.resize(1);
  EXPECT_EQ(encode_rule_actions({action}, kExtended).error().code, Code::kInvalidArgument);
  action = of_type(Type::kReply);
  action.entry_id = "an entry id";
  EXPECT_TRUE(encode_rule_actions({action}, kExtended));
  EXPECT_EQ(encode_rule_actions({action}, kStandard).error().code, Code::kInvalidArgument);
  action = of_type(Type::kDefer);
  action.data = std::string(70000, 'x');
  EXPECT_TRUE(encode_rule_actions({action}, kExtended));
  EXPECT_EQ(encode_rule_actions({action}, kStandard).error().code, Code::kTooComplex);
  action = of_type(Type::kTag);
  action.value = PropValue::binary(PropTag(0x668000FEu), "actions in actions");
  EXPECT_EQ(encode_rule_actions({action}, kExtended).error().code, Code::kTypeNotSupported);
}

}  // namespace
}  // namespace mapiary::model
