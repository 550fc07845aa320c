/* SPDX-License-Identifier: Apache-2.0 */
/* A client in C, in the style Windows programs use: lpVtbl calls, statics made by the Sized macros, TEXT. It must
 * compile unmodified as C11, with and without UNICODE; hence its own ways, as in client_style.cpp. */

/* clang-format off */
#include <MAPIX.h>
#include <MAPIUTIL.H>
#include <MAPITAGS.H>
#include <windows.h>
#include <stdlib.h>
#include <string.h>
#include <tnef.h>
/* clang-format on */

enum { iName, iSize, cCols };
static SizedSPropTagArray(cCols, tagaCols) = {cCols, {PR_SUBJECT, PR_MESSAGE_SIZE}};
static SizedSPropTagArray(1, tagaOne) = {1, {PROP_TAG(PT_TSTRING, 0x6655)}};

/* An object in C: the table comes first. */
typedef struct _SINK {
  IMAPIAdviseSinkVtbl FAR* lpVtbl;
  ULONG cRef;
} SINK, FAR* LPSINK;

static STDMETHODIMP SINK_QueryInterface(IMAPIAdviseSink FAR* lpThis, REFIID lpiid, LPVOID FAR* lppvObj) {
  if (memcmp(lpiid, &IID_IUnknown, sizeof(IID)) != 0 && !IsEqualIID(lpiid, &IID_IMAPIAdviseSink)) {
    *lppvObj = NULL;
    return ResultFromScode(E_NOINTERFACE);
  }
  ((LPSINK)lpThis)->cRef++;
  *lppvObj = lpThis;
  return hrSuccess;
}
static STDMETHODIMP_(ULONG) SINK_AddRef(IMAPIAdviseSink FAR* lpThis) {
  return ++((LPSINK)lpThis)->cRef;
}
static STDMETHODIMP_(ULONG) SINK_Release(IMAPIAdviseSink FAR* lpThis) {
  return --((LPSINK)lpThis)->cRef;
}
static STDMETHODIMP_(ULONG) SINK_OnNotify(IMAPIAdviseSink FAR* lpThis, ULONG cNotif, LPNOTIFICATION lpNotif) {
  UNREFERENCED_PARAMETER(lpThis);
  return cNotif && lpNotif[0].ulEventType == fnevNewMail ? 1 : 0;
}

static IMAPIAdviseSinkVtbl vtblSink = {SINK_QueryInterface, SINK_AddRef, SINK_Release, SINK_OnNotify};

HRESULT HrReadFolder(LPMAPIFOLDER lpFolder, LPTSTR lpszWanted, ULONG FAR* lpcFound) {
  LPMAPITABLE lpTable = NULL;
  LPSRowSet lpRows = NULL;
  SINK sink;
  ULONG iRow;
  ULONG_PTR ulConnection = 0;
  SCODE sc;
  LPVOID lpv = NULL;
  HRESULT hr = lpFolder->lpVtbl->GetContentsTable(lpFolder, fMapiUnicode, &lpTable);

  *lpcFound = 0;
  if (HR_FAILED(hr)) return hr;
  sink.lpVtbl = &vtblSink;
  sink.cRef = 1;
  hr = lpTable->lpVtbl->Advise(lpTable, fnevTableModified, (LPMAPIADVISESINK)&sink, &ulConnection);
  if (HR_SUCCEEDED(hr)) hr = lpTable->lpVtbl->SetColumns(lpTable, (LPSPropTagArray)&tagaCols, TBL_BATCH);
  if (HR_SUCCEEDED(hr)) hr = lpTable->lpVtbl->QueryRows(lpTable, 20, 0, &lpRows);
  if (HR_SUCCEEDED(hr)) {
    for (iRow = 0; iRow < lpRows->cRows; iRow++) {
      LPSPropValue lpProp = lpRows->aRow[iRow].lpProps;
      if (PROP_TYPE(lpProp[iName].ulPropTag) == PT_TSTRING && !lstrcmp(lpProp[iName].Value.LPSZ, lpszWanted))
        ++*lpcFound;
    }
    FreeProws(lpRows);
  }
  sc = MAPIAllocateBuffer(CbNewSPropTagArray(3), &lpv);
  if (!FAILED(sc)) MAPIFreeBuffer(lpv);
  lpTable->lpVtbl->Unadvise(lpTable, ulConnection);
  lpTable->lpVtbl->Release(lpTable);
  return PROP_ID(tagaOne.aulPropTag[0]) == 0x6655 ? hr : MAPI_E_CALL_FAILED;
}

HRESULT HrFindInbox(LPMDB lpMDB, ULONG FAR* lpcb, LPENTRYID FAR* lppEntryID) {
  LPTSTR lpszClass = TEXT("IPM.Note");
  LPTSTR lpszExplicit = NULL;
  HRESULT hr = lpMDB->lpVtbl->GetReceiveFolder(lpMDB, lpszClass, fMapiUnicode, lpcb, lppEntryID, &lpszExplicit);
  if (hr == MAPI_E_NO_SUPPORT) return hr;
  MAPIFreeBuffer(lpszExplicit);
  return hr;
}
