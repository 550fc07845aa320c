// SPDX-License-Identifier: Apache-2.0
// What mail files say beside a message, as properties. [MS-OXOFLAG] 2.2.1.1, [MS-OXOMSG] 2.2.1.14
#include <mapicode.h>
#include <mapitags.h>

#include <cstring>
#include <vector>

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

}  // namespace

Status apply_item(IMessage& message, const MAPIARYMAILITEM& item) {
  const auto old = TRY(properties(message, {PR_MESSAGE_FLAGS, PR_MESSAGE_DELIVERY_TIME}));
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
  if (!is_zero(item.ftReceived) && PROP_TYPE(old.get()[1].ulPropTag) == PT_ERROR) {
    SPropValue time{};
    time.ulPropTag = PR_MESSAGE_DELIVERY_TIME;
    time.Value.ft = item.ftReceived;
    values.push_back(time);
  }
  return checked(message.SetProps(static_cast<ULONG>(values.size()), values.data(), nullptr), "IMAPIProp::SetProps");
}

Result<LPMAPIARYMAILITEM> item_of(IMessage& message) {
  const auto values =
      TRY(properties(message, {PR_MESSAGE_FLAGS, PR_FLAG_STATUS, PR_LAST_VERB_EXECUTED, PR_MESSAGE_DELIVERY_TIME,
                               PR_CLIENT_SUBMIT_TIME, PROP_TAG(PT_UNICODE, 0x5D01), PR_SENDER_EMAIL_ADDRESS_W}));
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
  for (const int i : {4, 3}) {
    if (PROP_TYPE(value[i].ulPropTag) == PT_SYSTIME) item->ftReceived = value[i].Value.ft;
  }
  std::string sender;
  for (const int i : {6, 5}) {
    if (PROP_TYPE(value[i].ulPropTag) != PT_UNICODE) continue;
    const std::string found = com::from_wide(value[i].Value.lpszW);
    if (found.find('@') != std::string::npos) sender = found;
  }
  item->lpszEnvelope = TRY(com::copy_narrow(block, sender, 65001));
  item->lpszFolder = item->lpszFile = item->lpszName = "";
  return block.detach<MAPIARYMAILITEM>();
}

}  // namespace mapiary::mail
