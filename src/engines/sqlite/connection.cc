// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/connection.h"

#include "base/clock.h"
#include "engines/sqlite/schema.h"

namespace mapiary::engines::sqlite {

using mapiary::sqlite::Access;
using mapiary::sqlite::Database;
using mapiary::sqlite::Journal;
using mapiary::sqlite::Sync;

namespace {

constexpr const char* kUsualMemory = "PRAGMA cache_size = -8192";
constexpr const char* kMuchMemory = "PRAGMA cache_size = -40960";

// Our SQL is right for our tables: where SQLite does not take it, the file's tables are no longer ours.
Result<Statement> prepare(Database& database, std::string_view sql) {
  auto made = database.prepare(sql);
  if (!made && made.error().code == Code::kInternal) made.error().code = Code::kCorruptStore;
  return made;
}

}  // namespace

Result<Statement*> Connection::statement(const char* sql, std::size_t deeper) {
  auto& place = statements_[Key{sql, deeper}];
  if (place == nullptr) {
    place = std::make_unique<Statement>(TRY(prepare(database_, sql)));
  } else {
    place->reset();
  }
  return place.get();
}

Result<Statement*> Connection::statement_of(const std::string& text) {
  constexpr std::size_t kMost = 256;
  if (composed_.size() >= kMost && !composed_.contains(text)) composed_.clear();
  auto& place = composed_[text];
  if (place == nullptr) {
    place = std::make_unique<Statement>(TRY(prepare(database_, text)));
  } else {
    place->reset();
  }
  return place.get();
}

Status Connection::set_sync(Sync sync) {
  if (sync_ == sync) return {};
  TRY(database_.run(sync == Sync::kFull ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"));
  sync_ = sync;
  return {};
}

Status Connection::set_wide(bool wide) {
  if (wide_ == wide) return {};
  TRY(database_.run(wide ? kMuchMemory : kUsualMemory));
  wide_ = wide;
  return {};
}

Status Connection::allow_needle() {
  if (has_needle_) return {};
  TRY(database_.add_test("found",
                         [this](std::string_view text) { return needle_ != nullptr && needle_->matches_bytes(text); }));
  has_needle_ = true;
  return {};
}

void Connection::reset_all() {
  for (auto& [key, statement] : statements_) {
    if (statement != nullptr) statement->reset();
  }
  for (auto& [text, statement] : composed_) {
    if (statement != nullptr) statement->reset();
  }
}

void Connection::keep(mapiary::sqlite::Transaction transaction) {
  if (database_.is_alone()) {
    kept_.emplace(std::move(transaction));
  } else {
    transaction.roll_back();
  }
}

void Connection::check_kept() {
  if (kept_ && !database_.is_untouched()) kept_.reset();
}

Result<std::unique_ptr<Connection>> Pool::connect(bool read_only) const {
  mapiary::sqlite::OpenOptions open;
  open.access = read_only ? Access::kReadOnly : Access::kReadWrite;
  open.journal = read_only ? Journal::kKeep : Journal::kWal;
  open.sync = Sync::kFull;
  open.busy_deadline = options_.busy_deadline;
  open.foreign_keys = false;
  open.gather_writes = true;
  open.vfs = options_.vfs;
  auto connection = std::make_unique<Connection>(TRY(Database::open(options_.path, open)));
  // No memory mapping: a file that shrinks or cannot be read would kill the process.
  TRY(connection->database().run(kUsualMemory));
  TRY(connection->database().run("PRAGMA wal_autocheckpoint = 1000"));
  if (read_only) TRY(upgrade(connection->database(), schema_steps(), true));
  return connection;
}

Result<std::unique_ptr<Connection>> Pool::take_reader() {
  std::unique_ptr<Connection> connection;
  {
    std::lock_guard lock(mutex_);
    if (!readers_.empty()) {
      connection = std::move(readers_.back());
      readers_.pop_back();
    }
  }
  if (connection != nullptr) {
    connection->check_kept();
    return connection;
  }
  auto fresh = connect();
  if (fresh || options_.read_only) return fresh;
  // The store may lie where nothing can be written any more; it is read all the same.
  auto reader = connect(true);
  return reader ? std::move(reader) : std::move(fresh);
}

void Pool::put_reader(std::unique_ptr<Connection> connection) {
  std::lock_guard lock(mutex_);
  if (readers_.size() < kIdleReaders) readers_.push_back(std::move(connection));
}

Result<std::unique_ptr<Connection>> Pool::take_writer() {
  std::unique_lock lock(mutex_);
  if (!writer_free_.wait_until(lock, steady_now() + options_.busy_deadline, [&] { return !writing_; })) {
    return fail(Code::kBusy, "sqlite",
                "another thread is writing to '" + options_.path + "'; waited " +
                    std::to_string(options_.busy_deadline.count()) + " ms");
  }
  writing_ = true;
  auto connection = std::move(writer_);
  lock.unlock();
  if (connection != nullptr) return connection;
  auto fresh = connect();
  if (!fresh) put_writer(nullptr);
  return fresh;
}

void Pool::put_writer(std::unique_ptr<Connection> connection) {
  {
    std::lock_guard lock(mutex_);
    writing_ = false;
    writer_ = std::move(connection);
  }
  writer_free_.notify_one();
}

}  // namespace mapiary::engines::sqlite
