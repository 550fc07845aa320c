// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ltp/property_context.h"

#include <array>

namespace mapiary::engines::pst {

using model::PropTag;
using model::PropValue;

namespace {

constexpr std::size_t kKeyBytes = 2, kDataBytes = 6;  // wPropId; wPropType, dwValueHnid

}  // namespace

Result<PropertyContext> PropertyContext::open(Node node) {
  PropertyContext context;
  context.heap_ = TRY(Heap::open(node.data, HeapClient::kPropertyContext, node.database->geometry()));
  context.node_ = std::move(node);
  context.tree_ = TRY(Bth::open(context.heap_, context.heap_.root()));
  if (context.tree_.key_size() != kKeyBytes || context.tree_.data_size() != kDataBytes) {
    return damaged("PC", 0,
                   "its records have " + std::to_string(context.tree_.key_size()) + " + " +
                       std::to_string(context.tree_.data_size()) + " bytes, not 2 + 6");
  }
  return context;
}

RawProperty PropertyContext::record(const Bth::Record& found) const {
  const auto type = load_le<std::uint16_t>(found.data.data());
  RawProperty property;
  property.tag = PropTag(static_cast<std::uint32_t>(found.key << 16) | type);
  property.value = load_le<std::uint32_t>(found.data.data() + 2);
  return property;
}

Result<std::optional<RawProperty>> PropertyContext::find(std::uint16_t id) {
  const auto found = TRY(tree_.find(heap_, id));
  if (!found) return std::optional<RawProperty>();
  return std::optional<RawProperty>(record(*found));
}

Status PropertyContext::walk(const std::function<Result<bool>(const RawProperty&)>& visit,
                             const std::function<void(const Error&)>& on_damage) {
  return tree_.walk(
      heap_, [&](const Bth::Record& found) -> Result<bool> { return visit(record(found)); }, on_damage);
}

Result<ValueBytes> PropertyContext::open_bytes(const RawProperty& property) {
  return open_value(heap_, node_, property.value);
}

Result<PropValue> PropertyContext::value(const RawProperty& property, std::uint32_t code_page, std::uint64_t limit) {
  if (is_inline(property.tag)) {
    std::array<std::byte, 4> bytes{};
    store_le(bytes.data(), property.value);
    return decode_value(property.tag, bytes, code_page);
  }
  if (property.tag.base_type() == model::PropType::kObject || property.tag.base_type() == model::PropType::kNull) {
    return decode_value(property.tag, {}, code_page);
  }
  ValueBytes bytes = TRY(open_bytes(property));
  return decode_bytes(property.tag, bytes, code_page, limit);
}

std::uint32_t PropertyContext::number(std::uint16_t id) {
  const auto found = find(id);
  const bool is_number = found && *found && (*found)->tag.base_type() == model::PropType::kInt32;
  return is_number ? (*found)->value : 0;
}

Result<PropertyContext::Object> PropertyContext::object(const RawProperty& property) {
  const HeapItem item = TRY(heap_.item(Hid{property.value}));
  if (item.bytes.size() < 8) return damaged("PC", item.offset, "an object value is too short");
  return Object{Nid(load_le<std::uint32_t>(item.bytes.data())), load_le<std::uint32_t>(item.bytes.data() + 4)};
}

}  // namespace mapiary::engines::pst
