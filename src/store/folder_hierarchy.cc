// SPDX-License-Identifier: Apache-2.0
// Subfolders: CreateFolder, CopyFolder, DeleteFolder, EmptyFolder. Folders of one parent have different names, without
// regard to case.
#include <edkmdb.h>
#include <extraconstants.h>
#include <mapicode.h>
#include <mapitags.h>

#include "base/clock.h"
#include "com/text.h"
#include "property/copy_engine.h"
#include "store/batches.h"
#include "store/copying.h"
#include "store/folder_object.h"
#include "store/folder_trees.h"
#include "store/values.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

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

}  // namespace

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

HRESULT FolderObject::CopyFolder(ULONG size, LPENTRYID id, LPCIID iid, LPVOID target, LPTSTR name, ULONG_PTR ui,
                                 LPMAPIPROGRESS progress, ULONG flags) {
  return core_.call_unlocked([&]() -> Result<HRESULT> {
    if (flags & ~(FOLDER_MOVE | FOLDER_DIALOG | COPY_SUBFOLDERS | MAPI_UNICODE | MAPI_DECLINE_OK)) {
      return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    }
    if (!target || !id) return fail(Code::kInvalidArgument, "store", "CopyFolder got a NULL pointer");
    if (flags & MAPI_DECLINE_OK) return fail(Code::kDeclineCopy, "store", "the copy is left to MAPI");
    const auto shown = progress_for(core(), (flags & FOLDER_DIALOG) != 0, progress, ui);
    FolderBacking* to = same_store(target);
    if (!to) {
      return property::copy_folder({this, iid, target, ui, shown.get(), flags}, {size, reinterpret_cast<LPBYTE>(id)},
                                   name);
    }
    TreeCopy job;
    {
      const std::lock_guard lock(core().gate()->mutex());
      TRY(check_writable());
      if (!to->core().writable()) return fail(Code::kNoAccess, "store", "the target is open for reading only");
      if (to->is_search()) return fail(Code::kNoAccess, "store", "a search folder has no subfolders");
      job.folder = TRY(folder_id(size, id));
    }
    job.parent = backing_->id();
    job.target = to->id();
    job.deep = (flags & COPY_SUBFOLDERS) != 0;
    if (name) job.name = com::from_tstr(name, (flags & MAPI_UNICODE) != 0);
    if (flags & FOLDER_MOVE) {
      TRY(move_tree(core(), job));
      return S_OK;
    }
    return TRY(copy_tree(core(), job, shown.get())) ? S_OK : MAPI_W_PARTIAL_COMPLETION;
  });
}

HRESULT FolderObject::DeleteFolder(ULONG size, LPENTRYID id, ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) {
  return core_.call_unlocked([&]() -> Result<HRESULT> {
    if (flags & ~(DEL_FOLDERS | DEL_MESSAGES | FOLDER_DIALOG | DELETE_HARD_DELETE)) {
      return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    }
    const auto shown = progress_for(core(), (flags & FOLDER_DIALOG) != 0, progress, ui);
    TreeRemoval job;
    job.with_itself = true;
    {
      const std::lock_guard lock(core().gate()->mutex());
      TRY(check_writable());
      job.folder = TRY(folder_id(size, id));
      const auto info = TRY(TRY(core().read())->read(job.folder, {})).info;
      if (job.folder == core().info().root) return fail(Code::kNoAccess, "store", "the root folder is not deleted");
      if (info.parent != backing_->id())
        return fail(Code::kNotFound, "store", "the folder has no such subfolder", job.folder);
      const bool links_only = info.kind == ObjectKind::kSearchFolder;
      if (!links_only && info.counts.folders != 0 && !(flags & DEL_FOLDERS)) {
        return fail(Code::kHasFolders, "store", "the folder has subfolders", job.folder);
      }
      if (!links_only && info.counts.messages != 0 && !(flags & DEL_MESSAGES)) {
        return fail(Code::kHasMessages, "store", "the folder has messages", job.folder);
      }
    }
    return TRY(remove_tree(shared_core(), job, shown.get())) ? S_OK : MAPI_W_PARTIAL_COMPLETION;
  });
}

HRESULT FolderObject::EmptyFolder(ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) {
  return core_.call_unlocked([&]() -> Result<HRESULT> {
    if (flags & ~(DEL_ASSOCIATED | FOLDER_DIALOG | DELETE_HARD_DELETE)) {
      return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    }
    const auto shown = progress_for(core(), (flags & FOLDER_DIALOG) != 0, progress, ui);
    TreeRemoval job;
    job.folder = backing_->id();
    job.associated = (flags & DEL_ASSOCIATED) != 0;
    {
      const std::lock_guard lock(core().gate()->mutex());
      TRY(check_writable());
      if (backing_->is_search()) return fail(Code::kNoAccess, "store", "a search folder is emptied by its criteria");
      TRY(backing_->read({}));
    }
    return TRY(remove_tree(shared_core(), job, shown.get())) ? S_OK : MAPI_W_PARTIAL_COMPLETION;
  });
}

}  // namespace mapiary::store
