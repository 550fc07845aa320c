// SPDX-License-Identifier: Apache-2.0
//
// The leak report: what was still open when a store or a session logged off or MAPI was uninitialised, one line an
// object: its kind, name and entry id, the thread that opened it and, in debug builds of libmapi
// (MAPIARY_LEAK_ORIGINS=1 or =0 in the environment decides for any build), where. MAPIARY_LEAKS=1 in the environment
// writes the same lines to stderr as they arise. And what is open now, and the calls of providers that never end.
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

// An object that is open. The pointers are valid during the call that gives it.
typedef struct _MAPIARYOBJECT {
  LPCSTR lpszKind;    // "message store", "folder", "message", "contents table" ...
  LPCSTR lpszName;    // what else tells it from others of its kind; may be ""
  LPCSTR lpszOrigin;  // where it was opened, innermost caller first; "": not recorded
  ULONG cbEntryID;    // 0: it has no entry id, or none yet
  const ENTRYID* lpEntryID;
  ULONGLONG ullThread;  // that opened it, as debuggers number threads; 0: not known
} MAPIARYOBJECT, *LPMAPIARYOBJECT;
typedef void(STDAPICALLTYPE MAPIARYOBJECTFN)(LPVOID lpvContext, const MAPIARYOBJECT* lpObject);
typedef MAPIARYOBJECTFN* LPMAPIARYOBJECTFN;

// Calls lpfnObject (which may be NULL) for each object that clients would have to release now, and each advise
// connection they would have to end: of every session, its stores and their objects, then those of no session, such as
// IProfAdmin. Sessions count too. The number; 0 in a program that has released everything. Needs no MAPIInitialize.
STDAPI_(ULONG) MapiaryListObjects(LPMAPIARYOBJECTFN lpfnObject, LPVOID lpvContext);

// For providers, and nothing MAPI knows of: a logon object (IMSLogon, IABLogon, IXPLogon) that answers to
// IID_IMapiaryObjects is asked just before its Logoff for the objects it has given out and not got back, apart from the
// message store itself, which the session knows. They come into the leak report. The call may come from any thread and
// must not call back into the session.
#define MAPIARY_IMAPIARYOBJECTS_METHODS(IPURE) \
  MAPIMETHOD(ListObjects)(THIS_ LPMAPIARYOBJECTFN lpfnObject, LPVOID lpvContext) IPURE;
#undef INTERFACE
#define INTERFACE IMapiaryObjects
DECLARE_MAPI_INTERFACE_(IMapiaryObjects, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPIARY_IMAPIARYOBJECTS_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IMapiaryObjects, LPMAPIARYOBJECTS);
DEFINE_GUID(IID_IMapiaryObjects, 0x6b0c3d51, 0x8a1e, 0x4f57, 0x9c, 0x2d, 0x3e, 0x75, 0xb1, 0x40, 0xd8, 0x6a);

// Calls into providers that did not return in their time are left behind; when they return after all, what they brought
// is released. Waits for that, at most ulMilliseconds; how many such calls still run. A program that unloads libraries
// or counts its memory at its end calls it before. Needs no MAPIInitialize.
STDAPI_(ULONG) MapiaryWaitForProviders(ULONG ulMilliseconds);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif  // MAPIARY_LEAKS_H
