// SPDX-License-Identifier: Apache-2.0
// Whether the utility functions are initialised: ScInitMapiUtil and DeinitMapiUtil count, and MAPIInitialize calls the
// pair. Callable from any thread.
#pragma once

namespace mapiary::util {

bool is_initialized();

}  // namespace mapiary::util
