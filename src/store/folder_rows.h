// SPDX-License-Identifier: Apache-2.0
// Hierarchy tables: the folders below one, of one level or of all (CONVENIENT_DEPTH), as rows that follow the change
// log. All of them are in memory: a store has few folders. Folders come in the order in which they were made, with
// CONVENIENT_DEPTH each before its subfolders. Under the store's gate. Page: hierarchy-tables.
#pragma once

#include "base/result.h"
#include "com/ref.h"
#include "store/core.h"

namespace mapiary::store {

enum class Folders { kChildren, kAll, kNone };  // kNone: SHOW_SOFT_DELETES, as nothing is deleted softly

Result<com::Ref<IMAPITable>> open_hierarchy(const CorePtr& core, ObjectId folder, Folders which, bool unicode);

// A folder's stored properties as a client sees them (private ones left out) with what is computed.
model::PropBag folder_bag(StoreCore& core, const backend::ObjectData& folder, bool writable);

}  // namespace mapiary::store
