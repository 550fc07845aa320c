// SPDX-License-Identifier: Apache-2.0
// Bytes as hexadecimal text in either character width. Upper case out, any case in.
#pragma once

#include <string>
#include <string_view>

namespace mapiary::util {

// Writes 2 * bytes.size() digits and a terminator.
template <class Char>
void hex_from_bytes(std::string_view bytes, Char* out) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    *out++ = static_cast<Char>(kDigits[byte >> 4]);
    *out++ = static_cast<Char>(kDigits[byte & 15]);
  }
  *out = 0;
}

// -1 for what is no digit.
template <class Char>
constexpr int hex_digit(Char c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<int>(c - 'A') + 10;
  if (c >= 'a' && c <= 'f') return static_cast<int>(c - 'a') + 10;
  return -1;
}

// False if the text is not an even number of digits; `bytes` is then undefined.
template <class Char>
bool hex_to_bytes(std::basic_string_view<Char> text, std::string& bytes) {
  bytes.clear();
  if (text.size() % 2) return false;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return true;
}

}  // namespace mapiary::util
