// SPDX-License-Identifier: Apache-2.0
// What tests of engines share: an engine with a place for a mailbox, short ways to make values and objects, and rows
// completed as a caller of Transaction::rows must complete them. Included by tests only.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backend/engine.h"
#include "backend/rules.h"
#include "model/restriction_evaluator.h"
#include "model/sort_key.h"

namespace mapiary::backend::testing {

using model::PropTag;
using model::PropValue;

inline constexpr PropTag kSubject{0x0037001F}, kBody{0x1000001F}, kBody8{0x1000001E}, kData{0x37010102},
    kDelivered{0x0E060040}, kNumber{0x0E210003}, kName{0x3001001F}, kImportance{0x00170003}, kHtml{0x10130102};

// An engine and where one mailbox of it may be; each test has its own, which goes with it.
class EngineUnderTest {
 public:
  virtual ~EngineUnderTest() = default;
  virtual Engine& engine() = 0;
  virtual std::string location() = 0;
};

struct EngineCase {
  std::string name;
  std::function<std::unique_ptr<EngineUnderTest>()> make;
};

inline PropValue text(PropTag tag, std::string value) {
  return PropValue::text(tag, std::move(value));
}
inline PropValue flags(bool is_read) {
  return PropValue::int32(engine_tag::kMessageFlags, is_read ? engine_tag::kReadBit : 0);
}
inline PropValue size(std::int64_t bytes) {
  return PropValue::int64(engine_tag::kMessageSize, bytes);
}
inline PropValue delivered(std::int64_t time) {
  return PropValue::int64(kDelivered, time);
}
inline std::string noise(std::size_t count, std::uint64_t seed = 1) {
  std::string bytes(count, '\0');
  std::uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
  for (char& c : bytes) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    c = static_cast<char>('a' + (state >> 40) % 26);
  }
  return bytes;
}

inline Update setting(const std::vector<PropValue>& values) {
  Update update;
  update.set = values;
  return update;
}

// The code of an error; kCancelled, which no engine gives here, for none.
template <class T>
Code code_of(const Result<T>& result) {
  return result ? Code::kCancelled : result.error().code;
}

struct CollectedRow {
  ObjectInfo info;
  std::vector<PropValue> values;
};

class Collector final : public RowVisitor {
 public:
  explicit Collector(std::size_t most = SIZE_MAX) : most_(most) {}
  void begin(const RowPlan& plan) override {
    plan_ = plan;
    ++begun;
  }
  Result<bool> row(const Row& row) override {
    rows.push_back({row.info, row.values});
    return rows.size() < most_;
  }
  std::vector<ObjectId> ids() const {
    std::vector<ObjectId> all;
    for (const CollectedRow& row : rows) all.push_back(row.info.id);
    return all;
  }
  const RowPlan& plan() const { return plan_; }

  std::vector<CollectedRow> rows;
  int begun = 0;

 private:
  std::size_t most_;
  RowPlan plan_;
};

class RowTarget final : public model::RestrictionTarget {
 public:
  RowTarget(std::span<const PropTag> columns, const std::vector<PropValue>& values)
      : columns_(columns), values_(values) {}
  const PropValue* property(PropTag tag) override {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].id() == tag.id()) return values_[i].is_empty() ? nullptr : &values_[i];
    }
    return nullptr;
  }

 private:
  std::span<const PropTag> columns_;
  const std::vector<PropValue>& values_;
};

// What the engine left undone, done. `query.columns` must hold what filter and order look at.
inline Result<std::vector<CollectedRow>> complete_rows(Transaction& transaction, ObjectId parent, ObjectKind kind,
                                                       const RowQuery& query) {
  Collector all;
  const RowPlan plan = TRY(transaction.rows(parent, kind, query, all));
  if (!plan.filtered) {
    auto compiled =
        std::make_shared<model::CompiledRestriction>(TRY(model::CompiledRestriction::compile(*query.filter)));
    model::RestrictionEvaluator evaluator(compiled);
    std::vector<CollectedRow> kept;
    for (CollectedRow& row : all.rows) {
      RowTarget target(query.columns, row.values);
      if (TRY(evaluator.matches(target))) kept.push_back(std::move(row));
    }
    all.rows = std::move(kept);
  }
  if (!plan.sorted) {
    const auto key = [&](const CollectedRow& row) {
      RowTarget target(query.columns, row.values);
      return model::make_sort_key(*query.order, [&](PropTag tag) { return target.property(tag); });
    };
    std::ranges::stable_sort(all.rows, {}, key);
  }
  if (query.limit != 0 && all.rows.size() > query.limit) all.rows.resize(static_cast<std::size_t>(query.limit));
  return std::move(all.rows);
}

class EngineTest : public ::testing::TestWithParam<EngineCase> {
 protected:
  void SetUp() override {
    world_ = GetParam().make();
    const Status made = engine().create(world_->location(), {});
    ASSERT_TRUE(made) << made.error().message;
    reopen();
  }
  void TearDown() override {
    if (mailbox_ != nullptr) expect_whole();
    mailbox_.reset();
    world_.reset();
  }

  Engine& engine() { return world_->engine(); }
  std::string location() { return world_->location(); }
  Mailbox& mailbox() { return *mailbox_; }
  ObjectId root() { return mailbox_->info().root; }
  void reopen() {
    mailbox_.reset();
    OpenOptions options;
    options.busy_deadline = std::chrono::seconds(20);
    auto opened = engine().open(world_->location(), options);
    ASSERT_TRUE(opened) << opened.error().message;
    mailbox_ = std::move(*opened);
  }
  void close() { mailbox_.reset(); }

  std::unique_ptr<Transaction> reader() { return mailbox().begin(Mode::kRead).value(); }
  std::unique_ptr<Transaction> writer(Mode mode = Mode::kWrite) { return mailbox().begin(mode).value(); }
  // One change in a transaction of its own.
  ObjectId make(ObjectId parent, ObjectKind kind, const std::vector<PropValue>& values = {}) {
    auto t = writer();
    const auto id = t->create(parent, kind, setting(values));
    EXPECT_TRUE(id) << id.error().message;
    EXPECT_TRUE(t->commit());
    return id.value_or(0);
  }
  ObjectId folder(ObjectId parent, const std::string& name = "f") {
    return make(parent, ObjectKind::kFolder, {text(kName, name)});
  }
  ObjectId message(ObjectId parent, const std::vector<PropValue>& values = {}) {
    return make(parent, ObjectKind::kMessage, values);
  }
  ObjectData data(ObjectId id) {
    ReadRequest request;
    request.all = request.recipients = true;
    auto read = reader()->read(id, request);
    EXPECT_TRUE(read) << read.error().message;
    return read ? std::move(*read) : ObjectData();
  }
  FolderCounts counts(ObjectId id) { return data(id).info.counts; }
  Code read_code(ObjectId id) { return code_of(reader()->read(id, {})); }
  std::vector<ObjectId> ids(ObjectId parent, ObjectKind kind) {
    Collector all;
    EXPECT_TRUE(reader()->rows(parent, kind, {}, all));
    return all.ids();
  }
  ChangeNumber newest() { return mailbox().changes_since(UINT64_MAX, 1).value().last; }
  std::string blob(ObjectId id, PropTag tag) {
    auto t = reader();
    auto open = t->open_blob(id, tag, BlobMode::kRead);
    EXPECT_TRUE(open) << open.error().message;
    if (!open) return {};
    std::string bytes(static_cast<std::size_t>((*open)->size()), '?');
    EXPECT_EQ((*open)->read_at(0, std::as_writable_bytes(std::span(bytes))).value_or(0), bytes.size());
    return bytes;
  }
  // The engine's own check finds nothing.
  void expect_whole() {
    const auto report = engine().check(location());
    ASSERT_TRUE(report) << report.error().message;
    for (const Damage& damage : report->damages) ADD_FAILURE() << damage.object << ": " << damage.message;
  }

  std::unique_ptr<EngineUnderTest> world_;
  std::unique_ptr<Mailbox> mailbox_;
};

}  // namespace mapiary::backend::testing
