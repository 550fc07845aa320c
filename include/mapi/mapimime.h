// SPDX-License-Identifier: Apache-2.0
//
// IConverterSession: messages to MIME and back. One session converts one message at a time; settings hold until
// changed. Slots: data/spec/vtables.tsv; reference page iconvertersessioniunknown. Reserved slots are undocumented:
// never call.

#ifndef MAPIARY_MAPIMIME_H
#define MAPIARY_MAPIMIME_H

#ifndef __cplusplus
#include <stdbool.h>
#endif

#include "mapidefs.h"
#include "mimeole.h"

/* MIMEToMAPI and MAPIToMIMEStm: ulFlags. CCSF_SMTP goes with every SMTP message. */
#define CCSF_SMTP ((ULONG)0x00000002)
#define CCSF_NOHEADERS ((ULONG)0x00000004)
#define CCSF_USE_TNEF ((ULONG)0x00000010)
#define CCSF_INCLUDE_BCC ((ULONG)0x00000020)
#define CCSF_8BITHEADERS ((ULONG)0x00000040)
#define CCSF_USE_RTF ((ULONG)0x00000080)
#define CCSF_PLAIN_TEXT_ONLY ((ULONG)0x00001000)
#define CCSF_NO_MSGID ((ULONG)0x00004000)
#define CCSF_EMBEDDED_MESSAGE ((ULONG)0x00008000)
#define CCSF_PRESERVE_SOURCE ((ULONG)0x00040000)
#define CCSF_GLOBAL_MESSAGE ((ULONG)0x00200000)

/* SetTextWrapping and SetSaveFormat: leave it to the converter. */
#define USE_DEFAULT_WRAPPING ((ULONG)0xFFFFFFFF)
#define USE_DEFAULT_SAVETYPE ((MIMESAVETYPE)0xFFFFFFFF)

#define MAPI_ICONVERTERSESSION_METHODS(IPURE)                                                         \
  MAPIMETHOD(SetAdrBook)(THIS_ LPADRBOOK pab) IPURE;                                                  \
  MAPIMETHOD(SetEncoding)(THIS_ ENCODINGTYPE et) IPURE;                                               \
  MAPIMETHOD(PlaceHolder1)(THIS) IPURE;                                                               \
  MAPIMETHOD(MIMEToMAPI)(THIS_ LPSTREAM pstm, LPMESSAGE pmsg, LPCSTR pszSrcSrv, ULONG ulFlags) IPURE; \
  MAPIMETHOD(MAPIToMIMEStm)(THIS_ LPMESSAGE pmsg, LPSTREAM pstm, ULONG ulFlags) IPURE;                \
  MAPIMETHOD(PlaceHolder2)(THIS) IPURE;                                                               \
  MAPIMETHOD(PlaceHolder3)(THIS) IPURE;                                                               \
  MAPIMETHOD(PlaceHolder4)(THIS) IPURE;                                                               \
  MAPIMETHOD(SetTextWrapping)(THIS_ bool fWrapText, ULONG ulWrapWidth) IPURE;                         \
  MAPIMETHOD(SetSaveFormat)(THIS_ MIMESAVETYPE mstSaveFormat) IPURE;                                  \
  MAPIMETHOD(PlaceHolder5)(THIS) IPURE;                                                               \
  MAPIMETHOD(SetCharset)(THIS_ bool fApply, HCHARSET hcharset, CSETAPPLYTYPE csetapplytype) IPURE;

#undef INTERFACE
#define INTERFACE IConverterSession
DECLARE_MAPI_INTERFACE_(IConverterSession, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPI_ICONVERTERSESSION_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IConverterSession, LPCONVERTERSESSION);

#endif /* MAPIARY_MAPIMIME_H */

/* Outside the guard: a second inclusion after INITGUID defines the identifiers. */
#if !defined(MAPIARY_MAPIMIME_GUIDS) || (defined(INITGUID) && !defined(MAPIARY_MAPIMIME_GUIDS_DEFINED))
#define MAPIARY_MAPIMIME_GUIDS
#ifdef INITGUID
#define MAPIARY_MAPIMIME_GUIDS_DEFINED
#include "win/guiddef.h"
#endif
// clang-format off
DEFINE_GUID(CLSID_IConverterSession, 0x4e3a7680, 0xb77a, 0x11d0, 0x9d, 0xa5, 0x00, 0xc0, 0x4f, 0xd6, 0x56, 0x85);
DEFINE_GUID(IID_IConverterSession, 0x4b401570, 0xb77b, 0x11d0, 0x9d, 0xa5, 0x00, 0xc0, 0x4f, 0xd6, 0x56, 0x85);
// clang-format on
#endif
