// SPDX-License-Identifier: Apache-2.0
// Which providers are logged on in this process, and which of those wait to be deleted from their profile (LC-534): a
// provider in use is only marked, is in no table any more, and goes when its last user does. Safe from any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "base/guid.h"
#include "base/result.h"
#include "profile/store.h"

namespace mapiary::session::admin {

// A logon's hold on the provider it uses.
class ProviderUse {
 public:
  ProviderUse(const profile::Profile& profile, const Guid& provider);
  ~ProviderUse();
  ProviderUse(const ProviderUse&) = delete;
  ProviderUse& operator=(const ProviderUse&) = delete;

 private:
  profile::Profile profile_;
  Guid provider_;
};

class ProviderUses {
 public:
  static ProviderUses& get();

  // Deletes the provider, or marks it when it is in use. kNotFound: no such provider, or marked already.
  Status remove(profile::Profile& profile, const Guid& provider);
  bool is_marked(const Guid& profile, const Guid& provider);

 private:
  friend class ProviderUse;
  using Key = std::pair<Guid, Guid>;  // the profile's instance, the provider's uid
  struct State {
    std::size_t users = 0;
    bool marked = false;
  };
  void add(const Key& key);
  // True: it was the last one, and the provider is to go.
  bool drop(const Key& key);

  std::mutex mutex_;
  std::map<Key, State> states_;
};

}  // namespace mapiary::session::admin
