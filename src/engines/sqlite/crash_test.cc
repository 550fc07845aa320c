// SPDX-License-Identifier: Apache-2.0
// What a mailbox file survives: writers killed at any moment, power losses that drop and reorder what was not synced,
// failing calls, full disks. After each: nothing acknowledged is lost, the check finds nothing, others go on at once.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <random>
#include <thread>

#include "base/clock.h"
#include "base/testing/fault_file_system.h"
#include "engines/sqlite/testing/world.h"
#include "sqlite/testing/file_vfs.h"

namespace mapiary::engines::sqlite {
namespace {

using namespace backend;
using backend::testing::code_of;
using backend::testing::Collector;
using backend::testing::kBody;
using backend::testing::kData;
using backend::testing::kNumber;
using backend::testing::noise;
using backend::testing::setting;
using mapiary::testing::FaultFileSystem;

int number(const char* name, int otherwise) {
  const auto asked = env(name);
  return asked ? std::atoi(asked->c_str()) : otherwise;
}

// One save: message `i` with a body, an attachment with data written as a blob, and the folder's own count of saves.
Status save(Mailbox& mailbox, ObjectId folder, int i, Mode mode) {
  auto t = TRY(mailbox.begin(mode));
  const std::vector<model::PropValue> values = {
      model::PropValue::int32(kNumber, i), backend::testing::text(kBody, noise(20'000, static_cast<std::uint64_t>(i))),
      backend::testing::size(i), backend::testing::flags(i % 2 == 0)};
  const ObjectId message = TRY(t->create(folder, ObjectKind::kMessage, setting(values)));
  const ObjectId attachment = TRY(t->create(message, ObjectKind::kAttachment, {}));
  {
    auto blob = TRY(t->open_blob(attachment, kData, BlobMode::kReplace));
    TRY(blob->write_at(0, bytes_of(noise(70'000, static_cast<std::uint64_t>(i) + 1))));
  }
  const std::vector<model::PropValue> count = {model::PropValue::int32(kNumber, i + 1)};
  TRY(t->update(folder, setting(count)));
  return t->commit();
}

// The number of saves there are, each seen to be whole.
int expect_whole(Engine& engine, const std::string& place, ObjectId folder) {
  auto mailbox = engine.open(place, {});
  EXPECT_TRUE(mailbox) << mailbox.error().message;
  if (!mailbox) return -1;
  const auto report = engine.check(place);
  EXPECT_TRUE(report) << report.error().message;
  if (!report) return -1;
  for (const Damage& damage : report->damages) ADD_FAILURE() << damage.object << ": " << damage.message;
  if (!report->damages.empty()) return -1;
  auto t = (*mailbox)->begin(Mode::kRead).value();
  ReadRequest all;
  all.all = true;
  const ObjectData in = t->read(folder, all).value();
  const auto* saves = in.props.find(kNumber);
  const int count = saves == nullptr ? 0 : saves->as_int32();
  EXPECT_EQ(in.info.counts.messages, static_cast<std::uint64_t>(count));
  Collector rows;
  RowQuery query;
  const std::vector<model::PropTag> columns = {kNumber, kBody};
  query.columns = columns;
  EXPECT_TRUE(t->rows(folder, ObjectKind::kMessage, query, rows));
  EXPECT_EQ(rows.rows.size(), static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    EXPECT_EQ(rows.rows[i].values[0].as_int32(), static_cast<int>(i));
    EXPECT_EQ(rows.rows[i].values[1].as_bytes(), noise(20'000, i));
  }
  return count;
}

// ---- kill -9

class Kill : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(engine_.create(place_, {}));
    auto mailbox = engine_.open(place_, {}).value();
    auto t = mailbox->begin(Mode::kWrite).value();
    folder_ = t->create(mailbox->info().root, ObjectKind::kFolder, {}).value();
    ASSERT_TRUE(t->commit());
  }
  // A child that saves from `first` on and says the number of each finished save through a pipe; killed after a while.
  // The last number it said.
  int run_and_kill(int first, Mode mode, std::chrono::microseconds patience) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      SqliteEngine engine;
      auto mailbox = engine.open(place_, {});
      if (!mailbox) ::_exit(2);
      for (int i = first;; ++i) {
        if (!save(**mailbox, folder_, i, mode)) ::_exit(3);
        if (::write(ends[1], &i, sizeof i) != sizeof i) ::_exit(4);
      }
    }
    ::close(ends[1]);
    int last = first - 1, got = 0;
    // Not before it works: the first save is awaited, then some time is let pass.
    if (::read(ends[0], &got, sizeof got) == sizeof got) last = got;
    std::this_thread::sleep_for(patience);
    ::kill(child, SIGKILL);
    while (::read(ends[0], &got, sizeof got) == sizeof got) last = got;
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(ends[0]);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
    return last;
  }

  void empty_folder(int* have) {
    auto mailbox = engine_.open(place_, {}).value();
    auto t = mailbox->begin(Mode::kWrite).value();
    Collector rows;
    ASSERT_TRUE(t->rows(folder_, ObjectKind::kMessage, {}, rows));
    for (const ObjectId id : rows.ids()) ASSERT_TRUE(t->remove(id));
    const std::vector<model::PropValue> none = {model::PropValue::int32(kNumber, 0)};
    ASSERT_TRUE(t->update(folder_, setting(none)));
    ASSERT_TRUE(t->commit());
    *have = 0;
  }

  testing::TempFolder temp_;
  std::string place_ = join_path(temp_.path(), "mail.db");
  SqliteEngine engine_;
  ObjectId folder_ = 0;
};

TEST_F(Kill, AWriterAtAnyMomentLosesNothingAcknowledged) {
  std::mt19937 random(42);
  int have = 0;
  for (int i = 0; i < number("MAPIARY_KILLS", 50) && !HasFailure(); ++i) {
    const Mode mode = i % 2 == 0 ? Mode::kWrite : Mode::kBulk;
    const int said = run_and_kill(have, mode, std::chrono::microseconds(random() % 12'000));
    const auto began = steady_now();
    // The next process goes on at once: no lock is left.
    auto mailbox = engine_.open(place_, {});
    ASSERT_TRUE(mailbox) << mailbox.error().message;
    ASSERT_TRUE((*mailbox)->begin(Mode::kWrite));
    EXPECT_LT(steady_now() - began, std::chrono::seconds(5));
    mailbox->reset();
    const int count = expect_whole(engine_, place_, folder_);
    EXPECT_GE(count, said + 1) << "an acknowledged save is lost, kill " << i;
    have = count;
    if (have > 25) {  // begin anew, so that looking stays quick
      ASSERT_NO_FATAL_FAILURE(empty_folder(&have));
    }
  }
}

// Another process's commits are waited for too, and all of them are told, in order.
TEST_F(Kill, AnotherProcessIsHeardOf) {
  auto mailbox = engine_.open(place_, {}).value();
  ChangeNumber last = mailbox->changes_since(UINT64_MAX, 1)->last;
  const pid_t child = ::fork();
  if (child == 0) {
    SqliteEngine engine;
    auto own = engine.open(place_, {});
    for (int i = 0; own && i < 10; ++i) {
      if (!save(**own, folder_, i, Mode::kWrite)) ::_exit(3);
    }
    ::_exit(own ? 0 : 2);
  }
  std::stop_source stop;
  int created = 0;
  while (created < 10 && mailbox->wait_for_change(last, std::chrono::seconds(60), stop.get_token()).value()) {
    const ChangeBatch batch = mailbox->changes_since(last, 100).value();
    created += static_cast<int>(std::ranges::count(batch.changes, Change::Kind::kCreated, &Change::kind));
    EXPECT_GT(batch.last, last);
    last = batch.last;
  }
  EXPECT_EQ(created, 10);
  int status = 1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

// POSIX drops all locks of a process on a file when it closes any descriptor of it. Without its lock others take the
// WAL away from under it, and what it saves is lost.
TEST(Processes, AMailboxKeepsItsLocksWhenItIsOpenedAgain) {
  testing::TempFolder folder;
  const std::string path = join_path(folder.path(), "mail.db");
  const auto is_locked = [&] {
    const pid_t child = ::fork();
    if (child == 0) {
      const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
      struct flock lock {};
      lock.l_type = F_WRLCK;
      lock.l_whence = SEEK_SET;
      ::_exit(::fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 1;
  };
  SqliteEngine engine;
  ASSERT_TRUE(engine.create(path, {}));
  EXPECT_FALSE(is_locked());
  auto first = engine.open(path, {}).value();
  EXPECT_TRUE(is_locked());
  EXPECT_TRUE(engine.recognises(path).value());
  EXPECT_FALSE(engine.create(path, {}));
  EXPECT_TRUE(engine.check(path));
  OpenOptions reading;
  reading.read_only = true;
  for (const OpenOptions& options : {OpenOptions(), reading}) {
    auto second = engine.open(path, options).value();
    EXPECT_TRUE(is_locked());
    second.reset();
    EXPECT_TRUE(is_locked());
  }
  first.reset();
  EXPECT_FALSE(is_locked());
}

// A new mailbox has its name when it is whole: no room for it leaves nothing, and who is not the first takes nothing
// away.
TEST(Creating, LeavesAWholeMailboxOrNothing) {
  testing::TempFolder folder;
  const std::string path = join_path(folder.path(), "mail.db");
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit small { 10'000, 10'000 };
    ::setrlimit(RLIMIT_FSIZE, &small);
    const Status made = SqliteEngine().create(path, {});
    const bool told = !made && made.error().message.find(path + "'") != std::string::npos;
    ::_exit(told ? 0 : 1);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(system_files().list(folder.path())->empty());
  EXPECT_EQ(code_of(SqliteEngine().create(join_path(folder.path(), "none/mail.db"), {})), Code::kNotFound);

  constexpr int kThreads = 6;
  std::atomic<int> made{0}, opened{0};
  {
    std::vector<std::jthread> all;
    for (int i = 0; i < kThreads; ++i) {
      all.emplace_back([&] {
        SqliteEngine engine;
        const Status done = engine.create(path, {});
        made += done.has_value();
        EXPECT_TRUE(done || done.error().code == Code::kCollision) << done.error().message;
        opened += engine.open(path, {}).has_value();
      });
    }
  }
  EXPECT_EQ(made, 1);
  EXPECT_EQ(opened, kThreads);
  EXPECT_EQ(system_files().list(folder.path())->size(), 1u);
}

// ---- Power loss

struct DiskWorld {
  FaultFileSystem files;
  mapiary::sqlite::testing::FileVfs vfs{files};
  SqliteEngine engine{EngineOptions{vfs.name()}};
  ObjectId folder = 0;

  void make() {
    ASSERT_TRUE(engine.create("mail.db", {}));
    auto mailbox = engine.open("mail.db", {}).value();
    auto t = mailbox->begin(Mode::kWrite).value();
    folder = t->create(mailbox->info().root, ObjectKind::kFolder, {}).value();
    ASSERT_TRUE(t->commit());
    t.reset();
    mailbox.reset();
    ASSERT_TRUE(files.sync_folder("."));
  }
};

class Power : public ::testing::TestWithParam<FaultFileSystem::Loss> {};

TEST_P(Power, LossAtAnyCallLosesNothingAcknowledged) {
  std::mt19937 random(7);
  const int rounds = number("MAPIARY_POWER_LOSSES", 60);
  std::uint64_t calls = 400;
  for (int i = 0; i < rounds && !HasFailure(); ++i) {
    DiskWorld world;
    ASSERT_NO_FATAL_FAILURE(world.make());
    world.files.reset_calls();
    // The first round runs through, to see how many calls there are.
    if (i > 0) world.files.crash_at(random() % calls);
    int durable = 0;
    {
      auto mailbox = world.engine.open("mail.db", {});
      for (int k = 0; mailbox && k < 6; ++k) {
        const Mode mode = k % 3 == 2 ? Mode::kBulk : Mode::kWrite;
        if (!save(**mailbox, world.folder, k, mode)) break;
        if (mode == Mode::kWrite) durable = k + 1;  // and all bulk ones before it
        if (k == 2 && (*mailbox)->flush()) durable = 3;
      }
    }
    if (i == 0) calls = world.files.calls();
    world.files.power_loss(GetParam(), static_cast<std::uint64_t>(i));
    world.vfs.forget_locks();
    const int count = expect_whole(world.engine, "mail.db", world.folder);
    EXPECT_GE(count, durable) << "an acknowledged save is lost, round " << i;
    EXPECT_TRUE(i > 0 || durable == 5) << durable;
  }
}

std::string loss_name(const ::testing::TestParamInfo<FaultFileSystem::Loss>& test) {
  return test.param == FaultFileSystem::Loss::kDropped     ? "Dropped"
         : test.param == FaultFileSystem::Loss::kReordered ? "Reordered"
                                                           : "Kept";
}

INSTANTIATE_TEST_SUITE_P(All, Power,
                         ::testing::Values(FaultFileSystem::Loss::kDropped, FaultFileSystem::Loss::kReordered,
                                           FaultFileSystem::Loss::kKept),
                         loss_name);

// ---- Failing calls

TEST(Faults, AFailingCallIsAnErrorAndTheMailboxStaysWhole) {
  std::uint64_t calls = 0;
  int failures = 0;
  for (std::uint64_t n = 0; n == 0 || n < calls; n += 1 + n / 12) {
    DiskWorld world;
    ASSERT_NO_FATAL_FAILURE(world.make());
    auto mailbox = world.engine.open("mail.db", {}).value();
    world.files.reset_calls();
    if (n > 0) world.files.fail_at(n, EIO);
    const Status done = save(*mailbox, world.folder, 0, Mode::kWrite);
    if (n == 0) calls = world.files.calls();
    world.files.fail_at(UINT64_MAX, EIO);
    if (!done) {
      ++failures;
      EXPECT_TRUE(done.error().code == Code::kDiskError || done.error().code == Code::kInvalidObject)
          << code_name(done.error().code) << done.error().message;
    }
    mailbox.reset();
    const int count = expect_whole(world.engine, "mail.db", world.folder);
    EXPECT_TRUE(count == 1 || (!done && count == 0)) << n;
  }
  EXPECT_GT(failures, 5);
}

TEST(Faults, AFullDiskIsSaidAndTheMailboxGoesOn) {
  DiskWorld world;
  ASSERT_NO_FATAL_FAILURE(world.make());
  auto mailbox = world.engine.open("mail.db", {}).value();
  world.files.limit_space(300'000);
  Status done;
  int saved = 0;
  while ((done = save(*mailbox, world.folder, saved, Mode::kWrite))) ++saved;
  EXPECT_EQ(done.error().code, Code::kNoDiskSpace) << done.error().message;
  world.files.limit_space(UINT64_MAX);
  EXPECT_TRUE(save(*mailbox, world.folder, saved, Mode::kWrite));
  mailbox.reset();
  EXPECT_EQ(expect_whole(world.engine, "mail.db", world.folder), saved + 1);
}

}  // namespace
}  // namespace mapiary::engines::sqlite
