// SPDX-License-Identifier: Apache-2.0
#include "session/client/provider_logon.h"

#include <mapiutil.h>

#include <algorithm>

#include "com/error_map.h"
#include "com/text.h"
#include "session/client/hosts.h"

namespace mapiary::session {

LogonCall::~LogonCall() {
  if (security) MAPIFreeBuffer(security);
  if (error) MAPIFreeBuffer(error);
}

LPTSTR LogonCall::name() {
  const bool unicode = (flags & MAPI_UNICODE) != 0;
  return unicode ? reinterpret_cast<LPTSTR>(wide_name.data()) : reinterpret_cast<LPTSTR>(narrow_name.data());
}

std::string LogonCall::text() const {
  if (!error || !error->lpszError) return {};
  return com::from_tstr(error->lpszError, (flags & MAPI_UNICODE) != 0);
}

ProviderLogon::ProviderLogon(SessionStatePtr state, ProviderSection section, const LogonRules& rules)
    : state_(std::move(state)), section_(std::move(section)), rules_(rules) {}

Status ProviderLogon::start() {
  TRY(state_->check_on(section_));
  auto provider = state_->provider(section_, rules_.kind);
  if (!provider) {
    Error error = std::move(provider).error();
    if (!state_->is_open()) return tl::unexpected(std::move(error));  // the session has just ended
    error.message = section_.title() + ": " + error.message;
    state_->switch_off(section_.service, error.message);
    state_->add_incident({section_.title(), rules_.logon, Outcome::kReturned, com::to_hresult(error), error.message});
    return tl::unexpected(std::move(error));
  }
  provider_ = std::move(*provider);
  visit_ = provider_->visit();
  return {};
}

HRESULT ProviderLogon::attempt(ULONG flags, const MakeCall& make, const Prepare& prepare) {
  const HRESULT hr = attempt_once(flags | MAPI_UNICODE, make, prepare);
  return hr == MAPI_E_BAD_CHARWIDTH ? attempt_once(flags, make, prepare) : hr;
}

HRESULT ProviderLogon::attempt_once(ULONG flags, const MakeCall& make, const Prepare& prepare) {
  call_ = nullptr;
  record_ = state_->new_record(rules_.kind, provider_, section_);
  if (!section_.service.is_nil() && !record_->use) {  // deleted since it was found
    drop_record();
    result_ = {Outcome::kReturned, MAPI_E_NOT_FOUND};
    return MAPI_E_NOT_FOUND;
  }
  if (prepare) prepare(*record_);
  auto call = make();
  call->provider = provider_;
  call->support = make_provider_support(state_, record_);
  call->wide_name = com::to_wide(state_->profile_name());
  call->narrow_name = com::encode_lossy(state_->profile_name(), com::default_code_page());
  call->flags = flags;
  result_ = provider_->call(
      rules_.logon, [call] { return call->run(); }, state_->bounds().logon, [call] { (void)call->undo(); });
  HRESULT hr = result_.hr;
  if (SUCCEEDED(hr) && call->is_empty()) {
    (void)provider_->call(
        rules_.logoff, [call] { return call->undo(); }, state_->bounds().logoff);
    hr = MAPI_E_CALL_FAILED;
  }
  if (result_.outcome != Outcome::kTimedOut) call_ = std::move(call);
  if (FAILED(hr)) drop_record();
  return hr;
}

bool ProviderLogon::configure(ULONG_PTR ui_param, bool may_ask) {
  if (section_.service.is_nil()) return false;
  if (FAILED(configure_service(state_, section_.service, ui_param, may_ask))) return false;
  auto properties = state_->profile().properties(section_.uid);
  if (properties) section_.properties = std::move(*properties);
  return properties.has_value();
}

Error ProviderLogon::failure(HRESULT hr) {
  Error error = com::outside_error(hr, std::string(rules_.logon) + " of " + section_.title());
  if (result_.outcome != Outcome::kReturned) error.message += std::string("; it ") += outcome_name(result_.outcome);
  if (const std::string text = call_ ? call_->text() : ""; !text.empty()) error.message += ": " + text;
  const auto& mild = rules_.only_this_call;
  const bool is_mild = std::find(mild.begin(), mild.end(), hr) != mild.end();
  if (!is_mild) state_->switch_off(section_.service, error.message);
  // A transport's logon answers no client's call.
  if (!is_mild || result_.outcome != Outcome::kReturned || rules_.kind == ProviderKind::kTransport) {
    state_->add_incident({section_.title(), rules_.logon, result_.outcome, hr, error.message});
  }
  return error;
}

Status ProviderLogon::make_live(const Prepare& forget) {
  // A provider that keeps the first support object only has no reference to this one: the record holds it.
  call_->support->AddRef();
  const bool is_kept = call_->support->Release() > 1;
  if (Status live = state_->make_live(record_); !live) {
    if (forget) {
      std::lock_guard lock(state_->mutex());
      forget(*record_);
    }
    take_back();
    return live;
  }
  if (!is_kept) {
    std::lock_guard lock(state_->mutex());
    record_->kept_support = std::move(call_->support);
  }
  call_->support.reset();
  return {};
}

void ProviderLogon::take_back() {
  (void)provider_->call(
      rules_.logoff, [call = call_] { return call->undo(); }, state_->bounds().logoff);
  drop_record();
}

void ProviderLogon::drop_record() {
  state_->drop_record(record_);
}

}  // namespace mapiary::session
