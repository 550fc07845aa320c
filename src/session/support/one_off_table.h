// SPDX-License-Identifier: Apache-2.0
// The one-off table: templates for new recipients of all address book providers of the session, in one table with the
// required columns. A provider without templates (MAPI_E_NO_SUPPORT) adds none; one that fails is left out. MAPI's own
// generic template is a dialog and there is none here. One call, one thread. Pages: imapisupport-getoneofftable,
// one-off-tables.
#pragma once

#include <mapispi.h>

#include <vector>

#include "base/result.h"
#include "com/ref.h"

namespace mapiary::session {

// Text columns are PT_UNICODE or PT_STRING8 as `unicode` says.
Result<com::Ref<IMAPITable>> one_off_table(const std::vector<com::Ref<IABLogon>>& books, bool unicode);

}  // namespace mapiary::session
