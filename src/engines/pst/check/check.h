// SPDX-License-Identifier: Apache-2.0
// Every rule of the format that can be checked, over a whole file. Reads only. One thread.
#pragma once

#include <memory>

#include "backend/engine.h"
#include "engines/pst/messaging/pst_file.h"

namespace mapiary::engines::pst {

backend::CheckReport check_file(const std::shared_ptr<PstFile>& file);

}  // namespace mapiary::engines::pst
