// SPDX-License-Identifier: Apache-2.0
#include "session/spooler/receiving.h"

#include <mapicode.h>
#include <mapiutil.h>

#include "com/error_map.h"
#include "property/copier.h"
#include "session/spooler/lent_message.h"

namespace mapiary::session {
namespace {

Result<com::Ref<IMessage>> new_message(const StoreLink& link) {
  const auto store = link.store();
  if (!store) return fail(Code::kInvalidObject, "session", "the store was closed");
  com::Ref<IMAPIFolder> folder;
  com::Ref<IMessage> message;
  ULONG size = 0, type = 0;
  LPENTRYID id = nullptr;
  const CallResult result = guarded([&] {
    HRESULT hr = store->GetReceiveFolder(nullptr, 0, &size, &id, nullptr);
    if (SUCCEEDED(hr)) {
      hr = store->OpenEntry(size, id, &IID_IMAPIFolder, MAPI_MODIFY, &type, reinterpret_cast<LPUNKNOWN*>(folder.put()));
    }
    if (SUCCEEDED(hr)) hr = folder->CreateMessage(nullptr, 0, message.put());
    return SUCCEEDED(hr) && !message ? MAPI_E_CALL_FAILED : hr;
  });
  MAPIFreeBuffer(id);
  if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, "making a message for incoming mail"));
  return message;
}

// The page on NotifyNewMail: what the client of a new mail notification sees.
Status announce(const StoreLink& link, IMessage& message) {
  SizedSPropTagArray(4, tags) = {4, {PR_ENTRYID, PR_PARENT_ENTRYID, PR_MESSAGE_CLASS_W, PR_MESSAGE_FLAGS}};
  ULONG count = 0;
  LPSPropValue raw = nullptr;
  const auto store = link.store();
  const CallResult result = guarded([&] {
    HRESULT hr = message.GetProps(reinterpret_cast<LPSPropTagArray>(&tags), MAPI_UNICODE, &count, &raw);
    if (FAILED(hr)) return hr;
    const property::copying::Owned<SPropValue> values(raw);
    if (!store || count != tags.cValues || raw[0].ulPropTag != PR_ENTRYID) return MAPI_E_CALL_FAILED;
    NOTIFICATION event{};
    event.ulEventType = fnevNewMail;
    NEWMAIL_NOTIFICATION& mail = event.info.newmail;
    mail.cbEntryID = raw[0].Value.bin.cb;
    mail.lpEntryID = reinterpret_cast<LPENTRYID>(raw[0].Value.bin.lpb);
    if (raw[1].ulPropTag == PR_PARENT_ENTRYID) {
      mail.cbParentID = raw[1].Value.bin.cb;
      mail.lpParentID = reinterpret_cast<LPENTRYID>(raw[1].Value.bin.lpb);
    }
    mail.ulFlags = MAPI_UNICODE;
    if (raw[2].ulPropTag == PR_MESSAGE_CLASS_W) mail.lpszMessageClass = reinterpret_cast<LPTSTR>(raw[2].Value.lpszW);
    if (raw[3].ulPropTag == PR_MESSAGE_FLAGS) mail.ulMessageFlags = static_cast<ULONG>(raw[3].Value.l);
    hr = store->NotifyNewMail(&event);
    return hr;
  });
  if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, "IMsgStore::NotifyNewMail"));
  return {};
}

}  // namespace

Result<bool> receive_message(SpoolerCore& core, const StoreLinkPtr& link, const TransportPtr& transport) {
  const com::Ref<IMessage> message = TRY(new_message(*link));
  struct Reception {
    com::Ref<LentMessage> message;
    std::shared_ptr<ULONG_PTR> reference = std::make_shared<ULONG_PTR>(1);
  };
  auto reception = std::make_shared<Reception>();
  reception->message = com::make<LentMessage>(message);
  Work work;
  work.store = link->id();
  work.transport = transport;
  work.inbound = true;
  work.reference = reception->reference;
  const WorkScope scope(core, std::move(work));
  const CallResult result = core.call(scope.work(), "IXPLogon::StartMessage", [reception](IXPLogon& logon) {
    return logon.StartMessage(0, reception->message.get(), reception->reference.get());
  });
  reception->message->take_back();
  if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, "IXPLogon::StartMessage"));
  if (!reception->message->was_saved()) return false;
  TRY(announce(*link, *message));
  return true;
}

Status announce_own_mail(const StoreLinkPtr& link, const com::NoticePtr& notice) {
  const NEWMAIL_NOTIFICATION& mail = notice->items()->info.newmail;
  const std::string id(reinterpret_cast<const char*>(mail.lpEntryID), mail.cbEntryID);
  const auto message = TRY(link->open_message(id));
  const auto store = link->store();
  if (!store) return fail(Code::kInvalidObject, "session", "the store was closed");
  const CallResult result = guarded([&] { return store->NotifyNewMail(notice->items()); });
  if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, "IMsgStore::NotifyNewMail"));
  return {};
}

}  // namespace mapiary::session
