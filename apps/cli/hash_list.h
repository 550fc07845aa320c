// SPDX-License-Identifier: Apache-2.0
// manifest-sha256.txt of an export: a line for each file that holds messages, in the form that `sha256sum --check`
// takes. It is made from manifest-items.tsv, so that it is the same after a run that was cut off and resumed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace cli {

struct HashList {
  std::uint64_t files = 0, bytes = 0;
  std::string sha256;  // of the list itself
};

/// Hashes that the list of items has are taken from there, other files are read. Nothing if it was interrupted.
std::optional<HashList> write_hash_list(const std::string& directory, const std::string& items,
                                        const std::string& name);

}  // namespace cli
