// SPDX-License-Identifier: Apache-2.0
// Damage that readers met in a file and that did not keep them from answering: a value that is an error, a folder that
// is put together from what is left. Who copies what a store gives asks for it (docs/message-stores.md, 0x67A8 and
// 0x67A9), or a loss would look like success. Safe from any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "model/prop_tag.h"

namespace mapiary::engines::sqlite {

// Properties of the mailbox object, given by their tags alone.
inline constexpr model::PropTag kDamageMet{0x67A80003};  // how often since the file was opened
inline constexpr model::PropTag kDamage{0x67A9101F};     // a sentence for each that differs

class DamageLog {
 public:
  void note(std::string what) {
    const std::lock_guard lock(mutex_);
    if (met_ < INT32_MAX) ++met_;
    if (texts_.size() < kMost) texts_.insert(std::move(what));
  }
  std::int32_t met() const {
    const std::lock_guard lock(mutex_);
    return met_;
  }
  std::vector<std::string> texts() const {
    const std::lock_guard lock(mutex_);
    return {texts_.begin(), texts_.end()};
  }

 private:
  static constexpr std::size_t kMost = 1000;
  mutable std::mutex mutex_;
  std::int32_t met_ = 0;
  std::set<std::string> texts_;
};

}  // namespace mapiary::engines::sqlite
