// SPDX-License-Identifier: Apache-2.0
// When a store begins and ends (docs/message-stores.md): made by the first logon that may write to it, one for all
// sessions, threads and profiles that name it, and there until its file is deleted or, in memory, its process ends.
// Sessions come and go in every order and at once.
#include <barrier>
#include <mutex>
#include <set>
#include <thread>

#include "process.h"
#include "session_fixture.h"
#include "tests/conformance/testing/mapi_values.h"

namespace session_test {
namespace {

using conformance::get_binary;
using conformance::set_text;

constexpr ULONG kWrite = MDB_WRITE | MDB_NO_DIALOG | MDB_NO_MAIL;

class StoreLifetimeTest : public SessionTest, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    set("MAPIARY_MAPISVC", INSTALLED_INF);
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  }
  void TearDown() override {
    MAPIUninitialize();
    SessionTest::TearDown();
  }
  bool is_in_memory() const { return std::string(GetParam()) == "MAPIARY_MEMORY"; }
  std::string place(const std::string& store) const { return (folder_ / store).string(); }

  // A profile whose store is called `store`.
  void make(const std::string& profile, const std::string& store) const {
    Ptr<IProfAdmin> profiles;
    Ptr<IMsgServiceAdmin> admin;
    Ptr<IMAPITable> table;
    ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    ASSERT_EQ(S_OK, profiles->CreateProfile(text(profile.c_str()), nullptr, 0, 0));
    ASSERT_EQ(S_OK, profiles->AdminServices(text(profile.c_str()), nullptr, 0, 0, admin.put()));
    ASSERT_EQ(S_OK, admin->CreateMsgService(text(GetParam()), text("Store"), 0, 0));
    ASSERT_EQ(S_OK, admin->GetMsgServiceTable(0, table.put()));
    SizedSPropTagArray(1, columns) = {1, {PR_SERVICE_UID}};
    LPSRowSet rows = nullptr;
    ASSERT_EQ(S_OK,
              HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows));
    std::string where = place(store), uid = binary(rows->aRow[0].lpProps[0]);
    FreeProws(rows);
    SPropValue value{};
    value.ulPropTag = PROP_TAG(PT_STRING8, 0x6700);
    value.Value.lpszA = where.data();
    ASSERT_EQ(S_OK, admin->ConfigureMsgService(reinterpret_cast<LPMAPIUID>(uid.data()), 0, 0, 1, &value));
  }

  struct Session {
    Ptr<IMAPISession> session;
    Ptr<IMsgStore> store;
    ~Session() {
      store.reset();
      if (!session) return;
      EXPECT_EQ(S_OK, session->Logoff(0, 0, 0));
    }
  };
  // What OpenMsgStore said.
  static HRESULT open_profile(const std::string& profile, Session& into, ULONG flags = kWrite) {
    EXPECT_EQ(S_OK, log_on(profile.c_str(), kNew | MAPI_NO_MAIL, into.session));
    return open_first(into.session.get(), into.store, flags);
  }
  static std::string inbox(IMsgStore* store) {
    ULONG size = 0;
    LPENTRYID id = nullptr;
    EXPECT_EQ(S_OK, store->GetReceiveFolder(nullptr, 0, &size, &id, nullptr));
    std::string bytes(reinterpret_cast<const char*>(id), size);
    MAPIFreeBuffer(id);
    return bytes;
  }
  static Ptr<IMAPIFolder> folder(IMsgStore* store, const std::string& id, ULONG flags) {
    Ptr<IMAPIFolder> found;
    ULONG type = 0;
    EXPECT_EQ(S_OK, store->OpenEntry(static_cast<ULONG>(id.size()), id_of(id), &IID_IMAPIFolder, flags, &type,
                                     found.put_unknown()));
    return found;
  }
  static void leave_message(IMsgStore* store) {
    const Ptr<IMAPIFolder> into = folder(store, inbox(store), MAPI_MODIFY);
    Ptr<IMessage> message;
    ASSERT_EQ(S_OK, into->CreateMessage(nullptr, 0, message.put()));
    ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"left behind"));
    ASSERT_EQ(S_OK, message->SaveChanges(0));
  }
  static ULONG count(IMsgStore* store, const std::string& id, bool folders = false) {
    const Ptr<IMAPIFolder> of = folder(store, id, 0);
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK,
              folders ? of->GetHierarchyTable(CONVENIENT_DEPTH, table.put()) : of->GetContentsTable(0, table.put()));
    ULONG rows = 0;
    EXPECT_EQ(S_OK, table->GetRowCount(0, &rows));
    return rows;
  }
};

TEST_P(StoreLifetimeTest, BeginsWithTheFirstLogonThatMayWrite) {
  make("One", "store");
  Session reader;
  EXPECT_EQ(MAPI_E_NOT_FOUND, open_profile("One", reader, MDB_NO_DIALOG | MDB_NO_MAIL));
  make("Two", "store");
  Session writer, late;
  ASSERT_EQ(S_OK, open_profile("Two", writer));
  ASSERT_EQ(S_OK, open_profile("One", late, MDB_NO_DIALOG | MDB_NO_MAIL));
  EXPECT_EQ(get_binary(writer.store.get(), PR_RECORD_KEY), get_binary(late.store.get(), PR_RECORD_KEY));
}

// The last store, the last session, the service and the profile, and MAPI itself: none takes the store with it.
TEST_P(StoreLifetimeTest, OutlivesAllThatUseIt) {
  make("First", "store");
  std::string key;
  {
    Session first;
    ASSERT_EQ(S_OK, open_profile("First", first));
    key = get_binary(first.store.get(), PR_RECORD_KEY);
    leave_message(first.store.get());
    first.store.reset();  // its last logon, with the session still there
    ASSERT_EQ(S_OK, open_first(first.session.get(), first.store));
    EXPECT_EQ(1u, count(first.store.get(), inbox(first.store.get())));
  }
  for (ULONG round = 2; round < 5; ++round) {
    SCOPED_TRACE(round);
    Session again;
    ASSERT_EQ(S_OK, open_profile("First", again));
    EXPECT_EQ(key, get_binary(again.store.get(), PR_RECORD_KEY));
    leave_message(again.store.get());
    EXPECT_EQ(round, count(again.store.get(), inbox(again.store.get())));
    again.store.reset();
    EXPECT_EQ(S_OK, again.session->Logoff(0, 0, 0));
    again.session.reset();
    MAPIUninitialize();
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  }
  Ptr<IProfAdmin> profiles;
  ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
  ASSERT_EQ(S_OK, profiles->DeleteProfile(text("First"), 0));
  make("First", "store");
  make("Second", "store");
  make("Other", "another");
  Session same, shared, other;
  ASSERT_EQ(S_OK, open_profile("First", same));
  ASSERT_EQ(S_OK, open_profile("Second", shared));
  ASSERT_EQ(S_OK, open_profile("Other", other));
  for (IMsgStore* store : {same.store.get(), shared.store.get()}) {
    EXPECT_EQ(key, get_binary(store, PR_RECORD_KEY));
    EXPECT_EQ(4u, count(store, inbox(store)));
  }
  EXPECT_NE(key, get_binary(other.store.get(), PR_RECORD_KEY));
  EXPECT_EQ(0u, count(other.store.get(), inbox(other.store.get())));
}

// Two sessions' logons and logoffs in each order: what one leaves the other finds, and neither ends it.
TEST_P(StoreLifetimeTest, SessionsEndInAnyOrder) {
  make("A", "store");
  make("B", "store");
  ULONG left = 0;
  for (const bool a_begins : {true, false}) {
    for (const bool a_ends : {true, false}) {
      for (const bool store_first : {true, false}) {
        SCOPED_TRACE(testing::Message() << a_begins << a_ends << store_first);
        Session a, b;
        ASSERT_EQ(S_OK, a_begins ? open_profile("A", a) : open_profile("B", b));
        ASSERT_EQ(S_OK, a_begins ? open_profile("B", b) : open_profile("A", a));
        Session& first = a_ends ? a : b;
        Session& last = a_ends ? b : a;
        leave_message(first.store.get());
        if (store_first) first.store.reset();
        EXPECT_EQ(S_OK, first.session->Logoff(0, 0, 0));
        first.store.reset();
        first.session.reset();
        EXPECT_EQ(++left, count(last.store.get(), inbox(last.store.get())));
        leave_message(last.store.get());
        ++left;
      }
    }
  }
}

// Who comes at once makes it once, with one set of folders; nobody's mail is lost.
TEST_P(StoreLifetimeTest, ManyThreadsBeginItAtOnce) {
  constexpr int kThreads = 6, kRounds = 4;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const std::string store = "store" + std::to_string(round);
    for (int i = 0; i < kThreads; ++i) make("R" + std::to_string(round) + "x" + std::to_string(i), store);
    std::mutex mutex;
    std::set<std::string> keys, inboxes;
    std::barrier start(kThreads);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, profile = "R" + std::to_string(round) + "x" + std::to_string(i)] {
        Session mine;
        EXPECT_EQ(S_OK, log_on(profile.c_str(), kNew | MAPI_NO_MAIL, mine.session));
        start.arrive_and_wait();
        const HRESULT hr = open_first(mine.session.get(), mine.store);
        EXPECT_EQ(S_OK, hr) << profile;
        if (hr != S_OK) return;
        const std::string box = inbox(mine.store.get());
        leave_message(mine.store.get());
        const std::lock_guard lock(mutex);
        keys.insert(get_binary(mine.store.get(), PR_RECORD_KEY));
        inboxes.insert(box);
      });
    }
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(1u, keys.size());
    EXPECT_EQ(1u, inboxes.size());
    Session alone, other;
    ASSERT_EQ(S_OK, open_profile("R" + std::to_string(round) + "x0", alone));
    EXPECT_EQ(static_cast<ULONG>(kThreads), count(alone.store.get(), inbox(alone.store.get())));
    make("Q" + std::to_string(round), "quiet" + std::to_string(round));  // furnished by one alone
    ASSERT_EQ(S_OK, open_profile("Q" + std::to_string(round), other));
    EXPECT_EQ(count(other.store.get(), {}, true), count(alone.store.get(), {}, true));
  }
}

// A profile remembers the entry id of its store. In memory that store has ended with its process: the next makes
// another for the profile, and for nobody who only has the id. A file is never made in place of one that is gone.
TEST_P(StoreLifetimeTest, AnotherProcess) {
  make("Lasting", "store");
  for (int i = 0; i < 2; ++i) {
    Process other({"store", "Lasting"});
    EXPECT_EQ("ok", other.line()) << i;
    EXPECT_EQ(0, other.end());
  }
  make("Elsewhere", "elsewhere");
  Session stranger;
  ASSERT_EQ(S_OK, open_profile("Elsewhere", stranger));
  std::string theirs;  // as the other process left it
  {
    Ptr<IMAPISession> session;
    ASSERT_EQ(S_OK, log_on("Lasting", kNew | MAPI_NO_MAIL, session));
    theirs = stores(session.get()).at(0).id;
    EXPECT_EQ(S_OK, session->Logoff(0, 0, 0));
  }
  Ptr<IMsgStore> none;
  EXPECT_EQ(is_in_memory() ? MAPI_E_NOT_FOUND : S_OK,
            open(stranger.session.get(), theirs, kWrite | MDB_TEMPORARY, none));
  none.reset();
  if (!is_in_memory()) {
    std::filesystem::remove(place("store"));
    Session late;
    EXPECT_EQ(MAPI_E_NOT_FOUND, open_profile("Lasting", late));
    return;
  }
  Session mine, again;
  ASSERT_EQ(S_OK, open_profile("Lasting", mine));
  EXPECT_EQ(0u, count(mine.store.get(), inbox(mine.store.get())));
  leave_message(mine.store.get());
  EXPECT_NE(theirs, stores(mine.session.get()).at(0).id);  // and the profile learns of it
  ASSERT_EQ(S_OK, open_profile("Lasting", again));
  EXPECT_EQ(1u, count(again.store.get(), inbox(again.store.get())));
}

INSTANTIATE_TEST_SUITE_P(Services, StoreLifetimeTest, ::testing::Values("MAPIARY_MEMORY", "MAPIARY_SQLITE"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace session_test
