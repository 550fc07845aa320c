// SPDX-License-Identifier: Apache-2.0
// Messages one a line, for people or as JSON lines ("mapiary.item/1"): what ls and search print. Rows are printed as
// they come; the first ones are on the terminal before the last ones are read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/folders.h"
#include "cli/query.h"
#include "mapiary/client/store.h"

namespace cli {

struct ListRequest {
  const Query* query = nullptr;  // none: all
  bool associated = false;
  std::vector<mapiary::client::Table::Sort> sort;
  std::uint64_t skip = 0;
  std::uint64_t limit = UINT64_MAX;
};

/// Whether the message of a row, with PR_ENTRYID and PR_SUBJECT_W, is meant. One that cannot be opened is told on
/// stderr, and `unread` is set.
bool is_found(const Query& query, const mapiary::client::Store& store, const mapiary::client::Row& row, bool& unread);

/// The words of --sort.
inline constexpr std::string_view kSortChoices = "date|subject|from|size|none";
std::vector<mapiary::client::Table::Sort> sort_of(const std::string& word, bool reverse);

class MessageList {
 public:
  MessageList(const Arguments& arguments, const mapiary::client::Store& store);
  /// Prints those of a folder; how many. A message that a query cannot look into is told, and not among them.
  std::uint64_t print_folder(const FolderInfo& folder, const ListRequest& request);

  /// There was such a message.
  bool has_unread() const { return unread_; }

 private:
  void print_json(const FolderInfo& folder, const mapiary::client::Row& row) const;
  void print_text(const mapiary::client::Row& row) const;

  const mapiary::client::Store& store_;
  const Ids ids_;
  const bool json_;
  bool unread_ = false;
};

}  // namespace cli
