// SPDX-License-Identifier: Apache-2.0
// The exported functions of the session: initialisation, logon, administration of profiles. Pages: mapiinitialize,
// mapiuninitialize, mapilogonex, mapiadminprofiles, createmapiinitializationmonitor, imapiinitmonitor-*.
#include <mapiextra.h>
#include <mapix.h>

#include <thread>

#include "base/unicode.h"
#include "com/border.h"
#include "com/object.h"
#include "session/admin/profile_admin.h"
#include "session/client/hosts.h"
#include "session/guard/journal.h"
#include "session/subsystem/logon.h"
#include "session/subsystem/subsystem.h"

namespace mapiary::com {

template <>
struct InterfaceChain<IMAPIInitMonitor> {
  static bool contains(REFIID iid) { return InterfaceChain<IUnknown>::contains(iid); }
};
template <>
struct InterfaceChain<IMAPIWaitResult> {
  static bool contains(REFIID iid) { return InterfaceChain<IUnknown>::contains(iid); }
};

}  // namespace mapiary::com

namespace mapiary::session {
namespace {

constexpr DWORD kForever = 0xFFFFFFFF;
const HRESULT kWaitOver = static_cast<HRESULT>(HRESULT_FROM_WIN32(ERROR_TIMEOUT));

std::optional<std::chrono::milliseconds> limit_of(DWORD timeout) {
  if (timeout == kForever) return std::nullopt;
  return std::chrono::milliseconds(timeout);
}

HRESULT wait(DWORD timeout) {
  return com::border(
      [&]() -> Result<HRESULT> { return Subsystem::get().wait_initialized(limit_of(timeout)) ? S_OK : kWaitOver; });
}

// These two have no object whose GetLastError could tell why they failed.
template <class Answer>
Answer told(const char* function, Answer answer) {
  if (!answer) incident_journal().add(std::string(function) + " failed: " + answer.error().message);
  return answer;
}

// A wait that began when it was asked for: its time runs from then on.
class WaitResult final : public com::Object<IMAPIWaitResult> {
 public:
  explicit WaitResult(DWORD timeout) : timeout_(timeout), begun_(std::chrono::steady_clock::now()) {}

  // Blocks for at most `timeout`, and not beyond the time BeginWait was given.
  STDMETHODIMP End(DWORD timeout) override {
    DWORD left = kForever;
    if (timeout_ != kForever) {
      const auto gone =
          std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun_);
      left = gone.count() >= static_cast<long long>(timeout_) ? 0 : timeout_ - static_cast<DWORD>(gone.count());
    }
    return wait(left < timeout ? left : timeout);
  }

 private:
  const DWORD timeout_;
  const std::chrono::steady_clock::time_point begun_;
};

class InitMonitor final : public com::Object<IMAPIInitMonitor> {
 public:
  STDMETHODIMP_(BOOL) IsInitialized() override { return Subsystem::get().is_initialized() ? 1 : 0; }
  STDMETHODIMP Wait(DWORD timeout) override { return wait(timeout); }
  STDMETHODIMP BeginWait(DWORD timeout, IMAPIWaitResult** result) override {
    return com::border([&]() -> Status {
      if (!result) return fail(Code::kInvalidArgument, "session", "BeginWait got a NULL pointer");
      *result = com::make<WaitResult>(timeout).detach();
      return {};
    });
  }
};

}  // namespace
}  // namespace mapiary::session

using namespace mapiary;
using namespace mapiary::session;

STDAPI MAPIInitialize(LPVOID lpMapiInit) {
  return com::border([&]() -> Status {
    return told("MAPIInitialize", Subsystem::get().initialize(static_cast<const MAPIINIT_0*>(lpMapiInit)));
  });
}

STDAPI_(void) MAPIUninitialize(void) {
  (void)com::border([&]() -> Status {
    Subsystem::get().uninitialize();
    return {};
  });
}

STDAPI MAPILogonEx(ULONG_PTR ulUIParam, LPTSTR lpszProfileName, LPTSTR lpszPassword, ULONG ulFlags,
                   LPMAPISESSION* lppSession) {
  return com::border([&]() -> Status {
    (void)ulUIParam;
    TRY(Subsystem::get().check());
    if (!lppSession) return fail(Code::kLogonFailed, "session", "MAPILogonEx got a NULL pointer");
    *lppSession = nullptr;
    *lppSession = TRY(told("MAPILogonEx", log_on({lpszProfileName, lpszPassword, ulFlags}))).detach();
    return {};
  });
}

STDAPI MAPIAdminProfiles(ULONG ulFlags, LPPROFADMIN* lppProfAdmin) {
  return com::border([&]() -> Status {
    TRY(Subsystem::get().check());
    if (!lppProfAdmin) return fail(Code::kInvalidArgument, "session", "MAPIAdminProfiles got a NULL pointer");
    if (ulFlags != 0) return fail(Code::kUnknownFlags, "session", "MAPIAdminProfiles takes no flags", ulFlags);
    *lppProfAdmin = admin::make_profile_admin(admin_host()).detach();
    return {};
  });
}

STDAPI CreateMAPIInitializationMonitor(IMAPIInitMonitor** ppInitMonitor) {
  return com::border([&]() -> Status {
    if (!ppInitMonitor)
      return fail(Code::kInvalidArgument, "session", "CreateMAPIInitializationMonitor got a NULL pointer");
    *ppInitMonitor = com::make<InitMonitor>().detach();
    return {};
  });
}
