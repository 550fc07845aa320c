// SPDX-License-Identifier: Apache-2.0
#include "imessage/set_backing.h"

#include <imessage.h>

#include <algorithm>

#include "com/convert.h"

namespace mapiary::imessage {

using model::PropTag;
using model::PropType;
using model::PropValue;

PropValue stored_text(const PropValue& value, const MessageState& message) {
  return com::with_text_type(value, message.root->unicode ? PropType::kUnicode : PropType::kString8,
                             message.code_page());
}

bool SetBacking::is_computed(std::uint16_t id) const {
  const auto ids = computed_ids();
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

Result<std::vector<PropTag>> SetBacking::list() {
  std::vector<PropTag> tags;
  for (const std::uint16_t id : computed_ids()) {
    if (const auto value = computed(id)) tags.push_back(value->tag());
  }
  for (const PropValue& value : props().bag()) {
    if (!is_computed(value.tag().id())) tags.push_back(value.tag());
  }
  std::sort(tags.begin(), tags.end());
  return tags;
}

Result<PropValue> SetBacking::get(PropTag tag) {
  if (is_computed(tag.id())) {
    if (auto value = computed(tag.id())) return std::move(*value);
    return fail(Code::kNotFound, "imessage", "there is no such property", tag.value);
  }
  const PropValue* value = props().bag().find(tag.id());
  if (!value) return fail(Code::kNotFound, "imessage", "there is no such property", tag.value);
  return *value;
}

Status SetBacking::check_write(PropTag tag) {
  if (is_computed(tag.id())) return fail(Code::kComputed, "imessage", "the property is computed", tag.value);
  if (props().attributes(tag.id()) & PROPATTR_WRITEABLE) return {};
  return fail(Code::kNoAccess, "imessage", "an attribute makes the property read-only", tag.value);
}

Status SetBacking::set(PropValue value) {
  if (!writable_) return fail(Code::kReadOnly, "imessage", "the object is open for reading only", value.tag().value);
  TRY(check_write(value.tag()));
  if (!model::is_known_type(value.tag()))
    return fail(Code::kInvalidType, "imessage", "not a property type", value.tag().value);
  props().bag().set(stored_text(value, *message_));
  changed();
  return {};
}

Status SetBacking::remove(PropTag tag) {
  TRY(check_write(tag));
  if (!props().bag().erase(tag.id())) return fail(Code::kNotFound, "imessage", "there is no such property", tag.value);
  changed();
  return {};
}

Result<std::shared_ptr<property::RandomBytes>> SetBacking::open_bytes(PropTag tag, property::OpenMode mode) {
  const PropValue* value = props().bag().find(tag.id());
  if (!value || !value->is_blob() || mode.create) return std::shared_ptr<property::RandomBytes>();
  if (!mode.write) return props().open(value->tag());
  // Changed in memory, kept as a value when the stream is committed.
  std::string bytes = TRY(property::read_all(*TRY(props().open(value->tag()))));
  auto save = [self = shared_from_this(), tag](const std::string& changed_bytes) {
    return self->set(PropValue::binary(tag, changed_bytes));
  };
  return std::shared_ptr<property::RandomBytes>(
      std::make_shared<property::MemoryBytes>(std::move(bytes), std::move(save)));
}

}  // namespace mapiary::imessage
