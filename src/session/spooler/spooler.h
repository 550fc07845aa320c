// SPDX-License-Identifier: Apache-2.0
// The spooler of a session: one thread that logs on to the stores opened with mail and, when the first of them comes,
// to the transports of the profile; sends what is in the outgoing queues, takes in what transports have, and
// lets go of stores when they are logged off. Stores, transports and the session talk to it through SpoolerPort and
// the methods below, from any thread; all waits are bounded. The thread starts with the first thing to do and ends in
// stop().
//
// What is asked of the thread sets wake_ (or puts a request into requests_); a step looks at everything once. Locks:
// core().mutex() guards all that is marked so here; no provider is called under it. Decisions: docs/adr/0033. Pages:
// mapi-spooler-overview, transport-provider-and-mapi-spooler-operational-model, imapisupport-storelogofftransports,
// implementing-the-flushqueues-method.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "session/spooler/core.h"

namespace mapiary::session {

class Spooler final : public SpoolerPort, public std::enable_shared_from_this<Spooler> {
 public:
  explicit Spooler(std::weak_ptr<SessionState> state) : core_(std::make_shared<SpoolerCore>(std::move(state))) {}
  ~Spooler() override;

  // ---- The session's side.
  // A store was opened with mail. Returns at once.
  void store_opened(LogonRecordPtr record);
  // Its logon is at its end, whatever it does.
  void store_closed(std::uint64_t logon);
  void default_store_changed() { wake(); }
  // The end of the session: nothing is sent, received or called any more when it returns. Messages stay queued.
  void stop();
  // Returns when all that was asked of the spooler before has been done, or the time is over.
  void settle(std::chrono::milliseconds limit);
  // The same for stores and transports that are logging on: what depends on their status waits for them (LC-207).
  void await_start(std::chrono::milliseconds limit);

  // IMAPIStatus::FlushQueues of the spooler. `section`: of the one transport meant. kNotFound: there is none.
  Status flush_queues(ULONG_PTR ui_param, std::optional<Guid> section, ULONG flags);
  // IXPLogon::ValidateState of every transport, in order.
  Status validate(ULONG_PTR ui_param, ULONG flags);
  // MAPI_FORCE_DOWNLOAD.
  void force_download();
  // The spooler's own default store, for what arrives in it; null: not open.
  com::Ref<IMsgStore> inbox_store();
  // What the loaded transports take; waits for those that are logging on.
  std::vector<TransportOffer> offers();

  // ---- SpoolerPort
  ULONG activity(std::uint64_t logon) override;
  bool stop(std::uint64_t logon, std::chrono::milliseconds limit) override;
  Status drain(std::uint64_t logon) override;
  Status finish(std::uint64_t logon) override;
  Status flush(std::uint64_t logon) override;
  Status release_store(std::uint64_t logon) override;
  bool is_open_elsewhere(std::uint64_t logon) override;
  Result<HRESULT> yield(std::uint64_t logon) override;
  Status notify(std::uint64_t logon, SpoolerNotice notice) override;
  Status register_preprocessor(std::uint64_t logon, Preprocessor preprocessor) override;
  bool wants_preprocessing(std::string_view address_type, std::string_view entry_id) override;
  Status preprocess(std::uint64_t logon, const model::EntryId& message) override;
  Status complete(std::uint64_t logon, const model::EntryId& message) override;

 private:
  struct Request {
    std::function<Status()> body;
    Status result;
    bool is_done = false;
  };
  struct NewMail {
    std::uint64_t store;
    com::NoticePtr notice;
  };
  enum class Direction : std::uint8_t { kBoth, kOut };

  // ---- the thread (spooler.cc)
  void wake();
  void wake_locked();
  void run();
  void step(bool is_idle);
  void open_links(const SessionStatePtr& state);
  void load(const SessionStatePtr& state, bool again);
  void ask_offers(const SessionStatePtr& state);
  void set_directions(const SessionStatePtr& state);
  void run_requests();
  void announce_mail();
  void send_all();
  void send_from(const StoreLinkPtr& link);
  void forget_vanished(const StoreLinkPtr& link, const std::vector<QueuedMessage>& queue);
  std::optional<QueuedMessage> next_message(const StoreLinkPtr& link, std::vector<QueuedMessage>& queue,
                                            const std::set<std::string>& done);
  void poll(const SessionStatePtr& state, const TransportPtr& transport);
  void receive_all(const SessionStatePtr& state);
  void receive_from(const SessionStatePtr& state, const TransportPtr& transport);
  void idle(const SessionStatePtr& state);
  SpoolerClock::time_point next_due();
  Status flush_transport(const TransportPtr& transport, ULONG_PTR ui_param, ULONG flags);
  ULONG status_of(const Transport& transport);

  // ---- what others ask (spooler_port.cc)
  Status ask(std::function<Status()> body, std::chrono::milliseconds limit);
  bool is_spooler_thread() const;
  StoreLinkPtr find(std::uint64_t logon);
  StoreLinkPtr inbox(const SessionStatePtr& state);
  bool is_busy_with(std::uint64_t logon) const { return busy_store_ == logon; }
  // Waits as long as there are signs of life. False: none for the session's logoff bound.
  bool wait_while(std::unique_lock<std::mutex>& lock, const std::function<bool()>& condition);
  void let_go(const StoreLinkPtr& link);
  void end_transports(const SessionStatePtr& state, const std::vector<StoreLinkPtr>& links);
  void notify_transport(const TransportPtr& transport, const SpoolerNotice& notice);

  const std::shared_ptr<SpoolerCore> core_;
  // ---- guarded by core_->mutex()
  std::thread thread_;
  bool wake_ = false, is_stepping_ = false, is_loaded_ = false, is_load_wanted_ = false, has_ended_ = false;
  std::uint64_t busy_store_ = 0;  // with whose link the thread is at work
  std::vector<StoreLinkPtr> links_;
  int leaving_ = 0;  // links that are no longer in links_ and whose logons are being ended
  std::deque<std::shared_ptr<Request>> requests_;
  std::vector<NewMail> new_mail_;
};
using SpoolerPtr = std::shared_ptr<Spooler>;

}  // namespace mapiary::session
