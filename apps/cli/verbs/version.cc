// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "cli/verb.h"

namespace cli {

ExitCode run_version(Arguments arguments) {
  if (!arguments.empty()) return usage_error("version takes no argument", arguments.front());
  return std::puts("mapiary " MAPIARY_VERSION) < 0 ? ExitCode::kNothing : ExitCode::kDone;
}

}  // namespace cli
