// SPDX-License-Identifier: Apache-2.0
#include <edkmdb.h>

#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class Messages : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    folder_ = create_folder(root_.get(), L"Folder");
  }
  void TearDown() override {
    folder_.reset();
    StoreTest::TearDown();
  }
  Ptr<IMAPIFolder> folder_;
};

// spec: ST-267 ST-713 ST-714
TEST_P(Messages, HaveTheirRequiredPropertiesOnceSaved) {
  const auto message = create_message(folder_.get(), L"s");
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const Values values(message.get(),
                      {PR_CREATION_TIME, PR_LAST_MODIFICATION_TIME, PR_ENTRYID, PR_RECORD_KEY, PR_SEARCH_KEY,
                       PR_PARENT_ENTRYID, PR_STORE_ENTRYID, PR_STORE_RECORD_KEY, PR_MESSAGE_SIZE, PR_MESSAGE_CLASS_W,
                       PR_MESSAGE_FLAGS, PR_NORMALIZED_SUBJECT_W, PR_HASATTACH, PR_ACCESS, PR_ACCESS_LEVEL,
                       PR_OBJECT_TYPE, PR_STORE_SUPPORT_MASK, PR_MAPPING_SIGNATURE, PR_DISPLAY_TO_W});
  EXPECT_EQ(S_OK, values.hr);
  EXPECT_GT(values[8].Value.l, 0);
  for (const ULONG tag : {PR_ENTRYID, PR_RECORD_KEY, PR_PARENT_ENTRYID, PR_STORE_ENTRYID, PR_STORE_RECORD_KEY}) {
    EXPECT_EQ(MAPI_E_COMPUTED, set_binary(message.get(), tag, "x")) << std::hex << tag;
  }
  EXPECT_EQ(MAPI_E_COMPUTED, set_long(message.get(), PR_MESSAGE_SIZE, 1));
  EXPECT_EQ(get_binary(folder_.get(), PR_ENTRYID), get_binary(message.get(), PR_PARENT_ENTRYID));
  EXPECT_EQ(L"Folder", get_text(message.get(), PR_PARENT_DISPLAY_W));
}

// spec: ST-268
TEST_P(Messages, ComputeDisplayListsAndNormalizedSubject) {
  const auto message = create_message(folder_.get(), L"Fwd: trip");
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"Ada"));
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"Bob"));
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"Cy", MAPI_CC));
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"Di", MAPI_BCC));
  EXPECT_EQ(L"Ada; Bob", get_text(message.get(), PR_DISPLAY_TO_W));
  EXPECT_EQ(L"Cy", get_text(message.get(), PR_DISPLAY_CC_W));
  EXPECT_EQ(L"Di", get_text(message.get(), PR_DISPLAY_BCC_W));
  EXPECT_EQ(L"trip", get_text(message.get(), PR_NORMALIZED_SUBJECT_W));
  EXPECT_EQ(L"Fwd: ", get_text(message.get(), PR_SUBJECT_PREFIX_W));
  EXPECT_EQ(L"trip", get_text(message.get(), PR_CONVERSATION_TOPIC_W));
  for (const ULONG tag : {PR_DISPLAY_TO_W, PR_DISPLAY_CC_W, PR_DISPLAY_BCC_W, PR_NORMALIZED_SUBJECT_W}) {
    EXPECT_EQ(MAPI_E_COMPUTED, set_text(message.get(), tag, L"x")) << std::hex << tag;
  }
}

TEST_P(Messages, SubjectPrefixesHaveUpToThreeCharactersAndNoDigits) {
  const std::pair<const wchar_t*, const wchar_t*> cases[] = {
      {L"Re: a", L"a"},           {L"RE: Re: a", L"Re: a"}, {L"a: b", L"b"},         {L"long: b", L"long: b"},
      {L"R2: b", L"R2: b"},       {L"Re:b", L"Re:b"},       {L": b", L": b"},        {L"", L""},
      {L"\u56DE\u590D: b", L"b"}, {L"Re: ", L""},           {L"12:30 b", L"12:30 b"}};
  for (const auto& [subject, normalized] : cases) {
    const auto message = create_message(folder_.get(), subject);
    EXPECT_EQ(normalized, get_text(message.get(), PR_NORMALIZED_SUBJECT_W)) << Ptr<IMessage>(message).get();
  }
  const auto message = create_message(folder_.get(), L"Antwort: b");
  ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_PREFIX_W, L"Antwort: "));
  EXPECT_EQ(L"b", get_text(message.get(), PR_NORMALIZED_SUBJECT_W));
}

// spec: ST-455 ST-456 ST-458 ST-499
TEST_P(Messages, FlagsAreTheClientsUntilTheFirstSave) {
  const auto message = create_message(folder_.get(), L"s");
  EXPECT_EQ(LONG{MSGFLAG_UNSENT | MSGFLAG_UNMODIFIED}, get_long(message.get(), PR_MESSAGE_FLAGS));
  ASSERT_EQ(S_OK, set_long(message.get(), PR_MESSAGE_FLAGS,
                           MSGFLAG_UNMODIFIED | MSGFLAG_READ | MSGFLAG_FROMME | MSGFLAG_SUBMIT | MSGFLAG_HASATTACH));
  const LONG expected = MSGFLAG_UNMODIFIED | MSGFLAG_READ | MSGFLAG_FROMME;
  EXPECT_EQ(expected, get_long(message.get(), PR_MESSAGE_FLAGS));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(expected, get_long(message.get(), PR_MESSAGE_FLAGS));
  EXPECT_EQ(MAPI_E_COMPUTED, set_long(message.get(), PR_MESSAGE_FLAGS, 0));
  ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"t"));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(expected & ~LONG{MSGFLAG_UNMODIFIED}, get_long(message.get(), PR_MESSAGE_FLAGS));
}

// spec: ST-093 ST-135 ST-541 ST-546 ST-547 ST-548
TEST_P(Messages, AssociatedOnesHaveATableOfTheirOwn) {
  EXPECT_EQ(LONG{MAPI_ACCESS_CREATE_ASSOCIATED}, get_long(folder_.get(), PR_ACCESS) & MAPI_ACCESS_CREATE_ASSOCIATED);
  const auto message = create_message(folder_.get(), L"form", MAPI_ASSOCIATED);
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(LONG{MSGFLAG_ASSOCIATED}, get_long(message.get(), PR_MESSAGE_FLAGS) & MSGFLAG_ASSOCIATED);
  EXPECT_EQ(1, get_long(folder_.get(), PR_ASSOC_CONTENT_COUNT));
  EXPECT_EQ(0, get_long(folder_.get(), PR_CONTENT_COUNT));
  const auto normal = contents(folder_.get()), hidden = contents(folder_.get(), MAPI_UNICODE | MAPI_ASSOCIATED);
  EXPECT_EQ(0u, Rows(normal.get(), {PR_SUBJECT_W}).size());
  EXPECT_EQ(1u, Rows(hidden.get(), {PR_SUBJECT_W}).size());
  Ptr<IMAPITable> by_property;
  ASSERT_EQ(S_OK, folder_->OpenProperty(PR_FOLDER_ASSOCIATED_CONTENTS, &IID_IMAPITable, MAPI_UNICODE, 0,
                                        reinterpret_cast<LPUNKNOWN*>(by_property.put())));
  EXPECT_EQ(1u, Rows(by_property.get(), {PR_SUBJECT_W}).size());
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  Ptr<IMessage>(message).reset();
}

// spec: ST-280 ST-281 ST-282 ST-283 ST-284 ST-551 ST-554
TEST_P(Messages, RecipientsAreChangedAndShown) {
  const auto message = create_message(folder_.get());
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, message->OpenProperty(PR_MESSAGE_RECIPIENTS, &IID_IMAPITable, MAPI_UNICODE, 0,
                                        reinterpret_cast<LPUNKNOWN*>(table.put())));
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"Ada"));
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"Bob", MAPI_CC));
  LONG bob = -1;
  {
    const Rows rows(table.get(), {PR_DISPLAY_NAME_W, PR_RECIPIENT_TYPE, PR_ROWID, PR_OBJECT_TYPE, PR_SEARCH_KEY});
    ASSERT_EQ(2u, rows.size());
    EXPECT_EQ((std::vector<std::wstring>{L"Ada", L"Bob"}), rows.texts(0));
    EXPECT_EQ(MAPI_CC, rows.at(1, 1).Value.l);
    EXPECT_EQ(MAPI_MAILUSER, rows.at(1, 3).Value.l);
    EXPECT_EQ(std::string("SMTP:ADA", 9), Values::binary(rows.at(0, 4)));
    bob = rows.at(1, 2).Value.l;
  }
  SPropValue values[2]{};
  values[0].ulPropTag = PR_ROWID;
  values[0].Value.l = bob;
  values[1].ulPropTag = PR_DISPLAY_NAME_W;
  values[1].Value.lpszW = const_cast<wchar_t*>(L"Robert");
  ADRLIST list{};
  list.cEntries = 1;
  list.aEntries[0].cValues = 2;
  list.aEntries[0].rgPropVals = values;
  ASSERT_EQ(S_OK, message->ModifyRecipients(MODRECIP_MODIFY, &list));
  {
    const Rows rows(table.get(), {PR_DISPLAY_NAME_W, PR_RECIPIENT_TYPE, PR_EMAIL_ADDRESS_W});
    EXPECT_EQ(L"Robert", rows.text(1, 0));
    EXPECT_EQ(PT_ERROR, PROP_TYPE(rows.at(1, 2).ulPropTag));
  }
  list.aEntries[0].cValues = 1;
  ASSERT_EQ(S_OK, message->ModifyRecipients(MODRECIP_REMOVE, &list));
  EXPECT_EQ(1u, Rows(table.get(), {PR_DISPLAY_NAME_W}).size());
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"Eve", MAPI_TO, 0));
  const Rows rows(table.get(), {PR_DISPLAY_NAME_W});
  EXPECT_EQ((std::vector<std::wstring>{L"Eve"}), rows.texts(0));
  // spec: ST-285 ST-286
  values[1].ulPropTag = PR_NULL;
  list.aEntries[0].rgPropVals = values + 1;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, message->ModifyRecipients(MODRECIP_ADD, &list));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, message->ModifyRecipients(MODRECIP_REMOVE, &list));
}

// spec: ST-052 ST-445
TEST_P(Messages, AreReadOnlyUnlessOpenedForWriting) {
  const std::string id = add_message(folder_.get(), L"s");
  const auto message = open_message(id, 0);
  EXPECT_EQ(0, get_long(message.get(), PR_ACCESS_LEVEL));
  EXPECT_EQ(MAPI_E_NO_ACCESS, set_text(message.get(), PR_SUBJECT_W, L"t"));
  EXPECT_EQ(LONG{MAPI_MODIFY}, get_long(open_message(id, MAPI_BEST_ACCESS).get(), PR_ACCESS_LEVEL));
}

// spec: ST-123 ST-125 ST-131 ST-132 ST-122
// spec: IMAPIFolder::SetReadFlags
TEST_P(Messages, AreMarkedReadTogether) {
  const std::string one = add_message(folder_.get(), L"1"), two = add_message(folder_.get(), L"2");
  EXPECT_EQ(2, get_long(folder_.get(), PR_CONTENT_UNREAD));
  EXPECT_EQ(S_OK, folder_->SetReadFlags(nullptr, 0, nullptr, 0));
  EXPECT_EQ(0, get_long(folder_.get(), PR_CONTENT_UNREAD));
  EXPECT_EQ(S_OK, folder_->SetReadFlags(Entries({one}).get(), 0, nullptr, CLEAR_READ_FLAG));
  EXPECT_EQ(1, get_long(folder_.get(), PR_CONTENT_UNREAD));
  EXPECT_EQ(0, get_long(open_message(one, 0).get(), PR_MESSAGE_FLAGS) & LONG{MSGFLAG_READ});
  const auto open = open_message(one);
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, folder_->SetReadFlags(Entries({one, two}).get(), 0, nullptr, 0));
  EXPECT_EQ(1, get_long(folder_.get(), PR_CONTENT_UNREAD));
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, folder_->SetReadFlags(Entries({gone_message()}).get(), 0, nullptr, 0));
}

// spec: ST-129 ST-291
TEST_P(Messages, ReadFlagsThatExcludeOneAnotherAreRefused) {
  const auto message = open_message(add_message(folder_.get(), L"1"));
  for (const ULONG flags : {SUPPRESS_RECEIPT | CLEAR_READ_FLAG, CLEAR_READ_FLAG | GENERATE_RECEIPT_ONLY,
                            SUPPRESS_RECEIPT | CLEAR_READ_FLAG | GENERATE_RECEIPT_ONLY}) {
    EXPECT_EQ(MAPI_E_INVALID_PARAMETER, folder_->SetReadFlags(nullptr, 0, nullptr, flags));
    EXPECT_EQ(MAPI_E_INVALID_PARAMETER, message->SetReadFlag(flags));
  }
}

// spec: ST-293 ST-127
TEST_P(Messages, SetReadFlagSavesTheMessage) {
  const std::string id = add_message(folder_.get(), L"1");
  const auto message = open_message(id);
  ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"2"));
  ASSERT_EQ(S_OK, set_bool(message.get(), PR_READ_RECEIPT_REQUESTED, true));
  ASSERT_EQ(S_OK, message->SetReadFlag(SUPPRESS_RECEIPT | GENERATE_RECEIPT_ONLY));
  const auto again = open_message(id, 0);
  EXPECT_EQ(L"2", get_text(again.get(), PR_SUBJECT_W));
  EXPECT_EQ(0, get_long(again.get(), PR_MESSAGE_FLAGS) & LONG{MSGFLAG_READ});
  EXPECT_FALSE(Values(again.get(), {PR_READ_RECEIPT_REQUESTED})[0].Value.b);
  ASSERT_EQ(S_OK, message->SetReadFlag(0));
  EXPECT_EQ(LONG{MSGFLAG_READ}, get_long(message.get(), PR_MESSAGE_FLAGS) & LONG{MSGFLAG_READ});
}

// spec: ST-104 ST-105 ST-106
// spec: IMAPIFolder::DeleteMessages
TEST_P(Messages, AreDeletedUnlessOpen) {
  const std::string one = add_message(folder_.get(), L"1"), two = add_message(folder_.get(), L"2");
  {
    const auto open = open_message(one);
    EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, folder_->DeleteMessages(Entries({one, two}).get(), 0, nullptr, 0));
    EXPECT_EQ(1, get_long(folder_.get(), PR_CONTENT_COUNT));
  }
  const auto read_only = open_message(one, 0);
  EXPECT_EQ(S_OK, folder_->DeleteMessages(Entries({one}).get(), 0, nullptr, 0));
  EXPECT_EQ(0, get_long(folder_.get(), PR_CONTENT_COUNT));
  open_message(two, 0, MAPI_E_NOT_FOUND);
}

// spec: ST-075 ST-077 ST-084 ST-492
// spec: IMAPIFolder::CopyMessages
TEST_P(Messages, MoveAndKeepTheirIds) {
  const auto other = create_folder(root_.get(), L"Other");
  const std::string id = add_message(folder_.get(), L"1"), gone = gone_message();
  const auto open = open_message(id);
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION,
            folder_->CopyMessages(Entries({id, gone}).get(), nullptr, other.get(), 0, nullptr, MESSAGE_MOVE));
  EXPECT_EQ(0, get_long(folder_.get(), PR_CONTENT_COUNT));
  EXPECT_EQ(1, get_long(other.get(), PR_CONTENT_COUNT));
  EXPECT_EQ(get_binary(other.get(), PR_ENTRYID), get_binary(open_message(id, 0).get(), PR_PARENT_ENTRYID));
}

// spec: ST-075 ST-082 ST-468 ST-472 ST-669
TEST_P(Messages, CopiesAreWholeAndTheirOwn) {
  const auto other = create_folder(root_.get(), L"Other");
  const std::wstring body(100000, L'b');
  std::string id;
  {
    const auto message = create_message(folder_.get(), L"1");
    ASSERT_EQ(S_OK, set_text(message.get(), PR_BODY_W, body));
    ASSERT_EQ(S_OK, add_recipient(message.get(), L"Ada"));
    ASSERT_EQ(S_OK, set_bool(message.get(), PR_READ_RECEIPT_REQUESTED, true));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    id = get_binary(message.get(), PR_ENTRYID);
  }
  ULONG old = 0;
  ASSERT_EQ(S_OK, folder_->SetMessageStatus(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()),
                                            MSGSTATUS_TAGGED, MSGSTATUS_TAGGED, &old));
  ASSERT_EQ(S_OK, folder_->CopyMessages(Entries({id}).get(), nullptr, other.get(), 0, nullptr, 0));
  EXPECT_EQ(1, get_long(folder_.get(), PR_CONTENT_COUNT));
  const auto table = contents(other.get());
  const Rows rows(table.get(), {PR_ENTRYID, PR_MSG_STATUS, PR_DISPLAY_TO_W});
  ASSERT_EQ(1u, rows.size());
  EXPECT_EQ(0, rows.at(0, 1).Value.l);
  EXPECT_EQ(L"Ada", rows.text(0, 2));
  const auto original = open_message(id, 0), copy = open_message(Values::binary(rows.at(0, 0)), 0);
  EXPECT_NE(get_binary(original.get(), PR_RECORD_KEY), get_binary(copy.get(), PR_RECORD_KEY));
  EXPECT_EQ(get_binary(original.get(), PR_SEARCH_KEY), get_binary(copy.get(), PR_SEARCH_KEY));
  EXPECT_FALSE(Values(copy.get(), {PR_READ_RECEIPT_REQUESTED})[0].Value.b);
  // spec: ST-168 ST-735
  EXPECT_EQ(MAPI_E_NOT_ENOUGH_MEMORY, get_error(copy.get(), PR_BODY_W));
  Ptr<IStream> stream;
  ASSERT_EQ(S_OK, copy->OpenProperty(PR_BODY_W, &IID_IStream, 0, 0, reinterpret_cast<LPUNKNOWN*>(stream.put())));
  std::wstring read(body.size() + 10, L'x');
  ULONG got = 0;
  ASSERT_TRUE(SUCCEEDED(stream->Read(read.data(), static_cast<ULONG>(read.size() * sizeof(wchar_t)), &got)));
  read.resize(got / sizeof(wchar_t));
  EXPECT_TRUE(read == body);
}

// spec: ST-471 ST-473
TEST_P(Messages, HaveASearchKeyAtOnce) {
  const auto message = create_message(folder_.get());
  EXPECT_EQ(16u, get_binary(message.get(), PR_SEARCH_KEY).size());
  EXPECT_EQ(S_OK, set_binary(message.get(), PR_SEARCH_KEY, "of the original"));
  EXPECT_EQ("of the original", get_binary(message.get(), PR_SEARCH_KEY));
}

// spec: ST-674 ST-680
TEST_P(Messages, BodyAndRtfSayTheSameAfterASave) {
  const auto message = create_message(folder_.get());
  {
    Ptr<IStream> compressed, plain;
    ASSERT_EQ(S_OK, message->OpenProperty(PR_RTF_COMPRESSED, &IID_IStream, STGM_READWRITE, MAPI_CREATE | MAPI_MODIFY,
                                          reinterpret_cast<LPUNKNOWN*>(compressed.put())));
    ASSERT_EQ(S_OK, WrapCompressedRTFStream(compressed.get(), MAPI_MODIFY, plain.put()));
    const std::string rtf = "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\\pard hello world\\par}";
    ASSERT_EQ(S_OK, plain->Write(rtf.data(), static_cast<ULONG>(rtf.size()), nullptr));
    ASSERT_EQ(S_OK, plain->Commit(STGC_DEFAULT));
    plain.reset();
    ASSERT_EQ(S_OK, compressed->Commit(STGC_DEFAULT));
  }
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(L"hello world\r\n", get_text(message.get(), PR_BODY_W));
}

CONFORMANCE_SUITE(Messages);

}  // namespace
}  // namespace conformance
