// SPDX-License-Identifier: Apache-2.0
// Read and nonread reports: who gets one, when, and that there is one at most. What is sent waits in the Outbox here,
// as no spooler runs. Pages: imapifolder-setreadflags, imessage-setreadflag,
// providing-read-and-nonread-reports-for-message-store-providers.
#include "tests/conformance/testing/progress.h"
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class Reports : public StoreTest {
 protected:
  using Texts = std::vector<std::wstring>;

  void SetUp() override {
    StoreTest::SetUp();
    folder_ = create_folder(root_.get(), L"Folder");
  }
  void TearDown() override {
    folder_.reset();
    StoreTest::TearDown();
  }
  // As a transport delivers it: unread, and not the user's own.
  static std::string receive(IMAPIFolder* folder, const wchar_t* subject, bool asks = true) {
    const auto message = create_message(folder, subject);
    EXPECT_EQ(S_OK, set_text(message.get(), PR_MESSAGE_CLASS_W, L"IPM.Note"));
    EXPECT_EQ(S_OK, set_long(message.get(), PR_MESSAGE_FLAGS, 0));
    if (asks) {
      EXPECT_EQ(S_OK, set_bool(message.get(), PR_READ_RECEIPT_REQUESTED, true));
    }
    for (const auto& [tag, value] : {std::pair<ULONG, const wchar_t*>{PR_SENDER_NAME_W, L"Ann"},
                                     {PR_SENDER_ADDRTYPE_W, L"SMTP"},
                                     {PR_SENDER_EMAIL_ADDRESS_W, L"ann@example.org"}}) {
      EXPECT_EQ(S_OK, set_text(message.get(), tag, value));
    }
    EXPECT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    return get_binary(message.get(), PR_ENTRYID);
  }
  std::string receive(const wchar_t* subject, bool asks = true) { return receive(folder_.get(), subject, asks); }
  // Subjects of the reports sent so far.
  Texts sent(const wchar_t* message_class) {
    const auto outbox = open<IMAPIFolder>(get_binary(store_.get(), PR_IPM_OUTBOX_ENTRYID), IID_IMAPIFolder);
    const auto table = contents(outbox.get());
    const Rows rows(table.get(), {PR_MESSAGE_CLASS_W, PR_SUBJECT_W, PR_MESSAGE_FLAGS});
    Texts subjects;
    for (ULONG i = 0; i < rows.size(); ++i) {
      EXPECT_NE(0, rows.at(i, 2).Value.l & LONG{MSGFLAG_SUBMIT});
      if (rows.text(i, 0) == message_class) subjects.push_back(rows.text(i, 1).substr(rows.text(i, 1).find(L": ") + 2));
    }
    return subjects;
  }
  Texts read_reports() { return sent(L"REPORT.IPM.Note.IPNRN"); }
  Texts nonread_reports() { return sent(L"REPORT.IPM.Note.IPNNRN"); }
  HRESULT set_flags(const std::string& id, ULONG flags) {
    return folder_->SetReadFlags(Entries({id}).get(), 0, nullptr, flags);
  }
  LONG flags_of(const std::string& id, LONG of) { return get_long(open_message(id, 0).get(), PR_MESSAGE_FLAGS) & of; }
  static constexpr LONG kPending = MSGFLAG_RN_PENDING | MSGFLAG_NRN_PENDING;

  Ptr<IMAPIFolder> folder_;
};

// spec: ST-294 ST-464
TEST_P(Reports, GoOutWhenTheSenderAskedOnly) {
  const std::string asked = receive(L"asked"), not_asked = receive(L"not asked", false);
  EXPECT_EQ(kPending, flags_of(asked, kPending));
  EXPECT_EQ(0, flags_of(not_asked, kPending));
  for (const std::string& id : {asked, not_asked}) {
    const auto message = open_message(id, 0);
    ASSERT_EQ(S_OK, message->SetReadFlag(0));
    ASSERT_EQ(S_OK, message->SetReadFlag(0));
  }
  EXPECT_EQ(Texts{L"asked"}, read_reports());
  EXPECT_EQ(LONG{MSGFLAG_READ}, flags_of(asked, kPending | LONG{MSGFLAG_READ}));
  const auto message = create_message(folder_.get(), L"own flags");
  ASSERT_EQ(S_OK, set_long(message.get(), PR_MESSAGE_FLAGS, kPending | MSGFLAG_ASSOCIATED));
  EXPECT_EQ(0, get_long(message.get(), PR_MESSAGE_FLAGS));
}

// A store that could not suppress a report would have to say MAPI_E_NO_SUPPRESS: one that says S_OK must suppress it.
// spec: ST-124 ST-130 ST-290 ST-292
TEST_P(Reports, AreSuppressed) {
  const std::string one = receive(L"1"), two = receive(L"2"), read = receive(L"read");
  ASSERT_EQ(S_OK, set_flags(one, SUPPRESS_RECEIPT));
  ASSERT_EQ(S_OK, open_message(two, 0)->SetReadFlag(SUPPRESS_RECEIPT));
  for (const std::string& id : {one, two}) {
    EXPECT_EQ(LONG{MSGFLAG_READ}, flags_of(id, kPending | LONG{MSGFLAG_READ}));
    ASSERT_EQ(S_OK, set_flags(id, GENERATE_RECEIPT_ONLY));
    ASSERT_EQ(S_OK, set_flags(id, CLEAR_READ_FLAG));
    ASSERT_EQ(S_OK, set_flags(id, 0));
  }
  EXPECT_TRUE(read_reports().empty());
  // One that is read already stays as it is.
  const auto message = open_message(read);
  ASSERT_EQ(S_OK, message->SetReadFlag(CLEAR_READ_FLAG));
  EXPECT_EQ(kPending, flags_of(read, kPending));
  ASSERT_EQ(S_OK, message->SetReadFlag(0));
  ASSERT_EQ(S_OK, set_bool(message.get(), PR_READ_RECEIPT_REQUESTED, true));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  ASSERT_EQ(S_OK, message->SetReadFlag(SUPPRESS_RECEIPT));
  EXPECT_TRUE(Values(message.get(), {PR_READ_RECEIPT_REQUESTED})[0].Value.b);
  EXPECT_EQ(LONG{MSGFLAG_READ}, get_long(message.get(), PR_MESSAGE_FLAGS) & LONG{MSGFLAG_READ});
}

// spec: ST-126 ST-290
TEST_P(Reports, AreSentAloneWithoutMarkingAsRead) {
  const std::string one = receive(L"1"), two = receive(L"2");
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(S_OK, set_flags(one, GENERATE_RECEIPT_ONLY));
    ASSERT_EQ(S_OK, open_message(two, 0)->SetReadFlag(GENERATE_RECEIPT_ONLY));
  }
  EXPECT_EQ((Texts{L"1", L"2"}), read_reports());
  EXPECT_EQ(0, flags_of(one, MSGFLAG_READ | kPending));
  EXPECT_EQ(0, flags_of(two, MSGFLAG_READ | kPending));
  ASSERT_EQ(S_OK, set_flags(one, 0));
  EXPECT_EQ((Texts{L"1", L"2"}), read_reports());
}

// spec: ST-290
TEST_P(Reports, AreNotSentForWhatIsMarkedUnread) {
  const std::string id = receive(L"1");
  const auto message = open_message(id, 0);
  ASSERT_EQ(S_OK, message->SetReadFlag(SUPPRESS_RECEIPT));
  ASSERT_EQ(S_OK, message->SetReadFlag(CLEAR_READ_FLAG));
  EXPECT_EQ(0, flags_of(id, MSGFLAG_READ));
  EXPECT_TRUE(read_reports().empty());
}

// spec: ST-128
TEST_P(Reports, AreClearedOneByOne) {
  const std::string one = receive(L"1"), two = receive(L"2"), three = receive(L"3");
  ASSERT_EQ(S_OK, set_flags(one, CLEAR_RN_PENDING));
  EXPECT_EQ(LONG{MSGFLAG_NRN_PENDING}, flags_of(one, kPending | LONG{MSGFLAG_READ}));
  ASSERT_EQ(S_OK, set_flags(two, CLEAR_NRN_PENDING));
  EXPECT_EQ(LONG{MSGFLAG_RN_PENDING}, flags_of(two, kPending | LONG{MSGFLAG_READ}));
  EXPECT_TRUE(read_reports().empty());
  EXPECT_TRUE(nonread_reports().empty());
  // Nor is the cleared one sent later; the other one is.
  ASSERT_EQ(S_OK, folder_->DeleteMessages(Entries({one, two}).get(), 0, nullptr, 0));
  EXPECT_EQ(Texts{L"1"}, nonread_reports());
  ASSERT_EQ(S_OK, set_flags(three, CLEAR_RN_PENDING));
  ASSERT_EQ(S_OK, set_flags(three, 0));
  EXPECT_TRUE(read_reports().empty());
}

// spec: ST-668
TEST_P(Reports, TellOfWholeFoldersThatAreDeletedUnread) {
  const auto child = create_folder(folder_.get(), L"Child");
  receive(child.get(), L"deep");
  receive(L"flat");
  const std::string read = receive(L"read");
  ASSERT_EQ(S_OK, set_flags(read, 0));
  ASSERT_EQ(S_OK, folder_->EmptyFolder(0, nullptr, 0));
  EXPECT_EQ((Texts{L"flat", L"deep"}), nonread_reports());
  const auto second = create_folder(folder_.get(), L"Second");
  receive(second.get(), L"third");
  const std::string open = receive(second.get(), L"open");
  const auto stays = open_message(open);
  std::string id = get_binary(second.get(), PR_ENTRYID);
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION,
            folder_->DeleteFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), 0, nullptr,
                                  DEL_MESSAGES | DEL_FOLDERS));
  EXPECT_EQ((Texts{L"flat", L"deep", L"third"}), nonread_reports());
  EXPECT_EQ(Texts{L"read"}, read_reports());
}

// The receiving store makes no reports, so the source's do before, once, for those too whose copy fails.
// spec: ST-079 ST-080 ST-081
TEST_P(Reports, GoOutBeforeACopyToAnotherStore) {
  folder_.reset();
  const auto second = restart_with_second_store();
  ASSERT_TRUE(second);
  folder_ = create_folder(root_.get(), L"Source");
  const auto target = open_root(second.get(), MAPI_MODIFY);
  const std::string one = receive(L"1"), two = receive(L"2"), open = receive(L"open");
  const auto open_for_writing = open_message(open);
  ASSERT_EQ(S_OK, folder_->CopyMessages(Entries({one, open}).get(), nullptr, target.get(), 0, nullptr, 0));
  EXPECT_EQ((Texts{L"1", L"open"}), read_reports());
  EXPECT_EQ(0, flags_of(one, MSGFLAG_READ | kPending));
  EXPECT_EQ(2, get_long(target.get(), PR_CONTENT_COUNT));
  const auto search = create_folder(target.get(), L"takes no messages", FOLDER_SEARCH);
  EXPECT_NE(S_OK, folder_->CopyMessages(Entries({two}).get(), nullptr, search.get(), 0, nullptr, 0));
  EXPECT_EQ((Texts{L"1", L"open", L"2"}), read_reports());
  // Nothing is pending in the copies.
  const auto table = contents(target.get());
  const Rows rows(table.get(), {PR_MESSAGE_FLAGS});
  for (ULONG i = 0; i < rows.size(); ++i) EXPECT_EQ(0, rows.at(i, 0).Value.l & kPending);
}

TEST_P(Reports, SetReadFlagsShowsItsProgress) {
  for (int i = 0; i < 120; ++i) receive(L"m", false);
  Indicator silent, told, stops(60);
  ASSERT_EQ(S_OK, folder_->SetReadFlags(nullptr, 0, &silent, CLEAR_READ_FLAG));
  EXPECT_TRUE(silent.values.empty());
  EXPECT_EQ(MAPI_E_USER_CANCEL, folder_->SetReadFlags(nullptr, 0, &stops, MESSAGE_DIALOG));
  const LONG left = get_long(folder_.get(), PR_CONTENT_UNREAD);
  EXPECT_GT(left, 0);
  EXPECT_LT(left, 120);
  ASSERT_EQ(S_OK, folder_->SetReadFlags(nullptr, 0, &told, MESSAGE_DIALOG));
  EXPECT_EQ(0, get_long(folder_.get(), PR_CONTENT_UNREAD));
  ASSERT_EQ(120u, told.values.size());
  EXPECT_TRUE(told.rises());
  EXPECT_EQ(1000u, told.values.back());
  EXPECT_EQ(120u, told.last_count);
  EXPECT_EQ(120u, told.last_total);
}

TEST_P(Reports, SetReadFlagsTakesEachMessageOfTheFolderOnce) {
  const auto elsewhere = create_folder(root_.get(), L"Elsewhere");
  const std::string one = receive(L"1"), open = receive(L"open"), other = receive(elsewhere.get(), L"other");
  auto hidden = create_message(folder_.get(), L"hidden", MAPI_ASSOCIATED);
  ASSERT_EQ(S_OK, hidden->SaveChanges(KEEP_OPEN_READONLY));
  const std::string associated = get_binary(hidden.get(), PR_ENTRYID);
  hidden.reset();
  const auto held = open_message(open);
  const auto mark = [&](const std::vector<std::string>& ids, ULONG flags) {
    return folder_->SetReadFlags(Entries(ids).get(), 0, nullptr, flags);
  };
  // What is open for writing keeps its read flag, but its report may go out.
  EXPECT_EQ(S_OK, mark({open, open}, GENERATE_RECEIPT_ONLY));
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, mark({open}, 0));
  EXPECT_EQ(Texts{L"open"}, read_reports());
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, mark({one, other, associated, one}, 0));
  EXPECT_EQ((Texts{L"open", L"1"}), read_reports());
  EXPECT_EQ(LONG{MSGFLAG_READ}, flags_of(one, MSGFLAG_READ));
  EXPECT_EQ(0, flags_of(other, MSGFLAG_READ));
  EXPECT_EQ(S_OK, mark({one, associated}, CLEAR_READ_FLAG));
  EXPECT_EQ(0, flags_of(one, MSGFLAG_READ));
}

CONFORMANCE_SUITE(Reports);

}  // namespace
}  // namespace conformance
