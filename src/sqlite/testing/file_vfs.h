// SPDX-License-Identifier: Apache-2.0
// SQLite over any FileSystem: with a FaultFileSystem (base/testing) a database meets full disks, failing calls, crashes
// at each call, and power losses that drop, reorder and tear what was not synced.
//
//   testing::FaultFileSystem files;
//   sqlite::testing::FileVfs vfs(files);
//   options.vfs = vfs.name();
//   files.crash_at(n);                                       // ... change the database, then close it
//   files.power_loss(testing::FaultFileSystem::Loss::kReordered, n);
//   vfs.forget_locks();                                      // what died with its process
//
// Locks and the shared memory of a WAL live in the FileVfs, so connections of one process see each other through them.
// All Databases must be closed before the FileVfs goes. Safe from any thread.
#pragma once

#include <memory>
#include <string>

#include "base/file.h"

namespace mapiary::sqlite::testing {

class FileVfs {
 public:
  explicit FileVfs(FileSystem& files);
  ~FileVfs();
  FileVfs(const FileVfs&) = delete;
  FileVfs& operator=(const FileVfs&) = delete;

  const std::string& name() const;
  // After a crash: connections of before it hold no locks any more and share no memory.
  void forget_locks();

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace mapiary::sqlite::testing
