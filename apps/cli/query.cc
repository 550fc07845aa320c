// SPDX-License-Identifier: Apache-2.0
#include "cli/query.h"

#include <mapitags.h>
#include <mapiutil.h>

#include "cli/message_text.h"
#include "cli/output.h"

namespace cli {

namespace client = mapiary::client;
using client::Filter;

namespace {

constexpr Option kQueryOptions[] = {
    {"subject", 0, "TEXT", "the subject has this text in it"},
    {"from", 0, "TEXT", "the sender's name or address has it"},
    {"to", 0, "TEXT", "some recipient's name or address has it"},
    {"text", 0, "TEXT", "the subject or the text of the message has it"},
    {"since", 0, "DATE", "from this time (UTC) on: 2026-11-22, 2026-11-22T14:40"},
    {"before", 0, "DATE", "before this time (UTC)"},
    {"has-attachment", 0, "", "only messages with attachments"},
    {"unread", 0, "", "only unread messages"},
};

Filter any_contains(std::initializer_list<ULONG> tags, const std::string& text) {
  std::vector<Filter> parts;
  for (const ULONG tag : tags) parts.push_back(Filter::contains(tag, text));
  return Filter::join(RES_OR, parts);
}

// When it was delivered; for what never was, when it was sent.
Filter dated(bool since, std::uint64_t ticks) {
  const auto part = [&](ULONG tag) { return since ? Filter::since(tag, ticks) : Filter::before(tag, ticks); };
  return part(PR_MESSAGE_DELIVERY_TIME) || (!Filter::exists(PR_MESSAGE_DELIVERY_TIME) &&
                                            Filter::exists(PR_CLIENT_SUBMIT_TIME) && part(PR_CLIENT_SUBMIT_TIME));
}

// As the store compares.
bool has_text(const std::string& text, const std::string& wanted) {
  std::wstring in = client::to_wide(text), part = client::to_wide(wanted);
  SPropValue searched{}, pattern{};
  searched.ulPropTag = pattern.ulPropTag = PR_BODY_W;
  searched.Value.lpszW = in.data();
  pattern.Value.lpszW = part.data();
  return FPropContainsProp(&searched, &pattern, FL_SUBSTRING | FL_IGNORECASE) != FALSE;
}

}  // namespace

std::vector<Option> with_query_options(std::vector<Option> own) {
  own.insert(own.end(), std::begin(kQueryOptions), std::end(kQueryOptions));
  return own;
}

Query::Query(const Arguments& arguments) : text_(arguments.value("text")) {
  Filter& filter = filter_;
  if (const auto text = arguments.value("subject")) filter = filter && Filter::contains(PR_SUBJECT_W, *text);
  if (const auto text = arguments.value("from")) {
    filter = filter && any_contains({PR_SENDER_NAME_W, PR_SENDER_EMAIL_ADDRESS_W, PR_SENDER_SMTP_ADDRESS_W,
                                     PR_SENT_REPRESENTING_NAME_W, PR_SENT_REPRESENTING_EMAIL_ADDRESS_W,
                                     PR_SENT_REPRESENTING_SMTP_ADDRESS_W},
                                    *text);
  }
  if (const auto text = arguments.value("to")) {
    const Filter rows = any_contains({PR_DISPLAY_NAME_W, PR_EMAIL_ADDRESS_W, PR_SMTP_ADDRESS_W}, *text);
    filter = filter && Filter::any_row(PR_MESSAGE_RECIPIENTS, rows);
  }
  if (text_) {
    const Filter formatted =
        !Filter::exists(PR_BODY_W) && (Filter::exists(PR_HTML) || Filter::exists(PR_RTF_COMPRESSED));
    filter = filter && (any_contains({PR_SUBJECT_W, PR_BODY_W}, *text_) || formatted);
  }
  if (const auto text = arguments.value("since")) filter = filter && dated(true, parse_time(*text));
  if (const auto text = arguments.value("before")) filter = filter && dated(false, parse_time(*text));
  if (arguments.has("has-attachment")) filter = filter && Filter::equals(PR_HASATTACH, 1);
  if (arguments.has("unread")) filter = filter && Filter::bits(PR_MESSAGE_FLAGS, MSGFLAG_READ, false);
}

bool Query::is_meant(const client::Store& store, const std::string& entry_id, const std::string& subject) const {
  if (!text_ || has_text(subject, *text_)) return true;
  return has_text(body_of(store.message(entry_id)), *text_);
}

}  // namespace cli
