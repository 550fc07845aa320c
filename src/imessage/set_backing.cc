// SPDX-License-Identifier: Apache-2.0
#include "imessage/set_backing.h"

#include <imessage.h>

#include <algorithm>

#include "com/convert.h"
#include "property/scratch_bytes.h"

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

Status SetBacking::check_set(PropTag tag) {
  if (!writable_) return fail(Code::kReadOnly, "imessage", "the object is open for reading only", tag.value);
  TRY(check_write(tag));
  if (!model::is_known_type(tag)) return fail(Code::kInvalidType, "imessage", "not a property type", tag.value);
  return {};
}

Status SetBacking::set(PropValue value) {
  TRY(check_set(value.tag()));
  props().forget_large(value.tag().id());
  props().bag().set(stored_text(value, *message_));
  changed();
  return {};
}

Status SetBacking::set_bytes(PropTag tag, property::RandomBytes& stored, std::uint32_t code_page) {
  const bool is_text = tag.base_type() == PropType::kUnicode || tag.base_type() == PropType::kString8;
  const bool converts = is_text && (tag.base_type() == PropType::kUnicode) != root_->unicode;
  // Text that changes between Unicode and a code page goes through memory: not every code page can be cut in pieces.
  if (converts || TRY(stored.size()) <= property::kInMemory) {
    return PropertyBacking::set_bytes(tag, stored, code_page);
  }
  TRY(check_set(tag));
  auto content = std::make_shared<property::ScratchBytes>();
  if (tag.base_type() == PropType::kUnicode) {
    TRY(property::append_text(stored, property::TextForm::kUtf8, *content, property::TextForm::kUtf16));
  } else {
    TRY(property::append_all(stored, *content));
  }
  TRY(props().set_large(tag, std::move(content), code_page));
  changed();
  return {};
}

Status SetBacking::remove(PropTag tag) {
  TRY(check_write(tag));
  if (!props().bag().erase(tag.id())) return fail(Code::kNotFound, "imessage", "there is no such property", tag.value);
  props().forget_large(tag.id());
  changed();
  return {};
}

Result<std::shared_ptr<property::RandomBytes>> SetBacking::open_bytes(PropTag tag, property::OpenMode mode) {
  const PropValue* value = props().bag().find(tag.id());
  if (!value || !value->is_blob() || mode.create) return std::shared_ptr<property::RandomBytes>();
  if (!mode.write) return props().open(value->tag());
  // A copy is changed, and kept as the value when the stream is committed.
  auto load = [self = shared_from_this(), tag](property::ScratchBytes& into) -> Status {
    return property::append_all(*TRY(self->props().open(tag)), into);
  };
  auto save = [self = shared_from_this(), tag](property::ScratchBytes& content) {
    return self->set_bytes(tag, content, self->code_page());
  };
  auto bytes = std::make_shared<property::ScratchBytes>(std::move(load), std::move(save));
  TRY(bytes->load());
  return std::shared_ptr<property::RandomBytes>(std::move(bytes));
}

}  // namespace mapiary::imessage
