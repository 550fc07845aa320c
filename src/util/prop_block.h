// SPDX-License-Identifier: Apache-2.0
// Property values in one block of memory, as ScCopyProps lays them out and ScRelocProps moves them:
//
//   SPropValue[count] | data of the first | data of the second | ...        every piece begins at a multiple of 8 from
//   the block's start data of text      = characters and terminator          of binary = bytes          of PT_CLSID =
//   16 bytes data of an array  = elements (numbers, SBinary or pointers), then the text or bytes of each, every piece
//   at a multiple of 8
//
// Nothing lies outside the block, so its size is what ScCountProps counts. Works on SPropValue itself: this is the hot
// path of a copy. Pure functions; callable from any thread. Pages: sccopyprops, screlocprops, sccountprops.
#pragma once

#include <mapix.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <cwchar>
#include <limits>
#include <optional>

#include "base/memory_probe.h"

namespace mapiary::util {

enum class Storage : std::uint8_t {
  kUnknown,  // no type of ours
  kInline,
  kGuid,
  kText8,
  kTextWide,
  kBinary,
  kArray,  // of numbers or GUIDs
  kBinaryArray,
  kText8Array,
  kTextWideArray,
};

struct Shape {
  Storage storage = Storage::kUnknown;
  std::uint8_t size = 0;  // bytes of the value, or of an element
};

// How the value of a property with `tag` is stored. MV_INSTANCE columns hold one value.
Shape shape_of(ULONG tag);

inline constexpr std::uint64_t kMaxBlock = std::numeric_limits<ULONG>::max();

constexpr std::uint64_t padded(std::uint64_t bytes) {
  return (bytes + 7) & ~std::uint64_t{7};
}

// Bytes of `value` outside its SPropValue, padded. nullopt: an unknown type, a NULL pointer where there is a count or
// text, over 4 GB. With a probe, also memory that cannot be read.
std::optional<std::uint64_t> data_size(const SPropValue& value, MemoryProbe* probe = nullptr);

// Fills a block from its start. The caller owns the block and knows that it is large enough (data_size); a failure
// leaves it half filled.
class BlockWriter {
 public:
  // NULL will do for values without data.
  explicit BlockWriter(void* block) : base_(block ? static_cast<std::byte*>(block) : nothing_) {}

  std::uint64_t used() const { return used_; }
  // Room for `bytes`, at a multiple of 8. nullptr: over 4 GB, or bytes is 0.
  void* take(std::uint64_t bytes) {
    const std::uint64_t room = padded(bytes);
    if (bytes == 0 || room > kMaxBlock - used_) return nullptr;
    void* at = base_ + used_;
    used_ += room;
    return at;
  }
  // A copy in the block; nullptr as take().
  void* put(const void* from, std::uint64_t bytes) {
    void* at = take(bytes);
    if (at) std::memcpy(at, from, bytes);
    return at;
  }
  // Gives `to`, a copy of some value that lies anywhere, its own data in the block. False as data_size() is nullopt.
  bool adopt(SPropValue& to);
  // The array and then the data of its values. nullptr for failure; a count of 0 fails too.
  SPropValue* put_values(const SPropValue* from, std::size_t count);

 private:
  static inline std::byte nothing_[8] = {};  // never written: a position is never NULL

  std::byte* base_;
  std::uint64_t used_ = 0;
};

// Moves pointers of a block from one base address to another. The block itself may be at either, or at a third place
// (after a read from a file, say): `here` is where it is now. What the pointers lead to is trusted to lie in the block.
class BlockMover {
 public:
  BlockMover(void* here, const void* old_base, const void* new_base)
      : here_(static_cast<std::byte*>(here)),
        old_base_(reinterpret_cast<std::uintptr_t>(old_base)),
        new_base_(reinterpret_cast<std::uintptr_t>(new_base)) {}

  // Changes `pointer` to its new value and tells where its target is now. NULL stays NULL.
  template <class T>
  T* move(T*& pointer) const {
    if (!pointer) return nullptr;
    const std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(pointer) - old_base_;
    pointer = reinterpret_cast<T*>(new_base_ + offset);
    return reinterpret_cast<T*>(here_ + offset);
  }
  // The data of one value: nullopt for an unknown type, else its bytes (as data_size) if `measure`, or 0.
  std::optional<std::uint64_t> move_value(SPropValue& value, bool measure) const;

 private:
  std::byte* here_;
  std::uintptr_t old_base_;
  std::uintptr_t new_base_;
};

}  // namespace mapiary::util
