// SPDX-License-Identifier: Apache-2.0
// What a logoff of a store or a session does to transports at work: each LOGOFF_* flag with each activity. Pages:
// imapisupport-storelogofftransports, imsgstore-storelogoff, shutting-down-a-message-store-provider,
// ending-a-mapi-session. Rulings R1-R5.
#include <mapiary/incidents.h>

#include "process.h"
#include "spooler_fixture.h"

namespace session_test {
namespace {

std::chrono::milliseconds since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
}

class SpoolerLogoff : public SpoolerFixture {
 protected:
  void SetUp() override {
    SpoolerFixture::SetUp();
    set("MAPIARY_ABORT_BOUND", "600");
    set("MAPIARY_LOGOFF_BOUND", "800");
    set("MAPIARY_RELEASE_BOUND", "2000");
  }
  // A message is in A's hands, which does as `how` says; `more` wait behind it.
  void busy(const std::string& how, int more = 0) {
    control_->block();
    tell("A.submit", how);
    start();
    submit({"SMTP:a@x"});
    ASSERT_TRUE(wait("A:SubmitMessage 0"));
    for (int i = 0; i < more; ++i) submit({"SMTP:more@x"});
  }
  void receiving(const std::string& how) {
    control_->block();
    tell("A.start", how);
    tell("A.waiting", "1");
    start();
    ASSERT_EQ(S_OK, control_->support("A")->SpoolerNotify(NOTIFY_NEWMAIL, nullptr));
    ASSERT_TRUE(wait("A:StartMessage 0"));
  }
  // The answer to StoreLogoffTransports in the last Release of the store.
  std::string let_go(ULONG flags) {
    ULONG in_out = flags;
    if (flags) {
      EXPECT_EQ(S_OK, store_->StoreLogoff(&in_out));
      EXPECT_EQ(0u, in_out & ~ULONG{LOGOFF_INBOUND | LOGOFF_OUTBOUND | LOGOFF_OUTBOUND_QUEUE});
    }
    EXPECT_TRUE(seen_of({"StoreLogoffTransports"}).empty());  // not before the count is zero
    store_.reset();
    const Calls answers = seen_of({"StoreLogoffTransports"});
    EXPECT_EQ(1u, answers.size());
    return answers.empty() ? "" : answers.front().substr(sizeof("StoreLogoffTransports"));
  }
  ULONG ask(ULONG flags) {
    EXPECT_EQ(S_OK, control_->support("store")->StoreLogoffTransports(&flags));
    return flags;
  }
};

// spec: LC-114 LC-115 LC-116 LC-128 LC-129 LC-130 R1
TEST_F(SpoolerLogoff, TheSavedFlagsOrAbortAndOnce) {
  start();
  EXPECT_EQ("8 -> 10000", let_go(0));
  session_.reset();
  control_->clear_lines();
  for (const ULONG flags : {LOGOFF_NO_WAIT, LOGOFF_ORDERLY, LOGOFF_PURGE, LOGOFF_ABORT, LOGOFF_QUIET}) {
    start();
    ULONG first = LOGOFF_QUIET;
    ASSERT_EQ(S_OK, store_->StoreLogoff(&first));  // the second call counts
    char expected[32];
    std::snprintf(expected, sizeof(expected), "%X -> 10000", static_cast<unsigned>(flags));
    EXPECT_EQ(expected, let_go(flags));
    session_.reset();
    control_->clear_lines();
  }
}

// An obedient transport: told to cancel, idle in time, the store goes, the message stays.
// spec: LC-124 R4
TEST_F(SpoolerLogoff, AbortStopsWhatCanBeStopped) {
  busy("block", 1);
  EXPECT_EQ("8 -> 90000", let_go(LOGOFF_ABORT));
  EXPECT_EQ((Calls{"A:TransportNotify 80000000 message 101", "A:SubmitMessage ends 80040113"}),
            seen_of({"A:TransportNotify 8", "A:SubmitMessage ends"}));
  EXPECT_TRUE(seen_of({"A:EndMessage", "FinishedMsg"}).empty());
  EXPECT_EQ(2, control_->count('o'));
}

// SpoolerYield tells it too.
TEST_F(SpoolerLogoff, AbortIsSeenInSpoolerYield) {
  busy("yield");
  EXPECT_EQ("8 -> 90000", let_go(LOGOFF_ABORT));
  EXPECT_TRUE(wait("A:SubmitMessage ends 80040113"));
}

// One that does not stop: nothing changes, the activity is told, in its time.
// spec: LC-124 R4
TEST_F(SpoolerLogoff, AbortOfWhatDoesNotStop) {
  busy("stuck");
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(static_cast<ULONG>(LOGOFF_OUTBOUND | LOGOFF_OUTBOUND_QUEUE), ask(LOGOFF_ABORT));
  EXPECT_GE(since(before), std::chrono::milliseconds(550));
  EXPECT_LT(since(before), std::chrono::seconds(8));
  EXPECT_TRUE(seen_of({"spooler IMsgStore::Release"}).empty());
  control_->release();
  ASSERT_TRUE(wait("FinishedMsg"));  // it goes on as before
  EXPECT_EQ(0, control_->count('o'));
}

// On the way out of a final Release it goes on whatever the answer: the spooler's logon ends, the message stays queued
// and the late transport changes nothing.
// spec: R1 R4
TEST_F(SpoolerLogoff, AStuckTransportDoesNotKeepTheStore) {
  busy("stuck");
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ("8 -> C0000", let_go(0));
  EXPECT_LT(since(before), std::chrono::seconds(8));
  EXPECT_EQ(1u, seen_of({"spooler IMSLogon::Logoff 0"}).size());
  EXPECT_EQ(1u, seen_of({"IMSLogon::Logoff 0"}).size());
  control_->release();
  ASSERT_TRUE(wait("A:EndMessage ends"));  // the transport's own affair to end
  EXPECT_EQ(1, control_->count('o'));
  EXPECT_TRUE(seen_of({"FinishedMsg"}).empty());
}

// A store two clients have open is let go for the one at once, whatever the other's transports do.
// spec: LC-131
TEST_F(SpoolerLogoff, AClientOfTwo) {
  busy("block");
  Ptr<IMAPISession> session;
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, SessionTest::log_on("Mail", MAPI_EXTENDED | MAPI_NEW_SESSION, session));
  ASSERT_EQ(S_OK, open_first(session.get(), store));
  ASSERT_TRUE(wait("A:TransportNotify 3", 2));
  ULONG flags = LOGOFF_ORDERLY;
  ASSERT_EQ(S_OK, store->StoreLogoff(&flags));
  const auto before = std::chrono::steady_clock::now();
  store.reset();
  EXPECT_LT(since(before), std::chrono::seconds(8));
  EXPECT_EQ((Calls{"StoreLogoffTransports 2 -> 90000"}), seen_of({"StoreLogoffTransports"}));
  EXPECT_EQ(1u, seen_of({"A:SubmitMessage 0"}).size());  // the message is locked by who sends it
  session.reset();
  control_->release();
  ASSERT_TRUE(wait("FinishedMsg"));
}

// Nothing is begun and nothing ended as long as the other is there; afterwards the calls count again.
// spec: LC-135
TEST_F(SpoolerLogoff, AStoreThatAnotherProcessHasToo) {
  busy("block", 1);
  const ULONG at_work = LOGOFF_OUTBOUND | LOGOFF_OUTBOUND_QUEUE;
  EXPECT_EQ(at_work, ask(LOGOFF_QUIET));
  for (const bool is_killed : {false, true}) {
    SCOPED_TRACE(is_killed);
    Process other({"store", "Mail"});
    ASSERT_EQ("ok", other.line());
    for (const ULONG flags : {LOGOFF_NO_WAIT, LOGOFF_ORDERLY, LOGOFF_PURGE, LOGOFF_ABORT, LOGOFF_QUIET}) {
      EXPECT_EQ(ULONG{LOGOFF_COMPLETE}, ask(flags)) << flags;
    }
    EXPECT_TRUE(seen_of({"A:TransportNotify 8", "A:SubmitMessage ends", "A:FlushQueues", "spooler IMsgStore::Release"})
                    .empty());
    if (is_killed) other.kill();
    EXPECT_EQ(is_killed ? -1 : 0, other.end());
    EXPECT_EQ(at_work, ask(LOGOFF_QUIET));
  }
  control_->release();
  ASSERT_TRUE(wait("FinishedMsg", 2));
  EXPECT_EQ(0, control_->count('o'));
}

// The last Release ends this process's logons as ever, and leaves the rest to the other.
// spec: LC-135
TEST_F(SpoolerLogoff, TheLastReleaseOfAStoreThatAnotherProcessHasToo) {
  busy("block", 1);
  Process other({"store", "Mail"});
  ASSERT_EQ("ok", other.line());
  EXPECT_EQ("4 -> 10000", let_go(LOGOFF_PURGE));
  EXPECT_EQ((Calls{"spooler IMSLogon::Logoff 0", "IMSLogon::Logoff 0"}),
            seen_of({"spooler IMSLogon::Logoff", "IMSLogon::Logoff"}));
  EXPECT_TRUE(seen_of({"A:FlushQueues", "FinishedMsg"}).empty());
  EXPECT_EQ(2, control_->count('o'));
  EXPECT_EQ(0, other.end());
}

// spec: LC-123 R5
TEST_F(SpoolerLogoff, QuietChangesNothingWhileThereIsActivity) {
  busy("block");
  EXPECT_EQ(static_cast<ULONG>(LOGOFF_OUTBOUND | LOGOFF_OUTBOUND_QUEUE), ask(LOGOFF_QUIET));
  EXPECT_TRUE(seen_of({"A:TransportNotify 8", "spooler IMsgStore::Release"}).empty());
  control_->release();
  ASSERT_TRUE(wait("FinishedMsg"));
  tell("A.submit", "8004010B");
  submit({"SMTP:later@x"});
  ASSERT_TRUE(wait("SetLockState unlocked"));
  EXPECT_EQ(static_cast<ULONG>(LOGOFF_OUTBOUND_QUEUE), ask(LOGOFF_QUIET));
}

// spec: LC-125
TEST_F(SpoolerLogoff, OrderlyFinishesWhatIsUnderWayAndBeginsNothing) {
  busy("block", 1);
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    control_->release();
  });
  EXPECT_EQ("2 -> 90000", let_go(LOGOFF_ORDERLY));
  later.join();
  EXPECT_EQ(1u, seen_of({"A:SubmitMessage 0"}).size());
  EXPECT_EQ(1u, seen_of({"FinishedMsg"}).size());
  EXPECT_EQ(1, control_->count('o'));
}

// spec: LC-126
TEST_F(SpoolerLogoff, NoWaitSendsWhatIsReady) {
  busy("block", 2);
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    control_->release();
  });
  EXPECT_EQ("1 -> 10000", let_go(LOGOFF_NO_WAIT));
  later.join();
  EXPECT_EQ(3u, seen_of({"FinishedMsg"}).size());
  ASSERT_TRUE(wait("B:TransportNotify", 2));  // reception is over, and then there is nothing to send from
  EXPECT_TRUE(seen_of({"A:FlushQueues"}).empty());
}

// spec: LC-127 R5
TEST_F(SpoolerLogoff, PurgeFlushesToo) {
  busy("block", 1);
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    control_->release();
  });
  EXPECT_EQ("4 -> 10000", let_go(LOGOFF_PURGE));
  later.join();
  EXPECT_EQ((Calls{"FinishedMsg 0", "FinishedMsg 0", "A:FlushQueues 0 0 NULL 1A", "B:FlushQueues 0 0 NULL 1A",
                   "StoreLogoffTransports 4 -> 10000"}),
            seen_of({"Finished", "A:Flush", "B:Flush", "StoreLogoffT"}));
}

// A transport that does not come back is waited for within the bound, and the answer says that it is at work.
// spec: LC-125 LC-126 LC-127
TEST_F(SpoolerLogoff, EachFlagIsBounded) {
  busy("stuck");
  for (const ULONG flags : {LOGOFF_NO_WAIT, LOGOFF_ORDERLY, LOGOFF_PURGE, LOGOFF_QUIET, LOGOFF_ABORT}) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(static_cast<ULONG>(LOGOFF_OUTBOUND | LOGOFF_OUTBOUND_QUEUE), ask(flags)) << flags;
    EXPECT_LT(since(before), std::chrono::seconds(8)) << flags;
  }
}

TEST_F(SpoolerLogoff, IncomingMail) {
  receiving("block");
  EXPECT_EQ(static_cast<ULONG>(LOGOFF_INBOUND), ask(LOGOFF_QUIET));
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    control_->release();
  });
  EXPECT_EQ("1 -> 10000", let_go(LOGOFF_NO_WAIT));  // what is arriving is taken in
  later.join();
  EXPECT_EQ(1, control_->count('i'));
  session_.reset();
  control_->clear_lines();
  receiving("block");
  EXPECT_EQ("8 -> 10000", let_go(LOGOFF_ABORT));
  EXPECT_EQ(1, control_->count('i'));  // the transport keeps it for another time
  EXPECT_EQ(1u, seen_of({"A:TransportNotify 80000000 message"}).size());
}

// spec: LC-091
TEST_F(SpoolerLogoff, AMessageOfTheLastMomentGoesOutInALaterSession) {
  busy("block", 1);
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  store_.reset();
  session_.reset();
  EXPECT_EQ(2, control_->count('o'));
  EXPECT_TRUE(seen_of({"FinishedMsg"}).empty());
  tell("A.submit", "take");
  start();
  ASSERT_TRUE(wait("FinishedMsg", 2));
  EXPECT_EQ(0, control_->count('o'));
}

// Session logoff with a transport that does not come back: within the bounds, and everybody else is logged off.
TEST_F(SpoolerLogoff, SessionLogoffWithAStuckTransport) {
  busy("stuck");
  control_->clear_lines();
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_LT(since(before), std::chrono::seconds(8));
  EXPECT_EQ((Calls{"A:TransportNotify 80000000 message 101", "B:TransportNotify 30000", "B:TransportLogoff 0",
                   "B:IXPLogon::Release 0", "A:TransportLogoff 0", "IMSLogon::Logoff 0", "IMSLogon::Release 0"}),
            seen_of({"A:Tr", "A:IXP", "B:", "IMSLogon", "IXPProvider::Shutdown"}));
  control_->clear_lines();
  control_->release();
  ASSERT_TRUE(wait("IXPProvider::Shutdown 0"));  // when nothing of the provider is at work any more
  // TransportLogoff made the logon invalid: what comes back from it later is released and called no more.
  EXPECT_EQ((Calls{"A:SubmitMessage ends 0", "A:IXPLogon::Release 0", "IXPProvider::Shutdown 0"}),
            seen_of({"A:", "IXPProvider::Shutdown"}));
  EXPECT_EQ(1, control_->count('o'));
}

// A transport whose logoff fails is logged off, one that does not come back from it is left behind, and so is a
// provider that hangs in Shutdown: the other transport and the stores are logged off as ever, in time, and it is told
// whose fault it was (G7).
TEST_F(SpoolerLogoff, TransportsThatMisbehaveAtTheLogoff) {
  const Calls order = {"B:TransportLogoff 0",     "B:IXPLogon::Release 0",  "A:TransportLogoff 0",
                       "A:IXPLogon::Release 0",   "IMSLogon::Logoff 0",     "IMSLogon::Release 0",
                       "IXPProvider::Shutdown 0", "IXPProvider::Release 0", "IMSProvider::Shutdown 0",
                       "IMSProvider::Release 0"};
  const auto ends = [&](const std::string& left_out) {
    Calls rest = order;
    if (left_out == "A.logoff") {  // nobody goes where somebody still is
      for (const char* call : {"A:IXPLogon::Release 0", "IXPProvider::Shutdown 0", "IXPProvider::Release 0"})
        std::erase(rest, call);
    }
    if (left_out == "shutdown") std::erase(rest, "IXPProvider::Release 0");
    return rest;
  };
  for (const char* call : {"A.logoff", "shutdown"}) {
    for (const char* how : {"80040102", "stuck", "throw"}) {
      SCOPED_TRACE(std::string(call) + " " + how);
      const bool is_stuck = std::string(how) == "stuck";
      control_->block();
      control_->clear_lines();
      start();
      ASSERT_TRUE(wait("A:TransportNotify 3"));
      ASSERT_TRUE(wait("B:TransportNotify 3"));
      tell(call, how);
      control_->clear_lines();
      MapiaryListIncidents(nullptr, nullptr, MAPIARY_INCIDENTS_CLEAR);
      const auto before = std::chrono::steady_clock::now();
      EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
      EXPECT_LT(since(before), std::chrono::seconds(8));
      const std::initializer_list<std::string> prefixes = {"A:TransportLogoff", "A:IXP", "B:TransportLogoff", "B:IXP",
                                                           "IMSLogon",          "IMSP",  "IXPProvider"};
      EXPECT_EQ(is_stuck ? ends(call) : order, seen_of(prefixes));
      Calls told;
      MapiaryListIncidents([](LPVOID to, LPCSTR line) { static_cast<Calls*>(to)->emplace_back(line); }, &told,
                           MAPIARY_INCIDENTS_CLEAR);
      ASSERT_EQ(1u, told.size());
      const bool is_logoff = *call == 'A';
      EXPECT_NE(std::string::npos, told[0].find(is_logoff ? "IXPLogon::TransportLogoff" : "IXPProvider::Shutdown"));
      EXPECT_NE(std::string::npos, told[0].find(RECORDING_TRANSPORT)) << told[0];
      if (is_logoff) {
        EXPECT_NE(std::string::npos, told[0].find("'Transport A'")) << told[0];
        EXPECT_NE(std::string::npos, told[0].find("message service 'XPA'")) << told[0];
      }
      EXPECT_NE(std::string::npos, told[0].find(is_stuck                      ? "did not return in time"
                                                : how == std::string("throw") ? "threw an exception"
                                                                              : "MAPI_E_NO_SUPPORT"))
          << told[0];
      control_->release();
      ASSERT_EQ(0u, MapiaryWaitForProviders(20'000));
      tell(call, "");
      store_.reset();
      session_.reset();
      ASSERT_TRUE(wait("IXPProvider::Release 0"));
    }
  }
}

// A message that came back late but before the logoff is ended first; TransportLogoff waits for that, and not for ever.
TEST_F(SpoolerLogoff, TransportLogoffComesAfterTheEndOfALateMessage) {
  for (const bool in_time : {true, false}) {
    SCOPED_TRACE(in_time);
    tell("A.end", "hold");
    busy("stuck");
    EXPECT_EQ("8 -> C0000", let_go(0));  // A is left behind, the session stays
    control_->release();
    ASSERT_TRUE(wait("A:EndMessage same"));
    control_->clear_lines();
    std::thread later;
    if (in_time) {
      later = std::thread([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        tell("A.end", "");
      });
    }
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
    EXPECT_LT(since(before), std::chrono::seconds(8));
    const Calls logoff = seen_of({"A:EndMessage ends", "A:TransportLogoff"});
    EXPECT_EQ(in_time ? (Calls{"A:EndMessage ends 0", "A:TransportLogoff 0"}) : Calls{"A:TransportLogoff 0"}, logoff);
    session_.reset();
    if (later.joinable()) later.join();
    tell("A.end", "");
    ASSERT_TRUE(wait("IXPProvider::Shutdown 0"));
    ASSERT_EQ(0u, MapiaryWaitForProviders(20'000));
    control_->clear_lines();
  }
}

}  // namespace
}  // namespace session_test
