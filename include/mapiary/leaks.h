// SPDX-License-Identifier: Apache-2.0
//
// The leak report: what was still open when a session logged off or MAPI was uninitialised, one line an object, with
// its type and, for stores, its entry id. MAPIARY_LEAKS=1 in the environment writes the same lines to stderr as they
// arise.
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

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif  // MAPIARY_LEAKS_H
