// SPDX-License-Identifier: Apache-2.0
// The options that choose messages (search, export, copy), and the restriction they mean.
#pragma once

#include <vector>

#include "cli/arguments.h"
#include "mapiary/client/filter.h"

namespace cli {

/// Options of the verb itself, then those that choose messages.
std::vector<Option> with_query_options(std::vector<Option> own);
/// Everything passes if none of them was given. UsageError.
mapiary::client::Filter query_of(const Arguments& arguments);

}  // namespace cli
