// SPDX-License-Identifier: Apache-2.0
#include "com/task_memory.h"

#include <mapicode.h>
#include <mapiutil.h>
#include <objbase.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include "base/memory_probe.h"
#include "com/object.h"

namespace mapiary::com {
namespace {

constexpr std::uint64_t kLive = 0x434F4C4C414D414D;  // "MAMALLOC"
constexpr std::uint64_t kFreed = 0x4445455246424C4B;

// Before each block, so that size and origin of a pointer can be told.
struct alignas(16) TaskHeader {
  std::uint64_t mark;
  std::uint64_t size;
};

TaskHeader* task_header_of(void* block) {
  return static_cast<TaskHeader*>(block) - 1;
}

// IMalloc over the C library's heap. A block of size 0 is a real block, as COM wants it. Safe from any thread.
class TaskAllocator final : public com::Object<IMalloc> {
 public:
  STDMETHODIMP_(void*) Alloc(SIZE_T size) override { return resize(nullptr, size); }

  STDMETHODIMP_(void*) Realloc(void* block, SIZE_T size) override {
    if (!block) return Alloc(size);
    if (size == 0) {
      Free(block);
      return nullptr;
    }
    return resize(task_header_of(block), size);
  }

  STDMETHODIMP_(void) Free(void* block) override {
    if (!block) return;
    TaskHeader* header = task_header_of(block);
    if (header->mark != kLive) return;  // not ours, or freed before: no worse than a leak
    header->mark = kFreed;
    std::free(header);
  }

  STDMETHODIMP_(SIZE_T) GetSize(void* block) override {
    return block ? static_cast<SIZE_T>(task_header_of(block)->size) : std::numeric_limits<SIZE_T>::max();
  }

  // 1 for a live block of ours, 0 for another pointer, -1 for NULL.
  STDMETHODIMP_(int) DidAlloc(void* block) override {
    if (!block) return -1;
    TaskHeader header;
    if (reinterpret_cast<std::uintptr_t>(block) % alignof(TaskHeader) != 0) return 0;
    if (!MemoryProbe().copy(&header, task_header_of(block), sizeof(header))) return 0;
    return header.mark == kLive ? 1 : 0;
  }

  STDMETHODIMP_(void) HeapMinimize() override {}  // the C library gives memory back by itself

 private:
  static void* resize(TaskHeader* old, SIZE_T size) {
    if (size > std::numeric_limits<SIZE_T>::max() - sizeof(TaskHeader)) return nullptr;
    auto* header = static_cast<TaskHeader*>(std::realloc(old, sizeof(TaskHeader) + size));
    if (!header) return nullptr;
    header->mark = kLive;
    header->size = size;
    return header + 1;
  }
};

// Never destroyed: blocks may be freed while the process ends. Not Object's make(), which may throw; the count is kept
// by Object all the same and never reaches 0.
TaskAllocator& the_allocator() noexcept {
  alignas(TaskAllocator) static std::byte place[sizeof(TaskAllocator)];
  static TaskAllocator* const one = new (place) TaskAllocator;
  return *one;
}

}  // namespace

IMalloc* task_allocator() noexcept {
  return &the_allocator();
}

void* task_alloc(std::size_t bytes) noexcept {
  return the_allocator().Alloc(bytes);
}

void task_free(void* block) noexcept {
  the_allocator().Free(block);
}

Result<LPOLESTR> task_text(std::wstring_view text) {
  const std::size_t bytes = (text.size() + 1) * sizeof(OLECHAR);
  auto* out = static_cast<LPOLESTR>(task_alloc(bytes));
  if (!out) return fail(Code::kNoMemory, "com", "no memory for a name", bytes);
  if (!text.empty()) std::memcpy(out, text.data(), text.size() * sizeof(OLECHAR));
  out[text.size()] = L'\0';
  return out;
}

}  // namespace mapiary::com

using namespace mapiary::com;

// A new reference to the one allocator of the process.
STDAPI_(LPMALLOC) MAPIGetDefaultMalloc(VOID) {
  task_allocator()->AddRef();
  return task_allocator();
}

STDAPI CoGetMalloc(DWORD dwMemContext, LPMALLOC* ppMalloc) {
  if (!ppMalloc) return E_INVALIDARG;
  *ppMalloc = nullptr;
  if (dwMemContext != MEMCTX_TASK) return E_INVALIDARG;
  *ppMalloc = MAPIGetDefaultMalloc();
  return S_OK;
}

STDAPI_(LPVOID) CoTaskMemAlloc(SIZE_T cb) {
  return task_allocator()->Alloc(cb);
}

STDAPI_(LPVOID) CoTaskMemRealloc(LPVOID pv, SIZE_T cb) {
  return task_allocator()->Realloc(pv, cb);
}

STDAPI_(void) CoTaskMemFree(LPVOID pv) {
  task_allocator()->Free(pv);
}
