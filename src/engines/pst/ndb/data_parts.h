// SPDX-License-Identifier: Apache-2.0
// What the lists of large nodes and of subnodes say, [MS-PST] 2.2.2.8.3: made once and shared by all that read the
// node, for as long as the cache has room. Only what was whole is kept. Safe from any thread.
#pragma once

#include <vector>

#include "engines/pst/ndb/codec.h"
#include "engines/pst/ndb/lru_cache.h"

namespace mapiary::engines::pst {

// The blocks of an XBLOCK, and where each ends among its bytes: the latter is dear, one look into the tree of blocks
// each, and only needed for who reads by the byte.
using DataLeaves = std::vector<Bid>;
struct DataEnd {
  std::uint64_t end = 0;
  BlockEntry entry;  // none: the tree of blocks does not have it
};
using DataEnds = std::vector<DataEnd>;

// An XBLOCK.
struct DataList {
  Bid bid;
  std::uint64_t first_byte = 0;  // of the whole
  std::size_t first_block = 0;
  std::uint64_t bytes = 0;
  std::size_t blocks = 0;
};
struct DataShape {
  std::uint64_t size = 0;
  std::size_t blocks = 0;
  std::vector<DataList> lists;
};

// By the id of the list's block.
struct DataParts {
  LruCache<std::uint64_t, DataShape> shapes{std::size_t{64} << 10};
  LruCache<std::uint64_t, DataLeaves> leaves{std::size_t{128} << 10};
  LruCache<std::uint64_t, DataEnds> ends{std::size_t{384} << 10};
  LruCache<std::uint64_t, SubnodeBlock> subnodes{std::size_t{64} << 10};
};

}  // namespace mapiary::engines::pst
