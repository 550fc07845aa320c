// SPDX-License-Identifier: Apache-2.0
//
// IMSCapabilities: a store tells what it supports beyond PR_STORE_SUPPORT_MASK. Query the store object for it.
// Slots: data/spec/vtables.tsv. Callable from any thread.

#ifndef IMSCAPABILITIES_H
#define IMSCAPABILITIES_H

#include "mapidefs.h"

/* Which capabilities are asked for. Unscoped, so that both spellings in use compile. */
typedef enum MSCAP_SELECTOR {
  MSCAP_SEL_RESERVED1 = 0,
  MSCAP_SEL_RESERVED2 = 1,
  MSCAP_SEL_FOLDER = 2,
  MSCAP_SEL_RESERVED3 = 3,
  MSCAP_SEL_RESTRICTION = 4
} MSCAP_SELECTOR;

/* MSCAP_SEL_FOLDER: folder home pages are allowed in this store. */
#define MSCAP_SECURE_FOLDER_HOMEPAGES ((ULONG)0x00000001)

/* MSCAP_SEL_RESTRICTION: RES_ANNOTATION is understood. */
#define MSCAP_RES_ANNOTATION ((ULONG)0x00000001)

#define MAPI_IMSCAPABILITIES_METHODS(IPURE) \
  MAPIMETHOD_(ULONG, GetCapabilities)(THIS_ MSCAP_SELECTOR mscapSelector) IPURE;

#undef INTERFACE
#define INTERFACE IMSCapabilities
DECLARE_MAPI_INTERFACE_(IMSCapabilities, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMSCAPABILITIES_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IMSCapabilities, LPMSCAPABILITIES);

#endif /* IMSCAPABILITIES_H */

/* Outside the guard: a second inclusion after INITGUID defines the identifiers. */
#if !defined(MAPIARY_IMSCAPABILITIES_GUIDS) || (defined(INITGUID) && !defined(MAPIARY_IMSCAPABILITIES_GUIDS_DEFINED))
#define MAPIARY_IMSCAPABILITIES_GUIDS
#ifdef INITGUID
#define MAPIARY_IMSCAPABILITIES_GUIDS_DEFINED
#include "win/guiddef.h"
#endif
// clang-format off
DEFINE_GUID(IID_IMSCapabilities, 0x00020393, 0x0000, 0x0000, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46);
// clang-format on
#endif
