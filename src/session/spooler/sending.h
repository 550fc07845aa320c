// SPDX-License-Identifier: Apache-2.0
// One message's way from a store's outgoing queue to the transports: lock, preprocess, offer each recipient to the
// first transport that takes it, report whom nobody took, FinishedMsg. On the spooler's thread. What the store has of
// a message is true at any time: a recipient is marked as served only when a transport took it (the marks
// made for one SubmitMessage are not saved). Decisions beyond the pages: docs/adr/0033. Pages:
// sending-messages-mapi-spooler-tasks, message-submission-model, ixplogon-submitmessage, ixplogon-endmessage,
// ixplogon-addresstypes, pidtagresponsibility-canonical-property.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "session/spooler/core.h"

namespace mapiary::session {

// A recipient as far as the choice of a transport goes.
struct OutRecipient {
  std::int32_t row = 0;  // PR_ROWID
  std::string type, entry_id;
  bool served = false;  // PR_RESPONSIBILITY
};

Result<std::vector<OutRecipient>> read_recipients(IMessage& message);
// The first transport to match in the scan of all UIDs, then of all address types, but those in `refused`; null: none.
TransportPtr choose_transport(const std::vector<TransportPtr>& transports, const OutRecipient& recipient,
                              const std::set<std::uint64_t>& refused);

class Sending {
 public:
  Sending(SpoolerCore& core, StoreLinkPtr link, QueuedMessage queued);
  // Failures leave the message in the queue; it is tried again later.
  Status run();
  // CompleteMsg: others have sent it, what is left is to take away preprocessing data and to finish it.
  Status complete();

 private:
  enum class Next : std::uint8_t { kGoOn, kStop };

  Status lock(ULONG state);
  Status preprocess();
  Status serve();
  Next offer(const TransportPtr& transport, const std::set<std::int32_t>& rows);
  Next judge(const TransportPtr& transport, const std::set<std::int32_t>& rows, HRESULT hr, ULONG_PTR seconds);
  Next ended(const TransportPtr& transport, const std::set<std::int32_t>& rows, ULONG flags);
  Status mark(const std::set<std::int32_t>& offered);
  Status learn(const std::set<std::int32_t>& rows);
  Status reopen();
  void refuse(const TransportPtr& transport, const std::set<std::int32_t>& rows);
  void hold(const std::set<std::int32_t>& rows);
  void wait_until(SpoolerClock::time_point time);
  Status conclude();
  Status report_unserved(const std::vector<OutRecipient>& recipients);
  Status write_truth();
  Status finish();
  bool is_over();

  SpoolerCore& core_;
  const StoreLinkPtr link_;
  const QueuedMessage queued_;
  com::Ref<IMessage> message_;
  std::set<std::int32_t> served_, held_;
  std::map<std::int32_t, std::set<std::uint64_t>> refused_;
  std::map<std::uint64_t, int> again_;  // END_RESEND_NOW
  bool waits_ = false;
  std::uint64_t ready_ = 0;  // SpoolerCore::ready when this began
  SpoolerClock::time_point retry_ = SpoolerClock::time_point::max();
  std::uint64_t deferred_by_ = 0;
  bool is_deferred_ = false;  // BEGIN_DEFERRED: its transport asked for it
};

}  // namespace mapiary::session
