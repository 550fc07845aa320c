// SPDX-License-Identifier: Apache-2.0
// Text or HTML made into RTF that gives the original back (rtf_text.h), for a message with one body only.
// [MS-OXRTFEX] 2.2.1, 2.2.2 Output is 7-bit: everything beyond ASCII is written \uN, so no code page can spoil it. Line
// ends become CRLF, which the specification allows. Pure functions: any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mapiary::rtf {

// UTF-8 (WTF-8) text -> {\rtf1 ... \fromtext ...}.
std::string wrap_text(std::string_view utf8);

// UTF-8 (WTF-8) HTML -> {\rtf1 ... \fromhtml1 ...}. Tags, comments, references, and the content of head, script and
// style go into \htmltag groups; the text between stays visible, with paragraph breaks where block elements end.
// `code_page` is what the original was in, written as \ansicpg so that whoever takes the HTML out can encode it again.
std::string wrap_html(std::string_view utf8, std::uint32_t code_page = 1252);

}  // namespace mapiary::rtf
