// SPDX-License-Identifier: Apache-2.0
// Subscribe, Unsubscribe and Notify of all support objects of the process: registrations by notification key. Whoever
// has the key reaches them, from another logon or session too.
//
// With NOTIFY_SYNC the sink runs on the notifying thread before Notify returns, and several may run at once; without
// it com/notifier delivers, one at a time and in order. No lock is held while a sink runs or is released, so a sink may
// subscribe, cancel and notify. A sink is released by Unsubscribe, or by the last OnNotify still in it. Safe from any
// thread. Pages: imapisupport-subscribe, imapisupport-unsubscribe, imapisupport-notify.
#pragma once

#include <mapispi.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "com/live_objects.h"
#include "com/notifier.h"

namespace mapiary::session {

class KeyedNotifier {
 public:
  struct Request {
    std::string key;
    ULONG events = 0;
    bool sync = false;
    IMAPIAdviseSink* sink = nullptr;              // a reference is added
    std::uint64_t owner = 0;                      // for cancel_all
    std::shared_ptr<com::LiveObjects> live = {};  // where it is entered for the leak report
    com::LiveObject words = {};
  };

  static KeyedNotifier& get();

  // The connection number, never 0 and never used again.
  ULONG_PTR subscribe(const Request& request);
  // kNotFound
  Status unsubscribe(ULONG_PTR connection);
  // True when a sink that ran answered CALLBACK_DISCONTINUE; those after it are not called. `unicode`: strings that do
  // not say so themselves are WCHAR. kInvalidArgument: an event unknown or with bad pointers.
  Result<bool> notify(std::string_view key, std::span<const NOTIFICATION> events, bool unicode);
  void cancel_all(std::uint64_t owner);
  std::size_t size() const;

 private:
  class Registration;
  using RegistrationPtr = std::shared_ptr<Registration>;

  KeyedNotifier() = default;
  std::vector<RegistrationPtr> find(std::string_view key) const;

  mutable std::mutex mutex_;
  std::map<ULONG_PTR, RegistrationPtr> by_connection_;  // in order of Subscribe
  std::unordered_multimap<std::string, ULONG_PTR> by_key_;
  ULONG_PTR last_ = 0;
};

}  // namespace mapiary::session
