// SPDX-License-Identifier: Apache-2.0
// A VFS of SQLite that stands before another one: what it does not do itself, the other does. One is made for each base
// and kind at the first call; SQLite keeps pointers to it, so it lives as long as the process unless forgotten. Only
// src/sqlite includes it. Safe from any thread.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace mapiary::sqlite::detail {

sqlite3_vfs* base_of(sqlite3_vfs* vfs);

class VfsRegistry {
 public:
  // `file_size`: what a file of this kind needs beside that of the base. `fill` sets xOpen, and what else is not passed
  // on.
  VfsRegistry(const char* prefix, std::size_t file_size, void (*fill)(sqlite3_vfs&))
      : prefix_(prefix), file_size_(file_size), fill_(fill) {}

  // The name of the one over `base` (empty: the default); nullptr: there is no such base.
  const char* over(const std::string& base);
  // Before `base` is unregistered.
  void forget(const std::string& base);

 private:
  struct Made;
  std::string prefix_;
  std::size_t file_size_;
  void (*fill_)(sqlite3_vfs&);
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Made>> known_;
};

}  // namespace mapiary::sqlite::detail
