// SPDX-License-Identifier: Apache-2.0
// An allocator for arrays of many megabytes that are read at random: hash tables, rows of tables. With pages of 4 KB
// nearly each access to them also misses the processor's table of addresses; large arrays therefore ask for large
// pages (Linux: madvise; elsewhere nothing happens). Small arrays come from the heap as always.
// Stateless; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace mapiary {

inline constexpr std::size_t kHugePage = std::size_t{2} << 20;

template <class T>
class HugePageAllocator {
 public:
  using value_type = T;

  HugePageAllocator() = default;
  template <class U>
  HugePageAllocator(const HugePageAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / 2 / sizeof(T)) throw std::bad_array_new_length();
    const std::size_t bytes = count * sizeof(T);
    const bool is_large = bytes >= 2 * kHugePage;
    // One way to free both: the C library's.
    void* memory =
        is_large ? std::aligned_alloc(kHugePage, (bytes + kHugePage - 1) / kHugePage * kHugePage) : std::malloc(bytes);
    if (!memory) throw std::bad_alloc();
#if defined(__linux__)
    // Advice: if it cannot be followed, small pages do. Only whole pages, so that no neighbour is meant.
    if (is_large) (void)::madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t) noexcept {
    std::free(memory);
  }

  template <class U>
  bool operator==(const HugePageAllocator<U>&) const noexcept {
    return true;
  }
};

}  // namespace mapiary
