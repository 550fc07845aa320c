// SPDX-License-Identifier: Apache-2.0
#include "profile/schema.h"

#include <array>
#include <string>

namespace mapiary::profile {
namespace {

// Services, providers and the extra sections of services are sections that know their kind; their names, flags and
// libraries are properties of these sections and stand nowhere else.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE state(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  changes INTEGER NOT NULL,     -- committed changes so far; others poll it
  key_id BLOB);                 -- of the key that sealed the secure properties; NULL: none was ever needed
INSERT INTO state VALUES(1, 0, NULL);
CREATE TABLE profile(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  instance BLOB NOT NULL UNIQUE CHECK(length(instance) = 16),
  name TEXT NOT NULL,
  folded TEXT NOT NULL UNIQUE,  -- the name as names are compared; of a profile marked for deletion something else
  password TEXT,                -- Argon2id; NULL: none
  is_default INTEGER NOT NULL DEFAULT 0,
  is_app INTEGER NOT NULL DEFAULT 0,
  transports_ordered INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0,  -- goes when its last user does
  new_name TEXT);                      -- gets this name when its last user is gone
CREATE UNIQUE INDEX one_default ON profile(is_default) WHERE is_default = 1;
CREATE TABLE section(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
  uid BLOB NOT NULL CHECK(length(uid) = 16),
  kind INTEGER NOT NULL,        -- 0 plain, 1 service, 2 provider, 3 extra section of a service
  service INTEGER REFERENCES section ON DELETE CASCADE,
  ordinal INTEGER NOT NULL DEFAULT 0,
  passed_over INTEGER NOT NULL DEFAULT 0,  -- could supply the identity, and another one does
  UNIQUE(profile, uid));
CREATE INDEX section_of_service ON section(service) WHERE service IS NOT NULL;
CREATE TABLE property(
  section INTEGER NOT NULL REFERENCES section ON DELETE CASCADE,
  id INTEGER NOT NULL,
  tag INTEGER NOT NULL,
  secure INTEGER NOT NULL,
  value BLOB NOT NULL,          -- a packed bag of this one property; sealed if secure
  PRIMARY KEY(section, id)) WITHOUT ROWID;
)sql";

constexpr std::string_view kVersion2 = R"sql(
ALTER TABLE section ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;  -- a provider that goes when its last user does
)sql";

constexpr std::array<std::string_view, 2> kSteps = {kVersion1, kVersion2};

tl::unexpected<Error> refuse(Code code, const sqlite::Database& database, std::string_view why) {
  return fail(code, "profile", "profile store '" + database.path() + "' " + std::string(why));
}

}  // namespace

std::span<const std::string_view> schema_steps() {
  return kSteps;
}

Status upgrade(sqlite::Database& db, std::span<const std::string_view> steps, bool read_only) {
  const auto latest = static_cast<std::int64_t>(steps.size());
  const auto version_of_file = [&]() -> Result<std::int64_t> {
    const auto application = TRY(db.integer("PRAGMA application_id")).value_or(0);
    const auto version = TRY(db.integer("PRAGMA user_version")).value_or(0);
    const auto tables = TRY(db.integer("SELECT count(*) FROM sqlite_schema")).value_or(0);
    if (application == 0 && version == 0 && tables == 0) return 0;
    if (application != kApplicationId || version < 1) {
      return refuse(Code::kCorruptStore, db, "is a database of another program");
    }
    if (version > latest) {
      return refuse(
          Code::kVersion, db,
          "is of version " + std::to_string(version) + "; this program knows up to " + std::to_string(latest));
    }
    return version;
  };
  const std::int64_t seen = TRY(version_of_file());
  if (seen == latest) return {};
  if (read_only)
    return seen == 0 ? refuse(Code::kNotFound, db, "is empty") : refuse(Code::kVersion, db, "must be upgraded");
  auto transaction = TRY(sqlite::Transaction::begin(db, sqlite::Transaction::Mode::kImmediate));
  // Again, now that no other process can be doing the same.
  for (auto version = TRY(version_of_file()); version < latest; ++version) {
    TRY(db.run(steps[static_cast<std::size_t>(version)]));
  }
  TRY(db.run("PRAGMA application_id = " + std::to_string(kApplicationId)));
  TRY(db.run("PRAGMA user_version = " + std::to_string(latest)));
  return transaction.commit();
}

}  // namespace mapiary::profile
