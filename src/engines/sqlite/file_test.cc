// SPDX-License-Identifier: Apache-2.0
// The file itself: which plans SQLite makes, versions and upgrades, files of others, damage that is named and costs
// only what is damaged, reading without a trace.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engines/sqlite/schema.h"
#include "engines/sqlite/testing/world.h"

namespace mapiary::engines::sqlite {
namespace {

using namespace backend;
using backend::testing::code_of;
using backend::testing::CollectedRow;
using backend::testing::Collector;
using backend::testing::delivered;
using backend::testing::flags;
using backend::testing::kBody;
using backend::testing::kDelivered;
using backend::testing::kHtml;
using backend::testing::kSubject;
using backend::testing::noise;
using backend::testing::setting;
using backend::testing::text;
using mapiary::sqlite::Database;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(engine_.create(place_, {})); }

  Database database() { return Database::open(place_, {}).value(); }
  // Messages in one folder; the mailbox is closed afterwards, all of it in the file.
  void fill(int count) {
    auto mailbox = engine_.open(place_, {}).value();
    auto t = mailbox->begin(Mode::kBulk).value();
    folder_ = t->create(mailbox->info().root, ObjectKind::kFolder, {}).value();
    for (int i = 0; i < count; ++i) {
      const std::vector<model::PropValue> values = {text(kSubject, "subject " + std::to_string(i)), delivered(i),
                                                    flags(i % 2 == 0), text(kBody, noise(5000, 3))};
      messages_.push_back(t->create(folder_, ObjectKind::kMessage, setting(values)).value());
    }
    ASSERT_TRUE(t->commit());
    t.reset();
    ASSERT_TRUE(mailbox->flush());
  }
  std::vector<std::string> damages() {
    const auto report = engine_.check(place_);
    EXPECT_TRUE(report) << report.error().message;
    std::vector<std::string> all;
    for (const Damage& damage : report->damages) all.push_back(std::to_string(damage.object) + ": " + damage.message);
    return all;
  }
  static model::SortOrder by_time(bool descending) {
    using Order = model::SortKey::Order;
    return {{{kDelivered, descending ? Order::kDescending : Order::kAscending}}, 0, 0};
  }
  static model::Restriction subject_contains(const std::string& part) {
    return model::Restriction::content(kSubject, {model::FuzzyLevel::kSubstring}, text(kSubject, part));
  }
  static void expect_same(const Collector& a, const Collector& b) {
    auto left = a.ids(), right = b.ids();
    std::ranges::sort(left);
    std::ranges::sort(right);
    EXPECT_EQ(left, right);
  }
  // What is damaged stands behind all others.
  static std::int64_t time_in(const CollectedRow& row, bool descending) {
    const auto& value = row.values[0];
    if (value.tag() == kDelivered) return value.as_int64();
    return descending ? INT64_MIN : INT64_MAX;
  }
  std::string plan(const std::string& sql) {
    Database db = database();
    auto rows = db.prepare("EXPLAIN QUERY PLAN " + sql).value();
    std::string all;
    while (rows.step().value()) all.append(rows.text(3)).append("; ");
    return all;
  }

  testing::TempFolder temp_;
  std::string place_ = join_path(temp_.path(), "mail.db");
  SqliteEngine engine_;
  ObjectId folder_ = 0;
  std::vector<ObjectId> messages_;
};

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

// ---- Damage

TEST_F(FileTest, ALostPieceIsAnErrorAndNoZeros) {
  constexpr std::size_t kSize = 300'000;
  const std::string bytes = noise(kSize, 1);
  ObjectId message = 0;
  {
    auto mailbox = engine_.open(place_, {}).value();
    auto t = mailbox->begin(Mode::kWrite).value();
    message = t->create(mailbox->info().root, ObjectKind::kMessage, {}).value();
    auto blob = t->open_blob(message, kHtml, BlobMode::kReplace).value();
    ASSERT_TRUE(blob->write_at(0, bytes_of(bytes)));
    ASSERT_TRUE(blob->resize(kSize * 3));  // the rest is zeros, and that is no damage
    blob.reset();
    ASSERT_TRUE(t->commit());
  }
  EXPECT_EQ(damages(), std::vector<std::string>());
  {
    Database db = database();
    ASSERT_TRUE(db.run("DELETE FROM stream WHERE k = (SELECT min(k) + 1 FROM stream)"));
    ASSERT_TRUE(db.run("DELETE FROM stream WHERE k = (SELECT max(k) FROM stream)"));
  }
  const auto named = damages();
  ASSERT_EQ(named.size(), 1u);
  EXPECT_NE(named[0].find(std::to_string(message) + ": 2 of 14 pieces of stream"), std::string::npos) << named[0];
  auto mailbox = engine_.open(place_, {}).value();
  auto t = mailbox->begin(Mode::kRead).value();
  const auto blob = t->open_blob(message, kHtml, BlobMode::kRead).value();
  std::string out(65536, ' ');
  const auto read = [&](std::uint64_t at) { return blob->read_at(at, std::as_writable_bytes(std::span(out))); };
  ASSERT_TRUE(read(0));
  EXPECT_EQ(out, bytes.substr(0, 65536));
  EXPECT_EQ(code_of(read(65536)), Code::kCorruptStore);
  ASSERT_TRUE(read(2 * 65536));
  EXPECT_EQ(out, bytes.substr(2 * 65536, 65536)) << "the rest is read";
  ASSERT_TRUE(read(7 * 65536));
  EXPECT_EQ(out, std::string(65536, '\0'));
  EXPECT_EQ(code_of(read(kSize * 3 - 10)), Code::kCorruptStore);
}

TEST_F(FileTest, DamagedValuesAreNamedAndTheRestIsRead) {
  fill(12);
  {
    Database db = database();
    const std::string bag = std::to_string(messages_[3]), body = std::to_string(messages_[5]);
    ASSERT_TRUE(db.run("UPDATE msg_cold SET bag = x'01FF' WHERE id = " + bag));
    // The body of another one: its piece gets a wrong length.
    ASSERT_TRUE(db.run("UPDATE stream SET data = x'00' WHERE k = (SELECT k FROM stream ORDER BY k LIMIT 1 OFFSET 5)"));
    ASSERT_TRUE(db.run("UPDATE folder SET messages = 99 WHERE id = " + std::to_string(folder_)));
    ASSERT_TRUE(db.run("INSERT INTO stream VALUES(1048576 * 3, x'00', NULL)"));
  }
  std::string all;
  for (const std::string& damage : damages()) all += damage + "\n";
  EXPECT_NE(all.find(std::to_string(messages_[3]) + ": "), std::string::npos) << all;
  EXPECT_NE(all.find(std::to_string(messages_[5]) + ": "), std::string::npos) << all;
  EXPECT_NE(all.find(std::to_string(folder_) + ": its counters say 99 messages"), std::string::npos) << all;
  EXPECT_NE(all.find("stream 3 belongs to no value"), std::string::npos) << all;
  auto mailbox = engine_.open(place_, {}).value();
  auto t = mailbox->begin(Mode::kRead).value();
  ReadRequest request;
  request.all = true;
  const auto bad = t->read(messages_[3], request);
  EXPECT_EQ(code_of(bad), Code::kCorruptStore);
  EXPECT_EQ(bad.error().value, messages_[3]);
  const ObjectData half = t->read(messages_[5], request).value();
  EXPECT_EQ(*half.props.find(kSubject), text(kSubject, "subject 5"));
  EXPECT_TRUE(half.props.find(kBody.id())->is_error()) << "one value is lost, the others are not";
  RowQuery query;
  const std::vector<model::PropTag> columns = {kSubject, kBody};
  query.columns = columns;
  Collector rows;
  ASSERT_TRUE(t->rows(folder_, ObjectKind::kMessage, query, rows));
  ASSERT_EQ(rows.ids(), messages_);
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    EXPECT_EQ(rows.rows[i].values[0].as_bytes(), "subject " + std::to_string(i));
    EXPECT_EQ(rows.rows[i].values[1].is_error(), i == 3 || i == 5) << i;
  }
  t.reset();
  t = mailbox->begin(Mode::kWrite).value();
  EXPECT_TRUE(t->remove(messages_[3])) << "what is damaged can be removed";
  EXPECT_TRUE(t->commit());
}

// The page with all folders is lost: who reads still gets to every message.
TEST_F(FileTest, MessagesOutliveTheirFolders) {
  fill(30);
  ASSERT_TRUE(database().run("DELETE FROM folder WHERE id < 0"));
  std::string bytes = system_files().read_file(place_, 1 << 26).value();
  const auto page = static_cast<std::size_t>(
      database().integer("SELECT rootpage FROM sqlite_schema WHERE name = 'folder'").value().value());
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>((page - 1) * kPageSize), kPageSize, '\0');
  ASSERT_TRUE(system_files().replace_file(place_, bytes_of(bytes)));
  EXPECT_FALSE(damages().empty());
  for (const bool indexed : {true, false}) {
    if (!indexed) {
      const auto index = static_cast<std::size_t>(
          database().integer("SELECT rootpage FROM sqlite_schema WHERE name = 'folder_parent'").value().value());
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>((index - 1) * kPageSize), kPageSize, '\0');
      ASSERT_TRUE(system_files().replace_file(place_, bytes_of(bytes)));
    }
    OpenOptions options;
    options.read_only = true;
    auto mailbox = engine_.open(place_, options).value();
    auto t = mailbox->begin(Mode::kRead).value();
    EXPECT_EQ(t->read(mailbox->info().root, {}).value().info.kind, ObjectKind::kFolder);
    Collector folders, rows;
    ASSERT_TRUE(t->rows(mailbox->info().root, ObjectKind::kFolder, {}, folders));
    EXPECT_EQ(folders.ids(), std::vector<ObjectId>{folder_});
    ASSERT_TRUE(t->rows(folder_, ObjectKind::kMessage, {}, rows));
    EXPECT_EQ(rows.ids(), messages_);
    EXPECT_EQ(t->read(folder_, {}).value().info.counts.messages, messages_.size());
    EXPECT_EQ(t->read(messages_[7], {}).value().info.parent, folder_);
    EXPECT_EQ(code_of(t->read(1'000'000, {})), Code::kCorruptStore);
  }
}

// Pages that look whole and hold other rows, or those of another place: what SQLite does not see the counts and the
// order of rows tell.
TEST_F(FileTest, PagesThatLookWholeAreNotBelieved) {
  fill(40);
  const std::string good = system_files().read_file(place_, 1 << 26).value();
  const auto page_of = [&](const char* name) {
    const auto page = database().integer("SELECT rootpage FROM sqlite_schema WHERE name = '" + std::string(name) + "'");
    return good.begin() + static_cast<std::ptrdiff_t>((static_cast<std::size_t>(page.value().value()) - 1) * kPageSize);
  };
  const auto rows_agree = [&]() {
    OpenOptions reading;
    reading.read_only = true;
    auto mailbox = engine_.open(place_, reading).value();
    auto t = mailbox->begin(Mode::kRead).value();
    const std::vector<model::PropTag> columns = {kDelivered};
    for (const int way : {0, 1, 2}) {
      const auto order = by_time(way == 2);
      RowQuery query;
      query.columns = columns;
      query.order = way == 0 ? nullptr : &order;
      Collector rows;
      ASSERT_TRUE(t->rows(folder_, ObjectKind::kMessage, query, rows));
      EXPECT_TRUE(std::ranges::is_permutation(rows.ids(), messages_)) << way;
    }
  };
  // The index by time: empty, as that of another kind is; half of it; two of its rows exchanged.
  const auto index = page_of("hot_time") - good.begin();
  const auto cells = static_cast<unsigned char>(good[static_cast<std::size_t>(index) + 4]);
  ASSERT_EQ(good[static_cast<std::size_t>(index)], 10) << "one page is all of it";
  ASSERT_GE(cells, 40);
  for (const int kind : {0, 1, 2}) {
    std::string bad = good;
    const auto at = bad.begin() + index;
    if (kind == 0) std::copy_n(page_of("hot_odd"), kPageSize, at);
    if (kind == 1) at[4] = static_cast<char>(cells / 2);
    if (kind == 2) std::swap_ranges(at + 8 + 2 * 5, at + 8 + 2 * 5 + 2, at + 8 + 2 * 30);
    ASSERT_TRUE(system_files().replace_file(place_, bytes_of(bad)));
    EXPECT_FALSE(damages().empty()) << kind;
    rows_agree();
  }
  // Pieces of streams, out of order: the check comes to an end.
  std::string bad = good;
  const auto root = bad.begin() + (page_of("stream") - good.begin());
  ASSERT_EQ(*root, 5) << "a page of pages: the last one is named at offset 8, the first one in the first cell";
  const auto byte = [&](int at) { return static_cast<unsigned char>(root[at]); };
  std::swap_ranges(root + 8, root + 12, root + (byte(12) << 8 | byte(13)));
  ASSERT_TRUE(system_files().replace_file(place_, bytes_of(bad)));
  EXPECT_FALSE(damages().empty());
}

// A letter of the description of the tables: nobody gets a mistake of ours for an answer.
TEST_F(FileTest, ADamagedDescriptionOfTables) {
  fill(3);
  const std::string good = system_files().read_file(place_, 1 << 26).value();
  OpenOptions reading;
  reading.read_only = true;
  for (const char* word :
       {"coalesce(flags", "CREATE TABLE meta(key", "CREATE TABLE folder(", "CREATE TABLE msg_cold("}) {
    std::string bad = good;
    const std::size_t at = bad.find(word);
    ASSERT_NE(at, bad.npos) << word;
    bad[at + std::string_view(word).size() - 2] ^= 1;
    ASSERT_TRUE(system_files().replace_file(place_, bytes_of(bad)));
    const auto report = engine_.check(place_);
    EXPECT_TRUE(report ? !report->damages.empty() : report.error().code == Code::kCorruptStore) << word;
    auto mailbox = engine_.open(place_, reading);
    EXPECT_TRUE(mailbox || code_of(mailbox) == Code::kCorruptStore) << word;
    if (!mailbox) continue;
    auto t = (*mailbox)->begin(Mode::kRead).value();
    for (const ObjectId id : messages_) {
      ReadRequest request;
      request.all = true;
      const auto read = t->read(id, request);
      EXPECT_TRUE(read || code_of(read) == Code::kCorruptStore) << word;
    }
  }
}

// The end of the file is missing, or what the store is known by.
TEST_F(FileTest, WhatIsLeftOfAFileIsRead) {
  fill(400);
  const std::string good = system_files().read_file(place_, 1 << 26).value();
  OpenOptions reading;
  reading.read_only = true;
  std::size_t most = 0;
  for (const std::size_t part : {9u, 6u, 3u}) {
    ASSERT_TRUE(
        system_files().replace_file(place_, bytes_of(std::string_view(good).substr(0, good.size() / 10 * part))));
    EXPECT_FALSE(engine_.open(place_, {})) << "nobody writes to it";
    EXPECT_FALSE(damages().empty());
    auto mailbox = engine_.open(place_, reading).value();
    auto t = mailbox->begin(Mode::kRead).value();
    std::size_t whole = 0;
    for (const ObjectId id : messages_) {
      ReadRequest request;
      request.all = true;
      const auto read = t->read(id, request);
      whole += read && std::ranges::none_of(read->props, [](const auto& value) { return value.is_error(); });
    }
    EXPECT_LT(whole, messages_.size());
    most = std::max(most, whole);
  }
  EXPECT_GT(most, messages_.size() / 2);
  ASSERT_TRUE(system_files().replace_file(place_, bytes_of(good)));
  ASSERT_TRUE(database().run("DELETE FROM meta"));
  EXPECT_EQ(damages().size(), 1u);
  EXPECT_FALSE(engine_.open(place_, {}));
  auto mailbox = engine_.open(place_, reading).value();
  EXPECT_NE(mailbox->info().uid, Guid());
  EXPECT_EQ(mailbox->info().uid, engine_.open(place_, reading).value()->info().uid);
  EXPECT_TRUE(mailbox->begin(Mode::kRead).value()->read(messages_[0], {}));
}

// Pages of zeros, wherever they fall: no crash, the check says something, and what it does not name is read in full.
TEST_F(FileTest, DamagedPagesCostWhatIsOnThem) {
  fill(400);
  const std::string good = system_files().read_file(place_, 1 << 26).value();
  const std::size_t pages = good.size() / kPageSize;
  ASSERT_GT(pages, 100u);
  std::size_t complete = 0, costly = 0;
  for (std::size_t page = 1; page < pages; page += 7) {
    std::string bad = good;
    std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(page * kPageSize), kPageSize, '\0');
    ASSERT_TRUE(system_files().replace_file(place_, bytes_of(bad)));
    const auto report = engine_.check(place_);
    if (!report) continue;  // the page without which nothing can be found
    EXPECT_FALSE(report->damages.empty()) << "page " << page;
    OpenOptions options;
    options.read_only = true;
    auto mailbox = engine_.open(place_, options);
    if (!mailbox) continue;
    auto t = (*mailbox)->begin(Mode::kRead).value();
    Collector rows;
    const auto plan = t->rows(folder_, ObjectKind::kMessage, {}, rows);
    EXPECT_TRUE(plan || plan.error().code == Code::kCorruptStore) << plan.error().message;
    complete += rows.rows.size() == messages_.size();
    const auto named = [&](ObjectId id) { return std::ranges::count(report->damages, id, &Damage::object) != 0; };
    std::size_t unread = 0;
    for (const ObjectId id : messages_) {
      ReadRequest request;
      request.all = true;
      const auto read = t->read(id, request);
      const bool whole = read && std::ranges::none_of(read->props, [](const auto& value) { return value.is_error(); });
      unread += !read;
      if (!whole && !named(id) && !named(0)) ADD_FAILURE() << "page " << page << ": " << id << " is damaged unnamed";
    }
    costly += unread == messages_.size();
  }
  EXPECT_LE(costly, 1u) << "only the first page of the table of bags may cost everything";
  EXPECT_GT(complete, pages / 7 / 2) << "most pages cost no row";
}

// A list by delivery time gives what the unordered one gives, in its order, what is damaged last.
TEST_F(FileTest, DamagedPagesCostListsByTimeNoMore) {
  fill(400);
  const std::string good = system_files().read_file(place_, 1 << 26).value();
  const std::size_t pages = good.size() / kPageSize;
  OpenOptions options;
  options.read_only = true;
  const std::vector<model::PropTag> columns = {kDelivered, kSubject};
  std::size_t costly = 0, whole = 0;
  for (std::size_t page = 1; page < pages; page += 3) {
    std::string bad = good;
    std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(page * kPageSize), kPageSize, '\0');
    ASSERT_TRUE(system_files().replace_file(place_, bytes_of(bad)));
    auto mailbox = engine_.open(place_, options);
    if (!mailbox) continue;
    auto t = (*mailbox)->begin(Mode::kRead).value();
    RowQuery query;
    query.columns = columns;
    Collector plain;
    if (!t->rows(folder_, ObjectKind::kMessage, query, plain)) continue;
    for (const bool descending : {false, true}) {
      const auto order = by_time(descending);
      query.order = &order;
      Collector sorted;
      ASSERT_TRUE(t->rows(folder_, ObjectKind::kMessage, query, sorted)) << "page " << page;
      expect_same(plain, sorted);
      if (!sorted.plan().sorted) continue;  // the caller sorts
      std::vector<std::int64_t> times;
      for (const auto& row : sorted.rows) times.push_back(time_in(row, descending));
      EXPECT_TRUE(descending ? std::ranges::is_sorted(times, std::greater()) : std::ranges::is_sorted(times)) << page;
      costly += times.empty() ? 1 : 0;
      whole += times.size() == messages_.size();
      query.limit = 30;
      Collector first;
      ASSERT_TRUE(t->rows(folder_, ObjectKind::kMessage, query, first));
      query.limit = 0;
      const auto wanted = sorted.ids(), got = first.ids();
      EXPECT_TRUE(std::ranges::equal(got, std::span(wanted).first(std::min<std::size_t>(30, wanted.size())))) << page;
    }
    query.order = nullptr;
  }
  EXPECT_LE(costly, 4u);
  EXPECT_GT(whole * 3, pages) << "of two lists a page";
}

// What can be judged is judged; what cannot be read is not let through.
TEST_F(FileTest, DamagedPagesCostFiltersWhatIsOnThem) {
  fill(400);
  const std::string good = system_files().read_file(place_, 1 << 26).value();
  const std::size_t pages = good.size() / kPageSize;
  OpenOptions options;
  options.read_only = true;
  const auto filter = subject_contains("7");
  const std::vector<model::PropTag> columns = {kSubject};
  std::size_t part = 0;
  for (std::size_t page = 1; page < pages; page += 3) {
    std::string bad = good;
    std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(page * kPageSize), kPageSize, '\0');
    ASSERT_TRUE(system_files().replace_file(place_, bytes_of(bad)));
    auto mailbox = engine_.open(place_, options);
    if (!mailbox) continue;
    auto t = (*mailbox)->begin(Mode::kRead).value();
    RowQuery query;
    query.columns = columns;
    Collector plain, found;
    if (!t->rows(folder_, ObjectKind::kMessage, query, plain)) continue;
    std::set<ObjectId> right;
    for (const auto& row : plain.rows) {
      const auto& subject = row.values[0];
      const bool readable = subject.tag() == kSubject;
      if (readable && subject.as_bytes().find('7') != std::string_view::npos) right.insert(row.info.id);
      part += readable ? 0 : 1;
    }
    query.filter = &filter;
    const auto order = by_time(true);
    query.order = &order;
    ASSERT_TRUE(t->rows(folder_, ObjectKind::kMessage, query, found)) << "page " << page;
    const auto ids = found.ids();
    EXPECT_EQ(std::set<ObjectId>(ids.begin(), ids.end()), right) << page;
    EXPECT_EQ(ids.size(), right.size()) << page;
  }
  EXPECT_GT(part, 0u) << "some rows cannot be read";
}

}  // namespace
}  // namespace mapiary::engines::sqlite
