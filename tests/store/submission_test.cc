// SPDX-License-Identifier: Apache-2.0
// SubmitMessage and the spooler's side of it, without a session: a second logon is the spooler's.
#include "tests/store/fake_support.h"
#include "tests/store/store_fixture.h"

namespace mapiary::store_tests {
namespace {

class Submission : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    spooler_core_ = open_core(true, true);
    spooler_ = open_store(spooler_core_);
    outbox_ = create_folder(root_.get(), L"Outbox");
  }
  void TearDown() override {
    outbox_.reset();
    spooler_.reset();
    EXPECT_TRUE(spooler_core_->close());
    StoreTest::TearDown();
  }
  // A message that was submitted; its entry id.
  std::string submit(const wchar_t* subject, IMAPIProp* like = nullptr) {
    (void)like;
    const auto message = create_message(outbox_.get(), subject);
    EXPECT_EQ(S_OK, add_recipient(message.get(), L"ada@example.org"));
    EXPECT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    const std::string id = get_binary(message.get(), PR_ENTRYID);
    EXPECT_EQ(S_OK, message->SubmitMessage(0));
    return id;
  }
  Ptr<IMessage> spooler_open(std::string id) {
    Ptr<IUnknown> out;
    ULONG type = 0;
    EXPECT_EQ(S_OK, spooler_->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), nullptr,
                                        MAPI_MODIFY, &type, out.put()));
    return Ptr<IMessage>::adopt(static_cast<IMessage*>(out.detach()));
  }
  HRESULT abort(std::string id, ULONG flags = 0) {
    return store_->AbortSubmit(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), flags);
  }
  HRESULT finished(std::string id, ULONG flags = 0) {
    return spooler_->FinishedMsg(flags, static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()));
  }
  Ptr<IMAPITable> queue() {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, spooler_->GetOutgoingQueue(0, table.put()));
    return table;
  }
  std::vector<std::wstring> queued() {
    const auto table = queue();
    return Rows(table.get(), {PR_SUBJECT_W}).texts(0);
  }
  using Texts = std::vector<std::wstring>;

  CorePtr spooler_core_;
  Ptr<IMsgStore> spooler_;
  Ptr<IMAPIFolder> outbox_;
};

// spec: ST-295 ST-299
TEST_F(Submission, NeedsRecipients) {
  const auto message = create_message(outbox_.get(), L"m");
  EXPECT_EQ(MAPI_E_NO_RECIPIENTS, message->SubmitMessage(0));
  EXPECT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"n"));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, message->SubmitMessage(0x100));
  EXPECT_EQ(0, get_long(message.get(), PR_MESSAGE_FLAGS) & LONG{MSGFLAG_SUBMIT});
}

// spec: ST-296 ST-298 ST-647 ST-648 ST-649 ST-653 ST-461
TEST_F(Submission, MarksSavesAndQueues) {
  const auto message = create_message(outbox_.get(), L"m");
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada"));
  ASSERT_EQ(S_OK, message->SubmitMessage(0));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, set_text(message.get(), PR_SUBJECT_W, L"n"));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, message->SaveChanges(0));
  const auto table = queue();
  const Rows rows(table.get(), {PR_ENTRYID, PR_MESSAGE_FLAGS, PR_CLIENT_SUBMIT_TIME, PR_SUBMIT_FLAGS, PR_DISPLAY_TO_W,
                                PR_MESSAGE_SIZE, PR_SUBJECT_W});
  ASSERT_EQ(1u, rows.size());
  EXPECT_EQ(LONG{MSGFLAG_SUBMIT}, rows.at(0, 1).Value.l & LONG{MSGFLAG_SUBMIT});
  EXPECT_EQ(PR_CLIENT_SUBMIT_TIME, rows.at(0, 2).ulPropTag);
  EXPECT_EQ(0, rows.at(0, 3).Value.l);
  const auto opened = spooler_open(Values::binary(rows.at(0, 0)));
  Ptr<IMAPITable> recipients;
  ASSERT_EQ(S_OK, opened->GetRecipientTable(0, recipients.put()));
  const Rows recipient(recipients.get(), {PR_RESPONSIBILITY, PR_ADDRTYPE_W});
  ASSERT_EQ(1u, recipient.size());
  EXPECT_EQ(PR_RESPONSIBILITY, recipient.at(0, 0).ulPropTag);
  EXPECT_FALSE(recipient.at(0, 0).Value.b);
}

// There is no delay: what is submitted is in the table when SubmitMessage returns.
// spec: ST-300 ST-656 ST-029 ST-031 ST-033
// spec: IMsgStore::GetOutgoingQueue
TEST_F(Submission, KeepsTheOrder) {
  for (const wchar_t* subject : {L"b", L"a", L"c"}) submit(subject);
  EXPECT_EQ((Texts{L"b", L"a", L"c"}), queued());
}

// spec: ST-032
TEST_F(Submission, TheQueueHasItsRequiredColumns) {
  const auto table = queue();
  LPSPropTagArray columns = nullptr;
  ASSERT_EQ(S_OK, table->QueryColumns(0, &columns));
  for (const ULONG tag :
       {PR_CLIENT_SUBMIT_TIME, PR_DISPLAY_BCC_A, PR_DISPLAY_CC_A, PR_DISPLAY_TO_A, PR_ENTRYID, PR_MESSAGE_FLAGS,
        PR_MESSAGE_SIZE, PR_PRIORITY, PR_SENDER_NAME_A, PR_SUBJECT_A, PR_SUBMIT_FLAGS}) {
    EXPECT_EQ(1, std::count(columns->aulPropTag, columns->aulPropTag + columns->cValues, tag)) << std::hex << tag;
  }
  MAPIFreeBuffer(columns);
}

// spec: ST-030
TEST_F(Submission, TheQueueTellsOfChanges) {
  const auto table = queue();
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &sink, &connection));
  const std::string id = submit(L"m");
  EXPECT_TRUE(sink.wait_for_table(TABLE_ROW_ADDED));
  ASSERT_EQ(S_OK, abort(id));
  EXPECT_TRUE(sink.wait_for_table(TABLE_ROW_DELETED));
  ASSERT_EQ(S_OK, table->Unadvise(connection));
}

// spec: ST-006 ST-007 ST-009 ST-301
TEST_F(Submission, IsAborted) {
  const std::string id = submit(L"m");
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, abort(id, 1));
  EXPECT_EQ(S_OK, abort(id));
  EXPECT_TRUE(queued().empty());
  EXPECT_EQ(MAPI_E_NOT_IN_QUEUE, abort(id));
  const auto message = open_message(id);
  EXPECT_EQ(LONG{MSGFLAG_UNSENT}, get_long(message.get(), PR_MESSAGE_FLAGS) & LONG{MSGFLAG_SUBMIT | MSGFLAG_UNSENT});
  EXPECT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"again"));
}

// spec: ST-642 ST-641 ST-008 ST-057 ST-645
// spec: IMsgStore::SetLockState
TEST_F(Submission, LockedMessagesAreTheSpoolers) {
  const std::string id = submit(L"m");
  open_message(id, MAPI_MODIFY, MAPI_E_SUBMITTED);
  EXPECT_EQ(0, get_long(open_message(id, MAPI_BEST_ACCESS).get(), PR_ACCESS_LEVEL));
  const auto locked = spooler_open(id);
  ASSERT_EQ(S_OK, spooler_->SetLockState(locked.get(), MSG_LOCKED));
  EXPECT_EQ(LONG{SUBMITFLAG_LOCKED}, get_long(locked.get(), PR_SUBMIT_FLAGS));
  open_message(id, 0, MAPI_E_NO_ACCESS);
  EXPECT_EQ(MAPI_E_UNABLE_TO_ABORT, abort(id));
  ASSERT_EQ(S_OK, spooler_->SetLockState(locked.get(), MSG_UNLOCKED));
  EXPECT_EQ(S_OK, abort(id));
}

// spec: ST-058
TEST_F(Submission, LockingSavesTheMessage) {
  const std::string id = submit(L"m");
  {
    const auto message = spooler_open(id);
    ASSERT_EQ(S_OK, set_text(message.get(), PR_REPORT_TEXT_W, L"on its way"));
    ASSERT_EQ(S_OK, spooler_->SetLockState(message.get(), MSG_LOCKED));
  }
  EXPECT_EQ(L"on its way", get_text(spooler_open(id).get(), PR_REPORT_TEXT_W));
}

// spec: ST-104 ST-109 ST-131
TEST_F(Submission, QueuedMessagesAreNotDeletedOrMarked) {
  const std::string id = submit(L"m");
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, outbox_->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, outbox_->EmptyFolder(0, nullptr, 0));
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, outbox_->SetReadFlags(Entries({id}).get(), 0, nullptr, 0));
  EXPECT_EQ(Texts{L"m"}, queued());
}

// spec: ST-020 ST-021 ST-023
TEST_F(Submission, AFinishedMessageStaysWhereItWas) {
  std::string id = submit(L"m");
  EXPECT_EQ(MAPI_E_NO_SUPPORT,
            store_->FinishedMsg(0, static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data())));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, finished(id, 1));
  EXPECT_EQ(S_OK, finished(id));
  EXPECT_TRUE(queued().empty());
  const auto message = open_message(id);
  EXPECT_EQ(0, get_long(message.get(), PR_MESSAGE_FLAGS) & LONG{MSGFLAG_SUBMIT | MSGFLAG_UNSENT});
  EXPECT_EQ(get_binary(outbox_.get(), PR_ENTRYID), get_binary(message.get(), PR_PARENT_ENTRYID));
}

// spec: ST-024 ST-025 ST-026 ST-022
TEST_F(Submission, AFinishedMessageIsMovedOrDeleted) {
  const auto sent = create_folder(root_.get(), L"Sent");
  const auto send = [&](bool move, bool erase) {
    const auto message = create_message(outbox_.get(), L"m");
    EXPECT_EQ(S_OK, add_recipient(message.get(), L"ada"));
    if (move) set_binary(message.get(), PR_SENTMAIL_ENTRYID, get_binary(sent.get(), PR_ENTRYID));
    if (erase) set_bool(message.get(), PR_DELETE_AFTER_SUBMIT, true);
    EXPECT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    const std::string id = get_binary(message.get(), PR_ENTRYID);
    EXPECT_EQ(S_OK, message->SubmitMessage(0));
    EXPECT_EQ(S_OK, spooler_->SetLockState(spooler_open(id).get(), MSG_LOCKED));
    EXPECT_EQ(S_OK, finished(id));
    return id;
  };
  const std::string moved = send(true, false);
  EXPECT_EQ(get_binary(sent.get(), PR_ENTRYID), get_binary(open_message(moved).get(), PR_PARENT_ENTRYID));
  open_message(send(false, true), 0, MAPI_E_NOT_FOUND);
  open_message(send(true, true), 0, MAPI_E_NOT_FOUND);
}

// Ruling R19 for what is deleted.
// spec: ST-027 R19
// spec: IMsgStore::FinishedMsg
TEST_F(Submission, MapiHearsOfItWhenTheRestIsDone) {
  FakeSupport support;
  spooler_support_ = &support;
  auto core = open_core(true, true);
  auto spooler = open_store(core);
  const auto sent = create_folder(root_.get(), L"Sent");
  const std::string sent_id = get_binary(sent.get(), PR_ENTRYID);
  for (const bool erase : {false, true}) {
    std::string id;
    {
      const auto message = create_message(outbox_.get(), L"m");
      ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada@example.org"));
      ASSERT_EQ(S_OK, set_binary(message.get(), PR_SENTMAIL_ENTRYID, sent_id));
      if (erase) {
        ASSERT_EQ(S_OK, set_bool(message.get(), PR_DELETE_AFTER_SUBMIT, true));
      }
      ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
      id = get_binary(message.get(), PR_ENTRYID);
      ASSERT_EQ(S_OK, message->SubmitMessage(0));
    }
    int calls = 0;
    support.on_sent_mail = [&](IMessage& message) {
      ++calls;
      EXPECT_EQ(id, get_binary(&message, PR_ENTRYID));
      EXPECT_EQ(0, get_long(&message, PR_MESSAGE_FLAGS) & LONG{MSGFLAG_SUBMIT});
      EXPECT_TRUE(queued().empty());
      const std::string place = erase ? get_binary(outbox_.get(), PR_ENTRYID) : sent_id;
      EXPECT_EQ(place, get_binary(&message, PR_PARENT_ENTRYID));
      EXPECT_EQ(1u, (message.AddRef(), message.Release()));
    };
    Ptr<IUnknown> out;
    ULONG type = 0;
    ASSERT_EQ(S_OK, spooler->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), nullptr,
                                       MAPI_MODIFY, &type, out.put()));
    ASSERT_EQ(S_OK, spooler->SetLockState(static_cast<IMessage*>(out.get()), MSG_LOCKED));
    out.reset();
    ASSERT_EQ(S_OK, spooler->FinishedMsg(0, static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data())));
    EXPECT_EQ(1, calls);
    open_message(id, 0, erase ? MAPI_E_NOT_FOUND : S_OK);
  }
  spooler.reset();
  EXPECT_TRUE(core->close());
  core.reset();
  EXPECT_EQ(1u, support.references);
}

// One that cannot send, being open for reading only, has no queue.
// spec: ST-034
TEST_F(Submission, AStoreThatCannotSendHasNoQueue) {
  const auto core = open_core(false, true);
  const auto reader = open_store(core);
  EXPECT_EQ(0, get_long(reader.get(), PR_STORE_SUPPORT_MASK) & LONG{STORE_SUBMIT_OK});
  Ptr<IMAPITable> table;
  EXPECT_EQ(MAPI_E_NO_SUPPORT, reader->GetOutgoingQueue(0, table.put()));
  EXPECT_TRUE(core->close());
}

// spec: ST-028 ST-056
TEST_F(Submission, IsTheSpoolersAlone) {
  Ptr<IMAPITable> table;
  EXPECT_EQ(MAPI_E_NO_SUPPORT, store_->GetOutgoingQueue(0, table.put()));
  const auto message = create_message(outbox_.get(), L"m");
  EXPECT_EQ(MAPI_E_NO_SUPPORT, store_->SetLockState(message.get(), MSG_LOCKED));
  NOTIFICATION notification{};
  notification.ulEventType = fnevNewMail;
  EXPECT_EQ(MAPI_E_NO_SUPPORT, store_->NotifyNewMail(&notification));
}

// spec: ST-048 ST-612
// spec: IMsgStore::NotifyNewMail
TEST_F(Submission, NewMailReachesTheClients) {
  Sink sink, of_a_folder;
  ULONG_PTR connection = 0, other = 0;
  std::string outbox = get_binary(outbox_.get(), PR_ENTRYID);
  ASSERT_EQ(S_OK, store_->Advise(0, nullptr, fnevNewMail, &sink, &connection));
  ASSERT_EQ(S_OK, store_->Advise(static_cast<ULONG>(outbox.size()), reinterpret_cast<LPENTRYID>(outbox.data()),
                                 fnevNewMail, &of_a_folder, &other));
  NOTIFICATION notification{};
  notification.ulEventType = fnevNewMail;
  notification.info.newmail.cbEntryID = static_cast<ULONG>(outbox.size());
  notification.info.newmail.lpEntryID = reinterpret_cast<LPENTRYID>(outbox.data());
  notification.info.newmail.lpszMessageClass = reinterpret_cast<LPTSTR>(const_cast<char*>("IPM.Note"));
  ASSERT_EQ(S_OK, spooler_->NotifyNewMail(&notification));
  EXPECT_EQ(ULONG{fnevNewMail}, sink.wait_for(fnevNewMail).type);
  EXPECT_TRUE(of_a_folder.events().empty());
  ASSERT_EQ(S_OK, store_->Unadvise(connection));
  ASSERT_EQ(S_OK, store_->Unadvise(other));
}

// As if the client were another process: it knows of the spooler's logon by the mailbox alone.
TEST_F(Submission, NewMailReachesOtherProcessesAfterTheMessage) {
  const auto elsewhere = std::make_shared<OpenStores>();
  const CorePtr core = open_core();
  stores_->remove(*core);
  const auto client = store::make_store(core, elsewhere);
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, client->Advise(0, nullptr, fnevNewMail | fnevObjectCreated, &sink, &connection));
  auto message = create_message(outbox_.get(), L"m");
  ASSERT_EQ(S_OK, set_text(message.get(), PR_MESSAGE_CLASS_W, L"IPM.Note.Odd"));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  std::string id = get_binary(message.get(), PR_ENTRYID);
  NOTIFICATION notification{};
  notification.ulEventType = fnevNewMail;
  notification.info.newmail.cbEntryID = static_cast<ULONG>(id.size());
  notification.info.newmail.lpEntryID = reinterpret_cast<LPENTRYID>(id.data());
  ASSERT_EQ(S_OK, spooler_->NotifyNewMail(&notification));
  const Sink::Event heard = sink.wait_for(fnevNewMail);
  EXPECT_EQ(id, heard.object);
  EXPECT_EQ(get_binary(outbox_.get(), PR_ENTRYID), heard.parent);
  EXPECT_EQ(L"IPM.Note.Odd", heard.message_class);
  const auto events = sink.events();
  ASSERT_EQ(2u, events.size());
  EXPECT_EQ(ULONG{fnevObjectCreated}, events[0].type);
  // What is gone again makes no trouble.
  message.reset();
  EXPECT_EQ(S_OK, outbox_->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
  EXPECT_EQ(S_OK, spooler_->NotifyNewMail(&notification));
  ASSERT_EQ(S_OK, client->Unadvise(connection));
  EXPECT_TRUE(core->close());
}

}  // namespace
}  // namespace mapiary::store_tests
