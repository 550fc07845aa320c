// SPDX-License-Identifier: Apache-2.0
#include "convert/rtf/rtf_words.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace mapiary::rtf {
namespace {

constexpr WordInfo kWords[] = {
    {"aftncn", Word::kDestination},
    {"aftnsep", Word::kDestination},
    {"aftnsepc", Word::kDestination},
    {"annotation", Word::kDestination},
    {"ansi", Word::kDocumentCodePage, 1252},
    {"ansicpg", Word::kAnsiCodePage},
    {"atnauthor", Word::kDestination},
    {"atnid", Word::kDestination},
    {"author", Word::kDestination},
    {"bkmkend", Word::kDestination},
    {"bkmkstart", Word::kDestination},
    {"bullet", Word::kCharacter, 0x2022, "&bull;"},
    {"buptim", Word::kDestination},
    {"category", Word::kDestination},
    {"cell", Word::kTab},
    {"colortbl", Word::kDestination},
    {"comment", Word::kDestination},
    {"company", Word::kDestination},
    {"cpg", Word::kFontCodePage},
    {"creatim", Word::kDestination},
    {"datafield", Word::kDestination},
    {"deff", Word::kDefaultFont},
    {"deleted", Word::kOther},
    {"doccomm", Word::kDestination},
    {"emdash", Word::kCharacter, 0x2014, "&mdash;"},
    {"emspace", Word::kCharacter, 0x2003, "&emsp;"},
    {"endash", Word::kCharacter, 0x2013, "&ndash;"},
    {"enspace", Word::kCharacter, 0x2002, "&ensp;"},
    {"f", Word::kFont},
    {"falt", Word::kDestination},
    {"fcharset", Word::kCharset},
    {"filetbl", Word::kDestination},
    {"fldinst", Word::kDestination},
    {"fldrslt", Word::kVisible},
    {"fonttbl", Word::kFontTable},
    {"footer", Word::kDestination},
    {"footerf", Word::kDestination},
    {"footerl", Word::kDestination},
    {"footerr", Word::kDestination},
    {"footnote", Word::kDestination},
    {"ftncn", Word::kDestination},
    {"ftnsep", Word::kDestination},
    {"ftnsepc", Word::kDestination},
    {"generator", Word::kDestination},
    {"header", Word::kDestination},
    {"headerf", Word::kDestination},
    {"headerl", Word::kDestination},
    {"headerr", Word::kDestination},
    {"htmlrtf", Word::kHtmlRtf},
    {"htmltag", Word::kHtmlTag},
    {"info", Word::kDestination},
    {"keywords", Word::kDestination},
    {"ldblquote", Word::kCharacter, 0x201C, "&ldquo;"},
    {"line", Word::kBreak},
    {"listname", Word::kDestination},
    {"listoverridetable", Word::kDestination},
    {"listtable", Word::kDestination},
    {"lquote", Word::kCharacter, 0x2018, "&lsquo;"},
    {"ltrmark", Word::kCharacter, 0x200E, "&lrm;"},
    {"mac", Word::kDocumentCodePage, 10000},
    {"manager", Word::kDestination},
    {"mhtmltag", Word::kMhtmlTag},
    {"nestcell", Word::kTab},
    {"nestrow", Word::kBreak},
    {"nonesttables", Word::kDestination},
    {"nonshppict", Word::kDestination},
    {"objclass", Word::kDestination},
    {"objdata", Word::kDestination},
    {"objname", Word::kDestination},
    {"operator", Word::kDestination},
    {"page", Word::kBreak},
    {"par", Word::kBreak},
    {"pc", Word::kDocumentCodePage, 437},
    {"pca", Word::kDocumentCodePage, 850},
    {"pict", Word::kDestination},
    {"plain", Word::kPlain},
    {"pntext", Word::kVisible},
    {"printim", Word::kDestination},
    {"private1", Word::kDestination},
    {"qmspace", Word::kCharacter, 0x2005, " "},
    {"rdblquote", Word::kCharacter, 0x201D, "&rdquo;"},
    {"revtbl", Word::kDestination},
    {"revtim", Word::kDestination},
    {"row", Word::kBreak},
    {"rquote", Word::kCharacter, 0x2019, "&rsquo;"},
    {"rtlmark", Word::kCharacter, 0x200F, "&rlm;"},
    {"rxe", Word::kDestination},
    {"sect", Word::kBreak},
    {"shpinst", Word::kVisible},
    {"shptxt", Word::kVisible},
    {"sn", Word::kDestination},
    {"sv", Word::kDestination},
    {"stylesheet", Word::kDestination},
    {"subject", Word::kDestination},
    {"tab", Word::kTab},
    {"tc", Word::kDestination},
    {"title", Word::kDestination},
    {"txe", Word::kDestination},
    {"u", Word::kUnicode},
    {"uc", Word::kUnicodeSkip},
    {"ud", Word::kUnicodeDestination},
    {"upr", Word::kUpr},
    {"xe", Word::kDestination},
    {"zwj", Word::kCharacter, 0x200D, "&zwj;"},
    {"zwnj", Word::kCharacter, 0x200C, "&zwnj;"},
};

constexpr WordInfo kUnlisted{};

constexpr auto sorted() {
  std::array<WordInfo, std::size(kWords)> words{};
  std::copy(std::begin(kWords), std::end(kWords), words.begin());
  std::sort(words.begin(), words.end(), [](const WordInfo& a, const WordInfo& b) { return a.name < b.name; });
  return words;
}
constexpr auto kSorted = sorted();

}  // namespace

const WordInfo& find_word(std::string_view name) {
  const auto at = std::lower_bound(kSorted.begin(), kSorted.end(), name,
                                   [](const WordInfo& w, std::string_view n) { return w.name < n; });
  return at != kSorted.end() && at->name == name ? *at : kUnlisted;
}

}  // namespace mapiary::rtf
