// SPDX-License-Identifier: Apache-2.0
// What the parts of store_bench share: results that must be good, syncs and memory counted, the floor of imports.
#ifndef MAPIARY_BENCH_STORE_TOOLS_H
#define MAPIARY_BENCH_STORE_TOOLS_H

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "bench/store_client.h"
#include "sqlite/database.h"

namespace bench {

using mapiary::bytes_of;
namespace sqlite = mapiary::sqlite;

// Calls of fdatasync() by this process so far.
inline std::atomic<std::uint64_t> syncs{0};

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

inline double status_field(const char* name) {
  std::ifstream file("/proc/self/status");
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind(name, 0) == 0) return std::atof(line.c_str() + std::strlen(name)) / 1024;
  }
  return 0;
}

// Megabytes that the process took at most during `work`, more than it had before.
template <class Work>
double growth(Work&& work) {
  const double before = status_field("VmRSS:");
  std::ofstream("/proc/self/clear_refs") << "5";
  work();
  return status_field("VmHWM:") - before;
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
  // Rows as large as the mails from number `from` to before `end`.
  void import_some(std::deque<Mail>& mails, std::size_t from, std::size_t end, std::size_t batch,
                   const std::string& bytes) {
    for (; from < end; from += batch) {
      auto t = must(sqlite::Transaction::begin(database, sqlite::Transaction::Mode::kImmediate));
      for (std::size_t i = from; i < std::min(from + batch, end); ++i) {
        must(insert.bind_static_blob(1, bytes_of(bytes).first(static_cast<std::size_t>(mails[i].size()))));
        must(insert.run());
      }
      must(t.commit());
    }
  }
};

inline std::string raw_place(const char* name) {
  const auto path = std::filesystem::temp_directory_path() / (std::string(name) + std::to_string(::getpid()));
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + end);
  return path;
}

}  // namespace bench

#endif  // MAPIARY_BENCH_STORE_TOOLS_H
