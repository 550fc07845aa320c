// SPDX-License-Identifier: Apache-2.0
// Subscribe, Unsubscribe, Notify.
#include <mapicode.h>

#include "session/support/keyed_notifier.h"
#include "session/support/support_object.h"

namespace mapiary::session {
namespace {

constexpr ULONG kEvents = fnevCriticalError | fnevNewMail | fnevObjectCreated | fnevObjectDeleted | fnevObjectModified |
                          fnevObjectMoved | fnevObjectCopied | fnevSearchComplete | fnevTableModified |
                          fnevReservedForMapi | fnevExtended;
constexpr ULONG kMaxKey = 65536;
constexpr ULONG kMaxEvents = 100'000;

Result<std::string_view> key_of(const NOTIFKEY* key) {
  TRY(need(key, "lpKey"));
  if (key->cb == 0 || key->cb > kMaxKey) {
    return fail(Code::kInvalidArgument, "session", "a notification key has an impossible length", key->cb);
  }
  return std::string_view(reinterpret_cast<const char*>(key->ab), key->cb);
}

}  // namespace

HRESULT SupportObject::Subscribe(LPNOTIFKEY key, ULONG events, ULONG flags, LPMAPIADVISESINK sink,
                                 ULONG_PTR* connection) {
  if (connection) *connection = 0;
  return run(Slot::kSubscribe, [&]() -> Status {
    const std::string_view bytes = TRY(key_of(key));
    TRY(need(sink, "lpAdviseSink"));
    TRY(need(connection, "lpulConnection"));
    TRY(need_flags(flags, NOTIFY_SYNC, "Subscribe"));
    if (events & ~kEvents) {
      return fail(Code::kInvalidArgument, "session", "Subscribe does not know an event it got", events);
    }
    KeyedNotifier::Request request{std::string(bytes), events, (flags & NOTIFY_SYNC) != 0, sink, owner()};
    request.live = seat_.live;
    request.words.kind = "advise connection";
    request.words.name = "at provider " + seat_.title;
    request.words.owner = seat_.logon;
    *connection = KeyedNotifier::get().subscribe(request);
    return {};
  });
}

HRESULT SupportObject::Unsubscribe(ULONG_PTR connection) {
  return run(Slot::kUnsubscribe, [&]() -> Status { return KeyedNotifier::get().unsubscribe(connection); });
}

HRESULT SupportObject::Notify(LPNOTIFKEY key, ULONG count, LPNOTIFICATION events, ULONG* flags) {
  return run(Slot::kNotify, [&]() -> Status {
    const std::string_view bytes = TRY(key_of(key));
    TRY(need(flags, "lpulFlags"));
    TRY(need_flags(*flags, MAPI_UNICODE, "Notify"));
    if (count > kMaxEvents || (count > 0 && !events)) {
      return fail(Code::kInvalidArgument, "session", "Notify got an impossible array of notifications", count);
    }
    for (ULONG i = 0; i < count; ++i) {
      // MAPI's own: nobody registers for it and no provider makes it (mapi-notification-events).
      if (events[i].ulEventType == fnevStatusObjectModified) {
        return fail(Code::kInvalidArgument, "session", "Notify got an event that providers do not create", i);
      }
    }
    const bool cancelled = TRY(KeyedNotifier::get().notify(bytes, {events, count}, (*flags & MAPI_UNICODE) != 0));
    *flags = cancelled ? NOTIFY_CANCELED : 0;
    return {};
  });
}

}  // namespace mapiary::session
