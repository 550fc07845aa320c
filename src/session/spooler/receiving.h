// SPDX-License-Identifier: Apache-2.0
// One message's way in: a new message in the default store's receive folder, StartMessage, and word to the store when
// the transport saved it. On the spooler's thread. Pages: ixplogon-startmessage, message-reception-model,
// receiving-messages-by-using-message-store-providers, imsgstore-notifynewmail.
#pragma once

#include "session/spooler/core.h"

namespace mapiary::session {

// True: a message came. False: the transport had none, or failed. The message goes to `link`'s store.
Result<bool> receive_message(SpoolerCore& core, const StoreLinkPtr& link, const TransportPtr& transport);

// NOTIFY_NEWMAIL_RECEIVED: the message of a tightly coupled store, which hooks may see before the store tells its
// clients. Page: imapisupport-spoolernotify.
Status announce_own_mail(const StoreLinkPtr& link, const com::NoticePtr& notice);

}  // namespace mapiary::session
