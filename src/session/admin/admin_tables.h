// SPDX-License-Identifier: Apache-2.0
// The profile table, the message service table and the two provider tables, as they are at the moment. Pages:
// profile-tables, message-service-tables, provider-tables, iprovideradmin-getprovidertable.
#pragma once

#include <mapix.h>

#include <optional>

#include "base/guid.h"
#include "base/result.h"
#include "com/border.h"
#include "com/ref.h"
#include "profile/store.h"

namespace mapiary::session::admin {

Result<com::Ref<IMAPITable>> profile_table(profile::ProfileStore& store, bool app_profiles, bool unicode,
                                           std::shared_ptr<com::Gate> gate);
Result<com::Ref<IMAPITable>> service_table(const profile::Profile& profile, bool unicode,
                                           std::shared_ptr<com::Gate> gate);
// Tells those who advised a service table of this profile that a service was added (page adding-a-message-service).
// The tables, being static, do not show it.
void announce_service(const profile::Profile& profile, const Guid& service);
// Of the whole profile, or of one service: then with a row for each extra section of it too, which has no
// PR_RESOURCE_TYPE (LC-535). In the profile's order.
Result<com::Ref<IMAPITable>> provider_table(const profile::Profile& profile, const std::optional<Guid>& service,
                                            bool unicode, std::shared_ptr<com::Gate> gate);

}  // namespace mapiary::session::admin
