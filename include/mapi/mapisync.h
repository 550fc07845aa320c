// SPDX-License-Identifier: Apache-2.0
//
// IMAPISync: a store provider synchronises in the background and reports to an IMAPISyncProgressCallback.
// Slots: data/spec/vtables.tsv; reference pages imapisynciunknown, mapisib. The callback is called on the
// synchronising thread.

#ifndef MAPIARY_MAPISYNC_H
#define MAPIARY_MAPISYNC_H

#include "mapidefs.h"
#include "mapix.h"

/* MAPISIB::ulFlags and IOSTX::InitSync */
#define SYNC_UPLOAD_HIERARCHY ((ULONG)0x00000001)
#define SYNC_DOWNLOAD_HIERARCHY ((ULONG)0x00000002)
#define SYNC_UPLOAD_CONTENTS ((ULONG)0x00000040)
#define SYNC_DOWNLOAD_CONTENTS ((ULONG)0x00000080)
#define SYNC_OUTGOING_MAIL ((ULONG)0x00000200)
#define SYNC_BACKGROUND ((ULONG)0x00001000)
#define SYNC_THESE_FOLDERS ((ULONG)0x00020000)
#define SYNC_HEADERS ((ULONG)0x02000000)
#define SYNC_GLOBAL_HEADERS SYNC_HEADERS
#define SYNC_ON_DEMAND ((ULONG)0x20000000) /* a person waits for it */

typedef struct _MAPISIB {
  ULONG ulSize;
  ULONG ulFlags;
  LPMAPISESSION psesSync;
  LPUNKNOWN punkCallBack;  /* query it for IMAPISyncProgressCallback */
  HANDLE* phSyncDoneEvent; /* out: signalled when the thread ends */
} MAPISIB, *PMAPISIB;

#define MAPI_IMAPISYNC_METHODS(IPURE) MAPIMETHOD(SynchronizeInBackground)(THIS_ PMAPISIB psib) IPURE;

#undef INTERFACE
#define INTERFACE IMAPISync
DECLARE_MAPI_INTERFACE_(IMAPISync, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPISYNC_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IMAPISync, LPMAPISYNC);

#define MAPI_IMAPISYNCPROGRESSCALLBACK_METHODS(IPURE)                                            \
  MAPIMETHOD(Progress)(THIS_ const WCHAR* pwcszProgress, ULONG ulIndex, ULONG ulIndexMax) IPURE; \
  MAPIMETHOD(Error)(THIS_ HRESULT hResult, const WCHAR* pwcszError) IPURE;                       \
  MAPIMETHOD(Done)(THIS_ HANDLE hThreadDoneEvent, HRESULT hResult) IPURE;

#undef INTERFACE
#define INTERFACE IMAPISyncProgressCallback
DECLARE_MAPI_INTERFACE_(IMAPISyncProgressCallback,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPISYNCPROGRESSCALLBACK_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IMAPISyncProgressCallback, LPMAPISYNCPROGRESSCALLBACK);

#endif /* MAPIARY_MAPISYNC_H */

/* Outside the guard: a second inclusion after INITGUID defines the identifiers. */
#if !defined(MAPIARY_MAPISYNC_GUIDS) || (defined(INITGUID) && !defined(MAPIARY_MAPISYNC_GUIDS_DEFINED))
#define MAPIARY_MAPISYNC_GUIDS
#ifdef INITGUID
#define MAPIARY_MAPISYNC_GUIDS_DEFINED
#include "win/guiddef.h"
#endif
// clang-format off
DEFINE_GUID(IID_IMAPISync, 0x5024a385, 0x2d44, 0x486a, 0x81, 0xa8, 0x8f, 0x0e, 0xcb, 0x60, 0x71, 0xdd);
DEFINE_GUID(IID_IMAPISyncProgressCallback, 0x5024a386, 0x2d44, 0x486a, 0x81, 0xa8, 0x8f, 0x0e, 0xcb, 0x60, 0x71, 0xdd);
// clang-format on
#endif
