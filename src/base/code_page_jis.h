// SPDX-License-Identifier: Apache-2.0
// ISO-2022-JP as Windows and Japanese mail use it (pages 50220, 50221, 50222): the characters of page 932, NEC row 13
// and halfwidth kana included, in seven bits. ICU's own converter lacks both. Only code_page*.cc include this header.
// RFC 1468; [JIS X 0201, 0208].
#pragma once

#include <cstdint>
#include <string_view>

#include "base/code_page_backend.h"

namespace mapiary::code_page {

// All three pages decode alike, leniently: any escape of the family, SO/SI, and raw 8-bit bytes read as page 932.
Decoded jis_decode(std::string_view bytes);
// 50220 writes halfwidth kana as fullwidth, 50221 with ESC ( I, 50222 with SO/SI. Ends in ASCII.
Encoded jis_encode(std::uint32_t page, std::u16string_view units);

}  // namespace mapiary::code_page
