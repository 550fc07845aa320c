// SPDX-License-Identifier: Apache-2.0
// The spooler's thread: what it does in one step, and how it sends and receives.
#include "session/spooler/spooler.h"

#include <mapiutil.h>

#include <algorithm>
#include <set>

#include "base/log.h"
#include "com/error_map.h"
#include "session/spooler/receiving.h"
#include "session/spooler/sending.h"

namespace mapiary::session {
namespace {

constexpr int kMostMessages = 1000;  // received from one transport in a row
constexpr auto kNever = SpoolerClock::time_point::max();

void note(const char* what, const Status& status) {
  if (!status) log_error(LogLevel::kInfo, status.error(), what);
}

}  // namespace

Spooler::~Spooler() {
  if (!thread_.joinable()) return;
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

void Spooler::wake() {
  std::lock_guard lock(core_->mutex());
  wake_locked();
}

void Spooler::wake_locked() {
  if (core_->stopping) return;
  wake_ = true;
  if (!thread_.joinable()) thread_ = std::thread([self = shared_from_this()] { self->run(); });
  core_->changed().notify_all();
}

void Spooler::run() {
  std::unique_lock lock(core_->mutex());
  auto due = kNever;
  while (!core_->stopping) {
    const auto ready = [&] { return wake_ || core_->stopping; };
    if (due == kNever) {
      core_->changed().wait(lock, ready);
    } else {
      core_->changed().wait_until(lock, due, ready);
    }
    if (core_->stopping) break;
    const bool is_idle = !std::exchange(wake_, false);
    is_stepping_ = true;
    lock.unlock();
    note("a step of the spooler", [&]() -> Status {
      auto done = com::detail::run([&]() -> Status {
        step(is_idle);
        return {};
      });
      return done ? Status() : Status(tl::unexpected(std::move(done).error()));
    }());
    lock.lock();
    busy_store_ = 0;
    is_stepping_ = false;
    due = next_due();
    core_->changed().notify_all();
  }
  has_ended_ = true;
  core_->changed().notify_all();
}

void Spooler::step(bool is_idle) {
  const auto state = core_->state();
  if (!state) return;
  load(state, false);
  open_links(state);
  ask_offers(state);
  set_directions(state);
  run_requests();
  announce_mail();
  send_all();
  receive_all(state);
  if (is_idle) idle(state);
}

// The first need: a store opened with mail, or a question about transports.
void Spooler::load(const SessionStatePtr& state, bool again) {
  std::vector<TransportPtr> known;
  {
    std::lock_guard lock(core_->mutex());
    if (is_loaded_ && !again) return;
    if (links_.empty() && !is_load_wanted_) return;
    known = core_->all;
  }
  auto loaded = load_transports(state, known);
  std::lock_guard lock(core_->mutex());
  is_loaded_ = true;
  if (loaded) {
    core_->all = std::move(loaded->transports);
    core_->all_there = loaded->all_there;
    for (const auto& link : links_) link->dirty = true;
  } else {
    core_->all_there = false;
  }
  core_->changed().notify_all();
}

void Spooler::open_links(const SessionStatePtr& state) {
  for (;;) {
    StoreLinkPtr next;
    {
      std::lock_guard lock(core_->mutex());
      busy_store_ = 0;
      core_->changed().notify_all();
      const auto found = std::find_if(links_.begin(), links_.end(), [](const auto& link) { return !link->is_linked; });
      if (found == links_.end() || core_->stopping) return;
      next = *found;
      next->is_linked = true;
      busy_store_ = next->id();
    }
    const Status opened = next->open();
    if (!opened && opened.error().code != Code::kNotSupported) {
      state->add_incident({next->client()->title, "IMSProvider::SpoolerLogon", Outcome::kReturned,
                           com::to_hresult(opened.error()), opened.error().message});
    }
    bool is_closed = false;
    {
      std::lock_guard lock(core_->mutex());
      next->dirty = opened.has_value();
      next->is_open = true;
      is_closed = next->is_closed;
      if (!opened) std::erase(links_, next);
    }
    if (is_closed) next->let_go(state->bounds().release);
  }
}

void Spooler::ask_offers(const SessionStatePtr& state) {
  for (const auto& transport : core_->transports()) {
    {
      std::lock_guard lock(core_->mutex());
      if (!std::exchange(transport->config_changed, false) || !transport->is_callable()) continue;
    }
    TransportOffer offer = ask_offer(state, transport->record);
    std::lock_guard lock(core_->mutex());
    transport->offer = std::move(offer);
    for (const auto& link : links_) link->dirty = true;
  }
}

void Spooler::set_directions(const SessionStatePtr& state) {
  const bool in = inbox(state) != nullptr;
  for (const auto& transport : core_->transports()) {
    ULONG flags = 0;
    {
      std::lock_guard lock(core_->mutex());
      if (!transport->is_callable()) continue;
      const bool out = std::any_of(links_.begin(), links_.end(), [](const auto& link) { return !link->is_closed; });
      if (out != transport->outbound) flags |= out ? NOTIFY_BEGIN_OUTBOUND : NOTIFY_END_OUTBOUND;
      if (in != transport->inbound) flags |= in ? NOTIFY_BEGIN_INBOUND : NOTIFY_END_INBOUND;
      if (flags == 0) continue;
      // Before it is told: it may have new mail to tell of at once.
      transport->outbound = out;
      transport->inbound = in;
      if (!in) transport->new_mail = false;
      for (const auto& link : links_) link->dirty = link->dirty || out;
    }
    tell_transport(state, transport->record, flags);
  }
}

void Spooler::run_requests() {
  for (;;) {
    std::shared_ptr<Request> request;
    {
      std::lock_guard lock(core_->mutex());
      if (requests_.empty() || core_->stopping) return;
      request = std::move(requests_.front());
      requests_.pop_front();
    }
    Status result;
    auto ran = com::detail::run([&]() -> Status { return request->body(); });
    if (!ran) result = tl::unexpected(std::move(ran).error());
    std::lock_guard lock(core_->mutex());
    request->result = std::move(result);
    request->is_done = true;
    ++core_->progress;
    core_->changed().notify_all();
  }
}

void Spooler::announce_mail() {
  std::vector<NewMail> mails;
  {
    std::lock_guard lock(core_->mutex());
    mails.swap(new_mail_);
  }
  for (const NewMail& mail : mails) {
    if (const auto link = find(mail.store)) note("a store's own new mail", announce_own_mail(link, mail.notice));
  }
}

// ---- Out

void Spooler::send_all() {
  std::vector<StoreLinkPtr> links;
  {
    std::lock_guard lock(core_->mutex());
    links = links_;
  }
  for (const auto& link : links) send_from(link);
}

void Spooler::send_from(const StoreLinkPtr& link) {
  std::set<std::string> done;
  const auto may_go_on = [&] {
    std::lock_guard lock(core_->mutex());
    const auto now = SpoolerClock::now();
    const bool is_due = std::any_of(link->waiting.begin(), link->waiting.end(), [&](const auto& each) {
      return each.second.resume || (each.second.deferred_by == 0 && each.second.not_before <= now);
    });
    if (!link->is_linked || link->is_closed || link->on_hold || core_->stopping) return false;
    if (!link->dirty && !is_due && done.empty()) return false;
    link->dirty = false;
    busy_store_ = link->id();
    return true;
  };
  while (may_go_on()) {
    auto queue = link->read_queue();
    if (!queue) {
      note("an outgoing queue", tl::unexpected(std::move(queue).error()));
      break;
    }
    forget_vanished(link, *queue);
    auto next = next_message(link, *queue, done);
    if (!next) break;
    done.insert(next->id);
    note("a message in the outgoing queue", Sending(*core_, link, std::move(*next)).run());
    std::lock_guard lock(core_->mutex());
    ++core_->progress;
    core_->changed().notify_all();
  }
  std::lock_guard lock(core_->mutex());
  link->asked_for.clear();
  busy_store_ = 0;
  core_->changed().notify_all();
}

// The oldest that is not waiting for something and was not tried in this round.
std::optional<QueuedMessage> Spooler::next_message(const StoreLinkPtr& link, std::vector<QueuedMessage>& queue,
                                                   const std::set<std::string>& done) {
  std::lock_guard lock(core_->mutex());
  const auto now = SpoolerClock::now();
  for (auto& message : queue) {
    const auto found = link->waiting.find(message.id);
    const bool is_asked_for = found != link->waiting.end() && found->second.resume;
    if (done.contains(message.id) && !is_asked_for) continue;
    const bool is_ready = found == link->waiting.end() || is_asked_for ||
                          (found->second.deferred_by == 0 && found->second.not_before <= now);
    if (is_ready) return std::move(message);
  }
  return std::nullopt;
}

// Messages taken back with AbortSubmit; a transport that has put one off learns of it.
void Spooler::forget_vanished(const StoreLinkPtr& link, const std::vector<QueuedMessage>& queue) {
  std::vector<std::pair<std::string, std::uint64_t>> gone;
  {
    std::lock_guard lock(core_->mutex());
    link->queued = queue.size();
    core_->changed().notify_all();
    for (auto it = link->waiting.begin(); it != link->waiting.end();) {
      const bool is_there =
          std::any_of(queue.begin(), queue.end(), [&](const auto& message) { return message.id == it->first; });
      if (is_there) {
        ++it;
        continue;
      }
      if (it->second.deferred_by != 0) gone.emplace_back(it->first, it->second.deferred_by);
      it = link->waiting.erase(it);
    }
  }
  for (const auto& [id, by] : gone) {
    const auto transport = core_->transport(by);
    if (transport) tell_deferred(link->state(), transport->record, id, NOTIFY_ABORT_DEFERRED | NOTIFY_CANCEL_MESSAGE);
  }
}

// ---- In

void Spooler::poll(const SessionStatePtr& state, const TransportPtr& transport) {
  {
    std::lock_guard lock(core_->mutex());
    if ((transport->flags & LOGON_SP_POLL) == 0 || !transport->inbound || transport->new_mail) return;
    if (transport->critical > 0 || !transport->is_callable() || core_->stopping) return;
    transport->next_poll = SpoolerClock::now() + core_->times().poll;
  }
  auto incoming = std::make_shared<ULONG>(0);
  const CallResult result = call_transport(state, transport->record, "IXPLogon::Poll", state->bounds().logoff,
                                           [incoming](IXPLogon& logon) { return logon.Poll(incoming.get()); });
  std::lock_guard lock(core_->mutex());
  if (result.outcome == Outcome::kTimedOut) transport->is_dead = true;
  if (result.ok() && *incoming != 0) transport->new_mail = true;
}

void Spooler::receive_all(const SessionStatePtr& state) {
  for (const auto& transport : core_->transports()) {
    bool is_due = false;
    {
      std::lock_guard lock(core_->mutex());
      is_due = SpoolerClock::now() >= transport->next_poll;
    }
    if (is_due) poll(state, transport);
    receive_from(state, transport);
  }
}

void Spooler::receive_from(const SessionStatePtr& state, const TransportPtr& transport) {
  for (int i = 0; i < kMostMessages; ++i) {
    const auto link = inbox(state);
    if (!link) return;
    {
      std::lock_guard lock(core_->mutex());
      if (!transport->inbound || !transport->is_callable() || core_->stopping) return;
      if (!std::exchange(transport->new_mail, false)) return;
      busy_store_ = link->id();
    }
    auto received = receive_message(*core_, link, transport);
    if (!received) note("an incoming message", tl::unexpected(received.error()));
    {
      std::lock_guard lock(core_->mutex());
      busy_store_ = 0;
      ++core_->progress;
      core_->changed().notify_all();
    }
    if (received && *received) poll(state, transport);
  }
}

void Spooler::idle(const SessionStatePtr& state) {
  for (const auto& transport : core_->transports()) {
    {
      std::lock_guard lock(core_->mutex());
      if ((transport->flags & LOGON_SP_IDLE) == 0 || transport->critical > 0) continue;
      if (!transport->is_callable() || core_->stopping) continue;
    }
    const CallResult result = call_transport(state, transport->record, "IXPLogon::Idle", state->bounds().logoff,
                                             [](IXPLogon& logon) { return logon.Idle(0); });
    std::lock_guard lock(core_->mutex());
    if (result.outcome == Outcome::kTimedOut) transport->is_dead = true;
  }
}

// With the lock held.
SpoolerClock::time_point Spooler::next_due() {
  auto due = kNever;
  const auto now = SpoolerClock::now();
  for (const auto& transport : core_->all) {
    if (!transport->is_callable()) continue;
    if ((transport->flags & LOGON_SP_POLL) != 0 && transport->inbound) due = std::min(due, transport->next_poll);
    if ((transport->flags & LOGON_SP_IDLE) != 0) due = std::min(due, now + core_->times().poll);
  }
  for (const auto& link : links_) {
    if (link->on_hold || link->is_closed) continue;
    for (const auto& [id, waiting] : link->waiting) {
      if (waiting.deferred_by == 0) due = std::min(due, waiting.not_before);
    }
  }
  return due;
}

// ---- FlushQueues of one transport: the steps of implementing-the-flushqueues-method.

ULONG Spooler::status_of(const Transport& transport) {
  const auto state = core_->state();
  const auto row = state ? state->status_table().row(bytes_of(transport.record->section)) : std::nullopt;
  return row ? static_cast<ULONG>(int_of(*row, PROP_ID(PR_STATUS_CODE)).value_or(0)) : 0;
}

Status Spooler::flush_transport(const TransportPtr& transport, ULONG_PTR ui_param, ULONG flags) {
  const auto state = core_->state();
  if (!state) return fail(Code::kInvalidObject, "session", "the session has ended");
  {
    std::lock_guard lock(core_->mutex());
    if (!transport->is_callable()) return fail(Code::kBusy, "session", "the transport is not to be reached now");
  }
  {
    Work work;
    work.transport = transport;
    const WorkScope scope(*core_, std::move(work));
    const CallResult result = core_->call(scope.work(), "IXPLogon::FlushQueues", [ui_param, flags](IXPLogon& logon) {
      return logon.FlushQueues(ui_param, 0, nullptr, flags & ~FLUSH_ASYNC_OK);
    });
    if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, "IXPLogon::FlushQueues"));
  }
  if ((flags & FLUSH_UPLOAD) != 0 && (status_of(*transport) & STATUS_OUTBOUND_FLUSH) != 0) {
    SpoolerNotice ready;
    ready.flags = NOTIFY_READYTOSEND;
    notify_transport(transport, ready);
    send_all();
    tell_transport(state, transport->record, NOTIFY_END_OUTBOUND_FLUSH);
  }
  if ((flags & FLUSH_DOWNLOAD) != 0) {
    const bool is_flushing = (status_of(*transport) & STATUS_INBOUND_FLUSH) != 0;
    {
      std::lock_guard lock(core_->mutex());
      if (is_flushing && transport->inbound) transport->new_mail = true;
    }
    poll(state, transport);
    receive_from(state, transport);
    if (is_flushing) tell_transport(state, transport->record, NOTIFY_END_INBOUND_FLUSH);
  }
  return {};
}

}  // namespace mapiary::session
