// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include "sqlite/core.h"

namespace mapiary::sqlite::detail {
namespace {

Code code_of_system_error(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return Code::kNotFound;
    case EACCES:
    case EPERM:
      return Code::kNoAccess;
    case EROFS:
      return Code::kReadOnly;
    case ENOSPC:
    case EDQUOT:
      return Code::kNoDiskSpace;
    case ENOMEM:
      return Code::kNoMemory;
    case EMFILE:
    case ENFILE:
      return Code::kNoResources;
    default:
      return Code::kDiskError;
  }
}

}  // namespace

Code code_of(int extended_code, int system_error) {
  if (extended_code == SQLITE_IOERR_NOMEM) return Code::kNoMemory;
  if (extended_code == SQLITE_CONSTRAINT_UNIQUE || extended_code == SQLITE_CONSTRAINT_PRIMARYKEY ||
      extended_code == SQLITE_CONSTRAINT_ROWID) {
    return Code::kCollision;
  }
  switch (extended_code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:  // readers of a WAL that a crash left half begun, until a writer has opened it
      return Code::kBusy;
    case SQLITE_NOMEM:
      return Code::kNoMemory;
    case SQLITE_READONLY:
      return Code::kReadOnly;
    case SQLITE_INTERRUPT:
      return Code::kCancelled;
    case SQLITE_IOERR:
      return system_error == ENOSPC || system_error == EDQUOT ? Code::kNoDiskSpace : Code::kDiskError;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::kCorruptStore;
    case SQLITE_FULL:
      return Code::kNoDiskSpace;
    case SQLITE_CANTOPEN:
      return code_of_system_error(system_error);
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Code::kNoAccess;
    case SQLITE_TOOBIG:
      return Code::kTooBig;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return Code::kBadValue;
    default:
      return Code::kInternal;  // SQL of ours that SQLite does not accept
  }
}

tl::unexpected<Error> Core::error(int code, std::string_view statement, SourceLocation at) const {
  const int extended =
      handle != nullptr && sqlite3_errcode(handle) == (code & 0xFF) ? sqlite3_extended_errcode(handle) : code;
  const int system_error = handle != nullptr ? sqlite3_system_errno(handle) : 0;
  std::string message = "'" + path + "': ";
  if (code_of(extended, system_error) == Code::kBusy) {
    // Not SQLite's "database is locked": who reads it wants to know whether to try again.
    message += "other programs are using it; waited up to " + std::to_string(busy_deadline.count()) + " ms";
  } else {
    message += handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  }
  message += " (SQLite " + std::to_string(extended) + ")";
  if (!statement.empty()) message.append(", in: ").append(statement.substr(0, 200));
  return tl::unexpected<Error>(
      Error(code_of(extended, system_error), "sqlite", std::move(message), static_cast<std::uint64_t>(extended), at));
}

}  // namespace mapiary::sqlite::detail
