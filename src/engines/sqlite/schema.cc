// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/schema.h"

#include <array>
#include <string>

namespace mapiary::engines::sqlite {
namespace {

using mapiary::sqlite::Database;
using mapiary::sqlite::Transaction;

// Numbers of objects, streams, links and changes are one series: the largest `seq` in changes is the last one given.
// That costs no page of its own in a save.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE folder(
  id INTEGER PRIMARY KEY,
  parent INTEGER NOT NULL,
  kind INTEGER NOT NULL,         -- 0 mailbox object, 1 folder, 2 search folder
  messages INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  associated INTEGER NOT NULL,
  folders INTEGER NOT NULL,
  size INTEGER NOT NULL,
  version INTEGER NOT NULL,
  bag BLOB NOT NULL);
CREATE INDEX folder_parent ON folder(parent);
CREATE TABLE msg_hot(            -- what tables sort, filter and show; of messages in folders
  folder INTEGER NOT NULL,
  id INTEGER NOT NULL,
  assoc INTEGER NOT NULL,
  version INTEGER NOT NULL,
  spill INTEGER NOT NULL,        -- bit n: column n of the properties below is in the bag instead
  delivered INTEGER,
  submitted INTEGER,
  modified INTEGER,
  size INTEGER,
  flags INTEGER,
  importance INTEGER,
  has_attach INTEGER,
  class TEXT,
  conv_index BLOB,
  subject TEXT,
  sender TEXT,
  topic TEXT,
  PRIMARY KEY(folder, id)) WITHOUT ROWID;
CREATE INDEX hot_time ON msg_hot(folder, assoc, delivered);
CREATE INDEX hot_unread ON msg_hot(folder, delivered, flags) WHERE coalesce(flags, 0) & 1 = 0 AND assoc = 0;
CREATE INDEX hot_odd ON msg_hot(folder) WHERE spill & 1 <> 0;
CREATE TABLE msg_cold(
  id INTEGER PRIMARY KEY,
  owner INTEGER NOT NULL,        -- the folder; of an embedded message the attachment
  embedded INTEGER NOT NULL,
  bag BLOB NOT NULL,
  recipients BLOB);              -- bags, each after its length; a stream reference if large
CREATE TABLE attach(
  id INTEGER PRIMARY KEY,
  msg INTEGER NOT NULL,
  embedded INTEGER,              -- the message in it
  bag BLOB NOT NULL);
CREATE INDEX attach_msg ON attach(msg);
CREATE TABLE stream(
  k INTEGER PRIMARY KEY,         -- stream number * 2^20 + number of the piece
  data BLOB NOT NULL);           -- 64 KiB of the value, the last one less; zstd if shorter than that; none: zeros
CREATE TABLE link(
  folder INTEGER NOT NULL,
  place INTEGER NOT NULL,
  msg INTEGER NOT NULL,
  PRIMARY KEY(folder, place)) WITHOUT ROWID;
CREATE UNIQUE INDEX link_msg ON link(msg, folder);
CREATE TABLE changes(
  seq INTEGER PRIMARY KEY,
  part INTEGER NOT NULL,         -- 0: the first of its transaction
  kind INTEGER NOT NULL,         -- backend::Change::Kind; -1: keeps a number; -2: the log begins after this
  object_kind INTEGER NOT NULL,
  object INTEGER NOT NULL,
  parent INTEGER NOT NULL,
  old_parent INTEGER NOT NULL);
CREATE TABLE named_prop(
  id INTEGER PRIMARY KEY,
  guid BLOB NOT NULL,
  number INTEGER,
  name TEXT);
)sql";

// What a copy was copied from, for the other processes.
constexpr std::string_view kVersion2 = "ALTER TABLE changes ADD COLUMN source INTEGER NOT NULL DEFAULT 0";

// A list of unread messages reads the index alone: SQLite looks for every column that a condition names, `assoc` too.
constexpr std::string_view kVersion3 = R"sql(
DROP INDEX hot_unread;
CREATE INDEX hot_unread ON msg_hot(folder, assoc, delivered, flags) WHERE coalesce(flags, 0) & 1 = 0 AND assoc = 0;
)sql";

constexpr std::array<std::string_view, 3> kSteps = {kVersion1, kVersion2, kVersion3};

tl::unexpected<Error> refuse_file(Code code, const Database& database, std::string_view why) {
  return fail(code, "sqlite", "'" + database.path() + "' " + std::string(why));
}

Status run_steps(Database& db, std::span<const std::string_view> steps, std::int64_t from) {
  for (std::size_t version = static_cast<std::size_t>(from); version < steps.size(); ++version) {
    TRY(db.run(steps[version]));
  }
  TRY(db.run("PRAGMA application_id = " + std::to_string(kApplicationId)));
  return db.run("PRAGMA user_version = " + std::to_string(steps.size()));
}

}  // namespace

std::span<const std::string_view> schema_steps() {
  return kSteps;
}

Result<std::int64_t> schema_version(Database& db, std::span<const std::string_view> steps) {
  const auto application = TRY(db.integer("PRAGMA application_id")).value_or(0);
  const auto version = TRY(db.integer("PRAGMA user_version")).value_or(0);
  const auto tables = TRY(db.integer("SELECT count(*) FROM sqlite_schema")).value_or(0);
  if (application == 0 && version == 0 && tables == 0) return 0;
  if (application != kApplicationId || version < 1) {
    return refuse_file(Code::kCorruptStore, db, "is a database of another program");
  }
  if (version > static_cast<std::int64_t>(steps.size())) {
    return refuse_file(
        Code::kVersion, db,
        "is of version " + std::to_string(version) + "; this program knows up to " + std::to_string(steps.size()));
  }
  return version;
}

Status upgrade(Database& db, std::span<const std::string_view> steps, bool read_only) {
  const auto latest = static_cast<std::int64_t>(steps.size());
  const std::int64_t seen = TRY(schema_version(db, steps));
  if (seen == 0) return refuse_file(Code::kCorruptStore, db, "is an empty database, no mailbox");
  if (seen == latest) return {};
  if (read_only) return refuse_file(Code::kVersion, db, "must be upgraded, and was opened for reading only");
  auto transaction = TRY(Transaction::begin(db, Transaction::Mode::kImmediate));
  // Again, now that no other process can be doing the same.
  TRY(run_steps(db, steps, TRY(schema_version(db, steps))));
  return transaction.commit();
}

Status fill_new(Database& db, const backend::CreateOptions& options) {
  auto transaction = TRY(Transaction::begin(db, Transaction::Mode::kImmediate));
  if (TRY(db.integer("SELECT count(*) FROM sqlite_schema")).value_or(0) != 0) {
    return refuse_file(Code::kCollision, db, "is there already");
  }
  TRY(run_steps(db, kSteps, 0));
  const Guid uid = options.uid.value_or(Guid::random());
  auto meta = TRY(db.prepare("INSERT INTO meta VALUES('uid', ?1), ('compress', ?2)"));
  TRY(meta.bind_blob(1, std::as_bytes(std::span(uid.bytes))));
  TRY(meta.bind(2, std::int64_t{options.compress ? 1 : 0}));
  TRY(meta.run());
  // 0x01 0x00: an empty bag.
  TRY(
      db.run("INSERT INTO folder VALUES(1, 1, 0, 0, 0, 0, 1, 0, 0, x'0100'), (2, 1, 1, 0, 0, 0, 0, 0, 0, x'0100');"
             "INSERT INTO changes VALUES(2, 0, -1, 0, 0, 0, 0, 0)"));
  return transaction.commit();
}

}  // namespace mapiary::engines::sqlite
