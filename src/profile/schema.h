// SPDX-License-Identifier: Apache-2.0
// The tables of the profile store and the way from each version to the next. docs/formats/profile-store.md
#pragma once

#include <span>
#include <string_view>

#include "sqlite/database.h"

namespace mapiary::profile {

inline constexpr std::int32_t kApplicationId = 0x4D505259;  // "MPRY"

// Step n makes version n + 1 of version n. Steps are never changed once released; new ones are added at the end.
std::span<const std::string_view> schema_steps();

// Brings the file to the version of the last step, in one transaction. An empty file gets everything; a file of another
// program is kCorruptStore, of a later version kVersion; both stay as they are. `read_only`: an older version is
// kVersion too, an empty file kNotFound.
Status upgrade(sqlite::Database& database, std::span<const std::string_view> steps, bool read_only);

}  // namespace mapiary::profile
