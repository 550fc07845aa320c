// SPDX-License-Identifier: Apache-2.0
// XPProviderInit and IXPProvider::TransportLogon for the transports of a profile.
#include <mapiutil.h>

#include <algorithm>

#include "com/text.h"
#include "session/client/hosts.h"
#include "session/spooler/transport.h"

namespace mapiary::session {
namespace {

// One TransportLogon: what goes in and comes out, owned by the call so that it may come back too late.
struct TransportCall {
  ProviderHandlePtr provider;
  com::Ref<IMAPISupport> support;
  std::wstring wide_name;
  std::string narrow_name;
  ULONG flags = 0;
  com::Ref<IXPLogon> logon;

  HRESULT run() {
    const bool unicode = (flags & MAPI_UNICODE) != 0;
    auto* name = unicode ? reinterpret_cast<LPTSTR>(wide_name.data()) : reinterpret_cast<LPTSTR>(narrow_name.data());
    LPMAPIERROR error = nullptr;
    const HRESULT hr = provider->transport()->TransportLogon(support.get(), 0, name, &flags, &error, logon.put());
    MAPIFreeBuffer(error);
    return hr;
  }
  // A logon that came too late, or for nobody, goes again.
  HRESULT undo() {
    if (!logon) return S_OK;
    const HRESULT hr = logon->TransportLogoff(0);
    logon.reset();
    return hr;
  }
};
using TransportCallPtr = std::shared_ptr<TransportCall>;

class TransportLogon {
 public:
  TransportLogon(SessionStatePtr state, ProviderSection section)
      : state_(std::move(state)), section_(std::move(section)) {}
  // Null: it did not log on; why is an incident.
  TransportPtr run();

 private:
  HRESULT attempt();
  HRESULT call(ULONG width);
  TransportPtr keep();
  void add_row();

  SessionStatePtr state_;
  ProviderSection section_;
  ProviderHandlePtr provider_;
  LogonRecordPtr record_;
  TransportCallPtr call_;
};

TransportPtr TransportLogon::run() {
  if (state_->is_disabled(section_.service)) return nullptr;
  auto provider = state_->provider(section_.dll_name, ProviderKind::kTransport);
  if (!provider) {
    state_->add_incident({section_.dll_name, "XPProviderInit", Outcome::kReturned, com::to_hresult(provider.error())});
    state_->disable_service(section_.service);
    return nullptr;
  }
  provider_ = std::move(*provider);
  HRESULT hr = attempt();
  if (hr == MAPI_E_UNCONFIGURED && !section_.service.is_nil() &&
      SUCCEEDED(configure_service(state_, section_.service, 0, false))) {
    hr = attempt();
  }
  if (SUCCEEDED(hr)) return keep();
  state_->add_incident({section_.dll_name, "IXPProvider::TransportLogon", Outcome::kReturned, hr});
  if (hr != MAPI_E_FAILONEPROVIDER && hr != MAPI_E_USER_CANCEL) state_->disable_service(section_.service);
  return nullptr;
}

HRESULT TransportLogon::attempt() {
  const HRESULT hr = call(MAPI_UNICODE);
  return hr == MAPI_E_BAD_CHARWIDTH ? call(0) : hr;
}

HRESULT TransportLogon::call(ULONG width) {
  record_ = state_->new_record(ProviderKind::kTransport, provider_, section_);
  if (!section_.service.is_nil() && !record_->use) {  // deleted since it was found
    state_->drop_record(record_);
    return MAPI_E_NOT_FOUND;
  }
  auto call = std::make_shared<TransportCall>();
  call->provider = provider_;
  call->support = make_provider_support(state_, record_);
  call->wide_name = com::to_wide(state_->profile_name());
  call->narrow_name = com::encode_lossy(state_->profile_name(), com::default_code_page());
  // Sending and receiving begin with TransportNotify, when a store is there for it.
  call->flags = LOGON_NO_DIALOG | LOGON_NO_INBOUND | LOGON_NO_OUTBOUND | width;
  const CallResult result = provider_->call(
      "IXPProvider::TransportLogon", [call] { return call->run(); }, state_->bounds().logon,
      [call] { (void)call->undo(); });
  if (result.outcome != Outcome::kReturned) {
    state_->add_incident({section_.dll_name, "IXPProvider::TransportLogon", result.outcome, result.hr});
  }
  if (result.outcome != Outcome::kTimedOut) call_ = std::move(call);
  const bool is_empty = result.ok() && !call_->logon;
  if (FAILED(result.hr) || is_empty) state_->drop_record(record_);
  return is_empty ? MAPI_E_CALL_FAILED : result.hr;
}

TransportPtr TransportLogon::keep() {
  {
    std::lock_guard lock(state_->mutex());
    record_->transport_logon = call_->logon;
  }
  if (!state_->make_live(record_)) {  // the session ended meanwhile
    {
      std::lock_guard lock(state_->mutex());
      record_->transport_logon.reset();
    }
    (void)provider_->call(
        "IXPLogon::TransportLogoff", [call = call_] { return call->undo(); }, state_->bounds().logoff);
    state_->drop_record(record_);
    return nullptr;
  }
  call_->logon.reset();
  call_->support->AddRef();
  if (call_->support->Release() == 1) {  // the provider keeps none of its own (LC-357)
    std::lock_guard lock(state_->mutex());
    record_->kept_support = call_->support;
  }
  call_->support.reset();
  auto transport = std::make_shared<Transport>(record_);
  transport->flags = call_->flags;
  transport->offer = ask_offer(state_, record_);
  add_row();
  return transport;
}

// LC-302: every active transport has a row, whether or not it made one itself.
void TransportLogon::add_row() {
  if (state_->status_table().row(bytes_of(section_.uid))) return;
  using model::PropTag;
  using model::PropValue;
  model::PropBag row;
  row.set(PropValue::text(PropTag(PR_DISPLAY_NAME_W), record_->display_name));
  row.set(PropValue::int32(PropTag(PR_STATUS_CODE), STATUS_AVAILABLE));
  row.set(PropValue::int32(PropTag(PR_RESOURCE_METHODS), 0));
  (void)state_->modify_status_row(record_->id, row, false);
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
    TransportPtr transport = found != known.end() ? *found : TransportLogon(state, std::move(section)).run();
    if (transport) {
      result.transports.push_back(std::move(transport));
    } else {
      result.all_there = false;
    }
  }
  return result;
}

}  // namespace mapiary::session
