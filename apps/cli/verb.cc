// SPDX-License-Identifier: Apache-2.0
#include "cli/verb.h"

#include <algorithm>
#include <cstdio>
#include <string>

namespace cli {

namespace {

constexpr Verb kVerbs[] = {
    {"help", "[VERB]", "show the verbs, or how one is used", run_help},
    {"version", "", "show the version", run_version},
};

}  // namespace

std::span<const Verb> verbs() {
  return kVerbs;
}

const Verb* find_verb(std::string_view name) {
  const auto* found = std::ranges::find(kVerbs, name, &Verb::name);
  return found == std::end(kVerbs) ? nullptr : found;
}

ExitCode usage_error(std::string_view problem, std::string_view word) {
  const std::string line = "mapiary: " + std::string(problem) + " '" + std::string(word) + "'; try: mapiary help\n";
  std::fputs(line.c_str(), stderr);
  return ExitCode::kUsage;
}

}  // namespace cli
