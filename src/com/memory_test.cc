// SPDX-License-Identifier: Apache-2.0
#include "com/memory.h"

#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapiutil.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"

namespace {

// spec: LC-433
TEST(AllocateBuffer, GivesAtLeastTheBytesOnAnAlignedAddress) {
  for (ULONG size : {0u, 1u, 7u, 16u, 4096u, 1u << 20}) {
    void* block = nullptr;
    ASSERT_EQ(MAPIAllocateBuffer(size, &block), S_OK);
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 16, 0u);
    std::memset(block, 0xAB, size);
    EXPECT_EQ(MAPIFreeBuffer(block), static_cast<ULONG>(S_OK));
  }
}

// spec: LC-434 LC-435
TEST(AllocateMore, IsFreedTogetherWithItsRoot) {
  void* root = nullptr;
  ASSERT_EQ(MAPIAllocateBuffer(8, &root), S_OK);
  for (int i = 0; i < 100; ++i) {
    void* more = nullptr;
    ASSERT_EQ(MAPIAllocateMore(static_cast<ULONG>(i * 10), root, &more), S_OK);
    std::memset(more, i, static_cast<std::size_t>(i * 10));
  }
  EXPECT_EQ(MAPIFreeBuffer(root),
            static_cast<ULONG>(S_OK));  // the leak checker of the asan build is the judge of the rest
}

// spec: LC-436
TEST(FreeBuffer, RefusesALinkedBlock) {
  void *root = nullptr, *more = nullptr;
  ASSERT_EQ(MAPIAllocateBuffer(8, &root), S_OK);
  ASSERT_EQ(MAPIAllocateMore(8, root, &more), S_OK);
  // spec: R10
  std::string reported;
  mapiary::set_log_sink([&](mapiary::LogLevel, std::string_view line) { reported = line; });
  mapiary::set_log_level(mapiary::LogLevel::kError);
  EXPECT_EQ(MAPIFreeBuffer(more), static_cast<ULONG>(MAPI_E_CALL_FAILED));
  mapiary::set_log_level(mapiary::LogLevel::kOff);
  mapiary::set_log_sink({});
  EXPECT_NE(reported.find("MAPIAllocateMore"), std::string::npos) << reported;
  std::memset(more, 1, 8);  // still there
  EXPECT_EQ(MAPIFreeBuffer(root), static_cast<ULONG>(S_OK));
}

// spec: LC-437
TEST(FreeBuffer, AcceptsNull) {
  EXPECT_EQ(MAPIFreeBuffer(nullptr), static_cast<ULONG>(S_OK));
}

// spec: LC-439
TEST(FreeBuffer, RefusesAForeignBlockWhereItCanTell) {
  alignas(16) unsigned char foreign[64] = {};
  EXPECT_EQ(MAPIFreeBuffer(foreign + 32), static_cast<ULONG>(MAPI_E_CALL_FAILED));
}

TEST(AllocateBuffer, NullOutPointerIsAnInvalidParameter) {
  EXPECT_EQ(MAPIAllocateBuffer(8, nullptr), MAPI_E_INVALID_PARAMETER);
  void* root = nullptr;
  ASSERT_EQ(MAPIAllocateBuffer(8, &root), S_OK);
  EXPECT_EQ(MAPIAllocateMore(8, root, nullptr), MAPI_E_INVALID_PARAMETER);
  void* more = root;
  EXPECT_EQ(MAPIAllocateMore(8, nullptr, &more), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(more, nullptr);
  void* linked = nullptr;
  ASSERT_EQ(MAPIAllocateMore(8, root, &linked), S_OK);
  EXPECT_EQ(MAPIAllocateMore(8, linked, &more), MAPI_E_INVALID_PARAMETER);  // not a root block
  EXPECT_EQ(MAPIReallocateBuffer(root, 8, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(MAPIReallocateBuffer(linked, 8, &more), MAPI_E_INVALID_PARAMETER);
  MAPIFreeBuffer(root);
}

// spec: LC-441
TEST(ReallocateBuffer, KeepsTheBytesAndTheLinkedBlocks) {
  void *root = nullptr, *more = nullptr, *bigger = nullptr, *smaller = nullptr;
  ASSERT_EQ(MAPIReallocateBuffer(nullptr, 4, &root), S_OK);
  std::memcpy(root, "abcd", 4);
  ASSERT_EQ(MAPIAllocateMore(3, root, &more), S_OK);
  std::memcpy(more, "xyz", 3);
  ASSERT_EQ(MAPIReallocateBuffer(root, 100000, &bigger), S_OK);
  EXPECT_EQ(std::memcmp(bigger, "abcd", 4), 0);
  EXPECT_EQ(std::memcmp(more, "xyz", 3), 0);
  ASSERT_EQ(MAPIReallocateBuffer(bigger, 2, &smaller), S_OK);
  EXPECT_EQ(std::memcmp(smaller, "ab", 2), 0);
  EXPECT_EQ(MAPIFreeBuffer(smaller), static_cast<ULONG>(S_OK));
}

TEST(AllocateMore, GivesEachBlockMemoryOfItsOwnWhateverTheSizes) {
  void* root = nullptr;
  ASSERT_EQ(MAPIAllocateBuffer(8, &root), S_OK);
  std::vector<std::pair<unsigned char*, ULONG>> blocks;
  for (ULONG i = 0; i < 3000; ++i) {
    const ULONG size = i % 7 == 0 ? 200 + i % 600 : i % 97;
    void* more = nullptr;
    ASSERT_EQ(MAPIAllocateMore(size, root, &more), S_OK);
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(more) % 16, 0u);
    std::memset(more, static_cast<int>(i % 251), size);
    blocks.emplace_back(static_cast<unsigned char*>(more), size);
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto [bytes, size] = blocks[i];
    for (ULONG at = 0; at < size; ++at) ASSERT_EQ(bytes[at], i % 251) << i;
    void* more = nullptr;
    ASSERT_EQ(MAPIAllocateMore(1, bytes, &more), MAPI_E_INVALID_PARAMETER) << "only a root has linked blocks";
  }
  EXPECT_EQ(MAPIFreeBuffer(root), static_cast<ULONG>(S_OK));
}

TEST(AllocateMore, TwoThreadsMayExtendOneRoot) {
  void* root = nullptr;
  ASSERT_EQ(MAPIAllocateBuffer(8, &root), S_OK);
  auto extend = [root] {
    for (int i = 0; i < 2000; ++i) {
      void* more = nullptr;
      const ULONG size = i % 50 == 0 ? 400 : 16;
      ASSERT_EQ(MAPIAllocateMore(size, root, &more), S_OK);
      std::memset(more, 1, size);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(extend);
  for (auto& t : threads) t.join();
  EXPECT_EQ(MAPIFreeBuffer(root), static_cast<ULONG>(S_OK));
}

SCODE STDMETHODCALLTYPE no_memory(ULONG, LPVOID* out) {
  *out = nullptr;
  return MAPI_E_NOT_ENOUGH_MEMORY;
}

TEST(OutBlock, ReportsTheCallersAllocatorFailing) {
  mapiary::com::OutBlock block({no_memory, MAPIAllocateMore, MAPIFreeBuffer});
  auto root = block.root<SPropValue>();
  ASSERT_FALSE(root);
  EXPECT_EQ(root.error().code, mapiary::Code::kNoMemory);
}

}  // namespace
