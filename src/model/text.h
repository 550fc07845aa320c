// SPDX-License-Identifier: Apache-2.0
// Text of properties made comparable: PT_STRING8 and PT_UNICODE both as UTF-8, folded as a comparison asks for. The
// model's one door to base/unicode.h and base/code_page.h. Pure functions, callable from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mapiary::model {

struct TextFolding {
  bool ignore_case = false;
  bool ignore_nonspace = false;  // diacritics and other non-spacing marks
  bool none() const { return !ignore_case && !ignore_nonspace; }
};

// `utf8` in the form in which two texts that the folding takes for equal are the same bytes.
std::string fold_text(std::string_view utf8, TextFolding folding);
// 8-bit text as UTF-8. A code page nobody knows is read as windows-1252, bytes without meaning become U+FFFD: comparing
// has no error to give.
std::string text8_to_utf8(std::string_view bytes, std::uint32_t code_page);

}  // namespace mapiary::model
