// SPDX-License-Identifier: Apache-2.0
// OLE scalar types used by MAPI: CY, BLOB, OLECHAR, DATE and friends.
#ifndef MAPI_WIN_WTYPES_H
#define MAPI_WIN_WTYPES_H

#include "guiddef.h"

typedef WCHAR OLECHAR;
typedef OLECHAR* LPOLESTR;
typedef const OLECHAR* LPCOLESTR;
typedef OLECHAR* BSTR;
#ifndef OLESTR
#define OLESTR(text) L##text
#endif
typedef double DATE;
typedef short VARIANT_BOOL;
#define VARIANT_TRUE ((VARIANT_BOOL)-1)
#define VARIANT_FALSE ((VARIANT_BOOL)0)
typedef WORD CLIPFORMAT;

#ifndef _tagCY_DEFINED
#define _tagCY_DEFINED
#define _CY_DEFINED
typedef union tagCY {
  __extension__ struct { MAPI_WIN_HALVES(ULONG, Lo, LONG, Hi) };
  LONGLONG int64;
} CY;
#endif

#ifndef _tagBLOB_DEFINED
#define _tagBLOB_DEFINED
typedef struct tagBLOB {
  ULONG cbSize;
  BYTE* pBlobData;
} BLOB, *LPBLOB;
#endif

#endif  // MAPI_WIN_WTYPES_H
