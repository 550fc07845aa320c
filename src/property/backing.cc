// SPDX-License-Identifier: Apache-2.0
#include "property/backing.h"

namespace mapiary::property {

Result<std::vector<std::optional<std::uint16_t>>> NameMapping::ids_of(std::span<const model::NamedProperty> names,
                                                                      bool create) {
  std::vector<std::optional<std::uint16_t>> ids;
  for (const model::NamedProperty& name : names) ids.push_back(TRY(id_of(name, create)));
  return ids;
}

Result<std::optional<std::uint16_t>> LocalNames::id_of(const model::NamedProperty& name, bool create) {
  if (!create) return map_->find(name);
  return std::optional<std::uint16_t>(TRY(map_->find_or_create(name)));
}

Result<std::vector<std::optional<std::uint16_t>>> LocalNames::ids_of(std::span<const model::NamedProperty> names,
                                                                     bool create) {
  model::NamedPropertyMap next = create ? *map_ : model::NamedPropertyMap();
  std::vector<std::optional<std::uint16_t>> ids;
  for (const model::NamedProperty& name : names) {
    ids.push_back(create ? std::optional(TRY(next.find_or_create(name))) : map_->find(name));
  }
  if (create) *map_ = std::move(next);
  return ids;
}

Result<std::vector<std::pair<std::uint16_t, model::NamedProperty>>> LocalNames::all() {
  return std::vector<std::pair<std::uint16_t, model::NamedProperty>>(map_->names().begin(), map_->names().end());
}

Result<com::Ref<IUnknown>> PropertyBacking::open_object(model::PropTag tag, REFIID, ULONG, ULONG) {
  return fail(Code::kInterfaceNotSupported, "property", "the property is not offered through this interface",
              tag.value);
}

Status PropertyBacking::set_bytes(model::PropTag tag, RandomBytes& stored, std::uint32_t code_page) {
  std::string bytes = TRY(read_all(stored));
  switch (tag.base_type()) {
    case model::PropType::kUnicode:
      return set(model::PropValue::text(tag, std::move(bytes)));
    case model::PropType::kString8:
      return set(model::PropValue::text8(tag, std::move(bytes), code_page));
    default:
      return set(model::PropValue::binary(tag, std::move(bytes)));
  }
}

}  // namespace mapiary::property
