// SPDX-License-Identifier: Apache-2.0
// MAPILogonEx: joins the shared session or makes a new one on a profile. There is no user interface: a logon that would
// need one fails as if the user could not be asked. Rulings are noted at the code. Page: mapilogonex.
#pragma once

#include <mapix.h>

#include "base/result.h"
#include "com/ref.h"

namespace mapiary::session {

struct LogonRequest {
  const void* profile_name = nullptr;  // WCHAR text with MAPI_UNICODE
  const void* password = nullptr;
  ULONG flags = 0;
};

// kLogonFailed; kTimeout: MAPI_TIMEOUT_SHORT, and another thread logs on.
Result<com::Ref<IMAPISession>> log_on(const LogonRequest& request);

}  // namespace mapiary::session
