// SPDX-License-Identifier: Apache-2.0
// What is inside folders: messages, associated messages, subfolders. Each message is copied on its own, so that any two
// stores will do; a store that can copy within itself does so in its CopyMessages and CopyFolder, all others call the
// engine for them.
#include <mapicode.h>
#include <mapitags.h>

#include "com/text.h"
#include "property/copier.h"
#include "property/copy_engine.h"

namespace mapiary::property::copying {
namespace {

constexpr LONG kRows = 100;

std::string bytes_of(const SBinary& binary) {
  return binary.lpb ? std::string(reinterpret_cast<const char*>(binary.lpb), binary.cb) : std::string();
}

// Entry ids of all rows, read before anything changes: a table may follow the changes.
Result<std::vector<std::string>> entry_ids(IMAPITable& table) {
  std::vector<std::string> ids;
  TRY(for_each_rows(table, kRows, [&](SRowSet& rows) -> Status {
    for (ULONG i = 0; i < rows.cRows; ++i) {
      if (const SPropValue* id = find_value(rows.aRow[i], PR_ENTRYID)) ids.push_back(bytes_of(id->Value.bin));
    }
    return {};
  }));
  return ids;
}

SBinary binary_of(std::string& bytes) {
  return {static_cast<ULONG>(bytes.size()), reinterpret_cast<LPBYTE>(bytes.data())};
}

Result<std::string> entry_id_of(IMAPIProp& object) {
  SizedSPropTagArray(1, tags) = {1, {PR_ENTRYID}};
  ULONG count = 0;
  SPropValue* raw = nullptr;
  const HRESULT hr = object.GetProps(reinterpret_cast<SPropTagArray*>(&tags), 0, &count, &raw);
  if (FAILED(hr)) return outside(hr, "IMAPIProp::GetProps");
  Owned<SPropValue> value(raw);
  return value->ulPropTag == PR_ENTRYID ? bytes_of(value->Value.bin) : std::string();
}

// What no further message or folder would fare better with.
bool ends_all(const Error& error) {
  switch (error.code) {
    case Code::kNoMemory:
    case Code::kNoResources:
    case Code::kNoDiskSpace:
    case Code::kDiskError:
    case Code::kCorruptStore:
    case Code::kNetworkError:
    case Code::kUserCancelled:
    case Code::kCancelled:
    case Code::kFolderCycle:
    case Code::kCollision:
    case Code::kTooDeep:
      return true;
    default:
      return false;
  }
}

tl::unexpected<Error> cycle() {
  return fail(Code::kFolderCycle, "property", "the target of the copy is inside its source");
}

Result<std::wstring> name_of(IMAPIProp& folder) {
  SizedSPropTagArray(1, tags) = {1, {PR_DISPLAY_NAME_W}};
  ULONG count = 0;
  SPropValue* raw = nullptr;
  const HRESULT hr = folder.GetProps(reinterpret_cast<SPropTagArray*>(&tags), MAPI_UNICODE, &count, &raw);
  if (FAILED(hr)) return outside(hr, "IMAPIProp::GetProps");
  Owned<SPropValue> value(raw);
  return std::wstring(value->ulPropTag == PR_DISPLAY_NAME_W ? value->Value.lpszW : L"");
}

// What a search folder shows is elsewhere: it is not copied (mapi-folders).
bool is_search_folder(IMAPIProp& folder) {
  SizedSPropTagArray(1, tags) = {1, {PR_FOLDER_TYPE}};
  ULONG count = 0;
  SPropValue* raw = nullptr;
  if (FAILED(folder.GetProps(reinterpret_cast<SPropTagArray*>(&tags), 0, &count, &raw))) return false;
  Owned<SPropValue> value(raw);
  return value->ulPropTag == PR_FOLDER_TYPE && value->Value.l == FOLDER_SEARCH;
}

LPENTRYID entry_of(const SBinary& id) {
  return reinterpret_cast<LPENTRYID>(id.lpb);
}

// In the width that the store has.
Result<com::Ref<IMAPIFolder>> create_folder(IMAPIFolder& parent, std::wstring name) {
  com::Ref<IMAPIFolder> made;
  HRESULT hr = parent.CreateFolder(FOLDER_GENERIC, reinterpret_cast<LPTSTR>(name.data()), nullptr, nullptr,
                                   MAPI_UNICODE, made.put());
  if (hr == MAPI_E_BAD_CHARWIDTH) {
    std::string narrow = com::encode_lossy(com::from_wide(name), com::default_code_page());
    hr = parent.CreateFolder(FOLDER_GENERIC, reinterpret_cast<LPTSTR>(narrow.data()), nullptr, nullptr, 0, made.put());
  }
  if (FAILED(hr)) return outside(hr, "IMAPIFolder::CreateFolder");
  return made;
}

}  // namespace

Copier::Folders Copier::folders() const {
  return {as<IMAPIFolder>(source_.get(), IID_IMAPIFolder), as<IMAPIFolder>(target_.get(), IID_IMAPIFolder)};
}

// Folders are opened anew as they are met, so the target is known again by its entry id only.
Status Copier::learn_target() {
  if (!outermost_) outermost_id_ = TRY(entry_id_of(*target_));
  return {};
}

// Looks for the target in a folder and all below it, before anything changes. What cannot be read is told by the copy.
Status Copier::check_circle(IMAPIFolder& parent, SBinary id, int depth) const {
  if (bytes_of(id) == outermost_id_) return cycle();
  com::Ref<IUnknown> opened;
  ULONG type = 0;
  if (depth > kMaxDepth || FAILED(parent.OpenEntry(id.cb, entry_of(id), &IID_IMAPIFolder, 0, &type, opened.put())))
    return {};
  const auto folder = as<IMAPIFolder>(opened.get(), IID_IMAPIFolder);
  com::Ref<IMAPITable> table;
  if (!folder || FAILED(folder->GetHierarchyTable(0, table.put()))) return {};
  auto ids = entry_ids(*table);
  if (!ids) return {};
  for (std::string& child : *ids) TRY(check_circle(*folder, binary_of(child), depth + 1));
  return {};
}

// A message or folder less, and on with the others; or the end of all.
Status Copier::goes_on(Status done, ULONG tag) {
  if (done || ends_all(done.error())) return done;
  problems_.add(index_of(tag), tag, done.error());
  return {};
}

Status Copier::copy_folder(ULONG_PTR ui) {
  const Folders both = folders();
  if (!both.from || is_excluded<IMAPIFolder>()) return {};
  if (!both.to) {
    problems_.add(index_of(PR_CONTAINER_CONTENTS), PR_CONTAINER_CONTENTS, MAPI_E_INTERFACE_NOT_SUPPORTED);
    return {};
  }
  TRY(learn_target());
  if (wants_object(PR_CONTAINER_CONTENTS)) TRY(goes_on(copy_contents(both, false), PR_CONTAINER_CONTENTS));
  if (wants_object(PR_FOLDER_ASSOCIATED_CONTENTS)) {
    TRY(goes_on(copy_contents(both, true), PR_FOLDER_ASSOCIATED_CONTENTS));
  }
  if (!wants_object(PR_CONTAINER_HIERARCHY)) return {};
  return goes_on(copy_subfolders(both, ui), PR_CONTAINER_HIERARCHY);
}

Status Copier::copy_contents(const Folders& folders, bool associated) {
  com::Ref<IMAPITable> table;
  const ULONG flags = MAPI_UNICODE | (associated ? MAPI_ASSOCIATED : 0);
  HRESULT hr = folders.from->GetContentsTable(flags, table.put());
  if (hr == MAPI_E_BAD_CHARWIDTH) hr = folders.from->GetContentsTable(flags & ~MAPI_UNICODE, table.put());
  if (hr == MAPI_E_NO_SUPPORT) return {};
  if (FAILED(hr)) return outside(hr, "IMAPIContainer::GetContentsTable");
  std::vector<std::string> ids = TRY(entry_ids(*table));
  return copy_all(folders, ids, associated);
}

// A move takes away what has arrived whole, also when something ends it early.
Status Copier::copy_all(const Folders& folders, std::vector<std::string>& ids, bool associated) {
  const ULONG tag = associated ? PR_FOLDER_ASSOCIATED_CONTENTS : PR_CONTAINER_CONTENTS;
  std::vector<SBinary> arrived;
  Status result;
  for (std::string& id : ids) {
    const std::size_t before = problems_.list().size();
    result = goes_on(copy_one_message(folders, binary_of(id), associated), tag);
    if (!result) break;
    if (problems_.list().size() == before) arrived.push_back(binary_of(id));
    result = depth_ == 0 && meter_ && counts_messages_ ? meter_->step() : meter_ ? meter_->poll() : Status();
    if (!result) break;
  }
  if (is_move() && !arrived.empty()) {
    ENTRYLIST list{static_cast<ULONG>(arrived.size()), arrived.data()};
    const HRESULT hr = folders.from->DeleteMessages(&list, 0, nullptr, 0);
    if (hr != S_OK) problems_.add(index_of(tag), tag, FAILED(hr) ? hr : MAPI_E_UNABLE_TO_COMPLETE);
  }
  return result;
}

Status Copier::copy_one_message(const Folders& folders, const SBinary& id, bool associated) {
  com::Ref<IUnknown> opened;
  ULONG type = 0;
  HRESULT hr = folders.from->OpenEntry(id.cb, entry_of(id), &IID_IMessage, 0, &type, opened.put());
  if (FAILED(hr)) return outside(hr, "IMAPIContainer::OpenEntry");
  auto source = as<IMessage>(opened.get(), IID_IMessage);
  if (!source) return fail(Code::kInterfaceNotSupported, "property", "an entry of a contents table is no message");
  TRY(check_cycle(source.get()));
  com::Ref<IMessage> target;
  hr = folders.to->CreateMessage(nullptr, associated ? MAPI_ASSOCIATED : 0, target.put());
  if (FAILED(hr)) return outside(hr, "IMAPIFolder::CreateMessage");
  TRY(descend(source, target, {}));
  hr = target->SaveChanges(0);
  if (FAILED(hr)) return outside(hr, "IMessage::SaveChanges");
  return {};
}

Status Copier::copy_subfolders(const Folders& folders, ULONG_PTR ui) {
  com::Ref<IMAPITable> table;
  HRESULT hr = folders.from->GetHierarchyTable(MAPI_UNICODE, table.put());
  if (hr == MAPI_E_BAD_CHARWIDTH) hr = folders.from->GetHierarchyTable(0, table.put());
  if (hr == MAPI_E_NO_SUPPORT) return {};
  if (FAILED(hr)) return outside(hr, "IMAPIContainer::GetHierarchyTable");
  std::vector<std::string> ids = TRY(entry_ids(*table));
  for (std::string& id : ids) {
    TRY(goes_on(move_subfolder(folders, binary_of(id), nullptr, ui), PR_CONTAINER_HIERARCHY));
    if (meter_) TRY(meter_->poll());
  }
  return {};
}

// Copied, and with MAPI_MOVE deleted from the source if it arrived whole.
Status Copier::move_subfolder(const Folders& folders, const SBinary& id, const std::wstring* new_name, ULONG_PTR ui) {
  const std::size_t before = problems_.list().size();
  TRY(copy_subfolder(folders, id, new_name, ui));
  if (!is_move() || problems_.list().size() != before) return {};
  const HRESULT hr = folders.from->DeleteFolder(id.cb, entry_of(id), ui, nullptr, DEL_MESSAGES | DEL_FOLDERS);
  if (FAILED(hr)) return outside(hr, "IMAPIFolder::DeleteFolder");
  // It arrived; what could not be deleted stays where it was.
  if (hr != S_OK) problems_.add(index_of(PR_CONTAINER_HIERARCHY), PR_CONTAINER_HIERARCHY, MAPI_E_UNABLE_TO_COMPLETE);
  return {};
}

Status Copier::copy_subfolder(const Folders& folders, const SBinary& id, const std::wstring* new_name, ULONG_PTR) {
  if (!outermost_id_.empty() && bytes_of(id) == outermost_id_) return cycle();
  com::Ref<IUnknown> opened;
  ULONG type = 0;
  const HRESULT hr = folders.from->OpenEntry(id.cb, entry_of(id), &IID_IMAPIFolder, 0, &type, opened.put());
  if (FAILED(hr)) return outside(hr, "IMAPIContainer::OpenEntry");
  auto source = as<IMAPIFolder>(opened.get(), IID_IMAPIFolder);
  if (!source) return fail(Code::kInterfaceNotSupported, "property", "an entry of a hierarchy table is no folder");
  TRY(check_cycle(source.get()));
  if (is_search_folder(*source)) return fail(Code::kNoAccess, "property", "a search folder is not copied or moved");
  // A name that is taken is MAPI_E_COLLISION, as the pages have it.
  auto target = TRY(create_folder(*folders.to, new_name ? *new_name : TRY(name_of(*source))));
  std::vector<ULONG> excluded{PR_DISPLAY_NAME, PR_ENTRYID, PR_PARENT_ENTRYID, PR_RECORD_KEY};
  if (!with_subfolders_) excluded.push_back(PR_CONTAINER_HIERARCHY);
  return descend(source, target, std::move(excluded));
}

Status Copier::run_messages(const ENTRYLIST& messages, IMAPIProgress* progress) {
  std::vector<std::string> ids;
  for (ULONG i = 0; i < messages.cValues; ++i) ids.push_back(bytes_of(messages.lpbin[i]));
  Meter meter(progress, ids.size());
  meter_ = &meter;
  counts_messages_ = true;
  // Reports for unread messages are the source's to make; one that makes none says so, and that is no obstacle.
  ENTRYLIST list = messages;
  (void)folders().from->SetReadFlags(&list, 0, nullptr, GENERATE_RECEIPT_ONLY);
  return copy_all(folders(), ids, false);
}

Status Copier::run_folder(const SBinary& folder, const std::wstring* new_name, IMAPIProgress* progress, ULONG_PTR ui) {
  Meter meter(progress, 1);
  meter_ = &meter;
  TRY(learn_target());
  if (with_subfolders_ && !outermost_id_.empty()) TRY(check_circle(*folders().from, folder, 0));
  TRY(move_subfolder(folders(), folder, new_name, ui));
  return meter.step();
}

}  // namespace mapiary::property::copying

namespace mapiary::property {

namespace {

using copying::Copier;

Result<Copier> folder_copier(const FolderJob& job, ULONG known, bool with_subfolders) {
  if (!job.source || !job.target) return fail(Code::kInvalidArgument, "property", "a copy needs two folders");
  if (job.flags & ~known)
    return fail(Code::kUnknownFlags, "property", "copying does not define a flag it got", job.flags);
  if (job.flags & MAPI_DECLINE_OK) return fail(Code::kDeclineCopy, "property", "the copy is left to MAPI");
  auto* target = static_cast<IUnknown*>(job.target);
  const auto reached = copying::as<IUnknown>(target, job.iid ? *job.iid : IID_IMAPIFolder);
  const auto folder = copying::as<IMAPIFolder>(target, IID_IMAPIFolder);
  if (!reached || !folder) return fail(Code::kInterfaceNotSupported, "property", "the target of the copy is no folder");
  Copier copier(com::Ref<IMAPIProp>::share(job.source), com::Ref<IMAPIProp>(folder), job.flags & FOLDER_MOVE, {});
  copier.with_subfolders(with_subfolders);
  return copier;
}

HRESULT result_of(const Copier& copier) {
  return copier.is_complete() ? S_OK : MAPI_W_PARTIAL_COMPLETION;
}

}  // namespace

Result<HRESULT> copy_messages(const FolderJob& job, const ENTRYLIST* messages) {
  static_assert(MESSAGE_MOVE == MAPI_MOVE && FOLDER_MOVE == MAPI_MOVE);
  Copier copier = TRY(folder_copier(job, MESSAGE_MOVE | MESSAGE_DIALOG | MAPI_DECLINE_OK, true));
  if (!messages || (messages->cValues && !messages->lpbin))
    return fail(Code::kInvalidArgument, "property", "there is no list of messages");
  TRY(copier.run_messages(*messages, job.flags & MESSAGE_DIALOG ? job.progress : nullptr));
  return result_of(copier);
}

Result<HRESULT> copy_folder(const FolderJob& job, SBinary folder, const TCHAR* new_name) {
  constexpr ULONG kKnown = FOLDER_MOVE | FOLDER_DIALOG | COPY_SUBFOLDERS | MAPI_DECLINE_OK | MAPI_UNICODE;
  // Of a move the subfolders are always part.
  Copier copier = TRY(folder_copier(job, kKnown, (job.flags & (COPY_SUBFOLDERS | FOLDER_MOVE)) != 0));
  if (folder.cb == 0 || !folder.lpb) return fail(Code::kInvalidArgument, "property", "there is no folder to copy");
  std::wstring name;
  if (new_name) name = com::to_wide(com::from_tstr(new_name, (job.flags & MAPI_UNICODE) != 0));
  TRY(copier.run_folder(folder, new_name ? &name : nullptr, job.flags & FOLDER_DIALOG ? job.progress : nullptr,
                        job.ui));
  return result_of(copier);
}

}  // namespace mapiary::property
