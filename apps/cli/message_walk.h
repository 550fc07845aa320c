// SPDX-License-Identifier: Apache-2.0
// The messages that an export or a copy is about, in the one order that every run has: folder by folder, in each those
// that pass the query, then those that do not, then the associated ones if they are wanted.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/arguments.h"
#include "cli/folders.h"
#include "cli/manifest.h"
#include "cli/query.h"
#include "mapiary/client/store.h"

namespace cli {

struct WalkedMessage {
  const FolderInfo* folder = nullptr;
  std::string entry_id, id, subject;
  bool associated = false;
  bool excluded = false;
  std::uint64_t number = 0;  // among those of its folder and kind, from 1
};

struct WalkVisitor {
  std::function<void(const FolderInfo&, std::uint64_t messages)> folder;  // before its messages
  std::function<bool(const WalkedMessage&)> message;                      // false ends the walk
  std::function<void(const FolderFailure&)> failed;                       // of a folder, or the rest of one
};

class MessageWalk {
 public:
  /// By the verb's options: --folder (or `start`, which goes before it), the query. Associated messages never pass a
  /// query.
  MessageWalk(const Arguments& arguments, const mapiary::client::Store& store, bool associated,
              const std::optional<FolderInfo>& start = std::nullopt);
  /// What all folders say they have; excluded messages included.
  std::uint64_t count();
  /// Answers false if a visitor ended it.
  bool run(const WalkVisitor& visitor);
  /// There is no query.
  bool takes_all() const { return query_.takes_all(); }

 private:
  std::uint64_t rows_of(const FolderInfo& folder) const;
  bool visit_folder(const FolderInfo& folder, const WalkVisitor& visitor);
  bool visit_messages(const FolderInfo& folder, const WalkVisitor& visitor);
  bool is_meant(const WalkedMessage& message) const;
  // Which of the rows a pass is about.
  enum class Rows { kAll, kMeant, kNotMeant, kNotAsked };
  struct Pass {
    bool associated = false;
    Rows rows = Rows::kAll;
  };
  bool visit_rows(const WalkVisitor& visitor, WalkedMessage& message, const Pass& pass);

  const mapiary::client::Store& store_;
  const Ids ids_;
  const Query query_;
  const bool associated_;
  const FolderInfo start_;
};

/// The folder that holds the visible ones, as a path; empty if the store does not say.
std::string visible_top(const mapiary::client::Store& store);

}  // namespace cli
