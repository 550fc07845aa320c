// SPDX-License-Identifier: Apache-2.0
// Every byte of what is stored of messages is under a checksum: changing any one is found by the check, which names the
// message, and reading never gives what was not written. docs/adr/0055-checksums.md
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engines/sqlite/damage_log.h"
#include "engines/sqlite/schema.h"
#include "engines/sqlite/sums.h"
#include "engines/sqlite/testing/world.h"

namespace mapiary::engines::sqlite {
namespace {

using namespace backend;
using backend::testing::code_of;
using backend::testing::delivered;
using backend::testing::flags;
using backend::testing::kBody;
using backend::testing::kSubject;
using backend::testing::noise;
using backend::testing::setting;
using backend::testing::text;
using mapiary::sqlite::Database;

constexpr int kMessages = 6;

class SumsTest : public ::testing::Test {
 protected:
  void make(bool compress = false) {
    CreateOptions options;
    options.compress = compress;
    ASSERT_TRUE(engine_.create(place_, options));
    auto mailbox = engine_.open(place_, {}).value();
    auto t = mailbox->begin(Mode::kBulk).value();
    folder_ = t->create(mailbox->info().root, ObjectKind::kFolder, {}).value();
    const model::NamedProperty name{model::prop_set::kPublicStrings, std::string("a name")};
    ASSERT_TRUE(t->names(std::span(&name, 1)));
    for (int i = 0; i < kMessages; ++i) {
      const std::string body = compress ? std::string(9000, static_cast<char>('a' + i)) : noise(9000, 3);
      const std::vector<model::PropValue> values = {text(kSubject, "subject " + std::to_string(i)), delivered(i),
                                                    flags(i % 2 == 0), text(kBody, body), text(kSmall, "in the bag")};
      std::vector<model::PropBag> recipients(1);
      recipients[0].set(text(kSmall, "somebody"));
      Update update = setting(values);
      update.recipients = &recipients;
      messages_.push_back(t->create(folder_, ObjectKind::kMessage, update).value());
    }
    ASSERT_TRUE(t->commit());
    t.reset();
    ASSERT_TRUE(mailbox->flush());
  }
  Database database() { return Database::open(place_, {}).value(); }
  // The objects that the check names.
  std::vector<ObjectId> named() {
    const auto report = engine_.check(place_);
    EXPECT_TRUE(report) << report.error().message;
    std::vector<ObjectId> all;
    for (const Damage& damage : report->damages) all.push_back(damage.object);
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }
  // All of a message; an error anywhere is an error.
  Result<std::string> read(ObjectId id) {
    OpenOptions options;
    options.read_only = true;
    auto mailbox = TRY(engine_.open(place_, options));
    auto t = TRY(mailbox->begin(Mode::kRead));
    ReadRequest request;
    request.all = request.recipients = true;
    const ObjectData data = TRY(t->read(id, request));
    std::string all;
    for (const model::PropValue& value : data.props) {
      if (value.is_error()) return fail(Code::kCorruptStore, "test", "a value");
      all += std::to_string(value.tag().value) + "=" +
             (value.is_bytes() ? std::string(value.as_bytes()) : std::to_string(value.as_int64())) + "\n";
    }
    for (const auto& bag : data.recipients) all += std::string(bag.find(kSmall)->as_bytes());
    return all;
  }

  static constexpr model::PropTag kSmall{0x3001001F};
  testing::TempFolder temp_;
  std::string place_ = join_path(temp_.path(), "mail.db");
  SqliteEngine engine_;
  ObjectId folder_ = 0;
  std::vector<ObjectId> messages_;
};

TEST_F(SumsTest, WhatWasChangedBehindItsBackIsNamedAndNotGiven) {
  make();
  const ObjectId one = messages_[1], two = messages_[2];
  const std::string at = " WHERE id = " + std::to_string(one);
  const std::vector<std::string> changes = {
      "UPDATE msg_hot SET subject = 'subject 7'" + at,
      "UPDATE msg_hot SET subject = NULL" + at,
      "UPDATE msg_hot SET delivered = delivered + 1" + at,
      "UPDATE msg_hot SET flags = flags | 4096" + at,
      "UPDATE msg_hot SET topic = ''" + at,
      "UPDATE msg_hot SET spill = spill | 2" + at,
      "UPDATE msg_cold SET bag = substr(bag, 1, length(bag) - 1) || 'G'" + at,
      "UPDATE msg_cold SET bag = (SELECT bag FROM msg_cold WHERE id = " + std::to_string(two) + ")" + at,
      "UPDATE msg_cold SET recipients = substr(recipients, 1, length(recipients) - 1) || 'G'" + at,
      "UPDATE stream SET data = substr(data, 1, 8999) || 'G' WHERE k = (SELECT k FROM stream ORDER BY k LIMIT 1 OFFSET "
      "1)",
      "UPDATE stream SET data = x'00' WHERE k = (SELECT k FROM stream ORDER BY k LIMIT 1 OFFSET 1)",
  };
  const std::string good = system_files().read_file(place_, 1 << 26).value();
  ASSERT_EQ(named(), std::vector<ObjectId>());
  std::vector<std::string> before;
  for (const ObjectId id : messages_) before.push_back(read(id).value());
  for (const std::string& change : changes) {
    ASSERT_TRUE(system_files().replace_file(place_, bytes_of(good)));
    ASSERT_TRUE(database().run(change)) << change;
    const std::vector<ObjectId> found = named();
    // A stream that has lost its owner may be a finding of its own.
    EXPECT_TRUE(found == std::vector<ObjectId>{one} || found == (std::vector<ObjectId>{0, one})) << change;
    EXPECT_EQ(code_of(read(one)), Code::kCorruptStore) << change;
    for (int i = 0; i < kMessages; ++i) {
      if (messages_[static_cast<std::size_t>(i)] != one) {
        EXPECT_TRUE(read(messages_[static_cast<std::size_t>(i)]).value() == before[static_cast<std::size_t>(i)]);
      }
    }
    // What is damaged can be marked and removed.
    auto mailbox = engine_.open(place_, {}).value();
    auto t = mailbox->begin(Mode::kWrite).value();
    ASSERT_TRUE(t->remove(one)) << change;
    ASSERT_TRUE(t->commit());
  }
  for (const char* change : {"UPDATE named_prop SET name = 'another'",
                             "UPDATE meta SET value = x'00112233445566778899"
                             "aabbccddeeff' WHERE key = 'uid'"}) {
    ASSERT_TRUE(system_files().replace_file(place_, bytes_of(good)));
    ASSERT_TRUE(database().run(change));
    EXPECT_EQ(named(), std::vector<ObjectId>{0}) << change;
  }
  // A folder is named and given: all that is in it would be lost with it.
  ASSERT_TRUE(system_files().replace_file(place_, bytes_of(good)));
  ASSERT_TRUE(database().run("UPDATE folder SET bag = substr(bag, 1, 1) || x'00000000' || substr(bag, 6) WHERE id = " +
                             std::to_string(folder_)));
  EXPECT_EQ(named(), std::vector<ObjectId>{folder_});
  ReadRequest request;
  request.all = true;
  auto mailbox = engine_.open(place_, {}).value();
  EXPECT_TRUE(mailbox->begin(Mode::kRead).value()->read(folder_, request));
}

// Any byte of the file: nothing is given that was not written unless the check says that something is wrong, and
// hardly ever then.
TEST_F(SumsTest, AChangedByteAnywhereIsFound) {
  for (const bool compress : {false, true}) {
    messages_.clear();
    (void)system_files().remove_file(place_);
    make(compress);
    const std::string good = system_files().read_file(place_, 1 << 26).value();
    std::vector<std::string> before;
    for (const ObjectId id : messages_) before.push_back(read(id).value());
    std::mt19937 random(55);
    int found = 0, unread = 0, other = 0;
    for (int i = 0; i < 120; ++i) {
      std::string bad = good;
      std::size_t at = 0;
      do {
        at = random() % bad.size();
      } while (bad[at] == 0);  // half of the file is unused
      bad[at] = static_cast<char>(bad[at] ^ (1 << random() % 8));
      ASSERT_TRUE(system_files().replace_file(place_, bytes_of(bad)));
      const auto report = engine_.check(place_);
      const bool wrong = !report || !report->damages.empty();
      found += wrong;
      for (std::size_t m = 0; m < messages_.size(); ++m) {
        const auto now = read(messages_[m]);
        // The first page describes all others.
        unread += at >= kPageSize && !now;
        other += at >= kPageSize && now && *now != before[m];
        EXPECT_TRUE(wrong || (now && *now == before[m])) << "byte " << at << ", message " << m;
      }
    }
    EXPECT_GT(found, 60) << "of 120";
    EXPECT_LT(unread, 120) << "of 720";
    EXPECT_LT(other, 8) << "of 720";
  }
}

TEST_F(SumsTest, TheSchemaHasItsSumHoweverItWasMade) {
  make();
  Database db = database();
  EXPECT_EQ(schema_sum(db).value(), kSchemaSum);
}

// Who copies what is given hears that it is not all.
TEST_F(SumsTest, WhatIsMetIsCounted) {
  make();
  const model::PropTag tags[] = {kDamageMet, kDamage};
  ReadRequest damage, all;
  damage.tags = tags;
  all.all = true;
  const auto met = [&](Transaction& t) {
    const ObjectData mailbox = t.read(kMailboxId, damage).value();
    EXPECT_EQ(mailbox.props.find(kDamage)->value_count() == 0, mailbox.props.find(kDamageMet)->as_int32() == 0);
    EXPECT_EQ(t.read(kMailboxId, all)->props.find(kDamageMet.id()), nullptr) << "it is in no list";
    return mailbox.props.find(kDamageMet)->as_int32();
  };
  const std::string good = system_files().read_file(place_, 1 << 26).value();
  for (const char* change :
       {"UPDATE msg_hot SET subject = 'x'", "DELETE FROM msg_hot WHERE id = (SELECT max(id) FROM msg_hot)",
        "UPDATE stream SET sum = sum + 1"}) {
    ASSERT_TRUE(system_files().replace_file(place_, bytes_of(good)));
    {
      OpenOptions options;
      options.read_only = true;
      auto mailbox = engine_.open(place_, options).value();
      auto t = mailbox->begin(Mode::kRead).value();
      EXPECT_TRUE(t->read(messages_.back(), all));
      EXPECT_EQ(met(*t), 0);
    }
    ASSERT_TRUE(database().run(change));
    auto mailbox = engine_.open(place_, {}).value();
    auto t = mailbox->begin(Mode::kRead).value();
    EXPECT_TRUE(t->read(messages_.back(), all));
    EXPECT_EQ(met(*t), 1) << change;
  }
}

// ---- Files of before

class OldFile : public SumsTest, public ::testing::WithParamInterface<int> {};

TEST_P(OldFile, IsReadAsItIsAndUpgradedByTheFirstWhoWrites) {
  make();
  {
    Database db = database();
    ASSERT_TRUE(
        db.run("ALTER TABLE stream DROP COLUMN sum; ALTER TABLE named_prop DROP COLUMN sum;"
               "UPDATE msg_hot SET spill = spill & 8191; UPDATE msg_cold SET bag = substr(bag, 6), "
               "recipients = substr(recipients, 6); UPDATE folder SET bag = substr(bag, 6) WHERE id > 2;"
               "DELETE FROM meta WHERE key = 'uid_sum'"));
    if (GetParam() == 1) {
      ASSERT_TRUE(db.run("ALTER TABLE changes DROP COLUMN source"));
    }
    ASSERT_TRUE(db.run("PRAGMA user_version = " + std::to_string(GetParam())));
  }
  const std::string old = system_files().read_file(place_, 1 << 26).value();
  std::vector<std::string> before;
  for (const ObjectId id : messages_) before.push_back(read(id).value());
  EXPECT_EQ(named(), std::vector<ObjectId>());
  {
    OpenOptions options;
    options.read_only = true;
    auto mailbox = engine_.open(place_, options).value();
    EXPECT_EQ(mailbox->changes_since(0, 100)->changes.back().source, 0u);
    EXPECT_EQ(mailbox->begin(Mode::kRead).value()->names({}).value()->names().size(), 1u);
  }
  EXPECT_TRUE(system_files().read_file(place_, 1 << 26).value() == old);
  auto mailbox = engine_.open(place_, {}).value();
  EXPECT_EQ(database().integer("PRAGMA user_version").value(), static_cast<std::int64_t>(schema_steps().size()));
  auto t = mailbox->begin(Mode::kWrite).value();
  const std::vector<model::PropValue> values = {text(kSubject, "new"), text(kBody, noise(9000, 4))};
  const ObjectId fresh = t->create(folder_, ObjectKind::kMessage, setting(values)).value();
  const std::vector<model::PropValue> read_now = {flags(true)};
  ASSERT_TRUE(t->update(messages_[0], setting(read_now)));
  ASSERT_TRUE(t->commit());
  t.reset();
  mailbox.reset();
  EXPECT_EQ(named(), std::vector<ObjectId>());
  for (std::size_t i = 1; i < messages_.size(); ++i) EXPECT_TRUE(read(messages_[i]).value() == before[i]);
  ASSERT_TRUE(database().run("UPDATE msg_hot SET subject = 'newer' WHERE id = " + std::to_string(fresh)));
  EXPECT_EQ(named(), std::vector<ObjectId>{fresh}) << "what is written from now on has sums";
}

INSTANTIATE_TEST_SUITE_P(Versions, OldFile, ::testing::Values(1, 2));

}  // namespace
}  // namespace mapiary::engines::sqlite
