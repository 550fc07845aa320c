// SPDX-License-Identifier: Apache-2.0
#include "store/message_backing.h"

#include <edkmdb.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <algorithm>

#include "com/convert.h"
#include "com/error_map.h"
#include "store/bodies.h"
#include "store/subject.h"
#include "store/values.h"

namespace mapiary::store {

using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

ListOptions recipient_options() {
  return {{PropTag(PR_ROWID), PropTag(PR_RECIPIENT_TYPE), PropTag(PR_DISPLAY_NAME_W), PropTag(PR_ADDRTYPE_W),
           PropTag(PR_EMAIL_ADDRESS_W), PropTag(PR_ENTRYID), PropTag(PR_OBJECT_TYPE), PropTag(PR_DISPLAY_TYPE),
           PropTag(PR_SEARCH_KEY), PropTag(PR_RESPONSIBILITY)},
          true,
          "recipient table"};
}

ListOptions attachment_options() {
  return {{PropTag(PR_ATTACH_NUM), PropTag(PR_INSTANCE_KEY), PropTag(PR_RECORD_KEY), PropTag(PR_RENDERING_POSITION),
           PropTag(PR_ATTACH_METHOD), PropTag(PR_ATTACH_SIZE), PropTag(PR_ATTACH_FILENAME_W),
           PropTag(PR_ATTACH_LONG_FILENAME_W), PropTag(PR_DISPLAY_NAME_W), PropTag(PR_ATTACH_MIME_TAG_W)},
          false,
          "attachment table"};
}

// Stored, and written by the store alone.
constexpr ULONG kStoreWrites[] = {PR_NORMALIZED_SUBJECT_W,   PR_DISPLAY_TO_W, PR_DISPLAY_CC_W, PR_DISPLAY_BCC_W,
                                  PR_LAST_MODIFICATION_TIME, PR_SUBMIT_FLAGS, PR_MSG_STATUS,   PR_PARENT_DISPLAY_W};

constexpr ULONG kClientFlags = MSGFLAG_READ | MSGFLAG_UNMODIFIED | MSGFLAG_UNSENT | MSGFLAG_FROMME | MSGFLAG_RESEND;

}  // namespace

MessageBacking::MessageBacking(CorePtr core, MessageData message, bool writable, int depth, Keep keep)
    : StagedBacking(core, writable),
      data_(std::move(message)),
      depth_(depth),
      keep_(std::move(keep)),
      recipients_(core, recipient_options()),
      attachments_(core, attachment_options()) {
  const auto misplaced = [](const auto& a, const auto& b) { return a->number >= b->number; };
  in_order_ =
      std::adjacent_find(data_.attachments.begin(), data_.attachments.end(), misplaced) == data_.attachments.end();
  if (writable_ && !keep_ && data_.id != 0) {
    core_->opened(data_.id);
    counted_ = true;
  }
}

MessageBacking::~MessageBacking() {
  const std::lock_guard lock(core_->gate()->mutex());
  if (counted_) core_->closed(data_.id);
}

Status MessageBacking::check_alive() const {
  if (!ended_) return {};
  return fail(Code::kInvalidObject, "store", "the message was submitted: it can only be released");
}

std::uint32_t MessageBacking::code_page() {
  for (const ULONG tag : {ULONG{PR_MESSAGE_CODEPAGE}, ULONG{PR_INTERNET_CPID}}) {
    if (const ULONG page = long_of(data_.props.bag, tag)) return page;
  }
  return 0;
}

std::span<const ULONG> MessageBacking::computed_tags() const {
  return message_computed();
}

std::optional<PropValue> MessageBacking::computed(PropTag tag) {
  // Before a save: what the parts make.
  if (tag.id() == id_of(PR_MESSAGE_SIZE) && !data_.props.bag.find(PropTag(PR_MESSAGE_SIZE_EXTENDED))) {
    if (data_.id == 0 && !is_embedded()) return std::nullopt;
  }
  if (tag.id() == id_of(PR_HASATTACH)) {
    return PropValue::boolean(PropTag(PR_HASATTACH), !data_.attachments.empty());
  }
  return message_value(*core_, data_.info(), data_.props.bag, tag, writable_);
}

bool MessageBacking::has_computed(PropTag tag) {
  switch (tag.id()) {
    case id_of(PR_ENTRYID):
    case id_of(PR_RECORD_KEY):
      return data_.id != 0;
    case id_of(PR_PARENT_ENTRYID):
      return data_.parent != 0;
    case id_of(PR_STORE_ENTRYID):
      return !core_->entry_id().empty();
    case id_of(PR_MESSAGE_SIZE):
      return computed(tag).has_value();
    default:
      return true;
  }
}

Result<std::vector<PropTag>> MessageBacking::list() {
  TRY(check_alive());
  set_subject_parts(data_.props);
  auto tags = TRY(StagedBacking::list());
  if (data_.parent != 0)
    tags.insert(std::lower_bound(tags.begin(), tags.end(), PropTag(PR_PARENT_DISPLAY_W)), PropTag(PR_PARENT_DISPLAY_W));
  return tags;
}

// The name of the folder it is in now.
Result<PropValue> MessageBacking::parent_display() {
  if (data_.parent == 0) return fail(Code::kNotFound, "store", "the message is in no folder");
  const PropTag tag(PR_DISPLAY_NAME_W);
  backend::ReadRequest request;
  request.tags = std::span(&tag, 1);
  const auto folder = TRY(TRY(core_->read())->read(data_.parent, request));
  return PropValue::text(PropTag(PR_PARENT_DISPLAY_W), text_of(folder.props, PR_DISPLAY_NAME_W));
}

namespace {

bool is_subject_part(PropTag tag) {
  return tag.id() == id_of(PR_NORMALIZED_SUBJECT_W) || tag.id() == id_of(PR_SUBJECT_PREFIX_W) ||
         tag.id() == id_of(PR_CONVERSATION_TOPIC_W);
}

}  // namespace

Result<PropValue> MessageBacking::get(PropTag tag) {
  TRY(check_alive());
  if (tag.id() == id_of(PR_PARENT_DISPLAY_W)) return parent_display();
  if (is_subject_part(tag)) set_subject_parts(data_.props);
  return StagedBacking::get(tag);
}

const PropValue* MessageBacking::peek(PropTag tag) {
  const bool is_asked = ended_ || tag.id() == id_of(PR_PARENT_DISPLAY_W) || is_subject_part(tag);
  return is_asked ? nullptr : StagedBacking::peek(tag);
}

Status MessageBacking::allow(PropTag tag) {
  TRY(check_alive());
  if (is_computed(kStoreWrites, tag.id())) {
    return fail(Code::kComputed, "store", "the property is computed by the store", tag.value);
  }
  // Known by it until the first save only: a client may set it on a copy.
  if (tag.id() == id_of(PR_CREATION_TIME) && data_.id != 0) {
    return fail(Code::kComputed, "store", "the property is the store's once the message was saved", tag.value);
  }
  if (tag.id() == id_of(PR_MESSAGE_FLAGS) && data_.id != 0) {
    return fail(Code::kComputed, "store", "message flags are the store's once the message was saved", tag.value);
  }
  return {};
}

Result<PropValue> MessageBacking::admit(PropValue value) {
  if (value.tag().value != PR_MESSAGE_FLAGS) return value;
  // Associated messages are neither read nor unread.
  const ULONG ours = data_.kind == ObjectKind::kAssociated ? kClientFlags & ~MSGFLAG_READ : kClientFlags;
  const ULONG kept = long_of(data_.props.bag, PR_MESSAGE_FLAGS) & ~ours;
  return long_value(PR_MESSAGE_FLAGS, kept | (static_cast<ULONG>(value.as_int32()) & ours));
}

Status MessageBacking::save_now(const SaveOptions& options) {
  TRY(check_alive());
  TRY(synchronise_bodies(*this, object_));
  if (keep_) {
    complete(data_);
    TRY(keep_(data_));
  } else {
    const bool is_new = data_.id == 0;
    TRY(save_message(*core_, data_, options));
    if (is_new && !counted_) {
      core_->opened(data_.id);
      counted_ = true;
    }
  }
  return attachments_.is_filled() ? load_attachment_rows() : Status();
}

Status MessageBacking::save(ULONG flags) {
  TRY(check_alive());
  if (!writable_) {
    if (flags & (KEEP_OPEN_READWRITE | FORCE_SAVE)) {
      return fail(Code::kReadOnly, "store", "the message is open for reading only");
    }
    return {};
  }
  if (!data_.changed() && !(flags & FORCE_SAVE) && !is_embedded()) return {};
  SaveOptions options;
  options.force = (flags & FORCE_SAVE) != 0;
  return save_now(options);
}

void MessageBacking::note(ULONG tag, ULONG value) {
  const bool was_changed = data_.props.changed.contains(id_of(tag));
  data_.props.set(long_value(tag, value));
  if (!was_changed) data_.props.changed.erase(id_of(tag));
}

void MessageBacking::set_flags(ULONG flags) {
  note(PR_MESSAGE_FLAGS, flags);
}

void MessageBacking::note_submit_flags(ULONG flags) {
  note(PR_SUBMIT_FLAGS, flags);
}

void MessageBacking::end() {
  ended_ = true;
  if (counted_) core_->closed(data_.id);
  counted_ = false;
}

Result<com::Ref<IUnknown>> MessageBacking::open_object(PropTag tag, REFIID iid, ULONG options, ULONG) {
  TRY(check_alive());
  if (!IsEqualGUID(iid, IID_IMAPITable)) {
    return fail(Code::kInterfaceNotSupported, "store", "the property is not offered through this interface", tag.value);
  }
  const bool unicode = (options & MAPI_UNICODE) != 0;
  if (tag.value == PR_MESSAGE_RECIPIENTS) return com::Ref<IUnknown>(TRY(recipient_table(unicode)));
  if (tag.value == PR_MESSAGE_ATTACHMENTS) return com::Ref<IUnknown>(TRY(attachment_table(unicode)));
  return fail(Code::kNotFound, "store", "there is no such property", tag.value);
}

namespace {

std::vector<ListRow> recipient_rows(const MessageData& message) {
  std::vector<ListRow> rows;
  for (const auto& recipient : message.recipients) {
    rows.push_back({long_of(recipient, PR_ROWID), recipient, rows.size()});
  }
  return rows;
}

}  // namespace

void MessageBacking::describe(com::LiveObject& out) const {
  if (is_embedded()) out.name = "message in an attachment";
  if (data_.id != 0 && !is_embedded()) out.entry_id = core_->ids().message(data_.id);
}

Result<com::Ref<IMAPITable>> MessageBacking::recipient_table(bool unicode) {
  if (!recipients_.is_filled()) recipients_.assign(recipient_rows(data_));
  com::LiveObject owner;
  describe(owner);
  return recipients_.open(unicode, owner);
}

Status MessageBacking::replace_recipients(std::vector<model::PropBag> all) {
  data_.recipients = std::move(all);
  data_.recipients_changed = true;
  set_display_lists(data_);
  if (recipients_.is_filled()) recipients_.assign(recipient_rows(data_));
  return {};
}

// Rows come in the order of the rendering positions, compared with their sign.
Status MessageBacking::load_attachment_rows() {
  std::vector<ListRow> rows;
  for (const auto& attachment : data_.attachments) {
    // Saved with the message only.
    if (attachment->id == 0 && !is_embedded()) continue;
    // One that is damaged has a row and cannot be opened; it costs the message none of the others.
    const Status loaded = load_attachment(*core_, *attachment);
    if (!loaded && loaded.error().code != Code::kCorruptStore) return loaded;
    ListRow row;
    row.key = attachment->number;
    if (loaded) {
      for (const PropValue& value : attachment->props.bag) row.values.set(value);
    } else {
      row.values.set(long_value(PR_ATTACH_NUM, static_cast<LONG>(attachment->number)));
    }
    row.values.set(long_value(PR_OBJECT_TYPE, MAPI_ATTACH));
    if (attachment->id != 0) row.values.set(binary_value(PR_RECORD_KEY, core_->ids().record_key(attachment->id)));
    const auto position =
        static_cast<std::int64_t>(static_cast<std::int32_t>(long_of(row.values, PR_RENDERING_POSITION)));
    row.rank = (static_cast<std::uint64_t>(position + (std::int64_t{1} << 31)) << 32) | attachment->number;
    rows.push_back(std::move(row));
  }
  attachments_.assign(std::move(rows));
  return {};
}

Result<com::Ref<IMAPITable>> MessageBacking::attachment_table(bool unicode) {
  if (!attachments_.is_filled()) TRY(load_attachment_rows());
  com::LiveObject owner;
  describe(owner);
  return attachments_.open(unicode, owner);
}

// Numbers grow as they are given out, so nearly always the list is sorted: 64,000 attachments are not gone through for
// each of them.
std::size_t MessageBacking::place_of(std::uint32_t number) const {
  const auto& all = data_.attachments;
  const auto found =
      in_order_ ? std::partition_point(all.begin(), all.end(), [&](const auto& one) { return one->number < number; })
                : std::find_if(all.begin(), all.end(), [&](const auto& one) { return one->number == number; });
  const bool is_there = found != all.end() && (*found)->number == number;
  return static_cast<std::size_t>((is_there ? found : all.end()) - all.begin());
}

std::shared_ptr<AttachData> MessageBacking::find_attachment(std::uint32_t number) const {
  const std::size_t place = place_of(number);
  return place == data_.attachments.size() ? nullptr : data_.attachments[place];
}

Status MessageBacking::keep_attachment(std::shared_ptr<AttachData> attachment) {
  const std::size_t place = place_of(attachment->number);
  if (place != data_.attachments.size()) {
    std::shared_ptr<AttachData>& old = data_.attachments[place];
    auto next = std::make_shared<AttachData>(*attachment);
    next->id = old->id;
    // What an earlier save of the attachment changed and the message has not written yet.
    next->props.changed.insert(old->props.changed.begin(), old->props.changed.end());
    next->drop_embedded |= old->drop_embedded;
    old = std::move(next);
  } else {
    in_order_ = in_order_ && (data_.attachments.empty() || data_.attachments.back()->number < attachment->number);
    data_.attachments.push_back(std::move(attachment));
  }
  data_.attachments_changed = true;
  return {};
}

Status MessageBacking::remove_attachment(std::uint32_t number) {
  const auto attachment = find_attachment(number);
  if (!attachment) return fail(Code::kNotFound, "store", "the message has no such attachment", number);
  if (attachment->id != 0) data_.removed.push_back(attachment->id);
  std::erase(data_.attachments, attachment);
  data_.attachments_changed = true;
  open_.erase(number);
  return {};
}

IAttach* MessageBacking::open_attachment(std::uint32_t number) const {
  const auto found = open_.find(number);
  return found == open_.end() ? nullptr : found->second;
}

void MessageBacking::attachment_closed(std::uint32_t number, const IAttach* object) {
  const auto found = open_.find(number);
  if (found != open_.end() && found->second == object) open_.erase(found);
}

}  // namespace mapiary::store
