// SPDX-License-Identifier: Apache-2.0
// What a session makes of stores: the message store table and PR_RESOURCE_FLAGS, special folders, receive folders, and
// stores that are open for reading. Pages: message-store-tables, pidtagresourceflags-canonical-property,
// mapi-special-folders, mapi-receive-folders, mapi-hidden-folders, mapi-view-folders, hrvalidateipmsubtree,
// read-only-message-stores, mapi-search-folders.
#include <edkmdb.h>

#include <map>

#include "tests/conformance/testing/more_values.h"

namespace conformance {
namespace {

LPTSTR ansi(const char* words) {
  return reinterpret_cast<LPTSTR>(const_cast<char*>(words));
}

class SessionRules : public StoreTest {
 protected:
  static Ptr<IMsgServiceAdmin> services() {
    Ptr<IProfAdmin> profiles;
    EXPECT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    Ptr<IMsgServiceAdmin> admin;
    EXPECT_EQ(S_OK, profiles->AdminServices(ansi("Test"), nullptr, 0, 0, admin.put()));
    return admin;
  }
  // A second store in the profile; sessions see it when they begin.
  void add_store() {
    const auto admin = services();
    std::set<std::string> known;
    const auto uids = [&] {
      Ptr<IMAPITable> table;
      EXPECT_EQ(S_OK, admin->GetMsgServiceTable(0, table.put()));
      const Rows rows(table.get(), {PR_SERVICE_UID});
      std::set<std::string> all;
      for (ULONG i = 0; i < rows.size(); ++i) all.insert(Values::binary(rows.at(i, 0)));
      return all;
    };
    known = uids();
    ASSERT_EQ(S_OK, admin->CreateMsgService(ansi(GetParam()), ansi("Second"), 0, 0));
    for (std::string uid : uids()) {
      if (known.contains(uid)) continue;
      second_ = uid;
      std::string path = (place_ / "second.db").string();
      SPropValue value{};
      value.ulPropTag = PROP_TAG(PT_STRING8, 0x6700);
      value.Value.lpszA = path.data();
      ASSERT_EQ(S_OK, admin->ConfigureMsgService(reinterpret_cast<LPMAPIUID>(uid.data()), 0, 0, 1, &value));
    }
  }
  struct StoreRow {
    std::string id;
    bool is_default = false;
    LONG flags = 0;
  };
  static std::vector<StoreRow> stores(IMAPISession* session) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, session->GetMsgStoresTable(0, table.put()));
    const Rows rows(table.get(), {PR_ENTRYID, PR_DEFAULT_STORE, PR_RESOURCE_FLAGS});
    std::vector<StoreRow> all;
    for (ULONG i = 0; i < rows.size(); ++i) {
      all.push_back({Values::binary(rows.at(i, 0)), rows.at(i, 1).Value.b != 0, rows.at(i, 2).Value.l});
    }
    return all;
  }
  static Ptr<IMAPISession> new_session() {
    Ptr<IMAPISession> session;
    EXPECT_EQ(S_OK,
              MAPILogonEx(0, ansi("Test"), nullptr,
                          MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL | MAPI_EXPLICIT_PROFILE, session.put()));
    return session;
  }
  static Ptr<IMsgStore> open_by(IMAPISession* session, const std::string& id, ULONG flags) {
    Ptr<IMsgStore> store;
    EXPECT_EQ(S_OK, session->OpenMsgStore(0, size_of(id), entry(id), nullptr, flags | MDB_NO_DIALOG, store.put()));
    return store;
  }
  static Ptr<IMAPIFolder> open_in(IMsgStore* store, const std::string& id, ULONG flags = MAPI_MODIFY) {
    ULONG type = 0;
    Ptr<IUnknown> out;
    EXPECT_EQ(S_OK, store->OpenEntry(size_of(id), entry(id), &IID_IMAPIFolder, flags, &type, out.put()));
    return Ptr<IMAPIFolder>::adopt(static_cast<IMAPIFolder*>(out.detach()));
  }
  static void delete_special(IMsgStore* store, ULONG tag) {
    const std::string id = get_binary(store, tag);
    const auto parent = open_in(store, get_binary(open_in(store, id).get(), PR_PARENT_ENTRYID));
    ASSERT_EQ(S_OK, parent->DeleteFolder(size_of(id), entry(id), 0, nullptr, DEL_FOLDERS | DEL_MESSAGES));
    ASSERT_EQ(MAPI_E_NOT_FOUND, get_error(store, tag));
  }
  static std::string receive_folder(IMsgStore* store, const char* message_class) {
    ULONG size = 0;
    LPENTRYID id = nullptr;
    EXPECT_EQ(S_OK, store->GetReceiveFolder(ansi(message_class), 0, &size, &id, nullptr));
    std::string bytes(reinterpret_cast<const char*>(id), id ? size : 0);
    MAPIFreeBuffer(id);
    return bytes;
  }
  static void end(Ptr<IMAPISession>& session) {
    EXPECT_EQ(S_OK, session->Logoff(0, 0, 0));
    session.reset();
  }
  std::string second_;  // PR_SERVICE_UID of what add_store() made
};

// spec: ST-524
TEST_P(SessionRules, TheStoresTableHasItsColumns) {
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, session_->GetMsgStoresTable(MAPI_UNICODE, table.put()));
  const std::vector<ULONG> required = {
      PR_DEFAULT_STORE, PR_DISPLAY_NAME_W,     PR_ENTRYID,    PR_INSTANCE_KEY,   PR_MDB_PROVIDER,
      PR_OBJECT_TYPE,   PR_PROVIDER_DISPLAY_W, PR_RECORD_KEY, PR_RESOURCE_FLAGS, PR_RESOURCE_TYPE};
  const auto columns = columns_of(table.get());
  for (const ULONG tag : required) EXPECT_EQ(1u, columns.count(tag)) << std::hex << tag;
  const Rows rows(table.get(), required);
  ASSERT_EQ(1u, rows.size());
  for (ULONG i = 0; i < required.size(); ++i)
    EXPECT_EQ(required[i], rows.at(0, i).ulPropTag) << std::hex << required[i];
  EXPECT_EQ(LONG{MAPI_STORE}, rows.at(0, 5).Value.l);
  EXPECT_EQ(LONG{MAPI_STORE_PROVIDER}, rows.at(0, 9).Value.l);
  EXPECT_EQ(get_binary(store_.get(), PR_RECORD_KEY), Values::binary(rows.at(0, 7)));
  EXPECT_EQ(get_binary(store_.get(), PR_MDB_PROVIDER), Values::binary(rows.at(0, 4)));
}

// spec: ST-525 ST-530 ST-528
TEST_P(SessionRules, ANewDefaultStoreShowsAtOnce) {
  add_store();
  auto session = new_session();
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, session->GetMsgStoresTable(0, table.put()));
  const auto before = stores(session.get());
  ASSERT_EQ(2u, before.size());
  const auto other = std::find_if(before.begin(), before.end(), [](const StoreRow& row) { return !row.is_default; });
  ASSERT_NE(before.end(), other);
  ASSERT_EQ(S_OK, session->SetDefaultStore(MAPI_DEFAULT_STORE, size_of(other->id), entry(other->id)));
  const Rows rows(table.get(), {PR_ENTRYID, PR_DEFAULT_STORE, PR_RESOURCE_FLAGS});
  ASSERT_EQ(2u, rows.size());
  int defaults = 0;
  for (ULONG i = 0; i < 2; ++i) {
    const LONG flags = rows.at(i, 2).Value.l;
    defaults += rows.at(i, 1).Value.b;
    EXPECT_EQ(rows.at(i, 1).Value.b != 0, (flags & LONG{STATUS_DEFAULT_STORE}) != 0);
    EXPECT_NE(before[i].is_default, rows.at(i, 1).Value.b != 0);
    // What mapisvc.inf says once and for all stays; of the two flags about an identity there is one.
    EXPECT_EQ(LONG{STATUS_NO_PRIMARY_IDENTITY}, flags & LONG{STATUS_NO_PRIMARY_IDENTITY | STATUS_PRIMARY_IDENTITY});
    EXPECT_EQ(before[i].flags & LONG{STATUS_NO_DEFAULT_STORE | STATUS_NO_PRIMARY_IDENTITY},
              flags & LONG{STATUS_NO_DEFAULT_STORE | STATUS_NO_PRIMARY_IDENTITY});
  }
  EXPECT_EQ(1, defaults);
  end(session);
  // Nothing makes a provider without an identity one that has it.
  const auto admin = services();
  Ptr<IMAPITable> service_table;
  ASSERT_EQ(S_OK, admin->GetMsgServiceTable(0, service_table.put()));
  const Rows service_rows(service_table.get(), {PR_SERVICE_UID, PR_RESOURCE_FLAGS});
  const LONG flags = service_rows.at(0, 1).Value.l;
  EXPECT_TRUE(FAILED(admin->SetPrimaryIdentity(reinterpret_cast<LPMAPIUID>(service_rows.at(0, 0).Value.bin.lpb), 0)));
  EXPECT_EQ(flags, Rows(service_table.get(), {PR_RESOURCE_FLAGS}).at(0, 0).Value.l);
}

// A store of no profile, opened by its id for this session only.
// spec: ST-526
TEST_P(SessionRules, TemporaryStoresAreNotPublished) {
  add_store();
  std::string id;
  {
    auto session = new_session();
    const auto all = stores(session.get());
    ASSERT_EQ(2u, all.size());
    const std::string second = all[all[0].is_default ? 1 : 0].id;
    {
      const auto store = open_by(session.get(), second, MDB_WRITE);
      id = get_binary(store.get(), PR_ENTRYID);
    }
    end(session);
  }
  ASSERT_EQ(S_OK, services()->DeleteMsgService(reinterpret_cast<LPMAPIUID>(second_.data())));
  auto session = new_session();
  ASSERT_EQ(1u, stores(session.get()).size());
  {
    const auto store = open_by(session.get(), id, MDB_WRITE | MDB_TEMPORARY);
    ASSERT_TRUE(store);
    EXPECT_EQ(LONG{MAPI_STORE}, get_long(store.get(), PR_OBJECT_TYPE));
    EXPECT_EQ(1u, stores(session.get()).size());
  }
  end(session);
  session = new_session();
  EXPECT_EQ(1u, stores(session.get()).size());
  end(session);
}

// spec: ST-527 ST-697
TEST_P(SessionRules, FoldersAreVerifiedWhenAStoreIsOpenedOrBecomesDefault) {
  delete_special(store_.get(), PR_IPM_OUTBOX_ENTRYID);
  delete_special(store_.get(), PR_FINDER_ENTRYID);
  add_store();
  {
    auto session = new_session();
    for (const StoreRow& row : stores(session.get())) {
      EXPECT_NE(0, row.flags & LONG{STATUS_NEED_IPM_TREE});
      if (row.is_default) {
        const auto store = open_by(session.get(), row.id, MDB_WRITE);
        EXPECT_EQ(0xFF, get_long(store.get(), PR_VALID_FOLDER_MASK));  // the full set, as before
      } else {
        const auto store = open_by(session.get(), row.id, MDB_WRITE);
        delete_special(store.get(), PR_IPM_OUTBOX_ENTRYID);
        delete_special(store.get(), PR_IPM_WASTEBASKET_ENTRYID);
      }
    }
    for (const StoreRow& row : stores(session.get())) EXPECT_EQ(0, row.flags & LONG{STATUS_NEED_IPM_TREE});
    end(session);
  }
  auto session = new_session();
  for (const StoreRow& row : stores(session.get())) {
    if (row.is_default) continue;
    {
      const auto store = open_by(session.get(), row.id, MDB_WRITE);
      // Not the default store: the minimum is made again.
      EXPECT_EQ(S_OK, get_error(store.get(), PR_IPM_WASTEBASKET_ENTRYID));
      EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(store.get(), PR_IPM_OUTBOX_ENTRYID));
      ASSERT_EQ(S_OK, session->SetDefaultStore(MAPI_DEFAULT_STORE, size_of(row.id), entry(row.id)));
      EXPECT_EQ(0xFF, get_long(store.get(), PR_VALID_FOLDER_MASK));
    }
  }
  end(session);
}

// spec: ST-529
TEST_P(SessionRules, AServiceThatIsThereOnceIsNotThereTwice) {
  const auto file = place_ / "once.inf";
  ::setenv("MAPIARY_MAPISVC", (file.string() + ":" INSTALLED_INF).c_str(), 1);
  std::ofstream(file)
      << "[Services]\nONCE=Once\n[ONCE]\nPR_DISPLAY_NAME=Once\nProviders=ONCE_STORE\nPR_SERVICE_DLL_NAME="
      << STORE_PROVIDER << "\nPR_SERVICE_ENTRY_NAME=MapiaryStoreServiceEntry\nPR_RESOURCE_FLAGS=SERVICE_SINGLE_COPY\n"
      << "[ONCE_STORE]\nPR_PROVIDER_DLL_NAME=" << STORE_PROVIDER
      << "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\nPR_DISPLAY_NAME=Once\n6701001F=memory\n";
  const auto admin = services();
  ASSERT_EQ(S_OK, admin->CreateMsgService(ansi("ONCE"), ansi("Once"), 0, 0));
  EXPECT_EQ(MAPI_E_NO_ACCESS, admin->CreateMsgService(ansi("ONCE"), ansi("Twice"), 0, 0));
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, admin->GetMsgServiceTable(0, table.put()));
  const Rows rows(table.get(), {PR_SERVICE_NAME_A, PR_SERVICE_UID});
  ASSERT_EQ(2u, rows.size());
  for (ULONG i = 0; i < rows.size(); ++i) {
    if (std::string(rows.at(i, 0).Value.lpszA) != "ONCE") continue;
    EXPECT_EQ(MAPI_E_NO_ACCESS, admin->CopyMsgService(reinterpret_cast<LPMAPIUID>(rows.at(i, 1).Value.bin.lpb), nullptr,
                                                      nullptr, &IID_IMsgServiceAdmin, admin.get(), 0, 0));
  }
}

// spec: ST-686 ST-702
TEST_P(SessionRules, ADefaultStoreHasEverySpecialFolder) {
  std::set<std::string> ids;
  for (const ULONG tag : {PR_IPM_SUBTREE_ENTRYID, PR_IPM_OUTBOX_ENTRYID, PR_IPM_WASTEBASKET_ENTRYID,
                          PR_IPM_SENTMAIL_ENTRYID, PR_FINDER_ENTRYID, PR_COMMON_VIEWS_ENTRYID, PR_VIEWS_ENTRYID}) {
    const std::string id = get_binary(store_.get(), tag);
    EXPECT_TRUE(ids.insert(id).second);
    EXPECT_TRUE(open<IMAPIFolder>(id, IID_IMAPIFolder)) << std::hex << tag;
  }
  EXPECT_TRUE(ids.insert(receive_folder(store_.get(), "IPM.Note")).second);
  // Views are associated messages of the view folders.
  for (const ULONG tag : {PR_COMMON_VIEWS_ENTRYID, PR_VIEWS_ENTRYID}) {
    const auto views = open<IMAPIFolder>(get_binary(store_.get(), tag), IID_IMAPIFolder);
    ASSERT_EQ(S_OK, create_message(views.get(), L"view", MAPI_ASSOCIATED)->SaveChanges(0));
    EXPECT_EQ(1u, row_count(contents(views.get(), MAPI_UNICODE | MAPI_ASSOCIATED).get()));
  }
}

// spec: ST-687
TEST_P(SessionRules, AnyStoreHasTheFoldersItNeeds) {
  add_store();
  auto session = new_session();
  for (const StoreRow& row : stores(session.get())) {
    if (row.is_default) continue;
    const auto store = open_by(session.get(), row.id, MDB_WRITE);
    for (const ULONG tag : {PR_FINDER_ENTRYID, PR_IPM_SUBTREE_ENTRYID, PR_IPM_WASTEBASKET_ENTRYID}) {
      EXPECT_TRUE(open_in(store.get(), get_binary(store.get(), tag))) << std::hex << tag;
    }
    EXPECT_TRUE(open_in(store.get(), receive_folder(store.get(), "IPM.Note")));
  }
  end(session);
}

// spec: ST-698
TEST_P(SessionRules, TheInboxAndTheRootReceive) {
  const std::string inbox = receive_folder(store_.get(), "IPM");
  EXPECT_EQ(L"Inbox", get_text(open<IMAPIFolder>(inbox, IID_IMAPIFolder).get(), PR_DISPLAY_NAME_W));
  for (const char* message_class : {"IPM.Note", "REPORT.IPM.Note.NDR", "Report.IPC.Paper.Order", "", "Other"}) {
    EXPECT_EQ(inbox, receive_folder(store_.get(), message_class)) << message_class;
  }
  EXPECT_EQ(inbox, receive_folder(store_.get(), nullptr));
  EXPECT_EQ(get_binary(root_.get(), PR_ENTRYID), receive_folder(store_.get(), "IPC"));
  EXPECT_EQ(get_binary(root_.get(), PR_ENTRYID), receive_folder(store_.get(), "IPC.Paper.Order"));
}

// spec: ST-703
TEST_P(SessionRules, FoldersOutsideTheSubtreeAreFolders) {
  const auto hidden = create_folder(root_.get(), L"Hidden"), other = create_folder(root_.get(), L"Other");
  const auto child = create_folder(hidden.get(), L"Child");
  const std::string id = get_binary(child.get(), PR_ENTRYID), message = add_message(child.get(), L"m");
  ASSERT_EQ(S_OK, set_text(child.get(), PR_DISPLAY_NAME_W, L"Renamed"));
  ASSERT_EQ(S_OK, set_text(child.get(), PR_COMMENT_W, L"remark"));
  ASSERT_EQ(S_OK, hidden->CopyFolder(size_of(id), entry(id), nullptr, other.get(), nullptr, 0, nullptr, FOLDER_MOVE));
  EXPECT_EQ((std::vector<std::wstring>{L"Renamed"}), Rows(hierarchy(other.get()).get(), {PR_DISPLAY_NAME_W}).texts(0));
  EXPECT_EQ(L"m", get_text(open_message(message, 0).get(), PR_SUBJECT_W));
  ASSERT_EQ(S_OK, other->DeleteFolder(size_of(id), entry(id), 0, nullptr, DEL_MESSAGES));
  EXPECT_EQ(0u, row_count(hierarchy(other.get()).get()));
  // None of them shows below the subtree.
  const auto subtree = open<IMAPIFolder>(get_binary(store_.get(), PR_IPM_SUBTREE_ENTRYID), IID_IMAPIFolder);
  const auto table = hierarchy(subtree.get(), MAPI_UNICODE | CONVENIENT_DEPTH);
  const auto names = Rows(table.get(), {PR_DISPLAY_NAME_W}).texts(0);
  EXPECT_EQ(0, std::count(names.begin(), names.end(), L"Hidden"));
}

// What waits to be sent shows in the Outbox, where its client made it.
// spec: ST-705
TEST_P(SessionRules, TheOutboxShowsTheQueue) {
  const auto outbox = open<IMAPIFolder>(get_binary(store_.get(), PR_IPM_OUTBOX_ENTRYID), IID_IMAPIFolder);
  const auto message = create_message(outbox.get(), L"waiting");
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada@x"));
  ASSERT_EQ(S_OK, message->SubmitMessage(0));
  const auto table = contents(outbox.get());
  const Rows rows(table.get(), {PR_SUBJECT_W, PR_MESSAGE_FLAGS});
  ASSERT_EQ(1u, rows.size());
  EXPECT_EQ(LONG{MSGFLAG_SUBMIT}, rows.at(0, 1).Value.l & LONG{MSGFLAG_SUBMIT});
}

// spec: ST-603 ST-604
TEST_P(SessionRules, SearchFoldersAreNotSearched) {
  const auto finder = open<IMAPIFolder>(get_binary(store_.get(), PR_FINDER_ENTRYID), IID_IMAPIFolder);
  EXPECT_EQ(get_binary(root_.get(), PR_ENTRYID), get_binary(finder.get(), PR_PARENT_ENTRYID));
  const auto first = create_folder(finder.get(), L"first", FOLDER_SEARCH);
  const auto second = create_folder(finder.get(), L"second", FOLDER_SEARCH);
  const auto folder = create_folder(root_.get(), L"f");
  add_message(folder.get(), L"m");
  Compare any(RELOP_EQ, text_prop(PR_SUBJECT_W, L"m"));
  ASSERT_EQ(S_OK, first->SetSearchCriteria(any.get(), Entries({get_binary(folder.get(), PR_ENTRYID)}).get(), 0));
  EXPECT_EQ(1u, row_count(contents(first.get()).get()));
  // The links of the first are no messages for the second.
  (void)second->SetSearchCriteria(any.get(), Entries({get_binary(first.get(), PR_ENTRYID)}).get(), RECURSIVE_SEARCH);
  EXPECT_EQ(0u, row_count(contents(second.get()).get()));
  Ptr<IMAPIFolder> below;
  EXPECT_TRUE(FAILED(first->CreateFolder(FOLDER_GENERIC, text(L"x"), nullptr, nullptr, MAPI_UNICODE, below.put())));
  EXPECT_TRUE(FAILED(first->CreateFolder(FOLDER_SEARCH, text(L"x"), nullptr, nullptr, MAPI_UNICODE, below.put())));
  EXPECT_EQ(0u, row_count(hierarchy(first.get()).get()));
}

// spec: ST-707 ST-709 ST-710 ST-711
TEST_P(SessionRules, AStoreOpenForReading) {
  const auto folder = create_folder(root_.get(), L"f");
  const std::string folder_id = get_binary(folder.get(), PR_ENTRYID);
  for (const wchar_t* subject : {L"a", L"b"}) add_message(folder.get(), subject);
  ASSERT_EQ(S_OK, create_message(folder.get(), L"view", MAPI_ASSOCIATED)->SaveChanges(0));
  ASSERT_EQ(S_OK, get_error(store_.get(), PR_IPM_OUTBOX_ENTRYID));
  auto session = new_session();
  {
    const auto store = open_by(session.get(), stores(session.get()).at(0).id, 0);
    EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(store.get(), PR_IPM_OUTBOX_ENTRYID));
    EXPECT_EQ(0u, tags_of(store.get()).count(PR_IPM_OUTBOX_ENTRYID));
    EXPECT_EQ(0, get_long(store.get(), PR_VALID_FOLDER_MASK) & LONG{FOLDER_IPM_OUTBOX_VALID});
    EXPECT_TRUE(open_in(store.get(), get_binary(store.get(), PR_FINDER_ENTRYID), 0));
    const auto reader = open_in(store.get(), folder_id, 0);
    // Orders and restrictions are the table's, outside of the store; read state is not changed at all.
    const auto table = contents(reader.get());
    ASSERT_EQ(S_OK, sort_by(table.get(), PR_SUBJECT_W, TABLE_SORT_DESCEND));
    EXPECT_EQ((std::vector<std::wstring>{L"b", L"a"}), Rows(table.get(), {PR_SUBJECT_W}).texts(0));
    EXPECT_EQ(MAPI_E_NO_ACCESS, reader->SetReadFlags(nullptr, 0, nullptr, 0));
    EXPECT_EQ(2, get_long(reader.get(), PR_CONTENT_UNREAD));
    // Views and forms that are there are read.
    const auto views = contents(reader.get(), MAPI_UNICODE | MAPI_ASSOCIATED);
    EXPECT_EQ((std::vector<std::wstring>{L"view"}), Rows(views.get(), {PR_SUBJECT_W}).texts(0));
  }
  end(session);
}

CONFORMANCE_SUITE(SessionRules);

}  // namespace
}  // namespace conformance
