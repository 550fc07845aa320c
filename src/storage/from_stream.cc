// SPDX-License-Identifier: Apache-2.0
// HrIStorageFromStream and MapStorageSCode. Pages: hristoragefromstream, mapstoragescode.
#include <imessage.h>
#include <mapicode.h>
#include <mapispi.h>
#include <mapiutil.h>

#include "property/stream_object.h"
#include "storage/storage_object.h"

namespace mapiary::storage {
namespace {

struct CodeRow {
  SCODE storage;
  SCODE mapi;
};

constexpr CodeRow kCodes[] = {
    {STG_E_FILENOTFOUND, MAPI_E_NOT_FOUND},
    {STG_E_PATHNOTFOUND, MAPI_E_NOT_FOUND},
    {STG_E_TOOMANYOPENFILES, MAPI_E_NOT_ENOUGH_RESOURCES},
    {STG_E_ACCESSDENIED, MAPI_E_NO_ACCESS},
    {STG_E_INVALIDHANDLE, MAPI_E_INVALID_OBJECT},
    {STG_E_INSUFFICIENTMEMORY, MAPI_E_NOT_ENOUGH_MEMORY},
    {STG_E_INVALIDPOINTER, MAPI_E_INVALID_PARAMETER},
    {STG_E_INVALIDPARAMETER, MAPI_E_INVALID_PARAMETER},
    {STG_E_INVALIDNAME, MAPI_E_INVALID_PARAMETER},
    {STG_E_INVALIDFUNCTION, MAPI_E_INVALID_PARAMETER},
    {STG_E_INVALIDFLAG, MAPI_E_UNKNOWN_FLAGS},
    {STG_E_NOMOREFILES, MAPI_E_NOT_FOUND},
    {STG_E_DISKISWRITEPROTECTED, MAPI_E_NO_ACCESS},
    {STG_E_SEEKERROR, MAPI_E_DISK_ERROR},
    {STG_E_WRITEFAULT, MAPI_E_DISK_ERROR},
    {STG_E_READFAULT, MAPI_E_DISK_ERROR},
    {STG_E_SHAREVIOLATION, MAPI_E_NO_ACCESS},
    {STG_E_LOCKVIOLATION, MAPI_E_NO_ACCESS},
    {STG_E_SHAREREQUIRED, MAPI_E_NO_ACCESS},
    {STG_E_FILEALREADYEXISTS, MAPI_E_COLLISION},
    {STG_E_MEDIUMFULL, MAPI_E_NOT_ENOUGH_DISK},
    {STG_E_INVALIDHEADER, MAPI_E_CORRUPT_DATA},
    {STG_E_DOCFILECORRUPT, MAPI_E_CORRUPT_DATA},
    {STG_E_INCOMPLETE, MAPI_E_CORRUPT_DATA},
    {STG_E_OLDFORMAT, MAPI_E_VERSION},
    {STG_E_OLDDLL, MAPI_E_VERSION},
    {STG_E_UNIMPLEMENTEDFUNCTION, MAPI_E_NO_SUPPORT},
    {STG_E_INUSE, MAPI_E_BUSY},
    {STG_E_NOTCURRENT, MAPI_E_OBJECT_CHANGED},
    {STG_E_REVERTED, MAPI_E_OBJECT_DELETED},
    {STG_E_CANTSAVE, MAPI_E_UNABLE_TO_COMPLETE},
    {STG_E_TERMINATED, MAPI_E_USER_CANCEL},
};

Result<std::shared_ptr<cfb::ByteStore>> store_of(IUnknown* unknown, LPCIID iid, ULONG flags) {
  if (iid && IsEqualGUID(*iid, IID_ILockBytes)) {
    com::Ref<ILockBytes> bytes;
    if (FAILED(unknown->QueryInterface(IID_ILockBytes, reinterpret_cast<void**>(bytes.put())))) {
      return fail(Code::kInterfaceNotSupported, "storage", "the object has no ILockBytes");
    }
    return store_on_lock_bytes(std::move(bytes));
  }
  if (iid && !IsEqualGUID(*iid, IID_IStream)) {
    return fail(Code::kInterfaceNotSupported, "storage", "storages are made from IStream and ILockBytes only");
  }
  com::Ref<IStream> stream;
  if (FAILED(unknown->QueryInterface(IID_IStream, reinterpret_cast<void**>(stream.put())))) {
    return fail(Code::kInterfaceNotSupported, "storage", "the object has no IStream");
  }
  ULARGE_INTEGER base{};
  if (flags & STGSTRM_CURRENT) {
    const HRESULT hr = stream->Seek(LARGE_INTEGER{}, STREAM_SEEK_CUR, &base);
    if (FAILED(hr)) return tl::unexpected(property::storage_error(hr, "IStream::Seek"));
  }
  return store_on_stream(std::move(stream), base.QuadPart);
}

}  // namespace
}  // namespace mapiary::storage

STDAPI_(HRESULT) HrIStorageFromStream(LPUNKNOWN unknown, LPCIID iid, ULONG flags, LPSTORAGE* out) {
  using namespace mapiary;
  if (out) *out = nullptr;
  return com::border([&]() -> Status {
    if (!unknown || !out) return fail(Code::kInvalidArgument, "storage", "HrIStorageFromStream got a NULL pointer");
    if (flags & ~(STGSTRM_CREATE | STGSTRM_CURRENT | STGSTRM_MODIFY)) {
      return fail(Code::kUnknownFlags, "storage", "HrIStorageFromStream does not define a flag it got", flags);
    }
    auto store = TRY(storage::store_of(unknown, iid, flags));
    const bool create = (flags & STGSTRM_CREATE) != 0;
    auto file = TRY(create ? cfb::CompoundFile::create(std::move(store)) : cfb::CompoundFile::open(std::move(store)));
    // A new storage that cannot be written would be of no use: creating implies the right to change it.
    *out = storage::make_root(std::move(file), create || (flags & STGSTRM_MODIFY)).detach();
    return {};
  });
}

STDAPI_(SCODE) MapStorageSCode(SCODE code) {
  if (SUCCEEDED(code)) return S_OK;
  for (const auto& row : mapiary::storage::kCodes) {
    if (row.storage == code) return row.mapi;
  }
  // Memory and argument errors that every COM object may give are MAPI's own already.
  if (code == E_OUTOFMEMORY || code == E_INVALIDARG || code == E_ACCESSDENIED) return code;
  return MAPI_E_CALL_FAILED;
}
