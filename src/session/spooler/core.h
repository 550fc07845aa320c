// SPDX-License-Identifier: Apache-2.0
// What the parts of the spooler share: the transports, the registered preprocessors and the one piece of work under
// way. One thread, the spooler's, changes `transports` and does work; others look, and may ask a transport to stop.
// mutex() is never held while a provider runs. Pages: mapi-spooler-overview, interacting-with-the-mapi-spooler.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "session/spooler/patience.h"
#include "session/spooler/store_link.h"
#include "session/spooler/transport.h"

namespace mapiary::session {

// Changeable by environment variables, in milliseconds.
struct SpoolerTimes {
  std::chrono::milliseconds poll{10000};   // MAPIARY_POLL_INTERVAL: between Poll calls, and before Idle
  std::chrono::milliseconds retry{60000};  // MAPIARY_RETRY_INTERVAL: for a transport that named no time
  std::chrono::milliseconds work{600000};  // MAPIARY_SEND_BOUND: without a sign of life from a transport

  static SpoolerTimes from_environment();
};

// A message in a transport's hands: from SubmitMessage to the end of EndMessage, or during StartMessage.
struct Work {
  std::uint64_t store = 0;  // 0: none is concerned (FlushQueues)
  TransportPtr transport;
  bool inbound = false;
  std::shared_ptr<ULONG_PTR> reference;  // the transport writes it while we look
  PatiencePtr patience = std::make_shared<Patience>();
  bool is_cancelled = false;
};

struct RegisteredPreprocessor {
  std::uint64_t transport = 0;
  Preprocessor what;
};

class SpoolerCore : public std::enable_shared_from_this<SpoolerCore> {
 public:
  explicit SpoolerCore(std::weak_ptr<SessionState> state) : state_(std::move(state)) {}

  std::mutex& mutex() { return mutex_; }
  std::condition_variable& changed() { return changed_; }
  SessionStatePtr state() const { return state_.lock(); }
  const SpoolerTimes& times() const { return times_; }

  std::vector<TransportPtr> transports();
  TransportPtr transport(std::uint64_t id);
  std::vector<RegisteredPreprocessor> preprocessors();
  bool is_stopping();

  // One call of a piece of work. kTimedOut: the transport was left behind; `late` runs when it comes back, and until
  // then it is not callable.
  CallResult call(const Work& under_way, const char* name, std::function<HRESULT(IXPLogon&)> body,
                  std::function<void(IXPLogon&, HRESULT)> late = {});
  // Tells the transport at work for `store` (0: for anybody) to stop, and waits until it has. True: nothing is under
  // way.
  bool cancel(std::uint64_t store, SpoolerClock::time_point deadline);
  // Nobody waits for it any more.
  void abandon(std::uint64_t store);

  // ---- guarded
  std::vector<TransportPtr> all;
  bool all_there = true;  // every transport of the profile is logged on and well
  std::vector<RegisteredPreprocessor> registered;
  std::optional<Work> work;
  std::uint64_t progress = 0;  // signs of life
  std::uint64_t ready = 0;     // how often a transport said NOTIFY_READYTOSEND
  bool stopping = false;

 private:
  bool concerns(std::uint64_t store) const { return work && (store == 0 || work->store == store); }

  std::mutex mutex_;
  std::condition_variable changed_;
  const std::weak_ptr<SessionState> state_;
  const SpoolerTimes times_ = SpoolerTimes::from_environment();
};

// The work under way, while it lives.
class WorkScope {
 public:
  WorkScope(SpoolerCore& core, Work work);
  ~WorkScope();
  WorkScope(const WorkScope&) = delete;
  WorkScope& operator=(const WorkScope&) = delete;

  const Work& work() const { return work_; }
  bool is_cancelled() const;

 private:
  SpoolerCore& core_;
  Work work_;
};

}  // namespace mapiary::session
