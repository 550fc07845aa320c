// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>

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

namespace {

// What happened to the file, for those who have it; empty: a mistake of ours, told with SQLite's words.
std::string told(int extended, int system_error, const std::string& sqlite_says) {
  const std::string number = " (SQLite " + std::to_string(extended) + ": " + sqlite_says + ")";
  switch (code_of(extended, system_error)) {
    case Code::kReadOnly:
      return (extended == SQLITE_READONLY_DIRECTORY
                  ? "cannot be written: the folder it is in does not let files be made beside it"
                  : "cannot be written: the file, its folder or its file system is read-only") +
             number;
    case Code::kNoDiskSpace:
      return "cannot be written: no space is left on the disk" + number;
    case Code::kCorruptStore:
      return (extended & 0xFF) == SQLITE_NOTADB ? "is no database, or its first page is damaged" + number
                                                : "is damaged" + number;
    case Code::kDiskError:
      return "cannot be read or written: the disk fails" + number;
    case Code::kNotFound:
    case Code::kNoAccess:
    case Code::kNoResources:
      return "cannot be opened: " + std::string(std::strerror(system_error)) + number;
    default:
      return {};
  }
}

}  // namespace

tl::unexpected<Error> Core::error(int code, std::string_view statement, SourceLocation at) const {
  const int extended =
      handle != nullptr && sqlite3_errcode(handle) == (code & 0xFF) ? sqlite3_extended_errcode(handle) : code;
  const int system_error = handle != nullptr ? sqlite3_system_errno(handle) : 0;
  const std::string says = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  std::string message = "'" + path + "'";
  if (code_of(extended, system_error) == Code::kBusy) {
    // Not SQLite's "database is locked": who reads it wants to know whether to try again.
    message += ": other programs are using it; waited up to " + std::to_string(busy_deadline.count()) + " ms (SQLite " +
               std::to_string(extended) + ")";
  } else if (const std::string fate = told(extended, system_error, says); !fate.empty()) {
    message += " " + fate;
  } else {
    message += ": " + says + " (SQLite " + std::to_string(extended) + ")";
    if (!statement.empty()) message.append(", in: ").append(statement.substr(0, 200));
  }
  return tl::unexpected<Error>(
      Error(code_of(extended, system_error), "sqlite", std::move(message), static_cast<std::uint64_t>(extended), at));
}

}  // namespace mapiary::sqlite::detail
