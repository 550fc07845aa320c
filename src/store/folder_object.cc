// SPDX-License-Identifier: Apache-2.0
// Opening of entries, tables, and what the other files of the folder share.
#include "store/folder_object.h"

#include <edkmdb.h>
#include <extraconstants.h>
#include <mapiaux.h>
#include <mapicode.h>
#include <mapitags.h>

#include <cstring>

#include "com/convert.h"
#include "model/restriction_codec.h"
#include "store/message_object.h"
#include "store/read_state.h"
#include "store/submission.h"
#include "store/values.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

constexpr ULONG kOpenFlags = MAPI_MODIFY | MAPI_BEST_ACCESS | MAPI_DEFERRED_ERRORS | MAPI_NO_CACHE | SHOW_SOFT_DELETES;

const IID& folder_backing_id() {
  static const IID id = [] {
    const Guid random = Guid::random();
    IID out;
    std::memcpy(&out, random.bytes.data(), sizeof out);
    return out;
  }();
  return id;
}

template <class I>
Result<com::Ref<IUnknown>> as_interface(com::Ref<I> object, LPCIID iid) {
  if (!iid) return com::Ref<IUnknown>(std::move(object));
  com::Ref<IUnknown> out;
  if (FAILED(object->QueryInterface(*iid, reinterpret_cast<void**>(out.put())))) {
    return fail(Code::kInterfaceNotSupported, "store", "the entry does not offer the interface");
  }
  return out;
}

Result<com::Ref<IUnknown>> open_folder(const CorePtr& core, ObjectId id, LPCIID iid, bool write, ULONG* type) {
  const auto read = TRY(core->read())->read(id, {});
  if (!read) return tl::unexpected(read.error());
  if (read->info.kind != ObjectKind::kFolder && read->info.kind != ObjectKind::kSearchFolder) {
    return fail(Code::kNotFound, "store", "there is no such folder", id);
  }
  auto folder = TRY(as_interface(make_folder(core, read->info, write), iid));
  *type = MAPI_FOLDER;
  return folder;
}

Result<com::Ref<IUnknown>> open_message(const CorePtr& core, ObjectId id, LPCIID iid, ULONG flags, ULONG* type) {
  MessageData data = TRY(load_message(*core, id));
  if (data.parent == 0) return fail(Code::kNotFound, "store", "there is no such message", id);
  bool write = core->writable() && (flags & (MAPI_MODIFY | MAPI_BEST_ACCESS)) != 0;
  const bool best = (flags & MAPI_BEST_ACCESS) != 0;
  const Status allowed = check_submitted(*core, data, write);
  if (!allowed && !(best && allowed.error().code == Code::kSubmitted)) return tl::unexpected(allowed.error());
  if (!allowed) write = false;
  auto message = TRY(as_interface(make_message(std::make_shared<MessageBacking>(core, std::move(data), write)), iid));
  *type = MAPI_MESSAGE;
  return message;
}

}  // namespace

std::string_view entry_bytes(ULONG size, const ENTRYID* id) {
  if (!id) return {};
  return {reinterpret_cast<const char*>(id), size};
}

Result<com::Ref<IUnknown>> open_entry(const CorePtr& core, ULONG size, const ENTRYID* id, LPCIID iid, ULONG flags,
                                      ULONG* type) {
  if (flags & ~kOpenFlags) return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
  if ((flags & MAPI_MODIFY) && !(flags & MAPI_BEST_ACCESS) && !core->writable()) {
    return fail(Code::kNoAccess, "store", "the store is open for reading only");
  }
  const bool write = core->writable() && (flags & (MAPI_MODIFY | MAPI_BEST_ACCESS)) != 0;
  ULONG unused = 0;
  if (!type) type = &unused;
  if (!id || size == 0) return open_folder(core, core->info().root, iid, write, type);
  const auto named = TRY(core->ids().parse(entry_bytes(size, id)));
  if (named.is_folder) return open_folder(core, named.object, iid, write, type);
  return open_message(core, named.object, iid, flags, type);
}

Result<bool> compare_entry_ids(const StoreCore& core, std::string_view a, std::string_view b) {
  const auto first = core.ids().parse(a), second = core.ids().parse(b);
  if (first && second) return first->object == second->object && first->is_folder == second->is_folder;
  for (const auto* one : {&first, &second}) {
    if (!*one && one->error().code == Code::kInvalidEntryId) {
      return fail(Code::kUnknownEntryId, "store", "an entry id names no object");
    }
  }
  return false;
}

com::Ref<IMAPIFolder> make_folder(const CorePtr& core, const ObjectInfo& info, bool writable) {
  return com::make<FolderObject>(std::make_shared<FolderBacking>(core, info.id, info.kind, writable));
}

void* FolderObject::find_interface(REFIID iid) {
  return IsEqualGUID(iid, folder_backing_id()) ? backing_.get() : PropObject::find_interface(iid);
}

// The interface the caller names says how to reach the object; every interface of ours begins with IUnknown.
FolderBacking* FolderObject::same_store(void* folder) const {
  void* found = nullptr;
  auto* unknown = static_cast<IUnknown*>(folder);
  if (!unknown || FAILED(unknown->QueryInterface(folder_backing_id(), &found))) return nullptr;
  unknown->Release();
  auto* backing = static_cast<FolderBacking*>(found);
  return backing->core().info().uid == core().info().uid ? backing : nullptr;
}

Status FolderObject::check_writable() const {
  // Folders opened for reading do change when the store may: access is checked by what is asked for.
  if (core().writable()) return {};
  return fail(Code::kNoAccess, "store", "the store is open for reading only");
}

Result<ObjectId> FolderObject::message_id(ULONG size, const ENTRYID* id) const {
  if (!id) return fail(Code::kInvalidArgument, "store", "the entry id is a NULL pointer");
  const auto named = TRY(core().ids().parse(entry_bytes(size, id)));
  if (named.is_folder) return fail(Code::kInvalidEntryId, "store", "the entry id is that of a folder", named.object);
  return named.object;
}

Result<ObjectId> FolderObject::folder_id(ULONG size, const ENTRYID* id) const {
  if (!id) return fail(Code::kInvalidArgument, "store", "the entry id is a NULL pointer");
  const auto named = TRY(core().ids().parse(entry_bytes(size, id)));
  if (!named.is_folder) return fail(Code::kInvalidEntryId, "store", "the entry id is that of a message", named.object);
  return named.object;
}

HRESULT FolderObject::GetContentsTable(ULONG flags, LPMAPITABLE* out) {
  if (out) *out = nullptr;
  return core_.border().call([&]() -> Status {
    if (!out) return fail(Code::kInvalidArgument, "store", "the out-parameter is a NULL pointer");
    *out = TRY(backing_->contents(flags)).detach();
    return {};
  });
}

HRESULT FolderObject::GetHierarchyTable(ULONG flags, LPMAPITABLE* out) {
  if (out) *out = nullptr;
  return core_.border().call([&]() -> Status {
    if (!out) return fail(Code::kInvalidArgument, "store", "the out-parameter is a NULL pointer");
    *out = TRY(backing_->hierarchy(flags)).detach();
    return {};
  });
}

HRESULT FolderObject::OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) {
  if (out) *out = nullptr;
  return core_.border().call([&]() -> Status {
    if (!out) return fail(Code::kInvalidArgument, "store", "the out-parameter is a NULL pointer");
    *out = TRY(open_entry(shared_core(), size, id, iid, flags, type)).detach();
    return {};
  });
}

HRESULT FolderObject::CreateMessage(LPCIID iid, ULONG flags, LPMESSAGE* out) {
  if (out) *out = nullptr;
  return core_.border().call([&]() -> Status {
    if (!out) return fail(Code::kInvalidArgument, "store", "the out-parameter is a NULL pointer");
    if (flags & ~(MAPI_ASSOCIATED | MAPI_DEFERRED_ERRORS | ITEMPROC_FORCE)) {
      return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    }
    if (iid && !IsEqualGUID(*iid, IID_IMessage) && !IsEqualGUID(*iid, IID_IMAPIProp) &&
        !IsEqualGUID(*iid, IID_IUnknown)) {
      return fail(Code::kInterfaceNotSupported, "store", "a message is created as IMessage");
    }
    TRY(check_writable());
    if (backing_->is_search() && (flags & MAPI_ASSOCIATED)) {
      return fail(Code::kNotSupported, "store", "a search folder has no associated contents");
    }
    if (backing_->is_search()) return fail(Code::kNoAccess, "store", "a search folder takes no messages");
    TRY(backing_->read({}));
    auto data = new_message(backing_->id(), (flags & MAPI_ASSOCIATED) != 0);
    *out = make_message(std::make_shared<MessageBacking>(shared_core(), std::move(data), true)).detach();
    return {};
  });
}

HRESULT FolderObject::SaveContentsSort(LPSSortOrderSet criteria, ULONG flags) {
  return core_.border().call([&]() -> Status {
    if (flags & ~RECURSIVE_SORT) return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    if (!criteria) return fail(Code::kInvalidArgument, "store", "the sort order is a NULL pointer");
    TRY(check_writable());
    const auto order = TRY(com::to_model(*criteria));
    const PropValue value = PropValue::binary(private_tag::kContentsSort, TRY(model::encode_sort_order(order)));
    Writer writer = TRY(core().write());
    backend::Update update;
    update.set = std::span(&value, 1);
    std::vector<ObjectId> folders{backing_->id()};
    for (std::size_t i = 0; i < folders.size(); ++i) {
      TRY(writer->update(folders[i], update));
      if (!(flags & RECURSIVE_SORT) || (i == 0 && backing_->is_search())) continue;
      const auto info = TRY(writer->read(folders[i], {})).info;
      if (info.kind != ObjectKind::kFolder) continue;
      for (const ObjectId child : TRY(children(writer.get(), folders[i], ObjectKind::kFolder)))
        folders.push_back(child);
    }
    return writer.commit();
  });
}

namespace {

// A message has a status in its folder and one in each search folder that shows it (pidtagmessagestatus).
ULONG status_in(const FolderBacking& folder, const model::PropBag& message) {
  if (folder.is_search()) return row_status(message, folder.id());
  return long_of(message, PR_MSG_STATUS);
}

Result<model::PropBag> read_status(backend::Transaction& transaction, ObjectId message) {
  const PropTag tags[] = {PropTag(PR_MSG_STATUS), private_tag::kRowStatus};
  backend::ReadRequest request;
  request.tags = tags;
  return TRY(transaction.read(message, request)).props;
}

}  // namespace

HRESULT FolderObject::GetMessageStatus(ULONG size, LPENTRYID id, ULONG flags, ULONG* status) {
  return core_.border().call([&]() -> Status {
    if (!status) return fail(Code::kInvalidArgument, "store", "the out-parameter is a NULL pointer");
    if (flags != 0) return fail(Code::kUnknownFlags, "store", "flags must be zero", flags);
    const ObjectId message = TRY(message_id(size, id));
    auto transaction = TRY(core().read());
    if (!TRY(is_here(*transaction, message))) return fail(Code::kNotFound, "store", "the folder has no such message");
    *status = status_in(*backing_, TRY(read_status(*transaction, message)));
    return {};
  });
}

HRESULT FolderObject::SetMessageStatus(ULONG size, LPENTRYID id, ULONG status, ULONG mask, ULONG* old_status) {
  return core_.border().call([&]() -> Status {
    TRY(check_writable());
    const ObjectId message = TRY(message_id(size, id));
    Writer writer = TRY(core().write());
    if (!TRY(is_here(writer.get(), message))) return fail(Code::kNotFound, "store", "the folder has no such message");
    const model::PropBag stored = TRY(read_status(writer.get(), message));
    const ULONG before = status_in(*backing_, stored);
    const ULONG next = (before & ~mask) | (status & mask);
    const PropValue value =
        backing_->is_search() ? with_row_status(stored, backing_->id(), next) : long_value(PR_MSG_STATUS, next);
    const std::uint16_t none = value.tag().id();
    backend::Update update;
    if (value.is_multi() && value.value_count() == 0) {
      update.erase = std::span(&none, 1);
    } else {
      update.set = std::span(&value, 1);
    }
    update.quiet = true;
    TRY(writer->update(message, update));
    TRY(writer.commit());
    if (old_status) *old_status = before;
    return {};
  });
}

}  // namespace mapiary::store
