// SPDX-License-Identifier: Apache-2.0
// The methods of IMAPIProp on the objects of a store, as a client uses them. Pages: imapiprop-getprops,
// imapiprop-setprops, imapiprop-openproperty, imapiprop-savechanges.
#include <extraconstants.h>

#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class PropMethods : public StoreTest {
 protected:
  static Ptr<IStream> open_stream(IMAPIProp* object, ULONG tag, ULONG flags = MAPI_MODIFY) {
    Ptr<IUnknown> out;
    EXPECT_EQ(S_OK, object->OpenProperty(tag, &IID_IStream, STGM_READWRITE, flags, out.put()));
    return Ptr<IStream>::adopt(static_cast<IStream*>(out.detach()));
  }
  static HRESULT write(IStream* stream, const std::string& bytes) {
    ULONG done = 0;
    const HRESULT hr = stream->Write(bytes.data(), static_cast<ULONG>(bytes.size()), &done);
    EXPECT_EQ(bytes.size(), done);
    return hr;
  }
  static std::string read_all(IMAPIProp* object, ULONG tag) {
    const auto stream = open_stream(object, tag, 0);
    std::string all(1 << 20, '\0');
    ULONG got = 0;
    EXPECT_TRUE(SUCCEEDED(stream->Read(all.data(), static_cast<ULONG>(all.size()), &got)));
    all.resize(got);
    return all;
  }
};

// spec: ST-173
TEST_P(PropMethods, MultivaluedPropertiesHaveValues) {
  constexpr ULONG kTag = PROP_TAG(PT_MV_LONG, 0x6613);
  const auto message = create_message(root_.get(), L"m");
  for (IMAPIProp* object : {static_cast<IMAPIProp*>(message.get()), static_cast<IMAPIProp*>(root_.get())}) {
    SPropValue empty{};
    empty.ulPropTag = kTag;
    EXPECT_EQ(MAPI_E_INVALID_PARAMETER, object->SetProps(1, &empty, nullptr));
    EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(object, kTag));
    ULONG count = 0;
    LPSPropValue all = nullptr;
    ASSERT_TRUE(SUCCEEDED(object->GetProps(nullptr, MAPI_UNICODE, &count, &all)));
    for (ULONG i = 0; i < count; ++i) {
      if ((PROP_TYPE(all[i].ulPropTag) & MV_FLAG) && PROP_TYPE(all[i].ulPropTag) != PT_ERROR) {
        EXPECT_NE(0u, all[i].Value.MVl.cValues) << std::hex << all[i].ulPropTag;
      }
    }
    MAPIFreeBuffer(all);
  }
}

// spec: ST-175
TEST_P(PropMethods, ArraysAreFreedAfterSuccessAndWarning) {
  SizedSPropTagArray(2, tags) = {2, {PR_FOLDER_TYPE, PR_BODY_W}};
  auto* wanted = reinterpret_cast<LPSPropTagArray>(&tags);
  ULONG count = 0;
  LPSPropValue values = nullptr;
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, root_->GetProps(wanted, 0x10, &count, &values));
  EXPECT_EQ(nullptr, values);  // nothing to free
  EXPECT_EQ(MAPI_W_ERRORS_RETURNED, root_->GetProps(wanted, 0, &count, &values));
  EXPECT_EQ(2u, count);
  EXPECT_EQ(0u, MAPIFreeBuffer(values));
  tags.cValues = 1;
  EXPECT_EQ(S_OK, root_->GetProps(wanted, 0, &count, &values));
  EXPECT_EQ(0u, MAPIFreeBuffer(values));
}

// What is wrong is told at once here, not later.
// spec: ST-187
TEST_P(PropMethods, ErrorsOfSetPropsAreToldAtOnce) {
  const auto message = create_message(root_.get(), L"m");
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  SPropValue values[2]{};
  values[0].ulPropTag = PR_MESSAGE_SIZE;
  values[1].ulPropTag = PR_BODY_W;
  values[1].Value.lpszW = const_cast<wchar_t*>(L"body");
  LPSPropProblemArray problems = nullptr;
  ASSERT_EQ(S_OK, message->SetProps(2, values, &problems));
  ASSERT_NE(nullptr, problems);
  ASSERT_EQ(1u, problems->cProblem);
  EXPECT_EQ(0u, problems->aProblem[0].ulIndex);
  EXPECT_EQ(MAPI_E_COMPUTED, problems->aProblem[0].scode);
  MAPIFreeBuffer(problems);
  EXPECT_EQ(L"body", get_text(message.get(), PR_BODY_W));
  EXPECT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(L"body", get_text(message.get(), PR_BODY_W));
}

// spec: ST-193
TEST_P(PropMethods, DeletePropsGivesProblemsWithSuccessOnly) {
  const std::string id = add_message(root_.get(), L"m");
  SizedSPropTagArray(2, tags) = {2, {PR_MESSAGE_SIZE, PR_SUBJECT_W}};
  auto* gone = reinterpret_cast<LPSPropTagArray>(&tags);
  LPSPropProblemArray problems = nullptr;
  EXPECT_EQ(MAPI_E_NO_ACCESS, open_message(id, 0)->DeleteProps(gone, &problems));
  EXPECT_EQ(nullptr, problems);
  const auto message = open_message(id);
  ASSERT_EQ(S_OK, message->DeleteProps(gone, &problems));
  ASSERT_NE(nullptr, problems);
  ASSERT_EQ(1u, problems->cProblem);
  EXPECT_EQ(PR_MESSAGE_SIZE, problems->aProblem[0].ulPropTag);
  EXPECT_EQ(MAPI_E_COMPUTED, problems->aProblem[0].scode);
  MAPIFreeBuffer(problems);
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(message.get(), PR_SUBJECT_W));
  EXPECT_EQ(S_OK, message->DeleteProps(gone, nullptr));
}

// The last one to commit has it.
// spec: ST-228
TEST_P(PropMethods, APropertyOpenTwiceHarmsNobody) {
  const auto message = create_message(root_.get(), L"m");
  ASSERT_EQ(S_OK, set_binary(message.get(), PR_ATTACH_DATA_BIN, "old"));
  {
    const auto one = open_stream(message.get(), PR_ATTACH_DATA_BIN);
    const auto two = open_stream(message.get(), PR_ATTACH_DATA_BIN);
    ASSERT_EQ(S_OK, write(one.get(), "first"));
    ASSERT_EQ(S_OK, write(two.get(), "second"));
    ASSERT_EQ(S_OK, one->Commit(STGC_DEFAULT));
    ASSERT_EQ(S_OK, two->Commit(STGC_DEFAULT));
  }
  const std::string after = read_all(message.get(), PR_ATTACH_DATA_BIN);
  EXPECT_TRUE(after == "first" || after == "second") << after;
  EXPECT_EQ(S_OK, message->SaveChanges(0));
}

// A client changes what it has open as a stream by the stream alone, seeks to its beginning and sizes it to nothing
// only, and makes it longer by writing.
// spec: ST-229 ST-230 ST-231
TEST_P(PropMethods, StreamsAreEnoughToReplaceAndExtendAProperty) {
  const auto message = create_message(root_.get(), L"m");
  ASSERT_EQ(S_OK, set_binary(message.get(), PR_ATTACH_DATA_BIN, "something old and longer"));
  const LARGE_INTEGER begin{};
  const ULARGE_INTEGER nothing{};
  {
    const auto stream = open_stream(message.get(), PR_ATTACH_DATA_BIN);
    ASSERT_EQ(S_OK, write(stream.get(), "draft"));
    ASSERT_EQ(S_OK, stream->Seek(begin, STREAM_SEEK_SET, nullptr));
    ASSERT_EQ(S_OK, stream->SetSize(nothing));
    ASSERT_EQ(S_OK, write(stream.get(), "new"));
    ASSERT_EQ(S_OK, stream->Commit(STGC_DEFAULT));
  }
  EXPECT_EQ("new", get_binary(message.get(), PR_ATTACH_DATA_BIN));
  const std::string piece(30000, 'p');
  {
    const auto stream = open_stream(message.get(), PR_ATTACH_DATA_BIN);
    ASSERT_EQ(S_OK, stream->Seek(begin, STREAM_SEEK_END, nullptr));
    for (int i = 0; i < 5; ++i) ASSERT_EQ(S_OK, write(stream.get(), piece));
    ASSERT_EQ(S_OK, stream->Commit(STGC_DEFAULT));
  }
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_TRUE(read_all(open_message(get_binary(message.get(), PR_ENTRYID), 0).get(), PR_ATTACH_DATA_BIN) ==
              "new" + piece + piece + piece + piece + piece);
}

// spec: ST-240
TEST_P(PropMethods, MessagesAndAttachmentsAreTransactedOtherObjectsAreNot) {
  const std::string id = add_message(root_.get(), L"m");
  const auto message = open_message(id);
  ULONG number = 0;
  Ptr<IAttach> attachment, seen;
  ASSERT_EQ(S_OK, message->CreateAttach(nullptr, 0, &number, attachment.put()));
  ASSERT_EQ(S_OK, attachment->SaveChanges(KEEP_OPEN_READWRITE));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  ASSERT_EQ(S_OK, set_text(message.get(), PR_COMMENT_W, L"new"));
  ASSERT_EQ(S_OK, set_text(attachment.get(), PR_COMMENT_W, L"new"));
  const auto comment_of_attachment = [&] {
    const auto other = open_message(id, 0);
    EXPECT_EQ(S_OK, other->OpenAttach(number, nullptr, 0, seen.put()));
    return get_text(seen.get(), PR_COMMENT_W);
  };
  EXPECT_EQ(L"no text", get_text(open_message(id, 0).get(), PR_COMMENT_W));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(L"new", get_text(open_message(id, 0).get(), PR_COMMENT_W));
  EXPECT_EQ(L"no text", comment_of_attachment());
  ASSERT_EQ(S_OK, attachment->SaveChanges(KEEP_OPEN_READWRITE));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(L"new", comment_of_attachment());

  const auto folder = create_folder(root_.get(), L"Folder");
  const auto same = open<IMAPIFolder>(get_binary(folder.get(), PR_ENTRYID), IID_IMAPIFolder);
  MAPIUID uid{};
  uid.ab[0] = 7;
  Ptr<IProfSect> section, again;
  ASSERT_EQ(S_OK, session_->OpenProfileSection(&uid, nullptr, MAPI_MODIFY, section.put()));
  const auto store = open_store(session_.get(), MDB_WRITE | MDB_NO_DIALOG);
  const std::pair<IMAPIProp*, IMAPIProp*> objects[] = {{folder.get(), same.get()}, {store_.get(), store.get()}};
  for (const auto& [changed, other] : objects) {
    ASSERT_EQ(S_OK, set_text(changed, PR_COMMENT_W, L"at once"));
    EXPECT_EQ(L"at once", get_text(other, PR_COMMENT_W));
    EXPECT_EQ(S_OK, changed->SaveChanges(0));
  }
  ASSERT_EQ(S_OK, set_text(section.get(), PROP_TAG(PT_UNICODE, 0x6600), L"at once"));
  section.reset();  // unsaved; one at a time has it open for writing
  ASSERT_EQ(S_OK, session_->OpenProfileSection(&uid, nullptr, MAPI_MODIFY, again.put()));
  EXPECT_EQ(L"at once", get_text(again.get(), PROP_TAG(PT_UNICODE, 0x6600)));
  EXPECT_EQ(S_OK, again->SaveChanges(0));
}

// A message is listed from its first save on, has its id from then on, and stays open for reading and writing whatever
// the flags are.
// spec: ST-243 ST-244 ST-245 ST-246 ST-096
TEST_P(PropMethods, ANewMessageIsThereOnceSaved) {
  const auto message = create_message(root_.get(), L"1");
  const auto table = contents(root_.get());
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(message.get(), PR_ENTRYID));
  EXPECT_EQ(0u, Rows(table.get(), {PR_SUBJECT_W}).size());
  for (const ULONG flags : {ULONG{0}, SPAMFILTER_ONSAVE | NON_EMS_XP_SAVE, KEEP_OPEN_READONLY, MAPI_DEFERRED_ERRORS}) {
    const std::wstring subject = std::to_wstring(flags);
    ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, subject)) << flags;
    ASSERT_EQ(S_OK, message->SaveChanges(flags)) << flags;
    const Rows rows(table.get(), {PR_SUBJECT_W, PR_ENTRYID});
    ASSERT_EQ(1u, rows.size());
    EXPECT_EQ(subject, rows.text(0, 0));
    EXPECT_EQ(get_binary(message.get(), PR_ENTRYID), Values::binary(rows.at(0, 1)));
  }
}

CONFORMANCE_SUITE(PropMethods);

}  // namespace
}  // namespace conformance
