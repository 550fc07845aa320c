// SPDX-License-Identifier: Apache-2.0
#include "sqlite/database.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "sqlite/core.h"

namespace mapiary::sqlite {
namespace {

// SQLite asks after each failed try for a lock. Short waits first, since most locks are held for a commit only; a
// random part, so that waiting processes do not meet again and again.
int wait_for_lock(void* context, int tries) {
  auto& core = *static_cast<detail::Core*>(context);
  const auto now = steady_now();
  if (tries == 0) core.busy_since = now;
  const auto left = core.busy_since + core.busy_deadline - now;
  if (left <= std::chrono::steady_clock::duration::zero()) return 0;
  const std::int64_t longest = std::min(500 << std::min(tries, 6), 25'000);  // microseconds
  const std::int64_t wait = longest / 2 + static_cast<std::int64_t>(random_u64() % static_cast<std::uint64_t>(longest));
  std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(left, std::chrono::microseconds(wait)));
  return 1;
}

// As SQLite's URI form wants it, so that the VFS sees `readonly_shm`.
std::string uri_of(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += c == '%' ? "%25" : c == '?' ? "%3f" : "%23";
    } else {
      uri += c;
    }
  }
  return uri + "?readonly_shm=1";
}

// SQLite would make the file with the mode the umask leaves. Closing a file drops this process's POSIX locks on it, so
// no connection may come between: hence the lock around this and every open.
Status make_private_file(const std::string& path) {
  auto file = system_files().open(path, OpenMode::kCreateNew);
  if (!file && file.error().code != Code::kCollision) return tl::unexpected<Error>(std::move(file).error());
  return {};
}

std::mutex& opening() {
  static std::mutex mutex;
  return mutex;
}

int open_handle(const std::string& path, const OpenOptions& options, sqlite3** handle) {
  if (options.in_memory) {
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
    return sqlite3_open_v2(":memory:", handle, kFlags, nullptr);
  }
  if (options.access == Access::kReadOnly) {
    const char* vfs = detail::read_only_vfs(options.vfs);
    if (vfs == nullptr) return SQLITE_NOMEM;
    return sqlite3_open_v2(uri_of(path).c_str(), handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                           vfs);
  }
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  if (options.access == Access::kCreate) flags |= SQLITE_OPEN_CREATE;
  const char* vfs = options.vfs.empty() ? nullptr : options.vfs.c_str();
  if (options.gather_writes) vfs = detail::gathering_vfs(options.vfs);
  if (options.gather_writes && vfs == nullptr) return SQLITE_NOMEM;
  return sqlite3_open_v2(path.c_str(), handle, flags, vfs);
}

}  // namespace

// Through SQLite's own file: to close another descriptor would drop the locks that this process holds on the file, and
// others would take its WAL away.
Result<std::string> read_head(const std::string& path, std::size_t count, const std::string& vfs_name) {
  sqlite3_vfs* vfs = sqlite3_vfs_find(vfs_name.empty() ? nullptr : vfs_name.c_str());
  if (vfs == nullptr) return fail(Code::kInternal, "sqlite", "there is no VFS '" + vfs_name + "'");
  const auto failed = [&](int code) {
    const int system_error = vfs->xGetLastError != nullptr ? vfs->xGetLastError(vfs, 0, nullptr) : 0;
    return fail(detail::code_of(code, system_error), "sqlite",
                "'" + path + "' cannot be read: " + std::strerror(system_error), static_cast<std::uint64_t>(code));
  };
  std::string full(static_cast<std::size_t>(vfs->mxPathname) + 4, '\0');
  const int named = vfs->xFullPathname(vfs, path.c_str(), vfs->mxPathname, full.data());
  if (named != SQLITE_OK && named != SQLITE_OK_SYMLINK) return failed(SQLITE_CANTOPEN);
  int exists = 0;
  if (vfs->xAccess(vfs, full.c_str(), SQLITE_ACCESS_EXISTS, &exists) == SQLITE_OK && exists == 0) {
    return fail(Code::kNotFound, "sqlite", "there is no file '" + path + "'");
  }
  std::vector<std::max_align_t> memory(static_cast<std::size_t>(vfs->szOsFile) / sizeof(std::max_align_t) + 1);
  auto* file = reinterpret_cast<sqlite3_file*>(memory.data());
  file->pMethods = nullptr;
  int code = vfs->xOpen(vfs, full.c_str(), file, SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB, nullptr);
  if (code != SQLITE_OK) {
    auto error = failed(code);
    if (file->pMethods != nullptr) file->pMethods->xClose(file);
    return error;
  }
  std::string head(count, '\0');
  sqlite3_int64 size = 0;
  code = file->pMethods->xFileSize(file, &size);
  head.resize(static_cast<std::size_t>(std::clamp<sqlite3_int64>(size, 0, static_cast<sqlite3_int64>(count))));
  if (code == SQLITE_OK && !head.empty()) {
    code = file->pMethods->xRead(file, head.data(), static_cast<int>(head.size()), 0);
  }
  const bool read = code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ;
  Result<std::string> result = read ? Result<std::string>(std::move(head)) : failed(code);
  file->pMethods->xClose(file);
  return result;
}

Database::Database(std::unique_ptr<detail::Core> core) : core_(std::move(core)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::string& path, const OpenOptions& options) {
  // SQLite takes an empty name and ":memory:" for databases of their own.
  if (path.empty() || path.front() == ':' || path.find('\0') != std::string::npos) {
    return fail(Code::kInvalidArgument, "sqlite", "'" + path + "' is not the name of a database file");
  }
  auto core = std::make_unique<detail::Core>();
  core->path = path;
  core->busy_deadline = options.busy_deadline;
  core->in_memory = options.in_memory;
  {
    std::lock_guard lock(opening());
    const bool file = !options.in_memory && options.vfs.empty();
    if (file && options.access == Access::kCreate) TRY(make_private_file(path));
    const int code = open_handle(path, options, &core->handle);
    if (code != SQLITE_OK) return core->error(code, "");
  }
  // SQLite opens for reading what it may not write, and says so, or something else, at the first write.
  if (!options.in_memory && options.access != Access::kReadOnly && sqlite3_db_readonly(core->handle, "main") == 1) {
    return fail(Code::kReadOnly, "sqlite",
                "'" + path + "' cannot be written: the file, its folder or its file system is read-only");
  }
  sqlite3_extended_result_codes(core->handle, 1);
  // Files come from anywhere: their schema is not trusted to call functions, and cannot be made to damage the database.
  sqlite3_db_config(core->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(core->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(core->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_busy_handler(core->handle, wait_for_lock, core.get());
  Database database(std::move(core));
  TRY(database.configure(options));
  return database;
}

Status Database::configure(const OpenOptions& options) {
  TRY(run("PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON"));
  // The first statement that reads: what is not a database ends here, before anything could change it.
  TRY(integer("PRAGMA schema_version"));
  TRY(run(options.foreign_keys ? "PRAGMA foreign_keys = ON" : "PRAGMA foreign_keys = OFF"));
  if (!options.in_memory && options.access == Access::kReadOnly) return run("PRAGMA query_only = ON");
  if (options.page_size != 0) TRY(run("PRAGMA page_size = " + std::to_string(options.page_size)));
  if (options.in_memory) return {};
  if (options.journal != Journal::kKeep) {
    const std::string wanted = options.journal == Journal::kWal ? "wal" : "delete";
    const auto mode = TRY(text("PRAGMA journal_mode = " + wanted));
    if (mode != wanted) {
      return fail(Code::kNotSupported, "sqlite", "'" + path() + "' cannot have the journal mode " + wanted);
    }
  }
  const char* sync = options.sync == Sync::kNormal ? "NORMAL" : options.sync == Sync::kFull ? "FULL" : "EXTRA";
  return run(std::string("PRAGMA synchronous = ") + sync);
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(core_->handle, sql.data(), static_cast<int>(sql.size()), 0, &handle, &rest);
  if (code != SQLITE_OK) return core_->error(code, sql);
  Statement statement(core_.get(), handle);
  const std::string_view tail(rest, static_cast<std::size_t>(sql.data() + sql.size() - rest));
  if (handle == nullptr || tail.find_first_not_of(" \t\r\n;") != tail.npos) {
    return fail(Code::kInvalidArgument, "sqlite", "not exactly one statement: " + std::string(sql.substr(0, 200)));
  }
  return statement;
}

Result<Statement> Database::kept(std::string_view sql) {
  // The text SQLite keeps of a statement, by which it is found again, ends with the statement.
  if (const auto found = core_->idle.find(std::string(sql)); found != core_->idle.end()) {
    Statement statement(core_.get(), found->second);
    core_->idle.erase(found);
    statement.is_kept_ = true;
    return statement;
  }
  Statement statement = TRY(prepare(sql));
  statement.is_kept_ = true;
  return statement;
}

Status Database::run(std::string_view sql) {
  while (sql.find_first_not_of(" \t\r\n;") != sql.npos) {
    sqlite3_stmt* handle = nullptr;
    const char* rest = nullptr;
    const int code = sqlite3_prepare_v3(core_->handle, sql.data(), static_cast<int>(sql.size()), 0, &handle, &rest);
    if (code != SQLITE_OK) return core_->error(code, sql);
    sql.remove_prefix(static_cast<std::size_t>(rest - sql.data()));
    if (handle == nullptr) continue;  // a comment
    TRY(Statement(core_.get(), handle).run());
  }
  return {};
}

Result<std::optional<std::int64_t>> Database::integer(std::string_view sql) {
  Statement statement = TRY(kept(sql));
  if (!TRY(statement.step()) || statement.is_null(0)) return std::nullopt;
  return statement.integer(0);
}

Result<std::optional<std::string>> Database::text(std::string_view sql) {
  Statement statement = TRY(prepare(sql));
  if (!TRY(statement.step()) || statement.is_null(0)) return std::nullopt;
  return std::string(statement.text(0));
}

Status Database::check_integrity(bool quick) {
  Statement statement = TRY(prepare(quick ? "PRAGMA quick_check(5)" : "PRAGMA integrity_check(5)"));
  std::string findings;
  while (TRY(statement.step())) {
    const std::string_view finding = statement.text(0);
    if (finding == "ok") continue;
    findings.append(findings.empty() ? "" : "; ").append(finding);
  }
  if (findings.empty() && !quick) {
    Statement broken = TRY(prepare("PRAGMA foreign_key_check"));
    if (TRY(broken.step())) findings = "a row of table " + std::string(broken.text(0)) + " refers to none";
  }
  if (findings.empty()) return {};
  std::ranges::replace(findings, '\n', ' ');
  return fail(Code::kCorruptStore, "sqlite", "'" + path() + "' is damaged: " + findings);
}

// What a commit writes before it counts: offsets 18 (1: no WAL) and 24 (big-endian) of the header.
std::optional<std::uint32_t> Database::commit_count() const {
  if (core_->in_memory) return static_cast<std::uint32_t>(total_changes());
  constexpr sqlite3_int64 kFrom = 18;
  std::array<unsigned char, 10> head{};
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(core_->handle, "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file)) != SQLITE_OK ||
      file == nullptr || file->pMethods == nullptr ||
      file->pMethods->xRead(file, head.data(), static_cast<int>(head.size()), kFrom) != SQLITE_OK || head[0] != 1) {
    return std::nullopt;
  }
  std::uint32_t count = 0;
  for (const unsigned char byte : std::span(head).subspan(6)) count = count << 8 | byte;
  return count;
}

Result<std::int64_t> Database::data_version() {
  return TRY(integer("PRAGMA data_version")).value_or(0);
}

Status Database::checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(core_->handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY) return core_->error(code, "checkpoint");
  return {};
}

Status Database::add_test(const std::string& name, TextTest test) {
  const auto ask = [](sqlite3_context* context, int, sqlite3_value** values) {
    const auto& own = *static_cast<const TextTest*>(sqlite3_user_data(context));
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
    sqlite3_result_int(context, text != nullptr && own({text, size}) ? 1 : 0);
  };
  const auto drop = [](void* own) { delete static_cast<TextTest*>(own); };
  // From here on it is SQLite's, whether this succeeds or not.
  auto* own = new TextTest(std::move(test));
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DIRECTONLY;
  const int code = sqlite3_create_function_v2(core_->handle, name.c_str(), 1, kFlags, own, ask, nullptr, nullptr, drop);
  if (code != SQLITE_OK) return core_->error(code, name);
  return {};
}

std::int64_t Database::last_row_id() const {
  return sqlite3_last_insert_rowid(core_->handle);
}

std::int64_t Database::total_changes() const {
  return sqlite3_total_changes64(core_->handle);
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(core_->handle);
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(core_->handle) == 0;
}

namespace {

bool ask(const detail::Core& core, int question) {
  bool answer = false;
  return sqlite3_file_control(core.handle, "main", question, &answer) == SQLITE_OK && answer;
}

}  // namespace

bool Database::is_alone() const {
  return in_transaction() && ask(*core_, detail::kAskAlone);
}

bool Database::is_untouched() const {
  return in_transaction() && ask(*core_, detail::kAskUntouched);
}

void Database::interrupt() {
  sqlite3_interrupt(core_->handle);
}

const std::string& Database::path() const {
  return core_->path;
}

Status detail::Core::run(Step step) {
  static constexpr std::array<const char*, kSteps> kText = {"BEGIN DEFERRED", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"};
  sqlite3_stmt*& statement = steps[step];
  int code = SQLITE_OK;
  if (statement == nullptr)
    code = sqlite3_prepare_v3(handle, kText[step], -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return error(code, kText[step]);
  code = sqlite3_step(statement);
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement);
    return {};
  }
  auto failed = error(code, kText[step]);
  sqlite3_reset(statement);
  return failed;
}

Result<Transaction> Transaction::begin(Database& database, Mode mode) {
  if (database.in_transaction()) {
    return fail(Code::kInvalidObject, "sqlite", "'" + database.path() + "' is in a transaction already");
  }
  TRY(database.core_->run(mode == Mode::kImmediate ? detail::Core::kBeginImmediate : detail::Core::kBegin));
  return Transaction(database.core_.get());
}

Status Transaction::commit() {
  if (core_ == nullptr) return fail(Code::kInvalidObject, "sqlite", "the transaction has ended");
  // SQLite itself may have rolled back after an earlier error; then this COMMIT must not look like a success.
  Status done = core_->run(detail::Core::kCommit);
  if (!done) roll_back();
  core_ = nullptr;
  return done;
}

void Transaction::roll_back() {
  if (core_ == nullptr) return;
  // Nothing to do if it fails: an error that closes the file to writing has rolled back already.
  if (sqlite3_get_autocommit(core_->handle) == 0) (void)core_->run(detail::Core::kRollBack);
  core_ = nullptr;
}

}  // namespace mapiary::sqlite
