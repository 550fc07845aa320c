// SPDX-License-Identifier: Apache-2.0
// One thread sleeps until another wakes it: what a condition variable with its mutex does, for a pair of threads and
// half of the system calls (the woken thread has no lock to take, and none to give back). A wake-up that comes before
// the sleep is not lost; several are one. What was written before raise() is seen after the wait it ends. One thread
// waits at a time; any may raise. Nothing may end the object's life while somebody is in raise().
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#if !defined(__linux__)
#include <condition_variable>
#include <mutex>
#endif

namespace mapiary {

class Wakeup {
 public:
  Wakeup() = default;
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  void raise();
  void wait();
  // False: nobody raised it in time.
  bool wait_for(std::chrono::milliseconds limit);

 private:
  // `until` null: without end.
  bool wait_until(const std::chrono::steady_clock::time_point* until);

  enum : std::uint32_t { kNothing, kRaised, kSomebodySleeps };
  std::atomic<std::uint32_t> word_{kNothing};
#if !defined(__linux__)
  std::mutex mutex_;
  std::condition_variable changed_;
#endif
};

}  // namespace mapiary
