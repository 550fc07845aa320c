// SPDX-License-Identifier: Apache-2.0
// The store object: properties, special folders, receive folders, named properties, status.
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class Store : public StoreTest {
 protected:
  HRESULT receive(const char* message_class, std::string& folder, std::string* explicit_class = nullptr) {
    ULONG size = 0;
    LPENTRYID id = nullptr;
    LPTSTR text = nullptr;
    const HRESULT hr = store_->GetReceiveFolder(reinterpret_cast<LPTSTR>(const_cast<char*>(message_class)), 0, &size,
                                                &id, explicit_class ? &text : nullptr);
    if (SUCCEEDED(hr)) folder.assign(reinterpret_cast<char*>(id), size);
    if (explicit_class && text) *explicit_class = reinterpret_cast<char*>(text);
    MAPIFreeBuffer(id);
    MAPIFreeBuffer(text);
    return hr;
  }
  HRESULT set_receive(const char* message_class, std::string id) {
    return store_->SetReceiveFolder(reinterpret_cast<LPTSTR>(const_cast<char*>(message_class)), 0,
                                    static_cast<ULONG>(id.size()),
                                    id.empty() ? nullptr : reinterpret_cast<LPENTRYID>(id.data()));
  }
};

// spec: ST-002 ST-003 ST-004 ST-430 ST-466
TEST_P(Store, HasItsRequiredProperties) {
  const Values values(store_.get(), {PR_ENTRYID, PR_OBJECT_TYPE, PR_RECORD_KEY, PR_STORE_ENTRYID, PR_STORE_RECORD_KEY,
                                     PR_MDB_PROVIDER, PR_STORE_SUPPORT_MASK, PR_DISPLAY_NAME_W});
  EXPECT_EQ(S_OK, values.hr);
  EXPECT_EQ(MAPI_STORE, values[1].Value.l);
  EXPECT_EQ(values.bytes(2), values.bytes(4));
  EXPECT_STREQ(L"store.db", values[7].Value.lpszW);
  for (const ULONG tag : {PR_ENTRYID, PR_RECORD_KEY, PR_STORE_ENTRYID, PR_STORE_RECORD_KEY, PR_MDB_PROVIDER}) {
    EXPECT_EQ(MAPI_E_COMPUTED, set_binary(store_.get(), tag, "x")) << std::hex << tag;
  }
  EXPECT_EQ(MAPI_E_COMPUTED, set_long(store_.get(), PR_STORE_SUPPORT_MASK, 0));
  ASSERT_EQ(S_OK, set_text(store_.get(), PR_DISPLAY_NAME_W, L"Mine"));
  restart();
  EXPECT_EQ(L"Mine", get_text(store_.get(), PR_DISPLAY_NAME_W));
}

// spec: ST-692 ST-694 ST-688 ST-689 ST-690 ST-005 ST-441
TEST_P(Store, TakesTheStandardFolders) {
  ASSERT_EQ(S_OK, HrValidateIPMSubtree(store_.get(), MAPI_FULL_IPM_TREE, nullptr, nullptr, nullptr));
  EXPECT_EQ(0xFF, get_long(store_.get(), PR_VALID_FOLDER_MASK));
  const std::string root = get_binary(root_.get(), PR_ENTRYID);
  const auto parent_of = [&](ULONG tag) {
    return get_binary(open<IMAPIFolder>(get_binary(store_.get(), tag), IID_IMAPIFolder).get(), PR_PARENT_ENTRYID);
  };
  for (const ULONG tag : {PR_IPM_SUBTREE_ENTRYID, PR_FINDER_ENTRYID, PR_VIEWS_ENTRYID, PR_COMMON_VIEWS_ENTRYID}) {
    EXPECT_EQ(root, parent_of(tag));
  }
  const std::string subtree = get_binary(store_.get(), PR_IPM_SUBTREE_ENTRYID);
  for (const ULONG tag : {PR_IPM_OUTBOX_ENTRYID, PR_IPM_SENTMAIL_ENTRYID, PR_IPM_WASTEBASKET_ENTRYID}) {
    EXPECT_EQ(subtree, parent_of(tag));
    EXPECT_EQ(std::string(4, '\0'), get_binary(store_.get(), tag).substr(0, 4));
  }
  std::string inbox;
  ASSERT_EQ(S_OK, receive("IPM.Note", inbox));
  EXPECT_EQ(L"Inbox", get_text(open<IMAPIFolder>(inbox, IID_IMAPIFolder).get(), PR_DISPLAY_NAME_W));
  // spec: ST-442
  std::string outbox = get_binary(store_.get(), PR_IPM_OUTBOX_ENTRYID);
  ASSERT_EQ(S_OK, open<IMAPIFolder>(subtree, IID_IMAPIFolder)
                      ->DeleteFolder(static_cast<ULONG>(outbox.size()), reinterpret_cast<LPENTRYID>(outbox.data()), 0,
                                     nullptr, 0));
  EXPECT_EQ(LONG{0xFF & ~FOLDER_IPM_OUTBOX_VALID}, get_long(store_.get(), PR_VALID_FOLDER_MASK));
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(store_.get(), PR_IPM_OUTBOX_ENTRYID));
}

// spec: ST-035 ST-036 ST-037 ST-038 ST-039 ST-041 ST-042 ST-044 ST-699 ST-700
// spec: IMsgStore::SetReceiveFolder IMsgStore::GetReceiveFolder IMsgStore::GetReceiveFolderTable
TEST_P(Store, FindsReceiveFolders) {
  const std::string root = get_binary(root_.get(), PR_ENTRYID);
  for (const char* standard : {"IPM", "REPORT", "IPC", ""}) ASSERT_EQ(S_OK, set_receive(standard, ""));
  const std::string notes = get_binary(create_folder(root_.get(), L"Notes").get(), PR_ENTRYID);
  std::string folder, name = "?";
  ASSERT_EQ(S_OK, receive(nullptr, folder));
  EXPECT_EQ(root, folder);
  ASSERT_EQ(S_OK, receive("IPM.Note", folder, &name));
  EXPECT_EQ(root, folder);
  EXPECT_EQ("", name);
  ASSERT_EQ(S_OK, set_receive("IPM.Note", notes));
  ASSERT_EQ(S_OK, set_receive("REPORT", notes));
  ASSERT_EQ(S_OK, receive("ipm.note.phone", folder, &name));
  EXPECT_EQ(notes, folder);
  EXPECT_EQ("IPM.Note", name);
  ASSERT_EQ(S_OK, receive("IPM.Notes", folder, &name));
  EXPECT_EQ(root, folder);
  ASSERT_EQ(S_OK, set_receive("", notes));
  ASSERT_EQ(S_OK, receive("IPC", folder));
  EXPECT_EQ(notes, folder);
  ASSERT_EQ(S_OK, set_receive(nullptr, ""));
  ASSERT_EQ(S_OK, receive("", folder));
  EXPECT_EQ(root, folder);
  EXPECT_EQ(S_OK, set_receive("IPM.Nothing", ""));
  // spec: ST-043
  EXPECT_EQ(MAPI_E_NOT_FOUND, set_receive("IPM.Note", gone_folder()));
  ASSERT_EQ(S_OK, receive("IPM.Note", folder));
  EXPECT_EQ(notes, folder);
  // spec: ST-045 ST-047
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, store_->GetReceiveFolderTable(MAPI_UNICODE, table.put()));
  std::string key = get_binary(open<IMAPIFolder>(notes, IID_IMAPIFolder).get(), PR_RECORD_KEY);
  SPropValue value{};
  value.ulPropTag = PR_RECORD_KEY;
  value.Value.bin = {static_cast<ULONG>(key.size()), reinterpret_cast<LPBYTE>(key.data())};
  SRestriction restriction{};
  restriction.rt = RES_PROPERTY;
  restriction.res.resProperty = {RELOP_EQ, PR_RECORD_KEY, &value};
  ASSERT_EQ(S_OK, table->Restrict(&restriction, 0));
  EXPECT_EQ((std::vector<std::wstring>{L"IPM.Note", L"REPORT"}), Rows(table.get(), {PR_MESSAGE_CLASS_W}).texts(0));
}

// spec: ST-017 ST-018 ST-019 ST-479
// spec: IMsgStore::CompareEntryIDs
TEST_P(Store, ComparesEntryIds) {
  std::string one = get_binary(root_.get(), PR_ENTRYID), two = one;
  two[0] = static_cast<char>(0xF8);
  std::string other = add_message(root_.get(), L"other"), broken = "short";
  ULONG same = 9;
  const auto compare = [&](std::string& a, std::string& b, ULONG flags = 0) {
    return store_->CompareEntryIDs(static_cast<ULONG>(a.size()), reinterpret_cast<LPENTRYID>(a.data()),
                                   static_cast<ULONG>(b.size()), reinterpret_cast<LPENTRYID>(b.data()), flags, &same);
  };
  EXPECT_EQ(S_OK, compare(one, two));
  EXPECT_TRUE(same);
  EXPECT_EQ(S_OK, compare(one, other));
  EXPECT_FALSE(same);
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, compare(one, two, 1));
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, compare(one, broken));
}

// spec: ST-050 ST-051 ST-704
// spec: IMsgStore::OpenEntry
TEST_P(Store, OpensItsEntries) {
  Ptr<IUnknown> out;
  ULONG type = 0;
  ASSERT_EQ(S_OK, store_->OpenEntry(0, nullptr, nullptr, 0, &type, out.put()));
  EXPECT_EQ(ULONG{MAPI_FOLDER}, type);
  EXPECT_EQ(LONG{FOLDER_ROOT}, get_long(static_cast<IMAPIFolder*>(out.get()), PR_FOLDER_TYPE));
  std::string id = add_message(root_.get(), L"m");
  ASSERT_EQ(S_OK, store_->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), nullptr, 0,
                                    &type, out.put()));
  EXPECT_EQ(ULONG{MAPI_MESSAGE}, type);
  EXPECT_EQ(L"m", get_text(static_cast<IMessage*>(out.get()), PR_SUBJECT_W));
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED,
            store_->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), &IID_IMAPITable, 0,
                              &type, out.put()));
}

// spec: ST-264 ST-501 ST-504 ST-508 ST-259 ST-260
TEST_P(Store, HasOneMappingOfNames) {
  const auto message = create_message(root_.get(), L"m");
  const std::string before = get_binary(message.get(), PR_MAPPING_SIGNATURE);
  EXPECT_EQ(before, get_binary(root_.get(), PR_MAPPING_SIGNATURE));
  MAPINAMEID name{};
  GUID set = PS_PUBLIC_STRINGS;
  name.lpguid = &set;
  name.ulKind = MNID_STRING;
  name.Kind.lpwstrName = const_cast<wchar_t*>(L"Keywords");
  LPMAPINAMEID names = &name;
  LPSPropTagArray tags = nullptr;
  ASSERT_EQ(S_OK, message->GetIDsFromNames(1, &names, MAPI_CREATE, &tags));
  const ULONG id = PROP_ID(tags->aulPropTag[0]);
  EXPECT_GE(id, 0x8000u);
  MAPIFreeBuffer(tags);
  EXPECT_NE(before, get_binary(message.get(), PR_MAPPING_SIGNATURE));
  EXPECT_EQ(get_binary(store_.get(), PR_MAPPING_SIGNATURE), get_binary(message.get(), PR_MAPPING_SIGNATURE));
  restart();
  ASSERT_EQ(S_OK, root_->GetIDsFromNames(1, &names, 0, &tags));
  EXPECT_EQ(id, PROP_ID(tags->aulPropTag[0]));
  MAPIFreeBuffer(tags);
}

// Ruling R5.
TEST_P(Store, StoreLogoffTakesOneFlag) {
  for (const ULONG flags : {ULONG{0}, LOGOFF_ORDERLY | LOGOFF_PURGE, ULONG{0x100}}) {
    ULONG given = flags;
    EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, store_->StoreLogoff(&given));
  }
  ULONG orderly = LOGOFF_ORDERLY;
  EXPECT_EQ(S_OK, store_->StoreLogoff(&orderly));
  EXPECT_EQ(0u, orderly);
}

CONFORMANCE_SUITE(Store);

}  // namespace
}  // namespace conformance
