// SPDX-License-Identifier: Apache-2.0
#include "imessage/attach_object.h"

#include <mapicode.h>
#include <mapitags.h>

#include "imessage/message_backing.h"

namespace mapiary::imessage {

using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

bool is_storage_id(REFIID iid) {
  return IsEqualGUID(iid, IID_IStorage);
}

class AttachBacking final : public SetBacking {
 public:
  AttachBacking(std::shared_ptr<MessageBacking> owner, std::shared_ptr<Attachment> attachment, bool writable)
      : SetBacking(owner->state()->root, owner->state()),
        owner_(std::move(owner)),
        attachment_(std::move(attachment)),
        working_(*attachment_->props),
        data_object_(attachment_->data_object) {
    writable_ = writable;
  }

  MessageBacking& owner() { return *owner_; }
  std::uint32_t number() const { return attachment_->number; }
  PropSet& props() override { return working_; }
  std::vector<std::uint16_t> computed_ids() const override {
    return {PROP_ID(PR_ATTACH_NUM), PROP_ID(PR_OBJECT_TYPE), PROP_ID(PR_ACCESS_LEVEL), PROP_ID(PR_ATTACH_SIZE)};
  }
  std::optional<PropValue> computed(std::uint16_t id) override {
    switch (id) {
      case PROP_ID(PR_ATTACH_NUM):
        return PropValue::int32(PropTag(PR_ATTACH_NUM), static_cast<std::int32_t>(number()));
      case PROP_ID(PR_OBJECT_TYPE):
        return PropValue::int32(PropTag(PR_OBJECT_TYPE), MAPI_ATTACH);
      case PROP_ID(PR_ACCESS_LEVEL):
        return PropValue::int32(PropTag(PR_ACCESS_LEVEL), writable_ ? 1 : 0);
      case PROP_ID(PR_ATTACH_SIZE):
        return PropValue::int32(PropTag(PR_ATTACH_SIZE), static_cast<std::int32_t>(std::min<std::uint64_t>(
                                                             working_.bag().stored_size(), INT32_MAX)));
      default:
        return std::nullopt;
    }
  }
  Status save(ULONG flags) override;
  Status remove(PropTag tag) override {
    TRY(SetBacking::remove(tag));
    if (tag.id() == PROP_ID(PR_ATTACH_DATA_OBJ)) data_object_.reset();
    return {};
  }
  Result<com::Ref<IUnknown>> open_object(PropTag tag, REFIID iid, ULONG options, ULONG flags) override;

 private:
  Result<com::Ref<IStorage>> current_object(bool writable);
  Result<com::Ref<IStorage>> changeable_object(bool create);
  void adopt(com::Ref<IStorage> object, ULONG method);

  std::shared_ptr<MessageBacking> owner_;
  std::shared_ptr<Attachment> attachment_;
  PropSet working_;
  com::Ref<IStorage> data_object_;
  IMessage* open_message_ = nullptr;  // so that a second OpenProperty gives the same one; not counted
};

Status AttachBacking::save(ULONG flags) {
  if (!writable_) {
    if (flags & (KEEP_OPEN_READWRITE | FORCE_SAVE))
      return fail(Code::kReadOnly, "imessage", "the attachment is open for reading only");
    return {};
  }
  if (attachment_->deleted) return fail(Code::kObjectDeleted, "imessage", "the attachment was deleted", number());
  if (!working_.bag().find(PropTag(kDataObjectTag))) data_object_.reset();
  *attachment_->props = working_;
  attachment_->data_object = data_object_;
  attachment_->visible = attachment_->changed = true;
  message_->props.set_changed();
  return owner_->attachment_saved(*attachment_);
}

Result<com::Ref<IStorage>> AttachBacking::current_object(bool writable) {
  if (data_object_) return data_object_;
  if (attachment_->storage) {
    if (auto existing = TRY(find_storage(*attachment_->storage, kDataObject, writable))) return existing;
  }
  return fail(Code::kNotFound, "imessage", "the attachment holds no object");
}

// A copy to work on; it goes back with the attachment's and the message's SaveChanges.
Result<com::Ref<IStorage>> AttachBacking::changeable_object(bool create) {
  auto scratch = TRY(scratch_storage());
  if (create) return scratch;
  auto existing = TRY(current_object(false));
  TRY(checked(existing->CopyTo(0, nullptr, nullptr, scratch.get()), "IStorage::CopyTo"));
  TRY(checked(scratch->Commit(STGC_DEFAULT), "IStorage::Commit"));
  return scratch;
}

void AttachBacking::adopt(com::Ref<IStorage> object, ULONG method) {
  data_object_ = std::move(object);
  working_.bag().set(PropValue::object(PropTag(PR_ATTACH_DATA_OBJ)));
  const PropValue* old = working_.bag().find(PropTag(PR_ATTACH_METHOD));
  if (!old || (old->as_int32() != ATTACH_EMBEDDED_MSG && old->as_int32() != ATTACH_OLE)) {
    working_.bag().set(PropValue::int32(PropTag(PR_ATTACH_METHOD), static_cast<std::int32_t>(method)));
  }
  changed();
}

Result<com::Ref<IUnknown>> AttachBacking::open_object(PropTag tag, REFIID iid, ULONG, ULONG flags) {
  const bool as_message = IsEqualGUID(iid, IID_IMessage);
  if (tag.id() != PROP_ID(PR_ATTACH_DATA_OBJ) || (!as_message && !is_storage_id(iid))) {
    return fail(Code::kInterfaceNotSupported, "imessage", "the property is not offered through this interface",
                tag.value);
  }
  const bool create = (flags & MAPI_CREATE) != 0;
  const bool write = create || (flags & MAPI_MODIFY);
  const PropValue* method = working_.bag().find(PropTag(PR_ATTACH_METHOD));
  if (!create && as_message && (!method || method->as_int32() != ATTACH_EMBEDDED_MSG)) {
    return fail(Code::kInterfaceNotSupported, "imessage", "the attachment is no message", tag.value);
  }
  if (as_message && !create && open_message_) {
    if (auto open = share_living(open_message_)) return com::Ref<IUnknown>(std::move(open));
  }
  auto object = write ? TRY(changeable_object(create)) : TRY(current_object(false));
  if (write) adopt(object, as_message ? ATTACH_EMBEDDED_MSG : ATTACH_OLE);
  if (!as_message) return com::Ref<IUnknown>(std::move(object));
  const bool in_place = !write && !data_object_;
  auto state = TRY(open_message(root_, std::move(object), Place::kEmbedded, message_->depth + 1, write));
  if (in_place) {
    state->inside = message_.get();
    state->reopen = [attachment = attachment_]() -> Result<com::Ref<IStorage>> {
      if (!attachment->storage) return fail(Code::kObjectDeleted, "imessage", "the attachment is gone");
      auto inner = TRY(find_storage(*attachment->storage, kDataObject, false));
      if (!inner) return fail(Code::kObjectDeleted, "imessage", "the embedded message is gone");
      return inner;
    };
  }
  auto self = std::static_pointer_cast<AttachBacking>(shared_from_this());
  state->closed = [self](IMessage* gone) {
    if (self->open_message_ == gone) self->open_message_ = nullptr;
  };
  auto message = make_message(std::move(state));
  open_message_ = message.get();
  return com::Ref<IUnknown>(std::move(message));
}

class AttachObject final : public property::PropObject<IAttach> {
 public:
  explicit AttachObject(std::shared_ptr<AttachBacking> backing)
      : PropObject(backing->owner().state()->root->gate, backing, backing->owner().state()->root->routines),
        backing_(std::move(backing)) {}
  ~AttachObject() {
    std::unique_lock lock(core_.border().gate()->mutex());
    backing_->owner().closed(backing_->number(), this);
  }

 protected:
  void* find_interface(REFIID iid) override {
    return IsEqualGUID(iid, attributed_id()) ? &attributed_ : PropObject::find_interface(iid);
  }

 private:
  std::shared_ptr<AttachBacking> backing_;
  AttributedObject attributed_{&core_.border(), [this]() -> PropSet& { return backing_->props(); },
                               [this] { return backing_->writable(); }};
};

}  // namespace

com::Ref<IAttach> make_attach(std::shared_ptr<MessageBacking> message, std::shared_ptr<Attachment> attachment,
                              bool writable) {
  return com::make<AttachObject>(std::make_shared<AttachBacking>(std::move(message), std::move(attachment), writable));
}

}  // namespace mapiary::imessage
