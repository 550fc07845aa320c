// SPDX-License-Identifier: Apache-2.0
// Memory for the bytes of blocks, given out again when a block is dropped: a walk loads and drops one block after the
// other, all of few sizes, and a general allocator takes longer for such sizes than their reading does. What is kept
// for the next is bounded, for the whole process. With AddressSanitizer every block has memory of its own size, so that
// a byte too far is seen. Safe from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace mapiary::engines::pst {

class BufferPool {
 public:
  struct Buffer {
    std::byte* data = nullptr;
    std::size_t capacity = 0;
  };

  // The one of the process.
  static const std::shared_ptr<BufferPool>& shared();
  BufferPool() = default;
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  // Not zeroed.
  Buffer take(std::size_t bytes);
  void give_back(Buffer buffer) noexcept;

 private:
  // Sizes are the powers of two from 2 to 64 KiB; what is smaller or larger is not kept.
  static constexpr std::size_t kLeast = 2048, kClasses = 6, kKept = std::size_t{128} << 10;
  static std::size_t class_of(std::size_t bytes);

  std::mutex mutex_;
  std::array<std::vector<std::byte*>, kClasses> free_;
};

// Bytes in memory of the pool. Filled by who made it, constant from then on.
class BlockBytes {
 public:
  BlockBytes() = default;
  explicit BlockBytes(std::size_t size) : pool_(BufferPool::shared()), buffer_(pool_->take(size)), size_(size) {}
  BlockBytes(BlockBytes&& other) noexcept
      : pool_(std::move(other.pool_)),
        buffer_(std::exchange(other.buffer_, {})),
        size_(std::exchange(other.size_, 0)) {}
  BlockBytes& operator=(BlockBytes&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(buffer_, other.buffer_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~BlockBytes() {
    if (buffer_.data) pool_->give_back(buffer_);
  }

  std::span<std::byte> span() { return {buffer_.data, size_}; }
  // To no more than it has.
  void shrink(std::size_t size) { size_ = size; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return buffer_.capacity; }
  const char* data() const { return reinterpret_cast<const char*>(buffer_.data); }
  char operator[](std::size_t at) const { return data()[at]; }
  operator std::string_view() const { return {data(), size_}; }  // NOLINT: they are characters to all who read them

 private:
  std::shared_ptr<BufferPool> pool_;
  BufferPool::Buffer buffer_;
  std::size_t size_ = 0;
};

inline bool operator==(const BlockBytes& a, std::string_view b) {
  return std::string_view(a) == b;
}

}  // namespace mapiary::engines::pst
