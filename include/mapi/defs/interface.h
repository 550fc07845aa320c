// SPDX-License-Identifier: Apache-2.0
// The macros MAPI interfaces are declared with. MAPI_<interface>_METHODS(IPURE) lists the methods of one interface in
// slot order: an interface passes PURE, an implementing class passes IMPL and so declares all its overrides. C code
// sees the same objects as a pointer to a table of functions (lpVtbl). Inheritance is single and never virtual: slots
// are the ABI. Part of mapidefs.h; programs include that.
#ifndef MAPI_DEFS_INTERFACE_H
#define MAPI_DEFS_INTERFACE_H

#include "../win/windows.h"

#define DECLARE_MAPI_INTERFACE(iface) DECLARE_INTERFACE(iface)
#define DECLARE_MAPI_INTERFACE_(iface, baseiface) DECLARE_INTERFACE_(iface, baseiface)
#if defined(__cplusplus) && !defined(CINTERFACE)
#define DECLARE_MAPI_INTERFACE_PTR(iface, piface) \
  struct iface;                                   \
  typedef iface* piface
#else
#define DECLARE_MAPI_INTERFACE_PTR(iface, piface) typedef struct iface iface, *piface
#endif

#define MAPIMETHOD(method) MAPIMETHOD_(HRESULT, method)
#define MAPIMETHOD_(type, method) STDMETHOD_(type, method)
// Defining and naming methods outside a class: a prefix takes the place of the class name.
#define MAPIMETHOD_DECLARE(type, method, prefix) STDMETHODIMP_(type) prefix##method
#define MAPIMETHOD_TYPEDEF(type, method, prefix) typedef type(STDMETHODCALLTYPE prefix##method##_METHOD)

#define MAPI_IUNKNOWN_METHODS(IPURE)                                    \
  MAPIMETHOD(QueryInterface)(THIS_ REFIID riid, LPVOID * ppvObj) IPURE; \
  MAPIMETHOD_(ULONG, AddRef)(THIS) IPURE;                               \
  MAPIMETHOD_(ULONG, Release)(THIS) IPURE;

#undef IMPL
#define IMPL

#endif  // MAPI_DEFS_INTERFACE_H
