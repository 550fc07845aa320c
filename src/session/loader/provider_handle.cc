// SPDX-License-Identifier: Apache-2.0
#include "session/loader/provider_handle.h"

#include <mapiutil.h>

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
  const CallResult result = bounded(
      [call, init, init_flags] {
        const auto allocator = com::Ref<IMalloc>::adopt(MAPIGetDefaultMalloc());
        return init(static_cast<HINSTANCE>(call->module->instance()), allocator.get(), MAPIAllocateBuffer,
                    MAPIAllocateMore, MAPIFreeBuffer, init_flags, CURRENT_SPI_VERSION, &call->version,
                    call->object.put());
      },
      bounds.logon, [module] { module->pin("a provider object made too late"); });
  const std::string what = std::string(name) + " of " + module->path();
  if (result.outcome == Outcome::kTimedOut) module->pin(what + " did not return");
  if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, what));
  if (!call->object) return fail(Code::kInternal, "session", what + " gave no provider object");
  auto handle = std::make_shared<ProviderHandle>(module, kind, call->version, std::move(call->object));
  if (!is_usable_version(handle->version())) {
    handle->shut_down(bounds.logoff, [](const Incident&) {});
    return fail(Code::kVersion, "session", what + " speaks a version of the interface that is not known here",
                handle->version());
  }
  return handle;
}

ProviderHandle::~ProviderHandle() {
  shut_down(Bounds::from_environment().release, [](const Incident&) {});
}

IMSProvider* ProviderHandle::store() const {
  return kind_ == ProviderKind::kStore ? static_cast<IMSProvider*>(object_.get()) : nullptr;
}

IABProvider* ProviderHandle::address_book() const {
  return kind_ == ProviderKind::kAddressBook ? static_cast<IABProvider*>(object_.get()) : nullptr;
}

IXPProvider* ProviderHandle::transport() const {
  return kind_ == ProviderKind::kTransport ? static_cast<IXPProvider*>(object_.get()) : nullptr;
}

void ProviderHandle::shut_down(std::chrono::milliseconds limit, const std::function<void(Incident)>& report) {
  if (down_.exchange(true)) return;
  struct Call {
    ModulePtr module;
    IUnknown* object;
    ULONG left = 0;
  };
  auto call = std::make_shared<Call>(Call{module_, object_.detach(), 0});
  const char* interface = kind_ == ProviderKind::kStore         ? "IMSProvider"
                          : kind_ == ProviderKind::kAddressBook ? "IABProvider"
                                                                : "IXPProvider";
  const auto tell = [&](const char* method, const CallResult& result) {
    if (result.ok()) return;
    if (result.outcome != Outcome::kReturned) module_->pin(std::string(interface) + method);
    report({module_->name(), std::string(interface) + method, result.outcome, result.hr});
  };
  const CallResult shutdown = bounded(
      [call, kind = kind_] {
        ULONG zero = 0;
        switch (kind) {
          case ProviderKind::kStore:
            return static_cast<IMSProvider*>(call->object)->Shutdown(&zero);
          case ProviderKind::kAddressBook:
            return static_cast<IABProvider*>(call->object)->Shutdown(&zero);
          case ProviderKind::kTransport:
            return static_cast<IXPProvider*>(call->object)->Shutdown(&zero);
        }
        return S_OK;
      },
      limit);
  tell("::Shutdown", shutdown);
  if (shutdown.outcome == Outcome::kTimedOut) return;  // the provider is still inside its object
  const CallResult release = bounded(
      [call] {
        call->left = call->object->Release();
        return S_OK;
      },
      limit);
  tell("::Release", release);
  if (release.ok() && call->left != 0) module_->pin(std::string(interface) + " with references left");
}

}  // namespace mapiary::session
