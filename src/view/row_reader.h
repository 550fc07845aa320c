// SPDX-License-Identifier: Apache-2.0
// One row at a time: a source's row, and which of its instances where multivalued columns give a row per value.
// A row with M and N values in two such columns has M * N instances; one without values has one. Not synchronised.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/restriction_evaluator.h"
#include "view/row_source.h"

namespace mapiary::view {

// Whether a value may stand in a column of this tag: the same type, or both text, or the column takes any type.
bool fits_column(const model::PropValue& value, model::PropTag column);

class RowReader {
 public:
  RowReader(RowSource& source, std::span<const model::PropTag> instance_tags)
      : source_(&source), instance_tags_(instance_tags) {}

  void move_to(RowKey row, std::uint32_t instance) {
    row_ = row;
    instance_ = instance;
  }
  RowKey row() const { return row_; }
  // kTooBig: more than `limit`.
  Result<std::uint32_t> instance_count(RowKey row, std::uint32_t limit);
  // The property of the row; for a tag with MV_INSTANCE that is among the instance tags, the value of this instance.
  // May be of another type than the tag names. The result lives as long as `scratch` and the source's row.
  const model::PropValue* value(model::PropTag tag, model::PropValue& scratch);
  // As value(), but nullptr unless it has the type of the tag.
  const model::PropValue* typed_value(model::PropTag tag, model::PropValue& scratch);
  // Not read, as PR_MESSAGE_FLAGS or else PR_READ says.
  bool is_unread();

 private:
  std::uint32_t value_count(model::PropTag tag);

  RowSource* source_;
  std::span<const model::PropTag> instance_tags_;
  RowKey row_ = 0;
  std::uint32_t instance_ = 0;
};

}  // namespace mapiary::view
