// SPDX-License-Identifier: Apache-2.0
// Advise sinks that MAPI makes for clients, and their delivery. Pages: hrallocadvisesink, hrthisthreadadvisesink, hrdispatchnotifications.
#include <mapicode.h>
#include <mapiutil.h>

#include <utility>

#include "com/border.h"
#include "com/object.h"
#include "util/idle_engine.h"
#include "util/init.h"
#include "util/notification_block.h"
#include "util/notification_queue.h"

namespace mapiary::util {
namespace {

void deliver(IMAPIAdviseSink& sink, ULONG count, NOTIFICATION* list) {
  (void)com::border([&]() -> Status {
    sink.OnNotify(count, list);
    return {};
  });
}

class CallbackSink final : public com::Object<IMAPIAdviseSink> {
 public:
  CallbackSink(LPNOTIFCALLBACK callback, void* context) : callback_(callback), context_(context) {}

  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION list) override {
    return static_cast<ULONG>(callback_(context_, count, list));
  }

 private:
  LPNOTIFCALLBACK callback_;
  void* context_;
};

// On the thread it belongs to it delivers at once, after all that is still waiting; from any other it queues a copy.
class ThreadSink final : public com::Object<IMAPIAdviseSink> {
 public:
  explicit ThreadSink(com::Ref<IMAPIAdviseSink> wrapped) : wrapped_(std::move(wrapped)) {}

  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION list) override {
    return static_cast<ULONG>(com::border([&]() -> Status {
      if (!queue_->is_mine()) return queue_->post(wrapped_, count, list);
      queue_->dispatch();
      deliver(*wrapped_, count, list);
      return {};
    }));
  }

 private:
  com::Ref<IMAPIAdviseSink> wrapped_;
  std::shared_ptr<NotificationQueue> queue_ = NotificationQueue::of_this_thread();
};

struct ThreadQueue {
  std::shared_ptr<NotificationQueue> queue = std::make_shared<NotificationQueue>();
  ~ThreadQueue() { queue->close(); }
};

}  // namespace

std::shared_ptr<NotificationQueue> NotificationQueue::of_this_thread() {
  thread_local const ThreadQueue mine;
  return mine.queue;
}

Status NotificationQueue::post(com::Ref<IMAPIAdviseSink> sink, ULONG count, const NOTIFICATION* list) {
  if (count == 0) return {};
  if (!list) return fail(Code::kInvalidArgument, "util", "notifications without an array", count);
  const auto size = notifications_size(list, count);
  if (!size) return fail(Code::kInvalidArgument, "util", "a notification that is not valid", count);
  Delivery delivery{std::move(sink), count, std::make_unique<std::byte[]>(*size)};
  if (!copy_notifications(list, count, delivery.block.get()))
    return fail(Code::kInvalidArgument, "util", "a notification changed while it was copied", count);
  const std::lock_guard lock(mutex_);
  if (!closed_) waiting_.push_back(std::move(delivery));
  return {};
}

bool NotificationQueue::pop(Delivery& out) {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return false;
  out = std::move(waiting_.front());
  waiting_.pop_front();
  return true;
}

std::size_t NotificationQueue::dispatch() {
  std::size_t wanted;
  {
    const std::lock_guard lock(mutex_);
    wanted = waiting_.size();
  }
  std::size_t delivered = 0;
  Delivery next;
  for (; delivered < wanted && pop(next); ++delivered) {
    deliver(*next.sink, next.count, reinterpret_cast<NOTIFICATION*>(next.block.get()));
  }
  return delivered;
}

void NotificationQueue::close() {
  std::deque<Delivery> dropped;  // dies after the lock: releasing a sink may call back
  const std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(waiting_);
}

}  // namespace mapiary::util

using namespace mapiary;
using namespace mapiary::util;

STDAPI HrAllocAdviseSink(LPNOTIFCALLBACK lpfnCallback, LPVOID lpvContext, LPMAPIADVISESINK* lppAdviseSink) {
  if (lppAdviseSink) *lppAdviseSink = nullptr;
  return com::border([&]() -> Status {
    if (!lpfnCallback || !lppAdviseSink) return fail(Code::kInvalidArgument, "util", "HrAllocAdviseSink with a NULL argument");
    *lppAdviseSink = com::make<CallbackSink>(lpfnCallback, lpvContext).detach();
    return {};
  });
}

STDAPI HrThisThreadAdviseSink(LPMAPIADVISESINK lpAdviseSink, LPMAPIADVISESINK* lppAdviseSink) {
  // The two may be one variable, so the result is stored last.
  return com::border([&]() -> Status {
    if (!lpAdviseSink || !lppAdviseSink) return fail(Code::kInvalidArgument, "util", "HrThisThreadAdviseSink with a NULL argument");
    *lppAdviseSink = com::make<ThreadSink>(com::Ref<IMAPIAdviseSink>::share(lpAdviseSink)).detach();
    return {};
  });
}

// Also a pause of the calling thread: idle routines get their turn (ADR 0010). MAPI_E_USER_CANCEL has no cause here, as there are no
// Windows messages.
STDAPI HrDispatchNotifications(ULONG ulFlags) {
  return com::border([&]() -> Status {
    if (ulFlags != 0) return fail(Code::kUnknownFlags, "util", "HrDispatchNotifications takes no flags", ulFlags);
    if (!is_initialized()) return fail(Code::kNotInitialized, "util", "HrDispatchNotifications before MAPIInitialize");
    const std::size_t delivered = NotificationQueue::of_this_thread()->dispatch();
    idle_engine().run_pause(delivered != 0, IdleEngine::Clock::now());
    return {};
  });
}
