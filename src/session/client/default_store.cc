// SPDX-License-Identifier: Apache-2.0
// SetDefaultStore. Page: imapisession-setdefaultstore.
#include <mapiutil.h>

#include "com/error_map.h"
#include "session/client/open_store.h"
#include "session/client/session_object.h"
#include "session/client/standard_folders.h"

namespace mapiary::session {
namespace {

constexpr LONG kNeeded = STORE_SUBMIT_OK | STORE_CREATE_OK | STORE_MODIFY_OK;

// `opened`: the open store of the section, or one opened for the question alone (LC-293).
Status check_support(const OpenedStore& opened) {
  com::Ref<IMAPIProp> store;
  HRESULT hr = opened.store->QueryInterface(IID_IMAPIProp, reinterpret_cast<void**>(store.put()));
  LPSPropValue value = nullptr;
  if (SUCCEEDED(hr)) hr = HrGetOneProp(store.get(), PR_STORE_SUPPORT_MASK, &value);
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "GetProps of PR_STORE_SUPPORT_MASK"));
  const LONG mask = value->Value.l;
  MAPIFreeBuffer(value);
  if ((mask & kNeeded) == kNeeded) return {};
  return fail(Code::kNotSupported, "session", "the store cannot be submitted to, created in and changed",
              static_cast<std::uint32_t>(mask));
}

Status set_profile_flag(const SessionStatePtr& state, const Guid& section, LONG flag, bool on) {
  const LONG before = int_of(TRY(state->profile().properties(section)), PROP_ID(PR_RESOURCE_FLAGS)).value_or(0);
  const LONG after = on ? before | flag : before & ~flag;
  if (after == before) return {};
  const auto value = model::PropValue::int32(model::PropTag(PR_RESOURCE_FLAGS), after);
  return state->profile().set_properties(section, {&value, 1});
}

// In the profile: this section has the flag, no other store has.
Status move_profile_flag(const SessionStatePtr& state, const std::optional<Guid>& section, LONG flag) {
  auto change = TRY(state->begin_profile_change());
  std::vector<Guid> touched;
  for (const auto& other : TRY(state->sections_of(ProviderKind::kStore))) {
    const bool on = section == other.uid;
    const bool was = (int_of(other.properties, PROP_ID(PR_RESOURCE_FLAGS)).value_or(0) & flag) != 0;
    if (on == was) continue;
    TRY(set_profile_flag(state, other.uid, flag, on));
    touched.push_back(other.uid);
  }
  TRY(change.commit());
  for (const Guid& uid : touched) TRY(state->refresh_rows(uid));
  return {};
}

}  // namespace

Status set_default_store(const SessionStatePtr& state, ULONG flags, const std::optional<std::string>& id) {
  if (flags < MAPI_DEFAULT_STORE || flags > MAPI_SECONDARY_STORE) {
    return fail(Code::kUnknownFlags, "session", "SetDefaultStore takes exactly one of its flags", flags);
  }
  std::optional<Guid> section;
  if (id) {
    const auto found = TRY(find_store_section(state, *id, true));
    if (!found) return fail(Code::kNotFound, "session", "no message store of the profile has this entry id");
    section = found->uid;
    const LONG own = int_of(found->properties, PROP_ID(PR_RESOURCE_FLAGS)).value_or(0);
    if (flags == MAPI_DEFAULT_STORE && (own & STATUS_NO_DEFAULT_STORE) != 0) {
      return fail(Code::kNotSupported, "session", "the store says that it can never be the default store");
    }
  }
  switch (flags) {
    case MAPI_DEFAULT_STORE: {
      OpenedStore opened;
      if (id) {
        opened = TRY(open_store(state, {*id, 0, nullptr, MDB_WRITE | MDB_NO_DIALOG | MDB_NO_MAIL}));
        TRY(check_support(opened));
      }
      TRY(move_profile_flag(state, section, STATUS_DEFAULT_STORE));
      TRY(state->set_default_store(section));
      if (section) make_standard_folders(state, *section, opened.store.get());
      return {};
    }
    case MAPI_SIMPLE_STORE_TEMPORARY:
      return state->set_simple_store(section);
    case MAPI_SIMPLE_STORE_PERMANENT:
      TRY(move_profile_flag(state, section, STATUS_SIMPLE_STORE));
      return state->set_simple_store(section);
    case MAPI_PRIMARY_STORE:
      return move_profile_flag(state, section, STATUS_PRIMARY_STORE);
    default:
      return move_profile_flag(state, section, STATUS_SECONDARY_STORE);
  }
}

}  // namespace mapiary::session
