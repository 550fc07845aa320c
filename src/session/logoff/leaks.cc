// SPDX-License-Identifier: Apache-2.0
#include "session/logoff/leaks.h"

#include <mapiary/leaks.h>

#include "session/guard/bounded.h"
#include "session/guard/journal.h"

namespace mapiary::session {

void report_leak(std::string line) {
  leak_journal().add(std::move(line));
}

void report_modules(const std::vector<ModulePtr>& modules) {
  for (const auto& module : modules) {
    std::string reasons;
    for (const std::string& pin : module->pinned_by()) reasons += (reasons.empty() ? "" : "; ") + pin;
    if (reasons.empty()) reasons = "it says that objects of it are alive";
    report_leak("library " + module->path() + " stays loaded: " + reasons);
  }
}

}  // namespace mapiary::session

STDAPI_(ULONG) MapiaryWaitForProviders(ULONG ulMilliseconds) {
  return static_cast<ULONG>(mapiary::session::wait_for_abandoned(std::chrono::milliseconds(ulMilliseconds)));
}
