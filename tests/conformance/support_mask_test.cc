// SPDX-License-Identifier: Apache-2.0
// PR_STORE_SUPPORT_MASK: a bit is set where the feature works, and clear where it is refused. And who may do what with
// an object or a property. Pages: pidtagstoresupportmask-canonical-property, message-store-features,
// pidtagaccess-canonical-property, permissions-for-mapi-objects-and-properties, folder-associated-information-tables.
#include <edkmdb.h>
#include <extraconstants.h>
#include <mapiextra.h>

#include "tests/conformance/testing/more_values.h"

namespace conformance {
namespace {

class SupportMask : public StoreTest {
 protected:
  bool has(LONG bits) { return (get_long(store_.get(), PR_STORE_SUPPORT_MASK) & bits) == bits; }
  // The same store, opened without MDB_WRITE by a session of its own.
  Client read_only() {
    Client client;
    EXPECT_EQ(S_OK, MAPILogonEx(0, reinterpret_cast<LPTSTR>(const_cast<char*>("Test")), nullptr,
                                MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL | MAPI_EXPLICIT_PROFILE,
                                client.session.put()));
    client.store = open_store(client.session.get(), MDB_NO_DIALOG | MDB_NO_MAIL);
    client.root = open_root(client.store.get(), 0);
    return client;
  }
};

// spec: ST-431 ST-482
TEST_P(SupportMask, EntryIdsAreNeverUsedAgain) {
  ASSERT_TRUE(has(STORE_ENTRYID_UNIQUE));
  std::set<std::string> ids;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 20; ++i) {
      const std::string message = add_message(root_.get(), L"m");
      EXPECT_TRUE(ids.insert(message).second);
      EXPECT_EQ(S_OK, root_->DeleteMessages(Entries({message}).get(), 0, nullptr, 0));
      const std::string folder = get_binary(create_folder(root_.get(), L"f").get(), PR_ENTRYID);
      EXPECT_TRUE(ids.insert(folder).second);
      EXPECT_EQ(S_OK, root_->DeleteFolder(size_of(folder), entry(folder), 0, nullptr, 0));
    }
    restart();
  }
}

// spec: ST-433 ST-440
TEST_P(SupportMask, SearchModifyCreate) {
  ASSERT_TRUE(has(STORE_SEARCH_OK | STORE_MODIFY_OK | STORE_CREATE_OK));
  // The store is none of the special kinds.
  for (const LONG bit : {STORE_PUBLIC_FOLDERS, STORE_ITEMPROC, STORE_PUSHER_OK, STORE_RULES_OK, STORE_READONLY}) {
    EXPECT_FALSE(has(bit)) << std::hex << bit;
  }
  const std::string id = add_message(root_.get(), L"created");
  {
    const auto message = open_message(id);
    ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"modified"));
    ASSERT_EQ(S_OK, message->SaveChanges(0));
  }
  const auto search = create_folder(root_.get(), L"search", FOLDER_SEARCH);
  Compare modified(RELOP_EQ, text_prop(PR_SUBJECT_W, L"modified"));
  ASSERT_EQ(S_OK, search->SetSearchCriteria(modified.get(), Entries({get_binary(root_.get(), PR_ENTRYID)}).get(), 0));
  EXPECT_EQ(1u, row_count(contents(search.get()).get()));
  // A store open for reading neither has the bits nor lets one.
  Client reader = read_only();
  const LONG mask = get_long(reader.store.get(), PR_STORE_SUPPORT_MASK);
  EXPECT_EQ(LONG{STORE_READONLY}, mask & LONG{STORE_READONLY | STORE_MODIFY_OK | STORE_CREATE_OK | STORE_SUBMIT_OK});
  Ptr<IMessage> refused;
  EXPECT_EQ(MAPI_E_NO_ACCESS, reader.root->CreateMessage(nullptr, 0, refused.put()));
  Ptr<IUnknown> out;
  ULONG type = 0;
  EXPECT_EQ(MAPI_E_NO_ACCESS, reader.store->OpenEntry(size_of(id), entry(id), nullptr, MAPI_MODIFY, &type, out.put()));
  close(reader);
}

// spec: ST-434 ST-429 ST-606 ST-613 ST-712
TEST_P(SupportMask, AttachOleSubmitNotify) {
  ASSERT_TRUE(has(STORE_ATTACH_OK | STORE_OLE_OK | STORE_SUBMIT_OK | STORE_NOTIFY_OK));
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, store_->Advise(0, nullptr, fnevObjectCreated, &sink, &connection));
  const auto message = create_message(root_.get(), L"m");
  ULONG number = 0;
  {
    Ptr<IAttach> attachment;
    ASSERT_EQ(S_OK, message->CreateAttach(nullptr, 0, &number, attachment.put()));
    const auto storage = open_property<IStorage>(attachment.get(), PR_ATTACH_DATA_OBJ, IID_IStorage, STGM_READWRITE,
                                                 MAPI_CREATE | MAPI_MODIFY);
    Ptr<IStream> part;
    ASSERT_EQ(S_OK,
              storage->CreateStream(L"part", STGM_READWRITE | STGM_SHARE_EXCLUSIVE | STGM_CREATE, 0, 0, part.put()));
    ASSERT_EQ(S_OK, part->Write("inside", 6, nullptr));
    part.reset();
    ASSERT_EQ(S_OK, storage->Commit(STGC_DEFAULT));
    ASSERT_EQ(S_OK, attachment->SaveChanges(0));
  }
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  EXPECT_EQ(id, sink.wait_for(fnevObjectCreated).object);
  ASSERT_EQ(S_OK, store_->Unadvise(connection));
  {
    const auto again = open_message(id, 0);
    Ptr<IAttach> attachment;
    ASSERT_EQ(S_OK, again->OpenAttach(number, nullptr, 0, attachment.put()));
    EXPECT_EQ(LONG{ATTACH_OLE}, get_long(attachment.get(), PR_ATTACH_METHOD));
    const auto storage = open_property<IStorage>(attachment.get(), PR_ATTACH_DATA_OBJ, IID_IStorage, STGM_READ, 0);
    Ptr<IStream> part;
    ASSERT_EQ(S_OK, storage->OpenStream(L"part", nullptr, STGM_READ | STGM_SHARE_EXCLUSIVE, 0, part.put()));
    EXPECT_EQ("inside", read_stream(part.get()));
  }
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada@x"));
  ASSERT_EQ(S_OK, message->SubmitMessage(0));
  EXPECT_EQ(LONG{MSGFLAG_SUBMIT}, get_long(open_message(id, 0).get(), PR_MESSAGE_FLAGS) & LONG{MSGFLAG_SUBMIT});
}

// spec: ST-436
TEST_P(SupportMask, CategorizeRestrictSort) {
  ASSERT_TRUE(has(STORE_CATEGORIZE_OK | STORE_RESTRICTION_OK | STORE_SORT_OK));
  const auto folder = create_folder(root_.get(), L"f");
  for (const wchar_t* subject : {L"b", L"a", L"b"}) add_message(folder.get(), subject);
  const auto table = contents(folder.get());
  ASSERT_EQ(S_OK, sort_by(table.get(), PR_SUBJECT_W, TABLE_SORT_DESCEND));
  EXPECT_EQ((std::vector<std::wstring>{L"b", L"b", L"a"}), Rows(table.get(), {PR_SUBJECT_W}).texts(0));
  Compare only_b(RELOP_EQ, text_prop(PR_SUBJECT_W, L"b"));
  ASSERT_EQ(S_OK, table->Restrict(only_b.get(), 0));
  EXPECT_EQ(2u, row_count(table.get()));
  ASSERT_EQ(S_OK, table->Restrict(nullptr, 0));
  SizedSSortOrderSet(1, categories) = {1, 1, 1, {{PR_SUBJECT_W, TABLE_SORT_ASCEND}}};
  ASSERT_EQ(S_OK, table->SortTable(reinterpret_cast<LPSSortOrderSet>(&categories), 0));
  const Rows rows(table.get(), {PR_ROW_TYPE, PR_SUBJECT_W});
  ASSERT_EQ(5u, rows.size());  // two headings, three messages
  EXPECT_EQ(LONG{TBL_EXPANDED_CATEGORY}, rows.at(0, 0).Value.l);
  EXPECT_EQ(LONG{TBL_LEAF_ROW}, rows.at(1, 0).Value.l);
}

// spec: ST-437 ST-678
TEST_P(SupportMask, RtfAndBodyAreKeptInStep) {
  ASSERT_TRUE(has(STORE_RTF_OK));
  const auto message = create_message(root_.get(), L"m");
  const auto write_rtf = [&](const std::string& rtf) {
    const auto compressed = open_property<IStream>(message.get(), PR_RTF_COMPRESSED, IID_IStream, STGM_READWRITE,
                                                   MAPI_CREATE | MAPI_MODIFY);
    Ptr<IStream> plain;
    ASSERT_EQ(S_OK, WrapCompressedRTFStream(compressed.get(), MAPI_MODIFY, plain.put()));
    ASSERT_EQ(S_OK, plain->Write(rtf.data(), size_of(rtf), nullptr));
    ASSERT_EQ(S_OK, plain->Commit(STGC_DEFAULT));
    plain.reset();
    ASSERT_EQ(S_OK, compressed->Commit(STGC_DEFAULT));
  };
  const auto read_rtf = [&] {
    const auto compressed = open_property<IStream>(message.get(), PR_RTF_COMPRESSED, IID_IStream, 0, 0);
    Ptr<IStream> plain;
    EXPECT_EQ(S_OK, WrapCompressedRTFStream(compressed.get(), 0, plain.put()));
    return read_stream(plain.get());
  };
  // The client gives RTF alone, and never calls RTFSync. Both are stored, the lowest level of support.
  write_rtf("{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\\pard first words\\par}");
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(L"first words\r\n", get_text(message.get(), PR_BODY_W));
  EXPECT_EQ(1u, tags_of(message.get()).count(PR_RTF_COMPRESSED));
  ASSERT_EQ(S_OK, set_text(message.get(), PR_BODY_W, L"second words"));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_NE(std::string::npos, read_rtf().find("second"));
  EXPECT_EQ(std::string::npos, read_rtf().find("first"));
}

// spec: ST-439
TEST_P(SupportMask, HtmlAnsiUnicode) {
  ASSERT_TRUE(has(STORE_HTML_OK | STORE_ANSI_OK | STORE_UNICODE_OK));
  const auto message = create_message(root_.get());
  // Unicode and 8-bit text of one property.
  ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"\u0416\u00E4"));
  SPropValue narrow{};
  narrow.ulPropTag = PR_SENDER_NAME_A;
  narrow.Value.lpszA = const_cast<char*>("narrow");
  ASSERT_EQ(S_OK, set_value(message.get(), narrow));
  ASSERT_EQ(S_OK, set_binary(message.get(), PR_HTML, "<p>some <b>bold</b> words</p>"));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const auto again = open_message(get_binary(message.get(), PR_ENTRYID), 0);
  EXPECT_EQ(L"\u0416\u00E4", get_text(again.get(), PR_SUBJECT_W));
  const Values values(again.get(), {PR_SENDER_NAME_A, PR_SENDER_NAME_W});
  EXPECT_STREQ("narrow", values[0].Value.lpszA);
  EXPECT_STREQ(L"narrow", values[1].Value.lpszW);
  EXPECT_EQ("<p>some <b>bold</b> words</p>", get_binary(again.get(), PR_HTML));
  EXPECT_NE(std::wstring::npos, get_text(again.get(), PR_BODY_W).find(L"some bold words"));
}

// The mask says nothing of associated contents: it is the same where a folder has them and where it has not.
// spec: ST-550 ST-542 ST-549
TEST_P(SupportMask, NothingTellsOfAssociatedContents) {
  const auto with = create_folder(root_.get(), L"with");
  const auto without = create_folder(root_.get(), L"without", FOLDER_SEARCH);
  EXPECT_EQ(get_long(with.get(), PR_STORE_SUPPORT_MASK), get_long(without.get(), PR_STORE_SUPPORT_MASK));
  Ptr<IMAPITable> table;
  Ptr<IMessage> message;
  EXPECT_EQ(S_OK, with->GetContentsTable(MAPI_ASSOCIATED, table.put()));
  EXPECT_EQ(S_OK, with->CreateMessage(nullptr, MAPI_ASSOCIATED, message.put()));
  // A search folder has none; every call with the flag says so.
  EXPECT_EQ(MAPI_E_NO_SUPPORT, without->GetContentsTable(MAPI_ASSOCIATED, table.put()));
  EXPECT_EQ(MAPI_E_NO_SUPPORT, without->CreateMessage(nullptr, MAPI_ASSOCIATED, message.put()));
  EXPECT_EQ(0, get_long(without.get(), PR_ACCESS) & LONG{MAPI_ACCESS_CREATE_ASSOCIATED});
  EXPECT_EQ(0u, tags_of(without.get()).count(PR_FOLDER_ASSOCIATED_CONTENTS));
  Ptr<IUnknown> out;
  EXPECT_TRUE(FAILED(without->OpenProperty(PR_FOLDER_ASSOCIATED_CONTENTS, &IID_IMAPITable, 0, 0, out.put())));
}

// spec: ST-443 ST-444
TEST_P(SupportMask, AccessIsWhatOneMayDo) {
  const auto folder = create_folder(root_.get(), L"f"), search = create_folder(root_.get(), L"s", FOLDER_SEARCH);
  const std::string id = add_message(folder.get(), L"m");
  const auto message = open_message(id);
  constexpr LONG kCreate = MAPI_ACCESS_CREATE_HIERARCHY | MAPI_ACCESS_CREATE_CONTENTS | MAPI_ACCESS_CREATE_ASSOCIATED;
  EXPECT_EQ(0x3F, get_long(folder.get(), PR_ACCESS));
  EXPECT_EQ(7, get_long(message.get(), PR_ACCESS));
  EXPECT_EQ(0, get_long(search.get(), PR_ACCESS) & kCreate);  // read-only in effect
  EXPECT_EQ(0, get_long(store_.get(), PR_ACCESS) & kCreate);
  EXPECT_EQ(0, get_long(root_.get(), PR_ACCESS) & MAPI_ACCESS_DELETE);
  for (IMAPIProp* object : std::initializer_list<IMAPIProp*>{folder.get(), message.get(), store_.get()}) {
    const LONG before = get_long(object, PR_ACCESS);
    EXPECT_NE(S_OK, set_long(object, PR_ACCESS, 0));
    EXPECT_EQ(before, get_long(object, PR_ACCESS));
  }
  const auto embedded_holder = create_message(folder.get());
  ULONG number = 0;
  Ptr<IAttach> attachment;
  ASSERT_EQ(S_OK, embedded_holder->CreateAttach(nullptr, 0, &number, attachment.put()));
  const auto inner =
      open_property<IMessage>(attachment.get(), PR_ATTACH_DATA_OBJ, IID_IMessage, 0, MAPI_CREATE | MAPI_MODIFY);
  EXPECT_EQ(0, get_long(inner.get(), PR_ACCESS) & kCreate);
  // A store open for reading: reading is all.
  Client reader = read_only();
  EXPECT_EQ(LONG{MAPI_ACCESS_READ}, get_long(reader.root.get(), PR_ACCESS));
  close(reader);
}

// A store's read-only properties: the call succeeds, nothing changes, the problem says why. An object that is open for
// reading refuses the call.
// spec: ST-446 ST-447
TEST_P(SupportMask, ReadOnlyPropertiesAreReadAndNotWritten) {
  const auto message = create_message(root_.get(), L"m");
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const auto check = [](IMAPIProp* object, std::initializer_list<ULONG> tags) {
    for (const ULONG tag : tags) {
      SCOPED_TRACE(tag);
      EXPECT_EQ(S_OK, get_error(object, tag));
      const std::string before = PROP_TYPE(tag) == PT_BINARY ? get_binary(object, tag) : "";
      const LONG number = PROP_TYPE(tag) == PT_LONG ? get_long(object, tag) : 0;
      SPropValue value{};
      value.ulPropTag = tag;
      value.Value.l = number + 1;  // the same value would be nothing new
      if (PROP_TYPE(tag) == PT_BINARY) value.Value.bin = {};
      const SetResult set = try_set(object, value);
      EXPECT_TRUE(set.hr == MAPI_E_NO_ACCESS || (set.hr == S_OK && set.problem == MAPI_E_COMPUTED))
          << std::hex << set.hr;
      const HRESULT deleted = delete_prop(object, tag);
      EXPECT_TRUE(deleted == MAPI_E_NO_ACCESS || deleted == MAPI_E_COMPUTED) << std::hex << deleted;
      if (PROP_TYPE(tag) == PT_BINARY) {
        EXPECT_EQ(before, get_binary(object, tag));
      } else {
        EXPECT_EQ(number, get_long(object, tag));
      }
    }
  };
  check(message.get(), {PR_ENTRYID, PR_RECORD_KEY, PR_PARENT_ENTRYID, PR_STORE_ENTRYID, PR_OBJECT_TYPE, PR_ACCESS,
                        PR_ACCESS_LEVEL, PR_MESSAGE_SIZE, PR_MAPPING_SIGNATURE, PR_STORE_SUPPORT_MASK});
  check(root_.get(), {PR_ENTRYID, PR_RECORD_KEY, PR_PARENT_ENTRYID, PR_STORE_ENTRYID, PR_OBJECT_TYPE, PR_ACCESS,
                      PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_FOLDER_TYPE});
  check(store_.get(), {PR_ENTRYID, PR_RECORD_KEY, PR_STORE_RECORD_KEY, PR_MDB_PROVIDER, PR_OBJECT_TYPE});
  // Tables are read through OpenProperty.
  for (const ULONG tag : {PR_CONTAINER_CONTENTS, PR_CONTAINER_HIERARCHY}) {
    EXPECT_TRUE(open_property<IMAPITable>(root_.get(), tag, IID_IMAPITable, 0, 0));
  }
  const auto reader = open_message(get_binary(message.get(), PR_ENTRYID), 0);
  EXPECT_EQ(MAPI_E_NO_ACCESS, try_set(reader.get(), text_prop(PR_SUBJECT_W, L"x")).hr);
  EXPECT_EQ(MAPI_E_NO_ACCESS, delete_prop(reader.get(), PR_SUBJECT_W));
  EXPECT_EQ(L"m", get_text(reader.get(), PR_SUBJECT_W));
}

// What a store without one of the widths would refuse is answered in both.
// spec: ST-568
TEST_P(SupportMask, TablesHaveBothWidths) {
  add_message(root_.get(), L"m\u00E4");
  for (const ULONG flags : {ULONG{0}, ULONG{MAPI_UNICODE}}) {
    const ULONG type = flags ? PT_UNICODE : PT_STRING8;
    const auto table = contents(root_.get(), flags), folders = hierarchy(root_.get(), flags);
    EXPECT_EQ(1u, columns_of(table.get()).count(CHANGE_PROP_TYPE(PR_SUBJECT_W, type)));
    EXPECT_EQ(1u, columns_of(folders.get()).count(CHANGE_PROP_TYPE(PR_DISPLAY_NAME_W, type)));
    LPSRowSet rows = nullptr;
    ASSERT_EQ(S_OK, folders->QueryRows(1, 0, &rows));
    EXPECT_NE(nullptr,
              PpropFindProp(rows->aRow[0].lpProps, rows->aRow[0].cValues, CHANGE_PROP_TYPE(PR_DISPLAY_NAME_W, type)));
    FreeProws(rows);
  }
}

CONFORMANCE_SUITE(SupportMask);

}  // namespace
}  // namespace conformance
