// SPDX-License-Identifier: Apache-2.0
// A restriction as a tree of values. [MS-OXCDATA] 2.12; SRestriction of mapidefs.h is its border form. Depth is limited
// to kMaxDepth wherever one is built from outside data, so recursion over it is safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/prop_value.h"

namespace mapiary::model {

enum class RestrictionKind : std::uint8_t {
  kAnd = 0,
  kOr = 1,
  kNot = 2,
  kContent = 3,
  kProperty = 4,
  kCompareProps = 5,
  kBitMask = 6,
  kSize = 7,
  kExist = 8,
  kSubObject = 9,
  kComment = 10,
  kCount = 11,
};

enum class RelOp : std::uint8_t { kLt = 0, kLe = 1, kGt = 2, kGe = 3, kEq = 4, kNe = 5, kRe = 6, kMemberOfDl = 100 };

// Low word: how the strings meet. High word: flags. FL_* of mapidefs.h.
struct FuzzyLevel {
  static constexpr std::uint32_t kFullString = 0, kSubstring = 1, kPrefix = 2;
  static constexpr std::uint32_t kIgnoreCase = 0x10000, kIgnoreNonSpace = 0x20000, kLoose = 0x40000;
  std::uint32_t value = 0;
  std::uint32_t match() const { return value & 0xFFFF; }
  bool has(std::uint32_t flag) const { return (value & flag) != 0; }
};

struct Restriction {
  static constexpr int kMaxDepth = 64;

  RestrictionKind kind = RestrictionKind::kAnd;
  std::vector<Restriction>
      children;           // and, or: any number; not, sub-object, comment, count: one (comment: none or one)
  PropTag tag;            // content, property, bit mask, size, exist; sub-object: PR_MESSAGE_RECIPIENTS / _ATTACHMENTS
  PropTag tag2;           // compare-props: the right-hand one
  RelOp op = RelOp::kEq;  // property, compare-props, size; bit mask: kEq = BMR_EQZ, kNe = BMR_NEZ
  FuzzyLevel fuzzy;       // content
  std::uint32_t number = 0;         // bit mask: the mask; size: the bytes; count: how many rows at most
  PropValue value;                  // content, property
  std::vector<PropValue> comments;  // comment

  bool operator==(const Restriction& other) const;
  // Levels of the tree, this one included: 1 for a leaf. Not recursive, so safe on a tree that was not checked yet.
  int depth() const;

  // Builders. They check nothing: a restriction may be wrong (types that differ, a forbidden operator) until it is
  // compiled.
  static Restriction all_of(std::vector<Restriction> children);
  static Restriction any_of(std::vector<Restriction> children);
  static Restriction negate(Restriction child);
  static Restriction content(PropTag tag, FuzzyLevel fuzzy, PropValue pattern);
  static Restriction property(PropTag tag, RelOp op, PropValue value);
  static Restriction compare_props(PropTag left, RelOp op, PropTag right);
  static Restriction bit_mask(PropTag tag, std::uint32_t mask, bool nonzero);
  static Restriction size(PropTag tag, RelOp op, std::uint32_t bytes);
  static Restriction exist(PropTag tag);
  static Restriction sub_object(PropTag table, Restriction child);
  static Restriction comment(std::vector<PropValue> comments);
  static Restriction comment(std::vector<PropValue> comments, Restriction child);
  static Restriction count(std::uint32_t limit, Restriction child);
};

}  // namespace mapiary::model
