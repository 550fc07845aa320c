// SPDX-License-Identifier: Apache-2.0
//
// Messages kept in an OLE storage (.msg files): open one with OpenIMsgOnIStg, optionally inside a session that closes
// all its messages at once. Property attributes exist for these messages only.
// A storage opened for writing must be transacted; sub-storage names that begin with "__" belong to the implementation.
#ifndef _IMESSAGE_H_
#define _IMESSAGE_H_

#include <stddef.h>

#include "mapidefs.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

typedef struct _MSGSESS* LPMSGSESS;

// Runs at the last Release of a top-level message; the storage is not touched afterwards.
typedef void(STDAPICALLTYPE MSGCALLRELEASE)(ULONG ulCallerData, LPMESSAGE lpMessage);

STDAPI_(SCODE) OpenIMsgSession(LPMALLOC lpMalloc, ULONG ulFlags, LPMSGSESS* lppMsgSess);
STDAPI_(void) CloseIMsgSession(LPMSGSESS lpMsgSess);

// ulFlags of OpenIMsgOnIStg: SaveChanges leaves Commit of the storage to the caller.
#define IMSG_NO_ISTG_COMMIT ((ULONG)0x00000001)

// lpMsgSess, lpMapiSup and lpfMsgCallRelease may be NULL.
STDAPI_(SCODE)
OpenIMsgOnIStg(LPMSGSESS lpMsgSess, LPALLOCATEBUFFER lpAllocateBuffer, LPALLOCATEMORE lpAllocateMore,
               LPFREEBUFFER lpFreeBuffer, LPMALLOC lpMalloc, LPVOID lpMapiSup, LPSTORAGE lpStg,
               MSGCALLRELEASE* lpfMsgCallRelease, ULONG ulCallerData, ULONG ulFlags, LPMESSAGE* lppMsg);

// Property attributes.
#define PROPATTR_MANDATORY ((ULONG)0x00000001)
#define PROPATTR_READABLE ((ULONG)0x00000002)
#define PROPATTR_WRITEABLE ((ULONG)0x00000004)
#define PROPATTR_NOT_PRESENT ((ULONG)0x00000008)

typedef struct _SPropAttrArray {
  ULONG cValues;
  ULONG aPropAttr[MAPI_DIM];
} SPropAttrArray, *LPSPropAttrArray;

#define CbNewSPropAttrArray(_cattr) (offsetof(SPropAttrArray, aPropAttr) + (_cattr) * sizeof(ULONG))
#define CbSPropAttrArray(_lparray) (offsetof(SPropAttrArray, aPropAttr) + (UINT)((_lparray)->cValues) * sizeof(ULONG))
#define SizedSPropAttrArray(_cattr, _name) \
  struct _SPropAttrArray_##_name {         \
    ULONG cValues;                         \
    ULONG aPropAttr[_cattr];               \
  } _name

STDAPI GetAttribIMsgOnIStg(LPVOID lpObject, LPSPropTagArray lpPropTagArray, LPSPropAttrArray* lppPropAttrArray);
STDAPI SetAttribIMsgOnIStg(LPVOID lpObject, LPSPropTagArray lpPropTags, LPSPropAttrArray lpPropAttrs,
                           LPSPropProblemArray* lppPropProblems);

// The MAPI code for a code of the storage layer.
STDAPI_(SCODE) MapStorageSCode(SCODE StgSCode);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif  // _IMESSAGE_H_
