// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

ExitCode run_version(const Arguments& arguments) {
  if (arguments.has("json")) {
    Json json;
    print_line(json.object().text("schema", "mapiary.version/1").text("version", MAPIARY_VERSION).end().str());
  } else {
    print_line("mapiary " MAPIARY_VERSION);
  }
  return ExitCode::kDone;
}

}  // namespace

Verb describe_version() {
  return {"version", "show the version", {}, {kJson}, "", "", run_version};
}

}  // namespace cli
