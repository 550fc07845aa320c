// SPDX-License-Identifier: Apache-2.0
// Writer: the directory, the allocation tables and the header.
#include <algorithm>
#include <bit>

#include "convert/cfb/writer.h"

namespace mapiary::cfb {
namespace {

// The middle one is the root. All levels but the last are full then, so painting the last one red, if it is not full,
// leaves every path with as many black entries and no red one under a red one.
std::uint32_t link_range(std::vector<DirectoryEntry>& entries, std::span<const std::uint32_t> sorted, int level,
                         int red_level) {
  if (sorted.empty()) return kNoEntry;
  const std::size_t middle = sorted.size() / 2;
  DirectoryEntry& entry = entries[sorted[middle]];
  entry.black = level != red_level;
  entry.left = link_range(entries, sorted.first(middle), level + 1, red_level);
  entry.right = link_range(entries, sorted.subspan(middle + 1), level + 1, red_level);
  return sorted[middle];
}

}  // namespace

std::uint32_t link_siblings(std::vector<DirectoryEntry>& entries, const std::vector<std::uint32_t>& sorted) {
  const int levels = static_cast<int>(std::bit_width(sorted.size()));
  const bool full = std::has_single_bit(sorted.size() + 1);
  return link_range(entries, sorted, 0, full ? -1 : levels - 1);
}

DirectoryEntry Writer::entry_of(EntryId id) const {
  const CompoundFile::Node& node = file_.nodes_.at(id);
  DirectoryEntry entry;
  entry.name = node.name;
  entry.type = node.type;
  if (node.is_storage()) {
    entry.class_id = node.class_id;
    entry.state_bits = node.state_bits;
    entry.created = node.created;
    entry.modified = node.modified;
  } else {
    const Place& place = places_.at(id);
    entry.start = place.start;
    entry.size = place.size;
  }
  return entry;
}

// Breadth first, so no recursion follows the nesting.
void Writer::number_entries(EntryId storage, std::uint32_t index) {
  std::vector<std::pair<EntryId, std::uint32_t>> todo{{storage, index}};
  for (std::size_t at = 0; at < todo.size(); ++at) {
    const auto [id, number] = todo[at];
    std::vector<std::uint32_t> sorted;
    for (const auto& [name, child] : file_.nodes_.at(id).children) {
      const auto child_number = static_cast<std::uint32_t>(entries_.size());
      entries_.push_back(entry_of(child));
      sorted.push_back(child_number);
      if (file_.nodes_.at(child).is_storage()) todo.emplace_back(child, child_number);
    }
    entries_[number].child = link_siblings(entries_, sorted);
  }
}

Status Writer::write_directory() {
  DirectoryEntry root = entry_of(kRoot);
  root.start = image_.mini_stream.sectors.empty() ? kEndOfChain : image_.mini_stream.sectors.front();
  root.size = image_.mini_stream_size;
  entries_.push_back(std::move(root));
  number_entries(kRoot, 0);
  entries_.resize((entries_.size() * kEntryBytes + image_.sector_size() - 1) / image_.sector_size() *
                  (image_.sector_size() / kEntryBytes));
  directory_ = allocate_chain(entries_.size() * kEntryBytes);
  return write_chain(directory_, entries_.size() * kEntryBytes,
                     [&](std::uint64_t at, std::span<std::byte> out) -> Result<std::size_t> {
                       // Asked for in whole sectors, so in whole entries.
                       for (std::size_t done = 0; done < out.size(); done += kEntryBytes) {
                         const auto raw = format_entry(entries_[static_cast<std::size_t>((at + done) / kEntryBytes)]);
                         std::copy(raw.begin(), raw.end(), out.begin() + static_cast<std::ptrdiff_t>(done));
                       }
                       return out.size();
                     });
}

// The FAT describes its own sectors: take sectors until it covers all, itself included.
void Writer::reserve_tables() {
  const std::size_t per_sector = image_.sector_size() / 4;
  while (true) {
    const std::size_t fat = (image_.fat.size() + per_sector - 1) / per_sector;
    const std::size_t difat = fat <= kHeaderDifat ? 0 : (fat - kHeaderDifat + per_sector - 2) / (per_sector - 1);
    if (image_.fat_sectors.size() >= fat && image_.difat_sectors.size() >= difat) break;
    auto& list = image_.fat_sectors.size() < fat ? image_.fat_sectors : image_.difat_sectors;
    const std::uint32_t mark = image_.fat_sectors.size() < fat ? kFatSector : kDifatSector;
    const std::uint32_t sector = allocate();
    image_.fat[sector] = mark;
    list.push_back(sector);
  }
  const auto range_lock = static_cast<std::size_t>((kRangeLockOffset >> image_.sector_shift) - 1);
  if (image_.fat.size() > range_lock) image_.fat[range_lock] = kEndOfChain;
}

Status Writer::write_tables() {
  const std::size_t per_sector = image_.sector_size() / 4;
  std::vector<std::uint32_t> words = image_.fat;
  words.resize(image_.fat_sectors.size() * per_sector, kFreeSector);
  TRY(write_words({image_.fat_sectors, {}}, words));
  std::vector<std::uint32_t> difat;
  std::size_t at = kHeaderDifat;
  for (std::size_t i = 0; i < image_.difat_sectors.size(); ++i) {
    for (std::size_t n = 0; n + 1 < per_sector; ++n, ++at)
      difat.push_back(at < image_.fat_sectors.size() ? image_.fat_sectors[at] : kFreeSector);
    difat.push_back(i + 1 < image_.difat_sectors.size() ? image_.difat_sectors[i + 1] : kEndOfChain);
  }
  return write_words({image_.difat_sectors, {}}, difat);
}

Status Writer::write_header() {
  const auto first = [](const std::vector<std::uint32_t>& sectors) {
    return sectors.empty() ? kEndOfChain : sectors.front();
  };
  const auto count = [](const std::vector<std::uint32_t>& sectors) {
    return static_cast<std::uint32_t>(sectors.size());
  };
  Header header;
  header.version = image_.version;
  header.sector_shift = image_.sector_shift;
  header.directory_sectors = image_.version == 4 ? count(directory_.sectors) : 0;
  header.fat_sectors = count(image_.fat_sectors);
  header.first_directory = first(directory_.sectors);
  header.first_mini_fat = first(image_.mini_fat_chain.sectors);
  header.mini_fat_sectors = count(image_.mini_fat_chain.sectors);
  header.first_difat = first(image_.difat_sectors);
  header.difat_sectors = count(image_.difat_sectors);
  header.difat.fill(kFreeSector);
  std::copy_n(image_.fat_sectors.begin(), std::min(image_.fat_sectors.size(), kHeaderDifat), header.difat.begin());
  if (!file_.on_store_ && image_.version == 4) {
    const std::vector<std::byte> rest(image_.sector_size() - kHeaderBytes);
    TRY(store_.write_at(kHeaderBytes, rest));
  }
  TRY(store_.write_at(0, format_header(header)));
  return store_.sync();
}

}  // namespace mapiary::cfb
