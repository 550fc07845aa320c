// SPDX-License-Identifier: Apache-2.0
// A file that is asked about again and again: how it is, and whether another one has appeared beside it. The file and
// its folder are held without being opened (O_PATH), where the system can: a question walks no path, and letting go
// takes no locks away, as closing a second handle of a file does under POSIX. The file held stays the one there was, as
// a handle does, even if another one takes its name. Safe from any thread.
#pragma once

#include <optional>
#include <string>

#include "base/file.h"

namespace mapiary {

class WatchedFile {
 public:
  // `neighbour`: the other one is called as the file with this behind it.
  WatchedFile(const std::string& path, const std::string& neighbour);
  ~WatchedFile();
  WatchedFile(const WatchedFile&) = delete;
  WatchedFile& operator=(const WatchedFile&) = delete;

  std::optional<FileInfo> info() const;
  // True also when it cannot be found out.
  bool has_neighbour() const;

 private:
  std::string path_, name_;  // of the file, and of the neighbour: in the folder if that is held, else a path
  int folder_ = -1, file_ = -1;
};

}  // namespace mapiary
