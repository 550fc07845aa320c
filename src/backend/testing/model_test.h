// SPDX-License-Identifier: Apache-2.0
// The model test: random operations on the memory engine and on the engine under test, which must agree on every
// answer. Numbers of objects and changes may differ, so both are compared through what they name. A test says
//
//   ModelTest(memory, "m", engine, location, seed).run(steps);
//
// A failure names the seed and the step. Included by tests only.
#pragma once

#include <map>
#include <random>
#include <set>

#include "backend/testing/kit.h"

namespace mapiary::backend::testing {

class ModelTest {
 public:
  ModelTest(Engine& oracle, std::string oracle_place, Engine& subject, std::string subject_place, std::uint64_t seed)
      : random_(seed), seed_(seed) {
    sides_[0].engine = &oracle;
    sides_[0].place = std::move(oracle_place);
    sides_[1].engine = &subject;
    sides_[1].place = std::move(subject_place);
  }

  void run(std::uint64_t steps) {
    for (Side& side : sides_) {
      ASSERT_TRUE(side.engine->create(side.place, {}));
      open(side);
    }
    know(sides_[0].mailbox->info().mailbox, sides_[1].mailbox->info().mailbox);
    know(sides_[0].mailbox->info().root, sides_[1].mailbox->info().root);
    for (step_ = 0; step_ < steps && !::testing::Test::HasFailure();) {
      transaction(steps);
      if (below(60) == 0) compare_everything();
      if (below(90) == 0) {
        for (Side& side : sides_) open(side);
      }
    }
    compare_everything();
    const auto report = sides_[1].engine->check(sides_[1].place);
    ASSERT_TRUE(report) << where();
    for (const Damage& damage : report->damages) ADD_FAILURE() << where() << damage.object << ": " << damage.message;
  }

 private:
  struct Side {
    Engine* engine = nullptr;
    std::string place;
    std::unique_ptr<Mailbox> mailbox;
    std::unique_ptr<Transaction> t;
    ChangeNumber seen = 0;                          // of the log
    std::map<ChangeNumber, std::uint64_t> ordinal;  // which entry of the log
    std::uint64_t entries = 0;
  };

  std::uint64_t below(std::uint64_t n) { return std::uniform_int_distribution<std::uint64_t>(0, n - 1)(random_); }
  std::string where() const { return "seed " + std::to_string(seed_) + ", step " + std::to_string(step_) + ": "; }
  void open(Side& side) {
    side.mailbox.reset();
    side.mailbox = side.engine->open(side.place, {}).value();
  }
  // Objects are named by the oracle's number.
  void know(ObjectId oracle, ObjectId subject) {
    to_subject_[oracle] = subject;
    to_oracle_[subject] = oracle;
    objects_.push_back(oracle);
  }
  ObjectId id_on(std::size_t side, ObjectId id) const {
    if (side == 0) return id;
    const auto at = to_subject_.find(id);
    return at == to_subject_.end() ? id + 1'000'000'000 : at->second;
  }
  ObjectId named(std::size_t side, ObjectId id) const {
    if (side == 0) return id;
    const auto at = to_oracle_.find(id);
    return at == to_oracle_.end() ? 0 : at->second;
  }
  ObjectId any_object() { return below(40) == 0 ? 777'777'777 : objects_[below(objects_.size())]; }

  // ---- Values
  PropValue any_value(std::uint16_t property) {
    const std::size_t sizes[] = {0, 3, 40, 255, 256, 2048, 2049, 32'768, 32'769, 70'000};
    const std::size_t length = sizes[below(below(4) == 0 ? 10 : 4)];
    switch (below(7)) {
      case 0:
        return PropValue::int32(PropTag(property, model::PropType::kInt32), static_cast<std::int32_t>(below(5)));
      case 1:
        return PropValue::int64(PropTag(property, model::PropType::kTime), static_cast<std::int64_t>(below(50)));
      case 2:
        return PropValue::binary(PropTag(property, model::PropType::kBinary), noise(length, below(1000)));
      case 3:
        return PropValue::text8(PropTag(property, model::PropType::kString8), noise(length, below(1000)), 1252);
      case 4:
        return PropValue::multi(PropTag((std::uint32_t{property} << 16) | 0x101F),
                                std::vector<std::string>{noise(length, below(9)), "x"});
      default:
        return text(PropTag(property, model::PropType::kUnicode), noise(length, below(1000)));
    }
  }
  std::vector<PropValue> any_values() {
    const std::uint16_t ids[] = {0x0037, 0x1000, 0x1013, 0x0070, 0x0C1A, 0x6001, 0x6002, 0x8001, 0x0E06};
    std::vector<PropValue> values;
    for (std::uint64_t i = below(5); i > 0; --i) values.push_back(any_value(ids[below(9)]));
    if (below(2) == 0) values.push_back(flags(below(2) == 0));
    if (below(2) == 0) values.push_back(size(static_cast<std::int64_t>(below(1000))));
    if (below(2) == 0) values.push_back(delivered(static_cast<std::int64_t>(below(20))));
    if (below(30) == 0) values.push_back(PropValue::error(0x6003, Code::kNotFound));
    return values;
  }
  std::vector<model::PropBag> any_recipients() {
    std::vector<model::PropBag> people(below(4) == 0 ? 40 : below(4));
    for (model::PropBag& person : people) {
      person.set(any_value(0x3001));
      person.set(PropValue::int32(PropTag(0x0C150003), static_cast<std::int32_t>(below(3))));
    }
    return people;
  }

  // ---- Operations: done on both sides, the codes compared
  template <class Do>
  bool both(const char* what, Do&& act) {
    Code codes[2];
    for (std::size_t i = 0; i < 2; ++i) codes[i] = code_of(act(i, *sides_[i].t));
    EXPECT_EQ(codes[0], codes[1]) << where() << what << ": " << code_name(codes[0]) << ", " << code_name(codes[1]);
    return codes[0] == Code::kCancelled;
  }

  void create() {
    const ObjectKind kinds[] = {ObjectKind::kFolder,     ObjectKind::kSearchFolder, ObjectKind::kMessage,
                                ObjectKind::kMessage,    ObjectKind::kMessage,      ObjectKind::kAssociated,
                                ObjectKind::kAttachment, ObjectKind::kAttachment};
    const ObjectKind kind = kinds[below(8)];
    const ObjectId parent = any_object();
    const auto values = any_values();
    const auto people = any_recipients();
    Update content = setting(values);
    if (is_message(kind) && below(2) == 0) content.recipients = &people;
    ObjectId made[2] = {};
    const bool done = both("create", [&](std::size_t i, Transaction& t) {
      auto id = t.create(id_on(i, parent), kind, content);
      if (id) made[i] = *id;
      return id;
    });
    if (done) {
      know(made[0], made[1]);
      fresh_.push_back(made[0]);
    }
  }
  void update() {
    const ObjectId id = any_object();
    const auto values = any_values();
    const auto people = any_recipients();
    Update update = setting(values);
    const std::vector<std::uint16_t> erase = {static_cast<std::uint16_t>(below(2) == 0 ? 0x0037 : 0x1000), 0x0E07};
    if (below(3) == 0) update.erase = erase;
    if (below(4) == 0) update.recipients = &people;
    update.quiet = below(3) == 0;
    both("update", [&](std::size_t i, Transaction& t) { return t.update(id_on(i, id), update); });
  }
  void blob() {
    const ObjectId id = any_object();
    const PropTag tags[] = {kBody, kHtml, kSubject, kBody8, kData};
    const PropTag tag = tags[below(5)];
    const auto mode = static_cast<BlobMode>(below(3));
    struct Step {
      bool cut;
      std::uint64_t at;
      std::string bytes;
    };
    std::vector<Step> steps;
    for (std::uint64_t n = below(4); n > 0; --n) {
      steps.push_back({below(3) == 0, below(200'000), noise(below(3) == 0 ? 90'000 : below(500), below(1000))});
    }
    std::string seen[2];
    both("open_blob", [&](std::size_t i, Transaction& t) -> Status {
      auto open = TRY(t.open_blob(id_on(i, id), tag, mode, 1252));
      for (const Step& step : steps) {
        if (mode == BlobMode::kRead) break;
        TRY(step.cut ? open->resize(step.at) : open->write_at(step.at, bytes_of(step.bytes)));
      }
      seen[i].resize(static_cast<std::size_t>(open->size()));
      TRY(open->read_at(0, std::as_writable_bytes(std::span(seen[i]))));
      return {};
    });
    EXPECT_TRUE(seen[0] == seen[1]) << where() << "blobs differ";
  }
  void remove() {
    const ObjectId id = any_object();
    both("remove", [&](std::size_t i, Transaction& t) { return t.remove(id_on(i, id)); });
  }
  void move() {
    const ObjectId id = any_object(), to = any_object();
    both("move", [&](std::size_t i, Transaction& t) { return t.move(id_on(i, id), id_on(i, to)); });
  }
  void link() {
    const ObjectId search = any_object();
    std::vector<ObjectId> messages;
    for (std::uint64_t n = below(4); n > 0; --n) messages.push_back(any_object());
    const bool present = below(3) != 0;
    both("link", [&](std::size_t i, Transaction& t) {
      std::vector<ObjectId> own;
      for (const ObjectId id : messages) own.push_back(id_on(i, id));
      return t.link(id_on(i, search), own, present);
    });
  }
  void names() {
    const auto name = model::NamedProperty::of(model::prop_set::kPublicStrings, "name " + std::to_string(below(30)));
    const std::vector<model::NamedProperty> wanted = {name};
    std::uint16_t ids[2] = {};
    both("names", [&](std::size_t i, Transaction& t) -> Status {
      const auto all = TRY(t.names(wanted));
      ids[i] = all->find(name).value_or(0);
      return {};
    });
    EXPECT_EQ(ids[0], ids[1]) << where();
  }

  void operation() {
    ++step_;
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return create();
      case 5:
      case 6:
      case 7:
        return update();
      case 8:
      case 9:
        return blob();
      case 10:
        return remove();
      case 11:
        return move();
      case 12:
      case 13:
        return link();
      case 14:
        return names();
      default:
        return compare_object(any_object());
    }
  }

  void transaction(std::uint64_t steps) {
    const Mode mode = below(3) == 0 ? Mode::kBulk : Mode::kWrite;
    for (Side& side : sides_) side.t = side.mailbox->begin(mode).value();
    fresh_.clear();
    for (std::uint64_t n = 1 + below(12); n > 0 && step_ < steps; --n) operation();
    const bool keep = below(5) != 0;
    for (Side& side : sides_) {
      if (keep) {
        const Status done = side.t->commit();
        EXPECT_TRUE(done) << where() << done.error().message;
      }
      side.t.reset();
    }
    compare_log();
    forget(keep);
  }
  // Objects that a rolled back transaction made, and now and then those that are gone.
  void forget(bool keep) {
    if (!keep) {
      for (const ObjectId id : fresh_) {
        to_oracle_.erase(to_subject_[id]);
        to_subject_.erase(id);
        std::erase(objects_, id);
      }
    }
    if (objects_.size() < 150 || below(20) != 0) return;
    auto t = sides_[0].mailbox->begin(Mode::kRead).value();
    std::erase_if(objects_, [&](ObjectId id) { return !t->read(id, {}); });
  }

  // ---- Comparing
  void compare_log() {
    std::vector<Change> changes[2];
    for (std::size_t i = 0; i < 2; ++i) {
      Side& side = sides_[i];
      const ChangeBatch batch = side.mailbox->changes_since(side.seen, 1 + below(5)).value();
      changes[i] = batch.changes;
      for (ChangeBatch more = batch; more.more;) {
        more = side.mailbox->changes_since(more.last, 5).value();
        changes[i].insert(changes[i].end(), more.changes.begin(), more.changes.end());
      }
      side.seen = side.mailbox->changes_since(UINT64_MAX, 1)->last;
      for (Change& change : changes[i]) {
        side.ordinal[change.number] = ++side.entries;
        change.number = side.entries;
        change.object = named(i, change.object);
        change.parent = named(i, change.parent);
        change.old_parent = change.kind == Change::Kind::kMoved ? named(i, change.old_parent) : 0;
      }
    }
    EXPECT_TRUE(changes[0] == changes[1]) << where() << "logs differ";
  }
  ObjectInfo info_of(std::size_t i, ObjectInfo info) const {
    info.id = named(i, info.id);
    info.parent = named(i, info.parent);
    // Of a change that is not in the log (yet) nothing can be said but that there is one.
    const auto at = sides_[i].ordinal.find(info.version);
    info.version = info.version == 0 ? 0 : at == sides_[i].ordinal.end() ? UINT64_MAX : at->second;
    return info;
  }
  model::PropBag bag_of(const model::PropBag& bag) const {
    model::PropBag plain;
    for (const PropValue& value : bag) {
      plain.set(value.is_blob() ? as_reference(1, value, value.as_blob().size) : value);
    }
    return plain;
  }
  void compare_object(ObjectId id) {
    ReadRequest request;
    request.all = request.recipients = true;
    request.inline_limit = below(3) == 0 ? UINT64_MAX : below(50'000);
    ObjectData data[2];
    const bool there = both("read", [&](std::size_t i, Transaction& t) -> Status {
      data[i] = TRY(t.read(id_on(i, id), request));
      return {};
    });
    if (!there) return;
    EXPECT_EQ(info_of(0, data[0].info), info_of(1, data[1].info)) << where() << "object " << id;
    EXPECT_TRUE(bag_of(data[0].props) == bag_of(data[1].props)) << where() << "values of " << id;
    EXPECT_TRUE(data[0].recipients == data[1].recipients) << where() << "recipients of " << id;
  }
  void compare_rows(ObjectId parent, ObjectKind kind) {
    RowQuery query;
    const std::vector<PropTag> columns = {kSubject, kDelivered, engine_tag::kMessageFlags, PropTag(0x60010000), kBody};
    query.columns = columns;
    query.inline_limit = 300;
    model::SortOrder order;
    order.keys = {{below(3) == 0 ? kSubject : kDelivered,
                   below(2) == 0 ? model::SortKey::Order::kAscending : model::SortKey::Order::kDescending}};
    const auto filter = below(2) == 0 ? model::Restriction::bit_mask(engine_tag::kMessageFlags, 1, false)
                                      : model::Restriction::exist(kDelivered);
    if (below(2) == 0) query.order = &order;
    if (below(2) == 0) query.filter = &filter;
    if (below(3) == 0) query.limit = 1 + below(6);
    std::vector<CollectedRow> rows[2];
    const bool there = both("rows", [&](std::size_t i, Transaction& t) -> Status {
      rows[i] = TRY(complete_rows(t, id_on(i, parent), kind, query));
      return {};
    });
    if (!there) return;
    ASSERT_EQ(rows[0].size(), rows[1].size()) << where() << "rows of " << parent;
    for (std::size_t r = 0; r < rows[0].size(); ++r) {
      EXPECT_EQ(info_of(0, rows[0][r].info), info_of(1, rows[1][r].info)) << where() << "row " << r << " of " << parent;
      for (std::size_t c = 0; c < columns.size(); ++c) {
        const PropValue& a = rows[0][r].values[c];
        const PropValue& b = rows[1][r].values[c];
        EXPECT_TRUE(a.is_blob() && b.is_blob() ? a.tag() == b.tag() && a.as_blob().size == b.as_blob().size : a == b)
            << where() << "column " << c << " of " << parent;
      }
    }
  }
  void compare_everything() {
    for (Side& side : sides_) side.t = side.mailbox->begin(Mode::kRead).value();
    for (const ObjectId id : std::set(objects_.begin(), objects_.end())) {
      compare_object(id);
      for (const ObjectKind kind :
           {ObjectKind::kFolder, ObjectKind::kMessage, ObjectKind::kAssociated, ObjectKind::kAttachment}) {
        compare_rows(id, kind);
      }
    }
    for (Side& side : sides_) side.t.reset();
  }

  std::array<Side, 2> sides_;
  std::mt19937_64 random_;
  std::uint64_t seed_;
  std::uint64_t step_ = 0;
  std::map<ObjectId, ObjectId> to_subject_, to_oracle_;
  std::vector<ObjectId> objects_;
  std::vector<ObjectId> fresh_;
};

}  // namespace mapiary::backend::testing
