// SPDX-License-Identifier: Apache-2.0
#include "com/thread_inbox.h"

#include <mapitags.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/log.h"
#include "com/border.h"

namespace mapiary::com {
namespace {

constexpr ULONG kObjectEvents = fnevObjectCreated | fnevObjectDeleted | fnevObjectModified | fnevObjectMoved |
                                fnevObjectCopied | fnevStatusObjectModified;

bool is_table_change(const NOTIFICATION& item) {
  if (item.ulEventType != fnevTableModified) return false;
  switch (item.info.tab.ulTableEvent) {
    case TABLE_CHANGED:
    case TABLE_ROW_ADDED:
    case TABLE_ROW_DELETED:
    case TABLE_ROW_MODIFIED:
    case TABLE_RELOAD:
      return true;
    default:  // ends of operations, errors
      return false;
  }
}

// TABLE_RELOAD says more than TABLE_CHANGED: nothing of the table is valid any more.
ULONG merge(ULONG event, const Notice& notice) {
  const std::span items(notice.items(), notice.count());
  const bool reload = std::any_of(items.begin(), items.end(),
                                  [](const auto& item) { return item.info.tab.ulTableEvent == TABLE_RELOAD; });
  return reload ? TABLE_RELOAD : event;
}

NOTIFICATION table_notification(ULONG event) {
  NOTIFICATION item{};
  item.ulEventType = fnevTableModified;
  item.info.tab.ulTableEvent = event;
  item.info.tab.propIndex.ulPropTag = PR_NULL;
  item.info.tab.propPrior.ulPropTag = PR_NULL;
  return item;
}

}  // namespace

struct ThreadInbox::Owner {
  std::shared_ptr<ThreadInbox> inbox = std::make_shared<ThreadInbox>();
  ~Owner() {
    Queue left;  // declared first, so released outside the lock
    const std::lock_guard lock(inbox->mutex_);
    inbox->closed_ = true;
    left.swap(inbox->queue_);
    inbox->sinks_.clear();
  }
};

std::shared_ptr<ThreadInbox> ThreadInbox::mine() {
  thread_local const Owner owner;
  return owner.inbox;
}

ThreadInbox::Kind ThreadInbox::kind_of(const Notice& notice) {
  const std::span items(notice.items(), notice.count());
  if (std::all_of(items.begin(), items.end(), is_table_change)) return kTableChange;
  const bool object = std::all_of(items.begin(), items.end(),
                                  [](const auto& item) { return (item.ulEventType & ~kObjectEvents) == 0; });
  return object ? kObjectChange : kOther;
}

void ThreadInbox::put(Ref<IMAPIAdviseSink> sink, NoticePtr notice) {
  const Kind kind = kind_of(*notice);
  Entry entry{std::move(sink), std::move(notice), kind};
  Queue gone;  // released after the lock
  const std::lock_guard lock(mutex_);
  if (closed_) {
    gone.push_back(std::move(entry));
    return;
  }
  Waiting& waiting = sinks_[entry.sink.get()];
  gone = kind == kTableChange ? put_table_change(waiting, std::move(entry)) : put_other(waiting, std::move(entry));
}

ThreadInbox::Queue ThreadInbox::put_table_change(Waiting& waiting, Entry entry) {
  Queue gone;
  if (waiting.merged == 0 && waiting.entries[kTableChange].size() < kMostWaiting) {
    append(waiting, std::move(entry));
    return gone;
  }
  // Whoever reads the table when the one event comes sees this change too.
  const bool first = waiting.merged == 0;
  waiting.merged = merge(first ? TABLE_CHANGED : waiting.merged, *entry.notice);
  gone.push_back(std::move(entry));
  if (!first) return gone;
  for (const auto& old : waiting.entries[kTableChange]) waiting.merged = merge(waiting.merged, *old->notice);
  append(waiting, {gone.front().sink, nullptr, kTableChange});
  while (waiting.entries[kTableChange].size() > 1) drop_first(waiting, kTableChange, gone);
  return gone;
}

ThreadInbox::Queue ThreadInbox::put_other(Waiting& waiting, Entry entry) {
  Queue gone;
  append(waiting, std::move(entry));
  if (waiting.entries[kObjectChange].size() + waiting.entries[kOther].size() <= kMostWaiting) return gone;
  drop_first(waiting, waiting.entries[kObjectChange].empty() ? kOther : kObjectChange, gone);
  if (log_enabled(LogLevel::kWarning)) {
    log(LogLevel::kWarning, "com", "a thread does not dispatch its notifications; the oldest one is lost");
  }
  return gone;
}

void ThreadInbox::append(Waiting& waiting, Entry entry) {
  const Kind kind = entry.kind;
  queue_.push_back(std::move(entry));
  waiting.entries[kind].push_back(std::prev(queue_.end()));
}

void ThreadInbox::drop_first(Waiting& waiting, Kind kind, Queue& to) {
  to.splice(to.end(), queue_, waiting.entries[kind].front());
  waiting.entries[kind].pop_front();
}

ThreadInbox::Entry ThreadInbox::take_first(ULONG& merged) {
  Entry entry = std::move(queue_.front());
  const auto found = sinks_.find(entry.sink.get());
  Waiting& waiting = found->second;
  waiting.entries[entry.kind].pop_front();
  queue_.pop_front();
  if (!entry.notice) merged = std::exchange(waiting.merged, 0);
  const auto& lists = waiting.entries;
  if (std::all_of(lists.begin(), lists.end(), [](const auto& list) { return list.empty(); })) sinks_.erase(found);
  return entry;
}

bool ThreadInbox::is_delivering() const {
  const std::lock_guard lock(mutex_);
  return delivering_;
}

std::size_t ThreadInbox::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::size_t ThreadInbox::deliver() {
  std::size_t count = 0;
  std::unique_lock lock(mutex_);
  if (delivering_) return 0;
  delivering_ = true;
  for (; !queue_.empty(); ++count) {
    ULONG merged = 0;
    Entry entry = take_first(merged);
    lock.unlock();
    (void)border([&]() -> Status {
      if (entry.notice) {
        entry.sink->OnNotify(entry.notice->count(), entry.notice->items());
      } else {
        NOTIFICATION item = table_notification(merged);
        entry.sink->OnNotify(1, &item);
      }
      return {};
    });
    entry = {};
    lock.lock();
  }
  delivering_ = false;
  return count;
}

}  // namespace mapiary::com
