// SPDX-License-Identifier: Apache-2.0
#include "session/client/open_store.h"

#include <mapiaux.h>
#include <mapiutil.h>

#include "com/error_map.h"
#include "com/text.h"
#include "session/client/hosts.h"
#include "session/client/standard_folders.h"
#include "session/logoff/leaks.h"

namespace mapiary::session {
namespace {

constexpr ULONG kOpenFlags =
    MAPI_BEST_ACCESS | MAPI_DEFERRED_ERRORS | MDB_NO_DIALOG | MDB_NO_MAIL | MDB_ONLINE | MDB_TEMPORARY | MDB_WRITE;

// One IMSProvider::Logon: what goes in and comes out, owned by the call so that it may come back too late.
struct LogonCall {
  ProviderHandlePtr provider;
  com::Ref<IMAPISupport> support;
  ULONG_PTR ui_param = 0;
  std::wstring wide_name;
  std::string narrow_name;
  std::string id;
  bool has_id = false;
  ULONG flags = 0;
  IID iid{};
  bool has_iid = false;

  ULONG security_size = 0;
  LPBYTE security = nullptr;
  LPMAPIERROR error = nullptr;
  com::Ref<IMSLogon> logon;
  com::Ref<IUnknown> store;

  ~LogonCall() { free_blocks(); }
  void free_blocks() {
    if (security) MAPIFreeBuffer(security);
    if (error) MAPIFreeBuffer(error);
    security = nullptr;
    error = nullptr;
  }
  HRESULT run() {
    const bool unicode = (flags & MAPI_UNICODE) != 0;
    auto* name = unicode ? reinterpret_cast<LPTSTR>(wide_name.data()) : reinterpret_cast<LPTSTR>(narrow_name.data());
    IMSProvider* object = provider->store();
    if (!object) return MAPI_E_NOT_INITIALIZED;  // its session has just ended
    IMsgStore* given = nullptr;
    const HRESULT hr = object->Logon(support.get(), ui_param, name, has_id ? static_cast<ULONG>(id.size()) : 0,
                                     has_id ? reinterpret_cast<LPENTRYID>(id.data()) : nullptr, flags,
                                     has_iid ? &iid : nullptr, &security_size, &security, &error, logon.put(), &given);
    store = com::Ref<IUnknown>::adopt(given);
    return hr;
  }
  // The provider's own words, or nothing.
  std::string text() const {
    if (!error || !error->lpszError) return {};
    return com::from_tstr(error->lpszError, (flags & MAPI_UNICODE) != 0);
  }
};
using LogonCallPtr = std::shared_ptr<LogonCall>;

// A store that came too late, or for nobody, goes again.
HRESULT undo(const LogonCallPtr& call) {
  call->store.reset();
  if (!call->logon) return S_OK;
  ULONG zero = 0;
  const HRESULT hr = call->logon->Logoff(&zero);
  call->logon.reset();
  return hr;
}

class Opening {
 public:
  Opening(SessionStatePtr state, const StoreRequest& request) : state_(std::move(state)), request_(request) {}
  Result<OpenedStore> run();

 private:
  Status find_section();
  Status make_section();
  Result<OpenedStore> log_on();
  HRESULT attempt();
  HRESULT call_provider(ULONG flags);
  Result<OpenedStore> succeed(HRESULT hr);
  Error failure(HRESULT hr);
  Status keep(HRESULT hr);
  void take_back();

  SessionStatePtr state_;
  const StoreRequest& request_;
  ProviderSection section_;
  bool new_section_ = false;
  std::string id_;  // for the provider; empty: NULL
  ProviderHandlePtr provider_;
  std::shared_ptr<ProviderHandle::Visit> visit_;  // from before Logon until the session or nobody has what it gave
  LogonRecordPtr record_;
  LogonCallPtr call_;
  CallResult result_;
  ULONG logon_flags_ = 0;
};

Result<OpenedStore> Opening::run() {
  TRY(find_section());
  if (state_->is_disabled(section_.service)) {
    return fail(Code::kLogonFailed, "session",
                "the message service of '" + section_.dll_name + "' failed before and is off for this session");
  }
  auto provider = state_->provider(section_.dll_name, ProviderKind::kStore);
  if (!provider) {
    // Its other providers would come from the same place.
    state_->disable_service(section_.service);
    return tl::unexpected(std::move(provider).error());
  }
  provider_ = std::move(*provider);
  visit_ = provider_->visit();
  if (new_section_) TRY(make_section());
  return log_on();
}

Status Opening::find_section() {
  auto found = TRY(find_store_section(state_, request_.id, true));
  id_ = unwrapped(request_.id);
  if (found) {
    section_ = std::move(*found);
    if (const auto own = model::EntryId::parse(id_); own && own->provider() == kUnopenedStore) {
      id_ = unwrapped(binary_of(section_.properties, PROP_ID(PR_ENTRYID)));
    }
    return {};
  }
  const auto wrapped = model::EntryId::parse(request_.id);
  if (!wrapped || !model::is_wrapped_store(*wrapped) ||
      (model::EntryId::parse(id_) && model::EntryId::parse(id_)->provider() == kUnopenedStore)) {
    return fail(Code::kNotFound, "session", "no message store of the profile has this entry id");
  }
  section_.dll_name = TRY(model::unwrap_store_entry_id(*wrapped)).dll_name;
  section_.uid = Guid::random();
  new_section_ = true;
  return {};
}

// A store the profile does not know gets a section that belongs to no service (LC-270).
Status Opening::make_section() {
  using model::PropTag;
  using model::PropValue;
  const PropValue values[] = {
      PropValue::text(PropTag(PR_PROVIDER_DLL_NAME_W), section_.dll_name),
      PropValue::int32(PropTag(PR_RESOURCE_TYPE), MAPI_STORE_PROVIDER),
      PropValue::int32(PropTag(PR_RESOURCE_FLAGS), 0),
      PropValue::binary(PropTag(PR_ENTRYID), request_.id),
      PropValue::binary(PropTag(PR_PROVIDER_UID), std::string(bytes_of(section_.uid))),
  };
  auto change = TRY(state_->begin_profile_change());
  TRY(state_->profile().create_section(section_.uid));
  TRY(state_->profile().set_properties(section_.uid, values));
  TRY(change.commit());
  section_.properties = TRY(state_->profile().properties(section_.uid));
  return {};
}

Result<OpenedStore> Opening::log_on() {
  HRESULT hr = attempt();
  if (hr == MAPI_E_UNCONFIGURED && !section_.service.is_nil()) {
    const bool silent = (request_.flags & MDB_NO_DIALOG) != 0;
    const HRESULT configured = configure_service(state_, section_.service, request_.ui_param, !silent);
    if (SUCCEEDED(configured)) {
      section_.properties = TRY(state_->profile().properties(section_.uid));
      if (id_.empty()) id_ = unwrapped(binary_of(section_.properties, PROP_ID(PR_ENTRYID)));
      hr = attempt();
    }
  }
  if (SUCCEEDED(hr)) return succeed(hr);
  Error error = failure(hr);
  if (new_section_) (void)state_->profile().delete_section(section_.uid);
  return tl::unexpected(std::move(error));
}

// MAPI_BEST_ACCESS: to write, or else to read (LC-268).
HRESULT Opening::attempt() {
  ULONG flags =
      request_.flags & (MAPI_DEFERRED_ERRORS | MDB_NO_DIALOG | MDB_NO_MAIL | MDB_ONLINE | MDB_TEMPORARY | MDB_WRITE);
  if ((state_->flags() & MAPI_NT_SERVICE) != 0) flags |= MDB_NO_DIALOG;
  const bool best = (request_.flags & MAPI_BEST_ACCESS) != 0;
  HRESULT hr = call_provider(best ? flags | MDB_WRITE : flags);
  if (hr == MAPI_E_NO_ACCESS && best && (flags & MDB_WRITE) == 0) hr = call_provider(flags);
  return hr;
}

HRESULT Opening::call_provider(ULONG flags) {
  logon_flags_ = flags;
  HRESULT hr = MAPI_E_BAD_CHARWIDTH;
  for (const ULONG width : {MAPI_UNICODE, ULONG{0}}) {
    if (hr != MAPI_E_BAD_CHARWIDTH) break;
    record_ = state_->new_record(ProviderKind::kStore, provider_, section_);
    if (!section_.service.is_nil() && !record_->use) {  // deleted since it was found
      state_->drop_record(record_);
      result_ = {Outcome::kReturned, MAPI_E_NOT_FOUND};
      return MAPI_E_NOT_FOUND;
    }
    record_->flags = flags;
    record_->temporary = (flags & MDB_TEMPORARY) != 0;
    {
      std::lock_guard lock(state_->mutex());
      record_->section_is_new = new_section_;
    }
    auto call = std::make_shared<LogonCall>();
    call->provider = provider_;
    call->support = make_provider_support(state_, record_);
    call->ui_param = request_.ui_param;
    call->wide_name = com::to_wide(state_->profile_name());
    call->narrow_name = com::encode_lossy(state_->profile_name(), com::default_code_page());
    call->id = id_;
    call->has_id = !id_.empty();
    call->flags = flags | width;
    call->has_iid = request_.iid != nullptr;
    if (request_.iid) call->iid = *request_.iid;
    result_ = provider_->call(
        "IMSProvider::Logon", [call] { return call->run(); }, state_->bounds().logon, [call] { undo(call); });
    hr = result_.hr;
    if (result_.outcome == Outcome::kTimedOut) call = nullptr;
    call_ = std::move(call);
    if (result_.outcome != Outcome::kReturned) {
      state_->add_incident({section_.dll_name, "IMSProvider::Logon", result_.outcome, result_.hr});
    }
    if (FAILED(hr)) state_->drop_record(record_);
  }
  return hr;
}

Error Opening::failure(HRESULT hr) {
  // LC-176, LC-177: what says nothing of the service leaves it on.
  const bool only_this_call = hr == MAPI_E_FAILONEPROVIDER || hr == MAPI_E_USER_CANCEL || hr == MAPI_E_NO_ACCESS ||
                              hr == MAPI_E_INTERFACE_NOT_SUPPORTED || hr == MAPI_E_NOT_FOUND;
  if (!only_this_call) state_->disable_service(section_.service);
  if (hr == MAPI_E_UNCONFIGURED && (request_.flags & MDB_NO_DIALOG) != 0) hr = MAPI_E_LOGON_FAILED;  // LC-256
  Error error = com::outside_error(hr, "IMSProvider::Logon of " + provider_->module()->path());
  if (result_.outcome != Outcome::kReturned) error.message += std::string("; it ") += outcome_name(result_.outcome);
  if (const std::string text = call_ ? call_->text() : ""; !text.empty()) error.message += ": " + text;
  return error;
}

// What the provider gave becomes the session's.
Status Opening::keep(HRESULT hr) {
  (void)hr;
  if (!call_->logon) {  // R7: the store was open already
    state_->drop_record(record_);
    call_->support.reset();
    return {};
  }
  com::Ref<IMsgStore> store;
  (void)call_->store->QueryInterface(IID_IMsgStore, reinterpret_cast<void**>(store.put()));
  {
    std::lock_guard lock(state_->mutex());
    record_->store_logon = call_->logon;
    record_->store = store.get();
    record_->entry_id = id_;
    if (call_->security) {
      record_->spool_security.assign(reinterpret_cast<const char*>(call_->security), call_->security_size);
    }
    if (auto properties = state_->profile().properties(section_.uid); properties) {
      if (auto id = unwrapped(binary_of(*properties, PROP_ID(PR_ENTRYID))); !id.empty()) record_->entry_id = id;
      record_->display_name = text_of(*properties, PROP_ID(PR_DISPLAY_NAME));
    }
  }
  // A provider that keeps the first support object only has no reference to this one (LC-357): the record holds it.
  call_->support->AddRef();
  const bool is_kept = call_->support->Release() > 1;
  auto live = state_->make_live(record_);
  if (!live) {
    take_back();
    return live;
  }
  call_->logon.reset();
  if (!is_kept) {
    std::lock_guard lock(state_->mutex());
    record_->kept_support = std::move(call_->support);
  }
  call_->support.reset();
  return {};
}

void Opening::take_back() {
  (void)provider_->call(
      "IMSLogon::Logoff", [call = call_] { return undo(call); }, state_->bounds().logoff);
  state_->drop_record(record_);
}

Result<OpenedStore> Opening::succeed(HRESULT hr) {
  if (!call_->store) {
    take_back();
    return tl::unexpected(com::outside_error(MAPI_E_CALL_FAILED, "IMSProvider::Logon, which gave no store,"));
  }
  TRY(keep(hr));
  constexpr ULONG kNoFolders = MDB_NO_MAIL | MDB_TEMPORARY;
  if ((request_.flags & kNoFolders) == 0 && (logon_flags_ & MDB_WRITE) != 0) {
    make_standard_folders(state_, section_.uid, call_->store.get());
  }
  bool is_listed = false;
  {
    std::lock_guard lock(state_->mutex());
    is_listed = !record_->section_is_new && !record_->temporary;
  }
  if (is_listed && state_->stores_table().row(bytes_of(section_.uid))) {
    TRY(state_->refresh_store_row(section_.uid));
  }
  OpenedStore opened;
  opened.store = std::move(call_->store);
  opened.hr = hr == MAPI_W_ERRORS_RETURNED ? hr : S_OK;
  if (opened.hr != S_OK) opened.warning = call_->text();
  return opened;
}

}  // namespace

Result<OpenedStore> open_store(const SessionStatePtr& state, const StoreRequest& request) {
  if ((request.flags & ~kOpenFlags) != 0) {
    return fail(Code::kUnknownFlags, "session", "OpenMsgStore got unknown flags", request.flags);
  }
  return Opening(state, request).run();
}

}  // namespace mapiary::session
