// SPDX-License-Identifier: Apache-2.0
// On which thread notifications come, and what threads may do with the objects of a session.
#include <future>
#include <memory>
#include <thread>

#include "session_fixture.h"

namespace session_test {
namespace {

// Writes down on which threads it was called.
struct ThreadSink final : test_sink::CountedSink {
  ~ThreadSink() { wait_until_released(); }
  STDMETHODIMP_(ULONG) OnNotify(ULONG, LPNOTIFICATION) override {
    // A mark that only this very thread can have: thread ids are used again.
    static thread_local const auto mark = std::make_shared<int>(0);
    const std::lock_guard lock(mutex);
    threads.push_back(std::this_thread::get_id());
    marks.emplace_back(mark);
    changed.notify_all();
    return 0;
  }
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), [&] { return threads.size() >= count; });
  }
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::thread::id> threads;
  std::vector<std::weak_ptr<int>> marks;
};

class NotifyThreadTest : public SessionTest {
 protected:
  void start(ULONG flags) {
    MAPIINIT_0 init{MAPI_INIT_VERSION, flags};
    ASSERT_EQ(S_OK, MAPIInitialize(&init));
    make_profile("Test");
    ASSERT_EQ(S_OK, log_on("Test", MAPI_EXTENDED | MAPI_NEW_SESSION, session_));
    const auto row = stores(session_.get()).at(0);
    id_ = row.id;
    ASSERT_EQ(S_OK, session_->GetMsgStoresTable(0, table_.put()));
  }
  void stop() {
    table_.reset();
    session_.reset();
    MAPIUninitialize();
  }
  // A change of the stores table.
  void change() {
    is_default_ = !is_default_;
    const ULONG size = is_default_ ? 0 : static_cast<ULONG>(id_.size());
    const HRESULT hr = session_->SetDefaultStore(MAPI_SIMPLE_STORE_TEMPORARY, size, size ? id_of(id_) : nullptr);
    ASSERT_EQ(S_OK, hr);
  }
  Ptr<IMAPISession> session_;
  Ptr<IMAPITable> table_;
  std::string id_;
  bool is_default_ = true;
};

// Without MAPI_MULTITHREAD_NOTIFICATIONS they come on the thread of the first MAPIInitialize when it dispatches, be
// they asked for and caused where they may. Later calls count only, whatever their flags say.
// spec: LC-020 LC-023 LC-029
TEST_F(NotifyThreadTest, OnTheThreadOfTheFirstMapiInitialize) {
  start(0);
  ThreadSink sink;
  ULONG_PTR connection = 0;
  std::thread([&] {
    MAPIINIT_0 init{MAPI_INIT_VERSION, MAPI_MULTITHREAD_NOTIFICATIONS};
    EXPECT_EQ(S_OK, MAPIInitialize(&init));
    EXPECT_EQ(S_OK, table_->Advise(fnevTableModified, &sink, &connection));
    change();
    EXPECT_EQ(S_OK, HrDispatchNotifications(0));
    MAPIUninitialize();
  }).join();
  EXPECT_TRUE(sink.threads.empty());
  EXPECT_EQ(S_OK, HrDispatchNotifications(0));
  EXPECT_EQ(std::vector{std::this_thread::get_id()}, sink.threads);
  // No OnNotify begins after Unadvise, though something waited.
  std::thread([&] {
    MAPIInitialize(nullptr);
    change();
    HrDispatchNotifications(0);
    MAPIUninitialize();
  }).join();
  EXPECT_EQ(S_OK, table_->Unadvise(connection));
  EXPECT_EQ(S_OK, HrDispatchNotifications(0));
  EXPECT_EQ(1u, sink.threads.size());
  stop();
}

// The thread that owns them has to live and to dispatch: when it has ended nobody is told any more.
// spec: LC-024
TEST_F(NotifyThreadTest, WithTheOwningThreadGoTheNotifications) {
  ThreadSink sink;
  ULONG_PTR connection = 0;
  std::thread([&] {
    start(0);
    EXPECT_EQ(S_OK, table_->Advise(fnevTableModified, &sink, &connection));
    change();
    EXPECT_EQ(S_OK, HrDispatchNotifications(0));
    EXPECT_EQ(1u, sink.threads.size());  // alive and dispatching
    change();
  }).join();
  EXPECT_EQ(S_OK, HrDispatchNotifications(0));
  change();
  EXPECT_EQ(S_OK, HrDispatchNotifications(0));
  EXPECT_EQ(1u, sink.threads.size());
  EXPECT_EQ(S_OK, table_->Unadvise(connection));
  stop();
}

// With the flag one thread of MAPI's own delivers, and stays between advises until the last MAPIUninitialize.
// spec: LC-016 LC-025
TEST_F(NotifyThreadTest, OnMapisOwnThread) {
  start(MAPI_MULTITHREAD_NOTIFICATIONS);
  ThreadSink sink;
  for (std::size_t i = 1; i <= 2; ++i) {
    ULONG_PTR connection = 0;
    std::thread([&] {
      MAPIINIT_0 init{MAPI_INIT_VERSION, MAPI_MULTITHREAD_NOTIFICATIONS};
      EXPECT_EQ(S_OK, MAPIInitialize(&init));
      EXPECT_EQ(S_OK, table_->Advise(fnevTableModified, &sink, &connection));
      change();
      MAPIUninitialize();
    }).join();
    ASSERT_TRUE(sink.wait_for(i));
    EXPECT_EQ(S_OK, table_->Unadvise(connection));
  }
  ASSERT_EQ(2u, sink.threads.size());
  EXPECT_NE(std::this_thread::get_id(), sink.threads[0]);
  EXPECT_EQ(sink.marks[0].lock(), sink.marks[1].lock());
  EXPECT_FALSE(sink.marks[0].expired());
  stop();
  for (int i = 0; i < 20000 && !sink.marks[0].expired(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(sink.marks[0].expired());  // the thread has ended
}

// A session got on one thread is used on many, each between its own MAPIInitialize and MAPIUninitialize; nothing is
// marshalled.
// spec: LC-026 LC-027 LC-031 LC-033
TEST_F(NotifyThreadTest, ManyThreadsOneSession) {
  start(MAPI_MULTITHREAD_NOTIFICATIONS);
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  ThreadSink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, table_->Advise(fnevTableModified, &sink, &connection));
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      MAPIInitialize(nullptr);
      for (int round = 0; round < 5; ++round) {
        Ptr<IMAPIFolder> folder;
        const std::string id = object_id('f');
        ULONG type = 0, same = 0, count = 0;
        const auto size = static_cast<ULONG>(id.size());
        const bool ok = session_->OpenEntry(size, id_of(id), nullptr, 0, &type, folder.put_unknown()) == S_OK &&
                        session_->CompareEntryIDs(size, id_of(id), size, id_of(id), 0, &same) == S_OK && same == 1 &&
                        table_->GetRowCount(0, &count) == S_OK && count == 1 &&
                        session_->SetDefaultStore(i % 2 ? MAPI_PRIMARY_STORE : MAPI_SIMPLE_STORE_TEMPORARY,
                                                  static_cast<ULONG>(id_.size()), id_of(id_)) == S_OK;
        if (ok) ++good;
      }
      MAPIUninitialize();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(40, good);
  EXPECT_TRUE(sink.wait_for(1));
  EXPECT_EQ(S_OK, table_->Unadvise(connection));
  store.reset();
  stop();
}

// Two threads share the context of one table; two tables share none, on whatever threads.
// spec: LC-032
TEST_F(NotifyThreadTest, ATableIsOneContextOnAllThreads) {
  start(0);
  Ptr<IMAPITable> first, second;
  ASSERT_EQ(S_OK, session_->GetStatusTable(0, first.put()));
  ASSERT_EQ(S_OK, session_->GetStatusTable(0, second.put()));
  std::thread([&] {
    MAPIInitialize(nullptr);
    EXPECT_EQ(S_OK, first->SeekRow(BOOKMARK_BEGINNING, 2, nullptr));
    MAPIUninitialize();
  }).join();
  ULONG row = 0, numerator = 0, denominator = 0;
  ASSERT_EQ(S_OK, first->QueryPosition(&row, &numerator, &denominator));
  EXPECT_EQ(2u, row);
  ASSERT_EQ(S_OK, second->QueryPosition(&row, &numerator, &denominator));
  EXPECT_EQ(0u, row);
  stop();
}

// What runs when a thread ends must call neither; here whoever does is counted as any caller, and hurts nobody. That
// our providers do not is in initialize_test.cc. spec: LC-017
TEST_F(NotifyThreadTest, ThreadEndCallbacksCountAsAnyCall) {
  struct AtEnd {
    bool initialised = false;
    ~AtEnd() {
      if (initialised) MAPIUninitialize();
    }
  };
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  std::thread([] {
    static thread_local AtEnd at_end;
    at_end.initialised = MAPIInitialize(nullptr) == S_OK;
    MAPIUninitialize();
    EXPECT_EQ(S_OK, MAPIInitialize(nullptr));
  }).join();
  Ptr<IProfAdmin> admin;
  EXPECT_EQ(S_OK, MAPIAdminProfiles(0, admin.put()));
  admin.reset();
  MAPIUninitialize();
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, MAPIAdminProfiles(0, admin.put()));
}

}  // namespace
}  // namespace session_test
