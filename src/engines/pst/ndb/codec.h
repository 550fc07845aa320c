// SPDX-License-Identifier: Apache-2.0
// The structures of the node database in a form that is the same for every variant, and the codec that makes them of
// the file's bytes. One template over the layouts of ndb/disk.h gives the three codecs; nothing above knows which one
// it has. [MS-PST] 2.2.2.
//
// Decoding checks what must hold for the bytes to have a meaning (counts, sizes) and leaves what can be judged without
// it (CRC, signature, order) to the caller. Errors are kCorruptStore and begin with "STRUCTURE at offset N: ". Codecs
// are immutable and safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "engines/pst/ndb/crypt.h"
#include "engines/pst/ndb/ids.h"

namespace mapiary::engines::pst {

enum class Variant : std::uint8_t { kAnsi, kUnicode, kUnicode4k };
std::string_view variant_name(Variant variant);  // "ansi", "unicode", "unicode-4k"

// An error about the file's bytes, in the form of ByteReader::error().
[[gnu::cold]] tl::unexpected<Error> damaged(std::string_view structure, std::uint64_t offset, std::string_view what,
                                            SourceLocation at = SourceLocation::current());

// What costs only the object it was met in.
inline bool is_damage(const Error& error) {
  return error.code == Code::kCorruptStore;
}

// What differs from variant to variant in numbers alone.
struct Geometry {
  std::uint32_t page_size = 0;
  std::uint32_t page_trailer = 0;
  std::uint32_t block_trailer = 0;
  std::uint32_t block_align = 0;     // blocks begin and end at multiples of it
  std::uint32_t max_block = 0;       // bytes of a block with its trailer
  std::uint64_t first_amap = 0;      // file offset
  std::uint32_t amap_bytes = 0;      // of a page's bitmap; each bit stands for block_align bytes
  std::uint32_t amap_at = 0;         // where in the page they begin
  std::uint32_t hid_index_bits = 0;  // of a heap id (2.3.1.1)
  std::uint32_t row_index_size = 0;  // bytes of a row number in a table's row index (2.3.4.3.1)
  std::uint64_t max_offset = 0;      // largest file offset that can be written down

  std::uint32_t max_data() const { return max_block - block_trailer; }
  std::uint64_t amap_span() const { return std::uint64_t{amap_bytes} * 8 * block_align; }
  // Bytes of a block in the file, for its stored data.
  std::uint64_t on_disk(std::uint64_t data) const {
    return (data + block_trailer + block_align - 1) / block_align * block_align;
  }
};

enum class Client : std::uint8_t { kPst, kOst, kPab, kOther };

struct Header {
  Variant variant = Variant::kUnicode;
  Client client = Client::kPst;
  std::uint16_t version = 0;
  std::uint16_t client_version = 0;
  Crypt crypt = Crypt::kNone;
  bool crc_right = true;
  std::uint32_t unique = 0;                  // changes with each write of the header
  Bid next_block, next_page;                 // the next to be given
  std::array<std::uint32_t, 32> next_nid{};  // the last index given of each type of node
  std::uint64_t file_end = 0;                // ROOT: as the header has it, not as the file is
  std::uint64_t last_amap = 0;
  std::uint64_t amap_free = 0, pmap_free = 0;
  BlockRef node_tree, block_tree;
  std::uint8_t amap_valid = 0;  // 0: the maps are to be built anew; 1, 2: they are right
};

enum class PageType : std::uint8_t {
  kBlockTree = 0x80,
  kNodeTree = 0x81,
  kFreeMap = 0x82,
  kPageMap = 0x83,
  kAllocationMap = 0x84,
  kFreePageMap = 0x85,
  kDensityList = 0x86,
};

struct PageTrailer {
  std::uint8_t type = 0, type_repeat = 0;
  std::uint16_t signature = 0;
  std::uint32_t crc = 0;
  Bid bid;
};

struct Branch {
  std::uint64_t key = 0;  // the least below it
  BlockRef page;
};
struct NodeEntry {
  Nid nid;
  Bid data, sub;
  Nid parent;
  bool operator==(const NodeEntry&) const = default;
};
struct BlockEntry {
  BlockRef ref;
  std::uint32_t size = 0;      // bytes in the file, without trailer
  std::uint32_t inflated = 0;  // bytes of data: larger than `size` if they are a zlib stream
  std::uint16_t refs = 0;
  bool operator==(const BlockEntry&) const = default;
};
// One page of a B-tree: branches above level 0; below them nodes or blocks, as its type says.
struct TreePage {
  PageType type = PageType::kNodeTree;
  std::uint8_t level = 0;
  std::uint32_t count = 0, max = 0, entry_size = 0;
  std::vector<Branch> branches;
  std::vector<NodeEntry> nodes;
  std::vector<BlockEntry> blocks;
  bool is_damaged = false;  // of the reader: not as it was written, and used all the same
};

struct BlockTrailer {
  std::uint32_t size = 0;
  std::uint16_t signature = 0;
  std::uint32_t crc = 0;
  Bid bid;
  std::uint32_t inflated = 0;  // `size` where the variant does not compress
};

// XBLOCK (level 1: of data blocks) and XXBLOCK (level 2: of XBLOCKs).
struct BlockList {
  std::uint8_t level = 0;
  std::uint32_t total = 0;  // bytes of data below
  std::vector<Bid> blocks;
};

struct SubnodeEntry {
  Nid nid;
  Bid data, sub;
  bool operator==(const SubnodeEntry&) const = default;
};
struct SubnodeBranch {
  Nid nid;
  Bid block;
};
// SLBLOCK (level 0) and SIBLOCK (level 1).
struct SubnodeBlock {
  std::uint8_t level = 0;
  std::vector<SubnodeEntry> entries;
  std::vector<SubnodeBranch> branches;
};

class Codec {
 public:
  virtual ~Codec() = default;

  virtual const Geometry& geometry() const = 0;
  // `page`, a whole one at file offset `offset`.
  virtual Result<PageTrailer> page_trailer(ByteSpan page, std::uint64_t offset) const = 0;
  virtual Result<TreePage> tree_page(ByteSpan page, std::uint64_t offset) const = 0;
  // `trailer`: the last Geometry::block_trailer bytes of a block.
  virtual Result<BlockTrailer> block_trailer(ByteSpan trailer, std::uint64_t offset) const = 0;
  // `data` of an internal block, without trailer.
  virtual Result<BlockList> block_list(ByteSpan data, std::uint64_t offset) const = 0;
  virtual Result<SubnodeBlock> subnode_block(ByteSpan data, std::uint64_t offset) const = 0;
};

const Codec& codec_of(Variant variant);

// How many bytes of the file decode_header() wants at most; fewer are kTruncated where the variant needs them.
inline constexpr std::size_t kHeaderBytes = 564;
// The first four bytes of every PST, OST and PAB.
bool has_magic(ByteSpan start);
// kCorruptStore: not such a file. kVersion: a variant that is not known. kEncrypted: the key is not in the file.
// A wrong CRC is told in Header::crc_right.
Result<Header> decode_header(ByteSpan start);
// Of a header that decode_header() refuses: whether it was written so, whatever it says. The CRC is in the same place
// in every version.
bool is_header_crc_right(ByteSpan start);
Client client_of(ByteSpan start);

}  // namespace mapiary::engines::pst
