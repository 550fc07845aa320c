// SPDX-License-Identifier: Apache-2.0
// The notification engine of the process: events wait in one queue and reach advise sinks outside every lock, one at a
// time, in the order in which they were posted. Whoever changes something posts while it holds its own lock (a Gate),
// so the order is that of the commits.
//
//   auto connection = Notifier::get().subscribe(sink);          // Advise: adds a reference to the sink
//   Notifier::get().post(connection, std::move(notice));      // under the lock; never calls a sink
//   connection->close();                                        // Unadvise: releases it, or lets the running OnNotify
//   end first
//
// One thread delivers; it lives while there are subscriptions. flush() delivers on the caller's thread instead
// (HrDispatchNotifications). After bind() new subscriptions belong to one thread: its inbox (com/thread_inbox.h) gets
// what is theirs. Sinks that answer kAnyThreadSink are never bound: they queue for a thread themselves or are ours.
// Safe from any thread. Pages: event-notification-in-mapi, imapitable-unadvise, hrdispatchnotifications,
// forcing-a-notification, initializing-mapi, implementing-thread-safe-objects.
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
  Notice(OutBlock block, LPNOTIFICATION items, ULONG count) : block_(std::move(block)), items_(items), count_(count) {}
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

class ThreadInbox;

// QueryInterface for it succeeds on sinks that may be called on any thread, whatever bind() says.
extern const IID kAnyThreadSink;

// One Advise.
class Subscription : public std::enable_shared_from_this<Subscription> {
 public:
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  // No OnNotify begins after this. The sink is released now, or by the thread that is in its OnNotify when that
  // returns.
  void close();
  // Notices posted that OnNotify has not begun with: a source that outruns its sink sees it here and can say less.
  std::uint32_t pending() const { return pending_.load(std::memory_order_acquire); }

 private:
  friend class Notifier;
  friend class BoundSink;
  Subscription(Ref<IMAPIAdviseSink> sink, std::shared_ptr<ThreadInbox> inbox)
      : inbox_(std::move(inbox)), sink_(std::move(sink)) {}
  // To the sink, or into the inbox of the thread it belongs to.
  void deliver(const NoticePtr& notice);
  void call(ULONG count, LPNOTIFICATION items);
  void forget_one() { pending_.fetch_sub(1, std::memory_order_acq_rel); }

  const std::shared_ptr<ThreadInbox> inbox_;  // NULL: any thread

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
  // Returns when all that was posted before the call has been delivered: on this thread, or by one that is at it.
  // Called from inside an OnNotify it returns at once, since what follows must wait for that OnNotify. Do not hold a
  // lock a sink may want.
  void flush();

  // From now on subscriptions belong to this thread, which hears of them when it dispatches (MAPIInitialize without
  // MAPI_MULTITHREAD_NOTIFICATIONS). NULL: to the engine's own thread.
  void bind(std::shared_ptr<ThreadInbox> inbox);
  // Keeps the engine's thread, started now if need be, without subscriptions too, until the same call with false.
  void hold_thread(bool hold);

 private:
  friend class Subscription;
  struct Entry {
    SubscriptionPtr to;
    NoticePtr notice;
  };

  Notifier() = default;
  void add_user();
  void unsubscribed();
  void run();
  bool deliver_one(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Entry> queue_;
  std::uint64_t posted_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint32_t subscriptions_ = 0;  // and one for hold_thread
  std::shared_ptr<ThreadInbox> bound_;
  bool thread_runs_ = false;
  std::thread::id delivering_;  // who is in an OnNotify; none: nobody
};

}  // namespace mapiary::com
