// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/salvage.h"

#include <algorithm>
#include <map>

#include "engines/pst/ndb/checksum.h"

namespace mapiary::engines::pst {
namespace {

constexpr std::uint64_t kPiece = std::uint64_t{1} << 20;
// Of a block, where the header does not say how many were given.
constexpr std::uint64_t kLargestBid = std::uint64_t{1} << 40;
constexpr std::uint8_t kHighestLevel = 12;  // as the database's

bool is_before(const NodeEntry& a, const NodeEntry& b) {
  return a.nid < b.nid;
}

}  // namespace

// Everything from the first map on, in pieces that no page and no unit of a block crosses.
Status Salvage::scan(OnPiece on_piece) {
  std::vector<std::byte> bytes(kPiece);
  for (std::uint64_t at = codec_.geometry().first_amap; at < size_; at += kPiece) {
    const std::span<std::byte> piece(bytes.data(), static_cast<std::size_t>(std::min(kPiece, size_ - at)));
    TRY(file_.read_at(at, piece));
    TRY((this->*on_piece)(at, piece));
  }
  return {};
}

Status Salvage::look_for_pages(std::uint64_t offset, ByteSpan piece) {
  const Geometry& shape = codec_.geometry();
  for (std::size_t at = 0; at + shape.page_size <= piece.size(); at += shape.page_size) {
    const ByteSpan page = piece.subspan(at, shape.page_size);
    const auto trailer = codec_.page_trailer(page, offset + at);
    if (!trailer || trailer->type != trailer->type_repeat) continue;
    const auto type = static_cast<PageType>(trailer->type);
    if (type != PageType::kNodeTree && type != PageType::kBlockTree) continue;
    const bool whole = trailer->crc == crc_of(page.first(shape.page_size - shape.page_trailer));
    const bool is_signed = trailer->signature == signature_of(offset + at, trailer->bid) && !trailer->bid.is_none();
    if (!whole && !is_signed) continue;
    const auto tree = codec_.tree_page(page, offset + at);
    if (!tree || tree->level > kHighestLevel) continue;
    pages_.push_back({trailer->bid, offset + at, type, tree->level, whole});
    if (type != PageType::kNodeTree || tree->level != 0 || tree->nodes.empty()) continue;
    const auto [first, last] = std::minmax_element(tree->nodes.begin(), tree->nodes.end(), is_before);
    leaves_.push_back({first->nid.value, last->nid.value, trailer->bid, offset + at, whole});
  }
  return {};
}

// Of what lies where it was not written the CRC must be right. Made-up trailers could ask for the same bytes again and
// again: there is an end to that.
Result<bool> Salvage::has_right_crc(const BlockEntry& entry, std::uint32_t crc) {
  if (crc_budget_ < entry.size) return false;
  crc_budget_ -= entry.size;
  std::vector<std::byte> bytes(entry.size);
  TRY(file_.read_at(entry.ref.offset, bytes));
  return crc_of(bytes) == crc;
}

Status Salvage::look_for_blocks(std::uint64_t offset, ByteSpan piece) {
  const Geometry& shape = codec_.geometry();
  for (std::size_t end = shape.block_align; end <= piece.size(); end += shape.block_align) {
    const std::uint64_t trailer_at = offset + end - shape.block_trailer;
    const auto trailer =
        codec_.block_trailer(piece.subspan(end - shape.block_trailer, shape.block_trailer), trailer_at);
    if (!trailer || trailer->size == 0 || trailer->size > shape.max_data()) continue;
    if (trailer->bid.is_none()) continue;
    // What is no trailer mostly has a number that is too large.
    const std::uint64_t next = header_.crc_right ? header_.next_block.value : kLargestBid;
    if (trailer->bid.key().value >= next) continue;
    const std::uint64_t length = shape.on_disk(trailer->size);
    if (offset + end < shape.first_amap + length) continue;
    const std::uint64_t begin = offset + end - length;
    Found found{{{trailer->bid, begin}, trailer->size, trailer->inflated, 0}};
    found.placed = trailer->signature == signature_of(begin, trailer->bid);
    if (!found.placed && !TRY(has_right_crc(found.entry, trailer->crc))) continue;
    blocks_.push_back(found);
  }
  return {};
}

Status Salvage::need_pages() {
  if (has_pages_) return {};
  leaves_.clear();
  pages_.clear();
  TRY(scan(&Salvage::look_for_pages));
  std::stable_sort(leaves_.begin(), leaves_.end(), [](const Leaf& a, const Leaf& b) {
    return a.whole != b.whole ? a.whole : a.page.value > b.page.value;
  });
  std::stable_sort(pages_.begin(), pages_.end(),
                   [](const Page& a, const Page& b) { return a.id != b.id ? a.id < b.id : a.whole && !b.whole; });
  has_pages_ = true;
  return {};
}

Status Salvage::need_blocks() {
  if (has_blocks_) return {};
  blocks_.clear();
  crc_budget_ = size_ * 4;
  TRY(scan(&Salvage::look_for_blocks));
  std::stable_sort(blocks_.begin(), blocks_.end(), [](const Found& a, const Found& b) {
    const std::uint64_t one = a.entry.ref.bid.key().value, other = b.entry.ref.bid.key().value;
    return one != other ? one < other : a.placed && !b.placed;
  });
  has_blocks_ = true;
  return {};
}

Result<std::optional<std::uint64_t>> Salvage::find_page(Bid page, PageType type) {
  const std::lock_guard lock(mutex_);
  TRY(need_pages());
  auto at =
      std::lower_bound(pages_.begin(), pages_.end(), page, [](const Page& one, Bid wanted) { return one.id < wanted; });
  while (at != pages_.end() && at->id == page && at->type != type) ++at;
  const bool found = at != pages_.end() && at->id == page;
  return found ? std::optional<std::uint64_t>(at->offset) : std::optional<std::uint64_t>();
}

Result<std::optional<BlockRef>> Salvage::find_root(PageType type) {
  const std::lock_guard lock(mutex_);
  TRY(need_pages());
  // The level of a page that was hit is believed if there are whole ones to be below it.
  int most = -1;
  for (const Page& one : pages_) {
    if (one.type == type && one.whole) most = std::max<int>(most, one.level);
  }
  const Page* best = nullptr;
  for (const Page& one : pages_) {  // the newer, the later
    const bool fits = one.type == type && (one.whole || most < 0 || one.level == most + 1);
    if (fits && (!best || one.level >= best->level)) best = &one;
  }
  return best ? std::optional<BlockRef>(BlockRef{best->id, best->offset}) : std::optional<BlockRef>();
}

Result<TreePage> Salvage::read_leaf(const Leaf& leaf) {
  std::vector<std::byte> bytes(codec_.geometry().page_size);
  TRY(file_.read_at(leaf.offset, bytes));
  TreePage page = TRY(codec_.tree_page(bytes, leaf.offset));
  if (!leaf.whole) std::stable_sort(page.nodes.begin(), page.nodes.end(), is_before);
  return page;
}

// A leaf has every node of its range that there was when it was written: one that an older leaf has and a newer one,
// whose range it is in, has not was deleted.
Result<std::optional<NodeEntry>> Salvage::find_node(Nid nid) {
  const std::lock_guard lock(mutex_);
  TRY(need_pages());
  for (const Leaf& leaf : leaves_) {
    if (nid.value < leaf.first || nid.value > leaf.last) continue;
    const TreePage page = TRY(read_leaf(leaf));
    const auto at = std::lower_bound(page.nodes.begin(), page.nodes.end(), nid,
                                     [](const NodeEntry& one, Nid wanted) { return one.nid < wanted; });
    if (at != page.nodes.end() && at->nid == nid) return std::optional<NodeEntry>(*at);
    if (leaf.whole) break;  // of one that was hit the entry may be what was hit
  }
  return std::optional<NodeEntry>();
}

Result<std::vector<NodeEntry>> Salvage::nodes(std::uint64_t first, std::uint64_t last) {
  const std::lock_guard lock(mutex_);
  TRY(need_pages());
  std::map<std::uint32_t, NodeEntry> found;
  std::map<std::uint64_t, std::uint64_t> known;  // ranges that newer leaves have spoken of, first to last; none touch
  for (const Leaf& leaf : leaves_) {
    if (leaf.last < first || leaf.first > last) continue;
    auto before = known.upper_bound(leaf.last);
    const bool is_known =
        before != known.begin() && std::prev(before)->first <= leaf.first && std::prev(before)->second >= leaf.last;
    if (is_known) continue;
    const TreePage page = TRY(read_leaf(leaf));
    for (const NodeEntry& node : page.nodes) {
      const auto range = known.upper_bound(node.nid.value);
      const bool was_spoken_of = range != known.begin() && std::prev(range)->second >= node.nid.value;
      const bool wanted = node.nid.value >= first && node.nid.value <= last;
      if (wanted && !was_spoken_of) found.try_emplace(node.nid.value, node);
    }
    if (!leaf.whole) continue;
    std::uint64_t low = leaf.first, high = leaf.last;
    for (; before != known.begin() && std::prev(before)->second >= leaf.first;
         before = known.erase(std::prev(before))) {
      low = std::min(low, std::prev(before)->first);
      high = std::max(high, std::prev(before)->second);
    }
    known[low] = high;
  }
  std::vector<NodeEntry> out;
  out.reserve(found.size());
  for (const auto& [nid, node] : found) out.push_back(node);
  return out;
}

Status Salvage::walk_leaves(const std::function<Result<bool>(const NodeEntry&)>& visit) {
  {
    const std::lock_guard lock(mutex_);
    TRY(need_pages());
  }
  // What was found once stays; `visit` may ask for more.
  for (const Leaf& leaf : leaves_) {
    if (!leaf.whole) continue;
    const TreePage page = TRY(read_leaf(leaf));
    for (const NodeEntry& node : page.nodes) {
      if (!TRY(visit(node))) return {};
    }
  }
  return {};
}

Result<std::vector<BlockEntry>> Salvage::blocks() {
  const std::lock_guard lock(mutex_);
  TRY(need_blocks());
  std::vector<BlockEntry> out;
  for (const Found& one : blocks_) {
    if (out.empty() || out.back().ref.bid.key() != one.entry.ref.bid.key()) out.push_back(one.entry);
  }
  return out;
}

Result<std::vector<BlockEntry>> Salvage::find_blocks(Bid bid) {
  const std::lock_guard lock(mutex_);
  TRY(need_blocks());
  const std::uint64_t key = bid.key().value;
  auto at = std::lower_bound(blocks_.begin(), blocks_.end(), key, [](const Found& one, std::uint64_t wanted) {
    return one.entry.ref.bid.key().value < wanted;
  });
  std::vector<BlockEntry> out;
  for (; at != blocks_.end() && at->entry.ref.bid.key().value == key; ++at) out.push_back(at->entry);
  return out;
}

}  // namespace mapiary::engines::pst
