// SPDX-License-Identifier: Apache-2.0
// RELOP_RE. The reference says no more than "LIKE (regular expression)"; this is an extended regular expression, found
// anywhere in the text unless anchored:  .  *  +  ?  |  ( )  [a-z] [^a-z]  ^  $  \d \w \s \D \W \S  and \ before any
// other character.
//
// Matching follows all alternatives at once (Thompson), so time is at most text size times pattern size whatever the
// pattern: a hostile pattern cannot hang a table. Patterns are limited to kMaxPattern bytes, groups to kMaxGroups
// levels. `{` is refused (kTooComplex): counted repetition multiplies a program's size. Immutable once compiled; may be
// shared between threads.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/compare.h"

namespace mapiary::model {

class LikePattern {
 public:
  static constexpr std::size_t kMaxPattern = 1024;
  static constexpr int kMaxGroups = 32;

  // kInvalidArgument: not a pattern. kTooComplex: over a limit, or not a text value.
  static Result<LikePattern> compile(const PropValue& pattern, TextOrder order);
  static Result<LikePattern> compile(std::string_view utf8, TextOrder order);

  // Text, or any of the values of a multivalued text. False for every other type.
  bool matches(const PropValue& value) const;
  bool matches(std::string_view utf8) const;

 private:
  friend class LikeCompiler;
  enum class Op : std::uint8_t { kChar, kAny, kSet, kSplit, kJump, kStart, kEnd, kMatch };
  struct Instruction {
    Op op;
    std::uint32_t x = 0;  // character, set number, or where to go
    std::uint32_t y = 0;  // the other way of a split
  };
  struct Set {
    bool negated = false;
    std::vector<std::pair<char32_t, char32_t>> ranges;
    bool has(char32_t c) const;
  };
  class Run;

  std::vector<Instruction> program_;
  std::vector<Set> sets_;
  TextOrder order_ = TextOrder::kExact;
};

}  // namespace mapiary::model
