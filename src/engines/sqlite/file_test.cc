// SPDX-License-Identifier: Apache-2.0
// The file itself: which plans SQLite makes, versions and upgrades, files of others, the log, reading without a trace.
#include "engines/sqlite/testing/file_fixture.h"

namespace mapiary::engines::sqlite::file_tests {
namespace {

// ---- Plans: a planner that chooses another way costs factors, not percents.

// What an object's values may come to counts what lies in its row, not what lies in pieces beside it.
TEST_F(FileTest, AValueMayBeLargerThanRowsCanBe) {
  constexpr std::uint64_t kSize = std::uint64_t{5} << 30;
  constexpr model::PropTag kBinary(0x3701, model::PropType::kBinary);
  auto mailbox = engine_.open(place_, {}).value();
  auto t = mailbox->begin(Mode::kWrite).value();
  const ObjectId message = t->create(mailbox->info().root, ObjectKind::kMessage, {}).value();
  const ObjectId attachment = t->create(message, ObjectKind::kAttachment, {}).value();
  auto blob = t->open_blob(attachment, kBinary, BlobMode::kWrite).value();
  ASSERT_TRUE(blob->resize(kSize));  // zeros, which take little room
  ASSERT_TRUE(blob->write_at(kSize - 3, bytes_of("end")));
  blob.reset();
  const auto committed = t->commit();
  ASSERT_TRUE(committed) << committed.error().message;
  t = mailbox->begin(Mode::kRead).value();
  blob = t->open_blob(attachment, kBinary, BlobMode::kRead).value();
  EXPECT_EQ(kSize, blob->size());
  std::string end(3, ' ');
  EXPECT_EQ(3u, blob->read_at(kSize - 3, std::as_writable_bytes(std::span(end))).value());
  EXPECT_EQ("end", end);
}

TEST_F(FileTest, ListsAreReadTheWayTheyWereMeasured) {
  const std::string where =
      " FROM msg_hot INDEXED BY hot_time WHERE folder = ?1 AND assoc = ?2 AND delivered IS NOT NULL";
  const std::string ids = plan("SELECT id, 0, 0" + where + " ORDER BY delivered ASC, id");
  EXPECT_NE(ids.find("COVERING INDEX hot_time"), std::string::npos) << ids;
  EXPECT_EQ(ids.find("TEMP B-TREE"), std::string::npos) << ids;
  const std::string page = plan("SELECT id, spill, version, subject" + where + " ORDER BY delivered DESC, id LIMIT ?3");
  EXPECT_NE(page.find("INDEX hot_time (folder=? AND assoc=? AND delivered>?)"), std::string::npos) << page;
  EXPECT_NE(page.find("RIGHT PART OF ORDER BY"), std::string::npos) << "only equal times are sorted: " << page;
  const std::string scan =
      plan("SELECT id, spill, version, subject FROM msg_hot NOT INDEXED WHERE folder = ?1 AND assoc = ?2 ORDER BY id");
  EXPECT_NE(scan.find("SEARCH msg_hot USING PRIMARY KEY (folder=?)"), std::string::npos) << scan;
  EXPECT_EQ(scan.find("TEMP B-TREE"), std::string::npos) << scan;
  const std::string unread = plan(
      "SELECT id, 0, 0, flags FROM msg_hot INDEXED BY hot_unread WHERE folder = ?1 AND assoc = 0 AND "
      "coalesce(flags, 0) & 1 = 0 AND ?2 = 0 ORDER BY id");
  EXPECT_NE(unread.find("COVERING INDEX hot_unread"), std::string::npos) << unread;
}

TEST_F(FileTest, NoStatementOfSingleObjectsScans) {
  for (const char* sql :
       {"SELECT owner, embedded FROM msg_cold WHERE id = ?1",
        "SELECT assoc, version FROM msg_hot WHERE folder = ?1 AND id = ?2",
        "SELECT id FROM attach WHERE msg = ?1 ORDER BY id",
        "SELECT id FROM folder WHERE parent = ?1 AND id <> ?1 ORDER BY id",
        "SELECT msg FROM link WHERE folder = ?1 ORDER BY place", "SELECT folder FROM link WHERE msg = ?1",
        "SELECT data, sum FROM stream WHERE k = ?1", "DELETE FROM stream WHERE k BETWEEN ?1 AND ?2",
        "SELECT id FROM msg_hot WHERE folder = ?1 AND assoc = 1 ORDER BY id",
        "SELECT seq, part, kind, object_kind, object, parent, old_parent, source FROM changes WHERE seq > ?1 ORDER BY "
        "seq"}) {
    const std::string made = plan(sql);
    EXPECT_EQ(made.find("SCAN"), std::string::npos) << sql << ": " << made;
  }
}

// ---- Versions and files of others

// A file of version 1, as the first programs made it.
TEST_F(FileTest, AFileOfVersionOneIsReadAndItsLogGoesOn) {
  fill(3);
  ASSERT_TRUE(
      database().run("ALTER TABLE changes DROP COLUMN source; ALTER TABLE stream DROP COLUMN sum;"
                     "ALTER TABLE named_prop DROP COLUMN sum; PRAGMA user_version = 1"));
  auto mailbox = engine_.open(place_, {}).value();
  EXPECT_EQ(mailbox->changes_since(0, 1000)->changes.back().source, 0u);
  const ChangeNumber last = mailbox->changes_since(UINT64_MAX, 1)->last;
  auto t = mailbox->begin(Mode::kWrite).value();
  Update copy;
  copy.copy_of = messages_[0];
  copy.copy_of_parent = folder_;
  ASSERT_TRUE(t->create(folder_, ObjectKind::kMessage, copy));
  ASSERT_TRUE(t->commit());
  EXPECT_EQ(mailbox->changes_since(last, 10)->changes.at(0).source, messages_[0]);
}

TEST_F(FileTest, AnOlderVersionIsUpgradedInOneStep) {
  std::vector<std::string_view> steps(schema_steps().begin(), schema_steps().end());
  const auto latest = static_cast<std::int64_t>(steps.size());
  steps.push_back("ALTER TABLE folder ADD COLUMN extra INTEGER; UPDATE folder SET extra = id");
  {
    auto reader = Database::open(place_, {}).value();
    EXPECT_EQ(code_of(upgrade(reader, steps, true)), Code::kVersion);
    EXPECT_EQ(schema_version(reader, steps).value(), latest);
  }
  Database db = database();
  std::vector<std::string_view> broken = steps;
  broken.push_back("CREATE TABLE more(x); SELECT nonsense");
  EXPECT_FALSE(upgrade(db, broken, false));
  EXPECT_EQ(schema_version(db, steps).value(), latest) << "nothing of a failed upgrade stays";
  EXPECT_EQ(db.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'more'").value(), 0);
  ASSERT_TRUE(upgrade(db, steps, false));
  EXPECT_EQ(schema_version(db, steps).value(), latest + 1);
  EXPECT_EQ(db.integer("SELECT extra FROM folder WHERE id = 2").value(), 2);
  // A later program's file is left alone.
  EXPECT_EQ(code_of(engine_.open(place_, {})), Code::kVersion);
  EXPECT_EQ(code_of(engine_.check(place_)), Code::kVersion);
}

// Zeros are kept compressed, so that gigabytes cost little here.
TEST_F(FileTest, AValueMayBeLargerThanABagMay) {
  constexpr std::uint64_t kSize = std::uint64_t{3} << 30;
  auto mailbox = engine_.open(place_, {}).value();
  auto t = mailbox->begin(Mode::kWrite).value();
  const ObjectId folder = t->create(mailbox->info().root, ObjectKind::kFolder, {}).value();
  const ObjectId message = t->create(folder, ObjectKind::kMessage, {}).value();
  {
    auto blob = t->open_blob(message, kHtml, BlobMode::kReplace).value();
    ASSERT_TRUE(blob->resize(kSize - 3));
    ASSERT_TRUE(blob->write_at(kSize - 3, bytes_of("end")));
  }
  const std::vector<model::PropValue> subject = {text(kSubject, "beside it")};
  ASSERT_TRUE(t->update(message, setting(subject)));
  ASSERT_TRUE(t->commit());
  t = mailbox->begin(Mode::kRead).value();
  const auto blob = t->open_blob(message, kHtml, BlobMode::kRead).value();
  EXPECT_EQ(blob->size(), kSize);
  std::array<std::byte, 4> last{};
  EXPECT_EQ(blob->read_at(kSize - 4, last).value(), 4u);
  EXPECT_EQ(chars_of(last), std::string_view("\0end", 4));
}

TEST_F(FileTest, FilesOfOthersAreRefusedAndNotTouched) {
  const std::string other = join_path(temp_.path(), "other.db"), junk = join_path(temp_.path(), "junk");
  {
    mapiary::sqlite::OpenOptions make;
    make.access = mapiary::sqlite::Access::kCreate;
    ASSERT_TRUE(Database::open(other, make)->run("CREATE TABLE t(i)"));
  }
  ASSERT_TRUE(system_files().replace_file(junk, bytes_of("From: somebody\n")));
  for (const std::string& path : {other, junk}) {
    const std::string before = system_files().read_file(path, 1 << 20).value();
    EXPECT_FALSE(engine_.recognises(path).value());
    EXPECT_EQ(code_of(engine_.open(path, {})), Code::kCorruptStore);
    EXPECT_EQ(code_of(engine_.create(path, {})), Code::kCollision);
    EXPECT_TRUE(system_files().read_file(path, 1 << 20).value() == before) << path;
    EXPECT_FALSE(system_files().exists(path + "-wal").value());
  }
  EXPECT_EQ(code_of(engine_.create(place_, {})), Code::kCollision);
}

TEST_F(FileTest, ReadingOnlyLeavesTheFileAsItIs) {
  fill(20);
  const std::string before = system_files().read_file(place_, 1 << 26).value();
  OpenOptions options;
  options.read_only = true;
  auto mailbox = engine_.open(place_, options).value();
  Collector rows;
  ASSERT_TRUE(mailbox->begin(Mode::kRead).value()->rows(folder_, ObjectKind::kMessage, {}, rows));
  EXPECT_EQ(rows.ids(), messages_);
  EXPECT_TRUE(engine_.check(place_));
  EXPECT_EQ(system_files().list(temp_.path())->size(), 1u) << "no journal, no shared memory";
  mailbox.reset();
  EXPECT_TRUE(system_files().read_file(place_, 1 << 26).value() == before);
}

// ---- The log

// A bag has a limit; what lies in streams of its own does not count.
TEST_F(FileTest, AValueMayBeLargerThanAnyBag) {
  constexpr std::uint64_t kLarge = std::uint64_t{3} << 30;
  auto mailbox = engine_.open(place_, {}).value();
  auto t = mailbox->begin(Mode::kWrite).value();
  const ObjectId folder = t->create(mailbox->info().root, ObjectKind::kFolder, {}).value();
  const ObjectId message = t->create(folder, ObjectKind::kMessage, {}).value();
  auto blob = t->open_blob(message, kBody, BlobMode::kReplace, 0).value();
  ASSERT_TRUE(blob->resize(kLarge));  // zeros take little room
  blob.reset();
  ASSERT_TRUE(t->commit());
  t = mailbox->begin(Mode::kRead).value();
  EXPECT_EQ(t->open_blob(message, kBody, BlobMode::kRead, 0).value()->size(), kLarge);
}

// docs/adr/0056
TEST_F(FileTest, ReadingOnlySeesWhatOthersWriteBetweenTwoReads) {
  fill(3);
  backend::OpenOptions read_only;
  read_only.read_only = true;
  auto reader = engine_.open(place_, read_only).value();
  const auto count = [&] { return reader->begin(Mode::kRead).value()->read(folder_, {}).value().info.counts.messages; };
  const auto newest = [&] { return reader->changes_since(UINT64_MAX, 1).value().last; };
  EXPECT_EQ(count(), 3u);
  EXPECT_EQ(count(), 3u);
  const backend::ChangeNumber before = newest();
  for (int i = 1; i <= 2; ++i) {
    auto writer = engine_.open(place_, {}).value();
    auto t = writer->begin(Mode::kWrite).value();
    ASSERT_TRUE(t->create(folder_, ObjectKind::kMessage, {}));
    ASSERT_TRUE(t->commit());
    EXPECT_EQ(count(), 3u + static_cast<unsigned>(i)) << "the writer is there";
    t.reset();
    ASSERT_TRUE(writer->flush());
    EXPECT_EQ(count(), 3u + static_cast<unsigned>(i)) << "its log is in the file";
    writer.reset();
    EXPECT_EQ(count(), 3u + static_cast<unsigned>(i)) << "it has gone";
  }
  EXPECT_GT(newest(), before);
}

TEST_F(FileTest, ALogThatWasCutSaysSo) {
  fill(3);
  {
    // As if very much had happened since.
    Database db = database();
    ASSERT_TRUE(db.run("INSERT INTO changes VALUES(900000, 0, 1, 1, 2, 1, 0, 0)"));
  }
  auto mailbox = engine_.open(place_, {}).value();
  const ChangeNumber early = 2;
  EXPECT_FALSE(mailbox->changes_since(early, 100)->lost);
  const auto save = [&] {
    auto t = mailbox->begin(Mode::kWrite).value();
    ASSERT_TRUE(t->update(folder_, {}));
    ASSERT_TRUE(t->commit());
  };
  save();
  const ChangeBatch batch = mailbox->changes_since(early, 100).value();
  EXPECT_TRUE(batch.lost);
  EXPECT_TRUE(batch.changes.empty());
  EXPECT_GT(batch.last, 900'000u);
  save();
  EXPECT_EQ(mailbox->changes_since(batch.last, 100)->changes.size(), 1u);
  mailbox.reset();
  EXPECT_EQ(damages(), std::vector<std::string>());
}

}  // namespace
}  // namespace mapiary::engines::sqlite::file_tests
