// SPDX-License-Identifier: Apache-2.0
// A file system in memory that fails on demand, for tests of whatever writes files. It knows what has been synced:
// power_loss() leaves what a disk could hold. Names become durable by sync_folder (in the order they were made),
// contents by File::sync.
//
//   for (std::uint64_t n = 0;; ++n) {                  // a crash at every call
//     FaultFileSystem files;
//     files.crash_at(n);
//     Status done = save(files);
//     files.power_loss(FaultFileSystem::Loss::kReordered, n);
//     EXPECT_TRUE(opens_without_repair(files));
//     if (done) break;
//   }
// Folders with something in them cannot be renamed. Paths are taken as they are ("a/b"); "", "." and "/" are the root,
// whose folders need no parents. Safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"

namespace mapiary::testing {

class FaultFileSystem final : public FileSystem {
 public:
  // What becomes of what was not synced: kDropped, all of it is lost; kReordered, any part may have reached the disk in
  // any order, the last write of a file possibly torn at a sector of 512 bytes; kKept, all is there (the process died,
  // not the machine).
  enum class Loss : std::uint8_t { kDropped, kReordered, kKept };

  FaultFileSystem() = default;

  // Calls are counted from 0: open, read, write, truncate, sync, rename, remove and the others, each file system call
  // as one.
  std::uint64_t calls() const;
  void reset_calls();
  // The n-th call from now fails with `error_number`, once.
  void fail_at(std::uint64_t n, int error_number);
  // The n-th call from now and all after it fail with EIO, and a write at that point is half done, until power_loss().
  void crash_at(std::uint64_t n);
  // Single reads or writes move at most so many bytes. 0: no limit.
  void limit_transfer(std::size_t bytes);
  // Writes and growth beyond so many bytes in all files together fail with ENOSPC, after writing what fits.
  void limit_space(std::uint64_t bytes);
  // Whatever would change a file or a name fails with EROFS.
  void make_read_only(bool read_only);
  // Sync succeeds without making anything durable, as some disks do.
  void lie_about_sync(bool lies);

  // Open handles die (EIO), locks go, faults are cleared, and the files are what the disk held. `seed` picks among the
  // possible.
  void power_loss(Loss loss, std::uint64_t seed = 0);

  // The content as programs see it now, without counting as a call; kNotFound.
  Result<std::string> content(const std::string& path) const;
  std::vector<std::string> names() const;  // of all files

  Result<FileInfo> info(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove_file(const std::string& path) override;
  Status remove_folder(const std::string& path) override;
  Status create_folder(const std::string& path) override;
  Result<std::vector<FolderEntry>> list(const std::string& path) override;
  Result<std::string> make_temp_folder(const std::string& prefix) override;
  Status sync_folder(const std::string& path) override;

 protected:
  Result<std::unique_ptr<FileHandle>> open_handle(const std::string& path, OpenMode mode) override;

 private:
  friend class FaultHandle;

  struct Change {
    bool truncation = false;
    std::uint64_t offset = 0;  // or the new size
    std::string bytes;
    void apply(std::string& data) const;
  };
  struct Node {
    bool folder = false;
    std::string data;              // as programs see it
    std::string durable;           // as the disk has it
    std::vector<Change> unsynced;  // from durable to data
    int shared_locks = 0;
    bool exclusive_lock = false;
    std::map<std::uint64_t, int> places;  // locked: how often shared; -1: exclusively
  };
  using NodePtr = std::shared_ptr<Node>;
  using Names = std::map<std::string, NodePtr>;
  // One change of names: remove `removed` (if any), then put `node` under `added` (if any).
  struct NameChange {
    std::string removed, added;
    NodePtr node;
    void apply(Names& names) const;
  };

  Status begin_call(std::string_view call, const std::string& path);
  void change_names(NameChange change);
  Status need_folder_of(const std::string& path, std::string_view call) const;
  bool has_children(const std::string& path) const;
  std::uint64_t used() const;
  static void settle(Node& node, Loss loss, std::mt19937_64& random);

  mutable std::mutex mutex_;
  Names names_;
  Names durable_names_;
  std::vector<NameChange> unsynced_names_;
  std::uint64_t generation_ = 0;  // handles of an older one are dead
  std::uint64_t calls_ = 0;
  std::uint64_t fail_call_ = UINT64_MAX;
  int fail_error_ = 0;
  std::uint64_t crash_call_ = UINT64_MAX;
  std::size_t transfer_limit_ = 0;
  std::uint64_t space_limit_ = UINT64_MAX;
  bool read_only_ = false;
  bool sync_lies_ = false;
};

}  // namespace mapiary::testing
