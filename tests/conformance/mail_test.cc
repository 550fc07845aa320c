// SPDX-License-Identifier: Apache-2.0
// A store in a session with a spooler and a transport: submission, delivery, reports. Pages: sending-messages-*,
// receiving-messages-by-using-message-store-providers, pidtagsubmitflags-canonical-property, processing-a-sent-message,
// newmail_notification, imapisupport-readreceipt, required-report-message-properties, message-store-features.
#include "tests/conformance/testing/mail_fixture.h"

namespace conformance {
namespace {

class Mail : public MailTest {
 protected:
  void tell(const char* key, const char* value) { control_->set(key, value); }
  // A column of the one message in the Outbox, as long as the message may be locked.
  LONG outbox_column(ULONG tag) {
    const auto table = contents(outbox().get());
    const Rows rows(table.get(), {tag});
    return rows.size() == 1 && rows.at(0, 0).ulPropTag == tag ? rows.at(0, 0).Value.l : -1;
  }
  // A received message that asks for a report.
  std::string received(bool wants_report = true) {
    const auto message = create_message(inbox().get(), L"please");
    EXPECT_EQ(S_OK, set_bool(message.get(), PR_READ_RECEIPT_REQUESTED, wants_report));
    for (const auto& [tag, value] : {std::pair<ULONG, const wchar_t*>{PR_SENDER_NAME_W, L"ann"},
                                     {PR_SENDER_ADDRTYPE_W, L"SMTP"},
                                     {PR_SENDER_EMAIL_ADDRESS_W, L"ann@x"}}) {
      EXPECT_EQ(S_OK, set_text(message.get(), tag, value));
    }
    EXPECT_EQ(S_OK, add_recipient(message.get(), L"bob@x"));
    EXPECT_EQ(S_OK, add_recipient(message.get(), L"cy@x", MAPI_CC));
    EXPECT_EQ(S_OK, set_binary(message.get(), PR_REPORT_TAG, "tag"));
    SPropValue time{};
    time.ulPropTag = PR_CLIENT_SUBMIT_TIME;
    time.Value.ft = {5, 30000000};
    EXPECT_EQ(S_OK, set_value(message.get(), time));
    EXPECT_EQ(S_OK, set_binary(message.get(), PR_CONVERSATION_INDEX, std::string(22, 'c')));
    EXPECT_EQ(S_OK, set_long(message.get(), PR_MESSAGE_FLAGS, MSGFLAG_UNMODIFIED));
    EXPECT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    return get_binary(message.get(), PR_ENTRYID);
  }
  // Classes of what waits in the Outbox.
  std::vector<std::wstring> reports() {
    const auto table = contents(outbox().get());
    return Rows(table.get(), {PR_MESSAGE_CLASS_W}).texts(0);
  }
};

// spec: ST-426 ST-427 ST-644 ST-667
TEST_P(Mail, ADefaultStoreSendsAndReceives) {
  tell("A.start", "mail");
  start();
  // Status row, folders and messages, configuration and an indicator of progress are every store's.
  Ptr<IMAPITable> status;
  ASSERT_EQ(S_OK, session_->GetStatusTable(0, status.put()));
  Compare of_store(RELOP_EQ, long_prop(PR_RESOURCE_TYPE, MAPI_STORE_PROVIDER));
  ASSERT_EQ(S_OK, status->Restrict(of_store.get(), 0));
  EXPECT_EQ(1u, row_count(status.get()));
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, store_->Advise(0, nullptr, fnevNewMail, &sink, &connection));
  (void)send({L"ada@x"});
  ASSERT_TRUE(wait("A:SubmitMessage 0 0 ada@x"));
  ASSERT_TRUE(wait("A:EndMessage ends"));
  EXPECT_TRUE(has_messages(outbox().get(), 0));
  tell("A.waiting", "1");
  ASSERT_EQ(S_OK, control_->support("A")->SpoolerNotify(NOTIFY_NEWMAIL, nullptr));
  EXPECT_EQ(ULONG{fnevNewMail}, sink.wait_for(fnevNewMail).type);
  EXPECT_TRUE(has_messages(inbox().get(), 1));
  Ptr<IMAPITable> receive_folders;
  ASSERT_EQ(S_OK, store_->GetReceiveFolderTable(MAPI_UNICODE, receive_folders.put()));
  EXPECT_LE(1u, row_count(receive_folders.get()));
  ASSERT_EQ(S_OK, store_->Unadvise(connection));
  // Read and nonread reports go out the same way.
  const std::string read = received(), deleted = received();
  ASSERT_EQ(S_OK, open_message(read)->SetReadFlag(0));
  ASSERT_TRUE(wait("A:SubmitMessage 0 0 ann@x"));
  ASSERT_EQ(S_OK, inbox()->DeleteMessages(Entries({deleted}).get(), 0, nullptr, 0));
  ASSERT_TRUE(wait("A:SubmitMessage 0 0 ann@x", 2));
}

// Remembers one fnevNewMail.
struct NewMailSink final : test_sink::CountedSink {
  ~NewMailSink() { wait_until_released(); }
  STDMETHODIMP_(ULONG) OnNotify(ULONG, LPNOTIFICATION items) override {
    const std::lock_guard lock(mutex);
    const NEWMAIL_NOTIFICATION& mail = items[0].info.newmail;
    id.assign(reinterpret_cast<const char*>(mail.lpEntryID), mail.cbEntryID);
    parent.assign(reinterpret_cast<const char*>(mail.lpParentID), mail.cbParentID);
    flags = mail.ulMessageFlags;
    const void* name = mail.lpszMessageClass;
    if (mail.ulFlags & MAPI_UNICODE) {
      message_class = static_cast<const wchar_t*>(name);
    } else {
      const std::string bytes = static_cast<const char*>(name);
      message_class.assign(bytes.begin(), bytes.end());
    }
    changed.notify_all();
    return 0;
  }
  std::mutex mutex;
  std::condition_variable changed;
  std::string id, parent;
  std::wstring message_class;
  ULONG flags = 0xFFFFFFFF;
};

// spec: ST-463 ST-623
TEST_P(Mail, IncomingMessagesAreUnreadAndUnmodified) {
  tell("A.start", "mail");
  start();
  NewMailSink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, store_->Advise(0, nullptr, fnevNewMail, &sink, &connection));
  tell("A.waiting", "1");
  ASSERT_EQ(S_OK, control_->support("A")->SpoolerNotify(NOTIFY_NEWMAIL, nullptr));
  {
    std::unique_lock lock(sink.mutex);
    ASSERT_TRUE(sink.changed.wait_for(lock, std::chrono::seconds(20), [&] { return !sink.id.empty(); }));
    EXPECT_EQ(inbox_id(), sink.parent);
    EXPECT_EQ(L"IPM.Note", sink.message_class);
    const auto message = open_message(sink.id, 0);
    EXPECT_EQ(L"incoming", get_text(message.get(), PR_SUBJECT_W));
    const LONG flags = get_long(message.get(), PR_MESSAGE_FLAGS);
    EXPECT_EQ(static_cast<ULONG>(flags), sink.flags);
    EXPECT_EQ(LONG{MSGFLAG_UNMODIFIED}, flags & LONG{MSGFLAG_UNMODIFIED | MSGFLAG_READ | MSGFLAG_UNSENT});
  }
  ASSERT_EQ(S_OK, store_->Unadvise(connection));
  while (sink.references != 1) std::this_thread::yield();
}

// Somebody named twice gets the message once.
// spec: ST-650
TEST_P(Mail, RecipientsAreExpanded) {
  start();
  (void)send({L"ada@x", L"bob@x", L"ADA@x"});
  ASSERT_TRUE(wait("A:EndMessage ends"));
  EXPECT_EQ((std::vector<std::string>{"A:SubmitMessage 0 0 ada@x,bob@x"}), lines("A:SubmitMessage 0"));
}

// Those whom the first sending did not reach are marked MAPI_SUBMITTED no more and get it; the others stand in the
// list without getting it again.
// spec: ST-646
TEST_P(Mail, AResentMessageGoesThroughPrepareSubmit) {
  start();
  const auto message = create_message(outbox().get(), L"again");
  ASSERT_EQ(S_OK, set_long(message.get(), PR_MESSAGE_FLAGS, MSGFLAG_UNSENT | MSGFLAG_RESEND));
  ASSERT_EQ(S_OK, set_bool(message.get(), PR_DELETE_AFTER_SUBMIT, true));
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"has@x", static_cast<LONG>(MAPI_TO | MAPI_SUBMITTED)));
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"wants@x", MAPI_TO));
  ASSERT_EQ(S_OK, message->SubmitMessage(0));
  ASSERT_TRUE(wait("A:EndMessage ends"));
  EXPECT_EQ((std::vector<std::string>{"A:SubmitMessage 0 0 wants@x"}), lines("A:SubmitMessage 0"));
}

// spec: ST-651 ST-657
TEST_P(Mail, APreprocessedMessageGoesOnWithoutTheFlag) {
  tell("A.pre", "yes");
  tell("A.submit", "block");
  start();
  (void)send({L"ada@x"});
  ASSERT_TRUE(wait("A:SubmitMessage 0"));
  EXPECT_EQ(1u, lines("PreprocessMessage session folder").size());
  EXPECT_EQ(LONG{SUBMITFLAG_LOCKED}, outbox_column(PR_SUBMIT_FLAGS));
  control_->release();
  ASSERT_TRUE(wait("RemovePreprocessInfo"));
  ASSERT_TRUE(wait("A:EndMessage ends"));
  EXPECT_TRUE(has_messages(outbox().get(), 0));
}

// spec: ST-643
TEST_P(Mail, TheLockEndsWithTheSession) {
  tell("A.submit", "block");
  ::setenv("MAPIARY_SEND_BOUND", "200", 1);
  start();
  const std::string id = send({L"ada@x"});
  ASSERT_TRUE(wait("A:SubmitMessage 0"));
  open_message(id, 0, MAPI_E_NO_ACCESS);
  leave();
  control_->release();
  ASSERT_TRUE(control_->wait_quiet());
  start(false);
  EXPECT_EQ(0, get_long(open_message(id, MAPI_BEST_ACCESS).get(), PR_SUBMIT_FLAGS) & LONG{SUBMITFLAG_LOCKED});
  EXPECT_EQ(S_OK, store_->AbortSubmit(size_of(id), entry(id), 0));
}

// The client sets one of the two properties, or none.
// spec: ST-665
TEST_P(Mail, WhatBecomesOfASentMessage) {
  start();
  const auto sent = special(PR_IPM_SENTMAIL_ENTRYID);
  const auto message = create_message(outbox().get(), L"kept");
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada@x"));
  ASSERT_EQ(S_OK, set_binary(message.get(), PR_SENTMAIL_ENTRYID, get_binary(sent.get(), PR_ENTRYID)));
  ASSERT_EQ(S_OK, message->SubmitMessage(0));
  EXPECT_TRUE(has_messages(sent.get(), 1));
  (void)send({L"ada@x"});
  ASSERT_TRUE(wait("A:EndMessage ends", 2));
  EXPECT_TRUE(has_messages(outbox().get(), 0));
  (void)send({L"ada@x"}, false);
  ASSERT_TRUE(wait("A:EndMessage ends", 3));
  for (int i = 0; i < 8000 && (outbox_column(PR_MESSAGE_FLAGS) & LONG{MSGFLAG_SUBMIT}); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(0, outbox_column(PR_MESSAGE_FLAGS) & LONG{MSGFLAG_SUBMIT | MSGFLAG_UNSENT});
  EXPECT_TRUE(has_messages(sent.get(), 1));
}

// spec: ST-672
TEST_P(Mail, OneReportAMessage) {
  start(false);  // reports stay in the Outbox
  const std::string id = received();
  {
    const auto message = open_message(id);
    ASSERT_EQ(S_OK, message->SetReadFlag(0));
    EXPECT_EQ((std::vector<std::wstring>{L"REPORT.IPM.IPNRN"}), reports());
    for (const ULONG flags : {CLEAR_READ_FLAG, ULONG{0}, GENERATE_RECEIPT_ONLY}) {
      ASSERT_EQ(S_OK, message->SetReadFlag(flags));
    }
  }
  ASSERT_EQ(S_OK, inbox()->SetReadFlags(nullptr, 0, nullptr, 0));
  EXPECT_EQ(1u, reports().size());
}

// Ruling R21.
// spec: ST-673
TEST_P(Mail, DeletionMakesNoReadReport) {
  start(false);
  const std::string unread = received(), read = received(), uninteresting = received(false);
  ASSERT_EQ(S_OK, open_message(read)->SetReadFlag(SUPPRESS_RECEIPT));
  ASSERT_EQ(S_OK, inbox()->DeleteMessages(Entries({read, uninteresting}).get(), 0, nullptr, 0));
  EXPECT_TRUE(reports().empty());
  ASSERT_EQ(S_OK, inbox()->DeleteMessages(Entries({unread}).get(), 0, nullptr, 0));
  EXPECT_EQ((std::vector<std::wstring>{L"REPORT.IPM.IPNNRN"}), reports());
}

// spec: ST-715
TEST_P(Mail, ReportsSayWhatTheyAreAbout) {
  start(false);
  const std::string id = received();
  const auto original = open_message(id);
  ASSERT_EQ(S_OK, original->SetReadFlag(0));
  const auto table = contents(outbox().get());
  const Rows rows(table.get(), {PR_ENTRYID});
  ASSERT_EQ(1u, rows.size());
  const auto report = open_message(Values::binary(rows.at(0, 0)), MAPI_BEST_ACCESS);
  EXPECT_EQ(L"please", get_text(report.get(), PR_ORIGINAL_SUBJECT_W));
  EXPECT_EQ(L"bob@x", get_text(report.get(), PR_ORIGINAL_DISPLAY_TO_W));
  EXPECT_EQ(L"cy@x", get_text(report.get(), PR_ORIGINAL_DISPLAY_CC_W));
  EXPECT_EQ(L"", get_text(report.get(), PR_ORIGINAL_DISPLAY_BCC_W));
  EXPECT_EQ("tag", get_binary(report.get(), PR_REPORT_TAG));
  EXPECT_EQ(std::string(22, 'c'), get_binary(report.get(), PR_CONVERSATION_INDEX));
  EXPECT_EQ(L"please", get_text(report.get(), PR_CONVERSATION_TOPIC_W));
  EXPECT_NE(L"", get_text(report.get(), PR_REPORT_TEXT_W));
  const Values times(report.get(), {PR_ORIGINAL_SUBMIT_TIME, PR_REPORT_TIME});
  EXPECT_EQ(30000000u, times[0].Value.ft.dwHighDateTime);
  EXPECT_EQ(PR_REPORT_TIME, times[1].ulPropTag);
}

CONFORMANCE_SUITE(Mail);

}  // namespace
}  // namespace conformance
