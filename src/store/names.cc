// SPDX-License-Identifier: Apache-2.0
#include "store/names.h"

#include <array>

#include "base/bytes.h"
#include "store/core.h"

namespace mapiary::store {

Status StoreNames::refresh() {
  auto transaction = TRY(core_.read());
  map_ = TRY(transaction->names());
  return {};
}

Result<std::optional<std::uint16_t>> StoreNames::id_of(const model::NamedProperty& name, bool create) {
  if (map_) {
    if (const auto known = map_->find(name)) return known;
  }
  TRY(refresh());
  if (const auto known = map_->find(name)) return known;
  if (!create || !core_.writable()) return std::optional<std::uint16_t>();
  Writer writer = TRY(core_.write());
  auto made = TRY(writer->names(std::span(&name, 1)));
  TRY(writer.commit());
  map_ = std::move(made);
  return map_->find(name);
}

Result<std::optional<model::NamedProperty>> StoreNames::name_of(std::uint16_t id) {
  if (map_) {
    if (auto known = map_->name_of(id)) return known;
  }
  TRY(refresh());
  return map_->name_of(id);
}

Result<std::vector<std::pair<std::uint16_t, model::NamedProperty>>> StoreNames::all() {
  TRY(refresh());
  return std::vector<std::pair<std::uint16_t, model::NamedProperty>>(map_->names().begin(), map_->names().end());
}

std::string StoreNames::signature() {
  if (!map_) (void)refresh();
  ByteWriter out(20);
  out.put_guid(core_.info().uid);
  out.put_u32(static_cast<std::uint32_t>(map_ ? map_->size() : 0));
  return out.take();
}

}  // namespace mapiary::store
