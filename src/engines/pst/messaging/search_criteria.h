// SPDX-License-Identifier: Apache-2.0
// The criteria of a search folder, as Outlook keeps them in the search criteria object of the folder. [MS-PST] 2.4.8.6
// names the object and leaves its content open; docs/adr/0062-pst-search-criteria.md has what was found. Pure but for
// reading.
#pragma once

#include <optional>
#include <vector>

#include "engines/pst/ltp/property_context.h"
#include "model/restriction.h"

namespace mapiary::engines::pst {

struct SearchCriteria {
  std::optional<model::Restriction> restriction;
  std::vector<Nid> folders;  // where is searched
  std::uint32_t flags = 0;   // SEARCH_RUNNING, _RECURSIVE ...
};

// nullopt: the folder has none. kCorruptStore: they cannot be understood.
Result<std::optional<SearchCriteria>> read_search_criteria(const std::shared_ptr<Database>& database, Nid folder,
                                                           std::uint32_t code_page);

}  // namespace mapiary::engines::pst
