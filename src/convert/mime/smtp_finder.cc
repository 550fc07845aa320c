// SPDX-License-Identifier: Apache-2.0
#include "convert/mime/smtp_finder.h"

#include <algorithm>
#include <set>
#include <utility>

#include "convert/mime/tags.h"
#include "model/entry_id.h"

namespace mapiary::mime {

using model::PropBag;
using model::PropTag;
using model::PropType;
using model::PropValue;

const Party kAuthorParty = {tag::kSentRepresentingName,    tag::kSentRepresentingAddrType,
                            tag::kSentRepresentingEmail,   tag::kSentRepresentingSmtp,
                            tag::kSentRepresentingEntryId, tag::kSentRepresentingSearchKey};
const Party kSenderParty = {tag::kSenderName, tag::kSenderAddrType, tag::kSenderEmail,
                            tag::kSenderSmtp, tag::kSenderEntryId,  tag::kSenderSearchKey};
const Party kRecipientParty = {tag::kDisplayName, tag::kAddrType, tag::kEmailAddress,
                               tag::kSmtpAddress, tag::kEntryId,  tag::kSearchKey};

namespace {

// PR_RECEIVED_BY_* and PR_RCVD_REPRESENTING_*: who got it, by both kinds of addresses.
constexpr Party kReceivers[] = {
    {PropTag(0x0040, PropType::kUnicode), PropTag(0x0075, PropType::kUnicode), PropTag(0x0076, PropType::kUnicode),
     PropTag(0x5D07, PropType::kUnicode), PropTag(0x003F, PropType::kBinary), PropTag(0x0051, PropType::kBinary)},
    {PropTag(0x0044, PropType::kUnicode), PropTag(0x0077, PropType::kUnicode), PropTag(0x0078, PropType::kUnicode),
     PropTag(0x5D08, PropType::kUnicode), PropTag(0x0043, PropType::kBinary), PropTag(0x0052, PropType::kBinary)}};
constexpr PropTag kOriginalType(0x403D, PropType::kUnicode), kOriginalAddress(0x403E, PropType::kUnicode);
constexpr PropTag kProxies{0x800F101F};  // PR_EMS_AB_PROXY_ADDRESSES, of recipients

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

bool same_text(std::string_view a, std::string_view b) {
  return !a.empty() && upper(a) == upper(b);
}

// What names a party apart from its Internet address; empty: it has no other.
std::string key_of(const PropBag& props, const Party& party) {
  const std::string_view email = text_of(props, party.email);
  if (email.empty() || is_internet_address(email)) return {};
  const std::string_view type = text_of(props, party.type);
  return upper(type.empty() ? "EX" : type) + ":" + upper(email);
}

// The Internet address that stands among the properties of the party.
std::string own_address(const PropBag& props, const Party& party) {
  for (const PropTag tag : {party.smtp, party.email}) {
    if (is_internet_address(text_of(props, tag))) return std::string(text_of(props, tag));
  }
  const auto id = model::EntryId::parse(text_of(props, party.entry_id));
  const auto one_off = id ? model::parse_one_off(*id, 1252) : tl::unexpected(id.error());
  if (one_off && is_internet_address(one_off->address)) return one_off->address;
  if (party.smtp == tag::kSmtpAddress) {
    if (same_text(text_of(props, kOriginalType), "SMTP") && is_internet_address(text_of(props, kOriginalAddress))) {
      return std::string(text_of(props, kOriginalAddress));
    }
    const PropValue* proxies = props.find(kProxies);
    const auto* list =
        proxies && proxies->is_multi() ? std::get_if<std::vector<std::string>>(&proxies->as_multi()) : nullptr;
    for (std::size_t i = 0; list && i < list->size(); ++i) {
      // In capitals: the one that answers come to.
      if ((*list)[i].starts_with("SMTP:") && is_internet_address((*list)[i].substr(5))) return (*list)[i].substr(5);
    }
  }
  // Last, as it is in capitals.
  std::string_view key = text_of(props, party.search_key);
  if (!key.starts_with("SMTP:")) return {};
  key = key.substr(5, key.find('\0', 5) == std::string_view::npos ? key.size() : key.find('\0', 5) - 5);
  std::string address(key);
  for (char& c : address) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return is_internet_address(address) ? address : std::string();
}

// Whether an Internet address is plainly there, as in all mail that never was of another kind.
bool is_plain(const PropBag& props, const Party& party) {
  return is_internet_address(text_of(props, party.smtp)) || is_internet_address(text_of(props, party.email));
}

// Whether every party's address is known without the others.
bool needs_no_search(const model::MessageTree& message) {
  for (const Party& party : {kAuthorParty, kSenderParty}) {
    if (!text_of(message.props, party.email).empty() && !is_plain(message.props, party)) return false;
  }
  return std::all_of(message.recipients.begin(), message.recipients.end(),
                     [](const PropBag& row) { return is_plain(row, kRecipientParty); });
}

}  // namespace

void SmtpFinder::learn(const PropBag& props, const Party& party) {
  const std::string key = key_of(props, party);
  std::string smtp = key.empty() ? std::string() : own_address(props, party);
  if (!smtp.empty()) by_name_.try_emplace(key, std::move(smtp));
}

SmtpFinder::SmtpFinder(const model::MessageTree& message, const Headers& fields) : message_(message), fields_(fields) {
  if (needs_no_search(message)) return;
  for (const auto* list : {&fields.to, &fields.cc, &fields.bcc}) {
    for (const Address& one : *list) {
      if (one.name.empty() || !is_internet_address(one.email)) continue;
      const auto [known, fresh] = receivers_.try_emplace(upper(one.name), one.email);
      if (!fresh && known->second != one.email) known->second.clear();
    }
  }
  learn(message.props, kAuthorParty);
  learn(message.props, kSenderParty);
  for (const Party& party : kReceivers) learn(message.props, party);
  for (const PropBag& row : message.recipients) learn(row, kRecipientParty);
  pair_the_last(fields.to, tag::kTo);
  pair_the_last(fields.cc, tag::kCc);
  pair_the_last(fields.bcc, tag::kBcc);
}

// Where a field has as many parties as there are recipients of its type, and all but one of each are known to be the
// same, the last ones are too.
void SmtpFinder::pair_the_last(const std::vector<Address>& field, std::int32_t type) {
  std::set<std::string> known;
  const PropBag* unknown = nullptr;
  std::size_t rows = 0, unknowns = 0;
  for (const PropBag& row : message_.recipients) {
    const PropValue* kind = row.find(tag::kRecipientType);
    if ((kind ? kind->as_int32() & 0xFF : tag::kTo) != type) continue;
    if (++rows > field.size()) return;
    const Address address = recipient(row);
    if (is_internet_address(address.email)) {
      known.insert(upper(address.email));
    } else {
      unknown = &row;
      ++unknowns;
    }
  }
  if (unknowns != 1 || rows != field.size()) return;
  const Address* last = nullptr;
  for (const Address& one : field) {
    if (known.count(upper(one.email)) != 0) continue;
    if (last) return;
    last = &one;
  }
  if (last && is_internet_address(last->email)) by_row_[unknown] = last->email;
}

Address SmtpFinder::party(const PropBag& props, const Party& party,
                          const std::function<std::string(std::string_view name)>& found) const {
  Address address{std::string(text_of(props, party.name)), own_address(props, party)};
  if (address.name.empty()) {
    const auto id = model::EntryId::parse(text_of(props, party.entry_id));
    const auto one_off = id ? model::parse_one_off(*id, 1252) : tl::unexpected(id.error());
    if (one_off) address.name = one_off->display_name;
  }
  const std::string key = key_of(props, party);
  if (address.email.empty() && !key.empty()) {
    const auto known = by_name_.find(key);
    if (known != by_name_.end()) address.email = known->second;
    if (address.email.empty()) address.email = found(address.name);
  }
  for (const PropTag tag : {party.smtp, party.email}) {
    if (address.email.empty()) address.email = text_of(props, tag);
  }
  if (address.name == address.email) address.name.clear();
  return address;
}

namespace {

// A field of one party says its address, whatever it is called there.
std::string found_in(const std::vector<Address>& field, std::string_view name) {
  std::string found;
  for (const Address& one : field) {
    const bool named = same_text(one.name, name) || field.size() == 1;
    if (!named || !is_internet_address(one.email)) continue;
    if (!found.empty() && found != one.email) return {};  // two of one name: nobody knows which
    found = one.email;
  }
  return found;
}

}  // namespace

Address SmtpFinder::author() const {
  return party(message_.props, kAuthorParty, [&](std::string_view name) { return found_in(fields_.from, name); });
}

Address SmtpFinder::sender() const {
  const auto& field = fields_.sender.empty() ? fields_.from : fields_.sender;
  return party(message_.props, kSenderParty, [&](std::string_view name) { return found_in(field, name); });
}

Address SmtpFinder::recipient(const PropBag& row) const {
  Address address = party(row, kRecipientParty, [&](std::string_view name) {
    const auto known = name.empty() ? receivers_.end() : receivers_.find(upper(name));
    return known == receivers_.end() ? std::string() : known->second;
  });
  const auto paired = by_row_.find(&row);
  if (paired != by_row_.end()) address.email = paired->second;
  return address;
}

std::vector<std::string> SmtpFinder::others() const {
  std::vector<std::string> found;
  std::set<std::string> told;
  const auto add = [&](const PropBag& props, const Party& party, auto&& address_of) {
    if (key_of(props, party).empty()) return;
    const Address address = address_of();
    if (!is_internet_address(address.email)) return;
    const std::string_view type = text_of(props, party.type);
    std::string line = address.email + " " + std::string(type.empty() ? "EX" : type) + ":";
    line += text_of(props, party.email);
    if (told.insert(line).second) found.push_back(std::move(line));
  };
  add(message_.props, kAuthorParty, [&] { return author(); });
  add(message_.props, kSenderParty, [&] { return sender(); });
  for (const PropBag& row : message_.recipients) add(row, kRecipientParty, [&] { return recipient(row); });
  return found;
}

}  // namespace mapiary::mime
