// SPDX-License-Identifier: Apache-2.0
#include "imessage/message_state.h"

#include <mapiaux.h>
#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>

#include "base/clock.h"
#include "base/time.h"
#include "imessage/set_backing.h"

namespace mapiary::imessage {

using model::PropTag;
using model::PropValue;

namespace {

constexpr std::size_t kMaxParts = 65536;  // recipients or attachments of one message

std::vector<std::uint32_t> numbers_of(const std::vector<Element>& elements, std::wstring_view prefix) {
  std::vector<std::uint32_t> numbers;
  for (const Element& element : elements) {
    const auto number = element.is_storage ? number_of(element.name, prefix) : std::nullopt;
    if (number && numbers.size() < kMaxParts) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace

Root::~Root() {
  if (released) released();
}

com::Ref<IMAPIProgress> Root::progress_dialog(ULONG_PTR ui) const {
  com::Ref<IMAPIProgress> progress;
  if (support && FAILED(support->DoProgressDialog(ui, MAPI_TOP_LEVEL, progress.put()))) progress.reset();
  return progress;
}

std::uint32_t MessageState::code_page() const {
  for (const ULONG tag : {PROP_TAG(PT_LONG, 0x3FFD), PROP_TAG(PT_LONG, 0x3FDE)}) {
    const PropValue* page = props.bag().find(PropTag(tag));
    if (page && page->as_int32() > 0 && page->as_int32() <= 0xFFFF) return static_cast<std::uint32_t>(page->as_int32());
  }
  return 0;
}

std::shared_ptr<Attachment> MessageState::find_attachment(std::uint32_t number) const {
  for (const auto& attachment : attachments) {
    if (attachment->number == number) return attachment;
  }
  return nullptr;
}

void MessageState::drop() {
  storage.reset();
  props.drop_storage();
  for (auto& attachment : attachments) {
    attachment->storage.reset();
    attachment->data_object.reset();
    attachment->props->drop_storage();
  }
}

Result<std::shared_ptr<MessageState>> open_message(std::shared_ptr<Root> root, com::Ref<IStorage> storage, Place place,
                                                   int depth, bool writable) {
  if (depth > MessageState::kMaxDepth)
    return fail(Code::kTooDeep, "imessage", "messages are nested too deeply", MessageState::kMaxDepth);
  auto state = std::make_shared<MessageState>();
  state->root = std::move(root);
  state->storage = std::move(storage);
  state->place = place;
  state->depth = depth;
  state->writable = writable;
  state->props.set_place(place);
  TRY(state->load());
  std::erase_if(state->root->messages, [](const auto& other) { return other.expired(); });
  state->root->messages.push_back(state);
  return state;
}

Status MessageState::load() {
  const std::vector<Element> elements = TRY(list_elements(*storage));
  const bool has_properties =
      std::any_of(elements.begin(), elements.end(), [](const Element& e) { return e.name == kProperties; });
  if (!has_properties && !writable) return fail(Code::kCorrupt, "imessage", "the storage holds no message");
  if (place == Place::kTopLevel) TRY(root->names.load(*storage));
  TRY(props.load(storage));
  TRY(load_recipients(elements));
  return load_attachments(elements);
}

Status MessageState::load_recipients(const std::vector<Element>& elements) {
  for (const std::uint32_t number : numbers_of(elements, L"__recip_version1.0_#")) {
    auto inner = find_storage(*storage, recipient_name(number), false);
    if (!inner || !*inner) continue;
    PropSet set(Place::kPart);
    TRY(set.load(std::move(*inner), code_page()));
    Recipient recipient{next_row++, {}};
    // Rows of a table hold whole values.
    for (const PropValue& value : set.bag()) {
      if (auto whole = set.whole(value)) recipient.props.set(std::move(*whole));
    }
    recipients.push_back(std::move(recipient));
  }
  return {};
}

Status MessageState::load_attachments(const std::vector<Element>& elements) {
  for (const std::uint32_t number : numbers_of(elements, L"__attach_version1.0_#")) {
    auto inner = find_storage(*storage, attachment_name(number), writable);
    if (!inner || !*inner) continue;
    auto attachment = std::make_shared<Attachment>();
    attachment->number = number;
    attachment->storage = *inner;
    attachment->stored = true;
    attachment->props = std::make_shared<PropSet>(Place::kPart);
    attachment->visible = true;
    TRY(attachment->props->load(std::move(*inner), code_page()));
    attachments.push_back(std::move(attachment));
    if (number != ~0u) next_attachment = std::max(next_attachment, number + 1);
  }
  return {};
}

Status MessageState::write_recipients() {
  if (!recipients_changed) return {};
  for (const std::uint32_t number : numbers_of(TRY(list_elements(*storage)), L"__recip_version1.0_#")) {
    TRY(destroy(*storage, recipient_name(number)));
  }
  for (std::uint32_t i = 0; i < recipients.size(); ++i) {
    PropSet set(Place::kPart);
    set.bag() = recipients[i].props;
    set.bag().set(PropValue::int32(PropTag(PR_ROWID), static_cast<std::int32_t>(i)));
    TRY(set.save(*TRY(need_storage(*storage, recipient_name(i))), {}));
  }
  return {};
}

Status MessageState::write_attachments() {
  for (const std::uint32_t number : deleted) TRY(destroy(*storage, attachment_name(number)));
  for (const auto& attachment : attachments) {
    if (attachment->visible && attachment->changed) TRY(write_attachment(*attachment));
  }
  return {};
}

Status MessageState::write_attachment(Attachment& attachment) {
  if (!attachment.storage) attachment.storage = TRY(need_storage(*storage, attachment_name(attachment.number)));
  IStorage& to = *attachment.storage;
  attachment.props->bag().set(PropValue::int32(PropTag(PR_ATTACH_NUM), static_cast<std::int32_t>(attachment.number)));
  TRY(attachment.props->save(to, {}));
  if (attachment.data_object) {
    TRY(destroy(to, kDataObject));
    auto target = TRY(need_storage(to, kDataObject));
    TRY(checked(attachment.data_object->CopyTo(0, nullptr, nullptr, target.get()), "IStorage::CopyTo"));
    return checked(target->Commit(STGC_DEFAULT), "IStorage::Commit");
  }
  return attachment.props->bag().find(PropTag(kDataObjectTag)) ? Status() : destroy(to, kDataObject);
}

void MessageState::set_own_properties() {
  const auto now = static_cast<std::int64_t>(mapiary::now().ticks);
  model::PropBag& bag = props.bag();
  if (!bag.find(PropTag(PR_MESSAGE_CLASS_W).id()))
    bag.set(stored_text(PropValue::text(PropTag(PR_MESSAGE_CLASS_W), "IPM"), *this));
  if (!bag.find(PropTag(PR_CREATION_TIME))) bag.set(PropValue::int64(PropTag(PR_CREATION_TIME), now));
  bag.set(PropValue::int64(PropTag(PR_LAST_MODIFICATION_TIME), now));
  const std::uint32_t support = STORE_ATTACH_OK | STORE_CREATE_OK | STORE_MODIFY_OK | STORE_OLE_OK | STORE_MV_PROPS_OK |
                                (root->unicode ? STORE_UNICODE_OK : 0);
  bag.set(PropValue::int32(PropTag(PR_STORE_SUPPORT_MASK), static_cast<std::int32_t>(support)));
}

Status MessageState::write() {
  TRY(write_recipients());
  TRY(write_attachments());
  const auto visible = static_cast<std::uint32_t>(
      std::count_if(attachments.begin(), attachments.end(), [](const auto& a) { return a->visible; }));
  const auto people = static_cast<std::uint32_t>(recipients.size());
  TRY(props.save(*storage, {people, next_attachment, people, visible}));
  if (place == Place::kTopLevel) TRY(root->names.save(*storage));
  return commits() ? checked(storage->Commit(STGC_DEFAULT), "IStorage::Commit") : Status();
}

Status MessageState::save() {
  set_own_properties();
  Status written = write();
  if (written) {
    settle();
  } else {
    take_back();
  }
  return written;
}

void MessageState::settle() {
  recipients_changed = false;
  deleted.clear();
  for (const auto& attachment : attachments) {
    if (!attachment->visible || !attachment->changed) continue;
    attachment->props->settle(attachment->storage);
    attachment->data_object.reset();
    attachment->changed = false;
    attachment->stored = true;
  }
  props.settle(storage);
  if (place == Place::kTopLevel) root->names.settle();
}

void MessageState::take_back() {
  if (!commits()) return;
  // There is no more to be done if this fails too: what was changed is still here and may be saved elsewhere.
  if (FAILED(storage->Revert())) return;
  reopen_parts();
}

// Revert made the objects on storages inside useless.
void MessageState::reopen_parts() {
  props.reopened(storage);
  for (const auto& attachment : attachments) {
    if (!attachment->storage) continue;
    auto inner = attachment->stored ? find_storage(*storage, attachment_name(attachment->number), writable)
                                    : Result<com::Ref<IStorage>>(com::Ref<IStorage>());
    attachment->storage = inner ? std::move(*inner) : com::Ref<IStorage>();
    if (attachment->stored) attachment->props->reopened(attachment->storage);
  }
  for (const auto& weak : root->messages) {
    const auto message = weak.lock();
    if (!message || message->inside != this || !message->reopen) continue;
    if (auto inner = message->reopen()) {
      message->storage = std::move(*inner);
      message->reopen_parts();
    }
  }
}

}  // namespace mapiary::imessage
