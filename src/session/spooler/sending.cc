// SPDX-License-Identifier: Apache-2.0
#include "session/spooler/sending.h"

#include <mapicode.h>
#include <mapiutil.h>

#include <algorithm>

#include "com/error_map.h"
#include "property/copier.h"
#include "session/spooler/lent_message.h"
#include "session/spooler/preprocessing.h"
#include "session/support/recipient_list.h"
#include "session/support/report.h"

namespace mapiary::session {
namespace {

constexpr int kMostAtOnce = 3;          // END_RESEND_NOW in a row
constexpr ULONG kUnableToTransfer = 1;  // X.411, PR_NDR_REASON_CODE

using Row = RecipientList::Row;

std::int32_t row_of(const Row& row, std::size_t index) {
  return static_cast<std::int32_t>(row.number(PR_ROWID, static_cast<ULONG>(index)));
}

Status check(const CallResult& result, const char* call) {
  if (result.ok()) return {};
  return tl::unexpected(com::outside_error(result.hr, call));
}

// What goes to SubmitMessage and comes back, owned by the call.
struct Submission {
  com::Ref<LentMessage> message;
  std::shared_ptr<ULONG_PTR> reference = std::make_shared<ULONG_PTR>(0);
  ULONG_PTR seconds = 0;
  ULONG end_flags = 0;
};

}  // namespace

Result<std::vector<OutRecipient>> read_recipients(IMessage& message) {
  RecipientList list;
  TRY(list.read(message));
  std::vector<OutRecipient> result;
  for (std::size_t i = 0; i < list.rows().size(); ++i) {
    const Row& row = list.rows()[i];
    result.push_back({row_of(row, i), row.text(PR_ADDRTYPE_W), row.binary(PR_ENTRYID), row.flag(PR_RESPONSIBILITY)});
  }
  return result;
}

TransportPtr choose_transport(const std::vector<TransportPtr>& transports, const OutRecipient& recipient,
                              const std::set<std::uint64_t>& refused) {
  const auto find = [&](auto&& takes) -> TransportPtr {
    for (const auto& transport : transports) {
      if (!transport->is_dead && !refused.contains(transport->id()) && takes(*transport)) return transport;
    }
    return nullptr;
  };
  if (auto found = find([&](const Transport& t) { return t.takes_uid(recipient.entry_id); })) return found;
  return find([&](const Transport& t) { return t.takes_type(recipient.type); });
}

Sending::Sending(SpoolerCore& core, StoreLinkPtr link, QueuedMessage queued)
    : core_(core), link_(std::move(link)), queued_(std::move(queued)) {}

bool Sending::is_over() {
  std::lock_guard lock(core_.mutex());
  return core_.stopping || link_->is_stopping || link_->is_closed;
}

Status Sending::lock(ULONG state) {
  const auto store = link_->store();
  if (!store) return fail(Code::kInvalidObject, "session", "the store was closed");
  return check(guarded([&] { return store->SetLockState(message_.get(), state); }), "IMsgStore::SetLockState");
}

Status Sending::reopen() {
  message_.reset();
  message_ = TRY(link_->open_message(queued_.id));
  return {};
}

Status Sending::run() {
  message_ = TRY(link_->open_message(queued_.id));
  TRY(lock(MSG_LOCKED));
  {
    std::lock_guard lock(core_.mutex());
    ready_ = core_.ready;
    const auto found = link_->waiting.find(queued_.id);
    if (found != link_->waiting.end() && found->second.resume) {
      is_deferred_ = true;
      deferred_by_ = found->second.deferred_by;
    }
  }
  Status status;
  if ((queued_.submit_flags & SUBMITFLAG_PREPROCESS) != 0) status = preprocess();
  if (status) status = serve();
  if (status) status = conclude();
  if (status && !waits_) return {};
  const bool is_put_off = deferred_by_ != 0 && !is_deferred_;  // until its transport asks for it
  if (!is_put_off) wait_until(SpoolerClock::now() + core_.times().retry);
  if (message_) (void)this->lock(MSG_UNLOCKED);
  std::lock_guard lock(core_.mutex());
  if (!is_put_off && core_.ready != ready_) retry_ = {};  // a transport became ready meanwhile
  const bool resume = link_->asked_for.erase(queued_.id) != 0;
  link_->waiting[queued_.id] = {retry_, is_put_off ? deferred_by_ : 0, is_put_off && resume};
  return status;
}

// SubmitMessage again tells the store that the preprocessing is over (ST-652).
Status Sending::preprocess() {
  TRY(Preprocessing(core_, link_).run(*message_));
  TRY(check(guarded([&] { return message_->SubmitMessage(0); }), "IMessage::SubmitMessage"));
  return reopen();
}

Status Sending::serve() {
  for (const OutRecipient& each : TRY(read_recipients(*message_))) {
    if (each.served) served_.insert(each.row);
  }
  while (!is_over()) {
    TransportPtr chosen;
    std::set<std::int32_t> rows;
    bool is_ready = false;
    const auto recipients = TRY(read_recipients(*message_));
    {
      std::lock_guard lock(core_.mutex());
      for (const OutRecipient& each : recipients) {
        if (served_.contains(each.row) || held_.contains(each.row)) continue;
        const TransportPtr best = choose_transport(core_.all, each, refused_[each.row]);
        if (!best || (chosen && best != chosen)) continue;
        chosen = best;
        rows.insert(each.row);
      }
      if (!chosen) return {};
      is_ready = chosen->is_callable() && chosen->outbound && SpoolerClock::now() >= chosen->not_before;
      if (!is_ready && chosen->not_before > SpoolerClock::now()) wait_until(chosen->not_before);
    }
    if (!is_ready) {
      hold(rows);
      continue;
    }
    if (offer(chosen, rows) == Next::kStop) return {};
  }
  waits_ = true;
  return {};
}

void Sending::refuse(const TransportPtr& transport, const std::set<std::int32_t>& rows) {
  for (const std::int32_t row : rows) refused_[row].insert(transport->id());
}

// Their transport is the one, only not now.
void Sending::hold(const std::set<std::int32_t>& rows) {
  waits_ = true;
  held_.insert(rows.begin(), rows.end());
}

void Sending::wait_until(SpoolerClock::time_point time) {
  retry_ = std::min(retry_, time);
}

// FALSE for those the transport is to serve, TRUE for all others.
Status Sending::mark(const std::set<std::int32_t>& offered) {
  RecipientList list;
  TRY(list.read(*message_));
  for (std::size_t i = 0; i < list.rows().size(); ++i) {
    Row& row = list.rows()[i];
    const bool value = !offered.contains(row_of(row, i));
    if (!row.find(PR_RESPONSIBILITY) || row.flag(PR_RESPONSIBILITY) != value) row.set_flag(PR_RESPONSIBILITY, value);
  }
  return list.write(*message_);
}

Status Sending::learn(const std::set<std::int32_t>& rows) {
  for (const OutRecipient& each : TRY(read_recipients(*message_))) {
    if (each.served && rows.contains(each.row)) served_.insert(each.row);
  }
  return {};
}

Sending::Next Sending::offer(const TransportPtr& transport, const std::set<std::int32_t>& rows) {
  if (!mark(rows)) {
    waits_ = true;
    return Next::kStop;
  }
  auto submission = std::make_shared<Submission>();
  submission->message = com::make<LentMessage>(message_);
  Work work;
  work.store = link_->id();
  work.transport = transport;
  work.reference = submission->reference;
  const WorkScope scope(core_, std::move(work));
  const ULONG begin = is_deferred_ && deferred_by_ == transport->id() ? ULONG{BEGIN_DEFERRED} : 0;
  const auto end = [submission](IXPLogon& logon) {
    return logon.EndMessage(*submission->reference, &submission->end_flags);
  };
  CallResult result = core_.call(
      scope.work(), "IXPLogon::SubmitMessage",
      [submission, begin](IXPLogon& logon) {
        return logon.SubmitMessage(begin, submission->message.get(), submission->reference.get(), &submission->seconds);
      },
      [end](IXPLogon& logon, HRESULT) { (void)end(logon); });
  const bool has_taken_it = result.ok();
  if (has_taken_it) result = core_.call(scope.work(), "IXPLogon::EndMessage", end);
  submission->message->take_back();
  if (result.outcome == Outcome::kTimedOut) {  // the transport still has it; nobody else may, until it came back
    waits_ = true;
    return Next::kStop;
  }
  if (!has_taken_it) {
    const bool was_cancelled = scope.is_cancelled();
    if (!reopen() || was_cancelled) {
      waits_ = true;
      return Next::kStop;
    }
    return judge(transport, rows, result.hr, submission->seconds);
  }
  if (!result.ok()) submission->end_flags = END_RESEND_LATER;
  if (!learn(rows)) return Next::kStop;
  return ended(transport, rows, submission->end_flags);
}

// SubmitMessage failed; its changes went with the message object.
Sending::Next Sending::judge(const TransportPtr& transport, const std::set<std::int32_t>& rows, HRESULT hr,
                             ULONG_PTR seconds) {
  {
    std::lock_guard lock(core_.mutex());
    if (hr == MAPI_E_NOT_ME || transport->is_dead) {
      refuse(transport, rows);
      return Next::kGoOn;
    }
  }
  if (hr == MAPI_E_CANCEL) {  // it must not be sent again
    served_.insert(rows.begin(), rows.end());
    return Next::kGoOn;
  }
  hold(rows);
  auto pause = core_.times().retry;
  if ((hr == MAPI_E_WAIT || hr == MAPI_E_NETWORK_ERROR) && seconds > 0) {
    constexpr ULONG_PTR kDay = 86400;
    pause = std::chrono::seconds(std::min(seconds, kDay));
  }
  std::lock_guard lock(core_.mutex());
  transport->not_before = SpoolerClock::now() + pause;
  wait_until(transport->not_before);
  return Next::kGoOn;
}

Sending::Next Sending::ended(const TransportPtr& transport, const std::set<std::int32_t>& rows, ULONG flags) {
  if ((flags & END_RESEND_NOW) != 0 && ++again_[transport->id()] <= kMostAtOnce) return Next::kGoOn;
  const bool is_deferred = (flags & END_DONT_RESEND) != 0;
  if (is_deferred) {
    deferred_by_ = transport->id();
    is_deferred_ = false;
    retry_ = SpoolerClock::time_point::max();
  }
  if (is_deferred || (flags & (END_RESEND_LATER | END_RESEND_NOW)) != 0) {
    hold(rows);
  } else {
    refuse(transport, rows);  // whom it left out is for the next
  }
  return Next::kGoOn;
}

// PR_RESPONSIBILITY as it is, whatever was marked for a transport.
Status Sending::write_truth() {
  RecipientList list;
  TRY(list.read(*message_));
  for (std::size_t i = 0; i < list.rows().size(); ++i) {
    Row& row = list.rows()[i];
    const bool value = served_.contains(row_of(row, i));
    if (!row.find(PR_RESPONSIBILITY) || row.flag(PR_RESPONSIBILITY) != value) row.set_flag(PR_RESPONSIBILITY, value);
  }
  TRY(list.write(*message_));
  return check(guarded([&] { return message_->SaveChanges(KEEP_OPEN_READWRITE); }), "IMessage::SaveChanges");
}

Status Sending::conclude() {
  if (!message_) return fail(Code::kInvalidObject, "session", "the message was closed");
  const auto recipients = TRY(read_recipients(*message_));
  const bool is_unserved = std::any_of(recipients.begin(), recipients.end(),
                                       [&](const OutRecipient& each) { return !served_.contains(each.row); });
  {
    // A transport that could not log on or broke down may be the one for the rest: nobody gives them up yet.
    std::lock_guard lock(core_.mutex());
    if (is_unserved && !core_.all_there) waits_ = true;
  }
  if (!waits_) TRY(report_unserved(recipients));
  TRY(write_truth());
  return waits_ ? Status() : finish();
}

// Nobody took them: nondelivery.
Status Sending::report_unserved(const std::vector<OutRecipient>& recipients) {
  RecipientList list;
  TRY(list.read(*message_));
  std::vector<std::vector<SPropValue>> rows;
  for (std::size_t i = 0; i < list.rows().size(); ++i) {
    Row& row = list.rows()[i];
    if (served_.contains(row_of(row, i))) continue;
    row.set_number(PR_NDR_REASON_CODE, kUnableToTransfer);
    row.set_number(PR_NDR_DIAG_CODE, static_cast<ULONG>(MAPI_DIAG_OR_NAME_UNRECOGNIZED));
    rows.push_back(row.values());
  }
  if (rows.empty()) return {};
  std::vector<std::byte> bytes(CbNewADRLIST(rows.size()));
  auto* addresses = reinterpret_cast<ADRLIST*>(bytes.data());
  addresses->cEntries = static_cast<ULONG>(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    addresses->aEntries[i] = {0, static_cast<ULONG>(rows[i].size()), rows[i].data()};
  }
  TRY(report_recipients(*link_->host(), link_->seat(), *message_, *addresses));
  for (const OutRecipient& each : recipients) served_.insert(each.row);
  return {};
}

Status Sending::finish() {
  (void)Preprocessing(core_, link_).remove_info(*message_);  // the message has been sent: that counts more
  message_.reset();
  const auto store = link_->store();
  if (!store) return fail(Code::kInvalidObject, "session", "the store was closed");
  std::string id = queued_.id;
  const Status done =
      check(guarded([&] {
              return store->FinishedMsg(0, static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()));
            }),
            "IMsgStore::FinishedMsg");
  std::lock_guard lock(core_.mutex());
  link_->waiting.erase(queued_.id);
  // A store that cannot finish it must not have it sent again and again.
  if (!done) link_->waiting[queued_.id] = {SpoolerClock::time_point::max(), 0, false};
  return {};
}

Status Sending::complete() {
  message_ = TRY(link_->open_message(queued_.id));
  TRY(lock(MSG_LOCKED));
  return finish();
}

}  // namespace mapiary::session
