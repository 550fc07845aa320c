// SPDX-License-Identifier: Apache-2.0
#include "com/memory.h"

#include <mapicode.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "base/log.h"
#include "com/border.h"
#include "com/error_map.h"

namespace mapiary::com {
namespace {

constexpr std::uint32_t kRootMark = 0x544F4F52;   // "ROOT"
constexpr std::uint32_t kMoreMark = 0x45524F4D;   // "MORE"
constexpr std::uint32_t kChunkMark = 0x4B4E4843;  // "CHNK"
constexpr std::uint32_t kFreedMark = 0x44455246;  // "FRED"

struct alignas(16) Header {
  std::atomic<Header*> next{nullptr};
  std::uint32_t size = 0;
  std::uint32_t mark = 0;

  void* payload() { return this + 1; }
};
static_assert(sizeof(Header) == 16);

Header* header_of(void* payload) {
  return static_cast<Header*>(payload) - 1;
}

Header* new_block(ULONG size, std::uint32_t mark) {
  void* raw = std::malloc(sizeof(Header) + size);
  if (!raw) return nullptr;
  auto* block = new (raw) Header;
  block->size = size;
  block->mark = mark;
  return block;
}

void free_chain(Header* block) {
  while (block) {
    Header* next = block->next.load(std::memory_order_acquire);  // another thread may have linked it
    block->mark = kFreedMark;
    std::free(block);
    block = next;
  }
}

void link(Header* root, Header* block) {
  Header* first = root->next.load(std::memory_order_relaxed);
  do {
    block->next.store(first, std::memory_order_relaxed);
  } while (!root->next.compare_exchange_weak(first, block, std::memory_order_release, std::memory_order_relaxed));
}

// Small linked blocks come, from the second of a root on, in chunks that are twice as large each time: a row or an
// answer of GetProps has dozens. With AddressSanitizer each has memory of its own, so that a byte too far is seen.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kCarves = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kCarves = false;
#else
constexpr bool kCarves = true;
#endif
#else
constexpr bool kCarves = true;
#endif
constexpr std::uint32_t kSmall = 224, kFirstChunk = 240, kLastChunk = 976;

static_assert(kSmall + sizeof(Header) <= kFirstChunk);

struct alignas(16) Chunk : Header {
  std::atomic<std::uint32_t> used{0};  // may be more than there is: then it is full
  std::uint32_t capacity = 0;
};
static_assert(sizeof(Chunk) == 32);

// `size` bytes behind a header of their own; null: the chunk is full.
void* carve(Chunk& chunk, std::uint32_t size) {
  const std::uint32_t need = (std::uint32_t{sizeof(Header)} + size + 15) & ~std::uint32_t{15};
  const std::uint32_t at = chunk.used.fetch_add(need, std::memory_order_relaxed);
  if (at > chunk.capacity || need > chunk.capacity - at) return nullptr;
  auto* block = new (reinterpret_cast<std::byte*>(&chunk + 1) + at) Header;
  block->size = size;
  block->mark = kMoreMark;
  return block->payload();
}

void* carve_from_new(Header* root, std::uint32_t capacity, std::uint32_t size) {
  void* raw = std::malloc(sizeof(Chunk) + capacity);
  if (!raw) return nullptr;
  auto* chunk = new (raw) Chunk;
  chunk->mark = kChunkMark;
  chunk->capacity = capacity;
  void* const payload = carve(*chunk, size);
  link(root, chunk);
  return payload;
}

void* more_of(Header* root, ULONG size) {
  Header* const first = root->next.load(std::memory_order_acquire);
  const bool has_chunk = first && first->mark == kChunkMark;
  if (kCarves && first && size <= kSmall) {
    if (!has_chunk) return carve_from_new(root, kFirstChunk, size);
    auto* const chunk = static_cast<Chunk*>(first);
    if (void* payload = carve(*chunk, size)) return payload;
    return carve_from_new(root, std::min(2 * chunk->capacity, kLastChunk), size);
  }
  Header* block = new_block(size, kMoreMark);
  if (!block) return nullptr;
  link(has_chunk ? first : root, block);  // the chunk stays the first
  return block->payload();
}

// docs/rulings.md R10: such a call is a bug of the caller that would otherwise show up as a leak far away.
void report_bad_free(std::uint32_t mark) {
  border([mark]() -> Status {
    const bool linked = mark == kMoreMark;
    log(LogLevel::kError, "com",
        linked ? "MAPIFreeBuffer was given a block of MAPIAllocateMore; it is freed with its root"
               : "MAPIFreeBuffer was given a pointer that no MAPI allocation returned, or a freed one");
    return {};
  });
}

}  // namespace

Result<void*> OutBlock::root_bytes(std::size_t bytes) {
  if (bytes > std::numeric_limits<ULONG>::max())
    return fail(Code::kNoMemory, "com", "a block over 4 GB was asked for", bytes);
  void* block = nullptr;
  if (const SCODE sc = routines_.allocate(static_cast<ULONG>(bytes), &block); FAILED(sc) || !block)
    return tl::unexpected(outside_error(sc ? sc : static_cast<SCODE>(MAPI_E_NOT_ENOUGH_MEMORY), "AllocateBuffer"));
  std::memset(block, 0, bytes);
  root_ = block;
  return block;
}

Result<void*> OutBlock::more_bytes(std::size_t bytes) {
  if (bytes > std::numeric_limits<ULONG>::max())
    return fail(Code::kNoMemory, "com", "a block over 4 GB was asked for", bytes);
  void* block = nullptr;
  if (const SCODE sc = routines_.more(static_cast<ULONG>(bytes), root_, &block); FAILED(sc) || !block)
    return tl::unexpected(outside_error(sc ? sc : static_cast<SCODE>(MAPI_E_NOT_ENOUGH_MEMORY), "AllocateMore"));
  return block;
}

Result<void*> OutBlock::copy(const void* from, std::size_t bytes) {
  void* block = TRY(more_bytes(bytes));
  if (bytes) std::memcpy(block, from, bytes);
  return block;
}

}  // namespace mapiary::com

using namespace mapiary::com;

STDAPI_(SCODE) MAPIAllocateBuffer(ULONG cbSize, LPVOID* lppBuffer) {
  if (!lppBuffer) return MAPI_E_INVALID_PARAMETER;
  *lppBuffer = nullptr;
  Header* block = new_block(cbSize, kRootMark);
  if (!block) return MAPI_E_NOT_ENOUGH_MEMORY;
  *lppBuffer = block->payload();
  return S_OK;
}

STDAPI_(SCODE) MAPIAllocateMore(ULONG cbSize, LPVOID lpObject, LPVOID* lppBuffer) {
  if (!lppBuffer) return MAPI_E_INVALID_PARAMETER;
  *lppBuffer = nullptr;
  if (!lpObject || header_of(lpObject)->mark != kRootMark) return MAPI_E_INVALID_PARAMETER;
  *lppBuffer = more_of(header_of(lpObject), cbSize);
  return *lppBuffer ? S_OK : MAPI_E_NOT_ENOUGH_MEMORY;
}

// The pointer may move; blocks linked to it stay linked. NULL allocates, as realloc does.
STDAPI_(SCODE) MAPIReallocateBuffer(LPVOID lpv, ULONG ulSize, LPVOID* lppv) {
  if (!lppv) return MAPI_E_INVALID_PARAMETER;
  if (!lpv) return MAPIAllocateBuffer(ulSize, lppv);
  Header* old = header_of(lpv);
  if (old->mark != kRootMark) return MAPI_E_INVALID_PARAMETER;
  Header* block = new_block(ulSize, kRootMark);
  if (!block) return MAPI_E_NOT_ENOUGH_MEMORY;
  std::memcpy(block->payload(), lpv, old->size < ulSize ? old->size : ulSize);
  block->next.store(old->next.exchange(nullptr, std::memory_order_acquire), std::memory_order_relaxed);
  free_chain(old);
  *lppv = block->payload();
  return S_OK;
}

STDAPI_(ULONG) MAPIFreeBuffer(LPVOID lpBuffer) {
  if (!lpBuffer) return S_OK;
  Header* block = header_of(lpBuffer);
  if (block->mark != kRootMark) {
    report_bad_free(block->mark);
    return static_cast<ULONG>(MAPI_E_CALL_FAILED);
  }
  free_chain(block);
  return S_OK;
}
