// SPDX-License-Identifier: Apache-2.0
#include "com/notifier.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <vector>

#include "com/object.h"

namespace mapiary::com {
namespace {

class CallbackSink final : public Object<IMAPIAdviseSink> {
 public:
  explicit CallbackSink(std::function<void(ULONG)> call) : call_(std::move(call)) {}
  ~CallbackSink() { ++destroyed; }
  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION items) override {
    call_(count ? items[0].ulEventType : 0);
    return 0;
  }
  static inline std::atomic<int> destroyed{0};

 private:
  std::function<void(ULONG)> call_;
};

NoticePtr notice(ULONG event) {
  OutBlock block;
  auto items = block.root<NOTIFICATION>();
  (*items)->ulEventType = event;
  return std::make_shared<Notice>(std::move(block), *items, 1);
}

TEST(Notifier, DeliversInOrderOutsideThePostersLock) {
  std::mutex lock;
  std::vector<ULONG> seen;
  auto sink = make<CallbackSink>([&](ULONG event) {
    const std::lock_guard guard(lock);
    seen.push_back(event);
  });
  auto subscription = Notifier::get().subscribe(sink.get());
  {
    const std::lock_guard guard(lock);  // a delivery from inside post() would never come back
    for (ULONG i = 1; i <= 100; ++i) Notifier::get().post(subscription, notice(i));
  }
  Notifier::get().flush();
  ASSERT_EQ(seen.size(), 100u);
  for (ULONG i = 0; i < 100; ++i) EXPECT_EQ(seen[i], i + 1);
  EXPECT_EQ(subscription->pending(), 0u);
  subscription->close();
}

// spec: ST-016 ST-308
TEST(Notifier, ClosingReleasesTheSinkAtOnceOrAfterTheCallUnderWay) {
  const int before = CallbackSink::destroyed;
  {
    auto sink = make<CallbackSink>([](ULONG) {});
    auto subscription = Notifier::get().subscribe(sink.get());
    sink.reset();
    EXPECT_EQ(CallbackSink::destroyed, before);
    subscription->close();
    EXPECT_EQ(CallbackSink::destroyed, before + 1);
    subscription->close();
    Notifier::get().post(subscription, notice(1));  // nobody hears it
    Notifier::get().flush();
  }
  std::mutex gate;
  std::atomic<bool> inside{false};
  gate.lock();
  auto sink = make<CallbackSink>([&](ULONG) {
    inside = true;
    const std::lock_guard wait(gate);
  });
  auto subscription = Notifier::get().subscribe(sink.get());
  sink.reset();
  Notifier::get().post(subscription, notice(1));
  while (!inside) std::this_thread::yield();
  subscription->close();  // returns although OnNotify runs
  EXPECT_EQ(CallbackSink::destroyed, before + 1);
  gate.unlock();
  Notifier::get().flush();
  EXPECT_EQ(CallbackSink::destroyed, before + 2);
}

TEST(Notifier, FlushFromInsideASinkReturns) {
  int calls = 0;
  auto sink = make<CallbackSink>([&](ULONG) {
    ++calls;
    Notifier::get().flush();
  });
  auto subscription = Notifier::get().subscribe(sink.get());
  Notifier::get().post(subscription, notice(1));
  Notifier::get().post(subscription, notice(2));
  Notifier::get().flush();
  EXPECT_EQ(calls, 2);
  subscription->close();
}

TEST(Notifier, ASinkThatThrowsHarmsNobody) {
  int calls = 0;
  auto bad = make<CallbackSink>([](ULONG) { throw std::runtime_error("foreign"); });
  auto good = make<CallbackSink>([&](ULONG) { ++calls; });
  auto first = Notifier::get().subscribe(bad.get());
  auto second = Notifier::get().subscribe(good.get());
  Notifier::get().post(first, notice(1));
  Notifier::get().post(second, notice(1));
  Notifier::get().flush();
  EXPECT_EQ(calls, 1);
  first->close();
  second->close();
}

TEST(Notifier, TheThreadComesBackWithTheNextSubscription) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> calls{0};
    auto sink = make<CallbackSink>([&](ULONG) { ++calls; });
    auto subscription = Notifier::get().subscribe(sink.get());
    Notifier::get().post(subscription, notice(1));
    for (int i = 0; calls == 0 && i < 10000; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_EQ(calls, 1);
    subscription->close();
  }
}

}  // namespace
}  // namespace mapiary::com
