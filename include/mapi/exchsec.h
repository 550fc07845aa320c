// SPDX-License-Identifier: Apache-2.0
//
// IMAPISecureMessage: the plain message inside a signed or encrypted one. Query the message for it.
// Slots: data/spec/vtables.tsv; reference page imapisecuremessageiunknown. Reserved slots are undocumented: never call.

#ifndef MAPIARY_EXCHSEC_H
#define MAPIARY_EXCHSEC_H

#include "mapidefs.h"

/* The reference page's name for LPMESSAGE. */
typedef LPMESSAGE LPMMESSAGE;

#define MAPI_IMAPISECUREMESSAGE_METHODS(IPURE)                \
  MAPIMETHOD(IMAPISecureMessage_Placeholder1)(THIS) IPURE;    \
  MAPIMETHOD(IMAPISecureMessage_Placeholder2)(THIS) IPURE;    \
  MAPIMETHOD(IMAPISecureMessage_Placeholder3)(THIS) IPURE;    \
  MAPIMETHOD(IMAPISecureMessage_Placeholder4)(THIS) IPURE;    \
  MAPIMETHOD(GetBaseMessage)(THIS_ LPMMESSAGE * ppmsg) IPURE; \
  MAPIMETHOD(IMAPISecureMessage_Placeholder6)(THIS) IPURE;    \
  MAPIMETHOD(IMAPISecureMessage_Placeholder7)(THIS) IPURE;    \
  MAPIMETHOD(IMAPISecureMessage_Placeholder8)(THIS) IPURE;

#undef INTERFACE
#define INTERFACE IMAPISecureMessage
DECLARE_MAPI_INTERFACE_(IMAPISecureMessage,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPISECUREMESSAGE_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IMAPISecureMessage, LPMAPISECUREMESSAGE);

#endif /* MAPIARY_EXCHSEC_H */

/* Outside the guard: a second inclusion after INITGUID defines the identifiers. */
#if !defined(MAPIARY_EXCHSEC_GUIDS) || (defined(INITGUID) && !defined(MAPIARY_EXCHSEC_GUIDS_DEFINED))
#define MAPIARY_EXCHSEC_GUIDS
#ifdef INITGUID
#define MAPIARY_EXCHSEC_GUIDS_DEFINED
#include "win/guiddef.h"
#endif
// clang-format off
DEFINE_GUID(IID_IMAPISecureMessage, 0x253cc320, 0xeab6, 0x11d0, 0x82, 0x22, 0x00, 0x60, 0x97, 0x93, 0x87, 0xea);
// clang-format on
#endif
