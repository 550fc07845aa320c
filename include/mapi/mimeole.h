// SPDX-License-Identifier: Apache-2.0
//
// The few names of the internet mail library that the MAPI-MIME converter (mapimime.h) takes as arguments: transfer
// encodings, save formats, and how a character set is applied. The library itself is no part of this project.
// Values: data/spec/constants.tsv.

#ifndef MAPIARY_MIMEOLE_H
#define MAPIARY_MIMEOLE_H

#include "mapidefs.h"

typedef enum tagENCODINGTYPE {
  IET_BINARY = 0,
  IET_BASE64 = 1,
  IET_UUENCODE = 2,
  IET_QP = 3,
  IET_7BIT = 4,
  IET_8BIT = 5,
  IET_INETCSET = 6,
  IET_UNICODE = 7,
  IET_RFC1522 = 8,
  IET_ENCODED = 9,
  IET_CURRENT = 10,
  IET_UNKNOWN = 11,
  IET_BINHEX40 = 12,
  IET_LAST = 13
} ENCODINGTYPE;

#define IET_DECODED (IET_BINARY)

typedef enum tagMIMESAVETYPE {
  SAVE_RFC822 = 0, /* plain text, attachments uuencoded */
  SAVE_RFC1521 = 1 /* MIME */
} MIMESAVETYPE;

typedef enum tagCSETAPPLYTYPE { CSET_APPLY_UNTAGGED = 0, CSET_APPLY_ALL = 1, CSET_APPLY_TAG_ALL = 2 } CSETAPPLYTYPE;

/* An opaque character set handle. */
struct HCHARSET__;
typedef const struct HCHARSET__* HCHARSET;
typedef HCHARSET* LPHCHARSET;

#endif /* MAPIARY_MIMEOLE_H */
