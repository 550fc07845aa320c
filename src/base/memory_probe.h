// SPDX-License-Identifier: Apache-2.0
// Whether memory of this process can be used, asked of the kernel: nothing is touched unguarded, no signal handler is
// set.
//
// The answer holds for the moment of the question; another thread may unmap the memory afterwards. It cannot tell a
// freed heap block from a live one. Pages found good are remembered for the life of the probe, so make one for each
// check and ask it about everything. A MemoryProbe belongs to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace mapiary {

class MemoryProbe {
 public:
  // Nothing is good at address 0 and nothing may wrap around the end of memory; `size` 0 is good anywhere.
  bool readable(const void* at, std::size_t size);
  // May back untouched pages with memory, as a write would; contents stay as they are.
  bool writable(const void* at, std::size_t size);
  // Units before the terminator, or `max_units` if none of so many is one. nullopt: a unit up to there cannot be read.
  std::optional<std::size_t> string_length(const char* at, std::size_t max_units);
  std::optional<std::size_t> string_length(const wchar_t* at, std::size_t max_units);
  // Copies what can be read; false, with `to` unchanged in part or whole, if it cannot.
  bool copy(void* to, const void* from, std::size_t size);

 private:
  bool page_readable(std::uintptr_t page);
  template <class Char>
  std::optional<std::size_t> length_of(const Char* at, std::size_t max_units);

  std::array<std::uintptr_t, 16> good_{};  // pages known to be readable, by the low bits of their number
};

// Whether a block of the size its owner claims can be read. Up to 128 KiB, what the C library takes from its heap, the
// claim is believed, for that is the way of nearly all values; a larger one is asked about, page by page.
inline bool is_claim_good(const void* at, std::uint64_t size) {
  constexpr std::uint64_t kBelieved = 128 << 10;
  return size <= kBelieved || MemoryProbe().readable(at, static_cast<std::size_t>(size));
}

// The file that the code at `address` was loaded from; empty if there is none.
std::string loaded_file_of(const void* address);

}  // namespace mapiary
