// SPDX-License-Identifier: Apache-2.0
#include "imessage/message_backing.h"

#include <mapiaux.h>
#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>

#include "com/convert.h"
#include "imessage/attach_object.h"

namespace mapiary::imessage {

using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

std::vector<PropTag> tags_of(std::initializer_list<ULONG> raw) {
  std::vector<PropTag> tags;
  for (const ULONG tag : raw) tags.push_back(PropTag(tag));
  return tags;
}

std::uint16_t id_of(ULONG tag) {
  return static_cast<std::uint16_t>(PROP_ID(tag));
}

}  // namespace

MessageBacking::MessageBacking(std::shared_ptr<MessageState> state)
    : SetBacking(state->root, state),
      recipients_(PropTag(PR_ROWID),
                  tags_of({PR_ROWID, PR_RECIPIENT_TYPE, PR_DISPLAY_NAME_W, PR_ADDRTYPE_W, PR_EMAIL_ADDRESS_W,
                           PR_ENTRYID, PR_OBJECT_TYPE, PR_DISPLAY_TYPE, PR_SEARCH_KEY})),
      attachments_(PropTag(PR_ATTACH_NUM),
                   tags_of({PR_ATTACH_NUM, PR_ATTACH_METHOD, PR_ATTACH_FILENAME_W, PR_ATTACH_LONG_FILENAME_W,
                            PR_DISPLAY_NAME_W, PR_ATTACH_SIZE, PR_RENDERING_POSITION, PR_ATTACH_MIME_TAG_W})) {
  writable_ = message_->writable;
}

std::vector<std::uint16_t> MessageBacking::computed_ids() const {
  return {id_of(PR_OBJECT_TYPE),  id_of(PR_MESSAGE_RECIPIENTS), id_of(PR_MESSAGE_ATTACHMENTS), id_of(PR_HASATTACH),
          id_of(PR_MESSAGE_SIZE), id_of(PR_ACCESS_LEVEL),       id_of(PR_STORE_SUPPORT_MASK)};
}

std::optional<PropValue> MessageBacking::computed(std::uint16_t id) {
  switch (id) {
    case PROP_ID(PR_OBJECT_TYPE):
      return PropValue::int32(PropTag(PR_OBJECT_TYPE), MAPI_MESSAGE);
    case PROP_ID(PR_MESSAGE_RECIPIENTS):
      return PropValue::object(PropTag(PR_MESSAGE_RECIPIENTS));
    case PROP_ID(PR_MESSAGE_ATTACHMENTS):
      return PropValue::object(PropTag(PR_MESSAGE_ATTACHMENTS));
    case PROP_ID(PR_HASATTACH):
      return PropValue::boolean(PropTag(PR_HASATTACH), !message_->attachments.empty());
    case PROP_ID(PR_ACCESS_LEVEL):
      return PropValue::int32(PropTag(PR_ACCESS_LEVEL), writable_ ? 1 : 0);
    case PROP_ID(PR_MESSAGE_SIZE): {
      std::uint64_t size = message_->props.bag().stored_size();
      for (const auto& recipient : message_->recipients) size += recipient.props.stored_size();
      for (const auto& attachment : message_->attachments) size += attachment->props->bag().stored_size();
      return PropValue::int32(PropTag(PR_MESSAGE_SIZE),
                              static_cast<std::int32_t>(std::min<std::uint64_t>(size, INT32_MAX)));
    }
    case PROP_ID(PR_STORE_SUPPORT_MASK): {
      const PropValue* stored = message_->props.bag().find(PropTag(PR_STORE_SUPPORT_MASK));
      const ULONG mask = stored
                             ? static_cast<ULONG>(stored->as_int32())
                             : STORE_ATTACH_OK | STORE_CREATE_OK | STORE_MODIFY_OK | STORE_OLE_OK | STORE_MV_PROPS_OK;
      const ULONG unicode = root_->unicode ? mask | STORE_UNICODE_OK : mask & ~STORE_UNICODE_OK;
      return PropValue::int32(PropTag(PR_STORE_SUPPORT_MASK), static_cast<std::int32_t>(unicode));
    }
    default:
      return std::nullopt;
  }
}

// An error leaves the message open and as it was in memory; the caller's storage has not been committed.
Status MessageBacking::save(ULONG flags) {
  if (!writable_) {
    // Nothing to write; only who wants to go on writing is told that he cannot.
    if (flags & (KEEP_OPEN_READWRITE | FORCE_SAVE))
      return fail(Code::kReadOnly, "imessage", "the message is open for reading only");
    return {};
  }
  return message_->save();
}

Result<com::Ref<IUnknown>> MessageBacking::open_object(PropTag tag, REFIID iid, ULONG options, ULONG) {
  if (!IsEqualGUID(iid, IID_IMAPITable)) {
    return fail(Code::kInterfaceNotSupported, "imessage", "the property is not offered through this interface",
                tag.value);
  }
  const bool unicode = (options & MAPI_UNICODE) != 0;
  if (tag.value == PR_MESSAGE_RECIPIENTS) return com::Ref<IUnknown>(TRY(recipient_table(unicode)));
  if (tag.value == PR_MESSAGE_ATTACHMENTS) return com::Ref<IUnknown>(TRY(attachment_table(unicode)));
  return fail(Code::kNotFound, "imessage", "there is no such property", tag.value);
}

Result<com::Ref<IMAPITable>> MessageBacking::recipient_table(bool unicode) {
  return recipients_.view(unicode, [&]() -> Result<std::vector<PartTable::Row>> {
    std::vector<PartTable::Row> rows;
    for (const Recipient& recipient : message_->recipients) rows.push_back({recipient.row, recipient.props});
    return rows;
  });
}

Result<com::Ref<IMAPITable>> MessageBacking::attachment_table(bool unicode) {
  return attachments_.view(unicode, [&]() -> Result<std::vector<PartTable::Row>> {
    std::vector<PartTable::Row> rows;
    for (const auto& attachment : message_->attachments) {
      if (attachment->visible) rows.push_back(row_of(*attachment));
    }
    return rows;
  });
}

Result<com::Ref<IAttach>> MessageBacking::open_attachment(std::shared_ptr<Attachment> attachment, bool writable) {
  const std::uint32_t number = attachment->number;
  if (const auto open = open_.find(number); open != open_.end()) {
    if (auto living = share_living(open->second)) return living;
  }
  auto self = std::static_pointer_cast<MessageBacking>(shared_from_this());
  auto object = make_attach(std::move(self), std::move(attachment), writable);
  open_[number] = object.get();
  return object;
}

Status MessageBacking::attachment_gone(const Attachment& attachment) {
  open_.erase(attachment.number);
  return attachment.visible ? attachments_.remove(attachment.number) : Status();
}

// PR_DISPLAY_TO, _CC and _BCC: names in the order of the list, "; " between them.
void MessageBacking::compute_display_lists() {
  static constexpr std::pair<LONG, ULONG> kLists[] = {
      {MAPI_TO, PR_DISPLAY_TO_W}, {MAPI_CC, PR_DISPLAY_CC_W}, {MAPI_BCC, PR_DISPLAY_BCC_W}};
  for (const auto& [type, tag] : kLists) {
    std::string names;
    for (const Recipient& recipient : message_->recipients) {
      const PropValue* kind = recipient.props.find(PropTag(PR_RECIPIENT_TYPE));
      const PropValue* name = recipient.props.find(id_of(PR_DISPLAY_NAME_W));
      if (!kind || (kind->as_int32() & 0xF) != type || !name || !name->tag().is_text()) continue;
      if (!names.empty()) names += "; ";
      names += com::with_text_type(*name, PropType::kUnicode).as_bytes();
    }
    message_->props.bag().set(stored_text(PropValue::text(PropTag(tag), names), *message_));
  }
  message_->props.set_changed();
}

}  // namespace mapiary::imessage
