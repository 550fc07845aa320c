// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class Searches : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    folder_ = create_folder(root_.get(), L"Folder");
    search_ = create_folder(root_.get(), L"Search", FOLDER_SEARCH);
    pattern_.ulPropTag = PR_SUBJECT_W;
    pattern_.Value.lpszW = const_cast<wchar_t*>(L"find");
    restriction_.rt = RES_CONTENT;
    restriction_.res.resContent = {FL_SUBSTRING | FL_IGNORECASE, PR_SUBJECT_W, &pattern_};
  }
  void TearDown() override {
    folder_.reset();
    search_.reset();
    StoreTest::TearDown();
  }
  HRESULT start(ULONG flags = 0) {
    return search_->SetSearchCriteria(&restriction_, Entries({get_binary(folder_.get(), PR_ENTRYID)}).get(), flags);
  }
  std::vector<std::wstring> found() {
    const auto table = contents(search_.get());
    return Rows(table.get(), {PR_SUBJECT_W}).texts(0);
  }
  using Texts = std::vector<std::wstring>;

  Ptr<IMAPIFolder> folder_, search_;
  SPropValue pattern_{};
  SRestriction restriction_{};
};

// spec: ST-146 ST-147 ST-152
// spec: IMAPIContainer::SetSearchCriteria IMAPIContainer::GetSearchCriteria
TEST_P(Searches, CriteriaAreKept) {
  LPSRestriction restriction = nullptr;
  LPENTRYLIST containers = nullptr;
  ULONG state = 0;
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, search_->GetSearchCriteria(MAPI_UNICODE, &restriction, &containers, &state));
  EXPECT_TRUE(FAILED(search_->SetSearchCriteria(nullptr, nullptr, 0)));
  EXPECT_TRUE(FAILED(search_->SetSearchCriteria(&restriction_, nullptr, 0)));
  ASSERT_EQ(S_OK, start(RECURSIVE_SEARCH));
  ASSERT_EQ(S_OK, search_->GetSearchCriteria(MAPI_UNICODE, &restriction, &containers, &state));
  EXPECT_EQ(ULONG{RES_CONTENT}, restriction->rt);
  ASSERT_EQ(1u, containers->cValues);
  EXPECT_EQ(get_binary(folder_.get(), PR_ENTRYID),
            std::string(reinterpret_cast<char*>(containers->lpbin[0].lpb), containers->lpbin[0].cb));
  EXPECT_EQ(ULONG{SEARCH_RUNNING | SEARCH_RECURSIVE}, state);
  MAPIFreeBuffer(restriction);
  MAPIFreeBuffer(containers);
  EXPECT_EQ(S_OK, search_->GetSearchCriteria(MAPI_UNICODE, nullptr, nullptr, nullptr));
  add_message(folder_.get(), L"find me");
  ASSERT_EQ(S_OK, search_->SetSearchCriteria(nullptr, nullptr, RESTART_SEARCH));
  EXPECT_EQ(Texts{L"find me"}, found());
}

// spec: ST-151
TEST_P(Searches, FlagsThatExcludeOneAnotherAreRefused) {
  for (const ULONG flags :
       {BACKGROUND_SEARCH | FOREGROUND_SEARCH, RECURSIVE_SEARCH | SHALLOW_SEARCH, RESTART_SEARCH | STOP_SEARCH}) {
    EXPECT_EQ(MAPI_E_INVALID_PARAMETER, start(flags));
  }
}

TEST_P(Searches, FindWhatIsThereAndWhatComes) {
  const std::string one = add_message(folder_.get(), L"find me"), two = add_message(folder_.get(), L"other");
  ASSERT_EQ(S_OK, start());
  EXPECT_EQ(Texts{L"find me"}, found());
  add_message(folder_.get(), L"FIND too");
  add_message(root_.get(), L"find, but elsewhere");
  EXPECT_EQ((Texts{L"find me", L"FIND too"}), found());
  EXPECT_EQ(2, get_long(search_.get(), PR_CONTENT_COUNT));
  {
    const auto message = open_message(two);
    ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"now find"));
    ASSERT_EQ(S_OK, message->SaveChanges(0));
  }
  EXPECT_EQ((Texts{L"find me", L"FIND too", L"now find"}), found());
  ASSERT_EQ(S_OK, folder_->CopyMessages(Entries({one}).get(), nullptr, root_.get(), 0, nullptr, MESSAGE_MOVE));
  EXPECT_EQ((Texts{L"FIND too", L"now find"}), found());
}

TEST_P(Searches, SubfoldersAreSearchedWhenAsked) {
  const auto child = create_folder(folder_.get(), L"Child");
  add_message(child.get(), L"find below");
  ASSERT_EQ(S_OK, start(SHALLOW_SEARCH));
  EXPECT_TRUE(found().empty());
  ASSERT_EQ(S_OK, search_->SetSearchCriteria(nullptr, nullptr, RECURSIVE_SEARCH));
  EXPECT_EQ(Texts{L"find below"}, found());
  const auto deep = create_folder(child.get(), L"Deep");
  add_message(deep.get(), L"find deep");
  EXPECT_EQ((Texts{L"find below", L"find deep"}), found());
}

// spec: ST-149
TEST_P(Searches, StopLeavesTheResultAsItIs) {
  add_message(folder_.get(), L"find 1");
  ASSERT_EQ(S_OK, start());
  ASSERT_EQ(S_OK, search_->SetSearchCriteria(nullptr, nullptr, STOP_SEARCH));
  ULONG state = 99;
  ASSERT_EQ(S_OK, search_->GetSearchCriteria(0, nullptr, nullptr, &state));
  EXPECT_EQ(0u, state & SEARCH_RUNNING);
  add_message(folder_.get(), L"find 2");
  EXPECT_EQ(Texts{L"find 1"}, found());
}

// spec: ST-155 ST-156 ST-451 ST-452 ST-602
TEST_P(Searches, ResultsAreMessagesOfOtherFolders) {
  const std::string id = add_message(folder_.get(), L"find me");
  ASSERT_EQ(S_OK, start());
  Ptr<IMessage> message;
  EXPECT_EQ(MAPI_E_NO_ACCESS, search_->CreateMessage(nullptr, 0, message.put()));
  EXPECT_EQ(MAPI_E_NO_ACCESS, folder_->CopyMessages(Entries({id}).get(), nullptr, search_.get(), 0, nullptr, 0));
  Ptr<IMAPIFolder> below;
  EXPECT_EQ(MAPI_E_NO_ACCESS,
            search_->CreateFolder(FOLDER_GENERIC, text(L"x"), nullptr, nullptr, MAPI_UNICODE, below.put()));
  {
    const auto table = contents(search_.get());
    const Rows rows(table.get(), {PR_ENTRYID, PR_PARENT_ENTRYID, PR_PARENT_DISPLAY_W});
    ASSERT_EQ(1u, rows.size());
    EXPECT_EQ(id, Values::binary(rows.at(0, 0)));
    EXPECT_EQ(get_binary(folder_.get(), PR_ENTRYID), Values::binary(rows.at(0, 1)));
    EXPECT_EQ(L"Folder", rows.text(0, 2));  // spec: ST-539
  }
  ASSERT_EQ(S_OK, search_->CopyMessages(Entries({id}).get(), nullptr, root_.get(), 0, nullptr, 0));
  EXPECT_EQ(1, get_long(root_.get(), PR_CONTENT_COUNT));
  ASSERT_EQ(S_OK, search_->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
  EXPECT_EQ(0, get_long(folder_.get(), PR_CONTENT_COUNT));
  EXPECT_TRUE(found().empty());
}

// spec: ST-158
TEST_P(Searches, DeletingOneDeletesNoMessage) {
  add_message(folder_.get(), L"find me");
  ASSERT_EQ(S_OK, start());
  std::string id = get_binary(search_.get(), PR_ENTRYID);
  ASSERT_EQ(S_OK,
            root_->DeleteFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), 0, nullptr, 0));
  EXPECT_EQ(1, get_long(folder_.get(), PR_CONTENT_COUNT));
  add_message(folder_.get(), L"find another");
  EXPECT_EQ(2, get_long(folder_.get(), PR_CONTENT_COUNT));
}

TEST_P(Searches, GoOnAfterARestart) {
  add_message(folder_.get(), L"find 1");
  ASSERT_EQ(S_OK, start());
  const std::string folder = get_binary(folder_.get(), PR_ENTRYID), search = get_binary(search_.get(), PR_ENTRYID);
  folder_.reset();
  search_.reset();
  restart();
  folder_ = open<IMAPIFolder>(folder, IID_IMAPIFolder);
  search_ = open<IMAPIFolder>(search, IID_IMAPIFolder);
  add_message(folder_.get(), L"find 2");
  EXPECT_EQ((Texts{L"find 1", L"find 2"}), found());
}

// spec: ST-605
TEST_P(Searches, TellOfTheirEnd) {
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, store_->Advise(0, nullptr, fnevSearchComplete, &sink, &connection));
  ASSERT_EQ(S_OK, start());
  EXPECT_EQ(get_binary(search_.get(), PR_ENTRYID), sink.wait_for(fnevSearchComplete).object);
  ASSERT_EQ(S_OK, store_->Unadvise(connection));
}

CONFORMANCE_SUITE(Searches);

}  // namespace
}  // namespace conformance
