// SPDX-License-Identifier: Apache-2.0
// Text in headers: encoded words (RFC 2047) read and written, and lines folded. Text is UTF-8. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace mapiary::mime {

// Encoded words and 8-bit text as UTF-8. Words side by side with one charset are decoded together, since senders cut
// characters in two; what is no good word stays as it is. Takes an unfolded value.
std::string decode_text_value(std::string_view value);

// A header line "Name: text" with its line end, folded; `text` is encoded where it has to be. Control characters become
// blanks: no line end of the text is ever one of the header.
void append_text_field(std::string& out, std::string_view name, std::string_view text);
// One or more encoded words with folds between them; `column` is where they begin and is moved to where they end.
void append_encoded_words(std::string& out, std::string_view text, std::size_t& column);
// Whether text can stand in a header unencoded and come back the same.
bool is_plain_header_text(std::string_view text);
// Blanks for control characters and line ends.
std::string clean_header_text(std::string_view text);
// ASCII `value` after "Name: ", folded at blanks before column 78 where that can be.
void append_folded(std::string& out, std::string_view value, std::size_t& column);

inline constexpr std::size_t kSoftColumn = 76;

}  // namespace mapiary::mime
