// SPDX-License-Identifier: Apache-2.0
// What a restriction looks at in a message beyond its own small properties: recipients, attachments, large values. Used
// by contents tables and by searches, inside a transaction.
#pragma once

#include "backend/transaction.h"
#include "model/restriction_evaluator.h"

namespace mapiary::store {

// RES_SUBRESTRICTION on PR_MESSAGE_RECIPIENTS or PR_MESSAGE_ATTACHMENTS; kTooComplex for any other table.
Result<bool> any_part(backend::Transaction& transaction, backend::ObjectId message, model::PropTag table,
                      const model::RestrictionTarget::SubObjectTest& test);
// The value a blob reference of the message stands for. kTooComplex over 64 MiB: a restriction holds it in memory.
Result<model::PropValue> load_whole(backend::Transaction& transaction, backend::ObjectId object,
                                    const model::PropValue& blob);

}  // namespace mapiary::store
