// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/stores.h"
#include "cli/system.h"

namespace {

std::string without_dashes(const std::string& word) {
  if (word == "--help" || word == "-h") return "help";
  if (word == "--version" || word == "-V") return "version";
  return word;
}

bool asks_for_help(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word == "--") return false;
    if (word == "--help" || word == "-h") return true;
  }
  return false;
}

cli::ExitCode run(std::vector<std::string> words) {
  if (words.empty()) throw cli::UsageError("no verb");
  const cli::Verb* verb = cli::find_verb(without_dashes(words.front()));
  if (verb == nullptr) throw cli::UsageError("no verb '" + words.front() + "'");
  words.erase(words.begin());
  if (asks_for_help(words)) {
    cli::print(cli::help_of(*verb));
    return cli::ExitCode::kDone;
  }
  try {
    const cli::ExitCode code = verb->run(cli::Arguments(*verb, words));
    return code == cli::ExitCode::kDone && cli::opened_incomplete() ? cli::ExitCode::kPartial : code;
  } catch (const cli::UsageError& error) {
    throw cli::UsageError(std::string(verb->name) + ": " + error.what());
  }
}

// Every exception of a verb ends here, as words and an exit code.
cli::ExitCode guarded(std::vector<std::string> words) {
  try {
    return run(std::move(words));
  } catch (const cli::UsageError& error) {
    cli::complain(std::string(error.what()) + "; try: mapiary help");
    return cli::ExitCode::kUsage;
  } catch (const cli::CannotOpen& error) {
    cli::complain(error.what());
    return error.exit_code();
  } catch (const cli::system::FileError& error) {
    cli::complain(error.what());
    return error.exit_code();
  } catch (const mapiary::client::Error& error) {
    cli::complain(error.what());
    return cli::exit_code_of(error);
  } catch (const std::bad_alloc&) {
    cli::complain("out of memory");
    return cli::ExitCode::kNothing;
  } catch (const std::exception& error) {
    cli::complain(error.what());
    return cli::ExitCode::kNothing;
  }
}

}  // namespace

int main(int argc, char** argv) {
  cli::system::catch_interrupts();
  const cli::ExitCode code = guarded(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  // A full disk or a closed pipe must not look like success.
  const bool written = cli::finish_output();
  return static_cast<int>(!written && code == cli::ExitCode::kDone ? cli::ExitCode::kNothing : code);
}
