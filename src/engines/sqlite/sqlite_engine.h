// SPDX-License-Identifier: Apache-2.0
// Mailboxes as SQLite files: docs/formats/sqlite-store.md. One writer and any number of readers at a time, over all
// threads and processes; nobody waits longer than OpenOptions::busy_deadline. Safe from any thread.
#pragma once

#include <memory>
#include <string>

#include "backend/engine.h"

namespace mapiary::engines::sqlite {

struct EngineOptions {
  std::string vfs;  // for tests (sqlite/testing/file_vfs.h); empty: the machine's files
};

class SqliteEngine final : public backend::Engine {
 public:
  explicit SqliteEngine(EngineOptions options = {}) : options_(std::move(options)) {}

  Result<bool> recognises(const std::string& location) override;
  Status create(const std::string& location, const backend::CreateOptions& options) override;
  Result<std::unique_ptr<backend::Mailbox>> open(const std::string& location,
                                                 const backend::OpenOptions& options) override;
  Result<backend::CheckReport> check(const std::string& location) override;

 private:
  EngineOptions options_;
};

}  // namespace mapiary::engines::sqlite
