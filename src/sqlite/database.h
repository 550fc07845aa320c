// SPDX-License-Identifier: Apache-2.0
// The one door to SQLite: a database, its statements and transactions as owned values, its result codes as Errors that
// name the file and the statement. The SQLite engine and the profile store stand on it (docs/adr/0012-sqlite-seam.md).
//
// A Database and what was made from it belong to one thread at a time; interrupt() alone may come from another. Several
// Databases, here and in other processes, may share a file. Statements and Transactions must not outlive their
// Database.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace mapiary::sqlite {

enum class Access : std::uint8_t {
  kReadOnly,   // must exist. Nothing is written anywhere: no journal, no -wal, no -shm, also beside a file in WAL mode
  kReadWrite,  // must exist
  kCreate,     // made, with mode 0600, if it is not there
};
enum class Journal : std::uint8_t {
  kKeep,      // whatever the file has
  kRollback,  // one file; readers wait for a commit
  kWal,       // readers and a writer at once; -wal and -shm beside the file while it is open
};
// What a commit has reached when it returns. kExtra: the disk, also the removal of the journal (a kRollback file needs
// it for "acknowledged is durable"). kFull: the disk. kNormal: never torn, but the last commits may be lost.
enum class Sync : std::uint8_t { kNormal, kFull, kExtra };

struct OpenOptions {
  Access access = Access::kReadWrite;
  Journal journal = Journal::kKeep;  // ignored when reading only
  Sync sync = Sync::kExtra;
  // How long one call waits for others' locks before kBusy.
  std::chrono::milliseconds busy_deadline{5000};
  std::uint32_t page_size = 0;  // bytes, for a file that is new; 0: SQLite's own choice
  bool foreign_keys = true;
  // A transaction goes into the WAL with few writes instead of two a page. Not when reading only.
  bool gather_writes = false;
  std::string vfs;  // for tests (testing/file_vfs.h); empty: the machine's files
  // No file at all: the database is this Database's own and goes with it. The path is only what errors call it; nothing
  // above but foreign_keys and page_size counts.
  bool in_memory = false;
};

namespace detail {
struct Core;
}

// A prepared statement. Places are numbered from 1, columns from 0. What text() and blob() give lives until the next
// step, reset or bind. A column of another type is converted as SQLite does (NULL to 0 or empty); type() tells.
class Statement {
 public:
  enum class Type : std::uint8_t { kInteger, kReal, kText, kBlob, kNull };

  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  Status bind(int place, std::int64_t value);
  Status bind(int place, double value);
  Status bind(int place, std::string_view text);
  Status bind(int place, std::nullopt_t);
  Status bind_blob(int place, std::string_view bytes);
  Status bind_blob(int place, ByteSpan bytes) { return bind_blob(place, chars_of(bytes)); }
  // Not copied: `bytes` must stay as they are until the statement is bound anew or gone.
  Status bind_static_blob(int place, ByteSpan bytes);

  // True: there is a row. After false or an error the statement is reset and can be bound and stepped anew.
  Result<bool> step();
  // To the end, rows ignored.
  Status run();
  // Back to the start; bound values stay.
  void reset();

  int column_count() const;
  Type type(int column) const;
  bool is_null(int column) const { return type(column) == Type::kNull; }
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;

 private:
  friend class Database;
  Statement(detail::Core* core, sqlite3_stmt* handle) : core_(core), handle_(handle) {}
  Status bound(int code, int place);

  detail::Core* core_ = nullptr;
  sqlite3_stmt* handle_ = nullptr;
  bool is_kept_ = false;  // goes back to its Database
};

// The first bytes of a file, `count` or as many as there are. A process must not open a database in another way than
// through SQLite: see database.cc. kNotFound, kNoAccess, kDiskError (also of a folder).
Result<std::string> read_head(const std::string& path, std::size_t count, const std::string& vfs = {});

class Database {
 public:
  // kNotFound, kNoAccess, kReadOnly (left in the middle of a change, and only reading is asked for), kCorruptStore (not
  // a database), kBusy. A file that is refused is not changed.
  static Result<Database> open(const std::string& path, const OpenOptions& options);

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // One statement; a second one in `sql` is kInvalidArgument.
  Result<Statement> prepare(std::string_view sql);
  // As prepare(), for a text that comes again and again: what it was compiled to stays with the Database for the next.
  Result<Statement> kept(std::string_view sql);
  // Any number of statements without parameters, rows ignored. Stops at the first error.
  Status run(std::string_view sql);
  // The first column of the first row; nullopt if there is no row or it is NULL.
  Result<std::optional<std::int64_t>> integer(std::string_view sql);
  Result<std::optional<std::string>> text(std::string_view sql);

  // kCorruptStore with SQLite's first findings. Quick leaves out the comparison of indexes with their tables.
  Status check_integrity(bool quick = false);
  // Differs from an earlier result if, and only if, another connection has committed since.
  Result<std::int64_t> data_version();
  // The count of commits in the file's header, read without a transaction: as long as it stays nobody has committed.
  // None of a file in WAL mode, whose commits do not count, and of one that cannot be read.
  std::optional<std::uint32_t> commit_count() const;
  // Moves a WAL into the file as far as other connections allow.
  Status checkpoint();

  // Lets statements of this connection ask `name(text)`: 1 if the test holds for the text, 0 if not or for NULL. Once a
  // name.
  using TextTest = std::function<bool(std::string_view text)>;
  Status add_test(const std::string& name, TextTest test);

  std::int64_t last_row_id() const;
  std::int64_t total_changes() const;  // rows changed since the database was opened
  std::int64_t changes() const;        // rows changed by the last statement that changed any
  bool in_transaction() const;
  // Of a database opened for reading only, in a transaction that reads: whether it began with nobody else having the
  // file open. Then, and only then, it may stay open for later reads without being in the way of others; but before
  // each of them is_untouched() must say that nobody has had the file since.
  bool is_alone() const;
  bool is_untouched() const;
  void interrupt();  // from any thread: the running call ends with kCancelled
  const std::string& path() const;

 private:
  friend class Transaction;
  explicit Database(std::unique_ptr<detail::Core> core);
  Status configure(const OpenOptions& options);
  std::unique_ptr<detail::Core> core_;
};

// All or nothing. Unless commit() succeeded the destructor rolls back. kImmediate takes the write lock at once: always
// right for a transaction that will write, since a reader that turns writer cannot wait for another writer.
class Transaction {
 public:
  enum class Mode : std::uint8_t { kDeferred, kImmediate };
  // kInvalidObject inside another transaction of the same Database.
  static Result<Transaction> begin(Database& database, Mode mode);
  Transaction(Transaction&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction() { roll_back(); }

  // After an error all of the transaction is undone; only when the very last sync failed, all of it may be in the file.
  // kInvalidObject after the end.
  Status commit();
  void roll_back();

 private:
  explicit Transaction(detail::Core* core) : core_(core) {}
  detail::Core* core_ = nullptr;
};

}  // namespace mapiary::sqlite
