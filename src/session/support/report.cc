// SPDX-License-Identifier: Apache-2.0
#include "session/support/report.h"

#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/guid.h"
#include "com/convert.h"
#include "com/text.h"
#include "model/prop_bag.h"
#include "property/copier.h"
#include "property/copy_engine.h"

namespace mapiary::session {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropValue;
using property::copying::outside;
using property::copying::Owned;

struct KindRow {
  std::string_view suffix;  // of the message class
  std::string_view prefix;  // of the subject
  std::string_view text;
};

const KindRow& row_of(ReportKind kind) {
  static constexpr KindRow kRows[] = {
      {"IPNRN", "Read: ", "Your message was read."},
      {"IPNNRN", "Not read: ", "Your message was deleted without being read."},
      {"DR", "Delivered: ", "Your message was delivered to the following recipients."},
      {"NDR", "Undeliverable: ", "Your message did not reach some or all of its recipients."},
  };
  return kRows[static_cast<std::size_t>(kind)];
}

// What goes from the original into the report, and under which tag.
struct Carried {
  ULONG from, to;
};
constexpr Carried kCarried[] = {
    {PR_SUBJECT_W, PR_ORIGINAL_SUBJECT_W},
    {PR_DISPLAY_TO_W, PR_ORIGINAL_DISPLAY_TO_W},
    {PR_DISPLAY_CC_W, PR_ORIGINAL_DISPLAY_CC_W},
    {PR_DISPLAY_BCC_W, PR_ORIGINAL_DISPLAY_BCC_W},
    {PR_CLIENT_SUBMIT_TIME, PR_ORIGINAL_SUBMIT_TIME},
    {PR_CONVERSATION_INDEX, PR_CONVERSATION_INDEX},
    {PR_CONVERSATION_TOPIC_W, PR_CONVERSATION_TOPIC_W},
    {PR_REPORT_TAG, PR_REPORT_TAG},
    {PR_SEARCH_KEY, PR_ORIGINAL_SEARCH_KEY},
    {PR_SEARCH_KEY, PR_PARENT_KEY},
    {PR_MESSAGE_CLASS_W, PR_ORIG_MESSAGE_CLASS_W},
    {PR_SENDER_NAME_W, PR_ORIGINAL_SENDER_NAME_W},
    {PR_SENDER_ENTRYID, PR_ORIGINAL_SENDER_ENTRYID},
    {PR_SENDER_SEARCH_KEY, PR_ORIGINAL_SENDER_SEARCH_KEY},
    {PR_SENDER_ADDRTYPE_W, PR_ORIGINAL_SENDER_ADDRTYPE_W},
    {PR_SENDER_EMAIL_ADDRESS_W, PR_ORIGINAL_SENDER_EMAIL_ADDRESS_W},
    {PR_SENT_REPRESENTING_NAME_W, PR_ORIGINAL_SENT_REPRESENTING_NAME_W},
    {PR_SENT_REPRESENTING_ENTRYID, PR_ORIGINAL_SENT_REPRESENTING_ENTRYID},
    {PR_SENT_REPRESENTING_SEARCH_KEY, PR_ORIGINAL_SENT_REPRESENTING_SEARCH_KEY},
    {PR_SENT_REPRESENTING_ADDRTYPE_W, PR_ORIGINAL_SENT_REPRESENTING_ADDRTYPE_W},
    {PR_SENT_REPRESENTING_EMAIL_ADDRESS_W, PR_ORIGINAL_SENT_REPRESENTING_EMAIL_ADDRESS_W},
};
// Whoever received the original is who says that it was read.
constexpr Carried kReader[] = {
    {PR_MESSAGE_DELIVERY_TIME, PR_ORIGINAL_DELIVERY_TIME},
    {PR_RECEIVED_BY_NAME_W, PR_SENDER_NAME_W},
    {PR_RECEIVED_BY_ENTRYID, PR_SENDER_ENTRYID},
    {PR_RECEIVED_BY_SEARCH_KEY, PR_SENDER_SEARCH_KEY},
    {PR_RECEIVED_BY_ADDRTYPE_W, PR_SENDER_ADDRTYPE_W},
    {PR_RECEIVED_BY_EMAIL_ADDRESS_W, PR_SENDER_EMAIL_ADDRESS_W},
    {PR_RCVD_REPRESENTING_NAME_W, PR_SENT_REPRESENTING_NAME_W},
    {PR_RCVD_REPRESENTING_ENTRYID, PR_SENT_REPRESENTING_ENTRYID},
    {PR_RCVD_REPRESENTING_SEARCH_KEY, PR_SENT_REPRESENTING_SEARCH_KEY},
    {PR_RCVD_REPRESENTING_ADDRTYPE_W, PR_SENT_REPRESENTING_ADDRTYPE_W},
    {PR_RCVD_REPRESENTING_EMAIL_ADDRESS_W, PR_SENT_REPRESENTING_EMAIL_ADDRESS_W},
};
// Where the report goes: to PR_REPORT_ENTRYID, else to the sender. Delivery and read reports share the rule.
struct Addressee {
  ULONG name, entry_id, type, address, search_key;
};
constexpr Addressee kAddressees[] = {
    {PR_REPORT_NAME_W, PR_REPORT_ENTRYID, PR_NULL, PR_NULL, PR_REPORT_SEARCH_KEY},
    {PR_SENDER_NAME_W, PR_SENDER_ENTRYID, PR_SENDER_ADDRTYPE_W, PR_SENDER_EMAIL_ADDRESS_W, PR_SENDER_SEARCH_KEY},
    {PR_SENT_REPRESENTING_NAME_W, PR_SENT_REPRESENTING_ENTRYID, PR_SENT_REPRESENTING_ADDRTYPE_W,
     PR_SENT_REPRESENTING_EMAIL_ADDRESS_W, PR_SENT_REPRESENTING_SEARCH_KEY},
};

// The properties of `object` among `tags`, and nothing for those it does not have.
Result<PropBag> read_props(IMAPIProp& object, std::vector<ULONG> tags) {
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  std::erase(tags, ULONG{PR_NULL});
  tags.insert(tags.begin(), static_cast<ULONG>(tags.size()));
  ULONG count = 0;
  SPropValue* raw = nullptr;
  const HRESULT hr = object.GetProps(reinterpret_cast<SPropTagArray*>(tags.data()), MAPI_UNICODE, &count, &raw);
  if (FAILED(hr)) return outside(hr, "IMAPIProp::GetProps");
  const Owned<SPropValue> values(raw);
  PropBag bag;
  for (ULONG i = 0; raw && i < count; ++i) {
    if (PROP_TYPE(raw[i].ulPropTag) != PT_ERROR) bag.set(TRY(com::to_model(raw[i])));
  }
  return bag;
}

Status write_props(IMAPIProp& object, const PropBag& bag) {
  if (bag.empty()) return {};
  const Owned<SPropValue> values(TRY(com::to_border(bag.values())));
  SPropProblemArray* problems = nullptr;
  const HRESULT hr = object.SetProps(static_cast<ULONG>(bag.size()), values.get(), &problems);
  const Owned<SPropProblemArray> owned(problems);
  if (FAILED(hr)) return outside(hr, "IMAPIProp::SetProps");
  return {};  // what the store computes itself it may refuse
}

PropValue renamed(const PropValue& value, ULONG to) {
  PropValue copy = value;
  copy.set_tag_id(static_cast<std::uint16_t>(PROP_ID(to)));
  return copy;
}

void carry(std::span<const Carried> list, const PropBag& from, PropBag& to) {
  for (const Carried& each : list) {
    if (const PropValue* value = from.find(PropTag(each.from))) to.set(renamed(*value, each.to));
  }
}

std::string text_of(const PropBag& bag, ULONG tag) {
  const PropValue* value = bag.find(PropTag(tag));
  return value && value->is_bytes() ? std::string(value->as_bytes()) : std::string();
}

Result<PropBag> read_original(IMessage& original) {
  std::vector<ULONG> tags = {PR_ORIGINATOR_DELIVERY_REPORT_REQUESTED, PR_ORIGINATOR_NON_DELIVERY_REPORT_REQUESTED};
  for (const Carried& each : kCarried) tags.push_back(each.from);
  for (const Carried& each : kReader) tags.push_back(each.from);
  for (const Addressee& each : kAddressees) {
    tags.insert(tags.end(), {each.name, each.entry_id, each.type, each.address, each.search_key});
  }
  return read_props(original, std::move(tags));
}

PropBag report_props(const PropBag& original, ReportKind kind) {
  const KindRow& row = row_of(kind);
  PropBag out;
  carry(kCarried, original, out);
  std::string message_class = text_of(original, PR_MESSAGE_CLASS_W);
  if (message_class.empty()) message_class = "IPM.Note";
  const auto time = static_cast<std::int64_t>(now().ticks);
  const Guid key = Guid::random();
  out.set(PropValue::text(PropTag(PR_MESSAGE_CLASS_W), "REPORT." + message_class + "." + std::string(row.suffix)));
  out.set(PropValue::text(PropTag(PR_SUBJECT_W), std::string(row.prefix) + text_of(original, PR_SUBJECT_W)));
  out.set(PropValue::text(PropTag(PR_REPORT_TEXT_W), std::string(row.text)));
  out.set(PropValue::int64(PropTag(PR_REPORT_TIME), time));
  out.set(
      PropValue::binary(PropTag(PR_SEARCH_KEY), {reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()}));
  if (kind == ReportKind::kDelivery || kind == ReportKind::kNonDelivery) {
    out.set(PropValue::int64(PropTag(PR_MESSAGE_DELIVERY_TIME), time));
  } else {
    carry(kReader, original, out);
    // A report about a report would never end; nobody wants it among the sent ones.
    out.set(PropValue::boolean(PropTag(PR_READ_RECEIPT_REQUESTED), false));
    out.set(PropValue::boolean(PropTag(PR_ORIGINATOR_NON_DELIVERY_REPORT_REQUESTED), false));
    out.set(PropValue::boolean(PropTag(PR_DELETE_AFTER_SUBMIT), true));
  }
  return out;
}

// The recipient row of the report; empty: nobody is named.
PropBag addressee_of(const PropBag& original) {
  for (const Addressee& each : kAddressees) {
    if (text_of(original, each.entry_id).empty() &&
        (each.address == PR_NULL || text_of(original, each.address).empty()))
      continue;
    PropBag row;
    const Carried columns[] = {{each.name, PR_DISPLAY_NAME_W},
                               {each.entry_id, PR_ENTRYID},
                               {each.type, PR_ADDRTYPE_W},
                               {each.address, PR_EMAIL_ADDRESS_W},
                               {each.search_key, PR_SEARCH_KEY}};
    for (const Carried& column : columns) {
      if (column.from != PR_NULL) carry({&column, 1}, original, row);
    }
    row.set(PropValue::int32(PropTag(PR_RECIPIENT_TYPE), MAPI_TO));
    return row;
  }
  return {};
}

// As new recipients: what names a row of the original's table names none here.
Status set_recipients(IMessage& report, std::span<const ADRENTRY> entries) {
  std::vector<std::byte> bytes(CbNewADRLIST(entries.size()));
  auto* list = reinterpret_cast<ADRLIST*>(bytes.data());
  list->cEntries = static_cast<ULONG>(entries.size());
  std::vector<std::vector<SPropValue>> kept(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const ADRENTRY& entry = entries[i];
    std::copy_if(entry.rgPropVals, entry.rgPropVals + entry.cValues, std::back_inserter(kept[i]),
                 [](const SPropValue& value) { return value.ulPropTag != PR_ROWID; });
    list->aEntries[i] = {0, static_cast<ULONG>(kept[i].size()), kept[i].data()};
  }
  const HRESULT hr = report.ModifyRecipients(MODRECIP_ADD, list);
  if (FAILED(hr)) return outside(hr, "IMessage::ModifyRecipients");
  return {};
}

// The original goes along, so that it can be sent again.
Status attach_original(IMessage& report, IMessage& original) {
  com::Ref<IAttach> attachment;
  ULONG number = 0;
  HRESULT hr = report.CreateAttach(nullptr, 0, &number, attachment.put());
  if (FAILED(hr)) return outside(hr, "IMessage::CreateAttach");
  PropBag props;
  props.set(PropValue::int32(PropTag(PR_ATTACH_METHOD), ATTACH_EMBEDDED_MSG));
  props.set(PropValue::int32(PropTag(PR_RENDERING_POSITION), -1));
  TRY(write_props(*attachment, props));
  com::Ref<IMessage> copy;
  hr = attachment->OpenProperty(PR_ATTACH_DATA_OBJ, &IID_IMessage, 0, MAPI_CREATE | MAPI_MODIFY,
                                reinterpret_cast<LPUNKNOWN*>(copy.put()));
  if (FAILED(hr)) return outside(hr, "IAttach::OpenProperty");
  property::CopyJob job;
  job.source = &original;
  job.iid = &IID_IMessage;
  job.target = copy.get();
  TRY(property::copy_to(job, {}, nullptr, nullptr));
  for (IMAPIProp* each : {static_cast<IMAPIProp*>(copy.get()), static_cast<IMAPIProp*>(attachment.get())}) {
    hr = each->SaveChanges(0);
    if (FAILED(hr)) return outside(hr, "IMAPIProp::SaveChanges");
  }
  return {};
}

const SPropValue* find_in(const ADRENTRY& entry, ULONG tag) {
  for (ULONG i = 0; i < entry.cValues; ++i) {
    if (entry.rgPropVals[i].ulPropTag == tag) return &entry.rgPropVals[i];
  }
  return nullptr;
}

bool flag_of(const ADRENTRY& entry, const PropBag& original, ULONG tag, bool otherwise) {
  if (const SPropValue* value = find_in(entry, tag)) return value->Value.b;
  const PropValue* value = original.find(PropTag(tag));
  return value ? value->as_bool() : otherwise;
}

// A recipient is undelivered when it has a reason for that, or no time of delivery.
bool is_failed(const ADRENTRY& entry) {
  return find_in(entry, PR_NDR_REASON_CODE) || find_in(entry, PR_NDR_DIAG_CODE) || !find_in(entry, PR_DELIVER_TIME);
}

}  // namespace

Status write_read_report(IMessage& original, IMessage& report, ReportKind kind) {
  const PropBag props = TRY(read_original(original));
  const PropBag to = addressee_of(props);
  if (to.empty()) return fail(Code::kNoRecipients, "session", "the message names nobody to send a report to");
  TRY(write_props(report, report_props(props, kind)));
  const Owned<SPropValue> values(TRY(com::to_border(to.values())));
  ADRENTRY entry{0, static_cast<ULONG>(to.size()), values.get()};
  return set_recipients(report, {&entry, 1});
}

Status report_recipients(SupportHost& host, const SupportSeat& seat, IMessage& original, const ADRLIST& recipients) {
  const PropBag props = TRY(read_original(original));
  std::map<ReportKind, std::vector<ADRENTRY>> wanted;
  for (ULONG i = 0; i < recipients.cEntries; ++i) {
    const ADRENTRY& entry = recipients.aEntries[i];
    const bool failed = is_failed(entry);
    const ULONG switch_tag =
        failed ? PR_ORIGINATOR_NON_DELIVERY_REPORT_REQUESTED : PR_ORIGINATOR_DELIVERY_REPORT_REQUESTED;
    if (flag_of(entry, props, switch_tag, failed))
      wanted[failed ? ReportKind::kNonDelivery : ReportKind::kDelivery].push_back(entry);
  }
  for (auto& [kind, entries] : wanted) {
    com::Ref<IMessage> report = TRY(host.create_report(seat, original));
    TRY(write_props(*report, report_props(props, kind)));
    TRY(set_recipients(*report, entries));
    if (kind == ReportKind::kNonDelivery) {
      // A store without attachments still gets the report.
      const Status attached = attach_original(*report, original);
      if (!attached && attached.error().code != Code::kNotSupported) return attached;
    }
    const HRESULT hr = report->SaveChanges(KEEP_OPEN_READONLY);
    if (FAILED(hr)) return outside(hr, "IMessage::SaveChanges");
    host.report_saved(seat, std::move(report));
  }
  return {};
}

}  // namespace mapiary::session
