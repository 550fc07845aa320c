// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/data_tree.h"

#include <algorithm>
#include <cstring>

namespace mapiary::engines::pst {
namespace {

constexpr std::size_t kMostBlocks = 1'100'000;

}  // namespace

Result<BlockList> DataTree::block_list(Bid bid) const {
  if (!bid.is_internal()) return damaged("XXBLOCK", 0, "it lists a block of data");
  const BlockPtr block = TRY(database_->block(bid));
  return database_->codec().block_list(bytes_of(block->bytes), block->entry.ref.offset);
}

// The ends of blocks follow from the block tree. One that the block tree does not have takes the place of a full one
// (all but the last are), so that what comes after it stays where it belongs.
Result<DataTree::Leaves> DataTree::load_leaves(Bid bid) const {
  Leaves out;
  if (!bid.is_internal()) {
    const BlockEntry entry = TRY(database_->need_block(bid));
    out.blocks.push_back({bid, entry.inflated});
    return out;
  }
  const BlockList list = TRY(block_list(bid));
  if (list.level != 1) return damaged("XBLOCK", 0, "its level is not 1");
  std::uint64_t end = 0;
  out.blocks.reserve(list.blocks.size());
  for (const Bid leaf : list.blocks) {
    if (leaf.is_internal()) return damaged("XBLOCK", 0, "it lists a block that is no data");
    const auto found = TRY(database_->find_block(leaf));
    end += found ? found->inflated : database_->geometry().max_data();
    out.blocks.push_back({leaf, end});
  }
  return out;
}

Status DataTree::add_list(const List& list) {
  lists_.push_back(list);
  size_ += list.bytes;
  count_ += list.blocks;
  // XBLOCK and XXBLOCK have 32 bits for the bytes below them, and room for a million blocks.
  if (size_ > UINT32_MAX || count_ > kMostBlocks) {
    return damaged("XXBLOCK", 0, "a node of " + std::to_string(count_) + " blocks is larger than there can be");
  }
  return {};
}

// The lists below an XXBLOCK are opened when they are needed; until then their totals are believed.
Status DataTree::open_lists(const Block& top, const BlockList& list) {
  for (const Bid bid : list.blocks) {
    const BlockList below = TRY(block_list(bid));
    if (below.level != 1) return damaged("XXBLOCK", top.entry.ref.offset, "it lists a block that is no XBLOCK");
    TRY(add_list({bid, size_, count_, below.total, below.blocks.size()}));
  }
  return {};
}

Result<DataTree> DataTree::open(std::shared_ptr<Database> database, Bid bid) {
  DataTree tree;
  tree.database_ = std::move(database);
  tree.root_ = bid;
  if (bid.is_none()) return tree;
  if (bid.is_internal()) {
    const BlockPtr block = TRY(tree.database_->block(bid));
    const BlockList list = TRY(tree.block_list(bid));
    if (list.level == 2) {
      TRY(tree.open_lists(*block, list));
      return tree;
    }
  }
  // Of a single list what is there counts, whatever its total says.
  auto leaves = std::make_shared<Leaves>(TRY(tree.load_leaves(bid)));
  TRY(tree.add_list({bid, 0, 0, leaves->blocks.empty() ? 0 : leaves->blocks.back().end, leaves->blocks.size()}));
  tree.current_ = std::move(leaves);
  return tree;
}

Result<const DataTree::Leaves*> DataTree::leaves(std::size_t list) {
  if (!current_ || current_->list != list) {
    auto loaded = std::make_shared<Leaves>(TRY(load_leaves(lists_[list].bid)));
    loaded->list = list;
    const std::uint64_t bytes = loaded->blocks.empty() ? 0 : loaded->blocks.back().end;
    if (bytes != lists_[list].bytes || loaded->blocks.size() != lists_[list].blocks) {
      return damaged(
          "XBLOCK", 0,
          "its total is " + std::to_string(lists_[list].bytes) + " bytes, its blocks have " + std::to_string(bytes));
    }
    current_ = std::move(loaded);
  }
  return current_.get();
}

Result<BlockPtr> DataTree::block(std::size_t index) {
  if (index >= count_) return fail(Code::kInvalidArgument, "pst", "the node has no such block", index);
  const auto after = std::upper_bound(lists_.begin(), lists_.end(), index,
                                      [](std::size_t wanted, const List& one) { return wanted < one.first_block; });
  const auto list = static_cast<std::size_t>(std::prev(after) - lists_.begin());
  // Lists without blocks share their first block's number with the next.
  const Leaves* at = TRY(leaves(list));
  return database_->block(at->blocks[index - lists_[list].first_block].bid);
}

Result<std::size_t> DataTree::read_at(std::uint64_t offset, std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size() && offset < size_) {
    const auto after = std::upper_bound(lists_.begin(), lists_.end(), offset,
                                        [](std::uint64_t wanted, const List& one) { return wanted < one.first_byte; });
    const auto list = static_cast<std::size_t>(std::prev(after) - lists_.begin());
    const Leaves* at = TRY(leaves(list));
    const std::uint64_t inside = offset - lists_[list].first_byte;
    const auto leaf = std::upper_bound(at->blocks.begin(), at->blocks.end(), inside,
                                       [](std::uint64_t wanted, const Leaf& one) { return wanted < one.end; });
    const std::uint64_t from = leaf == at->blocks.begin() ? 0 : std::prev(leaf)->end;
    const BlockPtr block = TRY(database_->block(leaf->bid));
    const auto skip = static_cast<std::size_t>(inside - from);
    if (skip >= block->bytes.size()) return damaged("block", block->entry.ref.offset, "it is shorter than its entry");
    const std::size_t take = std::min(out.size() - done, block->bytes.size() - skip);
    std::memcpy(out.data() + done, block->bytes.data() + skip, take);
    done += take;
    offset += take;
  }
  return done;
}

Result<std::string> DataTree::read_all(std::uint64_t limit) {
  if (size_ > limit) return fail(Code::kTooBig, "pst", "a value is larger than allowed", size_);
  std::string out(static_cast<std::size_t>(size_), '\0');
  const std::size_t got = TRY(read_at(0, std::as_writable_bytes(std::span(out.data(), out.size()))));
  out.resize(got);
  return out;
}

}  // namespace mapiary::engines::pst
