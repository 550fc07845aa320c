// SPDX-License-Identifier: Apache-2.0
// The session's own status objects: subsystem, spooler, address book. Their properties are their rows in the status
// table, read-only. ValidateState works on all, FlushQueues on the spooler's (LC-306). Safe from any thread; MAPI_E_
// INVALID_OBJECT after the session's end. Pages: status-table-and-status-objects, imapistatus-*.
#pragma once

#include "session/state/session_state.h"

namespace mapiary::session {

// `key`: of the row. kNotFound: it is not one of the session's own.
Result<com::Ref<IMAPIStatus>> make_status_object(const SessionStatePtr& state, std::string_view key);

}  // namespace mapiary::session
