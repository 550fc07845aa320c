// SPDX-License-Identifier: Apache-2.0
// IMalloc, streams, storages and lock bytes: the structured-storage interfaces that MAPI passes around.
// Slot order and values are those of the platform SDK. LOCK_WRITE is also an obsolete flock() flag in <fcntl.h>: that
// header is read first and its macro dropped, so that the LOCKTYPE value wins in whatever order a program includes the
// two.
#ifndef MAPI_WIN_OBJIDL_H
#define MAPI_WIN_OBJIDL_H

#if defined(__has_include)
#if __has_include(<fcntl.h>)
#include <fcntl.h>
#endif
#endif
#undef LOCK_WRITE

#include "unknwn.h"

// Storage modes of OpenProperty, IStorage and the docfile functions.
#define STGM_DIRECT 0x00000000
#define STGM_TRANSACTED 0x00010000
#define STGM_SIMPLE 0x08000000
#define STGM_READ 0x00000000
#define STGM_WRITE 0x00000001
#define STGM_READWRITE 0x00000002
#define STGM_SHARE_DENY_NONE 0x00000040
#define STGM_SHARE_DENY_READ 0x00000030
#define STGM_SHARE_DENY_WRITE 0x00000020
#define STGM_SHARE_EXCLUSIVE 0x00000010
#define STGM_PRIORITY 0x00040000
#define STGM_DELETEONRELEASE 0x04000000
#define STGM_NOSCRATCH 0x00100000
#define STGM_CREATE 0x00001000
#define STGM_CONVERT 0x00020000
#define STGM_FAILIFTHERE 0x00000000
#define STGM_NOSNAPSHOT 0x00200000
#define STGM_DIRECT_SWMR 0x00400000

typedef enum tagSTGTY {
  STGTY_STORAGE = 1,
  STGTY_STREAM = 2,
  STGTY_LOCKBYTES = 3,
  STGTY_PROPERTY = 4,
} STGTY;

typedef enum tagSTREAM_SEEK {
  STREAM_SEEK_SET = 0,
  STREAM_SEEK_CUR = 1,
  STREAM_SEEK_END = 2,
} STREAM_SEEK;

typedef enum tagLOCKTYPE {
  LOCK_WRITE = 1,
  LOCK_EXCLUSIVE = 2,
  LOCK_ONLYONCE = 4,
} LOCKTYPE;

typedef enum tagSTGC {
  STGC_DEFAULT = 0,
  STGC_OVERWRITE = 1,
  STGC_ONLYIFCURRENT = 2,
  STGC_DANGEROUSLYCOMMITMERELYTODISKCACHE = 4,
  STGC_CONSOLIDATE = 8,
} STGC;

typedef enum tagSTGMOVE {
  STGMOVE_MOVE = 0,
  STGMOVE_COPY = 1,
  STGMOVE_SHALLOWCOPY = 2,
} STGMOVE;

typedef enum tagSTATFLAG {
  STATFLAG_DEFAULT = 0,
  STATFLAG_NONAME = 1,
  STATFLAG_NOOPEN = 2,
} STATFLAG;

typedef struct tagSTATSTG {
  LPOLESTR pwcsName;
  DWORD type;
  ULARGE_INTEGER cbSize;
  FILETIME mtime;
  FILETIME ctime;
  FILETIME atime;
  DWORD grfMode;
  DWORD grfLocksSupported;
  CLSID clsid;
  DWORD grfStateBits;
  DWORD reserved;
} STATSTG;

// Names to leave out of IStorage::CopyTo and OpenStorage; the block ends with a NULL pointer.
typedef LPOLESTR* SNB;

#define MAPI_WIN_IUNKNOWN_METHODS                                      \
  STDMETHOD(QueryInterface)(THIS_ REFIID riid, void** ppvObject) PURE; \
  STDMETHOD_(ULONG, AddRef)(THIS) PURE;                                \
  STDMETHOD_(ULONG, Release)(THIS) PURE;

#undef INTERFACE
#define INTERFACE IMalloc
DECLARE_INTERFACE_(IMalloc, IUnknown) {
  BEGIN_INTERFACE
  MAPI_WIN_IUNKNOWN_METHODS
  STDMETHOD_(void*, Alloc)(THIS_ SIZE_T cb) PURE;
  STDMETHOD_(void*, Realloc)(THIS_ void* pv, SIZE_T cb) PURE;
  STDMETHOD_(void, Free)(THIS_ void* pv) PURE;
  STDMETHOD_(SIZE_T, GetSize)(THIS_ void* pv) PURE;
  STDMETHOD_(int, DidAlloc)(THIS_ void* pv) PURE;
  STDMETHOD_(void, HeapMinimize)(THIS) PURE;
};
typedef IMalloc* LPMALLOC;

#define MAPI_WIN_ISEQUENTIALSTREAM_METHODS                        \
  STDMETHOD(Read)(THIS_ void* pv, ULONG cb, ULONG* pcbRead) PURE; \
  STDMETHOD(Write)(THIS_ const void* pv, ULONG cb, ULONG* pcbWritten) PURE;

#undef INTERFACE
#define INTERFACE ISequentialStream
DECLARE_INTERFACE_(ISequentialStream,
                   IUnknown){BEGIN_INTERFACE MAPI_WIN_IUNKNOWN_METHODS MAPI_WIN_ISEQUENTIALSTREAM_METHODS};
typedef ISequentialStream* LPSEQUENTIALSTREAM;

#undef INTERFACE
#define INTERFACE IStream
DECLARE_INTERFACE_(IStream, ISequentialStream) {
  BEGIN_INTERFACE
  MAPI_WIN_IUNKNOWN_METHODS
  MAPI_WIN_ISEQUENTIALSTREAM_METHODS
  STDMETHOD(Seek)(THIS_ LARGE_INTEGER dlibMove, DWORD dwOrigin, ULARGE_INTEGER * plibNewPosition) PURE;
  STDMETHOD(SetSize)(THIS_ ULARGE_INTEGER libNewSize) PURE;
  STDMETHOD(CopyTo)
  (THIS_ struct IStream * pstm, ULARGE_INTEGER cb, ULARGE_INTEGER * pcbRead, ULARGE_INTEGER * pcbWritten) PURE;
  STDMETHOD(Commit)(THIS_ DWORD grfCommitFlags) PURE;
  STDMETHOD(Revert)(THIS) PURE;
  STDMETHOD(LockRegion)(THIS_ ULARGE_INTEGER libOffset, ULARGE_INTEGER cb, DWORD dwLockType) PURE;
  STDMETHOD(UnlockRegion)(THIS_ ULARGE_INTEGER libOffset, ULARGE_INTEGER cb, DWORD dwLockType) PURE;
  STDMETHOD(Stat)(THIS_ STATSTG * pstatstg, DWORD grfStatFlag) PURE;
  STDMETHOD(Clone)(THIS_ struct IStream * *ppstm) PURE;
};
typedef IStream* LPSTREAM;

#undef INTERFACE
#define INTERFACE IEnumSTATSTG
DECLARE_INTERFACE_(IEnumSTATSTG, IUnknown) {
  BEGIN_INTERFACE
  MAPI_WIN_IUNKNOWN_METHODS
  STDMETHOD(Next)(THIS_ ULONG celt, STATSTG * rgelt, ULONG * pceltFetched) PURE;
  STDMETHOD(Skip)(THIS_ ULONG celt) PURE;
  STDMETHOD(Reset)(THIS) PURE;
  STDMETHOD(Clone)(THIS_ struct IEnumSTATSTG * *ppenum) PURE;
};
typedef IEnumSTATSTG* LPENUMSTATSTG;

#undef INTERFACE
#define INTERFACE ILockBytes
DECLARE_INTERFACE_(ILockBytes, IUnknown) {
  BEGIN_INTERFACE
  MAPI_WIN_IUNKNOWN_METHODS
  STDMETHOD(ReadAt)(THIS_ ULARGE_INTEGER ulOffset, void* pv, ULONG cb, ULONG* pcbRead) PURE;
  STDMETHOD(WriteAt)(THIS_ ULARGE_INTEGER ulOffset, const void* pv, ULONG cb, ULONG* pcbWritten) PURE;
  STDMETHOD(Flush)(THIS) PURE;
  STDMETHOD(SetSize)(THIS_ ULARGE_INTEGER cb) PURE;
  STDMETHOD(LockRegion)(THIS_ ULARGE_INTEGER libOffset, ULARGE_INTEGER cb, DWORD dwLockType) PURE;
  STDMETHOD(UnlockRegion)(THIS_ ULARGE_INTEGER libOffset, ULARGE_INTEGER cb, DWORD dwLockType) PURE;
  STDMETHOD(Stat)(THIS_ STATSTG * pstatstg, DWORD grfStatFlag) PURE;
};
typedef ILockBytes* LPLOCKBYTES;

#undef INTERFACE
#define INTERFACE IStorage
DECLARE_INTERFACE_(IStorage, IUnknown) {
  BEGIN_INTERFACE
  MAPI_WIN_IUNKNOWN_METHODS
  STDMETHOD(CreateStream)
  (THIS_ const OLECHAR* pwcsName, DWORD grfMode, DWORD reserved1, DWORD reserved2, IStream** ppstm) PURE;
  STDMETHOD(OpenStream)
  (THIS_ const OLECHAR* pwcsName, void* reserved1, DWORD grfMode, DWORD reserved2, IStream** ppstm) PURE;
  STDMETHOD(CreateStorage)
  (THIS_ const OLECHAR* pwcsName, DWORD grfMode, DWORD reserved1, DWORD reserved2, struct IStorage** ppstg) PURE;
  STDMETHOD(OpenStorage)
  (THIS_ const OLECHAR* pwcsName, struct IStorage* pstgPriority, DWORD grfMode, SNB snbExclude, DWORD reserved,
   struct IStorage** ppstg) PURE;
  STDMETHOD(CopyTo)
  (THIS_ DWORD ciidExclude, const IID* rgiidExclude, SNB snbExclude, struct IStorage* pstgDest) PURE;
  STDMETHOD(MoveElementTo)
  (THIS_ const OLECHAR* pwcsName, struct IStorage* pstgDest, const OLECHAR* pwcsNewName, DWORD grfFlags) PURE;
  STDMETHOD(Commit)(THIS_ DWORD grfCommitFlags) PURE;
  STDMETHOD(Revert)(THIS) PURE;
  STDMETHOD(EnumElements)(THIS_ DWORD reserved1, void* reserved2, DWORD reserved3, IEnumSTATSTG** ppenum) PURE;
  STDMETHOD(DestroyElement)(THIS_ const OLECHAR* pwcsName) PURE;
  STDMETHOD(RenameElement)(THIS_ const OLECHAR* pwcsOldName, const OLECHAR* pwcsNewName) PURE;
  STDMETHOD(SetElementTimes)
  (THIS_ const OLECHAR* pwcsName, const FILETIME* pctime, const FILETIME* patime, const FILETIME* pmtime) PURE;
  STDMETHOD(SetClass)(THIS_ REFCLSID clsid) PURE;
  STDMETHOD(SetStateBits)(THIS_ DWORD grfStateBits, DWORD grfMask) PURE;
  STDMETHOD(Stat)(THIS_ STATSTG * pstatstg, DWORD grfStatFlag) PURE;
};
typedef IStorage* LPSTORAGE;
#undef INTERFACE

MAPI_WIN_COM_OLEGUID(IID_IMalloc, 0x00000002);
MAPI_WIN_COM_OLEGUID(IID_ILockBytes, 0x0000000A);
MAPI_WIN_COM_OLEGUID(IID_IStorage, 0x0000000B);
MAPI_WIN_COM_OLEGUID(IID_IStream, 0x0000000C);
MAPI_WIN_COM_OLEGUID(IID_IEnumSTATSTG, 0x0000000D);
MAPI_WIN_COM_GUID(IID_ISequentialStream, 0x0C733A30, 0x2A1C, 0x11CE, 0xAD, 0xE5, 0x00, 0xAA, 0x00, 0x44, 0x77, 0x3D);

#endif  // MAPI_WIN_OBJIDL_H
