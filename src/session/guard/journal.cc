// SPDX-License-Identifier: Apache-2.0
#include "session/guard/journal.h"

#include <mapiary/incidents.h>
#include <mapiary/leaks.h>

#include <cstdio>

#include "base/env.h"
#include "com/border.h"

namespace mapiary::session {
namespace {

constexpr std::size_t kMostLines = 10000;

}  // namespace

void Journal::add(std::string line) {
  for (char& c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) c = '?';
  }
  if (env(variable_) == "1") std::fputs((label_ + (": " + line) + "\n").c_str(), stderr);
  std::lock_guard lock(mutex_);
  lines_.push_back(std::move(line));
  if (lines_.size() > kMostLines) lines_.pop_front();
}

ULONG Journal::list(void (*each)(LPVOID, LPCSTR), LPVOID context, bool and_clear) {
  std::deque<std::string> lines;
  {
    std::lock_guard lock(mutex_);
    if (and_clear) {
      lines.swap(lines_);
    } else {
      lines = lines_;
    }
  }
  for (const std::string& line : lines) {
    if (each) each(context, line.c_str());
  }
  return static_cast<ULONG>(lines.size());
}

Journal& leak_journal() {
  static auto* const journal = new Journal("MAPIARY_LEAKS", "mapiary leak");
  return *journal;
}

Journal& incident_journal() {
  static auto* const journal = new Journal("MAPIARY_INCIDENTS", "mapiary incident");
  return *journal;
}

}  // namespace mapiary::session

using mapiary::session::Journal;

static ULONG list_journal(Journal& journal, void (*each)(LPVOID, LPCSTR), LPVOID context, bool and_clear) {
  ULONG count = 0;
  (void)mapiary::com::border([&]() -> mapiary::Status {
    count = journal.list(each, context, and_clear);
    return {};
  });
  return count;
}

STDAPI_(ULONG) MapiaryListLeaks(LPMAPIARYLEAKLINE lpfnLine, LPVOID lpvContext, ULONG ulFlags) {
  return list_journal(mapiary::session::leak_journal(), lpfnLine, lpvContext, (ulFlags & MAPIARY_LEAKS_CLEAR) != 0);
}

STDAPI_(ULONG) MapiaryListIncidents(LPMAPIARYINCIDENTLINE lpfnLine, LPVOID lpvContext, ULONG ulFlags) {
  return list_journal(mapiary::session::incident_journal(), lpfnLine, lpvContext,
                      (ulFlags & MAPIARY_INCIDENTS_CLEAR) != 0);
}
