// SPDX-License-Identifier: Apache-2.0
// Fast shutdown: what IMAPIClientShutdown asks of the providers with which this process has sessions. In each session
// transports first, then address books, then stores; each call in its time. The user's setting is
// MAPIARY_FAST_SHUTDOWN: 0 (default) unless a provider objects, 1 only if all consent, 2 never. Pages:
// fast-shutdown-overview, fast-shutdown-user-options, imapiclientshutdown-*, imapiprovidershutdown-*.
#pragma once

#include <mapix.h>

#include "base/result.h"

namespace mapiary::session {

Status query_fast_shutdown();
Status notify_process_shutdown();
Status do_fast_shutdown();

}  // namespace mapiary::session
