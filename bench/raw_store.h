// SPDX-License-Identifier: Apache-2.0
// The floor of imports and saves: SQLite alone, one row of one blob for each message. A call that fails ends the
// program with 2.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "sqlite/database.h"

namespace bench {

namespace sqlite = mapiary::sqlite;

template <class T>
T must(mapiary::Result<T> result) {
  if (!result) {
    std::printf("%s\n", result.error().message.c_str());
    std::exit(2);
  }
  return std::move(*result);
}
inline void must(mapiary::Status status) {
  if (status) return;
  std::printf("%s\n", status.error().message.c_str());
  std::exit(2);
}

// The floor: SQLite, one row of one blob with as many bytes.
struct Raw {
  sqlite::Database database;
  sqlite::Statement insert;

  static sqlite::Database open(const std::string& path, sqlite::Sync sync) {
    sqlite::OpenOptions options;
    options.access = sqlite::Access::kCreate;
    options.journal = sqlite::Journal::kWal;
    options.sync = sync;
    options.page_size = 8192;
    auto database = must(sqlite::Database::open(path, options));
    must(database.run("PRAGMA wal_autocheckpoint = 1000; CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB)"));
    return database;
  }
  Raw(const std::string& path, sqlite::Sync sync)
      : database(open(path, sync)), insert(must(database.prepare("INSERT INTO t(b) VALUES(?1)"))) {}
  // Rows of size_of(i) of `bytes` each, for `i` of `from` to before `end`.
  template <class SizeOf>
  void import_some(const SizeOf& size_of, std::size_t from, std::size_t end, std::size_t batch,
                   const std::string& bytes) {
    for (; from < end; from += batch) {
      auto t = must(sqlite::Transaction::begin(database, sqlite::Transaction::Mode::kImmediate));
      for (std::size_t i = from; i < std::min(from + batch, end); ++i) {
        must(insert.bind_static_blob(1, mapiary::bytes_of(bytes).first(static_cast<std::size_t>(size_of(i)))));
        must(insert.run());
      }
      must(t.commit());
    }
  }
};

}  // namespace bench
