// SPDX-License-Identifier: Apache-2.0
#include "base/wakeup.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/clock.h"

namespace mapiary {
namespace {

constexpr std::chrono::seconds kLong{60};

TEST(Wakeup, AWakeUpBeforeTheSleepIsNotLost) {
  Wakeup wakeup;
  wakeup.raise();
  wakeup.raise();  // as good as one
  EXPECT_TRUE(wakeup.wait_for(kLong));
  EXPECT_FALSE(wakeup.wait_for(std::chrono::milliseconds(1)));
  wakeup.raise();
  wakeup.wait();
  EXPECT_FALSE(wakeup.wait_for(std::chrono::milliseconds(0)));
}

TEST(Wakeup, TheTimeIsKept) {
  Wakeup wakeup;
  const auto begun = steady_now();
  EXPECT_FALSE(wakeup.wait_for(std::chrono::milliseconds(30)));
  EXPECT_GE(steady_now() - begun, std::chrono::milliseconds(30));
  // One that came too late for a wait is there for the next.
  wakeup.raise();
  EXPECT_TRUE(wakeup.wait_for(std::chrono::milliseconds::max()));
}

// Ping and pong: none is lost, and each side sees what the other wrote before.
TEST(Wakeup, TwoThreadsTakeTurns) {
  constexpr int kTurns = 20000;
  Wakeup ping, pong;
  int shared = 0;
  std::thread other([&] {
    for (int i = 0; i < kTurns; ++i) {
      ping.wait();
      ++shared;
      pong.raise();
    }
  });
  for (int i = 0; i < kTurns; ++i) {
    ASSERT_EQ(shared, 2 * i);
    ++shared;
    ping.raise();
    ASSERT_TRUE(pong.wait_for(kLong));
  }
  other.join();
  EXPECT_EQ(shared, 2 * kTurns);
}

// The end of the time and the wake-up in the same moment: it ends this wait or the next one.
TEST(Wakeup, NoneIsLostInARace) {
  constexpr int kRounds = 300;
  Wakeup wakeup, next;
  std::thread other([&] {
    for (int i = 0; i < kRounds; ++i) {
      next.wait();
      std::this_thread::sleep_for(std::chrono::microseconds(900 + i % 20 * 10));
      wakeup.raise();
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    next.raise();
    if (!wakeup.wait_for(std::chrono::milliseconds(1))) {
      ASSERT_TRUE(wakeup.wait_for(kLong));
    }
    ASSERT_FALSE(wakeup.wait_for(std::chrono::milliseconds(0)));
  }
  other.join();
}

}  // namespace
}  // namespace mapiary
