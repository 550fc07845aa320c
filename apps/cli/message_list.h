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
#include "mapiary/client/store.h"

namespace cli {

struct ListRequest {
  mapiary::client::Filter filter;
  bool associated = false;
  std::vector<mapiary::client::Table::Sort> sort;
  std::uint64_t skip = 0;
  std::uint64_t limit = UINT64_MAX;
};

/// The words of --sort.
inline constexpr std::string_view kSortChoices = "date|subject|from|size|none";
std::vector<mapiary::client::Table::Sort> sort_of(const std::string& word, bool reverse);

class MessageList {
 public:
  MessageList(const Arguments& arguments, const mapiary::client::Store& store);
  /// Prints those of a folder; how many.
  std::uint64_t print_folder(const FolderInfo& folder, const ListRequest& request);

 private:
  void print_json(const FolderInfo& folder, const mapiary::client::Row& row) const;
  void print_text(const mapiary::client::Row& row) const;

  const mapiary::client::Store& store_;
  const Ids ids_;
  const bool json_;
};

}  // namespace cli
