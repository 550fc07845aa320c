// SPDX-License-Identifier: Apache-2.0
#include "store/submission.h"

#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>

#include "base/clock.h"
#include "com/error_map.h"
#include "model/conversation_index.h"
#include "store/message_object.h"
#include "store/number_lists.h"
#include "store/store_props.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

Status answered(HRESULT hr, std::string_view call) {
  if (SUCCEEDED(hr)) return {};
  return tl::unexpected(com::outside_error(hr, call));
}

Status check_may_submit(const MessageBacking& message, bool by_spooler) {
  TRY(message.check_alive());
  if (message.is_embedded()) return fail(Code::kNotSupported, "store", "a message in an attachment cannot be sent");
  if (!message.writable()) return fail(Code::kReadOnly, "store", "the message is open for reading only");
  if (message.data().recipients.empty()) return fail(Code::kNoRecipients, "store", "the message has no recipients");
  if (!by_spooler && (long_of(message.data().props.bag, PR_MESSAGE_FLAGS) & MSGFLAG_SUBMIT)) {
    return fail(Code::kSubmitted, "store", "the message was submitted already");
  }
  return {};
}

// Nobody is served yet, but those of a resent message for whom PrepareSubmit has said otherwise.
void reset_responsibility(MessageData& message, bool resend) {
  const PropTag tag(PR_RESPONSIBILITY);
  for (auto& recipient : message.recipients) {
    if (!resend || !recipient.find(tag)) recipient.set(PropValue::boolean(tag, false));
  }
  message.recipients_changed = true;
}

// The other steps of the submission, in memory.
void mark(MessageData& message, ULONG expanded) {
  const auto time = now();
  message.props.set(PropValue::int64(PropTag(PR_CLIENT_SUBMIT_TIME), static_cast<std::int64_t>(time.ticks)));
  const ULONG flags = long_of(message.props.bag, PR_MESSAGE_FLAGS);
  message.props.set(long_value(PR_MESSAGE_FLAGS, flags | MSGFLAG_SUBMIT | MSGFLAG_UNSENT));
  // Submitted again by the spooler it stays locked.
  const ULONG locked = long_of(message.props.bag, PR_SUBMIT_FLAGS) & SUBMITFLAG_LOCKED;
  message.props.set(long_value(PR_SUBMIT_FLAGS, locked | (expanded & NEEDS_PREPROCESSING ? SUBMITFLAG_PREPROCESS : 0)));
  if (!message.props.bag.find(PropTag(PR_CONVERSATION_INDEX))) {
    message.props.set(
        binary_value(PR_CONVERSATION_INDEX, model::create_conversation_index(time.ticks, Guid::random())));
  }
}

struct Queued {
  ULONG flags = 0, submit_flags = 0;
};

Result<Queued> read_queued(backend::Transaction& transaction, ObjectId message) {
  const PropTag tags[] = {PropTag(PR_MESSAGE_FLAGS), PropTag(PR_SUBMIT_FLAGS)};
  backend::ReadRequest request;
  request.tags = tags;
  const auto read = TRY(transaction.read(message, request));
  return Queued{long_of(read.props, PR_MESSAGE_FLAGS), long_of(read.props, PR_SUBMIT_FLAGS)};
}

// Out of the queue. `sent`: it is a message that was sent from now on.
Status leave_queue(StoreCore& core, Writer& writer, ObjectId message, bool sent) {
  const Queued queued = TRY(read_queued(writer.get(), message));
  const auto no_drafts = TRY(mailbox_list(core, writer.get(), private_tag::kNoDrafts));
  const bool was_draft = std::find(no_drafts.begin(), no_drafts.end(), message) == no_drafts.end();
  if (!was_draft) TRY(set_listed(core, writer.get(), private_tag::kNoDrafts, message, false));
  // R20: what is taken back is again what it was before.
  const ULONG gone = sent || !was_draft ? MSGFLAG_SUBMIT | MSGFLAG_UNSENT : MSGFLAG_SUBMIT;
  const PropValue flags = long_value(PR_MESSAGE_FLAGS, queued.flags & ~gone);
  const std::uint16_t erased = id_of(PR_SUBMIT_FLAGS);
  backend::Update update;
  update.set = std::span(&flags, 1);
  update.erase = std::span(&erased, 1);
  TRY(writer->update(message, update));
  writer.touched(message);
  const PropTag tag = private_tag::kQueue;
  backend::ReadRequest request;
  request.tags = std::span(&tag, 1);
  const auto mailbox = TRY(writer->read(core.info().mailbox, request));
  const PropValue* queue = mailbox.props.find(tag);
  if (!queue) return {};
  return writer->link(static_cast<ObjectId>(queue->as_int64()), std::span(&message, 1), false);
}

}  // namespace

Result<ObjectId> outgoing_queue(StoreCore& core) {
  const auto bag = TRY(read_mailbox(core));
  if (const PropValue* known = bag.find(private_tag::kQueue)) return static_cast<ObjectId>(known->as_int64());
  if (!core.writable()) return ObjectId{0};
  Writer writer = TRY(core.write());
  const PropValue name = PropValue::text(PropTag(PR_DISPLAY_NAME_W), "Outgoing queue");
  backend::Update content;
  content.set = std::span(&name, 1);
  const ObjectId queue = TRY(writer->create(core.info().mailbox, ObjectKind::kSearchFolder, content));
  const PropValue value = PropValue::int64(private_tag::kQueue, static_cast<std::int64_t>(queue));
  backend::Update update;
  update.set = std::span(&value, 1);
  TRY(writer->update(core.info().mailbox, update));
  TRY(writer.commit());
  return queue;
}

Status submit(IMessage& object, const std::shared_ptr<MessageBacking>& message) {
  StoreCore& core = message->core();
  std::unique_lock lock(core.gate()->mutex());
  TRY(check_may_submit(*message, core.is_spooler()));
  const bool resend = (long_of(message->data().props.bag, PR_MESSAGE_FLAGS) & MSGFLAG_RESEND) != 0;
  const bool again = core.is_spooler();
  lock.unlock();
  const auto support = core.support();
  ULONG expanded = 0;
  if (support && resend && !again) {
    ULONG zero = 0;
    TRY(answered(support->PrepareSubmit(&object, &zero), "IMAPISupport::PrepareSubmit"));
  }
  // Before ExpandRecips, which takes those named twice as served.
  lock.lock();
  if (!again) reset_responsibility(message->data(), support && resend);
  lock.unlock();
  if (support) TRY(answered(support->ExpandRecips(&object, &expanded), "IMAPISupport::ExpandRecips"));
  // What the spooler has preprocessed goes on without it.
  if (again) expanded &= ~NEEDS_PREPROCESSING;
  lock.lock();
  TRY(check_may_submit(*message, again));  // lists may have had no members
  const ObjectId queue = TRY(outgoing_queue(core));
  MessageData& data = message->data();
  const MessageData before = data;
  SaveOptions options;
  options.no_draft = !again && !(long_of(data.props.bag, PR_MESSAGE_FLAGS) & MSGFLAG_UNSENT);
  mark(data, expanded);
  options.link_to = queue;
  options.keep_flags = true;
  if (Status saved = message->save_now(options); !saved) {
    data = before;
    return saved;
  }
  message->end();
  // The spooler hears of it as a row of the queue, and preprocesses what SUBMITFLAG_PREPROCESS asks for.
  return {};
}

Status abort_submit(StoreCore& core, ObjectId message) {
  Writer writer = TRY(core.write());
  const auto queued = read_queued(writer.get(), message);
  if (!queued && queued.error().code == Code::kNotFound) {
    return fail(Code::kNotInQueue, "store", "the message is not in the outgoing queue", message);
  }
  if (!queued) return tl::unexpected(queued.error());
  if (!(queued->flags & MSGFLAG_SUBMIT)) {
    return fail(Code::kNotInQueue, "store", "the message is not in the outgoing queue", message);
  }
  if (queued->submit_flags & SUBMITFLAG_LOCKED) {
    return fail(Code::kUnableToAbort, "store", "the message is being sent", message);
  }
  TRY(leave_queue(core, writer, message, false));
  return writer.commit();
}

Status set_lock_state(StoreCore& core, MessageBacking& message, bool locked) {
  TRY(message.check_alive());
  if (message.writable() && message.data().changed()) {
    SaveOptions options;
    options.keep_flags = true;
    TRY(message.save_now(options));
  }
  const ObjectId id = message.data().id;
  if (id == 0) return fail(Code::kNotInQueue, "store", "the message was never submitted");
  Writer writer = TRY(core.write());
  const Queued queued = TRY(read_queued(writer.get(), id));
  if (!(queued.flags & MSGFLAG_SUBMIT)) {
    return fail(Code::kNotInQueue, "store", "the message is not in the outgoing queue", id);
  }
  const ULONG next = locked ? queued.submit_flags | SUBMITFLAG_LOCKED : queued.submit_flags & ~SUBMITFLAG_LOCKED;
  const PropValue value = long_value(PR_SUBMIT_FLAGS, next);
  backend::Update update;
  update.set = std::span(&value, 1);
  update.quiet = true;
  TRY(writer->update(id, update));
  TRY(writer.commit());
  message.note_submit_flags(next);
  return {};
}

Result<bool> is_sending(StoreCore& core, ObjectId queue) {
  auto transaction = TRY(core.read());
  for (const ObjectId id : TRY(children(*transaction, queue, ObjectKind::kMessage))) {
    if (TRY(read_queued(*transaction, id)).submit_flags & SUBMITFLAG_LOCKED) return true;
  }
  return false;
}

Status clear_locks(StoreCore& core) {
  if (!core.writable()) return {};
  const ObjectId queue = TRY(outgoing_queue(core));
  Writer writer = TRY(core.write());
  for (const ObjectId id : TRY(children(writer.get(), queue, ObjectKind::kMessage))) {
    const Queued queued = TRY(read_queued(writer.get(), id));
    if (!(queued.submit_flags & SUBMITFLAG_LOCKED)) continue;
    const PropValue value = long_value(PR_SUBMIT_FLAGS, queued.submit_flags & ~SUBMITFLAG_LOCKED);
    backend::Update update;
    update.set = std::span(&value, 1);
    update.quiet = true;
    TRY(writer->update(id, update));
  }
  return writer.commit();
}

namespace {

struct Fate {
  ObjectId target = 0;  // PR_SENTMAIL_ENTRYID
  bool erase = false;   // PR_DELETE_AFTER_SUBMIT
};

Result<Fate> read_fate(StoreCore& core, backend::Transaction& transaction, ObjectId message) {
  const PropTag tags[] = {PropTag(PR_SENTMAIL_ENTRYID), PropTag(PR_DELETE_AFTER_SUBMIT)};
  backend::ReadRequest request;
  request.tags = tags;
  const auto read = TRY(transaction.read(message, request));
  Fate fate;
  const PropValue* target = read.props.find(PropTag(PR_SENTMAIL_ENTRYID));
  if (target && target->is_bytes()) {
    const auto named = core.ids().parse(target->as_bytes());
    if (named && named->is_folder) fate.target = named->object;
  }
  const PropValue* erase = read.props.find(PropTag(PR_DELETE_AFTER_SUBMIT));
  fate.erase = erase && erase->as_bool();
  return fate;
}

}  // namespace

Status announce_mail(StoreCore& core, ObjectId message) {
  Writer writer = TRY(core.write());
  backend::Update update;
  update.arrived = true;
  const Status told = writer->update(message, update);
  // A rule, or the user, has been quicker: there is nothing to tell of.
  if (!told && told.error().code == Code::kNotFound) return {};
  TRY(Status(told));
  return writer.commit();
}

Status finished_message(const CorePtr& core, ObjectId message) {
  Fate fate;
  com::Ref<IMessage> object;
  {
    const std::lock_guard lock(core->gate()->mutex());
    Writer writer = TRY(core->write());
    const Queued queued = TRY(read_queued(writer.get(), message));
    if (!(queued.flags & MSGFLAG_SUBMIT)) {
      return fail(Code::kNotInQueue, "store", "the message is not in the outgoing queue", message);
    }
    fate = TRY(read_fate(*core, writer.get(), message));
    TRY(leave_queue(*core, writer, message, true));
    if (fate.target != 0 && !fate.erase) {
      const Status moved = writer->move(message, fate.target);
      // Where the folder is gone the message stays where it was sent from.
      if (!moved && moved.error().code != Code::kNotFound && moved.error().code != Code::kInvalidArgument) return moved;
    }
    TRY(writer.commit());
    object = make_message(std::make_shared<MessageBacking>(core, TRY(load_message(*core, message)), false));
  }
  if (const auto support = core->support()) {
    // It takes the reference, and deletes what is to be deleted.
    (void)support->DoSentMail(0, object.detach());
  }
  object.reset();
  if (!fate.erase) return {};
  const std::lock_guard lock(core->gate()->mutex());
  Writer writer = TRY(core->write());
  const Status removed = writer->remove(message);
  if (!removed) return removed.error().code == Code::kNotFound ? Status() : removed;
  return writer.commit();
}

Status check_submitted(const StoreCore& core, const MessageData& message, bool write) {
  if (core.is_spooler() || !(long_of(message.props.bag, PR_MESSAGE_FLAGS) & MSGFLAG_SUBMIT)) return {};
  if (long_of(message.props.bag, PR_SUBMIT_FLAGS) & SUBMITFLAG_LOCKED) {
    return fail(Code::kNoAccess, "store", "the message is being sent", message.id);
  }
  if (write) return fail(Code::kSubmitted, "store", "the message is waiting to be sent", message.id);
  return {};
}

}  // namespace mapiary::store
