// SPDX-License-Identifier: Apache-2.0
// What a mailbox and its transactions share. Safe from any thread.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <utility>

#include "backend/engine.h"
#include "engines/sqlite/connection.h"
#include "engines/sqlite/damage_log.h"
#include "engines/sqlite/signal.h"

namespace mapiary::engines::sqlite {

// The names of a mailbox never change, they only become more: the largest id tells whether a copy is current.
class NameCache {
 public:
  std::shared_ptr<const model::NamedPropertyMap> get(std::int64_t largest) {
    std::lock_guard lock(mutex_);
    return largest == largest_ ? names_ : nullptr;
  }
  void put(std::int64_t largest, std::shared_ptr<const model::NamedPropertyMap> names) {
    std::lock_guard lock(mutex_);
    if (names_ != nullptr && largest <= largest_) return;
    largest_ = largest;
    names_ = std::move(names);
  }

 private:
  std::mutex mutex_;
  std::int64_t largest_ = -1;
  std::shared_ptr<const model::NamedPropertyMap> names_;
};

// Numbers that belonged to folders when they were looked for: such a one is looked for among the folders first. Whether
// it is one still, the file tells.
class FolderNumbers {
 public:
  bool contains(backend::ObjectId id) {
    std::lock_guard lock(mutex_);
    return numbers_.contains(id);
  }
  void add(backend::ObjectId id) {
    constexpr std::size_t kMost = 4096;
    std::lock_guard lock(mutex_);
    if (numbers_.size() >= kMost) numbers_.clear();
    numbers_.insert(id);
  }

 private:
  std::mutex mutex_;
  std::unordered_set<backend::ObjectId> numbers_;
};

struct MailboxCore {
  explicit MailboxCore(PoolOptions options) : pool(std::move(options)) {}

  Pool pool;
  NameCache names;
  DamageLog damage;
  FolderNumbers folders;
  std::optional<Signal> signal;  // of this file, in all processes
  backend::MailboxInfo info;
  bool compress = false;
  std::atomic<bool> unsynced{false};  // a bulk transaction was committed since the last sync
};

Result<std::unique_ptr<backend::Transaction>> begin(std::shared_ptr<MailboxCore> core, backend::Mode mode);

}  // namespace mapiary::engines::sqlite
