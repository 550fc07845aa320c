// SPDX-License-Identifier: Apache-2.0
// Provider administration and the fast shutdown interfaces.
// Part of mapidefs.h; programs include that.
#ifndef MAPI_DEFS_ADMIN_H
#define MAPI_DEFS_ADMIN_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Flags of provider and service entry points that may show dialogs.
#define UI_SERVICE 0x00000002
#define SERVICE_UI_ALWAYS 0x00000002
#define SERVICE_UI_ALLOWED 0x00000010
#define UI_CURRENT_PROVIDER_FIRST 0x00000004

#define MAPI_IPROVIDERADMIN_METHODS(IPURE)                                                             \
  MAPIMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR * lppMAPIError) IPURE;    \
  MAPIMETHOD(GetProviderTable)(THIS_ ULONG ulFlags, LPMAPITABLE * lppTable) IPURE;                     \
  MAPIMETHOD(CreateProvider)                                                                           \
  (THIS_ LPTSTR lpszProvider, ULONG cValues, LPSPropValue lpProps, ULONG_PTR ulUIParam, ULONG ulFlags, \
   MAPIUID * lpUID) IPURE;                                                                             \
  MAPIMETHOD(DeleteProvider)(THIS_ LPMAPIUID lpUID) IPURE;                                             \
  MAPIMETHOD(OpenProfileSection)                                                                       \
  (THIS_ LPMAPIUID lpUID, LPCIID lpInterface, ULONG ulFlags, LPPROFSECT * lppProfSect) IPURE;

#undef INTERFACE
#define INTERFACE IProviderAdmin
DECLARE_MAPI_INTERFACE_(IProviderAdmin,
                        IUnknown){BEGIN_INTERFACE MAPI_IUNKNOWN_METHODS(PURE) MAPI_IPROVIDERADMIN_METHODS(PURE)};

// Fast shutdown: a client asks the session with the first interface, MAPI asks the providers with the second.
DECLARE_MAPI_INTERFACE_PTR(IMAPIClientShutdown, LPMAPICLIENTSHUTDOWN);

#define MAPI_IMAPICLIENTSHUTDOWN_METHODS(IPURE)  \
  MAPIMETHOD(QueryFastShutdown)(THIS) IPURE;     \
  MAPIMETHOD(NotifyProcessShutdown)(THIS) IPURE; \
  MAPIMETHOD(DoFastShutdown)(THIS) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIClientShutdown
DECLARE_MAPI_INTERFACE_(IMAPIClientShutdown,
                        IUnknown){BEGIN_INTERFACE MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPICLIENTSHUTDOWN_METHODS(PURE)};

DECLARE_MAPI_INTERFACE_PTR(IMAPIProviderShutdown, LPMAPIPROVIDERSHUTDOWN);

#define MAPI_IMAPIPROVIDERSHUTDOWN_METHODS(IPURE) \
  MAPIMETHOD(QueryFastShutdown)(THIS) IPURE;      \
  MAPIMETHOD(NotifyProcessShutdown)(THIS) IPURE;  \
  MAPIMETHOD(DoFastShutdown)(THIS) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIProviderShutdown
DECLARE_MAPI_INTERFACE_(IMAPIProviderShutdown,
                        IUnknown){BEGIN_INTERFACE MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPIPROVIDERSHUTDOWN_METHODS(PURE)};

// WrapCompressedRTFStreamEx: the original format of a body, asked for and reported.
#define MAPI_NATIVE_BODY 0x00010000
#define MAPI_NATIVE_BODY_TYPE_RTF 0x00000001
#define MAPI_NATIVE_BODY_TYPE_HTML 0x00000002
#define MAPI_NATIVE_BODY_TYPE_PLAINTEXT 0x00000004

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // MAPI_DEFS_ADMIN_H
