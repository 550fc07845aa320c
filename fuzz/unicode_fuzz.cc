// SPDX-License-Identifier: Apache-2.0
// Text from hostile bytes. The first two bytes choose a code page, the rest is decoded by it and as UTF-8, UTF-16 and a
// named charset; what comes out must be well-formed and stable.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/code_page.h"
#include "base/unicode.h"

namespace {

using namespace mapiary;

void require(bool condition) {
  if (!condition) std::abort();
}

constexpr std::uint32_t kPages[] = {0,     37,    437,   874,   932,   936,   949,   950,   1200,
                                    1201,  1252,  1255,  1361,  12000, 20261, 50220, 50221, 50222,
                                    50225, 50227, 51932, 52936, 54936, 57002, 65000, 65001};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::uint32_t page = data[0] < std::size(kPages) ? kPages[data[0]] : data[0] * 256u + data[1];
  std::string_view bytes = input.substr(2);

  auto decoded = decode_text(page, bytes);
  require(decoded.has_value() && is_valid_wtf8(decoded->text));
  auto encoded = encode_text(page, decoded->text);
  require(encoded.has_value());
  require(decode_text(page, encoded->text).has_value());

  std::size_t replaced = 0;
  std::string text = repair_utf8(bytes, &replaced);
  require(is_valid_wtf8(text));
  require(replaced != 0 || utf16_length(text) == utf8_to_utf16(bytes).size());
  require(utf16_to_utf8(utf8_to_utf16(text)) == text);
  require(wide_to_utf8(utf8_to_wide(text)) == text);
  std::string units = utf16le_to_utf8(bytes_of(bytes));
  require(is_valid_wtf8(units));
  require(is_valid_utf8(to_strict_utf8(text)));
  require(is_valid_wtf8(fold_loose(text)));
  require(utf8_prefix(text, size / 2).size() <= size / 2);
  std::size_t name_length = data[1] % 32u;
  require(is_valid_wtf8(decode_charset(bytes.substr(0, name_length), bytes).text));
  return 0;
}
