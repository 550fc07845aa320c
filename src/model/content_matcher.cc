// SPDX-License-Identifier: Apache-2.0
#include "model/content_matcher.h"

#include <cstring>

#include "base/unicode.h"

namespace mapiary::model {
namespace {

bool find_bytes(std::string_view in, std::string_view what) {
  if (what.empty()) return true;
  return ::memmem(in.data(), in.size(), what.data(), what.size()) != nullptr;
}

// Reused by every match on this thread, so that scanning a folder does not allocate for each row.
std::string& scratch() {
  thread_local std::string buffer;
  return buffer;
}

}  // namespace

Result<ContentMatcher> ContentMatcher::compile(const PropValue& pattern, FuzzyLevel fuzzy) {
  const PropType type = pattern.tag().base_type();
  const bool text = pattern.tag().is_text();
  if (!pattern.is_bytes() || pattern.tag().is_multivalued() || !(text || type == PropType::kBinary)) {
    return fail(Code::kTooComplex, "model", "A content restriction looks for what is neither text nor binary",
                pattern.tag().value);
  }
  ContentMatcher matcher;
  matcher.text_ = text;
  const bool valid = fuzzy.match() <= FuzzyLevel::kPrefix;
  matcher.level_ = valid ? fuzzy.match() : FuzzyLevel::kFullString;
  if (text && valid) {
    const bool loose = fuzzy.has(FuzzyLevel::kLoose);
    matcher.folding_ = {loose || fuzzy.has(FuzzyLevel::kIgnoreCase), loose || fuzzy.has(FuzzyLevel::kIgnoreNonSpace)};
  }
  if (!text) {
    matcher.pattern_ = pattern.as_bytes();
  } else if (type == PropType::kUnicode) {
    matcher.pattern_ = fold_text(pattern.as_bytes(), matcher.folding_);
  } else {
    matcher.pattern_ = fold_text(text8_to_utf8(pattern.as_bytes(), pattern.code_page()), matcher.folding_);
  }
  return matcher;
}

bool ContentMatcher::found_in(std::string_view folded) const {
  switch (level_) {
    case FuzzyLevel::kSubstring:
      return find_bytes(folded, pattern_);
    case FuzzyLevel::kPrefix:
      return folded.starts_with(pattern_);
    default:
      return folded == pattern_;
  }
}

bool ContentMatcher::matches_text(std::string_view utf8) const {
  if (folding_.none()) return found_in(utf8);
  if (!mapiary::is_ascii(utf8)) return found_in(fold_text(utf8, folding_));
  if (!folding_.ignore_case) return found_in(utf8);
  std::string& lower = scratch();
  lower.resize(utf8.size());
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    lower[i] = static_cast<char>(c + (static_cast<unsigned char>(c - 'A') < 26 ? 32 : 0));
  }
  return found_in(lower);
}

bool ContentMatcher::matches_bytes(std::string_view bytes) const {
  return text_ ? matches_text(bytes) : found_in(bytes);
}

bool ContentMatcher::matches(const PropValue& target) const {
  const PropType type = target.tag().base_type();
  if (target.is_blob() || (text_ ? !target.tag().is_text() : type != PropType::kBinary)) return false;
  const auto one = [&](std::string_view bytes) {
    if (type == PropType::kString8 && !mapiary::is_ascii(bytes))
      return matches_text(text8_to_utf8(bytes, target.code_page()));
    return matches_bytes(bytes);
  };
  if (!target.is_multi()) return one(target.as_bytes());
  for (const std::string& value : std::get<std::vector<std::string>>(target.as_multi())) {
    if (one(value)) return true;
  }
  return false;
}

bool contains(const PropValue& target, const PropValue& pattern, FuzzyLevel fuzzy) {
  if (target.tag().is_multivalued()) return false;
  const auto matcher = ContentMatcher::compile(pattern, fuzzy);
  return matcher && matcher->matches(target);
}

}  // namespace mapiary::model
