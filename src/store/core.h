// SPDX-License-Identifier: Apache-2.0
// What an open store is, apart from its COM objects: the mailbox, the lock, the caller's allocators, names, who wants
// to hear of changes. One for each logon; every object of the store holds it by shared_ptr and no object holds its COM
// parent. docs/adr/0041-store-structure.md
//
// Everything but close() and the watcher is used under gate().mutex(). Changes reach listeners and advise sinks through
// the mailbox's change log alone (pump()), whoever made them, so they come in the order of the commits: after each
// commit of ours, and from a thread that waits for others' commits once somebody listens. No transaction outlives a
// call.
#pragma once

#include <mapispi.h>
#include <mapix.h>

#include <atomic>
#include <map>
#include <memory>
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
};

// What a new object was copied from, for fnevObjectCopied.
struct CopySource {
  ObjectId object = 0, parent = 0;
};

// A writing transaction of a store: what it touches is tested against the running searches before it is committed, and
// told of after.
class Writer {
 public:
  backend::Transaction* operator->() { return transaction_.get(); }
  backend::Transaction& get() { return *transaction_; }
  // A message that was made, changed or moved.
  void touched(ObjectId message) { touched_.push_back(message); }
  void copied(ObjectId copy, CopySource from) { copied_[copy] = from; }
  // The searches, the commit, then StoreCore::pump().
  Status commit();

 private:
  friend class StoreCore;
  Writer(StoreCore& core, std::unique_ptr<backend::Transaction> transaction)
      : core_(&core), transaction_(std::move(transaction)) {}

  StoreCore* core_;
  std::unique_ptr<backend::Transaction> transaction_;
  std::vector<ObjectId> touched_;
  std::map<ObjectId, CopySource> copied_;
};

class StoreCore : public std::enable_shared_from_this<StoreCore> {
 public:
  struct Setup {
    std::unique_ptr<backend::Mailbox> mailbox;
    com::AllocRoutines routines;
    com::Ref<IMAPISupport> support;  // none in tests
    bool writable = true;            // MDB_WRITE was asked for and granted
    bool spooler = false;            // made by SpoolerLogon
    std::string entry_id;            // the store's, wrapped: PR_STORE_ENTRYID
    std::string default_name;        // PR_DISPLAY_NAME of a store that has none
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
  // Null once it was given back. Provider calls on it are made without the gate where it may wait for others.
  com::Ref<IMAPISupport> support();
  void take_support(com::Ref<IMAPISupport>& out);
  com::Ref<IMAPIProgress> progress_dialog(ULONG_PTR ui);

  ULONG support_mask() const;
  StoreNames& names() { return names_; }

  Result<std::unique_ptr<backend::Transaction>> read();
  // kReadOnly.
  Result<Writer> write();
  // While a new mailbox is furnished: commits need not reach the disk one by one. Turned off, all of them have.
  Status set_bulk(bool bulk);

  // ---- Changes
  void listen(ChangeListener& listener);
  void unlisten(ChangeListener& listener);
  void pump();
  Advises& advises() { return *advises_; }
  // What `copy` was copied from by this core, told once.
  CopySource take_copy_source(ObjectId copy);
  // Starts to follow what other logons and processes do.
  void watch();

  // ---- Messages open for writing: they are not deleted (imapifolder-deletemessages).
  void opened(ObjectId message) { ++open_[message]; }
  void closed(ObjectId message);
  bool is_open(ObjectId message) const { return open_.contains(message); }

  // The end of the logon, once: objects become invalid, sinks are let go, the mailbox is flushed and closed, all before
  // it returns. Not under the gate.
  Status close();

 private:
  friend class Writer;
  explicit StoreCore(Setup setup);
  void run_watcher(const std::stop_token& stop);

  Setup setup_;
  backend::MailboxInfo info_;
  std::shared_ptr<com::Gate> gate_ = std::make_shared<com::Gate>();
  EntryIds ids_;
  StoreNames names_;
  std::unique_ptr<Advises> advises_;
  std::vector<ChangeListener*> listeners_;
  std::map<ObjectId, CopySource> copies_;
  std::map<ObjectId, int> open_;
  std::atomic<backend::ChangeNumber> seen_{0};
  bool pumping_ = false;
  bool bulk_ = false;
  std::jthread watcher_;
};
using CorePtr = std::shared_ptr<StoreCore>;

}  // namespace mapiary::store
