// SPDX-License-Identifier: Apache-2.0
// IUnknown and IClassFactory.
#ifndef MAPI_WIN_UNKNWN_H
#define MAPI_WIN_UNKNWN_H

#include "basetyps.h"
#include "winerror.h"
#include "wtypes.h"

#undef INTERFACE
#define INTERFACE IUnknown
DECLARE_INTERFACE(IUnknown) {
  BEGIN_INTERFACE
  STDMETHOD(QueryInterface)(THIS_ REFIID riid, void** ppvObject) PURE;
  STDMETHOD_(ULONG, AddRef)(THIS) PURE;
  STDMETHOD_(ULONG, Release)(THIS) PURE;
};
typedef IUnknown* LPUNKNOWN;

#undef INTERFACE
#define INTERFACE IClassFactory
DECLARE_INTERFACE_(IClassFactory, IUnknown) {
  BEGIN_INTERFACE
  STDMETHOD(QueryInterface)(THIS_ REFIID riid, void** ppvObject) PURE;
  STDMETHOD_(ULONG, AddRef)(THIS) PURE;
  STDMETHOD_(ULONG, Release)(THIS) PURE;
  STDMETHOD(CreateInstance)(THIS_ IUnknown * pUnkOuter, REFIID riid, void** ppvObject) PURE;
  STDMETHOD(LockServer)(THIS_ BOOL fLock) PURE;
};
typedef IClassFactory* LPCLASSFACTORY;
#undef INTERFACE

MAPI_WIN_COM_OLEGUID(IID_IUnknown, 0x00000000);
MAPI_WIN_COM_OLEGUID(IID_IClassFactory, 0x00000001);
MAPI_WIN_COM_GUID(GUID_NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
#define IID_NULL GUID_NULL
#define CLSID_NULL GUID_NULL

#endif  // MAPI_WIN_UNKNWN_H
