// SPDX-License-Identifier: Apache-2.0
// XPProviderInit and IXPProvider::TransportLogon for the transports of a profile.
#include <mapiutil.h>

#include <algorithm>

#include "session/client/provider_logon.h"
#include "session/spooler/transport.h"

namespace mapiary::session {
namespace {

struct TransportCall final : LogonCall {
  com::Ref<IXPLogon> logon;

  HRESULT run() override {
    IXPProvider* object = provider->transport();
    if (!object) return MAPI_E_NOT_INITIALIZED;  // its session has just ended
    return object->TransportLogon(support.get(), ui_param, name(), &flags, &error, logon.put());
  }
  HRESULT undo() override {
    if (!logon) return S_OK;
    const HRESULT hr = logon->TransportLogoff(0);
    logon.reset();
    return hr;
  }
  bool is_empty() const override { return !logon; }
};

const LogonRules& transport_rules() {
  static const LogonRules kRules{ProviderKind::kTransport,
                                 "IXPProvider::TransportLogon",
                                 "IXPLogon::TransportLogoff",
                                 {MAPI_E_FAILONEPROVIDER, MAPI_E_USER_CANCEL}};
  return kRules;
}

// LC-302: every active transport has a row, whether or not it made one itself.
void add_row(const SessionStatePtr& state, const LogonRecord& record) {
  if (state->status_table().row(bytes_of(record.section))) return;
  using model::PropTag;
  using model::PropValue;
  model::PropBag row;
  row.set(PropValue::text(PropTag(PR_DISPLAY_NAME_W), record.display_name));
  row.set(PropValue::int32(PropTag(PR_STATUS_CODE), STATUS_AVAILABLE));
  row.set(PropValue::int32(PropTag(PR_RESOURCE_METHODS), 0));
  (void)state->modify_status_row(record.id, row, false);
}

// Null: it did not log on; why is an incident.
TransportPtr log_on(const SessionStatePtr& state, ProviderSection section) {
  ProviderLogon logon(state, std::move(section), transport_rules());
  if (!logon.start()) return nullptr;
  // Sending and receiving begin with TransportNotify, when a store is there for it.
  const auto attempt = [&] {
    return logon.attempt(LOGON_NO_DIALOG | LOGON_NO_INBOUND | LOGON_NO_OUTBOUND,
                         [] { return std::make_shared<TransportCall>(); });
  };
  HRESULT hr = attempt();
  if (hr == MAPI_E_UNCONFIGURED && logon.configure(0, false)) hr = attempt();
  if (FAILED(hr)) {
    (void)logon.failure(hr);
    return nullptr;
  }
  auto& call = logon.call<TransportCall>();
  const LogonRecordPtr record = logon.record();
  {
    std::lock_guard lock(state->mutex());
    record->transport_logon = call.logon;
  }
  if (!logon.make_live([](LogonRecord& mine) { mine.transport_logon.reset(); })) return nullptr;
  call.logon.reset();
  auto transport = std::make_shared<Transport>(record);
  transport->flags = call.flags;
  transport->offer = ask_offer(state, record);
  add_row(state, *record);
  return transport;
}

bool is_last(const ProviderSection& section) {
  return (int_of(section.properties, PROP_ID(PR_RESOURCE_FLAGS)).value_or(0) & STATUS_XP_PREFER_LAST) != 0;
}

}  // namespace

Result<LoadedTransports> load_transports(const SessionStatePtr& state, const std::vector<TransportPtr>& known) {
  auto sections = TRY(state->sections_of(ProviderKind::kTransport));
  std::stable_partition(sections.begin(), sections.end(), [](const auto& section) { return !is_last(section); });
  LoadedTransports result;
  for (auto& section : sections) {
    const auto has_section = [&](const TransportPtr& t) { return t->record->section == section.uid; };
    const auto found = std::find_if(known.begin(), known.end(), has_section);
    TransportPtr transport = found != known.end() ? *found : log_on(state, std::move(section));
    if (transport) {
      result.transports.push_back(std::move(transport));
    } else {
      result.all_there = false;
    }
  }
  return result;
}

}  // namespace mapiary::session
