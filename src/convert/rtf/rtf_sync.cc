// SPDX-License-Identifier: Apache-2.0
#include "convert/rtf/rtf_sync.h"

#include "base/unicode.h"
#include "convert/rtf/rtf_format.h"

namespace mapiary::rtf {
namespace {

enum class Kind : std::uint8_t { kSignificant, kWhite, kIgnorable };

Kind kind_of(char32_t c) {
  if (is_white_space(c)) return Kind::kWhite;
  return is_unseen(c) ? Kind::kIgnorable : Kind::kSignificant;
}

}  // namespace

SyncInfo compute_sync(std::string_view body) {
  SyncInfo info;
  std::string units;  // UTF-16LE not yet in the CRC
  std::size_t tagged = 0;
  const auto put_unit = [&](std::uint32_t unit) {
    units += static_cast<char>(unit & 0xFF);
    units += static_cast<char>(unit >> 8);
    ++info.body_count;
  };
  for (std::size_t at = 0; at < body.size();) {
    const char32_t c = next_code_point(body, at);
    const Kind kind = kind_of(c);
    if (kind == Kind::kIgnorable) ++(info.body_count == 0 ? info.prefix_count : info.trailing_count);
    if (kind != Kind::kSignificant) continue;
    info.trailing_count = 0;
    if (tagged < kTagLength) append_utf8(info.body_tag, c), ++tagged;
    if (c < 0x10000) {
      put_unit(c);
    } else {
      put_unit(0xD800 + ((c - 0x10000) >> 10));
      put_unit(0xDC00 + (c & 0x3FF));
    }
    if (units.size() >= 4096) {
      info.body_crc = rtf_crc(info.body_crc, bytes_of(units));
      units.clear();
    }
  }
  info.body_crc = rtf_crc(info.body_crc, bytes_of(units));
  return info;
}

std::string significant_text(std::string_view body) {
  std::string out;
  for (std::size_t at = 0; at < body.size();) {
    const char32_t c = next_code_point(body, at);
    if (kind_of(c) == Kind::kSignificant) append_utf8(out, c);
  }
  return out;
}

}  // namespace mapiary::rtf
