// SPDX-License-Identifier: Apache-2.0
// A client and a provider's objects in the style Windows programs use. This file must compile unmodified, with and
// without UNICODE: it is code of the kind people bring along, so it keeps its own ways (Hungarian names, FAR, T macros,
// Microsoft's spelling of file names) where the rest of the project has others.

// clang-format off
#define USES_IID_IMAPITable
#define USES_IID_IMAPIAdviseSink
#define USES_IID_IMessage
#define USES_IID_IMAPIProp
#include <algorithm>
#include <Windows.h>
#include <TChar.h>
#include <limits>
#include <map>
#include <string>
#include <vector>
#define INITGUID
#include <InitGuid.h>
#include <MAPIX.h>
#include <MAPIUtil.h>
#include <MAPIDefS.h>
#include <MAPICode.h>
#include <MAPITags.h>
#include <MAPIGuid.h>
#include <MAPIForm.h>
#include <MAPISPI.h>
#include <MAPIVal.h>
#include <IMessage.h>
#include <EdkMdb.h>
#include <EMSABTAG.H>
#include <MSPST.h>
#include <TNEF.h>
// clang-format on

enum { ePR_ENTRYID, ePR_DISPLAY_NAME, ePR_MESSAGE_SIZE, NUM_COLS };

static const SizedSPropTagArray(NUM_COLS, sptCols) = {NUM_COLS, {PR_ENTRYID, PR_DISPLAY_NAME, PR_MESSAGE_SIZE}};
static SizedSSortOrderSet(1, sosName) = {1, 0, 0, {{PR_DISPLAY_NAME, TABLE_SORT_ASCEND}}};

DEFINE_GUID(CLSID_ClientStyle, 0x3f1a52c4, 0x77aa, 0x4f0e, 0x9d, 0x11, 0x02, 0x6b, 0x90, 0x13, 0x5c, 0x7e);
DEFINE_OLEGUID(IID_ClientStyleOle, 0x0002a2f1, 0, 0);

#define TRACE_TEXT TEXT("client style")

// The notification side: a class written out by hand.
class CAdviseSink : public IMAPIAdviseSink {
 public:
  CAdviseSink() : m_cRef(1), m_cNotifications(0) {}
  virtual ~CAdviseSink() {}

  STDMETHODIMP QueryInterface(REFIID riid, LPVOID FAR* ppvObj);
  STDMETHODIMP_(ULONG) AddRef();
  STDMETHODIMP_(ULONG) Release();
  STDMETHODIMP_(ULONG) OnNotify(ULONG cNotif, LPNOTIFICATION lpNotifications);

 private:
  LONG m_cRef;
  ULONG m_cNotifications;
};

STDMETHODIMP CAdviseSink::QueryInterface(REFIID riid, LPVOID FAR* ppvObj) {
  if (!ppvObj) return E_INVALIDARG;
  *ppvObj = NULL;
  if (IsEqualIID(riid, IID_IUnknown) || riid == IID_IMAPIAdviseSink) {
    *ppvObj = (LPVOID)this;
    AddRef();
    return NOERROR;
  }
  return ResultFromScode(E_NOINTERFACE);
}

STDMETHODIMP_(ULONG) CAdviseSink::AddRef() {
  return (ULONG)InterlockedIncrement(&m_cRef);
}

STDMETHODIMP_(ULONG) CAdviseSink::Release() {
  LONG lCount = InterlockedDecrement(&m_cRef);
  if (!lCount) delete this;
  return (ULONG)lCount;
}

STDMETHODIMP_(ULONG) CAdviseSink::OnNotify(ULONG cNotif, LPNOTIFICATION lpNotifications) {
  for (ULONG i = 0; i < cNotif; i++) {
    switch (lpNotifications[i].ulEventType) {
      case fnevNewMail:
        m_cNotifications += lpNotifications[i].info.newmail.cbEntryID ? 1 : 0;
        break;
      case fnevTableModified:
        if (lpNotifications[i].info.tab.ulTableEvent == TABLE_ROW_ADDED) m_cNotifications++;
        break;
      case fnevObjectDeleted | fnevObjectMoved:
      default:
        break;
    }
  }
  return 0;
}

// A provider's table: the interface's methods declared by the macro, IMPL instead of PURE.
class CTable : public IMAPITable {
 public:
  MAPI_IUNKNOWN_METHODS(IMPL)
  MAPI_IMAPITABLE_METHODS(IMPL)

  CTable() : m_cRef(1), m_ulRow(0) {}
  virtual ~CTable() {}

 private:
  LONG m_cRef;
  ULONG m_ulRow;
};

STDMETHODIMP CTable::QueryInterface(REFIID riid, LPVOID FAR* ppvObj) {
  *ppvObj = NULL;
  if (riid != IID_IMAPITable && riid != IID_IUnknown) return E_NOINTERFACE;
  *ppvObj = static_cast<IMAPITable*>(this);
  AddRef();
  return S_OK;
}
STDMETHODIMP_(ULONG) CTable::AddRef(THIS) {
  return (ULONG)InterlockedIncrement(&m_cRef);
}
STDMETHODIMP_(ULONG) CTable::Release(THIS) {
  return (ULONG)InterlockedDecrement(&m_cRef);
}
STDMETHODIMP CTable::GetLastError(HRESULT hResult, ULONG ulFlags, LPMAPIERROR FAR* lppMAPIError) {
  if (ulFlags & ~MAPI_UNICODE) return MAPI_E_BAD_CHARWIDTH;
  *lppMAPIError = NULL;
  return hResult == hrSuccess ? S_OK : MAPI_E_NO_SUPPORT;
}
STDMETHODIMP CTable::Advise(ULONG, LPMAPIADVISESINK, ULONG_PTR FAR* lpulConnection) {
  *lpulConnection = (ULONG_PTR)this;
  return S_OK;
}
STDMETHODIMP CTable::Unadvise(ULONG_PTR) {
  return S_OK;
}
STDMETHODIMP CTable::GetStatus(ULONG FAR* lpulTableStatus, ULONG FAR* lpulTableType) {
  *lpulTableStatus = TBLSTAT_COMPLETE;
  *lpulTableType = TBLTYPE_DYNAMIC;
  return S_OK;
}
STDMETHODIMP CTable::SetColumns(LPSPropTagArray, ULONG) {
  return S_OK;
}
STDMETHODIMP CTable::QueryColumns(ULONG, LPSPropTagArray FAR* lpPropTagArray) {
  *lpPropTagArray = (LPSPropTagArray)&sptCols;
  return S_OK;
}
STDMETHODIMP CTable::GetRowCount(ULONG, ULONG FAR* lpulCount) {
  *lpulCount = m_ulRow;
  return S_OK;
}
STDMETHODIMP CTable::SeekRow(BOOKMARK bkOrigin, LONG lRowCount, LONG FAR* lplRowsSought) {
  if (lplRowsSought)
    *lplRowsSought = bkOrigin == BOOKMARK_BEGINNING ? (std::max)(lRowCount, (LONG)0) : std::min<LONG>(lRowCount, 0);
  return S_OK;
}
STDMETHODIMP CTable::SeekRowApprox(ULONG, ULONG) {
  return S_OK;
}
STDMETHODIMP CTable::QueryPosition(ULONG FAR*, ULONG FAR*, ULONG FAR*) {
  return S_OK;
}
STDMETHODIMP CTable::FindRow(LPSRestriction lpRestriction, BOOKMARK, ULONG) {
  return lpRestriction->rt == RES_PROPERTY ? MAPI_E_NOT_FOUND : MAPI_E_TOO_COMPLEX;
}
STDMETHODIMP CTable::Restrict(LPSRestriction, ULONG) {
  return S_OK;
}
STDMETHODIMP CTable::CreateBookmark(BOOKMARK FAR*) {
  return S_OK;
}
STDMETHODIMP CTable::FreeBookmark(BOOKMARK) {
  return S_OK;
}
STDMETHODIMP CTable::SortTable(LPSSortOrderSet, ULONG) {
  return S_OK;
}
STDMETHODIMP CTable::QuerySortOrder(LPSSortOrderSet FAR* lppSortCriteria) {
  *lppSortCriteria = (LPSSortOrderSet)&sosName;
  return S_OK;
}
STDMETHODIMP CTable::QueryRows(LONG, ULONG, LPSRowSet FAR* lppRows) {
  *lppRows = NULL;
  return S_OK;
}
STDMETHODIMP CTable::Abort(THIS) {
  return S_OK;
}
STDMETHODIMP CTable::ExpandRow(ULONG, LPBYTE, ULONG, ULONG, LPSRowSet FAR*, ULONG FAR*) {
  return S_OK;
}
STDMETHODIMP CTable::CollapseRow(ULONG, LPBYTE, ULONG, ULONG FAR*) {
  return S_OK;
}
STDMETHODIMP CTable::WaitForCompletion(ULONG, ULONG, ULONG FAR*) {
  return S_OK;
}
STDMETHODIMP CTable::GetCollapseState(ULONG, ULONG, LPBYTE, ULONG FAR*, LPBYTE FAR*) {
  return S_OK;
}
STDMETHODIMP CTable::SetCollapseState(ULONG, ULONG, LPBYTE, BOOKMARK FAR*) {
  return S_OK;
}

// An interface of the client's own, declared the COM way.
#undef INTERFACE
#define INTERFACE IClientCounter
DECLARE_INTERFACE_(IClientCounter, IUnknown) {
  BEGIN_INTERFACE
  STDMETHOD(QueryInterface)(THIS_ REFIID riid, LPVOID FAR * ppvObj) PURE;
  STDMETHOD_(ULONG, AddRef)(THIS) PURE;
  STDMETHOD_(ULONG, Release)(THIS) PURE;
  STDMETHOD(Count)(THIS_ ULONG FAR * lpulCount) PURE;
};
typedef IClientCounter FAR* LPCLIENTCOUNTER;
DECLARE_MAPI_INTERFACE_PTR(IClientOther, LPCLIENTOTHER);
DECLARE_HANDLE(HCLIENT);

STDAPI_(LONG) NotifyCallback(LPVOID lpvContext, ULONG cNotification, LPNOTIFICATION) {
  *(ULONG*)lpvContext += cNotification;
  return 0;
}

// Open the default store, list a folder, print the names.
static HRESULT OpenDefaultMessageStore(LPMAPISESSION lpSession, LPMDB FAR* lppMDB) {
  HRESULT hRes = S_OK;
  LPMAPITABLE pStoresTbl = NULL;
  LPSRowSet FAR* lppNone = NULL;
  LPSRowSet pRow = NULL;
  SRestriction sres;
  SPropValue spv;
  enum { EID, NAME, NUM };
  static SizedSPropTagArray(NUM, sptEID) = {NUM, {PR_ENTRYID, PR_DISPLAY_NAME}};

  UNREFERENCED_PARAMETER(lppNone);
  ZeroMemory(&sres, sizeof sres);
  *lppMDB = NULL;
  if (FAILED(hRes = lpSession->GetMsgStoresTable(0, &pStoresTbl))) goto Exit;

  sres.rt = RES_PROPERTY;
  sres.res.resProperty.relop = RELOP_EQ;
  sres.res.resProperty.ulPropTag = PR_DEFAULT_STORE;
  sres.res.resProperty.lpProp = &spv;
  spv.ulPropTag = PR_DEFAULT_STORE;
  spv.Value.b = TRUE;

  hRes = HrQueryAllRows(pStoresTbl, (LPSPropTagArray)&sptEID, &sres, NULL, 0, &pRow);
  if (HR_FAILED(hRes)) goto Exit;
  if (pRow && pRow->cRows && PROP_TYPE(pRow->aRow[0].lpProps[EID].ulPropTag) != PT_ERROR) {
    hRes = lpSession->OpenMsgStore((ULONG_PTR)NULL, pRow->aRow[0].lpProps[EID].Value.bin.cb,
                                   (LPENTRYID)pRow->aRow[0].lpProps[EID].Value.bin.lpb, NULL,
                                   MDB_WRITE | MAPI_DEFERRED_ERRORS | MAPI_BEST_ACCESS, lppMDB);
  }

Exit:
  FreeProws(pRow);
  UlRelease(pStoresTbl);
  return hRes;
}

static HRESULT ListMessages(LPMDB lpMDB, LPMAPIFOLDER lpFolder, std::vector<std::wstring>& names) {
  LPMAPITABLE lpTable = NULL;
  ULONG ulObjType = 0, cbEID = 0, ulLargest = 0;
  LPMESSAGE lpMessage = NULL;
  LPENTRYID lpEID = NULL;
  LPSPropValue lpProp = NULL;
  LPSPropTagArray lpTags = (LPSPropTagArray)&sptCols;
  HRESULT hRes = lpFolder->GetContentsTable(MAPI_UNICODE | fMapiUnicode, &lpTable);
  if (FAILED(hRes)) return hRes;
  if (SUCCEEDED(hRes = lpTable->SetColumns(lpTags, TBL_BATCH)) &&
      SUCCEEDED(hRes = lpTable->SortTable((LPSSortOrderSet)&sosName, 0))) {
    for (;;) {
      LPSRowSet lpRows = NULL;
      hRes = lpTable->QueryRows(50, 0, &lpRows);
      if (FAILED(hRes) || !lpRows || !lpRows->cRows) {
        FreeProws(lpRows);
        break;
      }
      for (ULONG i = 0; i < lpRows->cRows; i++) {
        SPropValue& name = lpRows->aRow[i].lpProps[ePR_DISPLAY_NAME];
        if (name.ulPropTag == CHANGE_PROP_TYPE(PR_DISPLAY_NAME, PT_UNICODE)) names.push_back(name.Value.lpszW);
        ulLargest = std::max<ULONG>(ulLargest, (ULONG)lpRows->aRow[i].lpProps[ePR_MESSAGE_SIZE].Value.l);
        cbEID = lpRows->aRow[i].lpProps[ePR_ENTRYID].Value.bin.cb;
        lpEID = (LPENTRYID)lpRows->aRow[i].lpProps[ePR_ENTRYID].Value.bin.lpb;
      }
      FreeProws(lpRows);
    }
  }
  lpTable->Release();
  hRes = lpMDB->OpenEntry(cbEID, lpEID, &IID_IMessage, MAPI_MODIFY, &ulObjType, (LPUNKNOWN FAR*)&lpMessage);
  if (hRes == MAPI_E_NOT_FOUND || FAILED(hRes)) return hRes;
  if (HR_SUCCEEDED(HrGetOneProp((LPMAPIPROP)lpMessage, PR_SUBJECT, &lpProp))) {
    std::basic_string<TCHAR> strSubject(lpProp->Value.LPSZ);
    MAPIFreeBuffer(lpProp);
  }
  lpMessage->Release();
  return ulLargest > (std::numeric_limits<ULONG>::max)() / 2 ? MAPI_W_PARTIAL_COMPLETION : S_OK;
}

static HRESULT AddressMessage(LPMESSAGE lpMessage, LPADRBOOK lpAdrBook, LPTSTR szName) {
  LPADRLIST pAdrList = NULL;
  HRESULT hRes = ResultFromScode(MAPIAllocateBuffer(CbNewADRLIST(1), (LPVOID*)&pAdrList));
  if (FAILED(hRes)) return hRes;
  ZeroMemory(pAdrList, CbNewADRLIST(1));
  enum { NAME, RECIP, NUM_RECIP_PROPS };
  LPSPropValue lpProps = NULL;
  hRes = MAPIAllocateBuffer(NUM_RECIP_PROPS * sizeof(SPropValue), reinterpret_cast<LPVOID*>(&lpProps));
  if (hRes == S_OK) {
    pAdrList->cEntries = 1;
    pAdrList->aEntries[0].cValues = NUM_RECIP_PROPS;
    pAdrList->aEntries[0].rgPropVals = lpProps;
    lpProps[NAME].ulPropTag = PR_DISPLAY_NAME;
    lpProps[NAME].Value.LPSZ = szName;
    lpProps[RECIP].ulPropTag = PR_RECIPIENT_TYPE;
    lpProps[RECIP].Value.l = MAPI_TO;
    hRes = lpAdrBook->ResolveName(0, fMapiUnicode, NULL, pAdrList);
    if (SUCCEEDED(hRes)) hRes = lpMessage->ModifyRecipients(MODRECIP_ADD, pAdrList);
  }
  FreePadrlist(pAdrList);
  return hRes;
}

int WINAPI ClientMain(HINSTANCE hInst, HWND hWnd, LPTSTR lpszProfile) {
  MAPIINIT_0 MAPIINIT = {MAPI_INIT_VERSION, MAPI_MULTITHREAD_NOTIFICATIONS};
  LPMAPISESSION lpSession = NULL;
  LPMDB lpMDB = NULL;
  LPMAPIFOLDER lpFolder = NULL;
  LPMAPIADVISESINK lpSink = NULL;
  ULONG ulCount = 0;
  std::vector<std::wstring> names;
  TCHAR szBuffer[MAX_PATH] = TEXT("");
  const wchar_t* pwszWide = L"wide text";
  FILETIME ft = {0, 0};
  LARGE_INTEGER li;
  SCODE sc = S_OK;

  (void)hInst;
  li.QuadPart = 0x0000000100000002LL;
  ft.dwLowDateTime = li.LowPart;
  ft.dwHighDateTime = (DWORD)li.HighPart;
  (void)ft;

  HRESULT hRes = MAPIInitialize(&MAPIINIT);
  if (HR_FAILED(hRes)) return GetScode(hRes);
  hRes = MAPILogonEx((ULONG_PTR)hWnd, lpszProfile, NULL,
                     MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_LOGON_UI | fMapiUnicode, &lpSession);
  if (SUCCEEDED(hRes)) hRes = OpenDefaultMessageStore(lpSession, &lpMDB);
  if (SUCCEEDED(hRes)) {
    ULONG ulType = 0;
    hRes = lpMDB->OpenEntry(0, NULL, NULL, MAPI_BEST_ACCESS, &ulType, (LPUNKNOWN*)&lpFolder);
    if (SUCCEEDED(hRes)) hRes = ListMessages(lpMDB, lpFolder, names);
  }
  sc = ScDupPropset(0, NULL, MAPIAllocateBuffer, NULL);
  if (FAILED(sc)) lstrcpyn(szBuffer, TRACE_TEXT, MAX_PATH);
  if (SUCCEEDED(HrAllocAdviseSink((LPNOTIFCALLBACK)&NotifyCallback, &ulCount, &lpSink))) lpSink->Release();
  if (lstrlen(szBuffer) && _tcscmp(szBuffer, _T("")) && wcslen(pwszWide) > 3 &&
      IsEqualGUID(CLSID_ClientStyle, GUID_NULL)) {
    names.clear();
  }
  if (lpFolder) lpFolder->Release();
  if (lpMDB) {
    ULONG ulLogoff = LOGOFF_ORDERLY;
    lpMDB->StoreLogoff(&ulLogoff);
    lpMDB->Release();
  }
  if (lpSession) {
    lpSession->Logoff(0, MAPI_LOGOFF_UI, 0);
    lpSession->Release();
  }
  MAPIUninitialize();

  CTable* lpTable = new CTable;
  IUnknown* lpUnk = lpTable;
  (void)lpUnk;
  CAdviseSink* lpOwn = new CAdviseSink;
  lpOwn->Release();
  delete lpTable;
  return std::min(HR_SUCCEEDED(hRes) ? 0 : 1, (int)names.size()) + (AddressMessage(NULL, NULL, szBuffer) == S_OK);
}

// A provider's entry points, with the declarations of mapispi.h.
extern "C" HRESULT STDMAPIINITCALLTYPE MSProviderInit(HINSTANCE, LPMALLOC lpMalloc, LPALLOCATEBUFFER lpAllocateBuffer,
                                                      LPALLOCATEMORE lpAllocateMore, LPFREEBUFFER lpFreeBuffer,
                                                      ULONG ulFlags, ULONG ulMAPIVer, ULONG FAR* lpulProviderVer,
                                                      LPMSPROVIDER FAR* lppMSProvider) {
  if (ulMAPIVer < CURRENT_SPI_VERSION || (ulFlags & MAPI_NT_SERVICE)) return MAPI_E_VERSION;
  if (!lpMalloc || !lpAllocateBuffer || !lpAllocateMore || !lpFreeBuffer) return MAPI_E_INVALID_PARAMETER;
  *lpulProviderVer = CURRENT_SPI_VERSION;
  *lppMSProvider = NULL;
  return S_OK;
}

// Windows providers keep their instance handle this way.
BOOL APIENTRY DllMain(HINSTANCE hInstance, DWORD dwReason, LPVOID) {
  static HINSTANCE s_hInstance;
  switch (dwReason) {
    case DLL_PROCESS_ATTACH:
      s_hInstance = hInstance;
      break;
    case DLL_PROCESS_DETACH:
    case DLL_THREAD_ATTACH:
    case DLL_THREAD_DETACH:
      break;
  }
  return s_hInstance != NULL;
}

// A transport's side of TNEF: what the message's own format cannot carry goes into winmail.dat.
static HRESULT EncodeTnef(LPSTREAM lpStream, LPMESSAGE lpMessage, LPADRBOOK lpAdrBook, WORD wKey) {
  static const SizedSPropTagArray(2, sptExclude) = {2, {PR_BODY, PR_RTF_COMPRESSED}};
  LPITNEF lpTNEF = NULL;
  LPSTnefProblemArray lpProblems = NULL;
  HRESULT hr = OpenTnefStreamEx(NULL, lpStream, (LPTSTR)TEXT("winmail.dat"), TNEF_ENCODE | TNEF_COMPATIBILITY,
                                lpMessage, wKey, lpAdrBook, &lpTNEF);
  if (HR_FAILED(hr)) return hr;
  hr = lpTNEF->AddProps(TNEF_PROP_EXCLUDE, 0, NULL, (LPSPropTagArray)&sptExclude);
  if (HR_SUCCEEDED(hr)) hr = lpTNEF->Finish(0, &wKey, &lpProblems);
  for (ULONG i = 0; lpProblems && i < lpProblems->cProblem; i++) hr = lpProblems->aProblem[i].scode;
  MAPIFreeBuffer(lpProblems);
  lpTNEF->Release();
  return hr;
}

// One triple of attFrom, laid out by hand as Microsoft Mail gateways did.
static LPTRP NextTriple(LPTRP lpTrp) {
  static_assert(sizeof(TRP) == 8 && sizeof(RENDDATA) == 14 && sizeof(DTR) == 14, "wire records");
  if (lpTrp->trpid != trpidOneOff || !LpszOfTrp(lpTrp)[0] || !LpbOfTrp(lpTrp)) return NULL;
  return LptrpNext(lpTrp);
}

HRESULT SendThroughGateway(LPSTREAM lpStream, LPMESSAGE lpMessage, LPADRBOOK lpAdrBook, LPTRP lpTrp) {
  if (ATT_ID(attSubject) != 0x8004 || ATT_TYPE(attRequestRes) != atpShort || !NextTriple(lpTrp)) return E_FAIL;
  return EncodeTnef(lpStream, lpMessage, lpAdrBook, 1);
}
