// SPDX-License-Identifier: Apache-2.0
// What is inside folders: messages, associated messages, subfolders. Each message is copied on its own, so that any two
// stores will do; a store that can copy within itself does so in its CopyMessages and CopyFolder.
#include <mapicode.h>
#include <mapitags.h>

#include <cstring>

#include "property/copier.h"

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

}  // namespace

Status Copier::copy_folder(ULONG_PTR ui) {
  auto from = as<IMAPIFolder>(source_.get(), IID_IMAPIFolder);
  if (!from || is_excluded<IMAPIFolder>()) return {};
  auto to = as<IMAPIFolder>(target_.get(), IID_IMAPIFolder);
  if (!to) {
    problems_.add(index_of(PR_CONTAINER_CONTENTS), PR_CONTAINER_CONTENTS, MAPI_E_INTERFACE_NOT_SUPPORTED);
    return {};
  }
  if (wants_object(PR_CONTAINER_CONTENTS)) TRY(copy_contents(*from, *to, false));
  if (wants_object(PR_FOLDER_ASSOCIATED_CONTENTS)) TRY(copy_contents(*from, *to, true));
  if (wants_object(PR_CONTAINER_HIERARCHY)) TRY(copy_subfolders(*from, *to, ui));
  return {};
}

Status Copier::copy_contents(IMAPIFolder& from, IMAPIFolder& to, bool associated) {
  com::Ref<IMAPITable> table;
  const ULONG flags = MAPI_UNICODE | (associated ? MAPI_ASSOCIATED : 0);
  HRESULT hr = from.GetContentsTable(flags, table.put());
  if (hr == MAPI_E_NO_SUPPORT) return {};
  if (FAILED(hr)) return outside(hr, "IMAPIContainer::GetContentsTable");
  std::vector<std::string> ids = TRY(entry_ids(*table));
  std::vector<SBinary> done;
  for (std::string& id : ids) {
    TRY(copy_one_message(from, to, binary_of(id), associated));
    done.push_back(binary_of(id));
  }
  if (!is_move() || done.empty()) return {};
  ENTRYLIST list{static_cast<ULONG>(done.size()), done.data()};
  hr = from.DeleteMessages(&list, 0, nullptr, 0);
  if (FAILED(hr)) return outside(hr, "IMAPIFolder::DeleteMessages");
  return {};
}

Status Copier::copy_one_message(IMAPIFolder& from, IMAPIFolder& to, const SBinary& id, bool associated) {
  com::Ref<IUnknown> opened;
  ULONG type = 0;
  HRESULT hr = from.OpenEntry(id.cb, reinterpret_cast<LPENTRYID>(id.lpb), &IID_IMessage, 0, &type, opened.put());
  if (FAILED(hr)) return outside(hr, "IMAPIContainer::OpenEntry");
  auto source = as<IMessage>(opened.get(), IID_IMessage);
  if (!source) return fail(Code::kInterfaceNotSupported, "property", "an entry of a contents table is no message");
  TRY(check_cycle(source.get()));
  com::Ref<IMessage> target;
  hr = to.CreateMessage(nullptr, associated ? MAPI_ASSOCIATED : 0, target.put());
  if (FAILED(hr)) return outside(hr, "IMAPIFolder::CreateMessage");
  TRY(descend(source, target, {}));
  hr = target->SaveChanges(0);
  if (FAILED(hr)) return outside(hr, "IMessage::SaveChanges");
  return {};
}

Status Copier::copy_subfolders(IMAPIFolder& from, IMAPIFolder& to, ULONG_PTR ui) {
  com::Ref<IMAPITable> table;
  HRESULT hr = from.GetHierarchyTable(MAPI_UNICODE, table.put());
  if (hr == MAPI_E_NO_SUPPORT) return {};
  if (FAILED(hr)) return outside(hr, "IMAPIContainer::GetHierarchyTable");
  const std::string target_id = TRY(entry_id_of(*target_));
  std::vector<OwnedRows> all;  // the table may follow the changes
  for (;;) {
    SRowSet* raw = nullptr;
    hr = table->QueryRows(kRows, 0, &raw);
    if (FAILED(hr)) return outside(hr, "IMAPITable::QueryRows");
    all.emplace_back(raw);
    if (!raw || raw->cRows == 0) break;
  }
  for (const OwnedRows& rows : all) {
    for (ULONG i = 0; rows && i < rows->cRows; ++i) {
      const SPropValue* id = find_value(rows->aRow[i], PR_ENTRYID);
      if (!id) continue;
      if (!target_id.empty() && bytes_of(id->Value.bin) == target_id) {
        return fail(Code::kFolderCycle, "property", "the target of the copy is inside its source");
      }
      TRY(copy_subfolder(from, to, rows->aRow[i]));
      if (!is_move()) continue;
      hr = from.DeleteFolder(id->Value.bin.cb, reinterpret_cast<LPENTRYID>(id->Value.bin.lpb), ui, nullptr,
                             DEL_MESSAGES | DEL_FOLDERS | DEL_ASSOCIATED);
      if (FAILED(hr)) return outside(hr, "IMAPIFolder::DeleteFolder");
    }
  }
  return {};
}

Status Copier::copy_subfolder(IMAPIFolder& from, IMAPIFolder& to, const SRow& row) {
  const SPropValue* id = find_value(row, PR_ENTRYID);
  const SPropValue* name = find_value(row, PR_DISPLAY_NAME_W);
  com::Ref<IUnknown> opened;
  ULONG type = 0;
  HRESULT hr = from.OpenEntry(id->Value.bin.cb, reinterpret_cast<LPENTRYID>(id->Value.bin.lpb), &IID_IMAPIFolder, 0,
                              &type, opened.put());
  if (FAILED(hr)) return outside(hr, "IMAPIContainer::OpenEntry");
  auto source = as<IMAPIFolder>(opened.get(), IID_IMAPIFolder);
  if (!source) return fail(Code::kInterfaceNotSupported, "property", "an entry of a hierarchy table is no folder");
  TRY(check_cycle(source.get()));
  wchar_t no_name[] = L"";
  com::Ref<IMAPIFolder> target;
  // A name that is taken is MAPI_E_COLLISION, as the page has it.
  hr = to.CreateFolder(FOLDER_GENERIC, reinterpret_cast<LPTSTR>(name ? name->Value.lpszW : no_name), nullptr, nullptr,
                       MAPI_UNICODE, target.put());
  if (FAILED(hr)) return outside(hr, "IMAPIFolder::CreateFolder");
  return descend(source, target, {PR_DISPLAY_NAME, PR_ENTRYID, PR_PARENT_ENTRYID, PR_RECORD_KEY});
}

}  // namespace mapiary::property::copying
