// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.h"
#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

ExitCode run_help(const Arguments& arguments) {
  const Verb* verb = nullptr;
  if (arguments.has_operand(0)) {
    verb = find_verb(arguments.operand(0));
    if (verb == nullptr) throw UsageError("no verb '" + arguments.operand(0) + "'");
  }
  if (const auto shell = arguments.value("completion")) {
    print(completion(*shell));
  } else if (arguments.has("man")) {
    print(man_page(verb));
  } else {
    print(verb != nullptr ? help_of(*verb) : help_overview());
  }
  return ExitCode::kDone;
}

}  // namespace

Verb describe_help() {
  return {"help",
          "show the verbs, or how one is used",
          {{"VERB", Kind::kVerb, Operand::Count::kOptional}},
          {{"man", 0, "", "the man page instead, in man's language"},
           {"completion", 0, "SHELL", "what makes a shell complete command lines", Kind::kText, "bash|zsh|fish"}},
          "Help, man pages and completions are made from the same descriptions.",
          "mapiary help ls\nmapiary help --man ls | man -l -\neval \"$(mapiary help --completion bash)\"",
          run_help};
}

}  // namespace cli
