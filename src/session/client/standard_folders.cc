// SPDX-License-Identifier: Apache-2.0
#include "session/client/standard_folders.h"

#include <mapiutil.h>

#include "base/log.h"
#include "com/error_map.h"

namespace mapiary::session {

void make_standard_folders(const SessionStatePtr& state, const Guid& section, IUnknown* store) {
  const bool is_default = state->default_store() == section;
  if (!state->claim_folders(section, is_default)) return;
  const CallResult result = guarded([&]() -> HRESULT {
    com::Ref<IMsgStore> target;
    const HRESULT found = store->QueryInterface(IID_IMsgStore, reinterpret_cast<void**>(target.put()));
    if (FAILED(found)) return found;
    return HrValidateIPMSubtree(target.get(), is_default ? MAPI_FULL_IPM_TREE : 0, nullptr, nullptr, nullptr);
  });
  if (!result.ok()) {
    log_error(LogLevel::kInfo, com::outside_error(result.hr, "making the standard folders"), "opening a store");
  }
  const Status told = state->folders_verified(section, result.ok());
  if (!told) log_error(LogLevel::kInfo, told.error(), "opening a store");
}

}  // namespace mapiary::session
