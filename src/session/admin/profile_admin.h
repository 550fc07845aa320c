// SPDX-License-Identifier: Apache-2.0
// IProfAdmin: the profiles of this user, without a session. Safe from any thread.
// Pages: mapiadminprofiles, iprofadminiunknown, iprofadmin-*, profile-tables.
#pragma once

#include <mapix.h>

#include "session/admin/admin_host.h"

namespace mapiary::session::admin {

com::Ref<IProfAdmin> make_profile_admin(std::shared_ptr<AdminHost> host);

}  // namespace mapiary::session::admin
