// SPDX-License-Identifier: Apache-2.0
// Property values: from the bytes of a heap item or subnode to a PropValue. [MS-PST] 2.3.3.4 (multivalued),
// [MS-OXCDATA] 2.11.1 (types). Pure but for ValueBytes, which reads as it is asked; one thread at a time.
#pragma once

#include <optional>

#include "engines/pst/ltp/heap.h"
#include "engines/pst/ltp/node.h"
#include "model/prop_value.h"

namespace mapiary::engines::pst {

// The bytes of a value, in the heap or in a subnode of their own.
class ValueBytes {
 public:
  ValueBytes() = default;  // none
  explicit ValueBytes(HeapItem item) : item_(std::move(item)), size_(item_.bytes.size()) {}
  explicit ValueBytes(DataTree tree) : size_(tree.size()), tree_(std::move(tree)) {}

  std::uint64_t size() const { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out);
  // kTooBig over `limit`.
  Result<std::string> read_all(std::uint64_t limit);
  // All of it where it lies, if that is one block.
  Result<std::optional<HeapItem>> in_place();
  // From now on offset 0 is `count` bytes further on.
  void drop_front(std::uint64_t count);

 private:
  HeapItem item_;
  std::uint64_t start_ = 0, size_ = 0;  // of what is to be seen
  std::optional<DataTree> tree_;
};

// What `hnid` names: an item of `heap`, a subnode of `node`, or nothing (0).
Result<ValueBytes> open_value(Heap& heap, const Node& node, std::uint32_t hnid);

// Bytes of one value of a fixed size; 0: of variable size.
std::size_t fixed_size(model::PropType type);
// Types whose values are kept in place of a reference in a property context: at most four bytes.
bool is_inline(model::PropTag tag);

// `bytes`: the value as it is stored. 8-bit text is in `code_page`. kCorruptStore: the bytes are no such value.
Result<model::PropValue> decode_value(model::PropTag tag, ByteSpan bytes, std::uint32_t code_page);

// The same of bytes that are yet to be read; kTooBig over `limit`.
Result<model::PropValue> decode_bytes(model::PropTag tag, ValueBytes& bytes, std::uint32_t code_page,
                                      std::uint64_t limit);

// UTF-16LE to UTF-8; a half character at the end is dropped.
std::string decode_utf16(ByteSpan bytes);

}  // namespace mapiary::engines::pst
