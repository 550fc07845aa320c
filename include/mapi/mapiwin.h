// SPDX-License-Identifier: Apache-2.0
// Small helpers that providers share: per-process instance data, string sizes, library naming.
// A library that uses the instance macros defines pinstX itself, as on Windows; it is not synchronised.
#ifndef __MAPIWIN_H__
#define __MAPIWIN_H__

#include "mapinls.h"
#include "win/windows.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MULDIV(x, y, z) MulDiv(x, y, z)

extern LPVOID pinstX;
#define PvGetInstanceGlobals() pinstX
#define ScSetInstanceGlobals(_pv) (pinstX = _pv, 0)
#define PvGetVerifyInstanceGlobals(_pid) pinstX
#define ScSetVerifyInstanceGlobals(_pv, _pid) (pinstX = _pv, 0)
#define PvSlowGetInstanceGlobals(_pid) pinstX

// What 32 and 64-bit MAPI libraries append to the provider names of mapisvc.inf.
#define szMAPIDLLSuffix "32"

// Bytes a string takes with its terminator.
#define Cbtszsize(_a) ((lstrlen(_a) + 1) * sizeof(TCHAR))
#define CbtszsizeA(_a) ((lstrlenA(_a) + 1))
#define CbtszsizeW(_a) ((lstrlenW(_a) + 1) * sizeof(WCHAR))

// Characters and bytes of an object written as hexadecimal digits, terminator included.
#define HexCchOf(_s) (sizeof(_s) * 2 + 1)
#define HexSizeOf(_s) (HexCchOf(_s) * sizeof(TCHAR))

// Non-zero when the string cannot be read up to its terminator or cchMax characters.
#pragma GCC visibility push(default)
BOOL WINAPI IsBadBoundedStringPtr(const void* lpsz, UINT cchMax);
#pragma GCC visibility pop

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // __MAPIWIN_H__
