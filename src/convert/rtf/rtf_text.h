// SPDX-License-Identifier: Apache-2.0
// RTF -> plain text, and the way back out of RTF that carries HTML or text. [MS-OXRTFEX] 2.2.3; [MSFT-RTF]
//
// Input may be hostile: groups nest at most limits.max_depth deep (kTooDeep), output is at most limits.max_output bytes
// (kTooBig); everything else that is wrong is read as well as it goes. Output is UTF-8 (WTF-8) with CRLF line ends.
// Pure functions: any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mapiary::rtf {

// What a document says it was made from. [MS-OXRTFEX] 2.2.3.1: the first ten tokens decide.
enum class Encapsulation : std::uint8_t { kNone, kHtml, kText };

bool is_rtf(std::string_view rtf);
Encapsulation detect_encapsulation(std::string_view rtf);

struct TextLimits {
  std::size_t max_depth = 10000;
  std::uint64_t max_output = std::uint64_t{1} << 30;
};

struct Extracted {
  std::string text;  // UTF-8
  std::uint32_t code_page =
      0;  // \ansicpg of the document, which original HTML was most likely in; 1252 if it names none
};

// The visible text of any RTF. kCorrupt if it does not begin with {\rtf.
Result<Extracted> to_text(std::string_view rtf, TextLimits limits = {});
// The HTML inside. kNotFound if detect_encapsulation() is not kHtml.
Result<Extracted> extract_html(std::string_view rtf, TextLimits limits = {});
// The text inside. kNotFound if detect_encapsulation() is not kText.
Result<Extracted> extract_text(std::string_view rtf, TextLimits limits = {});

}  // namespace mapiary::rtf
