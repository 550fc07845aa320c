// SPDX-License-Identifier: Apache-2.0
// A restriction as a tree of values. [MS-OXCDATA] 2.12; SRestriction of mapidefs.h is its border form. Depth is limited to kMaxDepth
// wherever one is built from outside data, so recursion over it is safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/prop_value.h"

namespace mapiary::model {

enum class RestrictionKind : std::uint8_t {
  kAnd = 0, kOr = 1, kNot = 2, kContent = 3, kProperty = 4, kCompareProps = 5,
  kBitMask = 6, kSize = 7, kExist = 8, kSubObject = 9, kComment = 10, kCount = 11,
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
  std::vector<Restriction> children;     // and, or: any number; not, sub-object, comment, count: one (comment: none or one)
  PropTag tag;                           // content, property, bit mask, size, exist; sub-object: PR_MESSAGE_RECIPIENTS / _ATTACHMENTS
  PropTag tag2;                          // compare-props: the right-hand one
  RelOp op = RelOp::kEq;                 // property, compare-props, size; bit mask: kEq = BMR_EQZ, kNe = BMR_NEZ
  FuzzyLevel fuzzy;                      // content
  std::uint32_t number = 0;              // bit mask: the mask; size: the bytes; count: how many rows at most
  PropValue value;                       // content, property
  std::vector<PropValue> comments;       // comment

  bool operator==(const Restriction& other) const;
};

}  // namespace mapiary::model
