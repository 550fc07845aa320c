// SPDX-License-Identifier: Apache-2.0
// The session as support/ and admin/ see it: SupportHost over a SessionState, AdminHost over the Subsystem. Both hold
// what they speak for; neither is held by it. Safe from any thread.
#pragma once

#include "session/admin/admin_host.h"
#include "session/state/session_state.h"

namespace mapiary::session {

// The support object for a logon of `record`.
com::Ref<IMAPISupport> make_provider_support(const SessionStatePtr& state, const LogonRecordPtr& record);

std::shared_ptr<admin::AdminHost> admin_host();
// The session's profile for objects of admin/, which end with the session.
admin::Seat admin_seat(const SessionStatePtr& state);

// MSG_SERVICE_CONFIGURE of the service's entry function, after MAPI_E_UNCONFIGURED (LC-175). S_OK without one.
HRESULT configure_service(const SessionStatePtr& state, const Guid& service, ULONG_PTR ui_param, bool may_ask);

}  // namespace mapiary::session
