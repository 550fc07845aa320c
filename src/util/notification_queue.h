// SPDX-License-Identifier: Apache-2.0
// Notifications on their way to a thread: copies, in the order in which they came, each with the sink it is for. post() may be called from
// any thread; dispatch() is for the queue's own thread. A queue closes when its thread ends: what is in it, and what still comes, is dropped,
// since no other thread may run those sinks.
#pragma once

#include <mapix.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "base/result.h"
#include "com/ref.h"

namespace mapiary::util {

class NotificationQueue {
 public:
  // That of the calling thread.
  static std::shared_ptr<NotificationQueue> of_this_thread();

  bool is_mine() const { return thread_ == std::this_thread::get_id(); }
  // kInvalidArgument: notifications that cannot be copied.
  Status post(com::Ref<IMAPIAdviseSink> sink, ULONG count, const NOTIFICATION* list);
  // Delivers what was in the queue when it was called (what sinks cause meanwhile waits) and tells how many calls that were.
  std::size_t dispatch();
  void close();

 private:
  struct Delivery {
    com::Ref<IMAPIAdviseSink> sink;
    ULONG count = 0;
    std::unique_ptr<std::byte[]> block;
  };
  bool pop(Delivery& out);

  const std::thread::id thread_ = std::this_thread::get_id();
  std::mutex mutex_;
  std::deque<Delivery> waiting_;
  bool closed_ = false;
};

}  // namespace mapiary::util
