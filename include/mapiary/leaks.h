// SPDX-License-Identifier: Apache-2.0
//
// The leak report: what was still open when a session logged off or MAPI was uninitialised, one line an object, with
// its type and, for stores, its entry id. MAPIARY_LEAKS=1 in the environment writes the same lines to stderr as they
// arise. And the calls of providers that never end.
#ifndef MAPIARY_LEAKS_H
#define MAPIARY_LEAKS_H

#include <mapix.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

// The text is UTF-8 and valid during the call.
typedef void(STDAPICALLTYPE MAPIARYLEAKLINE)(LPVOID lpvContext, LPCSTR lpszLine);
typedef MAPIARYLEAKLINE* LPMAPIARYLEAKLINE;

// ulFlags: forget the lines once they are listed.
#define MAPIARY_LEAKS_CLEAR ((ULONG)0x00000001)

// Calls lpfnLine (which may be NULL) for each line; the number of lines. Needs no MAPIInitialize.
STDAPI_(ULONG) MapiaryListLeaks(LPMAPIARYLEAKLINE lpfnLine, LPVOID lpvContext, ULONG ulFlags);

// Calls into providers that did not return in their time are left behind; when they return after all, what they brought
// is released. Waits for that, at most ulMilliseconds; how many such calls still run. A program that unloads libraries
// or counts its memory at its end calls it before. Needs no MAPIInitialize.
STDAPI_(ULONG) MapiaryWaitForProviders(ULONG ulMilliseconds);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif  // MAPIARY_LEAKS_H
