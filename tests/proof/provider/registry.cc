// SPDX-License-Identifier: Apache-2.0
// The engines of the test provider: the two of the real one behind the failing engine, and SQLite on a disk in memory.
#include "entry/message_store/registry.h"

#include "backend/testing/failing_engine.h"
#include "engines/memory/memory_engine.h"
#include "engines/sqlite/sqlite_engine.h"
#include "sqlite/testing/file_vfs.h"
#include "tests/proof/faults.h"

namespace {

using namespace mapiary;

// The disk and the engine on it go together and are replaced together.
struct Disk {
  testing::FaultFileSystem files;
  sqlite::testing::FileVfs vfs{files};
  engines::sqlite::SqliteEngine engine{engines::sqlite::EngineOptions{vfs.name()}};
};

class DiskEngine final : public backend::Engine {
 public:
  Disk& disk() { return *disk_; }
  Disk& renew(const std::string& location) {
    disk_.reset();
    disk_ = std::make_unique<Disk>();
    backend::CreateOptions options;
    options.uid = Guid{};
    options.uid->bytes.fill(std::uint8_t{0x42});
    (void)disk_->engine.create(location, options);
    (void)disk_->files.sync_folder(".");
    return *disk_;
  }
  Result<bool> recognises(const std::string& location) override { return disk_->engine.recognises(location); }
  Status create(const std::string& location, const backend::CreateOptions& options) override {
    return disk_->engine.create(location, options);
  }
  Result<std::unique_ptr<backend::Mailbox>> open(const std::string& location,
                                                 const backend::OpenOptions& options) override {
    return disk_->engine.open(location, options);
  }
  Result<backend::CheckReport> check(const std::string& location) override { return disk_->engine.check(location); }

 private:
  std::unique_ptr<Disk> disk_ = std::make_unique<Disk>();
};

class Control final : public proof::FaultControl {
 public:
  void fail_at(std::uint64_t n, Code code) override { faults_->fail_at(n, code); }
  void clear() override { faults_->clear(); }
  bool failed() const override { return faults_->failed(); }
  std::uint64_t calls() const override { return faults_->calls(); }
  std::vector<std::string> check(const std::string& engine, const std::string& location) override {
    std::vector<std::string> found;
    for (const auto& one : engines()) {
      if (one.name != engine) continue;
      const auto report = one.engine->check(location);
      if (!report) return {report.error().message};
      for (const auto& damage : report->damages) found.push_back(std::to_string(damage.object) + ": " + damage.message);
    }
    return found;
  }
  testing::FaultFileSystem& new_disk(const std::string& location) override { return disk_->renew(location).files; }
  testing::FaultFileSystem& disk() override { return disk_->disk().files; }
  void forget_locks() override { disk_->disk().vfs.forget_locks(); }

  const store::EngineList& engines() const { return list_; }

 private:
  engines::memory::MemoryEngine memory_;
  engines::sqlite::SqliteEngine sqlite_;
  std::shared_ptr<backend::testing::Faults> faults_ = std::make_shared<backend::testing::Faults>();
  std::shared_ptr<DiskEngine> disk_ = std::make_shared<DiskEngine>();
  store::EngineList list_{
      {"faulty-memory", std::make_shared<backend::testing::FailingEngine>(memory_, faults_)},
      {"faulty-sqlite", std::make_shared<backend::testing::FailingEngine>(sqlite_, faults_)},
      {"faulty-disk", disk_},
  };
};

// As the real registry's list, it lives as long as the process.
Control& control() {
  static auto* const one = new Control;
  return *one;
}

}  // namespace

namespace mapiary::entry {

const store::EngineList& engines() {
  return control().engines();
}

}  // namespace mapiary::entry

extern "C" __attribute__((visibility("default"))) proof::FaultControl* fault_control() {
  return &control();
}
