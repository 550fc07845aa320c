// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

constexpr ULONG kAll = fnevObjectCreated | fnevObjectCopied | fnevObjectDeleted | fnevObjectModified | fnevObjectMoved;

class Notifications : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    folder_ = create_folder(root_.get(), L"Folder");
    ASSERT_EQ(S_OK, store_->Advise(0, nullptr, kAll, &sink_, &connection_));
  }
  void TearDown() override {
    if (connection_ != 0) {
      EXPECT_EQ(S_OK, store_->Unadvise(connection_));
    }
    folder_.reset();
    StoreTest::TearDown();
    sink_.wait_until_released();
  }
  Sink sink_;
  ULONG_PTR connection_ = 0;
  Ptr<IMAPIFolder> folder_;
};

// A store that had none to send would have to refuse: one that takes a sink tells it. The provider keeps a reference of
// its own while it does.
// spec: ST-011 ST-012 ST-013 ST-014 ST-015 ST-016
// spec: IMsgStore::Advise IMsgStore::Unadvise
TEST_P(Notifications, AreRegisteredByObjectOrStore) {
  EXPECT_NE(0u, connection_);
  ULONG_PTR other = 0;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, store_->Advise(0, nullptr, fnevTableModified, &sink_, &other));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, store_->Advise(0, nullptr, kAll, nullptr, &other));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, store_->Unadvise(4711));
  Sink of_folder;
  std::string id = get_binary(folder_.get(), PR_ENTRYID);
  ASSERT_EQ(S_OK, store_->Advise(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()),
                                 fnevObjectModified, &of_folder, &other));
  EXPECT_EQ(2u, of_folder.references.load());
  EXPECT_NE(0, get_long(store_.get(), PR_STORE_SUPPORT_MASK) & LONG{STORE_NOTIFY_OK});
  create_folder(root_.get(), L"Another");
  ASSERT_EQ(S_OK, set_text(folder_.get(), PR_COMMENT_W, L"x"));
  EXPECT_EQ(id, of_folder.wait_for(fnevObjectModified).object);
  ASSERT_EQ(S_OK, store_->Unadvise(other));
  of_folder.wait_until_released();
  EXPECT_EQ(1u, of_folder.events().size());
}

// spec: ST-607 ST-608
TEST_P(Notifications, TellOfFolders) {
  const auto made = create_folder(folder_.get(), L"New");
  std::string id = get_binary(made.get(), PR_ENTRYID);
  const auto created = sink_.wait_for(fnevObjectCreated);
  EXPECT_EQ(id, created.object);
  EXPECT_EQ(get_binary(folder_.get(), PR_ENTRYID), created.parent);
  ASSERT_EQ(S_OK, folder_->CopyFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), nullptr,
                                      root_.get(), nullptr, 0, nullptr, FOLDER_MOVE));
  const auto moved = sink_.wait_for(fnevObjectMoved);
  EXPECT_EQ(id, moved.object);
  EXPECT_EQ(get_binary(root_.get(), PR_ENTRYID), moved.parent);
  EXPECT_EQ(get_binary(folder_.get(), PR_ENTRYID), moved.old_parent);
  ASSERT_EQ(S_OK,
            root_->DeleteFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), 0, nullptr, 0));
  EXPECT_EQ(id, sink_.wait_for(fnevObjectDeleted).object);
}

// spec: ST-611
TEST_P(Notifications, TellOfMessages) {
  const auto message = create_message(folder_.get(), L"m");
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  EXPECT_EQ(id, sink_.wait_for(fnevObjectCreated).object);
  // The folder's counts have changed.  spec: ST-610
  EXPECT_EQ(get_binary(folder_.get(), PR_ENTRYID), sink_.wait_for(fnevObjectModified).object);
  sink_.clear();
  ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"n"));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(id, sink_.wait_for(fnevObjectModified).object);
}

// spec: ST-609 ST-622
TEST_P(Notifications, TellOfCopiesAsCopies) {
  const std::string id = add_message(folder_.get(), L"m");
  sink_.wait_for(fnevObjectCreated);
  sink_.clear();
  ASSERT_EQ(S_OK, folder_->CopyMessages(Entries({id}).get(), nullptr, root_.get(), 0, nullptr, 0));
  const auto copied = sink_.wait_for(fnevObjectCopied);
  EXPECT_NE(id, copied.object);
  EXPECT_EQ(get_binary(root_.get(), PR_ENTRYID), copied.parent);
  EXPECT_EQ(id, copied.old_object);
  EXPECT_EQ(get_binary(folder_.get(), PR_ENTRYID), copied.old_parent);
  for (const auto& event : sink_.events()) EXPECT_NE(ULONG{fnevObjectCreated}, event.type);
}

TEST_P(Notifications, ComeInTheOrderOfTheCommits) {
  std::vector<std::string> ids;
  for (int i = 0; i < 50; ++i) ids.push_back(add_message(folder_.get(), L"m"));
  const auto last = create_folder(root_.get(), L"last");
  const std::string last_id = get_binary(last.get(), PR_ENTRYID);
  for (;;) {
    const auto events = sink_.events();
    const bool all = std::any_of(events.begin(), events.end(), [&](const auto& e) { return e.object == last_id; });
    if (!all) {
      std::this_thread::yield();
      continue;
    }
    std::vector<std::string> created;
    for (const auto& event : events) {
      if (event.type == fnevObjectCreated && event.object != last_id) created.push_back(event.object);
    }
    EXPECT_EQ(ids, created);
    break;
  }
}

TEST_P(Notifications, TellOfOtherLogonsToo) {
  Client other = log_on();
  const std::string id = add_message(other.root.get(), L"m");
  EXPECT_EQ(id, sink_.wait_for(fnevObjectCreated).object);
  close(other);
}

CONFORMANCE_SUITE(Notifications);

}  // namespace
}  // namespace conformance
