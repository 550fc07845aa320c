// SPDX-License-Identifier: Apache-2.0
#include "session/support/folder_copy.h"

#include <mapicode.h>
#include <mapitags.h>

#include "com/text.h"
#include "property/copier.h"
#include "property/copy_engine.h"

namespace mapiary::session {
namespace {

using property::copying::as;
using property::copying::find_value;
using property::copying::Meter;
using property::copying::outside;
using property::copying::Owned;

constexpr LONG kPiece = 200;
constexpr int kMaxDepth = 64;

std::string bytes_of(const SBinary& binary) {
  return binary.lpb ? std::string(reinterpret_cast<const char*>(binary.lpb), binary.cb) : std::string();
}

LPENTRYID as_entry(const std::string& id) {
  return reinterpret_cast<LPENTRYID>(const_cast<char*>(id.data()));  // in-parameters are not const in MAPI
}

template <class I>
Result<com::Ref<I>> open(IMAPIFolder& folder, const std::string& id, REFIID iid) {
  com::Ref<IUnknown> opened;
  ULONG type = 0;
  const HRESULT hr = folder.OpenEntry(static_cast<ULONG>(id.size()), as_entry(id), &iid, 0, &type, opened.put());
  if (FAILED(hr)) return outside(hr, "IMAPIContainer::OpenEntry");
  auto object = as<I>(opened.get(), iid);
  if (!object) return fail(Code::kInterfaceNotSupported, "session", "an entry of a folder is of another kind");
  return object;
}

Result<std::vector<SPropValue>> props_of(IMAPIProp& object, std::vector<ULONG> tags, Owned<SPropValue>& memory) {
  tags.insert(tags.begin(), static_cast<ULONG>(tags.size()));
  ULONG count = 0;
  SPropValue* raw = nullptr;
  const HRESULT hr = object.GetProps(reinterpret_cast<SPropTagArray*>(tags.data()), MAPI_UNICODE, &count, &raw);
  if (FAILED(hr)) return outside(hr, "IMAPIProp::GetProps");
  memory.reset(raw);
  if (!raw || count != tags[0]) return fail(Code::kCorrupt, "session", "GetProps gave another number of values");
  return std::vector<SPropValue>(raw, raw + count);
}

Result<std::string> entry_id_of(IMAPIProp& object) {
  Owned<SPropValue> memory;
  const auto values = TRY(props_of(object, {PR_ENTRYID}, memory));
  return values[0].ulPropTag == PR_ENTRYID ? bytes_of(values[0].Value.bin) : std::string();
}

Status copy_object(IMAPIProp& from, IMAPIProp& to, REFIID iid, std::vector<ULONG> excluded) {
  excluded.insert(excluded.begin(), static_cast<ULONG>(excluded.size()));
  property::CopyJob job;
  job.source = &from;
  job.iid = &iid;
  job.target = &to;
  TRY(property::copy_to(job, {}, reinterpret_cast<const SPropTagArray*>(excluded.data()), nullptr));
  return {};
}

Status copy_message(IMAPIFolder& from, IMAPIFolder& to, const std::string& id) {
  const auto source = TRY(open<IMessage>(from, id, IID_IMessage));
  Owned<SPropValue> memory;
  const auto values = TRY(props_of(*source, {PR_MESSAGE_FLAGS}, memory));
  const bool associated = values[0].ulPropTag == PR_MESSAGE_FLAGS && (values[0].Value.l & MSGFLAG_ASSOCIATED) != 0;
  com::Ref<IMessage> target;
  HRESULT hr = to.CreateMessage(nullptr, associated ? MAPI_ASSOCIATED : 0, target.put());
  if (FAILED(hr)) return outside(hr, "IMAPIFolder::CreateMessage");
  TRY(copy_object(*source, *target, IID_IMessage, {PR_ENTRYID, PR_PARENT_ENTRYID, PR_RECORD_KEY, PR_INSTANCE_KEY}));
  hr = target->SaveChanges(0);
  if (FAILED(hr)) return outside(hr, "IMessage::SaveChanges");
  return {};
}

Status delete_messages(IMAPIFolder& folder, const std::vector<const std::string*>& ids) {
  if (ids.empty()) return {};
  std::vector<SBinary> list;
  for (const std::string* id : ids) {
    list.push_back({static_cast<ULONG>(id->size()), reinterpret_cast<LPBYTE>(as_entry(*id))});
  }
  ENTRYLIST entries{static_cast<ULONG>(list.size()), list.data()};
  const HRESULT hr = folder.DeleteMessages(&entries, 0, nullptr, 0);
  if (FAILED(hr)) return outside(hr, "IMAPIFolder::DeleteMessages");
  return {};
}

// What a copy could not do, without an end to it.
struct Losses {
  std::optional<Error> first;
  std::size_t count = 0;

  void add(Error error) {
    if (count++ == 0) first = std::move(error);
  }
};

// Errors that stop the whole copy come back as such; those of single messages go into `losses`.
Status copy_list(const FolderCopyJob& job, const std::vector<std::string>& ids, Meter& meter, Losses& losses) {
  std::vector<const std::string*> arrived;
  Status stopped;
  for (const std::string& id : ids) {
    if (Status copied = copy_message(*job.from, *job.to, id); copied) {
      arrived.push_back(&id);
    } else {
      losses.add(std::move(copied).error());
    }
    stopped = meter.step();
    if (!stopped) break;
  }
  if (job.move) {
    if (Status deleted = delete_messages(*job.from, arrived); !deleted) losses.add(std::move(deleted).error());
  }
  return stopped;
}

// A folder that is to be copied, with what is in it, read before anything changes.
struct Plan {
  com::Ref<IMAPIFolder> folder;
  std::string id;
  std::string name;
  std::vector<std::string> messages;
  std::vector<Plan> children;
};

Status read_ids(IMAPIFolder& folder, ULONG flags, std::vector<std::string>& ids) {
  com::Ref<IMAPITable> table;
  const HRESULT hr = folder.GetContentsTable(MAPI_UNICODE | flags, table.put());
  if (hr == MAPI_E_NO_SUPPORT) return {};
  if (FAILED(hr)) return outside(hr, "IMAPIContainer::GetContentsTable");
  return property::copying::for_each_rows(*table, kPiece, [&](SRowSet& rows) -> Status {
    for (ULONG i = 0; i < rows.cRows; ++i) {
      if (const SPropValue* id = find_value(rows.aRow[i], PR_ENTRYID)) ids.push_back(bytes_of(id->Value.bin));
    }
    return {};
  });
}

class Planner {
 public:
  Planner(std::string target_id, bool subfolders) : target_id_(std::move(target_id)), subfolders_(subfolders) {}
  std::size_t steps() const { return steps_; }

  Result<Plan> plan(IMAPIFolder& parent, const std::string& id, int depth) {
    if (depth > kMaxDepth) return fail(Code::kTooDeep, "session", "folders are nested too deeply to be copied");
    if (subfolders_ && !target_id_.empty() && id == target_id_) {
      return fail(Code::kFolderCycle, "session", "the folder that is to receive the copy is inside its source");
    }
    Plan out;
    out.id = id;
    out.folder = TRY(open<IMAPIFolder>(parent, id, IID_IMAPIFolder));
    Owned<SPropValue> memory;
    const auto values = TRY(props_of(*out.folder, {PR_DISPLAY_NAME_W}, memory));
    if (values[0].ulPropTag == PR_DISPLAY_NAME_W) out.name = com::from_wide(values[0].Value.lpszW);
    TRY(read_ids(*out.folder, 0, out.messages));
    TRY(read_ids(*out.folder, MAPI_ASSOCIATED, out.messages));
    steps_ += out.messages.size() + 1;
    if (subfolders_) TRY(plan_children(out, depth));
    return out;
  }

 private:
  Status plan_children(Plan& out, int depth) {
    com::Ref<IMAPITable> table;
    const HRESULT hr = out.folder->GetHierarchyTable(MAPI_UNICODE, table.put());
    if (hr == MAPI_E_NO_SUPPORT) return {};
    if (FAILED(hr)) return outside(hr, "IMAPIContainer::GetHierarchyTable");
    std::vector<std::string> ids;
    TRY(property::copying::for_each_rows(*table, kPiece, [&](SRowSet& rows) -> Status {
      for (ULONG i = 0; i < rows.cRows; ++i) {
        if (const SPropValue* id = find_value(rows.aRow[i], PR_ENTRYID)) ids.push_back(bytes_of(id->Value.bin));
      }
      return {};
    }));
    for (const std::string& id : ids) out.children.push_back(TRY(plan(*out.folder, id, depth + 1)));
    return {};
  }

  std::string target_id_;
  bool subfolders_;
  std::size_t steps_ = 0;
};

class FolderCopier {
 public:
  explicit FolderCopier(Meter& meter) : meter_(meter) {}
  Losses losses;

  // The folder itself must come into being; what is in it may be lost.
  Status copy(const Plan& plan, IMAPIFolder& to, const std::string& name) {
    const std::wstring wide = com::to_wide(name);
    com::Ref<IMAPIFolder> made;
    const HRESULT hr = to.CreateFolder(FOLDER_GENERIC, reinterpret_cast<LPTSTR>(const_cast<wchar_t*>(wide.c_str())),
                                       nullptr, nullptr, MAPI_UNICODE, made.put());
    if (FAILED(hr)) return outside(hr, "IMAPIFolder::CreateFolder");
    Status props = copy_object(*plan.folder, *made, IID_IMAPIFolder,
                               {PR_DISPLAY_NAME, PR_ENTRYID, PR_PARENT_ENTRYID, PR_RECORD_KEY, PR_CONTAINER_CONTENTS,
                                PR_FOLDER_ASSOCIATED_CONTENTS, PR_CONTAINER_HIERARCHY});
    if (!props) losses.add(std::move(props).error());
    TRY(meter_.step());
    FolderCopyJob inside;
    inside.from = plan.folder;
    inside.to = made;
    // A moved folder is deleted as a whole when all of it has arrived: until then the source stays complete.
    TRY(copy_list(inside, plan.messages, meter_, losses));
    for (const Plan& child : plan.children) {
      const Status copied = copy(child, *made, child.name);
      if (copied) continue;
      if (copied.error().code == Code::kUserCancelled) return copied;
      losses.add(copied.error());
    }
    return {};
  }

 private:
  Meter& meter_;
};

}  // namespace

Result<HRESULT> copy_messages(const FolderCopyJob& job, const std::vector<std::string>& ids) {
  Meter meter(job.progress, ids.size());
  Losses losses;
  TRY(copy_list(job, ids, meter, losses));
  if (losses.count == 0) return S_OK;
  if (losses.count >= ids.size()) return tl::unexpected(*std::move(losses.first));
  return MAPI_W_PARTIAL_COMPLETION;
}

Result<HRESULT> copy_folder(const FolderCopyJob& job, const std::string& id, const std::optional<std::string>& name,
                            bool subfolders) {
  Planner planner(TRY(entry_id_of(*job.to)), subfolders || job.move);
  const Plan plan = TRY(planner.plan(*job.from, id, 0));
  Meter meter(job.progress, planner.steps());
  FolderCopier copier(meter);
  TRY(copier.copy(plan, *job.to, name.value_or(plan.name)));
  if (job.move && copier.losses.count == 0) {
    const HRESULT hr = job.from->DeleteFolder(static_cast<ULONG>(id.size()), as_entry(id), 0, nullptr,
                                              DEL_MESSAGES | DEL_FOLDERS | DEL_ASSOCIATED);
    if (FAILED(hr)) return outside(hr, "IMAPIFolder::DeleteFolder");
  }
  return copier.losses.count == 0 ? S_OK : MAPI_W_PARTIAL_COMPLETION;
}

}  // namespace mapiary::session
