// SPDX-License-Identifier: Apache-2.0
// The containers of the integrated address book: those of all providers, one after the other, in the profile's order;
// which of them are the personal address book, the default one and the search path. A provider that fails shows
// nothing and disturbs nobody.
// Pages: iaddrbook-getpab, iaddrbook-getdefaultdir, iaddrbook-getsearchpath, imapicontainer-gethierarchytable.
#pragma once

#include "address_book/book_host.h"
#include "model/prop_bag.h"

namespace mapiary::address_book {

struct Container {
  std::string id;
  ULONG flags = 0;  // PR_CONTAINER_FLAGS
  LONG display_type = 0;
  model::PropBag row;  // of the hierarchy table; text is PT_UNICODE, PR_INSTANCE_KEY ours
};

// `all_levels`: CONVENIENT_DEPTH, else the top ones only.
Result<std::vector<Container>> list_containers(BookHost& host, bool all_levels);

// Empty: none.
Result<std::string> personal_book(BookHost& host);
Result<std::string> default_container(BookHost& host);
Result<std::vector<Container>> search_path(BookHost& host);

// A table of these rows. flags: MAPI_UNICODE counts.
Result<com::Ref<IMAPITable>> container_table(const std::vector<Container>& containers, ULONG flags);

}  // namespace mapiary::address_book
