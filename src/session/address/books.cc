// SPDX-License-Identifier: Apache-2.0
#include "session/address/books.h"

#include <mapiaux.h>
#include <mapiutil.h>

#include <algorithm>

#include "com/error_map.h"
#include "com/text.h"
#include "session/client/hosts.h"

namespace mapiary::session {
namespace {

// One IABProvider::Logon; as LogonCall of open_store.cc.
struct BookLogon {
  ProviderHandlePtr provider;
  com::Ref<IMAPISupport> support;
  ULONG_PTR ui_param = 0;
  std::wstring wide_name;
  std::string narrow_name;
  ULONG flags = 0;

  ULONG security_size = 1;  // the page: nonzero going in
  LPBYTE security = nullptr;
  LPMAPIERROR error = nullptr;
  com::Ref<IABLogon> logon;

  ~BookLogon() { free_blocks(); }
  void free_blocks() {
    if (security) MAPIFreeBuffer(security);
    if (error) MAPIFreeBuffer(error);
    security = nullptr;
    error = nullptr;
  }
  HRESULT run() {
    const bool unicode = (flags & MAPI_UNICODE) != 0;
    auto* name = unicode ? reinterpret_cast<LPTSTR>(wide_name.data()) : reinterpret_cast<LPTSTR>(narrow_name.data());
    IABProvider* object = provider->address_book();
    if (!object) return MAPI_E_NOT_INITIALIZED;  // its session has just ended
    return object->Logon(support.get(), ui_param, name, flags, &security_size, &security, &error, logon.put());
  }
  std::string text() const {
    if (!error || !error->lpszError) return {};
    return com::from_tstr(error->lpszError, (flags & MAPI_UNICODE) != 0);
  }
};

// A logon that came too late, or for nobody, goes again.
HRESULT undo_book(const std::shared_ptr<BookLogon>& call) {
  if (!call->logon) return S_OK;
  const HRESULT hr = call->logon->Logoff(0);
  call->logon.reset();
  return hr;
}

class BookStart {
 public:
  BookStart(SessionStatePtr state, ProviderSection section, const BooksRequest& request)
      : state_(std::move(state)), section_(std::move(section)), request_(request) {}
  Status run();

 private:
  HRESULT call_provider();
  HRESULT call_provider(ULONG width);
  Status keep();
  Error failure(HRESULT hr);

  SessionStatePtr state_;
  ProviderSection section_;
  const BooksRequest& request_;
  ProviderHandlePtr provider_;
  std::shared_ptr<ProviderHandle::Visit> visit_;  // from before Logon until it is the session's
  LogonRecordPtr record_;
  std::shared_ptr<BookLogon> call_;
  CallResult result_;
};

Status BookStart::run() {
  if (state_->is_disabled(section_.service)) {
    return fail(Code::kLogonFailed, "session",
                "the message service of '" + section_.dll_name + "' failed before and is off for this session");
  }
  provider_ = TRY(state_->provider(section_.dll_name, ProviderKind::kAddressBook));
  visit_ = provider_->visit();
  HRESULT hr = call_provider();
  if (hr == MAPI_E_UNCONFIGURED && !section_.service.is_nil() &&
      SUCCEEDED(configure_service(state_, section_.service, request_.ui_param, request_.may_ask))) {
    hr = call_provider();
  }
  if (FAILED(hr)) return tl::unexpected(failure(hr));
  return keep();
}

HRESULT BookStart::call_provider() {
  const HRESULT hr = call_provider(MAPI_UNICODE);
  return hr == MAPI_E_BAD_CHARWIDTH ? call_provider(0) : hr;
}

HRESULT BookStart::call_provider(ULONG width) {
  record_ = state_->new_record(ProviderKind::kAddressBook, provider_, section_);
  auto call = std::make_shared<BookLogon>();
  call->provider = provider_;
  call->support = make_provider_support(state_, record_);
  call->ui_param = request_.ui_param;
  call->wide_name = com::to_wide(state_->profile_name());
  call->narrow_name = com::encode_lossy(state_->profile_name(), com::default_code_page());
  const bool silent = !request_.may_ask || (state_->flags() & MAPI_NT_SERVICE) != 0;
  call->flags = width | (silent ? ULONG{AB_NO_DIALOG} : 0);
  result_ = provider_->call(
      "IABProvider::Logon", [call] { return call->run(); }, state_->bounds().logon, [call] { (void)undo_book(call); });
  if (result_.outcome == Outcome::kTimedOut) call = nullptr;
  call_ = std::move(call);
  if (result_.outcome != Outcome::kReturned) {
    state_->add_incident({section_.dll_name, "IABProvider::Logon", result_.outcome, result_.hr});
  }
  HRESULT hr = result_.hr;
  if (SUCCEEDED(hr) && !call_->logon) hr = MAPI_E_CALL_FAILED;
  if (FAILED(hr)) state_->drop_record(record_);
  return hr;
}

Error BookStart::failure(HRESULT hr) {
  const bool only_this_call = hr == MAPI_E_FAILONEPROVIDER || hr == MAPI_E_USER_CANCEL || hr == MAPI_E_UNCONFIGURED;
  if (!only_this_call) state_->disable_service(section_.service);
  Error error = com::outside_error(hr, "IABProvider::Logon of " + provider_->module()->path());
  if (result_.outcome != Outcome::kReturned) error.message += std::string("; it ") += outcome_name(result_.outcome);
  if (const std::string text = call_ ? call_->text() : ""; !text.empty()) error.message += ": " + text;
  return error;
}

Status BookStart::keep() {
  {
    std::lock_guard lock(state_->mutex());
    record_->book_logon = call_->logon;
  }
  call_->support->AddRef();
  const bool is_kept = call_->support->Release() > 1;
  const Status live = state_->make_live(record_);
  if (!live) {
    {
      std::lock_guard lock(state_->mutex());
      record_->book_logon.reset();
    }
    (void)provider_->call(
        "IABLogon::Logoff", [call = call_] { return undo_book(call); }, state_->bounds().logoff);
    state_->drop_record(record_);
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

bool is_logged_on(const SessionStatePtr& state, const Guid& section) {
  std::lock_guard lock(state->mutex());
  const auto records = state->records();
  return std::any_of(records.begin(), records.end(), [&](const auto& record) {
    return record->kind == ProviderKind::kAddressBook && record->section == section && record->phase == Phase::kLive;
  });
}

}  // namespace

void start_books(const SessionStatePtr& state) {
  const auto sections = state->sections_of(ProviderKind::kAddressBook);
  if (!sections) return;
  for (const auto& section : *sections) (void)state->provider(section.dll_name, ProviderKind::kAddressBook);
}

std::optional<Error> log_on_books(const SessionStatePtr& state, const BooksRequest& request) {
  auto sections = state->sections_of(ProviderKind::kAddressBook);
  if (!sections) return std::move(sections).error();
  std::optional<Error> wrong;
  const auto turn = state->book_turn().take(request.wait);
  for (auto& section : *sections) {
    if (is_logged_on(state, section.uid)) continue;
    if (!turn) continue;  // the one whose turn it is logs it on
    const Status done = BookStart(state, section, request).run();
    if (done) continue;
    const std::string text = "'" + text_of(section.properties, PROP_ID(PR_DISPLAY_NAME)) + "': " + done.error().message;
    if (wrong) {
      wrong->message += "; " + text;
    } else {
      wrong = Error(Code::kExtendedError, "session", "address book providers failed: " + text);
    }
  }
  return wrong;
}

}  // namespace mapiary::session
