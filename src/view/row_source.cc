// SPDX-License-Identifier: Apache-2.0
#include "view/row_source.h"

namespace mapiary::view {

Status RowSource::scan(const RowQuery& query, RowSink& sink) {
  const RowAnswer answer = TRY(rows(query));
  sink.begin(answer.filtered, answer.sorted, answer.keys.size());
  for (const RowKey key : answer.keys) {
    if (!TRY(sink.row(key))) break;
  }
  return {};
}

Result<bool> RowSource::any_sub_object(RowKey, model::PropTag table, const model::RestrictionTarget::SubObjectTest&) {
  return fail(Code::kTooComplex, "view", "This table has no sub-objects to restrict", table.value);
}

Result<model::PropValue> RowSource::load(RowKey, const model::PropValue& blob) {
  return fail(Code::kTooComplex, "view", "A large value cannot be searched in this table", blob.tag().value);
}

}  // namespace mapiary::view
