// SPDX-License-Identifier: Apache-2.0
#include "session/state/object_register.h"

namespace mapiary::session {

ObjectRegister::Mark ObjectRegister::add(std::string what) {
  std::lock_guard lock(core_->mutex);
  const std::uint64_t number = ++core_->last;
  core_->objects.emplace(number, std::move(what));
  return Mark(std::shared_ptr<void>(core_.get(), [core = core_, number](void*) {
    std::lock_guard inner(core->mutex);
    core->objects.erase(number);
  }));
}

std::vector<std::string> ObjectRegister::alive() const {
  std::lock_guard lock(core_->mutex);
  std::vector<std::string> result;
  for (const auto& [number, what] : core_->objects) result.push_back(what);
  return result;
}

}  // namespace mapiary::session
