// SPDX-License-Identifier: Apache-2.0
// Everything that is written from the verbs' descriptions: help, man pages, completions of bash, zsh and fish.
#pragma once

#include <string>

#include "cli/verb.h"

namespace cli {

/// The list of verbs.
std::string help_overview();
std::string help_of(const Verb& verb);
/// In man's language, section 1; `verb` null: the page of the program.
std::string man_page(const Verb* verb);
/// "bash", "zsh" or "fish".
std::string completion(std::string_view shell);

}  // namespace cli
