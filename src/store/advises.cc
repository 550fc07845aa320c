// SPDX-License-Identifier: Apache-2.0
#include "store/advises.h"

#include <edkmdb.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "com/text.h"
#include "store/core.h"
#include "store/values.h"

namespace mapiary::store {

using model::PropTag;

namespace {

constexpr ULONG kEvents = fnevCriticalError | fnevExtended | fnevNewMail | fnevObjectCreated | fnevObjectCopied |
                          fnevObjectDeleted | fnevObjectModified | fnevObjectMoved | fnevSearchComplete;

constexpr ULONG kContentTags[] = {PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_ASSOC_CONTENT_COUNT, PR_MESSAGE_SIZE};
constexpr ULONG kHierarchyTags[] = {PR_SUBFOLDERS, PR_FOLDER_CHILD_COUNT};

bool is_folder(ObjectKind kind) {
  return kind == ObjectKind::kFolder || kind == ObjectKind::kSearchFolder;
}

ULONG type_of(ObjectKind kind) {
  if (kind == ObjectKind::kMailbox) return MAPI_STORE;
  return is_folder(kind) ? MAPI_FOLDER : MAPI_MESSAGE;
}

}  // namespace

struct Advises::Event {
  ULONG type = 0;
  ObjectKind kind = ObjectKind::kFolder;
  ObjectId object = 0, parent = 0, old_object = 0, old_parent = 0;
  std::span<const ULONG> tags;
};

Result<ULONG_PTR> Advises::advise(ObjectId object, std::string_view entry_id, ULONG events, LPMAPIADVISESINK sink) {
  if (events == 0 || (events & ~kEvents) != 0) {
    return fail(Code::kInvalidArgument, "store", "a store does not tell of such an event", events);
  }
  core_.catch_up();
  com::LiveObject words;
  words.kind = "advise connection";
  words.name = std::to_string(last_ + 1);
  words.entry_id = entry_id;
  auto mark = std::make_unique<com::NamedMark>(core_.gate()->live(), std::move(words));
  entries_.push_back({++last_, object, events, com::Notifier::get().subscribe(sink), std::move(mark)});
  core_.watch();
  return last_;
}

Result<com::SubscriptionPtr> Advises::take(ULONG_PTR connection) {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.number == connection; });
  if (found == entries_.end()) {
    return fail(Code::kInvalidArgument, "store", "there is no such connection", connection);
  }
  com::SubscriptionPtr taken = std::move(found->to);
  entries_.erase(found);
  return taken;
}

std::vector<com::SubscriptionPtr> Advises::take_all() {
  std::vector<com::SubscriptionPtr> all;
  for (Entry& entry : entries_) all.push_back(std::move(entry.to));
  entries_.clear();
  return all;
}

// What is copied concerns who asked for the original: nobody can have asked for the copy.
bool Advises::wants(const Entry& entry, const Event& event) {
  if (!(entry.events & event.type)) return false;
  return entry.object == 0 || entry.object == event.object || entry.object == event.old_object;
}

bool Advises::wanted(const Event& event) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return wants(entry, event); });
}

Result<com::NoticePtr> Advises::notice(const Event& event) const {
  com::OutBlock block;
  auto* item = TRY(block.root<NOTIFICATION>());
  item->ulEventType = event.type;
  OBJECT_NOTIFICATION& out = item->info.obj;
  const auto put = [&](ObjectKind kind, ObjectId object, ULONG& size, LPENTRYID& id) -> Status {
    if (object == 0) return {};
    const std::string bytes = kind == ObjectKind::kMailbox ? core_.entry_id()
                              : is_folder(kind)            ? core_.ids().folder(object)
                                                           : core_.ids().message(object);
    id = static_cast<LPENTRYID>(TRY(block.copy(bytes.data(), bytes.size())));
    size = static_cast<ULONG>(bytes.size());
    return {};
  };
  out.ulObjType = type_of(event.kind);
  TRY(put(event.kind, event.object, out.cbEntryID, out.lpEntryID));
  if (event.kind != ObjectKind::kMailbox) TRY(put(ObjectKind::kFolder, event.parent, out.cbParentID, out.lpParentID));
  TRY(put(event.kind, event.old_object, out.cbOldID, out.lpOldID));
  TRY(put(ObjectKind::kFolder, event.old_parent, out.cbOldParentID, out.lpOldParentID));
  if (!event.tags.empty()) {
    auto* tags = static_cast<LPSPropTagArray>(TRY(block.more_bytes(CbNewSPropTagArray(event.tags.size()))));
    tags->cValues = static_cast<ULONG>(event.tags.size());
    std::copy(event.tags.begin(), event.tags.end(), tags->aulPropTag);
    out.lpPropTagArray = tags;
  }
  return std::make_shared<com::Notice>(std::move(block), item, 1);
}

// What there is no memory for is not told; nothing else can be done here.
void Advises::post(const Event& event) {
  if (!wanted(event)) return;
  const auto made = notice(event);
  if (!made) return;
  for (const Entry& entry : entries_) {
    if (wants(entry, event)) com::Notifier::get().post(entry.to, *made);
  }
}

void Advises::of_change(const backend::Change& change) {
  Event event{0, change.object_kind, change.object, change.parent, 0, 0, {}};
  switch (change.kind) {
    case backend::Change::Kind::kCreated: {
      event.type = fnevObjectCreated;
      if (change.source != 0) {
        event.type = fnevObjectCopied;
        event.old_object = change.source;
        event.old_parent = change.old_parent;
      }
      break;
    }
    case backend::Change::Kind::kModified:
      event.type = fnevObjectModified;
      break;
    case backend::Change::Kind::kDeleted:
      event.type = fnevObjectDeleted;
      break;
    case backend::Change::Kind::kMoved:
      event.type = fnevObjectMoved;
      event.old_object = change.object;  // it keeps its id
      event.old_parent = change.old_parent;
      break;
    case backend::Change::Kind::kArrived:
      return arrived(change.object, change.parent);
    case backend::Change::Kind::kLinked:
    case backend::Change::Kind::kUnlinked:
      return;
  }
  post(event);
}

void Advises::on_changes(const backend::ChangeBatch& batch) {
  if (entries_.empty()) return;
  std::set<ObjectId> contents, hierarchies;
  for (const backend::Change& change : batch.changes) {
    of_change(change);
    const bool in_folder = change.object_kind != ObjectKind::kMailbox;
    const bool moves_counts = change.kind != backend::Change::Kind::kModified || !is_folder(change.object_kind);
    if (!in_folder || !moves_counts || change.kind == backend::Change::Kind::kArrived) continue;
    auto& parents = is_folder(change.object_kind) ? hierarchies : contents;
    parents.insert(change.parent);
    if (change.kind == backend::Change::Kind::kMoved) parents.insert(change.old_parent);
  }
  for (const ObjectId folder : contents) {
    post({fnevObjectModified, ObjectKind::kFolder, folder, 0, 0, 0, kContentTags});
  }
  for (const ObjectId folder : hierarchies) {
    post({fnevObjectModified, ObjectKind::kFolder, folder, 0, 0, 0, kHierarchyTags});
  }
}

void Advises::search_complete(ObjectId folder) {
  post({fnevSearchComplete, ObjectKind::kSearchFolder, folder, 0, 0, 0, {}});
}

// The notification says what the message says. One that is gone again was new all the same.
void Advises::arrived(ObjectId message, ObjectId parent) {
  const auto hears = [](const Entry& entry) { return (entry.events & fnevNewMail) && entry.object == 0; };
  if (std::none_of(entries_.begin(), entries_.end(), hears)) return;
  const PropTag tags[] = {PropTag(PR_MESSAGE_CLASS_W), PropTag(PR_MESSAGE_FLAGS)};
  model::PropBag values;
  const auto look = [&]() -> Status {
    backend::ReadRequest request;
    request.tags = tags;
    values = TRY(TRY(core_.read())->read(message, request)).props;
    return {};
  };
  (void)look();
  std::string id = core_.ids().message(message), folder = core_.ids().folder(parent);
  std::wstring message_class = com::to_wide(text_of(values, PR_MESSAGE_CLASS_W));
  NEWMAIL_NOTIFICATION mail{};
  mail.cbEntryID = static_cast<ULONG>(id.size());
  mail.lpEntryID = reinterpret_cast<LPENTRYID>(id.data());
  mail.cbParentID = static_cast<ULONG>(folder.size());
  mail.lpParentID = reinterpret_cast<LPENTRYID>(folder.data());
  mail.ulFlags = MAPI_UNICODE;
  mail.lpszMessageClass = reinterpret_cast<LPTSTR>(message_class.data());
  mail.ulMessageFlags = long_of(values, PR_MESSAGE_FLAGS);
  (void)new_mail(mail);
}

Status Advises::new_mail(const NEWMAIL_NOTIFICATION& mail) {
  NOTIFICATION given{};
  given.ulEventType = fnevNewMail;
  given.info.newmail = mail;
  com::OutBlock block;
  auto* item = TRY(block.root<NOTIFICATION>());
  *item = given;
  NEWMAIL_NOTIFICATION& out = item->info.newmail;
  if (mail.lpEntryID) out.lpEntryID = static_cast<LPENTRYID>(TRY(block.copy(mail.lpEntryID, mail.cbEntryID)));
  if (mail.lpParentID) out.lpParentID = static_cast<LPENTRYID>(TRY(block.copy(mail.lpParentID, mail.cbParentID)));
  if (mail.lpszMessageClass) {
    const bool wide = (mail.ulFlags & MAPI_UNICODE) != 0;
    const std::size_t size =
        wide ? (std::wcslen(reinterpret_cast<const wchar_t*>(mail.lpszMessageClass)) + 1) * sizeof(wchar_t)
             : std::strlen(reinterpret_cast<const char*>(mail.lpszMessageClass)) + 1;
    out.lpszMessageClass = static_cast<LPTSTR>(TRY(block.copy(mail.lpszMessageClass, size)));
  }
  const auto made = std::make_shared<com::Notice>(std::move(block), item, 1);
  for (const Entry& entry : entries_) {
    if ((entry.events & fnevNewMail) && entry.object == 0) com::Notifier::get().post(entry.to, made);
  }
  return {};
}

}  // namespace mapiary::store
