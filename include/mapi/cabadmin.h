// SPDX-License-Identifier: Apache-2.0
//
// IContabAdmin: takes a contacts folder out of the address book hierarchy. Query the contact address book's container.
// Slots: data/spec/vtables.tsv; reference page icontabadminiunknown.

#ifndef MAPIARY_CABADMIN_H
#define MAPIARY_CABADMIN_H

#include "mapidefs.h"

#define MAPI_ICONTABADMIN_METHODS(IPURE) MAPIMETHOD(RemoveStore)(THIS_ ULONG cbEntryID, LPENTRYID lpEntryID) IPURE;

#undef INTERFACE
#define INTERFACE IContabAdmin
DECLARE_MAPI_INTERFACE_(IContabAdmin, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_ICONTABADMIN_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IContabAdmin, LPCONTABADMIN);

#endif /* MAPIARY_CABADMIN_H */

/* Outside the guard: a second inclusion after INITGUID defines the identifiers. */
#if !defined(MAPIARY_CABADMIN_GUIDS) || (defined(INITGUID) && !defined(MAPIARY_CABADMIN_GUIDS_DEFINED))
#define MAPIARY_CABADMIN_GUIDS
#ifdef INITGUID
#define MAPIARY_CABADMIN_GUIDS_DEFINED
#include "win/guiddef.h"
#endif
// clang-format off
DEFINE_GUID(IID_IContabAdmin, 0xcc6a3ba9, 0xe7f5, 0x4769, 0x88, 0x7b, 0x34, 0xe1, 0x90, 0x81, 0x7b, 0xfc);
// clang-format on
#endif
