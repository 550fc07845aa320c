// SPDX-License-Identifier: Apache-2.0
// The data of a node, which may be one block, an XBLOCK of up to about a thousand, or an XXBLOCK of those: a row of
// blocks that is also one run of bytes. [MS-PST] 2.2.2.8.3. The lists are read when the tree is opened or, of an
// XXBLOCK, when they are needed; the data never before it is asked for. A copy is cheap (it shares the lists).
// Not synchronised: one thread at a time.
#pragma once

#include <memory>

#include "engines/pst/ndb/data_parts.h"
#include "engines/pst/ndb/database.h"

namespace mapiary::engines::pst {

class DataTree {
 public:
  DataTree() = default;  // no data
  // Bid 0: no data.
  static Result<DataTree> open(std::shared_ptr<Database> database, Bid bid);

  std::uint64_t size() const { return shape_ ? shape_->size : only_.inflated; }
  std::size_t block_count() const { return shape_ ? shape_->blocks : root_.is_none() ? 0 : 1; }
  Bid root() const { return root_; }
  // kInvalidArgument beyond block_count().
  Result<BlockPtr> block(std::size_t index);
  // What there is from `offset` on, at most out.size() bytes; less only at the end.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out);
  // All of it; kTooBig over `limit`.
  Result<std::string> read_all(std::uint64_t limit);

 private:
  struct Piece {
    BlockPtr block;
    std::uint64_t from = 0;  // of the whole
  };

  static Status add_list(DataShape& shape, Bid bid, std::uint64_t bytes, std::size_t blocks);
  Status open_lists();
  Result<BlockList> block_list(Bid bid, bool& whole) const;
  Result<std::shared_ptr<const DataLeaves>> load_leaves(Bid bid) const;
  Result<std::shared_ptr<const DataEnds>> load_ends(Bid bid, const DataLeaves& leaves) const;
  Status open_list(std::size_t list);
  Status need_ends();
  Result<Piece> piece_at(std::uint64_t offset);

  std::shared_ptr<Database> database_;
  Bid root_;
  BlockEntry only_;                         // the node is a single block
  std::shared_ptr<const DataShape> shape_;  // or has lists
  std::size_t list_ = 0;                    // that these are of
  std::shared_ptr<const DataLeaves> leaves_;
  std::shared_ptr<const DataEnds> ends_;
};

}  // namespace mapiary::engines::pst
