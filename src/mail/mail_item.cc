// SPDX-License-Identifier: Apache-2.0
// What mail files say beside a message, as properties. [MS-OXOFLAG] 2.2.1.1, [MS-OXOMSG] 2.2.1.14
#include <mapicode.h>
#include <mapitags.h>

#include <cstring>
#include <vector>

#include "base/unicode.h"
#include "com/memory.h"
#include "com/text.h"
#include "mail/mail_objects.h"
#include "mail/outside.h"

#ifndef PR_FLAG_STATUS
#define PR_FLAG_STATUS PROP_TAG(PT_LONG, 0x1090)
#endif
#ifndef PR_LAST_VERB_EXECUTED
#define PR_LAST_VERB_EXECUTED PROP_TAG(PT_LONG, 0x1081)
#endif

namespace mapiary::mail {
namespace {

constexpr LONG kFlagged = 2;                                         // PR_FLAG_STATUS: marked for follow-up
constexpr LONG kReplied = 102, kRepliedAll = 103, kForwarded = 104;  // PR_LAST_VERB_EXECUTED

SPropValue long_value(ULONG tag, LONG number) {
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.l = number;
  return value;
}

bool is_zero(const FILETIME& time) {
  return time.dwLowDateTime == 0 && time.dwHighDateTime == 0;
}

Result<Owned<SPropValue>> properties(IMessage& message, std::vector<ULONG> tags) {
  tags.insert(tags.begin(), static_cast<ULONG>(tags.size()));
  ULONG count = 0;
  LPSPropValue raw = nullptr;
  TRY(checked(message.GetProps(reinterpret_cast<LPSPropTagArray>(tags.data()), MAPI_UNICODE, &count, &raw),
              "IMAPIProp::GetProps"));
  return Owned<SPropValue>(raw);
}

LONG long_of(const SPropValue& value) {
  return PROP_TYPE(value.ulPropTag) == PT_LONG ? value.Value.l : 0;
}

// What files say and MAPI has no property for; "origin" of import is of the same set.
constexpr GUID kFileSet = {0x0E7A9C1B, 0x6D4F, 0x4E7B, {0x9A, 0x53, 0x6D, 0x61, 0x70, 0x69, 0x61, 0x72}};
enum Named : std::size_t { kSender, kTime, kMarks, kKeywords, kNamed };

// Their tags in the store, 0 for what it has no name for.
Result<std::vector<ULONG>> named_tags(IMessage& message, ULONG flags) {
  static constexpr const wchar_t* kNames[kNamed] = {L"envelope-sender", L"file-time", L"file-marks", L"Keywords"};
  static constexpr ULONG kTypes[kNamed] = {PT_UNICODE, PT_SYSTIME, PT_UNICODE, PT_MV_UNICODE};
  GUID sets[kNamed] = {kFileSet, kFileSet, kFileSet, PS_PUBLIC_STRINGS};
  MAPINAMEID names[kNamed] = {};
  LPMAPINAMEID pointers[kNamed];
  for (std::size_t i = 0; i < kNamed; ++i) {
    names[i].lpguid = &sets[i];
    names[i].ulKind = MNID_STRING;
    names[i].Kind.lpwstrName = const_cast<LPWSTR>(kNames[i]);
    pointers[i] = &names[i];
  }
  LPSPropTagArray raw = nullptr;
  TRY(checked(message.GetIDsFromNames(kNamed, pointers, flags, &raw), "IMAPIProp::GetIDsFromNames"));
  const Owned<SPropTagArray> tags(raw);
  std::vector<ULONG> found(kNamed, PROP_TAG(PT_NULL, 0));
  for (std::size_t i = 0; i < kNamed && i < tags->cValues; ++i) {
    const bool good = PROP_TYPE(tags->aulPropTag[i]) != PT_ERROR && PROP_ID(tags->aulPropTag[i]) >= 0x8000;
    if (good) found[i] = CHANGE_PROP_TYPE(tags->aulPropTag[i], kTypes[i]);
  }
  return found;
}

// With 100,000,000 seconds time begins here: who has none writes 1970.
bool is_time(const FILETIME& time) {
  constexpr std::uint64_t kFirst = (11'644'473'600 + 100'000'000) * 10'000'000;
  return (std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime) >= kFirst;
}

bool is_same_second(const FILETIME& a, const FILETIME& b) {
  const auto seconds = [](const FILETIME& time) {
    return (std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime) / 10'000'000;
  };
  return seconds(a) == seconds(b);
}

// Whom a From_ line would name.
std::string sender_of(const SPropValue& smtp, const SPropValue& address) {
  for (const SPropValue* value : {&smtp, &address}) {
    if (PROP_TYPE(value->ulPropTag) != PT_UNICODE) continue;
    std::string found = com::from_wide(value->Value.lpszW);
    if (found.find('@') != std::string::npos) return found;
  }
  return {};
}

constexpr ULONG kSenderSmtp = PROP_TAG(PT_UNICODE, 0x5D01);

// The facts of a file that are kept under a name.
class NamedFacts {
 public:
  explicit NamedFacts(IMessage& message) : message_(message) {}
  void text(Named which, const std::string& words) { texts_.emplace_back(which, com::to_wide(words)); }
  void time(const FILETIME& when) { time_ = when; }
  void keyword(const std::string& word) { keywords_.push_back(com::to_wide(word)); }

  Status write() {
    if (texts_.empty() && keywords_.empty() && is_zero(time_)) return {};
    const auto made = named_tags(message_, MAPI_CREATE);
    if (!made) return {};  // no room for names: the message counts for more
    const std::vector<ULONG>& tags = *made;
    std::vector<SPropValue> values;
    std::vector<LPWSTR> words;
    for (auto& [which, words_of] : texts_) {
      if (tags[which] == PROP_TAG(PT_NULL, 0)) continue;
      values.push_back({tags[which], 0, {}});
      values.back().Value.lpszW = words_of.data();
    }
    if (!is_zero(time_) && tags[kTime] != PROP_TAG(PT_NULL, 0)) {
      values.push_back({tags[kTime], 0, {}});
      values.back().Value.ft = time_;
    }
    Owned<SPropValue> old;
    if (!keywords_.empty() && tags[kKeywords] != PROP_TAG(PT_NULL, 0)) {
      old = TRY(properties(message_, {tags[kKeywords]}));
      if (old.get()->ulPropTag == tags[kKeywords]) {
        const SWStringArray& there = old.get()->Value.MVszW;
        words.assign(there.lppszW, there.lppszW + there.cValues);
      }
      for (std::wstring& word : keywords_) words.push_back(word.data());
      values.push_back({tags[kKeywords], 0, {}});
      values.back().Value.MVszW = {static_cast<ULONG>(words.size()), words.data()};
    }
    if (values.empty()) return {};
    return checked(message_.SetProps(static_cast<ULONG>(values.size()), values.data(), nullptr), "IMAPIProp::SetProps");
  }

 private:
  IMessage& message_;
  std::vector<std::pair<Named, std::wstring>> texts_;
  std::vector<std::wstring> keywords_;
  FILETIME time_{};
};

// What the message does not say itself.
Status keep_facts(IMessage& message, const MAPIARYMAILITEM& item, const std::string& sender,
                  const FILETIME& delivered) {
  NamedFacts facts(message);
  const std::string envelope = item.lpszEnvelope ? item.lpszEnvelope : "";
  if (!envelope.empty() && envelope != sender) facts.text(kSender, repair_utf8(envelope));
  if (is_time(item.ftReceived) && !is_same_second(item.ftReceived, delivered)) facts.time(item.ftReceived);
  std::string marks;
  if (item.ulFlags & MAPIARY_FLAG_DELETED) marks += 'T';
  if (item.ulFlags & MAPIARY_FLAG_RECENT) marks += 'N';
  if (item.lpszLetters) marks += item.lpszLetters;
  if (!marks.empty()) facts.text(kMarks, marks);
  std::string_view words = item.lpszKeywords ? item.lpszKeywords : "";
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find('\n'));
    if (!word.empty()) facts.keyword(repair_utf8(word));
    words.remove_prefix(std::min(word.size() + 1, words.size()));
  }
  return facts.write();
}

// A time that is the Date field's says nothing of the delivery.
bool is_delivered(const SPropValue& delivered, const SPropValue& submitted) {
  if (PROP_TYPE(delivered.ulPropTag) != PT_SYSTIME) return false;
  return PROP_TYPE(submitted.ulPropTag) != PT_SYSTIME ||
         std::memcmp(&delivered.Value.ft, &submitted.Value.ft, sizeof(FILETIME)) != 0;
}

}  // namespace

Status apply_item(IMessage& message, const MAPIARYMAILITEM& item) {
  const auto old = TRY(properties(message, {PR_MESSAGE_FLAGS, PR_MESSAGE_DELIVERY_TIME, PR_CLIENT_SUBMIT_TIME,
                                            kSenderSmtp, PR_SENDER_EMAIL_ADDRESS_W}));
  LONG flags = long_of(old.get()[0]) & ~(MSGFLAG_READ | MSGFLAG_UNSENT);
  if (item.ulFlags & MAPIARY_FLAG_SEEN) flags |= MSGFLAG_READ;
  if (item.ulFlags & MAPIARY_FLAG_DRAFT) flags |= MSGFLAG_UNSENT;
  std::vector<SPropValue> values = {long_value(PR_MESSAGE_FLAGS, flags)};
  if (item.ulFlags & MAPIARY_FLAG_FLAGGED) values.push_back(long_value(PR_FLAG_STATUS, kFlagged));
  if (item.ulFlags & MAPIARY_FLAG_ANSWERED) {
    values.push_back(long_value(PR_LAST_VERB_EXECUTED, kReplied));
  } else if (item.ulFlags & MAPIARY_FLAG_FORWARDED) {
    values.push_back(long_value(PR_LAST_VERB_EXECUTED, kForwarded));
  }
  FILETIME delivered = PROP_TYPE(old.get()[1].ulPropTag) == PT_SYSTIME ? old.get()[1].Value.ft : FILETIME{};
  const bool has_none = is_zero(delivered) && !is_zero(item.ftReceived);
  if (has_none || (is_time(item.ftReceived) && !is_delivered(old.get()[1], old.get()[2]))) {
    SPropValue time{};
    time.ulPropTag = PR_MESSAGE_DELIVERY_TIME;
    time.Value.ft = delivered = item.ftReceived;
    values.push_back(time);
  }
  TRY(checked(message.SetProps(static_cast<ULONG>(values.size()), values.data(), nullptr), "IMAPIProp::SetProps"));
  return keep_facts(message, item, sender_of(old.get()[3], old.get()[4]), delivered);
}

Result<LPMAPIARYMAILITEM> item_of(IMessage& message) {
  const auto known = named_tags(message, 0);  // a store without names has none of these facts
  const std::vector<ULONG> named = known ? *known : std::vector<ULONG>(kNamed, PROP_TAG(PT_NULL, 0));
  const auto values =
      TRY(properties(message, {PR_MESSAGE_FLAGS, PR_FLAG_STATUS, PR_LAST_VERB_EXECUTED, PR_MESSAGE_DELIVERY_TIME,
                               PR_CLIENT_SUBMIT_TIME, kSenderSmtp, PR_SENDER_EMAIL_ADDRESS_W, named[kSender],
                               named[kTime], named[kMarks]}));
  const SPropValue* const value = values.get();
  com::OutBlock block;
  auto* item = TRY(block.root<MAPIARYMAILITEM>());
  const LONG flags = long_of(value[0]);
  const LONG verb = long_of(value[2]);
  if (flags & MSGFLAG_READ) item->ulFlags |= MAPIARY_FLAG_SEEN;
  if (flags & MSGFLAG_UNSENT) item->ulFlags |= MAPIARY_FLAG_DRAFT;
  if (long_of(value[1]) == kFlagged) item->ulFlags |= MAPIARY_FLAG_FLAGGED;
  if (verb == kReplied || verb == kRepliedAll) item->ulFlags |= MAPIARY_FLAG_ANSWERED;
  if (verb == kForwarded) item->ulFlags |= MAPIARY_FLAG_FORWARDED;
  for (const int i : {4, 3, 8}) {
    if (PROP_TYPE(value[i].ulPropTag) == PT_SYSTIME) item->ftReceived = value[i].Value.ft;
  }
  std::string sender = sender_of(value[5], value[6]);
  if (PROP_TYPE(value[7].ulPropTag) == PT_UNICODE) sender = com::from_wide(value[7].Value.lpszW);
  std::string letters;
  const std::string marks = PROP_TYPE(value[9].ulPropTag) == PT_UNICODE ? com::from_wide(value[9].Value.lpszW) : "";
  for (const char c : marks) {
    if (c == 'T') item->ulFlags |= MAPIARY_FLAG_DELETED;
    if (c == 'N') item->ulFlags |= MAPIARY_FLAG_RECENT;
    if (c >= 'a' && c <= 'z') letters += c;
  }
  item->lpszLetters = TRY(com::copy_narrow(block, letters, 65001));
  item->lpszEnvelope = TRY(com::copy_narrow(block, sender, 65001));
  item->lpszFolder = item->lpszFile = item->lpszName = item->lpszKeywords = "";
  return block.detach<MAPIARYMAILITEM>();
}

}  // namespace mapiary::mail
