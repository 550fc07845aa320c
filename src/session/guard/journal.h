// SPDX-License-Identifier: Apache-2.0
// Lines for people that a process keeps until somebody asks for them: the leak report and the incidents. The oldest go
// when there are too many. Each line goes to stderr as it arises if the journal's variable is 1. Controls are made
// harmless, so that a hostile name cannot forge a line. Safe from any thread.
#pragma once

#include <mapix.h>

#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace mapiary::session {

class Journal {
 public:
  // `variable` of the environment; `label` begins the lines on stderr.
  Journal(const char* variable, const char* label) : variable_(variable), label_(label) {}

  void add(std::string line);
  // Calls `each` (or nobody) with every line, without a lock; their number.
  ULONG list(void (*each)(LPVOID, LPCSTR), LPVOID context, bool and_clear);

 private:
  const char* const variable_;
  const char* const label_;
  std::mutex mutex_;
  std::deque<std::string> lines_;
};

// Both live as long as the process: late calls of providers may outlast static objects.
Journal& leak_journal();
Journal& incident_journal();

}  // namespace mapiary::session
