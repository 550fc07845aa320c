// SPDX-License-Identifier: Apache-2.0
// What a Database, its Statements and Transactions share. Only src/sqlite includes it.
#pragma once

#include <sqlite3.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

namespace mapiary::sqlite::detail {

struct Core {
  sqlite3* handle = nullptr;
  std::string path;
  bool in_memory = false;
  std::chrono::milliseconds busy_deadline{};
  std::chrono::steady_clock::time_point busy_since;
  // What begins and ends transactions, prepared once: a short transaction would spend a tenth of its time on that.
  enum Step : std::uint8_t { kBegin, kBeginImmediate, kCommit, kRollBack, kSteps };
  std::array<sqlite3_stmt*, kSteps> steps{};
  // Statements of Database::kept() that nobody uses just now, reset and without bound values; one a text.
  std::unordered_map<std::string, sqlite3_stmt*> idle;
  static constexpr std::size_t kMostIdle = 64;

  Core() = default;
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core() {
    for (sqlite3_stmt* step : steps) sqlite3_finalize(step);
    for (const auto& [text, statement] : idle) sqlite3_finalize(statement);
    sqlite3_close_v2(handle);
  }

  Status run(Step step);

  // The last error of `handle`, of result code `code`, as an Error: file, what SQLite says, and `statement`.
  tl::unexpected<Error> error(int code, std::string_view statement,
                              SourceLocation at = SourceLocation::current()) const;
};

// `system_error` is the errno behind `extended_code`, if there is one.
Code code_of(int extended_code, int system_error);

// The name of a VFS like `base` (empty: the default) that opens database, journal and WAL for reading only and creates
// nothing. Made at the first call; lives as long as the process, as SQLite's own do, unless forgotten.
const char* read_only_vfs(const std::string& base);
// File controls of it, with a bool*: whether the transaction that is open was begun without shared memory, so that
// nobody else had the file open; whether nobody has had it since.
inline constexpr int kAskAlone = 0x4D505201;
inline constexpr int kAskUntouched = 0x4D505202;
// The name of a VFS like `base` that writes the frames of a WAL many at a time. Lives as long.
const char* gathering_vfs(const std::string& base);
// Before a VFS is unregistered: forgets those made over it.
void forget_read_only_vfs(const std::string& base);
void forget_gathering_vfs(const std::string& base);

}  // namespace mapiary::sqlite::detail
