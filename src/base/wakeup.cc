// SPDX-License-Identifier: Apache-2.0
#include "base/wakeup.h"

#include "base/clock.h"

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#endif

namespace mapiary {

using Time = std::chrono::steady_clock::time_point;

void Wakeup::wait() {
  (void)wait_until(nullptr);
}

bool Wakeup::wait_for(std::chrono::milliseconds limit) {
  const Time now = steady_now();
  const auto longest = std::chrono::duration_cast<std::chrono::milliseconds>(Time::max() - now);
  if (limit >= longest) return wait_until(nullptr);
  const Time until = now + limit;
  return wait_until(&until);
}

#if defined(__linux__)

namespace {

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value, const timespec* until) {
  static_assert(sizeof word == sizeof(std::uint32_t) && std::atomic<std::uint32_t>::is_always_lock_free);
  return ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation | FUTEX_PRIVATE_FLAG, value, until,
                   nullptr, FUTEX_BITSET_MATCH_ANY);
}

// The steady clock is CLOCK_MONOTONIC, which is what FUTEX_WAIT_BITSET counts in.
timespec to_timespec(Time at) {
  const auto since = at.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  timespec result{};
  result.tv_sec = static_cast<time_t>(seconds.count());
  result.tv_nsec = static_cast<long>(std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds).count());
  return result;
}

}  // namespace

void Wakeup::raise() {
  if (word_.exchange(kRaised, std::memory_order_acq_rel) == kSomebodySleeps) {
    (void)futex(word_, FUTEX_WAKE_BITSET, 1, nullptr);
  }
}

bool Wakeup::wait_until(const Time* until) {
  const timespec end = until ? to_timespec(*until) : timespec{};
  for (;;) {
    std::uint32_t seen = kRaised;
    if (word_.compare_exchange_strong(seen, kNothing, std::memory_order_acquire)) return true;
    if (until && steady_now() >= *until) {
      // Raised in this moment: then it is taken after all.
      return word_.exchange(kNothing, std::memory_order_acquire) == kRaised;
    }
    seen = kNothing;
    if (word_.compare_exchange_strong(seen, kSomebodySleeps, std::memory_order_acquire) || seen == kSomebodySleeps) {
      (void)futex(word_, FUTEX_WAIT_BITSET, kSomebodySleeps, until ? &end : nullptr);
    }
  }
}

#else

void Wakeup::raise() {
  {
    const std::lock_guard lock(mutex_);
    word_ = kRaised;
  }
  changed_.notify_one();
}

bool Wakeup::wait_until(const Time* until) {
  std::unique_lock lock(mutex_);
  const auto is_raised = [&] { return word_ == kRaised; };
  if (until) {
    if (!changed_.wait_until(lock, *until, is_raised)) return false;
  } else {
    changed_.wait(lock, is_raised);
  }
  word_ = kNothing;
  return true;
}

#endif

}  // namespace mapiary
