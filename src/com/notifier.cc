// SPDX-License-Identifier: Apache-2.0
#include "com/notifier.h"

#include "com/border.h"
#include "com/object.h"
#include "com/thread_inbox.h"

namespace mapiary::com {

const IID kAnyThreadSink = {0x7B2C1D07, 0x5E6F, 0x4A31, {0x9C, 0x40, 0x6D, 0x61, 0x70, 0x69, 0x73, 0x74}};

namespace {

bool may_be_called_anywhere(IMAPIAdviseSink* sink) {
  Ref<IUnknown> found;
  return SUCCEEDED(border([&]() -> Result<HRESULT> {
    return sink->QueryInterface(kAnyThreadSink, reinterpret_cast<void**>(found.put()));
  }));
}

}  // namespace

// What waits in a thread's inbox: one notice of one subscription.
class BoundSink final : public Object<IMAPIAdviseSink> {
 public:
  explicit BoundSink(SubscriptionPtr to) : to_(std::move(to)) {}
  ~BoundSink() {
    if (to_) to_->forget_one();  // the thread has ended
  }
  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION items) override {
    const SubscriptionPtr to = std::move(to_);
    if (to) to->call(count, items);
    return 0;
  }

 private:
  SubscriptionPtr to_;
};

Subscription::~Subscription() {
  close();
}

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

void Subscription::deliver(const NoticePtr& notice) {
  if (!inbox_) return call(notice->count(), notice->items());
  if (ThreadInbox::mine() != inbox_ || inbox_->is_delivering()) {
    inbox_->put(make<BoundSink>(shared_from_this()), notice);
    return;
  }
  inbox_->deliver();  // what came before
  call(notice->count(), notice->items());
}

void Subscription::call(ULONG count, LPNOTIFICATION items) {
  IMAPIAdviseSink* sink = nullptr;
  // Before the call: what changes while the sink reads is told of again.
  forget_one();
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    running_ = true;
    sink = sink_.get();
  }
  // A sink is foreign code: what it throws ends here.
  (void)border([&]() -> Status {
    sink->OnNotify(count, items);
    return {};
  });
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
  std::shared_ptr<ThreadInbox> inbox;
  if (!may_be_called_anywhere(sink)) {
    const std::lock_guard lock(mutex_);
    inbox = bound_;
  }
  add_user();
  return SubscriptionPtr(new Subscription(Ref<IMAPIAdviseSink>::share(sink), std::move(inbox)));
}

void Notifier::add_user() {
  const std::lock_guard lock(mutex_);
  if (!thread_runs_) {
    std::thread([this] { run(); }).detach();
    thread_runs_ = true;
  }
  ++subscriptions_;
}

void Notifier::bind(std::shared_ptr<ThreadInbox> inbox) {
  const std::lock_guard lock(mutex_);
  bound_ = std::move(inbox);
}

void Notifier::hold_thread(bool hold) {
  if (hold) return add_user();
  unsubscribed();
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
  entry.to->deliver(entry.notice);
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

}  // namespace mapiary::com
