// SPDX-License-Identifier: Apache-2.0
// Read flags and the reports that go with them: SetReadFlag and SetReadFlags. A report is pending while
// PR_READ_RECEIPT_REQUESTED is TRUE; sending or cancelling it sets that to FALSE, so there is one at most. Reports go
// out after the change is committed and without the gate: the support object makes them, and they are submitted from
// the Outbox. Pages: imapifolder-setreadflags, imessage-setreadflag, imapisupport-readreceipt,
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

// Of an open message, which is saved by it.
Status set_read_flag(MessageBacking& message, ULONG flags);

// A read report for each message. What cannot be sent is let be. Not under the gate.
void send_reports(const CorePtr& core, std::span<const ObjectId> messages);

// Of messages about to be deleted, those whose sender is to hear that they were not read. Under the gate.
Result<std::vector<ObjectId>> nonread_due(StoreCore& core, std::span<const ObjectId> messages);

// A report that waits, unsaved, for its message to be deleted; then it is submitted.
struct NonreadReport {
  ObjectId message = 0;
  com::Ref<IMessage> report;
};
// What cannot be made is let be. Not under the gate, and before the messages are deleted: it is about them.
std::vector<NonreadReport> make_nonread_reports(const CorePtr& core, std::span<const ObjectId> messages);

}  // namespace mapiary::store
