// SPDX-License-Identifier: Apache-2.0
// The data of a node, which may be one block, an XBLOCK of up to about a thousand, or an XXBLOCK of those: a row of
// blocks that is also one run of bytes. [MS-PST] 2.2.2.8.3. The lists are read when the tree is opened or, of an
// XXBLOCK, when they are needed; the data never before it is asked for. A copy is cheap (it shares the lists).
// Not synchronised: one thread at a time.
#pragma once

#include <memory>
#include <vector>

#include "engines/pst/ndb/database.h"

namespace mapiary::engines::pst {

class DataTree {
 public:
  DataTree() = default;  // no data
  // Bid 0: no data.
  static Result<DataTree> open(std::shared_ptr<Database> database, Bid bid);

  std::uint64_t size() const { return size_; }
  std::size_t block_count() const { return count_; }
  Bid root() const { return root_; }
  // kInvalidArgument beyond block_count().
  Result<BlockPtr> block(std::size_t index);
  // What there is from `offset` on, at most out.size() bytes; less only at the end.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out);
  // All of it; kTooBig over `limit`.
  Result<std::string> read_all(std::uint64_t limit);

 private:
  // Blocks in a row, and where each ends among the bytes of the list.
  struct Leaf {
    Bid bid;
    std::uint64_t end = 0;
  };
  struct List {
    Bid bid;                       // of the XBLOCK; none if the node is a single block
    std::uint64_t first_byte = 0;  // of the whole
    std::size_t first_block = 0;
    std::uint64_t bytes = 0;
    std::size_t blocks = 0;
  };
  struct Leaves {
    std::size_t list = 0;
    std::vector<Leaf> blocks;
  };

  Status add_list(const List& list);
  Status open_lists(const Block& top, const BlockList& list);
  Result<BlockList> block_list(Bid bid) const;
  Result<Leaves> load_leaves(Bid bid) const;
  Result<const Leaves*> leaves(std::size_t list);

  std::shared_ptr<Database> database_;
  Bid root_;
  std::uint64_t size_ = 0;
  std::size_t count_ = 0;
  std::vector<List> lists_;
  std::shared_ptr<const Leaves> current_;
};

}  // namespace mapiary::engines::pst
