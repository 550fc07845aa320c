// SPDX-License-Identifier: Apache-2.0
#include "session/spooler/delivery.h"

#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/log.h"
#include "com/error_map.h"
#include "property/copier.h"
#include "session/guard/bounded.h"

namespace mapiary::session {
namespace {

using property::copying::Owned;

// What clients are told of a message, and what it is found again by.
struct Incoming {
  std::string id, parent, search_key;
  std::wstring message_class;
  ULONG flags = 0;
};
enum Column { kEntryId, kParent, kSearchKey, kClass, kFlags, kColumns };
constexpr SizedSPropTagArray(kColumns, kTags) = {
    kColumns, {PR_ENTRYID, PR_PARENT_ENTRYID, PR_SEARCH_KEY, PR_MESSAGE_CLASS_W, PR_MESSAGE_FLAGS}};

LPSPropTagArray tags() {
  return reinterpret_cast<LPSPropTagArray>(const_cast<ULONG*>(&kTags.cValues));
}
LPENTRYID as_id(const std::string& id) {
  return reinterpret_cast<LPENTRYID>(const_cast<char*>(id.data()));
}
ULONG size_of(const std::string& id) {
  return static_cast<ULONG>(id.size());
}

Incoming from_values(const SPropValue* values) {
  const auto bytes = [&](Column column, ULONG tag) {
    if (values[column].ulPropTag != tag) return std::string();
    const SBinary& binary = values[column].Value.bin;
    return std::string(reinterpret_cast<const char*>(binary.lpb), binary.cb);
  };
  Incoming result;
  result.id = bytes(kEntryId, PR_ENTRYID);
  result.parent = bytes(kParent, PR_PARENT_ENTRYID);
  result.search_key = bytes(kSearchKey, PR_SEARCH_KEY);
  if (values[kClass].ulPropTag == PR_MESSAGE_CLASS_W) result.message_class = values[kClass].Value.lpszW;
  if (values[kFlags].ulPropTag == PR_MESSAGE_FLAGS) result.flags = static_cast<ULONG>(values[kFlags].Value.l);
  return result;
}

HRESULT read(IMessage& message, Incoming& out) {
  ULONG count = 0;
  LPSPropValue raw = nullptr;
  const HRESULT hr = message.GetProps(tags(), MAPI_UNICODE, &count, &raw);
  const Owned<SPropValue> values(raw);
  if (FAILED(hr)) return hr;
  if (!raw || count != kColumns) return MAPI_E_CALL_FAILED;
  out = from_values(raw);
  return out.id.empty() ? MAPI_E_CALL_FAILED : S_OK;
}

HRESULT receive_folder(IMsgStore& store, const std::wstring& message_class, std::string& id) {
  ULONG size = 0;
  LPENTRYID raw = nullptr;
  auto* name = reinterpret_cast<LPTSTR>(const_cast<wchar_t*>(message_class.c_str()));
  const HRESULT hr = store.GetReceiveFolder(name, MAPI_UNICODE, &size, &raw, nullptr);
  const Owned<ENTRYID> owned(raw);
  if (SUCCEEDED(hr) && raw) id.assign(reinterpret_cast<const char*>(raw), size);
  return hr;
}

HRESULT open_folder(IMsgStore& store, const std::string& id, com::Ref<IMAPIFolder>& folder) {
  ULONG type = 0;
  const HRESULT hr = store.OpenEntry(size_of(id), id.empty() ? nullptr : as_id(id), &IID_IMAPIFolder, MAPI_MODIFY,
                                     &type, reinterpret_cast<LPUNKNOWN*>(folder.put()));
  return SUCCEEDED(hr) && !folder ? MAPI_E_CALL_FAILED : hr;
}

// The folder's messages that have this search key; copies of one message share it.
HRESULT find(IMAPIFolder& folder, const std::string& key, std::vector<Incoming>& out) {
  com::Ref<IMAPITable> table;
  HRESULT hr = folder.GetContentsTable(0, table.put());
  if (FAILED(hr)) return hr;
  SPropValue wanted{};
  wanted.ulPropTag = PR_SEARCH_KEY;
  wanted.Value.bin = {size_of(key), reinterpret_cast<LPBYTE>(const_cast<char*>(key.data()))};
  SRestriction restriction{};
  restriction.rt = RES_PROPERTY;
  restriction.res.resProperty = {RELOP_EQ, PR_SEARCH_KEY, &wanted};
  LPSRowSet rows = nullptr;
  hr = HrQueryAllRows(table.get(), tags(), &restriction, nullptr, 0, &rows);
  if (FAILED(hr)) return hr;
  for (ULONG i = 0; i < rows->cRows; ++i) {
    if (rows->aRow[i].cValues == kColumns) out.push_back(from_values(rows->aRow[i].lpProps));
  }
  FreeProws(rows);
  return S_OK;
}

// Moved is what is in the folder now and was not before.
HRESULT move(IMsgStore& store, const std::string& target_id, Incoming& mail) {
  com::Ref<IMAPIFolder> from, to;
  std::vector<Incoming> before, after;
  HRESULT hr = open_folder(store, mail.parent, from);
  if (SUCCEEDED(hr)) hr = open_folder(store, target_id, to);
  if (SUCCEEDED(hr)) hr = find(*to, mail.search_key, before);
  if (FAILED(hr)) return hr;
  SBinary one{size_of(mail.id), reinterpret_cast<LPBYTE>(mail.id.data())};
  ENTRYLIST list{1, &one};
  hr = from->CopyMessages(&list, &IID_IMAPIFolder, to.get(), 0, nullptr, MESSAGE_MOVE);
  if (hr != S_OK) return FAILED(hr) ? hr : MAPI_E_CALL_FAILED;
  hr = find(*to, mail.search_key, after);
  if (FAILED(hr)) return hr;
  for (Incoming& each : after) {
    const auto is_it = [&](const Incoming& old) { return old.id == each.id; };
    if (std::any_of(before.begin(), before.end(), is_it)) continue;
    mail = std::move(each);
    if (mail.parent.empty()) mail.parent = target_id;
    return S_OK;
  }
  return MAPI_E_NOT_FOUND;
}

HRESULT put_in_place(IMsgStore& store, Incoming& mail) {
  std::string target;
  HRESULT hr = receive_folder(store, mail.message_class, target);
  if (FAILED(hr)) return hr;
  ULONG is_there = 1;
  if (!target.empty() && !mail.parent.empty()) {
    hr = store.CompareEntryIDs(size_of(target), as_id(target), size_of(mail.parent), as_id(mail.parent), 0, &is_there);
  }
  if (FAILED(hr) || is_there != 0 || mail.search_key.empty()) return hr;
  return move(store, target, mail);
}

HRESULT announce(IMsgStore& store, Incoming& mail) {
  NOTIFICATION event{};
  event.ulEventType = fnevNewMail;
  NEWMAIL_NOTIFICATION& what = event.info.newmail;
  what.cbEntryID = size_of(mail.id);
  what.lpEntryID = as_id(mail.id);
  what.cbParentID = size_of(mail.parent);
  what.lpParentID = mail.parent.empty() ? nullptr : as_id(mail.parent);
  what.ulFlags = MAPI_UNICODE;
  what.lpszMessageClass = reinterpret_cast<LPTSTR>(mail.message_class.data());
  what.ulMessageFlags = mail.flags;
  return store.NotifyNewMail(&event);
}

Status checked(const CallResult& result, const char* what) {
  if (result.ok()) return {};
  return tl::unexpected(com::outside_error(result.hr, what));
}

}  // namespace

Result<com::Ref<IMessage>> make_incoming(IMsgStore& store) {
  com::Ref<IMessage> message;
  const CallResult result = guarded([&] {
    std::string id;
    com::Ref<IMAPIFolder> folder;
    HRESULT hr = receive_folder(store, {}, id);
    if (SUCCEEDED(hr)) hr = open_folder(store, id, folder);
    if (SUCCEEDED(hr)) hr = folder->CreateMessage(nullptr, 0, message.put());
    return SUCCEEDED(hr) && !message ? MAPI_E_CALL_FAILED : hr;
  });
  TRY(checked(result, "making a message for incoming mail"));
  // It is nobody's draft; neither read nor changed. The transport may say more.
  SPropValue flags{};
  flags.ulPropTag = PR_MESSAGE_FLAGS;
  flags.Value.l = MSGFLAG_UNMODIFIED;
  TRY(checked(guarded([&] { return message->SetProps(1, &flags, nullptr); }), "making a message for incoming mail"));
  return message;
}

Status deliver(IMsgStore& store, com::Ref<IMessage> message) {
  Incoming mail;
  TRY(checked(guarded([&] { return read(*message, mail); }), "reading an incoming message"));
  message.reset();
  const Status placed = checked(guarded([&] { return put_in_place(store, mail); }),
                                "moving a message to the receive folder of its class");
  if (!placed) log_error(LogLevel::kInfo, placed.error(), "delivering a message");
  return checked(guarded([&] { return announce(store, mail); }), "IMsgStore::NotifyNewMail");
}

}  // namespace mapiary::session
