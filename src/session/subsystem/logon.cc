// SPDX-License-Identifier: Apache-2.0
#include "session/subsystem/logon.h"

#include <mapi.h>
#include <mapiaux.h>

#include <mutex>

#include "com/text.h"
#include "session/address/books.h"
#include "session/client/session_object.h"
#include "session/subsystem/subsystem.h"

namespace mapiary::session {
namespace {

constexpr ULONG kKnownFlags = MAPI_LOGON_UI | MAPI_NEW_SESSION | MAPI_APP_PROFILE | MAPI_ALLOW_OTHERS |
                              MAPI_EXPLICIT_PROFILE | MAPI_EXTENDED | MAPI_USE_DEFAULT | MAPI_FORCE_DOWNLOAD |
                              MAPI_SERVICE_UI_ALWAYS | MAPI_NO_MAIL | MAPI_NT_SERVICE | MAPI_PASSWORD_UI |
                              MAPI_TIMEOUT_SHORT | MAPI_BG_SESSION | MAPI_UNICODE;
constexpr ULONG kUiFlags = MAPI_LOGON_UI | MAPI_PASSWORD_UI;
constexpr std::size_t kMostSessions = 4096;
constexpr std::chrono::seconds kShortTimeout{2};

tl::unexpected<Error> failed(const std::string& why) {
  return fail(Code::kLogonFailed, "session", why);
}

Status check(const LogonRequest& request, const std::string& name) {
  if ((request.flags & ~kKnownFlags) != 0) return failed("MAPILogonEx got unknown flags");
  if ((request.flags & kUiFlags) == kUiFlags)
    return failed("only one kind of logon dialog can be asked for");  // LC-066
  if (com::to_wide(name).size() > profile::kMaxNameLength) return failed("a profile name has at most 64 characters");
  return {};
}

// LC-043..LC-046, LC-065: there is no chooser, so no name and no default is a failure.
Result<std::string> choose_profile(profile::ProfileStore& store, const std::string& name, ULONG flags) {
  if ((flags & MAPI_USE_DEFAULT) != 0) {
    if (auto default_name = TRY(store.default_profile())) return *default_name;
    return failed("there is no default profile");
  }
  if (name.empty()) return failed("no profile was named, and there is no user interface to ask in");
  return name;
}

Result<SessionStatePtr> make_session(const LogonRequest& request, const std::string& wanted) {
  const auto store = TRY(Subsystem::get().profiles());
  if (Subsystem::get().sessions().size() >= kMostSessions) return failed("too many sessions are open");
  const std::string name = TRY(choose_profile(*store, wanted, request.flags));
  auto profile = store->profile(name);
  if (!profile) return failed("profile '" + name + "': " + profile.error().message);
  const std::string password = com::from_tstr(request.password, (request.flags & MAPI_UNICODE) != 0);
  // Without a password in the profile none may be given (LC-038); with one, it must be that.
  const bool has_password = TRY(profile->info()).has_password;
  if (!has_password && !password.empty()) return failed("profile '" + name + "' has no password, and one was given");
  if (has_password && !store->check_password(name, password))
    return failed("wrong password for profile '" + name + "'");
  auto use = store->use_profile(name);
  if (!use) return failed("profile '" + name + "': " + use.error().message);
  auto state = std::make_shared<SessionState>(std::move(*profile), std::move(*use), name, request.flags);
  TRY(state->start());
  start_books(state);
  return state;
}

}  // namespace

Result<com::Ref<IMAPISession>> log_on(const LogonRequest& request) {
  const std::string name = com::from_tstr(request.profile_name, (request.flags & MAPI_UNICODE) != 0);
  TRY(check(request, name));
  Subsystem& subsystem = Subsystem::get();
  std::unique_lock lock(subsystem.logon_mutex(), std::defer_lock);
  if ((request.flags & MAPI_TIMEOUT_SHORT) == 0) {
    lock.lock();
  } else if (!lock.try_lock_for(kShortTimeout)) {
    return fail(Code::kTimeout, "session", "another logon takes too long");
  }
  if ((request.flags & MAPI_NEW_SESSION) == 0) {
    if (const auto shared = subsystem.shared_session()) return make_session_object(shared);
  }
  SessionStatePtr state = TRY(make_session(request, name));
  auto session = TRY(make_session_object(state));
  subsystem.add_session(state);
  return session;
}

}  // namespace mapiary::session
