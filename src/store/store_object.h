// SPDX-License-Identifier: Apache-2.0
// IMsgStore, and the other two faces of a logon: IMSLogon and the status object. Store and logon object share the core;
// either may go first. Pages: imsgstoreimapiprop, imsgstore-*, imslogoniunknown, imslogon-*, imapistatusimapiprop.
// Rulings R1, R6.
#pragma once

#include <mapispi.h>

#include "property/prop_object.h"
#include "store/core.h"
#include "store/open_stores.h"

namespace mapiary::store {

com::Ref<IMsgStore> make_store(const CorePtr& core, std::shared_ptr<OpenStores> stores);
com::Ref<IMSLogon> make_logon(const CorePtr& core, std::shared_ptr<OpenStores> stores);

// The methods that store and logon object both have, on their arguments as they came.
Result<ULONG_PTR> advise(StoreCore& core, ULONG size, const ENTRYID* id, ULONG events, LPMAPIADVISESINK sink,
                         ULONG_PTR* connection);

}  // namespace mapiary::store
