// SPDX-License-Identifier: Apache-2.0
// The named property map of a file. [MS-PST] 2.4.7. Pure but for reading.
#pragma once

#include <functional>

#include "engines/pst/ltp/property_context.h"
#include "model/named_property.h"

namespace mapiary::engines::pst {

// What `store` lists under NID 0x61; entries that cannot be are told to `on_damage` (may be empty) and left out. An
// error only if the node cannot be read at all.
Result<model::NamedPropertyMap> read_names(const std::shared_ptr<Database>& database,
                                           const std::function<void(const Error&)>& on_damage = {});
// How many entries there are, whatever they say.
Result<std::size_t> count_names(const std::shared_ptr<Database>& database);

}  // namespace mapiary::engines::pst
