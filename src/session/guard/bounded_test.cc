// SPDX-License-Identifier: Apache-2.0
// Bounded calls: in time, too late, throwing; who cleans up, and when.
#include "session/guard/bounded.h"

#include <gtest/gtest.h>
#include <mapicode.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

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
