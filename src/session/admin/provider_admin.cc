// SPDX-License-Identifier: Apache-2.0
#include "session/admin/provider_admin.h"

#include <mapicode.h>
#include <mapitags.h>

#include <atomic>
#include <optional>

#include "base/code_page.h"
#include "base/log.h"
#include "base/unicode.h"
#include "com/convert.h"
#include "com/object.h"
#include "com/text.h"
#include "session/admin/admin_border.h"
#include "session/admin/admin_tables.h"
#include "session/admin/profile_section.h"
#include "session/admin/service_entry.h"

namespace mapiary::session::admin {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropValue;

class ProviderAdmin final : public com::Object<IProviderAdmin> {
 public:
  ProviderAdmin(Seat seat, const Guid& service, std::optional<EntrySite> site)
      : seat_(std::move(seat)), border_(seat_.gate), service_(service), site_(site) {}

  MAPI_IPROVIDERADMIN_METHODS(override)

 private:
  Result<PropBag> provider_data(const std::string& name, std::span<const PropValue> extra);
  Result<Guid> add(const std::string& name, std::span<const PropValue> properties);
  Result<HRESULT> tell(ULONG context, const Guid& provider, const UiWish& ui);
  Status check_member(const Guid& provider);

  Seat seat_;
  AdminBorder border_;
  Guid service_;
  std::optional<EntrySite> site_;  // of an entry function
  std::atomic<bool> claimed_ = false;
  const com::LiveMark mark_{*border_.gate(), "provider administration object", nullptr};
};

bool is_named(const mapisvc::ProviderEntry& provider, const std::string& name) {
  return equals_ascii_nocase(provider.section, name) || text_of(provider.properties, PR_DISPLAY_NAME_W) == name ||
         text_of(provider.properties, PR_PROVIDER_DISPLAY_W) == name;
}

// What mapisvc.inf says of the provider, then what the caller says. A name that is none of the service's is the name
// of a provider without further data (LC-529).
Result<PropBag> ProviderAdmin::provider_data(const std::string& name, std::span<const PropValue> extra) {
  PropBag bag;
  const auto service = TRY(seat_.profile.service(service_));
  const auto catalog = TRY(seat_.host->catalog());
  if (const auto* entry = catalog->find(text_of(service.properties, PR_SERVICE_NAME_W))) {
    for (const auto& provider : entry->providers) {
      if (!is_named(provider, name)) continue;
      bag = provider.properties;
      break;
    }
  }
  for (const PropValue& value : extra) bag.set(value);
  if (!bag.find(PropTag(PR_DISPLAY_NAME_W).id())) bag.set(PropValue::text(PropTag(PR_DISPLAY_NAME_W), name));
  return bag;
}

// MSG_SERVICE_PROVIDER_CREATE asks the entry function to call CreateProvider, for a provider whose data are in the
// profile already: its first call is about that one and adds no second.
Result<Guid> ProviderAdmin::add(const std::string& name, std::span<const PropValue> properties) {
  if (site_ && site_->context == MSG_SERVICE_PROVIDER_CREATE && !claimed_.exchange(true)) {
    if (!properties.empty()) TRY(seat_.profile.set_properties(site_->section, properties));
    return site_->section;
  }
  auto data = TRY(provider_data(name, properties));
  return seat_.profile.add_provider(service_, {std::nullopt, std::move(data)});
}

Result<HRESULT> ProviderAdmin::tell(ULONG context, const Guid& provider, const UiWish& ui) {
  if (site_) return S_OK;
  return call_entry(seat_, TRY(seat_.profile.service(service_)), {context, ui, {}, provider});
}

Status ProviderAdmin::check_member(const Guid& provider) {
  const auto section = TRY(seat_.profile.section(provider));
  if (section.kind == profile::SectionKind::kProvider && section.service == service_ && !section.is_deleted) {
    return {};
  }
  return fail(Code::kNotFound, "session", provider.to_string() + " is not a provider of this message service");
}

HRESULT ProviderAdmin::GetLastError(HRESULT hResult, ULONG ulFlags, LPMAPIERROR* lppMAPIError) {
  return border_.get_last_error(hResult, ulFlags, lppMAPIError);
}

HRESULT ProviderAdmin::GetProviderTable(ULONG ulFlags, LPMAPITABLE* lppTable) {
  if (lppTable) *lppTable = nullptr;
  return border_.call([&]() -> Status {
    if (!lppTable) return bad("GetProviderTable needs its out-parameter");
    TRY(check_flags(ulFlags, MAPI_UNICODE, "GetProviderTable"));
    *lppTable = TRY(provider_table(seat_.profile, service_, (ulFlags & MAPI_UNICODE) != 0, seat_.gate)).detach();
    return {};
  });
}

HRESULT ProviderAdmin::CreateProvider(LPTSTR lpszProvider, ULONG cValues, LPSPropValue lpProps, ULONG_PTR ulUIParam,
                                      ULONG ulFlags, MAPIUID* lpUID) {
  return border_.call([&]() -> Result<HRESULT> {
    if (!lpszProvider || !lpUID || (cValues && !lpProps)) return bad("CreateProvider got a NULL pointer");
    TRY(check_flags(ulFlags, MAPI_UNICODE | MAPI_DIALOG, "CreateProvider"));
    const std::string name = com::from_tstr(lpszProvider, (ulFlags & MAPI_UNICODE) != 0);
    const PropBag properties = TRY(com::to_model_bag({lpProps, cValues}));
    const Guid uid = TRY(add(name, properties.values()));
    UiWish ui{0, ulFlags & MAPI_UNICODE};
    if (ulFlags & MAPI_DIALOG) ui = {ulUIParam, ui.flags | SERVICE_UI_ALLOWED};
    if (auto told = tell(MSG_SERVICE_PROVIDER_CREATE, uid, ui); !told) {
      if (Status undone = seat_.profile.delete_provider(uid); !undone && undone.error().code != Code::kNotFound) {
        log_error(LogLevel::kError, undone.error(), "taking back a provider");
      }
      return tl::unexpected(std::move(told).error());
    }
    *lpUID = to_uid(uid);
    if (!site_) seat_.host->services_changed(seat_.profile);  // else whoever called the entry function tells
    return S_OK;
  });
}

HRESULT ProviderAdmin::DeleteProvider(LPMAPIUID lpUID) {
  return border_.call([&]() -> Status {
    if (!lpUID) return bad("DeleteProvider got a NULL pointer");
    const Guid uid = to_guid(*lpUID);
    TRY(check_member(uid));
    if (auto told = tell(MSG_SERVICE_PROVIDER_DELETE, uid, {}); !told) {
      // What the function itself refuses stays; one that cannot be called keeps nobody from deleting.
      if (is_refusal(told.error())) return tl::unexpected(std::move(told).error());
      log_error(LogLevel::kWarning, told.error(), "telling a message service that a provider is deleted");
    }
    Status removed = seat_.profile.delete_provider(uid);
    // Not found: the entry function has done it.
    if (!removed && removed.error().code != Code::kNotFound) return removed;
    if (!site_) seat_.host->services_changed(seat_.profile);
    return {};
  });
}

HRESULT ProviderAdmin::OpenProfileSection(LPMAPIUID lpUID, LPCIID lpInterface, ULONG ulFlags, LPPROFSECT* lppProfSect) {
  if (lppProfSect) *lppProfSect = nullptr;
  return border_.call([&]() -> Status {
    if (!lppProfSect || (!lpUID && !site_)) return bad("OpenProfileSection got a NULL pointer");
    const Guid uid = lpUID ? to_guid(*lpUID) : site_->section;
    *lppProfSect = TRY(open_section(seat_, {uid, lpInterface, ulFlags, site_.has_value()})).detach();
    return {};
  });
}

}  // namespace

Result<com::Ref<IProviderAdmin>> make_provider_admin(const Seat& seat, const Guid& service) {
  TRY(seat.profile.service(service));
  return com::Ref<IProviderAdmin>(com::make<ProviderAdmin>(seat, service, std::nullopt));
}

com::Ref<IProviderAdmin> make_entry_provider_admin(const Seat& seat, const Guid& service, const EntrySite& site) {
  return com::make<ProviderAdmin>(seat, service, site);
}

}  // namespace mapiary::session::admin
