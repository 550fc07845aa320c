// SPDX-License-Identifier: Apache-2.0
// What can be found without the two trees: leaf pages of the node tree by their trailers, blocks by theirs. For the
// parts of a tree that cannot be read. The file is looked through when something is first asked for, each kind once,
// front to back; of what is found only places are kept. [MS-PST] 2.2.2.7.1, 2.2.2.8.1.
//
// Finds are candidates: pages that a later write has replaced are found too, so the newest wins, and whoever reads a
// block verifies it. Safe from any thread.
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
  Result<std::optional<BlockEntry>> find_block(Bid bid);
  // Every entry of every leaf, also of those that were replaced, newest leaf first. `visit` returns false to end.
  Status walk_leaves(const std::function<Result<bool>(const NodeEntry&)>& visit);

 private:
  struct Leaf {
    std::uint64_t first = 0, last = 0;  // keys
    Bid page;                           // the larger, the newer
    std::uint64_t offset = 0;
  };
  using OnPiece = void (Salvage::*)(std::uint64_t offset, ByteSpan piece);

  Status scan(OnPiece on_piece);
  Status need_leaves();
  Status need_blocks();
  void look_for_leaves(std::uint64_t offset, ByteSpan piece);
  void look_for_blocks(std::uint64_t offset, ByteSpan piece);
  Result<TreePage> read_leaf(const Leaf& leaf);

  File& file_;
  std::uint64_t size_;
  const Header& header_;
  const Codec& codec_;
  std::mutex mutex_;
  bool has_leaves_ = false, has_blocks_ = false;
  std::vector<Leaf> leaves_;        // newest first
  std::vector<BlockEntry> blocks_;  // by bid
};

}  // namespace mapiary::engines::pst
