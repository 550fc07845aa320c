// SPDX-License-Identifier: Apache-2.0
#include "store/values.h"

#include <edkmdb.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <algorithm>

#include "com/convert.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

constexpr ULONG kFolder[] = {
    PR_ENTRYID,       PR_RECORD_KEY,         PR_PARENT_ENTRYID,      PR_STORE_ENTRYID,
    PR_OBJECT_TYPE,   PR_FOLDER_TYPE,        PR_STORE_RECORD_KEY,    PR_MAPPING_SIGNATURE,
    PR_CONTENT_COUNT, PR_CONTENT_UNREAD,     PR_ASSOC_CONTENT_COUNT, PR_SUBFOLDERS,
    PR_ACCESS,        PR_ACCESS_LEVEL,       PR_STORE_SUPPORT_MASK,  PR_DISPLAY_TYPE,
    PR_MESSAGE_SIZE,  PR_CONTAINER_CONTENTS, PR_CONTAINER_HIERARCHY, PR_FOLDER_ASSOCIATED_CONTENTS,
    PR_MDB_PROVIDER,  PR_FOLDER_CHILD_COUNT,
};
constexpr ULONG kMessage[] = {
    PR_ENTRYID,     PR_RECORD_KEY,   PR_PARENT_ENTRYID,     PR_STORE_ENTRYID,       PR_STORE_RECORD_KEY,
    PR_OBJECT_TYPE, PR_ACCESS,       PR_ACCESS_LEVEL,       PR_MAPPING_SIGNATURE,   PR_STORE_SUPPORT_MASK,
    PR_HASATTACH,   PR_MDB_PROVIDER, PR_MESSAGE_RECIPIENTS, PR_MESSAGE_ATTACHMENTS, PR_MESSAGE_SIZE,
};

PropValue size_value(PropTag wanted, std::int64_t size) {
  if (wanted.raw_type() == PT_I8) return PropValue::int64(PropTag(PR_MESSAGE_SIZE_EXTENDED), size);
  return PropValue::int32(PropTag(PR_MESSAGE_SIZE), static_cast<std::int32_t>(std::min<std::int64_t>(size, INT32_MAX)));
}

std::optional<PropValue> common_value(StoreCore& core, std::uint16_t id, bool writable) {
  switch (id) {
    case id_of(PR_STORE_ENTRYID):
      if (core.entry_id().empty()) return std::nullopt;
      return binary_value(PR_STORE_ENTRYID, core.entry_id());
    case id_of(PR_STORE_RECORD_KEY):
      return binary_value(PR_STORE_RECORD_KEY, guid_bytes(core.info().uid));
    case id_of(PR_MAPPING_SIGNATURE):
      return binary_value(PR_MAPPING_SIGNATURE, core.names().signature());
    case id_of(PR_MDB_PROVIDER):
      return binary_value(PR_MDB_PROVIDER, guid_bytes(kStoreProvider));
    case id_of(PR_STORE_SUPPORT_MASK):
      return long_value(PR_STORE_SUPPORT_MASK, core.support_mask());
    case id_of(PR_ACCESS_LEVEL):
      return long_value(PR_ACCESS_LEVEL, writable ? MAPI_MODIFY : 0);
    default:
      return std::nullopt;
  }
}

ULONG folder_access(const StoreCore& core, const ObjectInfo& info) {
  ULONG access = MAPI_ACCESS_READ;
  if (!core.writable()) return access;
  access |= MAPI_ACCESS_MODIFY;
  if (info.id != core.info().root) access |= MAPI_ACCESS_DELETE;
  if (info.kind == ObjectKind::kFolder) {
    access |= MAPI_ACCESS_CREATE_HIERARCHY | MAPI_ACCESS_CREATE_CONTENTS | MAPI_ACCESS_CREATE_ASSOCIATED;
  }
  return access;
}

ULONG folder_type(const StoreCore& core, const ObjectInfo& info) {
  if (info.kind == ObjectKind::kSearchFolder) return FOLDER_SEARCH;
  return info.id == core.info().root ? FOLDER_ROOT : FOLDER_GENERIC;
}

}  // namespace

PropValue long_value(ULONG tag, ULONG value) {
  return PropValue::int32(PropTag(tag), static_cast<std::int32_t>(value));
}

PropValue binary_value(ULONG tag, std::string_view bytes) {
  return PropValue::binary(PropTag(tag), std::string(bytes));
}

ULONG long_of(const model::PropBag& bag, ULONG tag) {
  const PropValue* value = bag.find(PropTag(tag));
  return value ? static_cast<ULONG>(value->as_int32()) : 0;
}

std::string text_of(const model::PropBag& bag, ULONG tag) {
  const PropValue* value = bag.find(id_of(tag));
  if (!value || !value->tag().is_text() || !value->is_bytes()) return {};
  return std::string(com::with_text_type(*value, PropType::kUnicode).as_bytes());
}

namespace {

// Search folder, status, search folder, status ...
std::vector<std::int64_t> row_statuses(const model::PropBag& message) {
  const PropValue* list = message.find(private_tag::kRowStatus);
  if (!list || !list->is_multi()) return {};
  auto pairs = std::get<std::vector<std::int64_t>>(list->as_multi());
  if (pairs.size() % 2 != 0) pairs.pop_back();
  return pairs;
}

}  // namespace

ULONG row_status(const model::PropBag& message, ObjectId search_folder) {
  const auto pairs = row_statuses(message);
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    if (static_cast<ObjectId>(pairs[i]) == search_folder) return static_cast<ULONG>(pairs[i + 1]);
  }
  return 0;
}

PropValue with_row_status(const model::PropBag& message, ObjectId search_folder, ULONG status) {
  std::vector<std::int64_t> next;
  const auto pairs = row_statuses(message);
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    if (static_cast<ObjectId>(pairs[i]) != search_folder) next.insert(next.end(), {pairs[i], pairs[i + 1]});
  }
  if (status != 0)
    next.insert(next.end(), {static_cast<std::int64_t>(search_folder), static_cast<std::int64_t>(status)});
  return PropValue::multi(private_tag::kRowStatus, std::move(next));
}

std::span<const ULONG> folder_computed() {
  return kFolder;
}

std::span<const ULONG> message_computed() {
  return kMessage;
}

bool is_computed(std::span<const ULONG> list, std::uint16_t id) {
  return std::any_of(list.begin(), list.end(), [id](ULONG tag) { return id_of(tag) == id; });
}

ULONG display_type(ObjectKind kind) {
  return kind == ObjectKind::kSearchFolder ? DT_FOLDER_LINK : DT_FOLDER;
}

std::optional<PropValue> folder_value(StoreCore& core, const ObjectInfo& info, PropTag tag, bool writable) {
  const auto count = [](ULONG of, std::uint64_t value) {
    return long_value(of, static_cast<ULONG>(std::min<std::uint64_t>(value, INT32_MAX)));
  };
  switch (tag.id()) {
    case id_of(PR_ENTRYID):
      return binary_value(PR_ENTRYID, core.ids().folder(info.id));
    case id_of(PR_RECORD_KEY):
      return binary_value(PR_RECORD_KEY, core.ids().record_key(info.id));
    case id_of(PR_PARENT_ENTRYID):
      // The root is its own parent (pidtagfoldertype).
      return binary_value(PR_PARENT_ENTRYID, core.ids().folder(info.id == core.info().root ? info.id : info.parent));
    case id_of(PR_OBJECT_TYPE):
      return long_value(PR_OBJECT_TYPE, MAPI_FOLDER);
    case id_of(PR_FOLDER_TYPE):
      return long_value(PR_FOLDER_TYPE, folder_type(core, info));
    case id_of(PR_DISPLAY_TYPE):
      return long_value(PR_DISPLAY_TYPE, display_type(info.kind));
    case id_of(PR_CONTENT_COUNT):
      return count(PR_CONTENT_COUNT, info.counts.messages);
    case id_of(PR_CONTENT_UNREAD):
      return count(PR_CONTENT_UNREAD, info.counts.unread);
    case id_of(PR_ASSOC_CONTENT_COUNT):
      return count(PR_ASSOC_CONTENT_COUNT, info.counts.associated);
    case id_of(PR_FOLDER_CHILD_COUNT):
      return count(PR_FOLDER_CHILD_COUNT, info.counts.folders);
    case id_of(PR_SUBFOLDERS):
      return PropValue::boolean(PropTag(PR_SUBFOLDERS), info.counts.folders != 0);
    case id_of(PR_MESSAGE_SIZE):
      return size_value(tag, info.counts.size);
    case id_of(PR_ACCESS):
      return long_value(PR_ACCESS, folder_access(core, info));
    case id_of(PR_CONTAINER_CONTENTS):
      return PropValue::object(PropTag(PR_CONTAINER_CONTENTS));
    case id_of(PR_CONTAINER_HIERARCHY):
      return PropValue::object(PropTag(PR_CONTAINER_HIERARCHY));
    case id_of(PR_FOLDER_ASSOCIATED_CONTENTS):
      if (info.kind == ObjectKind::kSearchFolder) return std::nullopt;
      return PropValue::object(PropTag(PR_FOLDER_ASSOCIATED_CONTENTS));
    default:
      return common_value(core, tag.id(), writable);
  }
}

std::optional<PropValue> message_value(StoreCore& core, const ObjectInfo& info, const model::PropBag& stored,
                                       PropTag tag, bool writable) {
  switch (tag.id()) {
    case id_of(PR_ENTRYID):
      if (info.id == 0) return std::nullopt;  // until it is saved
      return binary_value(PR_ENTRYID, core.ids().message(info.id));
    case id_of(PR_RECORD_KEY):
      if (info.id == 0) return std::nullopt;
      return binary_value(PR_RECORD_KEY, core.ids().record_key(info.id));
    case id_of(PR_PARENT_ENTRYID):
      if (info.parent == 0) return std::nullopt;  // in an attachment
      return binary_value(PR_PARENT_ENTRYID, core.ids().folder(info.parent));
    case id_of(PR_OBJECT_TYPE):
      return long_value(PR_OBJECT_TYPE, MAPI_MESSAGE);
    case id_of(PR_ACCESS): {
      const bool submitted = (long_of(stored, PR_MESSAGE_FLAGS) & MSGFLAG_SUBMIT) != 0;
      const ULONG change = core.writable() && !submitted ? MAPI_ACCESS_MODIFY | MAPI_ACCESS_DELETE : 0;
      return long_value(PR_ACCESS, MAPI_ACCESS_READ | change);
    }
    case id_of(PR_HASATTACH):
      return PropValue::boolean(PropTag(PR_HASATTACH), (long_of(stored, PR_MESSAGE_FLAGS) & MSGFLAG_HASATTACH) != 0);
    case id_of(PR_MESSAGE_SIZE): {
      const PropValue* size = stored.find(PropTag(PR_MESSAGE_SIZE_EXTENDED));
      if (!size) return std::nullopt;
      return size_value(tag, size->as_int64());
    }
    case id_of(PR_MESSAGE_RECIPIENTS):
      return PropValue::object(PropTag(PR_MESSAGE_RECIPIENTS));
    case id_of(PR_MESSAGE_ATTACHMENTS):
      return PropValue::object(PropTag(PR_MESSAGE_ATTACHMENTS));
    default:
      return common_value(core, tag.id(), writable);
  }
}

}  // namespace mapiary::store
