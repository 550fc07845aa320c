// SPDX-License-Identifier: Apache-2.0
#include "base/unicode.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/unicode_wide.h"

namespace mapiary {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr bool is_high(char32_t c) {
  return c >= 0xD800 && c < 0xDC00;
}
constexpr bool is_low(char32_t c) {
  return c >= 0xDC00 && c < 0xE000;
}
constexpr bool is_surrogate(char32_t c) {
  return c >= 0xD800 && c < 0xE000;
}
constexpr char32_t join(char32_t high, char32_t low) {
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

void count(std::size_t* replaced) {
  if (replaced) ++*replaced;
}

// The number of ASCII bytes from `at` on.
std::size_t ascii_run(std::string_view text, std::size_t at) {
  std::size_t begin = at;
#ifdef __SSE2__
  for (; at + 16 <= text.size(); at += 16) {
    const int beyond = _mm_movemask_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at)));
    if (beyond != 0) return at + static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(beyond))) - begin;
  }
#endif
  while (at + 8 <= text.size()) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if (word & 0x8080808080808080u) break;
    at += 8;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at - begin;
}

// What a lead byte promises: how many bytes follow, and the range of the first of them (the later ones are 80..BF). ED
// is not narrowed to 80..9F as in strict UTF-8: that is what lets surrogates in.
struct Lead {
  int follow;
  unsigned char low, high;
};
Lead lead_of(unsigned char byte) {
  if (byte < 0xC2) return {-1, 0, 0};
  if (byte < 0xE0) return {1, 0x80, 0xBF};
  if (byte == 0xE0) return {2, 0xA0, 0xBF};
  if (byte < 0xF0) return {2, 0x80, 0xBF};
  if (byte == 0xF0) return {3, 0x90, 0xBF};
  if (byte < 0xF4) return {3, 0x80, 0xBF};
  if (byte == 0xF4) return {3, 0x80, 0x8F};
  return {-1, 0, 0};
}

// One generalised UTF-8 sequence; surrogates are not joined.
char32_t next_scalar_or_surrogate(std::string_view text, std::size_t& at, bool& ok) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char first = byte(at++);
  ok = true;
  if (first < 0x80) return first;
  Lead lead = lead_of(first);
  if (lead.follow < 0) {
    ok = false;
    return kReplacement;
  }
  char32_t value = first & (0x3Fu >> lead.follow);
  for (int i = 0; i < lead.follow; ++i) {
    unsigned char low = i == 0 ? lead.low : 0x80;
    unsigned char high = i == 0 ? lead.high : 0xBF;
    if (at >= text.size() || byte(at) < low || byte(at) > high) {
      ok = false;
      return kReplacement;
    }
    value = value << 6 | (byte(at++) & 0x3Fu);
  }
  return value;
}

template <class Unit>
Unit* put_units(Unit* to, char32_t c) {
  if constexpr (sizeof(Unit) == 2) {
    if (c >= 0x10000) {
      *to++ = static_cast<Unit>(0xD7C0 + (c >> 10));
      *to++ = static_cast<Unit>(0xDC00 + (c & 0x3FF));
      return to;
    }
  }
  *to++ = static_cast<Unit>(c);
  return to;
}

// Four bytes at most.
char* put_utf8(char* to, char32_t c) {
  if (c < 0x80) {
    *to++ = static_cast<char>(c);
    return to;
  }
  if (c < 0x800) {
    *to++ = static_cast<char>(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      *to++ = static_cast<char>(0xE0 | c >> 12);
    } else {
      *to++ = static_cast<char>(0xF0 | c >> 18);
      *to++ = static_cast<char>(0x80 | (c >> 12 & 0x3F));
    }
    *to++ = static_cast<char>(0x80 | (c >> 6 & 0x3F));
  }
  *to++ = static_cast<char>(0x80 | (c & 0x3F));
  return to;
}

// Sixteen ASCII characters as units; false if they are not.
template <class Unit>
bool widen_block(const char* from, Unit* to) {
#ifdef __SSE2__
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  if (_mm_movemask_epi8(bytes) != 0) return false;
  const __m128i zero = _mm_setzero_si128();
  const __m128i halves[2] = {_mm_unpacklo_epi8(bytes, zero), _mm_unpackhi_epi8(bytes, zero)};
  auto* out = reinterpret_cast<__m128i*>(to);
  for (const __m128i half : halves) {
    if constexpr (sizeof(Unit) == 2) {
      _mm_storeu_si128(out++, half);
    } else {
      _mm_storeu_si128(out++, _mm_unpacklo_epi16(half, zero));
      _mm_storeu_si128(out++, _mm_unpackhi_epi16(half, zero));
    }
  }
  return true;
#else
  (void)from, (void)to;
  return false;
#endif
}

// The way back, of units of 32 bits.
bool narrow_block(const wchar_t* from, char* to) {
#ifdef __SSE2__
  if constexpr (sizeof(wchar_t) == 4) {
    const auto* in = reinterpret_cast<const __m128i*>(from);
    const __m128i a = _mm_loadu_si128(in), b = _mm_loadu_si128(in + 1), c = _mm_loadu_si128(in + 2),
                  d = _mm_loadu_si128(in + 3);
    const __m128i all = _mm_and_si128(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d)), _mm_set1_epi32(~0x7F));
    if (_mm_movemask_epi8(_mm_cmpeq_epi32(all, _mm_setzero_si128())) != 0xFFFF) return false;
    const __m128i bytes = _mm_packus_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    return true;
  }
#endif
  (void)from, (void)to;
  return false;
}

// From UTF-8 to units of 16 or 32 bits. There are never more units than bytes.
template <class Unit>
Unit* decode_into(std::string_view text, Unit* to, std::size_t* replaced) {
  std::size_t at = 0;
  while (at < text.size()) {
    for (; at + 16 <= text.size() && widen_block(text.data() + at, to); at += 16) to += 16;
    const std::size_t run = ascii_run(text, at);
    for (std::size_t i = 0; i < run; ++i) to[i] = static_cast<Unit>(text[at + i]);
    to += run;
    at += run;
    if (at == text.size()) break;
    bool ok = true;
    const char32_t c = next_code_point(text, at, &ok);
    if (!ok) count(replaced);
    to = put_units(to, c);
  }
  return to;
}

template <class String>
String decode(std::string_view text, std::size_t* replaced) {
  String out(text.size(), typename String::value_type{});
  out.resize(static_cast<std::size_t>(decode_into(text, out.data(), replaced) - out.data()));
  return out;
}

// To UTF-8 from `size` units of 16 or 32 bits: a pointer to wide ones, or what load(i) gives.
template <class Load>
std::string encode(std::size_t size, Load from, std::size_t* replaced) {
  const auto load = [&](std::size_t i) -> char32_t {
    if constexpr (std::is_pointer_v<Load>) {
      return static_cast<char32_t>(from[i]);
    } else {
      return from(i);
    }
  };
  constexpr std::size_t kBlock = 16, kLongest = 4;
  std::string out(size + size / 8 + kBlock * kLongest, '\0');
  std::size_t used = 0;
  for (std::size_t at = 0; at < size;) {
    // ASCII, as nearly always, a block at a time.
    if (out.size() - used < kBlock * kLongest) out.resize(out.size() + out.size() / 2 + kBlock * kLongest);
    const std::size_t end = std::min(at + kBlock, size);
    if constexpr (std::is_pointer_v<Load>) {
      if (end - at == kBlock && narrow_block(from + at, out.data() + used)) {
        used += kBlock;
        at = end;
        continue;
      }
    }
    char32_t all = 0;
    for (std::size_t i = at; i < end; ++i) all |= load(i);
    if (all < 0x80) {
      for (; at < end; ++at) out[used++] = static_cast<char>(load(at));
      continue;
    }
    char* to = out.data() + used;
    while (at < end) {
      char32_t c = load(at++);
      if (is_high(c) && at < size && is_low(load(at))) c = join(c, load(at++));
      if (c > 0x10FFFF) {
        count(replaced);
        c = kReplacement;
      }
      to = put_utf8(to, c);
    }
    used = static_cast<std::size_t>(to - out.data());
  }
  out.resize(used);
  return out;
}

// True if every sequence is well-formed and `accept` likes each character.
template <class Accept>
bool all_of_text(std::string_view text, Accept accept) {
  std::size_t at = 0;
  while (at < text.size()) {
    at += ascii_run(text, at);
    if (at == text.size()) break;
    bool ok = true;
    char32_t c = next_scalar_or_surrogate(text, at, ok);
    if (!ok || !accept(c)) return false;
  }
  return true;
}

std::string rewrite(std::string_view text, bool keep_surrogates, std::size_t* replaced) {
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t run = ascii_run(text, at);
    out.append(text, at, run);
    at += run;
    if (at == text.size()) break;
    bool ok = true;
    char32_t c = next_code_point(text, at, &ok);
    if (!keep_surrogates && is_surrogate(c)) {
      ok = false;
      c = kReplacement;
    }
    if (!ok) count(replaced);
    append_utf8(out, c);
  }
  return out;
}

std::size_t length_in_units(std::string_view text, std::size_t units_above_bmp) {
  std::size_t length = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t run = ascii_run(text, at);
    length += run;
    at += run;
    if (at == text.size()) break;
    length += next_code_point(text, at) >= 0x10000 ? units_above_bmp : 1;
  }
  return length;
}

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& at, bool* ok) {
  bool fine = true;
  char32_t c = next_scalar_or_surrogate(text, at, fine);
  if (is_high(c) && at < text.size()) {
    std::size_t next = at;
    bool next_fine = true;
    char32_t low = next_scalar_or_surrogate(text, next, next_fine);
    if (is_low(low)) {
      at = next;
      c = join(c, low);
    }
  }
  if (ok) *ok = fine;
  return c;
}

void append_utf8(std::string& out, char32_t c) {
  if (c > 0x10FFFF) c = kReplacement;
  char raw[4];
  out.append(raw, static_cast<std::size_t>(put_utf8(raw, c) - raw));
}

std::u16string utf8_to_utf16(std::string_view text, std::size_t* replaced) {
  return decode<std::u16string>(text, replaced);
}

std::string utf16_to_utf8(std::u16string_view units) {
  return encode(
      units.size(), [&](std::size_t i) { return static_cast<char32_t>(units[i]); }, nullptr);
}

std::string utf8_to_utf16le(std::string_view text, std::size_t* replaced) {
  auto units = decode<std::u16string>(text, replaced);
  return {reinterpret_cast<const char*>(units.data()), units.size() * 2};
}

std::string utf16le_to_utf8(ByteSpan bytes, std::size_t* replaced) {
  auto load = [&](std::size_t i) { return static_cast<char32_t>(load_le<char16_t>(bytes.data() + i * 2)); };
  std::string out = encode(bytes.size() / 2, load, replaced);
  if (bytes.size() % 2 != 0) {
    count(replaced);
    append_utf8(out, kReplacement);
  }
  return out;
}

std::wstring utf8_to_wide(std::string_view text, std::size_t* replaced) {
  return decode<std::wstring>(text, replaced);
}

wchar_t* put_wide(std::string_view text, wchar_t* to) {
  return decode_into(text, to, nullptr);
}

std::string wide_to_utf8(std::wstring_view text, std::size_t* replaced) {
  // Most text is short and ASCII: it needs no room to grow, or none of its own.
  constexpr std::size_t kShort = 128;
  if (text.size() <= kShort) {
    char narrow[kShort];
    std::uint32_t all = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      all |= static_cast<std::uint32_t>(text[i]);
      narrow[i] = static_cast<char>(text[i]);
    }
    if (all < 0x80) return std::string(narrow, text.size());
  }
  return encode(text.size(), text.data(), replaced);
}

bool is_valid_utf8(std::string_view text) {
  return all_of_text(text, [](char32_t c) { return !is_surrogate(c); });
}

bool is_valid_wtf8(std::string_view text) {
  // A run of ASCII between two surrogates keeps them apart.
  std::size_t at = 0;
  bool after_high = false;
  while (at < text.size()) {
    std::size_t run = ascii_run(text, at);
    at += run;
    if (run != 0) after_high = false;
    if (at == text.size()) break;
    bool ok = true;
    char32_t c = next_scalar_or_surrogate(text, at, ok);
    if (!ok || (after_high && is_low(c))) return false;
    after_high = is_high(c);
  }
  return true;
}

bool is_ascii(std::string_view text) {
  return ascii_run(text, 0) == text.size();
}

std::string repair_utf8(std::string_view bytes, std::size_t* replaced) {
  return rewrite(bytes, true, replaced);
}

std::string to_strict_utf8(std::string_view text, std::size_t* replaced) {
  return rewrite(text, false, replaced);
}

std::size_t utf16_length(std::string_view text) {
  return length_in_units(text, 2);
}

std::size_t wide_length(std::string_view text) {
  return length_in_units(text, sizeof(wchar_t) == 2 ? 2 : 1);
}

std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  for (int back = 0; back < 3 && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80; ++back) --end;
  // Four continuation bytes in a row belong to no character: cut where asked.
  bool inside = (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80;
  return text.substr(0, inside ? max_bytes : end);
}

}  // namespace mapiary
