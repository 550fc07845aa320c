// SPDX-License-Identifier: Apache-2.0
//
// Lifting the policy that keeps personal stores from growing: a client registers a signed library on the store
// (IPSTOVERRIDEREQ), the library gets an IPSTOVERRIDE1 and decides.
// Slots: data/spec/vtables.tsv; reference page ipstoverridereqiunknown.

#ifndef MAPIARY_PSTOVERRIDE_H
#define MAPIARY_PSTOVERRIDE_H

#include "mapidefs.h"

#define MAPI_IPSTOVERRIDEREQ_METHODS(IPURE) \
  MAPIMETHOD(RegisterTrustedPSTOverrideHandler)(THIS_ LPCWSTR pwzDllPath, LPVOID pvClientData) IPURE;

#undef INTERFACE
#define INTERFACE IPSTOVERRIDEREQ
DECLARE_MAPI_INTERFACE_(IPSTOVERRIDEREQ, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IPSTOVERRIDEREQ_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IPSTOVERRIDEREQ, LPPSTOVERRIDEREQ);

/* The registrations are one PT_MV_UNICODE value: paths of libraries. */
#define MAPI_IPSTOVERRIDE1_METHODS(IPURE)                                  \
  MAPIMETHOD(GetPersistedRegistrations)(THIS_ SPropValue * *ppmval) IPURE; \
  MAPIMETHOD(SetPersistedRegistrations)(THIS_ SPropValue * pmval) IPURE;   \
  MAPIMETHOD(OverridePSTDisableGrow)(THIS) IPURE;

#undef INTERFACE
#define INTERFACE IPSTOVERRIDE1
DECLARE_MAPI_INTERFACE_(IPSTOVERRIDE1, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IPSTOVERRIDE1_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IPSTOVERRIDE1, LPPSTOVERRIDE1);

/* What the library exports under the name HrTrustedPSTOverrideHandlerCallback; pOverride is an IPSTOVERRIDE1. */
typedef HRESULT(HRTRUSTEDPSTOVERRIDEHANDLERCALLBACK)(IMsgStore* pmstore, IUnknown* pOverride, LPVOID pvClientData);

#endif /* MAPIARY_PSTOVERRIDE_H */

/* Outside the guard: a second inclusion after INITGUID defines the identifiers. */
#if !defined(MAPIARY_PSTOVERRIDE_GUIDS) || (defined(INITGUID) && !defined(MAPIARY_PSTOVERRIDE_GUIDS_DEFINED))
#define MAPIARY_PSTOVERRIDE_GUIDS
#ifdef INITGUID
#define MAPIARY_PSTOVERRIDE_GUIDS_DEFINED
#include "win/guiddef.h"
#endif
// clang-format off
DEFINE_GUID(IID_IPSTOVERRIDEREQ, 0x892ebc6d, 0x24dc, 0x4d90, 0xba, 0x48, 0xc6, 0xcb, 0xec, 0x14, 0xa8, 0x6a);
DEFINE_GUID(IID_IPSTOVERRIDE1, 0xfbb68d34, 0xf561, 0x44fb, 0xa8, 0xca, 0xae, 0x36, 0x69, 0x63, 0x42, 0xca);
// clang-format on
#endif
