// SPDX-License-Identifier: Apache-2.0
// Search folders. The criteria are properties of the search folder, its result is links. A search runs when its
// criteria are set, before the call returns; while it is running (SEARCH_RUNNING) every transaction that touches
// messages puts them in or takes them out itself, so results are right in each moment and for each process. Which
// searches run is listed in the mailbox object. Pages: imapicontainer-setsearchcriteria,
// imapicontainer-getsearchcriteria, mapi-search-folders. docs/adr/0041-store-structure.md
#pragma once

#include <optional>
#include <span>

#include "model/restriction.h"
#include "store/core.h"

namespace mapiary::store {

struct SearchCriteria {
  model::Restriction restriction;
  std::vector<ObjectId> folders;
  ULONG state = 0;  // SEARCH_RUNNING, SEARCH_RECURSIVE, SEARCH_FOREGROUND
};

// nullopt: never set.
Result<std::optional<SearchCriteria>> read_criteria(backend::Transaction& transaction, ObjectId search_folder);
// Sets the criteria, and with `run` fills the folder anew.
Status set_criteria(StoreCore& core, ObjectId search_folder, const SearchCriteria& criteria, bool run);
// Inside `transaction`: links of the messages touched in every running search.
Status update_searches(StoreCore& core, backend::Transaction& transaction, std::span<const ObjectId> messages);
// Whether any search runs.
Result<bool> any_search(StoreCore& core, backend::Transaction& transaction);
// A search folder goes: it is no longer among those that run.
Status forget_search(StoreCore& core, backend::Transaction& transaction, ObjectId search_folder);

}  // namespace mapiary::store
