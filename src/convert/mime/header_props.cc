// SPDX-License-Identifier: Apache-2.0
// Headers to and from the properties and recipients of a message.
#include <algorithm>

#include "base/unicode.h"
#include "convert/mime/header_map.h"
#include "convert/mime/smtp_finder.h"
#include "convert/mime/tags.h"
#include "model/entry_id.h"

namespace mapiary::mime {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropValue;

std::string without_nul(std::string_view text) {
  std::string out(text);
  out.erase(std::remove(out.begin(), out.end(), '\0'), out.end());
  return out;
}

// A one-off entry id; empty for an address that can be none.
std::string entry_id_of(const Address& address) {
  if (address.email.empty()) return {};
  auto id = model::build_one_off(
      {address.name.empty() ? address.email : address.name, "SMTP", address.email, model::OneOff::kNoRichInfo});
  return id ? std::string(id->bytes()) : std::string();
}

std::string search_key_of(const Address& address) {
  std::string key = "SMTP:" + address.email;
  for (char& c : key) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  key += '\0';
  return key;
}

void put_party(PropBag& props, const Party& party, const Address& found) {
  const Address address{without_nul(found.name), without_nul(found.email)};
  props.set(PropValue::text(party.name, address.name.empty() ? address.email : address.name));
  if (address.email.empty()) return;
  props.set(PropValue::text(party.type, "SMTP"));
  props.set(PropValue::text(party.email, address.email));
  props.set(PropValue::text(party.smtp, address.email));
  props.set(PropValue::binary(party.search_key, search_key_of(address)));
  if (std::string id = entry_id_of(address); !id.empty()) {
    props.set(PropValue::binary(party.entry_id, std::move(id)));
  }
}

void add_recipients(model::MessageTree& message, const std::vector<Address>& list, std::int32_t type) {
  for (const Address& address : list) {
    PropBag row;
    row.reserve(10);
    row.set(PropValue::int32(tag::kRecipientType, type));
    row.set(PropValue::int32(tag::kObjectType, 6));  // MAPI_MAILUSER
    row.set(PropValue::int32(tag::kDisplayType, 0));
    put_party(row, kRecipientParty, address);
    message.recipients.push_back(std::move(row));
  }
}

// FLATENTRYLIST and names of PR_REPLY_RECIPIENT_*.
void put_reply_to(PropBag& props, const std::vector<Address>& list) {
  ByteWriter entries;
  std::uint32_t count = 0;
  std::string names;
  for (const Address& address : list) {
    const std::string id = entry_id_of(address);
    if (id.empty()) continue;
    ++count;
    entries.put_u32(static_cast<std::uint32_t>(id.size()));
    entries.put_bytes(id);
    entries.align(4);
    names += (names.empty() ? "" : ";") + without_nul(address.name.empty() ? address.email : address.name);
  }
  if (count == 0) return;
  ByteWriter flat;
  flat.put_u32(count);
  flat.put_u32(static_cast<std::uint32_t>(entries.size()));
  flat.put_bytes(entries.view());
  props.set(PropValue::binary(tag::kReplyRecipientEntries, flat.take()));
  props.set(PropValue::text(tag::kReplyRecipientNames, std::move(names)));
}

Result<std::vector<Address>> parse_reply_to(std::string_view flat) {
  std::vector<Address> found;
  ByteReader in(bytes_of(flat), "FLATENTRYLIST", kLayer);
  const std::uint32_t count = TRY(in.u32());
  TRY(in.skip(4));
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t size = TRY(in.u32());
    const auto id = model::EntryId::parse(TRY(in.chars(size)));
    if (i + 1 < count) TRY(in.align(4));
    const auto one_off = id ? model::parse_one_off(*id, 1252) : tl::unexpected(id.error());
    if (!one_off) continue;
    Address address{one_off->display_name, one_off->address};
    if (address.name == address.email) address.name.clear();
    found.push_back(std::move(address));
  }
  return found;
}

void read_parties(const model::MessageTree& message, const Headers& fields, Headers& headers) {
  const SmtpFinder finder(message, fields);
  const PropBag& props = message.props;
  Address author = finder.author();
  Address sender = finder.sender();
  if (author == Address{}) author = sender;
  if (!(author == Address{})) headers.from.push_back(author);
  if (!(sender == Address{}) && !(sender == author)) headers.sender.push_back(std::move(sender));
  if (auto reply_to = parse_reply_to(text_of(props, tag::kReplyRecipientEntries))) {
    headers.reply_to = std::move(*reply_to);
  }
  for (const PropBag& row : message.recipients) {
    const PropValue* type = row.find(tag::kRecipientType);
    const std::int32_t kind = type ? type->as_int32() & 0xFF : tag::kTo;  // without MAPI_SUBMITTED
    auto& list = kind == tag::kCc ? headers.cc : kind == tag::kBcc ? headers.bcc : headers.to;
    if (kind >= tag::kTo && kind <= tag::kBcc) list.push_back(finder.recipient(row));
  }
  const PropValue* receipt = props.find(tag::kReadReceiptRequested);
  if (receipt && receipt->as_bool()) {
    Address to{std::string(text_of(props, tag::kReceiptName)), std::string(text_of(props, tag::kReceiptEmail))};
    if (to.name == to.email) to.name.clear();
    if (to == Address{}) to = author;
    if (!(to == Address{})) headers.receipt_to.push_back(std::move(to));
  }
  headers.other_addresses = finder.others();
}

}  // namespace

void apply_headers(const Headers& headers, bool with_bcc, model::MessageTree& message) {
  PropBag& props = message.props;
  for (const PropValue& value : headers.props) {
    if (value.is_bytes() && value.tag().base_type() == model::PropType::kUnicode) {
      props.set(PropValue::text(value.tag(), without_nul(value.as_bytes())));
    } else {
      props.set(value);
    }
  }
  if (!headers.from.empty()) put_party(props, kAuthorParty, headers.from.front());
  const auto& sender = headers.sender.empty() ? headers.from : headers.sender;
  if (!sender.empty()) put_party(props, kSenderParty, sender.front());
  put_reply_to(props, headers.reply_to);
  if (!headers.receipt_to.empty()) {
    const Address& to = headers.receipt_to.front();
    props.set(PropValue::boolean(tag::kReadReceiptRequested, true));
    props.set(PropValue::text(tag::kReceiptName, without_nul(to.name.empty() ? to.email : to.name)));
    props.set(PropValue::text(tag::kReceiptAddrType, "SMTP"));
    props.set(PropValue::text(tag::kReceiptEmail, without_nul(to.email)));
  }
  if (const PropValue* importance = props.find(tag::kImportance)) {
    props.set(PropValue::int32(tag::kPriority, importance->as_int32() - 1));
  }
  add_recipients(message, headers.to, tag::kTo);
  add_recipients(message, headers.cc, tag::kCc);
  if (with_bcc) add_recipients(message, headers.bcc, tag::kBcc);
}

Headers headers_of(const model::MessageTree& message, const Headers& fields) {
  Headers headers;
  static constexpr PropTag kScalars[] = {tag::kReturnPath,
                                         tag::kSubject,
                                         tag::kConversationTopic,
                                         tag::kConversationIndex,
                                         tag::kClientSubmitTime,
                                         tag::kMessageId,
                                         tag::kInReplyTo,
                                         tag::kReferences,
                                         tag::kImportance,
                                         tag::kSensitivity,
                                         tag::kExpiryTime,
                                         tag::kReplyTime,
                                         tag::kDeferredDelivery,
                                         tag::kListHelp,
                                         tag::kListSubscribe,
                                         tag::kListUnsubscribe,
                                         tag::kMessageFlags,
                                         tag::kAutoResponseSuppress,
                                         tag::kDeliveryReportRequested};
  headers.props.reserve(std::size(kScalars));
  for (const PropTag tag : kScalars) {
    const PropValue* value = message.props.find(tag);
    if (value && !value->is_blob()) headers.props.set(*value);
  }
  for (const auto& [tag, source] : message.streams) {
    // A long list of references is a stream; its meaning is text all the same.
    const bool wanted = std::find(std::begin(kScalars), std::end(kScalars), tag) != std::end(kScalars);
    if (!wanted) continue;
    if (auto text = model::read_all(*source, 1 << 20)) headers.props.set(PropValue::text(tag, std::move(*text)));
  }
  read_parties(message, fields, headers);
  if (message.names) {
    const auto id = message.names->find(keywords_name());
    const PropValue* words = id ? message.props.find(*id) : nullptr;
    if (words && words->is_multi()) {
      if (const auto* list = std::get_if<std::vector<std::string>>(&words->as_multi())) headers.keywords = *list;
    }
  }
  return headers;
}

}  // namespace mapiary::mime
