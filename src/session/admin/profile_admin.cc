// SPDX-License-Identifier: Apache-2.0
#include "session/admin/profile_admin.h"

#include <mapicode.h>

#include "base/log.h"
#include "com/object.h"
#include "com/text.h"
#include "session/admin/admin_border.h"
#include "session/admin/admin_tables.h"
#include "session/admin/service_admin.h"
#include "session/admin/service_entry.h"

namespace mapiary::session::admin {
namespace {

class ProfileAdmin final : public com::Object<IProfAdmin> {
 public:
  explicit ProfileAdmin(std::shared_ptr<AdminHost> host)
      : host_(std::move(host)), border_(std::make_shared<com::Gate>(host_->live())) {}

  MAPI_IPROFADMIN_METHODS(override)

 private:
  Result<Seat> seat_of(profile::ProfileStore& store, const std::string& name) const;
  Result<HRESULT> fill(profile::ProfileStore& store, const std::string& name, ULONG flags, ULONG_PTR ui_param);

  std::shared_ptr<AdminHost> host_;
  AdminBorder border_;
  const com::LiveMark mark_{*border_.gate(), "profile administration object", nullptr};
};

// Passwords of profiles are no more (pages iprofadmin-*): NULL and empty ones alone mean nothing.
bool has_text(LPTSTR text, ULONG flags) {
  return !com::from_tstr(text, (flags & MAPI_UNICODE) != 0).empty();
}

// kNotFound; kNoAccess: an app profile, and MAPI_APP_PROFILE is not set.
Result<profile::Profile> find_profile(profile::ProfileStore& store, const std::string& name, ULONG flags) {
  auto profile = TRY(store.profile(name));
  if (TRY(profile.info()).is_app && !(flags & MAPI_APP_PROFILE)) {
    return fail(Code::kNoAccess, "session", "profile '" + name + "' is an app profile and MAPI_APP_PROFILE is not set");
  }
  return profile;
}

// As the caller, who can show no dialog for a password, is to be answered.
template <class T>
Result<T> as_logon(Result<T> result) {
  if (!result && result.error().code == Code::kNotFound) result.error().code = Code::kLogonFailed;
  return result;
}

Result<Seat> ProfileAdmin::seat_of(profile::ProfileStore& store, const std::string& name) const {
  auto profile = TRY(store.profile(name));  // not in the braces below: what stands before it there would leak
  return Seat{host_, std::move(profile), std::make_shared<com::Gate>(host_->live())};
}

HRESULT ProfileAdmin::GetLastError(HRESULT hResult, ULONG ulFlags, LPMAPIERROR* lppMAPIError) {
  return border_.get_last_error(hResult, ulFlags, lppMAPIError);
}

HRESULT ProfileAdmin::GetProfileTable(ULONG ulFlags, LPMAPITABLE* lppTable) {
  if (lppTable) *lppTable = nullptr;
  return border_.call([&]() -> Status {
    if (!lppTable) return bad("GetProfileTable needs its out-parameter");
    TRY(check_flags(ulFlags, MAPI_UNICODE | MAPI_APP_PROFILE, "GetProfileTable"));
    const auto store = TRY(host_->profiles());
    *lppTable = TRY(profile_table(*store, (ulFlags & MAPI_APP_PROFILE) != 0, (ulFlags & MAPI_UNICODE) != 0,
                                  std::make_shared<com::Gate>(host_->live())))
                    .detach();
    return {};
  });
}

// Makes the profile with the data of all default services as one change; only then are entry functions called (LC-455).
// A service that cannot start is taken back and the others go on: the answer is then MAPI_W_ERRORS_RETURNED, with the
// reason in GetLastError.
Result<HRESULT> ProfileAdmin::fill(profile::ProfileStore& store, const std::string& name, ULONG flags,
                                   ULONG_PTR ui_param) {
  const auto catalog = TRY(host_->catalog());
  std::vector<Guid> services;
  {
    auto change = TRY(store.begin_change());  // keeps others, and so entry functions, out of the store
    auto profile = TRY(store.create_profile(name, {}, (flags & MAPI_APP_PROFILE) != 0));
    for (const auto* entry : catalog->default_services()) {
      services.push_back(TRY(profile.add_service(new_service(*entry, {}))));
    }
    TRY(change.commit());
  }
  Seat seat = TRY(seat_of(store, name));
  // MAPI_DIALOG in the terms of entry functions, where its number means something else.
  UiWish ui{0, flags & MAPI_UNICODE};
  if (flags & MAPI_DIALOG) ui = {ui_param, ui.flags | SERVICE_UI_ALLOWED};
  HRESULT answer = S_OK;
  for (const Guid& service : services) {
    if (Status started = start_service(seat, service, ui); !started) {
      log_error(LogLevel::kWarning, started.error(), "starting a default service");
      answer = border_.warn(MAPI_W_ERRORS_RETURNED, std::move(started).error());
    }
  }
  return answer;
}

HRESULT ProfileAdmin::CreateProfile(LPTSTR lpszProfileName, LPTSTR lpszPassword, ULONG_PTR ulUIParam, ULONG ulFlags) {
  return border_.call([&]() -> Result<HRESULT> {
    if (!lpszProfileName) return bad("CreateProfile needs a name");
    TRY(check_flags(ulFlags, MAPI_UNICODE | MAPI_DIALOG | MAPI_DEFAULT_SERVICES | MAPI_APP_PROFILE, "CreateProfile"));
    if (has_text(lpszPassword, ulFlags)) return bad("profiles have no passwords: lpszPassword must be NULL or empty");
    const std::string name = com::from_tstr(lpszProfileName, (ulFlags & MAPI_UNICODE) != 0);
    const auto store = TRY(host_->profiles());
    if (ulFlags & MAPI_DEFAULT_SERVICES) return fill(*store, name, ulFlags, ulUIParam);
    TRY(store->create_profile(name, {}, (ulFlags & MAPI_APP_PROFILE) != 0));
    return S_OK;
  });
}

HRESULT ProfileAdmin::DeleteProfile(LPTSTR lpszProfileName, ULONG ulFlags) {
  return border_.call([&]() -> Status {
    if (!lpszProfileName) return bad("DeleteProfile needs a name");
    TRY(check_flags(ulFlags, MAPI_UNICODE | MAPI_APP_PROFILE, "DeleteProfile"));
    const std::string name = com::from_tstr(lpszProfileName, (ulFlags & MAPI_UNICODE) != 0);
    const auto store = TRY(host_->profiles());
    TRY(find_profile(*store, name, ulFlags));
    // Nobody may keep a profile by failing. In a profile that is in use services and sections stay until it is not.
    Seat seat = TRY(seat_of(*store, name));
    for (const auto& service : TRY(seat.profile.services())) {
      if (auto told = call_entry(seat, service, {MSG_SERVICE_DELETE, {}, {}, {}}); !told) {
        log_error(LogLevel::kWarning, told.error(), "telling a message service that its profile is deleted");
      }
    }
    return store->delete_profile(name);
  });
}

HRESULT ProfileAdmin::ChangeProfilePassword(LPTSTR, LPTSTR, LPTSTR, ULONG) {
  return S_OK;
}

HRESULT ProfileAdmin::CopyProfile(LPTSTR lpszOldProfileName, LPTSTR lpszOldPassword, LPTSTR lpszNewProfileName,
                                  ULONG_PTR /*ulUIParam*/, ULONG ulFlags) {
  return border_.call([&]() -> Status {
    if (!lpszOldProfileName || !lpszNewProfileName) return bad("CopyProfile needs two names");
    TRY(check_flags(ulFlags, MAPI_UNICODE | MAPI_DIALOG | MAPI_APP_PROFILE, "CopyProfile"));
    const bool unicode = (ulFlags & MAPI_UNICODE) != 0;
    const std::string from = com::from_tstr(lpszOldProfileName, unicode);
    const auto store = TRY(host_->profiles());
    TRY(find_profile(*store, from, ulFlags));
    // No dialog can be shown for a missing password: MAPI_E_LOGON_FAILED with MAPI_DIALOG too.
    TRY(store->copy_profile(from, com::from_tstr(lpszOldPassword, unicode),
                            com::from_tstr(lpszNewProfileName, unicode)));
    return {};
  });
}

HRESULT ProfileAdmin::RenameProfile(LPTSTR lpszOldProfileName, LPTSTR lpszOldPassword, LPTSTR lpszNewProfileName,
                                    ULONG_PTR /*ulUIParam*/, ULONG ulFlags) {
  return border_.call([&]() -> Status {
    if (!lpszOldProfileName || !lpszNewProfileName) return bad("RenameProfile needs two names");
    TRY(check_flags(ulFlags, MAPI_UNICODE | MAPI_DIALOG | MAPI_APP_PROFILE, "RenameProfile"));
    const bool unicode = (ulFlags & MAPI_UNICODE) != 0;
    const std::string from = com::from_tstr(lpszOldProfileName, unicode);
    const auto store = TRY(host_->profiles());
    TRY(find_profile(*store, from, ulFlags));
    return store->rename_profile(from, com::from_tstr(lpszOldPassword, unicode),
                                 com::from_tstr(lpszNewProfileName, unicode));
  });
}

HRESULT ProfileAdmin::SetDefaultProfile(LPTSTR lpszProfileName, ULONG ulFlags) {
  return border_.call([&]() -> Status {
    TRY(check_flags(ulFlags, MAPI_UNICODE, "SetDefaultProfile"));
    const auto store = TRY(host_->profiles());
    if (!lpszProfileName) return store->set_default_profile(std::nullopt);
    Status set = store->set_default_profile(com::from_tstr(lpszProfileName, (ulFlags & MAPI_UNICODE) != 0));
    // An app profile: the page names E_FAIL.
    if (!set && set.error().code == Code::kNotSupported) set.error().code = Code::kInternal;
    return set;
  });
}

HRESULT ProfileAdmin::AdminServices(LPTSTR lpszProfileName, LPTSTR lpszPassword, ULONG_PTR /*ulUIParam*/, ULONG ulFlags,
                                    LPSERVICEADMIN* lppServiceAdmin) {
  if (lppServiceAdmin) *lppServiceAdmin = nullptr;
  return border_.call([&]() -> Status {
    if (!lpszProfileName || !lppServiceAdmin) return bad("AdminServices got a NULL pointer");
    TRY(check_flags(ulFlags, MAPI_UNICODE | MAPI_DIALOG, "AdminServices"));
    const bool unicode = (ulFlags & MAPI_UNICODE) != 0;
    const std::string name = com::from_tstr(lpszProfileName, unicode);
    const auto store = TRY(host_->profiles());
    const Seat seat = TRY(as_logon(seat_of(*store, name)));
    TRY(store->check_password(name, com::from_tstr(lpszPassword, unicode)));
    *lppServiceAdmin = make_service_admin(seat).detach();
    return {};
  });
}

}  // namespace

com::Ref<IProfAdmin> make_profile_admin(std::shared_ptr<AdminHost> host) {
  return com::make<ProfileAdmin>(std::move(host));
}

}  // namespace mapiary::session::admin
