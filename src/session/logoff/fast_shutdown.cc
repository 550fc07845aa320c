// SPDX-License-Identifier: Apache-2.0
#include "session/logoff/fast_shutdown.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

#include "base/env.h"
#include "session/state/session_state.h"
#include "session/subsystem/subsystem.h"

namespace mapiary::session {
namespace {

enum class Setting { kUnlessObjected, kOnlyIfAll, kNever };

Setting setting() {
  const auto text = env("MAPIARY_FAST_SHUTDOWN");
  if (text == "1") return Setting::kOnlyIfAll;
  return text == "2" ? Setting::kNever : Setting::kUnlessObjected;
}

struct Party {
  SessionStatePtr session;
  ProviderHandlePtr provider;
};

std::vector<Party> parties() {
  std::vector<Party> result;
  for (const auto& session : Subsystem::get().sessions()) {
    for (const ProviderKind kind : {ProviderKind::kTransport, ProviderKind::kAddressBook, ProviderKind::kStore}) {
      for (const auto& provider : session->providers()) {
        if (provider->kind() == kind) result.push_back({session, provider});
      }
    }
  }
  return result;
}

using Method = HRESULT (STDMETHODCALLTYPE IMAPIProviderShutdown::*)();

// The parties share one bound. When it is used up a party still gets a tenth of it: those that answer at once are
// heard.
class SharedBound {
 public:
  std::chrono::milliseconds left(std::chrono::milliseconds bound) const {
    const auto gone = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun_);
    return std::max(bound - gone, bound / 10);
  }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

// S_FALSE: the provider has no such interface.
HRESULT ask(const Party& party, Method method, const char* name, const SharedBound& shared) {
  const CallResult result = party.provider->call(
      name,
      [provider = party.provider, method]() -> HRESULT {
        IUnknown* object = provider->unknown();
        if (!object) return S_FALSE;  // its session has just ended
        com::Ref<IMAPIProviderShutdown> shutdown;
        const HRESULT found =
            object->QueryInterface(IID_IMAPIProviderShutdown, reinterpret_cast<void**>(shutdown.put()));
        if (FAILED(found) || !shutdown) return S_FALSE;
        const HRESULT hr = (shutdown.get()->*method)();
        return SUCCEEDED(hr) ? S_OK : hr;
      },
      shared.left(party.session->bounds().logoff));
  if (result.outcome != Outcome::kReturned) {
    party.session->add_incident({party.provider->module()->name(), name, result.outcome, result.hr});
  }
  return result.hr;
}

tl::unexpected<Error> refused(const char* why) {
  return fail(Code::kNotSupported, "session", why);
}

}  // namespace

Status query_fast_shutdown() {
  const Setting mode = setting();
  if (mode == Setting::kNever) return refused("fast shutdown is switched off");
  bool consent = true;
  const SharedBound shared;
  for (const Party& party : parties()) {
    const HRESULT hr =
        ask(party, &IMAPIProviderShutdown::QueryFastShutdown, "IMAPIProviderShutdown::QueryFastShutdown", shared);
    if (FAILED(hr) || (hr == S_FALSE && mode == Setting::kOnlyIfAll)) consent = false;
  }
  if (!consent) return refused("a provider does not support fast shutdown");
  return {};
}

Status notify_process_shutdown() {
  const SharedBound shared;
  for (const Party& party : parties()) {
    (void)ask(party, &IMAPIProviderShutdown::NotifyProcessShutdown, "IMAPIProviderShutdown::NotifyProcessShutdown",
              shared);
  }
  return {};
}

Status do_fast_shutdown() {
  if (setting() == Setting::kNever) return refused("fast shutdown is switched off");
  bool ready = true;
  const SharedBound shared;
  for (const Party& party : parties()) {
    if (FAILED(ask(party, &IMAPIProviderShutdown::DoFastShutdown, "IMAPIProviderShutdown::DoFastShutdown", shared)))
      ready = false;
  }
  if (!ready) return refused("a provider is not ready for fast shutdown");
  return {};
}

}  // namespace mapiary::session
