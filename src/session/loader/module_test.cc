// SPDX-License-Identifier: Apache-2.0
// Calls into a library that follow one another: in order, on one thread, within one limit, each with its own answer.
#include "session/loader/module.h"

#include <gtest/gtest.h>
#include <mapicode.h>

#include <future>
#include <set>
#include <stdexcept>
#include <thread>

namespace mapiary::session {
namespace {

constexpr std::chrono::seconds kNoHurry{60};
constexpr std::chrono::milliseconds kMoment{30};

using StepNames = std::vector<std::string>;

class Steps : public ::testing::Test {
 protected:
  void SetUp() override {
    auto library = DynLib::open("libc.so.6");
    ASSERT_TRUE(library);
    module_ = std::make_shared<Module>(std::move(*library), "c");
  }
  // What is pinned stays for ever, as in the subsystem's table.
  void TearDown() override {
    static auto* const all = new std::vector<ModulePtr>;
    all->push_back(module_);
  }
  Step step(std::string name, std::function<HRESULT()> body) {
    return {name, [this, name, body = std::move(body)] {
              {
                const std::lock_guard lock(mutex_);
                made_.push_back(name);
                threads_.insert(std::this_thread::get_id());
              }
              return body();
            }};
  }
  StepNames made() {
    const std::lock_guard lock(mutex_);
    return made_;
  }
  static HRESULT well() { return S_OK; }

  ModulePtr module_;
  std::mutex mutex_;
  StepNames made_;
  std::set<std::thread::id> threads_;
};

TEST_F(Steps, EachIsMadeWhateverBecameOfTheOneBefore) {
  std::vector<Step> steps;
  steps.push_back(step("one", [] { return MAPI_E_NO_ACCESS; }));
  steps.push_back(step("two", []() -> HRESULT { throw std::runtime_error("no"); }));
  steps.push_back(step("three", well));
  bool was_late = false;
  const auto results = bounded_in(module_, std::move(steps), kNoHurry, [&] { was_late = true; });
  ASSERT_EQ(3u, results.size());
  EXPECT_EQ(Outcome::kReturned, results[0].outcome);
  EXPECT_EQ(MAPI_E_NO_ACCESS, results[0].hr);
  EXPECT_EQ(Outcome::kThrew, results[1].outcome);
  EXPECT_EQ(MAPI_E_CALL_FAILED, results[1].hr);
  EXPECT_TRUE(results[2].ok());
  EXPECT_EQ((StepNames{"one", "two", "three"}), made());
  EXPECT_EQ(1u, threads_.size());
  EXPECT_FALSE(threads_.contains(std::this_thread::get_id()));
  EXPECT_FALSE(was_late);
  EXPECT_EQ((StepNames{"two threw an exception"}), module_->pinned_by());
}

// What hangs is named, and what is behind it waits; nobody is told of its end.
TEST_F(Steps, TheOneThatHangsIsTheLastWithAnAnswer) {
  for (const std::size_t hanging : {std::size_t{0}, std::size_t{1}}) {
    SCOPED_TRACE(hanging);
    made_.clear();
    std::promise<void> gate;
    const auto owned = std::make_shared<int>(0);
    const auto hang = [wait = gate.get_future().share()] {
      wait.wait();
      return S_OK;
    };
    std::vector<Step> steps;
    steps.push_back(step("one", hanging == 0 ? std::function<HRESULT()>(hang) : well));
    steps.push_back(step("two", hanging == 1 ? std::function<HRESULT()>(hang) : well));
    StepNames order;
    const auto results = bounded_in(module_, std::move(steps), kMoment, [this, &order, owned] { order = made(); });
    ASSERT_EQ(hanging + 1, results.size());
    EXPECT_EQ(Outcome::kTimedOut, results.back().outcome);
    EXPECT_EQ(MAPI_E_TIMEOUT, results.back().hr);
    EXPECT_TRUE(hanging == 0 || results.front().ok());
    EXPECT_EQ(hanging + 1, made().size());
    EXPECT_EQ((StepNames{made().back() + " has not returned"}), module_->pinned_by());
    EXPECT_FALSE(module_->may_unload());
    gate.set_value();
    EXPECT_EQ(0u, wait_for_abandoned(kNoHurry));
    EXPECT_EQ((StepNames{"one", "two"}), order) << "then the cleanup";
    EXPECT_EQ(1, owned.use_count());
    EXPECT_EQ(StepNames{}, module_->pinned_by());
  }
}

// One that throws when nobody waits any more holds the library all the same.
TEST_F(Steps, ALateExceptionHoldsTheLibraryToo) {
  std::promise<void> gate;
  std::vector<Step> steps;
  steps.push_back(step("one", [wait = gate.get_future().share()]() -> HRESULT {
    wait.wait();
    throw std::runtime_error("late");
  }));
  steps.push_back(step("two", well));
  EXPECT_EQ(1u, bounded_in(module_, std::move(steps), kMoment).size());
  gate.set_value();
  EXPECT_EQ(0u, wait_for_abandoned(kNoHurry));
  EXPECT_EQ((StepNames{"one", "two"}), made());
  EXPECT_EQ((StepNames{"one threw an exception"}), module_->pinned_by());
}

// What a step owns is gone before the next one is made, and all of it before the caller goes on.
TEST_F(Steps, WhatAStepOwnsGoesWithIt) {
  const auto first = std::make_shared<int>(0), second = std::make_shared<int>(0);
  long seen = 0;
  std::vector<Step> steps;
  steps.push_back(step("one", [keep = first] { return S_OK; }));
  steps.push_back(step("two", [&, keep = second] {
    seen = first.use_count();
    return S_OK;
  }));
  ASSERT_EQ(2u, bounded_in(module_, std::move(steps), kNoHurry).size());
  EXPECT_EQ(1, seen);
  EXPECT_EQ(1, second.use_count());
}

}  // namespace
}  // namespace mapiary::session
