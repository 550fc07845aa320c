// SPDX-License-Identifier: Apache-2.0
// From the transports into the receive folder. Pages: message-reception-model, ixplogon-startmessage, ixplogon-poll,
// ixplogon-idle, receiving-messages-by-using-message-store-providers, imsgstore-notifynewmail,
// imapisupport-spoolernotify, mapilogonex (MAPI_FORCE_DOWNLOAD), imapisession-setdefaultstore.
#include "spooler_fixture.h"

namespace session_test {
namespace {

class SpoolerReceive : public SpoolerFixture {
 protected:
  void notify(const char* name, ULONG flags) {
    ASSERT_EQ(S_OK, control_->support(name)->SpoolerNotify(flags, nullptr));
  }
  // Whatever was under way is over: the spooler answers MAPI_E_BUSY before.
  void settle() {
    const auto status = spooler_status();
    HRESULT hr = MAPI_E_BUSY;
    for (int i = 0; i < 10000 && hr == MAPI_E_BUSY; ++i) {
      hr = status->ValidateState(0, 0);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ASSERT_EQ(S_OK, hr);
  }
};

// spec: ST-666
TEST_F(SpoolerReceive, ATransportTellsOfNewMail) {
  tell("A.start", "mail");
  tell("A.waiting", "3");
  start();
  notify("A", NOTIFY_NEWMAIL);
  ASSERT_TRUE(wait("NotifyNewMail", 3));
  EXPECT_EQ(3, control_->count('i'));
  const Calls calls = seen_of({"A:StartMessage", "NotifyNewMail"});
  ASSERT_LE(3u, calls.size());
  // The reference is 1 before the transport sets its own; fnevNewMail is 2; the message lies in the receive folder.
  EXPECT_EQ((Calls{"A:StartMessage 0 1", "A:StartMessage saved 0", "NotifyNewMail 2 m i"}),
            (Calls{calls[0], calls[1], calls[2]}));
  LPSPropValue subject = nullptr;
  Ptr<IMessage> message;
  ULONG type = 0;
  const std::string id = mail_id('m', 1);
  ASSERT_EQ(S_OK,
            store_->OpenEntry(static_cast<ULONG>(id.size()), entry(id), nullptr, 0, &type, message.put_unknown()));
  ASSERT_EQ(S_OK, HrGetOneProp(message.get(), PR_SUBJECT_A, &subject));
  EXPECT_STREQ("incoming", subject->Value.lpszA);
  MAPIFreeBuffer(subject);
}

// Neither a StartMessage without SaveChanges nor one that fails leaves anything.
TEST_F(SpoolerReceive, WhatIsNotSavedIsNothing) {
  start();
  notify("A", NOTIFY_NEWMAIL);
  ASSERT_TRUE(wait("A:StartMessage 0 1"));
  tell("B.start", "80004005");
  notify("B", NOTIFY_NEWMAIL);
  ASSERT_TRUE(wait("B:StartMessage 0 1"));
  notify("A", NOTIFY_NEWMAIL);
  ASSERT_TRUE(wait("A:StartMessage 0 1", 2));
  EXPECT_EQ(0, control_->count('i'));
  EXPECT_TRUE(seen_of({"NotifyNewMail"}).empty());
}

// LOGON_SP_POLL: Poll at intervals, StartMessage when it says so; not in a critical section.
TEST_F(SpoolerReceive, Polls) {
  set("MAPIARY_POLL_INTERVAL", "20");
  tell("A.flags", "20000");
  tell("A.start", "mail");
  start();
  ASSERT_TRUE(wait("A:Poll", 3));
  EXPECT_TRUE(seen_of({"A:StartMessage", "B:Poll", "A:Idle"}).empty());
  tell("A.waiting", "2");
  ASSERT_TRUE(wait("NotifyNewMail", 2));
  notify("A", NOTIFY_CRITSEC);
  settle();
  const std::size_t before = seen_of({"A:Poll"}).size();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // five intervals
  EXPECT_EQ(before, seen_of({"A:Poll"}).size());
  notify("A", NOTIFY_NONCRIT);
  ASSERT_TRUE(wait("A:Poll", static_cast<int>(before) + 1));
}

TEST_F(SpoolerReceive, IdleForThoseWhoAsked) {
  set("MAPIARY_POLL_INTERVAL", "20");
  tell("B.flags", "10000");
  start();
  ASSERT_TRUE(wait("B:Idle 0", 2));
  EXPECT_TRUE(seen_of({"A:Idle", "A:Poll", "B:Poll"}).empty());
}

// Mail goes into the default store alone; without one NOTIFY_NEWMAIL is for nothing.
// spec: LC-296
TEST_F(SpoolerReceive, TheDefaultStoreIsWhereMailGoes) {
  tell("A.start", "block");
  tell("A.waiting", "1");
  start();
  notify("A", NOTIFY_NEWMAIL);
  ASSERT_TRUE(wait("A:StartMessage 0 1"));
  ASSERT_EQ(S_OK, session_->SetDefaultStore(MAPI_DEFAULT_STORE, 0, nullptr));
  control_->release();  // what is under way ends in the old store
  ASSERT_TRUE(wait("NotifyNewMail 2 m i"));
  ASSERT_TRUE(wait("A:TransportNotify 10000"));  // END_INBOUND
  notify("A", NOTIFY_NEWMAIL);
  control_->clear_lines();
  const std::string id = stores(session_.get())[0].id;
  ASSERT_EQ(S_OK, session_->SetDefaultStore(MAPI_DEFAULT_STORE, static_cast<ULONG>(id.size()), id_of(id)));
  ASSERT_TRUE(wait("A:TransportNotify 1"));
  EXPECT_EQ(1, control_->count('i'));
  tell("A.start", "mail");
  tell("A.waiting", "1");
  notify("A", NOTIFY_NEWMAIL);
  ASSERT_TRUE(wait("NotifyNewMail 2 m i"));
}

// spec: LC-403
TEST_F(SpoolerReceive, AStoreTellsOfItsOwnMail) {
  start();
  submit({"SMTP:a@x"});
  ASSERT_TRUE(wait("FinishedMsg"));
  std::string id = mail_id('m', 1), parent = mail_id('i');
  NEWMAIL_NOTIFICATION mail{};
  mail.cbEntryID = static_cast<ULONG>(id.size());
  mail.lpEntryID = entry(id);
  mail.cbParentID = static_cast<ULONG>(parent.size());
  mail.lpParentID = entry(parent);
  ASSERT_EQ(S_OK, control_->support("store")->SpoolerNotify(NOTIFY_NEWMAIL_RECEIVED, &mail));
  ASSERT_TRUE(wait("NotifyNewMail 2 m i"));
  id.back() = '9';  // no such message
  ASSERT_EQ(S_OK, control_->support("store")->SpoolerNotify(NOTIFY_NEWMAIL_RECEIVED, &mail));
  settle();
  EXPECT_EQ(1u, seen_of({"NotifyNewMail"}).size());
}

// spec: LC-057
TEST_F(SpoolerReceive, ForcedDownloadBeforeTheLogonReturns) {
  tell("A.start", "mail");
  tell("A.waiting", "3");
  tell("A.flush", "40000");
  log_on(MAPI_FORCE_DOWNLOAD);
  EXPECT_EQ(3, control_->count('i'));
  EXPECT_EQ((Calls{"A:FlushQueues 0 0 NULL 1C", "B:FlushQueues 0 0 NULL 1C"}), seen_of({"A:Flush", "B:Flush"}));
  session_.reset();
  tell("A.waiting", "1");
  log_on(MAPI_FORCE_DOWNLOAD | MAPI_NO_MAIL);
  EXPECT_EQ(3, control_->count('i'));
}

}  // namespace
}  // namespace session_test
