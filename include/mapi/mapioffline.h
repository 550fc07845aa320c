// SPDX-License-Identifier: Apache-2.0
//
// The offline state API: objects that are online or offline, and callbacks when that changes.
// Slots: data/spec/vtables.tsv; layouts: data/spec/layout.tsv; reference page about-the-offline-state-api. Reserved
// slots are undocumented: never call. Callbacks may arrive on any thread.

#ifndef MAPIARY_MAPIOFFLINE_H
#define MAPIARY_MAPIOFFLINE_H

#include "mapidefs.h"

/* SetCurrentState: ulFlags. By default the change happens in the background, E_PENDING meanwhile. */
#define MAPIOFFLINE_FLAG_DEFAULT 0x00000000
#define MAPIOFFLINE_FLAG_BLOCK ((ULONG)0x00002000)

/* SetCurrentState: ulMask and ulState */
#define MAPIOFFLINE_STATE_ALL ((ULONG)0x003F037F)
#define MAPIOFFLINE_STATE_OFFLINE_MASK ((ULONG)0x00000003)
#define MAPIOFFLINE_STATE_OFFLINE ((ULONG)0x00000001)
#define MAPIOFFLINE_STATE_ONLINE ((ULONG)0x00000002)

/* GetCapabilities */
#define MAPIOFFLINE_CAPABILITY_OFFLINE ((ULONG)0x00000001)
#define MAPIOFFLINE_CAPABILITY_ONLINE ((ULONG)0x00000002)

/* Advise and Unadvise: ulFlags; MAPIOFFLINE_ADVISEINFO::ulAdviseTypes */
#define MAPIOFFLINE_ADVISE_DEFAULT 0x00000000
#define MAPIOFFLINE_UNADVISE_DEFAULT 0x00000000
#define MAPIOFFLINE_ADVISE_TYPE_STATECHANGE 0x00000001

typedef enum _MAPIOFFLINE_CALLBACK_TYPE {
  MAPIOFFLINE_CALLBACK_TYPE_NOTIFY = 0 /* pCallback is an IMAPIOfflineNotify */
} MAPIOFFLINE_CALLBACK_TYPE;

typedef enum _MAPIOFFLINE_NOTIFY_TYPE {
  MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START = 1,
  MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE = 2,
  MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE = 3
} MAPIOFFLINE_NOTIFY_TYPE;

typedef struct _MAPIOFFLINE_ADVISEINFO {
  ULONG ulSize;
  ULONG ulClientToken; /* comes back in MAPIOFFLINE_NOTIFY */
  MAPIOFFLINE_CALLBACK_TYPE CallbackType;
  IUnknown* pCallback;
  ULONG ulAdviseTypes;
  ULONG ulStateMask; /* MAPIOFFLINE_STATE_ALL */
} MAPIOFFLINE_ADVISEINFO;

typedef struct _MAPIOFFLINE_STATECHANGE {
  ULONG ulMask; /* other bits than MAPIOFFLINE_STATE_OFFLINE_MASK: ignore the notification */
  ULONG ulStateOld;
  ULONG ulStateNew;
} MAPIOFFLINE_STATECHANGE;

typedef struct _MAPIOFFLINE_NOTIFY {
  ULONG ulSize;
  MAPIOFFLINE_NOTIFY_TYPE NotifyType;
  ULONG ulClientToken;
  union {
    MAPIOFFLINE_STATECHANGE StateChange;
  } Info;
} MAPIOFFLINE_NOTIFY;

/* Aggregates the new object into pOuterObj. pRefTrackRoot is NULL. */
typedef struct _MAPIOFFLINE_AGGREGATEINFO {
  ULONG ulSize;
  IUnknown* pOuterObj;
  IUnknown* pRefTrackRoot;
} MAPIOFFLINE_AGGREGATEINFO;

/* Undocumented. */
typedef struct _MAPIOFFLINE_CONNECTINFO MAPIOFFLINE_CONNECTINFO;

DECLARE_MAPI_INTERFACE_PTR(IMAPIOffline, LPMAPIOFFLINE);
DECLARE_MAPI_INTERFACE_PTR(IMAPIOfflineMgr, LPMAPIOFFLINEMGR);
DECLARE_MAPI_INTERFACE_PTR(IMAPIOfflineNotify, LPMAPIOFFLINENOTIFY);

typedef struct _MAPIOFFLINE_CREATEINFO {
  ULONG ulSize;
  ULONG ulCreateFlags; /* zero */
  LPCWSTR pwszProfileName;
  ULONG ulCapabilities;
  const GUID* pGUID;        /* the kind of object; GUID_GlobalState is the one others may have as parent */
  const GUID* pInstance;    /* this object among its kind */
  IMAPIOfflineMgr* pParent; /* whose changes the new object follows */
  IUnknown* pMAPISupport;   /* the user's support object, or NULL */
  MAPIOFFLINE_AGGREGATEINFO* pAggregateInfo;
  MAPIOFFLINE_CONNECTINFO* pConnectInfo; /* NULL */
} MAPIOFFLINE_CREATEINFO;

#define MAPI_IMAPIOFFLINE_METHODS(IPURE)                                                                \
  MAPIMETHOD(SetCurrentState)(THIS_ ULONG ulFlags, ULONG ulMask, ULONG ulState, void* pReserved) IPURE; \
  MAPIMETHOD(GetCapabilities)(THIS_ ULONG * pulCapabilities) IPURE;                                     \
  MAPIMETHOD(GetCurrentState)(THIS_ ULONG * pulState) IPURE;                                            \
  MAPIMETHOD(IMAPIOffline_Placeholder4)(THIS) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIOffline
DECLARE_MAPI_INTERFACE_(IMAPIOffline, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPIOFFLINE_METHODS(PURE)};

#define MAPI_IMAPIOFFLINEMGR_METHODS(IPURE)                                                                    \
  MAPIMETHOD(Advise)(THIS_ ULONG ulFlags, MAPIOFFLINE_ADVISEINFO * pAdviseInfo, ULONG * pulAdviseToken) IPURE; \
  MAPIMETHOD(Unadvise)(THIS_ ULONG ulFlags, ULONG ulAdviseToken) IPURE;                                        \
  MAPIMETHOD(IMAPIOfflineMgr_Placeholder3)(THIS) IPURE;                                                        \
  MAPIMETHOD(IMAPIOfflineMgr_Placeholder4)(THIS) IPURE;                                                        \
  MAPIMETHOD(IMAPIOfflineMgr_Placeholder5)(THIS) IPURE;                                                        \
  MAPIMETHOD(IMAPIOfflineMgr_Placeholder6)(THIS) IPURE;                                                        \
  MAPIMETHOD(IMAPIOfflineMgr_Placeholder7)(THIS) IPURE;                                                        \
  MAPIMETHOD(IMAPIOfflineMgr_Placeholder8)(THIS) IPURE;                                                        \
  MAPIMETHOD(IMAPIOfflineMgr_Placeholder9)(THIS) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIOfflineMgr
DECLARE_MAPI_INTERFACE_(IMAPIOfflineMgr, IMAPIOffline){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPIOFFLINE_METHODS(PURE)
                                                           MAPI_IMAPIOFFLINEMGR_METHODS(PURE)};

/* Implemented by the client. */
#define MAPI_IMAPIOFFLINENOTIFY_METHODS(IPURE) \
  MAPIMETHOD_(void, Notify)(THIS_ const MAPIOFFLINE_NOTIFY* pNotifyInfo) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIOfflineNotify
DECLARE_MAPI_INTERFACE_(IMAPIOfflineNotify,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPIOFFLINENOTIFY_METHODS(PURE)};

/* ulReserved and pReserved are zero; pGUID points to GUID_GlobalState. */
STDAPI HrOpenOfflineObj(ULONG ulReserved, LPCWSTR pwszProfileName, const GUID* pGUID, const GUID* pReserved,
                        IMAPIOfflineMgr** ppOfflineObj);
STDAPI HrCreateOfflineObj(ULONG ulFlags, MAPIOFFLINE_CREATEINFO* pCreateInfo, IMAPIOfflineMgr** ppOffline);

typedef HRESULT(STDMETHODCALLTYPE HROPENOFFLINEOBJ)(ULONG ulReserved, LPCWSTR pwszProfileName, const GUID* pGUID,
                                                    const GUID* pReserved, IMAPIOfflineMgr** ppOfflineObj);

#endif /* MAPIARY_MAPIOFFLINE_H */

/* Outside the guard: a second inclusion after INITGUID defines the identifiers. */
#if !defined(MAPIARY_MAPIOFFLINE_GUIDS) || (defined(INITGUID) && !defined(MAPIARY_MAPIOFFLINE_GUIDS_DEFINED))
#define MAPIARY_MAPIOFFLINE_GUIDS
#ifdef INITGUID
#define MAPIARY_MAPIOFFLINE_GUIDS_DEFINED
#include "win/guiddef.h"
#endif
// clang-format off
DEFINE_GUID(GUID_GlobalState, 0xfbeffd93, 0xb11f, 0x4094, 0x84, 0x2b, 0x96, 0xdc, 0xd3, 0x1e, 0x63, 0xd1);
DEFINE_GUID(IID_IMAPIOffline, 0x000672b5, 0x0000, 0x0000, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46);
DEFINE_GUID(IID_IMAPIOfflineMgr, 0x42175607, 0xff3e, 0x4790, 0xbc, 0x18, 0x66, 0xc8, 0x64, 0x3e, 0x64, 0x24);
DEFINE_GUID(IID_IMAPIOfflineNotify, 0x0317bde5, 0xfc29, 0x44cd, 0x8d, 0xcd, 0x36, 0x12, 0x5a, 0x3b, 0xe9, 0xec);
// clang-format on
#endif
