// SPDX-License-Identifier: Apache-2.0
// The way of a message out of the store: SubmitMessage, the outgoing queue, locks, AbortSubmit, FinishedMsg. The queue
// is a hidden search folder of the mailbox object: rows in the order of linking are messages in the order of
// submission. What may wait for others, calls on the support object, is done without the gate. Pages:
// imessage-submitmessage, sending-messages-message-store-tasks, imsgstore-abortsubmit, imsgstore-finishedmsg,
// imsgstore-setlockstate.
#pragma once

#include "store/message_backing.h"

namespace mapiary::store {

// Of IMessage::SubmitMessage. kNoRecipients; an error leaves the message open and usable.
Status submit(IMessage& object, const std::shared_ptr<MessageBacking>& message);

// The queue's folder, made if it is not there and the store can be written; 0.
Result<ObjectId> outgoing_queue(StoreCore& core);
// kNotInQueue, kUnableToAbort (the spooler has it).
Status abort_submit(StoreCore& core, ObjectId message);
Status set_lock_state(StoreCore& core, MessageBacking& message, bool locked);
// Not under the gate.
Status finished_message(const CorePtr& core, ObjectId message);
// NotifyNewMail: all who listen to the mailbox, in all processes, are told. Under the gate.
Status announce_mail(StoreCore& core, ObjectId message);
// Whether the spooler has locked a message of the queue: it is being sent.
Result<bool> is_sending(StoreCore& core, ObjectId queue);
// At the spooler's logon: locks of a spooler that ended are no more.
Status clear_locks(StoreCore& core);

// May the message be opened so? kNoAccess: the spooler has locked it; kSubmitted: it is in the queue and was asked for
// with `write`.
Status check_submitted(const StoreCore& core, const MessageData& message, bool write);

}  // namespace mapiary::store
