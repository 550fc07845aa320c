// SPDX-License-Identifier: Apache-2.0
#include "convert/rtf/rtf_token.h"

#include <algorithm>
#include <limits>

namespace mapiary::rtf {
namespace {

constexpr std::size_t kMaxWord = 32;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void Tokenizer::skip_line_breaks() {
  while (at_ < rtf_.size() && (rtf_[at_] == '\r' || rtf_[at_] == '\n')) ++at_;
}

Token Tokenizer::next() {
  skip_line_breaks();
  Token token;
  token.offset = at_;
  if (at_ == rtf_.size()) return token;
  const char c = rtf_[at_];
  if (c == '{' || c == '}') {
    ++at_;
    token.kind = c == '{' ? Token::Kind::kGroupBegin : Token::Kind::kGroupEnd;
    return token;
  }
  if (c == '\\') return control();
  const std::size_t end = std::min(rtf_.find_first_of("{}\\\r\n", at_), rtf_.size());
  token.kind = Token::Kind::kText;
  token.text = rtf_.substr(at_, end - at_);
  at_ = end;
  return token;
}

Token Tokenizer::control() {
  const std::size_t begin = at_++;
  Token token;
  token.offset = begin;
  if (at_ == rtf_.size()) return token;  // a lone backslash at the end says nothing
  const char c = rtf_[at_];
  if (is_letter(c)) return word(begin);
  if (c == '\'') return hex(begin);
  token.kind = Token::Kind::kSymbol;
  token.text = rtf_.substr(at_++, 1);
  return token;
}

Token Tokenizer::hex(std::size_t begin) {
  ++at_;
  Token token;
  token.offset = begin;
  const int high = at_ < rtf_.size() ? hex_digit(rtf_[at_]) : -1;
  const int low = at_ + 1 < rtf_.size() ? hex_digit(rtf_[at_ + 1]) : -1;
  if (high < 0 || low < 0) {  // not an escape: the quote is dropped, what follows is read as it stands
    token.kind = Token::Kind::kText;
    return token;
  }
  at_ += 2;
  token.kind = Token::Kind::kHex;
  token.byte = static_cast<std::uint8_t>(high << 4 | low);
  return token;
}

Token Tokenizer::word(std::size_t begin) {
  Token token;
  token.kind = Token::Kind::kWord;
  token.offset = begin;
  const std::size_t letters = at_;
  while (at_ < rtf_.size() && is_letter(rtf_[at_])) ++at_;
  token.text = rtf_.substr(letters, std::min(at_ - letters, kMaxWord));
  const bool minus = at_ + 1 < rtf_.size() && rtf_[at_] == '-' && is_digit(rtf_[at_ + 1]);
  if (minus) ++at_;
  std::int64_t value = 0;
  for (; at_ < rtf_.size() && is_digit(rtf_[at_]); ++at_) {
    token.has_parameter = true;
    value = std::min<std::int64_t>(value * 10 + (rtf_[at_] - '0'), std::numeric_limits<std::int32_t>::max());
  }
  token.parameter = static_cast<std::int32_t>(minus ? -value : value);
  if (at_ < rtf_.size() && rtf_[at_] == ' ') ++at_;
  if (token.text == "bin" && token.parameter > 0) {
    const std::size_t n = std::min<std::size_t>(static_cast<std::size_t>(token.parameter), rtf_.size() - at_);
    token.kind = Token::Kind::kBinary;
    token.text = rtf_.substr(at_, n);
    at_ += n;
  }
  return token;
}

}  // namespace mapiary::rtf
