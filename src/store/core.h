// SPDX-License-Identifier: Apache-2.0
// What an open store is, apart from its COM objects: the mailbox, the lock, the caller's allocators, names, who wants
// to hear of changes. One for each logon; every object of the store holds it by shared_ptr and no object holds its COM
// parent. docs/adr/0041-store-structure.md
//
// In bulk mode (docs/adr/0049-bulk-saves.md) the saves of new messages share one open transaction, which ends when it
// is large or old enough, before any other write, and when the mode or the logon ends; reads of this logon see it.
//
// Everything but close() and the watcher is used under gate().mutex(). Changes reach listeners and advise sinks through
// the mailbox's change log alone (pump()), whoever made them, so they come in the order of the commits: after each
// commit of ours, and from a thread that waits for others' commits once somebody listens. No other transaction outlives
// a call.
#pragma once

#include <mapispi.h>
#include <mapix.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "backend/engine.h"
#include "com/border.h"
#include "com/memory.h"
#include "com/ref.h"
#include "store/entry_ids.h"
#include "store/names.h"

namespace mapiary::store {

using backend::ObjectInfo;
using backend::ObjectKind;

class Advises;
class StoreCore;

class ChangeListener {
 public:
  virtual ~ChangeListener() = default;
  // Under the gate; the changes are committed. May stop listening, and may read.
  virtual void on_changes(const backend::ChangeBatch& batch) = 0;
  // A commit of this logon that touched these messages comes next: what on_changes() will want to know of them is at
  // hand in the transaction. Nothing touched: it failed, what was read is worth nothing.
  virtual void before_commit(backend::Transaction& transaction, std::span<const ObjectId> touched) {
    (void)transaction, (void)touched;
  }
};

// A transaction for reading: one of its own, or the open one of the bulk mode. Goes before the call ends.
class Reader {
 public:
  explicit Reader(std::unique_ptr<backend::Transaction> own) : own_(std::move(own)), transaction_(own_.get()) {}
  explicit Reader(backend::Transaction& open) : transaction_(&open) {}
  backend::Transaction* operator->() const { return transaction_; }
  backend::Transaction& operator*() const { return *transaction_; }

 private:
  std::unique_ptr<backend::Transaction> own_;
  backend::Transaction* transaction_;
};

// Of the store's row in the status table.
struct StatusNames {
  std::string display, provider;
};

// A writing transaction of a store: what it touches is tested against the running searches before it is committed, and
// told of after.
class Writer {
 public:
  backend::Transaction* operator->() { return transaction_.get(); }
  backend::Transaction& get() { return *transaction_; }
  // A message that was made, changed or moved.
  void touched(ObjectId message) { touched_.push_back(message); }
  // Bytes written, about: a batch ends by them.
  void wrote(std::uint64_t bytes) { bytes_ += bytes; }
  // The searches, the commit, then StoreCore::pump(). Of write_batched(): the transaction stays open for more.
  Status commit();
  // After an error in the middle of a new message: what is there of it goes, and the saves before it stay. Only of
  // write_batched(); otherwise nothing was kept anyway.
  void give_up(ObjectId message);

 private:
  friend class StoreCore;
  Writer(StoreCore& core, std::unique_ptr<backend::Transaction> transaction, bool batched = false)
      : core_(&core), transaction_(std::move(transaction)), batched_(batched) {}

  StoreCore* core_;
  std::unique_ptr<backend::Transaction> transaction_;
  bool batched_ = false;
  std::uint64_t bytes_ = 0;
  std::vector<ObjectId> touched_;
};

class StoreCore : public std::enable_shared_from_this<StoreCore> {
 public:
  struct Setup {
    std::unique_ptr<backend::Mailbox> mailbox;
    com::AllocRoutines routines;
    com::Ref<IMAPISupport> support;                       // none in tests
    bool writable = true;                                 // MDB_WRITE was asked for and granted
    bool spooler = false;                                 // made by SpoolerLogon
    std::string entry_id;                                 // the store's, wrapped: PR_STORE_ENTRYID
    std::string default_name;                             // PR_DISPLAY_NAME of a store that has none
    std::function<Result<backend::CheckReport>()> check;  // of the whole mailbox; none in tests
  };

  static Result<std::shared_ptr<StoreCore>> make(Setup setup);
  ~StoreCore();
  StoreCore(const StoreCore&) = delete;
  StoreCore& operator=(const StoreCore&) = delete;

  const std::shared_ptr<com::Gate>& gate() const { return gate_; }
  const com::AllocRoutines& routines() const { return setup_.routines; }
  const backend::MailboxInfo& info() const { return info_; }
  const EntryIds& ids() const { return ids_; }
  bool writable() const { return setup_.writable; }
  bool is_spooler() const { return setup_.spooler; }
  const std::string& entry_id() const { return setup_.entry_id; }
  const std::string& default_name() const { return setup_.default_name; }
  StatusNames& status_names() { return status_names_; }
  // Null once it was given back. Provider calls on it are made without the gate where it may wait for others.
  com::Ref<IMAPISupport> support();
  void take_support(com::Ref<IMAPISupport>& out);
  com::Ref<IMAPIProgress> progress_dialog(ULONG_PTR ui);

  // Reads everything. Not under the gate.
  Result<backend::CheckReport> check() const;

  ULONG support_mask() const;
  StoreNames& names() { return names_; }

  Result<Reader> read();
  // kReadOnly.
  Result<Writer> write();
  // For the save of a new message: in bulk mode the open transaction, which this call may begin.
  Result<Writer> write_batched();
  // 0x67A8, where the engine says it without a transaction.
  std::optional<std::int32_t> damage_met() const {
    return setup_.mailbox ? setup_.mailbox->damage_met() : std::nullopt;
  }
  // While a new mailbox is furnished: commits need not reach the disk one by one. Turned off, all of them have.
  Status set_bulk(bool bulk);

  // ---- Bulk mode, of this logon alone. Ending it, or setting it again, makes everything saved so far durable; an
  // error of saves that were answered with success before is told here, or by the first save after it.
  Status set_batching(bool batching);
  bool is_batching() const { return batching_; }

  // ---- Changes
  void listen(ChangeListener& listener);
  void unlisten(ChangeListener& listener);
  void pump();
  Advises& advises() { return *advises_; }
  // Starts to follow what other logons and processes do.
  void watch();

  // ---- Messages open for writing: they are not deleted (imapifolder-deletemessages).
  void opened(ObjectId message) { ++open_[message]; }
  void closed(ObjectId message);
  bool is_open(ObjectId message) const { return open_.contains(message); }

  // The end of the logon, once: objects become invalid, sinks are let go, the mailbox is flushed and closed, all before
  // it returns. Not under the gate.
  Status close();
  // Everything committed is on the disk, and the log is given back. Nothing if the logon has ended. Not under the gate.
  Status flush();

 private:
  friend class Writer;
  struct Batch {
    std::unique_ptr<backend::Transaction> transaction;
    std::vector<ObjectId> touched;
    std::size_t saves = 0;
    std::uint64_t bytes = 0;
    std::chrono::steady_clock::time_point since;
    std::optional<bool> searches;  // whether any search runs; while the transaction is open that stays so
  };

  explicit StoreCore(Setup setup);
  void run_watcher(const std::stop_token& stop);
  // The commit, with the listeners told before, and when it fails.
  Status commit(backend::Transaction& transaction, std::span<const ObjectId> touched);
  Status keep_batch(Writer& writer);
  Status finish_batch();
  void lose_batch(Error why);
  Status take_batch_error();
  bool is_heard() const;
  friend class Advises;
  void catch_up();

  Setup setup_;
  StatusNames status_names_;
  backend::MailboxInfo info_;
  std::shared_ptr<com::Gate> gate_ = std::make_shared<com::Gate>(std::make_shared<com::LiveObjects>());
  EntryIds ids_;
  StoreNames names_;
  std::unique_ptr<Advises> advises_;
  std::vector<ChangeListener*> listeners_;
  std::map<ObjectId, int> open_;
  std::atomic<backend::ChangeNumber> seen_{0};
  bool pumping_ = false;
  bool bulk_ = false;
  std::atomic<bool> batching_{false};
  std::optional<Batch> batch_;
  std::optional<Error> batch_error_;  // of a batch that was lost, until it was told
  bool behind_ = false;               // nobody listened: `seen_` is older than what may be told to who comes now
  std::jthread watcher_;
};
using CorePtr = std::shared_ptr<StoreCore>;

}  // namespace mapiary::store
