// SPDX-License-Identifier: Apache-2.0
// The macros COM interfaces are written with. In C++ an interface is a struct of pure virtual functions, in C a struct
// with an lpVtbl pointer; both views name the same memory. `interface` is not a macro here, because it is an ordinary
// parameter name in many Linux headers: client code that spells it asks with MAPIARY_DEFINE_INTERFACE before the first
// include.
#ifndef MAPI_WIN_BASETYPS_H
#define MAPI_WIN_BASETYPS_H

#include "guiddef.h"

#ifdef MAPIARY_DEFINE_INTERFACE
#ifndef interface
#define interface struct
#endif
#endif

#ifndef EXTERN_C
#ifdef __cplusplus
#define EXTERN_C extern "C"
#else
#define EXTERN_C extern
#endif
#endif

#define STDMETHODCALLTYPE
#define STDMETHODVCALLTYPE
#define STDAPICALLTYPE
#define STDAPIVCALLTYPE
#define STDAPI EXTERN_C HRESULT STDAPICALLTYPE
#define STDAPI_(type) EXTERN_C type STDAPICALLTYPE
#define STDMETHODIMP HRESULT STDMETHODCALLTYPE
#define STDMETHODIMP_(type) type STDMETHODCALLTYPE

#ifndef BEGIN_INTERFACE
#define BEGIN_INTERFACE
#endif
#ifndef END_INTERFACE
#define END_INTERFACE
#endif
#ifndef FARSTRUCT
#define FARSTRUCT
#endif

#if defined(__cplusplus) && !defined(CINTERFACE)
#define STDMETHOD(method) virtual HRESULT STDMETHODCALLTYPE method
#define STDMETHOD_(type, method) virtual type STDMETHODCALLTYPE method
#define PURE = 0
#define THIS_
#define THIS void
#define DECLARE_INTERFACE(iface) struct iface
#define DECLARE_INTERFACE_(iface, baseiface) struct iface : public baseiface
#else
#define STDMETHOD(method) HRESULT(STDMETHODCALLTYPE* method)
#define STDMETHOD_(type, method) type(STDMETHODCALLTYPE* method)
#define PURE
#define THIS_ INTERFACE *This,
#define THIS INTERFACE* This
#ifdef CONST_VTABLE
#define CONST_VTBL const
#else
#define CONST_VTBL
#endif
#define DECLARE_INTERFACE(iface)           \
  typedef struct iface {                   \
    CONST_VTBL struct iface##Vtbl* lpVtbl; \
  } iface;                                 \
  typedef struct iface##Vtbl iface##Vtbl;  \
  struct iface##Vtbl
#define DECLARE_INTERFACE_(iface, baseiface) DECLARE_INTERFACE(iface)
#endif

#endif  // MAPI_WIN_BASETYPS_H
