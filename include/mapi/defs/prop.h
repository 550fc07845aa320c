// SPDX-License-Identifier: Apache-2.0
// IMAPIProp, the base of every object with properties, with its flags and the named property identifier.
// Part of mapidefs.h; programs include that.
#ifndef MAPI_DEFS_PROP_H
#define MAPI_DEFS_PROP_H

#include "notify.h"

#ifdef __cplusplus
extern "C" {
#endif

// MAPIERROR.ulVersion.
#define MAPI_ERROR_VERSION 0x00000000L

// SaveChanges: what remains possible afterwards.
#define KEEP_OPEN_READONLY ((ULONG)0x00000001)
#define KEEP_OPEN_READWRITE ((ULONG)0x00000002)
#define FORCE_SAVE ((ULONG)0x00000004)

// OpenProperty.
#define MAPI_CREATE ((ULONG)0x00000002)
#define STREAM_APPEND ((ULONG)0x00000004)

// CopyTo and CopyProps.
#define MAPI_MOVE ((ULONG)0x00000001)
#define MAPI_NOREPLACE ((ULONG)0x00000002)
#define MAPI_DECLINE_OK ((ULONG)0x00000004)

// Progress or other dialogs are allowed.
#ifndef MAPI_DIALOG
#define MAPI_DIALOG ((ULONG)0x00000008)
#endif
#ifndef MAPI_USE_DEFAULT
#define MAPI_USE_DEFAULT 0x00000040
#endif

// GetNamesFromIDs: leave out one kind of name.
#define MAPI_NO_STRINGS ((ULONG)0x00000001)
#define MAPI_NO_IDS ((ULONG)0x00000002)

// MAPINAMEID.ulKind.
#define MNID_ID 0
#define MNID_STRING 1

typedef struct _MAPINAMEID {
  LPGUID lpguid;
  ULONG ulKind;
  union {
    LONG_PTR lID_Reserved;
    LONG lID;
    LPWSTR lpwstrName;
  } Kind;
} MAPINAMEID, *LPMAPINAMEID;

#define MAPI_IMAPIPROP_METHODS(IPURE)                                                                                 \
  MAPIMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR * lppMAPIError) IPURE;                   \
  MAPIMETHOD(SaveChanges)(THIS_ ULONG ulFlags) IPURE;                                                                 \
  MAPIMETHOD(GetProps)                                                                                                \
  (THIS_ LPSPropTagArray lpPropTagArray, ULONG ulFlags, ULONG * lpcValues, LPSPropValue * lppPropArray) IPURE;        \
  MAPIMETHOD(GetPropList)(THIS_ ULONG ulFlags, LPSPropTagArray * lppPropTagArray) IPURE;                              \
  MAPIMETHOD(OpenProperty)                                                                                            \
  (THIS_ ULONG ulPropTag, LPCIID lpiid, ULONG ulInterfaceOptions, ULONG ulFlags, LPUNKNOWN * lppUnk) IPURE;           \
  MAPIMETHOD(SetProps)(THIS_ ULONG cValues, LPSPropValue lpPropArray, LPSPropProblemArray * lppProblems) IPURE;       \
  MAPIMETHOD(DeleteProps)(THIS_ LPSPropTagArray lpPropTagArray, LPSPropProblemArray * lppProblems) IPURE;             \
  MAPIMETHOD(CopyTo)                                                                                                  \
  (THIS_ ULONG ciidExclude, LPCIID rgiidExclude, LPSPropTagArray lpExcludeProps, ULONG_PTR ulUIParam,                 \
   LPMAPIPROGRESS lpProgress, LPCIID lpInterface, LPVOID lpDestObj, ULONG ulFlags, LPSPropProblemArray * lppProblems) \
      IPURE;                                                                                                          \
  MAPIMETHOD(CopyProps)                                                                                               \
  (THIS_ LPSPropTagArray lpIncludeProps, ULONG_PTR ulUIParam, LPMAPIPROGRESS lpProgress, LPCIID lpInterface,          \
   LPVOID lpDestObj, ULONG ulFlags, LPSPropProblemArray * lppProblems) IPURE;                                         \
  MAPIMETHOD(GetNamesFromIDs)                                                                                         \
  (THIS_ LPSPropTagArray * lppPropTags, LPGUID lpPropSetGuid, ULONG ulFlags, ULONG * lpcPropNames,                    \
   LPMAPINAMEID * *lpppPropNames) IPURE;                                                                              \
  MAPIMETHOD(GetIDsFromNames)                                                                                         \
  (THIS_ ULONG cPropNames, LPMAPINAMEID * lppPropNames, ULONG ulFlags, LPSPropTagArray * lppPropTags) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIProp
DECLARE_MAPI_INTERFACE_(IMAPIProp, IUnknown){BEGIN_INTERFACE MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPIPROP_METHODS(PURE)};

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // MAPI_DEFS_PROP_H
