// SPDX-License-Identifier: Apache-2.0
// Notifications that wait for one thread, for sinks that may only be called on the thread that bound them
// (HrThisThreadAdviseSink). put() from anywhere; deliver() on the thread that owns the inbox, when it dispatches.
//
// A thread that never dispatches costs bounded memory, and a sink that does dispatch late misses nothing it could not
// learn by reading again: for each sink at most kMostWaiting changes of tables wait, more become one TABLE_CHANGED (or
// TABLE_RELOAD, if one of them was that), as the table itself does for a sink that is too slow; and at most
// kMostWaiting of all other notices, of which the oldest one that tells of a changed object goes first and one of any
// other kind (new mail, errors, ends of operations) only when there is none. What goes is logged.
// Pages: hrthisthreadadvisesink, hrdispatchnotifications, table_notification.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "com/notifier.h"

namespace mapiary::com {

class ThreadInbox {
 public:
  static constexpr std::size_t kMostWaiting = 4096;

  // The calling thread's own.
  static std::shared_ptr<ThreadInbox> mine();

  // After the thread has ended there is nobody to call the sink: it is released and nothing is kept.
  void put(Ref<IMAPIAdviseSink> sink, NoticePtr notice);
  // How many were delivered. Inside a sink that it calls, it does nothing.
  std::size_t deliver();
  // Inside a sink that deliver() calls: what is put() now is delivered after what waits already, by the same deliver().
  bool is_delivering() const;
  std::size_t waiting() const;

 private:
  enum Kind : std::size_t { kTableChange, kObjectChange, kOther, kKinds };
  struct Entry {
    Ref<IMAPIAdviseSink> sink;
    NoticePtr notice;  // empty: the changes of the sink's tables that became one
    Kind kind;
  };
  using Queue = std::list<Entry>;
  // What waits for one sink, in order.
  struct Waiting {
    std::array<std::deque<Queue::iterator>, kKinds> entries;
    ULONG merged = 0;  // the event its table changes became; 0: they are as they came
  };
  struct Owner;  // lives as long as the thread and closes the inbox at its end

  static Kind kind_of(const Notice& notice);
  // Each returns what goes, to be released outside the lock: a sink's destructor is foreign code.
  Queue put_table_change(Waiting& waiting, Entry entry);
  Queue put_other(Waiting& waiting, Entry entry);
  void append(Waiting& waiting, Entry entry);
  void drop_first(Waiting& waiting, Kind kind, Queue& to);
  Entry take_first(ULONG& merged);

  mutable std::mutex mutex_;
  Queue queue_;
  std::unordered_map<IMAPIAdviseSink*, Waiting> sinks_;
  bool closed_ = false;
  bool delivering_ = false;
};

}  // namespace mapiary::com
