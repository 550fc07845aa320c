// SPDX-License-Identifier: Apache-2.0
#include "session/admin/provider_uses.h"

#include "base/log.h"

namespace mapiary::session::admin {

ProviderUse::ProviderUse(const profile::Profile& profile, const Guid& provider)
    : profile_(profile), provider_(provider) {
  ProviderUses::get().add({profile_.instance(), provider_});
}

ProviderUse::~ProviderUse() {
  if (!ProviderUses::get().drop({profile_.instance(), provider_})) return;
  // The profile or the service may have gone meanwhile, and the provider with it.
  if (const Status gone = profile_.delete_provider(provider_);
      !gone && gone.error().code != Code::kNotFound && gone.error().code != Code::kObjectDeleted) {
    log_error(LogLevel::kWarning, gone.error(), "deleting a provider that was marked for it");
  }
}

ProviderUses& ProviderUses::get() {
  static auto* const uses = new ProviderUses;  // logons may outlive static objects
  return *uses;
}

Status ProviderUses::remove(profile::Profile& profile, const Guid& provider) {
  const auto section = TRY(profile.section(provider));
  {
    std::scoped_lock lock(mutex_);
    if (const auto found = states_.find({profile.instance(), provider}); found != states_.end()) {
      if (found->second.marked || section.kind != profile::SectionKind::kProvider) {
        return fail(Code::kNotFound, "session", "provider " + provider.to_string() + " is deleted already");
      }
      found->second.marked = true;
      return {};
    }
  }
  return profile.delete_provider(provider);
}

bool ProviderUses::is_marked(const Guid& profile, const Guid& provider) {
  std::scoped_lock lock(mutex_);
  const auto found = states_.find({profile, provider});
  return found != states_.end() && found->second.marked;
}

void ProviderUses::add(const Key& key) {
  std::scoped_lock lock(mutex_);
  ++states_[key].users;
}

bool ProviderUses::drop(const Key& key) {
  std::scoped_lock lock(mutex_);
  const auto found = states_.find(key);
  if (found == states_.end() || --found->second.users != 0) return false;
  const bool marked = found->second.marked;
  states_.erase(found);
  return marked;
}

}  // namespace mapiary::session::admin
