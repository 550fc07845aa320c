// SPDX-License-Identifier: Apache-2.0
#include "view/row_reader.h"

#include <algorithm>

namespace mapiary::view {
namespace {

using model::PropTag;
using model::PropType;
using model::PropValue;

constexpr PropTag kMessageFlags(0x0E070003u);
constexpr PropTag kRead(0x0E69000Bu);
constexpr std::int32_t kFlagRead = 1;  // MSGFLAG_READ

PropTag whole(PropTag tag) {
  return tag.with_raw_type(static_cast<std::uint16_t>(tag.raw_type() & ~model::kMultiValueInstance));
}

}  // namespace

bool fits_column(const PropValue& value, PropTag column) {
  const PropTag have = value.tag();
  if (column.base_type() == PropType::kUnspecified) return true;
  if (have.base_type() != column.base_type() && !(have.is_text() && column.is_text())) return false;
  return have.is_multivalued() == column.is_multivalued() || column.is_instance();
}

std::uint32_t RowReader::value_count(PropTag tag) {
  PropValue scratch;
  const PropValue* value = source_->find(row_, whole(tag), scratch);
  if (value == nullptr || !value->is_multi() || !fits_column(*value, whole(tag))) return 1;
  return static_cast<std::uint32_t>(std::clamp<std::size_t>(value->value_count(), 1, 0xFFFFFFFF));
}

Result<std::uint32_t> RowReader::instance_count(RowKey row, std::uint32_t limit) {
  row_ = row;
  std::uint64_t count = 1;
  for (const PropTag tag : instance_tags_) {
    count *= value_count(tag);
    if (count > limit) {
      return fail(Code::kTooBig, "view", "Multivalued columns make too many rows of one row", tag.value);
    }
  }
  return static_cast<std::uint32_t>(count);
}

const PropValue* RowReader::value(PropTag tag, PropValue& scratch) {
  const PropValue* value = source_->find(row_, whole(tag), scratch);
  if (value == nullptr || !tag.is_instance() || !value->is_multi() || !fits_column(*value, whole(tag))) return value;
  // The instance number in mixed radix: the first instance tag is the digit that changes slowest.
  std::uint32_t rest = instance_;
  for (std::size_t i = instance_tags_.size(); i-- > 0;) {
    const bool found = instance_tags_[i].id() == tag.id();
    const std::uint32_t count =
        found ? static_cast<std::uint32_t>(value->value_count()) : value_count(instance_tags_[i]);
    const std::uint32_t digit = rest % std::max(count, 1u);
    rest /= std::max(count, 1u);
    if (!found) continue;
    if (count == 0) return nullptr;
    scratch = value->instance(digit, value->tag().with_type(value->tag().base_type()));
    return &scratch;
  }
  return value;  // not expanded in this view: the whole property
}

const PropValue* RowReader::typed_value(PropTag tag, PropValue& scratch) {
  const PropValue* found = value(tag, scratch);
  return found != nullptr && fits_column(*found, tag) ? found : nullptr;
}

bool RowReader::is_unread() {
  PropValue scratch;
  if (const PropValue* flags = typed_value(kMessageFlags, scratch)) return (flags->as_int32() & kFlagRead) == 0;
  const PropValue* read = typed_value(kRead, scratch);
  return read != nullptr && !read->as_bool();
}

}  // namespace mapiary::view
