// SPDX-License-Identifier: Apache-2.0
// What was left open when stores and sessions ended (guarantee G5): lines for people, kept for MapiaryListLeaks and,
// with MAPIARY_LEAKS=1, written to stderr as they arise. What is open is known by the registers of com/live_objects:
// that of the session's gate, those of its logons (a provider is asked: IMapiaryObjects), and that of the process for
// what belongs to no session. Safe from any thread. docs/adr/0044-leak-report.md
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "com/live_objects.h"
#include "session/loader/module.h"

namespace mapiary::session {

class SessionState;

// Sessions, and what is opened without one. Lives as long as the process.
const std::shared_ptr<com::LiveObjects>& process_objects();

void report_leak(std::string line);
// A line each. `why`: the call that ended what they belonged to.
void report_leaks(const SessionState& session, std::string_view why, const std::vector<com::LiveObject>& objects);
// At the last MAPIUninitialize: what belongs to no session, and objects made invalid that still have references.
void report_process_leaks();
// Libraries that stay loaded, and why.
void report_modules(const std::vector<ModulePtr>& modules);

// What a logon object says it has given out; nothing from a provider that does not answer to IMapiaryObjects. A call of
// the provider: bounded by the caller.
std::vector<com::LiveObject> objects_of_logon(IUnknown* logon);

}  // namespace mapiary::session
