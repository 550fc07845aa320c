// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/signal.h"

#include <functional>

namespace mapiary::engines::sqlite {

Signal Signal::of(const std::string& path, const std::string& vfs) {
  const auto file = vfs.empty() ? file_key(path) : Result<std::uint64_t>(std::hash<std::string>()(vfs + "/" + path));
  if (!vfs.empty() || !file) return Signal(WakeWord::of_process(file.value_or(0)));
  return Signal(WakeWord::of_user(*file));
}

}  // namespace mapiary::engines::sqlite
