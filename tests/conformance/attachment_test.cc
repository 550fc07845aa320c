// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class Attachments : public StoreTest {
 protected:
  static Ptr<IAttach> create(IMessage* message, ULONG* number = nullptr) {
    ULONG ignored = 0;
    Ptr<IAttach> attachment;
    EXPECT_EQ(S_OK, message->CreateAttach(nullptr, 0, number ? number : &ignored, attachment.put()));
    return attachment;
  }
  static Ptr<IAttach> open_attach(IMessage* message, ULONG number, ULONG flags = MAPI_MODIFY) {
    Ptr<IAttach> attachment;
    EXPECT_EQ(S_OK, message->OpenAttach(number, nullptr, flags, attachment.put()));
    return attachment;
  }
  template <class I>
  static HRESULT open_object(IMAPIProp* object, ULONG tag, REFIID iid, ULONG flags, Ptr<I>& out, ULONG options = 0) {
    Ptr<IUnknown> unknown;
    const HRESULT hr = object->OpenProperty(tag, &iid, options, flags, unknown.put());
    out = Ptr<I>::adopt(static_cast<I*>(unknown.detach()));
    return hr;
  }
  static Ptr<IMAPITable> table_of(IMessage* message) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, message->GetAttachmentTable(MAPI_UNICODE, table.put()));
    return table;
  }
  static std::string read_all(IStream* stream) {
    std::string all(1 << 20, '\0');
    ULONG got = 0;
    EXPECT_TRUE(SUCCEEDED(stream->Read(all.data(), static_cast<ULONG>(all.size()), &got)));
    all.resize(got);
    return all;
  }
};

// spec: ST-303 ST-561 ST-566 ST-273 ST-470
TEST_P(Attachments, BeginWithoutData) {
  const auto message = create_message(root_.get(), L"m");
  ULONG first = 9, second = 9;
  const auto attachment = create(message.get(), &first);
  create(message.get(), &second);
  EXPECT_NE(first, second);
  EXPECT_EQ(static_cast<LONG>(first), get_long(attachment.get(), PR_ATTACH_NUM));
  EXPECT_EQ(LONG{NO_ATTACHMENT}, get_long(attachment.get(), PR_ATTACH_METHOD));
  EXPECT_EQ(-1, get_long(attachment.get(), PR_RENDERING_POSITION));
  EXPECT_EQ(MAPI_ATTACH, get_long(attachment.get(), PR_OBJECT_TYPE));
  EXPECT_EQ(MAPI_E_COMPUTED, set_long(attachment.get(), PR_OBJECT_TYPE, 1));
  EXPECT_EQ(MAPI_E_COMPUTED, set_binary(attachment.get(), PR_RECORD_KEY, "x"));
  EXPECT_EQ(S_OK, set_long(attachment.get(), PR_ATTACH_METHOD, ATTACH_BY_VALUE));
  EXPECT_EQ(S_OK, set_long(attachment.get(), PR_RENDERING_POSITION, 5));
}

// spec: ST-272 ST-302 ST-556 ST-278 ST-469 ST-457
// spec: IMessage::CreateAttach IMessage::GetAttachmentTable
TEST_P(Attachments, AreThereAfterBothSaves) {
  const auto message = create_message(root_.get(), L"m");
  ULONG number = 0;
  const auto table = table_of(message.get());
  {
    const auto attachment = create(message.get(), &number);
    ASSERT_EQ(S_OK, set_binary(attachment.get(), PR_ATTACH_DATA_BIN, "data"));
    ASSERT_EQ(S_OK, set_long(attachment.get(), PR_ATTACH_METHOD, ATTACH_BY_VALUE));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    EXPECT_EQ(0u, Rows(table.get(), {PR_ATTACH_NUM}).size());
    ASSERT_EQ(S_OK, attachment->SaveChanges(KEEP_OPEN_READWRITE));
    EXPECT_EQ(0u, Rows(table.get(), {PR_ATTACH_NUM}).size());
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    EXPECT_EQ(1u, Rows(table.get(), {PR_ATTACH_NUM}).size());
  }
  EXPECT_EQ(LONG{MSGFLAG_HASATTACH}, get_long(message.get(), PR_MESSAGE_FLAGS) & LONG{MSGFLAG_HASATTACH});
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  const std::string key = get_binary(open_attach(message.get(), number).get(), PR_RECORD_KEY);
  const auto contents_table = contents(root_.get());
  EXPECT_TRUE(Rows(contents_table.get(), {PR_HASATTACH}).at(0, 0).Value.b);
  const auto again = open_message(id);
  const auto attachment = open_attach(again.get(), number);
  EXPECT_EQ("data", get_binary(attachment.get(), PR_ATTACH_DATA_BIN));
  EXPECT_EQ(key, get_binary(attachment.get(), PR_RECORD_KEY));
  // spec: ST-274
  ASSERT_EQ(S_OK, again->DeleteAttach(number, 0, nullptr, 0));
  EXPECT_EQ(S_OK, [&] {
    Ptr<IAttach> other;
    return open_message(id, 0)->OpenAttach(number, nullptr, 0, other.put());
  }());
  ASSERT_EQ(S_OK, again->SaveChanges(KEEP_OPEN_READWRITE));
  Ptr<IAttach> gone;
  EXPECT_EQ(MAPI_E_NOT_FOUND, open_message(id, 0)->OpenAttach(number, nullptr, 0, gone.put()));
  EXPECT_EQ(0, get_long(again.get(), PR_MESSAGE_FLAGS) & LONG{MSGFLAG_HASATTACH});
}

// spec: ST-276
TEST_P(Attachments, AreReadOnlyUnlessOpenedForWriting) {
  const auto message = create_message(root_.get(), L"m");
  ULONG number = 0;
  ASSERT_EQ(S_OK, create(message.get(), &number)->SaveChanges(0));
  const auto attachment = open_attach(message.get(), number, 0);
  EXPECT_EQ(MAPI_E_NO_ACCESS, set_text(attachment.get(), PR_DISPLAY_NAME_W, L"x"));
}

// spec: ST-557 ST-555
TEST_P(Attachments, StandInTheOrderOfTheirPositions) {
  const auto message = create_message(root_.get(), L"m");
  for (const LONG position : {7, -1, 3}) {
    const auto attachment = create(message.get());
    ASSERT_EQ(S_OK, set_long(attachment.get(), PR_RENDERING_POSITION, position));
    ASSERT_EQ(S_OK, attachment->SaveChanges(0));
  }
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const auto table = table_of(message.get());
  const Rows rows(table.get(), {PR_RENDERING_POSITION, PR_ATTACH_NUM, PR_INSTANCE_KEY, PR_RECORD_KEY});
  ASSERT_EQ(3u, rows.size());
  EXPECT_EQ(-1, rows.at(0, 0).Value.l);
  EXPECT_EQ(3, rows.at(1, 0).Value.l);
  EXPECT_EQ(7, rows.at(2, 0).Value.l);
  for (ULONG column = 0; column < 4; ++column) EXPECT_NE(PT_ERROR, PROP_TYPE(rows.at(0, column).ulPropTag));
  // spec: ST-359
  BOOKMARK bookmark = 0;
  EXPECT_EQ(MAPI_E_NO_SUPPORT, table->CreateBookmark(&bookmark));
}

// spec: ST-226 ST-563 ST-225
TEST_P(Attachments, HoldMessages) {
  const auto message = create_message(root_.get(), L"outer");
  ULONG number = 0;
  {
    const auto attachment = create(message.get(), &number);
    Ptr<IMessage> inner;
    ASSERT_EQ(S_OK, open_object(attachment.get(), PR_ATTACH_DATA_OBJ, IID_IMessage, MAPI_CREATE | MAPI_MODIFY, inner));
    ASSERT_EQ(S_OK, set_text(inner.get(), PR_SUBJECT_W, L"inner"));
    ASSERT_EQ(S_OK, add_recipient(inner.get(), L"Ada"));
    const auto deeper = create(inner.get());
    ASSERT_EQ(S_OK, set_binary(deeper.get(), PR_ATTACH_DATA_BIN, std::string(100000, 'd')));
    ASSERT_EQ(S_OK, deeper->SaveChanges(0));
    ASSERT_EQ(S_OK, inner->SaveChanges(0));
    ASSERT_EQ(S_OK, attachment->SaveChanges(0));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    EXPECT_EQ(LONG{ATTACH_EMBEDDED_MSG}, get_long(attachment.get(), PR_ATTACH_METHOD));
  }
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  const auto change = [&](const wchar_t* subject) {
    const auto again = open_message(id);
    const auto attachment = open_attach(again.get(), number);
    Ptr<IMessage> inner;
    ASSERT_EQ(S_OK, open_object(attachment.get(), PR_ATTACH_DATA_OBJ, IID_IMessage, MAPI_MODIFY, inner));
    EXPECT_EQ(L"Ada", get_text(inner.get(), PR_DISPLAY_TO_W));
    ASSERT_EQ(S_OK, set_text(inner.get(), PR_SUBJECT_W, subject));
    ASSERT_EQ(S_OK, inner->SaveChanges(0));
    ASSERT_EQ(S_OK, attachment->SaveChanges(0));
    ASSERT_EQ(S_OK, again->SaveChanges(0));
  };
  change(L"changed");
  const auto reader = open_message(id, 0);
  const auto attachment = open_attach(reader.get(), number, 0);
  Ptr<IMessage> inner;
  ASSERT_EQ(S_OK, open_object(attachment.get(), PR_ATTACH_DATA_OBJ, IID_IMessage, 0, inner));
  EXPECT_EQ(L"changed", get_text(inner.get(), PR_SUBJECT_W));
  EXPECT_EQ(MAPI_E_NO_ACCESS, set_text(inner.get(), PR_SUBJECT_W, L"x"));
  EXPECT_EQ(1u, Rows(table_of(inner.get()).get(), {PR_ATTACH_NUM}).size());
  Ptr<IStream> stream;
  ASSERT_EQ(S_OK, open_object(open_attach(inner.get(), 0, 0).get(), PR_ATTACH_DATA_BIN, IID_IStream, 0, stream));
  EXPECT_EQ(std::string(100000, 'd'), read_all(stream.get()));
  Ptr<IStorage> storage;
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED,
            open_object(attachment.get(), PR_ATTACH_DATA_OBJ, IID_IStorage, 0, storage));
}

// spec: ST-726
TEST_P(Attachments, HoldStorages) {
  const auto message = create_message(root_.get(), L"m");
  ULONG number = 0;
  {
    const auto attachment = create(message.get(), &number);
    Ptr<IStorage> storage;
    ASSERT_EQ(S_OK,
              open_object(attachment.get(), PR_ATTACH_DATA_OBJ, IID_IStorage, MAPI_CREATE | MAPI_MODIFY, storage));
    Ptr<IStream> stream;
    ASSERT_EQ(S_OK, storage->CreateStream(L"Contents", STGM_READWRITE | STGM_SHARE_EXCLUSIVE | STGM_CREATE, 0, 0,
                                          stream.put()));
    ASSERT_EQ(S_OK, stream->Write("inside", 6, nullptr));
    ASSERT_EQ(S_OK, stream->Commit(STGC_DEFAULT));
    ASSERT_EQ(S_OK, storage->Commit(STGC_DEFAULT));
    stream.reset();
    storage.reset();
    ASSERT_EQ(S_OK, attachment->SaveChanges(0));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  }
  const auto reader = open_message(get_binary(message.get(), PR_ENTRYID), 0);
  const auto attachment = open_attach(reader.get(), number, 0);
  EXPECT_EQ(LONG{ATTACH_OLE}, get_long(attachment.get(), PR_ATTACH_METHOD));
  Ptr<IStorage> storage;
  ASSERT_EQ(S_OK, open_object(attachment.get(), PR_ATTACH_DATA_OBJ, IID_IStorage, 0, storage));
  Ptr<IStream> stream;
  ASSERT_EQ(S_OK, storage->OpenStream(L"Contents", nullptr, STGM_READ | STGM_SHARE_EXCLUSIVE, 0, stream.put()));
  EXPECT_EQ("inside", read_all(stream.get()));
  Ptr<IStream> plain;
  EXPECT_EQ(MAPI_E_NOT_FOUND, open_object(attachment.get(), PR_ATTACH_DATA_BIN, IID_IStream, 0, plain));
}

// spec: ST-560
TEST_P(Attachments, ShowInTheListOfProperties) {
  const auto message = create_message(root_.get(), L"m");
  LPSPropTagArray tags = nullptr;
  ASSERT_EQ(S_OK, message->GetPropList(MAPI_UNICODE, &tags));
  const auto has = [&](ULONG tag) { return std::count(tags->aulPropTag, tags->aulPropTag + tags->cValues, tag) == 1; };
  EXPECT_TRUE(has(PR_MESSAGE_ATTACHMENTS));
  EXPECT_TRUE(has(PR_MESSAGE_RECIPIENTS));
  MAPIFreeBuffer(tags);
  Ptr<IMAPITable> table;
  EXPECT_EQ(S_OK, open_object(message.get(), PR_MESSAGE_ATTACHMENTS, IID_IMAPITable, 0, table));
}

TEST_P(Attachments, ForceSaveBringsBackWhatTheOtherDeleted) {
  const auto message = create_message(root_.get(), L"m");
  ULONG number = 0;
  {
    const auto attachment = create(message.get(), &number);
    ASSERT_EQ(S_OK, set_binary(attachment.get(), PR_ATTACH_DATA_BIN, "data"));
    ASSERT_EQ(S_OK, attachment->SaveChanges(0));
  }
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  const auto keeper = open_message(id), deleter = open_message(id);
  EXPECT_EQ("data", get_binary(open_attach(keeper.get(), number).get(), PR_ATTACH_DATA_BIN));
  ASSERT_EQ(S_OK, deleter->DeleteAttach(number, 0, nullptr, 0));
  ASSERT_EQ(S_OK, deleter->SaveChanges(0));
  ASSERT_EQ(S_OK, set_text(keeper.get(), PR_SUBJECT_W, L"n"));
  ASSERT_EQ(MAPI_E_OBJECT_CHANGED, keeper->SaveChanges(KEEP_OPEN_READWRITE));
  ASSERT_EQ(S_OK, keeper->SaveChanges(FORCE_SAVE | KEEP_OPEN_READWRITE));
  EXPECT_EQ("data", get_binary(open_attach(open_message(id, 0).get(), number, 0).get(), PR_ATTACH_DATA_BIN));
}

CONFORMANCE_SUITE(Attachments);

}  // namespace
}  // namespace conformance
