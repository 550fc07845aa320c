// SPDX-License-Identifier: Apache-2.0
// Messages of a folder: CopyMessages, DeleteMessages, SetReadFlags. Everything is done that can be done; what could not
// be makes MAPI_W_PARTIAL_COMPLETION.
#include <edkmdb.h>
#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>

#include "property/copier.h"
#include "store/copying.h"
#include "store/folder_object.h"
#include "store/read_state.h"
#include "store/values.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

constexpr std::size_t kMessageBatch = 100;  // messages copied by one transaction

// What concerns one message alone, and lets the others go on.
bool is_single(const Error& error) {
  switch (error.code) {
    case Code::kNotFound:
    case Code::kInvalidArgument:
    case Code::kTypeNotSupported:
    case Code::kTooBig:
      return true;
    default:
      return false;
  }
}

Result<HRESULT> result_of(bool complete) {
  return complete ? S_OK : MAPI_W_PARTIAL_COMPLETION;
}

}  // namespace

// Ids that are none of this store's are not done, and that is all.
Result<std::vector<ObjectId>> FolderObject::message_ids(const ENTRYLIST& list, bool& complete) const {
  if (list.cValues && !list.lpbin) return fail(Code::kInvalidArgument, "store", "the entry list is a NULL pointer");
  std::vector<ObjectId> ids;
  for (ULONG i = 0; i < list.cValues; ++i) {
    const auto id = message_id(list.lpbin[i].cb, reinterpret_cast<const ENTRYID*>(list.lpbin[i].lpb));
    id ? ids.push_back(*id) : void(complete = false);
  }
  return ids;
}

// In the folder, or among what a search folder shows.
Result<bool> FolderObject::is_here(backend::Transaction& transaction, ObjectId message) const {
  const auto read = transaction.read(message, {});
  if (!read && read.error().code == Code::kNotFound) return false;
  if (!read) return tl::unexpected(read.error());
  const ObjectKind kind = read->info.kind;
  if (kind != ObjectKind::kMessage && kind != ObjectKind::kAssociated) return false;
  if (!backing_->is_search()) return read->info.parent == backing_->id();
  backend::RowQuery query;
  query.ids = std::span(&message, 1);
  bool found = false;
  TRY(visit(transaction, backing_->id(), ObjectKind::kMessage, query, [&](const backend::Row&) -> Result<bool> {
    found = true;
    return false;
  }));
  return found;
}

Status FolderObject::check_copy_target(const FolderBacking& to) const {
  TRY(check_writable());
  if (to.is_search()) return fail(Code::kNoAccess, "store", "a search folder takes no messages");
  return {};
}

Result<HRESULT> FolderObject::move_messages(const std::vector<ObjectId>& messages, FolderBacking& to,
                                            IMAPIProgress* progress) {
  property::copying::Meter meter(progress, messages.size());
  bool complete = true;
  Writer writer = TRY(core().write());
  for (const ObjectId id : messages) {
    if (!TRY(is_here(writer.get(), id))) {
      complete = false;
      continue;
    }
    const PropTag tag(PR_MESSAGE_FLAGS);
    backend::ReadRequest request;
    request.tags = std::span(&tag, 1);
    const auto read = TRY(writer->read(id, request));
    if (long_of(read.props, PR_MESSAGE_FLAGS) & MSGFLAG_SUBMIT) {
      complete = false;
      continue;
    }
    const Status moved = writer->move(id, to.id());
    if (!moved && !is_single(moved.error())) return tl::unexpected(moved.error());
    complete &= moved.has_value();
    if (!moved) continue;
    // The status belongs to the row it was set on.
    const std::uint16_t status = id_of(PR_MSG_STATUS);
    backend::Update update;
    update.erase = std::span(&status, 1);
    update.quiet = true;
    TRY(writer->update(id, update));
    writer.touched(id);
    TRY(meter.step());
  }
  TRY(writer.commit());
  return result_of(complete);
}

Result<HRESULT> FolderObject::copy_messages(const std::vector<ObjectId>& messages, FolderBacking& to,
                                            IMAPIProgress* progress) {
  property::copying::Meter meter(progress, messages.size());
  bool complete = true;
  for (std::size_t from = 0; from < messages.size(); from += kMessageBatch) {
    Writer writer = TRY(core().write());
    for (std::size_t i = from; i < std::min(from + kMessageBatch, messages.size()); ++i) {
      if (!TRY(is_here(writer.get(), messages[i]))) {
        complete = false;
        continue;
      }
      const auto copied = copy_message(writer, messages[i], to.id());
      if (!copied && !is_single(copied.error())) return tl::unexpected(copied.error());
      complete &= copied.has_value();
    }
    TRY(writer.commit());
    for (std::size_t i = from; i < std::min(from + kMessageBatch, messages.size()); ++i) TRY(meter.step());
  }
  return result_of(complete);
}

HRESULT FolderObject::CopyMessages(LPENTRYLIST list, LPCIID iid, LPVOID target, ULONG_PTR ui, LPMAPIPROGRESS progress,
                                   ULONG flags) {
  return core_.call_unlocked([&]() -> Result<HRESULT> {
    if (flags & ~(MESSAGE_MOVE | MESSAGE_DIALOG | MAPI_DECLINE_OK)) {
      return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    }
    if (!list || !target) return fail(Code::kInvalidArgument, "store", "CopyMessages got a NULL pointer");
    if (flags & MAPI_DECLINE_OK) return fail(Code::kDeclineCopy, "store", "the copy is left to MAPI");
    com::Ref<IMAPIProgress> shown;
    if (flags & MESSAGE_DIALOG) {
      shown = progress ? com::Ref<IMAPIProgress>::share(progress) : core().progress_dialog(ui);
    }
    bool complete = true;
    FolderBacking* to = same_store(target);
    if (!to) {
      // The other store does not know of reports: they go out before.
      std::vector<ObjectId> reports;
      {
        const std::lock_guard lock(core().gate()->mutex());
        const auto ids = TRY(message_ids(*list, complete));
        if (core().writable()) {
          reports = TRY(change_read_state(core(), ids, GENERATE_RECEIPT_ONLY)).reports;
        }
      }
      send_reports(shared_core(), reports);
      return property::copy_messages({this, iid, target, ui, shown.get(), flags}, list);
    }
    const std::lock_guard lock(core().gate()->mutex());
    TRY(check_copy_target(*to));
    const auto ids = TRY(message_ids(*list, complete));
    const HRESULT hr =
        (flags & MESSAGE_MOVE) ? TRY(move_messages(ids, *to, shown.get())) : TRY(copy_messages(ids, *to, shown.get()));
    return complete ? hr : MAPI_W_PARTIAL_COMPLETION;
  });
}

Result<HRESULT> FolderObject::remove_messages(const std::vector<ObjectId>& messages, IMAPIProgress* progress,
                                              std::vector<ObjectId>& removed) {
  property::copying::Meter meter(progress, messages.size());
  bool complete = true;
  Writer writer = TRY(core().write());
  const PropTag tag(PR_MESSAGE_FLAGS);
  backend::ReadRequest request;
  request.tags = std::span(&tag, 1);
  for (const ObjectId id : messages) {
    if (!TRY(is_here(writer.get(), id)) || core().is_open(id)) {
      complete = false;
      continue;
    }
    const auto read = TRY(writer->read(id, request));
    if (long_of(read.props, PR_MESSAGE_FLAGS) & MSGFLAG_SUBMIT) {
      complete = false;
      continue;
    }
    TRY(writer->remove(id));
    removed.push_back(id);
    TRY(meter.step());
  }
  TRY(writer.commit());
  return result_of(complete);
}

HRESULT FolderObject::DeleteMessages(LPENTRYLIST list, ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) {
  return core_.call_unlocked([&]() -> Result<HRESULT> {
    if (flags & ~(MESSAGE_DIALOG | DELETE_HARD_DELETE)) {
      return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    }
    if (!list) return fail(Code::kInvalidArgument, "store", "DeleteMessages needs a list");
    com::Ref<IMAPIProgress> shown;
    if (flags & MESSAGE_DIALOG) {
      shown = progress ? com::Ref<IMAPIProgress>::share(progress) : core().progress_dialog(ui);
    }
    bool complete = true;
    std::vector<ObjectId> ids, due, removed;
    {
      const std::lock_guard lock(core().gate()->mutex());
      TRY(check_writable());
      ids = TRY(message_ids(*list, complete));
      due = TRY(nonread_due(core(), ids));
    }
    const auto reports = make_nonread_reports(shared_core(), due);
    HRESULT hr = S_OK;
    {
      const std::lock_guard lock(core().gate()->mutex());
      TRY(check_writable());
      hr = TRY(remove_messages(ids, shown.get(), removed));
    }
    std::sort(removed.begin(), removed.end());
    for (const NonreadReport& one : reports) {
      if (std::binary_search(removed.begin(), removed.end(), one.message)) (void)one.report->SubmitMessage(0);
    }
    return complete ? hr : MAPI_W_PARTIAL_COMPLETION;
  });
}

HRESULT FolderObject::SetReadFlags(LPENTRYLIST list, ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) {
  return core_.call_unlocked([&]() -> Result<HRESULT> {
    (void)ui, (void)progress;  // one transaction: there is nothing to show in between
    TRY(check_read_flags(flags, MESSAGE_DIALOG));
    ReadOutcome outcome;
    bool complete = true;
    {
      const std::lock_guard lock(core().gate()->mutex());
      TRY(check_writable());
      std::vector<ObjectId> ids;
      if (list) {
        ids = TRY(message_ids(*list, complete));
        auto transaction = TRY(core().read());
        std::vector<ObjectId> here;
        for (const ObjectId id : ids) {
          TRY(is_here(*transaction, id)) ? here.push_back(id) : void(complete = false);
        }
        ids = std::move(here);
      } else {
        ids = TRY(children(*TRY(core().read()), backing_->id(), ObjectKind::kMessage));
      }
      outcome = TRY(change_read_state(core(), ids, flags));
    }
    send_reports(shared_core(), outcome.reports);
    return result_of(complete && outcome.complete);
  });
}

}  // namespace mapiary::store
