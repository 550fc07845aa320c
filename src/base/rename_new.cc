// SPDX-License-Identifier: Apache-2.0
#include "base/rename_new.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/file.h"

namespace mapiary {

Status rename_new(const std::string& from, const std::string& to) {
  const auto taken = [&] { return fail(Code::kCollision, "base", "'" + to + "' is there already", EEXIST); };
#if defined(RENAME_NOREPLACE)
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno == EEXIST) return taken();
#endif
  // File systems that do not know the call; those without links either may lose a race.
  if (::link(from.c_str(), to.c_str()) == 0) return system_files().remove_file(from);
  if (errno == EEXIST) return taken();
  if (TRY(system_files().exists(to))) return taken();
  return system_files().rename(from, to);
}

}  // namespace mapiary
