// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include "cli/verb.h"

namespace cli {

namespace {

std::string synopsis(const Verb& verb) {
  std::string text(verb.name);
  if (!verb.usage.empty()) text.append(" ").append(verb.usage);
  return text;
}

}  // namespace

ExitCode run_help(Arguments arguments) {
  if (arguments.size() > 1) return usage_error("help takes one verb, not also", arguments[1]);
  if (!arguments.empty()) {
    const Verb* verb = find_verb(arguments.front());
    if (verb == nullptr) return usage_error("no verb", arguments.front());
    std::printf("usage: mapiary %s\n%s\n", synopsis(*verb).c_str(), std::string(verb->summary).c_str());
    return ExitCode::kDone;
  }
  std::puts("usage: mapiary <verb> [arguments]\n");
  for (const Verb& verb : verbs()) {
    std::printf("  %-16s %s\n", synopsis(verb).c_str(), std::string(verb.summary).c_str());
  }
  std::puts("\nExit codes: 0 all done; 1 nothing could be done; 2 usage; 3 partial, every failure listed;");
  std::puts("            4 the input is damaged, all that is readable was done; 5 no access.");
  return ExitCode::kDone;
}

}  // namespace cli
