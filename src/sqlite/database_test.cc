// SPDX-License-Identifier: Apache-2.0
#include "sqlite/database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/clock.h"
#include "base/env.h"
#include "base/file.h"

namespace mapiary::sqlite {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = system_files().make_temp_folder(join_path(temp_folder(), "sqlite-test-")).value();
    path_ = join_path(folder_, "a?b%c#.db");  // a name that a URI would misread
  }
  void TearDown() override {
    for (const std::string& name : names()) ASSERT_TRUE(system_files().remove_file(join_path(folder_, name)));
    ASSERT_TRUE(system_files().remove_folder(folder_));
  }
  Database create(Journal journal = Journal::kRollback) {
    OpenOptions options;
    options.access = Access::kCreate;
    options.journal = journal;
    auto database = Database::open(path_, options);
    EXPECT_TRUE(database) << database.error().message;
    return std::move(*database);
  }
  Result<Database> open(Access access, std::chrono::milliseconds wait = std::chrono::milliseconds(200)) {
    OpenOptions options;
    options.access = access;
    options.busy_deadline = wait;
    return Database::open(path_, options);
  }
  std::vector<std::string> names() {
    std::vector<std::string> found;
    const auto entries = system_files().list(folder_);
    for (const FolderEntry& entry : *entries) found.push_back(entry.name);
    return found;
  }
  std::string bytes() { return system_files().read_file(path_, 1 << 24).value(); }

  std::string folder_, path_;
};

TEST_F(DatabaseTest, ValuesComeBackAsTheyWent) {
  Database db = create();
  ASSERT_TRUE(db.run("CREATE TABLE t(i, r, s, b, n); -- and a remark\n"));
  Statement in = db.prepare("INSERT INTO t VALUES(?,?,?,?,?)").value();
  const std::string nul("a\0b", 3);
  ASSERT_TRUE(in.bind(1, std::int64_t{-5'000'000'000}));
  ASSERT_TRUE(in.bind(2, 0.5));
  ASSERT_TRUE(in.bind(3, std::string_view(nul)));
  ASSERT_TRUE(in.bind_blob(4, std::string_view()));
  ASSERT_TRUE(in.bind(5, std::nullopt));
  ASSERT_TRUE(in.run());
  EXPECT_EQ(db.last_row_id(), 1);
  EXPECT_EQ(db.changes(), 1);
  Statement out = db.prepare("SELECT * FROM t").value();
  ASSERT_TRUE(out.step().value());
  EXPECT_EQ(out.column_count(), 5);
  EXPECT_EQ(out.integer(0), -5'000'000'000);
  EXPECT_EQ(out.real(1), 0.5);
  EXPECT_EQ(out.text(2), nul);
  EXPECT_EQ(out.type(3), Statement::Type::kBlob);
  EXPECT_EQ(out.blob(3), "");
  EXPECT_TRUE(out.is_null(4));
  EXPECT_FALSE(out.step().value());
}

TEST_F(DatabaseTest, ErrorsNameFileAndStatement) {
  Database db = create();
  ASSERT_TRUE(db.run("CREATE TABLE t(i INTEGER PRIMARY KEY)"));
  ASSERT_TRUE(db.run("INSERT INTO t VALUES(1)"));
  const auto twice = db.run("INSERT INTO t VALUES(1)");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, Code::kCollision);
  EXPECT_NE(twice.error().message.find(path_), std::string::npos);
  EXPECT_NE(twice.error().message.find("INSERT INTO t"), std::string::npos);
  EXPECT_EQ(db.prepare("SELEKT").error().code, Code::kInternal);
  EXPECT_EQ(db.prepare("SELECT 1; SELECT 2").error().code, Code::kInvalidArgument);
  EXPECT_EQ(db.prepare("").error().code, Code::kInvalidArgument);
  Statement one = db.prepare("SELECT ?").value();
  EXPECT_FALSE(one.bind(2, std::int64_t{1}));
  EXPECT_EQ(Database::open("", {}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(Database::open(":memory:", {}).error().code, Code::kInvalidArgument);
}

TEST_F(DatabaseTest, KeptStatementsComeBackWithoutTheirPast) {
  Database db = create();
  ASSERT_TRUE(
      db.run("CREATE TABLE t(i INTEGER PRIMARY KEY, x); INSERT INTO t VALUES(1, 'a'); INSERT INTO t VALUES(2, NULL)"));
  constexpr std::string_view kFind = "SELECT i FROM t WHERE x IS ?";
  {
    Statement one = db.kept(kFind).value();
    ASSERT_TRUE(one.bind(1, std::string_view("a")));
    ASSERT_TRUE(one.step().value());
    EXPECT_EQ(one.integer(0), 1);
    // While it is in use another is made, and both are whole.
    Statement other = db.kept(kFind).value();
    ASSERT_TRUE(other.step().value());
    EXPECT_EQ(other.integer(0), 2);
    EXPECT_EQ(one.integer(0), 1);
    Statement moved = std::move(other);
    EXPECT_EQ(moved.integer(0), 2);
  }
  {  // neither the value that was bound nor the row it stood on is left, and no reader
    Statement again = db.kept(kFind).value();
    ASSERT_TRUE(again.step().value());
    EXPECT_EQ(again.integer(0), 2);
  }
  ASSERT_TRUE(db.run("ALTER TABLE t ADD COLUMN y"));
  EXPECT_TRUE(db.run("PRAGMA journal_mode = WAL")) << "nothing reads any more";
  EXPECT_EQ(db.integer("SELECT count(*) FROM t"), 2);
  ASSERT_TRUE(db.run("DELETE FROM t WHERE i = 1"));
  EXPECT_EQ(db.integer("SELECT count(*) FROM t"), 1);
  {  // after an error too
    Statement insert = db.kept("INSERT INTO t(i) VALUES(?)").value();
    ASSERT_TRUE(insert.bind(1, std::int64_t{2}));
    EXPECT_FALSE(insert.run());
  }
  Statement insert = db.kept("INSERT INTO t(i) VALUES(?)").value();
  ASSERT_TRUE(insert.bind(1, std::int64_t{3}));
  EXPECT_TRUE(insert.run());
  EXPECT_EQ(db.kept("SELEKT").error().code, Code::kInternal);
  EXPECT_EQ(db.kept("SELECT 1; SELECT 2").error().code, Code::kInvalidArgument);
  // Any number of texts; what is beyond the bound is compiled anew.
  for (int i = 0; i < 200; ++i) EXPECT_EQ(db.integer("SELECT " + std::to_string(i)), i);
}

TEST_F(DatabaseTest, OpeningSaysWhatIsWrong) {
  EXPECT_EQ(open(Access::kReadWrite).error().code, Code::kNotFound);
  EXPECT_EQ(open(Access::kReadOnly).error().code, Code::kNotFound);
  EXPECT_TRUE(names().empty()) << "a file that is not there is not made";
  const std::string text =
      "this is no database, and longer than the header that one has, which is a hundred bytes long, so";
  ASSERT_TRUE(system_files().replace_file(path_, bytes_of(text + text)));
  for (const Access access : {Access::kReadOnly, Access::kReadWrite, Access::kCreate}) {
    const auto refused = open(access);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kCorruptStore);
    EXPECT_NE(refused.error().message.find(path_), std::string::npos);
  }
  EXPECT_EQ(bytes(), text + text);
}

TEST_F(DatabaseTest, InMemoryIsItsOwnAndLeavesNoFile) {
  OpenOptions options;
  options.access = Access::kCreate;
  options.in_memory = true;
  Database db = Database::open(path_, options).value();
  Database other = Database::open(path_, options).value();
  EXPECT_EQ(db.path(), path_);
  ASSERT_TRUE(db.run("CREATE TABLE t(i INTEGER PRIMARY KEY); CREATE TABLE u(i REFERENCES t ON DELETE CASCADE)"));
  EXPECT_FALSE(other.run("INSERT INTO t VALUES(1)"));
  const auto before = db.commit_count();
  EXPECT_EQ(db.commit_count(), before);
  {
    Transaction transaction = Transaction::begin(db, Transaction::Mode::kImmediate).value();
    ASSERT_TRUE(db.run("INSERT INTO t VALUES(7); INSERT INTO u VALUES(7)"));
    ASSERT_TRUE(transaction.commit());
  }
  EXPECT_NE(db.commit_count(), before);
  {
    Transaction transaction = Transaction::begin(db, Transaction::Mode::kImmediate).value();
    ASSERT_TRUE(db.run("DELETE FROM t"));  // foreign keys hold here, too
    EXPECT_EQ(db.integer("SELECT count(*) FROM u").value(), 0);
    transaction.roll_back();
  }
  EXPECT_EQ(db.integer("SELECT i FROM u").value(), 7);
  const auto wrong = db.run("INSERT INTO t VALUES(7)");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find(path_), std::string::npos) << wrong.error().message;
  EXPECT_TRUE(names().empty());
}

TEST_F(DatabaseTest, NewFilesArePrivate) {
  const mode_t old = ::umask(0);
  {
    Database db = create(Journal::kWal);
    ASSERT_TRUE(db.run("CREATE TABLE t(i)"));
    for (const std::string& name : names()) {
      struct stat info {};
      ASSERT_EQ(::stat(join_path(folder_, name).c_str(), &info), 0);
      EXPECT_EQ(info.st_mode & 0777u, 0600u) << name;
    }
    EXPECT_EQ(names().size(), 3u);
  }
  ::umask(old);
}

TEST_F(DatabaseTest, TransactionsAreWholeOrNothing) {
  Database db = create();
  ASSERT_TRUE(db.run("CREATE TABLE t(i)"));
  {
    Transaction transaction = Transaction::begin(db, Transaction::Mode::kImmediate).value();
    ASSERT_TRUE(db.run("INSERT INTO t VALUES(1)"));
    EXPECT_EQ(Transaction::begin(db, Transaction::Mode::kDeferred).error().code, Code::kInvalidObject);
  }
  EXPECT_EQ(db.integer("SELECT count(*) FROM t").value(), 0);
  Transaction transaction = Transaction::begin(db, Transaction::Mode::kDeferred).value();
  ASSERT_TRUE(db.run("INSERT INTO t VALUES(1)"));
  EXPECT_TRUE(db.in_transaction());
  ASSERT_TRUE(transaction.commit());
  EXPECT_EQ(transaction.commit().error().code, Code::kInvalidObject);
  EXPECT_EQ(db.integer("SELECT count(*) FROM t").value(), 1);
}

TEST_F(DatabaseTest, ALockIsWaitedForUntilTheDeadline) {
  Database first = create();
  ASSERT_TRUE(first.run("CREATE TABLE t(i)"));
  Database second = open(Access::kReadWrite, std::chrono::milliseconds(150)).value();
  {
    Transaction held = Transaction::begin(first, Transaction::Mode::kImmediate).value();
    const auto start = steady_now();
    const auto busy = Transaction::begin(second, Transaction::Mode::kImmediate);
    ASSERT_FALSE(busy);
    EXPECT_EQ(busy.error().code, Code::kBusy);
    EXPECT_GE(steady_now() - start, std::chrono::milliseconds(140));
    EXPECT_LT(steady_now() - start, std::chrono::seconds(20));
  }
  EXPECT_TRUE(Transaction::begin(second, Transaction::Mode::kImmediate));
}

TEST_F(DatabaseTest, CommitsAreCountedInTheFile) {
  Database first = create();
  ASSERT_TRUE(first.run("CREATE TABLE t(x)"));
  Database second = open(Access::kReadWrite).value();
  const auto before = second.commit_count();
  ASSERT_TRUE(before);
  EXPECT_EQ(second.commit_count(), before);
  {
    auto transaction = Transaction::begin(first, Transaction::Mode::kImmediate).value();
    ASSERT_TRUE(first.run("INSERT INTO t VALUES(1)"));
  }
  EXPECT_EQ(second.commit_count(), before) << "rolled back";
  ASSERT_TRUE(first.run("INSERT INTO t VALUES(1)"));
  EXPECT_NE(second.commit_count(), before);
  EXPECT_EQ(second.commit_count(), first.commit_count());
  ASSERT_TRUE(first.run("PRAGMA journal_mode = WAL"));
  EXPECT_EQ(second.commit_count(), std::nullopt);
}

TEST_F(DatabaseTest, OthersCommitsChangeTheDataVersion) {
  Database first = create();
  ASSERT_TRUE(first.run("CREATE TABLE t(i)"));
  Database second = open(Access::kReadWrite).value();
  const auto before = second.data_version().value();
  EXPECT_EQ(second.data_version().value(), before);
  ASSERT_TRUE(first.run("INSERT INTO t VALUES(1)"));
  EXPECT_NE(second.data_version().value(), before);
}

TEST_F(DatabaseTest, ReadingOnlyWritesNothingBesideAWal) {
  { ASSERT_TRUE(create(Journal::kWal).run("CREATE TABLE t(i); INSERT INTO t VALUES(7)")); }
  ASSERT_EQ(names().size(), 1u) << "the last connection takes -wal and -shm away";
  const std::string before = bytes();
  Database reader = open(Access::kReadOnly).value();
  EXPECT_EQ(reader.integer("SELECT i FROM t").value(), 7);
  EXPECT_EQ(reader.run("INSERT INTO t VALUES(8)").error().code, Code::kReadOnly);
  EXPECT_EQ(reader.run("PRAGMA query_only = OFF; INSERT INTO t VALUES(8)").error().code, Code::kReadOnly);
  EXPECT_TRUE(reader.check_integrity());
  EXPECT_EQ(names().size(), 1u);
  EXPECT_EQ(bytes(), before);
}

TEST_F(DatabaseTest, ReadingOnlySeesTheCommitsOfALiveWriter) {
  Database writer = create(Journal::kWal);
  ASSERT_TRUE(writer.run("CREATE TABLE t(i); INSERT INTO t VALUES(7)"));
  Database reader = open(Access::kReadOnly).value();
  EXPECT_EQ(reader.integer("SELECT count(*) FROM t").value(), 1);
  ASSERT_TRUE(writer.run("INSERT INTO t VALUES(8)"));
  EXPECT_EQ(reader.integer("SELECT count(*) FROM t").value(), 2);
}

TEST_F(DatabaseTest, AReaderWithoutSharedMemoryNoticesAWriterThatStarts) {
  { ASSERT_TRUE(create(Journal::kWal).run("CREATE TABLE t(i); INSERT INTO t VALUES(7)")); }
  Database reader = open(Access::kReadOnly).value();
  EXPECT_EQ(reader.integer("SELECT count(*) FROM t").value(), 1);
  Database writer = open(Access::kReadWrite).value();
  ASSERT_TRUE(writer.run("INSERT INTO t VALUES(8)"));
  EXPECT_EQ(reader.integer("SELECT count(*) FROM t").value(), 2);
  ASSERT_TRUE(writer.checkpoint());
  EXPECT_EQ(reader.integer("SELECT count(*) FROM t").value(), 2);
}

TEST_F(DatabaseTest, AReadMayGoOnUntilSomebodyElseHasTheFile) {
  { ASSERT_TRUE(create(Journal::kWal).run("CREATE TABLE t(i); INSERT INTO t VALUES(7)")); }
  Database reader = open(Access::kReadOnly).value();
  EXPECT_FALSE(reader.is_alone()) << "there is no transaction";
  {
    const Transaction transaction = Transaction::begin(reader, Transaction::Mode::kDeferred).value();
    EXPECT_EQ(reader.integer("SELECT count(*) FROM t").value(), 1);
    EXPECT_TRUE(reader.is_alone());
    EXPECT_TRUE(reader.is_untouched());
    EXPECT_TRUE(reader.is_untouched());
    {
      Database writer = open(Access::kReadWrite).value();
      ASSERT_TRUE(writer.run("INSERT INTO t VALUES(8)"));
      EXPECT_FALSE(reader.is_untouched());
    }
    EXPECT_FALSE(reader.is_untouched()) << "the writer has gone";
  }
  const Transaction transaction = Transaction::begin(reader, Transaction::Mode::kDeferred).value();
  EXPECT_EQ(reader.integer("SELECT count(*) FROM t").value(), 2);
  EXPECT_FALSE(reader.is_alone()) << "it is in the way of a checkpoint now";
}

TEST_F(DatabaseTest, WhatWasReadAheadIsOfOneTransaction) {
  // Rows of many pages that follow each other.
  const auto rows_of = [](Database& db, char letter) {
    return db.integer(std::string("SELECT count(*) FROM t WHERE b = printf('%.*c', 200000, '") + letter + "')");
  };
  {
    Database writer = create(Journal::kWal);
    ASSERT_TRUE(writer.run("CREATE TABLE t(b)"));
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(writer.run("INSERT INTO t VALUES(printf('%.*c', 200000, 'a'))"));
  }
  {
    Database reader = open(Access::kReadOnly).value();
    EXPECT_EQ(rows_of(reader, 'a').value(), 4);
    Database writer = open(Access::kReadWrite).value();
    ASSERT_TRUE(writer.run("UPDATE t SET b = printf('%.*c', 200000, 'b')"));
    const auto done = writer.checkpoint();
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(rows_of(reader, 'b').value(), 4);
  }
  { ASSERT_TRUE(open(Access::kReadWrite).value().run("INSERT INTO t VALUES('')")) << "and nobody has it any more"; }

  // A writer that starts in the middle: what is read then is what was there, or an error.
  Database reader = open(Access::kReadOnly).value();
  const Transaction transaction = Transaction::begin(reader, Transaction::Mode::kDeferred).value();
  EXPECT_EQ(reader.integer("SELECT length(b) FROM t LIMIT 1").value(), 200000);
  ASSERT_TRUE(reader.is_alone());
  Database writer = open(Access::kReadWrite).value();
  const Status written = writer.run("UPDATE t SET b = printf('%.*c', 200000, 'c')");
  ASSERT_TRUE(written) << written.error().message;
  (void)writer.checkpoint();
  const auto found = rows_of(reader, 'b');
  EXPECT_TRUE(!found || *found == 4);
}

// What a writer leaves that is killed between the header of a new WAL and its first frame.
TEST_F(DatabaseTest, ALogThatIsAHeaderAloneIsRead) {
  {
    Database writer = create(Journal::kWal);
    ASSERT_TRUE(writer.run("CREATE TABLE t(i); INSERT INTO t VALUES(7)"));
    const std::string log = system_files().read_file(path_ + "-wal", 1 << 24).value();
    ASSERT_TRUE(writer.checkpoint());
    const std::string main = bytes();
    // As if that had been the header of the next one.
    for (const auto& [end, text] : {std::pair{"-copy", main}, std::pair{"-copy-wal", log.substr(0, 32)}}) {
      auto file = system_files().open(path_ + end, OpenMode::kTruncate);
      ASSERT_TRUE(file && file->write_at(0, bytes_of(text)));
    }
  }
  OpenOptions options;
  options.access = Access::kReadOnly;
  auto reader = Database::open(path_ + "-copy", options);
  ASSERT_TRUE(reader) << reader.error().message;
  const auto found = reader->integer("SELECT i FROM t");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, 7);
  for (const char* end : {"-copy", "-copy-wal"}) (void)system_files().remove_file(path_ + end);
}

TEST_F(DatabaseTest, AReadDoesNotGoOnInAFileThatHasChangedBehindLostLocks) {
  { ASSERT_TRUE(create(Journal::kWal).run("CREATE TABLE t(i); INSERT INTO t VALUES(7)")); }
  Database reader = open(Access::kReadOnly).value();
  const Transaction transaction = Transaction::begin(reader, Transaction::Mode::kDeferred).value();
  EXPECT_EQ(reader.integer("SELECT count(*) FROM t").value(), 1);
  ASSERT_TRUE(reader.is_untouched());
  {
    Database writer = open(Access::kReadWrite).value();
    ASSERT_TRUE(writer.run("INSERT INTO t VALUES(zeroblob(100000))"));
    ASSERT_TRUE(writer.checkpoint());
  }
  // As the writer would, were it not for our lock.
  for (const char* end : {"-wal", "-shm"}) ASSERT_TRUE(system_files().remove_file(path_ + end));
  EXPECT_FALSE(reader.is_untouched());
}

TEST_F(DatabaseTest, WhoMayWriteIsNeverAlone) {
  Database db = create(Journal::kWal);
  ASSERT_TRUE(db.run("CREATE TABLE t(i)"));
  const Transaction transaction = Transaction::begin(db, Transaction::Mode::kDeferred).value();
  EXPECT_EQ(db.integer("SELECT count(*) FROM t").value(), 0);
  EXPECT_FALSE(db.is_alone());
  EXPECT_FALSE(db.is_untouched());
}

TEST_F(DatabaseTest, ReadingOnlySeesAWalItsWriterLeftBehind) {
  const pid_t child = ::fork();
  if (child == 0) {
    Database writer = create(Journal::kWal);
    const bool done = writer.run("CREATE TABLE t(i); INSERT INTO t VALUES(7)").has_value();
    ::_exit(done ? 0 : 1);  // no close: the commits are in the WAL alone
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  ASSERT_EQ(names().size(), 3u);
  const std::string main = bytes(), wal = system_files().read_file(path_ + "-wal", 1 << 24).value();
  {
    Database reader = open(Access::kReadOnly).value();
    EXPECT_EQ(reader.integer("SELECT i FROM t").value(), 7);
  }
  EXPECT_EQ(bytes(), main);
  EXPECT_EQ(system_files().read_file(path_ + "-wal", 1 << 24).value(), wal);
  ASSERT_TRUE(system_files().remove_file(path_ + "-shm"));
  Database without_shm = open(Access::kReadOnly).value();
  EXPECT_EQ(without_shm.integer("SELECT i FROM t").value(), 7);
  EXPECT_EQ(names().size(), 2u);
}

TEST_F(DatabaseTest, DamageIsFound) {
  {
    Database db = create();
    ASSERT_TRUE(db.run("CREATE TABLE t(i INTEGER PRIMARY KEY, s); CREATE INDEX x ON t(s)"));
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(db.run("INSERT INTO t(s) VALUES(hex(randomblob(100)))"));
    EXPECT_TRUE(db.check_integrity());
  }
  std::string damaged = bytes();
  ASSERT_GT(damaged.size(), std::size_t{3 * 4096});
  std::fill(damaged.begin() + 2 * 4096 + 8, damaged.begin() + 2 * 4096 + 400, '\xAA');
  ASSERT_TRUE(system_files().replace_file(path_, bytes_of(damaged)));
  Database db = open(Access::kReadOnly).value();
  const auto found = db.check_integrity();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::kCorruptStore);
  EXPECT_NE(found.error().message.find(path_), std::string::npos);
}

TEST_F(DatabaseTest, ACallCanBeInterrupted) {
  Database db = create();
  std::atomic<bool> done{false};
  std::thread other([&] {
    // Again and again: an interrupt before the statement has begun is lost, and the statement never ends by itself.
    for (; !done; std::this_thread::yield()) db.interrupt();
  });
  const auto endless =
      db.integer("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c");
  done = true;
  other.join();
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, Code::kCancelled);
}

TEST_F(DatabaseTest, ThreadsWithTheirOwnDatabasesShareAFile) {
  ASSERT_TRUE(create().run("CREATE TABLE t(i)"));
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([this] {
      auto db = open(Access::kCreate, std::chrono::seconds(60));
      for (int i = 0; i < 10; ++i) EXPECT_TRUE(db->run("INSERT INTO t VALUES(1)"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(open(Access::kReadOnly)->integer("SELECT count(*) FROM t").value(), 40);
}

}  // namespace
}  // namespace mapiary::sqlite
