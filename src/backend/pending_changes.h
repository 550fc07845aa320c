// SPDX-License-Identifier: Apache-2.0
// The change log of one transaction while it runs: numbers what happens and joins it as Change says, so that every
// engine writes the same log. One thread.
#pragma once

#include <unordered_map>
#include <vector>

#include "backend/object.h"

namespace mapiary::backend {

class PendingChanges {
 public:
  // `last`: the newest number of the mailbox.
  explicit PendingChanges(ChangeNumber last = 0) : last_(last) {}

  // A number for other uses of the engine (objects, streams): one series with those of changes.
  std::uint64_t take_number() { return ++last_; }
  // The number that a created or modified object's `version` takes.
  ChangeNumber created(ObjectId object, ObjectKind kind, ObjectId parent);
  ChangeNumber modified(ObjectId object, ObjectKind kind, ObjectId parent);
  void moved(ObjectId object, ObjectKind kind, ObjectId parent, ObjectId old_parent);
  // What created() told of is a copy of that.
  void copied(ObjectId object, ObjectId source, ObjectId source_parent);
  void arrived(ObjectId message, ObjectKind kind, ObjectId parent);
  // `parent`: where it is now.
  void removed(ObjectId object, ObjectKind kind, ObjectId parent);
  void linked(ObjectId message, ObjectId search_folder);
  void unlinked(ObjectId message, ObjectId search_folder);

  bool empty() const;
  // What is left of it, by number.
  std::vector<Change> take() const;
  // The newest number given; also one whose entry has gone.
  ChangeNumber last() const { return last_; }

 private:
  struct Entry {
    Change change;
    bool gone = false;
  };
  Change& add(Change::Kind what, ObjectId object, ObjectKind kind, ObjectId parent);
  Entry* find(ObjectId object, Change::Kind what, ObjectId parent = 0);

  ChangeNumber last_;
  std::vector<Entry> entries_;
  std::unordered_map<ObjectId, std::vector<std::size_t>> of_object_;
};

}  // namespace mapiary::backend
