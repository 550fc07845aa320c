// SPDX-License-Identifier: Apache-2.0
// The table between Code and STG_E_*, both ways.
#include <mapicode.h>

#include "com/error_map.h"
#include "property/stream_object.h"

namespace mapiary::property {
namespace {

struct Row {
  Code code;
  HRESULT hr;
};

// The first row of a Code gives its STG_E_*, the first row of an STG_E_* its Code.
constexpr Row kRows[] = {
    {Code::kNotFound, STG_E_FILENOTFOUND},
    {Code::kNotFound, STG_E_PATHNOTFOUND},
    {Code::kNoMemory, STG_E_INSUFFICIENTMEMORY},
    {Code::kNoAccess, STG_E_ACCESSDENIED},
    {Code::kReadOnly, STG_E_ACCESSDENIED},
    {Code::kReadOnly, STG_E_DISKISWRITEPROTECTED},
    {Code::kLocked, STG_E_LOCKVIOLATION},
    {Code::kLocked, STG_E_SHAREVIOLATION},
    {Code::kBusy, STG_E_INUSE},
    {Code::kCollision, STG_E_FILEALREADYEXISTS},
    {Code::kInvalidArgument, STG_E_INVALIDPARAMETER},
    {Code::kInvalidArgument, STG_E_INVALIDPOINTER},
    {Code::kInvalidArgument, STG_E_INVALIDHANDLE},
    {Code::kInvalidArgument, STG_E_INVALIDFUNCTION},
    {Code::kInvalidArgument, STG_E_INVALIDNAME},
    {Code::kStringTooLong, STG_E_INVALIDNAME},
    {Code::kUnknownFlags, STG_E_INVALIDFLAG},
    {Code::kNoDiskSpace, STG_E_MEDIUMFULL},
    {Code::kTooBig, STG_E_MEDIUMFULL},
    {Code::kNoResources, STG_E_TOOMANYOPENFILES},
    {Code::kCorrupt, STG_E_DOCFILECORRUPT},
    {Code::kCorrupt, STG_E_INVALIDHEADER},
    {Code::kCorruptStore, STG_E_DOCFILECORRUPT},
    {Code::kTruncated, STG_E_DOCFILECORRUPT},
    {Code::kTruncated, STG_E_INCOMPLETE},
    {Code::kTooDeep, STG_E_DOCFILECORRUPT},
    {Code::kVersion, STG_E_OLDFORMAT},
    {Code::kVersion, STG_E_OLDDLL},
    {Code::kDiskError, STG_E_WRITEFAULT},
    {Code::kDiskError, STG_E_READFAULT},
    {Code::kDiskError, STG_E_SEEKERROR},
    {Code::kObjectChanged, STG_E_NOTCURRENT},
    {Code::kInvalidObject, STG_E_REVERTED},
    {Code::kObjectDeleted, STG_E_REVERTED},
    {Code::kNotSupported, STG_E_UNIMPLEMENTEDFUNCTION},
    {Code::kUnableToComplete, STG_E_CANTSAVE},
};

}  // namespace

HRESULT to_storage_hresult(const Error& error, Access access) {
  if (error.code == Code::kDiskError) {
    const auto told = static_cast<HRESULT>(static_cast<std::uint32_t>(error.value));
    if (told == STG_E_READFAULT || told == STG_E_WRITEFAULT || told == STG_E_SEEKERROR) return told;
    return access == Access::kRead ? STG_E_READFAULT : STG_E_WRITEFAULT;
  }
  for (const Row& row : kRows) {
    if (row.code == error.code) return row.hr;
  }
  const HRESULT hr = com::to_hresult(error);
  return HRESULT_FACILITY(hr) == FACILITY_STORAGE ? hr : STG_E_UNKNOWN;
}

Error storage_error(HRESULT hr, std::string_view what) {
  for (const Row& row : kRows) {
    if (row.hr == hr) return Error(row.code, "storage", std::string(what) + " failed", static_cast<std::uint32_t>(hr));
  }
  return com::outside_error(hr, what);
}

}  // namespace mapiary::property
