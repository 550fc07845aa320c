// SPDX-License-Identifier: Apache-2.0
// The allocation maps: which bytes of the file are in use. [MS-PST] 2.2.2.7.2 (AMap), .3 (PMap), .4 (DList), .5 (FMap),
// .6 (FPMap). Only the first counts; the others say how much of it is free, for writers in a hurry.
#include <algorithm>

#include "engines/pst/check/file_check.h"
#include "engines/pst/ndb/checksum.h"

namespace mapiary::engines::pst {
using backend::Severity;

namespace {

constexpr std::size_t kDensitiesAt = 8;  // 2.2.2.7.4.2: bFlags, cEntDList, wPadding, ulCurrentPage

std::string_view name_of(PageType type) {
  switch (type) {
    case PageType::kFreeMap:
      return "FMap page";
    case PageType::kPageMap:
      return "PMap page";
    case PageType::kFreePageMap:
      return "FPMap page";
    default:
      return "AMap page";
  }
}

// What follows the allocation map of this number. Of the variant with large pages no such pages are known.
std::vector<PageType> maps_after(const Geometry& shape, std::uint64_t index) {
  std::vector<PageType> all;
  if (shape.page_size != 512) return all;
  if (index % 8 == 0) all.push_back(PageType::kPageMap);
  if (index >= 128 && (index - 128) % 496 == 0) all.push_back(PageType::kFreeMap);
  if (index >= 8192 && (index - 8192) % (496 * 64) == 0) all.push_back(PageType::kFreePageMap);
  return all;
}

}  // namespace

// Type, id (the offset), CRC and signature (none) of a page of a map; empty if they are right.
std::string_view FileCheck::wrong_with_map(ByteSpan page, std::uint64_t offset, PageType type) const {
  const Geometry& shape = database_->geometry();
  const auto trailer = database_->codec().page_trailer(page, offset);
  const auto wanted = static_cast<std::uint8_t>(type);
  if (!trailer || trailer->type != wanted || trailer->type_repeat != wanted) return "it is none";
  if (trailer->crc != crc_of(page.first(shape.page_size - shape.page_trailer))) return "its CRC is wrong";
  if (trailer->bid.value != offset) return "its id is not its offset";
  return trailer->signature != 0 ? "its signature is not 0" : "";
}

// A page of the map itself; its bits into `bits`.
bool FileCheck::map_page(std::uint64_t offset, std::vector<std::byte>& bits, std::size_t index) {
  const Geometry& shape = database_->geometry();
  std::vector<std::byte> page(shape.page_size);
  if (const Status read = database_->read_raw(offset, page); !read) {
    findings_.add(read.error());
    return false;
  }
  const std::string_view wrong = wrong_with_map(page, offset, PageType::kAllocationMap);
  if (!wrong.empty()) {
    findings_.add(Severity::kWarning, "AMap page", offset, std::string(wrong) + " (page " + number(index) + ")");
    return false;
  }
  bits.assign(page.begin() + shape.amap_at, page.begin() + shape.amap_at + shape.amap_bytes);
  return true;
}

// The pages that must follow the allocation map at `first`. Their bits say nothing: no reader may ask them.
void FileCheck::other_maps(std::uint64_t first, std::size_t index) {
  const Geometry& shape = database_->geometry();
  std::vector<std::byte> page(shape.page_size);
  std::uint64_t offset = first;
  for (const PageType type : maps_after(shape, index)) {
    offset += shape.page_size;
    if (!database_->read_raw(offset, page)) return;  // the end is told of
    const std::string_view wrong = wrong_with_map(page, offset, type);
    if (!wrong.empty()) findings_.add(Severity::kWarning, name_of(type), offset, std::string(wrong));
  }
}

bool FileCheck::is_place_of_map(std::uint64_t offset) const {
  const Geometry& shape = database_->geometry();
  const std::uint64_t index = (offset - shape.first_amap) / shape.amap_span();
  const std::uint64_t number_of_page = (offset - shape.first_amap) % shape.amap_span() / shape.page_size;
  return number_of_page <= maps_after(shape, index).size();
}

// ---- Density list

// Where writers look for room first. One that is missing or wrong is made anew, so nothing here is worse than a note.
void FileCheck::density_list() {
  const Geometry& shape = database_->geometry();
  const std::uint64_t offset = shape.first_amap - shape.page_size;
  std::vector<std::byte> page(shape.page_size);
  if (!database_->read_raw(offset, page)) return;
  if (std::all_of(page.begin(), page.end(), [](std::byte one) { return one == std::byte{0}; })) return;
  const auto told = [&](std::string text) { findings_.add(Severity::kNote, "DList page", offset, std::move(text)); };
  const auto trailer = database_->codec().page_trailer(page, offset);
  const auto type = static_cast<std::uint8_t>(PageType::kDensityList);
  if (!trailer || trailer->type != type || trailer->type_repeat != type) return told("it is none");
  if (trailer->crc != crc_of(ByteSpan(page).first(shape.page_size - shape.page_trailer))) {
    return told("its CRC is wrong");
  }
  if (trailer->signature != signature_of(offset, trailer->bid)) return told("its signature is wrong");
  if (shape.page_size == 512) densities(page, offset);
}

// 2.2.2.7.4.1: each entry a map (20 bits) and how many slots of it are free (12 bits), the emptiest first.
void FileCheck::densities(ByteSpan page, std::uint64_t offset) {
  const Geometry& shape = database_->geometry();
  const std::size_t room = shape.page_size - shape.page_trailer - kDensitiesAt - (shape.page_trailer == 16 ? 12 : 0);
  const std::size_t count = static_cast<std::uint8_t>(page[1]);
  if (count * 4 > room) {
    return findings_.add(Severity::kNote, "DList page", offset, "it has no room for " + number(count) + " entries");
  }
  std::size_t absent = 0, different = 0, unordered = 0;
  std::uint32_t last = UINT32_MAX;
  for (std::size_t i = 0; i < count; ++i) {
    const auto entry = load_le<std::uint32_t>(page.data() + kDensitiesAt + i * 4);
    const std::uint32_t slots = entry >> 20;
    const auto map = free_slots_.find(entry & 0xFFFFF);
    if (slots > last) ++unordered;
    last = slots;
    if (map == free_slots_.end()) {
      ++absent;
    } else if (map->second != slots) {
      ++different;
    }
  }
  const auto told = [&](std::size_t hits, const std::string& text) {
    if (hits != 0) findings_.add(Severity::kNote, "DList page", offset, number(hits) + " of its entries " + text);
  };
  told(absent, "are of maps that do not exist");
  told(different, "do not say what the maps say");
  told(unordered, "are out of order");
}

// ---- Bits

// A page of one of the maps that no longer count, or the density list: in use and in no tree.
bool FileCheck::is_map_of_maps(std::uint64_t offset) {
  const Geometry& shape = database_->geometry();
  std::vector<std::byte> page(shape.page_size);
  if (!database_->read_raw(offset, page)) return false;
  const auto trailer = database_->codec().page_trailer(page, offset);
  if (!trailer || trailer->type != trailer->type_repeat) return false;
  return trailer->type >= static_cast<std::uint8_t>(PageType::kFreeMap) &&
         trailer->type <= static_cast<std::uint8_t>(PageType::kDensityList);
}

// One map's bits against what the trees use.
void FileCheck::map_bits(const std::vector<std::byte>& bits, std::uint64_t begin) {
  const Geometry& shape = database_->geometry();
  auto extent = std::upper_bound(extents_.begin(), extents_.end(), begin,
                                 [](std::uint64_t offset, const Extent& one) { return offset < one.end; });
  std::uint64_t skip_to = 0;
  std::uint32_t free = 0;
  for (std::size_t i = 0; i < bits.size() * 8; ++i) {
    const std::uint64_t offset = begin + std::uint64_t{i} * shape.block_align;
    if (offset >= database_->header().file_end) break;
    const bool marked = (static_cast<std::uint8_t>(bits[i / 8]) & (0x80u >> (i % 8))) != 0;
    if (!marked) ++free;
    while (extent != extents_.end() && extent->end <= offset) ++extent;
    const bool used = extent != extents_.end() && extent->offset < offset + shape.block_align;
    if (used && !marked && !extent->is_doubtful) {
      unmarked_ += shape.block_align;
      if (extent->offset == offset || i == 0) {
        findings_.add(Severity::kWarning, "AMap page", begin, "what lies at " + number(offset) + " is not marked");
      }
    }
    if (used || !marked || offset < skip_to) continue;
    const bool is_page = offset % shape.page_size == begin % shape.page_size;
    if (is_page && (is_place_of_map(offset) || is_map_of_maps(offset))) {
      skip_to = offset + shape.page_size;
    } else {
      leaked_ += shape.block_align;
    }
  }
  free_bytes_ += std::uint64_t{free} * shape.block_align;
  free_slots_[(begin - shape.first_amap) / shape.amap_span()] = free;
}

void FileCheck::maps() {
  const Header& header = database_->header();
  const Geometry& shape = database_->geometry();
  if (header.amap_valid == 0) {
    findings_.add(Severity::kWarning, "ROOT", 0, "the header says that the allocation maps are not valid");
    return;
  }
  bool all = true;
  std::vector<std::byte> bits;
  std::uint64_t last = 0;
  for (std::uint64_t offset = shape.first_amap, index = 0; offset + shape.page_size <= header.file_end;
       offset += shape.amap_span(), ++index) {
    last = offset;
    if (offset + shape.page_size > database_->file_size()) break;
    if (map_page(offset, bits, static_cast<std::size_t>(index))) {
      map_bits(bits, offset);
    } else {
      all = false;
    }
    other_maps(offset, static_cast<std::size_t>(index));
  }
  if (all) density_list();
  if (last != header.last_amap) {
    findings_.add(Severity::kWarning, "ROOT", 0,
                  "the last allocation map is at " + number(last) + ", the header says " + number(header.last_amap));
  }
  if (!all || !whole_) return;
  if (free_bytes_ != header.amap_free) {
    findings_.add(Severity::kWarning, "ROOT", 0,
                  "the header counts " + number(header.amap_free) + " free bytes, the maps " + number(free_bytes_));
  }
  if (leaked_ != 0) {
    findings_.add(Severity::kNote, "AMap page", 0, number(leaked_) + " bytes are marked and used by nothing");
  }
}

}  // namespace mapiary::engines::pst
