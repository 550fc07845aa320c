// SPDX-License-Identifier: Apache-2.0
// Lists of object numbers kept as private PT_MV_I8 properties: of the mailbox object (the running searches, the
// messages in the queue that were no drafts) and of folders (what a search covers). Under the gate, inside a
// transaction.
#pragma once

#include <vector>

#include "store/core.h"

namespace mapiary::store {

model::PropValue number_list(model::PropTag tag, const std::vector<ObjectId>& ids);
// Empty where the bag has no such list.
std::vector<ObjectId> numbers_of(const model::PropBag& bag, model::PropTag tag);

// A list of the mailbox object. Changes are quiet.
Result<std::vector<ObjectId>> mailbox_list(StoreCore& core, backend::Transaction& transaction, model::PropTag tag);
// Puts the object into the list or takes it out.
Status set_listed(StoreCore& core, backend::Transaction& transaction, model::PropTag tag, ObjectId object, bool listed);

}  // namespace mapiary::store
