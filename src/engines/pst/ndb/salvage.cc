// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/salvage.h"

#include <algorithm>
#include <map>

#include "engines/pst/ndb/checksum.h"

namespace mapiary::engines::pst {
namespace {

constexpr std::uint64_t kPiece = std::uint64_t{1} << 20;

}  // namespace

// Everything from the first map on, in pieces that no page and no unit of a block crosses.
Status Salvage::scan(OnPiece on_piece) {
  std::vector<std::byte> bytes(kPiece);
  for (std::uint64_t at = codec_.geometry().first_amap; at < size_; at += kPiece) {
    const std::span<std::byte> piece(bytes.data(), static_cast<std::size_t>(std::min(kPiece, size_ - at)));
    TRY(file_.read_at(at, piece));
    (this->*on_piece)(at, piece);
  }
  return {};
}

void Salvage::look_for_leaves(std::uint64_t offset, ByteSpan piece) {
  const Geometry& shape = codec_.geometry();
  constexpr auto kType = static_cast<std::uint8_t>(PageType::kNodeTree);
  for (std::size_t at = 0; at + shape.page_size <= piece.size(); at += shape.page_size) {
    const ByteSpan page = piece.subspan(at, shape.page_size);
    const auto trailer = codec_.page_trailer(page, offset + at);
    if (!trailer || trailer->type != kType || trailer->type_repeat != kType) continue;
    if (trailer->signature != signature_of(offset + at, trailer->bid)) continue;
    if (trailer->crc != crc_of(page.first(shape.page_size - shape.page_trailer))) continue;
    const auto tree = codec_.tree_page(page, offset + at);
    if (!tree || tree->level != 0 || tree->nodes.empty()) continue;
    leaves_.push_back({tree->nodes.front().nid.value, tree->nodes.back().nid.value, trailer->bid, offset + at});
  }
}

void Salvage::look_for_blocks(std::uint64_t offset, ByteSpan piece) {
  const Geometry& shape = codec_.geometry();
  for (std::size_t end = shape.block_align; end <= piece.size(); end += shape.block_align) {
    const std::uint64_t trailer_at = offset + end - shape.block_trailer;
    const auto trailer =
        codec_.block_trailer(piece.subspan(end - shape.block_trailer, shape.block_trailer), trailer_at);
    if (!trailer || trailer->size == 0 || trailer->size > shape.max_data()) continue;
    if (trailer->bid.is_none()) continue;
    if (header_.crc_right && trailer->bid.key().value >= header_.next_block.value) continue;
    const std::uint64_t length = shape.on_disk(trailer->size);
    if (offset + end < shape.first_amap + length) continue;
    const std::uint64_t begin = offset + end - length;
    if (trailer->signature != signature_of(begin, trailer->bid)) continue;
    blocks_.push_back({{trailer->bid, begin}, trailer->size, trailer->inflated, 0});
  }
}

Status Salvage::need_leaves() {
  if (has_leaves_) return {};
  leaves_.clear();
  TRY(scan(&Salvage::look_for_leaves));
  std::stable_sort(leaves_.begin(), leaves_.end(),
                   [](const Leaf& a, const Leaf& b) { return a.page.value > b.page.value; });
  has_leaves_ = true;
  return {};
}

Status Salvage::need_blocks() {
  if (has_blocks_) return {};
  blocks_.clear();
  TRY(scan(&Salvage::look_for_blocks));
  std::stable_sort(blocks_.begin(), blocks_.end(), [](const BlockEntry& a, const BlockEntry& b) {
    return a.ref.bid.key().value < b.ref.bid.key().value;
  });
  has_blocks_ = true;
  return {};
}

Result<TreePage> Salvage::read_leaf(const Leaf& leaf) {
  std::vector<std::byte> bytes(codec_.geometry().page_size);
  TRY(file_.read_at(leaf.offset, bytes));
  return codec_.tree_page(bytes, leaf.offset);
}

Result<std::optional<NodeEntry>> Salvage::find_node(Nid nid) {
  const std::lock_guard lock(mutex_);
  TRY(need_leaves());
  for (const Leaf& leaf : leaves_) {
    if (nid.value < leaf.first || nid.value > leaf.last) continue;
    const TreePage page = TRY(read_leaf(leaf));
    const auto at = std::lower_bound(page.nodes.begin(), page.nodes.end(), nid,
                                     [](const NodeEntry& one, Nid wanted) { return one.nid < wanted; });
    if (at != page.nodes.end() && at->nid == nid) return std::optional<NodeEntry>(*at);
  }
  return std::optional<NodeEntry>();
}

Result<std::vector<NodeEntry>> Salvage::nodes(std::uint64_t first, std::uint64_t last) {
  const std::lock_guard lock(mutex_);
  TRY(need_leaves());
  std::map<std::uint32_t, NodeEntry> found;
  for (const Leaf& leaf : leaves_) {
    if (leaf.last < first || leaf.first > last) continue;
    const TreePage page = TRY(read_leaf(leaf));
    for (const NodeEntry& node : page.nodes) {
      if (node.nid.value >= first && node.nid.value <= last) found.try_emplace(node.nid.value, node);
    }
  }
  std::vector<NodeEntry> out;
  out.reserve(found.size());
  for (const auto& [nid, node] : found) out.push_back(node);
  return out;
}

Status Salvage::walk_leaves(const std::function<Result<bool>(const NodeEntry&)>& visit) {
  {
    const std::lock_guard lock(mutex_);
    TRY(need_leaves());
  }
  // What was found once stays; `visit` may ask for more.
  for (const Leaf& leaf : leaves_) {
    const TreePage page = TRY(read_leaf(leaf));
    for (const NodeEntry& node : page.nodes) {
      if (!TRY(visit(node))) return {};
    }
  }
  return {};
}

Result<std::optional<BlockEntry>> Salvage::find_block(Bid bid) {
  const std::lock_guard lock(mutex_);
  TRY(need_blocks());
  const std::uint64_t key = bid.key().value;
  const auto at =
      std::lower_bound(blocks_.begin(), blocks_.end(), key,
                       [](const BlockEntry& one, std::uint64_t wanted) { return one.ref.bid.key().value < wanted; });
  if (at == blocks_.end() || at->ref.bid.key().value != key) return std::optional<BlockEntry>();
  return std::optional<BlockEntry>(*at);
}

}  // namespace mapiary::engines::pst
