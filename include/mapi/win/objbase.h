// SPDX-License-Identifier: Apache-2.0
// COM base header: the interfaces of objidl.h and the task allocator. What a method hands out as "allocated by the task
// allocator" (STATSTG::pwcsName) is freed with CoTaskMemFree or the IMalloc of CoGetMalloc or MAPIGetDefaultMalloc:
// they are one. The part with the interface ids has no include guard: objidl.h must see INITGUID each time.
#include "objidl.h"

#ifndef MAPI_WIN_OBJBASE_H
#define MAPI_WIN_OBJBASE_H

#define MEMCTX_TASK 1

#pragma GCC visibility push(default)

STDAPI_(LPVOID) CoTaskMemAlloc(SIZE_T cb);
STDAPI_(LPVOID) CoTaskMemRealloc(LPVOID pv, SIZE_T cb);
STDAPI_(void) CoTaskMemFree(LPVOID pv);
STDAPI CoGetMalloc(DWORD dwMemContext, LPMALLOC* ppMalloc);

#pragma GCC visibility pop

#endif  // MAPI_WIN_OBJBASE_H
