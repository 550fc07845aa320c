// SPDX-License-Identifier: Apache-2.0
// Lines about nodes and blocks for expert_view.h. Pure but for what they read.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engines/pst/ndb/database.h"

namespace mapiary::engines::pst {

// "damage", structure and offset and finding as one field.
std::string damage_line(const Error& error);
// `word`, nid, type, parent, data bid, bytes of data, subnode bid, bytes of that block.
std::string node_line(Database& database, std::string_view word, const NodeEntry& node);
// "block", bid, "data" or "internal", offset, bytes in the file, bytes of data, references.
std::string block_line(const BlockEntry& block);
// All about one node: node, data, subnode, heap, item, property, column, row lines.
Result<std::string> node_text(const std::shared_ptr<Database>& database, const std::string& path);

}  // namespace mapiary::engines::pst
