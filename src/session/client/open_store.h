// SPDX-License-Identifier: Apache-2.0
// Opening a message store in a session: which profile section an entry id means (wrapped or not, CompareStoreIDs, a new
// section for a store the profile does not know), and the provider's Logon with all that may come of it: a second
// opening (R7), MAPI_E_UNCONFIGURED with configuration and retry, failures that switch off the service or only the one
// provider. No lock is held while a provider runs.
// Pages: imapisession-openmsgstore, imsprovider-logon, imsprovider-comparestoreids, loading-message-store-providers.
#pragma once

#include "session/state/session_state.h"

namespace mapiary::session {

struct StoreRequest {
  std::string id;
  ULONG_PTR ui_param = 0;
  LPCIID iid = nullptr;
  ULONG flags = 0;       // of OpenMsgStore
  bool no_mail = false;  // as MDB_NO_MAIL for the spooler: the client has no mail (MAPI_NO_MAIL)
};

struct OpenedStore {
  com::Ref<IUnknown> store;  // the interface asked for
  HRESULT hr = S_OK;         // or MAPI_W_ERRORS_RETURNED
  std::string warning;       // what the provider said of it
};

Result<OpenedStore> open_store(const SessionStatePtr& state, const StoreRequest& request);

// The section whose store has this id; nullopt: none. `ask`: providers may be asked when no bytes are equal.
Result<std::optional<ProviderSection>> find_store_section(const SessionStatePtr& state, std::string_view id, bool ask);

// The id inside the wrapper, or the id itself.
std::string unwrapped(std::string_view id);

}  // namespace mapiary::session
