// SPDX-License-Identifier: Apache-2.0
#include "util/nls_fold.h"

#include <algorithm>
#include <iterator>

#include "base/unicode.h"

namespace mapiary::util {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Punctuation and symbols of the blocks that text of mail uses.
constexpr Range kSymbols[] = {
    {0x21, 0x2F},     {0x3A, 0x40},     {0x5B, 0x60},       {0x7B, 0x7E},     {0xA1, 0xA9},     {0xAB, 0xB1},
    {0xB4, 0xB4},     {0xB6, 0xB8},     {0xBB, 0xBB},       {0xBF, 0xBF},     {0xD7, 0xD7},     {0xF7, 0xF7},
    {0x2C2, 0x2DF},   {0x37E, 0x37E},   {0x387, 0x387},     {0x55A, 0x55F},   {0x589, 0x58A},   {0x5BE, 0x5BE},
    {0x5F3, 0x5F4},   {0x60C, 0x60D},   {0x61B, 0x61F},     {0x66A, 0x66D},   {0x2010, 0x2027}, {0x2030, 0x205E},
    {0x20A0, 0x20CF}, {0x2100, 0x2101}, {0x2103, 0x2106},   {0x2116, 0x2118}, {0x211E, 0x2123}, {0x2190, 0x245F},
    {0x2500, 0x27BF}, {0x27C0, 0x2BFF}, {0x2E00, 0x2E5F},   {0x3001, 0x3003}, {0x3008, 0x3020}, {0x3030, 0x3030},
    {0x30FB, 0x30FB}, {0xFE10, 0xFE19}, {0xFE30, 0xFE6F},   {0xFF01, 0xFF0F}, {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40},
    {0xFF5B, 0xFF65}, {0xFFE0, 0xFFEE}, {0x1F300, 0x1FAFF},
};

bool is_symbol(char32_t c) {
  const Range* range = std::lower_bound(std::begin(kSymbols), std::end(kSymbols), c,
                                        [](const Range& each, char32_t wanted) { return each.last < wanted; });
  return range != std::end(kSymbols) && range->first <= c;
}

// U+FF61 .. U+FF9F; the last two are the combining voice marks.
constexpr char16_t kFullKatakana[] =
    u"\u3002\u300C\u300D\u3001\u30FB\u30F2\u30A1\u30A3\u30A5\u30A7\u30A9\u30E3\u30E5\u30E7\u30C3\u30FC"
    u"\u30A2\u30A4\u30A6\u30A8\u30AA\u30AB\u30AD\u30AF\u30B1\u30B3\u30B5\u30B7\u30B9\u30BB\u30BD\u30BF"
    u"\u30C1\u30C4\u30C6\u30C8\u30CA\u30CB\u30CC\u30CD\u30CE\u30CF\u30D2\u30D5\u30D8\u30DB\u30DE\u30DF"
    u"\u30E0\u30E1\u30E2\u30E4\u30E6\u30E8\u30E9\u30EA\u30EB\u30EC\u30ED\u30EF\u30F3\u3099\u309A";
static_assert(std::size(kFullKatakana) == 0xFF9F - 0xFF61 + 2);

char32_t without_width(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;
  if (c >= 0xFF61 && c <= 0xFF9F) return kFullKatakana[c - 0xFF61];
  return c == 0x3000 ? U' ' : c;
}

char32_t as_katakana(char32_t c) {
  const bool hiragana = (c >= 0x3041 && c <= 0x3096) || c == 0x309D || c == 0x309E;
  return hiragana ? c + 0x60 : c;
}

}  // namespace

std::string fold_for_comparison(std::string_view utf8, DWORD flags) {
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    char32_t c = next_code_point(utf8, at);
    if ((flags & NORM_IGNOREWIDTH) != 0) c = without_width(c);
    if ((flags & NORM_IGNOREKANATYPE) != 0) c = as_katakana(c);
    if ((flags & NORM_IGNORESYMBOLS) != 0 && is_symbol(c)) continue;
    append_utf8(out, c);
  }
  if ((flags & NORM_IGNOREWIDTH) != 0) out = compose(out);  // voice marks that stood alone join their letter
  return (flags & NORM_IGNORENONSPACE) != 0 ? fold_nonspace(out) : out;
}

}  // namespace mapiary::util
