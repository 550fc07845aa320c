// SPDX-License-Identifier: Apache-2.0
// RapidCheck generators of property values, bags and restrictions for the tests of this component. Test code only.
#pragma once

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "model/prop_bag.h"
#include "model/restriction.h"
#include "model/rule_actions.h"

namespace mapiary::model::testing {

inline PropTag tag_for(std::uint16_t id, PropType type, bool multi = false) {
  return PropTag((std::uint32_t{id} << 16) | static_cast<std::uint32_t>(type) | (multi ? kMultiValue : 0u));
}

// Short, from a small alphabet with cases, accents, characters of two to four bytes: so that equal and nearly equal
// ones occur.
inline rc::Gen<std::string> text() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
          "a", "A", "b", "B", "\xC3\xA4", "\xC3\x84", "\xC3\x9F", "z", "0", "\xE4\xB8\x80", "\xF0\x9F\x98\x80", " ")),
      [](const std::vector<std::string>& parts) {
        std::string all;
        for (std::size_t i = 0; i < parts.size() && i < 6; ++i) all += parts[i];
        return all;
      });
}

inline rc::Gen<std::string> text8() {
  return rc::gen::map(rc::gen::container<std::string>(rc::gen::element('a', 'A', 'b', '\xE4', '\xC4', '\xDF', 'z')),
                      [](std::string s) { return s.substr(0, 6); });
}

inline rc::Gen<std::string> bytes() {
  return rc::gen::container<std::string>(rc::gen::element('\0', '\1', '\2', 'a', '\xFE', '\xFF'));
}

inline rc::Gen<double> real() {
  return rc::gen::oneOf(
      rc::gen::arbitrary<double>(),
      rc::gen::element(0.0, -0.0, 1.0, -1.0, std::numeric_limits<double>::infinity(),
                       -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()));
}

inline rc::Gen<Guid> guid() {
  return rc::gen::map(rc::gen::arbitrary<std::uint8_t>(), [](std::uint8_t v) {
    Guid g;
    g.bytes[0] = v;
    g.bytes[15] = static_cast<std::uint8_t>(~v);
    return g;
  });
}

template <class T>
rc::Gen<PropValue> list_of(PropTag tag, rc::Gen<T> element, std::uint32_t code_page = 0) {
  return rc::gen::map(rc::gen::container<std::vector<T>>(std::move(element)), [tag, code_page](std::vector<T> values) {
    if (values.size() > 4) values.resize(4);
    return PropValue::multi(tag, std::move(values), code_page);
  });
}

// A value of the type, single or multivalued.
inline rc::Gen<PropValue> value_of(PropTag tag) {
  const auto i16 = rc::gen::arbitrary<std::int16_t>();
  const auto i32 = rc::gen::arbitrary<std::int32_t>();
  const auto i64 = rc::gen::arbitrary<std::int64_t>();
  const bool multi = tag.is_multivalued();
  switch (tag.base_type()) {
    case PropType::kInt16:
      if (multi) return list_of(tag, i16);
      return rc::gen::map(i16, [tag](std::int16_t v) { return PropValue::int16(tag, v); });
    case PropType::kInt32:
      if (multi) return list_of(tag, i32);
      return rc::gen::map(i32, [tag](std::int32_t v) { return PropValue::int32(tag, v); });
    case PropType::kCurrency:
    case PropType::kInt64:
    case PropType::kTime:
      if (multi) return list_of(tag, i64);
      return rc::gen::map(i64, [tag](std::int64_t v) { return PropValue::int64(tag, v); });
    case PropType::kBool:
      return rc::gen::map(rc::gen::arbitrary<bool>(), [tag](bool v) { return PropValue::boolean(tag, v); });
    case PropType::kFloat:
      if (multi) return list_of(tag, rc::gen::map(real(), [](double v) { return static_cast<float>(v); }));
      return rc::gen::map(real(), [tag](double v) { return PropValue::real(tag, v); });
    case PropType::kDouble:
    case PropType::kAppTime:
      if (multi) return list_of(tag, real());
      return rc::gen::map(real(), [tag](double v) { return PropValue::real(tag, v); });
    case PropType::kGuid:
      if (multi) return list_of(tag, guid());
      return rc::gen::map(guid(), [tag](const Guid& v) { return PropValue::guid(tag, v); });
    case PropType::kUnicode:
      if (multi) return list_of(tag, text());
      return rc::gen::map(text(), [tag](std::string v) { return PropValue::text(tag, std::move(v)); });
    case PropType::kString8:
      if (multi) return list_of(tag, text8(), 1252);
      return rc::gen::map(text8(), [tag](std::string v) { return PropValue::text8(tag, std::move(v), 1252); });
    default:
      if (multi) return list_of(tag, bytes());
      return rc::gen::map(bytes(), [tag](std::string v) { return PropValue::binary(tag, std::move(v)); });
  }
}

// Types that have an order and a wire form; those with a multivalued form first.
inline rc::Gen<PropTag> ordered_tag(std::uint16_t id = 0x6001) {
  return rc::gen::map(
      rc::gen::pair(
          rc::gen::element(PropType::kInt16, PropType::kInt32, PropType::kInt64, PropType::kTime, PropType::kCurrency,
                           PropType::kFloat, PropType::kDouble, PropType::kAppTime, PropType::kGuid, PropType::kUnicode,
                           PropType::kString8, PropType::kBinary, PropType::kBool, PropType::kServerId),
          rc::gen::arbitrary<bool>()),
      [id](const std::pair<PropType, bool>& p) {
        const bool can = p.first != PropType::kBool && p.first != PropType::kServerId;
        return tag_for(id, p.first, p.second && can);
      });
}

inline rc::Gen<PropValue> value(std::uint16_t id = 0x6001) {
  return rc::gen::mapcat(ordered_tag(id), [](PropTag tag) { return value_of(tag); });
}

inline rc::Gen<PropBag> bag() {
  const auto one = rc::gen::mapcat(rc::gen::arbitrary<std::uint16_t>(), [](std::uint16_t id) {
    return rc::gen::oneOf(
        value(id), rc::gen::just(PropValue::blob(tag_for(id, PropType::kBinary), BlobRef{id, std::uint64_t{id} << 20})),
        rc::gen::just(PropValue::blob8(tag_for(id, PropType::kString8), BlobRef{id, 5}, 932)),
        rc::gen::just(PropValue::object(tag_for(id, PropType::kObject))),
        rc::gen::just(PropValue::error(id, Code::kNotFound)),
        rc::gen::just(PropValue::error_code(tag_for(id, PropType::kError), 0x8004010Fu)),
        rc::gen::just(PropValue::opaque(PropTag((std::uint32_t{id} << 16) | 0x0777u), "whatever")));
  });
  return rc::gen::map(rc::gen::container<std::vector<PropValue>>(one), [](const std::vector<PropValue>& values) {
    PropBag made;
    for (const PropValue& v : values) made.set(v);
    return made;
  });
}

inline rc::Gen<Restriction> restriction(int depth = 3) {
  const auto op = rc::gen::element(RelOp::kLt, RelOp::kLe, RelOp::kGt, RelOp::kGe, RelOp::kEq, RelOp::kNe);
  const auto leaf = rc::gen::oneOf(
      rc::gen::map(rc::gen::pair(op, value()),
                   [](const auto& p) { return Restriction::property(p.second.tag(), p.first, p.second); }),
      rc::gen::map(rc::gen::pair(rc::gen::arbitrary<std::uint32_t>(), value_of(tag_for(0x37, PropType::kUnicode))),
                   [](const auto& p) { return Restriction::content(p.second.tag(), {p.first}, p.second); }),
      rc::gen::map(op,
                   [](RelOp o) { return Restriction::compare_props(PropTag(0x60010003u), o, PropTag(0x60020003u)); }),
      rc::gen::map(rc::gen::arbitrary<std::uint32_t>(),
                   [](std::uint32_t m) { return Restriction::bit_mask(PropTag(0x0E070003u), m, m % 2 == 0); }),
      rc::gen::map(op, [](RelOp o) { return Restriction::size(PropTag(0x1000001Fu), o, 77); }),
      rc::gen::just(Restriction::exist(PropTag(0x0037001Fu))),
      rc::gen::map(value(), [](PropValue v) { return Restriction::comment({std::move(v)}); }));
  if (depth == 0) return leaf;
  const auto child = rc::gen::lazy([depth] { return restriction(depth - 1); });
  const auto children = rc::gen::resize(3, rc::gen::container<std::vector<Restriction>>(child));
  return rc::gen::oneOf(
      leaf, rc::gen::map(children, [](std::vector<Restriction> c) { return Restriction::all_of(std::move(c)); }),
      rc::gen::map(children, [](std::vector<Restriction> c) { return Restriction::any_of(std::move(c)); }),
      rc::gen::map(child, [](Restriction c) { return Restriction::negate(std::move(c)); }),
      rc::gen::map(child, [](Restriction c) { return Restriction::sub_object(PropTag(0x0E12000Du), std::move(c)); }),
      rc::gen::map(child, [](Restriction c) { return Restriction::count(3, std::move(c)); }),
      rc::gen::map(child, [](Restriction c) { return Restriction::comment({}, std::move(c)); }));
}

// Of standard rules (`wide` false) or extended ones.
inline rc::Gen<RuleAction> rule_action(bool wide) {
  return rc::gen::exec([wide] {
    RuleAction action;
    action.type = static_cast<RuleAction::Type>(*rc::gen::inRange(1, 12));
    action.flavor = *rc::gen::arbitrary<std::uint32_t>();
    action.flags = *rc::gen::arbitrary<std::uint32_t>();
    switch (action.type) {
      case RuleAction::Type::kMove:
      case RuleAction::Type::kCopy:
        action.in_this_store = !wide && *rc::gen::arbitrary<bool>();
        action.store_id = *bytes();
        action.entry_id = *bytes();
        break;
      case RuleAction::Type::kReply:
      case RuleAction::Type::kOofReply:
        action.entry_id = wide ? *bytes() : std::string(16, *rc::gen::arbitrary<char>());
        action.template_guid = *guid();
        break;
      case RuleAction::Type::kDefer:
        action.data = *bytes();
        break;
      case RuleAction::Type::kBounce:
        action.bounce_code = *rc::gen::arbitrary<std::uint32_t>();
        break;
      case RuleAction::Type::kForward:
      case RuleAction::Type::kDelegate:
        action.recipients.resize(*rc::gen::inRange<std::size_t>(1, 4));
        for (RuleAction::Recipient& recipient : action.recipients) {
          recipient.reserved = *rc::gen::arbitrary<std::uint8_t>();
          const auto count = *rc::gen::inRange<std::uint16_t>(1, 4);
          for (std::uint16_t i = 0; i < count; ++i)
            recipient.properties.push_back(*value(static_cast<std::uint16_t>(0x6001 + i)));
        }
        break;
      case RuleAction::Type::kTag:
        action.value = *value();
        break;
      default:
        break;
    }
    return action;
  });
}

}  // namespace mapiary::model::testing
