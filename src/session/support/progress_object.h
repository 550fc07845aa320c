// SPDX-License-Identifier: Apache-2.0
// MAPI's own progress object, without a window: limits, flags and the value last told. Nothing cancels it. Pages:
// imapisupport-doprogressdialog, imapiprogress-*, implementing-a-progress-indicator. Safe from any thread.
#pragma once

#include <mapix.h>

#include "com/ref.h"

namespace mapiary::session {

// flags: MAPI_TOP_LEVEL or 0, what GetFlags answers at first.
com::Ref<IMAPIProgress> make_progress(ULONG flags);

}  // namespace mapiary::session
