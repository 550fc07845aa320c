// SPDX-License-Identifier: Apache-2.0
// The two ways a logon ends: with its session (ruling R3) and with the last reference to its support object (R2). Both
// end in close_record(); whoever turned the record's phase to closing is the one who calls it. Providers are called
// without a lock and within a bound (G7). Pages: shutting-down-a-service-provider,
// shutting-down-a-message-store-provider, imapisession-logoff, imslogon-logoff, imsprovider-shutdown.
#include <mapiutil.h>

#include <algorithm>

#include "base/clock.h"
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
constexpr std::string_view kLastRelease = "last Release of a message store";
constexpr std::string_view kConnection = "advise connection";
constexpr std::string_view kSupportObject = "support object of provider";

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

IUnknown* any_of(const LogonObjects& objects) {
  if (objects.store) return objects.store.get();
  if (objects.book) return objects.book.get();
  return objects.transport.get();
}

ULONG release(LogonObjects& objects) {
  if (objects.store) return objects.store.detach()->Release();
  if (objects.book) return objects.book.detach()->Release();
  return objects.transport ? objects.transport.detach()->Release() : 0;
}

}  // namespace

class Closing {
 public:
  explicit Closing(SessionState& state) : state_(state) {}

  void close_session(std::string_view why);
  void close_record(const LogonRecordPtr& record, std::string_view why, std::chrono::milliseconds limit);
  void wait_for(const LogonRecordPtr& record);

 private:
  std::vector<LogonRecordPtr> take_records();
  struct Call;
  // False: the provider did not come back from its Logoff.
  bool call_provider(const LogonRecordPtr& record, const std::shared_ptr<Call>& call, std::chrono::milliseconds limit);
  void await_late_calls(LogonRecord& record, std::chrono::milliseconds limit);
  void forget_section(const LogonRecordPtr& record);
  void shut_down_providers();
  void report_open(std::string_view why, const std::vector<LogonRecordPtr>& records);
  void report_left(std::string_view why, const std::vector<LogonRecordPtr>& records);

  SessionState& state_;
};

// What a call that is left behind needs.
struct Closing::Call {
  ModulePtr module;
  com::Ref<IMAPISupport> support;
  LogonObjects objects;
  bool is_store;
  std::vector<com::LiveObject> open;  // what the logon had given out
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
  // Whoever closes it has one limit for all its calls; as much again for what else there is to do.
  state_.phase_changed_.wait_for(lock, 2 * std::max(state_.bounds_.logoff, state_.bounds_.release),
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
  report_open(why, records);
  for (const auto& record : records) close_record(record, why, state_.bounds_.logoff);
  shut_down_providers();
  report_left(why, records);
  std::lock_guard lock(state_.mutex());
  state_.phase_ = Phase::kClosed;
  state_.phase_changed_.notify_all();
}

// R2, in this order.
void Closing::close_record(const LogonRecordPtr& record, std::string_view why, std::chrono::milliseconds limit) {
  const auto call = std::make_shared<Call>();
  call->module = record->provider->module();
  if (const auto spooler = state_.spooler()) spooler->store_closed(record->id);
  {
    std::lock_guard lock(state_.mutex());
    record->uids.clear();
    call->objects = {std::move(record->store_logon), std::move(record->book_logon), std::move(record->transport_logon)};
    call->support = std::move(record->kept_support);
    call->is_store = record->is_one_object;
    record->store = nullptr;
  }
  (void)state_.status_.erase(bytes_of(record->section));
  const auto begun = steady_now();
  await_late_calls(*record, limit / 2);
  // Both within the one limit.
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(steady_now() - begun);
  if (call_provider(record, call, std::max(limit - waited, limit / 2))) {
    report_leaks(state_, why, call->open);
  } else {
    std::lock_guard lock(state_.mutex());
    state_.left_behind_.insert(record->id);
  }
  record->use.reset();
  forget_section(record);
  std::lock_guard lock(state_.mutex());
  record->phase = Phase::kClosed;
  std::erase(state_.records_, record);
  state_.phase_changed_.notify_all();
}

// Logoff and the Release behind it have one limit together. A provider that stays in its Logoff for too long keeps its
// logon and its support object; when it comes back after all, they go.
bool Closing::call_provider(const LogonRecordPtr& record, const std::shared_ptr<Call>& call,
                            std::chrono::milliseconds limit) {
  const char* const names[] = {logoff_name(record->kind), "Release of the logon object"};
  std::vector<Step> steps(2);
  steps[0] = {names[0], [call] {
                if (IUnknown* const logon = any_of(call->objects)) call->open = objects_of_logon(logon);
                return log_off(call->objects);
              }};
  steps[1] = {names[1], [call] {
                if (release(call->objects) == 0) return S_OK;
                if (call->is_store) {  // the references are the client's, of its store (LC-169)
                  call->module->doubt("a message store that was open at the logoff");
                } else {
                  call->module->pin("a logon object with references left");
                }
                return S_OK;
              }};
  const auto results = record->provider->call(std::move(steps), limit);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].ok()) state_.add_incident({record->title, names[i], results[i].outcome, results[i].hr});
  }
  return results.front().outcome != Outcome::kTimedOut;
}

// No new ones come: the record is closing. A transport takes its TransportLogoff at any time, also when one stays away.
void Closing::await_late_calls(LogonRecord& record, std::chrono::milliseconds limit) {
  std::unique_lock lock(state_.mutex());
  state_.phase_changed_.wait_for(lock, limit, [&] { return record.late_calls == 0; });
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

// What the client has open, before anything is closed. What is open in its stores is told as they are closed.
void Closing::report_open(std::string_view why, const std::vector<LogonRecordPtr>& records) {
  if (why == kUninitialize) {
    report_leak("session of profile '" + state_.profile_name_ + "' (" + std::string(why) + "): not logged off");
  }
  std::vector<com::LiveObject> open;
  for (const auto& record : records) {
    std::lock_guard lock(state_.mutex());  // the client may be releasing it
    if (record->kind != ProviderKind::kStore || !record->store) continue;
    record->provider->module()->doubt("a message store that was open at the logoff");
    record->was_left_open = true;
    open.push_back(record->store_words());
  }
  report_leaks(state_, why, open);
  report_leaks(state_, why, state_.gate_->live_objects());
}

// What providers still have of ours when all is over: by their own fault, unless the client kept the store or they have
// not come back.
void Closing::report_left(std::string_view why, const std::vector<LogonRecordPtr>& records) {
  std::vector<com::LiveObject> left = state_.provider_objects_->list();
  std::erase_if(left, [&](const com::LiveObject& object) {
    const auto of_logon = [&](const LogonRecordPtr& record) { return record->id == object.owner; };
    const auto record = std::find_if(records.begin(), records.end(), of_logon);
    std::lock_guard lock(state_.mutex());
    if (state_.left_behind_.contains(object.owner)) return true;
    // It may be on its way out of its last Release.
    if (object.kind == kSupportObject && state_.support_ended_.contains(object.owner)) return true;
    return record != records.end() && (*record)->was_left_open && object.kind != kConnection;
  });
  report_leaks(state_, why, left);
}

void SessionState::report_connections(std::uint64_t record) {
  if (!is_open()) return;
  std::vector<com::LiveObject> left = provider_objects_->list();
  std::erase_if(left, [&](const com::LiveObject& each) { return each.owner != record || each.kind != kConnection; });
  report_leaks(*this, kLastRelease, left);
}

void SessionState::close(std::string_view why) {
  Closing(*this).close_session(why);
}

void SessionState::late_call_over(LogonRecord& record) {
  std::lock_guard lock(mutex());
  --record.late_calls;
  phase_changed_.notify_all();
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
    support_ended_.insert(id);
    if (found->phase != Phase::kLive) return;
    found->phase = Phase::kClosing;
  }
  Closing(*this).close_record(found, kLastRelease, bounds_.release);
}

}  // namespace mapiary::session
