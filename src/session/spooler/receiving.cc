// SPDX-License-Identifier: Apache-2.0
#include "session/spooler/receiving.h"

#include <mapicode.h>
#include <mapiutil.h>

#include "com/error_map.h"
#include "session/spooler/delivery.h"
#include "session/spooler/lent_message.h"

namespace mapiary::session {
Result<bool> receive_message(SpoolerCore& core, const StoreLinkPtr& link, const TransportPtr& transport) {
  const auto store = link->store();
  if (!store) return fail(Code::kInvalidObject, "session", "the store was closed");
  com::Ref<IMessage> message = TRY(make_incoming(*store));
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
  reception->message.reset();
  TRY(deliver(*store, std::move(message)));
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
