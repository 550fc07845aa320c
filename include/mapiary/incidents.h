// SPDX-License-Identifier: Apache-2.0
//
// Incidents: what went wrong with a provider or a profile without being the answer to a client's call, one line each: a
// logon that failed and why, a provider whose configuration cannot be used, a call that hung, threw or failed at
// logoff. A line names the profile, the provider, its message service and its file. MAPIARY_INCIDENTS=1 in the
// environment writes the same lines to stderr as they arise.
#ifndef MAPIARY_INCIDENTS_H
#define MAPIARY_INCIDENTS_H

#include <mapix.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

// The text is UTF-8 and valid during the call.
typedef void(STDAPICALLTYPE MAPIARYINCIDENTLINE)(LPVOID lpvContext, LPCSTR lpszLine);
typedef MAPIARYINCIDENTLINE* LPMAPIARYINCIDENTLINE;

// ulFlags: forget the lines once they are listed.
#define MAPIARY_INCIDENTS_CLEAR ((ULONG)0x00000001)

// Calls lpfnLine (which may be NULL) for each line of this process, the oldest first; the number of lines. Those of
// sessions that have ended are among them; of very many only the latest are kept. Needs no MAPIInitialize.
STDAPI_(ULONG) MapiaryListIncidents(LPMAPIARYINCIDENTLINE lpfnLine, LPVOID lpvContext, ULONG ulFlags);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif  // MAPIARY_INCIDENTS_H
