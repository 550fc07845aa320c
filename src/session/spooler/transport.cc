// SPDX-License-Identifier: Apache-2.0
#include "session/spooler/transport.h"

#include <mapiutil.h>

#include <algorithm>

#include "com/convert.h"
#include "com/text.h"
#include "session/support/support_object.h"

namespace mapiary::session {
namespace {

// Runs on the worker: the arrays are the provider's and live as long as its logon.
void read_types(IXPLogon& logon, TransportOffer& offer) {
  ULONG flags = 0, type_count = 0, uid_count = 0;
  LPTSTR* types = nullptr;
  LPMAPIUID* uids = nullptr;
  if (FAILED(logon.AddressTypes(&flags, &type_count, &types, &uid_count, &uids))) return;
  offer.any_type = !types;
  for (ULONG i = 0; types && i < type_count; ++i) {
    std::string name = com::from_tstr(types[i], (flags & MAPI_UNICODE) != 0);
    if (!name.empty()) offer.types.push_back(std::move(name));
  }
  for (ULONG i = 0; uids && i < uid_count; ++i) {
    if (uids[i]) offer.uids.push_back(to_guid(*uids[i]));
  }
}

void read_options(IXPLogon& logon, TransportOffer& offer) {
  ULONG flags = 0, count = 0;
  LPOPTIONDATA options = nullptr;
  if (FAILED(logon.RegisterOptions(&flags, &count, &options)) || !options) return;
  for (ULONG i = 0; i < count; ++i) {
    TransportOption option{options[i].ulFlags, com::from_tstr(options[i].lpszAdrType, (flags & MAPI_UNICODE) != 0), {}};
    if (options[i].lpOptionsProps) {
      auto defaults = com::to_model_bag({options[i].lpOptionsProps, options[i].cOptionsProps});
      if (defaults) option.defaults = std::move(*defaults);
    }
    offer.options.push_back(std::move(option));
  }
}

}  // namespace

bool Transport::takes_uid(std::string_view entry_id) const {
  const auto id = model::EntryId::parse(entry_id);
  return id && std::find(offer.uids.begin(), offer.uids.end(), id->provider()) != offer.uids.end();
}

bool Transport::takes_type(std::string_view address_type) const {
  if (offer.any_type) return true;
  return std::find(offer.types.begin(), offer.types.end(), address_type) != offer.types.end();
}

com::Ref<IXPLogon> logon_of(const SessionState& state, const LogonRecord& record) {
  std::lock_guard lock(state.mutex());
  return record.phase == Phase::kLive ? record.transport_logon : nullptr;
}

CallResult call_transport(const SessionStatePtr& state, const LogonRecordPtr& record, const char* name,
                          std::chrono::milliseconds limit, std::function<HRESULT(IXPLogon&)> body) {
  auto logon = logon_of(*state, *record);
  if (!logon) return {Outcome::kReturned, MAPI_E_INVALID_OBJECT};
  const CallResult result = record->provider->call(
      name, [logon = std::move(logon), body = std::move(body)]() -> HRESULT { return body(*logon); }, limit);
  if (result.outcome != Outcome::kReturned) {
    state->add_incident({record->title, name, result.outcome, result.hr});
  }
  return result;
}

void tell_transport(const SessionStatePtr& state, const LogonRecordPtr& record, ULONG flags) {
  (void)call_transport(state, record, "IXPLogon::TransportNotify", state->bounds().logoff, [flags](IXPLogon& logon) {
    ULONG in_out = flags;
    return logon.TransportNotify(&in_out, nullptr);
  });
}

void tell_deferred(const SessionStatePtr& state, const LogonRecordPtr& record, const std::string& id, ULONG flags) {
  (void)call_transport(state, record, "IXPLogon::TransportNotify", state->bounds().logoff,
                       [flags, id = id](IXPLogon& logon) mutable {
                         ULONG in_out = flags;
                         SBinary entry{static_cast<ULONG>(id.size()), reinterpret_cast<LPBYTE>(id.data())};
                         return logon.TransportNotify(&in_out, reinterpret_cast<LPVOID*>(&entry));
                       });
}

TransportOffer ask_offer(const SessionStatePtr& state, const LogonRecordPtr& record) {
  auto offer = std::make_shared<TransportOffer>();
  const CallResult result =
      call_transport(state, record, "IXPLogon::AddressTypes", state->bounds().logon, [offer](IXPLogon& logon) {
        read_types(logon, *offer);
        read_options(logon, *offer);
        return S_OK;
      });
  if (result.outcome != Outcome::kReturned) return {};
  return std::move(*offer);
}

}  // namespace mapiary::session
