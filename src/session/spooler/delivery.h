// SPDX-License-Identifier: Apache-2.0
// The last step of a message that has come in, from a transport or as a report: it goes into the receive folder of its
// message class, and its store is told to tell its clients. It was made in the default receive folder, for nobody knows
// the class of a message before it is written. Store calls are made on the caller's thread, without a lock. Pages:
// mapi-receive-folders, handling-an-incoming-message, imsgstore-notifynewmail, newmail_notification.
#pragma once

#include <mapidefs.h>

#include "base/result.h"
#include "com/ref.h"

namespace mapiary::session {

// In the default receive folder, not saved.
Result<com::Ref<IMessage>> make_incoming(IMsgStore& store);
// A saved message of `store`, which the caller gives away: an open one could not be moved. Where it cannot be moved it
// stays, and is announced there.
Status deliver(IMsgStore& store, com::Ref<IMessage> message);

}  // namespace mapiary::session
