// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/header_guess.h"

#include <algorithm>
#include <vector>

#include "engines/pst/ndb/checksum.h"

namespace mapiary::engines::pst {
namespace {

constexpr std::uint64_t kStretch = std::uint64_t{1} << 20;
// Pages whose CRC is right by accident there are none; a file has two trees.
constexpr std::uint64_t kFewest = 2, kEnough = 64;

// Pages of the trees that are whole or in their place, if the file is of this variant.
Result<std::uint64_t> count_pages(File& file, std::uint64_t size, const Codec& codec) {
  const Geometry& shape = codec.geometry();
  std::vector<std::byte> bytes(kStretch);
  std::uint64_t found = 0;
  for (std::uint64_t at = shape.first_amap; at < size && found < kEnough; at += kStretch) {
    const std::span<std::byte> piece(bytes.data(), static_cast<std::size_t>(std::min(kStretch, size - at)));
    TRY(file.read_at(at, piece));
    for (std::size_t page = 0; page + shape.page_size <= piece.size(); page += shape.page_size) {
      const ByteSpan one = piece.subspan(page, shape.page_size);
      const auto trailer = codec.page_trailer(one, at + page);
      if (!trailer || trailer->type != trailer->type_repeat) continue;
      const auto type = static_cast<PageType>(trailer->type);
      if (type != PageType::kNodeTree && type != PageType::kBlockTree) continue;
      const bool is_signed = !trailer->bid.is_none() && trailer->signature == signature_of(at + page, trailer->bid);
      found += is_signed || trailer->crc == crc_of(one.first(shape.page_size - shape.page_trailer));
    }
  }
  return found;
}

}  // namespace

Result<Header> guess_header(File& file, std::uint64_t size, ByteSpan start, const Error& why) {
  const bool is_final = why.code == Code::kEncrypted || is_header_crc_right(start);
  if (is_final) return tl::unexpected(why);
  Header header;
  std::uint64_t most = kFewest - 1;
  for (const Variant variant : {Variant::kUnicode, Variant::kAnsi, Variant::kUnicode4k}) {
    const std::uint64_t pages = TRY(count_pages(file, size, codec_of(variant)));
    if (pages <= most) continue;
    most = pages;
    header.variant = variant;
  }
  if (most < kFewest) return tl::unexpected(why);
  header.client = client_of(start);
  header.version = header.variant == Variant::kAnsi ? 14 : header.variant == Variant::kUnicode ? 23 : 36;
  header.crc_right = false;
  header.file_end = size;
  return header;
}

}  // namespace mapiary::engines::pst
