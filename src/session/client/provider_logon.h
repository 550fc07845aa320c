// SPDX-License-Identifier: Apache-2.0
// A session's logon to one provider of its profile, whatever the kind: the library and its provider object, record and
// support object, the name in both widths, the bound, a second try after MAPI_E_UNCONFIGURED, what switches the
// message service off, and the words for GetLastError and for the incidents. The kinds differ in the call itself
// (LogonCall) and in what they keep of it. Used by one thread; no lock is held while a provider runs. Guarantee G7.
// Pages: imsprovider-logon, iabprovider-logon, ixpprovider-transportlogon, loading-message-store-providers.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>

#include "session/state/session_state.h"

namespace mapiary::session {

// What goes in and comes out, owned by the call so that it may come back too late.
struct LogonCall {
  ProviderHandlePtr provider;
  com::Ref<IMAPISupport> support;
  ULONG_PTR ui_param = 0;
  std::wstring wide_name;
  std::string narrow_name;
  ULONG flags = 0;

  ULONG security_size = 0;
  LPBYTE security = nullptr;
  LPMAPIERROR error = nullptr;

  LogonCall() = default;
  LogonCall(const LogonCall&) = delete;
  LogonCall& operator=(const LogonCall&) = delete;
  virtual ~LogonCall();

  virtual HRESULT run() = 0;          // the provider's own Logon
  virtual HRESULT undo() = 0;         // what came too late, or for nobody, goes again
  virtual bool is_empty() const = 0;  // after a success: the provider gave nothing

  LPTSTR name();  // of the profile, in the width that `flags` say
  // The provider's own words, or nothing.
  std::string text() const;
};

struct LogonRules {
  ProviderKind kind = ProviderKind::kStore;
  const char* logon = "";   // "IMSProvider::Logon"
  const char* logoff = "";  // of the logon object
  // Failures that say nothing of the message service, which stays on (LC-176, LC-177).
  std::initializer_list<HRESULT> only_this_call = {};
};

class ProviderLogon {
 public:
  ProviderLogon(SessionStatePtr state, ProviderSection section, const LogonRules& rules);

  // kLogonFailed: off for this session; else why the library or its provider object cannot be had, which switches the
  // message service off: its other providers would come from the same place.
  Status start();

  using MakeCall = std::function<std::shared_ptr<LogonCall>()>;
  using Prepare = std::function<void(LogonRecord&)>;
  // One Logon, in the width the provider takes; on success call() has what it gave.
  HRESULT attempt(ULONG flags, const MakeCall& make, const Prepare& prepare = {});
  // After MAPI_E_UNCONFIGURED: true if the service could be configured; its section is read anew.
  bool configure(ULONG_PTR ui_param, bool may_ask);
  // What the failed logon means for the service, and its words.
  Error failure(HRESULT hr);

  // The logon's objects are in the record: the record is live and keeps the support object if the provider does not
  // (LC-357). kNotInitialized: the session ended meanwhile; `forget` has taken the objects out again.
  Status make_live(const Prepare& forget);
  // The provider takes back what it gave.
  void take_back();
  void drop_record();

  const SessionStatePtr& state() const { return state_; }
  ProviderSection& section() { return section_; }
  const ProviderHandlePtr& provider() const { return provider_; }
  const LogonRecordPtr& record() const { return record_; }
  template <class Call>
  Call& call() const {
    return static_cast<Call&>(*call_);
  }

 private:
  HRESULT attempt_once(ULONG flags, const MakeCall& make, const Prepare& prepare);

  SessionStatePtr state_;
  ProviderSection section_;
  const LogonRules& rules_;
  ProviderHandlePtr provider_;
  std::shared_ptr<ProviderHandle::Visit> visit_;  // from before Logon until the session or nobody has what it gave
  LogonRecordPtr record_;
  std::shared_ptr<LogonCall> call_;  // null: it did not return in time
  CallResult result_;
};

}  // namespace mapiary::session
