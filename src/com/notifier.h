// SPDX-License-Identifier: Apache-2.0
// The notification engine of the process: events wait in one queue and reach advise sinks outside every lock, one at a time, in the order in
// which they were posted. Whoever changes something posts while it holds its own lock (a Gate), so the order is that of the commits.
//
//   auto connection = Notifier::get().subscribe(sink);          // Advise: adds a reference to the sink
//   Notifier::get().post(connection, std::move(notice));      // under the lock; never calls a sink
//   connection->close();                                        // Unadvise: releases it, or lets the running OnNotify end first
//
// One thread delivers; it lives while there are subscriptions. flush() delivers on the caller's thread instead (HrDispatchNotifications).
// ThreadInbox is for sinks that may only be called on the thread that bound them (HrThisThreadAdviseSink). Safe from any thread.
// Pages: event-notification-in-mapi, imapitable-unadvise, hrthisthreadadvisesink, hrdispatchnotifications, forcing-a-notification.
#pragma once

#include <mapix.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "com/memory.h"
#include "com/ref.h"

namespace mapiary::com {

// NOTIFICATION structures in one MAPI block, shared by all who are to see them. Immutable.
class Notice {
 public:
  // Takes over `block`, whose root is an array of `count`.
  Notice(OutBlock block, LPNOTIFICATION items, ULONG count)
      : block_(std::move(block)), items_(items), count_(count) {}
  Notice(const Notice&) = delete;
  Notice& operator=(const Notice&) = delete;

  LPNOTIFICATION items() const { return items_; }
  ULONG count() const { return count_; }

 private:
  OutBlock block_;
  LPNOTIFICATION items_;
  ULONG count_;
};
using NoticePtr = std::shared_ptr<const Notice>;

// One Advise.
class Subscription {
 public:
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  // No OnNotify begins after this. The sink is released now, or by the thread that is in its OnNotify when that returns.
  void close();
  // Notices posted that OnNotify has not begun with: a source that outruns its sink sees it here and can say less.
  std::uint32_t pending() const { return pending_.load(std::memory_order_acquire); }

 private:
  friend class Notifier;
  explicit Subscription(Ref<IMAPIAdviseSink> sink) : sink_(std::move(sink)) {}
  void deliver(const Notice& notice);

  std::mutex mutex_;
  Ref<IMAPIAdviseSink> sink_;
  std::atomic<std::uint32_t> pending_{0};
  bool running_ = false;
  bool closed_ = false;
};
using SubscriptionPtr = std::shared_ptr<Subscription>;

class Notifier {
 public:
  static Notifier& get();

  SubscriptionPtr subscribe(IMAPIAdviseSink* sink);
  void post(SubscriptionPtr to, NoticePtr notice);
  // Returns when all that was posted before the call has been delivered: on this thread, or by one that is at it. Called from inside an
  // OnNotify it returns at once, since what follows must wait for that OnNotify. Do not hold a lock a sink may want.
  void flush();

 private:
  friend class Subscription;
  struct Entry {
    SubscriptionPtr to;
    NoticePtr notice;
  };

  Notifier() = default;
  void unsubscribed();
  void run();
  bool deliver_one(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Entry> queue_;
  std::uint64_t posted_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint32_t subscriptions_ = 0;
  bool thread_runs_ = false;
  std::thread::id delivering_;  // who is in an OnNotify; none: nobody
};

// What waits for one thread. put() from anywhere; deliver() calls the sinks, on the thread that owns the inbox only.
class ThreadInbox {
 public:
  // The calling thread's own. It may outlive the thread: what is put then is never delivered.
  static std::shared_ptr<ThreadInbox> mine();

  void put(Ref<IMAPIAdviseSink> sink, NoticePtr notice);
  // How many were delivered. Inside a sink that it calls, it does nothing.
  std::size_t deliver();
  bool is_mine() const { return owner_ == std::this_thread::get_id(); }

 private:
  struct Entry {
    Ref<IMAPIAdviseSink> sink;
    NoticePtr notice;
  };
  std::mutex mutex_;
  std::deque<Entry> queue_;
  std::thread::id owner_ = std::this_thread::get_id();
  bool delivering_ = false;
};

}  // namespace mapiary::com
