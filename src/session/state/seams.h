// SPDX-License-Identifier: Apache-2.0
// What the session's rooms ask of admin/: the factories of the objects that room writes, and what client/ gives to
// others. Defined there (admin/*.cc, client/session_object.cc). None is called with a lock held.
#pragma once

#include <mapispi.h>
#include <mapix.h>

#include <span>
#include <string>

#include "base/guid.h"
#include "com/ref.h"
#include "model/prop_value.h"
#include "session/state/session_state.h"

namespace mapiary::session {

// client/: a further session object on the same state, for IMAPIGetSession. kInvalidObject after the session's end.
Result<com::Ref<IMAPISession>> make_session_object(SessionStatePtr state);

// admin/: MAPIAdminProfiles, after its arguments are checked.
Result<com::Ref<IProfAdmin>> make_profile_admin();

// admin/: IMAPISession::AdminServices on the session's own profile.
Result<com::Ref<IMsgServiceAdmin>> make_service_admin(SessionStatePtr state);

// Who opens a profile section: sections of providers are closed to clients without MAPI_FORCE_ACCESS (LC-343).
enum class SectionCaller { kClient, kProvider };
// admin/: OpenProfileSection of session, support objects and IMsgServiceAdmin alike: sharing rules LC-338..LC-342,
// flags MAPI_MODIFY, MAPI_DEFERRED_ERRORS, MAPI_FORCE_ACCESS. `uid` NULL on the session is for the caller to decide.
Result<com::Ref<IProfSect>> open_profile_section(SessionStatePtr state, const Guid& uid, LPCIID iid, ULONG flags,
                                                 SectionCaller caller);

// admin/: calls the service's entry point (MSGSERVICEENTRY) for `context` (MSG_SERVICE_CONFIGURE ...), with `flags` and
// properties; S_OK without an entry point. The HRESULT of the entry point goes up unchanged.
HRESULT call_service_entry(SessionStatePtr state, const Guid& service, ULONG_PTR ui_param, ULONG flags, ULONG context,
                           std::span<const model::PropValue> properties);

}  // namespace mapiary::session
