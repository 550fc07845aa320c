// SPDX-License-Identifier: Apache-2.0
#include "convert/rtf/rtf_format.h"

namespace mapiary::rtf {
namespace {

constexpr std::size_t kSlices = 8;
using CrcTables = std::array<std::array<std::uint32_t, 256>, kSlices>;

constexpr CrcTables make_tables() {
  CrcTables t{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c & 1u) != 0 ? (c >> 1) ^ 0xEDB88320u : c >> 1;
    t[0][i] = c;
  }
  for (std::size_t s = 1; s < kSlices; ++s)
    for (std::size_t i = 0; i < 256; ++i) t[s][i] = (t[s - 1][i] >> 8) ^ t[0][t[s - 1][i] & 0xFF];
  return t;
}
constexpr CrcTables kTables = make_tables();

}  // namespace

Header parse_header(std::span<const std::byte, kHeaderSize> bytes) {
  const std::byte* p = bytes.data();
  return {load_le<std::uint32_t>(p), load_le<std::uint32_t>(p + 4), load_le<std::uint32_t>(p + 8),
          load_le<std::uint32_t>(p + 12)};
}

std::array<std::byte, kHeaderSize> format_header(const Header& header) {
  std::array<std::byte, kHeaderSize> out;
  store_le(out.data(), header.compressed_size);
  store_le(out.data() + 4, header.raw_size);
  store_le(out.data() + 8, header.magic);
  store_le(out.data() + 12, header.crc);
  return out;
}

std::uint32_t rtf_crc(std::uint32_t crc, ByteSpan bytes) {
  const std::byte* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, p += 8) {  // eight table look-ups do not wait for each other
    const std::uint32_t a = load_le<std::uint32_t>(p) ^ crc, b = load_le<std::uint32_t>(p + 4);
    crc = kTables[7][a & 0xFF] ^ kTables[6][(a >> 8) & 0xFF] ^ kTables[5][(a >> 16) & 0xFF] ^ kTables[4][a >> 24] ^
          kTables[3][b & 0xFF] ^ kTables[2][(b >> 8) & 0xFF] ^ kTables[1][(b >> 16) & 0xFF] ^ kTables[0][b >> 24];
  }
  for (; left > 0; --left, ++p) crc = (crc >> 8) ^ kTables[0][(crc ^ std::to_integer<std::uint32_t>(*p)) & 0xFF];
  return crc;
}

}  // namespace mapiary::rtf
