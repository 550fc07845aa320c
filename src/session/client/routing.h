// SPDX-License-Identifier: Apache-2.0
// Who answers for an entry id: the logon object that registered its MAPIUID, the session itself for status objects, a
// store's provider for stores. IMAPISession and IMAPISupport use it alike. No lock is held while a provider runs.
// Pages: imapisession-openentry, imapisession-compareentryids, accessing-objects-by-using-the-session.
#pragma once

#include "session/state/session_state.h"

namespace mapiary::session {

struct OpenRequest {
  std::string id;
  LPCIID iid = nullptr;
  ULONG flags = 0;
  bool no_mail = false;  // a store opened by it is not for the spooler
};

struct OpenedEntry {
  com::Ref<IUnknown> object;
  ULONG type = 0;
  HRESULT hr = S_OK;
};

// kUnknownEntryId: nobody's. A provider's failure goes up with its HRESULT.
Result<OpenedEntry> open_entry(const SessionStatePtr& state, const OpenRequest& request);
Result<bool> compare_entry_ids(const SessionStatePtr& state, const std::string& first, const std::string& second);
// Advise at the logon that owns the id. The provider's connection number.
struct ProviderAdvise {
  LogonRecordPtr record;
  ULONG_PTR connection = 0;
};
Result<ProviderAdvise> advise_provider(const SessionStatePtr& state, const std::string& id, ULONG events,
                                       IMAPIAdviseSink* sink);

}  // namespace mapiary::session
