// SPDX-License-Identifier: Apache-2.0
// What a store has done to a message between SubmitMessage and the end of its sending: PrepareSubmit, ExpandRecips,
// DoSentMail. They speak to the message, the folder and the address book through their public interfaces. One call, one
// thread; no lock is held. Pages: imapisupport-preparesubmit, imapisupport-expandrecips, imapisupport-dosentmail,
// resending-an-undelivered-message, pidtagrecipienttype-canonical-property.
#pragma once

#include <mapispi.h>

#include "base/result.h"
#include "session/support/support_host.h"

namespace mapiary::session {

// Changes nothing unless PR_MESSAGE_FLAGS has MSGFLAG_RESEND.
Status prepare_submit(IMessage& message);

// NEEDS_PREPROCESSING and NEEDS_SPOOLER as they apply.
Result<ULONG> expand_recipients(SupportHost& host, const SupportSeat& seat, IMessage& message);

// Takes over the caller's reference to the message. Its entry must lie in the seat's store.
Status do_sent_mail(SupportHost& host, const SupportSeat& seat, com::Ref<IMessage> message);

}  // namespace mapiary::session
