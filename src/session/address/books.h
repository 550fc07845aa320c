// SPDX-License-Identifier: Apache-2.0
// The session's address book providers. MAPILogonEx starts them (ABProviderInit), before any store is started;
// OpenAddressBook logs on those that are not logged on yet and tells of all that failed at once (LC-591, LC-592). A
// provider that hangs, throws or fails costs only itself. No lock is held while a provider runs; of two who open the
// address book at once the second waits for the first.
// Pages: imapisession-openaddressbook, imapisupport-openaddressbook, iabprovider-logon, logging-on-to-mapi.
#pragma once

#include "address_book/book_host.h"
#include "session/state/session_state.h"

namespace mapiary::session {

// ABProviderInit of each; failures are told by log_on_books.
void start_books(const SessionStatePtr& state);

struct BooksRequest {
  ULONG_PTR ui_param = 0;
  bool may_ask = false;  // no AB_NO_DIALOG
  bool wait = true;      // for logons another thread is at; false inside a provider's own call
};
// What went wrong, all in one; nullopt: nothing.
std::optional<Error> log_on_books(const SessionStatePtr& state, const BooksRequest& request);

// For the address book of one session object or support object: its advises carry `member`.
address_book::BookHostPtr make_book_host(const SessionStatePtr& state, std::uint64_t member);

}  // namespace mapiary::session
