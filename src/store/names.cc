// SPDX-License-Identifier: Apache-2.0
#include "store/names.h"

#include <algorithm>
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
  return TRY(ids_of(std::span(&name, 1), create)).front();
}

Result<std::vector<std::optional<std::uint16_t>>> StoreNames::ids_of(std::span<const model::NamedProperty> names,
                                                                     bool create) {
  std::vector<std::optional<std::uint16_t>> ids;
  const auto look = [&] {
    ids.clear();
    for (const model::NamedProperty& name : names) ids.push_back(map_ ? map_->find(name) : std::nullopt);
    return std::find(ids.begin(), ids.end(), std::nullopt) == ids.end();
  };
  if (look()) return ids;
  TRY(refresh());
  if (look() || !create || !core_.writable()) return ids;
  Writer writer = TRY(core_.write());
  auto made = TRY(writer->names(names));
  TRY(writer.commit());
  map_ = std::move(made);
  look();
  return ids;
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

// Where no name is ever made, the names themselves need not be read for it.
std::uint32_t StoreNames::count() {
  if (core_.info().capabilities.unchanging) {
    if (!count_) {
      auto transaction = core_.read();
      const auto all = transaction ? (*transaction)->name_count() : Result<std::size_t>(0);
      if (!transaction || !all) return 0;
      count_ = static_cast<std::uint32_t>(*all);
    }
    return *count_;
  }
  if (!map_) (void)refresh();
  return static_cast<std::uint32_t>(map_ ? map_->size() : 0);
}

std::string StoreNames::signature() {
  ByteWriter out(20);
  out.put_guid(core_.info().uid);
  out.put_u32(count());
  return out.take();
}

}  // namespace mapiary::store
