// SPDX-License-Identifier: Apache-2.0
// The conformance kit, objects: values of every type and size, recipients, blobs, moves, removal, embedded messages,
// counters. Included by conformance.h only.
#pragma once

#include "backend/testing/kit.h"
#include "model/message_tree.h"

namespace mapiary::backend::testing {

class ObjectsTest : public EngineTest {};

inline std::vector<PropValue> one_of_each_type() {
  using model::PropType;
  const auto tag = [](std::uint16_t id, PropType type, bool multi = false) {
    return PropTag((std::uint32_t{id} << 16) | static_cast<std::uint32_t>(type) | (multi ? model::kMultiValue : 0u));
  };
  const Guid guid = Guid::make(1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11});
  using Texts = std::vector<std::string>;
  return {PropValue::int16(tag(0x6001, PropType::kInt16), -7),
          PropValue::int32(tag(0x6002, PropType::kInt32), INT32_MIN),
          PropValue::int64(tag(0x6003, PropType::kInt64), INT64_MAX),
          PropValue::int64(tag(0x6004, PropType::kCurrency), -1),
          PropValue::int64(tag(0x6005, PropType::kTime), 131'000'000'000'000'000),
          PropValue::boolean(tag(0x6006, PropType::kBool), true),
          PropValue::real(tag(0x6007, PropType::kDouble), -0.5),
          PropValue::real(tag(0x6008, PropType::kFloat), 0.25),
          PropValue::real(tag(0x6009, PropType::kAppTime), 36526.5),
          PropValue::guid(tag(0x600A, PropType::kGuid), guid),
          PropValue::text(tag(0x600B, PropType::kUnicode), "gr\xC3\xBC\xC3\x9F \xED\xA0\x80 \xF0\x9F\x98\x80"),
          PropValue::text8(tag(0x600C, PropType::kString8), "gr\xFC\xDF", 1252),
          PropValue::binary(tag(0x600D, PropType::kBinary), std::string("\0\xFF\1", 3)),
          PropValue::binary(tag(0x600E, PropType::kServerId), "id"),
          PropValue::object(tag(0x600F, PropType::kObject)),
          PropValue::opaque(PropTag(0x60100042), "unknown"),
          PropValue::text(tag(0x6011, PropType::kUnicode), ""),
          PropValue::multi(tag(0x6012, PropType::kInt32, true), std::vector<std::int32_t>{3, 1, 2}),
          PropValue::multi(tag(0x6013, PropType::kUnicode, true), Texts{"b", "", "a"}),
          PropValue::multi(tag(0x6014, PropType::kString8, true), Texts{"\xFC"}, 1252),
          PropValue::multi(tag(0x6015, PropType::kBinary, true), Texts{std::string(1, '\0'), "x"}),
          PropValue::multi(tag(0x6016, PropType::kGuid, true), std::vector<Guid>{guid}),
          PropValue::multi(tag(0x6017, PropType::kInt16, true), std::vector<std::int16_t>{}),
          PropValue::real(tag(0x6018, PropType::kDouble), std::numeric_limits<double>::quiet_NaN())};
}

TEST_P(ObjectsTest, ANewMailboxHasItsTwoObjects) {
  const MailboxInfo& info = mailbox().info();
  EXPECT_FALSE(info.uid.is_nil());
  const ObjectData mailbox_object = data(info.mailbox), root_folder = data(info.root);
  EXPECT_EQ(mailbox_object.info.kind, ObjectKind::kMailbox);
  EXPECT_EQ(mailbox_object.info.parent, info.mailbox);
  EXPECT_EQ(mailbox_object.info.counts.folders, 1u);
  EXPECT_EQ(root_folder.info.kind, ObjectKind::kFolder);
  EXPECT_EQ(root_folder.info.parent, info.mailbox);
  EXPECT_EQ(root_folder.info.counts, FolderCounts());
  EXPECT_TRUE(root_folder.props.empty());
  const Guid uid = info.uid;
  EXPECT_EQ(code_of(engine().create(location(), {})), Code::kCollision);
  reopen();
  EXPECT_EQ(mailbox().info().uid, uid);
  EXPECT_TRUE(engine().recognises(location()).value());
  EXPECT_FALSE(engine().recognises(location() + ".none").value());
  EXPECT_EQ(code_of(engine().open(location() + ".none", {})), Code::kNotFound);
}

TEST_P(ObjectsTest, ValuesOfEveryTypeComeBackOnEveryKind) {
  const auto values = one_of_each_type();
  const ObjectId in = folder(root());
  const ObjectId mail = message(in, values);
  const std::vector<ObjectId> all = {make(root(), ObjectKind::kFolder, values),
                                     make(root(), ObjectKind::kSearchFolder, values),
                                     mail,
                                     make(in, ObjectKind::kAssociated, values),
                                     make(mail, ObjectKind::kAttachment, values),
                                     mailbox().info().mailbox};
  {
    auto t = writer();
    ASSERT_TRUE(t->update(all.back(), setting(values)));
    ASSERT_TRUE(t->commit());
  }
  reopen();
  model::PropBag wanted;
  for (const PropValue& value : values) wanted.set(value);
  for (const ObjectId id : all) EXPECT_EQ(data(id).props, wanted) << id;
}

TEST_P(ObjectsTest, ReadingGivesWhatIsAskedFor) {
  const ObjectId id = message(root(), {text(kSubject, "s"), text(kBody, noise(500)), delivered(7)});
  auto t = reader();
  ReadRequest request;
  const std::vector<PropTag> tags = {PropTag(0x10000001), kSubject, kName};  // body by id alone, one that is not there
  request.tags = tags;
  request.inline_limit = 100;
  const ObjectData some = t->read(id, request).value();
  ASSERT_EQ(some.props.size(), 2u);
  EXPECT_EQ(*some.props.find(kSubject), text(kSubject, "s"));
  const PropValue& body = *some.props.find(kBody);
  ASSERT_TRUE(body.is_blob());
  EXPECT_EQ(body.as_blob().size, 500u);
  EXPECT_EQ(body.as_blob().key, id * 65536 + 0x1000);
  EXPECT_TRUE(t->read(id, {})->props.empty());
  EXPECT_EQ(code_of(t->read(id + 1000, {})), Code::kNotFound);
  EXPECT_EQ(code_of(t->read(0, {})), Code::kNotFound);
}

TEST_P(ObjectsTest, ValuesOfEverySizeComeBack) {
  std::vector<PropValue> values;
  std::uint16_t property = 0x6100;
  const std::size_t sizes[] = {0, 1, 255, 2047, 2048, 2049, 8192, 32767, 32768, 32769, 65535, 65536, 65537, 300'001};
  for (const std::size_t bytes : sizes) {
    values.push_back(text(PropTag(property++, model::PropType::kUnicode), noise(bytes, bytes)));
    values.push_back(PropValue::text8(PropTag(property++, model::PropType::kString8), noise(bytes, bytes + 1), 1250));
    values.push_back(PropValue::binary(PropTag(property++, model::PropType::kBinary), noise(bytes, bytes + 2)));
    values.push_back(PropValue::multi(PropTag((std::uint32_t{property++} << 16) | 0x101F),
                                      std::vector<std::string>{noise(bytes), "", noise(bytes / 2)}));
  }
  const ObjectId id = message(root(), values);
  reopen();
  const ObjectData read = data(id);
  ASSERT_EQ(read.props.size(), values.size());
  for (const PropValue& value : values) {
    const PropValue* found = read.props.find(value.tag());
    ASSERT_NE(found, nullptr) << std::hex << value.tag().value;
    if (!is_over(value, kInlineLimit)) {
      EXPECT_EQ(*found, value) << std::hex << value.tag().value;
      continue;
    }
    ASSERT_TRUE(found->is_blob());
    EXPECT_EQ(found->as_blob(), blob_ref(id, value.tag().id(), value.as_bytes().size()));
    EXPECT_EQ(found->code_page(), value.code_page());
    EXPECT_EQ(blob(id, value.tag()), value.as_bytes());
  }
  auto t = reader();
  ReadRequest whole;
  whole.all = true;
  whole.inline_limit = UINT64_MAX;
  const ObjectData inlined = t->read(id, whole).value();
  for (const PropValue& value : inlined.props)
    EXPECT_EQ(value, *std::ranges::find(values, value.tag(), &PropValue::tag));
}

TEST_P(ObjectsTest, UpdatesSetReplaceAndErase) {
  const ObjectId id = message(root(), {text(kSubject, "old"), text(kBody, noise(100'000)), delivered(1)});
  auto t = writer();
  Update update = setting({});
  const std::vector<PropValue> set = {PropValue::int32(PropTag(0x0E060003), 5), text(kBody, "short"),
                                      PropValue::binary(kHtml, noise(70'000))};
  const std::vector<std::uint16_t> erase = {kSubject.id(), 0x6666};
  update.set = set;
  update.erase = erase;
  ASSERT_TRUE(t->update(id, update));
  ASSERT_TRUE(t->commit());
  t.reset();
  const ObjectData read = data(id);
  EXPECT_EQ(read.props.size(), 3u);
  EXPECT_EQ(read.props.find(kDelivered.id())->tag(), PropTag(0x0E060003)) << "a value takes the place of its id";
  EXPECT_EQ(*read.props.find(kBody), text(kBody, "short"));
  EXPECT_EQ(blob(id, kHtml), noise(70'000));
}

TEST_P(ObjectsTest, WritingBackWhatWasReadKeepsIt) {
  const ObjectId id = message(root(), {text(kSubject, "s"), text(kBody, noise(100'000)), text(kName, noise(500))});
  auto t = writer();
  ReadRequest request;
  request.all = true;
  request.inline_limit = 10;
  const ObjectData read = t->read(id, request).value();
  const std::vector<PropValue> values(read.props.begin(), read.props.end());
  ASSERT_TRUE(values[0].is_blob() || values[1].is_blob());
  ASSERT_TRUE(t->update(id, setting(values)));
  const auto other = t->create(root(), ObjectKind::kMessage, {});
  EXPECT_EQ(code_of(t->update(*other, setting(values))), Code::kInvalidArgument) << "a reference to another object";
  EXPECT_EQ(code_of(t->create(root(), ObjectKind::kMessage, setting(values))), Code::kInvalidArgument);
  const std::vector<PropValue> absent = {PropValue::blob(kHtml, blob_ref(id, kHtml.id(), 5))};
  EXPECT_EQ(code_of(t->update(id, setting(absent))), Code::kInvalidArgument);
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(blob(id, kBody), noise(100'000));
  EXPECT_EQ(*data(id).props.find(kName), text(kName, noise(500)));
}

TEST_P(ObjectsTest, WhatIsNoValueIsRefusedAndNothingIsDone) {
  const ObjectId id = message(root(), {text(kSubject, "s")});
  const ObjectId in = folder(root());
  auto t = writer();
  const auto refused = [&](PropValue bad) {
    const std::vector<PropValue> values = {text(kSubject, "changed"), std::move(bad)};
    return code_of(t->update(id, setting(values)));
  };
  EXPECT_EQ(refused(PropValue::error(0x6001, Code::kNotFound)), Code::kTypeNotSupported);
  EXPECT_EQ(refused(PropValue::object(PropTag(0x60010001))), Code::kTypeNotSupported);
  EXPECT_EQ(refused(PropValue::int32(PropTag(0x00000003), 1)), Code::kInvalidArgument);
  EXPECT_EQ(refused(PropValue::int32(PropTag(0xFFFF0003), 1)), Code::kInvalidArgument);
  const std::vector<std::string> huge(3, std::string(kMultiLimit / 3 + 1, 'x'));
  EXPECT_EQ(refused(PropValue::multi(PropTag(0x6001101F), huge)), Code::kTooBig);
  const std::vector<model::PropBag> recipients(1);
  Update with_recipients;
  with_recipients.recipients = &recipients;
  EXPECT_EQ(code_of(t->update(in, with_recipients)), Code::kInvalidArgument);
  EXPECT_EQ(code_of(t->update(id + 999, {})), Code::kNotFound);
  ASSERT_TRUE(t->commit()) << "refusals do not break the transaction";
  t.reset();
  EXPECT_EQ(*data(id).props.find(kSubject), text(kSubject, "s"));
}

TEST_P(ObjectsTest, RecipientsAreAList) {
  std::vector<model::PropBag> people(300);
  for (std::size_t i = 0; i < people.size(); ++i) {
    people[i].set(text(kName, "person " + std::to_string(i)));
    for (const PropValue& value : one_of_each_type()) people[i].set(value);
  }
  people[7].set(PropValue::binary(kData, noise(90'000)));
  people[8] = {};
  Update content;
  content.recipients = &people;
  auto t = writer();
  const ObjectId id = t->create(root(), ObjectKind::kMessage, content).value();
  const ObjectId none = t->create(root(), ObjectKind::kAssociated, {}).value();
  ASSERT_TRUE(t->commit());
  t.reset();
  reopen();
  EXPECT_EQ(data(id).recipients, people);
  EXPECT_TRUE(data(none).recipients.empty());
  people.resize(2);
  t = writer();
  ASSERT_TRUE(t->update(id, content));
  ASSERT_TRUE(t->update(none, content));
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(data(id).recipients, people);
  EXPECT_EQ(data(none).recipients, people);
  people.clear();
  t = writer();
  ASSERT_TRUE(t->update(id, content));
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_TRUE(data(id).recipients.empty());
}

TEST_P(ObjectsTest, BlobsAreReadAndWrittenAnywhere) {
  const ObjectId id = message(root());
  std::string expected;
  std::uint64_t seed = 5;
  const auto next = [&](std::uint64_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
  };
  for (int round = 0; round < 6; ++round) {
    auto t = writer();
    auto open = t->open_blob(id, kData, BlobMode::kWrite).value();
    ASSERT_EQ(open->size(), expected.size());
    for (int i = 0; i < 40; ++i) {
      if (next(6) == 0) {
        const auto to = static_cast<std::size_t>(next(400'000));
        ASSERT_TRUE(open->resize(to));
        expected.resize(to);
      } else {
        const auto at = static_cast<std::size_t>(next(350'000));
        const std::string bytes = noise(static_cast<std::size_t>(next(i % 5 == 0 ? 140'000 : 3000)), seed);
        ASSERT_TRUE(open->write_at(at, bytes_of(bytes)));
        if (!bytes.empty()) {
          expected.resize(std::max(expected.size(), at + bytes.size()));
          expected.replace(at, bytes.size(), bytes);
        }
      }
      ASSERT_EQ(open->size(), expected.size());
      std::string piece(static_cast<std::size_t>(next(100'000)), '?');
      const auto from = static_cast<std::size_t>(next(420'000));
      const std::size_t got = open->read_at(from, std::as_writable_bytes(std::span(piece))).value();
      const std::string there = from < expected.size() ? expected.substr(from, piece.size()) : "";
      ASSERT_EQ(got, there.size());
      ASSERT_EQ(piece.substr(0, got), there);
    }
    open.reset();
    ASSERT_TRUE(t->commit());
    t.reset();
    if (round == 3) reopen();
    EXPECT_EQ(blob(id, kData), expected);
  }
}

TEST_P(ObjectsTest, BlobsKeepToTheirRules) {
  const ObjectId id = message(root(), {text(kSubject, "small"), PropValue::int32(kNumber, 1)});
  auto t = writer();
  EXPECT_EQ(code_of(t->open_blob(id, kBody, BlobMode::kRead)), Code::kNotFound);
  EXPECT_EQ(code_of(t->open_blob(id + 99, kBody, BlobMode::kWrite)), Code::kNotFound);
  EXPECT_EQ(code_of(t->open_blob(id, kNumber, BlobMode::kRead)), Code::kTypeNotSupported);
  EXPECT_EQ(code_of(t->open_blob(id, PropTag(0x0E07001F), BlobMode::kWrite)), Code::kTypeNotSupported);
  EXPECT_EQ(code_of(t->open_blob(id, PropTag(0x00370102), BlobMode::kRead)), Code::kUnexpectedType);
  auto writing = t->open_blob(id, kSubject, BlobMode::kWrite).value();
  EXPECT_EQ(writing->size(), 5u);
  EXPECT_EQ(code_of(t->open_blob(id, kSubject, BlobMode::kRead)), Code::kInvalidArgument);
  EXPECT_EQ(code_of(writing->write_at(mailbox().info().capabilities.blob_limit, bytes_of("x"))), Code::kTooBig);
  EXPECT_EQ(code_of(writing->write_at(UINT64_MAX, bytes_of("x"))), Code::kTooBig);
  EXPECT_EQ(code_of(writing->resize(UINT64_MAX)), Code::kTooBig);
  ASSERT_TRUE(writing->write_at(5, bytes_of("er")));
  const std::vector<PropValue> values = {text(kSubject, "replaced")};
  ASSERT_TRUE(t->update(id, setting(values)));
  EXPECT_EQ(code_of(writing->write_at(0, bytes_of("x"))), Code::kInvalidObject) << "its value was replaced";
  auto eight = t->open_blob(id, kBody8, BlobMode::kReplace, 1253).value();
  ASSERT_TRUE(eight->write_at(0, bytes_of(std::string(40'000, 'g'))));
  ASSERT_TRUE(t->commit());
  EXPECT_EQ(code_of(eight->write_at(0, bytes_of("x"))), Code::kInvalidObject);
  t.reset();
  const ObjectData after = data(id);
  EXPECT_EQ(*after.props.find(kSubject), text(kSubject, "replaced"));
  EXPECT_TRUE(after.props.find(kBody8)->is_blob());
  EXPECT_EQ(after.props.find(kBody8)->code_page(), 1253u);
  t = reader();
  auto reading = t->open_blob(id, kBody8, BlobMode::kRead).value();
  auto again = t->open_blob(id, kBody8, BlobMode::kRead);
  EXPECT_TRUE(again) << "many may read";
  EXPECT_EQ(code_of(reading->write_at(0, bytes_of("x"))), Code::kReadOnly);
  EXPECT_EQ(code_of(t->open_blob(id, kBody8, BlobMode::kWrite)), Code::kReadOnly);
}

TEST_P(ObjectsTest, ABlobOfAnotherTypeTakesThePlaceOfAValue) {
  const ObjectId id = message(root(), {text(kBody, noise(80'000)), PropValue::int32(PropTag(0x10130003), 9)});
  auto t = writer();
  {
    auto body = t->open_blob(id, PropTag(0x10000102), BlobMode::kWrite).value();
    EXPECT_EQ(body->size(), 0u) << "what was there was of another type";
    auto html = t->open_blob(id, kHtml, BlobMode::kReplace).value();
    ASSERT_TRUE(html->write_at(2, bytes_of("x")));
  }
  ASSERT_TRUE(t->commit());
  t.reset();
  const ObjectData read = data(id);
  EXPECT_EQ(*read.props.find(std::uint16_t{0x1000}), PropValue::binary(PropTag(0x10000102), ""));
  EXPECT_EQ(*read.props.find(kHtml), PropValue::binary(kHtml, std::string("\0\0x", 3)));
}

TEST_P(ObjectsTest, CountersFollowEveryChange) {
  const ObjectId one = folder(root()), two = folder(root());
  const ObjectId unread_mail = message(one, {flags(false), size(100)});
  const ObjectId read_mail = message(one, {flags(true), size(1000)});
  const ObjectId hidden = make(one, ObjectKind::kAssociated, {flags(false), size(7)});
  EXPECT_EQ(counts(one), (FolderCounts{2, 1, 1, 0, 1107}));
  auto t = writer();
  const std::vector<PropValue> now_read = {flags(true), size(50)};
  ASSERT_TRUE(t->update(unread_mail, setting(now_read)));
  Update erase;
  const std::vector<std::uint16_t> both = {engine_tag::kMessageFlags.id(), engine_tag::kMessageSize.id()};
  erase.erase = both;
  ASSERT_TRUE(t->update(read_mail, erase));
  EXPECT_EQ(t->read(one, {})->info.counts, (FolderCounts{2, 1, 1, 0, 57}));
  ASSERT_TRUE(t->move(unread_mail, two));
  ASSERT_TRUE(t->move(hidden, two));
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(counts(one), (FolderCounts{1, 1, 0, 0, 0}));
  EXPECT_EQ(counts(two), (FolderCounts{1, 0, 1, 0, 57}));
  const ObjectId inner = folder(two);
  EXPECT_EQ(counts(two).folders, 1u);
  t = writer();
  ASSERT_TRUE(t->move(inner, one));
  ASSERT_TRUE(t->remove(read_mail));
  ASSERT_TRUE(t->remove(hidden));
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(counts(one), (FolderCounts{0, 0, 0, 1, 0}));
  EXPECT_EQ(counts(two), (FolderCounts{1, 0, 0, 0, 50}));
  // Sizes nobody should send.
  const ObjectId odd = folder(root());
  message(odd, {size(INT64_MIN), PropValue::int16(PropTag(0x0E070002), 1)});
  message(odd, {size(INT64_MAX)});
  EXPECT_EQ(counts(odd), (FolderCounts{2, 2, 0, 0, std::int64_t{1} << 40}));
}

TEST_P(ObjectsTest, ThingsStandWhereTheyMay) {
  const ObjectId in = folder(root());
  const ObjectId search = make(root(), ObjectKind::kSearchFolder);
  const ObjectId mail = message(in);
  const ObjectId attachment = make(mail, ObjectKind::kAttachment);
  auto t = writer();
  const auto create = [&](ObjectId parent, ObjectKind kind) { return code_of(t->create(parent, kind, {})); };
  for (const ObjectId parent : {search, mail, attachment}) {
    EXPECT_EQ(create(parent, ObjectKind::kFolder), Code::kInvalidArgument);
    EXPECT_EQ(create(parent, ObjectKind::kSearchFolder), Code::kInvalidArgument);
    EXPECT_EQ(create(parent, ObjectKind::kAssociated), Code::kInvalidArgument);
  }
  EXPECT_EQ(create(search, ObjectKind::kMessage), Code::kInvalidArgument);
  EXPECT_EQ(create(mail, ObjectKind::kMessage), Code::kInvalidArgument);
  EXPECT_EQ(create(mailbox().info().mailbox, ObjectKind::kMessage), Code::kInvalidArgument);
  EXPECT_EQ(create(in, ObjectKind::kAttachment), Code::kInvalidArgument);
  EXPECT_EQ(create(in, ObjectKind::kMailbox), Code::kInvalidArgument);
  EXPECT_EQ(create(in + 9999, ObjectKind::kMessage), Code::kNotFound);
  EXPECT_TRUE(t->create(mailbox().info().mailbox, ObjectKind::kSearchFolder, {})) << "a hidden one";
  EXPECT_TRUE(t->commit());
}

TEST_P(ObjectsTest, MovesKeepTheNumber) {
  const ObjectId one = folder(root()), two = folder(one), three = folder(two),
                 search = make(root(), ObjectKind::kSearchFolder);
  const ObjectId mail = message(one, {text(kSubject, "s"), text(kBody, noise(50'000))});
  const ObjectId attachment = make(mail, ObjectKind::kAttachment, {PropValue::int32(kNumber, 0)});
  const ObjectId embedded = message(attachment);
  auto t = writer();
  ASSERT_TRUE(t->move(mail, three));
  ASSERT_TRUE(t->move(three, root()));
  EXPECT_EQ(code_of(t->move(one, two)), Code::kFolderCycle);
  EXPECT_EQ(code_of(t->move(one, one)), Code::kFolderCycle);
  EXPECT_EQ(code_of(t->move(root(), one)), Code::kInvalidArgument);
  EXPECT_EQ(code_of(t->move(attachment, one)), Code::kInvalidArgument);
  EXPECT_EQ(code_of(t->move(embedded, one)), Code::kInvalidArgument);
  EXPECT_EQ(code_of(t->move(mail, attachment)), Code::kInvalidArgument);
  EXPECT_EQ(code_of(t->move(mail, search)), Code::kInvalidArgument);
  EXPECT_EQ(code_of(t->move(mail, 99999)), Code::kNotFound);
  EXPECT_EQ(code_of(t->move(99999, one)), Code::kNotFound);
  ASSERT_TRUE(t->commit());
  t.reset();
  reopen();
  EXPECT_EQ(data(mail).info.parent, three);
  EXPECT_EQ(data(three).info.parent, root());
  EXPECT_EQ(ids(three, ObjectKind::kMessage), std::vector{mail});
  EXPECT_TRUE(ids(one, ObjectKind::kMessage).empty());
  EXPECT_EQ(ids(mail, ObjectKind::kAttachment), std::vector{attachment});
  EXPECT_EQ(blob(mail, kBody), noise(50'000));
  EXPECT_EQ(counts(two).folders, 0u);
}

TEST_P(ObjectsTest, RemovingTakesWhatIsBelow) {
  const ObjectId in = folder(root());
  const ObjectId mail = message(in, {text(kBody, noise(200'000))});
  const ObjectId attachment = make(mail, ObjectKind::kAttachment, {PropValue::binary(kData, noise(100'000))});
  const ObjectId embedded = message(attachment, {text(kBody, noise(100'000))});
  const ObjectId inner = make(embedded, ObjectKind::kAttachment);
  const ObjectId hidden = make(in, ObjectKind::kAssociated);
  const ObjectId below = folder(in);
  auto t = writer();
  EXPECT_EQ(code_of(t->remove(in)), Code::kHasFolders);
  ASSERT_TRUE(t->remove(below));
  EXPECT_EQ(code_of(t->remove(in)), Code::kHasMessages);
  EXPECT_EQ(code_of(t->remove(root())), Code::kInvalidArgument);
  EXPECT_EQ(code_of(t->remove(mailbox().info().mailbox)), Code::kInvalidArgument);
  ASSERT_TRUE(t->remove(mail));
  ASSERT_TRUE(t->remove(in));
  EXPECT_EQ(code_of(t->remove(in)), Code::kNotFound);
  ASSERT_TRUE(t->commit());
  t.reset();
  for (const ObjectId id : {in, mail, attachment, embedded, inner, hidden, below}) {
    EXPECT_EQ(read_code(id), Code::kNotFound) << id;
  }
  EXPECT_EQ(counts(root()).folders, 0u);
  const ObjectId fresh = folder(root());
  for (const ObjectId id : {in, mail, attachment, embedded, inner, hidden, below}) EXPECT_NE(fresh, id);
}

TEST_P(ObjectsTest, MessagesNestInAttachments) {
  ObjectId at = message(root());
  const ObjectId top = at;
  auto t = writer();
  for (int depth = 2; depth <= model::MessageTree::kMaxDepth; ++depth) {
    const auto attachment = t->create(at, ObjectKind::kAttachment, {});
    ASSERT_TRUE(attachment) << depth;
    const auto embedded = t->create(*attachment, ObjectKind::kMessage, {});
    ASSERT_TRUE(embedded) << depth << embedded.error().message;
    EXPECT_EQ(code_of(t->create(*attachment, ObjectKind::kMessage, {})), Code::kInvalidArgument);
    EXPECT_EQ(t->read(*embedded, {})->info.parent, *attachment);
    EXPECT_EQ(t->read(*embedded, {})->info.version, 0u);
    at = *embedded;
  }
  const auto last = t->create(at, ObjectKind::kAttachment, {}).value();
  EXPECT_EQ(code_of(t->create(last, ObjectKind::kMessage, {})), Code::kTooDeep);
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(counts(root()).messages, 1u) << "embedded messages are no messages of the folder";
  t = writer();
  ASSERT_TRUE(t->remove(top));
  ASSERT_TRUE(t->commit());
  t.reset();
  EXPECT_EQ(read_code(at), Code::kNotFound);
}

}  // namespace mapiary::backend::testing
