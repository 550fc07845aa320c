// SPDX-License-Identifier: Apache-2.0
// Calls an entry function that is loaded: turns what it gets into MAPI's structures and what it says into an answer,
// and keeps a function that throws or hangs from costing more than its own call (guarantee G7). Page: msgserviceentry.
#pragma once

#include <mapispi.h>

#include <chrono>
#include <memory>

#include "session/admin/admin_host.h"

namespace mapiary::session::admin {

// Without a dialog (SERVICE_UI_*) the function has `limit` to return; with one, as long as the user takes. kTimeout:
// it did not return; `hold` lives until it does, as its library must stay loaded. kInternal: it threw.
Result<EntryAnswer> invoke_entry(LPMSGSERVICEENTRY function, EntryCall call, std::chrono::milliseconds limit,
                                 std::shared_ptr<void> hold = nullptr);

}  // namespace mapiary::session::admin
