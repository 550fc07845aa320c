// SPDX-License-Identifier: Apache-2.0
#include "base/env.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace mapiary {
namespace {

std::string without_end_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::optional<std::string> absolute_env(const char* name) {
  auto value = env(name);
  if (!value || !value->starts_with('/')) return std::nullopt;
  return without_end_slash(std::move(*value));
}

struct Account {
  std::string name, home;
};
std::optional<Account> account() {
  std::string buffer(16384, '\0');
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return std::nullopt;
  }
  return Account{found->pw_name, found->pw_dir};
}

Result<std::string> xdg(const char* variable, const char* below_home) {
  if (auto path = absolute_env(variable)) return *path;
  return TRY(home_folder()) + below_home;
}

}  // namespace

std::optional<std::string> env(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

Result<std::string> home_folder() {
  if (auto path = absolute_env("HOME")) return *path;
  auto user = account();
  if (user && user->home.starts_with('/')) return without_end_slash(user->home);
  return fail(Code::kNotFound, "base", "this user has no home folder");
}

Result<std::string> config_folder() {
  return xdg("XDG_CONFIG_HOME", "/.config");
}
Result<std::string> data_folder() {
  return xdg("XDG_DATA_HOME", "/.local/share");
}
Result<std::string> state_folder() {
  return xdg("XDG_STATE_HOME", "/.local/state");
}
Result<std::string> cache_folder() {
  return xdg("XDG_CACHE_HOME", "/.cache");
}
std::string temp_folder() {
  return absolute_env("TMPDIR").value_or("/tmp");
}

std::vector<std::string> config_search_folders() {
  std::vector<std::string> folders;
  if (auto own = config_folder()) folders.push_back(std::move(*own));
  std::string list = env("XDG_CONFIG_DIRS").value_or("");
  if (list.empty()) list = "/etc/xdg";
  std::string_view rest = list;
  while (!rest.empty()) {
    std::string_view one = rest.substr(0, rest.find(':'));
    rest.remove_prefix(one.size() < rest.size() ? one.size() + 1 : one.size());
    if (one.starts_with('/')) folders.push_back(without_end_slash(std::string(one)));
  }
  return folders;
}

std::uint32_t process_id() {
  return static_cast<std::uint32_t>(::getpid());
}

std::string host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "localhost";
  return name;
}

std::string user_name() {
  auto user = account();
  return user && !user->name.empty() ? user->name : std::to_string(::geteuid());
}

Result<std::string> program_path() {
  std::string path(4096, '\0');
  ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0 || static_cast<std::size_t>(length) == path.size()) {
    return fail(Code::kNotFound, "base", "the system does not tell the program's path");
  }
  path.resize(static_cast<std::size_t>(length));
  return path;
}

}  // namespace mapiary
