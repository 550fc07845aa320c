// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "convert/cfb/image.h"

namespace mapiary::cfb {
namespace {

class Loader {
 public:
  Loader(ByteStore& store, std::vector<Error>& problems) : store_(store), problems_(problems) {}
  Result<Image> run(std::vector<DirectoryEntry>& directory);

 private:
  Status load_header();
  Status find_fat();
  Status load_fat();
  Result<std::vector<std::uint32_t>> read_words(const Chain& chain);
  Status load_directory(std::vector<DirectoryEntry>& directory);
  Status load_mini(const DirectoryEntry& root);
  void problem(Code code, std::string text, std::uint64_t value) {
    problems_.emplace_back(code, kLayer, std::move(text), value);
  }
  bool in_file(std::uint32_t sector) const { return sector < sectors_; }

  ByteStore& store_;
  std::vector<Error>& problems_;
  Header header_;
  Image image_;
  std::uint64_t sectors_ = 0;
};

Status Loader::load_header() {
  std::array<std::byte, kHeaderBytes> raw{};
  const std::size_t got = TRY(store_.read_at(0, raw));
  header_ = TRY(parse_header(ByteSpan(raw).first(got)));
  image_.version = header_.version;
  image_.sector_shift = header_.sector_shift;
  const std::uint64_t size = TRY(store_.size());
  const std::uint64_t begin = image_.sector_size();
  sectors_ = size <= begin ? 0 : (size - begin + begin - 1) >> image_.sector_shift;
  sectors_ = std::min<std::uint64_t>(sectors_, kMaxRegularSector);
  return {};
}

// The FAT's own sectors: the header's list, then the DIFAT chain, whose sectors each end in the number of the next.
Status Loader::find_fat() {
  const auto add = [&](std::uint32_t sector) {
    if (sector == kFreeSector) return;
    // A FAT cannot need more sectors than cover the file; more is a circle or a lie.
    if (image_.fat_sectors.size() * (image_.sector_size() / 4) >= sectors_ + image_.sector_size() / 4) return;
    if (!in_file(sector))
      problem(Code::kCorrupt, "FAT sector " + std::to_string(sector) + " lies outside the file", sector);
    image_.fat_sectors.push_back(sector);
  };
  std::for_each(header_.difat.begin(), header_.difat.end(), add);
  std::uint32_t at = header_.first_difat;
  while (at < kMaxRegularSector && image_.difat_sectors.size() < sectors_) {
    if (!in_file(at)) {
      problem(Code::kCorrupt, "DIFAT leads to sector " + std::to_string(at) + " outside the file", at);
      break;
    }
    if (std::find(image_.difat_sectors.begin(), image_.difat_sectors.end(), at) != image_.difat_sectors.end()) {
      problem(Code::kCorrupt, "DIFAT runs in a circle at sector " + std::to_string(at), at);
      break;
    }
    const auto words = TRY(read_words({{at}, {}}));
    image_.difat_sectors.push_back(at);
    std::for_each(words.begin(), words.end() - 1, add);
    at = words.back();
    // The search for circles above is over few: 2 GiB need 33 DIFAT sectors. Files with absurdly many are cut here.
    if (image_.difat_sectors.size() > 20000) break;
  }
  return {};
}

Result<std::vector<std::uint32_t>> Loader::read_words(const Chain& chain) {
  std::vector<std::uint32_t> words(chain.sectors.size() * (image_.sector_size() / 4));
  std::size_t done = 0;
  const auto bytes = std::as_writable_bytes(std::span(words));
  while (done < bytes.size()) done += TRY(image_.read(store_, chain, done, bytes.subspan(done)));
  return words;
}

Status Loader::load_fat() {
  const std::size_t per_sector = image_.sector_size() / 4;
  image_.fat.reserve(static_cast<std::size_t>(sectors_));
  for (const std::uint32_t sector : image_.fat_sectors) {
    if (image_.fat.size() >= sectors_) break;
    auto words = in_file(sector) ? read_words({{sector}, {}})
                                 : fail(Code::kCorrupt, kLayer, "FAT sector outside the file", sector);
    if (words) {
      image_.fat.insert(image_.fat.end(), words->begin(), words->end());
    } else {  // the chains that pass through it break there
      problem(Code::kCorrupt, "FAT sector " + std::to_string(sector) + " cannot be read", sector);
      image_.fat.insert(image_.fat.end(), per_sector, kFreeSector);
    }
  }
  // Sectors beyond what the FAT covers are in no chain: what a commit wrote that did not come to its end.
  image_.fat.resize(static_cast<std::size_t>(sectors_), kFreeSector);
  return {};
}

Status Loader::load_directory(std::vector<DirectoryEntry>& directory) {
  const Chain chain = image_.chain(header_.first_directory, sectors_);
  if (chain.broken) problems_.push_back(*chain.broken);
  std::vector<std::byte> sector(image_.sector_size());
  for (std::size_t i = 0; i < chain.sectors.size(); ++i) {
    const auto got = image_.read(store_, chain, std::uint64_t{i} << image_.sector_shift, sector);
    if (!got || *got < sector.size()) {
      problem(Code::kCorrupt, "directory sector " + std::to_string(chain.sectors[i]) + " cannot be read",
              chain.sectors[i]);
      std::fill(sector.begin(), sector.end(), std::byte{0});
    }
    for (std::size_t at = 0; at < sector.size(); at += kEntryBytes)
      directory.push_back(parse_entry(ByteSpan(sector).subspan(at, kEntryBytes), image_.version));
  }
  if (directory.empty() || directory[0].type != EntryType::kRoot)
    return fail(Code::kCorrupt, kLayer,
                "compound file has no root entry in sector " + std::to_string(header_.first_directory),
                header_.first_directory);
  return {};
}

Status Loader::load_mini(const DirectoryEntry& root) {
  image_.mini_fat_chain = image_.chain(header_.first_mini_fat, sectors_);
  image_.mini_stream_size = root.size;
  image_.mini_stream = root.size == 0
                           ? Chain{}
                           : image_.chain(root.start, (root.size + image_.sector_size() - 1) >> image_.sector_shift);
  for (const Chain* chain : {&image_.mini_fat_chain, &image_.mini_stream})
    if (chain->broken) problems_.push_back(*chain->broken);
  auto words = read_words(image_.mini_fat_chain);
  if (!words) {
    problems_.push_back(words.error());
    return {};
  }
  image_.mini_fat = std::move(*words);
  const std::uint64_t pieces = (std::uint64_t{image_.mini_stream.sectors.size()} << image_.sector_shift) / kMiniSector;
  if (image_.mini_fat.size() > pieces) image_.mini_fat.resize(static_cast<std::size_t>(pieces));
  return {};
}

Result<Image> Loader::run(std::vector<DirectoryEntry>& directory) {
  TRY(load_header());
  TRY(find_fat());
  TRY(load_fat());
  TRY(load_directory(directory));
  TRY(load_mini(directory[0]));
  return std::move(image_);
}

}  // namespace

Result<Image> load_image(ByteStore& store, std::vector<DirectoryEntry>& directory, std::vector<Error>& problems) {
  return Loader(store, problems).run(directory);
}

}  // namespace mapiary::cfb
