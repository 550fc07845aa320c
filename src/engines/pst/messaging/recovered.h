// SPDX-License-Identifier: Apache-2.0
// What recovery (messaging/recovery.h) found, as a folder with folders and messages below it. Every node in it has one
// place, so it has no circles, whatever the nodes say of one another. Immutable, safe from any thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engines/pst/ndb/ids.h"

namespace mapiary::engines::pst {

// What a folder lists in a table each.
enum class Listing : std::uint8_t { kFolders, kMessages, kAssociated };

struct Recovered {
  struct Item {
    Nid home;              // the folder it is shown in
    bool deleted = false;  // the node tree no longer has it; else no folder lists it
    bool rebuilt = false;  // its node was lost and is made up (messaging/rebuild.h)
    std::string former;    // path of the folder of the mailbox it names as its parent; empty: there is none
  };

  Nid top;  // the folder that holds it all; no node of the file
  std::map<Nid, Item> items;
  std::map<std::pair<Nid, Listing>, std::set<Nid>> lists;
  std::set<Nid> lost;                // messages that are listed all the same: a table that no folder has names them
  std::vector<std::string> remains;  // what is not whole, a sentence each
  static constexpr std::size_t kMostRemains = 1000;

  bool empty() const { return items.empty() && lost.empty(); }
  const Item* find(Nid nid) const {
    const auto found = items.find(nid);
    return found == items.end() ? nullptr : &found->second;
  }
  bool has_folder(Nid nid) const { return nid == top || items.contains(nid); }
  const std::set<Nid>& list(Nid folder, Listing what) const {
    static const std::set<Nid> kNone;
    const auto found = lists.find({folder, what});
    return found == lists.end() ? kNone : found->second;
  }
};

}  // namespace mapiary::engines::pst
