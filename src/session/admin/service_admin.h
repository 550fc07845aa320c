// SPDX-License-Identifier: Apache-2.0
// IMsgServiceAdmin and IMsgServiceAdmin2, one object: the message services of a profile. Of a session's profile it ends
// with the session; from IProfAdmin it needs none. Safe from any thread.
// Pages: imsgserviceadminiunknown, imsgserviceadmin-*, imsgserviceadmin2-createmsgserviceex.
#pragma once

#include <mapiaux.h>
#include <mapix.h>

#include "session/admin/admin_host.h"

namespace mapiary::session::admin {

com::Ref<IMsgServiceAdmin> make_service_admin(const Seat& seat);

}  // namespace mapiary::session::admin
