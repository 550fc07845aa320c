// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/sums.h"

#include <xxhash.h>
#if defined(__x86_64__)
#include <xxh_x86dispatch.h>  // takes the widest registers there are
#endif

namespace mapiary::engines::sqlite {
namespace {

constexpr char kSealed = static_cast<char>(0xC5);
constexpr std::size_t kHead = 1 + sizeof(std::uint32_t);
constexpr std::uint64_t kColumns = 16;  // places of seeds for each row of msg_hot

void put_sum(char* at, std::uint32_t sum) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<char>(sum >> (8 * i));
}

std::uint32_t get_sum(std::string_view at) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 4; ++i) sum |= std::uint32_t{static_cast<unsigned char>(at[i])} << (8 * i);
  return sum;
}

// The same on every machine.
std::uint32_t sum_of_number(std::int64_t number, std::uint64_t seed) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i));
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes, sizeof bytes, seed));
}

std::uint32_t column_sum(backend::ObjectId id, std::size_t column, const model::PropValue& value) {
  const std::uint64_t seed = id * kColumns + column;
  if (value.is_bytes()) {
    const std::string_view bytes = value.as_bytes();
    return static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed));
  }
  switch (value.tag().base_type()) {
    case model::PropType::kInt32:
      return sum_of_number(value.as_int32(), seed);
    case model::PropType::kBool:
      return sum_of_number(value.as_bool() ? 1 : 0, seed);
    default:
      return sum_of_number(value.as_int64(), seed);
  }
}

std::uint32_t column_sum(backend::ObjectId id, std::size_t column, const model::PropValue* value) {
  return value == nullptr || value->is_empty() ? 0 : column_sum(id, column, *value);
}

}  // namespace

std::uint32_t sum_of(ByteSpan bytes, Summed kind, std::uint64_t key) {
  const std::uint64_t seed = key * 8 + static_cast<std::uint64_t>(kind);
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed));
}

void seal(std::string& bytes, Summed kind, backend::ObjectId id) {
  char head[kHead] = {kSealed};
  put_sum(head + 1, sum_of(bytes_of(bytes), kind, id));
  bytes.insert(0, head, kHead);
}

Unsealed unseal(std::string_view stored, Summed kind, backend::ObjectId id) {
  if (stored.empty() || stored.front() != kSealed) return {stored, true};
  if (stored.size() < kHead) return {{}, false};
  const std::string_view bytes = stored.substr(kHead);
  return {bytes, sum_of(bytes_of(bytes), kind, id) == get_sum(stored.substr(1, 4))};
}

std::uint32_t sum_of(const model::NamedProperty& name, std::uint16_t id) {
  std::string bytes(chars_of(std::as_bytes(std::span(name.set.bytes))));
  bytes += name.is_text() ? "t" + name.text() : "n" + std::to_string(name.number());
  return sum_of(bytes_of(bytes), Summed::kName, id);
}

std::uint32_t sum_of(const Guid& identity) {
  return sum_of(std::as_bytes(std::span(identity.bytes)), Summed::kIdentity, 0);
}

Guid stand_in_identity(std::string_view path) {
  Guid guid;
  for (std::uint64_t half = 0; half < 2; ++half) {
    const std::uint64_t hash = XXH3_64bits_withSeed(path.data(), path.size(), half);
    for (std::size_t i = 0; i < 8; ++i) guid.bytes[half * 8 + i] = static_cast<std::uint8_t>(hash >> (8 * i));
  }
  return guid;
}

std::uint32_t hot_sum(backend::ObjectId id, bool associated, std::int64_t spill, const HotValues& values) {
  const std::int64_t rest = (spill & kSpillBits) << 1 | (associated ? 1 : 0);
  std::uint32_t sum = sum_of_number(rest, id * kColumns + kHotCount);
  for (std::size_t i = 0; i < kHotCount; ++i) sum ^= column_sum(id, i, values[i]);
  return sum;
}

std::int64_t with_hot_sum(backend::ObjectId id, bool associated, std::int64_t spill, const HotValues& values) {
  const std::int64_t bits = spill & kSpillBits;
  return bits | kHasSum | std::int64_t{hot_sum(id, associated, bits, values)} << kSumShift;
}

std::int64_t with_changed_sum(backend::ObjectId id, std::int64_t spill, const HotValues& before,
                              const HotValues& after) {
  if ((spill & kHasSum) == 0) return spill;
  std::uint32_t change = 0;
  for (std::size_t i = 0; i < kHotCount; ++i) {
    if (after[i] != nullptr) change ^= column_sum(id, i, before[i]) ^ column_sum(id, i, after[i]);
  }
  return spill ^ (std::int64_t{change} << kSumShift);
}

bool hot_sum_fits(backend::ObjectId id, bool associated, std::int64_t spill, const HotValues& values) {
  return (spill & kHasSum) == 0 ||
         static_cast<std::uint32_t>(spill >> kSumShift) == hot_sum(id, associated, spill, values);
}

}  // namespace mapiary::engines::sqlite
