// SPDX-License-Identifier: Apache-2.0
// Contents tables: the messages of a folder, of a search folder, its associated messages, or the outgoing queue, as
// rows that follow the change log. Values come from the engine in pieces of a few rows, in the columns asked for so
// far; filters and orders over stored properties are handed down to the engine. Under the store's gate. Pages:
// contents-tables, outgoing-queue-tables.
#pragma once

#include <optional>

#include "base/result.h"
#include "com/ref.h"
#include "model/sort_order.h"
#include "store/core.h"

namespace mapiary::store {

struct ContentsRequest {
  ObjectId folder = 0;
  bool is_search = false;
  bool associated = false;
  bool conversations = false;  // one row a conversation: the newest message of each
  bool queue = false;          // the outgoing queue's columns
  bool nothing = false;        // SHOW_SOFT_DELETES: there are none
  bool unicode = false;
  std::optional<model::SortOrder> order;  // SaveContentsSort
};

Result<com::Ref<IMAPITable>> open_contents(const CorePtr& core, const ContentsRequest& request);

}  // namespace mapiary::store
