// SPDX-License-Identifier: Apache-2.0
// The structures of the node database, each alone. What a codec accepts it must have read within its bounds, and its
// counts must be those of what it gives.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engines/pst/ndb/codec.h"
#include "engines/pst/ndb/database.h"
#include "pst_structures.h"

namespace mapiary::engines::pst::fuzzing {
namespace {

struct Input {
  const Codec& codec;
  std::uint8_t which;
  ByteSpan bytes;
};

template <class Run>
void with(const std::uint8_t* data, std::size_t size, Run&& run) {
  if (size < 2) return;
  run(Input{codec_of(static_cast<Variant>(data[0] % 3)), data[1], std::as_bytes(std::span(data + 2, size - 2))});
}

}  // namespace

void header(const std::uint8_t* data, std::size_t size) {
  with(data, size, [](const Input& input) { (void)decode_header(input.bytes); });
}

// Of the trees, and the trailer that all pages have.
void page(const std::uint8_t* data, std::size_t size) {
  with(data, size, [](const Input& input) {
    const auto page = input.codec.tree_page(input.bytes, 512);
    const bool counted = !page || page->branches.size() + page->nodes.size() + page->blocks.size() == page->count;
    if (!counted) std::abort();
    (void)input.codec.page_trailer(input.bytes, 512);
  });
}

// Which: SLBLOCK and SIBLOCK, deflated bytes, the trailer, XBLOCK and XXBLOCK.
void block(const std::uint8_t* data, std::size_t size) {
  with(data, size, [](const Input& input) {
    switch (input.which % 4) {
      case 0: {
        const auto list = input.codec.subnode_block(input.bytes, 512);
        if (list && (list->level > 1 || (list->level == 0 && !list->branches.empty()))) std::abort();
        break;
      }
      case 1: {
        static Inflater inflater;
        const auto whole = inflater.inflate(input.bytes, 4096, 0);
        if (whole && whole->size() != 4096) std::abort();
        break;
      }
      case 2:
        (void)input.codec.block_trailer(input.bytes, 512);
        break;
      default: {
        const auto list = input.codec.block_list(input.bytes, 512);
        const bool fits =
            !list || (list->level >= 1 && list->level <= 2 && list->blocks.size() * 4 <= input.bytes.size());
        if (!fits) std::abort();
      }
    }
  });
}

}  // namespace mapiary::engines::pst::fuzzing
