// SPDX-License-Identifier: Apache-2.0
#include "convert/cfb/image.h"

#include <algorithm>

namespace mapiary::cfb {

Chain Image::follow(const std::vector<std::uint32_t>& table, std::uint32_t start, std::uint64_t limit,
                    const char* what) {
  Chain chain;
  std::uint32_t at = start;
  const auto broken = [&](const std::string& text) {
    chain.broken =
        Error(Code::kCorrupt, kLayer, std::string("chain of ") + what + " " + std::to_string(start) + text, at);
  };
  while (at != kEndOfChain && chain.sectors.size() < limit) {
    if (at >= table.size()) {
      broken(" leads to " + std::to_string(at) + " of " + std::to_string(table.size()));
      return chain;
    }
    if (chain.sectors.size() == table.size()) {
      broken(" runs in a circle");
      return chain;
    }
    chain.sectors.push_back(at);
    at = table[at];
  }
  return chain;
}

Result<std::size_t> Image::read(ByteStore& store, const Chain& from, std::uint64_t offset,
                                std::span<std::byte> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t position = offset + done;
    const std::uint64_t index = position >> sector_shift;
    if (index >= from.sectors.size()) {
      if (done != 0) return done;
      if (from.broken) return tl::unexpected<Error>(*from.broken);
      return fail(Code::kCorrupt, kLayer, "chain ends before its stream does, at byte " + std::to_string(position),
                  position);
    }
    // Sectors that follow each other are one read.
    std::uint64_t last = index;
    const auto within = static_cast<std::size_t>(position & (sector_size() - 1));
    while (last + 1 < from.sectors.size() && from.sectors[last + 1] == from.sectors[last] + 1 &&
           ((last + 1 - index) << sector_shift) < out.size() - done + within)
      ++last;
    const auto run = static_cast<std::size_t>((last - index + 1) << sector_shift) - within;
    const auto piece = out.subspan(done, std::min(out.size() - done, run));
    const std::uint64_t at = offset_of(from.sectors[index]) + within;
    const std::size_t got = TRY(store.read_at(at, piece));
    if (got < piece.size()) {
      const std::uint64_t missing = ((at + got) >> sector_shift) << sector_shift;
      const bool in_last_sector =
          at + got != missing && piece.size() - got <= sector_size() - ((at + got) & (sector_size() - 1));
      if (!in_last_sector && done + got == 0)
        return fail(Code::kTruncated, kLayer, "compound file ends before offset " + std::to_string(at), at);
      if (!in_last_sector) return done + got;
      std::fill(piece.begin() + static_cast<std::ptrdiff_t>(got), piece.end(), std::byte{0});
    }
    done += piece.size();
  }
  return done;
}

Result<std::size_t> Image::read_mini(ByteStore& store, const Chain& from, std::uint64_t offset,
                                     std::span<std::byte> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t position = offset + done;
    const std::uint64_t index = position / kMiniSector;
    if (index >= from.sectors.size()) {
      if (done != 0) return done;
      if (from.broken) return tl::unexpected<Error>(*from.broken);
      return fail(Code::kCorrupt, kLayer, "mini chain ends before its stream does, at byte " + std::to_string(position),
                  position);
    }
    const std::uint64_t within = position % kMiniSector;
    const auto piece =
        out.subspan(done, std::min<std::size_t>(out.size() - done, static_cast<std::size_t>(kMiniSector - within)));
    const auto got = read(store, mini_stream, std::uint64_t{from.sectors[index]} * kMiniSector + within, piece);
    if (!got) {
      if (done != 0) return done;
      return got;
    }
    done += *got;
    if (*got < piece.size()) return done;
  }
  return done;
}

}  // namespace mapiary::cfb
