// SPDX-License-Identifier: Apache-2.0
#include "com/thread_inbox.h"

#include <utility>

#include "com/border.h"

namespace mapiary::com {

struct ThreadInbox::Owner {
  std::shared_ptr<ThreadInbox> inbox = std::make_shared<ThreadInbox>();
  ~Owner() {
    std::deque<Entry> left;  // declared first, so released outside the lock: a sink's destructor is foreign code
    const std::lock_guard lock(inbox->mutex_);
    inbox->closed_ = true;
    left.swap(inbox->queue_);
  }
};

std::shared_ptr<ThreadInbox> ThreadInbox::mine() {
  thread_local const Owner owner;
  return owner.inbox;
}

void ThreadInbox::put(Ref<IMAPIAdviseSink> sink, NoticePtr notice) {
  const std::lock_guard lock(mutex_);
  if (!closed_) queue_.push_back({std::move(sink), std::move(notice)});
}

bool ThreadInbox::is_delivering() const {
  const std::lock_guard lock(mutex_);
  return delivering_;
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
    (void)border([&]() -> Status {
      entry.sink->OnNotify(entry.notice->count(), entry.notice->items());
      return {};
    });
    entry = {};
    lock.lock();
  }
  delivering_ = false;
  return count;
}

}  // namespace mapiary::com
