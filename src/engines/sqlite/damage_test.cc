// SPDX-License-Identifier: Apache-2.0
// Damage of the file that is named and costs only what is damaged.
#include "engines/sqlite/testing/file_fixture.h"

namespace mapiary::engines::sqlite::file_tests {
namespace {

class FileDamageTest : public FileTest {};

TEST_F(FileDamageTest, ALostPieceIsAnErrorAndNoZeros) {
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

TEST_F(FileDamageTest, DamagedValuesAreNamedAndTheRestIsRead) {
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
TEST_F(FileDamageTest, MessagesOutliveTheirFolders) {
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
TEST_F(FileDamageTest, PagesThatLookWholeAreNotBelieved) {
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
TEST_F(FileDamageTest, ADamagedDescriptionOfTables) {
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

// SQLite has a file of a version to come be read only: that is no lack of rights.
TEST_F(FileDamageTest, AHeaderOfAnotherVersion) {
  fill(3);
  std::string bytes = system_files().read_file(place_, 1 << 26).value();
  bytes[18] = 3;
  ASSERT_TRUE(system_files().replace_file(place_, bytes_of(bytes)));
  EXPECT_EQ(code_of(engine_.open(place_, {})), Code::kCorruptStore);
  OpenOptions reading;
  reading.read_only = true;
  auto mailbox = engine_.open(place_, reading);
  ASSERT_TRUE(mailbox) << mailbox.error().message;
  EXPECT_TRUE((*mailbox)->begin(Mode::kRead).value()->read(messages_[0], {}));
}

// The root as a search folder, which takes no folders: that is no lack of rights either.
TEST_F(FileDamageTest, ARootOfAnotherKind) {
  fill(3);
  ASSERT_TRUE(database().run("UPDATE folder SET kind = 2 WHERE id = 2"));
  OpenOptions reading;
  reading.read_only = true;
  auto mailbox = engine_.open(place_, reading).value();
  EXPECT_EQ(mailbox->begin(Mode::kRead).value()->read(mailbox->info().root, {}).value().info.kind, ObjectKind::kFolder);
  mailbox = engine_.open(place_, {}).value();
  auto t = mailbox->begin(Mode::kWrite).value();
  EXPECT_EQ(code_of(t->create(mailbox->info().root, ObjectKind::kFolder, {})), Code::kCorruptStore);
}

// The end of the file is missing, or what the store is known by.
TEST_F(FileDamageTest, WhatIsLeftOfAFileIsRead) {
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
TEST_F(FileDamageTest, DamagedPagesCostWhatIsOnThem) {
  fill(400);
  const std::string good = system_files().read_file(place_, 1 << 26).value();
  const std::size_t pages = good.size() / kPageSize;
  ASSERT_GT(pages, 100u);
  std::size_t complete = 0, costly = 0;
  with_zeroed_pages(good, 7, [&](std::size_t page, Transaction& t) {
    const auto report = engine_.check(place_);
    if (!report) return;  // the page without which nothing can be found
    EXPECT_FALSE(report->damages.empty()) << "page " << page;
    Collector rows;
    const auto plan = t.rows(folder_, ObjectKind::kMessage, {}, rows);
    EXPECT_TRUE(plan || plan.error().code == Code::kCorruptStore) << plan.error().message;
    complete += rows.rows.size() == messages_.size();
    const auto named = [&](ObjectId id) { return std::ranges::count(report->damages, id, &Damage::object) != 0; };
    std::size_t unread = 0;
    for (const ObjectId id : messages_) {
      ReadRequest request;
      request.all = true;
      const auto read = t.read(id, request);
      const bool whole = read && std::ranges::none_of(read->props, [](const auto& value) { return value.is_error(); });
      unread += !read;
      if (!whole && !named(id) && !named(0)) ADD_FAILURE() << "page " << page << ": " << id << " is damaged unnamed";
    }
    costly += unread == messages_.size();
  });
  EXPECT_LE(costly, 1u) << "only the first page of the table of bags may cost everything";
  EXPECT_GT(complete, pages / 7 / 2) << "most pages cost no row";
}

// A list by delivery time gives what the unordered one gives, in its order, what is damaged last.
TEST_F(FileDamageTest, DamagedPagesCostListsByTimeNoMore) {
  fill(400);
  const std::string good = system_files().read_file(place_, 1 << 26).value();
  const std::size_t pages = good.size() / kPageSize;
  const std::vector<model::PropTag> columns = {kDelivered, kSubject};
  std::size_t costly = 0, whole = 0;
  with_zeroed_pages(good, 3, [&](std::size_t page, Transaction& t) {
    RowQuery query;
    query.columns = columns;
    Collector plain;
    if (!t.rows(folder_, ObjectKind::kMessage, query, plain)) return;
    for (const bool descending : {false, true}) {
      const auto order = by_time(descending);
      query.order = &order;
      Collector sorted;
      ASSERT_TRUE(t.rows(folder_, ObjectKind::kMessage, query, sorted)) << "page " << page;
      expect_same(plain, sorted);
      if (!sorted.plan().sorted) continue;  // the caller sorts
      std::vector<std::int64_t> times;
      for (const auto& row : sorted.rows) times.push_back(time_in(row, descending));
      EXPECT_TRUE(descending ? std::ranges::is_sorted(times, std::greater()) : std::ranges::is_sorted(times)) << page;
      costly += times.empty() ? 1 : 0;
      whole += times.size() == messages_.size();
      query.limit = 30;
      Collector first;
      ASSERT_TRUE(t.rows(folder_, ObjectKind::kMessage, query, first));
      query.limit = 0;
      const auto wanted = sorted.ids(), got = first.ids();
      EXPECT_TRUE(std::ranges::equal(got, std::span(wanted).first(std::min<std::size_t>(30, wanted.size())))) << page;
    }
    query.order = nullptr;
  });
  EXPECT_LE(costly, 4u);
  EXPECT_GT(whole * 3, pages) << "of two lists a page";
}

// What can be judged is judged; what cannot be read is not let through.
TEST_F(FileDamageTest, DamagedPagesCostFiltersWhatIsOnThem) {
  fill(400);
  const std::string good = system_files().read_file(place_, 1 << 26).value();
  const auto filter = subject_contains("7");
  const std::vector<model::PropTag> columns = {kSubject};
  std::size_t part = 0;
  with_zeroed_pages(good, 3, [&](std::size_t page, Transaction& t) {
    RowQuery query;
    query.columns = columns;
    Collector plain, found;
    if (!t.rows(folder_, ObjectKind::kMessage, query, plain)) return;
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
    ASSERT_TRUE(t.rows(folder_, ObjectKind::kMessage, query, found)) << "page " << page;
    const auto ids = found.ids();
    EXPECT_EQ(std::set<ObjectId>(ids.begin(), ids.end()), right) << page;
    EXPECT_EQ(ids.size(), right.size()) << page;
  });
  EXPECT_GT(part, 0u) << "some rows cannot be read";
}

}  // namespace
}  // namespace mapiary::engines::sqlite::file_tests
