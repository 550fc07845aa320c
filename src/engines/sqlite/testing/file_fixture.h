// SPDX-License-Identifier: Apache-2.0
// A mailbox file of some messages that a test may open, question and damage. Test code only.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engines/sqlite/schema.h"
#include "engines/sqlite/testing/world.h"

namespace mapiary::engines::sqlite::file_tests {

using backend::BlobMode;
using backend::ChangeBatch;
using backend::ChangeNumber;
using backend::Damage;
using backend::Mode;
using backend::ObjectData;
using backend::ObjectId;
using backend::ObjectKind;
using backend::OpenOptions;
using backend::ReadRequest;
using backend::RowQuery;
using backend::Transaction;
using backend::Update;
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
  // One page of `good` after another, but for the first, becomes zeros: `look` reads what is left, if it can be opened.
  template <class Look>
  void with_zeroed_pages(const std::string& good, std::size_t step, Look&& look) {
    OpenOptions reading;
    reading.read_only = true;
    for (std::size_t page = 1; page < good.size() / kPageSize; page += step) {
      std::string bad = good;
      std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(page * kPageSize), kPageSize, '\0');
      ASSERT_TRUE(system_files().replace_file(place_, bytes_of(bad)));
      auto mailbox = engine_.open(place_, reading);
      if (mailbox) look(page, *(*mailbox)->begin(Mode::kRead).value());
    }
  }
  std::string plan(const std::string& sql) {
    Database db = database();
    auto rows = db.prepare("EXPLAIN QUERY PLAN " + sql).value();
    std::string all;
    while (rows.step().value()) all.append(rows.text(3)).append("; ");
    return all;
  }

  sqlite::testing::TempFolder temp_;
  std::string place_ = join_path(temp_.path(), "mail.db");
  SqliteEngine engine_;
  ObjectId folder_ = 0;
  std::vector<ObjectId> messages_;
};

}  // namespace mapiary::engines::sqlite::file_tests
