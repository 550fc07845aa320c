// SPDX-License-Identifier: Apache-2.0
// manifest-xxh128.txt or manifest-sha256.txt of an export: a line for each file that holds messages, in the form that
// `xxh128sum --check` or `sha256sum --check` takes. It is made from manifest-items.tsv, so that it is the same after a
// run that was cut off and resumed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/file_hash.h"

namespace cli {

struct HashList {
  HashKind kind = HashKind::kNone;
  std::uint64_t files = 0, bytes = 0;
  std::string hash;  // of the list itself
};

/// Hashes that the list of items has are taken from there, other files are read. Nothing if it was interrupted.
std::optional<HashList> write_hash_list(const std::string& directory, const std::string& items, const std::string& name,
                                        HashKind kind);

}  // namespace cli
