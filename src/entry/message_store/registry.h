// SPDX-License-Identifier: Apache-2.0
// The one list of storage engines. A new engine is its folder and one line here.
#pragma once

#include "store/provider.h"

namespace mapiary::entry {

// Stores in memory live as long as the process.
const store::EngineList& engines();

}  // namespace mapiary::entry
