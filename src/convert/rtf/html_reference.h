// SPDX-License-Identifier: Apache-2.0
// Character references of HTML: "&eacute;", "&#233;", "&#xE9;". HTML 5, 13.2.5.72 to 13.2.5.80, with the names of
// HTML 4. Invalid numbers are U+FFFD, numbers 128 to 159 mean windows-1252. Pure functions: any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace mapiary::rtf {

struct HtmlReference {
  std::size_t length = 0;  // of the reference; 0: it is none, but text
  char32_t code_point = 0;
};

// What `text`, which begins with '&', begins with.
HtmlReference html_reference(std::string_view text);

}  // namespace mapiary::rtf
