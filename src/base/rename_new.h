// SPDX-License-Identifier: Apache-2.0
// A file gets its name if nobody has it. Errors as in base/file.h; kCollision: there is something of that name.
#pragma once

#include <string>

#include "base/result.h"

namespace mapiary {

Status rename_new(const std::string& from, const std::string& to);

}  // namespace mapiary
