// SPDX-License-Identifier: Apache-2.0
// MAPI's linked buffers. A root block (MAPIAllocateBuffer) owns the blocks linked to it (MAPIAllocateMore); freeing the
// root frees them all. Each block has a 16-byte header before the bytes the caller sees:
//
//   root   next: first linked block, or null | size: ULONG | mark: kRootMark
//   more   next: next linked block, or null  | size: ULONG | mark: kMoreMark
//
// The marks let MAPIFreeBuffer refuse what is not a root block (docs/rulings.md R10). Linking is lock-free, so two
// threads may extend one root. The exported functions themselves are declared in mapix.h and defined in memory.cc.
#pragma once

#include <mapix.h>

#include <cstddef>
#include <cstring>
#include <new>
#include <span>
#include <type_traits>

#include "base/result.h"

namespace mapiary::com {

// The three routines a caller hands to a provider or utility function. Ours by default.
struct AllocRoutines {
  LPALLOCATEBUFFER allocate = MAPIAllocateBuffer;
  LPALLOCATEMORE more = MAPIAllocateMore;
  LPFREEBUFFER release = MAPIFreeBuffer;
};

// An out-structure in the making: one root block and what hangs on it. Freed again unless the caller takes it with
// detach(), so a half-built result never leaks.
//
//   OutBlock out;
//   auto* rows = TRY(out.root<SRowSet>(CbNewSRowSet(n)));
//   rows->aRow[0].lpProps = TRY(out.more<SPropValue>(count));
//   *result = out.detach<SRowSet>();
class OutBlock {
 public:
  explicit OutBlock(const AllocRoutines& routines = {}) : routines_(routines) {}
  // Extends a root block that someone else owns; detach() and the destructor then leave it alone.
  OutBlock(const AllocRoutines& routines, void* borrowed_root)
      : routines_(routines), root_(borrowed_root), owned_(false) {}
  OutBlock(const OutBlock&) = delete;
  OutBlock& operator=(const OutBlock&) = delete;
  OutBlock(OutBlock&& other) noexcept
      : routines_(other.routines_), root_(std::exchange(other.root_, nullptr)), owned_(other.owned_) {}
  ~OutBlock() {
    if (root_ && owned_) routines_.release(root_);
  }

  // The root block, `bytes` long and zeroed. Call once, first.
  Result<void*> root_bytes(std::size_t bytes);
  template <class T>
  Result<T*> root(std::size_t bytes = sizeof(T)) {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(TRY(root_bytes(bytes)));
  }
  // A linked block, not zeroed. Needs a root.
  Result<void*> more_bytes(std::size_t bytes);
  template <class T>
  Result<T*> more(std::size_t count = 1) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count > 0xFFFFFFFFu / sizeof(T)) return fail(Code::kNoMemory, "com", "an array over 4 GB was asked for", count);
    return static_cast<T*>(TRY(more_bytes(count * sizeof(T))));
  }
  // A linked copy.
  Result<void*> copy(const void* from, std::size_t bytes);

  template <class T = void>
  T* detach() {
    return static_cast<T*>(std::exchange(root_, nullptr));
  }

 private:
  AllocRoutines routines_;
  void* root_ = nullptr;
  bool owned_ = true;
};

}  // namespace mapiary::com
