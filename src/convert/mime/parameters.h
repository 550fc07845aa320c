// SPDX-License-Identifier: Apache-2.0
// Content-Type and Content-Disposition: a word and parameters. RFC 2045 5.1, RFC 2183, RFC 2231 (charsets,
// continuations), and what is written in the wild: no quotes, encoded words in quotes, 8-bit text. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mapiary::mime {

struct Parameter {
  std::string name;  // lower case
  std::string raw;   // as it stands, without quotes
  std::string text;  // UTF-8
};

struct ParameterList {
  std::string value;  // "text/plain", "attachment": lower case; empty if it is not well-formed
  std::vector<Parameter> parameters;

  // nullptr: there is none.
  const Parameter* find(std::string_view name) const;
  // Its text, or "".
  std::string_view text(std::string_view name) const;
};

// Takes an unfolded field value.
ParameterList parse_parameters(std::string_view value);
// Whether `value` is "type/subtype" of tokens.
bool is_media_type(std::string_view value);

// "; name=value", folded before column 76: a token, a quoted string, or RFC 2231. Nothing in `text` can end the field.
void append_parameter(std::string& out, std::string_view name, std::string_view text, std::size_t& column);

}  // namespace mapiary::mime
