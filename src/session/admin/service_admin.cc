// SPDX-License-Identifier: Apache-2.0
#include "session/admin/service_admin.h"

#include <extraconstants.h>
#include <mapicode.h>
#include <mapiguid.h>

#include "com/convert.h"
#include "com/error_map.h"
#include "com/object.h"
#include "com/text.h"
#include "session/admin/admin_border.h"
#include "session/admin/admin_tables.h"
#include "session/admin/profile_section.h"
#include "session/admin/provider_admin.h"
#include "session/admin/service_entry.h"

namespace mapiary::com {
template <>
struct InterfaceChain<IMsgServiceAdmin2> {
  static bool contains(REFIID iid) {
    return IsEqualGUID(iid, IID_IMsgServiceAdmin2) || InterfaceChain<IUnknown>::contains(iid);
  }
};
}  // namespace mapiary::com

namespace mapiary::session::admin {
namespace {

#ifndef SERVICE_NO_RESTART_WARNING
#define SERVICE_NO_RESTART_WARNING 0x00000080
#endif

// By this id our own objects know one another: QueryInterface gives a counted ServiceAdmin, for the profile in it.
constexpr GUID kIidOurServiceAdmin = {0x5a0f5d0e, 0x9c5b, 0x4b53, {0x8f, 0x2c, 0x61, 0x2b, 0xd4, 0x90, 0xe7, 0x1a}};

class ServiceAdmin final : public com::Object<IMsgServiceAdmin, IMsgServiceAdmin2> {
 public:
  explicit ServiceAdmin(Seat seat) : seat_(std::move(seat)), border_(seat_.gate) {}

  MAPI_IMSGSERVICEADMIN_METHODS(override)
  MAPI_IMSGSERVICEADMIN_METHODS2(override)

  profile::Profile& profile() { return seat_.profile; }

 protected:
  void* find_interface(REFIID iid) override {
    if (IsEqualGUID(iid, kIidOurServiceAdmin)) return this;
    return Object::find_interface(iid);
  }

 private:
  Seat seat_;
  AdminBorder border_;
  const com::LiveMark mark_{*border_.gate(), "message service administration object", nullptr};
};

// The administration object behind CopyMsgService's destination.
Result<com::Ref<ServiceAdmin>> our_admin(LPCIID iid, LPVOID object) {
  com::Ref<IMsgServiceAdmin> of_session;
  auto* unknown = static_cast<IUnknown*>(object);
  if (!iid || IsEqualGUID(*iid, IID_IMAPISession)) {
    const HRESULT hr = static_cast<IMAPISession*>(object)->AdminServices(0, of_session.put());
    if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMAPISession::AdminServices of the destination"));
    unknown = of_session.get();
  } else if (!IsEqualGUID(*iid, IID_IMsgServiceAdmin) && !IsEqualGUID(*iid, IID_IMsgServiceAdmin2)) {
    return fail(Code::kInterfaceNotSupported, "session", "a message service is copied into a session's profile only");
  }
  com::Ref<ServiceAdmin> ours;
  const HRESULT hr = unknown->QueryInterface(kIidOurServiceAdmin, reinterpret_cast<void**>(ours.put()));
  if (FAILED(hr)) return fail(Code::kNotSupported, "session", "the destination belongs to another implementation");
  return ours;
}

HRESULT ServiceAdmin::GetLastError(HRESULT hResult, ULONG ulFlags, LPMAPIERROR* lppMAPIError) {
  return border_.get_last_error(hResult, ulFlags, lppMAPIError);
}

HRESULT ServiceAdmin::GetMsgServiceTable(ULONG ulFlags, LPMAPITABLE* lppTable) {
  if (lppTable) *lppTable = nullptr;
  return border_.call([&]() -> Status {
    if (!lppTable) return bad("GetMsgServiceTable needs its out-parameter");
    TRY(check_flags(ulFlags, MAPI_UNICODE, "GetMsgServiceTable"));
    *lppTable = TRY(service_table(seat_.profile, (ulFlags & MAPI_UNICODE) != 0, seat_.gate)).detach();
    return {};
  });
}

HRESULT ServiceAdmin::CreateMsgService(LPTSTR lpszService, LPTSTR lpszDisplayName, ULONG_PTR ulUIParam, ULONG ulFlags) {
  return CreateMsgServiceEx(lpszService, lpszDisplayName, ulUIParam, ulFlags, nullptr);
}

HRESULT ServiceAdmin::CreateMsgServiceEx(LPTSTR lpszService, LPTSTR lpszDisplayName, ULONG_PTR ulUIParam, ULONG ulFlags,
                                         LPMAPIUID lpuidService) {
  return border_.call([&]() -> Status {
    constexpr ULONG kKnown = MAPI_UNICODE | SERVICE_NO_RESTART_WARNING | SERVICE_UI_ALLOWED | SERVICE_UI_ALWAYS;
    if (!lpszService) return bad("CreateMsgService needs the name of a service");
    TRY(check_flags(ulFlags, kKnown, "CreateMsgService"));
    const bool unicode = (ulFlags & MAPI_UNICODE) != 0;
    // Without a user interface there is no restart message that SERVICE_NO_RESTART_WARNING could suppress.
    const Guid uid =
        TRY(create_service(seat_, com::from_tstr(lpszService, unicode), com::from_tstr(lpszDisplayName, unicode),
                           {ulUIParam, ulFlags & ~ULONG{SERVICE_NO_RESTART_WARNING}}));
    if (lpuidService) *lpuidService = to_uid(uid);
    return {};
  });
}

HRESULT ServiceAdmin::DeleteMsgService(LPMAPIUID lpUID) {
  return border_.call([&]() -> Status {
    if (!lpUID) return bad("DeleteMsgService needs a uid");
    return delete_service(seat_, to_guid(*lpUID));
  });
}

HRESULT ServiceAdmin::CopyMsgService(LPMAPIUID lpUID, LPTSTR /*lpszDisplayName: deprecated*/, LPCIID lpInterfaceToCopy,
                                     LPCIID lpInterfaceDst, LPVOID lpObjectDst, ULONG_PTR /*ulUIParam*/,
                                     ULONG ulFlags) {
  return border_.call([&]() -> Status {
    if (!lpUID || !lpObjectDst) return bad("CopyMsgService needs a uid and a destination");
    TRY(check_flags(ulFlags, MAPI_UNICODE | SERVICE_UI_ALWAYS, "CopyMsgService"));
    if (lpInterfaceToCopy && !com::InterfaceChain<IProfSect>::contains(*lpInterfaceToCopy)) {
      return fail(Code::kInterfaceNotSupported, "session", "a profile section offers IProfSect only");
    }
    const com::Ref<ServiceAdmin> target = TRY(our_admin(lpInterfaceDst, lpObjectDst));
    announce_service(target->profile(), TRY(seat_.profile.copy_service(to_guid(*lpUID), target->profile())));
    seat_.host->services_changed(target->profile());
    return {};
  });
}

HRESULT ServiceAdmin::RenameMsgService(LPMAPIUID, ULONG, LPTSTR) {
  return border_.call([&]() -> Status {
    return fail(Code::kNotSupported, "session", "message services are not renamed; set PR_DISPLAY_NAME of its section");
  });
}

HRESULT ServiceAdmin::ConfigureMsgService(LPMAPIUID lpUID, ULONG_PTR ulUIParam, ULONG ulFlags, ULONG cValues,
                                          LPSPropValue lpProps) {
  return border_.call([&]() -> Result<HRESULT> {
    constexpr ULONG kKnown =
        MAPI_UNICODE | MSG_SERVICE_UI_READ_ONLY | SERVICE_UI_ALLOWED | SERVICE_UI_ALWAYS | UI_CURRENT_PROVIDER_FIRST;
    if (!lpUID || (cValues && !lpProps)) return bad("ConfigureMsgService got a NULL pointer");
    TRY(check_flags(ulFlags, kKnown, "ConfigureMsgService"));
    std::vector<model::PropValue> properties;
    for (ULONG i = 0; i < cValues; ++i) properties.push_back(TRY(com::to_model(lpProps[i])));
    return configure_service(seat_, to_guid(*lpUID), {ulUIParam, ulFlags}, properties);
  });
}

HRESULT ServiceAdmin::OpenProfileSection(LPMAPIUID lpUID, LPCIID lpInterface, ULONG ulFlags, LPPROFSECT* lppProfSect) {
  if (lppProfSect) *lppProfSect = nullptr;
  return border_.call([&]() -> Status {
    if (!lpUID || !lppProfSect) return bad("OpenProfileSection got a NULL pointer");
    *lppProfSect = TRY(open_section(seat_, {to_guid(*lpUID), lpInterface, ulFlags, false})).detach();
    return {};
  });
}

HRESULT ServiceAdmin::MsgServiceTransportOrder(ULONG cUID, LPMAPIUID lpUIDList, ULONG ulFlags) {
  return border_.call([&]() -> Status {
    if (cUID && !lpUIDList) return bad("MsgServiceTransportOrder got a NULL pointer");
    TRY(check_flags(ulFlags, 0, "MsgServiceTransportOrder"));
    // A count that fits no profile is judged before that many uids are believed to be there.
    if (const auto count = TRY(seat_.profile.transports()).size(); cUID != count) {
      return fail(Code::kBusy, "session", "the profile has " + std::to_string(count) + " transports", cUID);
    }
    std::vector<Guid> uids;
    for (ULONG i = 0; i < cUID; ++i) uids.push_back(to_guid(lpUIDList[i]));
    return seat_.profile.set_transport_order(uids);
  });
}

HRESULT ServiceAdmin::AdminProviders(LPMAPIUID lpUID, ULONG ulFlags, LPPROVIDERADMIN* lppProviderAdmin) {
  if (lppProviderAdmin) *lppProviderAdmin = nullptr;
  return border_.call([&]() -> Status {
    if (!lpUID || !lppProviderAdmin) return bad("AdminProviders got a NULL pointer");
    TRY(check_flags(ulFlags, 0, "AdminProviders"));
    *lppProviderAdmin = TRY(make_provider_admin(seat_, to_guid(*lpUID))).detach();
    return {};
  });
}

HRESULT ServiceAdmin::SetPrimaryIdentity(LPMAPIUID lpUID, ULONG ulFlags) {
  return border_.call([&]() -> Status {
    TRY(check_flags(ulFlags, 0, "SetPrimaryIdentity"));
    return seat_.profile.set_primary_identity(lpUID ? std::optional(to_guid(*lpUID)) : std::nullopt);
  });
}

HRESULT ServiceAdmin::GetProviderTable(ULONG ulFlags, LPMAPITABLE* lppTable) {
  if (lppTable) *lppTable = nullptr;
  return border_.call([&]() -> Status {
    if (!lppTable) return bad("GetProviderTable needs its out-parameter");
    TRY(check_flags(ulFlags, MAPI_UNICODE, "GetProviderTable"));
    *lppTable = TRY(provider_table(seat_.profile, std::nullopt, (ulFlags & MAPI_UNICODE) != 0, seat_.gate)).detach();
    return {};
  });
}

}  // namespace

com::Ref<IMsgServiceAdmin> make_service_admin(const Seat& seat) {
  return com::make<ServiceAdmin>(seat);
}

}  // namespace mapiary::session::admin
