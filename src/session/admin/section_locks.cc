// SPDX-License-Identifier: Apache-2.0
#include "session/admin/section_locks.h"

namespace mapiary::session::admin {

SectionHold::~SectionHold() {
  if (live_) SectionLocks::get().release(key_, write_);
}

SectionLocks& SectionLocks::get() {
  static auto* const locks = new SectionLocks;  // holds may outlive static objects
  return *locks;
}

Result<SectionHold> SectionLocks::hold(const Guid& profile, const Guid& section, bool write) {
  std::scoped_lock lock(mutex_);
  Openers& openers = open_[{profile, section}];
  if (openers.writer || (write && openers.readers != 0)) {
    return fail(Code::kNoAccess, "session",
                "profile section " + section.to_string() + " is open for " + (openers.writer ? "writing" : "reading") +
                    " already");
  }
  write ? void(openers.writer = true) : void(++openers.readers);
  return SectionHold({profile, section}, write);
}

void SectionLocks::release(const SectionHold::Key& key, bool write) {
  std::scoped_lock lock(mutex_);
  const auto found = open_.find(key);
  if (found == open_.end()) return;
  Openers& openers = found->second;
  write ? void(openers.writer = false) : void(--openers.readers);
  if (!openers.writer && openers.readers == 0) open_.erase(found);
}

}  // namespace mapiary::session::admin
