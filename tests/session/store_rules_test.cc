// SPDX-License-Identifier: Apache-2.0
// OpenMsgStore on stores that work: what may be done with a store opened for reading or for writing, the folders MAPI
// makes itself, and what the session tells of it all.
#include <extraconstants.h>

#include <cstring>

#include "folder_fixture.h"

namespace session_test {
namespace {

class StoreRulesTest : public FolderTest {
 protected:
  // Names of the folders in it.
  static std::vector<std::string> folders_of(IMAPIFolder* folder) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, folder->GetHierarchyTable(0, table.put()));
    std::vector<std::string> names;
    for (const auto& row : rows_of(table.get())) names.push_back(row.name);
    return names;
  }
  static bool exists(IMsgStore* store, ULONG tag) {
    Ptr<IMAPIFolder> folder;
    const std::string id = get_id(store, tag);
    return !id.empty() && open_entry(store, id, 0, folder.put_unknown()) == S_OK;
  }
};

using Names = std::vector<std::string>;

// spec: LC-253
TEST_F(StoreRulesTest, TheStandardInterface) {
  for (const IID* iid : {static_cast<const IID*>(nullptr), &IID_IMsgStore}) {
    Ptr<IMsgStore> store;
    const std::string id = table_id("one");
    ASSERT_EQ(S_OK, session_->OpenMsgStore(0, static_cast<ULONG>(id.size()), id_of(id), iid, MDB_WRITE, store.put()));
    Ptr<IMsgStore> same;
    EXPECT_EQ(S_OK, store->QueryInterface(IID_IMsgStore, reinterpret_cast<void**>(same.put())));
    EXPECT_EQ(same.get(), store.get());
    EXPECT_NE(-1, get_long(store.get(), PR_STORE_SUPPORT_MASK));
  }
}

// spec: LC-255 LC-259 LC-268
TEST_F(StoreRulesTest, TheAccessAskedForAndTheAccessGiven) {
  Ptr<IMsgStore> store;
  EXPECT_EQ(MAPI_E_NO_ACCESS, open_store("readonly", MDB_WRITE, store));
  EXPECT_FALSE(store);
  ASSERT_EQ(S_OK, open_store("readonly", 0, store));
  store.reset();
  // The highest that both can have.
  ASSERT_EQ(S_OK, open_store("readonly", MAPI_BEST_ACCESS, store));
  EXPECT_EQ(0, get_long(store.get(), PR_STORE_SUPPORT_MASK) & STORE_MODIFY_OK);
  store.reset();
  ASSERT_EQ(S_OK, open_store("one", MAPI_BEST_ACCESS, store));
  EXPECT_NE(0, get_long(store.get(), PR_STORE_SUPPORT_MASK) & STORE_MODIFY_OK);
  store.reset();
  ASSERT_EQ(S_OK, open_store("two", 0, store));
  EXPECT_EQ(0, get_long(store.get(), PR_STORE_SUPPORT_MASK) & STORE_MODIFY_OK);
}

// As of the installed stores in last_rows_default_store_test.cc: any provider's store.
// spec: LC-260 LC-261 LC-262 LC-263
TEST_F(StoreRulesTest, AStoreOpenedForReading) {
  Ptr<IMsgStore> store;
  Ptr<IMAPIFolder> root, sub;
  Ptr<IMessage> message;
  ASSERT_EQ(S_OK, open_store("two", MDB_WRITE, store));
  ASSERT_EQ(S_OK, root_of(store.get(), MAPI_MODIFY, root));
  ASSERT_EQ(S_OK, root->CreateFolder(FOLDER_GENERIC, text("sub"), nullptr, nullptr, 0, sub.put()));
  ASSERT_EQ(S_OK, root->CreateMessage(nullptr, 0, message.put()));
  std::string folder_id = get_id(sub.get()), message_id = get_id(message.get());
  sub.reset();
  message.reset();
  root.reset();
  store.reset();
  ASSERT_EQ(S_OK, open_store("two", 0, store));
  EXPECT_EQ(0, get_long(store.get(), PR_STORE_SUPPORT_MASK) & (STORE_MODIFY_OK | STORE_CREATE_OK));
  // Through the session, to be changed: no. To be read: yes.
  Ptr<IUnknown> object;
  for (const std::string& id : {folder_id, message_id}) {
    EXPECT_EQ(MAPI_E_NO_ACCESS, open_entry(session_.get(), id, MAPI_MODIFY, object.put()));
    EXPECT_EQ(S_OK, open_entry(session_.get(), id, 0, object.put()));
  }
  ASSERT_EQ(S_OK, root_of(store.get(), MAPI_BEST_ACCESS, root));
  ASSERT_EQ(S_OK, open_entry(store.get(), message_id, MAPI_BEST_ACCESS, message.put_unknown()));
  Ptr<IStream> stream;
  EXPECT_EQ(MAPI_E_NO_ACCESS, message->OpenProperty(PR_BODY_W, &IID_IStream, 0, MAPI_MODIFY, stream.put_unknown()));
  EXPECT_EQ(MAPI_E_NO_ACCESS, root->OpenProperty(PR_COMMENT_W, &IID_IStream, 0, MAPI_MODIFY, stream.put_unknown()));
  EXPECT_EQ(S_OK, message->OpenProperty(PR_BODY_W, &IID_IStream, 0, 0, stream.put_unknown()));
  SBinary entry{static_cast<ULONG>(message_id.size()), reinterpret_cast<LPBYTE>(message_id.data())};
  ENTRYLIST list{1, &entry};
  SPropValue value{};
  value.ulPropTag = PR_COMMENT_A;
  value.Value.lpszA = const_cast<char*>("no");
  SizedSPropTagArray(1, tags) = {1, {PR_COMMENT_A}};
  Ptr<IMessage> made;
  Ptr<IMAPIFolder> made_folder;
  EXPECT_EQ(MAPI_E_NO_ACCESS, root->CreateMessage(nullptr, 0, made.put()));
  EXPECT_EQ(MAPI_E_NO_ACCESS, root->DeleteMessages(&list, 0, nullptr, 0));
  EXPECT_EQ(MAPI_E_NO_ACCESS, root->CreateFolder(FOLDER_GENERIC, text("x"), nullptr, nullptr, 0, made_folder.put()));
  EXPECT_EQ(MAPI_E_NO_ACCESS,
            root->DeleteFolder(static_cast<ULONG>(folder_id.size()), id_of(folder_id), 0, nullptr, 0));
  EXPECT_EQ(MAPI_E_NO_ACCESS, root->SetMessageStatus(entry.cb, id_of(message_id), 1, 1, nullptr));
  EXPECT_EQ(MAPI_E_NO_ACCESS, message->SetProps(1, &value, nullptr));
  EXPECT_EQ(MAPI_E_NO_ACCESS, root->DeleteProps(reinterpret_cast<LPSPropTagArray>(&tags), nullptr));
}

// spec: LC-264
TEST_F(StoreRulesTest, NothingIsCopiedIntoAStoreOpenedForReading) {
  Ptr<IMsgStore> from, to;
  Ptr<IMAPIFolder> root, sub, target, read_only;
  Ptr<IMessage> message;
  ASSERT_EQ(S_OK, open_store("one", MDB_WRITE, from));
  ASSERT_EQ(S_OK, open_store("two", 0, to));
  ASSERT_EQ(S_OK, root_of(from.get(), MAPI_MODIFY, root));
  ASSERT_EQ(S_OK, root->CreateFolder(FOLDER_GENERIC, text("copied"), nullptr, nullptr, OPEN_IF_EXISTS, sub.put()));
  ASSERT_EQ(S_OK, root->CreateMessage(nullptr, 0, message.put()));
  SPropValue value{};
  value.ulPropTag = PR_SUBJECT_A;
  value.Value.lpszA = const_cast<char*>("subject");
  ASSERT_EQ(S_OK, message->SetProps(1, &value, nullptr));
  std::string id = get_id(message.get()), folder_id = get_id(sub.get());
  SBinary entry{static_cast<ULONG>(id.size()), reinterpret_cast<LPBYTE>(id.data())};
  ENTRYLIST list{1, &entry};
  ASSERT_EQ(S_OK, root_of(to.get(), MAPI_BEST_ACCESS, target));
  ASSERT_EQ(S_OK, open_entry(from.get(), folder_id, 0, read_only.put_unknown()));  // within one store
  for (IMAPIFolder* destination : {target.get(), read_only.get()}) {
    const std::size_t folders = folders_of(destination).size();
    EXPECT_NE(S_OK, root->CopyMessages(&list, &IID_IMAPIFolder, destination, 0, nullptr, 0));
    EXPECT_NE(S_OK, root->CopyFolder(static_cast<ULONG>(folder_id.size()), id_of(folder_id), &IID_IMAPIFolder,
                                     destination, text("new"), 0, nullptr, 0));
    LPSPropProblemArray problems = nullptr;
    const HRESULT hr = sub->CopyTo(0, nullptr, nullptr, 0, nullptr, &IID_IMAPIFolder, destination, 0, &problems);
    EXPECT_TRUE(FAILED(hr) || problems);
    MAPIFreeBuffer(problems);
    EXPECT_EQ(folders, folders_of(destination).size());
    Ptr<IMAPITable> contents;
    ASSERT_EQ(S_OK, destination->GetContentsTable(0, contents.put()));
    EXPECT_EQ(0u, rows_of(contents.get()).size());
  }
  // And where it may be written, it is.
  EXPECT_EQ(S_OK, root->CopyMessages(&list, &IID_IMAPIFolder, sub.get(), 0, nullptr, 0));
  Ptr<IMAPITable> contents;
  ASSERT_EQ(S_OK, sub->GetContentsTable(0, contents.put()));
  EXPECT_EQ(1u, rows_of(contents.get()).size());
}

// The default store gets all folders, another the three that every store has; their names and roles are MAPI's.
// spec: LC-273 LC-274 LC-275 LC-276
TEST_F(StoreRulesTest, MapiMakesTheStandardFolders) {
  Ptr<IMsgStore> store, second;
  ASSERT_EQ(S_OK, open_store("one", MDB_WRITE, store));
  const LONG full = FOLDER_IPM_SUBTREE_VALID | FOLDER_IPM_INBOX_VALID | FOLDER_IPM_OUTBOX_VALID |
                    FOLDER_IPM_WASTEBASKET_VALID | FOLDER_IPM_SENTMAIL_VALID | FOLDER_VIEWS_VALID |
                    FOLDER_COMMON_VIEWS_VALID | FOLDER_FINDER_VALID;
  EXPECT_EQ(full, get_long(store.get(), PR_VALID_FOLDER_MASK));
  for (const ULONG tag : {PR_IPM_SUBTREE_ENTRYID, PR_IPM_OUTBOX_ENTRYID, PR_IPM_WASTEBASKET_ENTRYID,
                          PR_IPM_SENTMAIL_ENTRYID, PR_VIEWS_ENTRYID, PR_COMMON_VIEWS_ENTRYID, PR_FINDER_ENTRYID}) {
    EXPECT_TRUE(exists(store.get(), tag)) << std::hex << tag;
  }
  Ptr<IMAPIFolder> root, subtree;
  ASSERT_EQ(S_OK, root_of(store.get(), 0, root));
  EXPECT_EQ((Names{"IPM Subtree", "Search Root", "Folder Views", "Common Views"}), folders_of(root.get()));
  ASSERT_EQ(S_OK, open_entry(store.get(), get_id(store.get(), PR_IPM_SUBTREE_ENTRYID), 0, subtree.put_unknown()));
  EXPECT_EQ((Names{"Deleted Items", "Inbox", "Outbox", "Sent Items"}), folders_of(subtree.get()));
  ULONG size = 0;
  LPENTRYID inbox = nullptr;
  ASSERT_EQ(S_OK, store->GetReceiveFolder(nullptr, 0, &size, &inbox, nullptr));
  Ptr<IMAPIFolder> folder;
  ASSERT_EQ(S_OK,
            open_entry(store.get(), std::string(reinterpret_cast<const char*>(inbox), size), 0, folder.put_unknown()));
  MAPIFreeBuffer(inbox);
  EXPECT_EQ("Inbox", get_text(folder.get(), PR_DISPLAY_NAME));
  // A feature is a bit.
  EXPECT_EQ(STORE_ENTRYID_UNIQUE | STORE_SUBMIT_OK | STORE_CREATE_OK | STORE_MODIFY_OK | STORE_NOTIFY_OK,
            get_long(store.get(), PR_STORE_SUPPORT_MASK));
  ASSERT_EQ(S_OK, open_store("two", MDB_WRITE, second));
  EXPECT_EQ(static_cast<LONG>(FOLDER_IPM_SUBTREE_VALID | FOLDER_IPM_WASTEBASKET_VALID | FOLDER_FINDER_VALID),
            get_long(second.get(), PR_VALID_FOLDER_MASK));
}

// Not for a store that is no business of mail, nor for one that cannot be written; the flag in the tables tells.
// spec: LC-273
TEST_F(StoreRulesTest, FoldersAreNotMadeForStoresWithoutMail) {
  for (const ULONG flags : {ULONG{MDB_WRITE | MDB_NO_MAIL}, ULONG{0}, ULONG{MDB_WRITE | MDB_TEMPORARY}}) {
    Ptr<IMsgStore> store;
    ASSERT_EQ(S_OK, open_store("two", flags, store));
    Ptr<IMAPIFolder> root;
    ASSERT_EQ(S_OK, root_of(store.get(), 0, root));
    // The library stays loaded within one test, and the store with it.
    EXPECT_EQ(Names{}, folders_of(root.get())) << flags;
    EXPECT_NE(0, stores(session_.get())[1].flags & STATUS_NEED_IPM_TREE);
  }
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_store("two", MDB_WRITE, store));
  EXPECT_EQ(0, stores(session_.get())[1].flags & STATUS_NEED_IPM_TREE);
  EXPECT_EQ(0, status(session_.get()).back().flags & STATUS_NEED_IPM_TREE);
}

// A store that becomes the default store gets the rest.
// spec: LC-276 LC-277
TEST_F(StoreRulesTest, ANewDefaultStoreGetsAllFolders) {
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_store("two", MDB_WRITE, store));
  EXPECT_FALSE(exists(store.get(), PR_IPM_OUTBOX_ENTRYID));
  const std::string id = table_id("two");
  ASSERT_EQ(S_OK, session_->SetDefaultStore(MAPI_DEFAULT_STORE, static_cast<ULONG>(id.size()), id_of(id)));
  EXPECT_TRUE(exists(store.get(), PR_IPM_OUTBOX_ENTRYID));
  EXPECT_TRUE(exists(store.get(), PR_COMMON_VIEWS_ENTRYID));
  // Its row is the one that says so, by the property and by the flag.
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, session_->GetMsgStoresTable(0, table.put()));
  SizedSPropTagArray(3, columns) = {3, {PR_DEFAULT_STORE, PR_RESOURCE_FLAGS, PR_DISPLAY_NAME_A}};
  SRestriction parts[2]{};
  parts[0].rt = RES_EXIST;
  parts[0].res.resExist.ulPropTag = PR_DEFAULT_STORE;
  SPropValue yes{};
  yes.ulPropTag = PR_DEFAULT_STORE;
  yes.Value.b = 1;
  parts[1].rt = RES_PROPERTY;
  parts[1].res.resProperty = {RELOP_EQ, PR_DEFAULT_STORE, &yes};
  SRestriction by_property{}, by_flag{};
  by_property.rt = RES_AND;
  by_property.res.resAnd = {2, parts};
  by_flag.rt = RES_BITMASK;
  by_flag.res.resBitMask = {BMR_NEZ, PR_RESOURCE_FLAGS, STATUS_DEFAULT_STORE};
  for (LPSRestriction restriction : {&by_property, &by_flag}) {
    LPSRowSet rows = nullptr;
    ASSERT_EQ(S_OK,
              HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), restriction, nullptr, 0, &rows));
    ASSERT_EQ(1u, rows->cRows);
    EXPECT_STREQ("two", rows->aRow[0].lpProps[2].Value.lpszA);
    FreeProws(rows);
  }
}

// spec: LC-272 LC-308
TEST_F(StoreRulesTest, OpenEntryOfTheSession) {
  Ptr<IMsgStore> store, again;
  Ptr<IMAPIFolder> root, folder;
  Ptr<IMessage> message, opened;
  ASSERT_EQ(S_OK, open_store("one", MDB_WRITE, store));
  ASSERT_EQ(S_OK, root_of(store.get(), MAPI_MODIFY, root));
  ASSERT_EQ(S_OK, root->CreateMessage(nullptr, 0, message.put()));
  ULONG type = 0;
  ASSERT_EQ(S_OK, open_entry(session_.get(), get_id(root.get()), 0, folder.put_unknown(), &type));
  EXPECT_EQ(static_cast<ULONG>(MAPI_FOLDER), type);
  Ptr<IUnknown> probe;
  EXPECT_EQ(S_OK, folder->QueryInterface(IID_IMAPIFolder, reinterpret_cast<void**>(probe.put())));
  ASSERT_EQ(S_OK, open_entry(session_.get(), get_id(message.get()), 0, opened.put_unknown(), &type));
  EXPECT_EQ(static_cast<ULONG>(MAPI_MESSAGE), type);
  EXPECT_EQ(S_OK, opened->QueryInterface(IID_IMessage, reinterpret_cast<void**>(probe.put())));
  // A store, too; what OpenMsgStore offers beyond access and deferred errors is unknown here.
  const std::string id = table_id("one");
  ASSERT_EQ(S_OK, open_entry(session_.get(), id, MAPI_MODIFY | MAPI_DEFERRED_ERRORS, again.put_unknown(), &type));
  EXPECT_EQ(static_cast<ULONG>(MAPI_STORE), type);
  EXPECT_EQ(store.get(), again.get());
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, open_entry(session_.get(), id, MDB_TEMPORARY, probe.put()));
}

// spec: LC-309 LC-311 LC-312 LC-315
TEST_F(StoreRulesTest, EntriesOpenForReadingUnlessAskedOtherwise) {
  Ptr<IMsgStore> store;
  Ptr<IMAPIFolder> root, folder;
  ASSERT_EQ(S_OK, open_store("one", MDB_WRITE, store));
  ASSERT_EQ(S_OK, root_of(store.get(), MAPI_MODIFY, root));
  const std::string id = get_id(root.get());
  SPropValue value{};
  value.ulPropTag = PR_COMMENT_A;
  value.Value.lpszA = const_cast<char*>("changed");
  struct Case {
    ULONG flags;
    LONG level;
    HRESULT hr;
  };
  for (const Case& one : {Case{0, 0, MAPI_E_NO_ACCESS}, Case{MAPI_MODIFY, MAPI_MODIFY, S_OK},
                          Case{MAPI_BEST_ACCESS, MAPI_MODIFY, S_OK}}) {
    ASSERT_EQ(S_OK, open_entry(session_.get(), id, one.flags, folder.put_unknown()));
    EXPECT_EQ(one.level, get_long(folder.get(), PR_ACCESS_LEVEL));
    EXPECT_EQ(one.hr, folder->SetProps(1, &value, nullptr));
    // Through the store it is the same object's access.
    ASSERT_EQ(S_OK, open_entry(store.get(), id, one.flags, folder.put_unknown()));
    EXPECT_EQ(one.level, get_long(folder.get(), PR_ACCESS_LEVEL));
  }
  Ptr<IUnknown> none;
  std::string gone = id;
  gone += "99";
  EXPECT_EQ(MAPI_E_NOT_FOUND, open_entry(session_.get(), gone, 0, none.put()));
}

// spec: LC-570
TEST_F(StoreRulesTest, ErrorsMayComeLater) {
  Ptr<IMsgStore> store;
  Ptr<IMAPIFolder> root, sub, late;
  ASSERT_EQ(S_OK, open_store("one", MDB_WRITE | MAPI_DEFERRED_ERRORS, store));
  ASSERT_EQ(S_OK, root_of(store.get(), MAPI_MODIFY, root));
  ASSERT_EQ(S_OK, root->CreateFolder(FOLDER_GENERIC, text("short"), nullptr, nullptr, OPEN_IF_EXISTS, sub.put()));
  const std::string id = get_id(sub.get());
  ASSERT_EQ(S_OK, root->DeleteFolder(static_cast<ULONG>(id.size()), id_of(id), 0, nullptr, 0));
  EXPECT_EQ(MAPI_E_NOT_FOUND, open_entry(session_.get(), id, 0, late.put_unknown()));
  ASSERT_EQ(S_OK, open_entry(session_.get(), id, MAPI_DEFERRED_ERRORS, late.put_unknown()));
  ULONG count = 0;
  LPSPropValue values = nullptr;
  SizedSPropTagArray(1, tags) = {1, {PR_DISPLAY_NAME_A}};
  EXPECT_EQ(MAPI_E_NOT_FOUND, late->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, &count, &values));
}

// The name in the store's own section, in the profile's table and on the store is one.
// spec: LC-080 LC-396
TEST_F(StoreRulesTest, NameAndIdAreTheSameEverywhere) {
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_store("two", MDB_WRITE, store));
  const auto row = stores(session_.get()).at(1);
  EXPECT_EQ("two", row.name);
  EXPECT_EQ("two", get_text(store.get(), PR_DISPLAY_NAME));
  // Wrapped: it opens the store from a session that has never seen it.
  const std::string id = get_id(store.get());
  EXPECT_EQ(row.id, id);
  EXPECT_NE(std::string::npos, id.find("libfolder_store.so"));
  MAPIUID uid{};
  std::memcpy(&uid, row.key.data(), sizeof(uid));
  store.reset();
  Ptr<IProfSect> section;
  SizedSPropTagArray(2, tags) = {2, {PR_DISPLAY_NAME_A, PR_ENTRYID}};
  ASSERT_EQ(S_OK, session_->OpenProfileSection(&uid, nullptr, MAPI_FORCE_ACCESS, section.put()));
  ULONG count = 0;
  LPSPropValue values = nullptr;
  ASSERT_EQ(S_OK, section->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, &count, &values));
  EXPECT_STREQ("two", values[0].Value.lpszA);
  EXPECT_EQ(id, binary(values[1]));
  MAPIFreeBuffer(values);
}

// spec: LC-390
TEST_F(StoreRulesTest, NotificationsCarryLongTermIds) {
  struct IdSink final : test_sink::CountedSink {
    ~IdSink() { wait_until_released(); }
    STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION items) override {
      for (ULONG i = 0; i < count; ++i) {
        ids.emplace_back(reinterpret_cast<const char*>(items[i].info.obj.lpEntryID), items[i].info.obj.cbEntryID);
      }
      return 0;
    }
    std::vector<std::string> ids;
  } sink;
  Ptr<IMsgStore> store;
  Ptr<IMAPIFolder> root;
  Ptr<IMessage> message;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, open_store("one", MDB_WRITE, store));
  ASSERT_EQ(S_OK, root_of(store.get(), MAPI_MODIFY, root));
  ASSERT_EQ(S_OK, store->Advise(0, nullptr, fnevObjectCreated, &sink, &connection));
  ASSERT_EQ(S_OK, root->CreateMessage(nullptr, 0, message.put()));
  HrDispatchNotifications(0);
  ASSERT_EQ(1u, sink.ids.size());
  EXPECT_EQ(std::string(4, '\0'), sink.ids[0].substr(0, 4));
  Ptr<IUnknown> object;
  EXPECT_EQ(S_OK, open_entry(session_.get(), sink.ids[0], 0, object.put()));
  EXPECT_EQ(S_OK, store->Unadvise(connection));
}

}  // namespace
}  // namespace session_test
