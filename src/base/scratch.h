// SPDX-License-Identifier: Apache-2.0
// Bytes of any size that are kept for a while: blocks in memory while the area's budget lasts, then in one temporary
// file, which has no name and goes with the area.
// Invariant: bytes of a Scratch at and beyond its size are zero or not allocated, so growing reads as zeros.
// One thread at a time; a Scratch must not outlive its area.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"

namespace mapiary {

// A new file that is gone once it is closed.
Result<File> open_temporary_file();

class ScratchArea {
 public:
  explicit ScratchArea(std::uint64_t memory_limit) : memory_limit_(memory_limit) {}
  std::uint64_t memory_used() const { return memory_used_; }

 private:
  friend class Scratch;
  Result<std::uint64_t> take_slot();

  std::uint64_t memory_limit_;
  std::uint64_t memory_used_ = 0;
  File file_;
  std::uint64_t slots_ = 0;
  std::vector<std::uint64_t> free_slots_;
};

class Scratch {
 public:
  static constexpr std::size_t kBlock = 16 * 1024;

  explicit Scratch(ScratchArea& area) : area_(area) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  std::uint64_t size() const { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out);
  Status write_at(std::uint64_t offset, ByteSpan data);
  Status resize(std::uint64_t size);

 private:
  static constexpr std::uint64_t kNoSlot = ~std::uint64_t{0};
  struct Block {
    std::vector<std::byte> memory;  // the block's first bytes; the rest is zero
    std::uint64_t slot = kNoSlot;   // in the area's file, when not in memory
  };
  Status write_block(Block& block, std::size_t at, ByteSpan data);
  Status spill(Block& block);
  Status cut_block(Block& block, std::size_t keep);
  void release(Block& block);

  ScratchArea& area_;
  std::vector<Block> blocks_;
  std::uint64_t size_ = 0;
};

}  // namespace mapiary
