// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/buffer_pool.h"

#include <algorithm>
#include <bit>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MAPIARY_PST_OWN_BUFFERS 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define MAPIARY_PST_OWN_BUFFERS 1
#endif

namespace mapiary::engines::pst {
namespace {

#if defined(MAPIARY_PST_OWN_BUFFERS)
constexpr bool kKeeps = false;
#else
constexpr bool kKeeps = true;
#endif

}  // namespace

const std::shared_ptr<BufferPool>& BufferPool::shared() {
  static const std::shared_ptr<BufferPool> pool = std::make_shared<BufferPool>();
  return pool;
}

BufferPool::~BufferPool() {
  for (auto& list : free_) {
    for (std::byte* one : list) delete[] one;
  }
}

// kClasses: of none.
std::size_t BufferPool::class_of(std::size_t bytes) {
  if (!kKeeps || bytes <= kLeast / 2 || bytes > kLeast << (kClasses - 1)) return kClasses;
  const std::size_t size = std::max(std::bit_ceil(bytes), kLeast);
  return static_cast<std::size_t>(std::countr_zero(size / kLeast));
}

BufferPool::Buffer BufferPool::take(std::size_t bytes) {
  const std::size_t which = class_of(bytes);
  if (which == kClasses) return {new std::byte[bytes], bytes};
  const std::size_t size = kLeast << which;
  {
    const std::lock_guard lock(mutex_);
    auto& list = free_[which];
    if (!list.empty()) {
      std::byte* const data = list.back();
      list.pop_back();
      return {data, size};
    }
    // Giving back cannot fail for want of memory.
    list.reserve(kKept / size);
  }
  return {new std::byte[size], size};
}

void BufferPool::give_back(Buffer buffer) noexcept {
  const std::size_t which = class_of(buffer.capacity);
  if (which != kClasses && buffer.capacity == kLeast << which) {
    const std::lock_guard lock(mutex_);
    auto& list = free_[which];
    if (list.size() < list.capacity()) {
      list.push_back(buffer.data);
      return;
    }
  }
  delete[] buffer.data;
}

}  // namespace mapiary::engines::pst
