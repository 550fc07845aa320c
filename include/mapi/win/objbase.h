// SPDX-License-Identifier: Apache-2.0
// COM base header: the interfaces of objidl.h and the task allocator. What a method hands out as "allocated by the task
// allocator" (STATSTG::pwcsName) is freed with CoTaskMemFree or the IMalloc of CoGetMalloc or MAPIGetDefaultMalloc:
// they are one.
#ifndef MAPI_WIN_OBJBASE_H
#define MAPI_WIN_OBJBASE_H

#include "objidl.h"

#define MEMCTX_TASK 1

// A LARGE_INTEGER or ULARGE_INTEGER from 32 bits, with their sign or without: offsets of IStream::Seek.
#define LISet32(li, v) ((li).QuadPart = (LONG)(v))
#define ULISet32(li, v) ((li).QuadPart = (ULONG)(v))

#pragma GCC visibility push(default)

STDAPI_(LPVOID) CoTaskMemAlloc(SIZE_T cb);
STDAPI_(LPVOID) CoTaskMemRealloc(LPVOID pv, SIZE_T cb);
STDAPI_(void) CoTaskMemFree(LPVOID pv);
STDAPI CoGetMalloc(DWORD dwMemContext, LPMALLOC* ppMalloc);

#pragma GCC visibility pop

#endif  // MAPI_WIN_OBJBASE_H
