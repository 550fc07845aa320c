// SPDX-License-Identifier: Apache-2.0
// Shares of a network (SMB) that are mounted here: what a UNC path and a local path have in common on this system.
// Pure functions but the first one; callable from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mapiary {

struct ShareMount {
  std::string share;  // "//server/share", perhaps with a folder after it
  std::string point;  // "/mnt/share"
  bool operator==(const ShareMount&) const = default;
};

// Those mounted now. Empty where the system does not tell.
std::vector<ShareMount> mounted_shares();
// The same out of the text of /proc/self/mounts, in its order.
std::vector<ShareMount> parse_share_mounts(std::string_view text);

// Paths have '/' on both sides. nullopt: no mount holds it. The longest fitting mount decides; server and share ignore
// case, and "." and
// ".." in the rest are refused, since they could lead out of the share.
std::optional<std::string> local_path_of_share(const std::vector<ShareMount>& mounts, std::string_view share_path);
std::optional<std::string> share_path_of_local(const std::vector<ShareMount>& mounts, std::string_view local_path);

}  // namespace mapiary
