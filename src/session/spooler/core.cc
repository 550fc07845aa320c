// SPDX-License-Identifier: Apache-2.0
#include "session/spooler/core.h"

#include <charconv>

#include "base/env.h"

namespace mapiary::session {
namespace {

void read_time(const char* name, std::chrono::milliseconds& time) {
  const auto text = env(name);
  if (!text) return;
  long value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error == std::errc() && end == text->data() + text->size() && value > 0) time = std::chrono::milliseconds(value);
}

#if defined(__SANITIZE_THREAD__)
#define MAPIARY_UNSYNCHRONISED __attribute__((no_sanitize("thread"), noinline))
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define MAPIARY_UNSYNCHRONISED __attribute__((no_sanitize("thread"), noinline))
#endif
#endif
#ifndef MAPIARY_UNSYNCHRONISED
#define MAPIARY_UNSYNCHRONISED
#endif

// The transport may be writing it on its own thread: the page has the value of that moment handed over, new or old.
MAPIARY_UNSYNCHRONISED ULONG_PTR read_reference(const volatile ULONG_PTR* reference) {
  return *reference;
}

constexpr const char* kThrew = " threw an exception";

// What a transport is owed for a call it was left behind in. TransportLogoff takes it away: a transport has let go of
// its logon then and may have nothing left that a reference names.
class LateCall {
 public:
  LateCall(SessionState& state, LogonRecordPtr record) : state_(state), record_(std::move(record)) {
    std::lock_guard lock(state_.mutex());
    is_allowed_ = record_->phase == Phase::kLive;
    if (is_allowed_) ++record_->late_calls;
  }
  ~LateCall() {
    if (is_allowed_) state_.late_call_over(*record_);
  }
  LateCall(const LateCall&) = delete;
  LateCall& operator=(const LateCall&) = delete;
  bool is_allowed() const { return is_allowed_; }

 private:
  SessionState& state_;
  const LogonRecordPtr record_;
  bool is_allowed_ = false;
};

}  // namespace

SpoolerTimes SpoolerTimes::from_environment() {
  SpoolerTimes times;
  read_time("MAPIARY_POLL_INTERVAL", times.poll);
  read_time("MAPIARY_RETRY_INTERVAL", times.retry);
  read_time("MAPIARY_SEND_BOUND", times.work);
  return times;
}

std::vector<TransportPtr> SpoolerCore::transports() {
  std::lock_guard lock(mutex_);
  return all;
}

TransportPtr SpoolerCore::transport(std::uint64_t id) {
  std::lock_guard lock(mutex_);
  for (const auto& transport : all) {
    if (transport->id() == id) return transport;
  }
  return nullptr;
}

std::vector<RegisteredPreprocessor> SpoolerCore::preprocessors() {
  std::lock_guard lock(mutex_);
  return registered;
}

bool SpoolerCore::is_stopping() {
  std::lock_guard lock(mutex_);
  return stopping;
}

CallResult SpoolerCore::call(const Work& under_way, const char* name, std::function<HRESULT(IXPLogon&)> body,
                             std::function<void(IXPLogon&, HRESULT)> late) {
  const auto state = this->state();
  const TransportPtr transport = under_way.transport;
  auto logon = state ? logon_of(*state, *transport->record) : nullptr;
  if (!logon) return {Outcome::kReturned, MAPI_E_INVALID_OBJECT};
  {
    std::lock_guard lock(mutex_);
    ++transport->in_flight;
  }
  struct Held {  // the visit goes last
    std::shared_ptr<ProviderHandle::Visit> visit;
    std::shared_ptr<void> library;
    std::shared_ptr<void> abandoned;  // once nobody waits
    com::Ref<IXPLogon> logon;
  };
  const ProviderHandlePtr& provider = transport->record->provider;
  auto held = std::make_shared<Held>();
  held->visit = provider->visit();
  held->library = provider->module()->hold(name);
  held->logon = std::move(logon);
  auto logon_call = [held, body = std::move(body)] { return body(*held->logon); };
  auto back = [core = shared_from_this(), held, transport, late = std::move(late), name](const CallResult& result) {
    if (result.outcome == Outcome::kThrew) transport->record->provider->module()->pin(std::string(name) + kThrew);
    if (const auto session = core->state(); late && result.ok() && session) {
      if (const LateCall call(*session, transport->record); call.is_allowed()) {
        const CallResult ended = guarded([&] {
          late(*held->logon, result.hr);
          return S_OK;
        });
        if (!ended.ok()) transport->record->provider->module()->pin("the end of " + std::string(name) + kThrew);
      }
    }
    held->logon.reset();
    std::lock_guard lock(core->mutex_);
    --transport->in_flight;
  };
  const CallResult result = Patience::call(under_way.patience, logon_call, times_.work, back);
  if (result.outcome != Outcome::kTimedOut) {
    std::lock_guard lock(mutex_);
    --transport->in_flight;
  }
  if (result.outcome == Outcome::kTimedOut) {
    held->abandoned = abandoned_call();
    ProviderHandle::leave_behind(held->visit);
  }
  if (result.outcome == Outcome::kThrew) provider->module()->pin(std::string(name) + kThrew);
  if (result.outcome != Outcome::kReturned && state) {
    state->add_incident({transport->record->title, name, result.outcome, result.hr});
  }
  return result;
}

bool SpoolerCore::cancel(std::uint64_t store, SpoolerClock::time_point deadline) {
  std::unique_lock lock(mutex_);
  if (!concerns(store)) return true;
  work->is_cancelled = true;
  const LogonRecordPtr record = work->transport->record;
  const auto reference = work->reference;
  lock.unlock();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SpoolerClock::now());
  if (const auto state = this->state(); state && left.count() > 0) {
    (void)call_transport(state, record, "IXPLogon::TransportNotify", left, [reference](IXPLogon& logon) {
      ULONG flags = reference ? NOTIFY_CANCEL_MESSAGE : NOTIFY_END_INBOUND_FLUSH | NOTIFY_END_OUTBOUND_FLUSH;
      if (!reference) return logon.TransportNotify(&flags, nullptr);
      ULONG_PTR value = read_reference(reference.get());
      return logon.TransportNotify(&flags, reinterpret_cast<LPVOID*>(&value));
    });
  }
  lock.lock();
  return changed_.wait_until(lock, deadline, [&] { return !concerns(store); });
}

void SpoolerCore::abandon(std::uint64_t store) {
  PatiencePtr patience;
  {
    std::lock_guard lock(mutex_);
    if (!concerns(store)) return;
    patience = work->patience;
  }
  patience->give_up();
}

WorkScope::WorkScope(SpoolerCore& core, Work work) : core_(core), work_(std::move(work)) {
  std::lock_guard lock(core_.mutex());
  core_.work = work_;
  ++core_.progress;
  core_.changed().notify_all();
}

WorkScope::~WorkScope() {
  std::lock_guard lock(core_.mutex());
  core_.work.reset();
  ++core_.progress;
  core_.changed().notify_all();
}

bool WorkScope::is_cancelled() const {
  std::lock_guard lock(core_.mutex());
  return core_.work && core_.work->is_cancelled;
}

}  // namespace mapiary::session
