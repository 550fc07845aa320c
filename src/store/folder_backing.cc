// SPDX-License-Identifier: Apache-2.0
#include <edkmdb.h>
#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>

#include "base/clock.h"
#include "model/restriction_codec.h"
#include "store/copying.h"
#include "store/folder_object.h"
#include "store/folder_rows.h"
#include "store/message_rows.h"
#include "store/values.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropType;
using model::PropValue;

Result<backend::ObjectData> FolderBacking::read(const backend::ReadRequest& request) const {
  auto transaction = TRY(core_->read());
  auto read = transaction->read(id_, request);
  if (!read && read.error().code == Code::kNotFound) {
    return fail(Code::kObjectDeleted, "store", "the folder was deleted while it was open", id_);
  }
  return read;
}

Result<std::vector<PropTag>> FolderBacking::list() {
  backend::ReadRequest request;
  request.all = true;
  if (reads_once_ && !once_) once_ = TRY(read(request));
  std::optional<backend::ObjectData> own;
  if (!once_) own = TRY(read(request));
  const backend::ObjectData& data = once_ ? *once_ : *own;
  std::vector<PropTag> tags;
  for (const ULONG tag : folder_computed()) {
    if (const auto value = folder_value(*core_, data.info, PropTag(tag), writable_)) tags.push_back(value->tag());
  }
  for (const PropValue& value : data.props) {
    const std::uint16_t id = value.tag().id();
    if (!is_private(id) && !is_computed(folder_computed(), id)) tags.push_back(value.tag());
  }
  std::sort(tags.begin(), tags.end());
  return tags;
}

Result<PropValue> FolderBacking::get(PropTag tag) {
  backend::ReadRequest request;
  if (reads_once_) {
    request.all = true;
    if (!once_) once_ = TRY(read(request));
    return value_of(*once_, tag);
  }
  request.tags = std::span(&tag, 1);
  return value_of(TRY(read(request)), tag);
}

Result<PropValue> FolderBacking::value_of(const backend::ObjectData& folder, PropTag tag) const {
  if (is_computed(folder_computed(), tag.id())) {
    if (auto value = folder_value(*core_, folder.info, tag, writable_)) return std::move(*value);
  } else if (const PropValue* value = is_private(tag.id()) ? nullptr : folder.props.find(tag.id())) {
    return *value;
  }
  return fail(Code::kNotFound, "store", "there is no such property", tag.value);
}

Status FolderBacking::check_write(PropTag tag) {
  if (!writable_) return fail(Code::kReadOnly, "store", "the folder is open for reading only", tag.value);
  if (is_computed(folder_computed(), tag.id())) {
    return fail(Code::kComputed, "store", "the property is computed by the store", tag.value);
  }
  if (is_private(tag.id())) return fail(Code::kNoAccess, "store", "the property is the provider's", tag.value);
  return {};
}

// Siblings have different names.
Status FolderBacking::rename(const PropValue& name) {
  if (is_root() || is_search()) {
    return fail(Code::kNoAccess, "store", "the root folder and search folders are not renamed", id_);
  }
  model::PropBag bag;
  bag.set(name);
  const std::string text = text_of(bag, PR_DISPLAY_NAME_W);
  if (text.empty()) return fail(Code::kInvalidArgument, "store", "a folder needs a name", id_);
  Writer writer = TRY(core_->write());
  const auto info = TRY(writer->read(id_, {})).info;
  const ObjectId other = TRY(find_folder(writer.get(), info.parent, text));
  if (other != 0 && other != id_) return fail(Code::kCollision, "store", "a folder of this name is there", other);
  const PropValue values[] = {
      name, PropValue::int64(PropTag(PR_LAST_MODIFICATION_TIME), static_cast<std::int64_t>(now().ticks))};
  backend::Update update;
  update.set = values;
  TRY(writer->update(id_, update));
  return writer.commit();
}

Status FolderBacking::set(PropValue value) {
  if (value.tag().value == PR_FOLDER_TYPE) {
    // Read and write, but a folder stays what it is.
    const PropValue now_is = TRY(get(value.tag()));
    if (now_is == value) return {};
  }
  TRY(check_write(value.tag()));
  if (!model::is_known_type(value.tag())) return fail(Code::kInvalidType, "store", "not a property type");
  if (value.tag().id() == id_of(PR_DISPLAY_NAME_W)) {
    if (!value.tag().is_text()) return fail(Code::kUnexpectedType, "store", "a name is text");
    return rename(value);
  }
  Writer writer = TRY(core_->write());
  const PropValue values[] = {
      std::move(value), PropValue::int64(PropTag(PR_LAST_MODIFICATION_TIME), static_cast<std::int64_t>(now().ticks))};
  backend::Update update;
  update.set = values;
  const Status updated = writer->update(id_, update);
  if (!updated && updated.error().code == Code::kNotFound) {
    return fail(Code::kObjectDeleted, "store", "the folder was deleted while it was open", id_);
  }
  TRY(updated);
  return writer.commit();
}

Status FolderBacking::remove(PropTag tag) {
  TRY(check_write(tag));
  if (tag.id() == id_of(PR_DISPLAY_NAME_W)) return fail(Code::kNoAccess, "store", "a folder needs a name", id_);
  TRY(get(tag));
  Writer writer = TRY(core_->write());
  const std::uint16_t id = tag.id();
  backend::Update update;
  update.erase = std::span(&id, 1);
  TRY(writer->update(id_, update));
  return writer.commit();
}

Result<std::shared_ptr<property::RandomBytes>> FolderBacking::open_bytes(PropTag tag, property::OpenMode mode) {
  return open_stored_bytes(core_, id_, tag, mode);
}

Status FolderBacking::save(ULONG flags) {
  if (!writable_ && (flags & (KEEP_OPEN_READWRITE | FORCE_SAVE))) {
    return fail(Code::kReadOnly, "store", "the folder is open for reading only");
  }
  return {};
}

Result<com::Ref<IUnknown>> FolderBacking::open_object(PropTag tag, REFIID iid, ULONG options, ULONG) {
  if (!IsEqualGUID(iid, IID_IMAPITable)) {
    return fail(Code::kInterfaceNotSupported, "store", "the property is not offered through this interface", tag.value);
  }
  const ULONG unicode = options & MAPI_UNICODE;
  if (tag.value == PR_CONTAINER_CONTENTS) return com::Ref<IUnknown>(TRY(contents(unicode)));
  if (tag.value == PR_FOLDER_ASSOCIATED_CONTENTS) return com::Ref<IUnknown>(TRY(contents(unicode | MAPI_ASSOCIATED)));
  if (tag.value == PR_CONTAINER_HIERARCHY) return com::Ref<IUnknown>(TRY(hierarchy(unicode)));
  return fail(Code::kNotFound, "store", "there is no such property", tag.value);
}

Result<com::Ref<IMAPITable>> FolderBacking::contents(ULONG flags) {
  if (flags & ~(MAPI_UNICODE | MAPI_DEFERRED_ERRORS | MAPI_ASSOCIATED | SHOW_SOFT_DELETES | kShowConversations)) {
    return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
  }
  const PropTag sort = private_tag::kContentsSort;
  backend::ReadRequest read_request;
  read_request.tags = std::span(&sort, 1);
  const auto folder = TRY(read(read_request));
  ContentsRequest request;
  request.folder = id_;
  request.is_search = is_search();
  request.associated = (flags & MAPI_ASSOCIATED) != 0;
  if (request.associated && is_search()) {
    return fail(Code::kNotSupported, "store", "a search folder has no associated contents", id_);
  }
  request.conversations = (flags & kShowConversations) != 0 && !request.associated;
  request.nothing = (flags & SHOW_SOFT_DELETES) != 0;
  request.unicode = (flags & MAPI_UNICODE) != 0;
  if (const PropValue* saved = folder.props.find(sort); saved && !request.associated) {
    auto order = model::decode_sort_order(saved->as_bytes());
    if (order) request.order = std::move(*order);
  }
  return open_contents(core_, request);
}

Result<com::Ref<IMAPITable>> FolderBacking::hierarchy(ULONG flags) {
  if (flags & ~(MAPI_UNICODE | MAPI_DEFERRED_ERRORS | CONVENIENT_DEPTH | SHOW_SOFT_DELETES)) {
    return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
  }
  TRY(read({}));
  const Folders which = flags & SHOW_SOFT_DELETES  ? Folders::kNone
                        : flags & CONVENIENT_DEPTH ? Folders::kAll
                                                   : Folders::kChildren;
  return open_hierarchy(core_, id_, which, (flags & MAPI_UNICODE) != 0);
}

}  // namespace mapiary::store
