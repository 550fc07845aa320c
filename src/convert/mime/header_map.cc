// SPDX-License-Identifier: Apache-2.0
#include "convert/mime/header_map.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "base/unicode.h"
#include "convert/mime/codec.h"
#include "convert/mime/dates.h"
#include "convert/mime/hash.h"
#include "convert/mime/tags.h"
#include "convert/mime/words.h"

namespace mapiary::mime {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropValue;

constexpr std::size_t kLongestName = 64;

struct KnownField {
  std::string_view name;
  Group group;
};
constexpr KnownField kKnown[] = {
    {"return-path", Group::kReturnPath},
    {"from", Group::kFrom},
    {"sender", Group::kSender},
    {"reply-to", Group::kReplyTo},
    {"to", Group::kTo},
    {"cc", Group::kCc},
    {"bcc", Group::kBcc},
    {"subject", Group::kSubject},
    {"thread-topic", Group::kThreadTopic},
    {"thread-index", Group::kThreadIndex},
    {"date", Group::kDate},
    {"message-id", Group::kMessageId},
    {"in-reply-to", Group::kInReplyTo},
    {"references", Group::kReferences},
    {"importance", Group::kImportance},
    {"priority", Group::kImportance},
    {"x-priority", Group::kImportance},
    {"x-msmail-priority", Group::kImportance},
    {"sensitivity", Group::kSensitivity},
    {"disposition-notification-to", Group::kReadReceipt},
    {"return-receipt-to", Group::kDeliveryReceipt},
    {"expires", Group::kExpires},
    {"expiry-date", Group::kExpires},
    {"reply-by", Group::kReplyBy},
    {"deferred-delivery", Group::kDeferred},
    {"x-auto-response-suppress", Group::kAutoResponse},
    {"list-help", Group::kListHelp},
    {"list-subscribe", Group::kListSubscribe},
    {"list-unsubscribe", Group::kListUnsubscribe},
    {"keywords", Group::kKeywords},
    {"x-unsent", Group::kUnsent},
    {"mime-version", Group::kStructure},
    {"received", Group::kTrace},
    {"delivered-to", Group::kTrace},
    {"dkim-signature", Group::kTrace},
    {"arc-seal", Group::kTrace},
    {"arc-message-signature", Group::kTrace},
    {"arc-authentication-results", Group::kTrace},
    {"authentication-results", Group::kTrace},
    {"received-spf", Group::kTrace},
    {"x-received", Group::kTrace},
    {"status", Group::kTrace},
    {"x-status", Group::kTrace},
    {"x-mozilla-status", Group::kTrace},
    {"x-mozilla-status2", Group::kTrace},
    {"content-length", Group::kTrace},
};

// By the length of their names.
const std::array<std::vector<KnownField>, kLongestName + 1>& known_fields() {
  static const auto* const fields = [] {
    auto* made = new std::array<std::vector<KnownField>, kLongestName + 1>;
    for (const KnownField& known : kKnown) (*made)[known.name.size()].push_back(known);
    return made;
  }();
  return *fields;
}

struct TextGroup {
  Group group;
  PropTag tag;
  std::string_view field;
};
constexpr TextGroup kTexts[] = {
    {Group::kReturnPath, tag::kReturnPath, "Return-Path"},
    {Group::kSubject, tag::kSubject, "Subject"},
    {Group::kThreadTopic, tag::kConversationTopic, "Thread-Topic"},
    {Group::kMessageId, tag::kMessageId, "Message-ID"},
    {Group::kInReplyTo, tag::kInReplyTo, "In-Reply-To"},
    {Group::kReferences, tag::kReferences, "References"},
    {Group::kListHelp, tag::kListHelp, "List-Help"},
    {Group::kListSubscribe, tag::kListSubscribe, "List-Subscribe"},
    {Group::kListUnsubscribe, tag::kListUnsubscribe, "List-Unsubscribe"},
};
struct TimeGroup {
  Group group;
  PropTag tag;
  std::string_view field;
};
constexpr TimeGroup kTimes[] = {
    {Group::kDate, tag::kClientSubmitTime, "Date"},
    {Group::kExpires, tag::kExpiryTime, "Expires"},
    {Group::kReplyBy, tag::kReplyTime, "Reply-By"},
    {Group::kDeferred, tag::kDeferredDelivery, "Deferred-Delivery"},
};
struct AddressGroup {
  Group group;
  std::string_view field;
};
constexpr AddressGroup kAddressFields[] = {{Group::kFrom, "From"},
                                           {Group::kSender, "Sender"},
                                           {Group::kReplyTo, "Reply-To"},
                                           {Group::kTo, "To"},
                                           {Group::kCc, "Cc"},
                                           {Group::kBcc, "Bcc"},
                                           {Group::kReadReceipt, "Disposition-Notification-To"}};

template <class Table>
auto find_group(const Table& table, Group group) {
  const auto found = std::find_if(std::begin(table), std::end(table), [&](const auto& e) { return e.group == group; });
  return found == std::end(table) ? nullptr : &*found;
}

// Low, normal, high as the four fields write it; -1: none of them.
int importance_of(std::string_view field, std::string_view value) {
  const auto is = [&](std::string_view word) { return equals_ascii_nocase(value, word); };
  if (equals_ascii_nocase(field, "x-priority")) {
    const char digit = value.empty() ? '0' : value.front();
    return digit == '1' || digit == '2' ? 2 : digit == '3' ? 1 : digit == '4' || digit == '5' ? 0 : -1;
  }
  if (is("low") || is("non-urgent")) return 0;
  if (is("normal")) return 1;
  return is("high") || is("urgent") ? 2 : -1;
}

int sensitivity_of(std::string_view value) {
  static constexpr std::string_view kNames[] = {"normal", "personal", "private", "company-confidential"};
  for (int i = 0; i < 4; ++i) {
    if (equals_ascii_nocase(value, kNames[i])) return i;
  }
  return -1;
}

// Comma-separated words of X-Auto-Response-Suppress. [MS-OXCMAIL] 2.2.3.2.14
struct SuppressWord {
  std::string_view name;
  std::int32_t bit;
};
constexpr SuppressWord kSuppress[] = {{"DR", 1}, {"NDR", 2}, {"RN", 4}, {"NRN", 8}, {"OOF", 16}, {"AutoReply", 32}};

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",;"), text.size());
    if (const std::string_view word = trim(text.substr(0, end)); !word.empty()) words.emplace_back(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::int32_t suppress_of(std::string_view text) {
  std::int32_t bits = 0;
  for (const std::string& word : split_words(text)) {
    if (equals_ascii_nocase(word, "All")) return -1;
    for (const SuppressWord& each : kSuppress) {
      if (equals_ascii_nocase(word, each.name)) bits |= each.bit;
    }
  }
  return bits;
}

void set_once(PropBag& props, PropValue value) {
  if (!props.find(value.tag().id())) props.set(std::move(value));
}

class FieldReader {
 public:
  FieldReader(Headers& headers, Problems& problems) : headers_(headers), problems_(problems) {}

  void read(const Field& field) {
    const Group group = group_of(field.name);
    if (group >= Group::kCount) return;
    const std::string value = unfold(field.raw);
    if (std::vector<Address>* list = headers_.addresses(group)) return read_addresses(value, *list);
    if (const TextGroup* text = find_group(kTexts, group)) {
      return set_once(headers_.props, PropValue::text(text->tag, decode_text_value(value)));
    }
    if (const TimeGroup* time = find_group(kTimes, group)) return read_time(value, *time);
    read_other(group, field, value);
  }

 private:
  void read_addresses(const std::string& value, std::vector<Address>& list) {
    bool cut = false;
    std::vector<Address> found = parse_addresses(value, &cut);
    if (cut) problems_.loss(0, "an address field has over 100000 addresses", Code::kTooBig);
    for (Address& address : found) {
      if (address.name == address.email) address.name.clear();
    }
    if (list.empty()) {
      list = std::move(found);
    } else {
      std::move(found.begin(), found.end(), std::back_inserter(list));
    }
  }

  void read_time(const std::string& value, const TimeGroup& group) {
    const auto time = parse_date(value);
    if (time) {
      set_once(headers_.props, PropValue::int64(group.tag, static_cast<std::int64_t>(time->ticks)));
    } else if (!value.empty()) {
      problems_.note(0, "a date that can not be read");
    }
  }

  void read_other(Group group, const Field& field, const std::string& value) {
    PropBag& props = headers_.props;
    switch (group) {
      case Group::kThreadIndex:
        if (std::string index = decode_base64(value); index.size() >= 22) {
          set_once(props, PropValue::binary(tag::kConversationIndex, std::move(index)));
        }
        return;
      case Group::kImportance:
        if (const int level = importance_of(field.name, value); level >= 0) {
          // Importance says it better than the others.
          const PropValue wanted = PropValue::int32(tag::kImportance, level);
          equals_ascii_nocase(field.name, "importance") ? props.set(wanted) : set_once(props, wanted);
        }
        return;
      case Group::kSensitivity:
        if (const int level = sensitivity_of(value); level >= 0) {
          set_once(props, PropValue::int32(tag::kSensitivity, level));
        }
        return;
      case Group::kDeliveryReceipt:
        return set_once(props, PropValue::boolean(tag::kDeliveryReportRequested, true));
      case Group::kAutoResponse:
        return set_once(props, PropValue::int32(tag::kAutoResponseSuppress, suppress_of(value)));
      case Group::kKeywords:
        for (const std::string& word : split_words(decode_text_value(value))) headers_.keywords.push_back(word);
        return;
      case Group::kUnsent:
        if (value == "1") set_once(props, PropValue::int32(tag::kMessageFlags, tag::kUnsent));
        return;
      default:
        return;
    }
  }

  Headers& headers_;
  Problems& problems_;
};

// An entry id needs an address.
std::vector<Address> with_email(std::vector<Address> list) {
  list.erase(std::remove_if(list.begin(), list.end(), [](const Address& a) { return a.email.empty(); }), list.end());
  return list;
}

std::int64_t number_of(const PropBag& props, PropTag tag, std::int64_t missing) {
  const PropValue* value = props.find(tag);
  return value && !value->is_bytes() && !value->is_multi() && !value->is_blob() ? value->as_int64() : missing;
}

void append_number_group(std::string& out, Group group, const PropBag& props) {
  static constexpr std::string_view kImportance[] = {"low", "normal", "high"};
  static constexpr std::string_view kSensitivity[] = {"Normal", "Personal", "Private", "Company-Confidential"};
  if (group == Group::kImportance) {
    const std::int64_t level = number_of(props, tag::kImportance, 1);
    if (level == 0 || level == 2) append_text_field(out, "Importance", kImportance[level]);
  } else if (group == Group::kSensitivity) {
    const std::int64_t level = number_of(props, tag::kSensitivity, 0);
    if (level > 0 && level < 4) append_text_field(out, "Sensitivity", kSensitivity[level]);
  } else if (group == Group::kUnsent) {
    if (number_of(props, tag::kMessageFlags, 0) & tag::kUnsent) append_text_field(out, "X-Unsent", "1");
  } else if (group == Group::kAutoResponse) {
    const std::int64_t bits = number_of(props, tag::kAutoResponseSuppress, 0);
    std::string words = bits == -1 ? "All" : "";
    for (const SuppressWord& each : kSuppress) {
      if (bits != -1 && (bits & each.bit)) words += (words.empty() ? "" : ", ") + std::string(each.name);
    }
    if (!words.empty()) append_text_field(out, "X-Auto-Response-Suppress", words);
  }
}

}  // namespace

Group group_of(std::string_view field_name) {
  if (field_name.size() > kLongestName) return Group::kUnknown;
  for (const KnownField& known : known_fields()[field_name.size()]) {
    if (equals_ascii_nocase(known.name, field_name)) return known.group;
  }
  return equals_ascii_nocase(field_name.substr(0, 8), "content-") ? Group::kStructure : Group::kUnknown;
}

std::vector<Address>* Headers::addresses(Group group) {
  switch (group) {
    case Group::kFrom:
      return &from;
    case Group::kSender:
      return &sender;
    case Group::kReplyTo:
      return &reply_to;
    case Group::kTo:
      return &to;
    case Group::kCc:
      return &cc;
    case Group::kBcc:
      return &bcc;
    case Group::kReadReceipt:
      return &receipt_to;
    default:
      return nullptr;
  }
}
const std::vector<Address>* Headers::addresses(Group group) const {
  return const_cast<Headers*>(this)->addresses(group);
}

Headers read_headers(const std::vector<Field>& fields, Problems& problems) {
  Headers headers;
  headers.props.reserve(24);
  FieldReader reader(headers, problems);
  for (const Field& field : fields) reader.read(field);
  return headers;
}

bool same_meaning(Group group, const Headers& a, const Headers& b) {
  if (const auto* list = a.addresses(group)) {
    // A sender that is not stated is the author.
    if (group == Group::kSender) {
      const auto& mine = a.sender.empty() ? a.from : a.sender;
      const auto& theirs = b.sender.empty() ? b.from : b.sender;
      return mine.empty() ? theirs.empty() : !theirs.empty() && mine.front() == theirs.front();
    }
    // Of several authors the first is the message's.
    if (group == Group::kFrom)
      return list->empty() ? b.from.empty() : !b.from.empty() && list->front() == b.from.front();
    if (group == Group::kReplyTo) return with_email(*list) == with_email(b.reply_to);
    return *list == *b.addresses(group);
  }
  const auto same = [&](PropTag tag, std::int64_t missing) {
    return number_of(a.props, tag, missing) == number_of(b.props, tag, missing);
  };
  if (const TextGroup* text = find_group(kTexts, group))
    return text_of(a.props, text->tag) == text_of(b.props, text->tag);
  if (const TimeGroup* time = find_group(kTimes, group)) {
    // To the second, as a header says it.
    return number_of(a.props, time->tag, -1) / 10'000'000 == number_of(b.props, time->tag, -1) / 10'000'000;
  }
  switch (group) {
    case Group::kThreadIndex:
      return text_of(a.props, tag::kConversationIndex) == text_of(b.props, tag::kConversationIndex);
    case Group::kImportance:
      return same(tag::kImportance, 1);
    case Group::kSensitivity:
      return same(tag::kSensitivity, 0);
    case Group::kDeliveryReceipt:
      return same(tag::kDeliveryReportRequested, 0);
    case Group::kAutoResponse:
      return same(tag::kAutoResponseSuppress, 0);
    case Group::kKeywords:
      return a.keywords == b.keywords;
    case Group::kUnsent:
      return (number_of(a.props, tag::kMessageFlags, 0) & tag::kUnsent) ==
             (number_of(b.props, tag::kMessageFlags, 0) & tag::kUnsent);
    default:
      return true;
  }
}

void append_group(std::string& out, Group group, const Headers& headers) {
  if (const auto* list = headers.addresses(group)) {
    if (!list->empty()) append_address_field(out, find_group(kAddressFields, group)->field, *list);
    return;
  }
  const PropBag& props = headers.props;
  if (const TextGroup* text = find_group(kTexts, group)) {
    if (const std::string_view value = text_of(props, text->tag); !value.empty()) {
      append_text_field(out, text->field, value);
    }
    return;
  }
  if (const TimeGroup* time = find_group(kTimes, group)) {
    if (const PropValue* value = props.find(time->tag)) {
      append_text_field(out, time->field, format_date(FileTime(static_cast<std::uint64_t>(value->as_int64()))));
    }
    return;
  }
  if (group == Group::kThreadIndex) {
    if (const std::string_view index = text_of(props, tag::kConversationIndex); !index.empty()) {
      std::string text;
      append_base64(text, index.substr(0, 22 + 5 * 100));
      for (std::size_t at = 60; at < text.size(); at += 61) text.insert(at, " ");
      append_text_field(out, "Thread-Index", text);
    }
  } else if (group == Group::kDeliveryReceipt) {
    const auto& to = headers.sender.empty() ? headers.from : headers.sender;
    if (number_of(props, tag::kDeliveryReportRequested, 0) != 0 && !to.empty()) {
      append_address_field(out, "Return-Receipt-To", {to.front()});
    }
  } else if (group == Group::kKeywords) {
    std::string words;
    for (const std::string& word : headers.keywords) words += (words.empty() ? "" : ", ") + word;
    if (!words.empty()) append_text_field(out, "Keywords", words);
  } else {
    append_number_group(out, group, props);
  }
}

std::string derived_thread_index(const Headers& headers) {
  // Ids of the ancestors, the oldest first, and the message's own.
  std::vector<std::string_view> ids;
  const auto add_ids = [&](std::string_view text) {
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
      const std::size_t end = text.find('>', at);
      if (end == std::string_view::npos) break;
      const std::string_view id = text.substr(at, end - at + 1);
      if (std::find(ids.begin(), ids.end(), id) == ids.end() && ids.size() < 100) ids.push_back(id);
    }
  };
  add_ids(text_of(headers.props, tag::kReferences));
  add_ids(text_of(headers.props, tag::kInReplyTo).substr(0, 1000));
  add_ids(text_of(headers.props, tag::kMessageId));
  if (ids.empty()) return {};
  // The time is one for all, since the first message's is not known: 2000-01-01.
  std::string index("\x01\x01\xBF\x53\xEB\x25", 6);
  index += hash_bytes(ids.front());
  for (std::size_t i = 1; i < ids.size(); ++i) index += hash_bytes(ids[i], 5);
  return index;
}

std::string_view subject_prefix(std::string_view subject) {
  const std::size_t colon = subject.substr(0, 5).find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 3) return {};
  if (colon + 1 >= subject.size() || subject[colon + 1] != ' ') return {};
  const bool letters = std::all_of(subject.begin(), subject.begin() + static_cast<std::ptrdiff_t>(colon),
                                   [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  return letters ? subject.substr(0, colon + 2) : std::string_view();
}

std::string_view text_of(const PropBag& props, PropTag tag) {
  const PropValue* value = props.find(tag);
  return value && value->is_bytes() ? value->as_bytes() : std::string_view();
}

model::NamedProperty keywords_name() {
  return model::NamedProperty::of(model::prop_set::kPublicStrings, "Keywords");
}

namespace {

// {0E7A9C1B-6D4F-4E7B-9A53-6D6170696172}
constexpr Guid kOwnSet = {0x1B, 0x9C, 0x7A, 0x0E, 0x4F, 0x6D, 0x7B, 0x4E,
                          0x9A, 0x53, 0x6D, 0x61, 0x70, 0x69, 0x61, 0x72};

}  // namespace

model::NamedProperty html_only_name() {
  return model::NamedProperty::of(kOwnSet, "html-only");
}

model::NamedProperty empty_text_name() {
  return model::NamedProperty::of(kOwnSet, "empty-text");
}

model::NamedProperty inner_body_name() {
  return model::NamedProperty::of(kOwnSet, "inner-body");
}

}  // namespace mapiary::mime
