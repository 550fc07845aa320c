// SPDX-License-Identifier: Apache-2.0
#include "com/notifier.h"

#include "com/border.h"

namespace mapiary::com {
namespace {

// A sink is foreign code: what it throws ends here.
void call(IMAPIAdviseSink* sink, const Notice& notice) {
  (void)border([&]() -> Status {
    sink->OnNotify(notice.count(), notice.items());
    return {};
  });
}

}  // namespace

Subscription::~Subscription() { close(); }

void Subscription::close() {
  Ref<IMAPIAdviseSink> last;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    closed_ = true;
    if (!running_) last = std::move(sink_);
  }
  Notifier::get().unsubscribed();
}

void Subscription::deliver(const Notice& notice) {
  IMAPIAdviseSink* sink = nullptr;
  // Before the call: what changes while the sink reads is told of again.
  pending_.fetch_sub(1, std::memory_order_acq_rel);
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    running_ = true;
    sink = sink_.get();
  }
  call(sink, notice);
  Ref<IMAPIAdviseSink> last;
  const std::lock_guard lock(mutex_);
  running_ = false;
  if (closed_) last = std::move(sink_);
}

// Never destroyed: sinks may still be registered when the process ends, and the thread then goes with it.
Notifier& Notifier::get() {
  static auto* const notifier = new Notifier;
  return *notifier;
}

SubscriptionPtr Notifier::subscribe(IMAPIAdviseSink* sink) {
  SubscriptionPtr made(new Subscription(Ref<IMAPIAdviseSink>::share(sink)));
  const std::lock_guard lock(mutex_);
  ++subscriptions_;
  if (!thread_runs_) {
    std::thread([this] { run(); }).detach();
    thread_runs_ = true;
  }
  return made;
}

void Notifier::unsubscribed() {
  const std::lock_guard lock(mutex_);
  if (--subscriptions_ == 0) changed_.notify_all();
}

void Notifier::post(SubscriptionPtr to, NoticePtr notice) {
  const std::lock_guard lock(mutex_);
  to->pending_.fetch_add(1, std::memory_order_acq_rel);
  queue_.push_back({std::move(to), std::move(notice)});
  ++posted_;
  changed_.notify_all();
}

// Requires that nobody delivers and the queue is not empty. Gives the lock up while the sink runs.
bool Notifier::deliver_one(std::unique_lock<std::mutex>& lock) {
  Entry entry = std::move(queue_.front());
  queue_.pop_front();
  delivering_ = std::this_thread::get_id();
  lock.unlock();
  entry.to->deliver(*entry.notice);
  entry = {};  // the last reference to a sink may go here: outside the lock
  lock.lock();
  delivering_ = {};
  ++delivered_;
  changed_.notify_all();
  return !queue_.empty();
}

void Notifier::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] {
      const bool idle = delivering_ == std::thread::id();
      return idle && (!queue_.empty() || subscriptions_ == 0);
    });
    if (queue_.empty()) break;
    deliver_one(lock);
  }
  thread_runs_ = false;
}

void Notifier::flush() {
  std::unique_lock lock(mutex_);
  if (delivering_ == std::this_thread::get_id()) return;
  const std::uint64_t target = posted_;
  while (delivered_ < target) {
    if (delivering_ == std::thread::id() && !queue_.empty()) {
      deliver_one(lock);
    } else {
      changed_.wait(lock);
    }
  }
}

std::shared_ptr<ThreadInbox> ThreadInbox::mine() {
  thread_local const std::shared_ptr<ThreadInbox> inbox = std::make_shared<ThreadInbox>();
  return inbox;
}

void ThreadInbox::put(Ref<IMAPIAdviseSink> sink, NoticePtr notice) {
  const std::lock_guard lock(mutex_);
  queue_.push_back({std::move(sink), std::move(notice)});
}

std::size_t ThreadInbox::deliver() {
  std::size_t count = 0;
  std::unique_lock lock(mutex_);
  if (delivering_) return 0;
  delivering_ = true;
  for (; !queue_.empty(); ++count) {
    Entry entry = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    call(entry.sink.get(), *entry.notice);
    entry = {};
    lock.lock();
  }
  delivering_ = false;
  return count;
}

}  // namespace mapiary::com
