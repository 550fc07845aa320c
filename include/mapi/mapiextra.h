// SPDX-License-Identifier: Apache-2.0
//
// Interfaces, structures and functions the reference describes but no Microsoft header declares: initialisation
// monitor, session of a support object, folder support, blocked attachments, unwrapped stores, and odd exports.
// Slots: data/spec/vtables.tsv; functions: data/spec/functions.tsv. Reserved slots are undocumented: never call.

#ifndef MAPIARY_MAPIEXTRA_H
#define MAPIARY_MAPIEXTRA_H

#include "mapidefs.h"

/* IFolderSupport::GetSupportMask */
#define FS_NONE 0x00000000
#define FS_SUPPORTS_SHARING ((ULONG)0x00000001)

/* Values of the named property ArchiveSourceSupportMask of a store: archive its folders? */
enum { ASM_DEFAULT = 0, ASM_DO_NOT_ARCHIVE = 1 << 0x0, ASM_CLIENT_DO_NOT_CHANGE = 1 << 0xF };

/* Values of the named property CrawlSourceSupportMask of a store: look through its folders at start? */
enum { CSM_DEFAULT = 0, CSM_DO_NOT_CRAWL = 1 << 0x0, CSM_CLIENT_DO_NOT_CHANGE = 1 << 0xF };

/* PR_PROFILE_SERVER_FULL_VERSION */
typedef struct _EXCHANGE_STORE_VERSION_NUM {
  WORD wMajorVersion;
  WORD wMinorVersion;
  WORD wBuild;
  WORD wMinorBuild;
} EXCHANGE_STORE_VERSION_NUM;

/* INDEXING_SEARCH_OWNER: the process that tells an indexer what is ready, by extended notification. */
#define INDEXING_SEARCH_OWNER ((ULONG)0x00000001)

typedef struct _INDEX_SEARCH_PUSHER_PROCESS {
  DWORD dwPID;
} INDEX_SEARCH_PUSHER_PROCESS;

/* Query a support object for it. */
#define MAPI_IMAPIGETSESSION_METHODS(IPURE) MAPIMETHOD(GetMAPISession)(THIS_ LPUNKNOWN * lppSession) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIGetSession
DECLARE_MAPI_INTERFACE_(IMAPIGetSession, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPIGETSESSION_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IMAPIGetSession, LPMAPIGETSESSION);

/* Query a folder for it. */
#define MAPI_IFOLDERSUPPORT_METHODS(IPURE) MAPIMETHOD(GetSupportMask)(THIS_ DWORD * pdwSupportMask) IPURE;

#undef INTERFACE
#define INTERFACE IFolderSupport
DECLARE_MAPI_INTERFACE_(IFolderSupport, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IFOLDERSUPPORT_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IFolderSupport, LPFOLDERSUPPORT);

/* Would Outlook block a file of this name? */
#define MAPI_IATTACHMENTSECURITY_METHODS(IPURE) \
  MAPIMETHOD(IsAttachmentBlocked)(THIS_ LPCWSTR pwszFileName, BOOL * pfBlocked) IPURE;

#undef INTERFACE
#define INTERFACE IAttachmentSecurity
DECLARE_MAPI_INTERFACE_(IAttachmentSecurity,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IATTACHMENTSECURITY_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IAttachmentSecurity, LPATTACHMENTSECURITY);

/* A wrapped store gives up the one inside, without a reference: AddRef it before use. */
#define MAPI_IPROXYSTOREOBJECT_METHODS(IPURE)              \
  MAPIMETHOD(PlaceHolder1)(THIS) IPURE;                    \
  MAPIMETHOD(UnwrapNoRef)(THIS_ LPVOID * ppvObject) IPURE; \
  MAPIMETHOD(PlaceHolder2)(THIS) IPURE;

#undef INTERFACE
#define INTERFACE IProxyStoreObject
DECLARE_MAPI_INTERFACE_(IProxyStoreObject, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IPROXYSTOREOBJECT_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IProxyStoreObject, LPPROXYSTOREOBJECT);

/* Waits until MAPI is initialised; End blocks its caller. Timeouts are milliseconds, or INFINITE. */
#define MAPI_IMAPIWAITRESULT_METHODS(IPURE) MAPIMETHOD(End)(THIS_ DWORD timeout) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIWaitResult
DECLARE_MAPI_INTERFACE_(IMAPIWaitResult, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPIWAITRESULT_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IMAPIWaitResult, LPMAPIWAITRESULT);

/* Callable from any thread, before MAPIInitialize and after MAPIUninitialize. */
#define MAPI_IMAPIINITMONITOR_METHODS(IPURE)    \
  MAPIMETHOD_(BOOL, IsInitialized)(THIS) IPURE; \
  MAPIMETHOD(Wait)(THIS_ DWORD timeout) IPURE;  \
  MAPIMETHOD(BeginWait)(THIS_ DWORD timeout, IMAPIWaitResult * *ppResult) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIInitMonitor
DECLARE_MAPI_INTERFACE_(IMAPIInitMonitor, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPIINITMONITOR_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IMAPIInitMonitor, LPMAPIINITMONITOR);

#pragma GCC visibility push(default)
STDAPI CreateMAPIInitializationMonitor(IMAPIInitMonitor** ppInitMonitor);

/* Where the MAPI library of a component lies; szDllPath has room for cchBufferSize characters. */
STDAPI_(BOOL)
FGetComponentPath(LPCSTR szComponent, LPSTR szQualifier, LPSTR szDllPath, DWORD cchBufferSize, BOOL fInstall);

/* Nonzero on success. */
STDAPI_(DWORD) FixMAPI(void);
#pragma GCC visibility pop

/* Is cached mode the default, for the mailbox and for favourite public folders; does policy say so? */
STDAPI_(BOOL) GetDefCachedMode(BOOL* pfPolicy);
STDAPI_(BOOL) GetDefCachedModeDownloadPubFoldFavs(BOOL* pfPolicy);

/* Exported by Outlook without documentation. */
STDAPI HrCreateNewWrappedObject(void* pvUnwrapped, ULONG ulObjType, ULONG ulFlags, const IID* pIID,
                                const ULONG* pulParam, BOOL fParam, void** ppvWrapped);

/* Autodiscovery answer for an SMTP address. hCancelEvent may be NULL, ulFlags is zero. */
STDAPI HrGetAutoDiscoverXML(LPCWSTR pwzAddress, LPCWSTR pwzPassword, HANDLE hCancelEvent, ULONG ulFlags,
                            IStream** ppXmlStream);

/* The profile wizard; the profile's name comes back in lpszProfileName. */
STDAPI LaunchWizard(HWND hParentWnd, ULONG ulFlags, LPCSTR* lppszServiceNameToAdd, ULONG cchProfileName,
                    LPSTR lpszProfileName);

/* In a crash: writes consistent personal stores to disk and locks them. The high byte is the provider's. */
STDAPI_(void) MAPICrashRecovery(ULONG ulFlags);

#endif /* MAPIARY_MAPIEXTRA_H */

/* Outside the guard: a second inclusion after INITGUID defines the identifiers. */
#if !defined(MAPIARY_MAPIEXTRA_GUIDS) || (defined(INITGUID) && !defined(MAPIARY_MAPIEXTRA_GUIDS_DEFINED))
#define MAPIARY_MAPIEXTRA_GUIDS
#ifdef INITGUID
#define MAPIARY_MAPIEXTRA_GUIDS_DEFINED
#include "win/guiddef.h"
#endif
// clang-format off
DEFINE_GUID(IID_IMAPIGetSession, 0x614ab435, 0x491d, 0x4f5b, 0xa8, 0xb4, 0x60, 0xeb, 0x03, 0x10, 0x30, 0xc6);
DEFINE_GUID(IID_IFolderSupport, 0x00375ac3, 0xecaf, 0x4ef8, 0xa5, 0x27, 0x34, 0xf4, 0x52, 0xfa, 0x9c, 0x67);
DEFINE_GUID(IID_IAttachmentSecurity, 0xb2533636, 0xc3f3, 0x416f, 0xbf, 0x04, 0xae, 0xfe, 0x41, 0xab, 0xaa, 0xe2);
DEFINE_GUID(IID_IProxyStoreObject, 0x29f3ab10, 0x554d, 0x11d0, 0xa9, 0x7c, 0x00, 0xa0, 0xc9, 0x11, 0xf5, 0x0a);
// clang-format on
#endif
