// SPDX-License-Identifier: Apache-2.0
// The one registry of the process: how often MAPI is initialised, the profile store, the installed services, the loaded
// modules and the live sessions, the shared one among them. Everything an initialised process has hangs on it and goes
// with the last MAPIUninitialize (ruling R11). Safe from any thread; its lock is never held while a provider runs.
// Pages: mapiinitialize, mapiuninitialize, mapiinit_0, createmapiinitializationmonitor.
#pragma once

#include <mapix.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "mapisvc/catalog_cache.h"
#include "profile/store.h"
#include "session/guard/bounded.h"
#include "session/loader/module.h"

namespace mapiary::session {

class SessionState;

class Subsystem {
 public:
  static Subsystem& get();

  // MAPIInitialize and MAPIUninitialize without the border. `init` may be NULL.
  Status initialize(const MAPIINIT_0* init);
  void uninitialize();
  bool is_initialized() const;
  // False: the time was over first. nullopt: no limit.
  bool wait_initialized(std::optional<std::chrono::milliseconds> limit);

  // ---- All of these: kNotInitialized before MAPIInitialize. They start the bodies of exported functions.
  Status check() const;
  // One connection for the process.
  Result<std::shared_ptr<profile::ProfileStore>> profiles();
  // As the files are now: mapisvc.inf may have been edited.
  Result<std::shared_ptr<const mapisvc::Catalog>> catalog();
  // Of this message service; empty: not known. Looked for beside the service's own .inf, not beside others'.
  Result<ModulePtr> load_module(std::string_view dll_name, std::string_view service);
  // `inf_folder`: where the service's .inf lies; empty: not known.
  Result<ModulePtr> load_module_beside(std::string_view dll_name, const std::string& inf_folder);

  // The flags of the first MAPIInitialize; MAPI_NT_SERVICE is handed to providers.
  ULONG flags() const;
  Bounds bounds() const { return Bounds::from_environment(); }

  // ---- Sessions.
  void add_session(const std::shared_ptr<SessionState>& session);
  void remove_session(const SessionState* session);
  std::vector<std::shared_ptr<SessionState>> sessions() const;
  // The one others may join (MAPI_ALLOW_OTHERS), unless it is closing; nullptr.
  std::shared_ptr<SessionState> shared_session() const;
  // One logon at a time (LC-048).
  std::timed_mutex& logon_mutex() { return logon_mutex_; }

 private:
  Subsystem() = default;
  Status start(ULONG flags);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint32_t count_ = 0;
  ULONG flags_ = 0;
  std::shared_ptr<profile::ProfileStore> profiles_;
  ModuleTable modules_;
  mapisvc::CatalogCache catalog_;
  std::vector<std::shared_ptr<SessionState>> sessions_;
  std::timed_mutex logon_mutex_;
};

}  // namespace mapiary::session
