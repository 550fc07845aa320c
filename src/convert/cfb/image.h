// SPDX-License-Identifier: Apache-2.0
// The committed state of a compound file: its allocation tables, and reading through them. [MS-CFB] 2.3 to 2.5
//
// Every sector number is checked against the file and every chain against its length, so damage ends in an Error that
// names sector and offset, never in a loop. What damage leaves is still readable: a broken chain keeps the part before
// the break. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "convert/cfb/byte_store.h"
#include "convert/cfb/cfb_format.h"

namespace mapiary::cfb {

// The sectors of a stream in order; `broken` says why there are no more, if the chain did not end as it should.
struct Chain {
  std::vector<std::uint32_t> sectors;
  std::optional<Error> broken;
};

struct Image {
  std::uint16_t version = 3;
  std::uint16_t sector_shift = 9;
  std::vector<std::uint32_t> fat;  // one per sector of the file
  std::vector<std::uint32_t> mini_fat;
  std::vector<std::uint32_t> fat_sectors;  // where the FAT and the DIFAT themselves are
  std::vector<std::uint32_t> difat_sectors;
  Chain mini_fat_chain;
  Chain mini_stream;
  std::uint64_t mini_stream_size = 0;

  std::uint32_t sector_size() const { return 1u << sector_shift; }
  std::uint64_t offset_of(std::uint32_t sector) const { return (std::uint64_t{sector} + 1) << sector_shift; }
  std::uint32_t sector_count() const { return static_cast<std::uint32_t>(fat.size()); }

  // Follows `start` in the FAT, or the mini FAT, for at most `limit` sectors.
  Chain chain(std::uint32_t start, std::uint64_t limit) const { return follow(fat, start, limit, "sector"); }
  Chain mini_chain(std::uint32_t start, std::uint64_t limit) const {
    return follow(mini_fat, start, limit, "mini sector");
  }

  // Fills `out` from position `offset` of a chain's bytes; a short count only at a break after at least one byte. Bytes
  // of a sector that the file ends within are zeros; a sector wholly outside is kTruncated.
  Result<std::size_t> read(ByteStore& store, const Chain& from, std::uint64_t offset, std::span<std::byte> out) const;
  Result<std::size_t> read_mini(ByteStore& store, const Chain& from, std::uint64_t offset,
                                std::span<std::byte> out) const;

 private:
  static Chain follow(const std::vector<std::uint32_t>& table, std::uint32_t start, std::uint64_t limit,
                      const char* what);
};

// Reads header, FAT, mini FAT and directory. Damage that leaves something readable is described in `problems`; the rest
// is an error.
Result<Image> load_image(ByteStore& store, std::vector<DirectoryEntry>& directory, std::vector<Error>& problems);

}  // namespace mapiary::cfb
