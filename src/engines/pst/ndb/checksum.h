// SPDX-License-Identifier: Apache-2.0
// What proves that bytes of the file are whole: [MS-PST] 5.3 (CRC) and 5.5 (signatures). Pure functions.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "engines/pst/ndb/ids.h"

namespace mapiary::engines::pst {

// The polynomial of zlib's CRC, but begun with 0 and not inverted at the end.
std::uint32_t crc_of(ByteSpan bytes);

// Of the block or page `bid` at file offset `offset`.
constexpr std::uint16_t signature_of(std::uint64_t offset, Bid bid) {
  const auto mixed = static_cast<std::uint32_t>(offset ^ bid.value);
  return static_cast<std::uint16_t>((mixed >> 16) ^ mixed);
}

}  // namespace mapiary::engines::pst
