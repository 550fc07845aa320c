// SPDX-License-Identifier: Apache-2.0
// Object identifiers of attachment types and encodings (PR_ATTACH_TAG, PR_ATTACH_ENCODING), in BER form: a common
// prefix, OID_TAG or OID_ENCODING, and one to three more bytes ([MS-OXCMSG] 2.2.2.15 and 2.2.2.20). A program names
// what it needs with USES_OID_<x>. One that also defines INITOID gets the bytes (weak, so several translation units
// may), others get a declaration.
#ifndef _MAPIOID_
#define _MAPIOID_

#include "win/basetyps.h"

#define OID_TAG 0x0A
#define OID_ENCODING 0x0B

// Sizes by the number of bytes after OID_TAG or OID_ENCODING.
#define CB_OID_1 9
#define CB_OID_2 10
#define CB_OID_3 11
#define CB_OID_4 12

#ifdef INITOID
#define MAPI_OID_BYTES(name, size, ...)                           \
  MAPI_WIN_C_LINKAGE const BYTE name[size] __attribute__((weak)); \
  const BYTE name[size] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x14, 0x03, __VA_ARGS__}
#else
#define MAPI_OID_BYTES(name, size, ...) MAPI_WIN_C_LINKAGE const BYTE name[size]
#endif
#define DEFINE_OID_1(name, b0, b1) MAPI_OID_BYTES(name, CB_OID_1, b0, b1)
#define DEFINE_OID_2(name, b0, b1, b2) MAPI_OID_BYTES(name, CB_OID_2, b0, b1, b2)
#define DEFINE_OID_3(name, b0, b1, b2, b3) MAPI_OID_BYTES(name, CB_OID_3, b0, b1, b2, b3)
#define DEFINE_OID_4(name, b0, b1, b2, b3, b4) MAPI_OID_BYTES(name, CB_OID_4, b0, b1, b2, b3, b4)

#define CB_OID_TNEF CB_OID_1
#define CB_OID_OLE CB_OID_1
#define CB_OID_OLE1 CB_OID_2
#define CB_OID_OLE1_STORAGE CB_OID_3
#define CB_OID_OLE2 CB_OID_2
#define CB_OID_OLE2_STORAGE CB_OID_3
#define CB_OID_MAC_BINARY CB_OID_1
#define CB_OID_MIMETAG CB_OID_1

#ifdef USES_OID_TNEF
DEFINE_OID_1(OID_TNEF, OID_TAG, 0x01);
#endif
#ifdef USES_OID_OLE
DEFINE_OID_1(OID_OLE, OID_TAG, 0x03);
#endif
#ifdef USES_OID_OLE1
DEFINE_OID_2(OID_OLE1, OID_TAG, 0x03, 0x01);
#endif
#ifdef USES_OID_OLE1_STORAGE
DEFINE_OID_3(OID_OLE1_STORAGE, OID_TAG, 0x03, 0x01, 0x01);
#endif
#ifdef USES_OID_OLE2
DEFINE_OID_2(OID_OLE2, OID_TAG, 0x03, 0x02);
#endif
#ifdef USES_OID_OLE2_STORAGE
DEFINE_OID_3(OID_OLE2_STORAGE, OID_TAG, 0x03, 0x02, 0x01);
#endif
#ifdef USES_OID_MAC_BINARY
DEFINE_OID_1(OID_MAC_BINARY, OID_ENCODING, 0x01);
#endif
#ifdef USES_OID_MIMETAG
DEFINE_OID_1(OID_MIMETAG, OID_TAG, 0x04);
#endif

#endif  // _MAPIOID_
