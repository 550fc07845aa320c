// SPDX-License-Identifier: Apache-2.0
// Hexadecimal text, searching and numbers, each for char and WCHAR text: Name and NameW. Text of char is in the process
// code page; in the double-byte pages a search goes by characters, so a trail byte is never taken for a letter. Pages:
// hexfrombin, fbinfromhex, scbinfromhexbounded, szfindch, szfindlastch, szfindsz, ufromsz, ulfromszhex.
#include <mapicode.h>
#include <mapiutil.h>

#include <cstdint>
#include <cstring>
#include <cwchar>

#include "base/code_page.h"
#include "util/wide_exports.h"

namespace mapiary::util {
namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";

template <class Char>
int hex_value(Char c) {
  if (c >= Char{'0'} && c <= Char{'9'}) return static_cast<int>(c - Char{'0'});
  if (c >= Char{'A'} && c <= Char{'F'}) return static_cast<int>(c - Char{'A'}) + 10;
  if (c >= Char{'a'} && c <= Char{'f'}) return static_cast<int>(c - Char{'a'}) + 10;
  return -1;
}

template <class Char>
void hex_from_bytes(const BYTE* bytes, int count, Char* text) {
  if (!text) return;
  for (int i = 0; bytes && i < count; ++i) {
    *text++ = static_cast<Char>(kHexDigits[bytes[i] >> 4]);
    *text++ = static_cast<Char>(kHexDigits[bytes[i] & 15]);
  }
  *text = 0;
}

// At most `max_bytes` bytes; the text after them is not looked at. False at a pair that is not two digits.
template <class Char>
bool bytes_from_hex(const Char* text, BYTE* bytes, std::size_t max_bytes) {
  if (!text || (!bytes && max_bytes && *text)) return false;
  for (std::size_t i = 0; i < max_bytes && text[0]; ++i, text += 2) {
    const int high = hex_value(text[0]);
    const int low = high < 0 ? -1 : hex_value(text[1]);
    if (low < 0) return false;
    bytes[i] = static_cast<BYTE>(high << 4 | low);
  }
  return true;
}

bool is_lead_byte(std::uint32_t page, unsigned char c) {
  switch (page) {
    case 932:
      return (c >= 0x81 && c <= 0x9F) || (c >= 0xE0 && c <= 0xFC);
    case 936:
    case 949:
    case 950:
      return c >= 0x81 && c <= 0xFE;
    case 1361:
      return (c >= 0x84 && c <= 0xD3) || (c >= 0xD8 && c <= 0xDE) || (c >= 0xE0 && c <= 0xF9);
    default:
      return false;  // in UTF-8 no byte of a character looks like another character
  }
}

// One character: how many units it has and its value (lead byte in the high half).
struct Unit {
  int width;
  std::uint32_t value;
};

Unit unit_at(const wchar_t* text, std::uint32_t) {
  return {1, static_cast<std::uint32_t>(*text)};
}
Unit unit_at(const char* text, std::uint32_t page) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (!is_lead_byte(page, first) || !text[1]) return {1, first};
  return {2, static_cast<std::uint32_t>(first) << 8 | static_cast<unsigned char>(text[1])};
}

template <class Char>
Char* find_char(const Char* text, std::uint32_t wanted, bool last) {
  const Char* found = nullptr;
  const std::uint32_t page = ansi_code_page();
  while (text && *text && (last || !found)) {
    const Unit unit = unit_at(text, page);
    if (unit.value == wanted) found = text;
    text += unit.width;
  }
  return const_cast<Char*>(found);
}

template <class Char>
bool starts_with(const Char* text, const Char* key) {
  while (*key && *text == *key) ++text, ++key;
  return !*key;
}

template <class Char>
Char* find_text(const Char* text, const Char* key) {
  if (!text || !key) return nullptr;
  const std::uint32_t page = ansi_code_page();
  for (;; text += unit_at(text, page).width) {
    if (starts_with(text, key)) return const_cast<Char*>(text);
    if (!*text) return nullptr;
  }
}
// Pages without lead bytes need no walk by characters.
wchar_t* find_text(const wchar_t* text, const wchar_t* key) {
  return text && key ? const_cast<wchar_t*>(std::wcsstr(text, key)) : nullptr;
}

// Modulo 2^32, as the digits come.
template <class Char>
std::uint32_t decimal(const Char* text) {
  std::uint32_t value = 0;
  for (; text && *text >= Char{'0'} && *text <= Char{'9'}; ++text)
    value = value * 10 + static_cast<std::uint32_t>(*text - Char{'0'});
  return value;
}

template <class Char>
std::uint32_t hexadecimal(const Char* text) {
  std::uint32_t value = 0;
  for (; text && hex_value(*text) >= 0; ++text) value = value << 4 | static_cast<std::uint32_t>(hex_value(*text));
  return value;
}

}  // namespace
}  // namespace mapiary::util

using namespace mapiary::util;

STDAPI_(void) HexFromBin(LPBYTE lpb, int cb, LPTSTR lpsz) {
  hex_from_bytes(lpb, cb, lpsz);
}
STDAPI_(void) HexFromBinW(LPBYTE lpb, int cb, LPWSTR lpsz) {
  hex_from_bytes(lpb, cb, lpsz);
}

STDAPI_(BOOL) FBinFromHex(LPTSTR lpsz, LPBYTE lpb) {
  return bytes_from_hex(lpsz, lpb, SIZE_MAX);
}
STDAPI_(BOOL) FBinFromHexW(LPWSTR lpsz, LPBYTE lpb) {
  return bytes_from_hex(lpsz, lpb, SIZE_MAX);
}

STDAPI_(SCODE) ScBinFromHexBounded(LPTSTR lpsz, LPBYTE lpb, ULONG cb) {
  return bytes_from_hex(lpsz, lpb, cb) ? S_OK : static_cast<SCODE>(MAPI_E_CALL_FAILED);
}
STDAPI_(SCODE) ScBinFromHexBoundedW(LPWSTR lpsz, LPBYTE lpb, ULONG cb) {
  return bytes_from_hex(lpsz, lpb, cb) ? S_OK : static_cast<SCODE>(MAPI_E_CALL_FAILED);
}

STDAPI_(LPTSTR) SzFindCh(LPCTSTR lpsz, USHORT ch) {
  return find_char(lpsz, ch, false);
}
STDAPI_(LPWSTR) SzFindChW(LPCWSTR lpsz, USHORT ch) {
  return find_char(lpsz, ch, false);
}
STDAPI_(LPTSTR) SzFindLastCh(LPCTSTR lpsz, USHORT ch) {
  return find_char(lpsz, ch, true);
}
STDAPI_(LPWSTR) SzFindLastChW(LPCWSTR lpsz, USHORT ch) {
  return find_char(lpsz, ch, true);
}
STDAPI_(LPTSTR) SzFindSz(LPCTSTR lpsz, LPCTSTR lpszKey) {
  return find_text(lpsz, lpszKey);
}
STDAPI_(LPWSTR) SzFindSzW(LPCWSTR lpsz, LPCWSTR lpszKey) {
  return find_text(lpsz, lpszKey);
}

STDAPI_(unsigned int) UFromSz(LPCTSTR lpsz) {
  return decimal(lpsz);
}
STDAPI_(unsigned int) UFromSzW(LPCWSTR lpsz) {
  return decimal(lpsz);
}
STDAPI_(ULONG) UlFromSzHex(LPCTSTR lpsz) {
  return hexadecimal(lpsz);
}
STDAPI_(ULONG) UlFromSzHexW(LPCWSTR lpsz) {
  return hexadecimal(lpsz);
}
