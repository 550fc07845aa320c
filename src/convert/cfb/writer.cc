// SPDX-License-Identifier: Apache-2.0
#include "convert/cfb/writer.h"

#include <algorithm>

namespace mapiary::cfb {
namespace {

constexpr std::size_t kWriteBuffer = 64 * 1024;

}  // namespace

Writer::Writer(CompoundFile& file) : file_(file), store_(*file.store_) {
  image_.version = file.image_.version;
  image_.sector_shift = file.image_.sector_shift;
  if (file.on_store_) mark_used();
}

void Writer::mark_used() {
  const Image& old = file_.image_;
  used_.assign(old.fat.size(), false);
  for (std::size_t i = 0; i < old.fat.size(); ++i) used_[i] = old.fat[i] != kFreeSector;
  // A careless writer may have left these marked free.
  for (const auto* sectors : {&old.fat_sectors, &old.difat_sectors})
    for (const std::uint32_t s : *sectors)
      if (s < used_.size()) used_[s] = true;
}

// A stream that did not change stays where it is.
Status Writer::keep_chain(const Chain& chain, EntryId id) {
  if (chain.broken) return tl::unexpected<Error>(*chain.broken);
  for (std::size_t i = 0; i < chain.sectors.size(); ++i) {
    const std::uint32_t sector = chain.sectors[i];
    if (sector >= image_.fat.size()) image_.fat.resize(sector + 1, kFreeSector);
    const std::uint32_t next = i + 1 < chain.sectors.size() ? chain.sectors[i + 1] : kEndOfChain;
    if (image_.fat[sector] != kFreeSector && image_.fat[sector] != next)
      return fail(
          Code::kCorrupt, kLayer,
          "sector " + std::to_string(sector) + " belongs to two streams, one of them entry " + std::to_string(id),
          sector);
    image_.fat[sector] = next;
  }
  return {};
}

std::uint32_t Writer::allocate() {
  const auto range_lock = static_cast<std::uint32_t>((kRangeLockOffset >> image_.sector_shift) - 1);
  while ((next_ < used_.size() && used_[next_]) || (next_ < image_.fat.size() && image_.fat[next_] != kFreeSector) ||
         next_ == range_lock)
    ++next_;
  if (next_ >= image_.fat.size()) image_.fat.resize(std::size_t{next_} + 1, kFreeSector);
  image_.fat[next_] = kEndOfChain;
  return next_++;
}

Chain Writer::allocate_chain(std::uint64_t bytes) {
  Chain chain;
  for (std::uint64_t n = ceil_sectors(bytes); n > 0; --n) {
    const std::uint32_t sector = allocate();
    if (!chain.sectors.empty()) image_.fat[chain.sectors.back()] = sector;
    chain.sectors.push_back(sector);
  }
  return chain;
}

// `bytes` of `source`, then zeros to the end of the last sector. Sectors that follow each other are one write.
Status Writer::write_chain(const Chain& chain, std::uint64_t bytes, const Source& source) {
  std::vector<std::byte> buffer(kWriteBuffer);
  const std::uint64_t total = std::uint64_t{chain.sectors.size()} << image_.sector_shift;
  for (std::uint64_t at = 0; at < total;) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), total - at));
    const auto wanted = static_cast<std::size_t>(at >= bytes ? 0 : std::min<std::uint64_t>(n, bytes - at));
    for (std::size_t got = 0; got < wanted;) {
      const std::size_t more = TRY(source(at + got, std::span(buffer).subspan(got, wanted - got)));
      if (more == 0) return fail(Code::kTruncated, kLayer, "stream ends before its size", at + got);
      got += more;
    }
    std::fill(buffer.begin() + static_cast<std::ptrdiff_t>(wanted), buffer.begin() + static_cast<std::ptrdiff_t>(n),
              std::byte{0});
    for (std::size_t done = 0; done < n;) {
      const auto first = static_cast<std::size_t>((at + done) >> image_.sector_shift);
      std::size_t run = 1;
      while (done + run * image_.sector_size() < n && chain.sectors[first + run] == chain.sectors[first] + run) ++run;
      const std::size_t length = run * image_.sector_size();
      TRY(store_.write_at(image_.offset_of(chain.sectors[first]), ByteSpan(buffer).subspan(done, length)));
      done += length;
    }
    at += n;
  }
  return {};
}

Status Writer::write_words(const Chain& chain, const std::vector<std::uint32_t>& words) {
  const auto bytes = std::as_bytes(std::span(words));
  return write_chain(chain, bytes.size(), [bytes](std::uint64_t at, std::span<std::byte> out) -> Result<std::size_t> {
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), out.size(), out.begin());
    return out.size();
  });
}

Status Writer::place_large(EntryId id, CompoundFile::Node& node) {
  const std::uint64_t size = node.stream_size();
  if (!node.scratch) {
    TRY(keep_chain(file_.image_.chain(node.start, ceil_sectors(size)), id));
    places_[id] = {node.start, size};
    return {};
  }
  const Chain chain = allocate_chain(size);
  TRY(write_chain(chain, size,
                  [&](std::uint64_t at, std::span<std::byte> out) { return node.scratch->read_at(at, out); }));
  places_[id] = {chain.sectors.front(), size};
  return {};
}

Status Writer::place_streams() {
  std::vector<EntryId> ids, small;
  for (const auto& [id, node] : file_.nodes_)
    if (!node.is_storage()) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  // What stays is entered first, or new sectors could fall on it where the old FAT was wrong.
  std::stable_partition(ids.begin(), ids.end(), [&](EntryId id) { return !file_.nodes_.at(id).scratch; });
  if (!file_.streams_changed_) {
    image_.mini_fat = file_.image_.mini_fat;
    image_.mini_fat_chain = file_.image_.mini_fat_chain;
    image_.mini_stream = file_.image_.mini_stream;
    image_.mini_stream_size = file_.image_.mini_stream_size;
    TRY(keep_chain(image_.mini_fat_chain, kRoot));
    TRY(keep_chain(image_.mini_stream, kRoot));
  }
  for (const EntryId id : ids) {
    CompoundFile::Node& node = file_.nodes_.at(id);
    const std::uint64_t size = node.stream_size();
    if (size >= kMiniCutoff) {
      TRY(place_large(id, node));
    } else if (size == 0) {
      places_[id] = {};
    } else if (!file_.streams_changed_) {
      places_[id] = {node.start, size};
    } else {
      small.push_back(id);
    }
  }
  return file_.streams_changed_ ? write_mini_streams(small) : Status{};
}

// The mini stream anew: small streams are small, and so no piece of it is ever changed in place.
Status Writer::write_mini_streams(const std::vector<EntryId>& small) {
  std::string content;
  for (const EntryId id : small) {
    CompoundFile::Node& node = file_.nodes_.at(id);
    const auto size = static_cast<std::size_t>(node.stream_size());
    const auto first = static_cast<std::uint32_t>(image_.mini_fat.size());
    const std::size_t begin = content.size();
    content.resize(begin + (size + kMiniSector - 1) / kMiniSector * kMiniSector, '\0');
    for (std::size_t got = 0; got < size;) {
      const auto room = std::as_writable_bytes(std::span(content)).subspan(begin + got, size - got);
      const std::size_t more = TRY(file_.read_node(node, got, room));
      if (more == 0) return fail(Code::kTruncated, kLayer, "stream ends before its size", id);
      got += more;
    }
    for (std::size_t n = (content.size() - begin) / kMiniSector; n > 1; --n)
      image_.mini_fat.push_back(static_cast<std::uint32_t>(image_.mini_fat.size()) + 1);
    image_.mini_fat.push_back(kEndOfChain);
    places_[id] = {first, size};
  }
  image_.mini_stream_size = content.size();
  image_.mini_stream = allocate_chain(content.size());
  const ByteSpan bytes = bytes_of(content);
  TRY(write_chain(image_.mini_stream, bytes.size(),
                  [bytes](std::uint64_t at, std::span<std::byte> out) -> Result<std::size_t> {
                    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), out.size(), out.begin());
                    return out.size();
                  }));
  std::vector<std::uint32_t> words = image_.mini_fat;
  const std::size_t per_sector = image_.sector_size() / 4;
  words.resize((words.size() + per_sector - 1) / per_sector * per_sector, kFreeSector);
  image_.mini_fat_chain = allocate_chain(words.size() * 4);
  return write_words(image_.mini_fat_chain, words);
}

Status Writer::run() {
  TRY(place_streams());
  TRY(write_directory());
  reserve_tables();
  TRY(write_tables());
  TRY(store_.sync());
  TRY(write_header());
  TRY(finish());
  install();
  return {};
}

// The header names the new state from here on: what is left can only be tidying.
Status Writer::finish() {
  const std::uint64_t end = image_.offset_of(image_.sector_count());
  const auto size = store_.size();
  if (size && *size > end) (void)store_.truncate(end);
  return {};
}

void Writer::install() {
  for (const auto& [id, place] : places_) {
    CompoundFile::Node& node = file_.nodes_.at(id);
    node.scratch.reset();
    node.chain.reset();
    node.start = place.start;
    node.size = place.size;
  }
  file_.image_ = std::move(image_);
}

}  // namespace mapiary::cfb
