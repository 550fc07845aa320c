// SPDX-License-Identifier: Apache-2.0
#include "store/read_state.h"

#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>

#include "com/error_map.h"
#include "store/message_object.h"
#include "store/store_props.h"
#include "store/values.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

constexpr ULONG kReadFlags = SUPPRESS_RECEIPT | CLEAR_READ_FLAG | GENERATE_RECEIPT_ONLY | CLEAR_RN_PENDING |
                             CLEAR_NRN_PENDING | MAPI_DEFERRED_ERRORS;
constexpr ULONG kPending = MSGFLAG_RN_PENDING | MSGFLAG_NRN_PENDING;

struct State {
  ULONG flags = 0;
  bool requested = false;
};

// What the call makes of one message; true: a report is due.
bool apply(ULONG call, State& state) {
  const bool was_read = (state.flags & MSGFLAG_READ) != 0;
  const bool pending = (state.flags & MSGFLAG_RN_PENDING) != 0 && !(call & CLEAR_RN_PENDING);
  const bool suppress = (call & SUPPRESS_RECEIPT) != 0, generate = (call & GENERATE_RECEIPT_ONLY) != 0;
  bool report = false;
  const auto settle = [&] {
    state.requested = false;
    state.flags &= ~kPending;
  };
  if (suppress && generate) {
    settle();
  } else if (generate) {
    report = pending;
    if (report) settle();
  } else if (call & CLEAR_READ_FLAG) {
    state.flags &= ~MSGFLAG_READ;
  } else if (call & (CLEAR_RN_PENDING | CLEAR_NRN_PENDING)) {
    // Only what is asked for below.
  } else if (!was_read) {
    state.flags |= MSGFLAG_READ;
    report = pending && !suppress;
    settle();
  }
  if (call & CLEAR_RN_PENDING) state.flags &= ~MSGFLAG_RN_PENDING;
  if (call & CLEAR_NRN_PENDING) state.flags &= ~MSGFLAG_NRN_PENDING;
  return report;
}

// A report may go out for a message that is open for writing: its read flag stays as it is.
bool keeps_state(StoreCore& core, ObjectId message, ULONG call) {
  return core.is_open(message) && !(call & GENERATE_RECEIPT_ONLY);
}

Status write_state(Writer& writer, ObjectId id, const State& before, const State& after) {
  std::vector<PropValue> set;
  if (after.flags != before.flags) set.push_back(long_value(PR_MESSAGE_FLAGS, after.flags));
  if (after.requested != before.requested) set.push_back(PropValue::boolean(PropTag(PR_READ_RECEIPT_REQUESTED), false));
  if (set.empty()) return {};
  backend::Update update;
  update.set = set;
  update.quiet = true;
  TRY(writer->update(id, update));
  writer.touched(id);
  return {};
}

// False: nothing there to change.
Result<bool> change_one(Writer& writer, ObjectId id, ULONG call, bool& report) {
  const PropTag tags[] = {PropTag(PR_MESSAGE_FLAGS), PropTag(PR_READ_RECEIPT_REQUESTED)};
  backend::ReadRequest request;
  request.tags = tags;
  const auto read = writer->read(id, request);
  if (!read && read.error().code == Code::kNotFound) return false;
  if (!read) return tl::unexpected(read.error());
  State state{long_of(read->props, PR_MESSAGE_FLAGS), false};
  if (state.flags & MSGFLAG_SUBMIT) return false;
  const PropValue* requested = read->props.find(PropTag(PR_READ_RECEIPT_REQUESTED));
  state.requested = requested && requested->as_bool();
  const State before = state;
  // Associated messages are neither read nor unread.
  report = read->info.kind == ObjectKind::kMessage && apply(call, state);
  TRY(write_state(writer, id, before, state));
  return true;
}

// Some messages of a folder, read together: what they are is in the rows of the folder.
Status change_some(Writer& writer, ObjectId folder, std::span<const ObjectId> ids, ULONG call, ReadOutcome& outcome) {
  struct Found {
    ObjectId id;
    State state;
  };
  const PropTag tags[] = {PropTag(PR_MESSAGE_FLAGS), PropTag(PR_READ_RECEIPT_REQUESTED)};
  backend::RowQuery query;
  query.columns = tags;
  query.ids = ids;
  std::vector<Found> found;
  TRY(visit(writer.get(), folder, ObjectKind::kMessage, query, [&](const backend::Row& row) -> Result<bool> {
    Found& one = found.emplace_back(row.info.id, State{});
    const PropValue& flags = row.values[0];
    const PropValue& requested = row.values[1];
    if (flags.tag().value == PR_MESSAGE_FLAGS) one.state.flags = static_cast<ULONG>(flags.as_int32());
    one.state.requested = requested.tag().value == PR_READ_RECEIPT_REQUESTED && requested.as_bool();
    return true;
  }));
  for (const Found& one : found) {
    if (one.state.flags & MSGFLAG_SUBMIT) {
      outcome.complete = false;
      continue;
    }
    State state = one.state;
    const bool report = apply(call, state);
    TRY(write_state(writer, one.id, one.state, state));
    if (report) outcome.reports.push_back(one.id);
  }
  if (found.size() == ids.size()) return {};
  // Associated messages are neither read nor unread, and are no reason to complain.
  std::size_t associated = 0;
  TRY(visit(writer.get(), folder, ObjectKind::kAssociated, query, [&](const backend::Row&) -> Result<bool> {
    ++associated;
    return true;
  }));
  outcome.complete &= found.size() + associated == ids.size();
  return {};
}

// An open, unsaved message in the Outbox.
Result<com::Ref<IMessage>> new_report(const CorePtr& core) {
  const std::lock_guard lock(core->gate()->mutex());
  const ObjectId outbox = TRY(special_folder(*core, PR_IPM_OUTBOX_ENTRYID));
  if (outbox == 0) return fail(Code::kNotFound, "store", "the store has no Outbox");
  return make_message(std::make_shared<MessageBacking>(core, new_message(outbox, false), true));
}

Result<com::Ref<IMessage>> open_read(const CorePtr& core, ObjectId id) {
  const std::lock_guard lock(core->gate()->mutex());
  return make_message(std::make_shared<MessageBacking>(core, TRY(load_message(*core, id)), false));
}

Result<com::Ref<IMessage>> make_report(const CorePtr& core, IMAPISupport& support, ObjectId id, bool non_read) {
  const auto message = TRY(open_read(core, id));
  auto report = TRY(new_report(core));
  IMessage* empty = report.get();
  const HRESULT hr = support.ReadReceipt(non_read ? MAPI_NON_READ : 0, message.get(), &empty);
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMAPISupport::ReadReceipt"));
  return report;
}

Status send_report(const CorePtr& core, IMAPISupport& support, ObjectId id) {
  const HRESULT hr = TRY(make_report(core, support, id, false))->SubmitMessage(0);
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMessage::SubmitMessage"));
  return {};
}

}  // namespace

Status check_read_flags(ULONG flags, ULONG also_known) {
  if (flags & ~(kReadFlags | also_known)) return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
  if ((flags & CLEAR_READ_FLAG) && (flags & (SUPPRESS_RECEIPT | GENERATE_RECEIPT_ONLY))) {
    return fail(Code::kInvalidArgument, "store", "the flags exclude one another", flags);
  }
  return {};
}

Result<ReadChange> change_read_state(Writer& writer, StoreCore& core, ObjectId message, ULONG flags) {
  ReadChange change;
  if (keeps_state(core, message, flags)) return change;
  change.done = TRY(change_one(writer, message, flags, change.report));
  return change;
}

Result<ReadOutcome> change_read_state(StoreCore& core, std::span<const ObjectId> messages, ULONG flags) {
  ReadOutcome outcome;
  Writer writer = TRY(core.write());
  for (const ObjectId id : messages) {
    const ReadChange change = TRY(change_read_state(writer, core, id, flags));
    outcome.complete &= change.done;
    if (change.report) outcome.reports.push_back(id);
  }
  TRY(writer.commit());
  return outcome;
}

Result<ReadOutcome> change_read_state_in(Writer& writer, StoreCore& core, ObjectId folder,
                                         std::span<const ObjectId> messages, ULONG flags) {
  constexpr std::size_t kAtOnce = 1000;
  ReadOutcome outcome;
  // In the order in which they lie in the store; each once.
  std::vector<ObjectId> ids(messages.begin(), messages.end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const auto is_kept = [&](ObjectId id) { return keeps_state(core, id, flags); };
  outcome.complete = std::erase_if(ids, is_kept) == 0;
  for (std::size_t from = 0; from < ids.size(); from += kAtOnce) {
    const auto some = std::span(ids).subspan(from, std::min(kAtOnce, ids.size() - from));
    TRY(change_some(writer, folder, some, flags, outcome));
  }
  return outcome;
}

Status set_read_flag(MessageBacking& message, ULONG flags) {
  TRY(check_read_flags(flags, 0));
  bool report = false;
  StoreCore& core = message.core();
  ObjectId id = 0;
  {
    const std::lock_guard lock(core.gate()->mutex());
    TRY(message.check_alive());
    if (message.is_embedded())
      return fail(Code::kNotSupported, "store", "a message in an attachment has no read state");
    if (message.writable() && message.data().changed()) TRY(message.save_now({}));
    id = message.data().id;
    Writer writer = TRY(core.write());
    if (!TRY(change_one(writer, id, flags, report))) {
      return fail(Code::kNoAccess, "store", "the message was deleted or submitted", id);
    }
    const PropTag tag(PR_MESSAGE_FLAGS);
    backend::ReadRequest request;
    request.tags = std::span(&tag, 1);
    const auto read = TRY(writer->read(id, request));
    TRY(writer.commit());
    message.set_flags(long_of(read.props, PR_MESSAGE_FLAGS));
  }
  if (report) send_reports(message.shared_core(), std::span(&id, 1));
  return {};
}

void send_reports(const CorePtr& core, std::span<const ObjectId> messages) {
  const auto support = core->support();
  if (!support) return;
  for (const ObjectId id : messages) (void)send_report(core, *support, id);
}

namespace {

// What asks for a report and was never opened.
Result<std::vector<ObjectId>> nonread_due(StoreCore& core, std::span<const ObjectId> messages) {
  const std::lock_guard lock(core.gate()->mutex());
  const PropTag tag(PR_MESSAGE_FLAGS);
  backend::ReadRequest request;
  request.tags = std::span(&tag, 1);
  auto transaction = TRY(core.read());
  std::vector<ObjectId> due;
  for (const ObjectId id : messages) {
    const auto read = transaction->read(id, request);
    if (!read && read.error().code == Code::kNotFound) continue;
    if (!read) return tl::unexpected(read.error());
    const ULONG flags = long_of(read->props, PR_MESSAGE_FLAGS);
    if (read->info.kind == ObjectKind::kMessage && asks_for_nonread_report(flags)) due.push_back(id);
  }
  return due;
}

}  // namespace

bool asks_for_nonread_report(ULONG message_flags) {
  return (message_flags & (MSGFLAG_NRN_PENDING | MSGFLAG_READ | MSGFLAG_SUBMIT)) == MSGFLAG_NRN_PENDING;
}

void NonreadReports::prepare(std::span<const ObjectId> messages) {
  waiting_.clear();
  const auto support = core_->support();
  if (!support) return;
  const auto due = nonread_due(*core_, messages);
  if (!due) return;
  for (const ObjectId id : *due) {
    if (auto report = make_report(core_, *support, id, true)) waiting_.emplace_back(id, std::move(*report));
  }
}

void NonreadReports::send(std::vector<ObjectId> removed) {
  std::sort(removed.begin(), removed.end());
  for (const auto& [message, report] : waiting_) {
    if (std::binary_search(removed.begin(), removed.end(), message)) (void)report->SubmitMessage(0);
  }
  waiting_.clear();
}

}  // namespace mapiary::store
