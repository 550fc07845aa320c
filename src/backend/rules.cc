// SPDX-License-Identifier: Apache-2.0
#include "backend/rules.h"

#include <algorithm>
#include <string>

namespace mapiary::backend {
namespace {

using model::PropTag;
using model::PropType;
using model::PropValue;

constexpr std::int64_t kLargestMessage = std::int64_t{1} << 40;

Status check_value(const PropValue& value, ObjectId object) {
  const PropTag tag = value.tag();
  if (tag.id() == 0 || tag.id() == 0xFFFF) {
    return fail(Code::kInvalidArgument, "backend", "no property has this id", tag.value);
  }
  const PropType type = tag.base_type();
  if (type == PropType::kUnspecified || type == PropType::kNull || type == PropType::kError || tag.is_instance()) {
    return fail(Code::kTypeNotSupported, "backend", "values of this type are not kept", tag.value);
  }
  if (value.is_blob()) {
    if (object == 0 || !can_be_blob(tag) || value.as_blob().key != blob_ref(object, tag.id(), 0).key) {
      return fail(Code::kInvalidArgument, "backend", "a blob reference to another value", tag.value);
    }
    return {};
  }
  if (value.is_multi() && value.stored_size() > kMultiLimit) {
    return fail(Code::kTooBig, "backend", "a multivalued property is too large", tag.value);
  }
  return {};
}

}  // namespace

bool can_be_blob(PropTag tag) {
  if (tag.is_multivalued()) return false;
  const PropType type = tag.base_type();
  return type == PropType::kUnicode || type == PropType::kString8 || type == PropType::kBinary;
}

bool may_open_blob(PropTag tag) {
  return can_be_blob(tag) && tag.id() != 0 && tag.id() != 0xFFFF && tag.id() != engine_tag::kMessageFlags.id() &&
         tag.id() != engine_tag::kMessageSize.id();
}

model::BlobRef blob_ref(ObjectId object, std::uint16_t property, std::uint64_t size) {
  return {object * 65536 + property, size};
}

bool is_over(const PropValue& value, std::uint64_t inline_limit) {
  return can_be_blob(value.tag()) && !value.is_blob() && value.as_bytes().size() > inline_limit;
}

PropValue as_reference(ObjectId object, const PropValue& value, std::uint64_t size) {
  const model::BlobRef ref = blob_ref(object, value.tag().id(), size);
  if (value.tag().base_type() == PropType::kString8) return PropValue::blob8(value.tag(), ref, value.code_page());
  return PropValue::blob(value.tag(), ref);
}

Status check_update(const Update& update, ObjectId object, bool is_message) {
  for (const PropValue& value : update.set) TRY(check_value(value, object));
  if (update.recipients == nullptr) return {};
  if (!is_message) return fail(Code::kInvalidArgument, "backend", "only messages have recipients", object);
  std::uint64_t size = 0;
  for (const model::PropBag& recipient : *update.recipients) {
    for (const PropValue& value : recipient) {
      TRY(check_value(value, 0));
      size += value.stored_size();
    }
  }
  if (size > kMultiLimit) return fail(Code::kTooBig, "backend", "the recipients are too large", size);
  return {};
}

bool may_contain(ObjectKind parent_kind, ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kMailbox:
      return false;
    case ObjectKind::kFolder:
    case ObjectKind::kSearchFolder:
      return parent_kind == ObjectKind::kFolder || parent_kind == ObjectKind::kMailbox;
    case ObjectKind::kMessage:
      return parent_kind == ObjectKind::kFolder || parent_kind == ObjectKind::kAttachment;
    case ObjectKind::kAssociated:
      return parent_kind == ObjectKind::kFolder;
    case ObjectKind::kAttachment:
      return is_message(parent_kind);
  }
  return false;
}

Tally tally_of(ObjectKind kind, const PropValue* flags, const PropValue* size) {
  Tally tally;
  tally.associated = kind == ObjectKind::kAssociated;
  const bool flagged = flags != nullptr && flags->tag() == engine_tag::kMessageFlags;
  tally.unread = !tally.associated && !(flagged && (flags->as_int32() & engine_tag::kReadBit) != 0);
  if (size != nullptr && size->tag() == engine_tag::kMessageSize) {
    tally.size = std::clamp<std::int64_t>(size->as_int64(), 0, kLargestMessage);
  }
  return tally;
}

Tally tally_of(ObjectKind kind, const model::PropBag& props) {
  return tally_of(kind, props.find(engine_tag::kMessageFlags.id()), props.find(engine_tag::kMessageSize.id()));
}

void add_tally(FolderCounts& counts, const Tally& tally, int sign) {
  const auto one = static_cast<std::uint64_t>(static_cast<std::int64_t>(sign));
  (tally.associated ? counts.associated : counts.messages) += one;
  if (tally.unread) counts.unread += one;
  counts.size += sign * tally.size;
}

}  // namespace mapiary::backend
