// SPDX-License-Identifier: Apache-2.0
// The test provider's controls, in this process.
#pragma once

#include "tests/proof/faults.h"

namespace proof {

FaultControl& control();

}  // namespace proof
