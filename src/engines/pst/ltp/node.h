// SPDX-License-Identifier: Apache-2.0
// A node or subnode opened: its data and its own subnodes. [MS-PST] 2.2.1.1. One thread at a time.
#pragma once

#include <memory>

#include "engines/pst/ndb/data_tree.h"
#include "engines/pst/ndb/subnodes.h"

namespace mapiary::engines::pst {

struct Node {
  std::shared_ptr<Database> database;
  DataTree data;
  Subnodes subnodes;

  static Result<Node> open(std::shared_ptr<Database> database, Bid data, Bid sub) {
    Node node;
    node.database = std::move(database);
    node.data = TRY(DataTree::open(node.database, data));
    node.subnodes = Subnodes(node.database, sub);
    return node;
  }
  // kNotFound: there is no such node.
  static Result<Node> open(const std::shared_ptr<Database>& database, Nid nid) {
    const auto entry = TRY(database->find_node(nid));
    if (!entry) return fail(Code::kNotFound, "pst", "there is no node " + std::to_string(nid.value), nid.value);
    return open(database, entry->data, entry->sub);
  }
  // kNotFound: it has no such subnode.
  Result<Node> open_subnode(Nid nid) const {
    const auto entry = TRY(subnodes.find(nid));
    if (!entry) return fail(Code::kNotFound, "pst", "there is no subnode " + std::to_string(nid.value), nid.value);
    return open(database, entry->data, entry->sub);
  }
};

}  // namespace mapiary::engines::pst
