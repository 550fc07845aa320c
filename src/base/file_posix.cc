// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "base/file.h"

namespace mapiary {
namespace {

Code code_of_errno(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return Code::kNotFound;
    case EEXIST:
    case ENOTEMPTY:
      return Code::kCollision;
    case EACCES:
    case EPERM:
      return Code::kNoAccess;
    case EROFS:
      return Code::kReadOnly;
    case EAGAIN:
      return Code::kLocked;
    case EBUSY:
    case ETXTBSY:
      return Code::kBusy;
    case ENOSPC:
    case EDQUOT:
      return Code::kNoDiskSpace;
    case EFBIG:
    case EOVERFLOW:
      return Code::kTooBig;
    case ENOMEM:
      return Code::kNoMemory;
    case EMFILE:
    case ENFILE:
    case ENOLCK:
      return Code::kNoResources;
    case EINVAL:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
      return Code::kInvalidArgument;
    case EBADF:
      return Code::kInvalidObject;
    case ENOSYS:
    case EOPNOTSUPP:
      return Code::kNotSupported;
    case ETIMEDOUT:
      return Code::kTimeout;
    default:
      return Code::kDiskError;
  }
}

tl::unexpected<Error> failed(std::string_view call, std::string_view path,
                             SourceLocation at = SourceLocation::current()) {
  return tl::unexpected<Error>(error_of_errno(errno, call, path, at));
}

// Repeats a call that a signal interrupted.
template <class Call>
auto retry(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class PosixHandle final : public FileHandle {
 public:
  PosixHandle(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~PosixHandle() override { ::close(fd_); }
  PosixHandle(const PosixHandle&) = delete;
  PosixHandle& operator=(const PosixHandle&) = delete;

  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset > static_cast<std::uint64_t>(LLONG_MAX)) return 0;
    auto got = retry([&] { return ::pread(fd_, out.data(), out.size(), static_cast<off_t>(offset)); });
    if (got < 0) return failed("read", path_);
    return static_cast<std::size_t>(got);
  }
  Result<std::size_t> write(std::uint64_t offset, ByteSpan bytes) override {
    TRY(check_size(offset));
    auto put = retry([&] { return ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (put < 0) return failed("write", path_);
    return static_cast<std::size_t>(put);
  }
  Result<std::uint64_t> size() override {
    struct stat st {};
    if (::fstat(fd_, &st) != 0) return failed("stat", path_);
    return static_cast<std::uint64_t>(st.st_size);
  }
  Status truncate(std::uint64_t size) override {
    TRY(check_size(size));
    if (retry([&] { return ::ftruncate(fd_, static_cast<off_t>(size)); }) != 0) return failed("truncate", path_);
    return {};
  }
  Status sync() override {
    if (retry([&] { return ::fdatasync(fd_); }) != 0) return failed("sync", path_);
    return {};
  }
  Status lock(LockMode mode) override { return flock((mode == LockMode::kShared ? LOCK_SH : LOCK_EX) | LOCK_NB); }
  Status unlock() override { return flock(LOCK_UN); }
  // Of the open file, not of the process: another handle of this process is another owner.
  Status lock_at(std::uint64_t offset, LockMode mode) override {
    TRY(check_size(offset));
    struct flock place {};
    place.l_type = mode == LockMode::kShared ? F_RDLCK : F_WRLCK;
    place.l_whence = SEEK_SET;
    place.l_start = static_cast<off_t>(offset);
    place.l_len = 1;
    if (retry([&] { return ::fcntl(fd_, F_OFD_SETLK, &place); }) == 0) return {};
    if (errno == EACCES) errno = EAGAIN;  // POSIX allows both
    return failed("lock", path_);
  }
  Result<bool> is_locked(std::uint64_t offset, std::uint64_t count) override {
    TRY(check_size(offset + count));
    struct flock place {};
    place.l_type = F_WRLCK;  // either mode is in its way
    place.l_whence = SEEK_SET;
    place.l_start = static_cast<off_t>(offset);
    place.l_len = static_cast<off_t>(count);
    if (retry([&] { return ::fcntl(fd_, F_OFD_GETLK, &place); }) != 0) return failed("lock", path_);
    return place.l_type != F_UNLCK;
  }

 private:
  Status check_size(std::uint64_t value) const {
    if (value <= static_cast<std::uint64_t>(LLONG_MAX)) return {};
    return fail(Code::kTooBig, "base", "offset beyond what '" + path_ + "' can have", value);
  }
  Status flock(int operation) {
    if (retry([&] { return ::flock(fd_, operation); }) != 0) return failed("lock", path_);
    return {};
  }

  int fd_;
  std::string path_;
};

int open_flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead:
      return O_RDONLY;
    case OpenMode::kReadWrite:
      return O_RDWR;
    case OpenMode::kCreateNew:
      return O_RDWR | O_CREAT | O_EXCL;
    case OpenMode::kOpenOrCreate:
      return O_RDWR | O_CREAT;
    case OpenMode::kTruncate:
      return O_RDWR | O_CREAT | O_TRUNC;
  }
  return O_RDONLY;
}

FileKind kind_of(mode_t mode) {
  return S_ISREG(mode) ? FileKind::kFile : S_ISDIR(mode) ? FileKind::kFolder : FileKind::kOther;
}

class PosixFileSystem final : public FileSystem {
 public:
  Result<FileInfo> info(const std::string& path) override {
    struct stat st {};
    if (::stat(path.c_str(), &st) != 0) return failed("stat", path);
    FileInfo result;
    result.kind = kind_of(st.st_mode);
    result.size = static_cast<std::uint64_t>(st.st_size);
    result.modified = FileTime::from_unix(st.st_mtim.tv_sec, static_cast<std::uint32_t>(st.st_mtim.tv_nsec));
    return result;
  }
  Status rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename", from + "' to '" + to);
    return {};
  }
  Status remove_file(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return failed("remove", path);
    return {};
  }
  Status remove_folder(const std::string& path) override {
    if (::rmdir(path.c_str()) != 0) return failed("remove folder", path);
    return {};
  }
  Status create_folder(const std::string& path) override {
    if (::mkdir(path.c_str(), 0700) != 0) return failed("create folder", path);
    return {};
  }
  Result<std::vector<FolderEntry>> list(const std::string& path) override;
  Result<std::string> make_temp_folder(const std::string& prefix) override {
    std::string name = prefix + "XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) return failed("create temporary folder", name);
    return name;
  }
  Status sync_folder(const std::string& path) override {
    int fd = retry([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (fd < 0) return failed("open folder", path);
    PosixHandle folder(fd, path);
    if (retry([&] { return ::fsync(fd); }) != 0) return failed("sync folder", path);
    return {};
  }

 protected:
  Result<std::unique_ptr<FileHandle>> open_handle(const std::string& path, OpenMode mode) override {
    // Non-blocking, so that a FIFO in the place of a file is an error and not a wait without end.
    int flags = open_flags(mode) | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = retry([&] { return ::open(path.c_str(), flags, 0600); });
    if (fd < 0) return failed("open", path);
    auto handle = std::make_unique<PosixHandle>(fd, path);
    struct stat st {};
    if (::fstat(fd, &st) != 0) return failed("stat", path);
    if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)) {
      return fail(Code::kInvalidArgument, "base", "'" + path + "' is not a file");
    }
    return Result<std::unique_ptr<FileHandle>>(std::move(handle));
  }
#ifdef O_TMPFILE
  Result<std::unique_ptr<FileHandle>> open_nameless_handle(const std::string& folder) override {
    const int fd = retry([&] { return ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600); });
    if (fd < 0) return failed("open a file without a name in", folder);
    return Result<std::unique_ptr<FileHandle>>(std::make_unique<PosixHandle>(fd, folder));
  }
#endif
};

Result<std::vector<FolderEntry>> PosixFileSystem::list(const std::string& path) {
  struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
  };
  std::unique_ptr<DIR, CloseFolder> folder(::opendir(path.c_str()));  // glibc opens it O_CLOEXEC
  if (!folder) return failed("list", path);
  std::vector<FolderEntry> entries;
  for (;;) {
    errno = 0;
    const dirent* found = ::readdir(folder.get());
    if (found == nullptr) break;
    std::string_view name = found->d_name;
    if (name == "." || name == "..") continue;
    struct stat st {};
    bool known = ::fstatat(::dirfd(folder.get()), found->d_name, &st, 0) == 0;
    entries.push_back({std::string(name), known ? kind_of(st.st_mode) : FileKind::kOther});
  }
  if (errno != 0) return failed("list", path);
  std::sort(entries.begin(), entries.end(), [](const FolderEntry& a, const FolderEntry& b) { return a.name < b.name; });
  return entries;
}

}  // namespace

FileSystem& system_files() {
  static auto& files = *new PosixFileSystem;
  return files;
}

Error error_of_errno(int number, std::string_view call, std::string_view path, SourceLocation at) {
  std::string message(call);
  message.append(" '").append(path).append("': ").append(std::generic_category().message(number));
  return Error(code_of_errno(number), "base", std::move(message), static_cast<std::uint64_t>(number), at);
}

}  // namespace mapiary
