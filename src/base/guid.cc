// SPDX-License-Identifier: Apache-2.0
#include "base/guid.h"

#include <span>

#include "base/random.h"

namespace mapiary {
namespace {

// The order in which the text form names the bytes; -1 is a hyphen.
constexpr std::array<int, 20> kTextOrder{3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15};
constexpr std::string_view kHexDigits = "0123456789ABCDEF";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Guid Guid::random() {
  Guid guid;
  random_bytes(std::as_writable_bytes(std::span(guid.bytes)));
  guid.bytes[7] = static_cast<std::uint8_t>((guid.bytes[7] & 0x0F) | 0x40);  // version 4
  guid.bytes[8] = static_cast<std::uint8_t>((guid.bytes[8] & 0x3F) | 0x80);  // the RFC 4122 variant
  return guid;
}

std::optional<Guid> Guid::parse(std::string_view text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (text.size() != 36) return std::nullopt;
  Guid guid;
  std::size_t at = 0;
  for (int index : kTextOrder) {
    if (index < 0) {
      if (text[at++] != '-') return std::nullopt;
      continue;
    }
    int high = hex_value(text[at]);
    int low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    guid.bytes[static_cast<std::size_t>(index)] = static_cast<std::uint8_t>(high * 16 + low);
    at += 2;
  }
  return guid;
}

std::string Guid::to_string() const {
  std::string text = "{";
  for (int index : kTextOrder) {
    if (index < 0) {
      text += '-';
      continue;
    }
    std::uint8_t byte = bytes[static_cast<std::size_t>(index)];
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 15];
  }
  return text + '}';
}

}  // namespace mapiary
