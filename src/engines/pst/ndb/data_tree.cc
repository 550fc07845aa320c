// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/data_tree.h"

#include <algorithm>
#include <cstring>

namespace mapiary::engines::pst {
namespace {

constexpr std::size_t kMostBlocks = 1'100'000;

}  // namespace

// `whole` becomes false if the block was hit.
Result<BlockList> DataTree::block_list(Bid bid, bool& whole) const {
  if (!bid.is_internal()) return damaged("XXBLOCK", 0, "it lists a block of data");
  const BlockPtr block = TRY(database_->block(bid));
  if (block->damage) whole = false;
  return database_->codec().block_list(bytes_of(block->bytes), block->entry.ref.offset);
}

Result<std::shared_ptr<const DataLeaves>> DataTree::load_leaves(Bid bid) const {
  if (auto known = database_->data_parts().leaves.find(bid.value)) return known;
  bool whole = true;
  BlockList list = TRY(block_list(bid, whole));
  if (list.level != 1) return damaged("XBLOCK", 0, "its level is not 1");
  const bool all_data = std::none_of(list.blocks.begin(), list.blocks.end(), [](Bid one) { return one.is_internal(); });
  if (!all_data) return damaged("XBLOCK", 0, "it lists a block that is no data");
  auto out = std::make_shared<DataLeaves>(std::move(list.blocks));
  if (whole) database_->data_parts().leaves.put(bid.value, out, 64 + out->size() * sizeof(Bid));
  return out;
}

// The ends of blocks follow from the block tree. One that the block tree does not have takes the place of a full one
// (all but the last are), so that what comes after it stays where it belongs.
Result<std::shared_ptr<const DataEnds>> DataTree::load_ends(Bid bid, const DataLeaves& leaves) const {
  if (auto known = database_->data_parts().ends.find(bid.value)) return known;
  bool whole = true;
  auto out = std::make_shared<DataEnds>();
  std::uint64_t end = 0;
  out->reserve(leaves.size());
  for (const Bid leaf : leaves) {
    const auto found = TRY(database_->find_block(leaf));
    if (!found) whole = false;
    end += found ? found->inflated : database_->geometry().max_data();
    out->push_back({end, found.value_or(BlockEntry())});
  }
  if (whole) database_->data_parts().ends.put(bid.value, out, 64 + out->size() * sizeof(DataEnd));
  return out;
}

Status DataTree::add_list(DataShape& shape, Bid bid, std::uint64_t bytes, std::size_t blocks) {
  shape.lists.push_back({bid, shape.size, shape.blocks, bytes, blocks});
  shape.size += bytes;
  shape.blocks += blocks;
  // XBLOCK and XXBLOCK have 32 bits for the bytes below them, and room for a million blocks.
  if (shape.size > UINT32_MAX || shape.blocks > kMostBlocks) {
    return damaged("XXBLOCK", 0, "a node of " + std::to_string(shape.blocks) + " blocks is larger than there can be");
  }
  return {};
}

// The lists below an XXBLOCK are opened when they are needed; until then their totals are believed.
Status DataTree::open_lists() {
  DataParts& parts = database_->data_parts();
  shape_ = parts.shapes.find(root_.value);
  if (shape_) return {};
  bool whole = true;
  const BlockList list = TRY(block_list(root_, whole));
  auto shape = std::make_shared<DataShape>();
  if (list.level == 2) {
    for (const Bid bid : list.blocks) {
      const BlockList below = TRY(block_list(bid, whole));
      if (below.level != 1) {
        const BlockPtr top = TRY(database_->block(root_));
        return damaged("XXBLOCK", top->entry.ref.offset, "it lists a block that is no XBLOCK");
      }
      TRY(add_list(*shape, bid, below.total, below.blocks.size()));
    }
  } else {
    // Of a single list what is there counts, whatever its total says.
    leaves_ = TRY(load_leaves(root_));
    ends_ = TRY(load_ends(root_, *leaves_));
    TRY(add_list(*shape, root_, ends_->empty() ? 0 : ends_->back().end, leaves_->size()));
    whole = whole && parts.ends.find(root_.value);
  }
  shape_ = std::move(shape);
  if (whole) parts.shapes.put(root_.value, shape_, 128 + shape_->lists.size() * sizeof(DataList));
  return {};
}

Result<DataTree> DataTree::open(std::shared_ptr<Database> database, Bid bid) {
  DataTree tree;
  tree.database_ = std::move(database);
  tree.root_ = bid;
  if (bid.is_none()) return tree;
  if (bid.is_internal()) {
    TRY(tree.open_lists());
  } else {
    tree.only_ = TRY(tree.database_->need_block(bid));
  }
  return tree;
}

Status DataTree::open_list(std::size_t list) {
  if (leaves_ && list_ == list) return {};
  const DataList& wanted = shape_->lists[list];
  auto loaded = TRY(load_leaves(wanted.bid));
  if (loaded->size() != wanted.blocks) return damaged("XBLOCK", 0, "it has become another one");
  leaves_ = std::move(loaded);
  ends_.reset();
  list_ = list;
  return {};
}

Status DataTree::need_ends() {
  if (ends_) return {};
  const DataList& list = shape_->lists[list_];
  auto loaded = TRY(load_ends(list.bid, *leaves_));
  const std::uint64_t bytes = loaded->empty() ? 0 : loaded->back().end;
  if (bytes != list.bytes) {
    return damaged("XBLOCK", 0,
                   "its total is " + std::to_string(list.bytes) + " bytes, its blocks have " + std::to_string(bytes));
  }
  ends_ = std::move(loaded);
  return {};
}

Result<BlockPtr> DataTree::block(std::size_t index) {
  if (index >= block_count()) return fail(Code::kInvalidArgument, "pst", "the node has no such block", index);
  if (!shape_) return database_->block(only_);
  const auto& lists = shape_->lists;
  const auto after = std::upper_bound(lists.begin(), lists.end(), index,
                                      [](std::size_t wanted, const DataList& one) { return wanted < one.first_block; });
  // Lists without blocks share their first block's number with the next.
  const auto list = static_cast<std::size_t>(std::prev(after) - lists.begin());
  TRY(open_list(list));
  return database_->block((*leaves_)[index - lists[list].first_block]);
}

// The block that has the byte; `offset` is less than size().
Result<DataTree::Piece> DataTree::piece_at(std::uint64_t offset) {
  Piece piece;
  if (!shape_) {
    piece.block = TRY(database_->block(only_));
    return piece;
  }
  const auto& lists = shape_->lists;
  const auto after =
      std::upper_bound(lists.begin(), lists.end(), offset,
                       [](std::uint64_t wanted, const DataList& one) { return wanted < one.first_byte; });
  const auto list = static_cast<std::size_t>(std::prev(after) - lists.begin());
  TRY(open_list(list));
  TRY(need_ends());
  const auto end = std::upper_bound(ends_->begin(), ends_->end(), offset - lists[list].first_byte,
                                    [](std::uint64_t wanted, const DataEnd& one) { return wanted < one.end; });
  piece.from = lists[list].first_byte + (end == ends_->begin() ? 0 : std::prev(end)->end);
  const bool is_known = !end->entry.ref.bid.is_none();
  const Bid bid = (*leaves_)[static_cast<std::size_t>(end - ends_->begin())];
  auto block = is_known ? database_->block(end->entry) : database_->block(bid);
  piece.block = TRY(std::move(block));
  return piece;
}

Result<std::size_t> DataTree::read_at(std::uint64_t offset, std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size() && offset < size()) {
    const Piece piece = TRY(piece_at(offset));
    const std::string_view bytes = piece.block->bytes;
    const auto skip = static_cast<std::size_t>(offset - piece.from);
    if (skip >= bytes.size()) return damaged("block", piece.block->entry.ref.offset, "it is shorter than its entry");
    const std::size_t take = std::min(out.size() - done, bytes.size() - skip);
    std::memcpy(out.data() + done, bytes.data() + skip, take);
    done += take;
    offset += take;
  }
  return done;
}

Result<std::string> DataTree::read_all(std::uint64_t limit) {
  if (size() > limit) return fail(Code::kTooBig, "pst", "a value is larger than allowed", size());
  std::string out;
  out.reserve(static_cast<std::size_t>(size()));
  while (out.size() < size()) {
    const Piece piece = TRY(piece_at(out.size()));
    const auto skip = static_cast<std::size_t>(out.size() - piece.from);
    const std::string_view bytes = piece.block->bytes;
    if (skip >= bytes.size()) return damaged("block", piece.block->entry.ref.offset, "it is shorter than its entry");
    out.append(bytes.substr(skip, static_cast<std::size_t>(size() - out.size())));
  }
  return out;
}

}  // namespace mapiary::engines::pst
