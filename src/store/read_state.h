// SPDX-License-Identifier: Apache-2.0
// Read flags and the reports that go with them: SetReadFlag and SetReadFlags. Reports are pending by
// MSGFLAG_RN_PENDING and MSGFLAG_NRN_PENDING, which the save of a received message that asks for them sets; sending or
// cancelling one clears both and sets PR_READ_RECEIPT_REQUESTED to FALSE, so there is one at most. Reports go out after
// the change is committed and without the gate: the support object makes them, and they are submitted from the Outbox.
// Pages: imapifolder-setreadflags, imessage-setreadflag, imapisupport-readreceipt,
// providing-read-and-nonread-reports-for-message-store-providers.
#pragma once

#include <mapix.h>

#include <span>

#include "store/core.h"

namespace mapiary::store {

class MessageBacking;

// kUnknownFlags, kInvalidArgument: flags that exclude one another.
Status check_read_flags(ULONG flags, ULONG also_known);

struct ReadOutcome {
  std::vector<ObjectId> reports;  // to be sent
  bool complete = true;           // false: some could not be changed
};
// In one transaction.
Result<ReadOutcome> change_read_state(StoreCore& core, std::span<const ObjectId> messages, ULONG flags);

struct ReadChange {
  bool done = false;    // false: the message is gone, open for writing, or submitted
  bool report = false;  // one is to be sent
};
Result<ReadChange> change_read_state(Writer& writer, StoreCore& core, ObjectId message, ULONG flags);

// Of messages in a folder that is no search folder; those that are not in it are left alone, and make it incomplete.
Result<ReadOutcome> change_read_state_in(Writer& writer, StoreCore& core, ObjectId folder,
                                         std::span<const ObjectId> messages, ULONG flags);

// Of an open message, which is saved by it.
Status set_read_flag(MessageBacking& message, ULONG flags);

// A read report for each message. What cannot be sent is let be. Not under the gate.
void send_reports(const CorePtr& core, std::span<const ObjectId> messages);

bool asks_for_nonread_report(ULONG message_flags);

// Reports on messages that are deleted unread, to senders who asked. Each is made before its message goes, as it is
// about it, and submitted after. What cannot be made or sent is let be. Not under the gate.
class NonreadReports {
 public:
  explicit NonreadReports(CorePtr core) : core_(std::move(core)) {}
  void prepare(std::span<const ObjectId> messages);
  // Of those that were deleted; the other reports are dropped.
  void send(std::vector<ObjectId> removed);

 private:
  CorePtr core_;
  std::vector<std::pair<ObjectId, com::Ref<IMessage>>> waiting_;
};

}  // namespace mapiary::store
