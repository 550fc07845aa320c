// SPDX-License-Identifier: Apache-2.0
// String, memory, time and counter helpers of the Windows API that MAPI client code calls, as inline functions. They
// need no library of ours. String helpers treat NULL as the SDK does (length 0, smaller than any string) and compare by
// code unit: they are no substitute for the locale-aware comparisons of the runtime.
#ifndef MAPI_WIN_WINBASE_H
#define MAPI_WIN_WINBASE_H

#include <ctype.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

#include "windef.h"

#ifdef __cplusplus
#define MAPI_WIN_INLINE inline
#else
#define MAPI_WIN_INLINE static inline
#endif

#define ZeroMemory(destination, length) memset((destination), 0, (length))
#define FillMemory(destination, length, fill) memset((destination), (fill), (length))
#define CopyMemory(destination, source, length) memcpy((destination), (source), (length))
#define MoveMemory(destination, source, length) memmove((destination), (source), (length))

MAPI_WIN_INLINE int lstrlenA(LPCSTR text) {
  return text ? (int)strlen(text) : 0;
}
MAPI_WIN_INLINE int lstrlenW(LPCWSTR text) {
  return text ? (int)wcslen(text) : 0;
}

// What a comparison says when a side is NULL; 2 when neither is.
MAPI_WIN_INLINE int mapi_win_null_order(const void* left, const void* right) {
  if (left && right) return 2;
  return left ? 1 : (right ? -1 : 0);
}

MAPI_WIN_INLINE int lstrcmpA(LPCSTR left, LPCSTR right) {
  int order = mapi_win_null_order(left, right);
  return order == 2 ? strcmp(left, right) : order;
}

MAPI_WIN_INLINE int lstrcmpW(LPCWSTR left, LPCWSTR right) {
  int order = mapi_win_null_order(left, right);
  return order == 2 ? wcscmp(left, right) : order;
}

MAPI_WIN_INLINE int lstrcmpiA(LPCSTR left, LPCSTR right) {
  int order = mapi_win_null_order(left, right);
  if (order != 2) return order;
  while (*left && tolower((unsigned char)*left) == tolower((unsigned char)*right)) ++left, ++right;
  return tolower((unsigned char)*left) - tolower((unsigned char)*right);
}

MAPI_WIN_INLINE int lstrcmpiW(LPCWSTR left, LPCWSTR right) {
  wint_t a, b;
  int order = mapi_win_null_order(left, right);
  if (order != 2) return order;
  while (*left && towlower((wint_t)*left) == towlower((wint_t)*right)) ++left, ++right;
  a = towlower((wint_t)*left);
  b = towlower((wint_t)*right);
  return a < b ? -1 : (a > b ? 1 : 0);
}

MAPI_WIN_INLINE LPSTR lstrcpyA(LPSTR destination, LPCSTR source) {
  return destination && source ? strcpy(destination, source) : NULL;
}

MAPI_WIN_INLINE LPWSTR lstrcpyW(LPWSTR destination, LPCWSTR source) {
  return destination && source ? wcscpy(destination, source) : NULL;
}

MAPI_WIN_INLINE LPSTR lstrcatA(LPSTR destination, LPCSTR source) {
  return destination && source ? strcat(destination, source) : NULL;
}

MAPI_WIN_INLINE LPWSTR lstrcatW(LPWSTR destination, LPCWSTR source) {
  return destination && source ? wcscat(destination, source) : NULL;
}

// `capacity` counts the terminator, which is always written.
MAPI_WIN_INLINE LPSTR lstrcpynA(LPSTR destination, LPCSTR source, int capacity) {
  LPSTR out = destination;
  if (!destination || !source || capacity <= 0) return NULL;
  while (--capacity > 0 && *source) *out++ = *source++;
  *out = 0;
  return destination;
}

MAPI_WIN_INLINE LPWSTR lstrcpynW(LPWSTR destination, LPCWSTR source, int capacity) {
  LPWSTR out = destination;
  if (!destination || !source || capacity <= 0) return NULL;
  while (--capacity > 0 && *source) *out++ = *source++;
  *out = 0;
  return destination;
}

#ifdef UNICODE
#define lstrlen lstrlenW
#define lstrcmp lstrcmpW
#define lstrcmpi lstrcmpiW
#define lstrcpy lstrcpyW
#define lstrcpyn lstrcpynW
#define lstrcat lstrcatW
#else
#define lstrlen lstrlenA
#define lstrcmp lstrcmpA
#define lstrcmpi lstrcmpiA
#define lstrcpy lstrcpyA
#define lstrcpyn lstrcpynA
#define lstrcat lstrcatA
#endif

MAPI_WIN_INLINE LONG InterlockedIncrement(LONG volatile* value) {
  return __atomic_add_fetch(value, 1, __ATOMIC_SEQ_CST);
}
MAPI_WIN_INLINE LONG InterlockedDecrement(LONG volatile* value) {
  return __atomic_sub_fetch(value, 1, __ATOMIC_SEQ_CST);
}
MAPI_WIN_INLINE LONG InterlockedExchange(LONG volatile* target, LONG value) {
  return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);
}
MAPI_WIN_INLINE LONG InterlockedExchangeAdd(LONG volatile* addend, LONG value) {
  return __atomic_fetch_add(addend, value, __ATOMIC_SEQ_CST);
}
MAPI_WIN_INLINE LONG InterlockedCompareExchange(LONG volatile* destination, LONG exchange, LONG comparand) {
  __atomic_compare_exchange_n(destination, &comparand, exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return comparand;
}

// value * numerator / denominator, rounded half away from zero; -1 for a zero denominator or a result beyond 32 bits.
MAPI_WIN_INLINE int MulDiv(int value, int numerator, int denominator) {
  LONGLONG product = (LONGLONG)value * numerator;
  LONGLONG divisor = denominator;
  if (divisor < 0) {
    divisor = -divisor;
    product = -product;
  }
  if (divisor == 0) return -1;
  product = (product + (product < 0 ? -(divisor / 2) : divisor / 2)) / divisor;
  return product > 0x7FFFFFFF || product < -0x7FFFFFFF - 1 ? -1 : (int)product;
}

// FILETIME counts 100 ns units from 1601-01-01 UTC.
MAPI_WIN_INLINE ULONGLONG mapi_win_filetime_units(const FILETIME* time) {
  return ((ULONGLONG)time->dwHighDateTime << 32) | time->dwLowDateTime;
}

MAPI_WIN_INLINE void mapi_win_set_filetime(FILETIME* time, ULONGLONG units) {
  time->dwLowDateTime = (DWORD)(units & 0xFFFFFFFFu);
  time->dwHighDateTime = (DWORD)(units >> 32);
}

MAPI_WIN_INLINE LONG CompareFileTime(const FILETIME* left, const FILETIME* right) {
  ULONGLONG a = mapi_win_filetime_units(left);
  ULONGLONG b = mapi_win_filetime_units(right);
  return a < b ? -1 : (a > b ? 1 : 0);
}

// Days from 1601-01-01 to a date of the proleptic Gregorian calendar (years from 1601). The year is taken to begin in
// March, so that the leap day is the last one.
MAPI_WIN_INLINE ULONGLONG mapi_win_days_from_date(unsigned year, unsigned month, unsigned day) {
  ULONGLONG shifted_year = month > 2 ? year : year - 1;
  ULONGLONG shifted_month = month > 2 ? month - 3 : month + 9;
  ULONGLONG days = shifted_year * 365 + shifted_year / 4 - shifted_year / 100 + shifted_year / 400;
  return days + (153 * shifted_month + 2) / 5 + day - 1 - 584694;
}

MAPI_WIN_INLINE unsigned mapi_win_days_in_month(unsigned year, unsigned month) {
  if (month == 2) return (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) ? 29 : 28;
  return (month == 4 || month == 6 || month == 9 || month == 11) ? 30 : 31;
}

// FALSE for times above 0x7FFFFFFFFFFFFFFF, as the SDK answers.
MAPI_WIN_INLINE BOOL FileTimeToSystemTime(const FILETIME* time, LPSYSTEMTIME out) {
  ULONGLONG units = mapi_win_filetime_units(time);
  ULONGLONG milliseconds = units / 10000;
  ULONGLONG days = milliseconds / 86400000;
  unsigned of_day = (unsigned)(milliseconds % 86400000);
  // Whole 400-year cycles of 146097 days, counted from 0000-03-01 of the shifted calendar.
  ULONGLONG shifted = days + 584694;
  ULONGLONG cycle = shifted / 146097;
  unsigned in_cycle = (unsigned)(shifted % 146097);
  unsigned year = (in_cycle - in_cycle / 1460 + in_cycle / 36524 - in_cycle / 146096) / 365;
  unsigned in_year = in_cycle - (365 * year + year / 4 - year / 100);
  unsigned month = (5 * in_year + 2) / 153;
  if (units >> 63) return FALSE;
  out->wDay = (WORD)(in_year - (153 * month + 2) / 5 + 1);
  out->wMonth = (WORD)(month < 10 ? month + 3 : month - 9);
  out->wYear = (WORD)(cycle * 400 + year + (month >= 10 ? 1 : 0));
  out->wDayOfWeek = (WORD)((days + 1) % 7);
  out->wHour = (WORD)(of_day / 3600000);
  out->wMinute = (WORD)(of_day / 60000 % 60);
  out->wSecond = (WORD)(of_day / 1000 % 60);
  out->wMilliseconds = (WORD)(of_day % 1000);
  return TRUE;
}

// FALSE for a date that does not exist; the day of the week is ignored.
MAPI_WIN_INLINE BOOL SystemTimeToFileTime(const SYSTEMTIME* time, LPFILETIME out) {
  ULONGLONG milliseconds;
  if (time->wYear < 1601 || time->wYear > 30827 || time->wMonth < 1 || time->wMonth > 12) return FALSE;
  if (time->wDay < 1 || time->wDay > mapi_win_days_in_month(time->wYear, time->wMonth)) return FALSE;
  if (time->wHour > 23 || time->wMinute > 59 || time->wSecond > 59 || time->wMilliseconds > 999) return FALSE;
  milliseconds = mapi_win_days_from_date(time->wYear, time->wMonth, time->wDay) * 86400000;
  milliseconds += time->wHour * 3600000u + time->wMinute * 60000u + time->wSecond * 1000u + time->wMilliseconds;
  mapi_win_set_filetime(out, milliseconds * 10000);
  return TRUE;
}

MAPI_WIN_INLINE void GetSystemTimeAsFileTime(LPFILETIME out) {
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  mapi_win_set_filetime(out, ((ULONGLONG)now.tv_sec + 11644473600ULL) * 10000000ULL + (ULONGLONG)(now.tv_nsec / 100));
}

MAPI_WIN_INLINE void GetSystemTime(LPSYSTEMTIME out) {
  FILETIME now;
  GetSystemTimeAsFileTime(&now);
  FileTimeToSystemTime(&now, out);
}

#endif  // MAPI_WIN_WINBASE_H
