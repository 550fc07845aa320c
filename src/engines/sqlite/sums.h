// SPDX-License-Identifier: Apache-2.0
// Checksums of what is stored, so that a byte changed on the disk is found (docs/adr/0055-checksums.md): 32 bits of
// XXH3, seeded with what the bytes belong to, so that a row in another's place is found too. What files of before
// version 3 have no sum of counts as right. Pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backend/object.h"
#include "base/bytes.h"
#include "base/guid.h"
#include "engines/sqlite/hot_columns.h"
#include "model/named_property.h"

namespace mapiary::engines::sqlite {

enum class Summed : std::uint8_t { kBag, kRecipients, kStreamPiece, kName, kIdentity, kSchema };

// `key`: the number of the object, piece or name.
std::uint32_t sum_of(ByteSpan bytes, Summed kind, std::uint64_t key);

// ---- Bags and recipients: a byte that neither begins with, the sum, the bytes.
void seal(std::string& bytes, Summed kind, backend::ObjectId id);
struct Unsealed {
  std::string_view bytes;
  bool right = true;
};
Unsealed unseal(std::string_view stored, Summed kind, backend::ObjectId id);

std::uint32_t sum_of(const model::NamedProperty& name, std::uint16_t id);
std::uint32_t sum_of(const Guid& identity);
// For a file that has lost its own.
Guid stand_in_identity(std::string_view path);

// ---- Rows of msg_hot: the sum stands in `spill`, above the bits of the columns. It is the exclusive or of the sums of
// the columns, so that who changes some need not trust the others.
inline constexpr std::int64_t kHasSum = std::int64_t{1} << (kHotCount + 1);
inline constexpr int kSumShift = 16;
inline constexpr std::int64_t kSpillBits = kHasSum - 1;

using HotValues = std::array<const model::PropValue*, kHotCount>;  // nullptr and empty ones: NULL
std::uint32_t hot_sum(backend::ObjectId id, bool associated, std::int64_t spill, const HotValues& values);
// What stands in `spill` of a new row.
std::int64_t with_hot_sum(backend::ObjectId id, bool associated, std::int64_t spill, const HotValues& values);
// ... of a row in which `before` became `after` where there is an `after`.
std::int64_t with_changed_sum(backend::ObjectId id, std::int64_t spill, const HotValues& before,
                              const HotValues& after);
bool hot_sum_fits(backend::ObjectId id, bool associated, std::int64_t spill, const HotValues& values);

}  // namespace mapiary::engines::sqlite
