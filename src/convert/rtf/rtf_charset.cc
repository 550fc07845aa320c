// SPDX-License-Identifier: Apache-2.0
#include "convert/rtf/rtf_charset.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <utility>

namespace mapiary::rtf {
namespace {

// \fcharset of the RTF specification -> Windows code page.
constexpr std::pair<std::int32_t, std::uint16_t> kCharsets[] = {
    {0, 1252},   {2, 42},     {77, 10000}, {78, 10001}, {79, 10003}, {80, 10008}, {81, 10002}, {83, 10005}, {84, 10004},
    {85, 10006}, {86, 10081}, {87, 10021}, {88, 10029}, {89, 10007}, {128, 932},  {129, 949},  {130, 1361}, {134, 936},
    {136, 950},  {161, 1253}, {162, 1254}, {163, 1258}, {177, 1255}, {178, 1256}, {179, 1256}, {180, 1256}, {181, 1255},
    {186, 1257}, {204, 1251}, {222, 874},  {238, 1250}, {254, 437},  {255, 850},
};

// Names where ICU's own name for the code page is not "windows-N" or "ibm-N".
constexpr std::pair<std::uint32_t, const char*> kNames[] = {
    {874, "windows-874"},      {932, "ibm-943_P15A-2003"}, {936, "windows-936"},    {949, "windows-949"},
    {950, "windows-950"},      {10000, "macintosh"},       {10001, "Shift_JIS"},    {10002, "Big5"},
    {10003, "EUC-KR"},         {10004, "windows-1256"},    {10005, "windows-1255"}, {10006, "x-mac-greek"},
    {10007, "x-mac-cyrillic"}, {10008, "gb2312"},          {10021, "windows-874"},  {10029, "x-mac-centraleurroman"},
    {10081, "x-mac-turkish"},  {20866, "KOI8-R"},          {21866, "KOI8-U"},       {54936, "gb18030"},
    {65001, "UTF-8"},          {20127, "windows-1252"},    {1361, "ibm-1363"},
};

std::string name_of(std::uint32_t code_page) {
  const auto* known =
      std::find_if(std::begin(kNames), std::end(kNames), [&](const auto& n) { return n.first == code_page; });
  if (known != std::end(kNames)) return known->second;
  if (code_page >= 1250 && code_page <= 1258) return "windows-" + std::to_string(code_page);
  if (code_page >= 28591 && code_page <= 28605) return "ISO-8859-" + std::to_string(code_page - 28590);
  return "ibm-" + std::to_string(code_page);
}

bool is_ascii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::uint32_t code_page_of_charset(std::int32_t charset) {
  const auto* known =
      std::find_if(std::begin(kCharsets), std::end(kCharsets), [&](const auto& c) { return c.first == charset; });
  return known == std::end(kCharsets) ? 0 : known->second;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&out](char32_t v) { out.push_back(static_cast<char>(v)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) return put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
  if (c < 0x10000) return put(0xE0 | c >> 12), put(0x80 | ((c >> 6) & 0x3F)), put(0x80 | (c & 0x3F));
  put(0xF0 | c >> 18), put(0x80 | ((c >> 12) & 0x3F)), put(0x80 | ((c >> 6) & 0x3F)), put(0x80 | (c & 0x3F));
}

char32_t take_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at++);
  if (first < 0xC2 || first > 0xF4) return first;
  const std::size_t more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  if (text.size() - at < more) return first;
  char32_t c = first & (0x3Fu >> more);
  for (std::size_t i = 0; i < more; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return first;
    c = c << 6 | (byte(at + i) & 0x3F);
  }
  if ((more == 2 && c < 0x800) || (more == 3 && (c < 0x10000 || c > 0x10FFFF))) return first;
  at += more;
  return c;
}

CodePages::~CodePages() {
  for (auto& [page, converter] : open_) ucnv_close(converter);
}

UConverter* CodePages::converter(std::uint32_t code_page) {
  if (const auto found = open_.find(code_page); found != open_.end()) return found->second;
  UErrorCode status = U_ZERO_ERROR;
  UConverter* made = code_page > 65535 ? nullptr : ucnv_open(name_of(code_page).c_str(), &status);
  if (made == nullptr || U_FAILURE(status))
    return code_page == kDefaultCodePage ? nullptr : converter(kDefaultCodePage);
  return open_[code_page] = made;
}

void CodePages::decode(std::uint32_t code_page, std::string_view bytes, std::string& out) {
  UConverter* from = is_ascii(bytes) ? nullptr : converter(code_page == kSymbolCodePage ? kDefaultCodePage : code_page);
  if (from == nullptr) {
    out += bytes;
    return;
  }
  ucnv_resetToUnicode(from);
  std::array<UChar, 512> units;
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  char16_t high = 0;
  UErrorCode status = U_ZERO_ERROR;
  do {
    status = U_ZERO_ERROR;
    UChar* to = units.data();
    ucnv_toUnicode(from, &to, units.data() + units.size(), &at, end, nullptr, 1, &status);
    for (const UChar* u = units.data(); u != to; ++u) {
      if ((*u & 0xFC00) == 0xD800) {
        high = *u;
      } else if ((*u & 0xFC00) == 0xDC00 && high != 0) {
        append_utf8(out, 0x10000 + ((static_cast<char32_t>(high) & 0x3FF) << 10 | (static_cast<char32_t>(*u) & 0x3FF)));
        high = 0;
      } else {
        append_utf8(out, *u);
      }
    }
  } while (status == U_BUFFER_OVERFLOW_ERROR);
}

}  // namespace mapiary::rtf
