// SPDX-License-Identifier: Apache-2.0
//
// Utility layer of MAPI: tables and property objects in memory (ITableData, IPropData), the idle engine, and helper
// functions over property values, tables, entry ids, times, streams and compressed RTF.
// Strings typed LPTSTR follow the build (UNICODE or not); flags say what a callee gets where a page defines one.
// FtAdcFt and FGetComponentPath are exports that Microsoft's own header leaves out.
#ifndef _MAPIUTIL_H_
#define _MAPIUTIL_H_

#include "mapix.h"

#ifndef BEGIN_INTERFACE
#define BEGIN_INTERFACE
#endif

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

// Functions with LPTSTR and no flag that says its width exist twice, Name and NameW: a UNICODE build links the second.
#ifdef UNICODE
#define MAPIARY_TSTR(name) __asm__(#name "W")
#else
#define MAPIARY_TSTR(name)
#endif

// ITableData: rows in memory that any number of IMAPITable views look at.

DECLARE_MAPI_INTERFACE_PTR(ITableData, LPTABLEDATA);

// Runs when the last reference to the view lpVue goes.
typedef void(STDAPICALLTYPE CALLERRELEASE)(ULONG_PTR ulCallerData, LPTABLEDATA lpTblData, LPMAPITABLE lpVue);

// HrDeleteRows: every row goes and the row set is ignored.
#define TAD_ALL_ROWS 1

#define MAPI_ITABLEDATA_METHODS(IPURE)                                                               \
  MAPIMETHOD(HrGetView)                                                                              \
  (THIS_ LPSSortOrderSet lpSSortOrderSet, CALLERRELEASE * lpfCallerRelease, ULONG_PTR ulCallerData,  \
   LPMAPITABLE * lppMAPITable) IPURE;                                                                \
  MAPIMETHOD(HrModifyRow)(THIS_ LPSRow) IPURE;                                                       \
  MAPIMETHOD(HrDeleteRow)(THIS_ LPSPropValue lpSPropValue) IPURE;                                    \
  MAPIMETHOD(HrQueryRow)(THIS_ LPSPropValue lpsPropValue, LPSRow * lppSRow, ULONG * lpuliRow) IPURE; \
  MAPIMETHOD(HrEnumRow)(THIS_ ULONG ulRowNumber, LPSRow * lppSRow) IPURE;                            \
  MAPIMETHOD(HrNotify)(THIS_ ULONG ulFlags, ULONG cValues, LPSPropValue lpSPropValue) IPURE;         \
  MAPIMETHOD(HrInsertRow)(THIS_ ULONG uliRow, LPSRow lpSRow) IPURE;                                  \
  MAPIMETHOD(HrModifyRows)(THIS_ ULONG ulFlags, LPSRowSet lpSRowSet) IPURE;                          \
  MAPIMETHOD(HrDeleteRows)(THIS_ ULONG ulFlags, LPSRowSet lprowsetToDelete, ULONG * cRowsDeleted) IPURE;

#undef INTERFACE
#define INTERFACE ITableData
DECLARE_MAPI_INTERFACE_(ITableData,
                        IUnknown){BEGIN_INTERFACE MAPI_IUNKNOWN_METHODS(PURE) MAPI_ITABLEDATA_METHODS(PURE)};

STDAPI_(SCODE)
CreateTable(LPCIID lpInterface, ALLOCATEBUFFER* lpAllocateBuffer, ALLOCATEMORE* lpAllocateMore,
            FREEBUFFER* lpFreeBuffer, LPVOID lpvReserved, ULONG ulTableType, ULONG ulPropTagIndexColumn,
            LPSPropTagArray lpSPropTagArrayColumns, LPTABLEDATA* lppTableData);

// IPropData: an IMAPIProp in memory, with access rights per property and for the whole object.

#define IPROP_READONLY ((ULONG)0x00000001)
#define IPROP_READWRITE ((ULONG)0x00000002)
#define IPROP_CLEAN ((ULONG)0x00010000)
#define IPROP_DIRTY ((ULONG)0x00020000)

#define MAPI_IPROPDATA_METHODS(IPURE)                                                                \
  MAPIMETHOD(HrSetObjAccess)(THIS_ ULONG ulAccess) IPURE;                                            \
  MAPIMETHOD(HrSetPropAccess)(THIS_ LPSPropTagArray lpPropTagArray, ULONG * rgulAccess) IPURE;       \
  MAPIMETHOD(HrGetPropAccess)(THIS_ LPSPropTagArray * lppPropTagArray, ULONG * *lprgulAccess) IPURE; \
  MAPIMETHOD(HrAddObjProps)(THIS_ LPSPropTagArray lppPropTagArray, LPSPropProblemArray * lprgulAccess) IPURE;

#undef INTERFACE
#define INTERFACE IPropData
DECLARE_MAPI_INTERFACE_(IPropData, IMAPIProp){BEGIN_INTERFACE MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPIPROP_METHODS(PURE)
                                                  MAPI_IPROPDATA_METHODS(PURE)};

DECLARE_MAPI_INTERFACE_PTR(IPropData, LPPROPDATA);

STDAPI_(SCODE)
CreateIProp(LPCIID lpInterface, ALLOCATEBUFFER* lpAllocateBuffer, ALLOCATEMORE* lpAllocateMore,
            FREEBUFFER* lpFreeBuffer, LPVOID lpvReserved, LPPROPDATA* lppPropData);

#ifndef NOIDLEENGINE

// Idle engine. Routines of higher priority run first; equals take turns.

#define PRILOWEST (-32768)
#define PRIHIGHEST 32767
#define PRIUSER 0

// When a routine runs (iroIdle); FIROWAIT and FIROINTERVAL exclude each other.
#define IRONULL ((USHORT)0x0000)
#define FIROWAIT ((USHORT)0x0001)      // csecIdle is the idle time before each call
#define FIROINTERVAL ((USHORT)0x0002)  // csecIdle is the least time between two calls
#define FIROPERBLOCK ((USHORT)0x0004)  // once in each stretch of idle time
#define FIRODISABLED ((USHORT)0x0020)  // registered, but off
#define FIROONCEONLY ((USHORT)0x0040)  // once, then deregistered

// What ChangeIdleRoutine changes (ircIdle).
#define IRCNULL ((USHORT)0x0000)
#define FIRCPFN ((USHORT)0x0001)   // function
#define FIRCPV ((USHORT)0x0002)    // parameter
#define FIRCPRI ((USHORT)0x0004)   // priority
#define FIRCCSEC ((USHORT)0x0008)  // time
#define FIRCIRO ((USHORT)0x0010)   // options

typedef BOOL(STDAPICALLTYPE FNIDLE)(LPVOID lpvContext);
typedef FNIDLE* PFNIDLE;

typedef void* FTG;  // tag of a registered routine
typedef FTG* PFTG;
#define FTGNULL ((FTG)NULL)

STDAPI_(LONG) MAPIInitIdle(LPVOID lpvReserved);  // 0, or 1 for failure
STDAPI_(VOID) MAPIDeinitIdle(VOID);
#define MAPIDeInitIdle MAPIDeinitIdle  // spelling of the reference page

STDAPI_(FTG)
FtgRegisterIdleRoutine(PFNIDLE lpfnIdle, LPVOID lpvIdleParam, short priIdle, ULONG csecIdle, USHORT iroIdle);
STDAPI_(void) DeregisterIdleRoutine(FTG ftg);
STDAPI_(void) EnableIdleRoutine(FTG ftg, BOOL fEnable);
STDAPI_(void)
ChangeIdleRoutine(FTG ftg, PFNIDLE lpfnIdle, LPVOID lpvIdleParam, short priIdle, ULONG csecIdle, USHORT iroIdle,
                  USHORT ircIdle);

#endif  // NOIDLEENGINE

STDAPI_(LPMALLOC) MAPIGetDefaultMalloc(VOID);

// A file as an IStream.

#define SOF_UNIQUEFILENAME ((ULONG)0x80000000)

STDAPI OpenStreamOnFile(LPALLOCATEBUFFER lpAllocateBuffer, LPFREEBUFFER lpFreeBuffer, ULONG ulFlags,
                        LPCTSTR lpszFileName, LPCTSTR lpszPrefix, LPSTREAM* lppStream) MAPIARY_TSTR(OpenStreamOnFile);
STDAPI OpenStreamOnFileW(LPALLOCATEBUFFER lpAllocateBuffer, LPFREEBUFFER lpFreeBuffer, ULONG ulFlags,
                         LPCWSTR lpszFileName, LPCWSTR lpszPrefix, LPSTREAM* lppStream);

typedef HRESULT(STDMETHODCALLTYPE* LPOPENSTREAMONFILE)(LPALLOCATEBUFFER lpAllocateBuffer, LPFREEBUFFER lpFreeBuffer,
                                                       ULONG ulFlags, LPCTSTR lpszFileName, LPCTSTR lpszPrefix,
                                                       LPSTREAM* lppStream);

#define OPENSTREAMONFILE "OpenStreamOnFile"

// Property values.

STDAPI_(SCODE)
PropCopyMore(LPSPropValue lpSPropValueDest, LPSPropValue lpSPropValueSrc, ALLOCATEMORE* lpfAllocMore, LPVOID lpvObject);
STDAPI_(ULONG) UlPropSize(LPSPropValue lpSPropValue);
STDAPI_(BOOL) FEqualNames(LPMAPINAMEID lpName1, LPMAPINAMEID lpName2);
STDAPI_(void) GetInstance(LPSPropValue lpPropMv, LPSPropValue lpPropSv, ULONG uliInst);

// Folding tables for comparisons of characters and ids (case-sensitive s, insensitive i).
extern char rgchCsds[];
extern char rgchCids[];
extern char rgchCsdi[];
extern char rgchCidi[];

STDAPI_(BOOL) FPropContainsProp(LPSPropValue lpSPropValueDst, LPSPropValue lpSPropValueSrc, ULONG ulFuzzyLevel);
STDAPI_(BOOL) FPropCompareProp(LPSPropValue lpSPropValue1, ULONG ulRelOp, LPSPropValue lpSPropValue2);
STDAPI_(LONG) LPropCompareProp(LPSPropValue lpSPropValueA, LPSPropValue lpSPropValueB);

STDAPI_(HRESULT)
HrAddColumns(LPMAPITABLE lptbl, LPSPropTagArray lpproptagColumnsNew, LPALLOCATEBUFFER lpAllocateBuffer,
             LPFREEBUFFER lpFreeBuffer);
STDAPI_(HRESULT)
HrAddColumnsEx(LPMAPITABLE lptbl, LPSPropTagArray lpproptagColumnsNew, LPALLOCATEBUFFER lpAllocateBuffer,
               LPFREEBUFFER lpFreeBuffer, void (*lpfnFilterColumns)(LPSPropTagArray ptaga));

// Notifications.

STDAPI HrAllocAdviseSink(LPNOTIFCALLBACK lpfnCallback, LPVOID lpvContext, LPMAPIADVISESINK* lppAdviseSink);
STDAPI HrThisThreadAdviseSink(LPMAPIADVISESINK lpAdviseSink, LPMAPIADVISESINK* lppAdviseSink);
STDAPI HrDispatchNotifications(ULONG ulFlags);

// Display tables built from arrays of controls; ulCtlType (DTCT_*) says which member of ctl is meant.

typedef struct {
  ULONG ulCtlType;
  ULONG ulCtlFlags;  // DT_*
  LPBYTE lpbNotif;
  ULONG cbNotif;
  LPTSTR lpszFilter;
  ULONG ulItemID;
  union {
    LPVOID lpv;
    LPDTBLLABEL lplabel;
    LPDTBLEDIT lpedit;
    LPDTBLLBX lplbx;
    LPDTBLCOMBOBOX lpcombobox;
    LPDTBLDDLBX lpddlbx;
    LPDTBLCHECKBOX lpcheckbox;
    LPDTBLGROUPBOX lpgroupbox;
    LPDTBLBUTTON lpbutton;
    LPDTBLRADIOBUTTON lpradiobutton;
    LPDTBLMVLISTBOX lpmvlbx;
    LPDTBLMVDDLBX lpmvddlbx;
    LPDTBLPAGE lppage;
  } ctl;
} DTCTL, *LPDTCTL;

typedef struct {
  ULONG cctl;
  LPTSTR lpszResourceName;  // may be an integer id
  union {
    LPTSTR lpszComponent;
    ULONG ulItemID;
  };
  LPDTCTL lpctl;
} DTPAGE, *LPDTPAGE;

STDAPI BuildDisplayTable(LPALLOCATEBUFFER lpAllocateBuffer, LPALLOCATEMORE lpAllocateMore, LPFREEBUFFER lpFreeBuffer,
                         LPMALLOC lpMalloc, HINSTANCE hInstance, UINT cPages, LPDTPAGE lpPage, ULONG ulFlags,
                         LPMAPITABLE* lppTable, LPTABLEDATA* lppTblData) MAPIARY_TSTR(BuildDisplayTable);

// Measure, copy and relocate arrays of notifications and property values; finding a value in an array.

STDAPI_(SCODE) ScCountNotifications(int cNotifications, LPNOTIFICATION lpNotifications, ULONG* lpcb);
STDAPI_(SCODE) ScCopyNotifications(int cNotification, LPNOTIFICATION lpNotifications, LPVOID lpvDst, ULONG* lpcb);
STDAPI_(SCODE)
ScRelocNotifications(int cNotification, LPNOTIFICATION lpNotifications, LPVOID lpvBaseOld, LPVOID lpvBaseNew,
                     ULONG* lpcb);

STDAPI_(SCODE) ScCountProps(int cValues, LPSPropValue lpPropArray, ULONG* lpcb);
STDAPI_(LPSPropValue) LpValFindProp(ULONG ulPropTag, ULONG cValues, LPSPropValue lpPropArray);
STDAPI_(SCODE) ScCopyProps(int cValues, LPSPropValue lpPropArray, LPVOID lpvDst, ULONG* lpcb);
STDAPI_(SCODE) ScRelocProps(int cValues, LPSPropValue lpPropArray, LPVOID lpvBaseOld, LPVOID lpvBaseNew, ULONG* lpcb);
STDAPI_(SCODE)
ScDupPropset(int cValues, LPSPropValue lpPropArray, LPALLOCATEBUFFER lpAllocateBuffer, LPSPropValue* lppPropArray);

// References, single properties, row sets.

STDAPI_(ULONG) UlAddRef(LPVOID lpunk);
STDAPI_(ULONG) UlRelease(LPVOID lpunk);

STDAPI HrGetOneProp(LPMAPIPROP lpMapiProp, ULONG ulPropTag, LPSPropValue* lppProp);
STDAPI HrSetOneProp(LPMAPIPROP lpMapiProp, LPSPropValue lpProp);
STDAPI_(BOOL) FPropExists(LPMAPIPROP lpMapiProp, ULONG ulPropTag);
STDAPI_(LPSPropValue) PpropFindProp(LPSPropValue lpPropArray, ULONG cValues, ULONG ulPropTag);
STDAPI_(void) FreePadrlist(LPADRLIST lpAdrlist);
STDAPI_(void) FreeProws(LPSRowSet lpRows);
STDAPI HrQueryAllRows(LPMAPITABLE lpTable, LPSPropTagArray lpPropTags, LPSRestriction lpRestriction,
                      LPSSortOrderSet lpSortOrderSet, LONG crowsMax, LPSRowSet* lppRows);

// Flags of HrValidateIPMSubtree.
#define MAPI_FORCE_CREATE 1
#define MAPI_FULL_IPM_TREE 2

STDAPI HrValidateIPMSubtree(LPMDB lpMDB, ULONG ulFlags, ULONG* lpcValues, LPSPropValue* lppValues, LPMAPIERROR* lpperr);

// Hexadecimal text.

STDAPI_(BOOL) FBinFromHex(LPTSTR lpsz, LPBYTE lpb) MAPIARY_TSTR(FBinFromHex);
STDAPI_(SCODE) ScBinFromHexBounded(LPTSTR lpsz, LPBYTE lpb, ULONG cb) MAPIARY_TSTR(ScBinFromHexBounded);
STDAPI_(void) HexFromBin(LPBYTE lpb, int cb, LPTSTR lpsz) MAPIARY_TSTR(HexFromBin);
STDAPI_(ULONG) UlFromSzHex(LPCTSTR lpsz) MAPIARY_TSTR(UlFromSzHex);

// Entry ids and message ids as text and as compounds of a store and a message.

STDAPI HrEntryIDFromSz(LPTSTR lpsz, ULONG* lpcb, LPENTRYID* lppEntryID) MAPIARY_TSTR(HrEntryIDFromSz);
STDAPI HrSzFromEntryID(ULONG cb, LPENTRYID lpEntryID, LPTSTR* lpsz) MAPIARY_TSTR(HrSzFromEntryID);
STDAPI HrComposeEID(LPMAPISESSION lpSession, ULONG cbStoreRecordKey, LPBYTE lpStoreRecordKey, ULONG cbMsgEntryID,
                    LPENTRYID lpMsgEntryID, ULONG* lpcbEID, LPENTRYID* lppEntryID);
STDAPI HrDecomposeEID(LPMAPISESSION lpSession, ULONG cbEntryID, LPENTRYID lpEntryID, ULONG* lpcbStoreEntryID,
                      LPENTRYID* lppStoreEntryID, ULONG* lpcbMsgEntryID, LPENTRYID* lppMsgEntryID);
STDAPI HrComposeMsgID(LPMAPISESSION lpSession, ULONG cbStoreSearchKey, LPBYTE pStoreSearchKey, ULONG cbMsgEntryID,
                      LPENTRYID lpMsgEntryID, LPTSTR* lpszMsgID) MAPIARY_TSTR(HrComposeMsgID);
STDAPI HrDecomposeMsgID(LPMAPISESSION lpSession, LPTSTR lpszMsgID, ULONG* lpcbStoreEntryID, LPENTRYID* lppStoreEntryID,
                        ULONG* lppcbMsgEntryID, LPENTRYID* lppMsgEntryID) MAPIARY_TSTR(HrDecomposeMsgID);

// Strings and paths.

STDAPI_(LPTSTR) SzFindCh(LPCTSTR lpsz, USHORT ch) MAPIARY_TSTR(SzFindCh);
STDAPI_(LPTSTR) SzFindLastCh(LPCTSTR lpsz, USHORT ch) MAPIARY_TSTR(SzFindLastCh);
STDAPI_(LPTSTR) SzFindSz(LPCTSTR lpsz, LPCTSTR lpszKey) MAPIARY_TSTR(SzFindSz);
STDAPI_(unsigned int) UFromSz(LPCTSTR lpsz) MAPIARY_TSTR(UFromSz);

STDAPI_(SCODE) ScUNCFromLocalPath(LPSTR lpszLocal, LPSTR lpszUNC, UINT cchUNC);
STDAPI_(SCODE) ScLocalPathFromUNC(LPSTR lpszUNC, LPSTR lpszLocal, UINT cchLocal);

// 64-bit arithmetic on times.

STDAPI_(FILETIME) FtAddFt(FILETIME ftAddend1, FILETIME ftAddend2);
STDAPI_(FILETIME) FtAdcFt(FILETIME ftAddend1, FILETIME ftAddend2, WORD* pwCarry);
STDAPI_(FILETIME) FtMulDwDw(DWORD ftMultiplicand, DWORD ftMultiplier);
STDAPI_(FILETIME) FtMulDw(DWORD ftMultiplier, FILETIME ftMultiplicand);
STDAPI_(FILETIME) FtSubFt(FILETIME ftMinuend, FILETIME ftSubtrahend);
STDAPI_(FILETIME) FtNegFt(FILETIME ft);

// Messages and stores.

STDAPI_(SCODE) ScCreateConversationIndex(ULONG cbParent, LPBYTE lpbParent, ULONG* lpcbConvIndex, LPBYTE* lppbConvIndex);

STDAPI WrapStoreEntryID(ULONG ulFlags, LPTSTR lpszDLLName, ULONG cbOrigEntry, LPENTRYID lpOrigEntry,
                        ULONG* lpcbWrappedEntry, LPENTRYID* lppWrappedEntry);

// Rich text. WrapCompressedRTFStream takes MAPI_MODIFY and STORE_UNCOMPRESSED_RTF, the Ex form MAPI_NATIVE_BODY too.

#define RTF_SYNC_RTF_CHANGED ((ULONG)0x00000001)
#define RTF_SYNC_BODY_CHANGED ((ULONG)0x00000002)

STDAPI_(HRESULT) RTFSync(LPMESSAGE lpMessage, ULONG ulFlags, BOOL* lpfMessageUpdated);
STDAPI_(HRESULT)
WrapCompressedRTFStream(LPSTREAM lpCompressedRTFStream, ULONG ulFlags, LPSTREAM* lpUncompressedRTFStream);

typedef struct RTF_WCSINFO {
  ULONG size;  // of this structure, in bytes
  ULONG ulFlags;
  ULONG ulInCodePage;   // of the message; for MAPI_NATIVE_BODY only
  ULONG ulOutCodePage;  // wanted; 0 leaves the choice to MAPI; for MAPI_NATIVE_BODY only
} RTF_WCSINFO;

typedef struct RTF_WCSRETINFO {
  ULONG size;           // of this structure, in bytes
  ULONG ulStreamFlags;  // MAPI_NATIVE_BODY_TYPE_*
} RTF_WCSRETINFO;

STDAPI_(HRESULT)
WrapCompressedRTFStreamEx(LPSTREAM pCompressedRTFStream, const RTF_WCSINFO* pWCSInfo, LPSTREAM* ppUncompressedRTFStream,
                          RTF_WCSRETINFO* pRetInfo);

STDAPI_(HRESULT) HrIStorageFromStream(LPUNKNOWN lpUnkIn, LPCIID lpInterface, ULONG ulFlags, LPSTORAGE* lppStorageOut);

// For programs that use helpers without MAPIInitialize; providers never call these.

STDAPI_(SCODE) ScInitMapiUtil(ULONG ulFlags);
STDAPI_(VOID) DeinitMapiUtil(VOID);

STDAPI_(BOOL)
FGetComponentPath(LPCSTR szComponent, LPSTR szQualifier, LPSTR szDllPath, DWORD cchBufferSize, BOOL fInstall);

// Names and types of entry points that a caller looks up at run time.

#define szHrDispatchNotifications "HrDispatchNotifications"
typedef HRESULT(STDAPICALLTYPE DISPATCHNOTIFICATIONS)(ULONG ulFlags);
typedef DISPATCHNOTIFICATIONS* LPDISPATCHNOTIFICATIONS;

#define szScCreateConversationIndex "ScCreateConversationIndex"
typedef SCODE(STDAPICALLTYPE CREATECONVERSATIONINDEX)(ULONG cbParent, LPBYTE lpbParent, ULONG* lpcbConvIndex,
                                                      LPBYTE* lppbConvIndex);
typedef CREATECONVERSATIONINDEX* LPCREATECONVERSATIONINDEX;

typedef BOOL(STDAPICALLTYPE FGETCOMPONENTPATH)(LPTSTR szComponent, LPTSTR szQualifier, LPTSTR szDllPath,
                                               DWORD cchBufferSize, BOOL fInstall);
typedef FGETCOMPONENTPATH* LPFGETCOMPONENTPATH;

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif  // _MAPIUTIL_H_
