// SPDX-License-Identifier: Apache-2.0
// A tiny mailbox in every variant through the engine interface.
#include <gtest/gtest.h>

#include "backend/rules.h"
#include "base/file.h"
#include "engines/pst/messaging/object_ids.h"
#include "engines/pst/messaging/object_props.h"
#include "engines/pst/messaging/text_code_page.h"
#include "engines/pst/pst_engine.h"
#include "engines/pst/testing/mailbox_walk.h"
#include "engines/pst/testing/tiny_mailbox.h"
#include "model/restriction_codec.h"

namespace mapiary::engines::pst {
namespace {

using backend::ObjectKind;
using model::PropTag;
using model::PropType;
using model::PropValue;
using testing::TinyMailbox;

struct Form {
  Variant variant;
  Crypt crypt;
};

class PstMailboxTest : public ::testing::TestWithParam<Form> {
 protected:
  void SetUp() override {
    folder_ = *system_files().make_temp_folder("/tmp/pst-mailbox-");
    path_ = join_path(folder_, "tiny.pst");
    write(TinyMailbox(GetParam().variant, GetParam().crypt).bytes());
  }
  void TearDown() override {
    transaction_.reset();
    mailbox_.reset();
    (void)system_files().remove_file(path_);
    (void)system_files().remove_folder(folder_);
  }

  void write(const std::string& bytes) {
    transaction_.reset();
    mailbox_.reset();
    {
      auto file = system_files().open(path_, OpenMode::kTruncate);
      ASSERT_TRUE(file && file->write_at(0, bytes_of(bytes)));
    }
    auto mailbox = engine_.open(path_, {});
    ASSERT_TRUE(mailbox) << mailbox.error().message;
    mailbox_ = std::move(*mailbox);
    transaction_ = *mailbox_->begin(backend::Mode::kRead);
  }
  bool ansi() const { return GetParam().variant == Variant::kAnsi; }
  backend::ObjectData read(backend::ObjectId id) {
    backend::ReadRequest request;
    request.all = true;
    request.recipients = true;
    auto data = transaction_->read(id, request);
    EXPECT_TRUE(data) << data.error().message;
    return data ? *data : backend::ObjectData();
  }
  std::vector<backend::ObjectId> children(backend::ObjectId id, ObjectKind kind) {
    class Ids final : public backend::RowVisitor {
     public:
      Result<bool> row(const backend::Row& row) override {
        ids.push_back(row.info.id);
        return true;
      }
      std::vector<backend::ObjectId> ids;
    } ids;
    EXPECT_TRUE(transaction_->rows(id, kind, {}, ids));
    return ids.ids;
  }
  std::string blob(backend::ObjectId id, PropTag tag) {
    auto opened = transaction_->open_blob(id, tag, backend::BlobMode::kRead, 0);
    if (!opened) return opened.error().message;
    std::string out(static_cast<std::size_t>((*opened)->size()), '\0');
    const auto got = (*opened)->read_at(0, std::as_writable_bytes(std::span(out.data(), out.size())));
    return got && *got == out.size() ? out : "short";
  }
  std::string text(const backend::ObjectData& data, std::uint16_t id) const {
    const PropValue* value = data.props.find(id);
    return value && value->is_bytes() ? std::string(value->as_bytes()) : std::string("none");
  }

  PstEngine engine_;
  std::string folder_, path_;
  std::unique_ptr<backend::Mailbox> mailbox_;
  std::unique_ptr<backend::Transaction> transaction_;
};

TEST_P(PstMailboxTest, HoldsWhatIsInIt) {
  const auto counts = testing::MailboxWalk(*mailbox_).run();
  EXPECT_TRUE(counts.problems.empty()) << counts.problems.front();
  EXPECT_EQ(counts.folders, 4u);
  EXPECT_EQ(counts.searches, 1u);
  EXPECT_EQ(counts.messages, 2u);
  EXPECT_EQ(counts.associated, 1u);
  EXPECT_EQ(counts.attachments, 4u);
  EXPECT_EQ(counts.embedded, 1u);
  EXPECT_EQ(counts.recipients, 2u);
}

TEST_P(PstMailboxTest, TheStoreObjectTellsOfTheFile) {
  EXPECT_EQ(mailbox_->info().uid, TinyMailbox::uid());
  EXPECT_TRUE(mailbox_->info().capabilities.read_only);
  const auto store = read(mailbox_->info().mailbox);
  EXPECT_EQ(text(store, info_tag::kFormat.id()), "PST");
  EXPECT_EQ(text(store, info_tag::kVariant.id()), variant_name(GetParam().variant));
  EXPECT_TRUE(store.props.find(info_tag::kPasswordSet)->as_bool());
  EXPECT_EQ(store.props.find(std::uint16_t{0x67FF}), nullptr);
  // Special and receive folders as the store wants them: numbers.
  EXPECT_EQ(store.props.find(PropTag(0x35E0, PropType::kInt64))->as_int64(), 0x8022);
  EXPECT_EQ(store.props.find(PropTag(0x35E3, PropType::kInt64))->as_int64(), 0x8062);
  EXPECT_EQ(store.props.find(store_tag::kReceiveFolders)->value_count(), 2u);
  EXPECT_EQ(store.props.find(store_tag::kReceiveClasses)->instance(1, PropTag(0x001A001F)).as_bytes(), "IPM");
}

TEST_P(PstMailboxTest, FoldersCount) {
  const auto top = read(0x8022);
  EXPECT_EQ(top.info.kind, ObjectKind::kFolder);
  EXPECT_EQ(top.info.parent, mailbox_->info().root);
  EXPECT_EQ(top.info.counts.messages, 1u);
  EXPECT_EQ(top.info.counts.unread, 1u);
  EXPECT_EQ(top.info.counts.associated, 1u);
  EXPECT_EQ(top.info.counts.folders, 1u);
  EXPECT_EQ(top.info.counts.size, 123'456 + 50);
  EXPECT_EQ(read(mailbox_->info().root).info.parent, mailbox_->info().mailbox);
  EXPECT_EQ(transaction_->read(0x9022, {}).error().code, Code::kNotFound);
  EXPECT_EQ(transaction_->read(nid::kNameToIdMap.value, {}).error().code, Code::kNotFound);
  EXPECT_EQ(transaction_->read(std::uint64_t{1} << 60, {}).error().code, Code::kNotFound);
}

TEST_P(PstMailboxTest, MessagesHaveTheirProperties) {
  const auto message = read(0x200024);
  EXPECT_EQ(message.info.parent, 0x8022u);
  EXPECT_EQ(text(message, 0x0037), "Alpha");
  EXPECT_EQ(message.props.find(backend::engine_tag::kMessageSize)->as_int64(), TinyMailbox::kAlphaSize);
  // Attachments set the flag; PR_MSG_STATUS is in the folder's table alone.
  EXPECT_EQ(message.props.find(PropTag(0x0E070003))->as_int32(), 0x11);
  EXPECT_EQ(message.props.find(PropTag(0x0E170003))->as_int32(), 2);
  EXPECT_EQ(message.props.find(PropTag(0x00390040))->as_int64(), 131'000'000'000'000'000);
  // 8-bit text is in the page of the message.
  EXPECT_EQ(message.props.find(PropTag(0x1035001E))->code_page(), 932u);
  EXPECT_EQ(message.props.find(std::uint16_t{0x8001})->value_count(), 2u);
  ASSERT_EQ(message.recipients.size(), 2u);
  EXPECT_EQ(message.recipients[1].find(std::uint16_t{0x3001})->as_bytes(), "Bob");
  const auto names = *transaction_->names({});
  EXPECT_EQ(names->find(model::NamedProperty::of(model::prop_set::kPublicStrings, "Keywords")), 0x8001);
  EXPECT_EQ(names->name_of(0x8000)->number(), 0x8233u);
  const auto unknown = model::NamedProperty::of(model::prop_set::kPublicStrings, "Other");
  EXPECT_EQ(transaction_->names(std::span(&unknown, 1)).error().code, Code::kReadOnly);
}

TEST_P(PstMailboxTest, LargeValuesAreReadInParts) {
  const PropTag tag(0x1000, ansi() ? PropType::kString8 : PropType::kUnicode);
  const auto message = read(0x200024);
  const PropValue* body = message.props.find(tag);
  ASSERT_TRUE(body && body->is_blob());
  EXPECT_EQ(body->as_blob(), backend::blob_ref(0x200024, 0x1000, TinyMailbox::large_body().size()));
  EXPECT_EQ(blob(0x200024, tag), TinyMailbox::large_body());
  backend::ReadRequest request;
  request.tags = std::span(&tag, 1);
  request.inline_limit = 1 << 20;
  EXPECT_EQ(transaction_->read(0x200024, request)->props.find(tag)->as_bytes(), TinyMailbox::large_body());
  EXPECT_EQ(transaction_->open_blob(0x200024, PropTag(0x10000102), backend::BlobMode::kRead, 0).error().code,
            Code::kUnexpectedType);
  EXPECT_EQ(transaction_->open_blob(0x200024, tag, backend::BlobMode::kWrite, 0).error().code, Code::kReadOnly);
}

TEST_P(PstMailboxTest, AttachmentsOfEveryKind) {
  const auto ids = children(0x200024, ObjectKind::kAttachment);
  ASSERT_EQ(ids.size(), 3u);
  const auto file = read(ids[0]);
  EXPECT_EQ(file.info.parent, 0x200024u);
  EXPECT_EQ(file.props.find(PropTag(0x0E210003))->as_int32(), 0);
  EXPECT_EQ(blob(ids[0], PropTag(0x37010102)), TinyMailbox::large_file());
  // The message in the second, and the attachment in that.
  EXPECT_EQ(read(ids[1]).props.find(PropTag(0x3701000D))->tag().value, 0x3701000Du);
  const auto inside = children(ids[1], ObjectKind::kMessage);
  ASSERT_EQ(inside.size(), 1u);
  EXPECT_EQ(text(read(inside[0]), 0x0037), "Beta");
  EXPECT_EQ(read(inside[0]).info.parent, ids[1]);
  const auto inner = children(inside[0], ObjectKind::kAttachment);
  ASSERT_EQ(inner.size(), 1u);
  EXPECT_EQ(text(read(inner[0]), 0x3701), "inner");
  EXPECT_TRUE(children(ids[0], ObjectKind::kMessage).empty());
  // A storage is bytes.
  EXPECT_EQ(text(read(ids[2]), 0x3701), "the storage");
  EXPECT_EQ(read(ids[2]).props.find(std::uint16_t{0x3701})->tag().value, 0x37010102u);
}

TEST_P(PstMailboxTest, SearchFoldersHaveCriteriaAndResults) {
  EXPECT_EQ(children(0x8042, ObjectKind::kFolder), std::vector<backend::ObjectId>{0x8083});
  const auto folder = read(0x8083);
  EXPECT_EQ(folder.info.kind, ObjectKind::kSearchFolder);
  EXPECT_EQ(folder.info.counts.messages, 1u);
  EXPECT_EQ(children(0x8083, ObjectKind::kMessage), std::vector<backend::ObjectId>{0x200024});
  const PropValue* criteria = folder.props.find(store_tag::kSearchCriteria);
  ASSERT_TRUE(criteria);
  const auto restriction = model::decode_restriction(criteria->as_bytes(), {model::WireForm::Counts::k32, 1252});
  ASSERT_TRUE(restriction);
  ASSERT_EQ(restriction->children.size(), 2u);
  EXPECT_EQ(restriction->children[0].fuzzy.value, 0x10001u);
  EXPECT_EQ(restriction->children[0].value.as_bytes(), "alp");
  EXPECT_EQ(restriction->children[1].kind, model::RestrictionKind::kExist);
  EXPECT_EQ(folder.props.find(store_tag::kSearchFlags)->as_int32(), 5);
}

TEST_P(PstMailboxTest, ADamagedTableIsReplacedByTheNodes) {
  TinyMailbox made(GetParam().variant, GetParam().crypt);
  std::string bytes = made.bytes();
  std::string before = bytes;
  const auto database = Database::open(path_);
  const auto entry = *(*database)->find_node(Nid(0x8022).with_type(NidType::kContentsTable));
  bytes[static_cast<std::size_t>(made.file().offset_of(entry->data)) + 20] ^= 0x40;
  write(bytes);
  EXPECT_EQ(children(0x8022, ObjectKind::kMessage), std::vector<backend::ObjectId>{0x200024});
  EXPECT_EQ(read(0x8022).info.counts.messages, 1u);
  EXPECT_EQ(text(read(0x200024), 0x0037), "Alpha");
}

TEST_P(PstMailboxTest, NothingIsWritten) {
  const auto refused = [](const auto& result) { return !result && result.error().code == Code::kReadOnly; };
  EXPECT_TRUE(refused(mailbox_->begin(backend::Mode::kWrite)));
  EXPECT_TRUE(refused(transaction_->create(0x8022, ObjectKind::kMessage, {})));
  EXPECT_TRUE(refused(transaction_->remove(0x200024)));
  EXPECT_TRUE(refused(transaction_->move(0x200024, 0x8062)));
  EXPECT_TRUE(refused(transaction_->update(0x200024, {})));
  EXPECT_TRUE(refused(transaction_->link(0x8083, {}, true)));
  EXPECT_EQ(engine_.create(path_ + "2", {}).error().code, Code::kNotSupported);
  EXPECT_EQ(system_files().list(folder_)->size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(All, PstMailboxTest,
                         ::testing::Values(Form{Variant::kAnsi, Crypt::kPermute},
                                           Form{Variant::kUnicode, Crypt::kCyclic},
                                           Form{Variant::kUnicode4k, Crypt::kNone}));

TEST(PstObjectIds, GoRound) {
  Ways ways;
  const std::vector<std::vector<std::uint32_t>> cases = {
      {0},      {65535},   {65536},      {3, 4},       {255, 127},   {256, 0},
      {0, 128}, {1, 2, 3}, {31, 31, 15}, {31, 31, 16}, {1, 2, 3, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9}};
  std::set<ObjectId> seen;
  for (const auto type : {NidType::kNormalMessage, NidType::kAssocMessage}) {
    for (const auto& levels : cases) {
      for (const bool is_message : {false, true}) {
        const Way way{Nid::of(type, 0x7FFFFFF), levels, is_message};
        const ObjectId id = ways.number_of(way);
        EXPECT_LT(id, std::uint64_t{1} << 48);
        EXPECT_TRUE(is_nested(id));
        EXPECT_TRUE(seen.insert(id).second);
        EXPECT_EQ(ways.way_of(id), way);
        EXPECT_EQ(ways.number_of(way), id);
      }
    }
  }
  EXPECT_FALSE(ways.way_of((std::uint64_t{3} << 46) | 1000));
}

TEST(PstTextCodePage, FollowsTheHints) {
  EXPECT_EQ(code_page_of({932, 1033, 20127}), 932u);
  EXPECT_EQ(code_page_of({0, 1041, 50220}), 932u);
  EXPECT_EQ(code_page_of({0, 0, 50220}), 932u);
  EXPECT_EQ(code_page_of({0, 0x0404, 0}), 950u);
  EXPECT_EQ(code_page_of({0, 0x0804, 0}), 936u);
  EXPECT_EQ(code_page_of({0, 1049, 0}), 1251u);
  EXPECT_EQ(code_page_of({1200, 1033, 0}), 1252u);
  EXPECT_EQ(code_page_of({0, 0, 20127}), 0u);
}

}  // namespace
}  // namespace mapiary::engines::pst
