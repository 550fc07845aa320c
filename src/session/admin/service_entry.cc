// SPDX-License-Identifier: Apache-2.0
#include "session/admin/service_entry.h"

#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>

#include "base/log.h"
#include "com/error_map.h"
#include "model/text.h"
#include "session/admin/admin_tables.h"
#include "session/admin/provider_admin.h"

namespace mapiary::session::admin {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropType;
using model::PropValue;

std::string folder_of(const std::string& file) {
  const auto slash = file.rfind('/');
  return slash == std::string::npos ? std::string() : file.substr(0, slash);
}

EntryCall call_of(AdminHost& host, const PropBag& service, const EntryRequest& request) {
  EntryCall call;
  call.library = text_of(service, PR_SERVICE_DLL_NAME_W);
  call.function = text_of(service, PR_SERVICE_ENTRY_NAME);
  // A service that is installed no longer is looked for in the usual places alone.
  if (const auto catalog = host.catalog()) {
    const auto* entry = (*catalog)->find(text_of(service, PR_SERVICE_NAME_W));
    if (entry) call.inf_folder = folder_of(entry->file);
  }
  call.ui_param = request.ui.param;
  call.flags = request.ui.flags;
  call.context = request.context;
  call.properties.assign(request.properties.begin(), request.properties.end());
  return call;
}

Error entry_error(const PropBag& service, const EntryCall& call, const EntryAnswer& answer) {
  const std::string what = service_title(service) + ": " + call.function + " in " + call.library;
  Error error = com::outside_error(answer.hr, what);
  if (!answer.text.empty()) {
    error.message = what + ": " + (answer.component.empty() ? "" : answer.component + ": ") + answer.text;
  }
  if (answer.low_level) error.message += " (low-level error " + std::to_string(answer.low_level) + ")";
  return error;
}

// It may be listed and be of no use: what is wrong with the files is said with it.
tl::unexpected<Error> not_installed(const mapisvc::Catalog& catalog, std::string_view name) {
  std::string text = "no mapisvc.inf lists a message service '" + std::string(name) + "' that can be used";
  constexpr std::size_t kMost = 5;
  for (std::size_t i = 0; i < std::min(kMost, catalog.problems().size()); ++i) {
    text += "; " + catalog.problems()[i].text();
  }
  return fail(Code::kNotFound, "session", std::move(text));
}

Result<HRESULT> run_entry(AdminHost& host, const PropBag& service, EntryCall call) {
  EntryCall names;
  names.library = call.library;
  names.function = call.function;
  auto answer = host.call_entry(std::move(call));
  if (!answer) {
    Error error = std::move(answer).error();
    // Whatever kept the library from being loaded: the service has no entry function that could be called.
    if (error.code == Code::kNotFound || error.code == Code::kCorrupt) error.code = Code::kNotInitialized;
    error.message =
        service_title(service) + ": " + names.function + " in " + names.library + " cannot be called: " + error.message;
    return tl::unexpected(std::move(error));
  }
  if (FAILED(answer->hr)) return tl::unexpected(entry_error(service, names, *answer));
  return answer->hr;
}

}  // namespace

Status check_flags(ULONG flags, ULONG known, const char* call) {
  if (!(flags & ~known)) return {};
  return fail(Code::kUnknownFlags, "session", std::string(call) + " does not define a flag it got", flags & ~known);
}

std::string text_of(const PropBag& bag, std::uint32_t tag) {
  const PropValue* value = bag.find(PropTag(tag).id());
  if (!value || !value->is_bytes()) return {};
  if (value->tag().base_type() == PropType::kUnicode) return std::string(value->as_bytes());
  return model::text8_to_utf8(value->as_bytes(), value->code_page());
}

std::string service_title(const PropBag& service) {
  return "message service '" + text_of(service, PR_SERVICE_NAME_W) + "'";
}

bool has_entry(const PropBag& service) {
  return !text_of(service, PR_SERVICE_DLL_NAME_W).empty() && !text_of(service, PR_SERVICE_ENTRY_NAME).empty();
}

bool is_refusal(const Error& error) {
  return error.layer == com::outside_error(MAPI_E_CALL_FAILED, {}).layer;
}

Result<HRESULT> call_entry(const Seat& seat, const profile::ServiceInfo& service, const EntryRequest& request) {
  if (!has_entry(service.properties)) return S_OK;
  EntryCall call = call_of(*seat.host, service.properties, request);
  call.support = TRY(seat.host->make_support(seat.profile, service.uid));
  call.providers = make_entry_provider_admin(
      seat, service.uid, {request.context, request.own_section.is_nil() ? service.uid : request.own_section});
  return run_entry(*seat.host, service.properties, std::move(call));
}

profile::NewService new_service(const mapisvc::ServiceEntry& entry, std::string_view display_name) {
  profile::NewService made;
  made.properties = entry.properties;
  made.properties.set(PropValue::text(PropTag(PR_SERVICE_NAME_W), entry.name));
  if (!made.properties.find(PropTag(PR_DISPLAY_NAME_W).id())) {
    made.properties.set(PropValue::text(PropTag(PR_DISPLAY_NAME_W),
                                        display_name.empty() ? entry.display_name : std::string(display_name)));
  }
  for (const auto& provider : entry.providers) made.providers.push_back({std::nullopt, provider.properties});
  for (const auto& extra : entry.extras) made.extras.push_back({extra.uid, extra.properties});
  return made;
}

Result<Guid> create_service(Seat& seat, std::string_view name, std::string_view display_name, const UiWish& ui) {
  const auto catalog = TRY(seat.host->catalog());
  const mapisvc::ServiceEntry* entry = catalog->find(name);
  if (!entry) return not_installed(*catalog, name);
  const Guid uid = TRY(seat.profile.add_service(new_service(*entry, display_name)));
  TRY(start_service(seat, uid, ui));
  announce_service(seat.profile, uid);
  seat.host->services_changed(seat.profile);
  return uid;
}

Status start_service(Seat& seat, const Guid& uid, const UiWish& ui) {
  EntryRequest request{MSG_SERVICE_CREATE, {0, ui.flags & MAPI_UNICODE}, {}, {}};
  if (ui.allowed()) request.ui = ui;
  auto started = call_entry(seat, TRY(seat.profile.service(uid)), request);
  if (started) return {};
  if (com::to_hresult(started.error()) == MAPI_E_UNCONFIGURED && !ui.allowed()) return {};
  // The entry function may have removed it itself.
  if (Status undone = seat.profile.delete_service(uid); !undone && undone.error().code != Code::kNotFound) {
    log_error(LogLevel::kError, undone.error(), "taking back a message service");
  }
  return tl::unexpected(std::move(started).error());
}

Status delete_service(Seat& seat, const Guid& uid) {
  const auto service = TRY(seat.profile.service(uid));
  if (auto told = call_entry(seat, service, {MSG_SERVICE_DELETE, {}, {}, {}}); !told) {
    if (com::to_hresult(told.error()) == MAPI_E_USER_CANCEL) return tl::unexpected(std::move(told).error());
    log_error(LogLevel::kWarning, told.error(), "telling a message service that it is deleted");
  }
  TRY(seat.profile.delete_service(uid));
  seat.host->services_changed(seat.profile);
  return {};
}

Result<HRESULT> configure_service(Seat& seat, const Guid& uid, const UiWish& ui,
                                  std::span<const PropValue> properties) {
  const auto service = TRY(seat.profile.service(uid));
  if (!has_entry(service.properties)) {
    return fail(Code::kNotInitialized, "session", service_title(service.properties) + " has no entry function");
  }
  const HRESULT done = TRY(call_entry(seat, service, {MSG_SERVICE_CONFIGURE, ui, properties, {}}));
  seat.host->services_changed(seat.profile);
  return done;
}

}  // namespace mapiary::session::admin
