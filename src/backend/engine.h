// SPDX-License-Identifier: Apache-2.0
// The interface of a storage engine: Engine makes and opens mailboxes, Mailbox is an open one, Transaction
// (backend/transaction.h) reads and writes it. Nothing of MAPI's rules is in it, and no HRESULT; those are src/store's,
// once, over any engine. A new engine is one folder under src/engines, one line in the registry (src/entry), and passes
// backend/testing. docs/adr/0040-engine-interface.md
//
// Engine and Mailbox are safe from any thread. A Mailbox may be open many times, in this and in other processes; its
// destructor ends all use of the place: files closed, locks gone.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "backend/object.h"
#include "backend/transaction.h"
#include "base/guid.h"
#include "base/result.h"

namespace mapiary::backend {

struct Capabilities {
  bool read_only = false;        // opened so, or the engine cannot write: writing transactions are kReadOnly
  bool persistent = false;       // what is committed outlives the process
  bool shared = false;           // other processes may have it open too, and changes_since() tells what they did
  bool unchanging = false;       // nothing ever changes while it is open, and rows() heeds RowQuery::after
  std::uint64_t blob_limit = 0;  // bytes of one value
};

struct MailboxInfo {
  Guid uid;              // of the mailbox, made with it and never changed: PR_RECORD_KEY, part of entry ids
  ObjectId mailbox = 0;  // the mailbox object
  ObjectId root = 0;     // the root folder
  Capabilities capabilities;
};

enum class Mode : std::uint8_t {
  kRead,
  // Acknowledged is durable: after commit() it survives kill -9 and power loss.
  kWrite,
  // For imports: whole and in order after any crash, and after commit() safe from the death of the process; power loss
  // may take the last of them until flush() or the commit of a kWrite transaction.
  kBulk,
};

class Mailbox {
 public:
  virtual ~Mailbox() = default;

  virtual const MailboxInfo& info() const = 0;
  // How often readers met damage since the mailbox was opened, for engines that count it (0x67A8 of a store). It is
  // asked for after each item that is copied: without a transaction.
  virtual std::optional<std::int32_t> damage_met() const { return std::nullopt; }
  // A writing transaction waits for the writers before it, at most OpenOptions::busy_deadline: kBusy then, with a text
  // that says so. kReadOnly. A thread has one transaction of a Mailbox at a time: an engine may make it wait for
  // itself.
  virtual Result<std::unique_ptr<Transaction>> begin(Mode mode) = 0;
  // Makes everything committed so far durable and gives back what the engine keeps for its log. For the end of imports
  // and for logoff; needs no transaction open in this thread.
  virtual Status flush() = 0;
  // What was committed after change number `after`, by whomever; whole transactions until there are `limit` entries
  // (at least 1), so a batch may be longer. UINT64_MAX as `after` gives an empty batch with the newest number.
  virtual Result<ChangeBatch> changes_since(ChangeNumber after, std::size_t limit) = 0;
  // Returns true as soon as there is a change after `after`, false when `patience` is over or `stop` was requested.
  // One thread of a process waits, others may ask for stop. Costs a poll of microseconds a few times a second at most.
  virtual Result<bool> wait_for_change(ChangeNumber after, std::chrono::milliseconds patience,
                                       const std::stop_token& stop) = 0;
};

struct OpenOptions {
  bool read_only = false;  // nothing is written anywhere, not beside the file either
  // How long one call waits for other writers before kBusy.
  std::chrono::milliseconds busy_deadline{30'000};
  // Of 8-bit text, in place of what the file itself says; 0: as it says. For files made elsewhere (PST).
  std::uint32_t text_code_page = 0;
  // What is in no folder and still whole is shown in a folder of its own, where an engine can find such.
  bool recoverable = false;
  // What an expert wants to see of the file itself, as the engine has it; empty: nothing.
  std::string expert_node = {};
};

struct CreateOptions {
  std::optional<Guid> uid;  // none: a random one
  bool compress = false;    // large values, where the engine can
};

// What check() found wrong.
enum class Severity : std::uint8_t {
  kError,    // something is lost or cannot be believed
  kWarning,  // a rule of the format is broken; everything is there
  kNote,     // two places that say the same differ in something small
};
struct Damage {
  ObjectId object = 0;  // 0: of the file as a whole
  std::string message;  // one sentence
  // Engines over a file format of others: which structure, at which byte of the file (0: the finding has none).
  Severity severity = Severity::kError;
  std::string structure = {};
  std::uint64_t offset = 0;
};
struct CheckReport {
  std::vector<Damage> damages;  // the first CheckReport::kMost
  bool complete = true;         // false: there are more
  std::uint64_t objects = 0;    // looked at
  static constexpr std::size_t kMost = 1000;
};

class Engine {
 public:
  virtual ~Engine() = default;

  // Whether `location` (a path; for engines in memory any name) holds a mailbox of this engine, by its first bytes.
  // False for what is not there; an error only if it cannot be looked at.
  virtual Result<bool> recognises(const std::string& location) = 0;
  // A new mailbox with mailbox object and root folder. kCollision: something is there already.
  virtual Status create(const std::string& location, const CreateOptions& options) = 0;
  // kNotFound, kNoAccess, kReadOnly, kVersion (made by a later program), kCorruptStore (not a mailbox), kBusy. What is
  // refused is not changed. An older mailbox is upgraded first, in one step that a crash undoes (kVersion if
  // read_only).
  virtual Result<std::unique_ptr<Mailbox>> open(const std::string& location, const OpenOptions& options) = 0;
  // Reads everything, writes nothing: structure, counters, references, every value. An error only if it cannot be read
  // at all; what is wrong inside is in the report.
  virtual Result<CheckReport> check(const std::string& location) = 0;
};

}  // namespace mapiary::backend
