// SPDX-License-Identifier: Apache-2.0
// The hint that a mailbox file has changed: wakes those who wait in this process. It may be early, late or missing; the
// change log is the truth, so waiters look at it every so often all the same (kPoll), which is also how they learn of
// other processes. Safe from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace mapiary::engines::sqlite {

class Signal {
 public:
  static constexpr std::chrono::milliseconds kPoll{100};

  // The one of this path; it lives as long as somebody holds it.
  static std::shared_ptr<Signal> of(const std::string& path);

  std::uint64_t count();
  void raise();
  // Until count() differs from `seen`, the time is over, or a stop is asked for.
  void wait(std::uint64_t seen, std::chrono::steady_clock::time_point until, const std::stop_token& stop);

 private:
  std::mutex mutex_;
  std::condition_variable_any raised_;
  std::uint64_t count_ = 0;
};

}  // namespace mapiary::engines::sqlite
