// SPDX-License-Identifier: Apache-2.0
#include "cli/message_walk.h"

namespace cli {

namespace client = mapiary::client;

namespace {

const client::Tags kWalkColumns = {PR_ENTRYID, PR_SUBJECT_W};

}  // namespace

MessageWalk::MessageWalk(const Arguments& arguments, const client::Store& store, bool associated,
                         const std::optional<FolderInfo>& start)
    : store_(store),
      ids_(store),
      query_(arguments),
      associated_(associated && query_.takes_all()),
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
  const std::uint64_t counted = rows_of(folder);
  visitor.folder(folder, counted);
  std::uint64_t listed = 0;
  WalkVisitor counting;
  counting.message = [&](const WalkedMessage& message) {
    ++listed;
    return visitor.message(message);
  };
  if (!visit_messages(folder, counting)) return false;
  if (listed < counted) {
    visitor.failed({folder.path,
                    "the folder counts " + std::to_string(counted) + " messages and lists " + std::to_string(listed) +
                        ": the others are lost, or were removed meanwhile",
                    static_cast<HRESULT>(MAPI_E_NOT_FOUND)});
  }
  return true;
}

bool MessageWalk::visit_messages(const FolderInfo& folder, const WalkVisitor& visitor) {
  WalkedMessage message;
  message.folder = &folder;
  if (query_.takes_all()) {
    if (!visit_rows(visitor, message, {false, Rows::kAll})) return false;
  } else {
    if (!visit_rows(visitor, message, {false, Rows::kMeant})) return false;
    message.excluded = true;
    message.number = 0;
    if (query_.has_to_look() && !visit_rows(visitor, message, {false, Rows::kNotMeant})) return false;
    if (!visit_rows(visitor, message, {false, Rows::kNotAsked})) return false;
  }
  if (!associated_) return true;
  message = WalkedMessage();
  message.folder = &folder;
  message.associated = true;
  return visit_rows(visitor, message, {true, Rows::kAll});
}

// One that cannot be opened counts, so that whoever works with it says what is wrong.
bool MessageWalk::is_meant(const WalkedMessage& message) const {
  try {
    return query_.is_meant(store_, message.entry_id, message.subject);
  } catch (const client::Error&) {
    return true;
  }
}

bool MessageWalk::visit_rows(const WalkVisitor& visitor, WalkedMessage& message, const Pass& pass) {
  client::Table table = store_.folder(message.folder->entry_id).messages(pass.associated);
  table.columns(kWalkColumns);
  if (pass.rows != Rows::kAll) table.restrict(pass.rows == Rows::kNotAsked ? !query_.filter() : query_.filter());
  const bool looks = query_.has_to_look() && (pass.rows == Rows::kMeant || pass.rows == Rows::kNotMeant);
  for (const client::Row& row : table) {
    message.entry_id.assign(row.at(0).bytes());
    message.subject = row.at(1).text();
    if (looks && is_meant(message) != (pass.rows == Rows::kMeant)) continue;
    ++message.number;
    message.id = ids_.brief(message.entry_id);
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
