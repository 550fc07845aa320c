// SPDX-License-Identifier: Apache-2.0
// PrepareRecips: every recipient gets a long-term entry id and the properties asked for, in their order and first; what
// its provider does not have is PT_ERROR. Pages: iaddrbook-preparerecips, iablogon-preparerecips.
#pragma once

#include "address_book/book_host.h"

namespace mapiary::address_book {

// `tags` may be NULL.
Status prepare_recipients(const BookHostPtr& host, ULONG flags, const SPropTagArray* tags, ADRLIST& list);

}  // namespace mapiary::address_book
