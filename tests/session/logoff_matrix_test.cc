// SPDX-License-Identifier: Apache-2.0
// The logoff matrix: StoreLogoff with each flag or not at all, the order of final Release and session Logoff, what is
// still open, and which threads do it. Each case states the exact calls the provider must see.
#include <thread>

#include "session_fixture.h"

namespace session_test {
namespace {

using Calls = std::vector<std::string>;

enum class Order { kReleaseFirst, kLogoffFirst, kBothTwice };
enum class Open { kNothing, kFolder, kMessage, kTable, kStream };
enum class Who { kSame, kOther, kTwoAtOnce };

constexpr ULONG kLogoffFlags[] = {0, LOGOFF_NO_WAIT, LOGOFF_ORDERLY, LOGOFF_PURGE, LOGOFF_ABORT, LOGOFF_QUIET};

std::string number(ULONG value) {
  char digits[16];
  std::snprintf(digits, sizeof(digits), "%X", static_cast<unsigned>(value));
  return digits;
}

// What the client forgets to release before the end.
struct Children {
  Ptr<IMAPIFolder> folder;
  Ptr<IMessage> message;
  Ptr<IMAPITable> table;
  Ptr<IStream> stream;
  Sink sink;

  void open(IMsgStore* store, Open what, const std::string& message_id) {
    ULONG type = 0;
    if (what == Open::kFolder || what == Open::kTable) {
      ASSERT_EQ(S_OK, store->OpenEntry(0, nullptr, nullptr, 0, &type, folder.put_unknown()));
    }
    if (what == Open::kMessage || what == Open::kStream) {
      ASSERT_EQ(S_OK, store->OpenEntry(static_cast<ULONG>(message_id.size()),
                                       reinterpret_cast<LPENTRYID>(const_cast<char*>(message_id.data())), nullptr, 0,
                                       &type, message.put_unknown()));
    }
    if (what == Open::kTable) {
      ULONG_PTR connection = 0;
      ASSERT_EQ(S_OK, folder->GetContentsTable(0, table.put()));
      ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &sink, &connection));
    }
    if (what == Open::kStream) {
      ASSERT_EQ(S_OK, message->OpenProperty(PR_BODY_A, &IID_IStream, 0, 0, stream.put_unknown()));
    }
  }
  // G4: orphans answer an error and do nothing.
  void check_orphans() {
    ULONG count = 0;
    LPMAPITABLE none = nullptr;
    if (folder) {
      EXPECT_EQ(MAPI_E_INVALID_OBJECT, folder->GetContentsTable(0, &none));
    }
    if (message) {
      EXPECT_EQ(MAPI_E_INVALID_OBJECT, message->SaveChanges(0));
    }
    if (table) {
      EXPECT_EQ(MAPI_E_INVALID_OBJECT, table->GetRowCount(0, &count));
    }
    if (stream) {
      EXPECT_EQ(MAPI_E_INVALID_OBJECT, stream->Read(&count, 1, nullptr));
    }
  }
  void close() {
    if (table) table->Unadvise(1);
    stream.reset();
    table.reset();
    message.reset();
    folder.reset();
    EXPECT_EQ(1u, sink.references);
  }
};

// The provider of the profile: the recording store itself, or one of somebody else's that passes every call on to it.
class LogoffMatrix : public SessionTest, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    set("WRAPPED_STORE_LIBRARY", RECORDING_STORE);
    write_inf(GetParam(), false);
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile("Test");
  }
  void TearDown() override {
    MAPIUninitialize();
    SessionTest::TearDown();
  }
  void run_case(ULONG flags, Order order, Open what, Who who);
  void end(IMAPISession* session, Ptr<IMsgStore>& store, Order order, Who who);
  static Calls expected(ULONG flags, Order order, Who who, const Calls& seen);
};

Calls store_end(ULONG flags) {
  return {"IMsgStore::Release 0", "StoreLogoffTransports " + number(flags ? flags : ULONG{LOGOFF_ABORT}) + " -> 10000",
          "IMSLogon::Logoff 0", "IMSLogon::Release 0"};
}
const Calls kSessionEnd = {"IMSLogon::Logoff 0", "IMSLogon::Release 0"};
const Calls kProviderEnd = {"IMSProvider::Shutdown 0", "IMSProvider::Release 0"};

Calls joined(std::initializer_list<Calls> parts) {
  Calls result;
  for (const Calls& part : parts) result.insert(result.end(), part.begin(), part.end());
  return result;
}

// In a race of Release and Logoff one of them closes the logon; which one is seen in the calls themselves.
Calls LogoffMatrix::expected(ULONG flags, Order order, Who who, const Calls& seen) {
  const Calls first = flags ? Calls{"IMsgStore::StoreLogoff " + number(flags)} : Calls{};
  if (who == Who::kTwoAtOnce) return seen;
  switch (order) {
    case Order::kReleaseFirst:
      return joined({first, store_end(flags), kProviderEnd});
    case Order::kLogoffFirst:
      return joined({first, kSessionEnd, kProviderEnd, {"IMsgStore::Release 0"}});
    case Order::kBothTwice:
      return joined({first, store_end(flags), kProviderEnd});
  }
  return {};
}

void LogoffMatrix::end(IMAPISession* session, Ptr<IMsgStore>& store, Order order, Who who) {
  const auto log_off = [&] { return session->Logoff(0, 0, 0); };
  if (who == Who::kTwoAtOnce) {
    std::thread other([&] { (void)log_off(); });
    store.reset();
    (void)log_off();
    other.join();
    return;
  }
  switch (order) {
    case Order::kReleaseFirst:
      store.reset();
      EXPECT_EQ(S_OK, log_off());
      return;
    case Order::kLogoffFirst:
      EXPECT_EQ(S_OK, log_off());
      store.reset();
      return;
    case Order::kBothTwice:
      store->AddRef();
      store->Release();
      store.reset();
      EXPECT_EQ(S_OK, log_off());
      EXPECT_EQ(MAPI_E_NOT_INITIALIZED, log_off());
      return;
  }
}

void LogoffMatrix::run_case(ULONG flags, Order order, Open what, Who who) {
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Test", MAPI_EXTENDED | MAPI_NEW_SESSION, session));
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session.get(), store));
  Children children;
  children.open(store.get(), what, object_id('m'));
  (void)take_calls();
  (void)leaks();
  if (flags) {
    ULONG in_out = flags;
    ASSERT_EQ(S_OK, store->StoreLogoff(&in_out));
  }
  const std::string id = object_id('f');
  if (order == Order::kReleaseFirst && who == Who::kSame) {
    // After the final Release and before Logoff: UIDs and status row are gone, the session goes on.
    store.reset();
    ULONG type = 0;
    Ptr<IMAPIFolder> folder;
    EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID,
              session->OpenEntry(static_cast<ULONG>(id.size()), id_of(id), nullptr, 0, &type, folder.put_unknown()));
    EXPECT_EQ(3u, status(session.get()).size());
    children.check_orphans();
  }
  if (who == Who::kOther) {
    std::thread([&] { end(session.get(), store, order, who); }).join();
  } else {
    end(session.get(), store, order, who);
  }
  const Calls seen = take_calls();
  EXPECT_EQ(expected(flags, order, who, seen), seen);
  // Whoever comes first: each of these exactly once, and the provider last.
  for (const std::string once : {"IMSLogon::Logoff 0", "IMSLogon::Release 0", "IMSProvider::Shutdown 0",
                                 "IMSProvider::Release 0", "IMsgStore::Release 0"}) {
    EXPECT_EQ(1, std::count(seen.begin(), seen.end(), once)) << once;
  }
  const auto place = [&](const char* call) { return std::find(seen.begin(), seen.end(), call) - seen.begin(); };
  EXPECT_LT(place("IMSLogon::Logoff 0"), place("IMSLogon::Release 0"));
  EXPECT_LT(place("IMSLogon::Release 0"), place("IMSProvider::Shutdown 0"));
  EXPECT_LT(place("IMSProvider::Shutdown 0"), place("IMSProvider::Release 0"));
  if (who != Who::kTwoAtOnce) {
    EXPECT_EQ(order == Order::kLogoffFirst ? 1u : 0u, leaks().size());
  }
  children.check_orphans();
  children.close();
}

// spec: LC-087 LC-102 LC-103 LC-105 LC-108 LC-112 LC-113 LC-117 LC-118 LC-119 LC-120 R2 R3
TEST_P(LogoffMatrix, EveryCase) {
  for (const ULONG flags : kLogoffFlags) {
    for (const Order order : {Order::kReleaseFirst, Order::kLogoffFirst, Order::kBothTwice}) {
      for (const Open what : {Open::kNothing, Open::kFolder, Open::kMessage, Open::kTable, Open::kStream}) {
        for (const Who who : {Who::kSame, Who::kOther, Who::kTwoAtOnce}) {
          SCOPED_TRACE("flags " + number(flags) + " order " + number(static_cast<ULONG>(order)) + " open " +
                       number(static_cast<ULONG>(what)) + " who " + number(static_cast<ULONG>(who)));
          run_case(flags, order, what, who);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Providers, LogoffMatrix, ::testing::Values(RECORDING_STORE, WRAPPING_STORE),
                         [](const auto& one) { return one.index == 0 ? "Ours" : "Foreign"; });

}  // namespace
}  // namespace session_test
