// SPDX-License-Identifier: Apache-2.0
// Names and ids of a store: one mapping for every object in it, kept by the engine. Names are only ever added, by any
// process; a name that is not known here is looked for in the mailbox again. Under the store's gate. Pages:
// imapiprop-getidsfromnames, pidtagmappingsignature-canonical-property.
#pragma once

#include "property/backing.h"

namespace mapiary::store {

class StoreCore;

class StoreNames final : public property::NameMapping {
 public:
  explicit StoreNames(StoreCore& core) : core_(core) {}

  Result<std::optional<std::uint16_t>> id_of(const model::NamedProperty& name, bool create) override;
  // In one transaction.
  Result<std::vector<std::optional<std::uint16_t>>> ids_of(std::span<const model::NamedProperty> names,
                                                           bool create) override;
  Result<std::optional<model::NamedProperty>> name_of(std::uint16_t id) override;
  Result<std::vector<std::pair<std::uint16_t, model::NamedProperty>>> all() override;
  // PR_MAPPING_SIGNATURE: the store and how many names it has, as a mapping that only grows changes with their number.
  std::string signature();

 private:
  Status refresh();
  std::uint32_t count();

  StoreCore& core_;
  std::shared_ptr<const model::NamedPropertyMap> map_;
  std::optional<std::uint32_t> count_;  // where it never changes
};

}  // namespace mapiary::store
