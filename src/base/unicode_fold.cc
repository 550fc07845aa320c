// SPDX-License-Identifier: Apache-2.0
// Folding for restrictions. ASCII never reaches ICU; the alphabets below U+0600 fold by a table filled from ICU once;
// ideographs and Hangul have no case. The rest asks ICU one character at a time, which keeps lone surrogates as they
// are.

#include <array>

#include "base/icu.h"
#include "base/unicode.h"

namespace mapiary {
namespace {

constexpr char32_t kTableEnd = 0x600;
constexpr char16_t kAskIcu = 0xFFFF;

char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// The full folding of one character: at most three UTF-16 units.
struct Folded {
  std::array<char16_t, 4> units;
  int length;
};
Folded ask_icu(char32_t c) {
  std::array<char16_t, 2> source{};
  int source_length = 1;
  if (c >= 0x10000) {
    source = {static_cast<char16_t>(0xD7C0 + (c >> 10)), static_cast<char16_t>(0xDC00 + (c & 0x3FF))};
    source_length = 2;
  } else {
    source[0] = static_cast<char16_t>(c);
  }
  Folded folded{};
  UErrorCode status = U_ZERO_ERROR;
  folded.length = late::u_strFoldCase(folded.units.data(), static_cast<int>(folded.units.size()), source.data(),
                                      source_length, U_FOLD_CASE_DEFAULT, &status);
  if (U_FAILURE(status)) return {{source[0], source[1]}, source_length};
  return folded;
}

std::array<char16_t, kTableEnd> make_table() {
  std::array<char16_t, kTableEnd> table{};
  for (char32_t c = 0; c < kTableEnd; ++c) {
    Folded folded = ask_icu(c);
    table[c] = folded.length == 1 ? folded.units[0] : kAskIcu;
  }
  return table;
}

bool has_no_case(char32_t c) {
  return (c >= 0x2E80 && c < 0xA640) || (c >= 0xAC00 && c < 0xFB00);
}

void append_folded(std::string& out, char32_t c) {
  static const std::array<char16_t, kTableEnd> table = make_table();
  if (c < kTableEnd && table[c] != kAskIcu) return append_utf8(out, table[c]);
  if (has_no_case(c)) return append_utf8(out, c);
  Folded folded = ask_icu(c);
  out += utf16_to_utf8({folded.units.data(), static_cast<std::size_t>(folded.length)});
}

// `text` normalised, or as it was if ICU refuses (it has no data, or the text is beyond 2^31 units).
std::u16string normalize(const UNormalizer2* normalizer, const std::u16string& text) {
  UErrorCode status = U_ZERO_ERROR;
  if (normalizer == nullptr || text.size() > 0x1FFFFFFF) return text;
  auto length = static_cast<std::int32_t>(text.size());
  if (late::unorm2_isNormalized(normalizer, text.data(), length, &status)) return text;
  std::u16string out(text.size() * 2 + 16, u'\0');
  for (int attempt = 0; attempt < 2; ++attempt) {
    status = U_ZERO_ERROR;
    std::int32_t needed = late::unorm2_normalize(normalizer, text.data(), length, out.data(),
                                                 static_cast<std::int32_t>(out.size()), &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) {
      out.resize(static_cast<std::size_t>(needed));
      continue;
    }
    if (U_FAILURE(status)) return text;
    out.resize(static_cast<std::size_t>(needed));
    return out;
  }
  return text;
}

const UNormalizer2* canonical_decomposition() {
  UErrorCode status = U_ZERO_ERROR;
  static const UNormalizer2* const nfd = late::unorm2_getNFDInstance(&status);
  return nfd;
}

const UNormalizer2* canonical_composition() {
  UErrorCode status = U_ZERO_ERROR;
  static const UNormalizer2* const nfc = late::unorm2_getNFCInstance(&status);
  return nfc;
}

void drop_nonspacing(std::u16string& text) {
  std::size_t kept = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t begin = at;
    UChar32 c = 0;
    U16_NEXT(text.data(), at, text.size(), c);
    if (late::u_charType(c) == U_NON_SPACING_MARK) continue;
    while (begin < at) text[kept++] = text[begin++];
  }
  text.resize(kept);
}

}  // namespace

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

bool equals_ascii_nocase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (ascii_lower(a[i]) != ascii_lower(b[i])) return false;
  }
  return true;
}

std::string fold_case(std::string_view text) {
  if (is_ascii(text)) return ascii_lower(text);
  std::string out;
  out.reserve(text.size() + 8);
  std::size_t at = 0;
  while (at < text.size()) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      out.push_back(ascii_lower(text[at++]));
    } else {
      append_folded(out, next_code_point(text, at));
    }
  }
  return out;
}

std::string fold_nonspace(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  std::u16string units = normalize(canonical_decomposition(), utf8_to_utf16(text));
  drop_nonspacing(units);
  return utf16_to_utf8(normalize(canonical_composition(), units));
}

std::string compose(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  return utf16_to_utf8(normalize(canonical_composition(), utf8_to_utf16(text)));
}

std::string decompose(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  return utf16_to_utf8(normalize(canonical_decomposition(), utf8_to_utf16(text)));
}

std::string fold_loose(std::string_view text) {
  if (is_ascii(text)) return ascii_lower(text);
  return fold_case(fold_nonspace(text));
}

}  // namespace mapiary
