// SPDX-License-Identifier: Apache-2.0
// FL_FULLSTRING, FL_SUBSTRING and FL_PREFIX on text, 8-bit text and binary: FPropContainsProp and content restrictions.
// The pattern is folded once; a target of ASCII is folded in place of a copy that ICU makes, and found by memmem.
// Pages: fpropcontainsprop, scontentrestriction. Immutable once compiled; may be shared between threads.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/prop_value.h"
#include "model/restriction.h"
#include "model/text.h"

namespace mapiary::model {

class ContentMatcher {
 public:
  // Anything in the low word of `fuzzy` but the three levels means an exact full-string match. Flags are ignored for
  // binary. kTooComplex: the pattern is multivalued, a blob, or of a type that is neither text nor binary.
  static Result<ContentMatcher> compile(const PropValue& pattern, FuzzyLevel fuzzy);

  // True if `target` contains the pattern as asked; for a multivalued target, if one of its values does. False for a
  // target of another family (text, binary) and for blobs, whose bytes are elsewhere: load them, or see
  // matches_bytes().
  bool matches(const PropValue& target) const;
  // For text as UTF-8 or binary that is not in a PropValue. Requires is_text() to tell which.
  bool matches_bytes(std::string_view bytes) const;
  bool is_text() const { return text_; }

 private:
  bool found_in(std::string_view folded) const;
  bool matches_text(std::string_view utf8) const;

  std::string pattern_;  // UTF-8, folded; or bytes
  std::uint32_t level_ = FuzzyLevel::kFullString;
  TextFolding folding_;
  bool text_ = false;
};

// FPropContainsProp: also false if the types of the two differ (PT_STRING8 and PT_UNICODE count as one).
bool contains(const PropValue& target, const PropValue& pattern, FuzzyLevel fuzzy);

}  // namespace mapiary::model
