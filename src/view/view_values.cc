// SPDX-License-Identifier: Apache-2.0
// What rows of a view say of themselves: instance keys, the columns a table computes, properties of headings, rows as
// restrictions see them.
#include <algorithm>

#include "base/bytes.h"
#include "view/view_rows.h"

namespace mapiary::view {
namespace {

using model::PropTag;
using model::PropType;
using model::PropValue;

constexpr PropTag kInstanceKey(0x0FF60102u);
constexpr PropTag kRowType(0x0FF50003u);
constexpr PropTag kDepth(0x30050003u);
constexpr PropTag kContentCount(0x36020003u);
constexpr PropTag kContentUnread(0x36030003u);
constexpr PropTag kInstId(0x674D0014u);
constexpr PropTag kInstanceNum(0x674E0003u);

constexpr std::int32_t kLeafRow = 1, kExpandedCategory = 3, kCollapsedCategory = 4;  // TBL_*

// Of an instance key of our making: the row's key or the heading's serial, the instance, the view and what it is.
// Little-endian.
constexpr std::size_t kInstanceKeySize = 16;
constexpr std::uint32_t kHeadingBit = 0x80000000u;

const PropValue* hand_out(PropValue value, PropValue& scratch) {
  scratch = std::move(value);
  return &scratch;
}

}  // namespace

std::string ViewRows::made_key(std::uint64_t name, std::uint32_t instance, bool heading) const {
  ByteWriter bytes(kInstanceKeySize);
  bytes.put_u64(name);
  bytes.put_u32(instance);
  bytes.put_u32((spec_.view_number & ~kHeadingBit) | (heading ? kHeadingBit : 0));
  return bytes.take();
}

std::string ViewRows::instance_key(Id id) const {
  if (is_heading(id)) return made_key(heading(id).serial, 0, true);
  if (id < own_keys_.size() && !own_keys_[id].empty()) return own_keys_[id];
  return made_key(items_[id].row, items_[id].instance, false);
}

// Keeps the key that the source gives a row: when the row is gone, the source can no longer tell.
void ViewRows::learn_instance_key(Id id) {
  if (!spec_.source->has_instance_keys() || !spec_.plan.instance_tags.empty()) return;
  PropValue scratch;
  const PropValue* own = spec_.source->find(items_[id].row, kInstanceKey, scratch);
  if (own == nullptr || !own->is_bytes() || own->tag() != kInstanceKey) return;
  if (own_keys_.size() <= id) own_keys_.resize(items_.size());
  own_keys_[id] = own->as_bytes();
  by_own_key_[own_keys_[id]] = id;
}

Id ViewRows::find_instance_key(std::string_view key) const {
  if (!by_own_key_.empty()) {
    const auto own = by_own_key_.find(std::string(key));
    if (own != by_own_key_.end()) return own->second;
  }
  if (key.size() != kInstanceKeySize) return kNone;
  const std::byte* at = bytes_of(key).data();
  const auto name = load_le<std::uint64_t>(at);
  const auto instance = load_le<std::uint32_t>(at + 8);
  const auto mark = load_le<std::uint32_t>(at + 12);
  if ((mark & ~kHeadingBit) != (spec_.view_number & ~kHeadingBit)) return kNone;
  if ((mark & kHeadingBit) == 0) {
    const Id id = find(name, instance);
    return id < own_keys_.size() && !own_keys_[id].empty() ? kNone : id;
  }
  if (instance != 0) return kNone;
  const auto found = serials().find(name);
  return found == serials().end() ? kNone : found->second;
}

const PropValue* ViewRows::value(Id id, PropTag tag, PropValue& scratch) {
  if (is_heading(id)) return heading_value(id, tag, scratch);
  return leaf_value(items_[id].row, items_[id].instance, tag, scratch);
}

const PropValue* ViewRows::leaf_value(RowKey row, std::uint32_t instance, PropTag tag, PropValue& scratch) {
  reader_.move_to(row, instance);
  if (tag.id() == kInstanceKey.id()) {
    if (spec_.source->has_instance_keys() && spec_.plan.instance_tags.empty()) {
      if (const PropValue* own = reader_.value(kInstanceKey, scratch); own != nullptr && own->is_bytes()) return own;
    }
    return hand_out(PropValue::binary(kInstanceKey, made_key(row, instance, false)), scratch);
  }
  const bool computed =
      tag.id() == kRowType.id() || tag.id() == kDepth.id() || tag.id() == kInstId.id() || tag.id() == kInstanceNum.id();
  if (!computed) return reader_.value(tag, scratch);
  const auto levels = static_cast<std::int32_t>(spec_.plan.levels.size());
  // A hierarchy table has depths of its own, a nested table row types: they hold as long as nobody sorts by categories.
  const bool ours = levels > 0 && (tag.id() == kRowType.id() || tag.id() == kDepth.id());
  if (!ours) {
    if (const PropValue* own = reader_.value(tag, scratch)) return own;
  }
  if (tag.id() == kRowType.id()) return hand_out(PropValue::int32(kRowType, kLeafRow), scratch);
  if (tag.id() == kDepth.id()) return hand_out(PropValue::int32(kDepth, levels), scratch);
  if (tag.id() == kInstId.id()) return hand_out(PropValue::int64(kInstId, static_cast<std::int64_t>(row)), scratch);
  return hand_out(PropValue::int32(kInstanceNum, static_cast<std::int32_t>(instance)), scratch);
}

const PropValue* ViewRows::heading_value(Id id, PropTag tag, PropValue& scratch) {
  const Heading& own = heading(id);
  const auto number = [&](PropTag as, std::uint32_t n) {
    return hand_out(PropValue::int32(as, static_cast<std::int32_t>(n)), scratch);
  };
  if (tag.id() == kInstanceKey.id()) return hand_out(PropValue::binary(kInstanceKey, instance_key(id)), scratch);
  if (tag.id() == kRowType.id()) {
    return hand_out(PropValue::int32(kRowType, own.expanded ? kExpandedCategory : kCollapsedCategory), scratch);
  }
  if (tag.id() == kDepth.id()) return number(kDepth, own.level);
  if (tag.id() == kContentCount.id()) return number(kContentCount, own.rows);
  if (tag.id() == kContentUnread.id()) return number(kContentUnread, own.unread);
  if (tag.id() == kInstanceNum.id()) return number(kInstanceNum, 0);
  if (tag.id() == kInstId.id()) {
    return hand_out(PropValue::int64(kInstId, static_cast<std::int64_t>(own.serial)), scratch);
  }
  const OrderPlan::Level& level = spec_.plan.levels[own.level];
  for (std::uint32_t i = 0; i < level.columns_end; ++i) {
    const PropTag column = spec_.plan.columns[i].tag;
    if (column.id() != tag.id()) continue;
    const Id leaf = first_leaf(id);
    reader_.move_to(items_[leaf].row, items_[leaf].instance);
    return reader_.value(column, scratch);
  }
  if (level.aggregate && level.aggregate->id() == tag.id()) {
    reader_.move_to(own.aggregate_row, own.aggregate_instance);
    return reader_.value(*level.aggregate, scratch);
  }
  return nullptr;
}

const PropValue* RowTarget::property(PropTag tag) {
  PropValue& scratch = scratch_.emplace_back();
  return leaf_ ? rows_.leaf_value(row_, id_ == kNone ? instance_ : rows_.instance(id_), tag, scratch)
               : rows_.heading_value(id_, tag, scratch);
}

Result<bool> RowTarget::any_sub_object(PropTag table, const SubObjectTest& test) {
  if (!leaf_) return false;
  return rows_.spec_.source->any_sub_object(row_, table, test);
}

Result<PropValue> RowTarget::load(const PropValue& blob) {
  return rows_.spec_.source->load(row_, blob);
}

}  // namespace mapiary::view
