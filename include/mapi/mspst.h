// SPDX-License-Identifier: Apache-2.0
//
// Configuring a personal store (.pst) service. A client creates the message service, then configures it with an array
// of these properties; the provider looks in the array first and in the profile section second, except for the old
// password, which counts only in the array. An existing file is opened, else one is created at PR_PST_PATH.
// Values: data/spec/constants.tsv; the tags are in mspst_tags.h.

#ifndef _MSPST_H_
#define _MSPST_H_

#include "mapidefs.h"
#include "mspst_tags.h"

/* First identifier of the tags. */
#define PST_EXTERN_PROPID_BASE (0x6700)

/* PR_PST_ENCRYPTION, at creation only */
#define PSTF_NO_ENCRYPTION ((DWORD)0x80000000)
#define PSTF_COMPRESSABLE_ENCRYPTION ((DWORD)0x40000000)
#define PSTF_BEST_ENCRYPTION ((DWORD)0x20000000)

/* PR_MDB_PROVIDER of personal stores: initialiser of a MAPIUID. */
#define MSPST_UID_PROVIDER \
  { 0x4E, 0x49, 0x54, 0x41, 0xF9, 0xBF, 0xB8, 0x01, 0x00, 0xAA, 0x00, 0x37, 0xD9, 0x6E, 0x00, 0x00 }

#endif /* _MSPST_H_ */
