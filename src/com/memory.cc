// SPDX-License-Identifier: Apache-2.0
#include "com/memory.h"

#include <mapicode.h>

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
  Header* block = new_block(cbSize, kMoreMark);
  if (!block) return MAPI_E_NOT_ENOUGH_MEMORY;
  link(header_of(lpObject), block);
  *lppBuffer = block->payload();
  return S_OK;
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
