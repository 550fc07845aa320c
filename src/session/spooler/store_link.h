// SPDX-License-Identifier: Apache-2.0
// The spooler's own logon to a message store of the session: IMSProvider::SpoolerLogon with what the client's Logon
// gave for it, the outgoing queue and its notifications. One for each store that is open with mail. It ends with
// let_go(), which runs the same steps as a client's last Release (R2). Store calls are made on the caller's thread
// without a lock; fields marked guarded belong to the spooler's mutex. Pages: imsprovider-spoolerlogon,
// loading-message-store-providers, imsgstore-getoutgoingqueue, outgoing-queue-tables.
#pragma once

#include <mapispi.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "session/spooler/transport.h"
#include "session/support/support_host.h"

namespace mapiary::session {

struct QueuedMessage {
  std::string id;
  ULONG submit_flags = 0;
};

// A message that was tried and stays in the queue.
struct WaitingMessage {
  SpoolerClock::time_point not_before{};
  std::uint64_t deferred_by = 0;  // END_DONT_RESEND: the transport that will ask for it again
  bool resume = false;            // it did (NOTIFY_SENTDEFERRED)
};

class StoreLink : public std::enable_shared_from_this<StoreLink> {
 public:
  // `changed` comes when the queue may have changed, from any thread.
  StoreLink(SessionStatePtr state, LogonRecordPtr client, std::function<void()> changed);
  ~StoreLink();

  std::uint64_t id() const { return client_->id; }
  const LogonRecordPtr& client() const { return client_; }
  const SessionStatePtr& state() const { return state_; }

  Status open();
  // Release of the queue and the store, then Logoff and Release of the logon where the provider did not drop its
  // support object by itself. Each call has its bound. Again: nothing.
  void let_go(std::chrono::milliseconds limit);

  com::Ref<IMsgStore> store() const;  // null: not open, or let go
  // In order of submission. Empty for a store without a queue.
  Result<std::vector<QueuedMessage>> read_queue();
  Result<com::Ref<IMessage>> open_message(const std::string& id);
  std::shared_ptr<SupportHost> host() const;
  SupportSeat seat() const;
  // The last reference to the support object of SpoolerLogon has gone.
  void support_gone();

  // ---- guarded
  bool is_linked = false;    // open() has begun
  bool is_open = false;      // and come to an end, if only a bad one
  bool dirty = false;        // the queue may have changed
  bool on_hold = false;      // nothing new is begun
  bool is_stopping = false;  // nor does what is under way go on to another transport
  bool no_inbound = false;   // LOGOFF_NO_WAIT and LOGOFF_PURGE: reception is over
  bool is_closed = false;
  std::size_t queued = 0;  // at the last look
  std::map<std::string, WaitingMessage> waiting;
  std::set<std::string> asked_for;  // NOTIFY_SENTDEFERRED while the message is still in work

 private:
  HRESULT log_on();
  Status open_queue();

  const SessionStatePtr state_;
  const LogonRecordPtr client_;
  const std::function<void()> changed_;
  mutable std::mutex mutex_;
  com::Ref<IMSLogon> logon_;
  com::Ref<IMsgStore> store_;
  com::Ref<IMAPITable> queue_;
  com::Ref<IMAPISupport> support_;
  ULONG_PTR connection_ = 0;
};
using StoreLinkPtr = std::shared_ptr<StoreLink>;

}  // namespace mapiary::session
