// SPDX-License-Identifier: Apache-2.0
#include "cli/json.h"

#include <charconv>
#include <cmath>
#include <cstdio>

#include "mapiary/client/text.h"

namespace cli {

using mapiary::client::append_utf8;
using mapiary::client::next_utf8;

Json& Json::open(char bracket) {
  before_value();
  out_.push_back(bracket);
  levels_.push_back({bracket == '{' ? '}' : ']'});
  return *this;
}

Json& Json::end() {
  const Level level = levels_.back();
  levels_.pop_back();
  if (!level.empty) line();
  out_.push_back(level.close);
  return *this;
}

void Json::line() {
  if (!pretty_) return;
  out_.push_back('\n');
  out_.append(levels_.size() * 2, ' ');
}

void Json::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) return;
  if (!levels_.back().empty) out_.push_back(',');
  levels_.back().empty = false;
  line();
}

Json& Json::key(std::string_view name) {
  text(name);
  out_.append(pretty_ ? ": " : ":");
  after_key_ = true;
  return *this;
}

Json& Json::text(std::string_view value) {
  before_value();
  out_.push_back('"');
  for (std::size_t at = 0; at < value.size();) {
    std::uint32_t c = next_utf8(value, at);
    if (c >= 0xD800 && c < 0xE000) c = 0xFFFD;
    if (c == '"' || c == '\\') {
      out_.push_back('\\');
      out_.push_back(static_cast<char>(c));
    } else if (c == '\n') {
      out_.append("\\n");
    } else if (c == '\r') {
      out_.append("\\r");
    } else if (c == '\t') {
      out_.append("\\t");
    } else if (c < 0x20 || c == 0x7F) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out_.append(escape);
    } else {
      append_utf8(out_, c);
    }
  }
  out_.push_back('"');
  return *this;
}

Json& Json::number(std::int64_t value) {
  before_value();
  out_.append(std::to_string(value));
  return *this;
}

Json& Json::unsigned_number(std::uint64_t value) {
  before_value();
  out_.append(std::to_string(value));
  return *this;
}

Json& Json::real(double value) {
  if (!std::isfinite(value)) return null();  // JSON has no word for it
  before_value();
  char text[32];
  const auto done = std::to_chars(text, text + sizeof text, value);
  out_.append(text, done.ptr);
  return *this;
}

Json& Json::boolean(bool value) {
  before_value();
  out_.append(value ? "true" : "false");
  return *this;
}

Json& Json::null() {
  before_value();
  out_.append("null");
  return *this;
}

}  // namespace cli
