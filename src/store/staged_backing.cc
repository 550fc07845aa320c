// SPDX-License-Identifier: Apache-2.0
#include "store/staged_backing.h"

#include <mapicode.h>

#include <algorithm>

#include "store/values.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

Result<std::vector<PropTag>> StagedBacking::list() {
  std::vector<PropTag> tags;
  tags.reserve(computed_tags().size() + props().bag.size() + 1);
  for (const ULONG tag : computed_tags()) {
    if (has_computed(PropTag(tag))) tags.push_back(PropTag(tag));
  }
  for (const PropValue& value : props().bag) {
    const std::uint16_t id = value.tag().id();
    if (!is_private(id) && !is_computed(computed_tags(), id)) tags.push_back(value.tag());
  }
  std::sort(tags.begin(), tags.end());
  return tags;
}

Result<PropValue> StagedBacking::get(PropTag tag) {
  if (is_computed(computed_tags(), tag.id())) {
    if (auto value = computed(tag)) return std::move(*value);
    return fail(Code::kNotFound, "store", "there is no such property", tag.value);
  }
  const PropValue* value = is_private(tag.id()) ? nullptr : props().bag.find(tag.id());
  if (!value) return fail(Code::kNotFound, "store", "there is no such property", tag.value);
  return *value;
}

const PropValue* StagedBacking::peek(PropTag tag) {
  if (is_private(tag.id()) || is_computed(computed_tags(), tag.id())) return nullptr;
  return props().bag.find(tag.id());
}

Status StagedBacking::check_write(PropTag tag) {
  if (!writable_) return fail(Code::kReadOnly, "store", "the object is open for reading only", tag.value);
  if (is_computed(computed_tags(), tag.id())) {
    return fail(Code::kComputed, "store", "the property is computed by the store", tag.value);
  }
  if (is_private(tag.id())) return fail(Code::kNoAccess, "store", "the property is the provider's", tag.value);
  return allow(tag);
}

Status StagedBacking::set(PropValue value) {
  TRY(check_write(value.tag()));
  if (!model::is_known_type(value.tag())) {
    return fail(Code::kInvalidType, "store", "not a property type", value.tag().value);
  }
  props().set(TRY(admit(std::move(value))));
  return {};
}

Status StagedBacking::remove(PropTag tag) {
  TRY(check_write(tag));
  if (!props().erase(tag.id())) return fail(Code::kNotFound, "store", "there is no such property", tag.value);
  return {};
}

Result<std::shared_ptr<property::RandomBytes>> StagedBacking::open_bytes(PropTag tag, property::OpenMode mode) {
  using property::RandomBytes;
  const PropValue* value = props().bag.find(tag.id());
  if (!value || !value->is_blob() || mode.create) return std::shared_ptr<RandomBytes>();
  if (!mode.write) {
    const auto fresh = props().fresh.find(tag.id());
    if (fresh != props().fresh.end()) return std::shared_ptr<RandomBytes>(fresh->second);
    return std::shared_ptr<RandomBytes>(
        std::make_shared<EngineBytes>(core_, object(), value->tag(), value->as_blob().size));
  }
  // A copy is changed, and kept as the value when the stream is committed.
  auto self = std::static_pointer_cast<StagedBacking>(shared_from_this());
  auto load = [self, tag](property::ScratchBytes& into) -> Status {
    return property::append_all(*TRY(self->open_bytes(tag, {})), into);
  };
  auto save = [self, tag](property::ScratchBytes& content) { return self->set_bytes(tag, content, self->code_page()); };
  auto bytes = std::make_shared<property::ScratchBytes>(std::move(load), std::move(save));
  TRY(bytes->load());
  return std::shared_ptr<RandomBytes>(std::move(bytes));
}

Status StagedBacking::set_bytes(PropTag tag, property::RandomBytes& stored, std::uint32_t code_page) {
  if (TRY(stored.size()) <= backend::kInlineLimit) return PropertyBacking::set_bytes(tag, stored, code_page);
  TRY(check_write(tag));
  auto content = std::make_shared<property::ScratchBytes>();
  TRY(property::append_all(stored, *content));
  return props().set_large(tag, std::move(content), code_page);
}

}  // namespace mapiary::store
