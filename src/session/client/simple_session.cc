// SPDX-License-Identifier: Apache-2.0
// MAPILogon, MAPILogoff and ScMAPIXFromSMAPI: the exported functions of Simple MAPI sessions.
#include "session/client/simple_session.h"

// mapix.h above has defined MAPI's codes; mapi.h brings those of Simple MAPI.
#include <mapi.h>

#include "com/border.h"
#include "session/subsystem/logon.h"
#include "session/subsystem/subsystem.h"

namespace mapiary::session {
namespace {

constexpr FLAGS kLogonFlags = MAPI_LOGON_UI | MAPI_PASSWORD_UI | MAPI_NEW_SESSION | MAPI_FORCE_DOWNLOAD;

ULONG simple_code(const Error& error) {
  switch (error.code) {
    case Code::kNoMemory:
      return MAPI_E_INSUFFICIENT_MEMORY;
    case Code::kLogonFailed:
      return MAPI_E_LOGIN_FAILURE;
    case Code::kSessionLimit:
      return MAPI_E_TOO_MANY_SESSIONS;
    default:
      return MAPI_E_FAILURE;
  }
}

// Undone unless the handle exists in the end.
class Initialized {
 public:
  Initialized() = default;
  Initialized(const Initialized&) = delete;
  Initialized& operator=(const Initialized&) = delete;
  ~Initialized() {
    if (held_) Subsystem::get().uninitialize();
  }
  Status start() {
    TRY(Subsystem::get().initialize(nullptr));
    held_ = true;
    return {};
  }
  void keep() { held_ = false; }

 private:
  bool held_ = false;
};

Status log_on_simple(LPSTR profile, LPSTR password, FLAGS flags, LHANDLE* handle) {
  if (!handle) return fail(Code::kInvalidArgument, "session", "MAPILogon got a NULL pointer");
  *handle = lhSessionNull;
  if ((flags & ~kLogonFlags) != 0) return fail(Code::kUnknownFlags, "session", "MAPILogon got unknown flags", flags);
  Initialized initialized;
  TRY(initialized.start());
  LogonRequest request;
  request.profile_name = profile;
  request.password = password;
  request.flags = flags | MAPI_EXTENDED;
  // Simple MAPI's own shared session begins with the first logon that does not ask for one of its own.
  if ((flags & MAPI_NEW_SESSION) == 0) request.flags |= MAPI_ALLOW_OTHERS;
  if (!profile || !*profile) request.flags |= MAPI_USE_DEFAULT;
  *handle = SimpleSessions::get().add(TRY(log_on(request)));
  initialized.keep();
  return {};
}

}  // namespace

SimpleSessions& SimpleSessions::get() {
  static SimpleSessions* const sessions = new SimpleSessions;  // never destroyed, as what it holds
  return *sessions;
}

ULONG_PTR SimpleSessions::add(com::Ref<IMAPISession> session) {
  const std::lock_guard lock(mutex_);
  sessions_.emplace(++last_, std::move(session));
  return last_;
}

com::Ref<IMAPISession> SimpleSessions::find(ULONG_PTR handle) const {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(handle);
  return found == sessions_.end() ? com::Ref<IMAPISession>() : found->second;
}

com::Ref<IMAPISession> SimpleSessions::take(ULONG_PTR handle) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(handle);
  if (found == sessions_.end()) return {};
  com::Ref<IMAPISession> session = std::move(found->second);
  sessions_.erase(found);
  return session;
}

}  // namespace mapiary::session

using namespace mapiary;
using namespace mapiary::session;

ULONG MAPILogon(ULONG_PTR ulUIParam, LPSTR lpszProfileName, LPSTR lpszPassword, FLAGS flFlags, ULONG ulReserved,
                LPLHANDLE lplhSession) {
  (void)ulUIParam;
  (void)ulReserved;
  const auto result =
      com::detail::run([&]() -> Status { return log_on_simple(lpszProfileName, lpszPassword, flFlags, lplhSession); });
  return result ? SUCCESS_SUCCESS : simple_code(result.error());
}

ULONG MAPILogoff(LHANDLE lhSession, ULONG_PTR ulUIParam, FLAGS flFlags, ULONG ulReserved) {
  (void)ulReserved;
  if (flFlags != 0) return MAPI_E_FAILURE;
  ULONG code = SUCCESS_SUCCESS;
  const auto result = com::detail::run([&]() -> Status {
    com::Ref<IMAPISession> session = SimpleSessions::get().take(lhSession);
    if (!session) {
      code = MAPI_E_INVALID_SESSION;
      return {};
    }
    // Its answer changes nothing: MAPI_E_NOT_INITIALIZED tells that whoever converted the handle was first.
    (void)session->Logoff(ulUIParam, 0, 0);
    session.reset();
    Subsystem::get().uninitialize();
    return {};
  });
  return result ? code : simple_code(result.error());
}

STDAPI_(SCODE)
ScMAPIXFromSMAPI(LHANDLE lhSimpleSession, ULONG ulFlags, LPCIID lpInterface, LPMAPISESSION* lppMAPISession) {
  return com::border([&]() -> Result<HRESULT> {
    if (!lppMAPISession) return fail(Code::kInvalidArgument, "session", "ScMAPIXFromSMAPI got a NULL pointer");
    *lppMAPISession = nullptr;
    if (ulFlags != 0) return fail(Code::kUnknownFlags, "session", "ScMAPIXFromSMAPI takes no flags", ulFlags);
    const com::Ref<IMAPISession> session = SimpleSessions::get().find(lhSimpleSession);
    if (!session) return fail(Code::kInvalidArgument, "session", "not a handle that MAPILogon gave");
    return session->QueryInterface(lpInterface ? *lpInterface : IID_IMAPISession,
                                   reinterpret_cast<LPVOID*>(lppMAPISession));
  });
}
