// SPDX-License-Identifier: Apache-2.0
// DoSentMail. Neither property set: the message stays where it is; only PR_SENTMAIL_ENTRYID: it moves there; with
// PR_DELETE_AFTER_SUBMIT: it is deleted (imsgstore-finishedmsg).
#include <mapicode.h>
#include <mapitags.h>

#include <string>

#include "com/memory.h"
#include "property/copier.h"
#include "session/support/submission.h"

namespace mapiary::session {
namespace {

using property::copying::as;
using property::copying::outside;
using property::copying::Owned;

struct Fate {
  std::string entry_id, parent, target;
  bool erase = false;
};

std::string bytes_of(const SPropValue& value) {
  if (PROP_TYPE(value.ulPropTag) != PT_BINARY || !value.Value.bin.lpb) return {};
  return {reinterpret_cast<const char*>(value.Value.bin.lpb), value.Value.bin.cb};
}

Result<Fate> read_fate(IMessage& message) {
  SizedSPropTagArray(4, tags) = {4, {PR_ENTRYID, PR_PARENT_ENTRYID, PR_SENTMAIL_ENTRYID, PR_DELETE_AFTER_SUBMIT}};
  ULONG count = 0;
  SPropValue* raw = nullptr;
  const HRESULT hr = message.GetProps(reinterpret_cast<SPropTagArray*>(&tags), 0, &count, &raw);
  if (FAILED(hr)) return outside(hr, "IMAPIProp::GetProps");
  const Owned<SPropValue> owned(raw);
  if (count != tags.cValues || !raw) return fail(Code::kCorrupt, "session", "GetProps gave another number of values");
  Fate fate{bytes_of(raw[0]), bytes_of(raw[1]), bytes_of(raw[2]), false};
  fate.erase = raw[3].ulPropTag == PR_DELETE_AFTER_SUBMIT && raw[3].Value.b;
  return fate;
}

Result<com::Ref<IMAPIFolder>> open_folder(SupportHost& host, const SupportSeat& seat, std::string& id) {
  com::Ref<IUnknown> opened;
  if (auto store = host.store_object(seat)) {
    ULONG type = 0;
    const HRESULT hr = store->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()),
                                        &IID_IMAPIFolder, MAPI_MODIFY, &type, opened.put());
    if (FAILED(hr)) return outside(hr, "IMsgStore::OpenEntry");
  } else {
    const auto entry = TRY(model::EntryId::parse(id));
    opened = TRY(host.open_entry(seat, entry, &IID_IMAPIFolder, MAPI_MODIFY)).object;
  }
  auto folder = as<IMAPIFolder>(opened.get(), IID_IMAPIFolder);
  if (!folder) return fail(Code::kInterfaceNotSupported, "session", "an entry that should be a folder is none");
  return folder;
}

}  // namespace

Status do_sent_mail(SupportHost& host, const SupportSeat& seat, com::Ref<IMessage> message) {
  Fate fate = TRY(read_fate(*message));
  message.reset();  // before it moves: the store may refuse what is open
  if (!fate.erase && (fate.target.empty() || fate.target == fate.parent)) return {};
  if (fate.entry_id.empty() || fate.parent.empty()) {
    return fail(Code::kInvalidObject, "session", "the message sent does not say where it is");
  }
  SBinary id{static_cast<ULONG>(fate.entry_id.size()), reinterpret_cast<LPBYTE>(fate.entry_id.data())};
  ENTRYLIST list{1, &id};
  const auto folder = TRY(open_folder(host, seat, fate.parent));
  if (fate.erase) {
    const HRESULT hr = folder->DeleteMessages(&list, 0, nullptr, 0);
    if (FAILED(hr)) return outside(hr, "IMAPIFolder::DeleteMessages");
    return {};
  }
  const auto target = TRY(open_folder(host, seat, fate.target));
  const HRESULT hr = folder->CopyMessages(&list, &IID_IMAPIFolder, target.get(), 0, nullptr, MESSAGE_MOVE);
  if (FAILED(hr)) return outside(hr, "IMAPIFolder::CopyMessages");
  return {};
}

}  // namespace mapiary::session
