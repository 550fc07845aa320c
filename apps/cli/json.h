// SPDX-License-Identifier: Apache-2.0
// JSON text, written front to back (RFC 8259). Always valid UTF-8: what is none becomes U+FFFD. Either one line or
// indented by two; keys stay in the order they are written, so the same data give the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

class Json {
 public:
  enum class Form { kLine, kPretty };
  explicit Json(Form form = Form::kLine) : pretty_(form == Form::kPretty) {}

  Json& object() { return open('{'); }
  Json& array() { return open('['); }
  Json& end();
  Json& key(std::string_view name);
  Json& text(std::string_view value);
  Json& number(std::int64_t value);
  Json& unsigned_number(std::uint64_t value);
  Json& real(double value);
  Json& boolean(bool value);
  Json& null();

  // A key with its value.
  Json& text(std::string_view name, std::string_view value) { return key(name).text(value); }
  Json& number(std::string_view name, std::uint64_t value) { return key(name).unsigned_number(value); }
  Json& boolean(std::string_view name, bool value) { return key(name).boolean(value); }

  /// Whole when every object and array has ended.
  const std::string& str() const { return out_; }

 private:
  Json& open(char bracket);
  void before_value();
  void line();

  bool pretty_;
  std::string out_;
  struct Level {
    char close;
    bool empty = true;
  };
  std::vector<Level> levels_;
  bool after_key_ = false;
};

}  // namespace cli
