// SPDX-License-Identifier: Apache-2.0
// The logoff matrix without mail: StoreLogoff with each flag or not at all, the order of final Release and session
// Logoff, what is still open, and which threads do it. Each case states the exact calls the provider must see, and what
// the leak report names. It runs on the recording store, on that behind a wrapping provider of somebody else's, and on
// the installed store, whose calls the wrapping provider traces. With transports: spooler_matrix_test.cc.
#include <barrier>
#include <thread>

#include "session_fixture.h"

namespace session_test {
namespace {

using Calls = std::vector<std::string>;

enum class Order { kReleaseFirst, kLogoffFirst, kReleaseThenTwice, kTwiceThenRelease };
constexpr Order kOrders[] = {Order::kReleaseFirst, Order::kLogoffFirst, Order::kReleaseThenTwice,
                             Order::kTwiceThenRelease};
bool is_logoff_first(Order order) {
  return order == Order::kLogoffFirst || order == Order::kTwiceThenRelease;
}
enum class Open { kNothing, kFolder, kMessage, kTable, kStream };
enum class Who { kSame, kOther, kTwoAtOnce };

constexpr ULONG kLogoffFlags[] = {0, LOGOFF_NO_WAIT, LOGOFF_ORDERLY, LOGOFF_PURGE, LOGOFF_ABORT, LOGOFF_QUIET};

std::string number(ULONG value) {
  char digits[16];
  std::snprintf(digits, sizeof(digits), "%X", static_cast<unsigned>(value));
  return digits;
}

struct Provider {
  const char* name;
  const char* library;
  const char* wrapped;  // by `library`, if that is the wrapping provider
  const char* engine;   // of the installed store; null: this is the recording store
  bool is_full = true;  // else only what a file can make a difference to
};
constexpr Provider kProviders[] = {{"Recording", RECORDING_STORE, "", nullptr},
                                   {"Wrapped", WRAPPING_STORE, RECORDING_STORE, nullptr},
                                   {"InstalledMemory", WRAPPING_STORE, STORE_PROVIDER, "memory"},
                                   {"InstalledFile", WRAPPING_STORE, STORE_PROVIDER, "sqlite", false}};

// What the client forgets to release before the end.
struct Children {
  Ptr<IMAPIFolder> folder;
  Ptr<IMessage> message;
  Ptr<IMAPITable> table;
  Ptr<IStream> stream;
  Sink sink;
  ULONG_PTR connection = 0;
  HRESULT of_stream = MAPI_E_INVALID_OBJECT;  // a stream may also answer by its own words

  // `message_id`: of a message that is there; none: a new one is made.
  void open(IMsgStore* store, Open what, const std::string& message_id) {
    ULONG type = 0;
    const bool wants_message = what == Open::kMessage || what == Open::kStream;
    if (what == Open::kFolder || what == Open::kTable || (wants_message && message_id.empty())) {
      ASSERT_EQ(S_OK, store->OpenEntry(0, nullptr, nullptr, MAPI_MODIFY, &type, folder.put_unknown()));
    }
    if (wants_message && message_id.empty()) {
      ASSERT_EQ(S_OK, folder->CreateMessage(nullptr, 0, message.put()));
    } else if (wants_message) {
      ASSERT_EQ(S_OK, store->OpenEntry(static_cast<ULONG>(message_id.size()),
                                       reinterpret_cast<LPENTRYID>(const_cast<char*>(message_id.data())), nullptr,
                                       MAPI_MODIFY, &type, message.put_unknown()));
    }
    if (wants_message) {  // a change that nobody saves
      SPropValue value{};
      value.ulPropTag = PR_SUBJECT_A;
      value.Value.lpszA = const_cast<char*>("unsaved");
      ASSERT_EQ(S_OK, message->SetProps(1, &value, nullptr));
    }
    if (what == Open::kTable) {
      ASSERT_EQ(S_OK, folder->GetContentsTable(0, table.put()));
      ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &sink, &connection));
    }
    if (what == Open::kStream) {
      ASSERT_EQ(S_OK,
                message->OpenProperty(PR_BODY_A, &IID_IStream, 0, MAPI_CREATE | MAPI_MODIFY, stream.put_unknown()));
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
      EXPECT_EQ(of_stream, stream->Read(&count, 1, nullptr));
    }
  }
  void close() {
    if (table) table->Unadvise(connection);
    stream.reset();
    table.reset();
    message.reset();
    folder.reset();
    EXPECT_EQ(1u, sink.references);
  }
};

// The provider of the profile: the recording store itself, or one of somebody else's that passes every call on to it.
class LogoffMatrix : public SessionTest, public ::testing::WithParamInterface<Provider> {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    set("WRAPPED_STORE_LIBRARY", GetParam().wrapped);
    write_inf(GetParam().library, false);
    if (is_installed()) {
      set("WRAPPING_STORE_TRACE", log_.string());
      std::ofstream(folder_ / "test.inf", std::ios::app)  // the provider's section is the last
          << "6700001F=" << (folder_ / "store.db").string() << "\n6701001F=" << GetParam().engine << "\n";
    }
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile("Test");
  }
  void TearDown() override {
    MAPIUninitialize();
    ::unsetenv("WRAPPING_STORE_TRACE");
    SessionTest::TearDown();
  }
  bool is_installed() const { return GetParam().engine != nullptr; }
  void run_case(ULONG flags, Order order, Open what, Who who);
  void end(IMAPISession* session, Ptr<IMsgStore>& store, Order order, Who who);
  static std::string id_of_root(IMsgStore* store);
  Calls expected(ULONG flags, Order order) const;
  void expect_allowed(ULONG flags, const Calls& seen) const;
  Calls expected_leaks(Open what) const;
};

const Calls kLastRelease = {"IMsgStore::Release 0"};
Calls last_release(ULONG flags) {
  return {"IMsgStore::Release 0", "StoreLogoffTransports " + number(flags ? flags : ULONG{LOGOFF_ABORT}) + " -> 10000"};
}
Calls store_end(ULONG flags) {
  Calls result = last_release(flags);
  result.insert(result.end(), {"IMSLogon::Logoff 0", "IMSLogon::Release 0"});
  return result;
}
const Calls kSessionEnd = {"IMSLogon::Logoff 0", "IMSLogon::Release 0"};
const Calls kProviderEnd = {"IMSProvider::Shutdown 0", "IMSProvider::Release 0"};

Calls joined(std::initializer_list<Calls> parts) {
  Calls result;
  for (const Calls& part : parts) result.insert(result.end(), part.begin(), part.end());
  return result;
}

Calls LogoffMatrix::expected(ULONG flags, Order order) const {
  const Calls first = flags ? Calls{"IMsgStore::StoreLogoff " + number(flags)} : Calls{};
  if (!is_logoff_first(order)) return joined({first, store_end(flags), kProviderEnd});
  // After its Logoff a store may have let go of the session (the recording store) or tell it even then (R1).
  return joined({first, kSessionEnd, kProviderEnd, is_installed() ? last_release(flags) : kLastRelease});
}

// In a race of Release and Logoff one of them closes the logon, while the store is at its own end: any mixture of the
// two rows, each whole and in its order. The recording store tells the spooler if its Logoff does not come first.
void LogoffMatrix::expect_allowed(ULONG flags, const Calls& seen) const {
  Calls of_session, of_store;
  const Calls first = flags ? Calls{"IMsgStore::StoreLogoff " + number(flags)} : Calls{};
  ASSERT_LE(first.size(), seen.size());
  EXPECT_TRUE(std::equal(first.begin(), first.end(), seen.begin()));
  for (auto call = seen.begin() + static_cast<std::ptrdiff_t>(first.size()); call != seen.end(); ++call) {
    const bool is_store = *call == kLastRelease[0] || call->rfind("StoreLogoffTransports ", 0) == 0;
    (is_store ? of_store : of_session).push_back(*call);
  }
  EXPECT_EQ(joined({kSessionEnd, kProviderEnd}), of_session);
  if (is_installed() || of_store != kLastRelease) {
    EXPECT_EQ(last_release(flags), of_store);
  }
}

// A provider that does not answer to IMapiaryObjects is known by its store alone.
Calls LogoffMatrix::expected_leaks(Open what) const {
  if (!is_installed()) return {};
  switch (what) {
    case Open::kNothing:
      return {};
    case Open::kFolder:
      return {"folder"};
    case Open::kMessage:
      return {"folder", "message"};
    case Open::kTable:
      return {"folder", "contents table 'advise connections: 1'"};
    case Open::kStream:
      return {"folder", "message", "stream 'property 1000001E'"};
  }
  return {};
}

// What the lines name.
Calls leaked(const Calls& lines) {
  Calls names;
  for (const std::string& line : lines) {
    const auto from = line.find("): ") + 3;
    names.push_back(line.substr(from, line.find(" not released") - from));
  }
  return names;
}

void LogoffMatrix::end(IMAPISession* session, Ptr<IMsgStore>& store, Order order, Who who) {
  const auto log_off = [&] { return session->Logoff(0, 0, 0); };
  if (who == Who::kTwoAtOnce) {
    // One of the two Logoffs does it; the Release comes before that of its thread or after.
    HRESULT answers[2] = {};
    std::barrier start(2);
    std::thread other([&] {
      start.arrive_and_wait();
      answers[0] = log_off();
    });
    start.arrive_and_wait();
    if (is_logoff_first(order)) answers[1] = log_off();
    store.reset();
    if (!is_logoff_first(order)) answers[1] = log_off();
    other.join();
    std::sort(std::begin(answers), std::end(answers));
    EXPECT_EQ(MAPI_E_NOT_INITIALIZED, answers[0]);
    EXPECT_EQ(S_OK, answers[1]);
    return;
  }
  if (store && !is_logoff_first(order)) {
    store->AddRef();
    store->Release();
    store.reset();
  }
  EXPECT_EQ(S_OK, log_off());
  if (order == Order::kReleaseThenTwice || order == Order::kTwiceThenRelease) {
    EXPECT_EQ(MAPI_E_NOT_INITIALIZED, log_off());
  }
  store.reset();
}

void LogoffMatrix::run_case(ULONG flags, Order order, Open what, Who who) {
  Ptr<IMAPISession> session;
  // The spooler's own logon would be among the installed store's calls; spooler_matrix_test.cc has it.
  ASSERT_EQ(S_OK, log_on("Test", kNew | (is_installed() ? ULONG{MAPI_NO_MAIL} : 0), session));
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session.get(), store));
  const std::string id = is_installed() ? id_of_root(store.get()) : object_id('f');
  Children children;
  if (is_installed()) children.of_stream = STG_E_REVERTED;
  ASSERT_NO_FATAL_FAILURE(children.open(store.get(), what, is_installed() ? "" : object_id('m')));
  EXPECT_EQ(4u, status(session.get()).size());
  (void)take_calls();
  (void)leaks();
  if (flags) {
    ULONG in_out = flags;
    ASSERT_EQ(S_OK, store->StoreLogoff(&in_out));
    EXPECT_EQ(0u, in_out) << "nothing is under way or waits";
  }
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
  Calls names = leaked(leaks());
  Calls named = expected_leaks(what);
  const std::string store_line = "message store 'Recording store'";
  if (who == Who::kTwoAtOnce) {
    expect_allowed(flags, seen);
    if (!names.empty() && names[0] == store_line) names.erase(names.begin());  // the Logoff came first
  } else {
    EXPECT_EQ(expected(flags, order), seen);
    if (is_logoff_first(order)) named.insert(named.begin(), store_line);
  }
  EXPECT_EQ(named, names);
  children.check_orphans();
  children.close();
  session.reset();
  EXPECT_EQ(0u, MapiaryListObjects(nullptr, nullptr));
}

// The root's, after a look that no orphan of an earlier case has written anything.
std::string LogoffMatrix::id_of_root(IMsgStore* store) {
  ULONG type = 0, count = 77;
  Ptr<IMAPIFolder> root;
  Ptr<IMAPITable> table;
  LPSPropValue value = nullptr;
  EXPECT_EQ(S_OK, store->OpenEntry(0, nullptr, nullptr, 0, &type, root.put_unknown()));
  EXPECT_EQ(S_OK, root->GetContentsTable(0, table.put()));
  EXPECT_EQ(S_OK, table->GetRowCount(0, &count));
  EXPECT_EQ(0u, count);
  EXPECT_EQ(S_OK, HrGetOneProp(root.get(), PR_ENTRYID, &value));
  std::string id = binary(*value);
  MAPIFreeBuffer(value);
  return id;
}

// spec: LC-087 LC-102 LC-103 LC-105 LC-108 LC-112 LC-113 LC-117 LC-118 LC-119 LC-120 R2 R3
TEST_P(LogoffMatrix, EveryCase) {
  for (const ULONG flags : kLogoffFlags) {
    for (const Order order : kOrders) {
      for (const Open what : {Open::kNothing, Open::kFolder, Open::kMessage, Open::kTable, Open::kStream}) {
        if (!GetParam().is_full && what != Open::kMessage && what != Open::kStream) continue;
        for (const Who who : {Who::kSame, Who::kOther, Who::kTwoAtOnce}) {
          SCOPED_TRACE("flags " + number(flags) + " order " + number(static_cast<ULONG>(order)) + " open " +
                       number(static_cast<ULONG>(what)) + " who " + number(static_cast<ULONG>(who)));
          run_case(flags, order, what, who);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Providers, LogoffMatrix, ::testing::ValuesIn(kProviders),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace session_test
