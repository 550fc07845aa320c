// SPDX-License-Identifier: Apache-2.0
// Text between its forms, and text made comparable. Inside Mapiary text is UTF-8 in which lone surrogates survive as
// three bytes each (WTF-8), because PT_UNICODE values hold any 16-bit units; a surrogate pair is always joined into one
// character of four bytes.
//
// Bad input: each maximal ill-formed run of bytes (Unicode 3.9, table 3-8) becomes one U+FFFD. So do a unit above
// U+10FFFF and a last odd byte of UTF-16. Where `replaced` is given, their number is added to it. Nothing else is ever
// lost. All functions are pure and safe from any thread.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace mapiary {

// ---- Conversion. Lossless for well-formed WTF-8 and for every string of 16-bit units.
std::u16string utf8_to_utf16(std::string_view text, std::size_t* replaced = nullptr);
std::string utf16_to_utf8(std::u16string_view units);
// Bytes of UTF-16LE, as stored in files: no byte order mark is written, one that is read stays U+FEFF.
std::string utf8_to_utf16le(std::string_view text, std::size_t* replaced = nullptr);
std::string utf16le_to_utf8(ByteSpan bytes, std::size_t* replaced = nullptr);
// WCHAR strings of the border: 32-bit units here, 16-bit units where wchar_t is that.
std::wstring utf8_to_wide(std::string_view text, std::size_t* replaced = nullptr);
std::string wide_to_utf8(std::wstring_view text, std::size_t* replaced = nullptr);

// Strict UTF-8: no surrogates, nothing overlong, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);
// As is_valid_utf8, but lone surrogates are allowed; a pair of them must have been joined.
bool is_valid_wtf8(std::string_view text);
bool is_ascii(std::string_view text);
// Makes well-formed WTF-8 of any bytes: bad runs replaced, unjoined pairs joined.
std::string repair_utf8(std::string_view bytes, std::size_t* replaced = nullptr);
// As repair_utf8, and lone surrogates become U+FFFD (counted) too: for files and wires that are UTF-8 proper.
std::string to_strict_utf8(std::string_view text, std::size_t* replaced = nullptr);

// Lengths the text would have in other forms, without converting. Bad runs count as one unit.
std::size_t utf16_length(std::string_view text);  // 16-bit units
std::size_t wide_length(std::string_view text);   // WCHARs
// The longest prefix of at most `max_bytes` bytes that does not cut a character.
std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes);

// ---- Single characters, for codecs. U+FFFD, with *ok false, for an ill-formed run; `at` moves past what was read.
char32_t next_code_point(std::string_view text, std::size_t& at, bool* ok = nullptr);
// `code_point` may be a surrogate; above U+10FFFF it is written as U+FFFD. Does not join: append a whole pair as one
// character.
void append_utf8(std::string& out, char32_t code_point);

// ---- Folding: equal folded strings match; a prefix or substring of the folded forms is a prefix or substring match.
// Unicode full case folding (C + F, not locale-tailored; sharp s matches ss). FL_IGNORECASE.
std::string fold_case(std::string_view text);
// Without nonspacing marks (decomposed, category Mn dropped, composed again so that Hangul stays whole).
// FL_IGNORENONSPACE.
std::string fold_nonspace(std::string_view text);
// Both. FL_LOOSE.
std::string fold_loose(std::string_view text);
// Canonical composition and decomposition (NFC, NFD).
std::string compose(std::string_view text);
std::string decompose(std::string_view text);
bool equals_ascii_nocase(std::string_view a, std::string_view b);
std::string ascii_lower(std::string_view text);

// ---- What Unicode's tables say of a character.
char32_t simple_upper(char32_t c);
std::uint16_t age_of(char32_t c);  // the version of Unicode that it came with: 0x0301 is 3.1; 0: none has it
bool is_white_space(char32_t c);
bool is_unseen(char32_t c);  // controls, format characters, those to be ignored where they cannot be shown

// ---- Order.
// Code point order, which for WTF-8 is the order of the bytes.
inline std::strong_ordering compare_utf8(std::string_view a, std::string_view b) {
  int order = a.compare(b);
  return order < 0   ? std::strong_ordering::less
         : order > 0 ? std::strong_ordering::greater
                     : std::strong_ordering::equal;
}

enum class CollationStrength : std::uint8_t {
  kPrimary,    // letters only
  kSecondary,  // and accents
  kTertiary,   // and case
};
// Bytes whose memcmp order is the order people of `locale` expect ("de-DE", "sv"; empty: the root order). Digits sort
// as digits. Keys compare only with keys of the same locale, strength and ICU version: do not store them for good.
// kUnknownLocale: the name is not that of a locale, or ICU has no data at all.
Result<std::string> collation_key(std::string_view text, std::string_view locale = {},
                                  CollationStrength strength = CollationStrength::kTertiary);
// The name of a Windows locale id (PR_LOCALE_ID): 0x0407 -> "de-DE". kUnknownLocale if there is none.
Result<std::string> locale_of_lcid(std::uint32_t lcid);
// 0 if Windows has no number for it.
std::uint32_t lcid_of_locale(std::string_view locale);

}  // namespace mapiary
