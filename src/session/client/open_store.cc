// SPDX-License-Identifier: Apache-2.0
#include "session/client/open_store.h"

#include <mapiaux.h>
#include <mapiutil.h>

#include "com/error_map.h"
#include "session/client/provider_logon.h"
#include "session/client/standard_folders.h"
#include "session/spooler/spooler.h"

namespace mapiary::session {
namespace {

constexpr ULONG kOpenFlags =
    MAPI_BEST_ACCESS | MAPI_DEFERRED_ERRORS | MDB_NO_DIALOG | MDB_NO_MAIL | MDB_ONLINE | MDB_TEMPORARY | MDB_WRITE;

struct StoreCall final : LogonCall {
  std::string id;
  bool has_id = false;
  IID iid{};
  bool has_iid = false;
  com::Ref<IMSLogon> logon;
  com::Ref<IUnknown> store;

  HRESULT run() override {
    IMSProvider* object = provider->store();
    if (!object) return MAPI_E_NOT_INITIALIZED;  // its session has just ended
    IMsgStore* given = nullptr;
    const HRESULT hr = object->Logon(support.get(), ui_param, name(), has_id ? static_cast<ULONG>(id.size()) : 0,
                                     has_id ? reinterpret_cast<LPENTRYID>(id.data()) : nullptr, flags,
                                     has_iid ? &iid : nullptr, &security_size, &security, &error, logon.put(), &given);
    store = com::Ref<IUnknown>::adopt(given);
    return hr;
  }
  HRESULT undo() override {
    store.reset();
    if (!logon) return S_OK;
    ULONG zero = 0;
    const HRESULT hr = logon->Logoff(&zero);
    logon.reset();
    return hr;
  }
  bool is_empty() const override { return !store; }
};

const LogonRules& store_rules() {
  static const LogonRules kRules{
      ProviderKind::kStore,
      "IMSProvider::Logon",
      "IMSLogon::Logoff",
      {MAPI_E_FAILONEPROVIDER, MAPI_E_USER_CANCEL, MAPI_E_NO_ACCESS, MAPI_E_INTERFACE_NOT_SUPPORTED, MAPI_E_NOT_FOUND}};
  return kRules;
}

class Opening {
 public:
  Opening(SessionStatePtr state, const StoreRequest& request) : state_(std::move(state)), request_(request) {}
  Result<OpenedStore> run();

 private:
  Status find_section();
  Status make_section();
  Result<OpenedStore> log_on(ProviderLogon& logon);
  HRESULT attempt(ProviderLogon& logon);
  HRESULT call_provider(ProviderLogon& logon, ULONG flags);
  Result<OpenedStore> succeed(ProviderLogon& logon, HRESULT hr);
  Error failure(ProviderLogon& logon, HRESULT hr);
  Status keep(ProviderLogon& logon);
  void tell_spooler(LogonRecordPtr record);

  SessionStatePtr state_;
  const StoreRequest& request_;
  ProviderSection section_;
  bool new_section_ = false;
  std::string id_;  // for the provider; empty: NULL
  ULONG logon_flags_ = 0;
};

Result<OpenedStore> Opening::run() {
  TRY(find_section());
  ProviderLogon logon(state_, section_, store_rules());
  TRY(logon.start());
  if (new_section_) {
    TRY(make_section());
    logon.section() = section_;
  }
  return log_on(logon);
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

Result<OpenedStore> Opening::log_on(ProviderLogon& logon) {
  HRESULT hr = attempt(logon);
  if (hr == MAPI_E_UNCONFIGURED && logon.configure(request_.ui_param, (request_.flags & MDB_NO_DIALOG) == 0)) {
    if (id_.empty()) id_ = unwrapped(binary_of(logon.section().properties, PROP_ID(PR_ENTRYID)));
    hr = attempt(logon);
  }
  if (SUCCEEDED(hr)) return succeed(logon, hr);
  Error error = failure(logon, hr);
  if (new_section_) (void)state_->profile().delete_section(section_.uid);
  return tl::unexpected(std::move(error));
}

// MAPI_BEST_ACCESS: to write, or else to read (LC-268).
HRESULT Opening::attempt(ProviderLogon& logon) {
  ULONG flags =
      request_.flags & (MAPI_DEFERRED_ERRORS | MDB_NO_DIALOG | MDB_NO_MAIL | MDB_ONLINE | MDB_TEMPORARY | MDB_WRITE);
  if ((state_->flags() & MAPI_NT_SERVICE) != 0) flags |= MDB_NO_DIALOG;
  const bool best = (request_.flags & MAPI_BEST_ACCESS) != 0;
  HRESULT hr = call_provider(logon, best ? flags | MDB_WRITE : flags);
  if (hr == MAPI_E_NO_ACCESS && best && (flags & MDB_WRITE) == 0) hr = call_provider(logon, flags);
  return hr;
}

HRESULT Opening::call_provider(ProviderLogon& logon, ULONG flags) {
  logon_flags_ = flags;
  const auto make = [&] {
    auto call = std::make_shared<StoreCall>();
    call->ui_param = request_.ui_param;
    call->id = id_;
    call->has_id = !id_.empty();
    call->has_iid = request_.iid != nullptr;
    if (request_.iid) call->iid = *request_.iid;
    return call;
  };
  return logon.attempt(flags, make, [&](LogonRecord& record) {
    record.flags = flags;
    record.no_mail = request_.no_mail || (flags & MDB_NO_MAIL) != 0;
    record.temporary = (flags & MDB_TEMPORARY) != 0;
    std::lock_guard lock(state_->mutex());
    record.section_is_new = new_section_;
  });
}

Error Opening::failure(ProviderLogon& logon, HRESULT hr) {
  Error error = logon.failure(hr);
  if (hr != MAPI_E_UNCONFIGURED || (request_.flags & MDB_NO_DIALOG) == 0) return error;
  Error silent = com::outside_error(MAPI_E_LOGON_FAILED, "");  // LC-256
  silent.message = std::move(error.message);
  return silent;
}

// LC-169
bool is_one_object(IUnknown* a, IUnknown* b) {
  com::Ref<IUnknown> x, y;
  if (FAILED(a->QueryInterface(IID_IUnknown, reinterpret_cast<void**>(x.put())))) return false;
  if (FAILED(b->QueryInterface(IID_IUnknown, reinterpret_cast<void**>(y.put())))) return false;
  return x.get() == y.get();
}

// What the provider gave becomes the session's.
Status Opening::keep(ProviderLogon& logon) {
  auto& call = logon.call<StoreCall>();
  const LogonRecordPtr record = logon.record();
  if (!call.logon) {  // R7: the store was open already
    logon.drop_record();
    call.support.reset();
    tell_spooler(nullptr);
    return {};
  }
  CallTrace origin = com::origin_now();
  com::Ref<IMsgStore> store;
  (void)call.store->QueryInterface(IID_IMsgStore, reinterpret_cast<void**>(store.put()));
  const bool is_one = is_one_object(call.logon.get(), call.store.get());
  {
    std::lock_guard lock(state_->mutex());
    record->is_one_object = is_one;
    record->store_logon = call.logon;
    record->store = store.get();
    record->origin = std::move(origin);
    record->thread = thread_number();
    record->entry_id = id_;
    if (call.security) {
      record->spool_security.assign(reinterpret_cast<const char*>(call.security), call.security_size);
    }
    if (auto properties = state_->properties_of(section_.uid); properties) {
      if (auto id = unwrapped(binary_of(*properties, PROP_ID(PR_ENTRYID))); !id.empty()) record->entry_id = id;
      record->display_name = text_of(*properties, PROP_ID(PR_DISPLAY_NAME));
    }
  }
  store.reset();
  TRY(logon.make_live([](LogonRecord& mine) {
    mine.store_logon.reset();
    mine.store = nullptr;
  }));
  call.logon.reset();
  tell_spooler(record);
  return {};
}

// LC-166: with mail, the spooler gets the store. No record: the one that is open already.
void Opening::tell_spooler(LogonRecordPtr record) {
  const auto spooler = state_->spooler();
  if (!spooler || request_.no_mail || (request_.flags & MDB_NO_MAIL) != 0) return;
  if (!record) {
    std::lock_guard lock(state_->mutex());
    for (const auto& each : state_->records()) {
      const bool is_it = each->kind == ProviderKind::kStore && each->section == section_.uid && each->store;
      if (is_it && each->phase == Phase::kLive) record = each;
    }
  }
  if (record) spooler->store_opened(std::move(record));
}

Result<OpenedStore> Opening::succeed(ProviderLogon& logon, HRESULT hr) {
  TRY(keep(logon));
  auto& call = logon.call<StoreCall>();
  constexpr ULONG kNoFolders = MDB_NO_MAIL | MDB_TEMPORARY;
  if ((request_.flags & kNoFolders) == 0 && (logon_flags_ & MDB_WRITE) != 0) {
    make_standard_folders(state_, section_.uid, call.store.get());
  }
  bool is_listed = false;
  {
    std::lock_guard lock(state_->mutex());
    is_listed = !logon.record()->section_is_new && !logon.record()->temporary;
  }
  if (is_listed && state_->stores_table().row(bytes_of(section_.uid))) {
    TRY(state_->refresh_store_row(section_.uid));
  }
  OpenedStore opened;
  opened.store = std::move(call.store);
  opened.hr = hr == MAPI_W_ERRORS_RETURNED ? hr : S_OK;
  if (opened.hr != S_OK) opened.warning = call.text();
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
