// SPDX-License-Identifier: Apache-2.0
// PrepareSubmit and ExpandRecips.
#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>
#include <set>

#include "base/unicode.h"
#include "com/text.h"
#include "property/copier.h"
#include "session/support/recipient_list.h"
#include "session/support/submission.h"

namespace mapiary::session {
namespace {

using property::copying::as;
using property::copying::outside;
using property::copying::Owned;
using Row = RecipientList::Row;
using Change = RecipientList::Change;

constexpr std::string_view kPersonalList = "MAPIPDL";

Result<ULONG> message_flags(IMessage& message) {
  SizedSPropTagArray(1, tags) = {1, {PR_MESSAGE_FLAGS}};
  ULONG count = 0;
  SPropValue* raw = nullptr;
  const HRESULT hr = message.GetProps(reinterpret_cast<SPropTagArray*>(&tags), 0, &count, &raw);
  if (FAILED(hr)) return outside(hr, "IMAPIProp::GetProps");
  const Owned<SPropValue> value(raw);
  return value && value->ulPropTag == PR_MESSAGE_FLAGS ? static_cast<ULONG>(value->Value.l) : 0;
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

// "SMTP:A@B" and a null, as the property's page builds it.
std::string search_key(std::string_view type, std::string_view address) {
  std::string key = upper(std::string(type) + ":" + std::string(address));
  key.push_back('\0');
  return key;
}

class Expander {
 public:
  Expander(SupportHost& host, const SupportSeat& seat, IMessage& message)
      : host_(host), seat_(seat), message_(message), spooler_(host.spooler()) {}

  Result<ULONG> run();

 private:
  static constexpr int kMaxDepth = 16;  // lists in lists

  Status resolve_one_off(Row& row);
  static Status restore_name(Row& row);
  Status expand_list(const std::string& entry_id, ULONG type, int depth);
  Status add_members(IMAPITable& table, ULONG type, int depth);
  void mark_duplicate(Row& row);
  bool wants_preprocessing(const Row& row) const;

  SupportHost& host_;
  const SupportSeat& seat_;
  IMessage& message_;
  std::shared_ptr<SpoolerPort> spooler_;
  RecipientList list_;
  std::set<std::string> seen_;
  std::set<std::string> open_lists_;  // those around the one being expanded: a list in itself adds nothing
};

// A recipient with an address and no entry id gets a one-off id; one with a one-off id gets the address in it.
Status Expander::resolve_one_off(Row& row) {
  std::string type = row.text(PR_ADDRTYPE_W), address = row.text(PR_EMAIL_ADDRESS_W);
  const std::string id = row.binary(PR_ENTRYID);
  if (id.empty() && !type.empty() && !address.empty()) {
    auto made = model::build_one_off({row.text(PR_DISPLAY_NAME_W), type, address, 0});
    if (made) TRY(row.set_binary(PR_ENTRYID, made->bytes()));
  }
  if (auto parsed = model::EntryId::parse(id); parsed && model::is_one_off(*parsed)) {
    auto one_off = model::parse_one_off(*parsed, com::default_code_page());
    if (!one_off) return {};  // damaged: whoever is to send to it will say so
    if (type.empty()) TRY(row.set_text(PR_ADDRTYPE_W, type = one_off->address_type));
    if (address.empty()) TRY(row.set_text(PR_EMAIL_ADDRESS_W, address = one_off->address));
    if (!row.find(PR_DISPLAY_NAME_W)) TRY(row.set_text(PR_DISPLAY_NAME_W, one_off->display_name));
  }
  if (!type.empty() && !address.empty() && row.binary(PR_SEARCH_KEY).empty()) {
    TRY(row.set_binary(PR_SEARCH_KEY, search_key(type, address)));
  }
  return {};
}

Status Expander::restore_name(Row& row) {
  const std::string original = row.text(PR_ORIGINAL_DISPLAY_NAME_W);
  if (original.empty() || original == row.text(PR_DISPLAY_NAME_W)) return {};
  return row.set_text(PR_DISPLAY_NAME_W, original);
}

Status Expander::expand_list(const std::string& entry_id, ULONG type, int depth) {
  if (depth > kMaxDepth) return fail(Code::kTooDeep, "session", "personal distribution lists are nested too deeply");
  const auto id = TRY(model::EntryId::parse(entry_id));
  if (!open_lists_.insert(entry_id).second) return {};
  auto opened = TRY(host_.open_entry(seat_, id, nullptr, 0));
  const auto list = as<IMAPIContainer>(opened.object.get(), IID_IMAPIContainer);
  if (!list) return fail(Code::kInterfaceNotSupported, "session", "a personal distribution list is no container");
  com::Ref<IMAPITable> table;
  const HRESULT hr = list->GetContentsTable(MAPI_UNICODE, table.put());
  if (FAILED(hr)) return outside(hr, "IMAPIContainer::GetContentsTable");
  TRY(add_members(*table, type, depth));
  open_lists_.erase(entry_id);
  return {};
}

Status Expander::add_members(IMAPITable& table, ULONG type, int depth) {
  constexpr LONG kPiece = 200;
  return property::copying::for_each_rows(table, kPiece, [&](SRowSet& rows) -> Status {
    for (ULONG i = 0; i < rows.cRows; ++i) {
      const auto find = [&](ULONG tag) { return property::copying::find_value(rows.aRow[i], tag); };
      const SPropValue* id = find(PR_ENTRYID);
      const SPropValue* address_type = find(PR_ADDRTYPE_W);
      if (!id || !id->Value.bin.lpb) continue;
      const std::string member(reinterpret_cast<const char*>(id->Value.bin.lpb), id->Value.bin.cb);
      if (address_type && com::from_wide(address_type->Value.lpszW) == kPersonalList) {
        TRY(expand_list(member, type, depth + 1));
        continue;
      }
      Row* row = TRY(list_.add());
      row->set_number(PR_RECIPIENT_TYPE, type);
      TRY(row->set_binary(PR_ENTRYID, member));
      for (const ULONG tag : {PR_ADDRTYPE_W, PR_EMAIL_ADDRESS_W, PR_DISPLAY_NAME_W}) {
        if (const SPropValue* text = find(tag)) TRY(row->set_text(tag, com::from_wide(text->Value.lpszW)));
      }
      if (const SPropValue* key = find(PR_SEARCH_KEY)) {
        TRY(row->set_binary(PR_SEARCH_KEY, {reinterpret_cast<const char*>(key->Value.bin.lpb), key->Value.bin.cb}));
      }
      for (const ULONG tag : {PR_OBJECT_TYPE, PR_DISPLAY_TYPE}) {
        if (const SPropValue* number = find(tag)) row->set_number(tag, static_cast<ULONG>(number->Value.l));
      }
    }
    return {};
  });
}

// Somebody that is named twice gets the message once: the later one is taken as served.
void Expander::mark_duplicate(Row& row) {
  std::string key = row.binary(PR_SEARCH_KEY);
  if (key.empty()) key = row.binary(PR_ENTRYID);
  if (key.empty()) return;
  if (!seen_.insert(std::move(key)).second) row.set_flag(PR_RESPONSIBILITY, true);
}

bool Expander::wants_preprocessing(const Row& row) const {
  return spooler_ && spooler_->wants_preprocessing(row.text(PR_ADDRTYPE_W), row.binary(PR_ENTRYID));
}

Result<ULONG> Expander::run() {
  TRY(list_.read(message_));
  const std::size_t named = list_.rows().size();
  for (std::size_t i = 0; i < named; ++i) {
    // By index: the list grows.
    if (upper(list_.rows()[i].text(PR_ADDRTYPE_W)) != kPersonalList) continue;
    const std::string id = list_.rows()[i].binary(PR_ENTRYID);
    const std::size_t before = list_.rows().size();
    const Status expanded = expand_list(id, list_.rows()[i].number(PR_RECIPIENT_TYPE, MAPI_TO), 1);
    if (expanded) {
      list_.rows()[i].remove();
    } else if (expanded.error().code == Code::kUnknownEntryId) {
      // No address book knows it: it stays, whole, for the report that nobody could serve it.
      list_.rows().erase(list_.rows().begin() + static_cast<std::ptrdiff_t>(before), list_.rows().end());
      open_lists_.clear();
    } else {
      return tl::unexpected(expanded.error());
    }
  }
  ULONG flags = spooler_ ? NEEDS_SPOOLER : 0;
  for (Row& row : list_.rows()) {
    if (row.change() == Change::kRemoved) continue;
    TRY(restore_name(row));
    TRY(resolve_one_off(row));
    if (!row.find(PR_RESPONSIBILITY)) row.set_flag(PR_RESPONSIBILITY, false);
    if (row.flag(PR_RESPONSIBILITY)) continue;  // served already: a resent message
    mark_duplicate(row);
    if (!row.flag(PR_RESPONSIBILITY) && wants_preprocessing(row)) flags |= NEEDS_PREPROCESSING;
  }
  TRY(list_.write(message_));
  return flags;
}

}  // namespace

// The page gives the two PR_RESPONSIBILITY values the other way round. pidtagrecipienttype has MAPI_SUBMITTED for those
// who have the message already and FALSE for MAPI_P1, and pidtagresponsibility FALSE for those still to be served;
// as the page has it, a resent message would go to everybody but those who need it.
Status prepare_submit(IMessage& message) {
  if (!(TRY(message_flags(message)) & MSGFLAG_RESEND)) return {};
  RecipientList list;
  TRY(list.read(message));
  for (Row& row : list.rows()) {
    const ULONG type = row.number(PR_RECIPIENT_TYPE, MAPI_TO);
    const bool has_it = (type & MAPI_SUBMITTED) != 0;
    row.set_number(PR_RECIPIENT_TYPE, has_it ? type & ~MAPI_SUBMITTED : ULONG{MAPI_P1});
    row.set_flag(PR_RESPONSIBILITY, has_it);
  }
  return list.write(message);
}

Result<ULONG> expand_recipients(SupportHost& host, const SupportSeat& seat, IMessage& message) {
  return Expander(host, seat, message).run();
}

}  // namespace mapiary::session
