// SPDX-License-Identifier: Apache-2.0
// MAPIInitialize when resources run out: each single allocation of memory by C++ and each start of a thread fails once.
// A program of its own, because it puts itself before operator new and pthread_create of the whole process.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <mapiaux.h>
#include <mapiutil.h>
#include <mapix.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <set>
#include <string>

#include "tests/temp_folder.h"

namespace {
std::atomic<long> allocations_left{-1};  // negative: all succeed; 0: the next one fails, and only that one
std::atomic<bool> threads_fail{false};

void* allocate(std::size_t size) {
  if (allocations_left.load() >= 0 && allocations_left.fetch_sub(1) == 0) return nullptr;
  return std::malloc(size ? size : 1);
}
}  // namespace

__attribute__((noinline)) void* operator new(std::size_t size) {
  if (void* block = allocate(size)) return block;
  throw std::bad_alloc();
}
__attribute__((noinline)) void* operator new[](std::size_t size) {
  return operator new(size);
}
__attribute__((noinline)) void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size);
}
__attribute__((noinline)) void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size);
}
__attribute__((noinline)) void operator delete(void* block) noexcept {
  std::free(block);
}
__attribute__((noinline)) void operator delete[](void* block) noexcept {
  std::free(block);
}
__attribute__((noinline)) void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}
__attribute__((noinline)) void operator delete[](void* block, std::size_t) noexcept {
  std::free(block);
}

extern "C" __attribute__((visibility("default"))) int pthread_create(pthread_t* thread,
                                                                     const pthread_attr_t* attributes,
                                                                     void* (*body)(void*), void* argument) {
  if (threads_fail) return EAGAIN;
  using Function = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "pthread_create"));
  return real(thread, attributes, body, argument);
}

namespace {

class InitFailuresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = test_files::new_temp_folder("init-failures");
    ::setenv("MAPIARY_CONFIG_HOME", (folder_ / "config").c_str(), 1);
    // Everything that is made once in a process is made now.
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    MAPIUninitialize();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  static void expect_nothing_works() {
    LPPROFADMIN admin = nullptr;
    EXPECT_EQ(MAPI_E_NOT_INITIALIZED, MAPIAdminProfiles(0, &admin));
  }
  std::filesystem::path folder_;
};

// Whatever allocation fails, the answer is one of the page's list, each step with its own, and nothing is half begun.
// spec: LC-009 LC-010
TEST_F(InitFailuresTest, EveryAllocation) {
  std::set<HRESULT> answers;
  for (long n = 0;; ++n) {
    ASSERT_LT(n, 100000);
    allocations_left = n;
    const HRESULT hr = MAPIInitialize(nullptr);
    const bool failed = allocations_left.exchange(-1) < 0;
    if (!failed) {
      ASSERT_EQ(S_OK, hr);
      MAPIUninitialize();
      break;
    }
    if (hr == S_OK) {  // something that could be done without
      MAPIUninitialize();
      continue;
    }
    answers.insert(hr);
    expect_nothing_works();
  }
  const std::set<HRESULT> listed = {MAPI_E_SESSION_LIMIT, MAPI_E_INVALID_OBJECT, MAPI_E_NOT_INITIALIZED};
  for (const HRESULT hr : answers) EXPECT_EQ(1u, listed.count(hr)) << std::hex << hr;
  EXPECT_EQ(1u, answers.count(MAPI_E_SESSION_LIMIT));
  EXPECT_EQ(1u, answers.count(MAPI_E_NOT_INITIALIZED));
}

// spec: LC-012
TEST_F(InitFailuresTest, NoThreadForNotifications) {
  MAPIINIT_0 init{MAPI_INIT_VERSION, MAPI_MULTITHREAD_NOTIFICATIONS};
  threads_fail = true;
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, MAPIInitialize(&init));
  expect_nothing_works();
  threads_fail = false;
  EXPECT_EQ(S_OK, MAPIInitialize(&init));
  MAPIUninitialize();
}

}  // namespace
