// SPDX-License-Identifier: Apache-2.0
// RTF text cut into tokens. Never fails: what is no RTF comes out as text, and an end in mid-token ends the token.
// Limits: a control word's letters beyond 32 and its parameter beyond int32 are read but not kept (the parameter
// saturates). A view over the caller's text; one thread at a time.
#pragma once

#include <cstdint>
#include <string_view>

namespace mapiary::rtf {

struct Token {
  enum class Kind : std::uint8_t {
    kEnd,
    kGroupBegin,
    kGroupEnd,
    kWord,    // text = the letters; has_parameter, parameter
    kSymbol,  // text = the one character after the backslash
    kHex,     // byte
    kText,    // text = plain characters without CR and LF
    kBinary,  // text = the bytes of \bin
  };
  Kind kind = Kind::kEnd;
  bool has_parameter = false;
  std::uint8_t byte = 0;
  std::int32_t parameter = 0;
  std::string_view text;
  std::size_t offset = 0;
};

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view rtf) : rtf_(rtf) {}
  Token next();

 private:
  Token control();
  Token word(std::size_t begin);
  Token hex(std::size_t begin);
  void skip_line_breaks();

  std::string_view rtf_;
  std::size_t at_ = 0;
};

}  // namespace mapiary::rtf
