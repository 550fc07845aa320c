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

}  // namespace mapiary::session
