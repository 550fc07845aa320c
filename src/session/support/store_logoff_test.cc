// SPDX-License-Identifier: Apache-2.0
// What a support object tells the spooler, and StoreLogoffTransports. Pages: imapisupport-spoolernotify,
// imapisupport-spooleryield, imapisupport-registerpreprocessor, imapisupport-storelogofftransports.
#include "session/support/store_logoff.h"

#include <gtest/gtest.h>
#include <mapicode.h>

#include "session/support/testing/fake_host.h"

namespace mapiary::session {
namespace {

using testing::as_entry;
using testing::entry_id;
using testing::FakeHost;
using testing::Support;

// spec: LC-400 LC-401 LC-402 LC-404 LC-405 IMAPISupport::SpoolerNotify
TEST(SupportSpooler, NoticesByKind) {
  const Support store(SupportKind::kMessageStore), transport(SupportKind::kTransport);
  EXPECT_EQ(store->SpoolerNotify(NOTIFY_READYTOSEND, nullptr), S_OK);
  EXPECT_EQ(store->SpoolerNotify(NOTIFY_NEWMAIL, nullptr), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(transport->SpoolerNotify(NOTIFY_NEWMAIL_RECEIVED, nullptr), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(transport->SpoolerNotify(NOTIFY_SENTDEFERRED | NOTIFY_CRITICAL_ERROR, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(transport->SpoolerNotify(NOTIFY_CRITSEC, reinterpret_cast<void*>(1)), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(store->SpoolerNotify(NOTIFY_NEWMAIL_RECEIVED, nullptr), MAPI_E_INVALID_PARAMETER);
  std::string id = entry_id("message");
  NEWMAIL_NOTIFICATION mail{};
  mail.cbEntryID = static_cast<ULONG>(id.size());
  mail.lpEntryID = as_entry(id);
  ASSERT_EQ(store->SpoolerNotify(NOTIFY_NEWMAIL_RECEIVED, &mail), S_OK);
  const NEWMAIL_NOTIFICATION& copy = store.host->port->last.new_mail->items()->info.newmail;
  EXPECT_NE(copy.lpEntryID, mail.lpEntryID);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(copy.lpEntryID), copy.cbEntryID), id);
  SBinary deferred{static_cast<ULONG>(id.size()), reinterpret_cast<LPBYTE>(id.data())};
  ASSERT_EQ(transport->SpoolerNotify(NOTIFY_SENTDEFERRED, &deferred), S_OK);
  EXPECT_EQ(transport.host->port->last.deferred, id);
  EXPECT_EQ(transport->SpoolerNotify(NOTIFY_CRITICAL_ERROR, nullptr), S_OK);
  EXPECT_EQ(transport.host->reports, 1);
}

TEST(SupportSpooler, NewMailIsIgnoredWithoutMail) {
  auto host = std::make_shared<FakeHost>();
  SupportSeat seat = testing::seat_of(SupportKind::kMessageStore);
  seat.no_mail = true;
  const auto store = make_support_object(host, seat);
  NEWMAIL_NOTIFICATION mail{};
  EXPECT_EQ(store->SpoolerNotify(NOTIFY_NEWMAIL_RECEIVED, &mail), S_OK);
  EXPECT_EQ(host->port->calls, "");
}

// spec: IMAPISupport::RegisterPreprocessor IMAPISupport::SpoolerYield
TEST(SupportSpooler, YieldPreprocessComplete) {
  const Support store(SupportKind::kMessageStore), transport(SupportKind::kTransport);
  EXPECT_EQ(transport->SpoolerYield(0), S_OK);
  transport.host->port->yields = MAPI_W_CANCEL_MESSAGE;
  EXPECT_EQ(transport->SpoolerYield(0), MAPI_W_CANCEL_MESSAGE);
  char dll[] = "pre.dll", function[] = "Do", remove[] = "Undo";
  MAPIUID uid{};
  EXPECT_EQ(transport->RegisterPreprocessor(&uid, nullptr, reinterpret_cast<LPTSTR>(dll), function, remove, 0), S_OK);
  EXPECT_EQ(transport.host->port->registered.dll_name, "pre.dll");
  EXPECT_EQ(transport.host->port->registered.remove_info, "Undo");
  EXPECT_EQ(transport->RegisterPreprocessor(nullptr, nullptr, reinterpret_cast<LPTSTR>(dll), nullptr, nullptr, 1),
            MAPI_E_UNKNOWN_FLAGS);
  std::string id = entry_id("message");
  const auto size = static_cast<ULONG>(id.size());
  EXPECT_EQ(store->CompleteMsg(0, size, as_entry(id)), S_OK);
  EXPECT_EQ(store->Preprocess(0, size, as_entry(id)), S_OK);
  EXPECT_EQ(store->CompleteMsg(1, size, as_entry(id)), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(store.host->port->calls, "complete;preprocess;");
  store.host->port = nullptr;
  EXPECT_EQ(store->CompleteMsg(0, size, as_entry(id)), MAPI_E_UNABLE_TO_COMPLETE);
  EXPECT_EQ(store->SpoolerNotify(NOTIFY_READYTOSEND, nullptr), S_OK);
}

struct LogoffCase {
  ULONG in, activity;
  bool stops;
  ULONG out;
  const char* calls;
};

// spec: LC-132 LC-133 LC-134 LC-136 LC-137 LC-138 R1 R4 R5 IMAPISupport::StoreLogoffTransports
TEST(StoreLogoff, EachFlagWithEachActivity) {
  const ULONG in = LOGOFF_INBOUND, out = LOGOFF_OUTBOUND, queue = LOGOFF_OUTBOUND_QUEUE, done = LOGOFF_COMPLETE;
  const LogoffCase cases[] = {
      {LOGOFF_ABORT, 0, true, done, "release 7;"},
      {LOGOFF_ABORT, queue, true, done | queue, "release 7;"},
      {LOGOFF_ABORT, in | queue, true, done | queue, "stop 2000;release 7;"},
      {LOGOFF_ABORT, out, false, out, "stop 2000;"},
      {LOGOFF_QUIET, 0, true, done, "finish;release 7;"},
      {LOGOFF_QUIET, queue, true, queue, ""},
      {LOGOFF_QUIET, in | out, true, in | out, ""},
      {LOGOFF_ORDERLY, in, true, done, "finish;release 7;"},
      {LOGOFF_NO_WAIT, out, true, done, "drain;release 7;"},
      {LOGOFF_PURGE, queue, true, done | queue, "drain;flush;release 7;"},
  };
  for (const LogoffCase& each : cases) {
    const Support store(SupportKind::kMessageStore);
    store.host->port->active = each.activity;
    store.host->port->stops = each.stops;
    ULONG flags = each.in;
    EXPECT_EQ(store->StoreLogoffTransports(&flags), S_OK);
    EXPECT_EQ(flags, each.out) << each.in << " " << each.activity;
    EXPECT_EQ(store.host->port->calls, each.calls) << each.in << " " << each.activity;
  }
}

// spec: LC-132 R5
TEST(StoreLogoff, OneKnownFlag) {
  const Support store(SupportKind::kMessageStore);
  for (const ULONG bad : {ULONG{0}, LOGOFF_ABORT | LOGOFF_QUIET, LOGOFF_COMPLETE, ULONG{0x20}, ~ULONG{0}}) {
    ULONG flags = bad;
    EXPECT_EQ(store->StoreLogoffTransports(&flags), MAPI_E_UNKNOWN_FLAGS);
    EXPECT_EQ(flags, bad) << "nothing done";
  }
  EXPECT_EQ(store.host->port->calls, "");
}

// spec: LC-135
TEST(StoreLogoff, AnotherProcessHasTheStore) {
  const Support store(SupportKind::kMessageStore);
  store.host->port->elsewhere = true;
  store.host->port->active = LOGOFF_OUTBOUND;
  ULONG flags = LOGOFF_PURGE;
  EXPECT_EQ(store->StoreLogoffTransports(&flags), S_OK);
  EXPECT_EQ(flags, LOGOFF_COMPLETE);
  EXPECT_EQ(store.host->port->calls, "");
  store.host->port = nullptr;  // no spooler at all
  flags = LOGOFF_QUIET;
  EXPECT_EQ(store->StoreLogoffTransports(&flags), S_OK);
  EXPECT_EQ(flags, LOGOFF_COMPLETE);
}

}  // namespace
}  // namespace mapiary::session
