// SPDX-License-Identifier: Apache-2.0
// Code pages as RTF names them, and their bytes as UTF-8 (WTF-8: a lone surrogate is kept).
// CodePages keeps open converters: one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

struct UConverter;

namespace mapiary::rtf {

inline constexpr std::uint32_t kDefaultCodePage = 1252;
inline constexpr std::uint32_t kSymbolCodePage = 42;

// The code page of \fcharsetN; 0 when the charset leaves it to the document (DEFAULT_CHARSET) or is unknown.
std::uint32_t code_page_of_charset(std::int32_t charset);

void append_utf8(std::string& out, char32_t code_point);
// The next code point of WTF-8 text and moves `at` past it; a byte that is no UTF-8 gives itself as Latin-1. Requires
// at < text.size().
char32_t take_code_point(std::string_view text, std::size_t& at);

class CodePages {
 public:
  CodePages() = default;
  CodePages(const CodePages&) = delete;
  CodePages& operator=(const CodePages&) = delete;
  ~CodePages();

  // Appends `bytes` of `code_page` to `out`. An unknown code page is read as 1252; a byte that means nothing gives
  // U+FFFD.
  void decode(std::uint32_t code_page, std::string_view bytes, std::string& out);

 private:
  UConverter* converter(std::uint32_t code_page);
  std::map<std::uint32_t, UConverter*> open_;
};

}  // namespace mapiary::rtf
