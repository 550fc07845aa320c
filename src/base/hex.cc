// SPDX-License-Identifier: Apache-2.0
#include "base/hex.h"

namespace mapiary {
namespace {

constexpr char kDigits[] = "0123456789ABCDEF";

}  // namespace

std::string hex(std::uint64_t number, int digits) {
  std::string text = "0x";
  for (int shift = 60; shift >= 0; shift -= 4) {
    if (shift < digits * 4 || (number >> shift) != 0) text += kDigits[(number >> shift) & 15];
  }
  return text;
}

std::string hex_bytes(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace mapiary
