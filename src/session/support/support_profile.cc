// SPDX-License-Identifier: Apache-2.0
// Profile, status table, storages: ModifyStatusRow, OpenProfileSection, ModifyProfile, IStorageFromStream.
#include <mapicode.h>
#include <mapiutil.h>

#include "property/copier.h"
#include "session/support/support_object.h"

namespace mapiary::session {

HRESULT SupportObject::ModifyStatusRow(ULONG count, LPSPropValue values, ULONG flags) {
  return run(Slot::kModifyStatusRow, [&]() -> Status {
    TRY(need_flags(flags, STATUSROW_UPDATE, "ModifyStatusRow"));
    constexpr ULONG kMaxColumns = 4096;
    if (count > kMaxColumns || (count > 0 && !values)) {
      return fail(Code::kInvalidArgument, "session", "ModifyStatusRow got an impossible array of values", count);
    }
    // Every pointer in them is looked at before the session sees them.
    if (count > 0 && ScCountProps(static_cast<int>(count), values, nullptr) != S_OK) {
      return fail(Code::kInvalidArgument, "session", "ModifyStatusRow got a bad value");
    }
    return host_->modify_status_row(seat_, {values, count}, (flags & STATUSROW_UPDATE) != 0);
  });
}

HRESULT SupportObject::OpenProfileSection(LPMAPIUID uid, ULONG flags, LPPROFSECT* out) {
  if (out) *out = nullptr;
  return run(Slot::kOpenProfileSection, [&]() -> Status {
    TRY(need(out, "lppProfileObj"));
    TRY(need_flags(flags, MAPI_DEFERRED_ERRORS | MAPI_MODIFY, "OpenProfileSection"));
    std::optional<Guid> wanted = seat_.section;
    if (uid) wanted = to_guid(*uid);
    if (!wanted) return fail(Code::kNotFound, "session", "the caller has no profile section of its own");
    *out = TRY(host_->open_profile_section(seat_, wanted, flags)).detach();
    return {};
  });
}

HRESULT SupportObject::ModifyProfile(ULONG flags) {
  return run(Slot::kModifyProfile, [&]() -> Status {
    TRY(need_flags(flags, MDB_TEMPORARY, "ModifyProfile"));
    if (flags & MDB_TEMPORARY) return {};
    return host_->make_store_permanent(seat_);
  });
}

HRESULT SupportObject::IStorageFromStream(LPUNKNOWN stream, LPCIID iid, ULONG flags, LPSTORAGE* out) {
  if (out) *out = nullptr;
  return run(Slot::kIStorageFromStream, [&]() -> Status {
    const HRESULT hr = HrIStorageFromStream(stream, iid, flags, out);
    if (FAILED(hr)) return property::copying::outside(hr, "HrIStorageFromStream");
    return {};
  });
}

}  // namespace mapiary::session
