// SPDX-License-Identifier: Apache-2.0
// 8-bit text: Windows code page numbers, the charset names of mail, and conversion both ways between their bytes and
// UTF-8 (WTF-8).
//
// Decoding: what has no character becomes U+FFFD; encoding: what has no bytes becomes '?' of the page. Both are
// counted. Strict conversion makes them an error instead. A byte 80..9F that a Windows page leaves undefined is the
// control character of that number, as on Windows, so that it comes back. Sources of the mappings, in this order: own
// tables and code, ICU, iconv. All functions are safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mapiary {

namespace code_page {
inline constexpr std::uint32_t kAnsi = 0;  // CP_ACP
inline constexpr std::uint32_t kOem = 1;   // CP_OEMCP
inline constexpr std::uint32_t kMac = 2;   // CP_MACCP
inline constexpr std::uint32_t kThreadAnsi = 3;
inline constexpr std::uint32_t kUtf16Le = 1200;
inline constexpr std::uint32_t kUtf16Be = 1201;
inline constexpr std::uint32_t kWestern = 1252;
inline constexpr std::uint32_t kAscii = 20127;
inline constexpr std::uint32_t kUtf7 = 65000;
inline constexpr std::uint32_t kUtf8 = 65001;
}  // namespace code_page

enum class Conversion : std::uint8_t { kStrict, kLossy };

struct Converted {
  std::string text;
  std::size_t replaced = 0;  // characters or ill-formed runs that could not be converted
  bool guessed =
      false;  // the page or charset is unknown here; windows-1252 (or, for a name, UTF-8) was used in its place
};

// The page that stands for CP_ACP: 65001 unless the variable MAPIARY_ACP names another known page (read once).
std::uint32_t ansi_code_page();
// 0..3 made into a real number; others as they are.
std::uint32_t resolve_code_page(std::uint32_t page);
// True if the page can be converted here. 0..3 are known.
bool is_known_code_page(std::uint32_t page);
bool is_single_byte_code_page(std::uint32_t page);

// Bytes in `page` to UTF-8. Lossy: never fails, an unknown page is read as 1252 with `guessed` set. Strict:
// kUnknownCodePage, or kBadValue with the number of bad places as the error's value.
Result<Converted> decode_text(std::uint32_t page, std::string_view bytes, Conversion conversion = Conversion::kLossy);
// UTF-8 to bytes in `page`; errors as decode_text.
Result<Converted> encode_text(std::uint32_t page, std::string_view text, Conversion conversion = Conversion::kLossy);

// The page of a charset name as mail spells it: any case, quotes and blanks around it ignored. nullopt if it is not
// known or stands for no charset ("x-unknown").
std::optional<std::uint32_t> code_page_of_charset(std::string_view name);
// The preferred MIME name ("utf-8", "iso-2022-jp"); empty if the page has none.
std::string_view charset_of_code_page(std::uint32_t page);
// Text of a mail body: the name's page; else a charset only ICU or iconv knows; else UTF-8 if the bytes are valid, else
// 1252, with `guessed` set. Never fails.
Converted decode_charset(std::string_view name, std::string_view bytes);

}  // namespace mapiary
