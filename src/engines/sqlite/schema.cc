// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/schema.h"

#include <array>
#include <string>

#include "engines/sqlite/sums.h"

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

// Checksums (ADR 55): those of bags, recipients and rows of msg_hot stand in what is there already. And a list of
// unread messages reads the index alone: SQLite looks for every column that a condition names, `assoc` too.
constexpr std::string_view kVersion3 = R"sql(
ALTER TABLE stream ADD COLUMN sum INTEGER;
ALTER TABLE named_prop ADD COLUMN sum INTEGER;
DROP INDEX hot_unread;
CREATE INDEX hot_unread ON msg_hot(folder, assoc, delivered, flags) WHERE coalesce(flags, 0) & 1 = 0 AND assoc = 0;
)sql";

constexpr std::array<std::string_view, 3> kSteps = {kVersion1, kVersion2, kVersion3};

// What shows a file of version n + 1 as one of the next version, to who may only read it.
constexpr std::array<std::string_view, 2> kViews = {
    "CREATE TEMP VIEW changes AS SELECT *, 0 AS source FROM main.changes",
    "CREATE TEMP VIEW stream AS SELECT *, NULL AS sum FROM main.stream;"
    "CREATE TEMP VIEW named_prop AS SELECT *, NULL AS sum FROM main.named_prop",
};

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

Status show_as_latest(Database& db, std::int64_t from, std::int64_t latest) {
  if (latest > static_cast<std::int64_t>(kViews.size()) + 1) {
    return refuse_file(Code::kVersion, db, "must be upgraded, and was opened for reading only");
  }
  TRY(db.run("PRAGMA query_only = OFF"));  // it holds for views in memory too
  for (std::int64_t version = from; version < latest; ++version) {
    TRY(db.run(kViews[static_cast<std::size_t>(version - 1)]));
  }
  return db.run("PRAGMA query_only = ON");
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
    return refuse_file(Code::kVersion, db,
                       "was written by a later version of Mapiary (version " + std::to_string(version) +
                           " of the format, this one knows up to " + std::to_string(steps.size()) +
                           "): it is opened with that one");
  }
  return version;
}

Result<std::uint32_t> schema_sum(Database& db) {
  auto rows =
      TRY(db.prepare("SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL ORDER BY name"));
  std::string all;
  while (TRY(rows.step())) {
    for (int column = 0; column < 4; ++column) all.append(rows.text(column)).push_back('\n');
  }
  return sum_of(bytes_of(all), Summed::kSchema, 0);
}

Status upgrade(Database& db, std::span<const std::string_view> steps, bool read_only) {
  const auto latest = static_cast<std::int64_t>(steps.size());
  const std::int64_t seen = TRY(schema_version(db, steps));
  if (seen == 0) return refuse_file(Code::kCorruptStore, db, "is an empty database, no mailbox");
  if (seen == latest) return {};
  if (read_only) return show_as_latest(db, seen, latest);
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
  auto meta = TRY(db.prepare("INSERT INTO meta VALUES('uid', ?1), ('compress', ?2), ('uid_sum', ?3)"));
  TRY(meta.bind_blob(1, std::as_bytes(std::span(uid.bytes))));
  TRY(meta.bind(2, std::int64_t{options.compress ? 1 : 0}));
  TRY(meta.bind(3, std::int64_t{sum_of(uid)}));
  TRY(meta.run());
  // 0x01 0x00: an empty bag.
  TRY(
      db.run("INSERT INTO folder VALUES(1, 1, 0, 0, 0, 0, 1, 0, 0, x'0100'), (2, 1, 1, 0, 0, 0, 0, 0, 0, x'0100');"
             "INSERT INTO changes VALUES(2, 0, -1, 0, 0, 0, 0, 0)"));
  return transaction.commit();
}

}  // namespace mapiary::engines::sqlite
