// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "com/notifier.h"
#include "com/object.h"
#include "com/ref.h"
#include "util/idle_engine.h"
#include "util/testing/sample_props.h"

namespace mapiary::util {
namespace {

using Block = std::vector<std::uint64_t>;

// One notification of each kind, every pointer set.
struct Samples {
  BYTE id[20] = {1, 2, 3};
  BYTE parent[12] = {4, 5};
  wchar_t wide_text[8] = L"IPM";
  char text[8] = "IPM";
  MAPIERROR error = {};
  SizedSPropTagArray(2, tags) = {2, {PR_SUBJECT, PR_BODY}};
  testing::SampleProps props{11};
  std::vector<NOTIFICATION> list;

  Samples() {
    props.add_each_type();
    error.lpszError = reinterpret_cast<LPTSTR>(wide_text);
    auto* id_at = reinterpret_cast<LPENTRYID>(id);
    auto* parent_at = reinterpret_cast<LPENTRYID>(parent);
    NOTIFICATION& err = add(fnevCriticalError);
    err.info.err = {20, id_at, E_FAIL, MAPI_UNICODE, &error};
    NOTIFICATION& mail = add(fnevNewMail);
    mail.info.newmail = {20, id_at, 12, parent_at, 0, reinterpret_cast<LPTSTR>(text), 7};
    NOTIFICATION& object = add(fnevObjectMoved);
    object.info.obj = {20, id_at, MAPI_MESSAGE, 12,        parent_at,
                       20, id_at, 12,           parent_at, reinterpret_cast<LPSPropTagArray>(&tags)};
    NOTIFICATION& table = add(fnevTableModified);
    table.info.tab.ulTableEvent = TABLE_ROW_ADDED;
    table.info.tab.propIndex = props.values()[15];
    table.info.tab.propPrior.ulPropTag = PR_NULL;
    table.info.tab.row = {0, static_cast<ULONG>(props.size()), props.data()};
    NOTIFICATION& ext = add(fnevExtended);
    ext.info.ext = {9, 12, parent};
    NOTIFICATION& status = add(fnevStatusObjectModified);
    status.info.statobj = {20, id_at, static_cast<ULONG>(props.size()), props.data()};
  }
  NOTIFICATION& add(ULONG type) {
    list.push_back(NOTIFICATION{});
    list.back().ulEventType = type;
    return list.back();
  }
  int count() const { return static_cast<int>(list.size()); }
};

void expect_copy(const Samples& from, const NOTIFICATION* to) {
  EXPECT_EQ(std::memcmp(to[0].info.err.lpEntryID, from.id, 20), 0);
  EXPECT_STREQ(reinterpret_cast<wchar_t*>(to[0].info.err.lpMAPIError->lpszError), L"IPM");
  EXPECT_EQ(to[0].info.err.lpMAPIError->lpszComponent, nullptr);
  EXPECT_STREQ(reinterpret_cast<char*>(to[1].info.newmail.lpszMessageClass), "IPM");
  EXPECT_EQ(to[1].info.newmail.ulMessageFlags, 7u);
  EXPECT_EQ(std::memcmp(to[2].info.obj.lpOldParentID, from.parent, 12), 0);
  EXPECT_EQ(to[2].info.obj.lpPropTagArray->aulPropTag[1], PR_BODY);
  for (ULONG i = 0; i < to[3].info.tab.row.cValues; ++i) {
    auto* original = const_cast<LPSPropValue>(from.list[3].info.tab.row.lpProps + i);
    if (PROP_TYPE(original->ulPropTag) == PT_OBJECT) continue;
    EXPECT_EQ(LPropCompareProp(original, to[3].info.tab.row.lpProps + i), 0);
    EXPECT_EQ(LPropCompareProp(original, to[5].info.statobj.lpPropVals + i), 0);
  }
  EXPECT_EQ(to[4].info.ext.pbEventParameters[1], 5);
}

// spec: ST-049
TEST(Notifications, CountIsTheSizeOfTheCopyAndTheBlockMoves) {
  Samples samples;
  ULONG counted = 0;
  ASSERT_EQ(ScCountNotifications(samples.count(), samples.list.data(), &counted), S_OK);
  EXPECT_EQ(ScCountNotifications(samples.count(), samples.list.data(), nullptr), S_OK);
  Block block(counted / 8 + 1, 0xEE);
  ULONG copied = 0;
  ASSERT_EQ(ScCopyNotifications(samples.count(), samples.list.data(), block.data(), &copied), S_OK);
  EXPECT_EQ(copied, counted);
  EXPECT_EQ(block.back(), 0xEEu);
  expect_copy(samples, reinterpret_cast<NOTIFICATION*>(block.data()));

  Block other(block);
  auto* list = reinterpret_cast<LPNOTIFICATION>(other.data());
  ULONG moved = 0;
  ASSERT_EQ(ScRelocNotifications(samples.count(), list, block.data(), list, &moved), S_OK);
  EXPECT_EQ(moved, counted);
  std::fill(block.begin(), block.end(), 0);
  expect_copy(samples, list);
  ASSERT_EQ(ScRelocNotifications(samples.count(), list, list, nullptr, nullptr), S_OK);
  ASSERT_EQ(ScRelocNotifications(samples.count(), list, nullptr, list, nullptr), S_OK);
  expect_copy(samples, list);
  // Without a size it copies too (docs/adr/0011).
  EXPECT_EQ(ScCopyNotifications(samples.count(), samples.list.data(), block.data(), nullptr), S_OK);
  expect_copy(samples, reinterpret_cast<NOTIFICATION*>(block.data()));
}

TEST(Notifications, BadOnesAreRefused) {
  NOTIFICATION bad = {};
  ULONG size = 0;
  Block block(64);
  for (const ULONG type : {0u, 3u, fnevReservedForMapi}) {
    bad.ulEventType = type;
    EXPECT_EQ(ScCountNotifications(1, &bad, &size), MAPI_E_INVALID_PARAMETER);
    EXPECT_EQ(ScCopyNotifications(1, &bad, block.data(), &size), E_INVALIDARG);
    EXPECT_EQ(ScRelocNotifications(1, &bad, &bad, nullptr, &size), MAPI_E_INVALID_PARAMETER);
  }
  bad.ulEventType = fnevNewMail;
  bad.info.newmail.cbEntryID = 5;
  EXPECT_EQ(ScCountNotifications(1, &bad, &size), MAPI_E_INVALID_PARAMETER);
  bad.info.newmail.lpEntryID = reinterpret_cast<LPENTRYID>(0x1000);
  EXPECT_EQ(ScCountNotifications(1, &bad, &size), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScCountNotifications(-1, &bad, &size), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScCountNotifications(1, nullptr, &size), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScCopyNotifications(1, &bad, nullptr, &size), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScCountNotifications(0, nullptr, &size), S_OK);
  EXPECT_EQ(size, 0u);
}

// spec: "notification event types (fnev*)"
TEST(Notifications, AnyEventOfThePageCanBeCounted) {
  const struct {
    ULONG event, number;
  } kEvents[] = {{fnevCriticalError, 0x1},         {fnevNewMail, 0x2},
                 {fnevObjectCreated, 0x4},         {fnevObjectDeleted, 0x8},
                 {fnevObjectModified, 0x10},       {fnevObjectMoved, 0x20},
                 {fnevObjectCopied, 0x40},         {fnevSearchComplete, 0x80},
                 {fnevTableModified, 0x100},       {fnevExtended, 0x80000000u},
                 {fnevStatusObjectModified, 0x200}};
  for (const auto& row : kEvents) {
    EXPECT_EQ(row.event, row.number);
    NOTIFICATION n = {};
    n.ulEventType = row.event;
    ULONG size = 0;
    EXPECT_EQ(ScCountNotifications(1, &n, &size), S_OK) << row.event;
    EXPECT_EQ(size, sizeof(NOTIFICATION));
    n.ulEventType |= row.event == fnevNewMail ? fnevExtended : fnevNewMail;
    EXPECT_EQ(ScCountNotifications(1, &n, &size), MAPI_E_INVALID_PARAMETER);  // an event is one bit
  }
}

struct Seen {
  std::atomic<int> calls{0};
  std::thread::id thread;
  std::vector<std::string> ids;
};

LONG STDAPICALLTYPE note(LPVOID context, ULONG count, LPNOTIFICATION list) {
  auto* seen = static_cast<Seen*>(context);
  ++seen->calls;
  seen->thread = std::this_thread::get_id();
  for (ULONG i = 0; i < count; ++i) {
    seen->ids.emplace_back(reinterpret_cast<char*>(list[i].info.ext.pbEventParameters), list[i].info.ext.cb);
  }
  return 42;
}

NOTIFICATION extended(std::string& text) {
  NOTIFICATION n = {};
  n.ulEventType = fnevExtended;
  n.info.ext = {1, static_cast<ULONG>(text.size()), reinterpret_cast<LPBYTE>(text.data())};
  return n;
}

// spec: ST-636
TEST(HrAllocAdviseSink, CallsTheFunctionWithItsContext) {
  Seen seen;
  LPMAPIADVISESINK sink = nullptr;
  ASSERT_EQ(HrAllocAdviseSink(note, &seen, &sink), S_OK);
  std::string text = "one";
  NOTIFICATION n = extended(text);
  EXPECT_EQ(sink->OnNotify(1, &n), 42u);
  EXPECT_EQ(seen.ids, std::vector<std::string>{"one"});
  EXPECT_EQ(UlAddRef(sink), 2u);
  EXPECT_EQ(UlRelease(sink), 1u);
  EXPECT_EQ(UlRelease(sink), 0u);
  EXPECT_EQ(UlRelease(nullptr), 0u);
  EXPECT_EQ(UlAddRef(nullptr), 0u);
  EXPECT_EQ(HrAllocAdviseSink(nullptr, &seen, &sink), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(sink, nullptr);
  EXPECT_EQ(HrAllocAdviseSink(note, &seen, nullptr), MAPI_E_INVALID_PARAMETER);
}

class Dispatching : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(ScInitMapiUtil(0), S_OK); }
  void TearDown() override { DeinitMapiUtil(); }
};

// spec: IMAPIAdviseSink::OnNotify ST-637 ST-638 ST-634 LC-030
TEST_F(Dispatching, CallsComeOnTheWrappingThreadOnly) {
  Seen seen;
  com::Ref<IMAPIAdviseSink> inner;
  com::Ref<IMAPIAdviseSink> wrapped;
  ASSERT_EQ(HrAllocAdviseSink(note, &seen, inner.put()), S_OK);
  ASSERT_EQ(HrThisThreadAdviseSink(inner.get(), wrapped.put()), S_OK);
  std::thread([&] {
    std::string one = "one";
    NOTIFICATION n = extended(one);
    EXPECT_EQ(wrapped->OnNotify(1, &n), 0u);
    one = "xxx";  // valid during the call only: a copy waits
    std::string two = "two";
    n = extended(two);
    wrapped->OnNotify(1, &n);
    EXPECT_EQ(HrDispatchNotifications(0), S_OK);  // another thread's queue is not ours
  }).join();
  EXPECT_EQ(seen.calls, 0);
  EXPECT_EQ(HrDispatchNotifications(0), S_OK);
  EXPECT_EQ(seen.ids, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(seen.thread, std::this_thread::get_id());
  std::string three = "three";
  NOTIFICATION n = extended(three);
  wrapped->OnNotify(1, &n);  // on the right thread already
  EXPECT_EQ(seen.calls, 3);
  n.ulEventType = 0;
  EXPECT_EQ(wrapped->OnNotify(0, nullptr), 0u);
  std::thread([&] { EXPECT_EQ(wrapped->OnNotify(1, &n), static_cast<ULONG>(MAPI_E_INVALID_PARAMETER)); }).join();
  EXPECT_EQ(HrThisThreadAdviseSink(nullptr, wrapped.put()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrThisThreadAdviseSink(inner.get(), nullptr), MAPI_E_INVALID_PARAMETER);
}

// What tables and stores post waits in the notification engine: dispatching empties that too.
TEST_F(Dispatching, TheEngineIsEmptiedFirst) {
  Seen seen;
  com::Ref<IMAPIAdviseSink> inner;
  com::Ref<IMAPIAdviseSink> wrapped;
  ASSERT_EQ(HrAllocAdviseSink(note, &seen, inner.put()), S_OK);
  ASSERT_EQ(HrThisThreadAdviseSink(inner.get(), wrapped.put()), S_OK);
  const auto subscription = com::Notifier::get().subscribe(wrapped.get());
  std::string text = "posted";
  com::OutBlock block;
  auto item = block.root<NOTIFICATION>();
  ASSERT_TRUE(item.has_value());
  **item = extended(text);
  com::Notifier::get().post(subscription, std::make_shared<com::Notice>(std::move(block), *item, 1));
  EXPECT_EQ(HrDispatchNotifications(0), S_OK);
  EXPECT_EQ(seen.ids, (std::vector<std::string>{"posted"}));
  EXPECT_EQ(seen.thread, std::this_thread::get_id());
  subscription->close();
}

// A sink that makes another notice on its own thread must not see that one before those that wait.
TEST_F(Dispatching, NoticesMadeWhileDeliveringComeLast) {
  class Echo final : public com::Object<IMAPIAdviseSink> {
   public:
    com::Ref<IMAPIAdviseSink> wrapped;
    std::vector<std::string> ids;
    STDMETHODIMP_(ULONG) OnNotify(ULONG, LPNOTIFICATION list) override {
      ids.emplace_back(reinterpret_cast<char*>(list->info.ext.pbEventParameters), list->info.ext.cb);
      if (ids.size() > 1) return 0;
      std::string text = "echo";
      NOTIFICATION n = extended(text);
      return wrapped->OnNotify(1, &n);
    }
  };
  const auto echo = com::make<Echo>();
  ASSERT_EQ(HrThisThreadAdviseSink(echo.get(), echo->wrapped.put()), S_OK);
  std::thread([&] {
    for (const char* each : {"one", "two"}) {
      std::string text = each;
      NOTIFICATION n = extended(text);
      echo->wrapped->OnNotify(1, &n);
    }
  }).join();
  EXPECT_EQ(HrDispatchNotifications(0), S_OK);
  EXPECT_EQ(echo->ids, (std::vector<std::string>{"one", "two", "echo"}));
  echo->wrapped.reset();  // they hold each other
}

TEST_F(Dispatching, ASinkWhoseThreadEndedIsNeverCalled) {
  Seen seen;
  com::Ref<IMAPIAdviseSink> inner;
  com::Ref<IMAPIAdviseSink> wrapped;
  ASSERT_EQ(HrAllocAdviseSink(note, &seen, inner.put()), S_OK);
  std::thread([&] { EXPECT_EQ(HrThisThreadAdviseSink(inner.get(), wrapped.put()), S_OK); }).join();
  std::string text = "late";
  NOTIFICATION n = extended(text);
  wrapped->OnNotify(1, &n);
  EXPECT_EQ(HrDispatchNotifications(0), S_OK);
  EXPECT_EQ(seen.calls, 0);
}

TEST_F(Dispatching, ManyThreadsPostAndNothingIsLost) {
  Seen seen;
  com::Ref<IMAPIAdviseSink> inner;
  com::Ref<IMAPIAdviseSink> wrapped;
  ASSERT_EQ(HrAllocAdviseSink(note, &seen, inner.put()), S_OK);
  ASSERT_EQ(HrThisThreadAdviseSink(inner.get(), wrapped.put()), S_OK);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      std::string text = "x";
      NOTIFICATION n = extended(text);
      for (int i = 0; i < 100; ++i) wrapped->OnNotify(1, &n);
    });
  }
  while (seen.calls < 200) HrDispatchNotifications(0);
  for (std::thread& thread : threads) thread.join();
  HrDispatchNotifications(0);
  EXPECT_EQ(seen.calls, 400);
}

// spec: ST-638 LC-581
TEST(HrDispatchNotifications, NeedsInitialisationAndNoFlags) {
  EXPECT_EQ(HrDispatchNotifications(0), MAPI_E_NOT_INITIALIZED);
  DeinitMapiUtil();  // one too many does nothing
  EXPECT_EQ(ScInitMapiUtil(1), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(ScInitMapiUtil(0), S_OK);
  EXPECT_EQ(ScInitMapiUtil(0), S_OK);
  DeinitMapiUtil();
  EXPECT_EQ(HrDispatchNotifications(0), S_OK);
  EXPECT_EQ(HrDispatchNotifications(1), MAPI_E_UNKNOWN_FLAGS);
  DeinitMapiUtil();
  EXPECT_EQ(HrDispatchNotifications(0), MAPI_E_NOT_INITIALIZED);
}

// ---- Idle engine: docs/adr/0010.

struct Turn {
  std::vector<int>* order;
  int number;
  FTG self = FTGNULL;
};
BOOL STDAPICALLTYPE take_turn(LPVOID context) {
  auto* turn = static_cast<Turn*>(context);
  turn->order->push_back(turn->number);
  if (turn->self) DeregisterIdleRoutine(turn->self);
  return FALSE;
}

using Clock = IdleEngine::Clock;

class Idle : public ::testing::Test {
 protected:
  void SetUp() override { engine.start(); }
  FTG add(Turn& turn, short priority, ULONG hundredths = 0, USHORT options = 0) {
    return engine.add({take_turn, &turn, priority, hundredths, options}, now);
  }
  std::vector<int> pause(bool busy = false) {
    order.clear();
    engine.run_pause(busy, now);
    return order;
  }
  IdleEngine engine;
  Clock::time_point now = Clock::now();
  std::vector<int> order;
  Turn one{&order, 1}, two{&order, 2}, three{&order, 3};
};

using Order = std::vector<int>;

TEST_F(Idle, RunsTheHighestPriorityFirstAndEqualsByTurns) {
  add(one, -5);
  add(two, 3);
  add(three, -5);
  EXPECT_EQ(pause(), (Order{2, 1, 3}));
  EXPECT_EQ(pause(), (Order{2, 1, 3}));
  EXPECT_EQ(pause(true), Order{2});  // not idle: only what is above a user's events
}

TEST_F(Idle, AnIntervalIsTheLeastTimeBetweenCalls) {
  add(one, -1, 100, FIROINTERVAL);
  EXPECT_EQ(pause(), Order{});
  now += std::chrono::seconds(1);
  EXPECT_EQ(pause(), Order{1});
  now += std::chrono::milliseconds(999);
  EXPECT_EQ(pause(), Order{});
  now += std::chrono::milliseconds(1);
  EXPECT_EQ(pause(), Order{1});
}

TEST_F(Idle, WaitIsTheTimeOfInactionBeforeTheFirstCall) {
  add(one, -1, 100, FIROWAIT);
  now += std::chrono::milliseconds(900);
  EXPECT_EQ(pause(true), Order{});  // activity: the wait begins anew
  now += std::chrono::milliseconds(900);
  EXPECT_EQ(pause(), Order{});
  now += std::chrono::milliseconds(100);
  EXPECT_EQ(pause(), Order{1});
  EXPECT_EQ(pause(), Order{1});  // from now on as often as may be
}

TEST_F(Idle, OncePerBlockAndOnceOnly) {
  add(one, -1, 0, FIROPERBLOCK);
  const FTG once = add(two, -2, 0, FIROONCEONLY);
  EXPECT_EQ(pause(), (Order{1, 2}));
  EXPECT_EQ(pause(), Order{});
  EXPECT_EQ(pause(true), Order{});
  EXPECT_EQ(pause(), Order{1});
  engine.remove(once);  // gone already
}

TEST_F(Idle, RoutinesAreSwitchedChangedAndRemoved) {
  const FTG tag = add(one, -1, 0, FIRODISABLED);
  EXPECT_EQ(pause(), Order{});
  engine.enable(tag, true);
  EXPECT_EQ(pause(), Order{1});
  engine.change(tag, {nullptr, &two, 0, 0, 0}, FIRCPV, now);
  EXPECT_EQ(pause(), Order{2});
  engine.change(tag, {nullptr, nullptr, 5, 100, FIROINTERVAL}, FIRCPRI | FIRCCSEC | FIRCIRO, now);
  EXPECT_EQ(pause(), Order{});
  now += std::chrono::seconds(1);
  EXPECT_EQ(pause(true), Order{2});
  engine.enable(tag, false);
  now += std::chrono::seconds(1);
  EXPECT_EQ(pause(), Order{});
  engine.remove(tag);
  engine.enable(tag, true);
  engine.remove(reinterpret_cast<FTG>(0x7777));
  EXPECT_EQ(pause(), Order{});
}

TEST_F(Idle, BadRegistrationsAnswerNull) {
  EXPECT_EQ(engine.add({nullptr, nullptr, 0, 0, 0}, now), FTGNULL);
  EXPECT_EQ(add(one, 1, 1, FIROWAIT | FIROINTERVAL), FTGNULL);
  engine.stop();
  engine.stop();
  EXPECT_EQ(add(one, 1), FTGNULL);
}

TEST_F(Idle, OnlyTheThreadThatStartedRunsRoutines) {
  add(one, 1);
  std::thread([&] { EXPECT_EQ(pause(), Order{}); }).join();
  EXPECT_EQ(pause(), Order{1});
}

TEST(IdleThreads, AThreadThatEndedIsReplaced) {
  IdleEngine engine;
  Order order;
  Turn one{&order, 1};
  std::thread([&] { engine.start(); }).join();
  engine.add({take_turn, &one, 1, 0, 0}, Clock::now());
  engine.run_pause(false, Clock::now());
  EXPECT_EQ(order, Order{1});
}

struct Slow {
  std::atomic<bool> begun{false}, finish{false}, done{false};
};
BOOL STDAPICALLTYPE be_slow(LPVOID context) {
  auto* slow = static_cast<Slow*>(context);
  slow->begun = true;
  while (!slow->finish) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  slow->done = true;
  return FALSE;
}

TEST(IdleThreads, DeregistrationWaitsForARunningRoutine) {
  IdleEngine engine;
  Slow slow;
  engine.start();
  const FTG tag = engine.add({be_slow, &slow, 1, 0, 0}, Clock::now());
  std::thread remover([&] {
    while (!slow.begun) std::this_thread::yield();
    slow.finish = true;
    engine.remove(tag);
    EXPECT_TRUE(slow.done);
  });
  engine.run_pause(false, Clock::now());
  remover.join();
}

struct Wanting {
  std::mutex* callers_lock = nullptr;
  std::atomic<bool> begun{false}, done{false};
};
BOOL STDAPICALLTYPE want_the_lock(LPVOID context) {
  auto* wanting = static_cast<Wanting*>(context);
  wanting->begun = true;
  const std::lock_guard lock(*wanting->callers_lock);
  wanting->done = true;
  return FALSE;
}

// The overview page: the function may return while the routine still runs. It must, when the caller stands in its way.
TEST(IdleThreads, ACallerThatHoldsWhatTheRoutineWantsIsNotLockedUp) {
  for (const bool by_stop : {false, true}) {
    IdleEngine engine(std::chrono::milliseconds(20));
    std::mutex callers_lock;
    Wanting wanting;
    wanting.callers_lock = &callers_lock;
    engine.start();
    const FTG tag = engine.add({want_the_lock, &wanting, 1, 0, 0}, Clock::now());
    std::thread remover([&] {
      const std::lock_guard lock(callers_lock);
      // The pause begins under the lock, so the routine waits for it.
      while (!wanting.begun) std::this_thread::yield();
      by_stop ? engine.stop() : engine.remove(tag);
      EXPECT_FALSE(wanting.done);
    });
    while (callers_lock.try_lock()) {
      callers_lock.unlock();
      std::this_thread::yield();
    }
    engine.run_pause(false, Clock::now());
    remover.join();
    EXPECT_TRUE(wanting.done);
    wanting.begun = wanting.done = false;
    engine.run_pause(false, Clock::now());
    EXPECT_FALSE(wanting.begun) << "called again after its removal";
  }
}

TEST_F(Dispatching, IdleFunctionsWorkOnTheEngineOfTheProcess) {
  Order order;
  Turn one{&order, 1};
  EXPECT_EQ(FtgRegisterIdleRoutine(take_turn, &one, 1, 0, 0), FTGNULL);  // not started yet
  EXPECT_EQ(MAPIInitIdle(&order), 1);
  ASSERT_EQ(MAPIInitIdle(nullptr), 0);
  ASSERT_EQ(MAPIInitIdle(nullptr), 0);
  MAPIDeInitIdle();
  one.self = FtgRegisterIdleRoutine(take_turn, &one, 1, 0, FIRODISABLED);
  ASSERT_NE(one.self, FTGNULL);
  HrDispatchNotifications(0);
  EXPECT_EQ(order, Order{});
  EnableIdleRoutine(one.self, TRUE);
  ChangeIdleRoutine(one.self, nullptr, nullptr, 7, 0, 0, FIRCPRI);
  HrDispatchNotifications(0);
  HrDispatchNotifications(0);
  EXPECT_EQ(order, Order{1});  // it took itself out
  MAPIDeinitIdle();
  EXPECT_EQ(FtgRegisterIdleRoutine(take_turn, &one, 1, 0, 0), FTGNULL);
}

}  // namespace
}  // namespace mapiary::util
