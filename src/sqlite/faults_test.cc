// SPDX-License-Identifier: Apache-2.0
// What a database survives: a crash at each call, power losses of every kind, full disks, failing calls.
#include <gtest/gtest.h>

#include <cerrno>

#include "base/clock.h"
#include "base/env.h"
#include "base/testing/fault_file_system.h"
#include "sqlite/database.h"
#include "sqlite/testing/file_vfs.h"

namespace mapiary::sqlite {
namespace {

using mapiary::testing::FaultFileSystem;

struct World {
  FaultFileSystem files;
  testing::FileVfs vfs{files};

  Result<Database> open(Access access, Journal journal, bool gather = false) {
    OpenOptions options;
    options.access = access;
    options.journal = journal;
    options.gather_writes = gather;
    options.vfs = vfs.name();
    options.busy_deadline = std::chrono::milliseconds(20);
    return Database::open("a.db", options);
  }
};

// Two rows that belong together, over several pages.
Status add_pair(Database& db, int value) {
  Transaction transaction = TRY(Transaction::begin(db, Transaction::Mode::kImmediate));
  const std::string row = "INSERT INTO t VALUES(" + std::to_string(value) + ", zeroblob(3000))";
  TRY(db.run(row));
  TRY(db.run(row));
  return transaction.commit();
}

enum class Writes : std::uint8_t { kRollback, kWal, kGathered };

class Crash : public ::testing::TestWithParam<std::tuple<Writes, FaultFileSystem::Loss>> {};

TEST_P(Crash, AtEveryCallLeavesTheOldOrTheNewAndWhatWasAcknowledged) {
  const auto [writes, loss] = GetParam();
  const Journal journal = writes == Writes::kRollback ? Journal::kRollback : Journal::kWal;
  const bool gather = writes == Writes::kGathered;
  bool finished = false;
  for (std::uint64_t n = 0; !finished; ++n) {
    ASSERT_LT(n, 2000u);
    World world;
    std::int64_t acknowledged = 0;
    {
      auto setup = world.open(Access::kCreate, journal, gather);
      ASSERT_TRUE(setup) << setup.error().message;
      ASSERT_TRUE(setup->run("CREATE TABLE t(i, b)"));
      ASSERT_TRUE(world.files.sync_folder("."));
    }
    world.files.crash_at(n);
    if (auto db = world.open(Access::kReadWrite, journal, gather)) {
      int i = 0;
      for (; i < 3 && add_pair(*db, i); ++i) ++acknowledged;
      finished = i == 3;
    }
    world.files.power_loss(loss, n);
    world.vfs.forget_locks();
    auto after = world.open(Access::kReadWrite, Journal::kKeep);
    ASSERT_TRUE(after) << "crash at call " << n << ": " << after.error().message;
    ASSERT_TRUE(after->check_integrity()) << n;
    const auto rows = after->integer("SELECT count(*) FROM t");
    ASSERT_TRUE(rows) << rows.error().message;
    EXPECT_EQ(**rows % 2, 0) << "half a transaction after a crash at call " << n;
    EXPECT_GE(**rows, 2 * acknowledged) << "an acknowledged commit is lost after a crash at call " << n;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Crash,
                         ::testing::Combine(::testing::Values(Writes::kRollback, Writes::kWal, Writes::kGathered),
                                            ::testing::Values(FaultFileSystem::Loss::kDropped,
                                                              FaultFileSystem::Loss::kReordered,
                                                              FaultFileSystem::Loss::kKept)));

TEST(Faults, AFullDiskIsSaidAndTheDatabaseStaysUsable) {
  World world;
  Database db = world.open(Access::kCreate, Journal::kRollback).value();
  ASSERT_TRUE(db.run("CREATE TABLE t(i, b)"));
  world.files.limit_space(16000);
  const auto full = add_pair(db, 1);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Code::kNoDiskSpace);
  world.files.limit_space(UINT64_MAX);
  EXPECT_EQ(db.integer("SELECT count(*) FROM t").value(), 0);
  EXPECT_TRUE(add_pair(db, 1));
  EXPECT_TRUE(db.check_integrity());
}

TEST(Faults, AFailingCallIsAnErrorOrHarmless) {
  int failures = 0, rolled_back = 0;
  for (std::uint64_t n = 0; n < 60; ++n) {
    World world;
    Database db = world.open(Access::kCreate, Journal::kRollback).value();
    ASSERT_TRUE(db.run("CREATE TABLE t(i, b)"));
    world.files.fail_at(n, EIO);
    const auto done = add_pair(db, 1);
    if (!done) ++failures;
    world.files.fail_at(UINT64_MAX, EIO);
    const auto rows = db.integer("SELECT count(*) FROM t").value();
    // When only the last sync of a commit failed, the commit is there although it could not be promised.
    EXPECT_TRUE(rows == 2 || (!done && rows == 0)) << n;
    rolled_back += rows == 0;
    EXPECT_TRUE(db.check_integrity()) << n;
  }
  EXPECT_GT(failures, 5);
  EXPECT_GT(rolled_back, 5);
}

// ---- Frames of a WAL that go to the system together

class Gathering : public ::testing::Test {
 protected:
  // Few pages in memory, so that a transaction writes some of its frames before it ends.
  Database open() {
    Database db = world_.open(Access::kCreate, Journal::kWal, true).value();
    EXPECT_TRUE(db.run("PRAGMA cache_size = 8; PRAGMA wal_autocheckpoint = 0; CREATE TABLE IF NOT EXISTS t(i, b)"));
    return db;
  }
  static Status add(Database& db, int from, int count) {
    for (int i = from; i < from + count; ++i) {
      TRY(db.run("INSERT INTO t VALUES(" + std::to_string(i) + ", randomblob(3000))"));
    }
    return {};
  }
  static void expect_rows(Database& db, std::int64_t count) {
    EXPECT_EQ(db.integer("SELECT count(*) FROM t").value(), count);
    EXPECT_EQ(db.integer("SELECT count(length(b)) FROM t WHERE length(b) = 3000").value(), count);
    EXPECT_TRUE(db.check_integrity());
  }
  World world_;
};

TEST_F(Gathering, ATransactionOfManyFramesIsFewCalls) {
  const auto calls_of = [](bool gather) {
    World world;
    Database db = world.open(Access::kCreate, Journal::kWal, gather).value();
    EXPECT_TRUE(db.run("PRAGMA wal_autocheckpoint = 0; CREATE TABLE t(i, b)"));
    const std::uint64_t before = world.files.calls();
    auto transaction = Transaction::begin(db, Transaction::Mode::kImmediate).value();
    EXPECT_TRUE(add(db, 0, 50));
    EXPECT_TRUE(transaction.commit());
    return world.files.calls() - before;
  };
  EXPECT_LT(calls_of(true) * 5, calls_of(false));
}

TEST_F(Gathering, ATransactionReadsBackWhatItHasWritten) {
  Database db = open();
  auto transaction = Transaction::begin(db, Transaction::Mode::kImmediate).value();
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(add(db, i, 1));
    EXPECT_EQ(db.integer("SELECT count(length(b)) FROM t").value(), i + 1);
  }
  // Pages that are in the WAL are written a second time, and the sums of what follows with them.
  ASSERT_TRUE(db.run("UPDATE t SET b = zeroblob(3000) WHERE i % 3 = 0"));
  ASSERT_TRUE(transaction.commit());
  Database other = open();
  expect_rows(other, 40);
  EXPECT_EQ(other.integer("SELECT count(*) FROM t WHERE b = zeroblob(3000)").value(), 14);
}

TEST_F(Gathering, WhatWasRolledBackDoesNotComeOverTheNextWriter) {
  Database first = open(), second = open();
  ASSERT_TRUE(add(first, 0, 60));
  for (int round = 0; round < 12; ++round) {
    ASSERT_TRUE(second.checkpoint());  // so that taking back reads nothing in the WAL
    {
      auto transaction = Transaction::begin(first, Transaction::Mode::kImmediate).value();
      ASSERT_TRUE(add(first, 1000, 15 + round));
      transaction.roll_back();
    }
    auto transaction = Transaction::begin(second, Transaction::Mode::kImmediate).value();
    ASSERT_TRUE(add(second, 100 + round, 1));
    ASSERT_TRUE(transaction.commit());
    ASSERT_TRUE(add(first, 200 + round, 1));  // where the first would go on
    expect_rows(second, 60 + 2 * (round + 1));
  }
  Database other = open();
  expect_rows(other, 84);
}

TEST_F(Gathering, ASavepointTakesBackItsPartAlone) {
  Database db = open();
  {
    auto transaction = Transaction::begin(db, Transaction::Mode::kImmediate).value();
    ASSERT_TRUE(add(db, 0, 30));
    ASSERT_TRUE(db.run("SAVEPOINT s"));
    ASSERT_TRUE(add(db, 100, 30));
    ASSERT_TRUE(db.run("ROLLBACK TO s"));
    ASSERT_TRUE(add(db, 200, 5));
    ASSERT_TRUE(transaction.commit());
  }
  Database other = open();
  expect_rows(other, 35);
}

TEST_F(Gathering, AFailingWriteIsToldBeforeTheCommitIs) {
  int told = 0;
  for (std::uint64_t n = 0; n < 40; ++n) {
    World world;
    Database db = world.open(Access::kCreate, Journal::kWal, true).value();
    ASSERT_TRUE(db.run("PRAGMA cache_size = 8; CREATE TABLE t(i, b)"));
    world.files.fail_at(n, ENOSPC);
    const auto done = [&]() -> Status {
      auto transaction = TRY(Transaction::begin(db, Transaction::Mode::kImmediate));
      TRY(add(db, 0, 40));
      return transaction.commit();
    }();
    told += done ? 0 : 1;
    world.files.fail_at(UINT64_MAX, ENOSPC);
    const auto rows = db.integer("SELECT count(*) FROM t").value();
    EXPECT_TRUE(rows == 40 || (!done && rows == 0)) << n;
    EXPECT_TRUE(db.check_integrity()) << n;
    ASSERT_TRUE(add(db, 50, 1)) << n;
    Database other = world.open(Access::kReadWrite, Journal::kKeep, true).value();
    EXPECT_EQ(other.integer("SELECT count(*) FROM t").value(), *rows + 1) << n;
  }
  EXPECT_GT(told, 5);
}

TEST(Faults, ReadingOnlyMakesNoCallThatWrites) {
  World world;
  { ASSERT_TRUE(world.open(Access::kCreate, Journal::kWal)->run("CREATE TABLE t(i); INSERT INTO t VALUES(7)")); }
  const auto names = world.files.names();
  const auto content = world.files.content("a.db").value();
  {
    Database reader = world.open(Access::kReadOnly, Journal::kKeep).value();
    EXPECT_EQ(reader.integer("SELECT i FROM t").value(), 7);
    EXPECT_EQ(world.files.names(), names);
  }
  EXPECT_EQ(world.files.names(), names);
  EXPECT_EQ(world.files.content("a.db").value(), content);
}

// A crash while the head of a WAL was written. Who only reads can mend nothing, and need not: such a WAL holds nothing.
TEST(Faults, AReaderTakesAWalWithATornHeadForAnEmptyOneAtOnce) {
  const std::string folder = system_files().make_temp_folder(join_path(temp_folder(), "torn-")).value();
  const std::string made = join_path(folder, "a.db"), torn = join_path(folder, "b.db");
  {
    OpenOptions options;
    options.access = Access::kCreate;
    options.journal = Journal::kWal;
    Database db = Database::open(made, options).value();
    ASSERT_TRUE(db.run("CREATE TABLE t(i); INSERT INTO t VALUES(7)"));
    ASSERT_TRUE(db.checkpoint());
    ASSERT_TRUE(db.run("INSERT INTO t VALUES(8)"));
    const std::string content = system_files().read_file(made, 1 << 20).value();
    const std::string wal = system_files().read_file(made + "-wal", 1 << 20).value();
    ASSERT_GT(wal.size(), 32u);
    ASSERT_TRUE(system_files().replace_file(torn, bytes_of(content)));
    for (const std::size_t at : {std::size_t{0}, std::size_t{17}, std::size_t{31}, wal.size()}) {
      std::string bad = wal;
      if (at < bad.size()) bad[at] = static_cast<char>(bad[at] ^ 0x5A);
      ASSERT_TRUE(system_files().replace_file(torn + "-wal", bytes_of(bad)));
      OpenOptions reading;
      reading.access = Access::kReadOnly;
      const auto began = steady_now();
      auto reader = Database::open(torn, reading);
      ASSERT_TRUE(reader) << reader.error().message;
      EXPECT_EQ(reader->integer("SELECT count(*) FROM t").value(), at < wal.size() ? 1 : 2) << at;
      EXPECT_LT(steady_now() - began, std::chrono::seconds(3)) << at;
      EXPECT_EQ(system_files().read_file(torn + "-wal", 1 << 20).value(), bad);
    }
  }
  for (const char* name : {"a.db", "b.db", "b.db-wal"}) {
    ASSERT_TRUE(system_files().remove_file(join_path(folder, name))) << name;
  }
  ASSERT_TRUE(system_files().remove_folder(folder)) << "nothing else was made";
}

}  // namespace
}  // namespace mapiary::sqlite
