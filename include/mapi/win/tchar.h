// SPDX-License-Identifier: Apache-2.0
// Generic-text names: one spelling that means char or wchar_t by UNICODE/_UNICODE.
#ifndef MAPI_WIN_TCHAR_H
#define MAPI_WIN_TCHAR_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "winbase.h"
#include "windef.h"

typedef TCHAR _TCHAR;
#ifndef _T
#define _T(text) __TEXT(text)
#endif
#ifndef _TEXT
#define _TEXT(text) __TEXT(text)
#endif
#define _tcsicmp lstrcmpi

#ifdef UNICODE
#define _tcslen wcslen
#define _tcscpy wcscpy
#define _tcsncpy wcsncpy
#define _tcscat wcscat
#define _tcsncat wcsncat
#define _tcscmp wcscmp
#define _tcsncmp wcsncmp
#define _tcschr wcschr
#define _tcsrchr wcsrchr
#define _tcsstr wcsstr
#define _tcsspn wcsspn
#define _tcscspn wcscspn
#define _tcspbrk wcspbrk
#define _tcstol wcstol
#define _tcstoul wcstoul
#define _tcstod wcstod
#define _sntprintf swprintf
#define _tprintf wprintf
#define _ftprintf fwprintf
#define _fputts fputws
#define _fgetts fgetws
#define _istalpha iswalpha
#define _istdigit iswdigit
#define _istspace iswspace
#define _istalnum iswalnum
#define _totlower towlower
#define _totupper towupper
#else
#define _tcslen strlen
#define _tcscpy strcpy
#define _tcsncpy strncpy
#define _tcscat strcat
#define _tcsncat strncat
#define _tcscmp strcmp
#define _tcsncmp strncmp
#define _tcschr strchr
#define _tcsrchr strrchr
#define _tcsstr strstr
#define _tcsspn strspn
#define _tcscspn strcspn
#define _tcspbrk strpbrk
#define _tcstol strtol
#define _tcstoul strtoul
#define _tcstod strtod
#define _sntprintf snprintf
#define _tprintf printf
#define _ftprintf fprintf
#define _fputts fputs
#define _fgetts fgets
#define _istalpha isalpha
#define _istdigit isdigit
#define _istspace isspace
#define _istalnum isalnum
#define _totlower tolower
#define _totupper toupper
#endif

#endif  // MAPI_WIN_TCHAR_H
