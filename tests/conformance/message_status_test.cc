// SPDX-License-Identifier: Apache-2.0
// PR_MSG_STATUS: a column of contents tables more than a property of messages. Pages: imapifolder-getmessagestatus,
// imapifolder-setmessagestatus, pidtagmessagestatus.
#include <thread>

#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class MessageStatus : public StoreTest {
 protected:
  static ULONG get(IMAPIFolder* folder, std::string id) {
    ULONG status = 0xBAD;
    EXPECT_EQ(S_OK, folder->GetMessageStatus(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), 0,
                                             &status));
    return status;
  }
  static ULONG set(IMAPIFolder* folder, std::string id, ULONG status, ULONG mask) {
    ULONG before = 0xBAD;
    EXPECT_EQ(S_OK, folder->SetMessageStatus(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()),
                                             status, mask, &before));
    return before;
  }
  // The column of the only row.
  static ULONG column(IMAPIFolder* folder) {
    const auto table = contents(folder);
    const Rows rows(table.get(), {PR_MSG_STATUS});
    EXPECT_EQ(1u, rows.size());
    return rows.size() == 1 ? static_cast<ULONG>(rows.at(0, 0).Value.l) : 0xBAD;
  }
};

// spec: ST-113
TEST_P(MessageStatus, TheFlagsAreThoseOfTheHeader) {
  const std::pair<ULONG, ULONG> flags[] = {{MSGSTATUS_HIGHLIGHTED, 0x1},
                                           {MSGSTATUS_TAGGED, 0x2},
                                           {MSGSTATUS_HIDDEN, 0x4},
                                           {MSGSTATUS_DELMARKED, 0x8},
                                           {MSGSTATUS_REMOTE_DOWNLOAD, 0x1000},
                                           {MSGSTATUS_REMOTE_DELETE, 0x2000}};
  const std::string id = add_message(root_.get(), L"m");
  ULONG all = 0;
  for (const auto& [flag, value] : flags) {
    EXPECT_EQ(value, flag);
    EXPECT_EQ(all, set(root_.get(), id, flag, flag));
    all |= flag;
    EXPECT_EQ(all, get(root_.get(), id));
  }
  EXPECT_EQ(all, column(root_.get()));
}

// The store sets none of them itself.
// spec: ST-112
TEST_P(MessageStatus, TheUpperHalfIsTheClients) {
  const auto subtree = open<IMAPIFolder>(get_binary(store_.get(), PR_IPM_SUBTREE_ENTRYID), IID_IMAPIFolder);
  const auto in_subtree = create_folder(subtree.get(), L"Inside"), elsewhere = create_folder(root_.get(), L"Elsewhere");
  for (auto* folder : {in_subtree.get(), elsewhere.get()}) {
    const std::string id = add_message(folder, L"m");
    EXPECT_EQ(0u, get(folder, id));
    EXPECT_EQ(0u, set(folder, id, 0xFFFF0000, 0xFFFF0000));
    ASSERT_EQ(S_OK, folder->SetReadFlags(nullptr, 0, nullptr, 0));
    {
      const auto message = open_message(id);
      ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"n"));
      ASSERT_EQ(S_OK, message->SaveChanges(0));
    }
    EXPECT_EQ(0xFFFF0000u, get(folder, id));
    EXPECT_EQ(0xFFFF0000u, column(folder));
  }
}

// spec: ST-115
TEST_P(MessageStatus, OneOfTwoClientsTakesTheLock) {
  const std::string id = add_message(root_.get(), L"m");
  constexpr ULONG kLock = 0x00010000;
  Client other = log_on();
  for (int round = 0; round < 20; ++round) {
    ULONG first = 0, second = 0;
    std::thread rival([&] { second = set(other.root.get(), id, kLock, kLock); });
    first = set(root_.get(), id, kLock, kLock);
    rival.join();
    EXPECT_EQ(kLock, (first ^ second) & kLock) << round;
    EXPECT_EQ(kLock, set(root_.get(), id, 0, kLock) & kLock);
  }
  close(other);
}

// spec: ST-116
TEST_P(MessageStatus, EachRowHasItsOwn) {
  const auto folder = create_folder(root_.get(), L"Folder");
  const auto one = create_folder(root_.get(), L"One", FOLDER_SEARCH),
             two = create_folder(root_.get(), L"Two", FOLDER_SEARCH);
  SRestriction exists{};
  exists.rt = RES_EXIST;
  exists.res.resExist = {0, PR_SUBJECT_W, 0};
  for (auto* search : {one.get(), two.get()}) {
    ASSERT_EQ(S_OK, search->SetSearchCriteria(&exists, Entries({get_binary(folder.get(), PR_ENTRYID)}).get(), 0));
  }
  const std::string id = add_message(folder.get(), L"m");
  const auto open = contents(one.get());
  EXPECT_EQ(0, Rows(open.get(), {PR_MSG_STATUS}).at(0, 0).Value.l);
  EXPECT_EQ(0u, set(folder.get(), id, MSGSTATUS_TAGGED, MSGSTATUS_TAGGED));
  EXPECT_EQ(0u, set(one.get(), id, MSGSTATUS_HIDDEN, MSGSTATUS_HIDDEN));
  EXPECT_EQ(0u, set(two.get(), id, MSGSTATUS_DELMARKED, MSGSTATUS_DELMARKED));
  EXPECT_EQ(ULONG{MSGSTATUS_HIDDEN}, set(one.get(), id, MSGSTATUS_HIGHLIGHTED, MSGSTATUS_HIGHLIGHTED));
  EXPECT_EQ(ULONG{MSGSTATUS_TAGGED}, get(folder.get(), id));
  EXPECT_EQ(ULONG{MSGSTATUS_HIDDEN | MSGSTATUS_HIGHLIGHTED}, get(one.get(), id));
  EXPECT_EQ(ULONG{MSGSTATUS_DELMARKED}, get(two.get(), id));
  EXPECT_EQ(ULONG{MSGSTATUS_TAGGED}, column(folder.get()));
  EXPECT_EQ(ULONG{MSGSTATUS_DELMARKED}, column(two.get()));
  // A table that was open sees it, and can be restricted by it.
  EXPECT_EQ(LONG{MSGSTATUS_HIDDEN | MSGSTATUS_HIGHLIGHTED}, Rows(open.get(), {PR_MSG_STATUS}).at(0, 0).Value.l);
  SRestriction tagged{};
  tagged.rt = RES_BITMASK;
  tagged.res.resBitMask = {BMR_NEZ, PR_MSG_STATUS, MSGSTATUS_TAGGED};
  ASSERT_EQ(S_OK, open->Restrict(&tagged, 0));
  EXPECT_EQ(0u, Rows(open.get(), {PR_MSG_STATUS}).size());
  tagged.res.resBitMask.ulMask = MSGSTATUS_HIDDEN;
  ASSERT_EQ(S_OK, open->Restrict(&tagged, 0));
  EXPECT_EQ(1u, Rows(open.get(), {PR_MSG_STATUS}).size());
  EXPECT_EQ(ULONG{MSGSTATUS_HIDDEN | MSGSTATUS_HIGHLIGHTED}, set(one.get(), id, 0, 0xFFFFFFFF));
  EXPECT_EQ(0u, get(one.get(), id));
  EXPECT_EQ(ULONG{MSGSTATUS_DELMARKED}, get(two.get(), id));
}

// spec: ST-118
TEST_P(MessageStatus, NothingIsDoneAboutIt) {
  const std::string id = add_message(root_.get(), L"m");
  const ULONG all = MSGSTATUS_DELMARKED | MSGSTATUS_HIDDEN | MSGSTATUS_HIGHLIGHTED | MSGSTATUS_TAGGED;
  set(root_.get(), id, all, all);
  EXPECT_EQ(all, column(root_.get()));
  restart();
  EXPECT_EQ(all, column(root_.get()));
  EXPECT_EQ(all, get(root_.get(), id));
  EXPECT_EQ(L"m", get_text(open_message(id, 0).get(), PR_SUBJECT_W));
}

CONFORMANCE_SUITE(MessageStatus);

}  // namespace
}  // namespace conformance
