// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class Folders : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    top_ = create_folder(root_.get(), L"Top");
  }
  void TearDown() override {
    top_.reset();
    StoreTest::TearDown();
  }
  HRESULT delete_folder(IMAPIFolder* parent, std::string id, ULONG flags) {
    return parent->DeleteFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), 0, nullptr,
                                flags);
  }
  HRESULT copy_folder(IMAPIFolder* from, std::string id, IMAPIFolder* to, ULONG flags, const wchar_t* name = nullptr) {
    return from->CopyFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), nullptr, to,
                            name ? text(name) : nullptr, 0, nullptr, flags | MAPI_UNICODE);
  }
  std::vector<std::wstring> names(IMAPIFolder* folder, ULONG flags = MAPI_UNICODE) {
    const auto table = hierarchy(folder, flags);
    const Rows rows(table.get(), {PR_DISPLAY_NAME_W});
    return rows.texts(0);
  }
  Ptr<IMAPIFolder> top_;
};

// spec: ST-062
TEST_P(Folders, HaveTheirRequiredProperties) {
  const auto folder = create_folder(top_.get(), L"One");
  EXPECT_EQ(L"One", get_text(folder.get(), PR_DISPLAY_NAME_W));
  EXPECT_EQ(LONG{FOLDER_GENERIC}, get_long(folder.get(), PR_FOLDER_TYPE));
  EXPECT_EQ(MAPI_FOLDER, get_long(folder.get(), PR_OBJECT_TYPE));
  EXPECT_EQ(get_binary(top_.get(), PR_ENTRYID), get_binary(folder.get(), PR_PARENT_ENTRYID));
  EXPECT_NE(get_binary(top_.get(), PR_RECORD_KEY), get_binary(folder.get(), PR_RECORD_KEY));
  EXPECT_EQ(get_binary(store_.get(), PR_ENTRYID), get_binary(folder.get(), PR_STORE_ENTRYID));
  EXPECT_EQ(get_binary(store_.get(), PR_STORE_RECORD_KEY), get_binary(folder.get(), PR_STORE_RECORD_KEY));
  EXPECT_EQ(MAPI_E_COMPUTED, set_binary(folder.get(), PR_ENTRYID, "x"));
  EXPECT_EQ(S_OK, set_text(folder.get(), PR_DISPLAY_NAME_W, L"Two"));
  EXPECT_EQ(L"Two", get_text(folder.get(), PR_DISPLAY_NAME_W));
}

// spec: ST-449 ST-448
TEST_P(Folders, TheRootIsItsOwnParent) {
  EXPECT_EQ(LONG{FOLDER_ROOT}, get_long(root_.get(), PR_FOLDER_TYPE));
  EXPECT_EQ(get_binary(root_.get(), PR_ENTRYID), get_binary(root_.get(), PR_PARENT_ENTRYID));
  EXPECT_EQ(LONG{FOLDER_SEARCH}, get_long(create_folder(root_.get(), L"S", FOLDER_SEARCH).get(), PR_FOLDER_TYPE));
}

// spec: ST-061
TEST_P(Folders, AreNotTransacted) {
  const auto folder = create_folder(top_.get(), L"One");
  const auto again = open<IMAPIFolder>(get_binary(folder.get(), PR_ENTRYID), IID_IMAPIFolder);
  ASSERT_EQ(S_OK, set_text(folder.get(), PR_COMMENT_W, L"remark"));
  EXPECT_EQ(L"remark", get_text(again.get(), PR_COMMENT_W));
  EXPECT_EQ(S_OK, folder->SaveChanges(0));
}

// spec: ST-085 ST-086 ST-087 ST-089 ST-453
// spec: IMAPIFolder::CreateFolder
TEST_P(Folders, AreCreatedOnce) {
  Ptr<IMAPIFolder> folder;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER,
            top_->CreateFolder(FOLDER_ROOT, text(L"x"), nullptr, nullptr, MAPI_UNICODE, folder.put()));
  ASSERT_EQ(S_OK,
            top_->CreateFolder(FOLDER_GENERIC, text(L"One"), text(L"remark"), nullptr, MAPI_UNICODE, folder.put()));
  EXPECT_EQ(L"remark", get_text(folder.get(), PR_COMMENT_W));
  const std::string id = get_binary(folder.get(), PR_ENTRYID);
  EXPECT_EQ(MAPI_E_COLLISION,
            top_->CreateFolder(FOLDER_GENERIC, text(L"oNE"), nullptr, nullptr, MAPI_UNICODE, folder.put()));
  ASSERT_EQ(S_OK, top_->CreateFolder(FOLDER_GENERIC, text(L"One"), nullptr, nullptr, MAPI_UNICODE | OPEN_IF_EXISTS,
                                     folder.put()));
  EXPECT_EQ(id, get_binary(folder.get(), PR_ENTRYID));
  const auto plain = create_folder(top_.get(), L"Plain");
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(plain.get(), PR_COMMENT_W));
  EXPECT_EQ(MAPI_E_COLLISION, set_text(plain.get(), PR_DISPLAY_NAME_W, L"ONE"));
}

// spec: ST-099 ST-100 ST-101
// spec: IMAPIFolder::DeleteFolder
TEST_P(Folders, AreDeletedWithTheirContentsOnlyWhenAsked) {
  const auto folder = create_folder(top_.get(), L"One");
  const std::string id = get_binary(folder.get(), PR_ENTRYID);
  const auto child = create_folder(folder.get(), L"Child");
  EXPECT_EQ(MAPI_E_HAS_FOLDERS, delete_folder(top_.get(), id, DEL_MESSAGES));
  EXPECT_EQ(std::vector<std::wstring>{L"Child"}, names(folder.get()));
  add_message(folder.get(), L"m");
  EXPECT_EQ(MAPI_E_HAS_MESSAGES, delete_folder(top_.get(), id, DEL_FOLDERS));
  EXPECT_EQ(std::vector<std::wstring>{L"One"}, names(top_.get()));
  EXPECT_EQ(S_OK, delete_folder(top_.get(), id, DEL_FOLDERS | DEL_MESSAGES));
  EXPECT_TRUE(names(top_.get()).empty());
  EXPECT_EQ(MAPI_E_NOT_FOUND, delete_folder(top_.get(), id, 0));
  EXPECT_EQ(MAPI_E_OBJECT_DELETED, get_error(folder.get(), PR_DISPLAY_NAME_W));
}

// spec: ST-102
TEST_P(Folders, StayWhereAMessageInThemStays) {
  const auto folder = create_folder(top_.get(), L"One");
  const std::string id = add_message(folder.get(), L"open");
  const auto open = open_message(id);
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION,
            delete_folder(top_.get(), get_binary(folder.get(), PR_ENTRYID), DEL_FOLDERS | DEL_MESSAGES));
  EXPECT_EQ(1, get_long(folder.get(), PR_CONTENT_COUNT));
}

// spec: ST-107 ST-108
// spec: IMAPIFolder::EmptyFolder
TEST_P(Folders, AreEmptied) {
  const auto folder = create_folder(top_.get(), L"One");
  create_folder(folder.get(), L"Child");
  add_message(folder.get(), L"m");
  ASSERT_EQ(S_OK, create_message(folder.get(), L"hidden", MAPI_ASSOCIATED)->SaveChanges(0));
  EXPECT_EQ(S_OK, folder->EmptyFolder(0, nullptr, 0));
  EXPECT_EQ(0, get_long(folder.get(), PR_CONTENT_COUNT));
  EXPECT_EQ(1, get_long(folder.get(), PR_ASSOC_CONTENT_COUNT));
  EXPECT_TRUE(names(folder.get()).empty());
  EXPECT_EQ(S_OK, folder->EmptyFolder(0, nullptr, DEL_ASSOCIATED));
  EXPECT_EQ(0, get_long(folder.get(), PR_ASSOC_CONTENT_COUNT));
  EXPECT_EQ(L"One", get_text(folder.get(), PR_DISPLAY_NAME_W));
}

// spec: ST-063 ST-492
// spec: IMAPIFolder::CopyFolder
TEST_P(Folders, MoveWithAllTheyHold) {
  const auto one = create_folder(top_.get(), L"One"), two = create_folder(top_.get(), L"Two");
  const auto child = create_folder(one.get(), L"Child");
  const std::string id = get_binary(one.get(), PR_ENTRYID), message = add_message(child.get(), L"m");
  EXPECT_EQ(S_OK, copy_folder(top_.get(), id, two.get(), FOLDER_MOVE, L"New"));
  EXPECT_EQ(std::vector<std::wstring>{L"Two"}, names(top_.get()));
  EXPECT_EQ(std::vector<std::wstring>{L"New"}, names(two.get()));
  const auto moved = open<IMAPIFolder>(id, IID_IMAPIFolder);
  EXPECT_EQ(std::vector<std::wstring>{L"Child"}, names(moved.get()));
  EXPECT_EQ(L"m", get_text(open_message(message, 0).get(), PR_SUBJECT_W));
}

// spec: ST-064 ST-065 ST-063
TEST_P(Folders, AreCopiedWithOrWithoutSubfolders) {
  const auto one = create_folder(top_.get(), L"One"), two = create_folder(top_.get(), L"Two");
  create_folder(one.get(), L"Child");
  add_message(one.get(), L"m");
  const std::string id = get_binary(one.get(), PR_ENTRYID);
  EXPECT_EQ(S_OK, copy_folder(top_.get(), id, two.get(), 0));
  EXPECT_EQ((std::vector<std::wstring>{L"One"}), names(two.get(), MAPI_UNICODE | CONVENIENT_DEPTH));
  EXPECT_EQ(S_OK, copy_folder(top_.get(), id, two.get(), COPY_SUBFOLDERS, L"Deep"));
  EXPECT_EQ((std::vector<std::wstring>{L"One", L"Deep", L"Child"}), names(two.get(), MAPI_UNICODE | CONVENIENT_DEPTH));
  EXPECT_EQ((std::vector<std::wstring>{L"One", L"Two"}), names(top_.get()));
  EXPECT_EQ(1, get_long(one.get(), PR_CONTENT_COUNT));
}

// spec: ST-066 ST-067 ST-069 ST-071 ST-450
TEST_P(Folders, AreNotCopiedIntoThemselvesOrOverOthers) {
  const auto one = create_folder(top_.get(), L"One"), two = create_folder(top_.get(), L"Two");
  const auto child = create_folder(one.get(), L"Child");
  const std::string id = get_binary(one.get(), PR_ENTRYID);
  EXPECT_EQ(MAPI_E_FOLDER_CYCLE, copy_folder(top_.get(), id, child.get(), FOLDER_MOVE));
  EXPECT_EQ(MAPI_E_FOLDER_CYCLE, copy_folder(top_.get(), id, one.get(), COPY_SUBFOLDERS));
  EXPECT_EQ(MAPI_E_COLLISION, copy_folder(top_.get(), id, top_.get(), 0, L"two"));
  EXPECT_EQ(MAPI_E_DECLINE_COPY, copy_folder(top_.get(), id, two.get(), MAPI_DECLINE_OK));
  EXPECT_EQ(S_OK, delete_folder(one.get(), get_binary(child.get(), PR_ENTRYID), 0));
  EXPECT_EQ(MAPI_E_NOT_FOUND, copy_folder(one.get(), gone_folder(), two.get(), 0));
  EXPECT_EQ(MAPI_E_NO_ACCESS, copy_folder(root_.get(), get_binary(root_.get(), PR_ENTRYID), two.get(), FOLDER_MOVE));
  EXPECT_EQ(MAPI_E_NO_ACCESS, delete_folder(root_.get(), get_binary(root_.get(), PR_ENTRYID), 0));
  EXPECT_EQ(MAPI_E_NO_ACCESS, set_text(root_.get(), PR_DISPLAY_NAME_W, L"x"));
}

// spec: ST-141 ST-142 ST-531 ST-532 ST-534 ST-535
TEST_P(Folders, StandInHierarchyTables) {
  const auto one = create_folder(top_.get(), L"One");
  create_folder(one.get(), L"Child");
  create_folder(top_.get(), L"Found", FOLDER_SEARCH);
  EXPECT_EQ((std::vector<std::wstring>{L"One", L"Found"}), names(top_.get()));
  const auto table = hierarchy(top_.get(), MAPI_UNICODE | CONVENIENT_DEPTH);
  const Rows rows(table.get(), {PR_DISPLAY_NAME_W, PR_DEPTH, PR_DISPLAY_TYPE, PR_OBJECT_TYPE, PR_ENTRYID, PR_STATUS,
                                PR_FOLDER_TYPE, PR_SUBFOLDERS, PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_INSTANCE_KEY});
  ASSERT_EQ(3u, rows.size());
  EXPECT_EQ((std::vector<std::wstring>{L"One", L"Child", L"Found"}), rows.texts(0));
  EXPECT_EQ(0, rows.at(0, 1).Value.l);
  EXPECT_EQ(1, rows.at(1, 1).Value.l);
  EXPECT_EQ(DT_FOLDER, rows.at(0, 2).Value.l);
  EXPECT_EQ(DT_FOLDER_LINK, rows.at(2, 2).Value.l);
  EXPECT_EQ(get_binary(one.get(), PR_ENTRYID), Values::binary(rows.at(0, 4)));
  EXPECT_EQ(std::string(4, '\0'), Values::binary(rows.at(0, 4)).substr(0, 4));
  EXPECT_TRUE(rows.at(0, 7).Value.b);
  EXPECT_FALSE(rows.at(1, 7).Value.b);
  for (ULONG row = 0; row < 3; ++row) {
    EXPECT_EQ(MAPI_FOLDER, rows.at(row, 3).Value.l);
    for (ULONG column = 0; column < 11; ++column) EXPECT_NE(PT_ERROR, PROP_TYPE(rows.at(row, column).ulPropTag));
  }
}

// spec: ST-119 ST-120
// spec: IMAPIFolder::SaveContentsSort
TEST_P(Folders, KeepTheOrderOfTheirContents) {
  const auto one = create_folder(top_.get(), L"One");
  const auto child = create_folder(one.get(), L"Child");
  for (auto* folder : {one.get(), child.get()}) {
    for (const wchar_t* subject : {L"b", L"c", L"a"}) add_message(folder, subject);
  }
  const auto subjects = [&](IMAPIFolder* folder) {
    const auto table = contents(folder);
    const Rows rows(table.get(), {PR_SUBJECT_W});
    return rows.texts(0);
  };
  SizedSSortOrderSet(1, order) = {1, 0, 0, {{PR_SUBJECT_W, TABLE_SORT_ASCEND}}};
  ASSERT_EQ(S_OK, one->SaveContentsSort(reinterpret_cast<LPSSortOrderSet>(&order), 0));
  EXPECT_EQ((std::vector<std::wstring>{L"a", L"b", L"c"}), subjects(one.get()));
  EXPECT_EQ((std::vector<std::wstring>{L"b", L"c", L"a"}), subjects(child.get()));
  ASSERT_EQ(S_OK, one->SaveContentsSort(reinterpret_cast<LPSSortOrderSet>(&order), RECURSIVE_SORT));
  EXPECT_EQ((std::vector<std::wstring>{L"a", L"b", L"c"}), subjects(child.get()));
}

// spec: ST-111 ST-114 ST-117
// spec: IMAPIFolder::GetMessageStatus IMAPIFolder::SetMessageStatus
TEST_P(Folders, HoldTheStatusOfMessages) {
  std::string id = add_message(top_.get(), L"m");
  const auto entry = [&] { return reinterpret_cast<LPENTRYID>(id.data()); };
  const auto size = static_cast<ULONG>(id.size());
  ULONG status = 99;
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, top_->GetMessageStatus(size, entry(), 1, &status));
  ASSERT_EQ(S_OK, top_->GetMessageStatus(size, entry(), 0, &status));
  EXPECT_EQ(0u, status);
  ASSERT_EQ(S_OK, top_->SetMessageStatus(size, entry(), 0xFFFF, MSGSTATUS_TAGGED | MSGSTATUS_HIDDEN, &status));
  EXPECT_EQ(0u, status);
  ASSERT_EQ(S_OK, top_->SetMessageStatus(size, entry(), 0, MSGSTATUS_HIDDEN, &status));
  EXPECT_EQ(ULONG{MSGSTATUS_TAGGED | MSGSTATUS_HIDDEN}, status);
  ASSERT_EQ(S_OK, top_->GetMessageStatus(size, entry(), 0, &status));
  EXPECT_EQ(ULONG{MSGSTATUS_TAGGED}, status);
  const auto message = open_message(id);
  EXPECT_EQ(MAPI_E_COMPUTED, set_long(message.get(), PR_MSG_STATUS, 0));
  const auto table = contents(top_.get());
  const Rows rows(table.get(), {PR_MSG_STATUS});
  EXPECT_EQ(LONG{MSGSTATUS_TAGGED}, rows.at(0, 0).Value.l);
}

// spec: ST-159 ST-160
// spec: IMAPIContainer::OpenEntry
TEST_P(Folders, OpenWhatIsInTheStore) {
  const auto folder = create_folder(top_.get(), L"One");
  std::string id = gone_message(), foreign = id, id2 = get_binary(folder.get(), PR_ENTRYID);
  foreign[5] = static_cast<char>(foreign[5] + 1);
  ULONG type = 0;
  Ptr<IUnknown> out;
  const auto open_id = [&](std::string& which) {
    return folder->OpenEntry(static_cast<ULONG>(which.size()), reinterpret_cast<LPENTRYID>(which.data()), nullptr, 0,
                             &type, out.put());
  };
  EXPECT_EQ(MAPI_E_NOT_FOUND, open_id(id));
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, open_id(foreign));
  EXPECT_EQ(S_OK, open_id(id2));
  EXPECT_EQ(ULONG{MAPI_FOLDER}, type);
  EXPECT_EQ(S_OK, folder->OpenEntry(0, nullptr, nullptr, 0, &type, out.put()));
  EXPECT_EQ(get_binary(root_.get(), PR_ENTRYID), get_binary(static_cast<IMAPIFolder*>(out.get()), PR_ENTRYID));
}

CONFORMANCE_SUITE(Folders);

}  // namespace
}  // namespace conformance
