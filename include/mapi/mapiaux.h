// SPDX-License-Identifier: Apache-2.0
// Additions of later MAPI versions: IMsgServiceAdmin2, cached mode and store flags, extended display types, editor
// formats. The identifiers stand outside the include guard and follow the rules of mapiguid.h.
#include "mapix.h"

#ifndef MAPIAUXGUID_H
#ifdef INITGUID
#define MAPIAUXGUID_H
#endif

#include "win/guiddef.h"

#if !defined(INITGUID) || defined(USES_IID_IMsgServiceAdmin2) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMsgServiceAdmin2, 0x00020387, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMessageRaw) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMessageRaw, 0x0002038A, 0, 0);
#endif

#endif  // MAPIAUXGUID_H

#ifndef MAPIAUX_H
#define MAPIAUX_H

#include "mapiaux_tags.h"

#ifdef __cplusplus
extern "C" {
#endif

DECLARE_MAPI_INTERFACE_PTR(IMsgServiceAdmin2, LPSERVICEADMIN2);

// MAPILogonEx and MAPIInitialize.
#define MAPI_BG_SESSION 0x00200000
#define MAPI_NO_COINIT 0x00000008

// SaveChanges.
#define SPAMFILTER_ONSAVE ((ULONG)0x00000080)
#define ITEMPROC_FORCE ((ULONG)0x00000800)
#define NON_EMS_XP_SAVE ((ULONG)0x00001000)

// OpenMsgStore, and PR_STORE_SUPPORT_MASK.
#define MDB_ONLINE ((ULONG)0x00000100)
#define STORE_UNICODE_OK ((ULONG)0x00040000)
#define STORE_ITEMPROC ((ULONG)0x00200000)

// OpenEntry: where a cached object may come from.
#define MAPI_NO_CACHE ((ULONG)0x00000200)
#define MAPI_CACHE_ONLY ((ULONG)0x00004000)

// PR_AGING_GRANULARITY.
#define AG_MONTHS 0
#define AG_WEEKS 1
#define AG_DAYS 2
#define NUM_AG_TYPES 3

// PR_DISPLAY_TYPE_EX: the type in the local directory and, when valid, the one in the remote directory.
#define DTE_FLAG_REMOTE_VALID 0x80000000
#define DTE_FLAG_ACL_CAPABLE 0x40000000
#define DTE_MASK_REMOTE 0x0000ff00
#define DTE_MASK_LOCAL 0x000000ff
#define DTE_IS_REMOTE_VALID(v) (!!((v)&DTE_FLAG_REMOTE_VALID))
#define DTE_IS_ACL_CAPABLE(v) (!!((v)&DTE_FLAG_ACL_CAPABLE))
#define DTE_REMOTE(v) (((v)&DTE_MASK_REMOTE) >> 8)
#define DTE_LOCAL(v) ((v)&DTE_MASK_LOCAL)
#define DT_ROOM ((ULONG)0x00000007)
#define DT_EQUIPMENT ((ULONG)0x00000008)
#define DT_SEC_DISTLIST ((ULONG)0x00000009)

// PR_MSG_EDITOR_FORMAT.
#define EDITOR_FORMAT_DONTKNOW ((ULONG)0)
#define EDITOR_FORMAT_PLAINTEXT ((ULONG)1)
#define EDITOR_FORMAT_HTML ((ULONG)2)
#define EDITOR_FORMAT_RTF ((ULONG)3)

// PR_ROH_FLAGS and PR_ROH_PROXY_AUTH_SCHEME: RPC over HTTP.
#define ROHFLAGS_USE_ROH 0x1
#define ROHFLAGS_SSL_ONLY 0x2
#define ROHFLAGS_MUTUAL_AUTH 0x4
#define ROHFLAGS_HTTP_FIRST_ON_FAST 0x8
#define ROHFLAGS_HTTP_FIRST_ON_SLOW 0x20
#define ROHAUTH_BASIC 0x1
#define ROHAUTH_NTLM 0x2

#define MAPI_IMSGSERVICEADMIN_METHODS2(IPURE) \
  MAPIMETHOD(CreateMsgServiceEx)              \
  (THIS_ LPTSTR lpszService, LPTSTR lpszDisplayName, ULONG_PTR ulUIParam, ULONG ulFlags, LPMAPIUID lpuidService) IPURE;

// IMsgServiceAdmin and a way to learn the UID of the service it creates. It derives from IUnknown, not
// IMsgServiceAdmin.
#undef INTERFACE
#define INTERFACE IMsgServiceAdmin2
DECLARE_MAPI_INTERFACE_(IMsgServiceAdmin2, IUnknown){BEGIN_INTERFACE MAPI_IUNKNOWN_METHODS(PURE)
                                                         MAPI_IMSGSERVICEADMIN_METHODS(PURE)
                                                             MAPI_IMSGSERVICEADMIN_METHODS2(PURE)};

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // MAPIAUX_H
