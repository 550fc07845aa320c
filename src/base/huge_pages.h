// SPDX-License-Identifier: Apache-2.0
// An allocator for arrays of many megabytes that are read at random: hash tables, rows of tables. With pages of 4 KB
// nearly each access to them also misses the processor's table of addresses; large arrays therefore ask for large
// pages (Linux: madvise; elsewhere nothing happens). Small arrays come from the heap as always.
// Stateless; safe from any thread.
#pragma once

#include <cstddef>
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
    if (!is_large(bytes)) return static_cast<T*>(::operator new(bytes));
    void* memory = ::operator new(bytes, std::align_val_t(kHugePage));
#if defined(__linux__)
    // Advice: if it cannot be followed, small pages do. Only whole pages, so that no neighbour is meant.
    (void)::madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    const std::size_t bytes = count * sizeof(T);
    is_large(bytes) ? ::operator delete(memory, std::align_val_t(kHugePage)) : ::operator delete(memory);
  }

  template <class U>
  bool operator==(const HugePageAllocator<U>&) const noexcept {
    return true;
  }

 private:
  static constexpr bool is_large(std::size_t bytes) {
    return bytes >= 2 * kHugePage;
  }
};

}  // namespace mapiary
