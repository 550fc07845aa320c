// SPDX-License-Identifier: Apache-2.0
// The map of names of a file in which it is damaged. It says everything twice: a name's number or the CRC of its text,
// and its property set, are in the stream of entries and in the hash bucket they belong to; former versions of the map,
// to which names were only ever added, may be left too. What most of them say counts. [MS-PST] 2.4.7.
// docs/adr/0077-names-of-a-damaged-file.md
#pragma once

#include <memory>
#include <set>

#include "engines/pst/ndb/database.h"
#include "model/named_property.h"

namespace mapiary::engines::pst {

struct MendedNames {
  model::NamedPropertyMap map;
  std::set<std::uint16_t> doubtful;  // ids whose name only one place tells, or that others contradict
};

// Only errors of the disk: what cannot be read is not there.
Result<MendedNames> mend_names(const std::shared_ptr<Database>& database);

}  // namespace mapiary::engines::pst
