// SPDX-License-Identifier: Apache-2.0
#include "session/support/keyed_notifier.h"

#include <mapicode.h>
#include <mapiutil.h>

#include <algorithm>

#include "com/border.h"

namespace mapiary::session {

// One Subscribe. The sink leaves it when it was cancelled and nobody runs in it.
class KeyedNotifier::Registration {
 public:
  explicit Registration(const Request& request)
      : key(request.key),
        events(request.events),
        owner(request.owner),
        sync_(request.sync),
        mark_(request.live, request.words) {
    if (sync_) {
      sink_ = com::Ref<IMAPIAdviseSink>::share(request.sink);
    } else {
      queued_ = com::Notifier::get().subscribe(request.sink);
    }
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  const std::string key;
  const ULONG events;
  const std::uint64_t owner;

  bool is_sync() const { return sync_; }
  const com::SubscriptionPtr& queued() const { return queued_; }

  // The answer of the sink; 0 when it was cancelled before, or threw.
  ULONG run(const com::Notice& notice) {
    IMAPIAdviseSink* sink = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return 0;
      ++running_;
      sink = sink_.get();
    }
    ULONG answer = 0;
    // Foreign code: what it throws ends here.
    (void)com::border([&]() -> Status {
      answer = sink->OnNotify(notice.count(), notice.items());
      return {};
    });
    com::Ref<IMAPIAdviseSink> last;
    {
      const std::lock_guard lock(mutex_);
      if (--running_ == 0 && closed_) last = std::move(sink_);
    }
    return answer;
  }

  void close() {
    if (queued_) queued_->close();
    com::Ref<IMAPIAdviseSink> last;
    const std::lock_guard lock(mutex_);
    closed_ = true;
    if (running_ == 0) last = std::move(sink_);
  }

 private:
  const bool sync_;
  std::mutex mutex_;
  com::Ref<IMAPIAdviseSink> sink_;
  com::SubscriptionPtr queued_;
  int running_ = 0;
  bool closed_ = false;
  const com::NamedMark mark_;
};

namespace {

// Copies in one block of what `mask` lets through; null when that is nothing.
Result<com::NoticePtr> copy_for(std::span<const NOTIFICATION> events, ULONG mask) {
  std::vector<NOTIFICATION> wanted;
  std::copy_if(events.begin(), events.end(), std::back_inserter(wanted),
               [&](const NOTIFICATION& each) { return (each.ulEventType & mask) != 0; });
  if (wanted.empty()) return com::NoticePtr();
  ULONG size = 0;
  const auto count = static_cast<int>(wanted.size());
  if (ScCountNotifications(count, wanted.data(), &size) != S_OK) {
    return fail(Code::kInvalidArgument, "session", "Notify got a notification that is unknown or has bad pointers");
  }
  com::OutBlock block;
  auto* copy = static_cast<LPNOTIFICATION>(TRY(block.root_bytes(size)));
  if (ScCopyNotifications(count, wanted.data(), copy, nullptr) != S_OK) {
    return fail(Code::kInvalidArgument, "session", "Notify got a notification that changed while it was copied");
  }
  return std::make_shared<com::Notice>(std::move(block), copy, static_cast<ULONG>(wanted.size()));
}

// The flag of the call stands for that of each structure.
void mark_unicode(NOTIFICATION& event) {
  if (event.ulEventType == fnevNewMail) event.info.newmail.ulFlags |= MAPI_UNICODE;
  if (event.ulEventType == fnevCriticalError) event.info.err.ulFlags |= MAPI_UNICODE;
}

}  // namespace

// Never destroyed: sinks may still be registered when the process ends.
KeyedNotifier& KeyedNotifier::get() {
  static auto* const notifier = new KeyedNotifier;
  return *notifier;
}

ULONG_PTR KeyedNotifier::subscribe(const Request& request) {
  auto registration = std::make_shared<Registration>(request);
  const std::lock_guard lock(mutex_);
  const ULONG_PTR connection = ++last_;
  by_connection_.emplace(connection, std::move(registration));
  by_key_.emplace(request.key, connection);
  return connection;
}

Status KeyedNotifier::unsubscribe(ULONG_PTR connection) {
  RegistrationPtr gone;
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_connection_.find(connection);
    if (found == by_connection_.end()) {
      return fail(Code::kNotFound, "session", "no subscription has this connection number", connection);
    }
    gone = std::move(found->second);
    by_connection_.erase(found);
    const auto [from, to] = by_key_.equal_range(gone->key);
    by_key_.erase(std::find_if(from, to, [&](const auto& entry) { return entry.second == connection; }));
  }
  gone->close();
  return {};
}

void KeyedNotifier::cancel_all(std::uint64_t owner) {
  std::vector<ULONG_PTR> theirs;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [connection, registration] : by_connection_) {
      if (registration->owner == owner) theirs.push_back(connection);
    }
  }
  // One that its owner cancels meanwhile is not found any more.
  for (const ULONG_PTR connection : theirs) (void)unsubscribe(connection);
}

std::vector<KeyedNotifier::RegistrationPtr> KeyedNotifier::find(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto [from, to] = by_key_.equal_range(std::string(key));
  std::vector<ULONG_PTR> connections;
  for (auto it = from; it != to; ++it) connections.push_back(it->second);
  std::sort(connections.begin(), connections.end());
  std::vector<RegistrationPtr> found;
  for (const ULONG_PTR connection : connections) found.push_back(by_connection_.at(connection));
  return found;
}

Result<bool> KeyedNotifier::notify(std::string_view key, std::span<const NOTIFICATION> events, bool unicode) {
  std::vector<NOTIFICATION> list(events.begin(), events.end());
  if (unicode) std::for_each(list.begin(), list.end(), mark_unicode);
  // Checked whether or not somebody listens.
  if (!list.empty() && ScCountNotifications(static_cast<int>(list.size()), list.data(), nullptr) != S_OK) {
    return fail(Code::kInvalidArgument, "session", "Notify got a notification that is unknown or has bad pointers");
  }
  for (const RegistrationPtr& each : find(key)) {
    com::NoticePtr notice = TRY(copy_for(list, each->events));
    if (!notice) continue;
    if (!each->is_sync()) {
      com::Notifier::get().post(each->queued(), std::move(notice));
    } else if (each->run(*notice) == CALLBACK_DISCONTINUE) {
      return true;
    }
  }
  return false;
}

std::size_t KeyedNotifier::size() const {
  const std::lock_guard lock(mutex_);
  return by_connection_.size();
}

}  // namespace mapiary::session
