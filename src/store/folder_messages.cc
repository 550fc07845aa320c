// SPDX-License-Identifier: Apache-2.0
// Messages of a folder: CopyMessages, DeleteMessages, SetReadFlags. Everything is done that can be done; what could not
// be makes MAPI_W_PARTIAL_COMPLETION.
#include <edkmdb.h>
#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>
#include <functional>

#include "property/copy_engine.h"
#include "store/batches.h"
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
constexpr std::size_t kAllAtOnce = SIZE_MAX;

Result<ULONG> flags_of(backend::Transaction& transaction, ObjectId message) {
  const PropTag tag(PR_MESSAGE_FLAGS);
  backend::ReadRequest request;
  request.tags = std::span(&tag, 1);
  return long_of(TRY(transaction.read(message, request)).props, PR_MESSAGE_FLAGS);
}

// What a call does with each of its messages, and whether all of them were done.
class MessageWork : public BatchWork {
 public:
  using Here = std::function<Result<bool>(backend::Transaction&, ObjectId)>;
  MessageWork(StoreCore& core, std::vector<ObjectId> messages, Here here)
      : core_(core), messages_(std::move(messages)), here_(std::move(here)) {}
  // False: the message is left as it is.
  virtual Result<bool> work(Writer& writer, ObjectId message) = 0;

  Status one(Writer& writer, std::size_t index) override {
    const bool here = TRY(here_(writer.get(), messages_[index]));
    if (!here || !TRY(work(writer, messages_[index]))) complete_ = false;
    return {};
  }
  Result<HRESULT> run(std::size_t batch, IMAPIProgress* progress) {
    TRY(run_batches(core_, messages_.size(), batch, progress, *this));
    return complete_ ? S_OK : MAPI_W_PARTIAL_COMPLETION;
  }

 protected:
  StoreCore& core_;
  std::vector<ObjectId> messages_;
  bool complete_ = true;

 private:
  Here here_;
};

class MoveWork final : public MessageWork {
 public:
  MoveWork(StoreCore& core, std::vector<ObjectId> messages, Here here, ObjectId to)
      : MessageWork(core, std::move(messages), std::move(here)), to_(to) {}
  Result<bool> work(Writer& writer, ObjectId id) override {
    if (TRY(flags_of(writer.get(), id)) & MSGFLAG_SUBMIT) return false;
    const Status moved = writer->move(id, to_);
    if (!moved && !is_single_failure(moved.error())) return tl::unexpected(moved.error());
    if (!moved) return false;
    // The status belongs to the row it was set on.
    const std::uint16_t status[] = {id_of(PR_MSG_STATUS), private_tag::kRowStatus.id()};
    backend::Update update;
    update.erase = status;
    update.quiet = true;
    TRY(writer->update(id, update));
    writer.touched(id);
    return true;
  }

 private:
  ObjectId to_;
};

class MessageCopyWork final : public MessageWork {
 public:
  MessageCopyWork(StoreCore& core, std::vector<ObjectId> messages, Here here, ObjectId to)
      : MessageWork(core, std::move(messages), std::move(here)), to_(to) {}
  Result<bool> work(Writer& writer, ObjectId id) override {
    const auto copied = copy_message(writer, id, to_);
    if (!copied && !is_single_failure(copied.error())) return tl::unexpected(copied.error());
    return copied.has_value();
  }

 private:
  ObjectId to_;
};

class DeleteWork final : public MessageWork {
 public:
  DeleteWork(const CorePtr& core, std::vector<ObjectId> messages, Here here)
      : MessageWork(*core, std::move(messages), std::move(here)), reports_(core) {}
  void before(std::size_t from, std::size_t end) override {
    reports_.prepare(std::span(messages_).subspan(from, end - from));
    removed_.clear();
  }
  void after(std::size_t, std::size_t) override { reports_.send(removed_); }
  Result<bool> work(Writer& writer, ObjectId id) override {
    if (core_.is_open(id) || (TRY(flags_of(writer.get(), id)) & MSGFLAG_SUBMIT)) return false;
    TRY(writer->remove(id));
    removed_.push_back(id);
    return true;
  }

 private:
  NonreadReports reports_;
  std::vector<ObjectId> removed_;
};

// Messages of a search folder lie in many folders, and are read one by one; others by the rows of their folder.
class ReadWork final : public MessageWork {
 public:
  ReadWork(const CorePtr& core, std::vector<ObjectId> messages, Here here, ULONG flags)
      : MessageWork(*core, std::move(messages), std::move(here)), shared_(core), flags_(flags) {}
  void in_folder(ObjectId folder) { folder_ = folder; }
  void before(std::size_t, std::size_t) override { due_.clear(); }
  void after(std::size_t, std::size_t) override { send_reports(shared_, due_); }
  Status some(Writer& writer, std::size_t from, std::size_t end) override {
    if (folder_ == 0) return MessageWork::some(writer, from, end);
    const auto messages = std::span(messages_).subspan(from, end - from);
    ReadOutcome outcome = TRY(change_read_state_in(writer, core_, folder_, messages, flags_));
    if (!outcome.complete) complete_ = false;
    due_ = std::move(outcome.reports);
    return {};
  }
  Result<bool> work(Writer& writer, ObjectId id) override {
    const ReadChange change = TRY(change_read_state(writer, core_, id, flags_));
    if (change.report) due_.push_back(id);
    return change.done;
  }

 private:
  CorePtr shared_;
  ULONG flags_;
  ObjectId folder_ = 0;  // none: they are read one by one
  std::vector<ObjectId> due_;
};

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
  if (!to.core().writable()) return fail(Code::kNoAccess, "store", "the target is open for reading only");
  if (to.is_search()) return fail(Code::kNoAccess, "store", "a search folder takes no messages");
  return {};
}

HRESULT FolderObject::CopyMessages(LPENTRYLIST list, LPCIID iid, LPVOID target, ULONG_PTR ui, LPMAPIPROGRESS progress,
                                   ULONG flags) {
  return core_.call_unlocked([&]() -> Result<HRESULT> {
    if (flags & ~(MESSAGE_MOVE | MESSAGE_DIALOG | MAPI_DECLINE_OK)) {
      return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    }
    if (!list || !target) return fail(Code::kInvalidArgument, "store", "CopyMessages got a NULL pointer");
    if (flags & MAPI_DECLINE_OK) return fail(Code::kDeclineCopy, "store", "the copy is left to MAPI");
    const auto shown = progress_for(core(), (flags & MESSAGE_DIALOG) != 0, progress, ui);
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
    std::vector<ObjectId> ids;
    {
      const std::lock_guard lock(core().gate()->mutex());
      TRY(check_copy_target(*to));
      ids = TRY(message_ids(*list, complete));
    }
    const auto here = [this](auto& transaction, ObjectId id) { return is_here(transaction, id); };
    HRESULT hr = S_OK;
    if (flags & MESSAGE_MOVE) {
      hr = TRY(MoveWork(core(), std::move(ids), here, to->id()).run(kAllAtOnce, shown.get()));
    } else {
      hr = TRY(MessageCopyWork(core(), std::move(ids), here, to->id()).run(kMessageBatch, shown.get()));
    }
    return complete ? hr : MAPI_W_PARTIAL_COMPLETION;
  });
}

HRESULT FolderObject::DeleteMessages(LPENTRYLIST list, ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) {
  return core_.call_unlocked([&]() -> Result<HRESULT> {
    if (flags & ~(MESSAGE_DIALOG | DELETE_HARD_DELETE)) {
      return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    }
    if (!list) return fail(Code::kInvalidArgument, "store", "DeleteMessages needs a list");
    const auto shown = progress_for(core(), (flags & MESSAGE_DIALOG) != 0, progress, ui);
    bool complete = true;
    std::vector<ObjectId> ids;
    {
      const std::lock_guard lock(core().gate()->mutex());
      TRY(check_writable());
      ids = TRY(message_ids(*list, complete));
    }
    const auto here = [this](auto& transaction, ObjectId id) { return is_here(transaction, id); };
    const HRESULT hr = TRY(DeleteWork(shared_core(), std::move(ids), here).run(kAllAtOnce, shown.get()));
    return complete ? hr : MAPI_W_PARTIAL_COMPLETION;
  });
}

HRESULT FolderObject::SetReadFlags(LPENTRYLIST list, ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) {
  return core_.call_unlocked([&]() -> Result<HRESULT> {
    TRY(check_read_flags(flags, MESSAGE_DIALOG));
    const auto shown = progress_for(core(), (flags & MESSAGE_DIALOG) != 0, progress, ui);
    bool complete = true;
    std::vector<ObjectId> ids;
    bool search = false;
    MessageWork::Here here = [](auto&, ObjectId) { return true; };
    {
      const std::lock_guard lock(core().gate()->mutex());
      TRY(check_writable());
      search = backing_->is_search();
      if (list) {
        ids = TRY(message_ids(*list, complete));
        here = [this](auto& transaction, ObjectId id) { return is_here(transaction, id); };
      } else {
        auto transaction = TRY(core().read());
        ids = TRY(children(*transaction, backing_->id(), ObjectKind::kMessage));
      }
    }
    ReadWork work(shared_core(), std::move(ids), here, flags);
    if (!search) work.in_folder(backing_->id());
    const HRESULT hr = TRY(work.run(kAllAtOnce, shown.get()));
    return complete ? hr : MAPI_W_PARTIAL_COMPLETION;
  });
}

}  // namespace mapiary::store
