// SPDX-License-Identifier: Apache-2.0
// Advise sinks that MAPI makes for clients, and their delivery. Pages: hrallocadvisesink, hrthisthreadadvisesink,
// hrdispatchnotifications.
#include <mapicode.h>
#include <mapiutil.h>

#include <memory>
#include <optional>
#include <utility>

#include "com/border.h"
#include "com/notifier.h"
#include "com/object.h"
#include "com/thread_inbox.h"
#include "util/idle_engine.h"
#include "util/init.h"
#include "util/notification_block.h"

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

Result<com::NoticePtr> notice_of(const NOTIFICATION* list, ULONG count) {
  const auto size = list ? notifications_size(list, count) : std::nullopt;
  if (!size) return fail(Code::kInvalidArgument, "util", "a notification that is not valid", count);
  com::OutBlock block;
  auto* items = static_cast<LPNOTIFICATION>(TRY(block.root_bytes(*size)));
  if (!copy_notifications(list, count, items))
    return fail(Code::kInvalidArgument, "util", "a notification changed while it was copied", count);
  return std::make_shared<const com::Notice>(std::move(block), items, count);
}

// On the thread it belongs to it delivers at once, after all that is still waiting; from any other, or while that
// thread is delivering, it leaves a copy in that thread's inbox. So notices come in the order in which they were made.
class ThreadSink final : public com::Object<IMAPIAdviseSink> {
 public:
  explicit ThreadSink(com::Ref<IMAPIAdviseSink> wrapped) : wrapped_(std::move(wrapped)) {}

  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION list) override {
    return static_cast<ULONG>(com::border([&]() -> Status {
      if (count == 0) return {};
      // The inbox itself is compared: a thread that began later may have the number of one that ended.
      if (com::ThreadInbox::mine() != inbox_ || inbox_->is_delivering()) {
        inbox_->put(wrapped_, TRY(notice_of(list, count)));
        return {};
      }
      inbox_->deliver();
      deliver(*wrapped_, count, list);
      return {};
    }));
  }

 protected:
  // It finds its thread itself, whatever MAPIInitialize was asked for.
  void* find_interface(REFIID iid) override {
    if (IsEqualGUID(iid, com::kAnyThreadSink)) return static_cast<IMAPIAdviseSink*>(this);
    return Object::find_interface(iid);
  }

 private:
  com::Ref<IMAPIAdviseSink> wrapped_;
  std::shared_ptr<com::ThreadInbox> inbox_ = com::ThreadInbox::mine();
};

}  // namespace
}  // namespace mapiary::util

using namespace mapiary;
using namespace mapiary::util;

STDAPI HrAllocAdviseSink(LPNOTIFCALLBACK lpfnCallback, LPVOID lpvContext, LPMAPIADVISESINK* lppAdviseSink) {
  if (lppAdviseSink) *lppAdviseSink = nullptr;
  return com::border([&]() -> Status {
    if (!lpfnCallback || !lppAdviseSink)
      return fail(Code::kInvalidArgument, "util", "HrAllocAdviseSink with a NULL argument");
    *lppAdviseSink = com::make<CallbackSink>(lpfnCallback, lpvContext).detach();
    return {};
  });
}

STDAPI HrThisThreadAdviseSink(LPMAPIADVISESINK lpAdviseSink, LPMAPIADVISESINK* lppAdviseSink) {
  // The two may be one variable, so the result is stored last.
  return com::border([&]() -> Status {
    if (!lpAdviseSink || !lppAdviseSink)
      return fail(Code::kInvalidArgument, "util", "HrThisThreadAdviseSink with a NULL argument");
    *lppAdviseSink = com::make<ThreadSink>(com::Ref<IMAPIAdviseSink>::share(lpAdviseSink)).detach();
    return {};
  });
}

// Also a pause of the calling thread: idle routines get their turn (ADR 0010). MAPI_E_USER_CANCEL has no cause here, as
// there are no Windows messages.
STDAPI HrDispatchNotifications(ULONG ulFlags) {
  return com::border([&]() -> Status {
    if (ulFlags != 0) return fail(Code::kUnknownFlags, "util", "HrDispatchNotifications takes no flags", ulFlags);
    if (!is_initialized()) return fail(Code::kNotInitialized, "util", "HrDispatchNotifications before MAPIInitialize");
    com::Notifier::get().flush();  // may put more into this thread's inbox
    const std::size_t delivered = com::ThreadInbox::mine()->deliver();
    idle_engine().run_pause(delivered != 0, IdleEngine::Clock::now());
    return {};
  });
}
