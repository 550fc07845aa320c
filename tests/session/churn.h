// SPDX-License-Identifier: Apache-2.0
// Changes of profiles in an endless row that its number determines: what the second process does to the profile store,
// and what must be in the store after so many of them. A round makes a profile, gives it a service, configures that,
// keeps a secret, copies, makes the copy the default, renames it, and deletes both.
#pragma once

#include <map>
#include <string>

namespace churn {

enum class Step { kCreate, kAddService, kConfigure, kKeepSecret, kCopy, kSetDefault, kRename, kDelete, kDeleteCopy };
constexpr int kSteps = 9;
inline Step step_of(int number) {
  return static_cast<Step>(number % kSteps);
}
// Two properties of one call.
constexpr unsigned kFirstId = 0x6600, kSecondId = 0x6601;
constexpr unsigned kSecretId = 0x67F0, kWithSecretId = 0x6602;

struct Names {
  explicit Names(const std::string& who) : first(who + " first"), copy(who + " copy"), last(who + " last") {}
  std::string first, copy, last;
};

struct Profile {
  bool is_default = false;
  int services = 0;
  int configured = 0;  // the value of both properties; 0: none
  int secret = 0;
  bool operator==(const Profile&) const = default;
};
using World = std::map<std::string, Profile>;

// Only one of several processes may have the default profile for itself.
inline World after(const std::string& who, int changes, bool with_default) {
  World world;
  const Names names(who);
  for (int i = changes - changes % kSteps; i < changes; ++i) {
    switch (step_of(i)) {
      case Step::kCreate:
        world[names.first] = {};
        break;
      case Step::kAddService:
        world[names.first].services = 1;
        break;
      case Step::kConfigure:
        world[names.first].configured = i;
        break;
      case Step::kKeepSecret:
        world[names.first].secret = i;
        break;
      case Step::kCopy:
        world[names.copy] = world[names.first];
        break;
      case Step::kSetDefault:
        world[names.copy].is_default = with_default;
        break;
      case Step::kRename:
        world[names.last] = world[names.copy];
        world.erase(names.copy);
        break;
      case Step::kDelete:
        world.erase(names.first);
        break;
      case Step::kDeleteCopy:
        world.erase(names.last);
        break;
    }
  }
  return world;
}

}  // namespace churn
