// SPDX-License-Identifier: Apache-2.0
// The store that import and copy write into: folders by path, many saves in one transaction where the store can do that
// (docs/message-stores.md), and at the end a count of its own that must agree with what was said to be written.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "cli/folders.h"
#include "cli/manifest.h"
#include "mapiary/client/store.h"

namespace cli {

class Target {
 public:
  explicit Target(const mapiary::client::Store& store);

  /// Made if it is not there; a path as FolderMaker takes it.
  mapiary::client::Folder& folder(const std::string& path);
  /// The folder of a fixed entry id under a name of the caller's.
  mapiary::client::Folder& folder_of(const std::string& name, const std::string& entry_id);
  /// How many messages will come: of a few, fewer are saved in one group, so that little is to be done again after the
  /// run was killed.
  void expect(std::uint64_t messages);
  /// Whether a message that was saved may still be lost with the group it is in.
  bool groups() const { return bulk_; }
  /// After each save. True: all that was saved so far is on the disk. client::Error: it is not.
  bool saved();
  /// All that was saved is on the disk. client::Error: it is not.
  void flush();
  /// Messages that are in the folders written to now, less those that were there at first; against the saves.
  bool counts_agree(std::string& words) const;
  /// How many messages were saved and are not there, when a group could not be written.
  std::uint64_t lost() const;

 private:
  mapiary::client::Folder& open(const std::string& name, const std::string& entry_id);

  struct Used {
    std::string entry_id;
    std::uint64_t before = 0;
  };
  const mapiary::client::Store& store_;
  FolderMaker maker_;
  std::map<std::string, std::string> names_;  // to entry ids
  std::map<std::string, Used> used_;          // by entry id
  std::string current_;
  std::optional<mapiary::client::Folder> open_;
  bool bulk_ = false;
  std::uint64_t saved_ = 0;
  std::uint64_t group_ = 0, in_group_ = 0;  // 0: the store ends its groups as it likes
};

/// What happened to single items: said on stderr as well, since a manifest may not be read.
void tell_failure(const ItemRecord& record);

}  // namespace cli
