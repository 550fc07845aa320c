// SPDX-License-Identifier: Apache-2.0
#include "store/open_stores.h"

#include <algorithm>

namespace mapiary::store {

void OpenStores::add(Entry entry) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [](const Entry& one) { return one.core.expired(); });
  entries_.push_back(std::move(entry));
}

void OpenStores::set_object(const StoreCore& core, IMsgStore* object) {
  const std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) {
    if (entry.core.lock().get() == &core) entry.object = object;
  }
}

// A store object whose last reference is just going gives none.
com::Ref<IMsgStore> OpenStores::find(const std::string& engine, const std::string& location, bool write) {
  const std::lock_guard lock(mutex_);
  for (const bool writable : {true, false}) {
    if (write && !writable) break;
    for (const Entry& entry : entries_) {
      const auto core = entry.core.lock();
      if (!core || !core->gate()->is_open() || entry.spooler || !entry.object) continue;
      if (entry.engine != engine || entry.location != location || core->writable() != writable) continue;
      if (entry.object->AddRef() > 1) return com::Ref<IMsgStore>::adopt(entry.object);
    }
  }
  return {};
}

void OpenStores::remove(const StoreCore& core) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const Entry& entry) {
    const auto held = entry.core.lock();
    return !held || held.get() == &core;
  });
}

std::vector<CorePtr> OpenStores::of_mailbox(const Guid& uid) const {
  const std::lock_guard lock(mutex_);
  std::vector<CorePtr> cores;
  for (const Entry& entry : entries_) {
    auto core = entry.core.lock();
    if (core && core->gate()->is_open() && core->info().uid == uid) cores.push_back(std::move(core));
  }
  return cores;
}

std::vector<CorePtr> OpenStores::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<CorePtr> cores;
  for (const Entry& entry : entries_) {
    if (auto core = entry.core.lock()) cores.push_back(std::move(core));
  }
  return cores;
}

}  // namespace mapiary::store
