// SPDX-License-Identifier: Apache-2.0
// COM's task allocator: the one place where memory comes from that a caller frees with IMalloc or CoTaskMemFree, such
// as the names of Stat. MAPIGetDefaultMalloc and CoGetMalloc give this very allocator. Safe from any thread.
//
// Each block has a 16-byte header before the bytes the caller sees (mark, size), so that DidAlloc and GetSize can tell.
#pragma once

#include <mapix.h>

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace mapiary::com {

// nullptr when there is no memory. A block of 0 bytes is a block.
void* task_alloc(std::size_t bytes) noexcept;
// nullptr is fine. Also for what another object handed out as task memory.
void task_free(void* block) noexcept;

// A copy with its terminator, for the caller of a COM method to free.
Result<LPOLESTR> task_text(std::wstring_view text);

struct TaskFreer {
  void operator()(void* block) const { task_free(block); }
};
using TaskText = std::unique_ptr<OLECHAR, TaskFreer>;

// The allocator as an object; lives as long as the process. Not counted for the caller.
IMalloc* task_allocator() noexcept;

}  // namespace mapiary::com
