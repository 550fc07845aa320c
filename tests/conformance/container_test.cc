// SPDX-License-Identifier: Apache-2.0
// What objects of a store list, copy and keep: property lists, CopyTo and CopyProps, copies between two stores'
// clients.
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class Containers : public StoreTest {
 protected:
  static bool lists(IMAPIProp* object, ULONG tag) {
    LPSPropTagArray tags = nullptr;
    EXPECT_EQ(S_OK, object->GetPropList(MAPI_UNICODE, &tags));
    const bool found = std::count(tags->aulPropTag, tags->aulPropTag + tags->cValues, tag) == 1;
    MAPIFreeBuffer(tags);
    return found;
  }
};

// spec: ST-134 ST-137 ST-144
TEST_P(Containers, ListTheirTables) {
  for (const ULONG tag : {ULONG{PR_CONTAINER_CONTENTS}, ULONG{PR_CONTAINER_HIERARCHY}}) {
    EXPECT_TRUE(lists(root_.get(), tag)) << std::hex << tag;
    Ptr<IUnknown> table;
    EXPECT_EQ(S_OK, root_->OpenProperty(tag, &IID_IMAPITable, 0, 0, table.put())) << std::hex << tag;
  }
}

// spec: ST-428
TEST_P(Containers, EveryObjectHasTheSupportMask) {
  const LONG mask = get_long(store_.get(), PR_STORE_SUPPORT_MASK);
  EXPECT_NE(0, mask & LONG{STORE_MODIFY_OK | STORE_CREATE_OK | STORE_ATTACH_OK | STORE_SEARCH_OK});
  EXPECT_EQ(mask, get_long(root_.get(), PR_STORE_SUPPORT_MASK));
  EXPECT_EQ(mask, get_long(create_message(root_.get()).get(), PR_STORE_SUPPORT_MASK));
}

// spec: ST-203 ST-734
TEST_P(Containers, CopyPropsCopiesWhatIsNamed) {
  const auto from = create_folder(root_.get(), L"From"), to = create_folder(root_.get(), L"To");
  add_message(from.get(), L"m");
  create_folder(from.get(), L"Child");
  SizedSPropTagArray(1, contents_only) = {1, {PR_CONTAINER_CONTENTS}};
  LPSPropProblemArray problems = nullptr;
  ASSERT_EQ(S_OK, from->CopyProps(reinterpret_cast<LPSPropTagArray>(&contents_only), 0, nullptr, &IID_IMAPIFolder,
                                  to.get(), 0, &problems));
  MAPIFreeBuffer(problems);
  EXPECT_EQ(1, get_long(to.get(), PR_CONTENT_COUNT));
  EXPECT_FALSE(Values(to.get(), {PR_SUBFOLDERS})[0].Value.b);
}

// spec: ST-206 ST-215
TEST_P(Containers, CopyToCopiesMessagesWithAllInside) {
  const auto from = create_message(root_.get(), L"from");
  ASSERT_EQ(S_OK, add_recipient(from.get(), L"Ada"));
  ULONG number = 0;
  Ptr<IAttach> attachment;
  ASSERT_EQ(S_OK, from->CreateAttach(nullptr, 0, &number, attachment.put()));
  ASSERT_EQ(S_OK, set_binary(attachment.get(), PR_ATTACH_DATA_BIN, std::string(50000, 'a')));
  ASSERT_EQ(S_OK, set_long(attachment.get(), PR_ATTACH_METHOD, ATTACH_BY_VALUE));
  ASSERT_EQ(S_OK, attachment->SaveChanges(0));
  ASSERT_EQ(S_OK, from->SaveChanges(KEEP_OPEN_READWRITE));
  const auto to = create_message(root_.get()), bare = create_message(root_.get());
  LPSPropProblemArray problems = nullptr;
  ASSERT_EQ(S_OK, from->CopyTo(0, nullptr, nullptr, 0, nullptr, &IID_IMessage, to.get(), 0, &problems));
  MAPIFreeBuffer(problems);
  ASSERT_EQ(S_OK, to->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(L"from", get_text(to.get(), PR_SUBJECT_W));
  EXPECT_EQ(L"Ada", get_text(to.get(), PR_DISPLAY_TO_W));
  EXPECT_TRUE(Values(to.get(), {PR_HASATTACH})[0].Value.b);
  SizedSPropTagArray(2, without) = {2, {PR_MESSAGE_RECIPIENTS, PR_MESSAGE_ATTACHMENTS}};
  ASSERT_EQ(S_OK, from->CopyTo(0, nullptr, reinterpret_cast<LPSPropTagArray>(&without), 0, nullptr, &IID_IMessage,
                               bare.get(), 0, nullptr));
  ASSERT_EQ(S_OK, bare->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_FALSE(Values(bare.get(), {PR_HASATTACH})[0].Value.b);
  Ptr<IMAPITable> recipients;
  ASSERT_EQ(S_OK, bare->GetRecipientTable(MAPI_UNICODE, recipients.put()));
  const Rows rows(recipients.get(), {PR_DISPLAY_NAME_W});
  EXPECT_EQ(0u, rows.size());
}

// It is the same store, whoever has it open: nothing of a message changes by a move.
// spec: ST-492
TEST_P(Containers, MessagesAreMovedToAnotherLogonsFolder) {
  const auto from = create_folder(root_.get(), L"From");
  const std::string id = add_message(from.get(), L"m");
  Client other = log_on();
  {
    const auto to = create_folder(other.root.get(), L"To");
    ASSERT_EQ(S_OK, from->CopyMessages(Entries({id}).get(), nullptr, to.get(), 0, nullptr, 0));
    EXPECT_EQ(1, get_long(to.get(), PR_CONTENT_COUNT));
    EXPECT_EQ(1, get_long(from.get(), PR_CONTENT_COUNT));
    ASSERT_EQ(S_OK, from->CopyMessages(Entries({id}).get(), nullptr, to.get(), 0, nullptr, MESSAGE_MOVE));
    EXPECT_EQ(2, get_long(to.get(), PR_CONTENT_COUNT));
    EXPECT_EQ(0, get_long(from.get(), PR_CONTENT_COUNT));
    EXPECT_EQ(get_binary(to.get(), PR_ENTRYID), get_binary(open_message(id, 0).get(), PR_PARENT_ENTRYID));
  }
  close(other);
}

// The general way, by public interfaces: the target is in another store.
TEST_P(Containers, MessagesAreMovedToAnotherStoreWhole) {
  const auto second = restart_with_second_store();
  ASSERT_TRUE(second);
  const auto target = open_root(second.get(), MAPI_MODIFY), from = create_folder(root_.get(), L"From");
  std::string id;
  {
    const auto message = create_message(from.get(), L"m");
    ASSERT_EQ(S_OK, add_recipient(message.get(), L"Ada"));
    ULONG number = 0;
    Ptr<IAttach> attachment;
    ASSERT_EQ(S_OK, message->CreateAttach(nullptr, 0, &number, attachment.put()));
    ASSERT_EQ(S_OK, set_binary(attachment.get(), PR_ATTACH_DATA_BIN, "data"));
    ASSERT_EQ(S_OK, attachment->SaveChanges(0));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    id = get_binary(message.get(), PR_ENTRYID);
  }
  ASSERT_EQ(S_OK, from->CopyMessages(Entries({id}).get(), nullptr, target.get(), 0, nullptr, MESSAGE_MOVE));
  EXPECT_EQ(0, get_long(from.get(), PR_CONTENT_COUNT));
  const auto table = contents(target.get());
  const Rows rows(table.get(), {PR_ENTRYID, PR_SUBJECT_W, PR_DISPLAY_TO_W, PR_HASATTACH});
  ASSERT_EQ(1u, rows.size());
  EXPECT_NE(id, Values::binary(rows.at(0, 0)));
  EXPECT_EQ(L"m", rows.text(0, 1));
  EXPECT_EQ(L"Ada", rows.text(0, 2));
  EXPECT_TRUE(rows.at(0, 3).Value.b);
}

// spec: ST-435
TEST_P(Containers, MultivaluedPropertiesKeepTheirOrder) {
  const auto message = create_message(root_.get(), L"m");
  const wchar_t* words[] = {L"b", L"a", L"c"};
  SPropValue value{};
  value.ulPropTag = PROP_TAG(PT_MV_UNICODE, 0x6801);
  value.Value.MVszW = {3, const_cast<LPWSTR*>(words)};
  ASSERT_EQ(S_OK, set_value(message.get(), value));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  const auto again = open_message(id, 0);
  const Values values(again.get(), {value.ulPropTag});
  ASSERT_EQ(value.ulPropTag, values[0].ulPropTag);
  ASSERT_EQ(3u, values[0].Value.MVszW.cValues);
  for (ULONG i = 0; i < 3; ++i) EXPECT_STREQ(words[i], values[0].Value.MVszW.lppszW[i]);
  const auto table = contents(root_.get());
  const Rows rows(table.get(), {MVI_PROP(value.ulPropTag)});
  EXPECT_EQ((std::vector<std::wstring>{L"b", L"a", L"c"}), rows.texts(0));
}

// spec: ST-221 ST-222
TEST_P(Containers, StreamsAreMadeAndReplaced) {
  const auto message = create_message(root_.get(), L"m");
  Ptr<IStream> stream;
  const auto open_stream = [&](ULONG flags) {
    Ptr<IUnknown> out;
    const HRESULT hr = message->OpenProperty(PR_BODY_W, &IID_IStream, STGM_READWRITE, flags, out.put());
    stream = Ptr<IStream>::adopt(static_cast<IStream*>(out.detach()));
    return hr;
  };
  EXPECT_EQ(MAPI_E_NOT_FOUND, open_stream(MAPI_MODIFY));
  ASSERT_EQ(S_OK, open_stream(MAPI_CREATE | MAPI_MODIFY));
  const std::wstring body(200000, L'x');
  ASSERT_EQ(S_OK, stream->Write(body.data(), static_cast<ULONG>(body.size() * sizeof(wchar_t)), nullptr));
  ASSERT_EQ(S_OK, stream->Commit(STGC_DEFAULT));
  stream.reset();
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const LONG large = get_long(message.get(), PR_MESSAGE_SIZE);
  EXPECT_GE(large, 200000);
  ASSERT_EQ(S_OK, open_stream(MAPI_CREATE | MAPI_MODIFY));
  stream.reset();
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(L"", get_text(message.get(), PR_BODY_W));
  EXPECT_LT(get_long(message.get(), PR_MESSAGE_SIZE), 10000);
}

CONFORMANCE_SUITE(Containers);

}  // namespace
}  // namespace conformance
