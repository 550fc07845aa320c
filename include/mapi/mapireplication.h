// SPDX-License-Identifier: Apache-2.0
//
// The replication API: a client drives a local store (IPSTX to IPSTX6) through a state machine (IOSTX) and moves the
// changes itself. SyncBeg enters a state and hands out that state's structure; the client works, sets the *_OK flag in
// it and calls SyncEnd. Slots: data/spec/vtables.tsv; reference page about-the-replication-state-machine. Reserved
// slots and members are undocumented: never use. One thread at a time for each folder.

#ifndef MAPIARY_MAPIREPLICATION_H
#define MAPIARY_MAPIREPLICATION_H

#include "edkmdb.h"
#include "mapidefs.h"
#include "mapisync.h"

DECLARE_MAPI_INTERFACE_PTR(IExchangeImportHierarchyChanges, PXIHC);
DECLARE_MAPI_INTERFACE_PTR(IExchangeImportContentsChanges, PXICC);

/* IOSTX::SyncBeg: uiSync */
typedef enum _SYNCSTATE {
  LR_SYNC_IDLE = 0,
  LR_SYNC = 1,                     /* SYNC */
  LR_SYNC_UPLOAD_HIERARCHY = 2,    /* UPHIER */
  LR_SYNC_UPLOAD_FOLDER = 3,       /* UPFLD */
  LR_SYNC_CONTENTS = 4,            /* SYNCCONT */
  LR_SYNC_UPLOAD_TABLE = 5,        /* UPTBL */
  LR_SYNC_UPLOAD_MESSAGE = 6,      /* UPMSG */
  LR_SYNC_UPLOAD_MESSAGE_READ = 8, /* UPREAD */
  LR_SYNC_UPLOAD_MESSAGE_DEL = 9,  /* UPDEL */
  LR_SYNC_DOWNLOAD_HIERARCHY = 10, /* DNHIER */
  LR_SYNC_DOWNLOAD_TABLE = 11,     /* DNTBL */
  LR_SYNC_DOWNLOAD_HEADER = 17     /* HDRSYNC */
} SYNCSTATE;

/* Flags by structure. The client sets the *_OK flag after it succeeded. */
/* SYNC */
#define UPS_UPLOAD_ONLY ((ULONG)0x00000001)
#define UPS_DNLOAD_ONLY ((ULONG)0x00000002)
#define UPS_ONE_FOLDER ((ULONG)0x00000004)
#define UPS_THESE_FOLDERS ((ULONG)0x00000080)
#define UPS_OK ((ULONG)0x00010000)
/* SYNCCONT */
#define UPC_OK ((ULONG)0x00010000)
/* UPHIER */
#define UPH_OK ((ULONG)0x00010000)
/* UPFLD */
#define UPF_NEW ((ULONG)0x00000001)
#define UPF_MOD_PARENT ((ULONG)0x00000002)
#define UPF_MOD_PROPS ((ULONG)0x00000004)
#define UPF_DEL ((ULONG)0x00000008)
#define UPF_OK ((ULONG)0x00010000)
/* UPTBL */
#define UPT_PUBLIC ((ULONG)0x00000001)
#define UPT_OK ((ULONG)0x00010000)
/* UPMOV */
#define UPV_ERROR ((ULONG)0x00010000)
#define UPV_DIRTY ((ULONG)0x00020000)
#define UPV_COMMIT ((ULONG)0x00040000)
/* UPMSG */
#define UPM_ASSOC ((ULONG)0x00000001)
#define UPM_NEW ((ULONG)0x00000002)
#define UPM_MOV ((ULONG)0x00000004)
#define UPM_MOD_PROPS ((ULONG)0x00000008)
#define UPM_HEADER ((ULONG)0x00000010)
#define UPM_OK ((ULONG)0x00010000)
#define UPM_MOVED ((ULONG)0x00020000)
#define UPM_COMMIT ((ULONG)0x00040000)
#define UPM_DELETE ((ULONG)0x00080000)
#define UPM_SAVE ((ULONG)0x00100000)
/* UPREADE */
#define UPR_ASSOC ((ULONG)0x00000001)
#define UPR_READ ((ULONG)0x00000002)
#define UPR_OK ((ULONG)0x00010000)
#define UPR_COMMIT ((ULONG)0x00020000)
/* UPDELE */
#define UPD_ASSOC ((ULONG)0x00000001)
#define UPD_MOV ((ULONG)0x00000002)
#define UPD_OK ((ULONG)0x00010000)
#define UPD_MOVED ((ULONG)0x00020000)
#define UPD_UPDATE ((ULONG)0x00040000)
#define UPD_COMMIT ((ULONG)0x00080000)
/* DNHIER */
#define DNH_OK ((ULONG)0x00010000)
/* DNTBL */
#define DNT_OK ((ULONG)0x00010000)
/* HDRSYNC. HSF_COPYDESTRUCTIVE is faster, may lose data and needs HSF_LOCAL. */
#define HSF_LOCAL ((ULONG)0x00000008)
#define HSF_COPYDESTRUCTIVE ((ULONG)0x00000010)
#define HSF_OK ((ULONG)0x00010000)

/* IPSTX2::SetSpoolSuspendState */
#define SS_ACTIVE 0x00000000
#define SS_SUSPENDED 0x00000001

/* Opening an offline store */
#define MDB_OST_LOGON_UNICODE ((ULONG)0x00000800)
#define MDB_OST_LOGON_ANSI ((ULONG)0x00001000)

/* Identity ---------------------------------------------------------------- */

/* Long-term id of an object: its server and a number there. */
typedef struct LTID {
  GUID guid;
  BYTE globcnt[6];
  WORD wLevel;
} LTID;

/* Source key. */
typedef struct SKEY {
  GUID guid;
  BYTE globcnt[6];
} SKEY;

/* Entry identifier of a folder. */
typedef struct FEID {
  BYTE abFlags[4];
  MAPIUID muid;
  WORD placeholder;
  LTID ltid;
} FEID;

/* Entry identifier of a message. */
typedef struct MEID {
  BYTE abFlags[4];
  MAPIUID muid;
  WORD placeholder;
  LTID ltidFld;
  LTID ltidMsg;
} MEID;

/* Ids in stock for new objects made offline: one run in use, one run next. Refill when ltidNextAlloc is zero. */
typedef struct _OLFI {
  ULONG ulVersion;
  MAPIUID muidReserved;
  ULONG ulReserved;
  DWORD dwAlloc;
  DWORD dwNextAlloc;
  LTID ltidAlloc;
  LTID ltidNextAlloc;
} OLFI, *POLFI;

/* What each state hands out ------------------------------------------------ */

typedef struct SYNC {
  ULONG ulFlags;
  LPWSTR pwzPath;
  FEID Reserved1;
  MEID Reserved2;
  LPENTRYLIST pel; /* with UPS_THESE_FOLDERS; pulFolderOptions runs beside it */
  ULONG const* pulFolderOptions;
} SYNC, *PSYNC;

typedef struct SYNCCONT {
  ULONG ulFlags;
  UINT iEnt;
  UINT cEnt;
  LPVOID pvReserved;
  LPSPropTagArray ptagaReserved;
  LPSSortOrderSet psosReserved;
} SYNCCONT, *PSYNCCONT;

typedef struct UPHIER {
  ULONG ulFlags;
  LPSTREAM pstmReserved;
  UINT iEnt;
  UINT cEnt;
} UPHIER, *PUPHIER;

typedef struct UPFLD {
  ULONG ulFlags;
  LPMAPIFOLDER pfld;
  FEID feid;
} UPFLD, *PUPFLD;

typedef struct UPTBLE {
  UINT iEntMod;
  UINT cEntMod;
  UINT iEntRead;
  UINT cEntRead;
  UINT iEntDel;
  UINT cEntDel;
} UPTBLE, *PUPTBLE;

/* A folder that messages were moved to; a chain. */
typedef struct UPMOV UPMOV, *PUPMOV;
struct UPMOV {
  ULONG ulFlags;
  LPVOID pReserved;
  LPSTREAM pstmReserved;
  LPSTR pszName;
  FEID feid;
  LPMAPIFOLDER pfld; /* in: on the server */
  PXICC pxicc;       /* in */
  DWORD dwReserved;
  PUPMOV pupmovNext;
  UINT cEntMov;
};

typedef struct UPTBL {
  ULONG ulFlags;
  LPSTREAM pstmReserved;
  LPSTR pszName;
  FEID feid;
  UINT uintReserved;
  UPTBLE rgte[2]; /* normal messages, associated messages */
  UINT iEnt;
  UINT cEnt;
  PUPMOV pupmovHead;
  void* pReserved;
} UPTBL, *PUPTBL;

typedef struct UPMSG {
  ULONG ulFlags;
  LPMESSAGE pmsg;
  MEID meid;
  SBinary binReserved1;
  SBinary binReserved2;
  FEID feid;
  SBinary binChg;
  SBinary binPcl;
  SKEY skeySrc;
} UPMSG, *PUPMSG;

typedef struct UPREADE {
  ULONG ulFlags;
  SKEY skey;
} UPREADE, *PUPREADE;

typedef struct UPREAD {
  PUPREADE pupre;
  UINT cEnt;
} UPREAD, *PUPREAD;

/* binChg, binPcl, skeyDst and pupmov only for a message that was moved. */
typedef struct UPDELE {
  ULONG ulFlags;
  SKEY skey;
  DWORD dwReserved;
  SBinary binChg;
  SBinary binPcl;
  SKEY skeyDst;
  PUPMOV pupmov;
} UPDELE, *PUPDELE;

typedef struct UPDEL {
  PUPDELE pupde;
  UINT cEnt;
} UPDEL, *PUPDEL;

typedef struct DNHIER {
  ULONG ulFlags;
  LPSTREAM pstmReserved;
  PXIHC pxihc;
  UINT cEntNew;
  UINT cEntMod;
  UINT cEntDel;
} DNHIER, *PDNHIER;

typedef struct DNTBLE {
  UINT cEntNew;
  UINT cEntMod;
  UINT cEntRead;
  UINT cEntDel;
} DNTBLE, *PDNTBLE;

typedef struct DNTBL {
  ULONG ulFlags;
  LPSTREAM pstmReserved1;
  LPSTREAM pstmReserved2;
  LPSTREAM pstmReserved3;
  LPSTREAM pstmReserved4;
  PXICC pxicc;
  PXIHC pxihc;
  LPSTR pszName;
  FILETIME ftLastMod;
  ULONG ulRights; /* PR_RIGHTS of the folder */
  FEID feid;
  UINT uintReserved;
  DNTBLE rgte[2]; /* normal messages, associated messages */
  LPSRestriction psrReserved;
  BOOL boReserved;
  void* pReserved1;
  void* pReserved2;
} DNTBL, *PDNTBL;

typedef struct HDRSYNC {
  UPMSG* pupmsg;
  FEID feidPar;
  LPSTREAM pstmReserved;
  ULONG ulFlags;
  LPMESSAGE pmsgFull; /* in: the whole message */
} HDRSYNC, *PHDRSYNC;

/* Interfaces -------------------------------------------------------------- */

#define MAPI_IOSTX_METHODS(IPURE)                                                                   \
  MAPIMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR * lppMAPIError) IPURE; \
  MAPIMETHOD(InitSync)(THIS_ ULONG ulFlags) IPURE;                                                  \
  MAPIMETHOD(SyncBeg)(THIS_ UINT uiSync, LPVOID * ppv) IPURE;                                       \
  MAPIMETHOD(SyncEnd)(THIS) IPURE;                                                                  \
  MAPIMETHOD(SyncHdrBeg)(THIS_ ULONG cbeid, LPENTRYID lpeid, LPVOID * ppv) IPURE;                   \
  MAPIMETHOD(SyncHdrEnd)(THIS_ LPMAPIPROGRESS pprog) IPURE;                                         \
  MAPIMETHOD(SetSyncResult)(THIS_ HRESULT hrSync) IPURE;                                            \
  MAPIMETHOD(IOSTX_Placeholder8)(THIS) IPURE;

#undef INTERFACE
#define INTERFACE IOSTX
DECLARE_MAPI_INTERFACE_(IOSTX, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IOSTX_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IOSTX, LPOSTX);

#define MAPI_IPSTX_METHODS(IPURE)                                                                   \
  MAPIMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR * lppMAPIError) IPURE; \
  MAPIMETHOD(GetSyncObject)(THIS_ IOSTX * *ppostx) IPURE;                                           \
  MAPIMETHOD(IPSTX_Placeholder3)(THIS) IPURE;                                                       \
  MAPIMETHOD(IPSTX_Placeholder4)(THIS) IPURE;                                                       \
  MAPIMETHOD(IPSTX_Placeholder5)(THIS) IPURE;                                                       \
  MAPIMETHOD(IPSTX_Placeholder6)(THIS) IPURE;                                                       \
  MAPIMETHOD(EmulateSpooler)(THIS_ BOOL fEmulate) IPURE;                                            \
  MAPIMETHOD(IPSTX_Placeholder8)(THIS) IPURE;                                                       \
  MAPIMETHOD(IPSTX_Placeholder9)(THIS) IPURE;                                                       \
  MAPIMETHOD(IPSTX_Placeholder10)(THIS) IPURE;                                                      \
  MAPIMETHOD(IPSTX_Placeholder11)(THIS) IPURE;                                                      \
  MAPIMETHOD(IPSTX_Placeholder12)(THIS) IPURE;

#define MAPI_IPSTX2_METHODS(IPURE)             \
  MAPIMETHOD(IPSTX2_Placeholder1)(THIS) IPURE; \
  MAPIMETHOD(IPSTX2_Placeholder2)(THIS) IPURE; \
  MAPIMETHOD_(void, SetSpoolSuspendState)(THIS_ ULONG ulState) IPURE;

#define MAPI_IPSTX3_METHODS(IPURE) MAPIMETHOD(IPSTX3_Placeholder1)(THIS) IPURE;

#define MAPI_IPSTX4_METHODS(IPURE) MAPIMETHOD(IPSTX4_Placeholder1)(THIS) IPURE;

#define MAPI_IPSTX5_METHODS(IPURE) MAPIMETHOD(IPSTX5_Placeholder1)(THIS) IPURE;

#define MAPI_IPSTX6_METHODS(IPURE)                        \
  MAPIMETHOD(IPSTX6_Placeholder1)(THIS) IPURE;            \
  MAPIMETHOD(IPSTX6_Placeholder2)(THIS) IPURE;            \
  MAPIMETHOD(DisconnectStore)(THIS_ ULONG ulFlags) IPURE; \
  MAPIMETHOD(IPSTX6_Placeholder4)(THIS) IPURE;            \
  MAPIMETHOD(IPSTX6_Placeholder5)(THIS) IPURE;

#undef INTERFACE
#define INTERFACE IPSTX
DECLARE_MAPI_INTERFACE_(IPSTX, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IPSTX_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IPSTX, LPPSTX);

#undef INTERFACE
#define INTERFACE IPSTX2
DECLARE_MAPI_INTERFACE_(IPSTX2, IPSTX){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IPSTX_METHODS(PURE) MAPI_IPSTX2_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IPSTX2, LPPSTX2);

#undef INTERFACE
#define INTERFACE IPSTX3
DECLARE_MAPI_INTERFACE_(IPSTX3, IPSTX2){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IPSTX_METHODS(PURE) MAPI_IPSTX2_METHODS(PURE)
                                            MAPI_IPSTX3_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IPSTX3, LPPSTX3);

#undef INTERFACE
#define INTERFACE IPSTX4
DECLARE_MAPI_INTERFACE_(IPSTX4, IPSTX3){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IPSTX_METHODS(PURE) MAPI_IPSTX2_METHODS(PURE)
                                            MAPI_IPSTX3_METHODS(PURE) MAPI_IPSTX4_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IPSTX4, LPPSTX4);

#undef INTERFACE
#define INTERFACE IPSTX5
DECLARE_MAPI_INTERFACE_(IPSTX5, IPSTX4){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IPSTX_METHODS(PURE) MAPI_IPSTX2_METHODS(PURE)
                                            MAPI_IPSTX3_METHODS(PURE) MAPI_IPSTX4_METHODS(PURE)
                                                MAPI_IPSTX5_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IPSTX5, LPPSTX5);

#undef INTERFACE
#define INTERFACE IPSTX6
DECLARE_MAPI_INTERFACE_(IPSTX6, IPSTX5){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IPSTX_METHODS(PURE) MAPI_IPSTX2_METHODS(PURE)
                                            MAPI_IPSTX3_METHODS(PURE) MAPI_IPSTX4_METHODS(PURE)
                                                MAPI_IPSTX5_METHODS(PURE) MAPI_IPSTX6_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IPSTX6, LPPSTX6);

/* Entry point of a provider that wraps the personal store as a local copy; the type is MSGSERVICEENTRY. */
DECLARE_MAPI_INTERFACE_PTR(IMAPISupport, LPMAPISUP);

STDAPI NSTServiceEntry(HINSTANCE hInstance, LPMALLOC lpMalloc, LPMAPISUP lpMAPISup, ULONG ulUIParam, ULONG ulFlags,
                       ULONG ulContext, ULONG cValues, LPSPropValue lpProps, LPPROVIDERADMIN lpProviderAdmin,
                       LPMAPIERROR* lppMapiError);

#endif /* MAPIARY_MAPIREPLICATION_H */

/* Two of these stand for IID_IMAPIFolder and IID_IMessage in OpenEntry and skip the check of the provider. */
/* Outside the guard: a second inclusion after INITGUID defines the identifiers. */
#if !defined(MAPIARY_MAPIREPLICATION_GUIDS) || (defined(INITGUID) && !defined(MAPIARY_MAPIREPLICATION_GUIDS_DEFINED))
#define MAPIARY_MAPIREPLICATION_GUIDS
#ifdef INITGUID
#define MAPIARY_MAPIREPLICATION_GUIDS_DEFINED
#include "win/guiddef.h"
#endif
// clang-format off
DEFINE_GUID(IID_IOSTX, 0xd2d85db4, 0x840f, 0x49b8, 0x99, 0x82, 0x07, 0xd2, 0x40, 0x5e, 0xc6, 0xb7);
DEFINE_GUID(IID_IPSTX, 0x4fdeeff0, 0x0319, 0x11cf, 0xb4, 0xcf, 0x00, 0xaa, 0x0d, 0xbb, 0xb6, 0xe6);
DEFINE_GUID(IID_IPSTX2, 0x2067a790, 0x2a45, 0x11d1, 0xeb, 0x86, 0x00, 0xa0, 0xc9, 0x0d, 0xca, 0x6d);
DEFINE_GUID(IID_IPSTX3, 0x55f15320, 0x111b, 0x11d2, 0xa9, 0x99, 0x00, 0x60, 0x08, 0xb0, 0x5a, 0xa7);
DEFINE_GUID(IID_IPSTX4, 0xaa2e2092, 0xac08, 0x11d2, 0xa2, 0xf9, 0x00, 0x60, 0xb0, 0xec, 0x3d, 0x4f);
DEFINE_GUID(IID_IPSTX5, 0x55f15322, 0x111b, 0x11d2, 0xa9, 0x99, 0x00, 0x60, 0x08, 0xb0, 0x5a, 0xa7);
DEFINE_GUID(IID_IPSTX6, 0x55f15323, 0x111b, 0x11d2, 0xa9, 0x99, 0x00, 0x60, 0x08, 0xb0, 0x5a, 0xa7);
DEFINE_GUID(IID_IMAPIFolderNoProvChk, 0x57d333a0, 0xf589, 0x4b23, 0xa3, 0xf9, 0x85, 0xf8, 0x2f, 0xec, 0x15, 0x3c);
DEFINE_GUID(IID_IMessageNoProvChk, 0xc3505457, 0x7b2e, 0x4c3b, 0xa8, 0xd6, 0x6d, 0xd9, 0x49, 0xbb, 0x97, 0xa1);
DEFINE_GUID(g_muidProvPrvNST, 0x75eb2fe9, 0x5096, 0x8644, 0x83, 0xb8, 0x7d, 0xe5, 0x22, 0xaa, 0x49, 0x48);
// clang-format on
#endif
