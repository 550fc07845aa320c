// SPDX-License-Identifier: Apache-2.0
// Initialisation, reference counts of foreign objects, and the default allocator.
#include "util/init.h"

#include <mapicode.h>
#include <mapiutil.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "base/memory_probe.h"
#include "com/border.h"
#include "com/object.h"

namespace mapiary::util {
namespace {

std::atomic<long> initializations{0};

constexpr std::uint64_t kLive = 0x434F4C4C414D414D;  // "MAMALLOC"
constexpr std::uint64_t kFreed = 0x4445455246424C4B;

// Before each block, so that size and origin of a pointer can be told.
struct alignas(16) Header {
  std::uint64_t mark;
  std::uint64_t size;
};

Header* header_of(void* block) {
  return static_cast<Header*>(block) - 1;
}

// IMalloc over the C library's heap. A block of size 0 is a real block, as COM wants it. Safe from any thread.
class DefaultMalloc final : public com::Object<IMalloc> {
 public:
  STDMETHODIMP_(void*) Alloc(SIZE_T size) override { return resize(nullptr, size); }

  STDMETHODIMP_(void*) Realloc(void* block, SIZE_T size) override {
    if (!block) return Alloc(size);
    if (size == 0) {
      Free(block);
      return nullptr;
    }
    return resize(header_of(block), size);
  }

  STDMETHODIMP_(void) Free(void* block) override {
    if (!block) return;
    Header* header = header_of(block);
    header->mark = kFreed;
    std::free(header);
  }

  STDMETHODIMP_(SIZE_T) GetSize(void* block) override {
    return block ? static_cast<SIZE_T>(header_of(block)->size) : std::numeric_limits<SIZE_T>::max();
  }

  // 1 for a live block of ours, 0 for another pointer, -1 for NULL.
  STDMETHODIMP_(int) DidAlloc(void* block) override {
    if (!block) return -1;
    Header header;
    if (reinterpret_cast<std::uintptr_t>(block) % alignof(Header) != 0) return 0;
    if (!MemoryProbe().copy(&header, header_of(block), sizeof(header))) return 0;
    return header.mark == kLive ? 1 : 0;
  }

  STDMETHODIMP_(void) HeapMinimize() override {}  // the C library gives memory back by itself

 private:
  static void* resize(Header* old, SIZE_T size) {
    if (size > std::numeric_limits<SIZE_T>::max() - sizeof(Header)) return nullptr;
    auto* header = static_cast<Header*>(std::realloc(old, sizeof(Header) + size));
    if (!header) return nullptr;
    header->mark = kLive;
    header->size = size;
    return header + 1;
  }
};

}  // namespace

bool is_initialized() {
  return initializations.load(std::memory_order_acquire) > 0;
}

}  // namespace mapiary::util

using namespace mapiary;
using namespace mapiary::util;

STDAPI_(SCODE) ScInitMapiUtil(ULONG ulFlags) {
  if (ulFlags != 0) return MAPI_E_UNKNOWN_FLAGS;
  initializations.fetch_add(1, std::memory_order_acq_rel);
  return S_OK;
}

// One call too many does nothing.
STDAPI_(VOID) DeinitMapiUtil(VOID) {
  long count = initializations.load(std::memory_order_acquire);
  while (count > 0 && !initializations.compare_exchange_weak(count, count - 1, std::memory_order_acq_rel)) {
  }
}

// A new reference to the one allocator of the process.
STDAPI_(LPMALLOC) MAPIGetDefaultMalloc(VOID) {
  LPMALLOC result = nullptr;
  (void)com::border([&]() -> Status {
    static DefaultMalloc* const allocator = com::make<DefaultMalloc>().detach();
    allocator->AddRef();
    result = allocator;
    return {};
  });
  return result;
}

STDAPI_(ULONG) UlAddRef(LPVOID lpunk) {
  return lpunk ? static_cast<LPUNKNOWN>(lpunk)->AddRef() : 0;
}

STDAPI_(ULONG) UlRelease(LPVOID lpunk) {
  return lpunk ? static_cast<LPUNKNOWN>(lpunk)->Release() : 0;
}
