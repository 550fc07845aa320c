// SPDX-License-Identifier: Apache-2.0
// What a verb of the program `mapiary` is: a description, from which the command line is read and help, man pages and
// completions are made, and a function. A new verb is one file verbs/<verb>.cc and one line in verb.cc. Contract of
// every verb: stdout is data, stderr is for people; the exit codes are those of ExitCode and no others.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

enum class ExitCode : int {
  kDone = 0,     // everything was done
  kNothing = 1,  // nothing could be done
  kUsage = 2,    // the command line is wrong; nothing was tried
  kPartial = 3,  // some items failed; all of them are listed
  kDamaged = 4,  // the input is damaged; all that is readable was done
  kAccess = 5,   // locked, no permission, encrypted
};

// What a word stands for: completions offer such things, and stores decide which profile is needed.
enum class Kind { kText, kStore, kNewStore, kFile, kDirectory, kProfile, kVerb };

struct Operand {
  enum class Count { kOne, kOptional, kSome, kAny };  // some: one or more

  std::string_view name;  // "STORE"
  Kind kind = Kind::kText;
  Count count = Count::kOne;
  std::string_view choices = {};  // "list|create": nothing else is taken
};

struct Option {
  std::string_view name;          // "json": --json
  char letter;                    // 'j': -j; 0 for none
  std::string_view value;         // what it takes: "DATE"; "" for nothing
  std::string_view help;          // no full stop
  Kind kind = Kind::kText;        // of the value
  std::string_view choices = {};  // "eml|mbox"
};

class Arguments;

struct Verb {
  std::string_view name;
  std::string_view summary;  // one line, no full stop
  std::vector<Operand> operands;
  std::vector<Option> options;
  std::string_view details;   // paragraphs for help and the man page, lines of any length
  std::string_view examples;  // one command a line
  ExitCode (*run)(const Arguments& arguments);
};

/// All verbs, in the order help shows them.
const std::vector<Verb>& verbs();
const Verb* find_verb(std::string_view name);
/// "STORE [FOLDER]"
std::string synopsis(const Verb& verb);

/// The command line is wrong: exit code 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Options that many verbs have.
inline constexpr Option kJson = {"json", 'j', "", "print JSON, of many items one a line (docs/cli.md)"};
inline constexpr Option kProfile = {"profile", 'p', "NAME", "the profile whose stores are meant by name",
                                    Kind::kProfile};
inline constexpr Option kQuiet = {"quiet", 'q', "", "say nothing but errors on stderr"};
inline constexpr Option kFolder = {"folder", 0, "FOLDER", "only this folder and what is below it"};
inline constexpr Option kRecoverable = {
    "recoverable", 0, "", "of a PST or OST: also the messages that are in no folder and still whole (/Recovered)"};
inline constexpr Option kCodePage = {"code-page", 0, "NUMBER",
                                     "of a PST or OST: all its 8-bit text is in this code page, whatever it says"};
inline constexpr Option kDryRun = {"dry-run", 'n', "", "say what would be done, and do nothing"};
inline constexpr Option kResume = {"resume", 'r', "",
                                   "go on where an earlier run was cut off; what it did is not done again"};

}  // namespace cli
