// SPDX-License-Identifier: Apache-2.0
// What OpenEntry without an entry id gives: the container above the providers' containers. Its hierarchy table is
// theirs, one after the other; it has no entries of its own and is read-only. Page: iaddrbook-openentry,
// iabcontainerimapicontainer.
#pragma once

#include "address_book/book_host.h"

namespace mapiary::address_book {

com::Ref<IABContainer> make_root_container(const BookHostPtr& host);
// By the id's owner, one-offs and the root (empty id) here.
Result<OpenedEntry> open_entry(const BookHostPtr& host, const std::string& id, LPCIID iid, ULONG flags);

}  // namespace mapiary::address_book
