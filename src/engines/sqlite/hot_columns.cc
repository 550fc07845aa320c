// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/hot_columns.h"

#include <string>

namespace mapiary::engines::sqlite {

using mapiary::sqlite::Statement;
using model::PropType;
using model::PropValue;

std::optional<std::size_t> hot_column(std::uint16_t property) {
  for (std::size_t i = 0; i < kHotCount; ++i) {
    if (kHotColumns[i].tag.id() == property) return i;
  }
  return std::nullopt;
}

bool fits_column(std::size_t column, const PropValue& value) {
  return value.tag() == kHotColumns[column].tag && !value.is_blob() &&
         (!value.is_bytes() || value.as_bytes().size() <= kHotText);
}

Status bind_hot(Statement& statement, int place, const PropValue& value) {
  switch (value.tag().base_type()) {
    case PropType::kInt32:
      return statement.bind(place, std::int64_t{value.as_int32()});
    case PropType::kBool:
      return statement.bind(place, std::int64_t{value.as_bool()});
    case PropType::kUnicode:
      return statement.bind(place, value.as_bytes());
    case PropType::kBinary:
      return statement.bind_blob(place, value.as_bytes());
    default:
      return statement.bind(place, value.as_int64());
  }
}

PropValue hot_value(const Statement& row, int at, std::size_t column) {
  if (row.is_null(at)) return {};
  const model::PropTag tag = kHotColumns[column].tag;
  switch (tag.base_type()) {
    case PropType::kInt32:
      return PropValue::int32(tag, static_cast<std::int32_t>(row.integer(at)));
    case PropType::kBool:
      return PropValue::boolean(tag, row.integer(at) != 0);
    case PropType::kUnicode:
      return PropValue::text(tag, std::string(row.text(at)));
    case PropType::kBinary:
      return PropValue::binary(tag, std::string(row.blob(at)));
    default:
      return PropValue::int64(tag, row.integer(at));
  }
}

}  // namespace mapiary::engines::sqlite
