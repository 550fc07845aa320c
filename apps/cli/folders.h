// SPDX-License-Identifier: Apache-2.0
// Folders by their paths, messages by their short ids, and the walk over a store's folders. A path has the names from
// the store's root on, each after a '/'; in a name '/' is %2F, '%' is %25, control characters are %XX, and a folder
// without a name is "%". Nothing here keeps more than one folder's subfolders a level in memory.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mapiary/client/store.h"

namespace cli {

std::string escape_name(std::string_view name);
/// UsageError: a '%' that no two hexadecimal digits follow.
std::string unescape_name(std::string_view name);

struct FolderInfo {
  std::string entry_id;
  std::string path;  // "/" for the root
  std::string name;
  std::size_t depth = 0;  // 0: where the walk began
  bool is_search = false;
  bool has_next = false;                                   // a sibling follows
  std::uint64_t messages = 0, unread = 0, associated = 0;  // as the folder says
};

struct FolderFailure {
  std::string path;
  std::string message;
  HRESULT code;
};

/// Calls `visit` for the folder and everything below it, parents first, in the order of the hierarchy tables. A folder
/// that cannot be listed goes to `failed` and the walk goes on. `visit` returning false ends it.
void walk_folders(const mapiary::client::Store& store, const FolderInfo& start,
                  const std::function<bool(const FolderInfo&)>& visit,
                  const std::function<void(const FolderFailure&)>& failed);
/// The direct subfolders only, with depth 1.
void walk_children(const mapiary::client::Store& store, const FolderInfo& parent,
                   const std::function<bool(const FolderInfo&)>& visit,
                   const std::function<void(const FolderFailure&)>& failed);
FolderInfo root_folder(const mapiary::client::Store& store);
/// "Inbox" and "/Top/Inbox" both: from the root, else from the folder that holds the visible ones (PR_IPM_SUBTREE_
/// ENTRYID). CannotOpen if there is none.
FolderInfo find_folder(const mapiary::client::Store& store, const std::string& path);

/// UsageError: no folder can have this path, as its names are no UTF-8 or escaped wrongly.
void check_path(const std::string& path);

/// Makes folders, and knows those it has seen: of many in one folder, each costs as much as the first.
class FolderMaker {
 public:
  /// `store` is open for writing, and lives longer.
  explicit FolderMaker(const mapiary::client::Store& store) : store_(store) {}

  /// The folder of a path; what is not there on the way is made. A path that does not begin with '/' begins in the
  /// folder that holds the visible ones.
  FolderInfo make(const std::string& path);

 private:
  using Names = std::multimap<std::string, FolderInfo>;
  FolderInfo step(const FolderInfo& parent, const std::string& name);
  Names& names_in(const FolderInfo& parent);

  const mapiary::client::Store& store_;
  std::optional<FolderInfo> root_, top_;
  std::map<std::string, Names> known_;  // subfolders by name in small letters, of the folder with that entry id
};

/// Short forms of a store's entry ids: hexadecimal, without what all of them begin with and without zeros at the end.
class Ids {
 public:
  explicit Ids(const mapiary::client::Store& store);
  std::string brief(std::string_view entry_id) const;
  /// Of a short form or a whole one in hexadecimal. CannotOpen if it is neither.
  std::string whole(const std::string& text) const;

 private:
  std::string front_;     // flags and MAPIUID
  std::size_t size_ = 0;  // of the root's entry id
};

}  // namespace cli
