// SPDX-License-Identifier: Apache-2.0
#include "model/text.h"

#include "base/code_page.h"
#include "base/unicode.h"

namespace mapiary::model {

std::string fold_text(std::string_view utf8, TextFolding folding) {
  if (folding.ignore_case) return folding.ignore_nonspace ? fold_loose(utf8) : fold_case(utf8);
  return folding.ignore_nonspace ? fold_nonspace(utf8) : std::string(utf8);
}

std::string text8_to_utf8(std::string_view bytes, std::uint32_t code_page) {
  if (is_ascii(bytes) && is_single_byte_code_page(resolve_code_page(code_page))) return std::string(bytes);
  auto decoded = decode_text(code_page, bytes, Conversion::kLossy);
  return decoded ? std::move(decoded->text) : std::string(bytes);
}

}  // namespace mapiary::model
