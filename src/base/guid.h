// SPDX-License-Identifier: Apache-2.0
// A GUID as its 16 bytes in wire order (first three groups little-endian), which is also the order of a MAPIUID.
// [MS-DTYP] 2.3.4.2
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mapiary {

struct Guid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Guid&) const = default;
  bool is_nil() const { return *this == Guid{}; }

  static constexpr Guid make(std::uint32_t d1, std::uint16_t d2, std::uint16_t d3, std::array<std::uint8_t, 8> d4) {
    Guid g;
    for (std::size_t i = 0; i < 4; ++i) g.bytes[i] = static_cast<std::uint8_t>(d1 >> (8 * i));
    for (std::size_t i = 0; i < 2; ++i) g.bytes[4 + i] = static_cast<std::uint8_t>(d2 >> (8 * i));
    for (std::size_t i = 0; i < 2; ++i) g.bytes[6 + i] = static_cast<std::uint8_t>(d3 >> (8 * i));
    for (std::size_t i = 0; i < 8; ++i) g.bytes[8 + i] = d4[i];
    return g;
  }
  static Guid random();                                     // version 4, from the system's random source
  static std::optional<Guid> parse(std::string_view text);  // with or without braces, any case
  std::string to_string() const;                            // "{6FB8F2A1-....}", upper case
};

}  // namespace mapiary
