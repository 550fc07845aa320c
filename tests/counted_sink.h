// SPDX-License-Identifier: Apache-2.0
// References of the advise sinks that tests keep on their stack. A thread that is telling a sink releases it after
// OnNotify has returned, and so possibly after Unadvise has: the destructor of every sink waits for that.
#pragma once

#include <gtest/gtest.h>
#include <mapix.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace test_sink {

// Any thread. Derived classes say `~Derived() { wait_until_released(); }`: their members must live until then.
class CountedSink : public IMAPIAdviseSink {
 public:
  STDMETHODIMP QueryInterface(REFIID, LPVOID* out) override {
    *out = nullptr;
    return MAPI_E_INTERFACE_NOT_SUPPORTED;
  }
  STDMETHODIMP_(ULONG) AddRef() override { return ++references; }
  STDMETHODIMP_(ULONG) Release() override { return --references; }

  // Until the test's own reference is the only one; a failure if that does not come within twenty seconds.
  void wait_until_released() const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (references != 1 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_EQ(1u, references) << "references of an advise sink at its end";
  }

  std::atomic<ULONG> references{1};

 protected:
  ~CountedSink() = default;
};

}  // namespace test_sink
