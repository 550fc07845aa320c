// SPDX-License-Identifier: Apache-2.0
// What can be found without the two trees: their pages by their trailers, blocks by theirs, also in places where the
// trees do not look for them. For the parts of a tree that cannot be read. The file is looked through when something
// is first asked for, each kind once, front to back; of what is found only places are kept. [MS-PST] 2.2.2.7.1,
// 2.2.2.8.1.
//
// Pages have a right CRC; where there is none with one, their type, its repetition and their signature have to be
// right. Blocks are candidates: of their signature and CRC one is right, and whoever reads one verifies it. Pages that
// a later write has replaced are found too, so the newest wins. Safe from any thread.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "base/file.h"
#include "engines/pst/ndb/codec.h"

namespace mapiary::engines::pst {

class Salvage {
 public:
  Salvage(File& file, std::uint64_t size, const Header& header)
      : file_(file), size_(size), header_(header), codec_(codec_of(header.variant)) {}

  Result<std::optional<NodeEntry>> find_node(Nid nid);
  // Those with first <= nid <= last, ascending.
  Result<std::vector<NodeEntry>> nodes(std::uint64_t first, std::uint64_t last);
  // Candidates, those where they were written first. Few: a bid is given once.
  Result<std::vector<BlockEntry>> find_blocks(Bid bid);
  // One candidate of each block, ascending by id.
  Result<std::vector<BlockEntry>> blocks();
  // Where the page with this id is, now.
  Result<std::optional<std::uint64_t>> find_page(Bid page, PageType type);
  // Of the pages of a tree the newest of the highest level: its root, or that of a part of it.
  Result<std::optional<BlockRef>> find_root(PageType type);
  // Every entry of every leaf that is whole, also of those that were replaced, newest leaf first. `visit` returns false
  // to end.
  Status walk_leaves(const std::function<Result<bool>(const NodeEntry&)>& visit);

 private:
  struct Leaf {
    std::uint64_t first = 0, last = 0;  // keys
    Bid page;                           // the larger, the newer
    std::uint64_t offset = 0;
    bool whole = true;
  };
  struct Page {
    Bid id;
    std::uint64_t offset = 0;
    PageType type = PageType::kNodeTree;
    std::uint8_t level = 0;
    bool whole = true;
  };
  struct Found {
    BlockEntry entry;
    bool placed = true;  // its signature is that of the place
  };
  using OnPiece = Status (Salvage::*)(std::uint64_t offset, ByteSpan piece);

  Status scan(OnPiece on_piece);
  Status need_pages();
  Status need_blocks();
  Status look_for_pages(std::uint64_t offset, ByteSpan piece);
  Status look_for_blocks(std::uint64_t offset, ByteSpan piece);
  Result<bool> has_right_crc(const BlockEntry& entry, std::uint32_t crc);
  Result<TreePage> read_leaf(const Leaf& leaf);

  File& file_;
  std::uint64_t size_;
  const Header& header_;  // of the database, which may know it better by and by
  const Codec& codec_;
  std::mutex mutex_;
  bool has_pages_ = false, has_blocks_ = false;
  std::vector<Leaf> leaves_;   // of the node tree, newest first
  std::vector<Page> pages_;    // of both trees, by id
  std::vector<Found> blocks_;  // by bid
  std::uint64_t crc_budget_ = 0;
};

}  // namespace mapiary::engines::pst
