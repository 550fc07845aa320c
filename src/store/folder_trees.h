// SPDX-License-Identifier: Apache-2.0
// Folders with all that is in them: copied, moved, deleted inside one store, as completely as can be. What is to be
// done is listed first, then done in batches (store/batches.h); what changed in between is seen and left alone. Not
// under the gate. Pages: imapifolder-copyfolder, imapifolder-deletefolder, imapifolder-emptyfolder.
#pragma once

#include <optional>
#include <string>

#include "store/core.h"

namespace mapiary::store {

struct TreeCopy {
  ObjectId folder = 0;
  ObjectId parent = 0;              // where it is
  ObjectId target = 0;              // the folder it goes to
  std::optional<std::string> name;  // of the copy; its own if there is none
  bool deep = false;                // with its subfolders
};

// False: some messages or subfolders were not copied; search folders never are. kCollision, kFolderCycle.
Result<bool> copy_tree(StoreCore& core, TreeCopy job, IMAPIProgress* progress);
// One step, whatever is in it.
Status move_tree(StoreCore& core, const TreeCopy& job);

struct TreeRemoval {
  ObjectId folder = 0;
  bool with_itself = false;  // else what is in it
  bool associated = false;   // with_itself takes these anyway
};

// False: something stays, as it is submitted or open, and with it the folders that hold it. Senders who asked hear of
// what was deleted unread.
Result<bool> remove_tree(const CorePtr& core, const TreeRemoval& job, IMAPIProgress* progress);

}  // namespace mapiary::store
