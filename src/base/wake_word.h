// SPDX-License-Identifier: Apache-2.0
// A counter that one process raises and others sleep on: the hint that something shared has changed. It may be raised
// without need (several keys share one counter) and may be missed by those who have another one, so whoever waits looks
// at the truth when woken, and now and then without (docs/adr/0047-wake-words.md).
//
// The counters of a user are one page of shared memory, the same for all his processes; only their change means
// something, so a process that dies leaves nothing behind. Linux: a futex in /dev/shm. Elsewhere, where there is no
// shared memory, and with MAPIARY_SHARED_WAKE=0, the counters are the process's own. Safe from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "base/result.h"

namespace mapiary {

class WakeWord {
 public:
  // For all processes of the user where that can be had.
  static WakeWord of_user(std::uint64_t key);
  static WakeWord of_process(std::uint64_t key);

  bool is_shared() const { return page_ != nullptr; }
  std::uint32_t count() const { return word_->load(std::memory_order_acquire); }
  // Adds one and wakes all who wait.
  void raise() const;
  // Until count() differs from `seen`, the time is over, or a stop is asked for. May return early.
  void wait(std::uint32_t seen, std::chrono::steady_clock::time_point until, const std::stop_token& stop) const;

 private:
  WakeWord(std::shared_ptr<void> page, std::atomic<std::uint32_t>* word) : page_(std::move(page)), word_(word) {}

  std::shared_ptr<void> page_;  // the mapping; null: the process's own counters
  std::atomic<std::uint32_t>* word_;
};

// A number for the file at `path`, the same under every name it has on this machine. kNotFound.
Result<std::uint64_t> file_key(const std::string& path);

}  // namespace mapiary
