// SPDX-License-Identifier: Apache-2.0
// What the verbs `copy` and `recover` have in common: messages of one store into another, with manifest and marks.
// Implemented in verbs/copy.cc.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/folders.h"
#include "cli/stores.h"

namespace cli {

struct CopyPlan {
  std::string operation = "copy";      // as the manifest calls it
  std::string into;                    // a folder for all folders; empty: each where it was
  std::optional<FolderInfo> start;     // only this folder; what is in it goes into `into` itself
  bool nothing = false;                // there is no folder to copy
  bool recovered = false;              // messages are marked as recovered
  std::vector<std::string> left_over;  // what cannot be copied, as the manifest says it
  std::string no_room;                 // why the store to copy into could not be made: everything has failed
};

/// Nothing is written: --dry-run, or there is nothing.
ExitCode copy_nowhere(const Arguments& arguments, const OpenStore& from, const CopyPlan& plan);
/// Into the store of the verb's second operand, which is made if it is not there.
ExitCode copy_store(const Arguments& arguments, Stores& stores, const OpenStore& from, CopyPlan plan);

}  // namespace cli
