// SPDX-License-Identifier: Apache-2.0
// Variable-length integers of the model's own encodings: seven bits a byte, low first, high bit set on all but the
// last. Signed numbers zigzag. At most ten bytes, and never more than needed: each number has one form, so equal bags
// have equal bytes.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace mapiary::model {

inline void put_varint(ByteWriter& out, std::uint64_t v) {
  for (; v >= 0x80; v >>= 7) out.put_u8(static_cast<std::uint8_t>(v | 0x80));
  out.put_u8(static_cast<std::uint8_t>(v));
}

inline void put_zigzag(ByteWriter& out, std::int64_t v) {
  put_varint(out, (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63));
}

// kTruncated: the end came first. kCorrupt: more than 64 bits, or longer than needed.
inline Result<std::uint64_t> get_varint(ByteReader& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t b = TRY(in.u8());
    if (shift == 63 && b > 1) break;
    value |= std::uint64_t{b & 0x7Fu} << shift;
    if ((b & 0x80) != 0) continue;
    if (b == 0 && shift != 0) break;
    return value;
  }
  return tl::unexpected<Error>(in.error("a number is too long"));
}

inline Result<std::int64_t> get_zigzag(ByteReader& in) {
  const std::uint64_t v = TRY(get_varint(in));
  return static_cast<std::int64_t>((v >> 1) ^ (~(v & 1) + 1));
}

}  // namespace mapiary::model
