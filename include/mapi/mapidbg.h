// SPDX-License-Identifier: Apache-2.0
// Assertions and traces of MAPI code. They cost nothing unless the program defines MAPIARY_DEBUG or DEBUG, or only
// ASSERTS_ENABLED or TRACES_ENABLED: then a failed assertion is reported on stderr and a fatal one aborts; traces go to
// stderr. Everything is inline, so no library is needed. A trace that is off still has its arguments compiled, never
// evaluated; SideAssert always evaluates its condition.
#ifndef __MAPIDBG_H_
#define __MAPIDBG_H_

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapicode.h"
#include "mapidefs.h"
#include "win/winbase.h"

#if defined(DEBUG) || defined(MAPIARY_DEBUG)
#define IFDBG(x) x
#define IFNDBG(x)
#else
#define IFDBG(x)
#define IFNDBG(x) x
#endif

#ifdef __cplusplus
#define EXTERN_C_BEGIN extern "C" {
#define EXTERN_C_END }
#else
#define EXTERN_C_BEGIN
#define EXTERN_C_END
#endif

#define dimensionof(a) (sizeof(a) / sizeof(*(a)))
#define Unreferenced(a) ((void)(a))

MAPI_WIN_INLINE int DebugTraceFn(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  return 0;
}

MAPI_WIN_INLINE int DebugTrapFn(int fatal, const char* file, int line, const char* format, ...) {
  va_list arguments;
  fprintf(stderr, "%s:%d: ", file, line);
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  if (fatal) abort();
  return 0;
}

#if defined(DEBUG) || defined(MAPIARY_DEBUG) || defined(ASSERTS_ENABLED)
#define IFTRAP(x) ((void)(x))
#define MAPI_DBG_CHECK(fatal, t, ...) ((t) ? (void)0 : (void)DebugTrapFn(fatal, __FILE__, __LINE__, __VA_ARGS__))
#define MAPI_DBG_SIDE_CHECK(fatal, t, ...) MAPI_DBG_CHECK(fatal, t, __VA_ARGS__)
#else
#define IFTRAP(x) ((void)0)
#define MAPI_DBG_CHECK(fatal, t, ...) ((void)0)
#define MAPI_DBG_SIDE_CHECK(fatal, t, ...) ((void)(t))
#endif

// A trap always fires. The digit is the number of arguments after the format.
#define Trap() MAPI_DBG_CHECK(1, 0, "Trap")
#define TrapSz(psz) MAPI_DBG_CHECK(1, 0, psz)
#define TrapSz1(psz, a1) MAPI_DBG_CHECK(1, 0, psz, a1)
#define TrapSz2(psz, a1, a2) MAPI_DBG_CHECK(1, 0, psz, a1, a2)
#define TrapSz3(psz, a1, a2, a3) MAPI_DBG_CHECK(1, 0, psz, a1, a2, a3)
#define TrapSz4(psz, a1, a2, a3, a4) MAPI_DBG_CHECK(1, 0, psz, a1, a2, a3, a4)
#define TrapSz5(psz, a1, a2, a3, a4, a5) MAPI_DBG_CHECK(1, 0, psz, a1, a2, a3, a4, a5)
#define TrapSz6(psz, a1, a2, a3, a4, a5, a6) MAPI_DBG_CHECK(1, 0, psz, a1, a2, a3, a4, a5, a6)
#define TrapSz7(psz, a1, a2, a3, a4, a5, a6, a7) MAPI_DBG_CHECK(1, 0, psz, a1, a2, a3, a4, a5, a6, a7)
#define TrapSz8(psz, a1, a2, a3, a4, a5, a6, a7, a8) MAPI_DBG_CHECK(1, 0, psz, a1, a2, a3, a4, a5, a6, a7, a8)
#define TrapSz9(psz, a1, a2, a3, a4, a5, a6, a7, a8, a9) MAPI_DBG_CHECK(1, 0, psz, a1, a2, a3, a4, a5, a6, a7, a8, a9)

// Fatal when the condition is false.
#define Assert(t) MAPI_DBG_CHECK(1, t, "%s", "Assertion failed: " #t)
#define AssertSz(t, psz) MAPI_DBG_CHECK(1, t, psz)
#define AssertSz1(t, psz, a1) MAPI_DBG_CHECK(1, t, psz, a1)
#define AssertSz2(t, psz, a1, a2) MAPI_DBG_CHECK(1, t, psz, a1, a2)
#define AssertSz3(t, psz, a1, a2, a3) MAPI_DBG_CHECK(1, t, psz, a1, a2, a3)
#define AssertSz4(t, psz, a1, a2, a3, a4) MAPI_DBG_CHECK(1, t, psz, a1, a2, a3, a4)
#define AssertSz5(t, psz, a1, a2, a3, a4, a5) MAPI_DBG_CHECK(1, t, psz, a1, a2, a3, a4, a5)
#define AssertSz6(t, psz, a1, a2, a3, a4, a5, a6) MAPI_DBG_CHECK(1, t, psz, a1, a2, a3, a4, a5, a6)
#define AssertSz7(t, psz, a1, a2, a3, a4, a5, a6, a7) MAPI_DBG_CHECK(1, t, psz, a1, a2, a3, a4, a5, a6, a7)
#define AssertSz8(t, psz, a1, a2, a3, a4, a5, a6, a7, a8) MAPI_DBG_CHECK(1, t, psz, a1, a2, a3, a4, a5, a6, a7, a8)
#define AssertSz9(t, psz, a1, a2, a3, a4, a5, a6, a7, a8, a9) \
  MAPI_DBG_CHECK(1, t, psz, a1, a2, a3, a4, a5, a6, a7, a8, a9)

// As Assert, for conditions with effects.
#define SideAssert(t) MAPI_DBG_SIDE_CHECK(1, t, "%s", "Assertion failed: " #t)
#define SideAssertSz(t, psz) MAPI_DBG_SIDE_CHECK(1, t, psz)
#define SideAssertSz1(t, psz, a1) MAPI_DBG_SIDE_CHECK(1, t, psz, a1)
#define SideAssertSz2(t, psz, a1, a2) MAPI_DBG_SIDE_CHECK(1, t, psz, a1, a2)
#define SideAssertSz3(t, psz, a1, a2, a3) MAPI_DBG_SIDE_CHECK(1, t, psz, a1, a2, a3)
#define SideAssertSz4(t, psz, a1, a2, a3, a4) MAPI_DBG_SIDE_CHECK(1, t, psz, a1, a2, a3, a4)
#define SideAssertSz5(t, psz, a1, a2, a3, a4, a5) MAPI_DBG_SIDE_CHECK(1, t, psz, a1, a2, a3, a4, a5)
#define SideAssertSz6(t, psz, a1, a2, a3, a4, a5, a6) MAPI_DBG_SIDE_CHECK(1, t, psz, a1, a2, a3, a4, a5, a6)
#define SideAssertSz7(t, psz, a1, a2, a3, a4, a5, a6, a7) MAPI_DBG_SIDE_CHECK(1, t, psz, a1, a2, a3, a4, a5, a6, a7)
#define SideAssertSz8(t, psz, a1, a2, a3, a4, a5, a6, a7, a8) \
  MAPI_DBG_SIDE_CHECK(1, t, psz, a1, a2, a3, a4, a5, a6, a7, a8)
#define SideAssertSz9(t, psz, a1, a2, a3, a4, a5, a6, a7, a8, a9) \
  MAPI_DBG_SIDE_CHECK(1, t, psz, a1, a2, a3, a4, a5, a6, a7, a8, a9)

// Reported, not fatal.
#define NFAssert(t) MAPI_DBG_CHECK(0, t, "%s", "Assertion failed: " #t)
#define NFAssertSz(t, psz) MAPI_DBG_CHECK(0, t, psz)
#define NFAssertSz1(t, psz, a1) MAPI_DBG_CHECK(0, t, psz, a1)
#define NFAssertSz2(t, psz, a1, a2) MAPI_DBG_CHECK(0, t, psz, a1, a2)
#define NFAssertSz3(t, psz, a1, a2, a3) MAPI_DBG_CHECK(0, t, psz, a1, a2, a3)
#define NFAssertSz4(t, psz, a1, a2, a3, a4) MAPI_DBG_CHECK(0, t, psz, a1, a2, a3, a4)
#define NFAssertSz5(t, psz, a1, a2, a3, a4, a5) MAPI_DBG_CHECK(0, t, psz, a1, a2, a3, a4, a5)
#define NFAssertSz6(t, psz, a1, a2, a3, a4, a5, a6) MAPI_DBG_CHECK(0, t, psz, a1, a2, a3, a4, a5, a6)
#define NFAssertSz7(t, psz, a1, a2, a3, a4, a5, a6, a7) MAPI_DBG_CHECK(0, t, psz, a1, a2, a3, a4, a5, a6, a7)
#define NFAssertSz8(t, psz, a1, a2, a3, a4, a5, a6, a7, a8) MAPI_DBG_CHECK(0, t, psz, a1, a2, a3, a4, a5, a6, a7, a8)
#define NFAssertSz9(t, psz, a1, a2, a3, a4, a5, a6, a7, a8, a9) \
  MAPI_DBG_CHECK(0, t, psz, a1, a2, a3, a4, a5, a6, a7, a8, a9)

// Reported, not fatal, for conditions with effects.
#define NFSideAssert(t) MAPI_DBG_SIDE_CHECK(0, t, "%s", "Assertion failed: " #t)
#define NFSideAssertSz(t, psz) MAPI_DBG_SIDE_CHECK(0, t, psz)
#define NFSideAssertSz1(t, psz, a1) MAPI_DBG_SIDE_CHECK(0, t, psz, a1)
#define NFSideAssertSz2(t, psz, a1, a2) MAPI_DBG_SIDE_CHECK(0, t, psz, a1, a2)
#define NFSideAssertSz3(t, psz, a1, a2, a3) MAPI_DBG_SIDE_CHECK(0, t, psz, a1, a2, a3)
#define NFSideAssertSz4(t, psz, a1, a2, a3, a4) MAPI_DBG_SIDE_CHECK(0, t, psz, a1, a2, a3, a4)
#define NFSideAssertSz5(t, psz, a1, a2, a3, a4, a5) MAPI_DBG_SIDE_CHECK(0, t, psz, a1, a2, a3, a4, a5)
#define NFSideAssertSz6(t, psz, a1, a2, a3, a4, a5, a6) MAPI_DBG_SIDE_CHECK(0, t, psz, a1, a2, a3, a4, a5, a6)
#define NFSideAssertSz7(t, psz, a1, a2, a3, a4, a5, a6, a7) MAPI_DBG_SIDE_CHECK(0, t, psz, a1, a2, a3, a4, a5, a6, a7)
#define NFSideAssertSz8(t, psz, a1, a2, a3, a4, a5, a6, a7, a8) \
  MAPI_DBG_SIDE_CHECK(0, t, psz, a1, a2, a3, a4, a5, a6, a7, a8)
#define NFSideAssertSz9(t, psz, a1, a2, a3, a4, a5, a6, a7, a8, a9) \
  MAPI_DBG_SIDE_CHECK(0, t, psz, a1, a2, a3, a4, a5, a6, a7, a8, a9)

#if defined(DEBUG) || defined(MAPIARY_DEBUG) || defined(TRACES_ENABLED)
#define MAPI_DBG_TRACING 1
#else
#define MAPI_DBG_TRACING 0
#endif
#define IFTRACE(x) (MAPI_DBG_TRACING ? (void)(x) : (void)0)
#define DebugTrace(...) IFTRACE(DebugTraceFn(__VA_ARGS__))
#define DebugTraceSc(f, sc) \
  IFTRACE((sc) ? DebugTraceFn(#f " returns 0x%08X %s\n", (unsigned)(sc), SzDecodeScode(sc)) : 0)
#define DebugTraceResult(f, hr) DebugTraceSc(f, GetScode(hr))
#define DebugTraceArg(f, s) IFTRACE(DebugTraceFn(#f ": bad parameter: " s "\n"))
#define DebugTraceLine() IFTRACE(DebugTraceFn("File %s, Line %i \n", __FILE__, __LINE__))
#define DebugTraceProblems(sz, rgprob) IFTRACE(DebugTraceProblemsFn(sz, rgprob))

#define TraceSz(psz) IFTRACE(DebugTraceFn("~" psz))
#define TraceSz1(psz, a1) IFTRACE(DebugTraceFn("~" psz, a1))
#define TraceSz2(psz, a1, a2) IFTRACE(DebugTraceFn("~" psz, a1, a2))
#define TraceSz3(psz, a1, a2, a3) IFTRACE(DebugTraceFn("~" psz, a1, a2, a3))
#define TraceSz4(psz, a1, a2, a3, a4) IFTRACE(DebugTraceFn("~" psz, a1, a2, a3, a4))
#define TraceSz5(psz, a1, a2, a3, a4, a5) IFTRACE(DebugTraceFn("~" psz, a1, a2, a3, a4, a5))
#define TraceSz6(psz, a1, a2, a3, a4, a5, a6) IFTRACE(DebugTraceFn("~" psz, a1, a2, a3, a4, a5, a6))
#define TraceSz7(psz, a1, a2, a3, a4, a5, a6, a7) IFTRACE(DebugTraceFn("~" psz, a1, a2, a3, a4, a5, a6, a7))
#define TraceSz8(psz, a1, a2, a3, a4, a5, a6, a7, a8) IFTRACE(DebugTraceFn("~" psz, a1, a2, a3, a4, a5, a6, a7, a8))
#define TraceSz9(psz, a1, a2, a3, a4, a5, a6, a7, a8, a9) \
  IFTRACE(DebugTraceFn("~" psz, a1, a2, a3, a4, a5, a6, a7, a8, a9))

typedef struct {
  SCODE code;
  const char* name;
} MapiDbgScodeName;

// Names of result codes, closed by a NULL name.
MAPI_WIN_INLINE const MapiDbgScodeName* mapi_dbg_scode_names(void) {
#define MAPI_DBG_SCODE(code) \
  { code, #code }
  static const MapiDbgScodeName kNames[] = {
      MAPI_DBG_SCODE(S_OK),
      MAPI_DBG_SCODE(S_FALSE),
      MAPI_DBG_SCODE(E_NOTIMPL),
      MAPI_DBG_SCODE(E_UNEXPECTED),
      MAPI_DBG_SCODE(E_POINTER),
      MAPI_DBG_SCODE(E_ABORT),
      MAPI_DBG_SCODE(E_HANDLE),
      MAPI_DBG_SCODE(MAPI_E_ACCOUNT_DISABLED),
      MAPI_DBG_SCODE(MAPI_E_AMBIGUOUS_RECIP),
      MAPI_DBG_SCODE(MAPI_E_BAD_CHARWIDTH),
      MAPI_DBG_SCODE(MAPI_E_BAD_COLUMN),
      MAPI_DBG_SCODE(MAPI_E_BAD_VALUE),
      MAPI_DBG_SCODE(MAPI_E_BUSY),
      MAPI_DBG_SCODE(MAPI_E_CALL_FAILED),
      MAPI_DBG_SCODE(MAPI_E_CANCEL),
      MAPI_DBG_SCODE(MAPI_E_COLLISION),
      MAPI_DBG_SCODE(MAPI_E_COMPUTED),
      MAPI_DBG_SCODE(MAPI_E_CORRUPT_DATA),
      MAPI_DBG_SCODE(MAPI_E_CORRUPT_STORE),
      MAPI_DBG_SCODE(MAPI_E_DECLINE_COPY),
      MAPI_DBG_SCODE(MAPI_E_DISK_ERROR),
      MAPI_DBG_SCODE(MAPI_E_END_OF_SESSION),
      MAPI_DBG_SCODE(MAPI_E_EXTENDED_ERROR),
      MAPI_DBG_SCODE(MAPI_E_FAILONEPROVIDER),
      MAPI_DBG_SCODE(MAPI_E_FOLDER_CYCLE),
      MAPI_DBG_SCODE(MAPI_E_HAS_FOLDERS),
      MAPI_DBG_SCODE(MAPI_E_HAS_MESSAGES),
      MAPI_DBG_SCODE(MAPI_E_INTERFACE_NOT_SUPPORTED),
      MAPI_DBG_SCODE(MAPI_E_INVALID_ACCESS_TIME),
      MAPI_DBG_SCODE(MAPI_E_INVALID_BOOKMARK),
      MAPI_DBG_SCODE(MAPI_E_INVALID_ENTRYID),
      MAPI_DBG_SCODE(MAPI_E_INVALID_OBJECT),
      MAPI_DBG_SCODE(MAPI_E_INVALID_PARAMETER),
      MAPI_DBG_SCODE(MAPI_E_INVALID_TYPE),
      MAPI_DBG_SCODE(MAPI_E_INVALID_WORKSTATION_ACCOUNT),
      MAPI_DBG_SCODE(MAPI_E_LOGON_FAILED),
      MAPI_DBG_SCODE(MAPI_E_MISSING_REQUIRED_COLUMN),
      MAPI_DBG_SCODE(MAPI_E_NETWORK_ERROR),
      MAPI_DBG_SCODE(MAPI_E_NON_STANDARD),
      MAPI_DBG_SCODE(MAPI_E_NOT_ENOUGH_DISK),
      MAPI_DBG_SCODE(MAPI_E_NOT_ENOUGH_MEMORY),
      MAPI_DBG_SCODE(MAPI_E_NOT_ENOUGH_RESOURCES),
      MAPI_DBG_SCODE(MAPI_E_NOT_FOUND),
      MAPI_DBG_SCODE(MAPI_E_NOT_INITIALIZED),
      MAPI_DBG_SCODE(MAPI_E_NOT_IN_QUEUE),
      MAPI_DBG_SCODE(MAPI_E_NOT_ME),
      MAPI_DBG_SCODE(MAPI_E_NO_ACCESS),
      MAPI_DBG_SCODE(MAPI_E_NO_RECIPIENTS),
      MAPI_DBG_SCODE(MAPI_E_NO_SUPPORT),
      MAPI_DBG_SCODE(MAPI_E_NO_SUPPRESS),
      MAPI_DBG_SCODE(MAPI_E_OBJECT_CHANGED),
      MAPI_DBG_SCODE(MAPI_E_OBJECT_DELETED),
      MAPI_DBG_SCODE(MAPI_E_PASSWORD_CHANGE_REQUIRED),
      MAPI_DBG_SCODE(MAPI_E_PASSWORD_EXPIRED),
      MAPI_DBG_SCODE(MAPI_E_SESSION_LIMIT),
      MAPI_DBG_SCODE(MAPI_E_STRING_TOO_LONG),
      MAPI_DBG_SCODE(MAPI_E_SUBMITTED),
      MAPI_DBG_SCODE(MAPI_E_TABLE_EMPTY),
      MAPI_DBG_SCODE(MAPI_E_TABLE_TOO_BIG),
      MAPI_DBG_SCODE(MAPI_E_TIMEOUT),
      MAPI_DBG_SCODE(MAPI_E_TOO_BIG),
      MAPI_DBG_SCODE(MAPI_E_TOO_COMPLEX),
      MAPI_DBG_SCODE(MAPI_E_TYPE_NO_SUPPORT),
      MAPI_DBG_SCODE(MAPI_E_UNABLE_TO_ABORT),
      MAPI_DBG_SCODE(MAPI_E_UNABLE_TO_COMPLETE),
      MAPI_DBG_SCODE(MAPI_E_UNCONFIGURED),
      MAPI_DBG_SCODE(MAPI_E_UNEXPECTED_ID),
      MAPI_DBG_SCODE(MAPI_E_UNEXPECTED_TYPE),
      MAPI_DBG_SCODE(MAPI_E_UNKNOWN_CPID),
      MAPI_DBG_SCODE(MAPI_E_UNKNOWN_ENTRYID),
      MAPI_DBG_SCODE(MAPI_E_UNKNOWN_FLAGS),
      MAPI_DBG_SCODE(MAPI_E_UNKNOWN_LCID),
      MAPI_DBG_SCODE(MAPI_E_USER_CANCEL),
      MAPI_DBG_SCODE(MAPI_E_VERSION),
      MAPI_DBG_SCODE(MAPI_E_WAIT),
      MAPI_DBG_SCODE(MAPI_W_APPROX_COUNT),
      MAPI_DBG_SCODE(MAPI_W_CANCEL_MESSAGE),
      MAPI_DBG_SCODE(MAPI_W_ERRORS_RETURNED),
      MAPI_DBG_SCODE(MAPI_W_NO_SERVICE),
      MAPI_DBG_SCODE(MAPI_W_PARTIAL_COMPLETION),
      MAPI_DBG_SCODE(MAPI_W_POSITION_CHANGED),
      MAPI_DBG_SCODE(STG_E_INVALIDFUNCTION),
      MAPI_DBG_SCODE(STG_E_FILENOTFOUND),
      MAPI_DBG_SCODE(STG_E_PATHNOTFOUND),
      MAPI_DBG_SCODE(STG_E_TOOMANYOPENFILES),
      MAPI_DBG_SCODE(STG_E_ACCESSDENIED),
      MAPI_DBG_SCODE(STG_E_INVALIDHANDLE),
      MAPI_DBG_SCODE(STG_E_INSUFFICIENTMEMORY),
      MAPI_DBG_SCODE(STG_E_INVALIDPOINTER),
      MAPI_DBG_SCODE(STG_E_NOMOREFILES),
      MAPI_DBG_SCODE(STG_E_DISKISWRITEPROTECTED),
      MAPI_DBG_SCODE(STG_E_SEEKERROR),
      MAPI_DBG_SCODE(STG_E_WRITEFAULT),
      MAPI_DBG_SCODE(STG_E_READFAULT),
      MAPI_DBG_SCODE(STG_E_SHAREVIOLATION),
      MAPI_DBG_SCODE(STG_E_LOCKVIOLATION),
      MAPI_DBG_SCODE(STG_E_FILEALREADYEXISTS),
      MAPI_DBG_SCODE(STG_E_INVALIDPARAMETER),
      MAPI_DBG_SCODE(STG_E_MEDIUMFULL),
      MAPI_DBG_SCODE(STG_E_PROPSETMISMATCHED),
      MAPI_DBG_SCODE(STG_E_ABNORMALAPIEXIT),
      MAPI_DBG_SCODE(STG_E_INVALIDHEADER),
      MAPI_DBG_SCODE(STG_E_INVALIDNAME),
      MAPI_DBG_SCODE(STG_E_UNKNOWN),
      MAPI_DBG_SCODE(STG_E_UNIMPLEMENTEDFUNCTION),
      MAPI_DBG_SCODE(STG_E_INVALIDFLAG),
      MAPI_DBG_SCODE(STG_E_INUSE),
      MAPI_DBG_SCODE(STG_E_NOTCURRENT),
      MAPI_DBG_SCODE(STG_E_REVERTED),
      MAPI_DBG_SCODE(STG_E_CANTSAVE),
      MAPI_DBG_SCODE(STG_E_OLDFORMAT),
      MAPI_DBG_SCODE(STG_E_OLDDLL),
      MAPI_DBG_SCODE(STG_E_SHAREREQUIRED),
      MAPI_DBG_SCODE(STG_E_NOTFILEBASEDSTORAGE),
      MAPI_DBG_SCODE(STG_E_EXTANTMARSHALLINGS),
      MAPI_DBG_SCODE(STG_E_DOCFILECORRUPT),
      MAPI_DBG_SCODE(STG_E_BADBASEADDRESS),
      MAPI_DBG_SCODE(STG_E_INCOMPLETE),
      MAPI_DBG_SCODE(STG_E_TERMINATED),
      MAPI_DBG_SCODE(STG_S_CONVERTED),
      MAPI_DBG_SCODE(STG_S_BLOCK),
      MAPI_DBG_SCODE(STG_S_RETRYNOW),
      {0, NULL},
  };
#undef MAPI_DBG_SCODE
  return kNames;
}

// Empty for a code without a name.
MAPI_WIN_INLINE const char* SzDecodeScodeFn(SCODE sc) {
  const MapiDbgScodeName* entry = mapi_dbg_scode_names();
  while (entry->name && entry->code != sc) ++entry;
  return entry->name ? entry->name : "";
}

// S_OK for a name that is not known.
MAPI_WIN_INLINE SCODE ScodeFromSzFn(const char* name) {
  const MapiDbgScodeName* entry = mapi_dbg_scode_names();
  while (entry->name && strcmp(entry->name, name) != 0) ++entry;
  return entry->code;
}

typedef struct {
  ULONG type;
  const char* name;
} MapiDbgTypeName;

// Empty for a number that is no property type.
MAPI_WIN_INLINE const char* SzDecodeUlPropTypeFn(ULONG type) {
#define MAPI_DBG_TYPE(type) \
  { type, #type }
  static const MapiDbgTypeName kNames[] = {
      MAPI_DBG_TYPE(PT_UNSPECIFIED), MAPI_DBG_TYPE(PT_NULL),       MAPI_DBG_TYPE(PT_I2),
      MAPI_DBG_TYPE(PT_LONG),        MAPI_DBG_TYPE(PT_R4),         MAPI_DBG_TYPE(PT_DOUBLE),
      MAPI_DBG_TYPE(PT_CURRENCY),    MAPI_DBG_TYPE(PT_APPTIME),    MAPI_DBG_TYPE(PT_ERROR),
      MAPI_DBG_TYPE(PT_BOOLEAN),     MAPI_DBG_TYPE(PT_OBJECT),     MAPI_DBG_TYPE(PT_I8),
      MAPI_DBG_TYPE(PT_STRING8),     MAPI_DBG_TYPE(PT_UNICODE),    MAPI_DBG_TYPE(PT_SYSTIME),
      MAPI_DBG_TYPE(PT_CLSID),       MAPI_DBG_TYPE(PT_BINARY),     MAPI_DBG_TYPE(PT_MV_I2),
      MAPI_DBG_TYPE(PT_MV_LONG),     MAPI_DBG_TYPE(PT_MV_R4),      MAPI_DBG_TYPE(PT_MV_DOUBLE),
      MAPI_DBG_TYPE(PT_MV_CURRENCY), MAPI_DBG_TYPE(PT_MV_APPTIME), MAPI_DBG_TYPE(PT_MV_SYSTIME),
      MAPI_DBG_TYPE(PT_MV_STRING8),  MAPI_DBG_TYPE(PT_MV_BINARY),  MAPI_DBG_TYPE(PT_MV_UNICODE),
      MAPI_DBG_TYPE(PT_MV_CLSID),    MAPI_DBG_TYPE(PT_MV_I8),      {0, NULL},
  };
#undef MAPI_DBG_TYPE
  const MapiDbgTypeName* entry = kNames;
  while (entry->name && entry->type != type) ++entry;
  return entry->name ? entry->name : "";
}

// A tag as text, "0x0037001F"; good until the eighth next call of the thread. Names of properties need the runtime's
// table.
MAPI_WIN_INLINE const char* SzDecodeUlPropTagFn(ULONG tag) {
#ifdef __cplusplus
  static thread_local char texts[8][16];
  static thread_local unsigned next;
#else
  static _Thread_local char texts[8][16];
  static _Thread_local unsigned next;
#endif
  char* text = texts[next++ % 8];
  snprintf(text, sizeof(texts[0]), "0x%08X", tag);
  return text;
}

// The inverse; zero for text that is no number.
MAPI_WIN_INLINE ULONG UlPropTagFromSzFn(const char* text) {
  return (ULONG)strtoul(text, NULL, 16);
}

MAPI_WIN_INLINE int DebugTraceProblemsFn(const char* title, const void* problems) {
  const SPropProblemArray* array = (const SPropProblemArray*)problems;
  ULONG index;
  if (!array) return 0;
  DebugTraceFn("%s: %u problems\n", title, array->cProblem);
  for (index = 0; index < array->cProblem; ++index) {
    const SPropProblem* problem = &array->aProblem[index];
    DebugTraceFn("  index %u, tag 0x%08X, 0x%08X %s\n", problem->ulIndex, problem->ulPropTag, (unsigned)problem->scode,
                 SzDecodeScodeFn(problem->scode));
  }
  return 0;
}

#define SzDecodeScode(_sc) SzDecodeScodeFn(_sc)
#define ScodeFromSz(_sz) ScodeFromSzFn(_sz)
#define SzDecodeUlPropType(_ulPropType) SzDecodeUlPropTypeFn(_ulPropType)
#define SzDecodeUlPropTag(_ulPropTag) SzDecodeUlPropTagFn(_ulPropTag)
#define UlPropTagFromSz(_sz) UlPropTagFromSzFn(_sz)

// There is no debugging heap: sanitizers do that work. These keep the reference counts of the callers right.
#if defined(__cplusplus) && !defined(CINTERFACE)
#define DBGMEM_Encapsulate(pmalloc, pszSubsys, fCheckOften) ((pmalloc)->AddRef(), (pmalloc))
#define DBGMEM_Shutdown(pmalloc) ((pmalloc)->Release())
#else
#define DBGMEM_Encapsulate(pmalloc, pszSubsys, fCheckOften) ((pmalloc)->lpVtbl->AddRef(pmalloc), (pmalloc))
#define DBGMEM_Shutdown(pmalloc) ((pmalloc)->lpVtbl->Release(pmalloc))
#endif
#define DBGMEM_CheckMem(pm, f)
#define DBGMEM_NoLeakDetect(pm, pv)
#define DBGMEM_SetFailureAt(pm, ul)

// The names of the methods are accepted and not checked against lists of allowed results.
#define ScCheckSc(sc, fn) (sc)
#define HrCheckSc(sc, fn) ResultFromScode(ScCheckSc(sc, fn))
#define HrCheckHr(hr, fn) (hr)

#endif  // __MAPIDBG_H_
