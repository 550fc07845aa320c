// SPDX-License-Identifier: Apache-2.0
// What was read of the file last, within a bound of bytes: memory does not grow with the file. Values are shared and
// immutable, so one that is dropped here lives on with who holds it. Safe from any thread.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace mapiary::engines::pst {

template <class Key, class Value>
class LruCache {
 public:
  explicit LruCache(std::size_t limit) : limit_(limit) {}

  std::shared_ptr<const Value> find(Key key) {
    const std::lock_guard lock(mutex_);
    const auto at = index_.find(key);
    if (at == index_.end()) return nullptr;
    items_.splice(items_.begin(), items_, at->second);
    return at->second->value;
  }

  void put(Key key, std::shared_ptr<const Value> value, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    if (index_.contains(key) || bytes > limit_) return;
    items_.push_front({key, std::move(value), bytes});
    index_[key] = items_.begin();
    used_ += bytes;
    while (used_ > limit_) {
      used_ -= items_.back().bytes;
      index_.erase(items_.back().key);
      items_.pop_back();
    }
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    index_.clear();
    items_.clear();
    used_ = 0;
  }

 private:
  struct Item {
    Key key;
    std::shared_ptr<const Value> value;
    std::size_t bytes;
  };

  std::mutex mutex_;
  std::size_t limit_;
  std::size_t used_ = 0;
  std::list<Item> items_;
  std::unordered_map<Key, typename std::list<Item>::iterator> index_;
};

}  // namespace mapiary::engines::pst
