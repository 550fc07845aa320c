// SPDX-License-Identifier: Apache-2.0
// IProviderAdmin: the providers of one message service. Two kinds of callers have one: clients (AdminProviders), whose
// changes the service's entry function is told of; and that entry function itself, which may open the sections of
// providers, its own with a NULL uid, and is not called again for what it does. Safe from any thread.
// Pages: iprovideradminiunknown, iprovideradmin-*, msgserviceentry.
#pragma once

#include <mapix.h>

#include "session/admin/admin_host.h"

namespace mapiary::session::admin {

// kNotFound: no such service.
Result<com::Ref<IProviderAdmin>> make_provider_admin(const Seat& seat, const Guid& service);

// The call an entry function is in.
struct EntrySite {
  ULONG context = 0;
  Guid section;  // its own: of the service, or of the provider that is added or deleted
};
com::Ref<IProviderAdmin> make_entry_provider_admin(const Seat& seat, const Guid& service, const EntrySite& site);

}  // namespace mapiary::session::admin
