// SPDX-License-Identifier: Apache-2.0
#include "convert/rtf/rtf_charset.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/code_page.h"
#include "base/unicode.h"

namespace mapiary::rtf {
namespace {

// \fcharset of the RTF specification -> Windows code page.
constexpr std::pair<std::int32_t, std::uint16_t> kCharsets[] = {
    {0, 1252},   {2, 42},     {77, 10000}, {78, 10001}, {79, 10003}, {80, 10008}, {81, 10002}, {83, 10005}, {84, 10004},
    {85, 10006}, {86, 10081}, {87, 10021}, {88, 10029}, {89, 10007}, {128, 932},  {129, 949},  {130, 1361}, {134, 936},
    {136, 950},  {161, 1253}, {162, 1254}, {163, 1258}, {177, 1255}, {178, 1256}, {179, 1256}, {180, 1256}, {181, 1255},
    {186, 1257}, {204, 1251}, {222, 874},  {238, 1250}, {254, 437},  {255, 850},
};

}  // namespace

std::uint32_t code_page_of_charset(std::int32_t charset) {
  const auto* known =
      std::find_if(std::begin(kCharsets), std::end(kCharsets), [&](const auto& c) { return c.first == charset; });
  return known == std::end(kCharsets) ? 0 : known->second;
}

void decode_run(std::uint32_t code_page, std::string_view bytes, std::string& out) {
  if (is_ascii(bytes)) {
    out += bytes;
    return;
  }
  // 0 to 3 would be this machine's own pages; letters of a symbol font are what the writer's keyboard gave.
  const bool named = code_page > 3 && code_page != kSymbolCodePage && is_known_code_page(code_page);
  auto converted = decode_text(named ? code_page : kDefaultCodePage, bytes);
  if (converted) out += converted->text;
}

}  // namespace mapiary::rtf
