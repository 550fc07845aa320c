// SPDX-License-Identifier: Apache-2.0
// Nodes for what the tree of nodes has lost, made up from blocks alone: a context of properties that no node names any
// more is a message (or the store, or the map of names); the list of subnodes that has what it refers to is its own;
// the row of a folder's table with the same times, size and subject has its number. [MS-PST] 2.2.2.8, 2.3.3, 2.4.5.
//
// A list of subnodes that only might be a message's is not taken for it: a message without its recipients is better
// than one with those of another. docs/adr/0075-nodes-from-blocks.md. Pure but for reading.
#pragma once

#include <memory>

#include "engines/pst/ndb/database.h"

namespace mapiary::engines::pst {

// Reads the whole file. Messages that no row names have numbers that nothing else has.
Result<RebuiltNodes> rebuild_nodes(const std::shared_ptr<Database>& database);

}  // namespace mapiary::engines::pst
