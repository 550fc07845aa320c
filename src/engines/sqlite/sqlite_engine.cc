// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/sqlite_engine.h"

#include <algorithm>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "base/rename_new.h"
#include "engines/sqlite/mailbox_core.h"
#include "engines/sqlite/schema.h"
#include "engines/sqlite/streams.h"
#include "engines/sqlite/sums.h"

namespace mapiary::engines::sqlite {

using backend::Change;
using backend::ChangeBatch;
using backend::ChangeNumber;
using backend::Mode;
using mapiary::sqlite::Database;

namespace {

class SqliteMailbox final : public backend::Mailbox {
 public:
  explicit SqliteMailbox(std::shared_ptr<MailboxCore> core) : core_(std::move(core)) {}

  const backend::MailboxInfo& info() const override { return core_->info; }
  std::optional<std::int32_t> damage_met() const override { return core_->damage.met(); }

  Result<std::unique_ptr<backend::Transaction>> begin(Mode mode) override {
    if (mode != Mode::kRead && core_->info.capabilities.read_only) {
      return fail(Code::kReadOnly, "sqlite", "'" + core_->pool.options().path + "' was opened for reading only");
    }
    return sqlite::begin(core_, mode);
  }

  Status flush() override;
  Result<ChangeBatch> changes_since(ChangeNumber after, std::size_t limit) override;
  Result<bool> wait_for_change(ChangeNumber after, std::chrono::milliseconds patience,
                               const std::stop_token& stop) override;

 private:
  // Runs `work` with a reading connection.
  template <class Work>
  auto with_reader(Work&& work) -> decltype(work(std::declval<Connection&>()));

  std::shared_ptr<MailboxCore> core_;
};

template <class Work>
auto SqliteMailbox::with_reader(Work&& work) -> decltype(work(std::declval<Connection&>())) {
  auto connection = TRY(core_->pool.take_reader());
  auto result = work(*connection);
  connection->reset_all();
  core_->pool.put_reader(std::move(connection));
  return result;
}

Result<ChangeNumber> newest(Connection& connection) {
  Statement& last = *TRY(connection.statement("SELECT max(seq) FROM changes"));
  const ChangeNumber number = TRY(last.step()) ? static_cast<ChangeNumber>(last.integer(0)) : 0;
  last.reset();
  return number;
}

Change change_of(const Statement& row) {
  Change change;
  change.number = static_cast<ChangeNumber>(row.integer(0));
  change.kind = static_cast<Change::Kind>(row.integer(2));
  change.object_kind = static_cast<backend::ObjectKind>(row.integer(3));
  change.object = static_cast<backend::ObjectId>(row.integer(4));
  change.parent = static_cast<backend::ObjectId>(row.integer(5));
  change.old_parent = static_cast<backend::ObjectId>(row.integer(6));
  change.source = static_cast<backend::ObjectId>(row.integer(7));
  return change;
}

constexpr std::int64_t kLastKind = static_cast<std::int64_t>(Change::Kind::kArrived);

Result<ChangeBatch> read_changes(Connection& connection, ChangeNumber after, std::size_t limit, bool read_only) {
  ChangeBatch batch;
  if (after >= static_cast<ChangeNumber>(INT64_MAX)) {
    const auto last = newest(connection);
    // Who only reads a damaged file can do without the log: nobody writes to it.
    const bool lost = !last && last.error().code == Code::kCorruptStore && read_only;
    batch.last = lost ? 0 : TRY(last);
    return batch;
  }
  // One statement, so one moment. The mark of a trimmed log is the first row there is.
  Statement& rows =
      *TRY(connection.statement("SELECT seq, part, kind, object_kind, object, parent, old_parent, source FROM changes "
                                "WHERE seq > ?1 ORDER BY seq"));
  TRY(rows.bind(1, static_cast<std::int64_t>(after)));
  batch.last = after;
  while (TRY(rows.step())) {
    if (static_cast<ChangeNumber>(rows.integer(0)) <= batch.last) {
      rows.reset();
      return fail(Code::kCorruptStore, "sqlite", "the change log is not in order");
    }
    if (batch.changes.size() >= limit && rows.integer(1) == 0) {
      batch.more = true;
      break;
    }
    batch.last = static_cast<ChangeNumber>(rows.integer(0));
    const std::int64_t kind = rows.integer(2);
    if (kind == -2) {
      rows.reset();
      batch.lost = true;
      batch.changes.clear();
      batch.last = TRY(newest(connection));
      return batch;
    }
    if (kind >= 0 && kind <= kLastKind) batch.changes.push_back(change_of(rows));
  }
  rows.reset();
  return batch;
}

Result<ChangeBatch> SqliteMailbox::changes_since(ChangeNumber after, std::size_t limit) {
  return with_reader([&](Connection& connection) {
    return read_changes(connection, after, std::max<std::size_t>(limit, 1), core_->info.capabilities.read_only);
  });
}

Result<bool> SqliteMailbox::wait_for_change(ChangeNumber after, std::chrono::milliseconds patience,
                                            const std::stop_token& stop) {
  const auto end = steady_now() + patience;
  for (;;) {
    const std::uint32_t seen = core_->signal->count();
    if (TRY(with_reader(newest)) > after) return true;
    const auto now = steady_now();
    if (stop.stop_requested() || now >= end) return false;
    core_->signal->wait(seen, std::min(end, now + core_->signal->poll()), stop);
  }
}

Status SqliteMailbox::flush() {
  if (core_->info.capabilities.read_only) return {};
  if (core_->unsynced) {
    // A commit in full synchronous mode syncs the whole log, what bulk transactions wrote before included. It must
    // write something for that: a number that nothing else takes.
    auto connection = TRY(core_->pool.take_writer());
    const auto sync = [&]() -> Status {
      TRY(connection->set_sync(mapiary::sqlite::Sync::kFull));
      auto transaction = TRY(
          mapiary::sqlite::Transaction::begin(connection->database(), mapiary::sqlite::Transaction::Mode::kImmediate));
      TRY(connection->database().run("INSERT INTO changes SELECT max(seq) + 1, 0, -1, 0, 0, 0, 0, 0 FROM changes"));
      return transaction.commit();
    };
    Status done = sync();
    if (done) {
      core_->unsynced = false;
      done = connection->database().checkpoint();
    }
    core_->pool.put_writer(std::move(connection));
    return done;
  }
  return {};
}

// What the file says of itself.
Status load_meta(MailboxCore& core, Connection& connection) {
  Statement& meta = *TRY(connection.statement("SELECT key, value FROM meta"));
  bool have_uid = false;
  while (TRY(meta.step())) {
    if (meta.text(0) == "uid" && meta.blob(1).size() == core.info.uid.bytes.size()) {
      std::ranges::copy(meta.blob(1), core.info.uid.bytes.begin());
      have_uid = true;
    } else if (meta.text(0) == "compress") {
      core.compress = meta.integer(1) != 0;
    }
  }
  if (have_uid) return {};
  return fail(Code::kCorruptStore, "sqlite", "'" + core.pool.options().path + "' has lost its identity");
}

Status load_info(MailboxCore& core, Connection& connection) {
  const Status meta = load_meta(core, connection);
  const bool lost = !meta && meta.error().code == Code::kCorruptStore;
  if (!meta && !(lost && core.pool.options().read_only)) return meta;
  // Who only reads gets the rest of the mailbox, under an identity that the place alone decides.
  if (lost) core.info.uid = stand_in_identity(core.pool.options().path);
  core.info.mailbox = kMailboxId;
  core.info.root = kRootId;
  core.info.capabilities.read_only = core.pool.options().read_only;
  core.info.capabilities.persistent = true;
  core.info.capabilities.shared = true;
  core.info.capabilities.blob_limit = kStreamLimit;
  return {};
}

}  // namespace

Result<bool> SqliteEngine::recognises(const std::string& location) {
  // "SQLite format 3\0"; the application id stands at 68, big-endian.
  const auto head = mapiary::sqlite::read_head(location, 72, options_.vfs);
  if (!head) {
    if (head.error().code == Code::kNotFound) return false;
    return tl::unexpected<Error>(head.error());
  }
  const std::string_view text(*head);
  return text.size() == 72 && text.substr(0, 16) == std::string_view("SQLite format 3\0", 16) &&
         text.substr(68, 4) == "MPRS";
}

namespace {

Status make_mailbox(const std::string& path, const std::string& vfs, const backend::CreateOptions& options) {
  mapiary::sqlite::OpenOptions open;
  open.access = mapiary::sqlite::Access::kCreate;
  open.journal = mapiary::sqlite::Journal::kWal;
  open.sync = mapiary::sqlite::Sync::kFull;
  open.page_size = kPageSize;
  open.vfs = vfs;
  Database database = TRY(Database::open(path, open));
  TRY(fill_new(database, options));
  // Into the file itself, so that its first bytes tell what it is.
  return database.checkpoint();
}

void remove_files(const std::string& path) {
  for (const char* more : {"", "-wal", "-shm", "-journal"}) (void)system_files().remove_file(path + more);
}

}  // namespace

// Under another name until it is whole: who finds the file finds a mailbox, and a disk that is full leaves nothing.
Status SqliteEngine::create(const std::string& location, const backend::CreateOptions& options) {
  if (!options_.vfs.empty()) return make_mailbox(location, options_.vfs, options);
  const auto taken = [&] { return fail(Code::kCollision, "sqlite", "'" + location + "' is there already"); };
  if (TRY(system_files().exists(location))) return taken();
  const std::string folder = parent_path(location);
  if (!TRY(system_files().exists(folder))) {
    return fail(Code::kNotFound, "sqlite", "'" + location + "' cannot be made: there is no folder '" + folder + "'");
  }
  const std::string fresh = location + ".new-" + std::to_string(random_u64());
  Status done = make_mailbox(fresh, {}, options);
  if (done) done = rename_new(fresh, location);
  if (!done) {
    remove_files(fresh);
    if (done.error().code == Code::kCollision) return taken();
    std::string& text = done.error().message;
    if (const std::size_t at = text.find(fresh); at != text.npos) text.replace(at, fresh.size(), location);
    return done;
  }
  // The name of a new file is on the disk when its folder is.
  return system_files().sync_folder(folder);
}

namespace {

// The version at 18 is 2 with a log; SQLite takes a greater one for a file of the future, and for one to be read only.
Status need_writable(const std::string& location) {
  const std::string head = TRY(mapiary::sqlite::read_head(location, 19));
  if (head.size() == 19 && head[18] >= 1 && head[18] <= 2) return {};
  return fail(Code::kCorruptStore, "sqlite",
              "'" + location +
                  "' is damaged: the version in its header (at offset 18) is none that Mapiary writes. It "
                  "can be read, and so be copied");
}

Status make_ready(MailboxCore& core) {
  auto connection = TRY(core.pool.connect());
  if (!core.pool.options().read_only) TRY(upgrade(connection->database(), schema_steps(), false));
  TRY(load_info(core, *connection));
  core.pool.put_reader(std::move(connection));
  return {};
}

}  // namespace

Result<std::unique_ptr<backend::Mailbox>> SqliteEngine::open(const std::string& location,
                                                             const backend::OpenOptions& options) {
  PoolOptions pool;
  pool.path = location;
  pool.vfs = options_.vfs;
  pool.read_only = options.read_only;
  pool.busy_deadline = options.busy_deadline;
  auto core = std::make_shared<MailboxCore>(pool);
  // Before anything is written, the file must be seen to be one of ours.
  if (options_.vfs.empty() && !TRY(recognises(location))) {
    if (!TRY(system_files().exists(location))) {
      return fail(Code::kNotFound, "sqlite", "there is no mailbox '" + location + "'");
    }
    return fail(Code::kCorruptStore, "sqlite", "'" + location + "' is no mailbox of this engine");
  }
  if (options_.vfs.empty() && !options.read_only) TRY(need_writable(location));
  core->signal.emplace(Signal::of(location, options_.vfs));
  Status ready = make_ready(*core);
  // As in Connection::statement(): our SQL is right for our tables.
  if (!ready && ready.error().code == Code::kInternal) ready.error().code = Code::kCorruptStore;
  TRY(std::move(ready));
  return std::make_unique<SqliteMailbox>(std::move(core));
}

}  // namespace mapiary::engines::sqlite
