// SPDX-License-Identifier: Apache-2.0
#include "view/row_source.h"

namespace mapiary::view {

Result<bool> RowSource::any_sub_object(RowKey, model::PropTag table, const model::RestrictionTarget::SubObjectTest&) {
  return fail(Code::kTooComplex, "view", "This table has no sub-objects to restrict", table.value);
}

Result<model::PropValue> RowSource::load(RowKey, const model::PropValue& blob) {
  return fail(Code::kTooComplex, "view", "A large value cannot be searched in this table", blob.tag().value);
}

}  // namespace mapiary::view
