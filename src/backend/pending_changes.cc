// SPDX-License-Identifier: Apache-2.0
#include "backend/pending_changes.h"

#include <algorithm>

namespace mapiary::backend {

using What = Change::Kind;

Change& PendingChanges::add(What what, ObjectId object, ObjectKind kind, ObjectId parent) {
  Entry entry;
  entry.change.number = ++last_;
  entry.change.kind = what;
  entry.change.object_kind = kind;
  entry.change.object = object;
  entry.change.parent = parent;
  of_object_[object].push_back(entries_.size());
  entries_.push_back(entry);
  return entries_.back().change;
}

PendingChanges::Entry* PendingChanges::find(ObjectId object, What what, ObjectId parent) {
  const auto at = of_object_.find(object);
  if (at == of_object_.end()) return nullptr;
  for (auto i = at->second.rbegin(); i != at->second.rend(); ++i) {
    Entry& entry = entries_[*i];
    if (!entry.gone && entry.change.kind == what && (parent == 0 || entry.change.parent == parent)) return &entry;
  }
  return nullptr;
}

ChangeNumber PendingChanges::created(ObjectId object, ObjectKind kind, ObjectId parent) {
  return add(What::kCreated, object, kind, parent).number;
}

ChangeNumber PendingChanges::modified(ObjectId object, ObjectKind kind, ObjectId parent) {
  if (const Entry* entry = find(object, What::kCreated)) return entry->change.number;
  if (const Entry* entry = find(object, What::kModified)) return entry->change.number;
  return add(What::kModified, object, kind, parent).number;
}

void PendingChanges::moved(ObjectId object, ObjectKind kind, ObjectId parent, ObjectId old_parent) {
  // What was told of it before is told of where it will be found.
  if (Entry* entry = find(object, What::kModified)) entry->change.parent = parent;
  if (Entry* entry = find(object, What::kArrived)) entry->change.parent = parent;
  if (Entry* entry = find(object, What::kCreated)) {
    entry->change.parent = parent;
    return;
  }
  Entry* entry = find(object, What::kMoved);
  if (entry == nullptr) {
    add(What::kMoved, object, kind, parent).old_parent = old_parent;
    return;
  }
  entry->change.parent = parent;
  entry->gone = entry->change.old_parent == parent;
}

void PendingChanges::copied(ObjectId object, ObjectId source, ObjectId source_parent) {
  Entry* entry = find(object, What::kCreated);
  if (entry == nullptr) return;
  entry->change.source = source;
  entry->change.old_parent = source_parent;
}

void PendingChanges::arrived(ObjectId message, ObjectKind kind, ObjectId parent) {
  if (find(message, What::kArrived) == nullptr) add(What::kArrived, message, kind, parent);
}

void PendingChanges::removed(ObjectId object, ObjectKind kind, ObjectId parent) {
  const bool was_new = find(object, What::kCreated) != nullptr;
  if (const Entry* entry = find(object, What::kMoved)) parent = entry->change.old_parent;
  for (const std::size_t i : of_object_[object]) {
    Entry& entry = entries_[i];
    if (was_new || (entry.change.kind != What::kUnlinked && entry.change.kind != What::kLinked)) entry.gone = true;
  }
  if (!was_new) add(What::kDeleted, object, kind, parent);
}

void PendingChanges::linked(ObjectId message, ObjectId search_folder) {
  add(What::kLinked, message, ObjectKind::kMessage, search_folder);
}

void PendingChanges::unlinked(ObjectId message, ObjectId search_folder) {
  if (Entry* entry = find(message, What::kLinked, search_folder)) {
    entry->gone = true;
    return;
  }
  add(What::kUnlinked, message, ObjectKind::kMessage, search_folder);
}

bool PendingChanges::empty() const {
  return std::ranges::all_of(entries_, [](const Entry& entry) { return entry.gone; });
}

std::vector<Change> PendingChanges::take() const {
  std::vector<Change> changes;
  changes.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    if (!entry.gone) changes.push_back(entry.change);
  }
  return changes;
}

}  // namespace mapiary::backend
