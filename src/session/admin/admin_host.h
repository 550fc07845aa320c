// SPDX-License-Identifier: Apache-2.0
// What the administration objects need of the process: the profile store, the installed services, and a way to call
// a message service's entry function. The Subsystem implements it; tests do so with a few lines. Every call may come
// from any thread, without a lock held.
#pragma once

#include <mapispi.h>
#include <mapix.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/guid.h"
#include "base/result.h"
#include "com/border.h"
#include "com/ref.h"
#include "mapisvc/catalog.h"
#include "model/prop_value.h"
#include "profile/store.h"

namespace mapiary::session::admin {

// One call of an entry function (page msgserviceentry). Owns everything the function gets, so that a call that never
// returns can be left behind.
struct EntryCall {
  std::string library;           // PR_SERVICE_DLL_NAME
  std::string function;          // PR_SERVICE_ENTRY_NAME
  std::string inf_folder;        // where the service's .inf lies; empty: not known
  HINSTANCE instance = nullptr;  // of the library, once it is loaded; NULL: found by the function's address
  ULONG_PTR ui_param = 0;
  ULONG flags = 0;
  ULONG context = 0;
  std::vector<model::PropValue> properties;  // of MSG_SERVICE_CONFIGURE
  com::Ref<IMAPISupport> support;
  com::Ref<IProviderAdmin> providers;
};

struct EntryAnswer {
  HRESULT hr = S_OK;
  std::string text;  // of *lppMapiError, UTF-8; empty: none
  std::string component;
  ULONG low_level = 0;
};

class AdminHost {
 public:
  virtual ~AdminHost() = default;

  // Where objects that belong to no session are entered for the leak report; NULL: nowhere.
  virtual std::shared_ptr<com::LiveObjects> live() { return nullptr; }
  virtual Result<std::shared_ptr<profile::ProfileStore>> profiles() = 0;
  virtual Result<std::shared_ptr<const mapisvc::Catalog>> catalog() = 0;
  // An error: the function could not be called (no such library or symbol), threw, or did not return in time.
  virtual Result<EntryAnswer> call_entry(EntryCall call) = 0;
  // The support object of a message service (kind kMessageService). Null: there is none.
  virtual Result<com::Ref<IMAPISupport>> make_support(const profile::Profile& profile, const Guid& service) = 0;
  // Message services or providers of this profile came, went or were configured: running sessions show it.
  virtual void services_changed(const profile::Profile&) {}
};

// The profile an administration object works on, and when it ceases to.
struct Seat {
  std::shared_ptr<AdminHost> host;
  profile::Profile profile;
  std::shared_ptr<com::Gate> gate;  // of the session; of its own outside one
};

inline Guid to_guid(const MAPIUID& uid) {
  Guid guid;
  std::copy(uid.ab, uid.ab + guid.bytes.size(), guid.bytes.begin());
  return guid;
}
inline MAPIUID to_uid(const Guid& guid) {
  MAPIUID uid{};
  std::copy(guid.bytes.begin(), guid.bytes.end(), uid.ab);
  return uid;
}

// kUnknownFlags unless all of `flags` are `known`.
Status check_flags(ULONG flags, ULONG known, const char* call);

}  // namespace mapiary::session::admin
