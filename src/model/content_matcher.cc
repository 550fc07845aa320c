// SPDX-License-Identifier: Apache-2.0
#include "model/content_matcher.h"

#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/unicode.h"

namespace mapiary::model {
namespace {

bool find_bytes(std::string_view in, std::string_view what) {
  if (what.empty()) return true;
  return ::memmem(in.data(), in.size(), what.data(), what.size()) != nullptr;
}

// Text of a folder's rows is short and there are a million of them: what memmem() prepares costs more than the search.
// Behind the text there must be room for as many bytes as `what` has, and a block.
constexpr std::size_t kBlock = 16;
bool find_in_padded(std::string_view in, std::string_view what) {
#if defined(__SSE2__)
  if (what.empty()) return true;
  const std::size_t last = what.size() - 1;
  const __m128i first_byte = _mm_set1_epi8(what[0]);
  const __m128i last_byte = _mm_set1_epi8(what[last]);
  const auto load = [&](std::size_t at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(in.data() + at)); };
  for (std::size_t at = 0; at + last < in.size(); at += kBlock) {
    const __m128i both =
        _mm_and_si128(_mm_cmpeq_epi8(load(at), first_byte), _mm_cmpeq_epi8(load(at + last), last_byte));
    for (auto mask = static_cast<unsigned>(_mm_movemask_epi8(both)); mask != 0; mask &= mask - 1) {
      const std::size_t found = at + static_cast<std::size_t>(std::countr_zero(mask));
      if (found + last < in.size() && std::memcmp(in.data() + found, what.data(), what.size()) == 0) return true;
    }
  }
  return false;
#else
  return find_bytes(in, what);
#endif
}

// Reused by every match on this thread, so that scanning a folder does not allocate for each row.
std::string& scratch() {
  thread_local std::string buffer;
  return buffer;
}

// ASCII in lower case at the start of `out`, which has room for it. False: it is not ASCII.
bool lower_ascii(std::string_view text, char* out) {
  unsigned char all = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    all |= c;
    out[i] = static_cast<char>(c + (static_cast<unsigned char>(c - 'A') < 26 ? 32 : 0));
  }
  return all < 0x80;
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
  if (!folding_.ignore_case) return found_in(mapiary::is_ascii(utf8) ? utf8 : fold_text(utf8, folding_));
  std::string& lower = scratch();
  const std::size_t room = utf8.size() + pattern_.size() + kBlock;
  if (lower.size() < room) lower.resize(room);
  if (!lower_ascii(utf8, lower.data())) return found_in(fold_text(utf8, folding_));
  const std::string_view folded = std::string_view(lower).substr(0, utf8.size());
  return level_ == FuzzyLevel::kSubstring ? find_in_padded(folded, pattern_) : found_in(folded);
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
