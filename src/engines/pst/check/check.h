// SPDX-License-Identifier: Apache-2.0
// Every rule of the format that can be checked, over a whole file. Reads only. One thread.
#pragma once

#include <memory>
#include <string>

#include "backend/engine.h"
#include "engines/pst/messaging/pst_file.h"

namespace mapiary::engines::pst {

// Opens the file for itself and takes it as it is; a damaged header or root of a tree is a finding among others.
// kNotFound, kNoAccess, and what decode_header() says of a file in which nothing of a PST is found.
Result<backend::CheckReport> check_path(const std::string& path);

// One that is open: with DatabaseOptions::damaged_start, or its damage may hide what was worked around.
backend::CheckReport check_file(const std::shared_ptr<PstFile>& file);

}  // namespace mapiary::engines::pst
