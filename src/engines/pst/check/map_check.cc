// SPDX-License-Identifier: Apache-2.0
// The allocation maps: which bytes of the file are in use. [MS-PST] 2.2.2.7.2 (AMap), .3 (PMap), .5 (FMap), .6 (FPMap).
#include <algorithm>

#include "engines/pst/check/file_check.h"
#include "engines/pst/ndb/checksum.h"

namespace mapiary::engines::pst {
using backend::Severity;

// A page of the map itself: its type, id (the offset) and CRC; its bits into `bits`.
bool FileCheck::map_page(std::uint64_t offset, std::vector<std::byte>& bits, std::size_t index) {
  const Geometry& shape = database_->geometry();
  std::vector<std::byte> page(shape.page_size);
  if (const Status read = database_->read_raw(offset, page); !read) {
    findings_.add(read.error());
    return false;
  }
  const auto trailer = database_->codec().page_trailer(page, offset);
  const auto type = static_cast<std::uint8_t>(PageType::kAllocationMap);
  const std::uint32_t crc = crc_of(ByteSpan(page).first(shape.page_size - shape.page_trailer));
  std::string_view wrong;
  if (!trailer || trailer->type != type || trailer->type_repeat != type) {
    wrong = "it is none";
  } else if (trailer->crc != crc) {
    wrong = "its CRC is wrong";
  } else if (trailer->bid.value != offset) {
    wrong = "its id is not its offset";
  }
  if (!wrong.empty()) {
    findings_.add(Severity::kWarning, "AMap page", offset, std::string(wrong) + " (page " + number(index) + ")");
    return false;
  }
  bits.assign(page.begin() + shape.amap_at, page.begin() + shape.amap_at + shape.amap_bytes);
  return true;
}

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
  for (std::size_t i = 0; i < bits.size() * 8; ++i) {
    const std::uint64_t offset = begin + std::uint64_t{i} * shape.block_align;
    if (offset >= database_->header().file_end) break;
    const bool marked = (static_cast<std::uint8_t>(bits[i / 8]) & (0x80u >> (i % 8))) != 0;
    if (!marked) free_bytes_ += shape.block_align;
    while (extent != extents_.end() && extent->end <= offset) ++extent;
    const bool used = extent != extents_.end() && extent->offset < offset + shape.block_align;
    if (used && !marked) {
      unmarked_ += shape.block_align;
      if (extent->offset == offset || i == 0) {
        findings_.add(Severity::kWarning, "AMap page", begin, "what lies at " + number(offset) + " is not marked");
      }
    }
    if (used || !marked || offset < skip_to) continue;
    if (offset % shape.page_size == begin % shape.page_size && is_map_of_maps(offset)) {
      skip_to = offset + shape.page_size;
    } else {
      leaked_ += shape.block_align;
    }
  }
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
  }
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
