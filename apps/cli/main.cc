// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string_view>
#include <vector>

#include "cli/verb.h"

namespace {

std::string_view without_dashes(std::string_view word) {
  if (word == "--help" || word == "-h") return "help";
  if (word == "--version" || word == "-V") return "version";
  return word;
}

cli::ExitCode run(std::span<const std::string_view> words) {
  if (words.empty()) {
    std::fputs("mapiary: no verb; try: mapiary help\n", stderr);
    return cli::ExitCode::kUsage;
  }
  const cli::Verb* verb = cli::find_verb(without_dashes(words.front()));
  if (verb == nullptr) return cli::usage_error("no verb", words.front());
  const cli::ExitCode code = verb->run(words.subspan(1));
  // A full disk or a closed pipe must not look like success.
  if (std::fflush(stdout) != 0 && code == cli::ExitCode::kDone) return cli::ExitCode::kNothing;
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return static_cast<int>(run(words));
}
