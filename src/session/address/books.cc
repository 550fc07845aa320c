// SPDX-License-Identifier: Apache-2.0
#include "session/address/books.h"

#include <mapiaux.h>
#include <mapiutil.h>

#include <algorithm>

#include "session/client/provider_logon.h"

namespace mapiary::session {
namespace {

struct BookCall final : LogonCall {
  com::Ref<IABLogon> logon;

  BookCall() { security_size = 1; }  // the page: nonzero going in
  HRESULT run() override {
    IABProvider* object = provider->address_book();
    if (!object) return MAPI_E_NOT_INITIALIZED;  // its session has just ended
    return object->Logon(support.get(), ui_param, name(), flags, &security_size, &security, &error, logon.put());
  }
  HRESULT undo() override {
    if (!logon) return S_OK;
    const HRESULT hr = logon->Logoff(0);
    logon.reset();
    return hr;
  }
  bool is_empty() const override { return !logon; }
};

const LogonRules& rules() {
  static const LogonRules kRules{ProviderKind::kAddressBook,
                                 "IABProvider::Logon",
                                 "IABLogon::Logoff",
                                 {MAPI_E_FAILONEPROVIDER, MAPI_E_USER_CANCEL, MAPI_E_UNCONFIGURED}};
  return kRules;
}

Status log_on(const SessionStatePtr& state, ProviderSection section, const BooksRequest& request) {
  ProviderLogon logon(state, std::move(section), rules());
  TRY(logon.start());
  const bool silent = !request.may_ask || (state->flags() & MAPI_NT_SERVICE) != 0;
  const auto attempt = [&] {
    return logon.attempt(silent ? ULONG{AB_NO_DIALOG} : 0, [&] {
      auto call = std::make_shared<BookCall>();
      call->ui_param = request.ui_param;
      return call;
    });
  };
  HRESULT hr = attempt();
  if (hr == MAPI_E_UNCONFIGURED && logon.configure(request.ui_param, request.may_ask)) hr = attempt();
  if (FAILED(hr)) return tl::unexpected(logon.failure(hr));
  auto& call = logon.call<BookCall>();
  {
    std::lock_guard lock(state->mutex());
    logon.record()->book_logon = call.logon;
  }
  TRY(logon.make_live([](LogonRecord& record) { record.book_logon.reset(); }));
  call.logon.reset();
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
  for (const auto& section : *sections) {
    if (state->check_on(section)) (void)state->provider(section, ProviderKind::kAddressBook);
  }
}

std::optional<Error> log_on_books(const SessionStatePtr& state, const BooksRequest& request) {
  auto sections = state->sections_of(ProviderKind::kAddressBook);
  if (!sections) return std::move(sections).error();
  std::optional<Error> wrong;
  const auto turn = state->book_turn().take(request.wait);
  for (auto& section : *sections) {
    if (is_logged_on(state, section.uid)) continue;
    if (!turn) continue;  // the one whose turn it is logs it on
    const Status done = log_on(state, section, request);
    if (done) continue;
    const std::string& text = done.error().message;
    if (wrong) {
      wrong->message += "; " + text;
    } else {
      wrong = Error(Code::kExtendedError, "session", "address book providers failed: " + text);
    }
  }
  return wrong;
}

}  // namespace mapiary::session
