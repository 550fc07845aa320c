// SPDX-License-Identifier: Apache-2.0
// What the session, stores and transports ask of the spooler, on their own threads. Every wait is bounded.
#include <mapiutil.h>

#include <algorithm>

#include "base/log.h"
#include "session/client/open_store.h"
#include "session/spooler/preprocessing.h"
#include "session/spooler/sending.h"
#include "session/spooler/spooler.h"

namespace mapiary::session {
namespace {

tl::unexpected<Error> too_late() {
  return fail(Code::kTimeout, "session", "the spooler is not done in time");
}
tl::unexpected<Error> ended() {
  return fail(Code::kInvalidObject, "session", "the session has ended");
}

}  // namespace

bool Spooler::is_spooler_thread() const {
  std::lock_guard lock(core_->mutex());
  return thread_.get_id() == std::this_thread::get_id();
}

StoreLinkPtr Spooler::find(std::uint64_t logon) {
  std::lock_guard lock(core_->mutex());
  const auto found = std::find_if(links_.begin(), links_.end(), [&](const auto& link) { return link->id() == logon; });
  return found == links_.end() ? nullptr : *found;
}

// The default store, if mail may come into it.
StoreLinkPtr Spooler::inbox(const SessionStatePtr& state) {
  const auto section = state->default_store();
  if (!section) return nullptr;
  std::lock_guard lock(core_->mutex());
  for (const auto& link : links_) {
    if (link->client()->section != *section || !link->is_linked) continue;
    if (!link->is_closed && !link->on_hold && !link->no_inbound && link->store()) return link;
  }
  return nullptr;
}

com::Ref<IMsgStore> Spooler::inbox_store() {
  const auto state = core_->state();
  const auto link = state ? inbox(state) : nullptr;
  return link ? link->store() : nullptr;
}

bool Spooler::wait_while(std::unique_lock<std::mutex>& lock, const std::function<bool()>& condition) {
  const auto state = core_->state();
  if (!state || thread_.get_id() == std::this_thread::get_id()) return !condition();
  auto seen = core_->progress;
  auto deadline = SpoolerClock::now() + state->bounds().logoff;
  while (condition()) {
    if (SpoolerClock::now() >= deadline) return false;
    core_->changed().wait_until(lock, deadline);
    if (core_->progress == seen) continue;
    seen = core_->progress;
    deadline = SpoolerClock::now() + state->bounds().logoff;
  }
  return true;
}

Status Spooler::ask(std::function<Status()> body, std::chrono::milliseconds limit) {
  if (is_spooler_thread()) return body();
  auto request = std::make_shared<Request>();
  request->body = std::move(body);
  std::unique_lock lock(core_->mutex());
  if (core_->stopping) return ended();
  requests_.push_back(request);
  wake_locked();
  auto seen = core_->progress;
  auto deadline = SpoolerClock::now() + limit;
  while (!request->is_done && !core_->stopping && SpoolerClock::now() < deadline) {
    core_->changed().wait_until(lock, deadline);
    if (core_->progress != seen) deadline = SpoolerClock::now() + limit;
    seen = core_->progress;
  }
  if (request->is_done) return std::move(request->result);
  std::erase(requests_, request);
  if (core_->stopping) return ended();
  return too_late();
}

void Spooler::settle(std::chrono::milliseconds limit) {
  std::unique_lock lock(core_->mutex());
  if (thread_.get_id() == std::this_thread::get_id()) return;
  core_->changed().wait_for(lock, limit, [&] { return core_->stopping || (!wake_ && !is_stepping_); });
}

void Spooler::await_start(std::chrono::milliseconds limit) {
  std::unique_lock lock(core_->mutex());
  if (thread_.get_id() == std::this_thread::get_id()) return;
  core_->changed().wait_for(lock, limit, [&] {
    const bool is_starting = (!is_loaded_ && (is_load_wanted_ || !links_.empty())) ||
                             std::any_of(links_.begin(), links_.end(), [](const auto& link) { return !link->is_open; });
    return core_->stopping || core_->work || !is_starting;
  });
}

// ---- The session

void Spooler::store_opened(LogonRecordPtr record) {
  const auto state = core_->state();
  if (!state) return;
  std::weak_ptr<Spooler> self = weak_from_this();
  const std::uint64_t id = record->id;
  auto changed = [self, id] {
    const auto spooler = self.lock();
    if (!spooler) return;
    const auto link = spooler->find(id);
    std::lock_guard lock(spooler->core_->mutex());
    if (link) link->dirty = true;
    spooler->wake_locked();
  };
  auto link = std::make_shared<StoreLink>(state, std::move(record), std::move(changed));
  std::lock_guard lock(core_->mutex());
  if (core_->stopping) return;
  const bool is_known = std::any_of(links_.begin(), links_.end(), [&](const auto& each) { return each->id() == id; });
  if (is_known) return;
  links_.push_back(std::move(link));
  wake_locked();
}

void Spooler::store_closed(std::uint64_t logon) {
  const auto link = find(logon);
  if (!link) return;
  {
    std::lock_guard lock(core_->mutex());
    link->on_hold = link->is_closed = true;
  }
  core_->abandon(logon);
  let_go(link);
}

void Spooler::let_go(const StoreLinkPtr& link) {
  {
    std::unique_lock lock(core_->mutex());
    link->on_hold = link->is_closed = true;
    const auto is_busy = [&] { return is_busy_with(link->id()); };
    if (!wait_while(lock, is_busy)) {
      lock.unlock();
      core_->abandon(link->id());
      lock.lock();
      (void)wait_while(lock, is_busy);
    }
    std::erase(links_, link);
    ++leaving_;
    wake_locked();
  }
  link->let_go(link->state()->bounds().release);
  std::lock_guard lock(core_->mutex());
  --leaving_;
  core_->changed().notify_all();
}

void Spooler::stop() {
  const auto state = core_->state();
  if (!state) return;
  std::vector<StoreLinkPtr> links;
  std::thread thread;
  {
    std::lock_guard lock(core_->mutex());
    if (core_->stopping) return;
    core_->stopping = true;
    for (const auto& link : links_) link->on_hold = true;
    core_->changed().notify_all();
  }
  if (!core_->cancel(0, SpoolerClock::now() + state->bounds().abort)) core_->abandon(0);
  {
    std::unique_lock lock(core_->mutex());
    thread = std::move(thread_);
    if (thread.joinable()) {
      core_->changed().wait_for(lock, state->bounds().release, [&] { return has_ended_; });
    }
    if (!has_ended_ && thread.joinable()) {  // a store does not come back to it
      thread.detach();
      state->add_incident({"spooler", "a step", Outcome::kTimedOut, MAPI_E_TIMEOUT});
    }
    links.swap(links_);
    requests_.clear();
    new_mail_.clear();
  }
  if (thread.joinable()) thread.join();
  end_transports(state, links);
  for (const auto& link : links) link->let_go(state->bounds().release);
  std::unique_lock lock(core_->mutex());
  // Stores that others are logging off: their providers are shut down next, and only after that.
  core_->changed().wait_for(lock, 3 * state->bounds().release, [&] { return leaving_ == 0; });
  core_->all.clear();
  core_->registered.clear();
}

void Spooler::end_transports(const SessionStatePtr& state, const std::vector<StoreLinkPtr>& links) {
  auto transports = core_->transports();
  std::reverse(transports.begin(), transports.end());
  for (const auto& transport : transports) {
    ULONG flags = 0;
    std::vector<std::string> put_off;
    {
      std::lock_guard lock(core_->mutex());
      if (!transport->is_callable()) continue;
      if (transport->inbound) flags |= NOTIFY_END_INBOUND;
      if (transport->outbound) flags |= NOTIFY_END_OUTBOUND;
      transport->inbound = transport->outbound = false;
      for (const auto& link : links) {
        for (const auto& [id, waiting] : link->waiting) {
          if (waiting.deferred_by == transport->id()) put_off.push_back(id);
        }
      }
    }
    for (const auto& id : put_off) tell_deferred(state, transport->record, id, NOTIFY_ABORT_DEFERRED);
    if (flags != 0) tell_transport(state, transport->record, flags);
  }
}

Status Spooler::flush_queues(ULONG_PTR ui_param, std::optional<Guid> section, ULONG flags) {
  const auto state = core_->state();
  if (!state) return ended();
  auto body = [self = shared_from_this(), ui_param, section, flags]() -> Status {
    const auto session = self->core_->state();
    if (!session) return ended();
    {
      std::lock_guard lock(self->core_->mutex());
      self->is_load_wanted_ = true;
    }
    self->load(session, true);
    self->set_directions(session);
    Status first;
    bool is_found = !section;
    for (const auto& transport : self->core_->transports()) {
      if (section && transport->record->section != *section) continue;
      is_found = true;
      Status flushed = self->flush_transport(transport, ui_param, flags);
      if (!flushed && first) first = std::move(flushed);
    }
    if (!is_found) return fail(Code::kNotFound, "session", "no transport has this entry id");
    return first;
  };
  if ((flags & FLUSH_ASYNC_OK) == 0) return ask(std::move(body), state->bounds().logon);
  std::lock_guard lock(core_->mutex());
  if (core_->stopping) return ended();
  auto request = std::make_shared<Request>();
  request->body = std::move(body);
  requests_.push_back(std::move(request));
  wake_locked();
  return {};
}

Status Spooler::validate(ULONG_PTR ui_param, ULONG flags) {
  const auto state = core_->state();
  if (!state) return ended();
  {
    std::lock_guard lock(core_->mutex());
    if (core_->work) return fail(Code::kBusy, "session", "a message is under way");
  }
  auto body = [self = shared_from_this(), ui_param, flags]() -> Status {
    const auto session = self->core_->state();
    if (!session) return ended();
    if ((flags & CONFIG_CHANGED) != 0) {
      for (const auto& transport : self->core_->transports()) {
        std::lock_guard lock(self->core_->mutex());
        transport->config_changed = true;
      }
      self->load(session, true);
      self->ask_offers(session);
    }
    Status first;
    for (const auto& transport : self->core_->transports()) {
      Work work;
      work.transport = transport;
      const WorkScope scope(*self->core_, std::move(work));
      const CallResult result =
          self->core_->call(scope.work(), "IXPLogon::ValidateState",
                            [ui_param, flags](IXPLogon& logon) { return logon.ValidateState(ui_param, flags); });
      if (!result.ok() && first) {
        first = tl::unexpected(com::outside_error(result.hr, "IXPLogon::ValidateState"));
      }
    }
    return first;
  };
  return ask(std::move(body), state->bounds().logon);
}

void Spooler::force_download() {
  const auto state = core_->state();
  const auto section = state ? state->default_store() : std::nullopt;
  if (!section) return;
  const auto properties = state->profile().properties(*section);
  const auto row = state->stores_table().row(bytes_of(*section));
  if (!properties || !row) return;
  // Mail comes into the default store, which nobody has opened yet.
  auto opened = open_store(state, {binary_of(*row, PROP_ID(PR_ENTRYID)), 0, nullptr, MDB_WRITE | MDB_NO_DIALOG});
  if (!opened) return;
  settle(state->bounds().logon);
  (void)flush_queues(0, std::nullopt, FLUSH_DOWNLOAD | FLUSH_FORCE | FLUSH_NO_UI);
}

std::vector<TransportOffer> Spooler::offers() {
  if (const auto state = core_->state()) await_start(state->bounds().logon);
  std::vector<TransportOffer> result;
  std::lock_guard lock(core_->mutex());
  for (const auto& transport : core_->all) {
    if (!transport->is_dead) result.push_back(transport->offer);
  }
  return result;
}

// ---- Stores that are logged off

ULONG Spooler::activity(std::uint64_t logon) {
  const auto link = find(logon);
  if (!link) return 0;
  constexpr std::chrono::milliseconds kLook{500};  // for a queue that has just changed
  std::unique_lock lock(core_->mutex());
  const auto is_known = [&] {
    const bool is_working = core_->work && core_->work->store == logon;
    return is_working || core_->stopping || (!link->dirty && !is_busy_with(logon)) || link->on_hold;
  };
  if (thread_.get_id() != std::this_thread::get_id()) core_->changed().wait_for(lock, kLook, is_known);
  ULONG flags = link->queued > 0 ? ULONG{LOGOFF_OUTBOUND_QUEUE} : 0;
  if (core_->work && core_->work->store == logon) flags |= core_->work->inbound ? LOGOFF_INBOUND : LOGOFF_OUTBOUND;
  return flags;
}

// Without an answer the store is this process's alone: better one logoff too careful than mail that nobody sends.
bool Spooler::is_open_elsewhere(std::uint64_t logon) {
  const auto link = find(logon);
  if (!link) return false;
  const auto used = link->state()->profile().is_used_elsewhere(link->client()->section);
  if (used) return *used;
  log_error(LogLevel::kWarning, used.error(), "looking for other processes with the store");
  return false;
}

bool Spooler::stop(std::uint64_t logon, std::chrono::milliseconds limit) {
  const auto link = find(logon);
  if (!link) return true;
  const auto deadline = SpoolerClock::now() + limit;
  {
    std::lock_guard lock(core_->mutex());
    link->on_hold = link->is_stopping = true;
  }
  bool is_idle = core_->cancel(logon, deadline);
  std::unique_lock lock(core_->mutex());
  is_idle = is_idle && core_->changed().wait_until(lock, deadline, [&] { return !is_busy_with(logon); });
  if (is_idle) return true;
  link->on_hold = link->is_stopping = false;
  wake_locked();
  return false;
}

Status Spooler::drain(std::uint64_t logon) {
  const auto link = find(logon);
  if (!link) return {};
  std::unique_lock lock(core_->mutex());
  link->no_inbound = true;
  link->dirty = true;
  wake_locked();
  if (wait_while(lock, [&] { return (link->dirty || is_busy_with(logon)) && !core_->stopping; })) return {};
  return too_late();
}

Status Spooler::finish(std::uint64_t logon) {
  const auto link = find(logon);
  if (!link) return {};
  std::unique_lock lock(core_->mutex());
  link->on_hold = true;
  if (wait_while(lock, [&] { return is_busy_with(logon) && !core_->stopping; })) return {};
  link->on_hold = false;
  return too_late();
}

Status Spooler::flush(std::uint64_t logon) {
  if (!find(logon)) return {};
  Status flushed = flush_queues(0, std::nullopt, FLUSH_UPLOAD | FLUSH_FORCE | FLUSH_NO_UI);
  std::lock_guard lock(core_->mutex());
  if (!flushed && core_->stopping) return {};  // the session ends meanwhile, and all sending with it
  return flushed;
}

Status Spooler::release_store(std::uint64_t logon) {
  if (const auto link = find(logon)) let_go(link);
  return {};
}

// ---- Transports and stores

Result<HRESULT> Spooler::yield(std::uint64_t logon) {
  std::lock_guard lock(core_->mutex());
  if (!core_->work || core_->work->transport->id() != logon) return S_OK;
  core_->work->patience->touch();
  ++core_->progress;
  core_->changed().notify_all();
  return core_->work->is_cancelled ? MAPI_W_CANCEL_MESSAGE : S_OK;
}

Status Spooler::notify(std::uint64_t logon, SpoolerNotice notice) {
  if (const auto transport = core_->transport(logon)) {
    notify_transport(transport, notice);
    return {};
  }
  const auto state = core_->state();
  if (!state) return ended();
  std::unique_lock lock(core_->mutex());
  if (notice.new_mail) new_mail_.push_back({logon, std::move(notice.new_mail)});
  if ((notice.flags & NOTIFY_READYTOSEND) != 0) is_load_wanted_ = true;
  wake_locked();
  // The transports are there when the store goes on to PrepareSubmit.
  if ((notice.flags & NOTIFY_READYTOSEND) != 0 && thread_.get_id() != std::this_thread::get_id()) {
    core_->changed().wait_for(lock, state->bounds().logon, [&] { return is_loaded_ || core_->stopping; });
  }
  return {};
}

void Spooler::notify_transport(const TransportPtr& transport, const SpoolerNotice& notice) {
  bool is_lost = false;
  {
    std::lock_guard lock(core_->mutex());
    if ((notice.flags & NOTIFY_NEWMAIL) != 0 && transport->inbound) transport->new_mail = true;
    if ((notice.flags & NOTIFY_CRITSEC) != 0) ++transport->critical;
    if ((notice.flags & NOTIFY_NONCRIT) != 0 && transport->critical > 0) --transport->critical;
    if ((notice.flags & NOTIFY_CONFIG_CHANGE) != 0) transport->config_changed = true;
    if ((notice.flags & NOTIFY_CRITICAL_ERROR) != 0) {
      is_lost = transport->is_dead = true;
      core_->all_there = false;
    }
    if ((notice.flags & NOTIFY_READYTOSEND) != 0) {
      transport->not_before = {};
      ++core_->ready;
    }
    for (const auto& link : links_) {
      if ((notice.flags & NOTIFY_READYTOSEND) != 0) {
        link->dirty = true;
        for (auto& [id, waiting] : link->waiting) waiting.not_before = {};
      }
      if (notice.deferred.empty()) continue;
      if (is_busy_with(link->id())) link->asked_for.insert(notice.deferred);
      const auto found = link->waiting.find(notice.deferred);
      if (found != link->waiting.end() && found->second.deferred_by == transport->id()) found->second.resume = true;
    }
    wake_locked();
  }
  const auto state = is_lost ? core_->state() : nullptr;
  if (!state) return;
  model::PropBag row;
  row.set(model::PropValue::int32(model::PropTag(PR_STATUS_CODE), STATUS_FAILURE));
  (void)state->modify_status_row(transport->id(), row, true);
}

Status Spooler::register_preprocessor(std::uint64_t logon, Preprocessor preprocessor) {
  std::lock_guard lock(core_->mutex());
  core_->registered.push_back({logon, std::move(preprocessor)});
  return {};
}

bool Spooler::wants_preprocessing(std::string_view address_type, std::string_view entry_id) {
  std::lock_guard lock(core_->mutex());
  return std::any_of(core_->registered.begin(), core_->registered.end(),
                     [&](const auto& each) { return is_meant(each.what, address_type, entry_id); });
}

Status Spooler::preprocess(std::uint64_t logon, const model::EntryId& message) {
  const auto state = core_->state();
  if (!state) return ended();
  return ask(
      [self = shared_from_this(), logon, id = std::string(message.bytes())]() -> Status {
        const auto link = self->find(logon);
        if (!link) return fail(Code::kUnableToComplete, "session", "the spooler does not know the store");
        const auto opened = TRY(link->open_message(id));
        TRY(Preprocessing(*self->core_, link).run(*opened));
        const CallResult saved = guarded([&] { return opened->SaveChanges(0); });
        if (!saved.ok()) return tl::unexpected(com::outside_error(saved.hr, "IMessage::SaveChanges"));
        return {};
      },
      state->bounds().logon);
}

// Message flow goes on here; the store need not wait for it.
Status Spooler::complete(std::uint64_t logon, const model::EntryId& message) {
  auto request = std::make_shared<Request>();
  request->body = [self = shared_from_this(), logon, id = std::string(message.bytes())]() -> Status {
    const auto link = self->find(logon);
    if (!link) return fail(Code::kUnableToComplete, "session", "the spooler does not know the store");
    return Sending(*self->core_, link, {id, 0}).complete();
  };
  std::lock_guard lock(core_->mutex());
  if (core_->stopping) return ended();
  requests_.push_back(std::move(request));
  wake_locked();
  return {};
}

}  // namespace mapiary::session
