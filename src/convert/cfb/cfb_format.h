// SPDX-License-Identifier: Apache-2.0
// The structures of a compound file as they lie in it. [MS-CFB] 2.2 (header), 2.6 (directory entry)
//
//   header: 512 bytes, padded with zeros to one sector; sector n begins at (n + 1) << sector_shift.
//   FAT: u32 per sector, the next one of its chain. DIFAT: where the FAT's sectors are, 109 in the header, the rest in
//   a chain of sectors. Streams below 4096 bytes: chains of 64-byte pieces of the mini stream, which is the root
//   entry's stream; the mini FAT links them.
//
// Pure functions and plain data: any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/guid.h"
#include "base/result.h"

namespace mapiary::cfb {

inline constexpr std::string_view kLayer = "convert/cfb";
inline constexpr std::uint32_t kMaxRegularSector = 0xFFFFFFFA;
inline constexpr std::uint32_t kDifatSector = 0xFFFFFFFC;
inline constexpr std::uint32_t kFatSector = 0xFFFFFFFD;
inline constexpr std::uint32_t kEndOfChain = 0xFFFFFFFE;
inline constexpr std::uint32_t kFreeSector = 0xFFFFFFFF;
inline constexpr std::uint32_t kNoEntry = 0xFFFFFFFF;
inline constexpr std::uint32_t kMiniSector = 64;
inline constexpr std::uint32_t kMiniCutoff = 4096;
inline constexpr std::size_t kHeaderBytes = 512;
inline constexpr std::size_t kHeaderDifat = 109;
inline constexpr std::size_t kEntryBytes = 128;
inline constexpr std::size_t kMaxName = 31;  // UTF-16 units, without the terminator
inline constexpr std::uint64_t kRangeLockOffset = 0x7FFFFF00;

struct Header {
  std::uint16_t version = 3;
  std::uint16_t sector_shift = 9;
  std::uint32_t directory_sectors = 0;  // version 4 only
  std::uint32_t fat_sectors = 0;
  std::uint32_t first_directory = kEndOfChain;
  std::uint32_t first_mini_fat = kEndOfChain;
  std::uint32_t mini_fat_sectors = 0;
  std::uint32_t first_difat = kEndOfChain;
  std::uint32_t difat_sectors = 0;
  std::array<std::uint32_t, kHeaderDifat> difat{};
};

// kCorrupt with the offset of the wrong field in `value`; kVersion for a version other than 3 and 4.
Result<Header> parse_header(ByteSpan bytes);
std::array<std::byte, kHeaderBytes> format_header(const Header& header);
bool has_signature(ByteSpan bytes);

enum class EntryType : std::uint8_t { kUnused = 0, kStorage = 1, kStream = 2, kRoot = 5 };

struct DirectoryEntry {
  std::u16string name;
  EntryType type = EntryType::kUnused;
  bool black = true;
  std::uint32_t left = kNoEntry, right = kNoEntry, child = kNoEntry;
  Guid class_id;
  std::uint32_t state_bits = 0;
  std::uint64_t created = 0, modified = 0;  // FILETIME
  std::uint32_t start = 0;
  std::uint64_t size = 0;
};

// Requires 128 bytes. A name of impossible length comes out empty.
DirectoryEntry parse_entry(ByteSpan bytes, std::uint16_t version);
std::array<std::byte, kEntryBytes> format_entry(const DirectoryEntry& entry);

// The order of siblings [MS-CFB] 2.6.4: the shorter name first, then upper-cased unit by unit. Names that compare equal
// are the same name.
int compare_names(std::u16string_view a, std::u16string_view b);
struct NameLess {
  using is_transparent = void;
  bool operator()(std::u16string_view a, std::u16string_view b) const { return compare_names(a, b) < 0; }
};
// 1 to 31 units, none of / \ : ! and no NUL.
Status check_name(std::u16string_view name);

}  // namespace mapiary::cfb
