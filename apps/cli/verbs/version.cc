// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

ExitCode run_version(const Arguments&) {
  print_line("mapiary " MAPIARY_VERSION);
  return ExitCode::kDone;
}

}  // namespace

Verb describe_version() {
  return {"version", "show the version", {}, {}, "", "", run_version};
}

}  // namespace cli
