// SPDX-License-Identifier: Apache-2.0
// The tables of a mailbox file and the way from each version to the next: docs/formats/sqlite-store.md
#pragma once

#include <span>
#include <string_view>

#include "backend/engine.h"
#include "sqlite/database.h"

namespace mapiary::engines::sqlite {

inline constexpr std::int32_t kApplicationId = 0x4D505253;  // "MPRS"
inline constexpr std::uint32_t kPageSize = 8192;
inline constexpr backend::ObjectId kMailboxId = 1, kRootId = 2;

// Step n makes version n + 1 of version n. Steps are never changed once released; new ones are added at the end.
std::span<const std::string_view> schema_steps();

// The version of the file; 0: an empty database. kCorruptStore: of another program. kVersion: of a later one.
Result<std::int64_t> schema_version(mapiary::sqlite::Database& database, std::span<const std::string_view> steps);

// Brings the file from a version of before to the last one, in one transaction. `read_only`: it stays as it is, and
// this connection sees it as the last version. An empty database is kCorruptStore: mailboxes are made by fill_new().
Status upgrade(mapiary::sqlite::Database& database, std::span<const std::string_view> steps, bool read_only);

// Of the statements that the file's tables were made by; that of a file of the last version.
Result<std::uint32_t> schema_sum(mapiary::sqlite::Database& database);
inline constexpr std::uint32_t kSchemaSum = 1255975720;

// All steps and the two objects every mailbox has. kCollision: there is something in it already.
Status fill_new(mapiary::sqlite::Database& database, const backend::CreateOptions& options);

}  // namespace mapiary::engines::sqlite
