// SPDX-License-Identifier: Apache-2.0
// Files and folders. A FileSystem makes Files; system_files() is the machine's, testing/fault_file_system.h one that
// fails on demand, so whatever opens files takes a FileSystem&. Paths are UTF-8 bytes as the system takes them.
//
// Errors name the call and the path; `value` is the errno. ENOENT is kNotFound, EEXIST kCollision, EACCES kNoAccess,
// EROFS kReadOnly, ENOSPC kNoDiskSpace, EIO kDiskError, a lock held elsewhere kLocked. A File may be read and written
// from several threads at once at different places; closing must be the last use. A FileSystem is safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace mapiary {

enum class OpenMode : std::uint8_t {
  kRead,          // must exist; nothing is ever created or written, not even through this handle
  kReadWrite,     // must exist
  kCreateNew,     // kCollision if it exists
  kOpenOrCreate,  // opened as it is, or made empty
  kTruncate,      // made empty, whether it was there or not
};
enum class LockMode : std::uint8_t { kShared, kExclusive };

// What a FileSystem gives: single system calls, which may do less than asked. Only File calls it.
class FileHandle {
 public:
  virtual ~FileHandle() = default;
  virtual Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) = 0;  // 0: the end of the file
  virtual Result<std::size_t> write(std::uint64_t offset, ByteSpan bytes) = 0;
  virtual Result<std::uint64_t> size() = 0;
  virtual Status truncate(std::uint64_t size) = 0;
  virtual Status sync() = 0;
  virtual Status lock(LockMode mode) = 0;
  virtual Status unlock() = 0;
  virtual Status lock_at(std::uint64_t offset, LockMode mode) = 0;
  virtual Result<bool> is_locked(std::uint64_t offset, std::uint64_t count) = 0;
};

// An open file; closed (and unlocked) by its destructor. A default-made or moved-from File is closed: every call is
// kInvalidObject.
class File {
 public:
  File() = default;
  File(std::unique_ptr<FileHandle> handle, std::string path, OpenMode mode)
      : handle_(std::move(handle)), path_(std::move(path)), writable_(mode != OpenMode::kRead) {}

  // Fills `out` wholly. kTruncated if the file ends before: `value` is the offset.
  Status read_at(std::uint64_t offset, std::span<std::byte> out);
  // As above, into new memory. A length beyond the end is refused before anything is allocated.
  Result<std::string> read_at(std::uint64_t offset, std::uint64_t length);
  // What there is, at most out.size() bytes; less only at the end of the file.
  Result<std::size_t> read_some_at(std::uint64_t offset, std::span<std::byte> out);
  // All or an error; after an error any part may have been written. Beyond the end, the gap reads as zeros. kReadOnly
  // in mode kRead.
  Status write_at(std::uint64_t offset, ByteSpan bytes);
  Result<std::uint64_t> size();
  Status truncate(std::uint64_t size);
  // When this returns, what was written before is on the disk (fdatasync). After an error it may never get there: write
  // it anew.
  Status sync();
  // Advisory, on the whole file, not waiting: kLocked if another handle, here or in another process, holds it. Gone
  // when the file is closed or the process dies. Locking again changes the mode.
  Status lock(LockMode mode);
  Status unlock();
  // As lock(), on one place, which need not be in the file, until the file is closed. Of one file use either this or
  // lock(): whether they see each other depends on the system.
  Status lock_at(std::uint64_t offset, LockMode mode);
  // Another handle, here or in another process, has one of `count` places from `offset` on locked by lock_at(), in
  // either mode. Nothing is locked to find out.
  Result<bool> is_locked(std::uint64_t offset, std::uint64_t count);
  void close() { handle_.reset(); }

  bool is_open() const { return handle_ != nullptr; }
  bool is_writable() const { return writable_; }
  const std::string& path() const { return path_; }

 private:
  Status check(bool for_writing) const;

  std::unique_ptr<FileHandle> handle_;
  std::string path_;
  bool writable_ = false;
};

enum class FileKind : std::uint8_t { kFile, kFolder, kOther };
struct FileInfo {
  FileKind kind = FileKind::kOther;
  std::uint64_t size = 0;  // bytes
  FileTime modified;
};
struct FolderEntry {
  std::string name;
  FileKind kind = FileKind::kOther;  // of a symbolic link: of what it names
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // New files have mode 0600: they hold mail.
  Result<File> open(const std::string& path, OpenMode mode);
  // A new file that goes when it is closed, whatever becomes of the process: it has no name, where the system has such
  // files, else none any more.
  Result<File> open_nameless(const std::string& folder);
  virtual Result<FileInfo> info(const std::string& path) = 0;
  // Atomic; replaces a file called `to`. The folder is not synced.
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove_file(const std::string& path) = 0;
  virtual Status remove_folder(const std::string& path) = 0;  // kCollision if it is not empty
  virtual Status create_folder(const std::string& path) = 0;  // mode 0700; kCollision if there is one
  // Sorted by name, without "." and "..".
  virtual Result<std::vector<FolderEntry>> list(const std::string& path) = 0;
  // Makes a new folder with a name of its own, beginning with `prefix` (a path).
  virtual Result<std::string> make_temp_folder(const std::string& prefix) = 0;
  // When this returns, files made, renamed and removed in the folder are so on the disk.
  virtual Status sync_folder(const std::string& path) = 0;

  // Made of the calls above.
  Result<bool> exists(const std::string& path);
  Status create_folders(const std::string& path);  // and its parents; no error if it is there
  // The whole file; kTooBig if it is longer than `limit` bytes.
  Result<std::string> read_file(const std::string& path, std::uint64_t limit);
  // Puts `bytes` under `path` so that at any moment, power loss included, there is the whole old or the whole new file.
  Status replace_file(const std::string& path, ByteSpan bytes);

 protected:
  virtual Result<std::unique_ptr<FileHandle>> open_handle(const std::string& path, OpenMode mode) = 0;
  // kNotSupported where there are none.
  virtual Result<std::unique_ptr<FileHandle>> open_nameless_handle(const std::string& folder);
};

FileSystem& system_files();

// "a/b" and "c" make "a/b/c"; an absolute `name` stays.
std::string join_path(std::string_view folder, std::string_view name);
// "a/b/c" -> "a/b"; "c" -> "."; "/c" -> "/".
std::string parent_path(std::string_view path);

// An errno as an Error of layer "base": "open '/x/y': No such file or directory".
Error error_of_errno(int number, std::string_view call, std::string_view path,
                     SourceLocation at = SourceLocation::current());

}  // namespace mapiary
