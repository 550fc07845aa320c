// SPDX-License-Identifier: Apache-2.0
#include "base/icu.h"
#include "base/unicode.h"

namespace mapiary {

char32_t simple_upper(char32_t c) {
  if (c < 0x80) return c >= U'a' && c <= U'z' ? c - 32 : c;
  return static_cast<char32_t>(late::u_toupper(static_cast<UChar32>(c)));
}

std::uint16_t age_of(char32_t c) {
  UVersionInfo age{};
  late::u_charAge(static_cast<UChar32>(c), age);
  return static_cast<std::uint16_t>(age[0] << 8 | age[1]);
}

bool is_white_space(char32_t c) {
  if (c < 0x80) return c == U' ' || (c >= 0x09 && c <= 0x0D);
  return late::u_isUWhiteSpace(static_cast<UChar32>(c)) != 0;
}

bool is_unseen(char32_t c) {
  if (c < 0x80) return c < 0x20 || c == 0x7F;
  const auto code = static_cast<UChar32>(c);
  const auto type = late::u_charType(code);
  return type == U_CONTROL_CHAR || type == U_FORMAT_CHAR ||
         late::u_hasBinaryProperty(code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

}  // namespace mapiary
