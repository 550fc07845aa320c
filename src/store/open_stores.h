// SPDX-License-Identifier: Apache-2.0
// The stores that one provider object has open: to find one that is open already (ruling R7), and to tell all logons of
// a mailbox of new mail. Safe from any thread.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "store/core.h"

namespace mapiary::store {

class OpenStores {
 public:
  struct Entry {
    std::weak_ptr<StoreCore> core;
    IMsgStore* object = nullptr;  // while it has references; not counted
    std::string engine, location;
    bool spooler = false;
  };

  void add(Entry entry);
  void set_object(const StoreCore& core, IMsgStore* object);
  // The store object of an open logon, with a reference; null. One that can be written if there is one; with `write`
  // no other, since who asks to write is not served by one that cannot.
  com::Ref<IMsgStore> find(const std::string& engine, const std::string& location, bool write);
  void remove(const StoreCore& core);
  // All logons of the mailbox.
  std::vector<CorePtr> of_mailbox(const Guid& uid) const;
  std::vector<CorePtr> all() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace mapiary::store
