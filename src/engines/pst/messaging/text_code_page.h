// SPDX-License-Identifier: Apache-2.0
// Which code page 8-bit text is in. Nothing says so for a file; the properties of the object or of the store hint at
// it: PR_MESSAGE_CODEPAGE, the language of PR_MESSAGE_LOCALE_ID, the family of PR_INTERNET_CPID, in this order.
// [MS-OXCMSG] 2.2.1.5, 2.2.1.13, 2.2.1.56.6. Pure but for reading.
#pragma once

#include <cstdint>

#include "engines/pst/ltp/property_context.h"

namespace mapiary::engines::pst {

struct TextHints {
  std::uint32_t message_code_page = 0;   // 0x3FFD
  std::uint32_t locale = 0;              // 0x3FF1
  std::uint32_t internet_code_page = 0;  // 0x3FDE
};

// What a message says.
TextHints text_hints(PropertyContext& message);
// 0: the hints say nothing.
std::uint32_t code_page_of(const TextHints& hints);
// The Windows code page of a language; 0 if there is none.
std::uint32_t code_page_of_locale(std::uint32_t lcid);
// The Windows code page with the characters of a page of mail: 932 of 50220 (ISO-2022-JP). 0 where the page says
// nothing (ASCII, Unicode).
std::uint32_t windows_page_of(std::uint32_t internet_page);

}  // namespace mapiary::engines::pst
