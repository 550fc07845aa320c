// SPDX-License-Identifier: Apache-2.0
// The structures of the node database, each alone: first byte the variant, second the structure. What a codec accepts
// it must have read within its bounds, and its counts must be those of what it gives.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engines/pst/ndb/codec.h"
#include "engines/pst/ndb/database.h"

using namespace mapiary;
using namespace mapiary::engines::pst;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Codec& codec = codec_of(static_cast<Variant>(data[0] % 3));
  const ByteSpan rest = std::as_bytes(std::span(data + 2, size - 2));
  switch (data[1] % 6) {
    case 0:
      (void)decode_header(rest);
      break;
    case 1: {
      const auto page = codec.tree_page(rest, 512);
      const bool counted = !page || page->branches.size() + page->nodes.size() + page->blocks.size() == page->count;
      if (!counted) std::abort();
      (void)codec.page_trailer(rest, 512);
      break;
    }
    case 2:
      (void)codec.block_trailer(rest, 512);
      break;
    case 3: {
      const auto list = codec.block_list(rest, 512);
      if (list && (list->level < 1 || list->level > 2 || list->blocks.size() * 4 > rest.size())) std::abort();
      break;
    }
    case 4: {
      const auto list = codec.subnode_block(rest, 512);
      if (list && (list->level > 1 || (list->level == 0 && !list->branches.empty()))) std::abort();
      break;
    }
    default: {
      static Inflater inflater;
      const auto whole = inflater.inflate(rest, 4096, 0);
      if (whole && whole->size() != 4096) std::abort();
    }
  }
  return 0;
}
