// SPDX-License-Identifier: Apache-2.0
// Writing a message with all inside it, in one transaction.
#include <edkmdb.h>
#include <mapitags.h>

#include <algorithm>
#include <set>

#include "store/message_data.h"
#include "store/number_lists.h"
#include "store/values.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

class Ids final : public backend::RowVisitor {
 public:
  Result<bool> row(const backend::Row& row) override {
    ids.push_back(row.info.id);
    return true;
  }
  std::vector<ObjectId> ids;
};

// What is left of the properties of an object that is no longer in the engine.
void forget_engine(Props& props) {
  std::vector<std::uint16_t> lost;
  for (const PropValue& value : props.bag) {
    const std::uint16_t id = value.tag().id();
    value.is_blob() && !props.fresh.contains(id) ? lost.push_back(id) : void(props.changed.insert(id));
  }
  for (const std::uint16_t id : lost) props.bag.erase(id);
}

AttachData as_new(AttachData attachment);

MessageData as_new(MessageData message) {
  message.id = 0;
  message.version = 0;
  message.removed.clear();
  forget_engine(message.props);
  std::vector<std::shared_ptr<AttachData>> kept;
  for (const auto& attachment : message.attachments) {
    if (attachment->id == 0 || attachment->loaded) kept.push_back(std::make_shared<AttachData>(as_new(*attachment)));
  }
  message.attachments = std::move(kept);
  return message;
}

AttachData as_new(AttachData attachment) {
  attachment.id = 0;
  forget_engine(attachment.props);
  if (attachment.embedded) attachment.embedded = std::make_shared<MessageData>(as_new(*attachment.embedded));
  return attachment;
}

// One save. What objects get to know is noted and told them when the commit has succeeded.
class Saver {
 public:
  explicit Saver(Writer& writer) : writer_(writer) {}

  Status write_top(MessageData& message, const SaveOptions& options);
  void settle();
  // The new message, as soon as it is in the transaction; 0 before.
  ObjectId made() const { return made_; }
  // The message's number, once it was written.
  ObjectId top() const { return messages_.front().id; }

 private:
  template <class T>
  struct Numbered {
    T* data;
    ObjectId id;
  };

  Result<ObjectId> write_object(ObjectId id, ObjectId parent, ObjectKind kind, const Props& props,
                                const std::vector<model::PropBag>* recipients);
  Status check_version(MessageData& message, const SaveOptions& options);
  Status merge_flags(MessageData& message, const model::PropBag& stored);
  Status overwrite(MessageData& message);
  Status write_message(MessageData& message, ObjectId parent);
  Status write_attachment(AttachData& attachment, ObjectId message);
  Status drop_embedded(ObjectId attachment);

  Writer& writer_;
  std::vector<Numbered<MessageData>> messages_;
  std::vector<Numbered<AttachData>> attachments_;
  ObjectId made_ = 0;
};

Result<ObjectId> Saver::write_object(ObjectId id, ObjectId parent, ObjectKind kind, const Props& props,
                                     const std::vector<model::PropBag>* recipients) {
  std::vector<PropValue> set;
  std::vector<std::uint16_t> erase;
  backend::Update update;
  if (id == 0 && props.fresh.empty()) {
    update.set = props.bag.values();  // all of a new object is new
  } else {
    props.collect(set, erase);
    update.set = set;
    update.erase = erase;
  }
  update.recipients = recipients;
  if (id == 0) {
    update.erase = {};
    id = TRY(writer_->create(parent, kind, update));
    if (made_ == 0) made_ = id;
  } else {
    TRY(writer_->update(id, update));
  }
  TRY(props.write_large(writer_.get(), id));
  return id;
}

// What others may change without a save of theirs, read state and the like, is theirs.
Status Saver::merge_flags(MessageData& message, const model::PropBag& stored) {
  constexpr ULONG kOurs = MSGFLAG_HASATTACH;
  const ULONG theirs = long_of(stored, PR_MESSAGE_FLAGS) & ~(kOurs | MSGFLAG_UNMODIFIED);
  const ULONG flags = theirs | (long_of(message.props.bag, PR_MESSAGE_FLAGS) & kOurs);
  message.props.set(long_value(PR_MESSAGE_FLAGS, flags));
  note_pending_reports(message);
  return {};
}

// With FORCE_SAVE, over a version that was never read: everything is written, and what was not known of goes.
Status Saver::overwrite(MessageData& message) {
  backend::ReadRequest request;
  request.all = true;
  request.inline_limit = 0;
  const auto stored = TRY(writer_->read(message.id, request));
  for (const PropValue& value : stored.props) {
    const std::uint16_t id = value.tag().id();
    const bool of_a_row = id == id_of(PR_MSG_STATUS) || id == private_tag::kRowStatus.id();
    if (!of_a_row && !message.props.bag.find(id)) message.props.changed.insert(id);
  }
  for (const PropValue& value : message.props.bag) {
    const std::uint16_t id = value.tag().id();
    if (id == id_of(PR_MSG_STATUS) || id == private_tag::kRowStatus.id()) continue;  // as it is now
    if (!value.is_blob() || message.props.fresh.contains(id)) message.props.changed.insert(id);
  }
  message.recipients_changed = true;
  Ids there;
  TRY(writer_->rows(message.id, ObjectKind::kAttachment, {}, there));
  std::set<ObjectId> ours;
  for (const auto& attachment : message.attachments) ours.insert(attachment->id);
  std::erase_if(message.removed,
                [&](ObjectId id) { return std::find(there.ids.begin(), there.ids.end(), id) == there.ids.end(); });
  for (const ObjectId id : there.ids) {
    const bool listed = std::find(message.removed.begin(), message.removed.end(), id) != message.removed.end();
    if (!ours.contains(id) && !listed) message.removed.push_back(id);
  }
  // Attachments that the other deleted: what is here of them is made anew.
  std::vector<std::shared_ptr<AttachData>> kept;
  for (const auto& attachment : message.attachments) {
    const bool gone =
        attachment->id != 0 && std::find(there.ids.begin(), there.ids.end(), attachment->id) == there.ids.end();
    if (!gone) kept.push_back(attachment);
    if (gone && attachment->loaded) kept.push_back(std::make_shared<AttachData>(as_new(*attachment)));
  }
  message.attachments = std::move(kept);
  return {};
}

Status Saver::check_version(MessageData& message, const SaveOptions& options) {
  if (message.id == 0) return {};
  const PropTag flags(PR_MESSAGE_FLAGS);
  backend::ReadRequest request;
  request.tags = std::span(&flags, 1);
  const auto stored = writer_->read(message.id, request);
  if (!stored && stored.error().code == Code::kNotFound) {
    return fail(Code::kObjectDeleted, "store", "the message was deleted while it was open", message.id);
  }
  if (!stored) return tl::unexpected(stored.error());
  if (stored->info.version != message.version) {
    if (!options.force) {
      return fail(Code::kObjectChanged, "store", "the message was changed while it was open", message.id);
    }
    TRY(overwrite(message));
  }
  message.parent = message.parent == 0 ? 0 : stored->info.parent;
  return options.keep_flags ? Status() : merge_flags(message, stored->props);
}

Status Saver::drop_embedded(ObjectId attachment) {
  Ids there;
  TRY(writer_->rows(attachment, ObjectKind::kMessage, {}, there));
  for (const ObjectId id : there.ids) TRY(writer_->remove(id));
  return {};
}

Status Saver::write_attachment(AttachData& attachment, ObjectId message) {
  const bool changed = attachment.id == 0 || !attachment.props.changed.empty();
  ObjectId id = attachment.id;
  if (changed) id = TRY(write_object(id, message, ObjectKind::kAttachment, attachment.props, nullptr));
  attachments_.push_back({&attachment, id});
  if (attachment.drop_embedded) TRY(drop_embedded(id));
  if (!attachment.embedded) return {};
  return write_message(*attachment.embedded, id);
}

Status Saver::write_message(MessageData& message, ObjectId parent) {
  const bool whole = message.id == 0;
  const ObjectId id = TRY(write_object(message.id, parent, message.kind, message.props,
                                       whole || message.recipients_changed ? &message.recipients : nullptr));
  messages_.push_back({&message, id});
  for (const ObjectId gone : message.removed) {
    const Status removed = writer_->remove(gone);
    if (!removed && removed.error().code != Code::kNotFound) return removed;
  }
  for (const auto& attachment : message.attachments) TRY(write_attachment(*attachment, id));
  return {};
}

Status Saver::write_top(MessageData& message, const SaveOptions& options) {
  TRY(check_version(message, options));
  TRY(write_message(message, message.parent));
  const ObjectId id = messages_.front().id;
  writer_.touched(id);
  writer_.wrote(message_size(message));
  if (options.link_to != 0) TRY(writer_->link(options.link_to, std::span(&id, 1), true));
  // The number it will have: writers are alone, and it sees its own changes.
  message.version = TRY(writer_->read(messages_.front().id, {})).info.version;
  return {};
}

void Saver::settle() {
  for (const auto& [message, id] : messages_) {
    message->id = id;
    message->props.changed.clear();
    message->recipients_changed = message->attachments_changed = false;
    message->removed.clear();
  }
  for (const auto& [attachment, id] : attachments_) {
    attachment->id = id;
    attachment->size = attachment_size(*attachment);
    attachment->props.changed.clear();
    attachment->drop_embedded = false;
  }
}

Status write_all(StoreCore& core, Writer& writer, Saver& saver, MessageData& message, const SaveOptions& options) {
  TRY(saver.write_top(message, options));
  return options.no_draft ? set_listed(core, writer.get(), private_tag::kNoDrafts, saver.top(), true) : Status();
}

// Beside its properties a new message gets no more than its version before all is settled: no need to copy recipients
// and attachments.
Status save_new(StoreCore& core, MessageData& message, const SaveOptions& options) {
  Writer writer = TRY(core.write_batched());
  Saver saver(writer);
  Props::Undo undo(message.props);
  const backend::ChangeNumber version = message.version;
  complete(message);
  const auto restored = [&](Status failed) {
    undo.restore();
    message.version = version;
    return failed;
  };
  if (Status written = write_all(core, writer, saver, message, options); !written) {
    writer.give_up(saver.made());
    return restored(std::move(written));
  }
  if (Status committed = writer.commit(); !committed) return restored(std::move(committed));
  saver.settle();
  return {};
}

}  // namespace

Status save_message(StoreCore& core, MessageData& message, const SaveOptions& options) {
  if (message.id == 0) return save_new(core, message, options);
  MessageData working = message;  // an error leaves what was there
  complete(working);
  Writer writer = TRY(core.write());
  Saver saver(writer);
  TRY(write_all(core, writer, saver, working, options));
  TRY(writer.commit());
  saver.settle();
  message = std::move(working);
  return {};
}

}  // namespace mapiary::store
