// SPDX-License-Identifier: Apache-2.0
//
// The account manager: mail accounts of a profile, their properties and order. Property tags are in actmgmt_tags.h.
// Slots: data/spec/vtables.tsv; layouts: data/spec/layout.tsv. Reserved slots are undocumented: never call.
// Memory these interfaces return is freed with the same object's FreeMemory.

#ifndef ACTMGMT_INCLUDED
#define ACTMGMT_INCLUDED

#include "actmgmt_tags.h"
#include "mapidefs.h"

/* IOlkAccountManager::Init: dwFlags. The other methods take OLK_ACCOUNT_NO_FLAGS. */
#define ACCT_INIT_NOSYNCH_MAPI_ACCTS 0x00000001
#define OLK_ACCOUNT_NO_FLAGS 0

/* IOlkAccountManager::DisplayAccountList: dwFlags */
#define ACCTUI_NO_WARNING 0x0100
#define ACCTUI_SHOW_DATA_TAB 0x0200
#define ACCTUI_SHOW_ACCTWIZARD 0x0400

/* Results. The header gives E_OLK_REGISTRY the value of E_OLK_ALREADY_INITIALIZED; the page says 0x800C8001. */
#define E_OLK_REGISTRY ((HRESULT)0x800C8002)
#define E_OLK_ALREADY_INITIALIZED ((HRESULT)0x800C8002)
#define E_OLK_PARAM_NOT_SUPPORTED ((HRESULT)0x800C8003)
#define E_OLK_NOT_INITIALIZED ((HRESULT)0x800C8005)
#define E_OLK_PROP_READ_ONLY ((HRESULT)0x800C800D)
#define E_ACCT_NOT_FOUND ((HRESULT)0x800C8101)
#define E_ACCT_WRONG_SORT_ORDER ((HRESULT)0x800C8105)

/* IOlkAccountNotify::Notify: dwNotify */
#define NOTIFY_ACCT_CHANGED 1
#define NOTIFY_ACCT_CREATED 2
#define NOTIFY_ACCT_DELETED 3
#define NOTIFY_ACCT_ORDER_CHANGED 4
#define NOTIFY_ACCT_PREDELETED 5

typedef struct _ACCT_BIN {
  DWORD cb;
  BYTE* pb;
} ACCT_BIN;

/* A value of an account property: dwType is PT_LONG, PT_UNICODE or PT_BINARY. */
typedef struct _ACCT_VARIANT {
  DWORD dwType;
  union {
    DWORD dw;
    WCHAR* pwsz;
    ACCT_BIN bin;
  } Val;
} ACCT_VARIANT;

#define OLK_IOLKERRORUNKNOWN_METHODS(IPURE) MAPIMETHOD(GetLastError)(THIS_ HRESULT hr, LPWSTR * ppwszError) IPURE;

#undef INTERFACE
#define INTERFACE IOlkErrorUnknown
DECLARE_MAPI_INTERFACE_(IOlkErrorUnknown, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) OLK_IOLKERRORUNKNOWN_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IOlkErrorUnknown, LPOLKERRORUNKNOWN);

/* One account. */
#define OLK_IOLKACCOUNT_METHODS(IPURE)                                                                         \
  MAPIMETHOD(PlaceHolder1)(THIS) IPURE;                                                                        \
  MAPIMETHOD(PlaceHolder2)(THIS) IPURE;                                                                        \
  MAPIMETHOD(PlaceHolder3)(THIS) IPURE;                                                                        \
  MAPIMETHOD(PlaceHolder4)(THIS) IPURE;                                                                        \
  MAPIMETHOD(PlaceHolder5)(THIS) IPURE;                                                                        \
  MAPIMETHOD(PlaceHolder6)(THIS) IPURE;                                                                        \
  MAPIMETHOD(GetAccountInfo)(THIS_ CLSID * pclsidType, DWORD * pcCategories, CLSID * *prgclsidCategory) IPURE; \
  MAPIMETHOD(GetProp)(THIS_ DWORD dwProp, ACCT_VARIANT * pVar) IPURE;                                          \
  MAPIMETHOD(SetProp)(THIS_ DWORD dwProp, ACCT_VARIANT * pVar) IPURE;                                          \
  MAPIMETHOD(PlaceHolder7)(THIS) IPURE;                                                                        \
  MAPIMETHOD(PlaceHolder8)(THIS) IPURE;                                                                        \
  MAPIMETHOD(PlaceHolder9)(THIS) IPURE;                                                                        \
  MAPIMETHOD(FreeMemory)(THIS_ BYTE * pv) IPURE;                                                               \
  MAPIMETHOD(PlaceHolder10)(THIS) IPURE;                                                                       \
  MAPIMETHOD(SaveChanges)(THIS_ DWORD dwFlags) IPURE;

#undef INTERFACE
#define INTERFACE IOlkAccount
DECLARE_MAPI_INTERFACE_(IOlkAccount, IOlkErrorUnknown){MAPI_IUNKNOWN_METHODS(PURE) OLK_IOLKERRORUNKNOWN_METHODS(PURE)
                                                           OLK_IOLKACCOUNT_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IOlkAccount, LPOLKACCOUNT);

/* Implemented by the client: lends the manager its profile name and MAPI session. */
#define OLK_IOLKACCOUNTHELPER_METHODS(IPURE)                              \
  MAPIMETHOD(PlaceHolder1)(THIS_ LPVOID pvReserved) IPURE;                \
  MAPIMETHOD(GetIdentity)(THIS_ LPWSTR pwszIdentity, DWORD * pcch) IPURE; \
  MAPIMETHOD(GetMapiSession)(THIS_ LPUNKNOWN * ppmsess) IPURE;            \
  MAPIMETHOD(HandsOffSession)(THIS) IPURE;

#undef INTERFACE
#define INTERFACE IOlkAccountHelper
DECLARE_MAPI_INTERFACE_(IOlkAccountHelper, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) OLK_IOLKACCOUNTHELPER_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IOlkAccountHelper, LPOLKACCOUNTHELPER);

/* Implemented by the client. Microsoft's header forgot `virtual` before Notify; the page has it in the vtable. */
#define OLK_IOLKACCOUNTNOTIFY_METHODS(IPURE) \
  MAPIMETHOD(Notify)(THIS_ DWORD dwNotify, DWORD dwAcctID, DWORD dwFlags) IPURE;

#undef INTERFACE
#define INTERFACE IOlkAccountNotify
DECLARE_MAPI_INTERFACE_(IOlkAccountNotify, IOlkErrorUnknown){
    MAPI_IUNKNOWN_METHODS(PURE) OLK_IOLKERRORUNKNOWN_METHODS(PURE) OLK_IOLKACCOUNTNOTIFY_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IOlkAccountNotify, LPOLKACCOUNTNOTIFY);

/* Accounts one after the other. */
#define OLK_IOLKENUM_METHODS(IPURE)                   \
  MAPIMETHOD(GetCount)(THIS_ DWORD * pulCount) IPURE; \
  MAPIMETHOD(Reset)(THIS) IPURE;                      \
  MAPIMETHOD(GetNext)(THIS_ LPUNKNOWN * ppunk) IPURE; \
  MAPIMETHOD(Skip)(THIS_ DWORD cSkip) IPURE;

#undef INTERFACE
#define INTERFACE IOlkEnum
DECLARE_MAPI_INTERFACE_(IOlkEnum, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) OLK_IOLKENUM_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IOlkEnum, LPOLKENUM);

/* The manager itself. The last four arguments of DisplayAccountList are not used. */
#define OLK_IOLKACCOUNTMANAGER_METHODS(IPURE)                                                           \
  MAPIMETHOD(Init)(THIS_ IOlkAccountHelper * pAcctHelper, DWORD dwFlags) IPURE;                         \
  MAPIMETHOD(DisplayAccountList)                                                                        \
  (THIS_ HWND hwnd, DWORD dwFlags, LPCWSTR wszTitle, DWORD cCategories, const CLSID* rgclsidCategories, \
   const CLSID* pclsidType) IPURE;                                                                      \
  MAPIMETHOD(PlaceHolder1)(THIS) IPURE;                                                                 \
  MAPIMETHOD(PlaceHolder2)(THIS) IPURE;                                                                 \
  MAPIMETHOD(PlaceHolder3)(THIS) IPURE;                                                                 \
  MAPIMETHOD(PlaceHolder4)(THIS) IPURE;                                                                 \
  MAPIMETHOD(PlaceHolder5)(THIS) IPURE;                                                                 \
  MAPIMETHOD(FindAccount)(THIS_ DWORD dwProp, ACCT_VARIANT * pVar, IOlkAccount * *ppAccount) IPURE;     \
  MAPIMETHOD(PlaceHolder6)(THIS) IPURE;                                                                 \
  MAPIMETHOD(PlaceHolder7)(THIS) IPURE;                                                                 \
  MAPIMETHOD(PlaceHolder8)(THIS) IPURE;                                                                 \
  MAPIMETHOD(DeleteAccount)(THIS_ DWORD dwAcctID) IPURE;                                                \
  MAPIMETHOD(PlaceHolder9)(THIS) IPURE;                                                                 \
  MAPIMETHOD(SaveChanges)(THIS_ DWORD dwAcctID, DWORD dwFlags) IPURE;                                   \
  MAPIMETHOD(GetOrder)(THIS_ const CLSID* pclsidCategory, DWORD* pcAccts, DWORD* prgAccts[]) IPURE;     \
  MAPIMETHOD(SetOrder)(THIS_ const CLSID* pclsidCategory, DWORD* pcAccts, DWORD* prgAccts[]) IPURE;     \
  MAPIMETHOD(EnumerateAccounts)                                                                         \
  (THIS_ const CLSID* pclsidCategory, const CLSID* pclsidType, DWORD dwFlags, IOlkEnum** ppEnum) IPURE; \
  MAPIMETHOD(PlaceHolder10)(THIS) IPURE;                                                                \
  MAPIMETHOD(PlaceHolder11)(THIS) IPURE;                                                                \
  MAPIMETHOD(FreeMemory)(THIS_ BYTE * pv) IPURE;                                                        \
  MAPIMETHOD(Advise)(THIS_ IOlkAccountNotify * pNotify, DWORD * pdwCookie) IPURE;                       \
  MAPIMETHOD(Unadvise)(THIS_ DWORD * pdwCookie) IPURE;                                                  \
  MAPIMETHOD(PlaceHolder12)(THIS) IPURE;                                                                \
  MAPIMETHOD(PlaceHolder13)(THIS) IPURE;                                                                \
  MAPIMETHOD(PlaceHolder14)(THIS) IPURE;

#undef INTERFACE
#define INTERFACE IOlkAccountManager
DECLARE_MAPI_INTERFACE_(IOlkAccountManager, IOlkErrorUnknown){
    MAPI_IUNKNOWN_METHODS(PURE) OLK_IOLKERRORUNKNOWN_METHODS(PURE) OLK_IOLKACCOUNTMANAGER_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IOlkAccountManager, LPOLKACCOUNTMANAGER);

#endif /* ACTMGMT_INCLUDED */

/* Outside the guard: a second inclusion after INITGUID defines the identifiers. */
#if !defined(MAPIARY_ACTMGMT_GUIDS) || (defined(INITGUID) && !defined(MAPIARY_ACTMGMT_GUIDS_DEFINED))
#define MAPIARY_ACTMGMT_GUIDS
#ifdef INITGUID
#define MAPIARY_ACTMGMT_GUIDS_DEFINED
#include "win/guiddef.h"
#endif
// clang-format off
DEFINE_GUID(CLSID_OlkAccountManager, 0xed475410, 0xb0d6, 0x11d2, 0x8c, 0x3b, 0x00, 0x10, 0x4b, 0x2a, 0x66, 0x76);
DEFINE_GUID(CLSID_OlkPOP3Account, 0xed475411, 0xb0d6, 0x11d2, 0x8c, 0x3b, 0x00, 0x10, 0x4b, 0x2a, 0x66, 0x76);
DEFINE_GUID(CLSID_OlkIMAP4Account, 0xed475412, 0xb0d6, 0x11d2, 0x8c, 0x3b, 0x00, 0x10, 0x4b, 0x2a, 0x66, 0x76);
DEFINE_GUID(CLSID_OlkMAPIAccount, 0xed475414, 0xb0d6, 0x11d2, 0x8c, 0x3b, 0x00, 0x10, 0x4b, 0x2a, 0x66, 0x76);
DEFINE_GUID(CLSID_OlkHotmailAccount, 0x4db5cbf0, 0x3b77, 0x4852, 0xbc, 0x8e, 0xbb, 0x81, 0x90, 0x88, 0x61, 0xf3);
DEFINE_GUID(CLSID_OlkLDAPAccount, 0x4db5cbf2, 0x3b77, 0x4852, 0xbc, 0x8e, 0xbb, 0x81, 0x90, 0x88, 0x61, 0xf3);
DEFINE_GUID(CLSID_OlkMail, 0xed475418, 0xb0d6, 0x11d2, 0x8c, 0x3b, 0x00, 0x10, 0x4b, 0x2a, 0x66, 0x76);
DEFINE_GUID(CLSID_OlkAddressBook, 0xed475419, 0xb0d6, 0x11d2, 0x8c, 0x3b, 0x00, 0x10, 0x4b, 0x2a, 0x66, 0x76);
DEFINE_GUID(CLSID_OlkStore, 0xed475420, 0xb0d6, 0x11d2, 0x8c, 0x3b, 0x00, 0x10, 0x4b, 0x2a, 0x66, 0x76);
DEFINE_GUID(IID_IOlkErrorUnknown, 0x9240a6c0, 0xaf41, 0x11d2, 0x8c, 0x3b, 0x00, 0x10, 0x4b, 0x2a, 0x66, 0x76);
DEFINE_GUID(IID_IOlkEnum, 0x9240a6c0, 0xaf41, 0x11d2, 0x8c, 0x3b, 0x00, 0x10, 0x4b, 0x2a, 0x66, 0x76);
DEFINE_GUID(IID_IOlkAccountNotify, 0x9240a6c3, 0xaf41, 0x11d2, 0x8c, 0x3b, 0x00, 0x10, 0x4b, 0x2a, 0x66, 0x76);
DEFINE_GUID(IID_IOlkAccountHelper, 0x9240a6cb, 0xaf41, 0x11d2, 0x8c, 0x3b, 0x00, 0x10, 0x4b, 0x2a, 0x66, 0x76);
DEFINE_GUID(IID_IOlkAccountManager, 0x9240a6cd, 0xaf41, 0x11d2, 0x8c, 0x3b, 0x00, 0x10, 0x4b, 0x2a, 0x66, 0x76);
DEFINE_GUID(IID_IOlkAccount, 0x9240a6d2, 0xaf41, 0x11d2, 0x8c, 0x3b, 0x00, 0x10, 0x4b, 0x2a, 0x66, 0x76);
// clang-format on
#endif
