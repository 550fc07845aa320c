// SPDX-License-Identifier: Apache-2.0
// Code pages as RTF names them, and runs of their bytes as UTF-8.
// Pure functions: any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mapiary::rtf {

inline constexpr std::uint32_t kDefaultCodePage = 1252;
inline constexpr std::uint32_t kSymbolCodePage = 42;

// The code page of \fcharsetN; 0 when the charset leaves it to the document (DEFAULT_CHARSET) or is unknown.
std::uint32_t code_page_of_charset(std::int32_t charset);

// Appends `bytes` of `code_page` to `out`. An unknown code page is read as 1252; a byte that means nothing gives
// U+FFFD.
void decode_run(std::uint32_t code_page, std::string_view bytes, std::string& out);

}  // namespace mapiary::rtf
