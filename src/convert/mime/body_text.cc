// SPDX-License-Identifier: Apache-2.0
// Charset and transfer encoding of what is written.
#include <algorithm>

#include "base/code_page.h"
#include "base/unicode.h"
#include "convert/mime/codec.h"
#include "convert/mime/plan.h"

namespace mapiary::mime {
namespace {

bool has_c1(std::string_view utf8) {
  for (std::size_t at = utf8.find('\xC2'); at != std::string_view::npos; at = utf8.find('\xC2', at + 1)) {
    if (at + 1 < utf8.size() && static_cast<unsigned char>(utf8[at + 1]) < 0xA0) return true;
  }
  return false;
}

}  // namespace

bool is_safe_page(std::uint32_t page) {
  return (page >= 1250 && page <= 1258 && page != 1255 && page != 1258) ||
         (page >= 28591 && page <= 28605 && page != 28596 && page != 28598 && page != 28601 && page != 28602) ||
         page == 20866 || page == 21866;
}

bool is_one_byte_page(std::uint32_t page) {
  return (page >= 1250 && page <= 1258) || (page >= 28591 && page <= 28605) || page == 20866 || page == 21866;
}

Charset choose_charset(std::string text, std::uint32_t preferred_page) {
  if (is_ascii(text)) {
    // Of the pages mail may state, all say ASCII alike.
    const bool keep = preferred_page == code_page::kUtf8 || is_safe_page(preferred_page);
    return {keep ? std::string(charset_of_code_page(preferred_page)) : "us-ascii", std::move(text)};
  }
  if (is_safe_page(preferred_page) && !has_c1(text)) {
    auto bytes = encode_text(preferred_page, text, Conversion::kStrict);
    if (bytes) return {std::string(charset_of_code_page(preferred_page)), std::move(bytes->text)};
  }
  if (is_valid_utf8(text)) return {"utf-8", std::move(text)};
  return {"utf-8", to_strict_utf8(text)};
}

}  // namespace mapiary::mime
