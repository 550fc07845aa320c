// SPDX-License-Identifier: Apache-2.0
#include "store/message_data.h"

#include <edkmdb.h>
#include <mapitags.h>

#include <algorithm>

#include "base/clock.h"
#include "com/convert.h"
#include "store/subject.h"
#include "store/values.h"

namespace mapiary::store {

using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

class AttachmentList final : public backend::RowVisitor {
 public:
  explicit AttachmentList(MessageData& message) : message_(message) {}
  Result<bool> row(const backend::Row& row) override {
    auto attachment = std::make_shared<AttachData>();
    attachment->id = row.info.id;
    // A damaged one without a number gets the next.
    const bool numbered = row.values[0].tag().value == PR_ATTACH_NUM;
    attachment->number = numbered ? static_cast<std::uint32_t>(row.values[0].as_int32()) : message_.next_attachment;
    if (row.values[1].tag().value == PR_ATTACH_SIZE) {
      attachment->size = static_cast<std::uint64_t>(std::max(row.values[1].as_int32(), 0));
    }
    message_.next_attachment = std::max(message_.next_attachment, attachment->number + 1);
    message_.attachments.push_back(std::move(attachment));
    return true;
  }

 private:
  MessageData& message_;
};

Status list_attachments(backend::Transaction& transaction, MessageData& message) {
  const PropTag columns[] = {PropTag(PR_ATTACH_NUM), PropTag(PR_ATTACH_SIZE)};
  backend::RowQuery query;
  query.columns = columns;
  AttachmentList list(message);
  TRY(transaction.rows(message.id, ObjectKind::kAttachment, query, list));
  return {};
}

class FirstRow final : public backend::RowVisitor {
 public:
  Result<bool> row(const backend::Row& row) override {
    id = row.info.id;
    return false;
  }
  ObjectId id = 0;
};

Result<MessageData> load(backend::Transaction& transaction, ObjectId id) {
  backend::ReadRequest request;
  request.all = true;
  request.recipients = true;
  auto read = TRY(transaction.read(id, request));
  MessageData message;
  message.id = id;
  message.kind = read.info.kind;
  message.version = read.info.version;
  message.props.bag = std::move(read.props);
  message.recipients = std::move(read.recipients);
  for (model::PropBag& recipient : message.recipients) {
    if (!recipient.find(PropTag(PR_ROWID))) recipient.set(long_value(PR_ROWID, message.next_row));
    message.next_row = std::max(message.next_row, long_of(recipient, PR_ROWID) + 1);
  }
  if (long_of(message.props.bag, PR_MESSAGE_FLAGS) & MSGFLAG_HASATTACH) TRY(list_attachments(transaction, message));
  message.parent = read.info.parent;
  return message;
}

bool is_message(ObjectKind kind) {
  return kind == ObjectKind::kMessage || kind == ObjectKind::kAssociated;
}

}  // namespace

ObjectInfo MessageData::info() const {
  ObjectInfo info;
  info.id = id;
  info.kind = kind;
  info.parent = parent;
  info.version = version;
  return info;
}

Result<MessageData> load_message(StoreCore& core, ObjectId id) {
  auto transaction = TRY(core.read());
  MessageData message = TRY(load(*transaction, id));
  if (!is_message(message.kind)) return fail(Code::kNotFound, "store", "the object is no message", id);
  return message;
}

Status load_attachment(StoreCore& core, AttachData& attachment) {
  if (attachment.loaded || attachment.id == 0) return {};
  auto transaction = TRY(core.read());
  backend::ReadRequest request;
  request.all = true;
  attachment.props.bag = TRY(transaction->read(attachment.id, request)).props;
  attachment.loaded = true;
  return {};
}

Result<MessageData> load_embedded(StoreCore& core, const AttachData& attachment) {
  if (attachment.embedded) return *attachment.embedded;
  if (attachment.id == 0 || attachment.drop_embedded) {
    return fail(Code::kNotFound, "store", "the attachment holds no message");
  }
  auto transaction = TRY(core.read());
  FirstRow first;
  TRY(transaction->rows(attachment.id, ObjectKind::kMessage, {}, first));
  if (first.id == 0) return fail(Code::kNotFound, "store", "the attachment holds no message", attachment.id);
  MessageData message = TRY(load(*transaction, first.id));
  message.parent = 0;
  return message;
}

MessageData new_message(ObjectId folder, bool associated) {
  MessageData message;
  message.parent = folder;
  message.kind = associated ? ObjectKind::kAssociated : ObjectKind::kMessage;
  ULONG flags = MSGFLAG_UNSENT | MSGFLAG_UNMODIFIED;
  if (associated) flags |= MSGFLAG_ASSOCIATED;
  message.props.set(long_value(PR_MESSAGE_FLAGS, flags));
  message.props.set(binary_value(PR_SEARCH_KEY, guid_bytes(Guid::random())));
  return message;
}

std::uint64_t attachment_size(const AttachData& attachment) {
  std::uint64_t size = attachment.loaded || attachment.id == 0 ? attachment.props.stored_size() : attachment.size;
  if (attachment.embedded) size += message_size(*attachment.embedded);
  return size;
}

std::uint64_t message_size(const MessageData& message) {
  std::uint64_t size = message.props.stored_size();
  for (const auto& recipient : message.recipients) size += recipient.stored_size();
  for (const auto& attachment : message.attachments) size += attachment_size(*attachment);
  return size;
}

// Names in the order of the list, "; " between them.
void set_display_lists(MessageData& message) {
  static constexpr std::pair<LONG, ULONG> kLists[] = {
      {MAPI_TO, PR_DISPLAY_TO_W}, {MAPI_CC, PR_DISPLAY_CC_W}, {MAPI_BCC, PR_DISPLAY_BCC_W}};
  for (const auto& [type, tag] : kLists) {
    std::string names;
    for (const auto& recipient : message.recipients) {
      if ((long_of(recipient, PR_RECIPIENT_TYPE) & 0xF) != static_cast<ULONG>(type)) continue;
      const std::string name = text_of(recipient, PR_DISPLAY_NAME_W);
      if (name.empty()) continue;
      if (!names.empty()) names += "; ";
      names += name;
    }
    if (text_of(message.props.bag, tag) == names && message.props.bag.find(id_of(tag))) continue;
    message.props.set(PropValue::text(PropTag(tag), names));
  }
}

// One that was sent to the user, who has not read it, and whose sender wants to know.
void note_pending_reports(MessageData& message) {
  if (message.kind != ObjectKind::kMessage || message.parent == 0) return;
  if (!message.props.changed.contains(id_of(PR_READ_RECEIPT_REQUESTED))) return;
  constexpr ULONG kPending = MSGFLAG_RN_PENDING | MSGFLAG_NRN_PENDING;
  const PropValue* requested = message.props.bag.find(PropTag(PR_READ_RECEIPT_REQUESTED));
  const ULONG flags = long_of(message.props.bag, PR_MESSAGE_FLAGS);
  const bool pending = requested && requested->as_bool() && !(flags & (MSGFLAG_READ | MSGFLAG_UNSENT | MSGFLAG_SUBMIT));
  const ULONG next = pending ? flags | kPending : flags & ~kPending;
  if (next != flags) message.props.set(long_value(PR_MESSAGE_FLAGS, next));
}

void complete(MessageData& message) {
  Props& props = message.props;
  const PropValue time = PropValue::int64(PropTag(PR_LAST_MODIFICATION_TIME), static_cast<std::int64_t>(now().ticks));
  props.set(time);
  if (!props.bag.find(PropTag(PR_CREATION_TIME))) {
    props.set(PropValue::int64(PropTag(PR_CREATION_TIME), time.as_int64()));
  }
  // An outgoing message without a class gets IPM (receive folders).
  if (text_of(props.bag, PR_MESSAGE_CLASS_W).empty()) props.set(PropValue::text(PropTag(PR_MESSAGE_CLASS_W), "IPM"));
  set_display_lists(message);
  set_subject_parts(props);
  const ULONG flags = long_of(props.bag, PR_MESSAGE_FLAGS);
  const ULONG attached = message.attachments.empty() ? flags & ~MSGFLAG_HASATTACH : flags | MSGFLAG_HASATTACH;
  if (attached != flags) props.set(long_value(PR_MESSAGE_FLAGS, attached));
  note_pending_reports(message);
  const auto size = static_cast<std::int64_t>(message_size(message));
  props.set(PropValue::int64(PropTag(PR_MESSAGE_SIZE_EXTENDED), size));
}

}  // namespace mapiary::store
