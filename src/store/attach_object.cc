// SPDX-License-Identifier: Apache-2.0
// IAttach. Changes are the attachment's own until its SaveChanges; the message writes them with its own. Data of OLE
// attachments is the bytes of a compound file, kept under the id of PR_ATTACH_DATA_BIN and shown as PR_ATTACH_DATA_OBJ
// only (a property written as storage is not opened as a stream and vice versa). Pages: iattachimapiprop,
// pidtagattachmethod, opening-an-attachment.
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include "com/error_map.h"
#include "model/message_tree.h"
#include "property/stream_object.h"
#include "store/message_object.h"
#include "store/values.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

constexpr ULONG kAttachComputed[] = {PR_ATTACH_NUM,        PR_OBJECT_TYPE,      PR_ACCESS_LEVEL,
                                     PR_ATTACH_SIZE,       PR_RECORD_KEY,       PR_STORE_SUPPORT_MASK,
                                     PR_MAPPING_SIGNATURE, PR_STORE_RECORD_KEY, PR_STORE_ENTRYID};

class AttachBacking final : public StagedBacking {
 public:
  AttachBacking(std::shared_ptr<MessageBacking> owner, AttachData working, bool writable)
      : StagedBacking(owner->shared_core(), writable),
        owner_(std::move(owner)),
        working_(std::make_shared<AttachData>(std::move(working))) {}

  MessageBacking& owner() { return *owner_; }
  std::uint32_t number() const { return working_->number; }
  Props& props() override { return own().props; }
  ObjectId object() const override { return working_->id; }
  std::uint32_t code_page() override { return owner_->code_page(); }
  Result<std::vector<PropTag>> list() override;
  Result<PropValue> get(PropTag tag) override;
  const PropValue* peek(PropTag tag) override {
    return tag.id() == id_of(PR_ATTACH_DATA_OBJ) ? nullptr : StagedBacking::peek(tag);
  }
  Status remove(PropTag tag) override;
  Status save(ULONG flags) override;
  Result<com::Ref<IUnknown>> open_object(PropTag tag, REFIID iid, ULONG options, ULONG flags) override;
  // The entry id is the message's.
  void describe(com::LiveObject& out) const override {
    owner_->describe(out);
    out.name = "number " + std::to_string(working_->number) + (out.name.empty() ? "" : " of " + out.name);
  }

 protected:
  std::span<const ULONG> computed_tags() const override { return kAttachComputed; }
  std::optional<PropValue> computed(PropTag tag) override;
  bool has_computed(PropTag tag) override {
    return tag.id() == id_of(PR_RECORD_KEY) ? computed(tag).has_value()
                                            : tag.value != PR_STORE_ENTRYID || !core_->entry_id().empty();
  }
  Status allow(PropTag) override { return owner_->check_alive(); }

 private:
  // To be changed. What the message was given by a save is its own from then on, and copied here first.
  AttachData& own() {
    if (working_.use_count() > 1) working_ = std::make_shared<AttachData>(*working_);
    return *working_;
  }
  bool is_storage() { return long_of(working_->props.bag, PR_ATTACH_METHOD) == ATTACH_OLE; }
  void set_method(ULONG method) { own().props.set(long_value(PR_ATTACH_METHOD, method)); }
  void drop_message();
  Result<com::Ref<IUnknown>> open_message(ULONG flags);
  Result<com::Ref<IStream>> open_bytes_of_storage(ULONG flags);
  Result<com::Ref<IUnknown>> open_storage(ULONG flags);

  std::shared_ptr<MessageBacking> owner_;
  std::shared_ptr<AttachData> working_;
  std::weak_ptr<MessageBacking> open_message_;  // the message inside, while somebody has it open
};

std::optional<PropValue> AttachBacking::computed(PropTag tag) {
  switch (tag.id()) {
    case id_of(PR_ATTACH_NUM):
      return long_value(PR_ATTACH_NUM, number());
    case id_of(PR_OBJECT_TYPE):
      return long_value(PR_OBJECT_TYPE, MAPI_ATTACH);
    case id_of(PR_ACCESS_LEVEL):
      return long_value(PR_ACCESS_LEVEL, writable_ ? MAPI_MODIFY : 0);
    case id_of(PR_ATTACH_SIZE):
      return long_value(PR_ATTACH_SIZE,
                        static_cast<ULONG>(std::min<std::uint64_t>(attachment_size(*working_), INT32_MAX)));
    case id_of(PR_RECORD_KEY): {
      const auto kept = owner_->find_attachment(number());
      const ObjectId id = working_->id != 0 ? working_->id : kept ? kept->id : 0;
      if (id == 0) return std::nullopt;
      return binary_value(PR_RECORD_KEY, core_->ids().record_key(id));
    }
    case id_of(PR_STORE_SUPPORT_MASK):
      return long_value(PR_STORE_SUPPORT_MASK, core_->support_mask());
    case id_of(PR_MAPPING_SIGNATURE):
      return binary_value(PR_MAPPING_SIGNATURE, core_->names().signature());
    case id_of(PR_STORE_RECORD_KEY):
      return binary_value(PR_STORE_RECORD_KEY, guid_bytes(core_->info().uid));
    case id_of(PR_STORE_ENTRYID):
      if (core_->entry_id().empty()) return std::nullopt;
      return binary_value(PR_STORE_ENTRYID, core_->entry_id());
    default:
      return std::nullopt;
  }
}

Result<std::vector<PropTag>> AttachBacking::list() {
  auto tags = TRY(StagedBacking::list());
  for (PropTag& tag : tags) {
    if (tag.id() == id_of(PR_ATTACH_DATA_OBJ) && is_storage()) tag = PropTag(PR_ATTACH_DATA_OBJ);
  }
  return tags;
}

Result<PropValue> AttachBacking::get(PropTag tag) {
  auto value = TRY(StagedBacking::get(tag));
  if (tag.id() == id_of(PR_ATTACH_DATA_OBJ) && is_storage()) return PropValue::object(PropTag(PR_ATTACH_DATA_OBJ));
  return value;
}

void AttachBacking::drop_message() {
  open_message_.reset();
  own().embedded = nullptr;
  own().drop_embedded = working_->id != 0;
}

Status AttachBacking::remove(PropTag tag) {
  TRY(StagedBacking::remove(tag));
  if (tag.id() == id_of(PR_ATTACH_DATA_OBJ)) drop_message();
  return {};
}

Status AttachBacking::save(ULONG flags) {
  if (!writable_) {
    if (flags & (KEEP_OPEN_READWRITE | FORCE_SAVE)) {
      return fail(Code::kReadOnly, "store", "the attachment is open for reading only");
    }
    return {};
  }
  TRY(owner_->check_alive());
  // The message saved meanwhile may have given it a number.
  if (const auto kept = owner_->find_attachment(number())) {
    if (kept->id != 0 && kept->id != working_->id) own().id = kept->id;
  } else if (working_->id != 0) {
    return fail(Code::kObjectDeleted, "store", "the attachment was deleted from its message", number());
  }
  const auto size = static_cast<std::int32_t>(std::min<std::uint64_t>(attachment_size(*working_), INT32_MAX));
  own().props.set(PropValue::int32(PropTag(PR_ATTACH_SIZE), size));
  TRY(owner_->keep_attachment(working_));
  if (working_->drop_embedded) own().drop_embedded = false;
  return {};
}

Result<com::Ref<IUnknown>> AttachBacking::open_message(ULONG flags) {
  const bool create = (flags & MAPI_CREATE) != 0;
  const bool write = create || (flags & MAPI_MODIFY);
  if (!create && long_of(working_->props.bag, PR_ATTACH_METHOD) != ATTACH_EMBEDDED_MSG) {
    return fail(Code::kInterfaceNotSupported, "store", "the attachment is no message");
  }
  // Open already: the same object, so that a copy into it from outside is seen to be a circle.
  if (const auto open = create ? nullptr : open_message_.lock(); open && (open->writable() || !write)) {
    if (IMessage* object = open->object_now()) {
      if (auto living = share_living(object)) return com::Ref<IUnknown>(std::move(living));
    }
  }
  const int depth = owner_->depth() + 1;
  TRY(model::check_message_depth(depth));
  if (create) {
    drop_message();
    own().props.set(PropValue::object(PropTag(PR_ATTACH_DATA_OBJ)));
    set_method(ATTACH_EMBEDDED_MSG);
  }
  MessageData message = create ? new_message(0, false) : TRY(load_embedded(*core_, *working_));
  if (create) message.props.set(long_value(PR_MESSAGE_FLAGS, MSGFLAG_UNMODIFIED | MSGFLAG_READ));
  auto self = std::static_pointer_cast<AttachBacking>(shared_from_this());
  auto keep = [self](const MessageData& saved) -> Status {
    auto next = std::make_shared<MessageData>(saved);
    // A save of the outer message gave the earlier form its number.
    if (next->id == 0 && self->working_->embedded) next->id = self->working_->embedded->id;
    self->own().embedded = std::move(next);
    return {};
  };
  auto backing = std::make_shared<MessageBacking>(core_, std::move(message), write, depth, std::move(keep));
  open_message_ = backing;
  return com::Ref<IUnknown>(make_message(std::move(backing)));
}

// The compound file's bytes as a stream; committing it sets the property.
Result<com::Ref<IStream>> AttachBacking::open_bytes_of_storage(ULONG flags) {
  const bool create = (flags & MAPI_CREATE) != 0;
  const bool write = create || (flags & MAPI_MODIFY);
  const PropTag tag(PR_ATTACH_DATA_BIN);
  auto self = std::static_pointer_cast<AttachBacking>(shared_from_this());
  auto load = [self, tag](property::ScratchBytes& into) -> Status {
    const PropValue* value = self->working_->props.bag.find(tag.id());
    if (!value || value->tag() != tag) return {};
    if (!value->is_blob()) return property::append(into, value->as_bytes());
    return property::append_all(*TRY(self->open_bytes(tag, {})), into);
  };
  auto save = [self, tag](property::ScratchBytes& content) -> Status {
    auto copy = std::make_shared<property::ScratchBytes>();
    TRY(property::append_all(content, *copy));
    return self->own().props.set_large(tag, std::move(copy), 0);
  };
  auto bytes = std::make_shared<property::ScratchBytes>(std::move(load), std::move(save));
  if (!create) TRY(bytes->load());
  property::StreamOptions options;
  options.mode = write ? STGM_READWRITE : STGM_READ;
  return property::make_stream(core_->gate(), std::move(bytes), std::move(options));
}

Result<com::Ref<IUnknown>> AttachBacking::open_storage(ULONG flags) {
  const bool create = (flags & MAPI_CREATE) != 0;
  const bool write = create || (flags & MAPI_MODIFY);
  auto stream = TRY(open_bytes_of_storage(flags));
  const ULONG mode = create ? STGSTRM_CREATE | STGSTRM_MODIFY : write ? STGSTRM_MODIFY : STGSTRM_RESET;
  com::Ref<IStorage> storage;
  const HRESULT hr = HrIStorageFromStream(stream.get(), &IID_IStream, mode, storage.put());
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "HrIStorageFromStream"));
  return com::Ref<IUnknown>(std::move(storage));
}

Result<com::Ref<IUnknown>> AttachBacking::open_object(PropTag tag, REFIID iid, ULONG, ULONG flags) {
  TRY(owner_->check_alive());
  if (tag.id() != id_of(PR_ATTACH_DATA_OBJ)) {
    return fail(Code::kNotFound, "store", "there is no such property", tag.value);
  }
  const bool as_storage = IsEqualGUID(iid, IID_IStorage);
  const bool as_docfile = IsEqualGUID(iid, IID_IStreamDocfile) || IsEqualGUID(iid, IID_IStream);
  if (IsEqualGUID(iid, IID_IMessage)) return open_message(flags);
  if (!as_storage && !as_docfile) {
    return fail(Code::kInterfaceNotSupported, "store", "the property is not offered through this interface", tag.value);
  }
  const bool create = (flags & MAPI_CREATE) != 0;
  if (!create && !working_->props.bag.find(tag.id())) {
    return fail(Code::kNotFound, "store", "the attachment has no such data", tag.value);
  }
  if (!create && !is_storage()) {
    return fail(Code::kInterfaceNotSupported, "store", "the attachment's data was not written as a storage", tag.value);
  }
  if (create) {
    drop_message();
    set_method(ATTACH_OLE);
    own().props.set(PropValue::binary(PropTag(PR_ATTACH_DATA_BIN), ""));
  }
  if (as_docfile) return com::Ref<IUnknown>(TRY(open_bytes_of_storage(flags)));
  return open_storage(flags);
}

class AttachObject final : public property::PropObject<IAttach> {
 public:
  explicit AttachObject(std::shared_ptr<AttachBacking> backing)
      : PropObject(backing->core().gate(), backing, backing->core().routines()), backing_(std::move(backing)) {
    backing_->owner().attachment_opened(backing_->number(), this);
  }
  ~AttachObject() {
    const std::lock_guard lock(core_.border().gate()->mutex());
    backing_->owner().attachment_closed(backing_->number(), this);
  }

 private:
  std::shared_ptr<AttachBacking> backing_;
};

}  // namespace

com::Ref<IAttach> make_attach(std::shared_ptr<MessageBacking> message, AttachData attachment, bool writable) {
  return com::make<AttachObject>(std::make_shared<AttachBacking>(std::move(message), std::move(attachment), writable));
}

}  // namespace mapiary::store
