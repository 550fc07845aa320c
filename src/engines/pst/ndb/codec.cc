// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/codec.h"

#include <algorithm>
#include <cstdio>

#include "engines/pst/ndb/checksum.h"
#include "engines/pst/ndb/disk.h"

namespace mapiary::engines::pst {

using disk::load_struct;

std::string_view variant_name(Variant variant) {
  switch (variant) {
    case Variant::kAnsi:
      return "ansi";
    case Variant::kUnicode:
      return "unicode";
    case Variant::kUnicode4k:
      return "unicode-4k";
  }
  return "";
}

tl::unexpected<Error> damaged(std::string_view structure, std::uint64_t offset, std::string_view what,
                              SourceLocation at) {
  std::string message(structure);
  message.append(" at offset ").append(std::to_string(offset)).append(": ").append(what);
  return fail(Code::kCorruptStore, "pst", std::move(message), offset, at);
}

namespace {

// The layouts and numbers of a variant.
struct AnsiLayout {
  using Word = std::uint32_t;
  using PageTrailer = disk::AnsiPageTrailer;
  using PageCounts = disk::SmallPageCounts;
  using BbtEntry = disk::AnsiBbtEntry;
  using NbtEntry = disk::AnsiNbtEntry;
  using BlockTrailer = disk::AnsiBlockTrailer;
  static constexpr std::uint32_t kCountsAt = 496;
  static constexpr std::uint32_t kSubnodePadding = 0;
  static constexpr Geometry kGeometry{512, 12, 12, 64, 8192, 0x4400, 496, 4, 11, 2, 0xFFFFFFFFu};
};

struct UnicodeLayout {
  using Word = std::uint64_t;
  using PageTrailer = disk::UnicodePageTrailer;
  using PageCounts = disk::SmallPageCounts;
  using BbtEntry = disk::UnicodeBbtEntry;
  using NbtEntry = disk::UnicodeNbtEntry;
  using BlockTrailer = disk::UnicodeBlockTrailer;
  static constexpr std::uint32_t kCountsAt = 488;
  static constexpr std::uint32_t kSubnodePadding = 4;
  static constexpr Geometry kGeometry{512, 16, 16, 64, 8192, 0x4400, 496, 0, 11, 4, UINT64_MAX >> 1};
};

struct Unicode4kLayout {
  using Word = std::uint64_t;
  using PageTrailer = disk::Unicode4kPageTrailer;
  using PageCounts = disk::LargePageCounts;
  using BbtEntry = disk::Unicode4kBbtEntry;
  using NbtEntry = disk::UnicodeNbtEntry;
  using BlockTrailer = disk::Unicode4kBlockTrailer;
  static constexpr std::uint32_t kCountsAt = 4056;
  static constexpr std::uint32_t kSubnodePadding = 4;
  static constexpr Geometry kGeometry{4096, 24, 24, 512, 65536, 0x22000, 4072, 0, 14, 4, UINT64_MAX >> 1};
};

template <class Disk>
const auto& same_part(const Disk& trailer) {
  if constexpr (requires { trailer.same; }) {
    return trailer.same;
  } else {
    return trailer;
  }
}

// Bounds are ByteReader's; its errors become damage of the store.
template <class T>
Result<T> as_damage(Result<T> result) {
  if (!result && (result.error().code == Code::kTruncated || result.error().code == Code::kCorrupt)) {
    result.error().code = Code::kCorruptStore;
  }
  return result;
}

template <class Layout>
class CodecOf final : public Codec {
  using Word = typename Layout::Word;

 public:
  const Geometry& geometry() const override { return Layout::kGeometry; }

  Result<PageTrailer> page_trailer(ByteSpan page, std::uint64_t offset) const override {
    static constexpr auto kAt = Layout::kGeometry.page_size - sizeof(typename Layout::PageTrailer);
    return as_damage(read_page_trailer(ByteReader(page, "PAGETRAILER", "pst", offset), kAt));
  }
  Result<TreePage> tree_page(ByteSpan page, std::uint64_t offset) const override {
    return as_damage(read_tree_page(page, offset));
  }
  Result<BlockTrailer> block_trailer(ByteSpan trailer, std::uint64_t offset) const override {
    return as_damage(read_block_trailer(ByteReader(trailer, "BLOCKTRAILER", "pst", offset)));
  }
  Result<BlockList> block_list(ByteSpan data, std::uint64_t offset) const override {
    return as_damage(read_block_list(ByteReader(data, "XBLOCK", "pst", offset)));
  }
  Result<SubnodeBlock> subnode_block(ByteSpan data, std::uint64_t offset) const override {
    return as_damage(read_subnode_block(ByteReader(data, "SLBLOCK", "pst", offset)));
  }

 private:
  static BlockRef neutral(const disk::Bref<Word>& ref) { return {Bid(ref.bid), ref.ib}; }
  static Result<PageTrailer> read_page_trailer(ByteReader in, std::uint64_t at);
  static Result<TreePage> read_tree_page(ByteSpan page, std::uint64_t offset);
  static Status read_entries(ByteReader& in, TreePage& out);
  static Result<BlockTrailer> read_block_trailer(ByteReader in);
  static Result<BlockList> read_block_list(ByteReader in);
  static Result<SubnodeBlock> read_subnode_block(ByteReader in);
};

template <class Layout>
Result<PageTrailer> CodecOf<Layout>::read_page_trailer(ByteReader in, std::uint64_t at) {
  TRY(in.seek(at));
  const auto raw = TRY(load_struct<typename Layout::PageTrailer>(in));
  const auto& same = same_part(raw);
  PageTrailer trailer;
  trailer.type = same.type;
  trailer.type_repeat = same.type_repeat;
  trailer.signature = same.sig;
  trailer.crc = same.crc;
  trailer.bid = Bid(same.bid);
  return trailer;
}

BlockEntry neutral_block(const disk::AnsiBbtEntry& raw) {
  return {{Bid(raw.ref.bid), raw.ref.ib}, raw.size, raw.size, raw.refs};
}
BlockEntry neutral_block(const disk::UnicodeBbtEntry& raw) {
  return {{Bid(raw.ref.bid), raw.ref.ib}, raw.size, raw.size, raw.refs};
}
BlockEntry neutral_block(const disk::Unicode4kBbtEntry& raw) {
  return {{Bid(raw.ref.bid), raw.ref.ib}, raw.size, raw.inflated, raw.refs};
}

template <class Layout>
Status CodecOf<Layout>::read_entries(ByteReader& in, TreePage& out) {
  if (out.level > 0) {
    const auto raw = TRY(load_struct<disk::BtEntry<Word>>(in));
    out.branches.push_back({raw.key, neutral(raw.ref)});
  } else if (out.type == PageType::kNodeTree) {
    const auto raw = TRY(load_struct<typename Layout::NbtEntry>(in));
    out.nodes.push_back({Nid(static_cast<std::uint32_t>(raw.nid)), Bid(raw.data), Bid(raw.sub), Nid(raw.parent)});
  } else {
    out.blocks.push_back(neutral_block(TRY(load_struct<typename Layout::BbtEntry>(in))));
  }
  return {};
}

template <class Layout>
Result<TreePage> CodecOf<Layout>::read_tree_page(ByteSpan page, std::uint64_t offset) {
  ByteReader in(page, "BTPAGE", "pst", offset);
  TRY(in.seek(Layout::kCountsAt));
  const auto counts = TRY(load_struct<typename Layout::PageCounts>(in));
  const PageTrailer trailer =
      TRY(read_page_trailer(in, Layout::kGeometry.page_size - sizeof(typename Layout::PageTrailer)));
  TreePage out;
  out.type = static_cast<PageType>(trailer.type);
  if (out.type != PageType::kNodeTree && out.type != PageType::kBlockTree) {
    return damaged("BTPAGE", offset, "the page is of type " + std::to_string(trailer.type));
  }
  out.level = counts.level;
  out.count = counts.count;
  out.max = counts.max;
  out.entry_size = counts.entry_size;
  const std::size_t least = out.level > 0                     ? sizeof(disk::BtEntry<Word>)
                            : out.type == PageType::kNodeTree ? sizeof(typename Layout::NbtEntry)
                                                              : sizeof(typename Layout::BbtEntry);
  if (out.entry_size < least || std::uint64_t{out.count} * out.entry_size > Layout::kCountsAt) {
    return damaged("BTPAGE", offset,
                   std::to_string(out.count) + " entries of " + std::to_string(out.entry_size) + " bytes do not fit");
  }
  for (std::uint32_t i = 0; i < out.count; ++i) {
    ByteReader entry = TRY(in.sub(std::uint64_t{i} * out.entry_size, out.entry_size, "BTPAGE"));
    TRY(read_entries(entry, out));
  }
  return out;
}

std::uint32_t inflated_of(const disk::Unicode4kBlockTrailer& raw) {
  return raw.inflated;
}
std::uint32_t inflated_of(const disk::AnsiBlockTrailer& raw) {
  return raw.size;
}
std::uint32_t inflated_of(const disk::UnicodeBlockTrailer& raw) {
  return raw.size;
}

template <class Layout>
Result<BlockTrailer> CodecOf<Layout>::read_block_trailer(ByteReader in) {
  const auto raw = TRY(load_struct<typename Layout::BlockTrailer>(in));
  const auto& same = same_part(raw);
  BlockTrailer trailer;
  trailer.size = same.size;
  trailer.signature = same.sig;
  trailer.crc = same.crc;
  trailer.bid = Bid(same.bid);
  trailer.inflated = inflated_of(raw);
  return trailer;
}

template <class Layout>
Result<BlockList> CodecOf<Layout>::read_block_list(ByteReader in) {
  const auto start = TRY(load_struct<disk::XBlockStart>(in));
  if (start.type != 1 || start.level < 1 || start.level > 2) {
    return tl::unexpected(in.error("type " + std::to_string(start.type) + " and level " + std::to_string(start.level) +
                                       " are none of a list of blocks",
                                   Code::kCorruptStore));
  }
  BlockList out;
  out.level = start.level;
  out.total = start.total;
  if (std::uint64_t{start.count} * sizeof(Word) > in.remaining()) {
    return tl::unexpected(in.error(std::to_string(start.count) + " block ids do not fit", Code::kCorruptStore));
  }
  out.blocks.reserve(start.count);
  for (std::uint32_t i = 0; i < start.count; ++i) out.blocks.push_back(Bid(TRY(load_struct<Word>(in))));
  return out;
}

template <class Layout>
Result<SubnodeBlock> CodecOf<Layout>::read_subnode_block(ByteReader in) {
  const auto start = TRY(load_struct<disk::SubnodeBlockStart>(in));
  TRY(in.skip(Layout::kSubnodePadding));
  if (start.type != 2 || start.level > 1) {
    return tl::unexpected(in.error("type " + std::to_string(start.type) + " and level " + std::to_string(start.level) +
                                       " are none of a list of subnodes",
                                   Code::kCorruptStore));
  }
  SubnodeBlock out;
  out.level = start.level;
  const std::size_t size = out.level == 0 ? sizeof(disk::SlEntry<Word>) : sizeof(disk::SiEntry<Word>);
  if (std::uint64_t{start.count} * size > in.remaining()) {
    return tl::unexpected(in.error(std::to_string(start.count) + " subnodes do not fit", Code::kCorruptStore));
  }
  for (std::uint32_t i = 0; i < start.count; ++i) {
    if (out.level == 0) {
      const auto raw = TRY(load_struct<disk::SlEntry<Word>>(in));
      out.entries.push_back({Nid(static_cast<std::uint32_t>(raw.nid)), Bid(raw.data), Bid(raw.sub)});
    } else {
      const auto raw = TRY(load_struct<disk::SiEntry<Word>>(in));
      out.branches.push_back({Nid(static_cast<std::uint32_t>(raw.nid)), Bid(raw.bid)});
    }
  }
  return out;
}

// ---- Header

constexpr std::uint32_t kMagic = 0x4E444221;  // "!BDN"
constexpr std::uint32_t kPartialFrom = 8, kPartialBytes = 471, kFullBytes = 516;

constexpr std::size_t kCrcAt = 4, kClientAt = 8, kVersionAt = 10, kFullCrcAt = 0x20C;

Client client_of_magic(std::uint16_t magic) {
  switch (magic) {
    case 0x4D53:
      return Client::kPst;
    case 0x4F53:
      return Client::kOst;
    case 0x4142:
      return Client::kPab;
    default:
      return Client::kOther;
  }
}

Result<Variant> variant_of(std::uint16_t version) {
  if (version == 14 || version == 15) return Variant::kAnsi;
  // 20 to 22 were written by programs between the two and read like 23, as Outlook does.
  if (version >= 20 && version <= 23) return Variant::kUnicode;
  if (version == 36) return Variant::kUnicode4k;
  std::string what = "HEADER at offset 10: the file is of version " + std::to_string(version);
  if (version == 37) {
    what += ", protected by Windows Information Protection; save it from Outlook unprotected";
  } else {
    what += ", which is not known (14, 15: ANSI; 21, 23: Unicode; 36: Unicode with large pages)";
    if (version > 37) what += "; have Outlook export it to a new .pst";
  }
  return fail(version == 37 ? Code::kEncrypted : Code::kVersion, "pst", what, version);
}

template <class Raw>
void take_header(const Raw& raw, Header& out) {
  out.unique = raw.unique;
  out.next_block = Bid(raw.bid_next_b);
  out.next_page = Bid(raw.bid_next_p);
  for (std::size_t i = 0; i < out.next_nid.size(); ++i) out.next_nid[i] = raw.rgnid[i];
  out.crypt = static_cast<Crypt>(raw.crypt_method);
  out.file_end = raw.root.ib_file_eof;
  out.last_amap = raw.root.ib_amap_last;
  out.amap_free = raw.root.cb_amap_free;
  out.pmap_free = raw.root.cb_pmap_free;
  out.node_tree = {Bid(raw.root.nbt.bid), raw.root.nbt.ib};
  out.block_tree = {Bid(raw.root.bbt.bid), raw.root.bbt.ib};
  out.amap_valid = raw.root.amap_valid;
}

Result<Header> read_header(ByteSpan bytes) {
  ByteReader in(bytes, "HEADER", "pst");
  const auto start = TRY(load_struct<disk::HeaderStart>(in));
  if (start.magic != kMagic) {
    char seen[16];
    const auto byte = [&](int at) { return static_cast<unsigned>(start.magic >> (8 * at)) & 0xFFu; };
    (void)std::snprintf(seen, sizeof seen, "%02X %02X %02X %02X", byte(0), byte(1), byte(2), byte(3));
    return damaged("HEADER", 0, std::string("it begins with ") + seen + ", not with 21 42 44 4E (!BDN)");
  }
  Header out;
  out.version = start.ver;
  out.client_version = start.ver_client;
  out.client = client_of_magic(start.magic_client);
  out.variant = TRY(variant_of(start.ver));
  TRY(in.seek(0));
  const ByteReader all = TRY(in.sub(0, out.variant == Variant::kAnsi ? 512 : kHeaderBytes));
  const ByteSpan partial = TRY(ByteReader(all).sub(kPartialFrom, kPartialBytes)).rest();
  out.crc_right = crc_of(partial) == start.crc_partial;
  if (out.variant == Variant::kAnsi) {
    take_header(TRY(load_struct<disk::AnsiHeader>(in)), out);
  } else {
    const auto raw = TRY(load_struct<disk::UnicodeHeader>(in));
    take_header(raw, out);
    const ByteSpan full = TRY(ByteReader(all).sub(kPartialFrom, kFullBytes)).rest();
    out.crc_right = out.crc_right && crc_of(full) == raw.crc_full;
  }
  if (out.crypt == Crypt::kProtected) {
    return fail(Code::kEncrypted, "pst",
                "HEADER at offset 513: the data is protected by Windows Information Protection; save the file from "
                "Outlook unprotected",
                513);
  }
  if (out.crypt > Crypt::kCyclic) {
    return damaged("HEADER", out.variant == Variant::kAnsi ? 0x1CD : 0x201,
                   "encryption method " + std::to_string(static_cast<int>(out.crypt)) + " is not known");
  }
  return out;
}

}  // namespace

const Codec& codec_of(Variant variant) {
  static const CodecOf<AnsiLayout> ansi;
  static const CodecOf<UnicodeLayout> unicode;
  static const CodecOf<Unicode4kLayout> unicode4k;
  if (variant == Variant::kAnsi) return ansi;
  if (variant == Variant::kUnicode4k) return unicode4k;
  return unicode;
}

bool has_magic(ByteSpan start) {
  return start.size() >= 4 && load_le<std::uint32_t>(start.data()) == kMagic;
}

bool is_header_crc_right(ByteSpan start) {
  // Zeros have the CRC 0.
  if (!has_magic(start) || start.size() < kPartialFrom + kPartialBytes) return false;
  const auto is_right = [start](std::size_t at, std::size_t bytes) {
    return load_le<std::uint32_t>(start.data() + at) == crc_of(start.subspan(kPartialFrom, bytes));
  };
  // What only the second CRC is of tells nothing of a version that has none, or has it elsewhere.
  const auto variant = variant_of(load_le<std::uint16_t>(start.data() + kVersionAt));
  const bool has_two = variant && *variant != Variant::kAnsi && start.size() >= kHeaderBytes;
  return is_right(kCrcAt, kPartialBytes) && (!has_two || is_right(kFullCrcAt, kFullBytes));
}

Client client_of(ByteSpan start) {
  return start.size() < kClientAt + 2 ? Client::kOther
                                      : client_of_magic(load_le<std::uint16_t>(start.data() + kClientAt));
}

Result<Header> decode_header(ByteSpan start) {
  return as_damage(read_header(start));
}

}  // namespace mapiary::engines::pst
