// SPDX-License-Identifier: Apache-2.0
// Text at the border: WCHAR and code page strings to UTF-8 and back. WCHAR is wchar_t, 32 bits on Linux, UTF-32 in it;
// UTF-16 pairs that ported code leaves in 32-bit units are joined.
#pragma once

#include <mapix.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "com/memory.h"

namespace mapiary::com {

std::string from_wide(std::wstring_view text);
std::wstring to_wide(std::string_view utf8);
// LPTSTR arguments: WCHAR text when `unicode` (the call had MAPI_UNICODE), else text in the process code page. NULL
// becomes "".
std::string from_tstr(const void* text, bool unicode);

// Process code page for PT_STRING8 that names none.
std::uint32_t default_code_page();
// Bytes of `code_page` as UTF-8, and back; what cannot be converted becomes U+FFFD or the code page's own replacement.
std::string decode_lossy(std::string_view bytes, std::uint32_t code_page);
std::string encode_lossy(std::string_view utf8, std::uint32_t code_page);

// A terminated copy in `block`.
Result<LPWSTR> copy_wide(OutBlock& block, std::string_view utf8);
Result<LPSTR> copy_narrow(OutBlock& block, std::string_view utf8, std::uint32_t code_page = 0);
// As the LPTSTR member of a structure: WCHAR when `unicode`.
Result<LPTSTR> copy_text(OutBlock& block, std::string_view utf8, bool unicode);

}  // namespace mapiary::com
