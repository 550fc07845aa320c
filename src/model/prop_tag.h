// SPDX-License-Identifier: Apache-2.0
// Property types and tags. [MS-OXCDATA] 2.11.1; mapidefs.h has the same numbers for clients.
#pragma once

#include <compare>
#include <cstdint>

namespace mapiary::model {

enum class PropType : std::uint16_t {
  kUnspecified = 0x0000,
  kNull = 0x0001,
  kInt16 = 0x0002,
  kInt32 = 0x0003,
  kFloat = 0x0004,
  kDouble = 0x0005,
  kCurrency = 0x0006,
  kAppTime = 0x0007,
  kError = 0x000A,
  kBool = 0x000B,
  kObject = 0x000D,
  kInt64 = 0x0014,
  kString8 = 0x001E,
  kUnicode = 0x001F,
  kTime = 0x0040,
  kGuid = 0x0048,
  kServerId = 0x00FB,
  kRestriction = 0x00FD,
  kActions = 0x00FE,
  kBinary = 0x0102,
};

inline constexpr std::uint16_t kMultiValue = 0x1000;          // MV_FLAG
inline constexpr std::uint16_t kMultiValueInstance = 0x2000;  // MV_INSTANCE: a table column with one row per value

struct PropTag {
  std::uint32_t value = 0;

  constexpr PropTag() = default;
  constexpr explicit PropTag(std::uint32_t tag) : value(tag) {}
  constexpr PropTag(std::uint16_t id, PropType type)
      : value((std::uint32_t{id} << 16) | static_cast<std::uint16_t>(type)) {}

  constexpr std::uint16_t id() const { return static_cast<std::uint16_t>(value >> 16); }
  constexpr std::uint16_t raw_type() const { return static_cast<std::uint16_t>(value); }
  // The type without the multivalue bits.
  constexpr PropType base_type() const {
    return static_cast<PropType>(raw_type() & ~(kMultiValue | kMultiValueInstance));
  }
  constexpr bool is_multivalued() const { return (value & kMultiValue) != 0; }
  constexpr bool is_instance() const { return (value & kMultiValueInstance) != 0 && is_multivalued(); }
  constexpr bool is_named() const { return id() >= 0x8000 && id() != 0xFFFF; }
  constexpr bool is_text() const { return base_type() == PropType::kString8 || base_type() == PropType::kUnicode; }
  constexpr PropTag with_type(PropType type) const { return PropTag(id(), type); }
  constexpr PropTag with_raw_type(std::uint16_t type) const { return PropTag((value & 0xFFFF0000u) | type); }

  auto operator<=>(const PropTag&) const = default;
};

}  // namespace mapiary::model
