// SPDX-License-Identifier: Apache-2.0
// StoreLogoffTransports: what each LOGOFF_* flag asks of the spooler (rulings R1, R4, R5). A function of the flag and
// the spooler's answers; it may be called again, the last flags count. Page: imapisupport-storelogofftransports.
#pragma once

#include <mapix.h>

#include <chrono>
#include <cstdint>

#include "base/result.h"
#include "session/support/support_host.h"

namespace mapiary::session {

// kUnknownFlags unless `flags` is exactly one of LOGOFF_ABORT, LOGOFF_NO_WAIT, LOGOFF_ORDERLY, LOGOFF_PURGE,
// LOGOFF_QUIET.
Status check_logoff_flags(ULONG flags);

// The output flags: the activity there was (LOGOFF_INBOUND, LOGOFF_OUTBOUND, LOGOFF_OUTBOUND_QUEUE), and
// LOGOFF_COMPLETE when the spooler has let go of the store. No spooler: nothing to let go. `flags` are checked.
Result<ULONG> logoff_transports(SpoolerPort* spooler, std::uint64_t logon, ULONG flags,
                                std::chrono::milliseconds abort_limit);

}  // namespace mapiary::session
