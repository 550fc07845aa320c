// SPDX-License-Identifier: Apache-2.0
// Hexadecimal text for messages and listings, in capitals.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mapiary {

/// "0x1F": at least so many digits after the prefix, 16 at most.
std::string hex(std::uint64_t number, int digits = 1);

/// "0A1B": two digits a byte.
std::string hex_bytes(std::string_view bytes);

}  // namespace mapiary
