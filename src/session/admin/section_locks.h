// SPDX-License-Identifier: Apache-2.0
// Who has which profile section open: any number of readers, or one writer (LC-338..LC-340, LC-527, LC-539). One
// registry for the process, since all its sessions and administration objects share the profiles. Safe from any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "base/guid.h"
#include "base/result.h"

namespace mapiary::session::admin {

class SectionLocks;

// One opener's hold.
class SectionHold {
 public:
  SectionHold(SectionHold&& other) noexcept
      : key_(other.key_), write_(other.write_), live_(std::exchange(other.live_, false)) {}
  SectionHold& operator=(SectionHold&&) = delete;
  ~SectionHold();

 private:
  friend class SectionLocks;
  using Key = std::pair<Guid, Guid>;  // the profile's instance, the section's uid
  SectionHold(Key key, bool write) : key_(key), write_(write) {}

  Key key_;
  bool write_;
  bool live_ = true;
};

class SectionLocks {
 public:
  static SectionLocks& get();
  // kNoAccess: another opener is in the way.
  Result<SectionHold> hold(const Guid& profile, const Guid& section, bool write);

 private:
  friend class SectionHold;
  void release(const SectionHold::Key& key, bool write);

  struct Openers {
    std::size_t readers = 0;
    bool writer = false;
  };
  std::mutex mutex_;
  std::map<SectionHold::Key, Openers> open_;
};

}  // namespace mapiary::session::admin
