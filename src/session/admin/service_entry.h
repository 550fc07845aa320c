// SPDX-License-Identifier: Apache-2.0
// Message services in a profile and their entry functions (MSGSERVICEENTRY): the steps of adding, configuring and
// removing one, each in the order the reference gives. No lock is held while an entry function runs. What an entry
// function says in *lppMapiError becomes the text of the error, with the names of file, function and service.
// Pages: msgserviceentry, imsgserviceadmin-createmsgservice, -deletemsgservice, -configuremsgservice,
// supporting-message-service-configuration.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "session/admin/admin_host.h"

namespace mapiary::session::admin {

// The user interface a caller allows.
struct UiWish {
  ULONG_PTR param = 0;
  ULONG flags = 0;  // of MSGSERVICEENTRY

  bool allowed() const { return (flags & (SERVICE_UI_ALLOWED | SERVICE_UI_ALWAYS)) != 0; }
};

// "message service 'X'" of a service's properties.
std::string service_title(const model::PropBag& service);
// A text property in UTF-8, of either width; empty if there is none.
std::string text_of(const model::PropBag& bag, std::uint32_t tag);

struct EntryRequest {
  ULONG context = 0;
  UiWish ui;
  std::span<const model::PropValue> properties;  // of MSG_SERVICE_CONFIGURE only
  Guid own_section;                              // what OpenProfileSection(NULL) opens; nil: the service's
};
// Calls the service's entry function. S_OK without one. kNotInitialized: it is named and cannot be called. A failure of
// the function keeps its HRESULT.
Result<HRESULT> call_entry(const Seat& seat, const profile::ServiceInfo& service, const EntryRequest& request);
bool has_entry(const model::PropBag& service);
// The entry function itself answered this failure; else it was not called, or did not return.
bool is_refusal(const Error& error);

// What mapisvc.inf says of a service, for the profile.
profile::NewService new_service(const mapisvc::ServiceEntry& entry, std::string_view display_name);

// kNotFound: no such service is installed. If the entry function fails, the service is gone again; but a service that
// is not configured yet (MAPI_E_UNCONFIGURED), and was allowed no dialog, stays for ConfigureMsgService.
Result<Guid> create_service(Seat& seat, std::string_view name, std::string_view display_name, const UiWish& ui);
// The last of create_service's steps, for a service whose data are in the profile.
Status start_service(Seat& seat, const Guid& service, const UiWish& ui);
// kNotFound. A service whose entry function fails or cannot be called goes all the same, unless the user cancelled it.
Status delete_service(Seat& seat, const Guid& service);
// kNotFound; kNotInitialized: it has no entry function.
Result<HRESULT> configure_service(Seat& seat, const Guid& service, const UiWish& ui,
                                  std::span<const model::PropValue> properties);

}  // namespace mapiary::session::admin
