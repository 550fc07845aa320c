// SPDX-License-Identifier: Apache-2.0
// A message as an open object works on it: properties, recipients, attachments and the messages inside them, each with
// its number in the engine once it has one. load() reads it, save() writes what differs, in one transaction.
//
// An attachment's SaveChanges puts a new AttachData in its message's list, a message's inside an attachment a new
// MessageData in its attachment; what is shared is not changed but for the numbers it gets and its marks of change,
// both when a save has been committed. Under the store's gate.
#pragma once

#include <memory>
#include <vector>

#include "store/engine_bytes.h"

namespace mapiary::store {

struct MessageData;

struct AttachData {
  std::uint32_t number = 0;  // PR_ATTACH_NUM
  ObjectId id = 0;
  Props props;
  std::uint64_t size = 0;  // PR_ATTACH_SIZE, as it was saved
  bool loaded = false;     // false: `props` are still to be read
  // Set while a message inside was changed or made; null: as the engine has it.
  std::shared_ptr<MessageData> embedded;
  bool drop_embedded = false;  // the one in the engine goes
};

struct MessageData {
  ObjectId id = 0;
  ObjectId parent = 0;  // its folder; 0 for a message in an attachment
  ObjectKind kind = ObjectKind::kMessage;
  backend::ChangeNumber version = 0;
  Props props;
  std::vector<model::PropBag> recipients;  // each with its PR_ROWID
  bool recipients_changed = false;
  std::vector<std::shared_ptr<AttachData>> attachments;  // saved with the message, or to be
  std::vector<ObjectId> removed;                         // attachments that the engine still has
  bool attachments_changed = false;
  std::uint32_t next_row = 0, next_attachment = 0;

  ObjectInfo info() const;
  bool changed() const {
    return id == 0 || !props.changed.empty() || recipients_changed || attachments_changed || !removed.empty();
  }
};

// kNotFound. Messages in attachments too.
Result<MessageData> load_message(StoreCore& core, ObjectId id);
Status load_attachment(StoreCore& core, AttachData& attachment);
// The message inside an attachment; kNotFound.
Result<MessageData> load_embedded(StoreCore& core, const AttachData& attachment);
// A new message's first properties.
MessageData new_message(ObjectId folder, bool associated);

struct SaveOptions {
  bool force = false;       // over what others saved since
  bool keep_flags = false;  // PR_MESSAGE_FLAGS are the caller's: of a submission
  ObjectId link_to = 0;     // a search folder the message is linked into by the same transaction
  bool no_draft = false;    // of a submission: the message was not MSGFLAG_UNSENT before it
};
// Writes the message with all inside it. kObjectChanged: somebody else saved it since it was read; kObjectDeleted. An
// error leaves `message` as it was.
Status save_message(StoreCore& core, MessageData& message, const SaveOptions& options);

// Everything a message consists of, in bytes (ruling R15).
std::uint64_t message_size(const MessageData& message);
std::uint64_t attachment_size(const AttachData& attachment);

// PR_DISPLAY_TO, PR_DISPLAY_CC and PR_DISPLAY_BCC of the recipients.
void set_display_lists(MessageData& message);
// MSGFLAG_RN_PENDING and MSGFLAG_NRN_PENDING, where this save changes what the sender asks for.
void note_pending_reports(MessageData& message);
// What the store fills in before a save: class, times, subject parts, conversation, size, flags.
void complete(MessageData& message);

}  // namespace mapiary::store
