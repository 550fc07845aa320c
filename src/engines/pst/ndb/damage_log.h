// SPDX-License-Identifier: Apache-2.0
// The damage that was met while a file was read, including what could be worked around: whoever gives data on must be
// able to tell that it may not be all, or not as it was. Safe from any thread.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/hex.h"

namespace mapiary::engines::pst {

class DamageLog {
 public:
  static constexpr std::size_t kMost = 1000;  // texts

  void note(const Error& error) {
    met_.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    if (texts_.size() < kMost) texts_.insert(error.message);
  }
  // More about what was noted.
  void tell(std::string text) {
    const std::lock_guard lock(mutex_);
    if (texts_.size() < kMost) texts_.insert(std::move(text));
  }
  // Numbers of nodes, of which a damaged page of their tree may have listed more than is known.
  void lose_nodes(std::uint64_t first, std::uint64_t last) {
    const std::lock_guard lock(mutex_);
    if (lost_.size() < kMost) lost_.emplace(first, last);
  }
  // How often damage was met; the same place counts each time it is read.
  std::uint64_t met() const { return met_.load(std::memory_order_relaxed); }
  // Each finding once.
  std::vector<std::string> texts() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> all(texts_.begin(), texts_.end());
    for (auto at = lost_.begin(); at != lost_.end();) {
      const std::uint64_t first = at->first;
      std::uint64_t last = at->second;
      while (++at != lost_.end() && at->first <= last + 1) last = std::max(last, at->second);
      all.push_back("NBT: nodes " + hex(first) + " to " + hex(last) +
                    " may be lost: a page that lists them is damaged");
    }
    return all;
  }

 private:
  std::atomic<std::uint64_t> met_ = 0;
  mutable std::mutex mutex_;
  std::set<std::string> texts_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> lost_;  // first, last
};

}  // namespace mapiary::engines::pst
