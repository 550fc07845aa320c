// SPDX-License-Identifier: Apache-2.0
// A provider object (IMSProvider, IABProvider, IXPProvider) and the module it came from. One a module and kind in a
// session, shared by its logons; a second session makes its own (LC-155). Shut down once, when its last logon is gone.
// Immutable but for the shutdown; the provider object itself is called from any thread.
// Pages: msproviderinit, implementing-a-service-provider-entry-point-function.
#pragma once

#include <mapispi.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "com/ref.h"
#include "session/guard/bounded.h"
#include "session/loader/module.h"

namespace mapiary::session {

enum class ProviderKind : std::uint8_t { kStore, kAddressBook, kTransport };
// Of PR_RESOURCE_TYPE (MAPI_STORE_PROVIDER ...); kNotFound for what is not loaded by a session.
Result<ProviderKind> provider_kind(LONG resource_type);

class ProviderHandle {
 public:
  // Calls MSProviderInit, ABProviderInit or XPProviderInit with our allocators. kNotFound: no such symbol; kVersion:
  // one side does not know the other's version; else what the provider answered. The error names the file.
  static Result<std::shared_ptr<ProviderHandle>> start(ModulePtr module, ProviderKind kind, ULONG init_flags,
                                                       const Bounds& bounds);
  ProviderHandle(ModulePtr module, ProviderKind kind, ULONG version, com::Ref<IUnknown> object)
      : module_(std::move(module)), kind_(kind), version_(version), object_(std::move(object)) {}
  ~ProviderHandle();
  ProviderHandle(const ProviderHandle&) = delete;
  ProviderHandle& operator=(const ProviderHandle&) = delete;

  const ModulePtr& module() const { return module_; }
  ProviderKind kind() const { return kind_; }
  ULONG version() const { return version_; }
  // NULL for another kind.
  IMSProvider* store() const;
  IABProvider* address_book() const;
  IXPProvider* transport() const;
  IUnknown* unknown() const { return object_.get(); }

  // Shutdown with a pointer to zero, then Release, each in its time (LC-220..LC-222). Once; later calls do nothing.
  void shut_down(std::chrono::milliseconds limit, const std::function<void(Incident)>& report);

 private:
  ModulePtr module_;
  ProviderKind kind_;
  ULONG version_;
  com::Ref<IUnknown> object_;  // really the kind's own interface: the pointer the provider gave out
  std::atomic<bool> down_{false};
};
using ProviderHandlePtr = std::shared_ptr<ProviderHandle>;

}  // namespace mapiary::session
