// SPDX-License-Identifier: Apache-2.0
// A folder of its own for a mailbox file, gone afterwards. Test code only.
#pragma once

#include <string>

#include "backend/testing/kit.h"
#include "base/env.h"
#include "base/file.h"
#include "engines/sqlite/sqlite_engine.h"

namespace mapiary::engines::sqlite::testing {

class TempFolder {
 public:
  TempFolder() : path_(system_files().make_temp_folder(join_path(temp_folder(), "mapiary-engine-")).value()) {}
  ~TempFolder() {
    for (const FolderEntry& entry : system_files().list(path_).value_or(std::vector<FolderEntry>())) {
      (void)system_files().remove_file(join_path(path_, entry.name));
    }
    (void)system_files().remove_folder(path_);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class SqliteWorld final : public backend::testing::EngineUnderTest {
 public:
  explicit SqliteWorld(bool compress) : engine_(compress) {}
  backend::Engine& engine() override { return engine_; }
  std::string location() override { return join_path(folder_.path(), "mail.db"); }

 private:
  // Makes mailboxes that compress, whatever a test asks for.
  class Compressing final : public backend::Engine {
   public:
    explicit Compressing(bool compress) : compress_(compress) {}
    Result<bool> recognises(const std::string& location) override { return inner_.recognises(location); }
    Status create(const std::string& location, const backend::CreateOptions& options) override {
      backend::CreateOptions own = options;
      own.compress = own.compress || compress_;
      return inner_.create(location, own);
    }
    Result<std::unique_ptr<backend::Mailbox>> open(const std::string& location,
                                                   const backend::OpenOptions& options) override {
      return inner_.open(location, options);
    }
    Result<backend::CheckReport> check(const std::string& location) override { return inner_.check(location); }

   private:
    bool compress_;
    SqliteEngine inner_;
  };

  TempFolder folder_;
  Compressing engine_;
};

}  // namespace mapiary::engines::sqlite::testing
