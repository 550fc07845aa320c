// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/watched_file.h"

namespace mapiary {
namespace {

#ifdef O_PATH
int hold(const std::string& path) {
  return ::open(path.c_str(), O_PATH | O_CLOEXEC);
}
#else
int hold(const std::string&) {
  return -1;
}
#endif

}  // namespace

WatchedFile::WatchedFile(const std::string& path, const std::string& neighbour)
    : path_(path), folder_(hold(parent_path(path))), file_(hold(path)) {
  name_ = (folder_ >= 0 ? path.substr(path.rfind('/') + 1) : path) + neighbour;
}

WatchedFile::~WatchedFile() {
  if (file_ >= 0) ::close(file_);
  if (folder_ >= 0) ::close(folder_);
}

std::optional<FileInfo> WatchedFile::info() const {
  struct stat st {};
  if ((file_ >= 0 ? ::fstat(file_, &st) : ::stat(path_.c_str(), &st)) != 0) return std::nullopt;
  FileInfo info;
  info.kind = S_ISREG(st.st_mode) ? FileKind::kFile : S_ISDIR(st.st_mode) ? FileKind::kFolder : FileKind::kOther;
  info.size = static_cast<std::uint64_t>(st.st_size);
  info.modified = FileTime::from_unix(st.st_mtim.tv_sec, static_cast<std::uint32_t>(st.st_mtim.tv_nsec));
  return info;
}

bool WatchedFile::has_neighbour() const {
  struct stat st {};
  if (::fstatat(folder_ >= 0 ? folder_ : AT_FDCWD, name_.c_str(), &st, 0) == 0) return true;
  return errno != ENOENT && errno != ENAMETOOLONG;  // what cannot be is not
}

}  // namespace mapiary
