// SPDX-License-Identifier: Apache-2.0
#include "com/task_memory.h"

#include <gtest/gtest.h>
#include <mapiutil.h>
#include <objbase.h>

#include <cstring>
#include <limits>

#include "com/ref.h"

namespace mapiary::com {
namespace {

TEST(CoGetMalloc, IsMapisDefaultAllocator) {
  Ref<IMalloc> allocator;
  ASSERT_EQ(CoGetMalloc(MEMCTX_TASK, allocator.put()), S_OK);
  const auto mapis = Ref<IMalloc>::adopt(MAPIGetDefaultMalloc());
  EXPECT_EQ(allocator.get(), mapis.get());
  EXPECT_EQ(allocator.get(), task_allocator());
  EXPECT_EQ(CoGetMalloc(MEMCTX_TASK, nullptr), E_INVALIDARG);
  LPMALLOC none = allocator.get();
  EXPECT_EQ(CoGetMalloc(2, &none), E_INVALIDARG);
  EXPECT_EQ(none, nullptr);
  IUnknown* unknown = nullptr;
  ASSERT_EQ(allocator->QueryInterface(IID_IUnknown, reinterpret_cast<void**>(&unknown)), S_OK);
  unknown->Release();
}

TEST(CoTaskMem, IsTheAllocatorsMemory) {
  const auto allocator = Ref<IMalloc>::adopt(MAPIGetDefaultMalloc());
  auto* block = static_cast<char*>(CoTaskMemAlloc(3));
  ASSERT_NE(block, nullptr);
  std::memcpy(block, "ab", 3);
  EXPECT_EQ(allocator->DidAlloc(block), 1);
  EXPECT_EQ(allocator->GetSize(block), 3u);
  block = static_cast<char*>(CoTaskMemRealloc(block, 100000));
  ASSERT_NE(block, nullptr);
  EXPECT_STREQ(block, "ab");
  EXPECT_EQ(allocator->GetSize(block), 100000u);
  EXPECT_EQ(CoTaskMemRealloc(block, std::numeric_limits<SIZE_T>::max()), nullptr);
  EXPECT_STREQ(block, "ab") << "a failed reallocation leaves the block alone";
  EXPECT_EQ(CoTaskMemRealloc(block, 0), nullptr);
  void* empty = CoTaskMemAlloc(0);
  EXPECT_NE(empty, nullptr);
  allocator->Free(empty);
  void* fresh = CoTaskMemRealloc(nullptr, 5);
  EXPECT_EQ(allocator->DidAlloc(fresh), 1);
  CoTaskMemFree(fresh);
  CoTaskMemFree(nullptr);
  EXPECT_EQ(CoTaskMemAlloc(std::numeric_limits<SIZE_T>::max()), nullptr);
  EXPECT_EQ(allocator->DidAlloc(nullptr), -1);
  EXPECT_EQ(allocator->GetSize(nullptr), std::numeric_limits<SIZE_T>::max());
}

TEST(CoTaskMem, LeavesForeignBlocksAlone) {
  alignas(16) char foreign[64] = {};
  CoTaskMemFree(foreign + 32);
  EXPECT_EQ(task_allocator()->DidAlloc(foreign + 32), 0);
}

TEST(TaskText, IsATerminatedCopy) {
  const std::wstring source(1000, L'\u20ac');
  auto made = task_text(source);
  ASSERT_TRUE(made);
  const TaskText text(*made);
  EXPECT_EQ(text.get(), source);
  EXPECT_EQ(task_allocator()->GetSize(text.get()), (source.size() + 1) * sizeof(WCHAR));
  const TaskText empty(*task_text({}));
  EXPECT_EQ(empty.get()[0], L'\0');
}

}  // namespace
}  // namespace mapiary::com
