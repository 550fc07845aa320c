// SPDX-License-Identifier: Apache-2.0
#include "session/logoff/leaks.h"

#include <mapiary/leaks.h>

#include <cstdio>
#include <deque>
#include <mutex>

#include "base/env.h"
#include "com/border.h"
#include "session/guard/bounded.h"

namespace mapiary::session {
namespace {

constexpr std::size_t kMostLines = 10000;

struct Lines {
  std::mutex mutex;
  std::deque<std::string> lines;
};

Lines& all_lines() {
  static Lines* const lines = new Lines;
  return *lines;
}

}  // namespace

void report_leak(std::string line) {
  if (env("MAPIARY_LEAKS") == "1") std::fputs(("mapiary leak: " + line + "\n").c_str(), stderr);
  Lines& all = all_lines();
  std::lock_guard lock(all.mutex);
  all.lines.push_back(std::move(line));
  if (all.lines.size() > kMostLines) all.lines.pop_front();
}

void report_modules(const std::vector<ModulePtr>& modules) {
  for (const auto& module : modules) {
    std::string reasons;
    for (const std::string& pin : module->pinned_by()) reasons += (reasons.empty() ? "" : "; ") + pin;
    if (reasons.empty()) reasons = "it says that objects of it are alive";
    report_leak("library " + module->path() + " stays loaded: " + reasons);
  }
}

std::vector<std::string> leak_lines() {
  Lines& all = all_lines();
  std::lock_guard lock(all.mutex);
  return {all.lines.begin(), all.lines.end()};
}

void clear_leaks() {
  Lines& all = all_lines();
  std::lock_guard lock(all.mutex);
  all.lines.clear();
}

}  // namespace mapiary::session

STDAPI_(ULONG) MapiaryWaitForProviders(ULONG ulMilliseconds) {
  return static_cast<ULONG>(mapiary::session::wait_for_abandoned(std::chrono::milliseconds(ulMilliseconds)));
}

STDAPI_(ULONG) MapiaryListLeaks(LPMAPIARYLEAKLINE lpfnLine, LPVOID lpvContext, ULONG ulFlags) {
  ULONG count = 0;
  (void)mapiary::com::border([&]() -> mapiary::Status {
    const auto lines = mapiary::session::leak_lines();
    if ((ulFlags & MAPIARY_LEAKS_CLEAR) != 0) mapiary::session::clear_leaks();
    count = static_cast<ULONG>(lines.size());
    for (const std::string& line : lines) {
      if (lpfnLine) lpfnLine(lpvContext, line.c_str());
    }
    return {};
  });
  return count;
}
