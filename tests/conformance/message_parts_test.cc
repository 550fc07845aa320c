// SPDX-License-Identifier: Apache-2.0
// Recipients, attachments and submission as a client uses them. Pages: imessageimapiprop, imessage-modifyrecipients,
// imessage-deleteattach, imessage-openattach, imessage-getattachmenttable, imessage-submitmessage,
// imsgstore-abortsubmit.
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class MessageParts : public StoreTest {
 protected:
  // An entry id for an address, as the address book makes it for one that is in no address book.
  std::string one_off(const wchar_t* name, const wchar_t* address) {
    Ptr<IAddrBook> book;
    EXPECT_TRUE(SUCCEEDED(session_->OpenAddressBook(0, nullptr, AB_NO_DIALOG, book.put())));
    ULONG size = 0;
    LPENTRYID id = nullptr;
    EXPECT_EQ(S_OK, book->CreateOneOff(text(name), text(L"SMTP"), text(address), MAPI_UNICODE, &size, &id));
    std::string bytes(reinterpret_cast<char*>(id), size);
    MAPIFreeBuffer(id);
    return bytes;
  }
  static HRESULT add(IMessage* message, std::vector<SPropValue> values) {
    ADRLIST list{};
    list.cEntries = 1;
    list.aEntries[0].cValues = static_cast<ULONG>(values.size());
    list.aEntries[0].rgPropVals = values.data();
    return message->ModifyRecipients(MODRECIP_ADD, &list);
  }
  static SPropValue value(ULONG tag, const wchar_t* text) {
    SPropValue prop{};
    prop.ulPropTag = tag;
    prop.Value.lpszW = const_cast<wchar_t*>(text);
    return prop;
  }
  static SPropValue value(ULONG tag, LONG number) {
    SPropValue prop{};
    prop.ulPropTag = tag;
    prop.Value.l = number;
    return prop;
  }
  static SPropValue value(ULONG tag, std::string& bytes) {
    SPropValue prop{};
    prop.ulPropTag = tag;
    prop.Value.bin = {static_cast<ULONG>(bytes.size()), reinterpret_cast<LPBYTE>(bytes.data())};
    return prop;
  }
  static Ptr<IMAPITable> recipients(IMessage* message) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, message->GetRecipientTable(MAPI_UNICODE, table.put()));
    return table;
  }
  static Ptr<IAttach> attach(IMessage* message, ULONG* number) {
    Ptr<IAttach> attachment;
    EXPECT_EQ(S_OK, message->CreateAttach(nullptr, 0, number, attachment.put()));
    return attachment;
  }
};

// spec: ST-271 ST-289
// spec: IMessage::GetRecipientTable
TEST_P(MessageParts, RecipientsAreUnresolvedOrResolved) {
  std::string id = one_off(L"Bob", L"bob@example.org");
  const auto message = create_message(root_.get(), L"m");
  ASSERT_EQ(S_OK, add(message.get(), {value(PR_DISPLAY_NAME_W, L"Ada"), value(PR_RECIPIENT_TYPE, MAPI_TO)}));
  ASSERT_EQ(S_OK, add(message.get(), {value(PR_DISPLAY_NAME_W, L"Bob"), value(PR_RECIPIENT_TYPE, MAPI_CC),
                                      value(PR_ADDRTYPE_W, L"SMTP"), value(PR_ENTRYID, id)}));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const auto again = open_message(get_binary(message.get(), PR_ENTRYID), 0);
  const auto table = recipients(again.get());
  const Rows rows(table.get(),
                  {PR_DISPLAY_NAME_W, PR_RECIPIENT_TYPE, PR_ADDRTYPE_W, PR_ENTRYID, PR_DISPLAY_TYPE, PR_OBJECT_TYPE});
  ASSERT_EQ(2u, rows.size());
  EXPECT_EQ((std::vector<std::wstring>{L"Ada", L"Bob"}), rows.texts(0));
  EXPECT_EQ(MAPI_TO, rows.at(0, 1).Value.l);
  EXPECT_EQ(MAPI_CC, rows.at(1, 1).Value.l);
  EXPECT_EQ(PT_ERROR, PROP_TYPE(rows.at(0, 2).ulPropTag));
  EXPECT_EQ(PT_ERROR, PROP_TYPE(rows.at(0, 3).ulPropTag));
  EXPECT_EQ(L"SMTP", rows.text(1, 2));
  EXPECT_EQ(id, Values::binary(rows.at(1, 3)));
  EXPECT_EQ(DT_MAILUSER, rows.at(1, 4).Value.l);
  EXPECT_EQ(MAPI_MAILUSER, rows.at(1, 5).Value.l);
}

// spec: ST-275
TEST_P(MessageParts, AnAttachmentIsReleasedBeforeItIsDeleted) {
  const auto message = create_message(root_.get(), L"m");
  ULONG number = 0;
  {
    const auto attachment = attach(message.get(), &number);
    Ptr<IUnknown> stream;
    ASSERT_EQ(S_OK, attachment->OpenProperty(PR_ATTACH_DATA_BIN, &IID_IStream, STGM_READWRITE,
                                             MAPI_CREATE | MAPI_MODIFY, stream.put()));
    ASSERT_EQ(S_OK, static_cast<IStream*>(stream.get())->Write("data", 4, nullptr));
    ASSERT_EQ(S_OK, static_cast<IStream*>(stream.get())->Commit(STGC_DEFAULT));
    stream.reset();
    ASSERT_EQ(S_OK, attachment->SaveChanges(0));
  }
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  ASSERT_EQ(S_OK, message->DeleteAttach(number, 0, nullptr, 0));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  Ptr<IAttach> gone;
  EXPECT_EQ(MAPI_E_NOT_FOUND, message->OpenAttach(number, nullptr, 0, gone.put()));
  EXPECT_EQ(MAPI_E_NOT_FOUND, message->DeleteAttach(number, 0, nullptr, 0));
}

// Both see the same here.
// spec: ST-277
TEST_P(MessageParts, AnAttachmentOpenTwiceHarmsNobody) {
  const auto message = create_message(root_.get(), L"m");
  ULONG number = 0;
  ASSERT_EQ(S_OK, attach(message.get(), &number)->SaveChanges(0));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  Ptr<IAttach> one, two;
  ASSERT_EQ(S_OK, message->OpenAttach(number, nullptr, MAPI_MODIFY, one.put()));
  ASSERT_EQ(S_OK, message->OpenAttach(number, nullptr, MAPI_MODIFY, two.put()));
  ASSERT_EQ(S_OK, set_text(one.get(), PR_DISPLAY_NAME_W, L"one"));
  EXPECT_EQ(L"one", get_text(two.get(), PR_DISPLAY_NAME_W));
  one.reset();
  ASSERT_EQ(S_OK, two->SaveChanges(0));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  ASSERT_EQ(S_OK, message->OpenAttach(number, nullptr, 0, one.put()));
  EXPECT_EQ(L"one", get_text(one.get(), PR_DISPLAY_NAME_W));
}

// spec: ST-279
TEST_P(MessageParts, AttachmentTablesHaveTheWidthAskedFor) {
  const auto message = create_message(root_.get(), L"m");
  ULONG number = 0;
  const auto attachment = attach(message.get(), &number);
  ASSERT_EQ(S_OK, set_text(attachment.get(), PR_DISPLAY_NAME_W, L"name"));
  ASSERT_EQ(S_OK, attachment->SaveChanges(0));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  for (const ULONG flags : {ULONG{0}, MAPI_UNICODE}) {
    const ULONG tag = flags ? PR_DISPLAY_NAME_W : PR_DISPLAY_NAME_A;
    Ptr<IMAPITable> table;
    ASSERT_EQ(S_OK, message->GetAttachmentTable(flags, table.put()));
    LPSPropTagArray columns = nullptr;
    ASSERT_EQ(S_OK, table->QueryColumns(0, &columns));
    EXPECT_EQ(1, std::count(columns->aulPropTag, columns->aulPropTag + columns->cValues, tag));
    MAPIFreeBuffer(columns);
    LPSRowSet rows = nullptr;
    ASSERT_EQ(S_OK, table->QueryRows(1, 0, &rows));
    const SRow& row = rows->aRow[0];
    EXPECT_EQ(1, std::count_if(row.lpProps, row.lpProps + row.cValues,
                               [&](const SPropValue& prop) { return prop.ulPropTag == tag; }));
    FreeProws(rows);
    SizedSSortOrderSet(1, order) = {1, 0, 0, {{tag, TABLE_SORT_ASCEND}}};
    ASSERT_EQ(S_OK, table->SortTable(reinterpret_cast<LPSSortOrderSet>(&order), 0));
    LPSSortOrderSet sorted = nullptr;
    ASSERT_EQ(S_OK, table->QuerySortOrder(&sorted));
    ASSERT_EQ(1u, sorted->cSorts);
    EXPECT_EQ(tag, sorted->aSort[0].ulPropTag);
    MAPIFreeBuffer(sorted);
  }
}

// MAPI is asked to prepare a message that is sent again: who has it already is not served again.
// spec: ST-297
TEST_P(MessageParts, AResentMessageIsPrepared) {
  for (const bool again : {false, true}) {
    const auto message = create_message(root_.get(), L"m");
    if (again) {
      ASSERT_EQ(S_OK, set_long(message.get(), PR_MESSAGE_FLAGS, MSGFLAG_UNSENT | MSGFLAG_RESEND));
    }
    ASSERT_EQ(S_OK, add_recipient(message.get(), L"served", LONG{MAPI_TO} | static_cast<LONG>(MAPI_SUBMITTED)));
    ASSERT_EQ(S_OK, add_recipient(message.get(), L"missed", MAPI_TO));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    const std::string id = get_binary(message.get(), PR_ENTRYID);
    ASSERT_EQ(S_OK, message->SubmitMessage(0));
    const auto sent = open_message(id, 0);
    const auto table = recipients(sent.get());
    const Rows rows(table.get(), {PR_DISPLAY_NAME_W, PR_RECIPIENT_TYPE, PR_RESPONSIBILITY});
    ASSERT_EQ(2u, rows.size());
    const LONG submitted = static_cast<LONG>(MAPI_SUBMITTED);
    EXPECT_EQ(again ? LONG{MAPI_TO} : LONG{MAPI_TO} | submitted, rows.at(0, 1).Value.l);
    EXPECT_EQ(again ? LONG{MAPI_P1} : LONG{MAPI_TO}, rows.at(1, 1).Value.l);
  }
}

// spec: ST-010
// spec: IMessage::SubmitMessage IMsgStore::AbortSubmit
TEST_P(MessageParts, ASubmittedMessageCanOnlyBeTakenBack) {
  const auto folder = create_folder(root_.get(), L"Folder"), other = create_folder(root_.get(), L"Other");
  const auto message = create_message(folder.get(), L"m");
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada@example.org"));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  std::string id = get_binary(message.get(), PR_ENTRYID);
  ASSERT_EQ(S_OK, message->SubmitMessage(0));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, message->SaveChanges(0));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, message->SetReadFlag(0));
  open_message(id, MAPI_MODIFY, MAPI_E_SUBMITTED);
  Entries list({id});
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, folder->DeleteMessages(list.get(), 0, nullptr, 0));
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION,
            folder->CopyMessages(list.get(), nullptr, other.get(), 0, nullptr, MESSAGE_MOVE));
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, folder->SetReadFlags(list.get(), 0, nullptr, 0));
  EXPECT_EQ(1, get_long(folder.get(), PR_CONTENT_COUNT));
  EXPECT_EQ(1, get_long(folder.get(), PR_CONTENT_UNREAD));
  ASSERT_EQ(S_OK, store_->AbortSubmit(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), 0));
  EXPECT_EQ(S_OK, set_text(open_message(id).get(), PR_SUBJECT_W, L"again"));
  EXPECT_EQ(S_OK, folder->DeleteMessages(list.get(), 0, nullptr, 0));
}

CONFORMANCE_SUITE(MessageParts);

}  // namespace
}  // namespace conformance
