// SPDX-License-Identifier: Apache-2.0
// The two ways a logon ends: with its session (ruling R3) and with the last reference to its support object (R2). Both
// end in close_record(); whoever turned the record's phase to closing is the one who calls it. Providers are called
// without a lock and within a bound (G7). Pages: shutting-down-a-service-provider,
// shutting-down-a-message-store-provider, imapisession-logoff, imslogon-logoff, imsprovider-shutdown.
#include <mapiutil.h>

#include <algorithm>

#include "session/logoff/leaks.h"
#include "session/spooler/spooler.h"
#include "session/state/session_state.h"

namespace mapiary::session {
namespace {

struct LogonObjects {
  com::Ref<IMSLogon> store;
  com::Ref<IABLogon> book;
  com::Ref<IXPLogon> transport;
};

constexpr std::string_view kUninitialize = "MAPIUninitialize";

const char* logoff_name(ProviderKind kind) {
  switch (kind) {
    case ProviderKind::kStore:
      return "IMSLogon::Logoff";
    case ProviderKind::kAddressBook:
      return "IABLogon::Logoff";
    case ProviderKind::kTransport:
      return "IXPLogon::TransportLogoff";
  }
  return "";
}

HRESULT log_off(const LogonObjects& objects) {
  ULONG zero = 0;
  if (objects.store) return objects.store->Logoff(&zero);
  if (objects.book) return objects.book->Logoff(0);
  return objects.transport ? objects.transport->TransportLogoff(0) : S_OK;
}

ULONG release(LogonObjects& objects) {
  if (objects.store) return objects.store.detach()->Release();
  if (objects.book) return objects.book.detach()->Release();
  return objects.transport ? objects.transport.detach()->Release() : 0;
}

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string result;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    result += kDigits[byte >> 4];
    result += kDigits[byte & 15];
  }
  return result;
}

}  // namespace

class Closing {
 public:
  explicit Closing(SessionState& state) : state_(state) {}

  void close_session(std::string_view why);
  void close_record(const LogonRecordPtr& record, std::chrono::milliseconds limit);
  void wait_for(const LogonRecordPtr& record);

 private:
  std::vector<LogonRecordPtr> take_records();
  void call_provider(const LogonRecordPtr& record, LogonObjects objects, com::Ref<IMAPISupport> support,
                     std::chrono::milliseconds limit);
  void forget_section(const LogonRecordPtr& record);
  void shut_down_providers();
  void report_leaks(std::string_view why, const std::vector<LogonRecordPtr>& open);

  SessionState& state_;
};

// Transports, address books, stores; in each kind the last logon first. Records that somebody else closes are waited
// for; new ones are refused from now on.
std::vector<LogonRecordPtr> Closing::take_records() {
  std::vector<LogonRecordPtr> result;
  std::vector<LogonRecordPtr> others;
  {
    std::lock_guard lock(state_.mutex());
    for (const ProviderKind kind : {ProviderKind::kTransport, ProviderKind::kAddressBook, ProviderKind::kStore}) {
      for (auto it = state_.records_.rbegin(); it != state_.records_.rend(); ++it) {
        if ((*it)->kind != kind) continue;
        if ((*it)->phase == Phase::kClosing) others.push_back(*it);
        if ((*it)->phase != Phase::kLive) continue;
        (*it)->phase = Phase::kClosing;
        result.push_back(*it);
      }
    }
  }
  for (const auto& record : others) wait_for(record);
  return result;
}

void Closing::wait_for(const LogonRecordPtr& record) {
  std::unique_lock lock(state_.mutex());
  // Whoever closes it makes three bounded calls at most.
  state_.phase_changed_.wait_for(lock, 3 * std::max(state_.bounds_.logoff, state_.bounds_.release),
                                 [&] { return record->phase == Phase::kClosed; });
}

void Closing::close_session(std::string_view why) {
  {
    std::unique_lock lock(state_.mutex());
    if (state_.phase_ != Phase::kLive) {
      state_.phase_changed_.wait(lock, [&] { return state_.phase_ == Phase::kClosed; });
      return;
    }
    state_.phase_ = Phase::kClosing;
    state_.gate_->close(Code::kInvalidObject);
  }
  state_.advises_.cancel(0, state_.bounds_.logoff);
  if (const auto spooler = state_.spooler()) spooler->stop();
  const auto records = take_records();
  report_leaks(why, records);
  for (const auto& record : records) close_record(record, state_.bounds_.logoff);
  shut_down_providers();
  std::lock_guard lock(state_.mutex());
  state_.phase_ = Phase::kClosed;
  state_.phase_changed_.notify_all();
}

// R2, in this order.
void Closing::close_record(const LogonRecordPtr& record, std::chrono::milliseconds limit) {
  LogonObjects objects;
  com::Ref<IMAPISupport> support;
  if (const auto spooler = state_.spooler()) spooler->store_closed(record->id);
  {
    std::lock_guard lock(state_.mutex());
    record->uids.clear();
    objects = {std::move(record->store_logon), std::move(record->book_logon), std::move(record->transport_logon)};
    support = std::move(record->kept_support);
    record->store = nullptr;
  }
  (void)state_.status_.erase(bytes_of(record->section));
  call_provider(record, std::move(objects), std::move(support), limit);
  record->use.reset();
  forget_section(record);
  std::lock_guard lock(state_.mutex());
  record->phase = Phase::kClosed;
  std::erase(state_.records_, record);
  state_.phase_changed_.notify_all();
}

// A provider that stays in its Logoff for too long keeps its logon and its support object; when it comes back after
// all, they go.
void Closing::call_provider(const LogonRecordPtr& record, LogonObjects objects, com::Ref<IMAPISupport> support,
                            std::chrono::milliseconds limit) {
  struct Call {
    ModulePtr module;
    com::Ref<IMAPISupport> support;
    LogonObjects objects;
    bool is_store;
  };
  const auto call = std::make_shared<Call>(
      Call{record->provider->module(), std::move(support), std::move(objects), record->is_one_object});
  const auto release_logon = [call] {
    if (release(call->objects) == 0) return S_OK;
    if (call->is_store) {  // the references are the client's, of its store (LC-169)
      call->module->doubt("a message store that was open at the logoff");
    } else {
      call->module->pin("a logon object with references left");
    }
    return S_OK;
  };
  const auto tell = [&](const char* name, const CallResult& result) {
    if (result.ok()) return;
    state_.add_incident({record->title, name, result.outcome, result.hr});
  };
  const char* name = logoff_name(record->kind);
  const CallResult logoff = record->provider->call(
      name, [call] { return log_off(call->objects); }, limit, release_logon);
  tell(name, logoff);
  if (logoff.outcome == Outcome::kTimedOut) return;
  name = "Release of the logon object";
  tell(name, record->provider->call(name, release_logon, limit));
}

// The section of a store that nobody made permanent goes with its logon.
void Closing::forget_section(const LogonRecordPtr& record) {
  {
    std::lock_guard lock(state_.mutex());
    if (!record->section_is_new) return;
  }
  (void)state_.profile_.delete_section(record->section);
  (void)state_.stores_.erase(bytes_of(record->section));
}

void Closing::shut_down_providers() {
  std::vector<ProviderHandlePtr> providers;
  {
    std::lock_guard lock(state_.mutex());
    providers.swap(state_.providers_);
  }
  const auto report = [&](Incident incident) { state_.add_incident(std::move(incident)); };
  for (const ProviderKind kind : {ProviderKind::kTransport, ProviderKind::kAddressBook, ProviderKind::kStore}) {
    for (auto it = providers.rbegin(); it != providers.rend(); ++it) {
      if ((*it)->kind() == kind) (*it)->shut_down(state_.bounds_.logoff, report);
    }
  }
}

void Closing::report_leaks(std::string_view why, const std::vector<LogonRecordPtr>& open) {
  const std::string session = "session of profile '" + state_.profile_name_ + "' (" + std::string(why) + "): ";
  if (why == kUninitialize) report_leak(session + "not logged off");
  for (const auto& record : open) {
    std::string id;
    {
      std::lock_guard lock(state_.mutex());  // the client may be releasing it
      if (record->kind != ProviderKind::kStore || !record->store) continue;
      record->provider->module()->doubt("a message store that was open at the logoff");
      id = hex(record->entry_id);
    }
    report_leak(session + "message store '" + record->display_name + "' not released, entry id " + id);
  }
  for (const std::string& object : state_.objects_.alive()) report_leak(session + object + " not released");
}

void SessionState::close(std::string_view why) {
  Closing(*this).close_session(why);
}

void SessionState::support_released(std::uint64_t id) {
  LogonRecordPtr found;
  {
    std::lock_guard lock(mutex());
    const auto it =
        std::find_if(records_.begin(), records_.end(), [&](const auto& record) { return record->id == id; });
    if (it == records_.end()) return;
    found = *it;
    found->store = nullptr;
    if (found->phase != Phase::kLive) return;
    found->phase = Phase::kClosing;
  }
  Closing(*this).close_record(found, bounds_.release);
}

}  // namespace mapiary::session
