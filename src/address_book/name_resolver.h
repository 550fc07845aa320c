// SPDX-License-Identifier: Apache-2.0
// ResolveName: names of a recipient list become entries. Internet and one-off addresses by themselves, others by the
// containers of the search path, in its order, each by ResolveNames or else by a PR_ANR restriction of its contents.
// There is no dialog: what is ambiguous stays so. Pages: iaddrbook-resolvename, iabcontainer-resolvenames.
#pragma once

#include "address_book/book_host.h"

namespace mapiary::address_book {

// flags: of ResolveName, checked. S_OK, MAPI_E_AMBIGUOUS_RECIP or MAPI_E_NOT_FOUND; what could be resolved, is.
Result<HRESULT> resolve_names(const BookHostPtr& host, ULONG flags, ADRLIST& list);

}  // namespace mapiary::address_book
