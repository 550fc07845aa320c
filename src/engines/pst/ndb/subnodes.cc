// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/subnodes.h"

#include <algorithm>

namespace mapiary::engines::pst {

Result<std::shared_ptr<const SubnodeBlock>> Subnodes::load(Bid bid) const {
  if (!bid.is_internal()) return damaged("SLBLOCK", 0, "block " + std::to_string(bid.value) + " is one of data");
  auto& known = database_->data_parts().subnodes;
  if (auto found = known.find(bid.value)) return found;
  const BlockPtr block = TRY(database_->block(bid));
  auto list = std::make_shared<SubnodeBlock>(
      TRY(database_->codec().subnode_block(bytes_of(block->bytes), block->entry.ref.offset)));
  const std::size_t bytes =
      list->entries.capacity() * sizeof(SubnodeEntry) + list->branches.capacity() * sizeof(SubnodeBranch);
  if (!block->damage) known.put(bid.value, list, 128 + bytes);
  return list;
}

Result<std::optional<SubnodeEntry>> Subnodes::find(Nid nid) const {
  if (empty()) return std::optional<SubnodeEntry>();
  auto at = TRY(load(root_));
  if (at->level == 1) {
    const auto after = std::upper_bound(at->branches.begin(), at->branches.end(), nid,
                                        [](Nid wanted, const SubnodeBranch& one) { return wanted < one.nid; });
    if (after == at->branches.begin()) return std::optional<SubnodeEntry>();
    const Bid below = std::prev(after)->block;
    at = TRY(load(below));
    if (at->level != 0) return damaged("SIBLOCK", 0, "what it lists is no SLBLOCK");
  }
  const auto found =
      std::find_if(at->entries.begin(), at->entries.end(), [nid](const SubnodeEntry& one) { return one.nid == nid; });
  if (found == at->entries.end()) return std::optional<SubnodeEntry>();
  return std::optional<SubnodeEntry>(*found);
}

Status Subnodes::walk(const std::function<Result<bool>(const SubnodeEntry&)>& visit,
                      const std::function<void(const Error&)>& on_damage) const {
  if (empty()) return {};
  std::vector<Bid> lists;
  // False: damage that was told.
  const auto list = [&](Bid bid, bool root) -> Result<std::shared_ptr<const SubnodeBlock>> {
    auto loaded = load(bid);
    if (loaded && (*loaded)->level != 0 && !root) loaded = damaged("SIBLOCK", 0, "what it lists is no SLBLOCK");
    if (loaded) return std::move(*loaded);
    if (!on_damage) return tl::unexpected(std::move(loaded).error());
    on_damage(loaded.error());
    return std::shared_ptr<const SubnodeBlock>();
  };
  auto top = TRY(list(root_, true));
  if (!top) return {};
  if (top->level == 0) {
    for (const SubnodeEntry& one : top->entries) {
      if (!TRY(visit(one))) return {};
    }
    return {};
  }
  for (const SubnodeBranch& branch : top->branches) {
    const auto below = TRY(list(branch.block, false));
    if (!below) continue;
    for (const SubnodeEntry& one : below->entries) {
      if (!TRY(visit(one))) return {};
    }
  }
  return {};
}

}  // namespace mapiary::engines::pst
