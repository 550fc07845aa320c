// SPDX-License-Identifier: Apache-2.0
#include "store/core.h"

#include <extraconstants.h>
#include <mapiaux.h>
#include <mapicode.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/clock.h"
#include "store/advises.h"
#include "store/search.h"

namespace mapiary::store {
namespace {

constexpr std::size_t kBatch = 4096;
constexpr std::chrono::milliseconds kPatience{500};
// A batch of saves ends when it has so many, or so many bytes, or is so old.
constexpr std::size_t kBatchSaves = 100;
constexpr std::uint64_t kBatchBytes = 4 << 20;
constexpr std::chrono::milliseconds kBatchAge{250};
constexpr std::chrono::milliseconds kRetry{100};

}  // namespace

StoreCore::StoreCore(Setup setup)
    : setup_(std::move(setup)),
      status_names_{setup_.default_name, "Mapiary message store"},
      info_(setup_.mailbox->info()),
      ids_(info_.uid),
      names_(*this),
      advises_(std::make_unique<Advises>(*this)) {
  if (info_.capabilities.read_only) setup_.writable = false;
}

Result<CorePtr> StoreCore::make(Setup setup) {
  CorePtr core(new StoreCore(std::move(setup)));
  const auto newest = TRY(core->setup_.mailbox->changes_since(UINT64_MAX, 1));
  core->seen_ = newest.last;
  return core;
}

StoreCore::~StoreCore() {
  (void)close();
}

com::Ref<IMAPISupport> StoreCore::support() {
  const std::lock_guard lock(gate_->mutex());
  return setup_.support;
}

// For the last Release of the store: the support object ends the logon when it goes, so it goes outside the lock.
void StoreCore::take_support(com::Ref<IMAPISupport>& out) {
  const std::lock_guard lock(gate_->mutex());
  out = std::move(setup_.support);
}

com::Ref<IMAPIProgress> StoreCore::progress_dialog(ULONG_PTR ui) {
  com::Ref<IMAPIProgress> progress;
  const auto from = support();
  if (from && FAILED(from->DoProgressDialog(ui, 0, progress.put()))) progress.reset();
  return progress;
}

Result<backend::CheckReport> StoreCore::check() const {
  if (!setup_.check) return fail(Code::kNotSupported, "store", "the store cannot be checked");
  return setup_.check();
}

ULONG StoreCore::support_mask() const {
  ULONG mask = STORE_ENTRYID_UNIQUE | STORE_SEARCH_OK | STORE_ATTACH_OK | STORE_OLE_OK | STORE_NOTIFY_OK |
               STORE_MV_PROPS_OK | STORE_CATEGORIZE_OK | STORE_RTF_OK | STORE_RESTRICTION_OK | STORE_SORT_OK |
               STORE_HTML_OK | STORE_ANSI_OK | STORE_UNICODE_OK;
  return mask | (writable() ? STORE_MODIFY_OK | STORE_CREATE_OK | STORE_SUBMIT_OK : STORE_READONLY);
}

Result<Reader> StoreCore::read() {
  if (!setup_.mailbox) return fail(Code::kInvalidObject, "store", "the store was closed");
  if (batch_ && batch_->transaction) return Reader(*batch_->transaction);
  return Reader(TRY(setup_.mailbox->begin(backend::Mode::kRead)));
}

Result<Writer> StoreCore::write() {
  if (!setup_.mailbox) return fail(Code::kInvalidObject, "store", "the store was closed");
  if (!writable()) return fail(Code::kReadOnly, "store", "the store is open for reading only");
  TRY(finish_batch());
  TRY(take_batch_error());
  auto transaction = TRY(setup_.mailbox->begin(bulk_ || batching_ ? backend::Mode::kBulk : backend::Mode::kWrite));
  return Writer(*this, std::move(transaction));
}

Status StoreCore::set_bulk(bool bulk) {
  bulk_ = bulk;
  return bulk || !setup_.mailbox ? Status() : setup_.mailbox->flush();
}

// ---- Bulk mode

Result<Writer> StoreCore::write_batched() {
  // An engine in memory may let readers wait for the writer, and gains nothing by it.
  if (!batching_ || !info_.capabilities.persistent) return write();
  TRY(take_batch_error());
  if (!batch_) {
    Writer begun = TRY(write());
    batch_.emplace();
    batch_->transaction = std::move(begun.transaction_);
    batch_->since = steady_now();
  }
  return Writer(*this, std::move(batch_->transaction), true);
}

// The writer gives the transaction back.
Status StoreCore::keep_batch(Writer& writer) {
  Batch& batch = *batch_;
  batch.transaction = std::move(writer.transaction_);
  if (!writer.touched_.empty()) {
    if (!batch.searches) batch.searches = TRY(any_search(*this, *batch.transaction));
    if (*batch.searches) TRY(update_searches(*this, *batch.transaction, writer.touched_));
  }
  batch.touched.insert(batch.touched.end(), writer.touched_.begin(), writer.touched_.end());
  batch.bytes += writer.bytes_;
  ++batch.saves;
  const bool full = batch.saves >= kBatchSaves || batch.bytes >= kBatchBytes || steady_now() - batch.since >= kBatchAge;
  return full ? finish_batch() : Status();
}

Status StoreCore::commit(backend::Transaction& transaction, std::span<const ObjectId> touched) {
  if (!touched.empty()) {
    for (ChangeListener* listener : listeners_) listener->before_commit(transaction, touched);
  }
  Status done = transaction.commit();
  if (done || touched.empty()) return done;
  for (ChangeListener* listener : listeners_) listener->before_commit(transaction, {});
  return done;
}

Status StoreCore::finish_batch() {
  if (!batch_) return {};
  const Batch batch = std::move(*batch_);
  batch_.reset();
  const Status done = commit(*batch.transaction, batch.touched);
  if (done) {
    pump();
    return done;
  }
  lose_batch(done.error());
  return take_batch_error();
}

// The saves of the batch were answered and are not there: whoever shows them must read again.
void StoreCore::lose_batch(Error why) {
  batch_.reset();
  why.message = "messages saved in bulk mode were lost: " + why.message;
  batch_error_ = std::move(why);
  backend::ChangeBatch all;
  all.lost = true;
  for (ChangeListener* listener : std::vector(listeners_)) {
    if (std::find(listeners_.begin(), listeners_.end(), listener) != listeners_.end()) listener->on_changes(all);
  }
}

Status StoreCore::take_batch_error() {
  if (!batch_error_) return {};
  Error error = std::move(*batch_error_);
  batch_error_.reset();
  return tl::unexpected<Error>(std::move(error));
}

Status StoreCore::set_batching(bool batching) {
  if (!setup_.mailbox) return fail(Code::kInvalidObject, "store", "the store was closed");
  if (batching && !writable()) return fail(Code::kReadOnly, "store", "the store is open for reading only");
  const bool was = batching_;
  batching_ = batching;
  if (batching) watch();  // ends a batch that has become old
  if (!was) return {};
  const Status finished = finish_batch();
  const Status told = take_batch_error();
  const Status flushed = setup_.mailbox->flush();
  if (!finished) return finished;
  return told ? flushed : told;
}

void Writer::give_up(ObjectId message) {
  if (!batched_ || !transaction_) return;
  const Status undone = message == 0 ? Status() : transaction_->remove(message);
  core_->batch_->transaction = std::move(transaction_);
  if (!undone) core_->lose_batch(undone.error());
}

Status Writer::commit() {
  if (batched_) {
    Status kept = core_->keep_batch(*this);
    if (!kept && core_->batch_) core_->lose_batch(kept.error());
    return kept;
  }
  if (!touched_.empty()) TRY(update_searches(*core_, *transaction_, touched_));
  const Status done = core_->commit(*transaction_, touched_);
  transaction_.reset();
  if (!done) return done;
  core_->pump();
  return {};
}

// What happened before somebody listened is not told.
void StoreCore::listen(ChangeListener& listener) {
  catch_up();
  listeners_.push_back(&listener);
  watch();
}

void StoreCore::unlisten(ChangeListener& listener) {
  std::erase(listeners_, &listener);
}

bool StoreCore::is_heard() const {
  return !listeners_.empty() || !advises_->empty();
}

void StoreCore::catch_up() {
  if (!behind_ || !setup_.mailbox) return;
  const auto newest = setup_.mailbox->changes_since(UINT64_MAX, 1);
  if (!newest) return;
  seen_ = newest->last;
  behind_ = false;
}

// What cannot be read now comes with the next call: the log keeps it.
void StoreCore::pump() {
  if (pumping_ || !setup_.mailbox) return;
  if (!is_heard()) {
    behind_ = true;
    return;
  }
  behind_ = false;
  pumping_ = true;
  for (;;) {
    const auto batch = setup_.mailbox->changes_since(seen_, kBatch);
    if (!batch) break;
    seen_ = batch->last;
    if (!batch->changes.empty() || batch->lost) {
      const auto listeners = listeners_;
      for (ChangeListener* listener : listeners) {
        if (std::find(listeners_.begin(), listeners_.end(), listener) != listeners_.end()) listener->on_changes(*batch);
      }
      advises_->on_changes(*batch);
    }
    if (!batch->more) break;
  }
  pumping_ = false;
}

// Where nothing ever changes there is nothing to follow.
void StoreCore::watch() {
  if (watcher_.joinable() || !setup_.mailbox || info_.capabilities.unchanging) return;
  watcher_ = std::jthread([this](const std::stop_token& stop) { run_watcher(stop); });
}

// The mailbox lives until the thread has ended (close()). What fails now is tried again: a disk that is full, or a lock
// held too long, is no reason never to tell of anything again.
void StoreCore::run_watcher(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any pause;
  while (!stop.stop_requested()) {
    const backend::ChangeNumber before = seen_;
    const auto changed = setup_.mailbox->wait_for_change(before, batching_ ? kBatchAge : kPatience, stop);
    if (stop.stop_requested()) break;
    (void)com::border([&]() -> Status {
      const std::lock_guard lock(gate_->mutex());
      if (!gate_->is_open()) return {};
      if (batch_ && steady_now() - batch_->since >= kBatchAge) {
        if (Status done = finish_batch(); !done) batch_error_ = std::move(done).error();
      }
      if (!changed || !*changed) return {};
      pump();
      catch_up();
      return {};
    });
    if (changed && !*changed) continue;
    // Whoever committed may have read the log before this thread did. If nobody did, it cannot be read: not at once
    // again, but the end of the logon does not wait for that.
    if (seen_ != before) continue;
    std::unique_lock lock(mutex);
    pause.wait_for(lock, stop, kRetry, [] { return false; });
  }
}

void StoreCore::closed(ObjectId message) {
  const auto found = open_.find(message);
  if (found != open_.end() && --found->second <= 0) open_.erase(found);
}

Status StoreCore::close() {
  std::jthread watcher;
  std::vector<com::SubscriptionPtr> sinks;
  {
    const std::lock_guard lock(gate_->mutex());
    if (!gate_->is_open()) return {};
    gate_->close(Code::kInvalidObject);
    listeners_.clear();
    sinks = advises_->take_all();
    watcher = std::move(watcher_);
  }
  for (const auto& sink : sinks) sink->close();
  if (watcher.joinable()) {
    watcher.request_stop();
    watcher.join();
  }
  const std::lock_guard lock(gate_->mutex());
  Status finished = finish_batch();
  if (finished) finished = take_batch_error();
  Status flushed = setup_.mailbox && writable() ? setup_.mailbox->flush() : Status();
  setup_.mailbox.reset();
  return finished ? flushed : finished;
}

Status StoreCore::flush() {
  const std::lock_guard lock(gate_->mutex());
  return setup_.mailbox && writable() ? setup_.mailbox->flush() : Status();
}

}  // namespace mapiary::store
