// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ltp/heap.h"

namespace mapiary::engines::pst {
namespace {

// 2.3.1.2 HNHDR: ibHnpm, bSig, bClientSig, hidUserRoot, rgbFillLevel[4]; 2.3.1.3 and 2.3.1.4: the other blocks begin
// with ibHnpm too; 2.3.1.5 HNPAGEMAP: cAlloc, cFree, rgibAlloc[cAlloc + 1].
constexpr std::size_t kHeaderBytesOfHeap = 12;
constexpr std::uint8_t kSignature = 0xEC;

tl::unexpected<Error> bad(const Block& block, std::string_view what) {
  return damaged("HN", block.entry.ref.offset, what);
}

}  // namespace

Result<Heap> Heap::open(DataTree data, HeapClient client, const Geometry& shape) {
  Heap heap;
  heap.data_ = std::move(data);
  heap.index_bits_ = shape.hid_index_bits;
  if (heap.data_.block_count() == 0) return damaged("HN", 0, "the node has no data");
  const BlockPtr first = TRY(heap.data_.block(0));
  if (first->bytes.size() < kHeaderBytesOfHeap) return bad(*first, "the block is too short for its header");
  const std::byte* at = bytes_of(first->bytes).data();
  const auto kind = load_le<std::uint8_t>(at + 3);
  const bool is_signed = load_le<std::uint8_t>(at + 2) == kSignature, fits = kind == static_cast<std::uint8_t>(client);
  // Of a block that was hit one of the two is enough.
  const bool enough = first->damage && (is_signed || fits);
  if (!is_signed && !enough) return bad(*first, "the signature is not 0xEC");
  if (!fits && !enough) {
    return bad(*first, "the heap is of kind " + std::to_string(kind) + ", wanted is " +
                           std::to_string(static_cast<int>(client)));
  }
  heap.root_.value = load_le<std::uint32_t>(at + 4);
  heap.last_ = 0;
  heap.last_block_ = first;
  return heap;
}

Result<std::uint16_t> Heap::page_map_at(const Block& block, std::size_t) const {
  if (block.bytes.size() < 2) return bad(block, "the block is too short for its header");
  const auto at = load_le<std::uint16_t>(bytes_of(block.bytes).data());
  if (at + std::size_t{4} > block.bytes.size()) return bad(block, "its page map lies outside the block");
  return at;
}

Result<HeapItem> Heap::item(Hid hid) {
  const std::uint32_t index = index_of(hid), number = block_of(hid);
  if ((hid.value & 0x1F) != 0 || index == 0 || number >= data_.block_count()) {
    return damaged("HN", last_block_ ? last_block_->entry.ref.offset : 0,
                   "there is no heap item " + std::to_string(hid.value));
  }
  if (number != last_) {
    last_block_ = TRY(data_.block(number));
    last_ = number;
  }
  const Block& block = *last_block_;
  const ByteSpan bytes = bytes_of(block.bytes);
  const std::size_t map = TRY(page_map_at(block, number));
  const auto count = load_le<std::uint16_t>(bytes.data() + map);
  const std::size_t entry = map + 4 + (std::size_t{index} - 1) * 2;
  if (index > count || entry + 4 > bytes.size()) {
    return bad(block, "there is no heap item " + std::to_string(hid.value));
  }
  const auto begin = load_le<std::uint16_t>(bytes.data() + entry);
  const auto end = load_le<std::uint16_t>(bytes.data() + entry + 2);
  if (begin > end || end > bytes.size()) {
    return bad(block, "heap item " + std::to_string(hid.value) + " lies outside the block");
  }
  return HeapItem{last_block_, bytes.subspan(begin, std::size_t{end} - begin), block.entry.ref.offset};
}

}  // namespace mapiary::engines::pst
