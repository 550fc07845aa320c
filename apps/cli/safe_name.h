// SPDX-License-Identifier: Apache-2.0
// File names made of texts from outside: the same text gives the same name, on every system and in every run, and no
// text leads out of the folder or clashes with a device.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace cli {

inline constexpr std::size_t kNameBytes = 80;

/// Valid UTF-8 of 1 to `most` bytes, without separators, control characters, what Windows refuses, blanks and dots at
/// the ends, and names of devices. Never "." or "..". An empty one becomes `otherwise`.
std::string safe_name(std::string_view text, std::string_view otherwise, std::size_t most = kNameBytes);

/// "000042", then what the text makes: "000042-Quarterly report".
std::string numbered_name(std::uint64_t number, std::string_view text);

/// Names for the folders in one folder: one that differs from an earlier one in letter case alone gets "~2" behind it.
class NameSet {
 public:
  std::string take(std::string_view text, std::string_view otherwise);

 private:
  std::set<std::string> taken_;
};

}  // namespace cli
