// SPDX-License-Identifier: Apache-2.0
// Opening and creating: flags, rights, ids, and what is there when. Pages: imsgstore-openentry,
// imapifolder-createmessage, imsgstore-getreceivefolder, imapicontainer-getcontentstable,
// imapicontainer-gethierarchytable.
#include <extraconstants.h>

#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class OpenEntry : public StoreTest {
 protected:
  HRESULT open_with(std::string id, ULONG flags, Ptr<IUnknown>& out) {
    ULONG type = 0;
    return store_->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), nullptr, flags,
                             &type, out.put());
  }
};

// The error comes at once here, which the flag allows too: what is there opens and works, what is not does not.
// spec: ST-054 ST-055
TEST_P(OpenEntry, ErrorsMayBeDeferredAndCachesPassed) {
  const std::string id = add_message(root_.get(), L"m"), gone = gone_message();
  for (const ULONG flags : {ULONG{MAPI_DEFERRED_ERRORS}, ULONG{MAPI_NO_CACHE}, MAPI_DEFERRED_ERRORS | MAPI_NO_CACHE}) {
    Ptr<IUnknown> out;
    ASSERT_EQ(S_OK, open_with(id, flags, out));
    EXPECT_EQ(L"m", get_text(static_cast<IMessage*>(out.get()), PR_SUBJECT_W));
    const HRESULT hr = open_with(gone, flags, out);
    if (hr == S_OK) {
      EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(static_cast<IMessage*>(out.get()), PR_SUBJECT_W));
    } else {
      EXPECT_EQ(MAPI_E_NOT_FOUND, hr);
      EXPECT_FALSE(out);
    }
  }
}

// An id has the store's part, which is the same everywhere in it, and the message's.
// spec: ST-094 ST-095
TEST_P(OpenEntry, NewMessagesHaveIdsOfTheirOwn) {
  const auto folder = create_folder(root_.get(), L"Folder");
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    const auto message = create_message(i % 2 ? folder.get() : root_.get());
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    const Values required(message.get(),
                          {PR_ENTRYID, PR_RECORD_KEY, PR_SEARCH_KEY, PR_PARENT_ENTRYID, PR_STORE_ENTRYID,
                           PR_STORE_RECORD_KEY, PR_OBJECT_TYPE, PR_MESSAGE_CLASS_W, PR_MESSAGE_FLAGS, PR_MESSAGE_SIZE,
                           PR_CREATION_TIME, PR_LAST_MODIFICATION_TIME, PR_HASATTACH, PR_ACCESS, PR_ACCESS_LEVEL});
    EXPECT_EQ(S_OK, required.hr);
    ids.push_back(required.bytes(0));
  }
  const std::string provider = ids[0].substr(4, 16);  // abFlags, then the MAPIUID
  EXPECT_EQ(provider, get_binary(folder.get(), PR_ENTRYID).substr(4, 16));
  for (const std::string& id : ids) EXPECT_EQ(provider, id.substr(4, 16));
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(ids.end(), std::adjacent_find(ids.begin(), ids.end()));
}

// spec: ST-097
TEST_P(OpenEntry, AMessageWhoseFolderWasDeletedIsNotSaved) {
  const auto folder = create_folder(root_.get(), L"Folder");
  std::string id = get_binary(folder.get(), PR_ENTRYID);
  const auto message = create_message(folder.get(), L"m");
  ASSERT_EQ(S_OK,
            root_->DeleteFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), 0, nullptr, 0));
  EXPECT_TRUE(FAILED(message->SaveChanges(KEEP_OPEN_READWRITE)));
  EXPECT_EQ(L"m", get_text(message.get(), PR_SUBJECT_W));
  const auto other = create_folder(root_.get(), L"Folder");
  EXPECT_EQ(0, get_long(other.get(), PR_CONTENT_COUNT));
}

// A store without rules has none to run.
// spec: ST-098
// spec: IMAPIFolder::CreateMessage
TEST_P(OpenEntry, ItemprocForceIsTaken) {
  Ptr<IMessage> message;
  ASSERT_EQ(S_OK, root_->CreateMessage(nullptr, ITEMPROC_FORCE, message.put()));
  ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"m"));
  ASSERT_EQ(S_OK, message->SaveChanges(NON_EMS_XP_SAVE));
  EXPECT_EQ(1, get_long(root_.get(), PR_CONTENT_COUNT));
}

// spec: ST-040
TEST_P(OpenEntry, ReceiveFoldersAreGivenInMapisMemory) {
  for (const ULONG flags : {ULONG{0}, MAPI_UNICODE}) {
    ULONG size = 0;
    LPENTRYID id = nullptr;
    LPTSTR name = nullptr;
    ASSERT_EQ(S_OK, store_->GetReceiveFolder(nullptr, flags, &size, &id, &name));
    ASSERT_NE(nullptr, id);
    ASSERT_NE(nullptr, name);
    EXPECT_EQ(0u, MAPIFreeBuffer(id));
    EXPECT_EQ(0u, MAPIFreeBuffer(name));
  }
}

// The address book's root has containers alone; each folder has contents.
// spec: ST-136
// spec: IMAPIContainer::GetContentsTable
TEST_P(OpenEntry, AContainerWithoutContentsSaysSo) {
  Ptr<IAddrBook> book;
  ASSERT_TRUE(SUCCEEDED(session_->OpenAddressBook(0, nullptr, AB_NO_DIALOG, book.put())));
  ULONG type = 0;
  Ptr<IUnknown> out;
  ASSERT_EQ(S_OK, book->OpenEntry(0, nullptr, nullptr, 0, &type, out.put()));
  Ptr<IMAPITable> table;
  EXPECT_EQ(MAPI_E_NO_SUPPORT, static_cast<IMAPIContainer*>(out.get())->GetContentsTable(0, table.put()));
  EXPECT_FALSE(table);
  EXPECT_EQ(S_OK, root_->GetContentsTable(0, table.put()));
}

// A folder that has no subfolders, or cannot have any, gives a table without rows.
// spec: ST-143
// spec: IMAPIContainer::GetHierarchyTable
TEST_P(OpenEntry, AContainerWithoutChildrenHasAnEmptyTable) {
  const auto leaf = create_folder(root_.get(), L"Leaf"), search = create_folder(root_.get(), L"Search", FOLDER_SEARCH);
  for (auto* folder : {leaf.get(), search.get()}) {
    Ptr<IMAPITable> table;
    ASSERT_EQ(S_OK, folder->GetHierarchyTable(0, table.put()));
    ULONG rows = 9;
    EXPECT_EQ(S_OK, table->GetRowCount(0, &rows));
    EXPECT_EQ(0u, rows);
  }
}

// Cut or not, the beginning of the column is that of the property.
// spec: ST-139
TEST_P(OpenEntry, LongColumnsBeginAsThePropertyDoes) {
  const std::wstring subject(1000, L's');
  const std::string key(1000, 'k');
  const auto message = create_message(root_.get(), subject.c_str());
  ASSERT_EQ(S_OK, set_binary(message.get(), PR_SEARCH_KEY, key));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const auto table = contents(root_.get());
  const Rows rows(table.get(), {PR_SUBJECT_W, PR_SEARCH_KEY});
  const std::wstring text = rows.text(0, 0);
  const std::string bytes = Values::binary(rows.at(0, 1));
  EXPECT_GE(text.size(), 255u);
  EXPECT_EQ(subject.substr(0, text.size()), text);
  EXPECT_GE(bytes.size(), 255u);
  EXPECT_EQ(key.substr(0, bytes.size()), bytes);
  // All of it is in the object.
  EXPECT_EQ(subject, get_text(message.get(), PR_SUBJECT_W));
}

// spec: ST-145
TEST_P(OpenEntry, HierarchyTablesAreSortedHere) {
  const auto top = create_folder(root_.get(), L"Top");
  for (const wchar_t* name : {L"b", L"c", L"a"}) create_folder(top.get(), name);
  const auto table = hierarchy(top.get());
  SizedSSortOrderSet(1, order) = {1, 0, 0, {{PR_DISPLAY_NAME_W, TABLE_SORT_ASCEND}}};
  ASSERT_EQ(S_OK, table->SortTable(reinterpret_cast<LPSSortOrderSet>(&order), 0));
  EXPECT_EQ((std::vector<std::wstring>{L"a", L"b", L"c"}), Rows(table.get(), {PR_DISPLAY_NAME_W}).texts(0));
}

// spec: ST-121
TEST_P(OpenEntry, SaveContentsSortIsThere) {
  SizedSSortOrderSet(1, order) = {1, 0, 0, {{PR_SUBJECT_W, TABLE_SORT_DESCEND}}};
  for (const wchar_t* subject : {L"b", L"c", L"a"}) add_message(root_.get(), subject);
  ASSERT_EQ(S_OK, root_->SaveContentsSort(reinterpret_cast<LPSSortOrderSet>(&order), 0));
  restart();
  const auto table = contents(root_.get());
  EXPECT_EQ((std::vector<std::wstring>{L"c", L"b", L"a"}), Rows(table.get(), {PR_SUBJECT_W}).texts(0));
}

CONFORMANCE_SUITE(OpenEntry);

}  // namespace
}  // namespace conformance
