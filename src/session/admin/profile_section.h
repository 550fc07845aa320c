// SPDX-License-Identifier: Apache-2.0
// IProfSect: the properties of one profile section, changed at once and shared by all who have the profile. Sections of
// providers are theirs: a client needs MAPI_FORCE_ACCESS. MUID_PROFILE_INSTANCE cannot be changed. Many may read a
// section, or one may write it. Secure properties come only when asked for by id (ruling R8). Safe
// from any thread. Pages: iprofsectimapiprop, imapisession-openprofilesection, imsgserviceadmin-openprofilesection,
// iprovideradmin-openprofilesection, imapisupport-openprofilesection.
#pragma once

#include <mapix.h>

#include <chrono>

#include "session/admin/admin_host.h"

namespace mapiary::session::admin {

struct SectionRequest {
  Guid uid;
  LPCIID iid = nullptr;                   // NULL, IID_IProfSect, IID_IMAPIProp or IID_IUnknown
  ULONG flags = 0;                        // MAPI_MODIFY, MAPI_DEFERRED_ERRORS, MAPI_FORCE_ACCESS
  bool from_provider = false;             // a provider or an entry function asks: providers' sections are open to it
  std::uint64_t owner = 0;                // the provider's logon, in the leak report
  std::chrono::milliseconds patience{0};  // for others who have it open in a way that forbids this one
};

// kUnknownFlags; kInterfaceNotSupported; kNotFound: no such section and no MAPI_MODIFY, which makes one; kNoAccess.
// `store`: where the profile is. `gate`: closes the section with its session.
Result<com::Ref<IProfSect>> open_section(const std::shared_ptr<profile::ProfileStore>& store,
                                         const profile::Profile& profile, const SectionRequest& request,
                                         std::shared_ptr<com::Gate> gate);
// In the seat's profile, to be closed with it.
Result<com::Ref<IProfSect>> open_section(const Seat& seat, const SectionRequest& request);

}  // namespace mapiary::session::admin
