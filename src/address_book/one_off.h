// SPDX-License-Identifier: Apache-2.0
// Recipients that stand in no directory: their entry ids, what names look like one, and IMailUser over what the id
// says. Pages: iaddrbook-createoneoff, one-off-addresses, one-off-entry-identifiers, iaddrbook-resolvename.
#pragma once

#include <mapix.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "com/border.h"
#include "com/ref.h"
#include "model/entry_id.h"
#include "model/prop_bag.h"

namespace mapiary::address_book {

// The id of CreateOneOff: an Internet address gets no rich text (LC of the page). kInvalidArgument: an empty type or
// address.
Result<std::string> make_one_off(model::OneOff one_off, bool no_rich_info);
// "someone@example.org", "SMTP:someone@example.org", "Someone[SMTP:someone@example.org]", "Someone[FAX:123]".
std::optional<model::OneOff> one_off_of_name(std::string_view name);
// Type and address are what counts, without regard to case. kUnknownEntryId: damaged.
Result<bool> is_same_one_off(const model::EntryId& a, const model::EntryId& b);

// All that is known of the recipient, PR_ENTRYID first; text is PT_UNICODE.
Result<model::PropBag> properties_of(const model::EntryId& id);
// Read-only. kInterfaceNotSupported: `iid` (may be NULL) is nothing IMailUser offers.
Result<com::Ref<IUnknown>> open_one_off(const std::shared_ptr<com::Gate>& gate, const model::EntryId& id, LPCIID iid);

}  // namespace mapiary::address_book
