// SPDX-License-Identifier: Apache-2.0
// GUID, its aliases and comparisons, and DEFINE_GUID. With INITGUID defined a DEFINE_GUID line defines the object
// (weak, so that several translation units and libraries may do so); without it the line only declares it. Including
// this header again after defining INITGUID switches the macro, so DEFINE_GUID stands outside the include guard.
#ifndef MAPI_WIN_GUIDDEF_H
#define MAPI_WIN_GUIDDEF_H

#include <string.h>

#include "windef.h"

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
  DWORD Data1;
  WORD Data2;
  WORD Data3;
  BYTE Data4[8];
} GUID;
#endif
typedef GUID* LPGUID;
typedef const GUID* LPCGUID;
typedef GUID IID;
typedef IID* LPIID;
typedef GUID CLSID;
typedef CLSID* LPCLSID;
typedef GUID FMTID;
typedef FMTID* LPFMTID;
#define __LPGUID_DEFINED__
#define __LPCGUID_DEFINED__
#define __IID_DEFINED__

#ifdef __cplusplus
#define REFGUID const GUID&
#define REFIID const IID&
#define REFCLSID const CLSID&
#define REFFMTID const FMTID&

inline int IsEqualGUID(REFGUID left, REFGUID right) {
  return memcmp(&left, &right, sizeof(GUID)) == 0;
}
inline int InlineIsEqualGUID(REFGUID left, REFGUID right) {
  return IsEqualGUID(left, right);
}
inline bool operator==(REFGUID left, REFGUID right) {
  return IsEqualGUID(left, right) != 0;
}
inline bool operator!=(REFGUID left, REFGUID right) {
  return IsEqualGUID(left, right) == 0;
}
#else
#define REFGUID const GUID*
#define REFIID const IID*
#define REFCLSID const CLSID*
#define REFFMTID const FMTID*

#define IsEqualGUID(left, right) (memcmp(left, right, sizeof(GUID)) == 0)
#define InlineIsEqualGUID(left, right) IsEqualGUID(left, right)
#endif
#define IsEqualIID(left, right) IsEqualGUID(left, right)
#define IsEqualCLSID(left, right) IsEqualGUID(left, right)
#define IsEqualFMTID(left, right) IsEqualGUID(left, right)

#ifdef __cplusplus
#define MAPI_WIN_C_LINKAGE extern "C"
#else
#define MAPI_WIN_C_LINKAGE extern
#endif

// The ids of COM itself have their bodies in a library that every Windows program is linked with. Here each object that
// sees them brings one, INITGUID or not.
#define MAPI_WIN_COM_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
  MAPI_WIN_C_LINKAGE const GUID name __attribute__((weak));                \
  const GUID name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#define MAPI_WIN_COM_OLEGUID(name, l) MAPI_WIN_COM_GUID(name, l, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)

#endif  // MAPI_WIN_GUIDDEF_H

#undef DEFINE_GUID
#ifdef INITGUID
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
  MAPI_WIN_C_LINKAGE const GUID name __attribute__((weak));          \
  const GUID name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) MAPI_WIN_C_LINKAGE const GUID name
#endif
#undef DEFINE_OLEGUID
#define DEFINE_OLEGUID(name, l, w1, w2) DEFINE_GUID(name, l, w1, w2, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)
