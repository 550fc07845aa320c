// SPDX-License-Identifier: Apache-2.0
// Which header field says what about a message, and both ways between them. [MS-OXCMAIL] 2.2.3
//
// A Headers is the meaning of a header: what two headers are compared by. It is read from fields or from properties,
// and each group of it is written as fields. Values. Not synchronised.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "convert/mime/addresses.h"
#include "convert/mime/fields.h"
#include "convert/mime/problem.h"
#include "model/message_tree.h"

namespace mapiary::mime {

// Fields that mean the same thing share a group; the order is that of a new header.
enum class Group : std::uint8_t {
  kReturnPath,
  kFrom,
  kSender,
  kReplyTo,
  kTo,
  kCc,
  kBcc,
  kSubject,
  kThreadTopic,
  kThreadIndex,
  kDate,
  kMessageId,
  kInReplyTo,
  kReferences,
  kImportance,
  kSensitivity,
  kReadReceipt,
  kDeliveryReceipt,
  kExpires,
  kReplyBy,
  kDeferred,
  kAutoResponse,
  kListHelp,
  kListSubscribe,
  kListUnsubscribe,
  kKeywords,
  kUnsent,
  kCount,
  kStructure,  // MIME-Version, Content-*: said anew by whoever writes
  kTrace,      // Received and the like: kept in the raw header alone
  kUnknown,
};
inline constexpr std::size_t kGroups = static_cast<std::size_t>(Group::kCount);

Group group_of(std::string_view field_name);

struct Headers {
  std::vector<Address> from, sender, reply_to, to, cc, bcc, receipt_to;
  std::vector<std::string> keywords;
  // Addresses of another kind that stand beside an Internet address: "ada@example.org EX:/o=...". Of properties only.
  std::vector<std::string> other_addresses;
  // Scalars, under the tags of their properties.
  model::PropBag props;

  const std::vector<Address>* addresses(Group group) const;
  std::vector<Address>* addresses(Group group);
};

Headers read_headers(const std::vector<Field>& fields, Problems& problems);
// What the properties of a message say. Addresses that are none of the Internet's have SMTP addresses looked for first,
// at last in `fields`, the header that the message came with.
Headers headers_of(const model::MessageTree& message, const Headers& fields = {});
// Whether both say the same under `group`.
bool same_meaning(Group group, const Headers& a, const Headers& b);
// Nothing if there is nothing to say.
void append_group(std::string& out, Group group, const Headers& headers);

// Into properties and recipients. Blind carbon copies only if `with_bcc`.
void apply_headers(const Headers& headers, bool with_bcc, model::MessageTree& message);

// The thread index of a message that brings none: the ids of its ancestors decide, so that a thread shares its first 22
// bytes and an answer begins with the index of what it answers. Empty if there are no ids.
std::string derived_thread_index(const Headers& headers);
// Without "Re: ", "AW: " and the like: up to three letters or digits and a colon. [MS-OXCMSG] 2.2.1.9
std::string_view subject_prefix(std::string_view subject);

std::string_view text_of(const model::PropBag& props, model::PropTag tag);
// The name of PS_PUBLIC_STRINGS for keywords.
model::NamedProperty keywords_name();
// PT_BOOLEAN, on a multipart message that had HTML and no other body. Stores make a text of the HTML, which must not go
// out as if the sender had written it.
model::NamedProperty html_only_name();
// PT_BOOLEAN, where an empty text stood beside HTML. Without it an empty one is that of a message that has none.
model::NamedProperty empty_text_name();
// PT_BOOLEAN, where the bodies are those of a signed or encrypted part beside other parts.
model::NamedProperty inner_body_name();

}  // namespace mapiary::mime
