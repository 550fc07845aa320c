// SPDX-License-Identifier: Apache-2.0
// The damage that was met while a file was read, including what could be worked around: whoever gives data on must be
// able to tell that it may not be all, or not as it was. Safe from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"

namespace mapiary::engines::pst {

class DamageLog {
 public:
  static constexpr std::size_t kMost = 1000;  // texts

  void note(const Error& error) {
    met_.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    if (texts_.size() < kMost) texts_.insert(error.message);
  }
  // How often damage was met; the same place counts each time it is read.
  std::uint64_t met() const { return met_.load(std::memory_order_relaxed); }
  // Each finding once.
  std::vector<std::string> texts() const {
    const std::lock_guard lock(mutex_);
    return {texts_.begin(), texts_.end()};
  }

 private:
  std::atomic<std::uint64_t> met_ = 0;
  mutable std::mutex mutex_;
  std::set<std::string> texts_;
};

}  // namespace mapiary::engines::pst
