// SPDX-License-Identifier: Apache-2.0
#include "backend/testing/conformance.h"

#include "backend/testing/failing_engine.h"
#include "engines/memory/memory_engine.h"

namespace mapiary::backend::testing {
namespace {

class MemoryWorld final : public EngineUnderTest {
 public:
  Engine& engine() override { return engine_; }
  std::string location() override { return "mailbox"; }

 private:
  engines::memory::MemoryEngine engine_;
};

// The failing engine must not be told from what it wraps as long as nothing fails.
class PassiveFailingWorld final : public EngineUnderTest {
 public:
  Engine& engine() override { return engine_; }
  std::string location() override { return "mailbox"; }

 private:
  engines::memory::MemoryEngine inner_;
  FailingEngine engine_{inner_, std::make_shared<Faults>()};
};

const EngineCase kMemory{"memory", [] { return std::make_unique<MemoryWorld>(); }};
const EngineCase kFailing{"failing", [] { return std::make_unique<PassiveFailingWorld>(); }};

MAPIARY_ENGINE_CONFORMS(kMemory, kFailing);

// Every call in turn fails: it says so once, the transaction is lost, the mailbox is as before.
TEST(FailingEngine, FailsEachCallOnceAndLeavesTheMailboxWhole) {
  std::uint64_t n = 0;
  for (;; ++n) {
    ASSERT_LT(n, 100u);
    engines::memory::MemoryEngine memory;
    auto faults = std::make_shared<Faults>();
    FailingEngine engine(memory, faults);
    ASSERT_TRUE(engine.create("m", {}));
    auto mailbox = engine.open("m", {}).value();
    const ObjectId root = mailbox->info().root;
    const auto work = [&]() -> Status {
      auto t = TRY(mailbox->begin(Mode::kWrite));
      const ObjectId in = TRY(t->create(root, ObjectKind::kFolder, {}));
      const ObjectId mail = TRY(t->create(root, ObjectKind::kMessage, {}));
      {
        auto blob = TRY(t->open_blob(mail, kBody, BlobMode::kReplace));
        TRY(blob->write_at(0, bytes_of("body")));
      }
      TRY(t->move(mail, in));
      TRY(t->read(mail, {}));
      Collector rows;
      TRY(t->rows(in, ObjectKind::kMessage, {}, rows));
      return t->commit();
    };
    faults->fail_at(n, Code::kDiskError);
    const Status done = work();
    EXPECT_EQ(done.has_value(), !faults->failed()) << n;
    const bool failed = faults->failed();
    faults->clear();
    auto t = mailbox->begin(Mode::kRead).value();
    const FolderCounts counts = t->read(root, {})->info.counts;
    EXPECT_EQ(counts.folders, failed ? 0u : 1u) << n;
    if (!failed) break;
    EXPECT_EQ(done.error().code, Code::kDiskError);
  }
  EXPECT_EQ(n, 9u);
}

TEST(FailingEngine, AFailedWriteBreaksItsTransaction) {
  engines::memory::MemoryEngine memory;
  auto faults = std::make_shared<Faults>();
  FailingEngine engine(memory, faults);
  ASSERT_TRUE(engine.create("m", {}));
  auto mailbox = engine.open("m", {}).value();
  auto t = mailbox->begin(Mode::kWrite).value();
  ASSERT_TRUE(t->create(mailbox->info().root, ObjectKind::kFolder, {}));
  faults->fail_at(0, Code::kNoDiskSpace);
  EXPECT_EQ(code_of(t->create(mailbox->info().root, ObjectKind::kFolder, {})), Code::kNoDiskSpace);
  EXPECT_EQ(code_of(t->commit()), Code::kInvalidObject);
}

}  // namespace
}  // namespace mapiary::backend::testing
