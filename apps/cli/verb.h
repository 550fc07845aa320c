// SPDX-License-Identifier: Apache-2.0
// A verb of the program `mapiary`, and the list of them. A new verb is one file verbs/<verb>.cc and one line in
// verb.cc. Contract of every verb: stdout is data, stderr is for people; the exit codes are those of ExitCode and no
// others.

#ifndef MAPIARY_CLI_VERB_H
#define MAPIARY_CLI_VERB_H

#include <span>
#include <string_view>

namespace cli {

enum class ExitCode : int {
  kDone = 0,     // everything was done
  kNothing = 1,  // nothing could be done
  kUsage = 2,    // the command line is wrong; nothing was tried
  kPartial = 3,  // some items failed; all of them are listed
  kDamaged = 4,  // the input is damaged; all that is readable was done
  kAccess = 5,   // locked, no permission, encrypted
};

using Arguments = std::span<const std::string_view>;

struct Verb {
  std::string_view name;
  std::string_view usage;    // what follows the verb, "" when nothing may
  std::string_view summary;  // one line, no full stop
  ExitCode (*run)(Arguments);
};

std::span<const Verb> verbs();
const Verb* find_verb(std::string_view name);

/// Says on stderr what is wrong with the command line and how to get help.
ExitCode usage_error(std::string_view problem, std::string_view word);

ExitCode run_help(Arguments arguments);
ExitCode run_version(Arguments arguments);

}  // namespace cli

#endif  // MAPIARY_CLI_VERB_H
