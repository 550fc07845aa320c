// SPDX-License-Identifier: Apache-2.0
// The control words that matter to text extraction, in one sorted table.
// Constant data: any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace mapiary::rtf {

enum class Word : std::uint8_t {
  kOther,
  kDestination,  // its group holds no visible text
  kCharacter,    // stands for the code point
  kBreak,        // a line ends
  kTab,
  kFontTable,
  kFont,
  kCharset,
  kFontCodePage,
  kDefaultFont,
  kPlain,
  kAnsiCodePage,
  kDocumentCodePage,  // \mac \pc \pca \ansi: the code page is in `value`
  kUnicode,
  kUnicodeSkip,
  kUpr,  // its first sub-group is the ANSI twin of \ud
  kUnicodeDestination,
  kHtmlTag,
  kMhtmlTag,
  kHtmlRtf,
  kVisible,  // a destination marked \* whose text is nevertheless shown
};

struct WordInfo {
  std::string_view name;
  Word word = Word::kOther;
  char32_t value = 0;
  std::string_view html{};  // the entity for text outside tags [MS-OXRTFEX] 2.1.3.1.4.2
};

// kOther for a word not listed.
const WordInfo& find_word(std::string_view name);

}  // namespace mapiary::rtf
