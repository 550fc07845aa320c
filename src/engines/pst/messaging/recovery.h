// SPDX-License-Identifier: Apache-2.0
// Finds messages that are whole and in no folder: nodes of the node tree that no folder lists, folders that no other
// one leads to, nodes that only leaves have which a later write replaced, and nodes made up for those that the tree has
// lost (messaging/rebuild.h). Whole: every block that belongs to it is
// there and as it was written, and it has properties that can be read. docs/adr/0063-recovery-and-expert-view.md
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engines/pst/messaging/pst_file.h"
#include "engines/pst/messaging/recovered.h"

namespace mapiary::engines::pst {

// Reads the whole file. Only before other threads have the file: nodes and blocks that the trees have lost are added to
// its database.
Result<std::shared_ptr<const Recovered>> look_for_recoverable(const std::shared_ptr<PstFile>& file);
// Of these only what readers would see if the tree of nodes were whole: messages whose nodes were made up and that no
// folder lists, and those that only the rows of a table are left of.
Result<std::shared_ptr<const Recovered>> look_for_rebuilt(const std::shared_ptr<PstFile>& file);

// What damage that was met may have cost besides what was asked for: messages that are left while the folder is lost
// that listed them, a sentence each. Looks at the whole tree of nodes and the folders' tables for that, so the file's
// damage then has all ranges of nodes that may be lost. Empty if no damage was met.
std::vector<std::string> what_is_lost(const std::shared_ptr<PstFile>& file);

}  // namespace mapiary::engines::pst
