// SPDX-License-Identifier: Apache-2.0
//
// National language support: wide string helpers that do not depend on the host's locale library.
// Widths: WCHAR is this platform's wchar_t (32 bit on Linux); counts are in characters of the string's own type.
// The Windows names of these functions mean the MNLS_ functions; those of the wide ones do unless MAPI_NOWIDECHAR is
// defined.
#ifndef _MAPINLS_H_
#define _MAPINLS_H_

#include "win/windows.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

// Flags of CompareString.
#ifndef NORM_IGNORECASE
#define NORM_IGNORECASE 0x00000001
#endif
#ifndef NORM_IGNORENONSPACE
#define NORM_IGNORENONSPACE 0x00000002
#endif
#ifndef NORM_IGNORESYMBOLS
#define NORM_IGNORESYMBOLS 0x00000004
#endif
#ifndef NORM_IGNOREKANATYPE
#define NORM_IGNOREKANATYPE 0x00010000
#endif
#ifndef NORM_IGNOREWIDTH
#define NORM_IGNOREWIDTH 0x00020000
#endif

#ifndef CP_ACP
#define CP_ACP 0
#endif
#ifndef CP_OEMCP
#define CP_OEMCP 1
#endif

STDAPI_(LCID) MNLS_GetUserDefaultLCID(void);
STDAPI_(UINT) MNLS_GetACP(void);
STDAPI_(int)
MNLS_CompareStringA(LCID Locale, DWORD dwCmpFlags, LPCSTR lpString1, int cchCount1, LPCSTR lpString2, int cchCount2);
STDAPI_(int)
MNLS_CompareStringW(LCID Locale, DWORD dwCmpFlags, LPCWSTR lpString1, int cchCount1, LPCWSTR lpString2, int cchCount2);
STDAPI_(int)
MNLS_MultiByteToWideChar(UINT uCodePage, DWORD dwFlags, LPCSTR lpMultiByteStr, int cchMultiByte, LPWSTR lpWideCharStr,
                         int cchWideChar);
STDAPI_(int)
MNLS_WideCharToMultiByte(UINT uCodePage, DWORD dwFlags, LPCWSTR lpWideCharStr, int cchWideChar, LPSTR lpMultiByteStr,
                         int cchMultiByte, LPCSTR lpDefaultChar, BOOL* lpfUsedDefaultChar);
STDAPI_(int) MNLS_lstrlenW(LPCWSTR lpString);
STDAPI_(int) MNLS_lstrcmpW(LPCWSTR lpString1, LPCWSTR lpString2);
STDAPI_(LPWSTR) MNLS_lstrcpyW(LPWSTR lpString1, LPCWSTR lpString2);
STDAPI_(BOOL) MNLS_IsBadStringPtrW(LPCWSTR lpsz, UINT ucchMax);

// Here too the names are the SDK's: code written for one of the two Windows families keeps them to itself.
#if !defined(_WINNT) && !defined(_WIN95)
#define GetUserDefaultLCID MNLS_GetUserDefaultLCID
#define GetACP MNLS_GetACP
#define MultiByteToWideChar MNLS_MultiByteToWideChar
#define WideCharToMultiByte MNLS_WideCharToMultiByte
#define CompareStringA MNLS_CompareStringA
#endif

#if !defined(MAPI_NOWIDECHAR)
#undef lstrlenW
#undef lstrcmpW
#undef lstrcpyW
#undef CompareStringW
#undef IsBadStringPtrW
#define lstrlenW MNLS_lstrlenW
#define lstrcmpW MNLS_lstrcmpW
#define lstrcpyW MNLS_lstrcpyW
#define CompareStringW MNLS_CompareStringW
#define IsBadStringPtrW MNLS_IsBadStringPtrW
#endif

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif  // _MAPINLS_H_
