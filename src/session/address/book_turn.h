// SPDX-License-Identifier: Apache-2.0
// Who logs on the address books of a session: one thread at a time; the others wait, or go on without. Unlike a mutex
// it may be asked for inside of the work it guards, by another thread. Safe from any thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

namespace mapiary::session {

class BookTurn {
 public:
  class Holder {
   public:
    explicit Holder(BookTurn* turn) : turn_(turn) {}
    Holder(Holder&& other) noexcept : turn_(std::exchange(other.turn_, nullptr)) {}
    Holder& operator=(Holder&&) = delete;
    ~Holder() {
      if (turn_) turn_->give_back();
    }
    explicit operator bool() const { return turn_ != nullptr; }

   private:
    BookTurn* turn_;
  };

  // Without `wait` the holder is empty when somebody else has it.
  Holder take(bool wait) {
    std::unique_lock lock(mutex_);
    if (taken_ && !wait) return Holder(nullptr);
    free_.wait(lock, [&] { return !taken_; });
    taken_ = true;
    return Holder(this);
  }

 private:
  void give_back() {
    const std::lock_guard lock(mutex_);
    taken_ = false;
    free_.notify_one();
  }
  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;
};

}  // namespace mapiary::session
