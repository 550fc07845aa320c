// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/checksum.h"

#include <zlib.h>

namespace mapiary::engines::pst {

// crc32() inverts what it is given and what it returns: giving it all ones begins with 0, inverting undoes its end.
std::uint32_t crc_of(ByteSpan bytes) {
  if (bytes.empty()) return 0;  // zlib takes a null pointer for the begin of a sum
  const auto crc = crc32_z(0xFFFFFFFFu, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  return ~static_cast<std::uint32_t>(crc);
}

}  // namespace mapiary::engines::pst
