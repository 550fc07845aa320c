// SPDX-License-Identifier: Apache-2.0
// Notifications that wait for one thread, for sinks that may only be called on the thread that bound them
// (HrThisThreadAdviseSink). put() from anywhere; deliver() on the thread that owns the inbox, when it dispatches.
// Pages: hrthisthreadadvisesink, hrdispatchnotifications.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>

#include "com/notifier.h"

namespace mapiary::com {

class ThreadInbox {
 public:
  // The calling thread's own.
  static std::shared_ptr<ThreadInbox> mine();

  // After the thread has ended there is nobody to call the sink: it is released and nothing is kept.
  void put(Ref<IMAPIAdviseSink> sink, NoticePtr notice);
  // How many were delivered. Inside a sink that it calls, it does nothing.
  std::size_t deliver();
  // Inside a sink that deliver() calls: what is put() now is delivered after what waits already, by the same deliver().
  bool is_delivering() const;

 private:
  struct Entry {
    Ref<IMAPIAdviseSink> sink;
    NoticePtr notice;
  };
  struct Owner;  // lives as long as the thread and closes the inbox at its end

  mutable std::mutex mutex_;
  std::deque<Entry> queue_;
  bool closed_ = false;
  bool delivering_ = false;
};

}  // namespace mapiary::com
