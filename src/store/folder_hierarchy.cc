// SPDX-License-Identifier: Apache-2.0
// Subfolders: CreateFolder, CopyFolder, DeleteFolder, EmptyFolder. Folders of one parent have different names, without
// regard to case.
#include <edkmdb.h>
#include <extraconstants.h>
#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>

#include "base/clock.h"
#include "com/text.h"
#include "property/copier.h"
#include "store/copying.h"
#include "store/folder_object.h"
#include "store/read_state.h"
#include "store/search.h"
#include "store/values.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

constexpr std::size_t kTreeBatch = 256;  // objects changed by one transaction

Result<ObjectId> create_folder(Writer& writer, ObjectId parent, ULONG type, const std::string& name,
                               const std::string* comment) {
  const auto time = static_cast<std::int64_t>(now().ticks);
  std::vector<PropValue> set;
  set.push_back(PropValue::text(PropTag(PR_DISPLAY_NAME_W), name));
  if (comment) set.push_back(PropValue::text(PropTag(PR_COMMENT_W), *comment));
  set.push_back(PropValue::int64(PropTag(PR_CREATION_TIME), time));
  set.push_back(PropValue::int64(PropTag(PR_LAST_MODIFICATION_TIME), time));
  backend::Update content;
  content.set = set;
  return writer->create(parent, type == FOLDER_SEARCH ? ObjectKind::kSearchFolder : ObjectKind::kFolder, content);
}

bool stays(const StoreCore& core, const backend::Row& row) {
  const bool submitted = row.values[0].tag().value == PR_MESSAGE_FLAGS &&
                         (static_cast<ULONG>(row.values[0].as_int32()) & MSGFLAG_SUBMIT) != 0;
  return submitted || core.is_open(row.info.id);
}

// Messages of one kind that may go; `all` becomes false if others stay.
Result<std::vector<ObjectId>> removable(StoreCore& core, backend::Transaction& transaction, ObjectId folder,
                                        ObjectKind kind, bool& all) {
  const PropTag tag(PR_MESSAGE_FLAGS);
  backend::RowQuery query;
  query.columns = std::span(&tag, 1);
  std::vector<ObjectId> ids;
  TRY(visit(transaction, folder, kind, query, [&](const backend::Row& row) -> Result<bool> {
    stays(core, row) ? void(all = false) : ids.push_back(row.info.id);
    return true;
  }));
  return ids;
}

Status remove_all(Writer& writer, const std::vector<ObjectId>& ids) {
  for (const ObjectId id : ids) TRY(writer->remove(id));
  return {};
}

Result<bool> empty_inside(StoreCore& core, Writer& writer, ObjectId folder, const EmptyOptions& options, int depth) {
  if (depth > kMaxFolderDepth) return fail(Code::kTooDeep, "store", "folders are nested too deeply", folder);
  bool all = true;
  if (options.messages) {
    TRY(remove_all(writer, TRY(removable(core, writer.get(), folder, ObjectKind::kMessage, all))));
  }
  if (options.associated) {
    TRY(remove_all(writer, TRY(removable(core, writer.get(), folder, ObjectKind::kAssociated, all))));
  }
  if (!options.folders) return all;
  for (const ObjectId child : TRY(children(writer.get(), folder, ObjectKind::kFolder))) {
    const auto info = TRY(writer->read(child, {})).info;
    bool empty = true;
    if (info.kind == ObjectKind::kSearchFolder) {
      TRY(forget_search(core, writer.get(), child));  // links only
    } else {
      empty = TRY(empty_inside(core, writer, child, {}, depth + 1));
    }
    all &= empty;
    if (empty) TRY(writer->remove(child));
  }
  return all;
}

}  // namespace

Result<bool> empty_folder(StoreCore& core, ObjectId folder, const EmptyOptions& options) {
  Writer writer = TRY(core.write());
  const bool all = TRY(empty_inside(core, writer, folder, options, 0));
  TRY(writer.commit());
  return all;
}

HRESULT FolderObject::CreateFolder(ULONG type, LPTSTR name, LPTSTR comment, LPCIID iid, ULONG flags,
                                   LPMAPIFOLDER* out) {
  if (out) *out = nullptr;
  return core_.border().call([&]() -> Status {
    if (!out || !name) return fail(Code::kInvalidArgument, "store", "CreateFolder needs a name and its out-parameter");
    if (type != FOLDER_GENERIC && type != FOLDER_SEARCH) {
      return fail(Code::kInvalidArgument, "store", "a folder is generic or a search folder", type);
    }
    if (flags & ~(MAPI_DEFERRED_ERRORS | MAPI_UNICODE | OPEN_IF_EXISTS)) {
      return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    }
    if (iid && !com::InterfaceChain<IMAPIFolder>::contains(*iid)) {
      return fail(Code::kInterfaceNotSupported, "store", "a folder does not offer the interface");
    }
    TRY(check_writable());
    if (backing_->is_search()) return fail(Code::kNoAccess, "store", "a search folder has no subfolders");
    const bool unicode = (flags & MAPI_UNICODE) != 0;
    const std::string text = com::from_tstr(name, unicode);
    if (text.empty()) return fail(Code::kInvalidArgument, "store", "a folder needs a name");
    const std::string remark = comment ? com::from_tstr(comment, unicode) : std::string();
    Writer writer = TRY(core().write());
    const auto parent = writer->read(backing_->id(), {});
    if (!parent && parent.error().code == Code::kNotFound) {
      return fail(Code::kObjectDeleted, "store", "the folder was deleted while it was open");
    }
    ObjectId id = TRY(find_folder(writer.get(), backing_->id(), text));
    if (id != 0 && !(flags & OPEN_IF_EXISTS)) {
      return fail(Code::kCollision, "store", "a folder of this name is there", id);
    }
    if (id == 0) {
      id = TRY(create_folder(writer, backing_->id(), type, text, comment ? &remark : nullptr));
      TRY(writer.commit());
    }
    const ObjectInfo info = [&] {
      ObjectInfo made;
      made.id = id;
      made.kind = type == FOLDER_SEARCH ? ObjectKind::kSearchFolder : ObjectKind::kFolder;
      return made;
    }();
    *out = make_folder(shared_core(), info, true).detach();
    return {};
  });
}

namespace {

struct FolderMove {
  ObjectId folder = 0;
  ObjectId target = 0;
  std::string name;  // of the copy
};

Status check_source(StoreCore& core, backend::Transaction& transaction, const FolderMove& job, ObjectId parent) {
  if (job.folder == core.info().root) return fail(Code::kNoAccess, "store", "the root folder is not copied or moved");
  const auto info = TRY(transaction.read(job.folder, {})).info;
  if (info.parent != parent) return fail(Code::kNotFound, "store", "the folder has no such subfolder", job.folder);
  if (info.kind == ObjectKind::kSearchFolder) {
    return fail(Code::kNoAccess, "store", "a search folder is not copied or moved", job.folder);
  }
  if (TRY(is_inside(transaction, job.target, job.folder))) {
    return fail(Code::kFolderCycle, "store", "the destination is inside the folder", job.folder);
  }
  const ObjectId same = TRY(find_folder(transaction, job.target, job.name));
  if (same != 0 && same != job.folder) return fail(Code::kCollision, "store", "a folder of this name is there", same);
  return {};
}

Result<std::string> name_of(backend::Transaction& transaction, ObjectId folder) {
  const PropTag tag(PR_DISPLAY_NAME_W);
  backend::ReadRequest request;
  request.tags = std::span(&tag, 1);
  return text_of(TRY(transaction.read(folder, request)).props, PR_DISPLAY_NAME_W);
}

// A transaction that is committed now and then.
class Batch {
 public:
  explicit Batch(StoreCore& core) : core_(core) {}
  Result<Writer*> writer() {
    if (writer_ && ++used_ > kTreeBatch) TRY(commit());
    if (!writer_) {
      writer_.emplace(TRY(core_.write()));
      used_ = 0;
    }
    return &*writer_;
  }
  Status commit() {
    if (!writer_) return {};
    const Status done = writer_->commit();
    writer_.reset();
    return done;
  }

 private:
  StoreCore& core_;
  std::optional<Writer> writer_;
  std::size_t used_ = 0;
};

Status copy_tree(Batch& batch, ObjectId from, ObjectId parent, const std::string& name, bool deep, int depth) {
  if (depth > kMaxFolderDepth) return fail(Code::kTooDeep, "store", "folders are nested too deeply", from);
  const ObjectId copy = TRY(copy_folder_object(*TRY(batch.writer()), from, parent, name));
  for (const ObjectKind kind : {ObjectKind::kMessage, ObjectKind::kAssociated}) {
    for (const ObjectId message : TRY(children(TRY(batch.writer())->get(), from, kind))) {
      TRY(copy_message(*TRY(batch.writer()), message, copy));
    }
  }
  if (!deep) return {};
  for (const ObjectId child : TRY(children(TRY(batch.writer())->get(), from, ObjectKind::kFolder))) {
    const auto info = TRY(TRY(batch.writer())->get().read(child, {})).info;
    if (info.kind == ObjectKind::kSearchFolder) continue;  // not copied
    const std::string child_name = TRY(name_of(TRY(batch.writer())->get(), child));
    TRY(copy_tree(batch, child, copy, child_name, deep, depth + 1));
  }
  return {};
}

}  // namespace

HRESULT FolderObject::CopyFolder(ULONG size, LPENTRYID id, LPCIID iid, LPVOID target, LPTSTR name, ULONG_PTR ui,
                                 LPMAPIPROGRESS progress, ULONG flags) {
  return core_.call_unlocked([&]() -> Result<HRESULT> {
    if (flags & ~(FOLDER_MOVE | FOLDER_DIALOG | COPY_SUBFOLDERS | MAPI_UNICODE | MAPI_DECLINE_OK)) {
      return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    }
    if (!target || !id) return fail(Code::kInvalidArgument, "store", "CopyFolder got a NULL pointer");
    if (flags & MAPI_DECLINE_OK) return fail(Code::kDeclineCopy, "store", "the copy is left to MAPI");
    const bool move = (flags & FOLDER_MOVE) != 0;
    FolderBacking* to = same_store(target);
    if (!to) {
      property::FolderJob job{this, iid, target, ui, progress, flags};
      const com::Ref<IMAPIProgress> own =
          !progress && (flags & FOLDER_DIALOG) ? core().progress_dialog(ui) : com::Ref<IMAPIProgress>();
      if (own) job.progress = own.get();
      return property::copy_folder(job, {size, reinterpret_cast<LPBYTE>(id)}, name);
    }
    const std::lock_guard lock(core().gate()->mutex());
    TRY(check_writable());
    if (to->is_search()) return fail(Code::kNoAccess, "store", "a search folder has no subfolders");
    FolderMove job;
    job.folder = TRY(folder_id(size, id));
    job.target = to->id();
    Batch batch(core());
    backend::Transaction& transaction = TRY(batch.writer())->get();
    job.name = name ? com::from_tstr(name, (flags & MAPI_UNICODE) != 0) : TRY(name_of(transaction, job.folder));
    TRY(check_source(core(), transaction, job, backing_->id()));
    if (!move) {
      TRY(copy_tree(batch, job.folder, job.target, job.name, (flags & COPY_SUBFOLDERS) != 0, 0));
    } else {
      const PropValue value = PropValue::text(PropTag(PR_DISPLAY_NAME_W), job.name);
      backend::Update update;
      update.set = std::span(&value, 1);
      if (name) TRY(transaction.update(job.folder, update));
      TRY(transaction.move(job.folder, job.target));
    }
    TRY(batch.commit());
    return S_OK;
  });
}

HRESULT FolderObject::DeleteFolder(ULONG size, LPENTRYID id, ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) {
  return core_.call_unlocked([&]() -> Result<HRESULT> {
    if (flags & ~(DEL_FOLDERS | DEL_MESSAGES | FOLDER_DIALOG | DELETE_HARD_DELETE)) {
      return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    }
    (void)ui, (void)progress;
    const std::lock_guard lock(core().gate()->mutex());
    TRY(check_writable());
    const ObjectId folder = TRY(folder_id(size, id));
    Writer writer = TRY(core().write());
    const auto info = TRY(writer->read(folder, {})).info;
    if (folder == core().info().root) return fail(Code::kNoAccess, "store", "the root folder is not deleted");
    if (info.parent != backing_->id())
      return fail(Code::kNotFound, "store", "the folder has no such subfolder", folder);
    bool all = true;
    if (info.kind == ObjectKind::kSearchFolder) {
      TRY(forget_search(core(), writer.get(), folder));
    } else {
      if (info.counts.folders != 0 && !(flags & DEL_FOLDERS)) {
        return fail(Code::kHasFolders, "store", "the folder has subfolders", folder);
      }
      if (info.counts.messages != 0 && !(flags & DEL_MESSAGES)) {
        return fail(Code::kHasMessages, "store", "the folder has messages", folder);
      }
      all = TRY(empty_inside(core(), writer, folder, {}, 0));
    }
    if (all) TRY(writer->remove(folder));
    TRY(writer.commit());
    return all ? S_OK : MAPI_W_PARTIAL_COMPLETION;
  });
}

HRESULT FolderObject::EmptyFolder(ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) {
  return core_.call_unlocked([&]() -> Result<HRESULT> {
    if (flags & ~(DEL_ASSOCIATED | FOLDER_DIALOG | DELETE_HARD_DELETE)) {
      return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    }
    (void)ui, (void)progress;
    const std::lock_guard lock(core().gate()->mutex());
    TRY(check_writable());
    if (backing_->is_search()) return fail(Code::kNoAccess, "store", "a search folder is emptied by its criteria");
    TRY(backing_->read({}));
    EmptyOptions options;
    options.associated = (flags & DEL_ASSOCIATED) != 0;
    return TRY(empty_folder(core(), backing_->id(), options)) ? S_OK : MAPI_W_PARTIAL_COMPLETION;
  });
}

}  // namespace mapiary::store
