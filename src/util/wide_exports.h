// SPDX-License-Identifier: Apache-2.0
// The WCHAR bodies of functions whose page has LPTSTR. Programs never name them: in a UNICODE build MAPIARY_TSTR
// (mapiutil.h) binds the plain name to them. data/exports_extra.txt lists them.
#pragma once

#include <mapiutil.h>

#pragma GCC visibility push(default)
STDAPI_(void) HexFromBinW(LPBYTE lpb, int cb, LPWSTR lpsz);
STDAPI_(BOOL) FBinFromHexW(LPWSTR lpsz, LPBYTE lpb);
STDAPI_(SCODE) ScBinFromHexBoundedW(LPWSTR lpsz, LPBYTE lpb, ULONG cb);
STDAPI_(LPWSTR) SzFindChW(LPCWSTR lpsz, USHORT ch);
STDAPI_(LPWSTR) SzFindLastChW(LPCWSTR lpsz, USHORT ch);
STDAPI_(LPWSTR) SzFindSzW(LPCWSTR lpsz, LPCWSTR lpszKey);
STDAPI_(unsigned int) UFromSzW(LPCWSTR lpsz);
STDAPI_(ULONG) UlFromSzHexW(LPCWSTR lpsz);
#pragma GCC visibility pop
