// SPDX-License-Identifier: Apache-2.0
// Advise of a store: who listens to which object, and the object notifications made of the change log.
//
//   created   fnevObjectCreated, or fnevObjectCopied for a copy                     the object, its parent
//   modified  fnevObjectModified                                                    the object
//   deleted   fnevObjectDeleted; moved fnevObjectMoved, with the old parent
//   arrived   fnevNewMail to all who listen to the whole store
//   counters  fnevObjectModified of each folder whose counts changed, with the tags that did; not of its parent
//
// A sink hears of its object, or of the whole store if it named none. Delivery is com/notifier's: in commit order,
// never under a lock. All calls are made under the store's gate. Pages: imsgstore-advise, object_notification,
// message-store-notification-events.
#pragma once

#include <mapix.h>

#include <memory>
#include <string_view>
#include <vector>

#include "backend/object.h"
#include "com/live_objects.h"
#include "com/notifier.h"
#include "store/entry_ids.h"

namespace mapiary::store {

class StoreCore;

class Advises {
 public:
  explicit Advises(StoreCore& core) : core_(core) {}

  // `object` 0: the whole store. `entry_id` is for the leak report. The connection number, never 0. kInvalidArgument:
  // an event a store does not send.
  Result<ULONG_PTR> advise(ObjectId object, std::string_view entry_id, ULONG events, LPMAPIADVISESINK sink);
  // To be closed by the caller without the gate. kInvalidArgument: no such connection.
  Result<com::SubscriptionPtr> take(ULONG_PTR connection);
  std::vector<com::SubscriptionPtr> take_all();
  bool empty() const { return entries_.empty(); }

  void on_changes(const backend::ChangeBatch& batch);
  // fnevSearchComplete of a search folder.
  void search_complete(ObjectId folder);
  // fnevNewMail as given, to all who listen to the whole store: of what is no message of this store.
  Status new_mail(const NEWMAIL_NOTIFICATION& mail);

 private:
  struct Entry {
    ULONG_PTR number;
    ObjectId object;
    ULONG events;
    com::SubscriptionPtr to;
    std::unique_ptr<com::NamedMark> mark;
  };
  struct Event;

  static bool wants(const Entry& entry, const Event& event);
  bool wanted(const Event& event) const;
  void post(const Event& event);
  Result<com::NoticePtr> notice(const Event& event) const;
  void of_change(const backend::Change& change);
  void arrived(ObjectId message, ObjectId parent);

  StoreCore& core_;
  std::vector<Entry> entries_;
  ULONG_PTR last_ = 0;
};

}  // namespace mapiary::store
