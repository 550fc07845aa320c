// SPDX-License-Identifier: Apache-2.0
#include "session/loader/provider_handle.h"

#include <mapiutil.h>

#include <utility>

#include "base/log.h"
#include "com/error_map.h"

namespace mapiary::session {
namespace {

// All three init functions have this shape; only the type of the last argument differs.
typedef HRESULT(STDMAPIINITCALLTYPE InitFunction)(HINSTANCE, LPMALLOC, LPALLOCATEBUFFER, LPALLOCATEMORE, LPFREEBUFFER,
                                                  ULONG, ULONG, ULONG*, IUnknown**);

const char* init_name(ProviderKind kind) {
  switch (kind) {
    case ProviderKind::kStore:
      return "MSProviderInit";
    case ProviderKind::kAddressBook:
      return "ABProviderInit";
    case ProviderKind::kTransport:
      return "XPProviderInit";
  }
  return "";
}

struct InitCall {
  ModulePtr module;
  ULONG version = 0;
  com::Ref<IUnknown> object;
};

const char* interface_name(ProviderKind kind) {
  switch (kind) {
    case ProviderKind::kStore:
      return "IMSProvider";
    case ProviderKind::kAddressBook:
      return "IABProvider";
    case ProviderKind::kTransport:
      return "IXPProvider";
  }
  return "";
}

HRESULT shut_down_object(ProviderKind kind, IUnknown* object) {
  ULONG zero = 0;
  switch (kind) {
    case ProviderKind::kStore:
      return static_cast<IMSProvider*>(object)->Shutdown(&zero);
    case ProviderKind::kAddressBook:
      return static_cast<IABProvider*>(object)->Shutdown(&zero);
    case ProviderKind::kTransport:
      return static_cast<IXPProvider*>(object)->Shutdown(&zero);
  }
  return S_OK;
}

// SPI versions are ordered numbers: major, minor, update.
bool is_usable_version(ULONG version) {
  return version >= PDK1_SPI_VERSION && version <= CURRENT_SPI_VERSION;
}

}  // namespace

Result<ProviderKind> provider_kind(LONG resource_type) {
  switch (resource_type) {
    case MAPI_STORE_PROVIDER:
      return ProviderKind::kStore;
    case MAPI_AB_PROVIDER:
      return ProviderKind::kAddressBook;
    case MAPI_TRANSPORT_PROVIDER:
      return ProviderKind::kTransport;
    default:
      return fail(Code::kNotFound, "session", "a session does not load providers of this type",
                  static_cast<std::uint32_t>(resource_type));
  }
}

Result<ProviderHandlePtr> ProviderHandle::start(ModulePtr module, ProviderKind kind, ULONG init_flags,
                                                const Bounds& bounds) {
  const char* name = init_name(kind);
  InitFunction* init = TRY(module->function<InitFunction>(name));
  auto call = std::make_shared<InitCall>();
  call->module = module;
  // A provider object made too late goes again.
  const auto undo = [call, kind, bounds] {
    if (call->object) ProviderHandle(call->module, kind, 0, std::move(call->object)).shut_down(bounds.logoff, {});
  };
  const CallResult result = bounded_in(
      module, name,
      [call, init, init_flags] {
        const auto allocator = com::Ref<IMalloc>::adopt(MAPIGetDefaultMalloc());
        return init(static_cast<HINSTANCE>(call->module->instance()), allocator.get(), MAPIAllocateBuffer,
                    MAPIAllocateMore, MAPIFreeBuffer, init_flags, CURRENT_SPI_VERSION, &call->version,
                    call->object.put());
      },
      bounds.logon, undo);
  const std::string what = std::string(name) + " of " + module->path();
  if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, what));
  if (!call->object) return fail(Code::kInternal, "session", what + " gave no provider object");
  auto handle = std::make_shared<ProviderHandle>(module, kind, call->version, std::move(call->object));
  if (!is_usable_version(handle->version())) {
    handle->shut_down(bounds.logoff, {});
    return fail(Code::kVersion, "session", what + " speaks a version of the interface that is not known here",
                handle->version());
  }
  return handle;
}

ProviderHandle::~ProviderHandle() {
  shut_down(Bounds::from_environment().release, {});
}

// ---- Visits

class ProviderHandle::Visit {
 public:
  explicit Visit(std::shared_ptr<ProviderHandle> handle) : handle_(std::move(handle)) {}
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() {
    (void)guarded([&] {
      handle_->leave(left_behind_);
      return S_OK;
    });
  }
  void leave_behind() {
    std::lock_guard lock(handle_->mutex_);
    left_behind_ = true;
    ++handle_->left_behind_;
    handle_->left_.notify_all();
  }

 private:
  std::shared_ptr<ProviderHandle> handle_;
  bool left_behind_ = false;
};

std::shared_ptr<ProviderHandle::Visit> ProviderHandle::visit() {
  auto result = std::make_shared<Visit>(shared_from_this());
  std::lock_guard lock(mutex_);
  ++visits_;
  return result;
}

void ProviderHandle::leave_behind(const std::shared_ptr<Visit>& visit) {
  visit->leave_behind();
}

void ProviderHandle::leave(bool was_left_behind) {
  {
    std::lock_guard lock(mutex_);
    --visits_;
    if (was_left_behind) --left_behind_;
    left_.notify_all();
    if (visits_ > 0 || !std::exchange(postponed_, false)) return;
  }
  finish(Bounds::from_environment().release, {});
}

CallResult ProviderHandle::call(const std::string& name, std::function<HRESULT()> call, std::chrono::milliseconds limit,
                                std::function<void()> late) {
  std::vector<Step> one(1);
  one.front() = {name, std::move(call)};
  return this->call(std::move(one), limit, std::move(late)).back();
}

std::vector<CallResult> ProviderHandle::call(std::vector<Step> steps, std::chrono::milliseconds limit,
                                             std::function<void()> late) {
  const auto mine = visit();
  auto results = bounded_in(module_, std::move(steps), limit, [mine, late = std::move(late)] {
    if (late) late();
  });
  if (results.back().outcome == Outcome::kTimedOut) mine->leave_behind();
  return results;
}

// ---- The provider object

IUnknown* ProviderHandle::unknown() const {
  std::lock_guard lock(mutex_);
  return object_.get();
}

IMSProvider* ProviderHandle::store() const {
  return kind_ == ProviderKind::kStore ? static_cast<IMSProvider*>(unknown()) : nullptr;
}

IABProvider* ProviderHandle::address_book() const {
  return kind_ == ProviderKind::kAddressBook ? static_cast<IABProvider*>(unknown()) : nullptr;
}

IXPProvider* ProviderHandle::transport() const {
  return kind_ == ProviderKind::kTransport ? static_cast<IXPProvider*>(unknown()) : nullptr;
}

// ---- The end

void ProviderHandle::shut_down(std::chrono::milliseconds limit, const Report& report) {
  {
    std::unique_lock lock(mutex_);
    if (std::exchange(down_, true)) return;
    left_.wait_for(lock, limit, [&] { return visits_ <= left_behind_; });
    if (visits_ > 0) {
      postponed_ = true;
      return;
    }
  }
  finish(limit, report);
}

void ProviderHandle::finish(std::chrono::milliseconds limit, const Report& report) {
  struct Call {
    ModulePtr module;
    ProviderKind kind;
    IUnknown* object = nullptr;
  };
  auto call = std::make_shared<Call>(Call{module_, kind_, nullptr});
  {
    std::lock_guard lock(mutex_);
    call->object = object_.detach();
  }
  if (!call->object) return;
  const std::string interface = interface_name(kind_);
  std::vector<Step> steps(2);
  steps[0] = {interface + "::Shutdown", [call] { return shut_down_object(call->kind, call->object); }};
  steps[1] = {interface + "::Release", [call, interface] {
                if (call->object->Release() != 0) call->module->pin(interface + " with references left");
                return S_OK;
              }};
  const std::string names[] = {steps[0].name, steps[1].name};
  const auto results = bounded_in(module_, std::move(steps), limit);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].ok()) continue;
    if (report) {
      report({module_->name(), names[i], results[i].outcome, results[i].hr});
    } else {
      log(LogLevel::kWarning, "session",
          module_->name() + ": " + names[i] + " " + std::string(outcome_name(results[i].outcome)));
    }
  }
}

}  // namespace mapiary::session
