// SPDX-License-Identifier: Apache-2.0
// A provider object (IMSProvider, IABProvider, IXPProvider) and the module it came from. One a module and kind in a
// session, shared by its logons; a second session makes its own (LC-155). Shut down once, when its last logon is gone
// and nobody is in the provider any more: calls into it and its logons are visits, and if one is still on when the
// session ends, also one that was left behind, its end does the rest. Safe from any thread. Pages: msproviderinit,
// implementing-a-service-provider-entry-point-function.
#pragma once

#include <mapispi.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "com/ref.h"
#include "session/guard/bounded.h"
#include "session/loader/module.h"

namespace mapiary::session {

enum class ProviderKind : std::uint8_t { kStore, kAddressBook, kTransport };
// Of PR_RESOURCE_TYPE (MAPI_STORE_PROVIDER ...); kNotFound for what is not loaded by a session.
Result<ProviderKind> provider_kind(LONG resource_type);

class ProviderHandle : public std::enable_shared_from_this<ProviderHandle> {
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
  // While the result lives, the provider object is neither shut down nor released, unless it has been already.
  class Visit;
  std::shared_ptr<Visit> visit();
  // Nobody waits for this visit's end any more.
  static void leave_behind(const std::shared_ptr<Visit>& visit);
  // A bounded call of the provider or one of its logons: a visit until the call and `late` are over.
  CallResult call(const std::string& name, std::function<HRESULT()> call, std::chrono::milliseconds limit,
                  std::function<void()> late = {});
  // Several as one visit, within one limit: bounded_in().
  std::vector<CallResult> call(std::vector<Step> steps, std::chrono::milliseconds limit,
                               std::function<void()> late = {});

  // During a visit. NULL for another kind, and once the provider was shut down.
  IMSProvider* store() const;
  IABProvider* address_book() const;
  IXPProvider* transport() const;
  IUnknown* unknown() const;

  // Shutdown with a pointer to zero, then Release, both within the limit (LC-220..LC-222). Once; later calls do
  // nothing. Waits for visits that may still end in time; for the others it leaves the rest to the last of them.
  void shut_down(std::chrono::milliseconds limit, const std::function<void(Incident)>& report);

 private:
  using Report = std::function<void(Incident)>;
  void finish(std::chrono::milliseconds limit, const Report& report);
  void leave(bool was_left_behind);

  ModulePtr module_;
  ProviderKind kind_;
  ULONG version_;

  mutable std::mutex mutex_;
  std::condition_variable left_;
  com::Ref<IUnknown> object_;  // really the kind's own interface: the pointer the provider gave out
  std::size_t visits_ = 0;
  std::size_t left_behind_ = 0;  // of these: nobody waits for their end
  bool down_ = false;            // shut_down() was called
  bool postponed_ = false;       // the last visit finishes
};
using ProviderHandlePtr = std::shared_ptr<ProviderHandle>;

}  // namespace mapiary::session
