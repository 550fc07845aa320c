// SPDX-License-Identifier: Apache-2.0
// From the outgoing queue to the transports. Pages: sending-messages-mapi-spooler-tasks, message-submission-model,
// ixplogon-submitmessage, ixplogon-endmessage, ixplogon-addresstypes (which transport), setting-transport-order,
// pidtagresponsibility-canonical-property, imapisupport-spoolernotify, imapisupport-registerpreprocessor,
// implementing-the-flushqueues-method.
#include "spooler_fixture.h"

namespace session_test {
namespace {

class SpoolerSend : public SpoolerFixture {
 protected:
  // What happened to messages, without the transports' housekeeping.
  Calls sent() { return seen_of({"A:Submit", "A:End", "B:Submit", "B:End", "SetLock", "Finished"}); }
};

// spec: ST-656 ST-658
TEST_F(SpoolerSend, LocksSubmitsAndFinishes) {
  start();
  submit({"SMTP:a@x", "SMTP:b@x"});
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_EQ((Calls{"SetLockState locked", "A:SubmitMessage 0 0 a@x,b@x", "A:SubmitMessage ends 0", "A:EndMessage same",
                   "A:EndMessage ends 0", "FinishedMsg 0"}),
            sent());
  EXPECT_EQ(0, control_->count('o'));
  EXPECT_EQ(1, control_->count('s'));
  submit({"SMTP:first@x"});
  submit({"SMTP:second@x"});
  ASSERT_TRUE(wait("FinishedMsg", 3));
  const Calls order = seen_of({"A:SubmitMessage 0"});
  EXPECT_EQ("A:SubmitMessage 0 0 first@x", order[1]);
  EXPECT_EQ("A:SubmitMessage 0 0 second@x", order[2]);
}

// Each recipient goes to the first transport that takes it; what one declines is offered to the next.
TEST_F(SpoolerSend, RecipientsGoToTheFirstThatTakesThem) {
  tell("A.types", "SMTP,FAX");
  tell("B.types", "SMTP,X500");
  start();
  submit({"SMTP:a@x", "X500:b", "FAX:1"});
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_EQ((Calls{"A:SubmitMessage 0 0 a@x,1", "B:SubmitMessage 0 0 b"}),
            seen_of({"A:SubmitMessage 0", "B:SubmitMessage 0"}));
  tell("A.submit", "first");
  control_->clear_lines();
  submit({"SMTP:a@x", "SMTP:b@x"});
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_EQ((Calls{"A:SubmitMessage 0 0 a@x,b@x", "B:SubmitMessage 0 0 b@x"}),
            seen_of({"A:SubmitMessage 0", "B:SubmitMessage 0"}));
}

// UIDs come before address types, whatever the order of transports; a NULL array takes every type.
TEST_F(SpoolerSend, UidsBeforeTypes) {
  // The one-off UID is in the entry ids ExpandRecips makes.
  tell("B.uids", "812B1FA4BEA310199D6E00DD010F5402");
  tell("B.types", "-");
  tell("A.types", "*");
  start();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_EQ((Calls{"B:SubmitMessage 0 0 a@x"}), seen_of({"A:SubmitMessage 0", "B:SubmitMessage 0"}));
  tell("B.submit", "80040502");  // MAPI_E_NOT_ME: no EndMessage, the scan goes on
  control_->clear_lines();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_EQ((Calls{"SetLockState locked", "B:SubmitMessage 0 0 a@x", "B:SubmitMessage ends 80040502",
                   "A:SubmitMessage 0 0 a@x", "A:SubmitMessage ends 0", "A:EndMessage same", "A:EndMessage ends 0",
                   "FinishedMsg 0"}),
            sent());
}

// Nobody accepts responsibility: a nondelivery report in the receive folder, and the message is finished.
TEST_F(SpoolerSend, WhomNobodyTakesIsReported) {
  start();
  submit({"SMTP:a@x", "PIGEON:coop"});
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_EQ(1, control_->count('i'));
  EXPECT_EQ(1, control_->count('s'));
  tell("A.submit", "decline");
  tell("B.submit", "80040502");
  control_->clear_lines();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_EQ(2, control_->count('i'));
  // The report is about whom it should be.
  const std::string id = mail_id('m', 2);
  Ptr<IMessage> report;
  ULONG type = 0;
  ASSERT_EQ(S_OK, store_->OpenEntry(static_cast<ULONG>(id.size()), entry(id), nullptr, 0, &type, report.put_unknown()));
  LPSPropValue value = nullptr;
  ASSERT_EQ(S_OK, HrGetOneProp(report.get(), PR_MESSAGE_CLASS_W, &value));
  EXPECT_EQ(std::wstring(L"REPORT.IPM.Note.NDR"), value->Value.lpszW);
  MAPIFreeBuffer(value);
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, report->GetRecipientTable(MAPI_UNICODE, table.put()));
  SizedSPropTagArray(1, columns) = {1, {PR_EMAIL_ADDRESS_W}};
  LPSRowSet rows = nullptr;
  ASSERT_EQ(S_OK, HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows));
  ASSERT_EQ(1u, rows->cRows);
  EXPECT_EQ(std::wstring(L"coop"), rows->aRow[0].lpProps[0].Value.lpszW);
  FreeProws(rows);
}

// As long as a transport of the profile is missing nobody is given up.
TEST_F(SpoolerSend, AMissingTransportIsWaitedFor) {
  tell("B.logon", "8004011D");
  tell("B.types", "X500");
  log_on();
  open_mail();
  ASSERT_TRUE(wait("A:TransportNotify 3"));
  submit({"X500:b"});
  ASSERT_TRUE(wait("SetLockState unlocked"));
  EXPECT_EQ(1, control_->count('o'));
  EXPECT_EQ(0, control_->count('i'));
}

// spec: ST-059
TEST_F(SpoolerSend, ALaterMessageMayOvertake) {
  tell("B.types", "X500");
  tell("A.submit", "8004010B");  // MAPI_E_BUSY: again later, no EndMessage
  start();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("SetLockState unlocked"));
  submit({"X500:b"});
  ASSERT_TRUE(wait("FinishedMsg"));
  submit({"SMTP:c@x"});  // for the same transport: it waits behind the first
  ASSERT_TRUE(wait("SetLockState unlocked", 2));
  EXPECT_EQ((Calls{"A:SubmitMessage 0 0 a@x", "B:SubmitMessage 0 0 b"}),
            seen_of({"A:SubmitMessage 0", "B:SubmitMessage 0"}));
  EXPECT_TRUE(seen_of({"A:EndMessage"}).empty());
  tell("A.submit", "take");
  ASSERT_EQ(S_OK, control_->support("A")->SpoolerNotify(NOTIFY_READYTOSEND, nullptr));
  ASSERT_TRUE(wait("FinishedMsg", 3));
  const Calls submitted = seen_of({"A:SubmitMessage 0"});
  EXPECT_EQ((Calls{"A:SubmitMessage 0 0 a@x", "A:SubmitMessage 0 0 a@x", "A:SubmitMessage 0 0 c@x"}), submitted);
}

// MAPI_E_WAIT and MAPI_E_NETWORK_ERROR name the seconds.
TEST_F(SpoolerSend, ComesBackWhenTheTransportSaid) {
  tell("A.submit", "80040115:1");
  start();
  const auto before = std::chrono::steady_clock::now();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("A:SubmitMessage ends 80040115"));
  tell("A.submit", "take");
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(900));
  EXPECT_EQ(2u, seen_of({"A:SubmitMessage 0"}).size());
}

TEST_F(SpoolerSend, WhatEndMessageAsksFor) {
  set("MAPIARY_RETRY_INTERVAL", "200");
  tell("A.end", "10000");  // END_RESEND_NOW, for ever: four times at once, then later
  tell("A.submit", "decline");
  start();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("SetLockState unlocked"));
  EXPECT_EQ(4u, seen_of({"A:SubmitMessage 0"}).size());
  tell("A.end", "20000");  // END_RESEND_LATER
  ASSERT_TRUE(wait("SetLockState unlocked", 2));
  tell("A.submit", "take");
  tell("A.end", "0");
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_EQ(0, control_->count('i'));  // no report of what was only late
}

// END_DONT_RESEND puts a message off until NOTIFY_SENTDEFERRED names it; then BEGIN_DEFERRED.
TEST_F(SpoolerSend, DeferredMessages) {
  tell("A.submit", "decline");
  tell("A.end", "40000");
  start();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("SetLockState unlocked"));
  tell("A.submit", "take");
  tell("A.end", "0");
  ASSERT_EQ(S_OK, control_->support("A")->SpoolerNotify(NOTIFY_READYTOSEND, nullptr));  // not what it waits for
  std::string id = mail_id('m', 1);
  SBinary entry_id{static_cast<ULONG>(id.size()), reinterpret_cast<LPBYTE>(id.data())};
  ASSERT_EQ(S_OK, control_->support("A")->SpoolerNotify(NOTIFY_SENTDEFERRED, &entry_id));
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_EQ((Calls{"A:SubmitMessage 0 0 a@x", "A:SubmitMessage 1 0 a@x"}),
            seen_of({"A:SubmitMessage 0", "A:SubmitMessage 1"}));
}

// A deferred message its client takes back, and one that is left at logoff.
TEST_F(SpoolerSend, DeferredMessagesThatAreNotSent) {
  tell("A.submit", "decline");
  tell("A.end", "40000");
  start();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("SetLockState unlocked"));
  std::string id = mail_id('m', 1);
  ASSERT_EQ(S_OK, store_->AbortSubmit(static_cast<ULONG>(id.size()), entry(id), 0));
  ASSERT_TRUE(wait("A:TransportNotify C0000000 deferred " + std::to_string(id.size())));
  submit({"SMTP:b@x"});
  ASSERT_TRUE(wait("SetLockState unlocked", 2));
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  ASSERT_TRUE(wait("A:TransportNotify 40000000 deferred " + std::to_string(id.size())));
  EXPECT_EQ(1, control_->count('o'));
}

// NOTIFY_CRITICAL_ERROR: no further call but release; the next transport takes the message, or it stays.
TEST_F(SpoolerSend, ACriticalErrorEndsATransport) {
  tell("A.submit", "critical");
  tell("A.types", "SMTP,X500");
  start();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_EQ((Calls{"A:SubmitMessage 0 0 a@x", "B:SubmitMessage 0 0 a@x"}),
            seen_of({"A:SubmitMessage 0", "B:SubmitMessage 0"}));
  submit({"X500:b"});
  ASSERT_TRUE(wait("SetLockState unlocked"));
  EXPECT_EQ(1, control_->count('o'));
  EXPECT_EQ(0, control_->count('i'));
  EXPECT_EQ(1u, seen_of({"A:SubmitMessage 0"}).size());
  for (const auto& row : status(session_.get())) {
    if (row.name == "A") {
      EXPECT_EQ(static_cast<LONG>(STATUS_FAILURE), row.code);
    }
  }
  control_->clear_lines();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_EQ((Calls{"A:TransportLogoff 0", "A:IXPLogon::Release 0"}), seen_of({"A:"}));
}

// MAPI_E_CANCEL: not sent again, no report.
TEST_F(SpoolerSend, MapiECancelIsTheEndOfIt) {
  tell("A.submit", "80040501");
  start();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_EQ(0, control_->count('i'));
  EXPECT_TRUE(seen_of({"A:EndMessage", "B:"}).size() == 4) << "B was only logged on";
}

// spec: ST-652
TEST_F(SpoolerSend, Preprocessing) {
  tell("A.pre", "yes");
  tell("B.types", "X500");
  start();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_EQ((Calls{"IMessage::SubmitMessage 0", "SetLockState locked", "PreprocessMessage session folder",
                   "spooler IMessage::SubmitMessage 0", "A:SubmitMessage 0 0 a@x", "A:EndMessage same",
                   "RemovePreprocessInfo", "FinishedMsg 0"}),
            seen_of({"IMessage", "SetLock", "Preprocess", "spooler IM", "A:SubmitMessage 0", "A:EndMessage same",
                     "Remove", "Finished"}));
  control_->clear_lines();
  submit({"X500:b"});  // none of A's
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_TRUE(seen_of({"Preprocess", "spooler IM", "Remove"}).empty());
}

// A transport before it takes the recipient: the preprocessor is not for it.
TEST_F(SpoolerSend, PreprocessorsOfTheTransportThatSends) {
  tell("B.pre", "yes");
  start();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("FinishedMsg"));
  EXPECT_TRUE(seen_of({"Preprocess"}).empty());
  EXPECT_EQ(1u, seen_of({"A:SubmitMessage 0"}).size());
}

// spec: ST-396 ST-397
TEST_F(SpoolerSend, FlushQueues) {
  tell("A.submit", "8004010B");
  start();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("SetLockState unlocked"));
  tell("A.submit", "take");
  tell("A.flush", "440000");  // STATUS_OUTBOUND_FLUSH | STATUS_INBOUND_FLUSH
  tell("A.start", "mail");
  tell("A.waiting", "2");
  const auto spooler = spooler_status();
  control_->clear_lines();
  ASSERT_EQ(S_OK, spooler->FlushQueues(9, 0, nullptr, FLUSH_UPLOAD | FLUSH_DOWNLOAD | FLUSH_NO_UI));
  EXPECT_EQ((Calls{"A:FlushQueues 9 0 NULL 16", "A:SubmitMessage 0 0 a@x", "FinishedMsg 0", "A:TransportNotify 80000",
                   "A:StartMessage 0 1", "A:StartMessage 0 1", "A:TransportNotify 40000", "B:FlushQueues 9 0 NULL 16"}),
            seen_of({"A:Flush", "B:Flush", "A:SubmitMessage 0", "Finished", "A:TransportNotify", "A:StartMessage 0"}));
  EXPECT_EQ(2, control_->count('i'));
  // One transport by the entry id of its row; at a later time.
  for (const auto& row : status(session_.get())) {
    if (row.name != "B") continue;
    control_->clear_lines();
    ASSERT_EQ(S_OK,
              spooler->FlushQueues(0, static_cast<ULONG>(row.id.size()), id_of(row.id), FLUSH_UPLOAD | FLUSH_ASYNC_OK));
    ASSERT_TRUE(wait("B:FlushQueues 0 0 NULL 2"));
    EXPECT_TRUE(seen_of({"A:"}).empty());
  }
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, spooler->FlushQueues(0, 3, nullptr, FLUSH_UPLOAD));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, spooler->FlushQueues(0, 0, nullptr, 0x80000000));
}

}  // namespace
}  // namespace session_test
