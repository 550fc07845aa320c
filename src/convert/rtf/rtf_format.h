// SPDX-License-Identifier: Apache-2.0
// The layout of compressed RTF, shared by decoder and encoder. [MS-OXRTFCP] 2.1.3
//
//   0  u32 COMPSIZE   size of the contents + 12 (the header's bytes after this field)
//   4  u32 RAWSIZE    size of the RTF
//   8  u32 COMPTYPE   "LZFu" or "MELA"
//  12  u32 CRC        of the contents; 0 for MELA
//  16  contents       runs: a control byte, then 8 tokens (bit 0 first): 0 = literal byte, 1 = u16 big-endian
//  reference,
//                     12 bits absolute window offset, 4 bits length - 2. A reference to the write position ends the
//                     data.
//
// The window is a ring of 4096 bytes that begins with 207 bytes of common RTF.
// Pure functions and constants: any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace mapiary::rtf {

inline constexpr std::string_view kLayer = "convert/rtf";
inline constexpr std::uint32_t kMagicCompressed = 0x75465A4C;    // "LZFu"
inline constexpr std::uint32_t kMagicUncompressed = 0x414C454D;  // "MELA"
inline constexpr std::size_t kHeaderSize = 16;
inline constexpr std::uint32_t kWindowSize = 4096;
inline constexpr std::uint32_t kWindowMask = kWindowSize - 1;
inline constexpr std::uint32_t kMinMatch = 2;
inline constexpr std::uint32_t kMaxMatch = 17;

inline constexpr std::string_view kInitialWindow =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS "
    "Sans "
    "SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
static_assert(kInitialWindow.size() == 207);

struct Header {
  std::uint32_t compressed_size = 0;
  std::uint32_t raw_size = 0;
  std::uint32_t magic = 0;
  std::uint32_t crc = 0;
};

Header parse_header(std::span<const std::byte, kHeaderSize> bytes);
std::array<std::byte, kHeaderSize> format_header(const Header& header);

// The reflected CRC-32 of polynomial 0xEDB88320 with no inversion before or after. [MS-OXRTFCP] 2.1.3.2; RTFSync uses
// it too.
std::uint32_t rtf_crc(std::uint32_t crc, ByteSpan bytes);

}  // namespace mapiary::rtf
