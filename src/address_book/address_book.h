// SPDX-License-Identifier: Apache-2.0
// IAddrBook: the integrated address book of a session, over the providers that could be logged on, be they many or
// none. Choices (personal book, default container, search path) are kept in the profile and take effect at once. It
// shows no dialog: what would be one answers MAPI_E_USER_CANCEL once its arguments are checked (ADR 0036). Ends with
// the session. Safe from any thread. Pages: iaddrbookimapiprop, iaddrbook-*.
#pragma once

#include "address_book/book_host.h"

namespace mapiary::address_book {

com::Ref<IAddrBook> make_address_book(BookHostPtr host);

}  // namespace mapiary::address_book
