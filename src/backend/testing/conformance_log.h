// SPDX-License-Identifier: Apache-2.0
// The conformance kit, transactions: rolling back, the change log, versions, names, waiting, threads, reading only.
// Included by conformance.h only.
#pragma once

#include <atomic>
#include <thread>

#include "backend/testing/kit.h"
#include "base/clock.h"

namespace mapiary::backend::testing {

class TransactionsTest : public EngineTest {
 protected:
  std::vector<Change> since(ChangeNumber after) {
    const auto batch = mailbox().changes_since(after, 1'000'000);
    EXPECT_TRUE(batch) << batch.error().message;
    EXPECT_FALSE(batch->lost);
    EXPECT_FALSE(batch->more);
    EXPECT_TRUE(batch->changes.empty() || batch->last >= batch->changes.back().number);
    for (std::size_t i = 1; i < batch->changes.size(); ++i) {
      EXPECT_LT(batch->changes[i - 1].number, batch->changes[i].number);
    }
    return batch->changes;
  }
  // As text: "+5@2" created, "~5@2" modified, "-5@2" deleted, "5:2>3" moved, "L5@2" linked, "U5@2" unlinked, "A5@2"
  // arrived.
  std::vector<std::string> told(ChangeNumber after) {
    std::vector<std::string> all;
    for (const Change& change : since(after)) {
      const std::string object = std::to_string(change.object), parent = std::to_string(change.parent);
      if (change.kind == Change::Kind::kMoved) {
        all.push_back(object + ":" + std::to_string(change.old_parent) + ">" + parent);
      } else {
        all.push_back(std::string(1, "+~- LUA"[static_cast<int>(change.kind)]) + object + "@" + parent);
      }
    }
    return all;
  }
  static std::string say(char what, ObjectId object, ObjectId parent) {
    return std::string(1, what) + std::to_string(object) + "@" + std::to_string(parent);
  }
};

using Told = std::vector<std::string>;

TEST_P(TransactionsTest, RollingBackLeavesNothing) {
  const ObjectId in = folder(root()), search = make(root(), ObjectKind::kSearchFolder), other = folder(root());
  const ObjectId mail = message(in, {text(kSubject, "s"), text(kBody, noise(90'000)), flags(false), size(9)});
  const ObjectId attachment = make(mail, ObjectKind::kAttachment);
  const ObjectId gone = message(in, {text(kBody, noise(50'000))});
  {
    auto t = writer();
    const std::vector<ObjectId> linked = {mail, gone};
    ASSERT_TRUE(t->link(search, linked, true));
    ASSERT_TRUE(t->commit());
  }
  const ObjectData before = data(mail), before_in = data(in), before_search = data(search);
  const ChangeNumber last = newest();
  {
    auto t = writer();
    const std::vector<PropValue> values = {text(kSubject, "other"), text(kBody, "b"), flags(true), size(5)};
    ASSERT_TRUE(t->update(mail, setting(values)));
    auto open = t->open_blob(mail, kHtml, BlobMode::kReplace).value();
    ASSERT_TRUE(open->write_at(0, bytes_of(noise(100'000))));
    ASSERT_TRUE(t->move(mail, other));
    ASSERT_TRUE(t->remove(attachment));
    ASSERT_TRUE(t->remove(gone));
    ASSERT_TRUE(t->create(other, ObjectKind::kMessage, setting(values)));
    const std::vector<ObjectId> linked = {mail};
    ASSERT_TRUE(t->link(search, linked, false));
    const std::vector<model::NamedProperty> names = {
        model::NamedProperty::of(model::prop_set::kPublicStrings, "rolled")};
    ASSERT_TRUE(t->names(names));
    t.reset();
    EXPECT_EQ(code_of(open->write_at(0, bytes_of("x"))), Code::kInvalidObject);
  }
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(data(mail).props, before.props);
    EXPECT_EQ(data(mail).info, before.info);
    EXPECT_EQ(blob(mail, kBody), noise(90'000));
    EXPECT_EQ(data(in).info, before_in.info);
    EXPECT_EQ(data(search).info, before_search.info);
    EXPECT_EQ(ids(mail, ObjectKind::kAttachment), std::vector{attachment});
    EXPECT_EQ(ids(in, ObjectKind::kMessage), (std::vector{mail, gone}));
    EXPECT_EQ(ids(search, ObjectKind::kMessage), (std::vector{mail, gone}));
    EXPECT_TRUE(ids(other, ObjectKind::kMessage).empty());
    EXPECT_EQ(reader()->names().value()->size(), 0u);
    EXPECT_EQ(newest(), last);
    EXPECT_TRUE(told(last).empty());
    reopen();
  }
}

TEST_P(TransactionsTest, AnEndedTransactionAnswersNothing) {
  const ObjectId id = message(root());
  auto t = writer();
  ASSERT_TRUE(t->commit());
  EXPECT_EQ(code_of(t->commit()), Code::kInvalidObject);
  EXPECT_EQ(code_of(t->read(id, {})), Code::kInvalidObject);
  EXPECT_EQ(code_of(t->update(id, {})), Code::kInvalidObject);
  EXPECT_EQ(code_of(t->create(root(), ObjectKind::kMessage, {})), Code::kInvalidObject);
  t.reset();
  t = reader();
  EXPECT_EQ(code_of(t->update(id, {})), Code::kReadOnly);
  EXPECT_EQ(code_of(t->create(root(), ObjectKind::kMessage, {})), Code::kReadOnly);
  EXPECT_EQ(code_of(t->remove(id)), Code::kReadOnly);
  EXPECT_EQ(code_of(t->move(id, root())), Code::kReadOnly);
  const std::vector<ObjectId> one = {id};
  EXPECT_EQ(code_of(t->link(root(), one, true)), Code::kReadOnly);
  const std::vector<model::NamedProperty> names = {model::NamedProperty::of(model::prop_set::kPublicStrings, "n")};
  EXPECT_EQ(code_of(t->names(names)), Code::kReadOnly);
  EXPECT_TRUE(t->commit()) << "a reader may end so too";
}

TEST_P(TransactionsTest, TheLogTellsWhatHappened) {
  ChangeNumber at = newest();
  const ObjectId one = folder(root()), two = folder(root());
  const ObjectId search = make(root(), ObjectKind::kSearchFolder);
  const ObjectId mail = message(one), hidden = make(one, ObjectKind::kAssociated);
  EXPECT_EQ(told(at), (Told{say('+', one, root()), say('+', two, root()), say('+', search, root()), say('+', mail, one),
                            say('+', hidden, one)}));
  const auto changes = since(at);
  EXPECT_EQ(changes[2].object_kind, ObjectKind::kSearchFolder);
  EXPECT_EQ(changes[3].object_kind, ObjectKind::kMessage);
  EXPECT_EQ(changes[4].object_kind, ObjectKind::kAssociated);
  at = newest();
  auto t = writer();
  const std::vector<PropValue> values = {text(kSubject, "x")};
  const std::vector<ObjectId> link = {mail};
  ASSERT_TRUE(t->update(mail, setting(values)));
  ASSERT_TRUE(t->update(mailbox().info().mailbox, setting(values)));
  ASSERT_TRUE(t->move(mail, two));
  ASSERT_TRUE(t->link(search, link, true));
  ASSERT_TRUE(t->commit());
  t.reset();
  const ObjectId top = mailbox().info().mailbox;
  EXPECT_EQ(told(at), (Told{say('~', mail, two), say('~', top, top),
                            std::to_string(mail) + ":" + std::to_string(one) + ">" + std::to_string(two),
                            say('L', mail, search)}));
  at = newest();
  t = writer();
  ASSERT_TRUE(t->remove(mail));
  ASSERT_TRUE(t->remove(one));
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(told(at),
            (Told{say('U', mail, search), say('-', mail, two), say('-', hidden, one), say('-', one, root())}));
}

TEST_P(TransactionsTest, TheLogTellsOfCopiesAndOfNewMail) {
  const ObjectId one = folder(root()), two = folder(root());
  const ObjectId mail = message(one), attachment = make(mail, ObjectKind::kAttachment);
  ChangeNumber at = newest();
  auto t = writer();
  Update content;
  content.copy_of = mail;
  content.copy_of_parent = one;
  const ObjectId copy = t->create(two, ObjectKind::kMessage, content).value();
  content.copy_of = attachment;
  content.copy_of_parent = mail;
  ASSERT_TRUE(t->create(copy, ObjectKind::kAttachment, content));
  content.copy_of = two;
  content.copy_of_parent = root();
  const ObjectId folder_copy = t->create(one, ObjectKind::kFolder, content).value();
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(told(at), (Told{say('+', copy, two), say('+', folder_copy, one)}));
  const auto changes = since(at);
  EXPECT_EQ(changes[0].source, mail);
  EXPECT_EQ(changes[0].old_parent, one);
  EXPECT_EQ(changes[1].source, two);
  EXPECT_EQ(changes[1].old_parent, root());
  at = newest();
  const ChangeNumber version = data(copy).info.version;
  t = writer();
  Update arrived;
  arrived.arrived = true;
  ASSERT_TRUE(t->update(copy, arrived));
  EXPECT_EQ(code_of(t->update(two, arrived)), Code::kInvalidArgument);
  EXPECT_EQ(code_of(t->update(attachment, arrived)), Code::kInvalidArgument);
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(told(at), Told{say('A', copy, two)});
  EXPECT_EQ(data(copy).info.version, version);
  at = newest();
  t = writer();
  const std::vector<PropValue> values = {text(kSubject, "x")};
  arrived.set = values;
  ASSERT_TRUE(t->update(copy, arrived));
  ASSERT_TRUE(t->move(copy, one));
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(told(at), (Told{say('A', copy, one), say('~', copy, one),
                            std::to_string(copy) + ":" + std::to_string(two) + ">" + std::to_string(one)}));
}

TEST_P(TransactionsTest, TheLogJoinsWhatOneTransactionDid) {
  const ObjectId one = folder(root()), two = folder(root()), search = make(root(), ObjectKind::kSearchFolder);
  const ObjectId old = message(one), doomed = message(one), steady = message(one);
  const ChangeNumber at = newest();
  auto t = writer();
  const std::vector<PropValue> values = {text(kSubject, "x")};
  const ObjectId fresh = t->create(one, ObjectKind::kMessage, {}).value();
  ASSERT_TRUE(t->update(fresh, setting(values)));
  ASSERT_TRUE(t->move(fresh, two));
  const ObjectId short_lived = t->create(one, ObjectKind::kMessage, {}).value();
  const std::vector<ObjectId> both = {short_lived, old};
  ASSERT_TRUE(t->link(search, both, true));
  ASSERT_TRUE(t->remove(short_lived));
  const std::vector<ObjectId> just_old = {old};
  ASSERT_TRUE(t->link(search, just_old, false));
  ASSERT_TRUE(t->update(old, setting(values)));
  ASSERT_TRUE(t->update(old, setting(values)));
  auto open = t->open_blob(old, kBody, BlobMode::kReplace);
  ASSERT_TRUE(t->move(doomed, two));
  ASSERT_TRUE(t->update(doomed, setting(values)));
  ASSERT_TRUE(t->remove(doomed));
  ASSERT_TRUE(t->move(steady, two));
  ASSERT_TRUE(t->move(steady, one));
  // What is below a message is told of by its message alone.
  const ObjectId attachment = t->create(old, ObjectKind::kAttachment, {}).value();
  ASSERT_TRUE(t->create(attachment, ObjectKind::kMessage, {}));
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(told(at), (Told{say('+', fresh, two), say('~', old, one), say('-', doomed, one)}));
}

TEST_P(TransactionsTest, VersionsChangeWithWhatIsNotQuiet) {
  const ObjectId in = folder(root()), other = folder(root());
  const ObjectId mail = message(in);
  EXPECT_EQ(data(mail).info.version, newest());
  const ChangeNumber made = data(mail).info.version;
  const std::vector<PropValue> values = {flags(true)};
  auto t = writer();
  Update quiet = setting(values);
  quiet.quiet = true;
  ASSERT_TRUE(t->update(mail, quiet));
  ASSERT_TRUE(t->move(mail, other));
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(data(mail).info.version, made);
  EXPECT_GT(newest(), made) << "the log has it all the same";
  t = writer();
  ASSERT_TRUE(t->update(mail, setting(values)));
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(data(mail).info.version, newest());
  t = writer();
  ASSERT_TRUE(t->open_blob(mail, kBody, BlobMode::kWrite));
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(data(mail).info.version, newest());
  EXPECT_GT(data(mail).info.version, made);
  const ObjectId attachment = make(mail, ObjectKind::kAttachment);
  EXPECT_EQ(data(attachment).info.version, 0u);
}

TEST_P(TransactionsTest, TheLogIsReadInWholeTransactions) {
  const ChangeNumber start = newest();
  for (int i = 0; i < 5; ++i) {
    auto t = writer();
    for (int k = 0; k < 3; ++k) ASSERT_TRUE(t->create(root(), ObjectKind::kMessage, {}));
    ASSERT_TRUE(t->commit());
  }
  ChangeBatch batch = mailbox().changes_since(start, 4).value();
  EXPECT_EQ(batch.changes.size(), 6u);
  EXPECT_TRUE(batch.more);
  EXPECT_EQ(batch.last, batch.changes.back().number);
  batch = mailbox().changes_since(batch.last, 9).value();
  EXPECT_EQ(batch.changes.size(), 9u);
  EXPECT_FALSE(batch.more);
  batch = mailbox().changes_since(batch.last, 9).value();
  EXPECT_TRUE(batch.changes.empty());
  EXPECT_EQ(batch.last, newest());
  EXPECT_TRUE(mailbox().changes_since(UINT64_MAX, 9)->changes.empty());
}

TEST_P(TransactionsTest, NamesAreMadeOnceAndStay) {
  using model::NamedProperty;
  const Guid set = Guid::make(9, 8, 7, {1, 2, 3, 4, 5, 6, 7, 8});
  const std::vector<NamedProperty> wanted = {NamedProperty::of(set, 0x8005), NamedProperty::of(set, "Text"),
                                             NamedProperty::of(model::prop_set::kInternetHeaders, "X-Foo")};
  auto t = writer();
  const auto names = t->names(wanted).value();
  std::vector<std::uint16_t> made;
  for (const NamedProperty& name : wanted) made.push_back(names->find(name).value_or(0));
  ASSERT_TRUE(t->commit());
  t.reset();
  reopen();
  t = reader();
  const auto again = t->names(wanted).value();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_GE(made[i], 0x8000);
    EXPECT_EQ(again->find(wanted[i]), made[i]);
    EXPECT_EQ(again->name_of(made[i]), wanted[i]);
  }
  EXPECT_EQ(again->find(NamedProperty::of(model::prop_set::kInternetHeaders, "x-foo")), made[2]);
  t.reset();
  t = writer();
  const std::vector<NamedProperty> bad = {NamedProperty::of(set, "")};
  EXPECT_EQ(code_of(t->names(bad)), Code::kInvalidArgument);
  const std::vector<NamedProperty> more = {NamedProperty::of(set, "text")};
  const auto larger = t->names(more).value();
  EXPECT_EQ(larger->size(), 4u);
  EXPECT_EQ(again->size(), 3u) << "an earlier answer does not change";
  EXPECT_NE(larger->find(more[0]), made[1]) << "names are compared with case";
}

TEST_P(TransactionsTest, ReadingOnlyChangesNothing) {
  const ObjectId id = message(root(), {text(kSubject, "s")});
  close();
  OpenOptions options;
  options.read_only = true;
  mailbox_ = engine().open(location(), options).value();
  EXPECT_TRUE(mailbox().info().capabilities.read_only);
  EXPECT_EQ(code_of(mailbox().begin(Mode::kWrite)), Code::kReadOnly);
  EXPECT_EQ(code_of(mailbox().begin(Mode::kBulk)), Code::kReadOnly);
  EXPECT_EQ(*data(id).props.find(kSubject), text(kSubject, "s"));
  EXPECT_TRUE(mailbox().flush());
  EXPECT_TRUE(mailbox().changes_since(0, 10));
}

TEST_P(TransactionsTest, BulkTransactionsWriteAsOthersDo) {
  const ObjectId in = folder(root());
  ObjectId last = 0;
  for (int i = 0; i < 3; ++i) {
    auto t = writer(Mode::kBulk);
    for (int k = 0; k < 50; ++k) {
      last =
          t->create(in, ObjectKind::kMessage, setting(std::vector{text(kBody, noise(10'000)), flags(false)})).value();
    }
    ASSERT_TRUE(t->commit());
  }
  ASSERT_TRUE(mailbox().flush());
  reopen();
  EXPECT_EQ(counts(in), (FolderCounts{150, 150, 0, 0, 0}));
  EXPECT_EQ(*data(last).props.find(kBody), text(kBody, noise(10'000)));
}

TEST_P(TransactionsTest, WaitingEndsWithAChangeAStopOrPatience) {
  const ChangeNumber at = newest();
  std::stop_source stop;
  EXPECT_FALSE(mailbox().wait_for_change(at, std::chrono::milliseconds(1), stop.get_token()).value());
  message(root());
  EXPECT_TRUE(mailbox().wait_for_change(at, std::chrono::seconds(60), stop.get_token()).value())
      << "a change that is there already";
  auto second = engine().open(location(), {}).value();
  const ChangeNumber before = newest();
  std::thread other([&] {
    auto t = second->begin(Mode::kWrite).value();
    EXPECT_TRUE(t->create(root(), ObjectKind::kMessage, {}));
    EXPECT_TRUE(t->commit());
  });
  EXPECT_TRUE(mailbox().wait_for_change(before, std::chrono::seconds(60), stop.get_token()).value());
  other.join();
  std::thread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(mailbox().wait_for_change(newest(), std::chrono::seconds(60), stop.get_token()).value());
  stopper.join();
}

TEST_P(TransactionsTest, TwoMailboxesSeeOneAnother) {
  auto second = engine().open(location(), {}).value();
  const ObjectId id = message(root(), {text(kSubject, "s")});
  EXPECT_TRUE(second->begin(Mode::kRead).value()->read(id, {}));
  ChangeNumber at = newest();
  {
    auto t = second->begin(Mode::kWrite).value();
    ASSERT_TRUE(t->remove(id));
    ASSERT_TRUE(t->commit());
  }
  EXPECT_EQ(read_code(id), Code::kNotFound);
  EXPECT_EQ(told(at), (Told{say('-', id, root())}));
  OpenOptions impatient;
  impatient.busy_deadline = std::chrono::milliseconds(30);
  auto third = engine().open(location(), impatient).value();
  auto t = writer();
  const auto began = steady_now();
  const auto busy = third->begin(Mode::kWrite);
  ASSERT_EQ(code_of(busy), Code::kBusy);
  EXPECT_LT(steady_now() - began, std::chrono::seconds(10));
  EXPECT_EQ(busy.error().message.find("database is locked"), std::string::npos) << busy.error().message;
}

// Writers add two messages at a time; readers must never meet one alone, nor counters that do not fit.
TEST_P(TransactionsTest, ManyThreadsMeetWholeTransactions) {
  const ObjectId in = folder(root());
  constexpr int kWriters = 3, kReaders = 3, kRounds = 25;
  std::atomic<int> writing{kWriters};
  std::vector<std::thread> threads;
  for (int w = 0; w < kWriters; ++w) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) {
        auto t = mailbox().begin(i % 4 == 0 ? Mode::kBulk : Mode::kWrite);
        ASSERT_TRUE(t) << t.error().message;
        const std::vector<PropValue> values = {size(1), text(kBody, noise(3000))};
        ASSERT_TRUE((*t)->create(in, ObjectKind::kMessage, setting(values)));
        ASSERT_TRUE((*t)->create(in, ObjectKind::kMessage, setting(values)));
        const Status done = (*t)->commit();
        ASSERT_TRUE(done) << done.error().message;
      }
      --writing;
    });
  }
  for (int r = 0; r < kReaders; ++r) {
    threads.emplace_back([&] {
      do {
        auto t = mailbox().begin(Mode::kRead);
        ASSERT_TRUE(t) << t.error().message;
        const FolderCounts counts = (*t)->read(in, {})->info.counts;
        Collector rows;
        ASSERT_TRUE((*t)->rows(in, ObjectKind::kMessage, {}, rows));
        EXPECT_EQ(rows.rows.size() % 2, 0u);
        EXPECT_EQ(rows.rows.size(), counts.messages);
        EXPECT_EQ(static_cast<std::int64_t>(rows.rows.size()), counts.size);
      } while (writing > 0);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counts(in).messages, 2u * kWriters * kRounds);
}

}  // namespace mapiary::backend::testing
