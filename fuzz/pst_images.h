// SPDX-License-Identifier: Apache-2.0
// The whole files that pst_file_fuzz damages: tiny mailboxes in each variant and encryption, with lists of lists of
// blocks, lists of subnodes, compressed blocks, maps, a message that no folder has and one that was deleted; and where
// their structures are, so that damage hits them and a right CRC can be put over it.
#pragma once

#include <string>
#include <vector>

#include "engines/pst/ndb/checksum.h"
#include "engines/pst/testing/tiny_mailbox.h"

namespace mapiary::engines::pst::testing {

// A header, page or block: where it begins, how many bytes its CRC is of, where that is. 0: it has none.
struct Region {
  std::size_t begin = 0, size = 0, crc_at = 0;
};

struct Image {
  Variant variant = Variant::kUnicode;
  std::string bytes;
  std::vector<Region> regions;
};

class ImageMaker {
 public:
  static constexpr std::size_t kCount = 8;

  static Image make(std::size_t which) {
    static constexpr struct {
      Variant variant;
      Crypt crypt;
      bool deflate;
    } kKinds[kCount] = {{Variant::kAnsi, Crypt::kNone, false},        {Variant::kUnicode, Crypt::kNone, false},
                        {Variant::kUnicode4k, Crypt::kNone, false},   {Variant::kAnsi, Crypt::kCyclic, false},
                        {Variant::kUnicode, Crypt::kPermute, false},  {Variant::kUnicode, Crypt::kCyclic, false},
                        {Variant::kUnicode4k, Crypt::kPermute, true}, {Variant::kAnsi, Crypt::kPermute, false}};
    const auto& kind = kKinds[which % kCount];
    ImageMaker maker(kind.variant, kind.crypt, kind.deflate && kind.variant == Variant::kUnicode4k);
    return maker.finish();
  }

 private:
  static constexpr std::size_t kPiece = 100;

  ImageMaker(Variant variant, Crypt crypt, bool deflate)
      : mailbox_(variant, crypt, kPiece),
        file_(mailbox_.file()),
        shape_(codec_of(variant).geometry()),
        variant_(variant) {
    ost_index();
    lists(deflate);
    (void)in_no_folder(Nid(0x2000E4), Nid(0x9022));
    (void)in_no_folder(Nid(0x200104), Nid(0x8062));
    const Nid deleted = in_no_folder(Nid(0x200124), Nid(0x8022));
    (void)file_.finish();  // trees that have it, and are replaced
    file_.remove(deleted);
  }

  std::string text(const char* plain) const { return file_.ansi() ? std::string(plain) : utf8_to_utf16le(plain); }
  std::uint32_t tag(std::uint32_t id) const { return (id << 16) | (file_.ansi() ? 0x1Eu : 0x1Fu); }

  // An index and nothing else.
  void ost_index() {
    const std::string record("\1\0\0\0\0\0\0\1\x20\0\x20\0", 12);
    const std::string heap = TinyFile::heap(0x8C, 0x20, {TinyFile::tree_header(8, 4, 0, 0x40), record});
    file_.node(Nid::of(NidType::kServerMessageIndex, 0x401), file_.block(heap));
  }

  // A message as mail comes, whose body is a list of lists and whose subnodes are a list of lists too.
  void lists(bool deflate) {
    std::vector<Bid> above;
    for (int i = 0; i < 2; ++i) {
      const std::vector<Bid> below{file_.block(std::string(40, 'h'), false, deflate),
                                   file_.block(std::string(40, 'i'))};
      above.push_back(file_.list(below, 1, 80));
    }
    const Bid body = file_.list(above, 2, 160);
    std::string heap = TinyFile::properties({{tag(0x001A), text("IPM.Note")},
                                             {tag(0x0037), text("\1\5Re: lists")},
                                             {tag(0x007D), text("From: a@example.org\r\n")},
                                             {tag(0x0C1E), text("EX")},
                                             {tag(0x0C1F), text("/o=x/cn=a")},
                                             {0x0E070003, std::string("\1\0\0\0", 4)},
                                             {0x10130102, std::string(50, 'h')}});
    const std::size_t at = heap.find(std::string("\x13\x10\x02\x01", 4));
    heap.replace(at + 4, 4, std::string("\xBF\x80\0\0", 4));
    const Bid first = file_.subnodes({{Nid(0x8065), file_.block("x"), {}}}),
              last = file_.subnodes({{Nid(0x80BF), body, {}}});
    const Bid subnodes = file_.subnode_index({{Nid(0x8065), first}, {Nid(0x80BF), last}});
    file_.node(Nid(0x200044), file_.block(heap, false, deflate), subnodes, Nid(0x8062));
  }

  Nid in_no_folder(Nid nid, Nid parent) {
    const std::string heap = TinyFile::properties({{0x0E070003, "\1"}, {0x10130102, std::string(50, 'h')}});
    file_.node(nid, file_.block(heap), file_.subnodes({{Nid(0x8025), file_.block("x"), {}}}), parent);
    return nid;
  }

  // A page of a kind that is in no tree: what is there, then its trailer, without signature, its offset for an id.
  void put_map(std::string& bytes, std::uint64_t offset, PageType type) const {
    const std::size_t at = static_cast<std::size_t>(offset), tail = at + shape_.page_size - shape_.page_trailer;
    const std::uint32_t crc = crc_of(bytes_of(bytes).subspan(at, tail - at));
    ByteWriter out;
    out.put_u8(static_cast<std::uint8_t>(type));
    out.put_u8(static_cast<std::uint8_t>(type));
    out.put_u16(0);
    out.put_u32(shape_.page_trailer == 12 ? static_cast<std::uint32_t>(offset) : crc);
    out.put_u32(shape_.page_trailer == 12 ? crc : static_cast<std::uint32_t>(offset));
    const std::string trailer = out.take();
    bytes.replace(tail, trailer.size(), trailer);
  }

  Image finish() {
    Image image;
    image.variant = variant_;
    image.bytes = file_.finish();
    std::string& bytes = image.bytes;
    for (std::size_t i = 0; i < shape_.amap_bytes; i += 3) {
      bytes[static_cast<std::size_t>(shape_.first_amap) + shape_.amap_at + i] = '\xF7';
    }
    put_map(bytes, shape_.first_amap, PageType::kAllocationMap);
    const std::uint64_t list = shape_.first_amap - shape_.page_size;
    bytes.replace(static_cast<std::size_t>(list), 16, std::string("\1\2\0\0\0\0\0\0\0\0\x70\1\1\0\x90\1", 16));
    put_map(bytes, list, PageType::kDensityList);
    bytes[file_.ansi() ? 0xC8 : 0xF8] = 2;
    mend_header(bytes, file_.ansi());
    find_regions(image);
    return image;
  }

  // By what lies there: pages and blocks have trailers that are right.
  void find_regions(Image& image) const {
    const ByteSpan bytes = bytes_of(image.bytes);
    const Codec& codec = codec_of(variant_);
    image.regions.push_back({0, kHeaderBytes, 4});
    const std::size_t at = static_cast<std::size_t>(shape_.first_amap), crc_in_trailer = file_.ansi() ? 8 : 4;
    for (std::size_t page = at - shape_.page_size; page + shape_.page_size <= bytes.size(); page += shape_.page_size) {
      const std::size_t size = shape_.page_size - shape_.page_trailer;
      const auto trailer = codec.page_trailer(bytes.subspan(page, shape_.page_size), page);
      const bool is_page = trailer && trailer->type == trailer->type_repeat && trailer->type >= 0x80 &&
                           trailer->crc == crc_of(bytes.subspan(page, size));
      if (is_page) image.regions.push_back({page, size, page + size + crc_in_trailer});
    }
    for (std::size_t end = at + shape_.block_align; end <= bytes.size(); end += shape_.block_align) {
      const std::size_t tail = end - shape_.block_trailer;
      const auto trailer = codec.block_trailer(bytes.subspan(tail, shape_.block_trailer), tail);
      if (!trailer || trailer->size == 0 || trailer->size > shape_.max_data()) continue;
      const std::size_t length = static_cast<std::size_t>(shape_.on_disk(trailer->size));
      if (end < at + length || trailer->crc != crc_of(bytes.subspan(end - length, trailer->size))) continue;
      image.regions.push_back({end - length, trailer->size, tail + crc_in_trailer});
    }
  }

 public:
  static void mend_header(std::string& bytes, bool ansi) {
    const auto sum = [&](std::size_t place, std::size_t count) {
      store_le(reinterpret_cast<std::byte*>(bytes.data()) + place, crc_of(bytes_of(bytes).subspan(8, count)));
    };
    sum(4, 471);
    if (!ansi) sum(0x20C, 516);
  }
  // A right CRC over what the region holds now.
  static void mend(std::string& bytes, const Region& region, bool ansi) {
    if (region.begin == 0) return mend_header(bytes, ansi);
    const std::uint32_t crc = crc_of(bytes_of(bytes).subspan(region.begin, region.size));
    store_le(reinterpret_cast<std::byte*>(bytes.data()) + region.crc_at, crc);
  }

 private:
  TinyMailbox mailbox_;
  TinyFile& file_;
  Geometry shape_;
  Variant variant_;
};

}  // namespace mapiary::engines::pst::testing
