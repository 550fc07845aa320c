// SPDX-License-Identifier: Apache-2.0
// What was left open when sessions ended (guarantee G5): lines for people, kept for MapiaryListLeaks and, with
// MAPIARY_LEAKS=1, written to stderr as they arise. Safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "session/loader/module.h"

namespace mapiary::session {

void report_leak(std::string line);
// Libraries that stay loaded, and why.
void report_modules(const std::vector<ModulePtr>& modules);
// The lines since the first MAPIInitialize, or since clear_leaks(); the oldest go when there are too many.
std::vector<std::string> leak_lines();
void clear_leaks();

}  // namespace mapiary::session
