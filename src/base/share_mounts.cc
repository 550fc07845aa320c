// SPDX-License-Identifier: Apache-2.0
#include "base/share_mounts.h"

#include <fstream>
#include <iterator>

#include "base/unicode.h"

namespace mapiary {
namespace {

// Blanks and backslashes are written as \040 and the like.
std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && text.size() - i > 3;
    int value = 0;
    bool octal = escape;
    for (std::size_t k = 1; octal && k <= 3; ++k) {
      const char digit = text[i + k];
      octal = digit >= '0' && digit <= '7';
      value = value * 8 + (digit - '0');
    }
    if (octal) {
      out.push_back(static_cast<char>(value));
      i += 3;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string_view next_field(std::string_view& line) {
  const std::size_t end = line.find(' ');
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return field;
}

bool is_share_type(std::string_view type) {
  return type == "cifs" || type == "smb3" || type == "smbfs";
}

std::string_view without_trailing_slash(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path;
}

// What follows `prefix` in `path`, when the prefix ends at a component.
std::optional<std::string_view> rest_after(std::string_view path, std::string_view prefix, bool ignore_case) {
  if (path.size() < prefix.size()) return std::nullopt;
  const std::string_view head = path.substr(0, prefix.size());
  if (ignore_case ? fold_case(head) != fold_case(prefix) : head != prefix) return std::nullopt;
  const std::string_view rest = path.substr(prefix.size());
  if (!rest.empty() && rest.front() != '/' && prefix != "/") return std::nullopt;
  return rest;
}

bool has_dots(std::string_view path) {
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    if (part == "." || part == "..") return true;
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return false;
}

template <class From, class To>
std::optional<std::string> translate(const std::vector<ShareMount>& mounts, std::string_view path, From from, To to,
                                     bool ignore_case) {
  std::optional<std::string> best;
  std::size_t best_length = 0;
  if (has_dots(path)) return std::nullopt;
  for (const ShareMount& mount : mounts) {
    const std::string_view prefix = without_trailing_slash(mount.*from);
    const auto rest = rest_after(path, prefix, ignore_case);
    if (!rest || prefix.size() < best_length) continue;  // of equals the later mount lies on top
    best_length = prefix.size();
    best = std::string(without_trailing_slash(mount.*to)) + std::string(*rest);
  }
  return best;
}

}  // namespace

std::vector<ShareMount> parse_share_mounts(std::string_view text) {
  std::vector<ShareMount> mounts;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::string_view share = next_field(line);
    const std::string_view point = next_field(line);
    if (!is_share_type(next_field(line)) || !share.starts_with("//")) continue;
    mounts.push_back({unescape(share), unescape(point)});
  }
  return mounts;
}

std::vector<ShareMount> mounted_shares() {
  std::ifstream file("/proc/self/mounts");
  return parse_share_mounts(std::string(std::istreambuf_iterator<char>(file), {}));
}

std::optional<std::string> local_path_of_share(const std::vector<ShareMount>& mounts, std::string_view share_path) {
  return translate(mounts, share_path, &ShareMount::share, &ShareMount::point, true);
}

std::optional<std::string> share_path_of_local(const std::vector<ShareMount>& mounts, std::string_view local_path) {
  return translate(mounts, local_path, &ShareMount::point, &ShareMount::share, false);
}

}  // namespace mapiary
