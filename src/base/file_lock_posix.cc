// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "base/file_lock.h"

namespace mapiary {
namespace {

class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

}  // namespace

Status check_unlocked(const std::string& path) {
  const auto in_use = [&](const std::string& what) {
    return fail(Code::kLocked, "base", "'" + path + "' is in use: " + what, EAGAIN);
  };
  const Descriptor file(path);
  if (file.get() < 0) {
    return errno == EWOULDBLOCK ? Status(in_use("another program holds a lease of it")) : Status();
  }
  struct flock any {};
  any.l_type = F_RDLCK;
  any.l_whence = SEEK_SET;
  if (::fcntl(file.get(), F_OFD_GETLK, &any) == 0 && any.l_type != F_UNLCK) {
    const std::string who = any.l_pid > 0 ? "process " + std::to_string(any.l_pid) : "another program";
    const std::string end = any.l_len == 0 ? " on" : " to " + std::to_string(any.l_start + any.l_len - 1);
    return in_use(who + " holds a lock for writing on it (fcntl, from offset " + std::to_string(any.l_start) + end +
                  ")");
  }
  if (::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return in_use("another program holds a lock on all of it (flock)");
  }
  return {};  // closing takes the shared lock away
}

}  // namespace mapiary
