// SPDX-License-Identifier: Apache-2.0
// Bounded calls: in time, too late, throwing; who cleans up, and when.
#include "session/guard/bounded.h"

#include <gtest/gtest.h>
#include <mapicode.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "session/guard/workers.h"

namespace mapiary::session {
namespace {

constexpr std::chrono::seconds kLong{60};
constexpr std::chrono::milliseconds kShort{20};

TEST(Bounded, ReturnsWhatTheCallReturns) {
  std::thread::id where;
  const CallResult result = bounded(
      [&] {
        where = std::this_thread::get_id();
        return MAPI_E_NO_ACCESS;
      },
      kLong);
  EXPECT_EQ(result.outcome, Outcome::kReturned);
  EXPECT_EQ(result.hr, MAPI_E_NO_ACCESS);
  EXPECT_FALSE(result.ok());
  EXPECT_NE(where, std::this_thread::get_id());
  const CallResult thrown = bounded([]() -> HRESULT { throw std::runtime_error("no"); }, kLong);
  EXPECT_EQ(thrown.outcome, Outcome::kThrew);
  EXPECT_EQ(thrown.hr, MAPI_E_CALL_FAILED);
}

TEST(Bounded, WhatACallOwnsIsGoneWhenItReturns) {
  for (int i = 0; i < 100; ++i) {
    const auto call = std::make_shared<int>(0), late = std::make_shared<int>(0);
    bool was_late = false;
    const CallResult result =
        bounded([keep = call] { return S_OK; }, kLong, [keep = late, &was_late] { was_late = true; });
    ASSERT_TRUE(result.ok());
    ASSERT_EQ(call.use_count(), 1);
    ASSERT_EQ(late.use_count(), 1);
    ASSERT_FALSE(was_late);
  }
}

TEST(Bounded, ALateCallIsCleanedUpBehind) {
  std::promise<void> gate;
  auto open = gate.get_future().share();
  const auto owned = std::make_shared<int>(0);
  std::promise<std::thread::id> cleaned;
  std::thread::id caller = std::this_thread::get_id();
  const CallResult result = bounded(
      [open, keep = owned] {
        open.wait();
        return S_OK;
      },
      kShort, [keep = owned, &cleaned] { cleaned.set_value(std::this_thread::get_id()); });
  EXPECT_EQ(result.outcome, Outcome::kTimedOut);
  EXPECT_EQ(result.hr, MAPI_E_TIMEOUT);
  EXPECT_EQ(owned.use_count(), 3) << "the call still has what it owns";
  EXPECT_EQ(wait_for_abandoned(kShort), 1u);
  gate.set_value();
  EXPECT_EQ(wait_for_abandoned(kLong), 0u);
  EXPECT_EQ(owned.use_count(), 1);
  EXPECT_NE(cleaned.get_future().get(), caller);
}

// The end of a call and of the patience for it at the same moment: exactly one of both sees the result.
TEST(Bounded, AnswersOnceInARace) {
  for (int i = 0; i < 300; ++i) {
    const auto undone = std::make_shared<std::atomic<int>>(0);
    const CallResult result = bounded(
        [] {
          std::this_thread::sleep_for(std::chrono::microseconds(1000));
          return S_OK;
        },
        std::chrono::milliseconds(1), [undone] { ++*undone; });
    ASSERT_EQ(wait_for_abandoned(kLong), 0u);
    ASSERT_EQ(undone->load(), result.ok() ? 0 : 1);
  }
}

TEST(Bounded, ThrowingCleanupHurtsNobody) {
  std::promise<void> gate;
  auto open = gate.get_future().share();
  (void)bounded(
      [open]() -> HRESULT {
        open.wait();
        throw std::runtime_error("late");
      },
      kShort, [] { throw std::runtime_error("later"); });
  gate.set_value();
  EXPECT_EQ(wait_for_abandoned(kLong), 0u);
}

// A thread that is free is used again; one whose call hangs is nobody else's, and nobody waits for it.
TEST(Bounded, FreeThreadsAreKeptWhileMapiIsInitialised) {
  Workers& workers = Workers::get();
  std::set<std::thread::id> threads;
  const auto call = [&] {
    return bounded(
        [&] {
          threads.insert(std::this_thread::get_id());
          return S_OK;
        },
        kLong);
  };
  workers.keep();
  for (int i = 0; i < 200; ++i) ASSERT_EQ(call().hr, S_OK);
  EXPECT_LE(threads.size(), 2u);  // one that another test left behind may come free in between
  EXPECT_GE(workers.idle(), 1u);

  std::promise<void> go;
  std::promise<std::thread::id> who;
  const auto hang = [&who, wait = go.get_future().share()] {
    who.set_value(std::this_thread::get_id());
    wait.wait();
    return S_OK;
  };
  EXPECT_EQ(bounded(hang, kShort).outcome, Outcome::kTimedOut);
  const std::thread::id hung = who.get_future().get();
  threads.clear();
  for (int i = 0; i < 50; ++i) ASSERT_EQ(call().hr, S_OK);
  EXPECT_FALSE(threads.contains(hung));
  go.set_value();
  EXPECT_EQ(wait_for_abandoned(kLong), 0u);

  workers.keep();
  workers.let_go(kLong);
  EXPECT_GE(workers.idle(), 1u) << "the other still wants them";
  workers.let_go(kLong);
  EXPECT_EQ(workers.idle(), 0u);
  ASSERT_EQ(call().hr, S_OK);  // as before
  EXPECT_EQ(workers.idle(), 0u);
}

// What a provider keeps for each thread goes before MAPIUninitialize unloads its library, also if it takes its time.
TEST(Bounded, TheEndOfAKeptThreadIsWaitedFor) {
  static std::atomic<int> alive{0};
  static std::chrono::milliseconds pause{0};
  struct OfThread {
    OfThread() { ++alive; }
    ~OfThread() {
      std::this_thread::sleep_for(pause);
      --alive;
    }
  };
  const auto touch = [] {
    static thread_local OfThread mine;
    (void)mine;
    return S_OK;
  };
  Workers::get().keep();
  pause = std::chrono::milliseconds(50);
  EXPECT_EQ(bounded(touch, kLong).hr, S_OK);
  EXPECT_EQ(alive, 1);
  Workers::get().let_go(kLong);
  EXPECT_EQ(alive, 0);
  // No longer than that.
  Workers::get().keep();
  pause = std::chrono::milliseconds(1500);
  EXPECT_EQ(bounded(touch, kLong).hr, S_OK);
  const auto begun = std::chrono::steady_clock::now();
  Workers::get().let_go(kShort);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(1400));
  for (int i = 0; i < 5000 && alive != 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(alive, 0);
}

// Many callers, calls that nest, and the end of MAPI in between.
TEST(Bounded, ThreadsAreHandedOnUnderLoad) {
  std::atomic<int> done{0};
  std::atomic<bool> stop{false};
  std::thread turns([&] {
    while (!stop) {
      Workers::get().keep();
      std::this_thread::yield();
      Workers::get().let_go(kLong);
    }
  });
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        const auto result = bounded([&] { return bounded([&] { return ++done, S_OK; }, kLong).hr; }, kLong);
        EXPECT_EQ(result.hr, S_OK);
      }
    });
  }
  for (std::thread& each : callers) each.join();
  stop = true;
  turns.join();
  EXPECT_EQ(done, 8 * 200);
  EXPECT_EQ(Workers::get().idle(), 0u);
}

// The issue's own numbers, and what an administrator may make of them.
TEST(Bounded, BoundsAreTheStatedOnesAndChangeable) {
  constexpr const char* kNames[] = {"MAPIARY_LOGON_BOUND", "MAPIARY_LOGOFF_BOUND", "MAPIARY_RELEASE_BOUND",
                                    "MAPIARY_ABORT_BOUND", "MAPIARY_SECTION_BOUND"};
  const auto all = [] {
    const Bounds bounds = Bounds::from_environment();
    std::vector<long> result;
    for (const auto& bound : {bounds.logon, bounds.logoff, bounds.release, bounds.abort, bounds.section})
      result.push_back(static_cast<long>(bound.count()));
    return result;
  };
  const std::vector<long> stated = {60000, 5000, 5000, 2000, 5000};
  for (const char* name : kNames) ::unsetenv(name);
  EXPECT_EQ(all(), stated);
  for (const char* bad : {"", "0", "-5", "soon", "10x", "99999999999999999999"}) {
    for (const char* name : kNames) ::setenv(name, bad, 1);
    EXPECT_EQ(all(), stated) << bad;
  }
  for (std::size_t i = 0; i < std::size(kNames); ++i) ::setenv(kNames[i], std::to_string(100 + i).c_str(), 1);
  EXPECT_EQ(all(), (std::vector<long>{100, 101, 102, 103, 104}));
  for (const char* name : kNames) ::unsetenv(name);
}

}  // namespace
}  // namespace mapiary::session
