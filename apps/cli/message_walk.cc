// SPDX-License-Identifier: Apache-2.0
#include "cli/message_walk.h"

#include "cli/query.h"

namespace cli {

namespace client = mapiary::client;

namespace {

const client::Tags kWalkColumns = {PR_ENTRYID, PR_SUBJECT_W};

}  // namespace

MessageWalk::MessageWalk(const Arguments& arguments, const client::Store& store, bool associated,
                         const std::optional<FolderInfo>& start)
    : store_(store),
      ids_(store),
      query_(query_of(arguments)),
      associated_(associated && query_.passes_all()),
      start_(start                     ? *start
             : arguments.has("folder") ? find_folder(store, *arguments.value("folder"))
                                       : root_folder(store)) {}

std::uint64_t MessageWalk::rows_of(const FolderInfo& folder) const {
  const client::Folder object = store_.folder(folder.entry_id);
  return object.messages().count() + (associated_ ? object.messages(true).count() : 0);
}

std::uint64_t MessageWalk::count() {
  std::uint64_t total = 0;
  walk_folders(
      store_, start_,
      [&](const FolderInfo& folder) {
        try {
          if (!folder.is_search) total += rows_of(folder);
        } catch (const client::Error&) {
          // run() meets it again, and tells.
        }
        return true;
      },
      [](const FolderFailure&) {});
  return total;
}

bool MessageWalk::run(const WalkVisitor& visitor) {
  bool to_the_end = true;
  walk_folders(
      store_, start_,
      [&](const FolderInfo& folder) {
        if (folder.is_search) return true;  // its messages lie in other folders
        try {
          to_the_end = visit_folder(folder, visitor);
        } catch (const client::Error& error) {
          visitor.failed({folder.path, error.what(), error.code()});
        }
        return to_the_end;
      },
      visitor.failed);
  return to_the_end;
}

bool MessageWalk::visit_folder(const FolderInfo& folder, const WalkVisitor& visitor) {
  visitor.folder(folder, rows_of(folder));
  if (!visit_rows(folder, visitor, false, false)) return false;
  if (!query_.passes_all() && !visit_rows(folder, visitor, false, true)) return false;
  return !associated_ || visit_rows(folder, visitor, true, false);
}

bool MessageWalk::visit_rows(const FolderInfo& folder, const WalkVisitor& visitor, bool associated, bool excluded) {
  client::Table table = store_.folder(folder.entry_id).messages(associated);
  table.columns(kWalkColumns);
  if (!associated && !query_.passes_all()) table.restrict(excluded ? !query_ : query_);
  WalkedMessage message;
  message.folder = &folder;
  message.associated = associated;
  message.excluded = excluded;
  for (const client::Row& row : table) {
    ++message.number;
    message.entry_id.assign(row.at(0).bytes());
    message.id = ids_.brief(message.entry_id);
    message.subject = row.at(1).text();
    if (!visitor.message(message)) return false;
  }
  return true;
}

std::string visible_top(const client::Store& store) {
  try {
    const auto id = store.special_folder(PR_IPM_SUBTREE_ENTRYID);
    if (!id) return "";
    std::string path;
    walk_children(
        store, root_folder(store),
        [&](const FolderInfo& folder) {
          ULONG same = FALSE;
          const HRESULT hr = store.store()->CompareEntryIDs(
              static_cast<ULONG>(id->size()), reinterpret_cast<LPENTRYID>(const_cast<char*>(id->data())),
              static_cast<ULONG>(folder.entry_id.size()),
              reinterpret_cast<LPENTRYID>(const_cast<char*>(folder.entry_id.data())), 0, &same);
          if (hr == S_OK && same) path = folder.path;
          return path.empty();
        },
        [](const FolderFailure&) {});
    return path;
  } catch (const client::Error&) {
    return "";
  }
}

}  // namespace cli
