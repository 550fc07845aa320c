// SPDX-License-Identifier: Apache-2.0
// Subscribe, Unsubscribe, Notify. Pages: imapisupport-subscribe, imapisupport-unsubscribe, imapisupport-notify.
#include "session/support/keyed_notifier.h"

#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapitags.h>

#include <cstring>
#include <thread>

#include "session/support/testing/fake_host.h"

namespace mapiary::session {
namespace {

using testing::as_entry;
using testing::entry_id;
using testing::Sink;
using testing::Support;

struct Key {
  std::vector<ULONG> room;
  explicit Key(std::string_view text) : room(CbNewNOTIFKEY(text.size()) / sizeof(ULONG) + 1) {
    get()->cb = static_cast<ULONG>(text.size());
    std::memcpy(get()->ab, text.data(), text.size());
  }
  LPNOTIFKEY get() { return reinterpret_cast<LPNOTIFKEY>(room.data()); }
};

NOTIFICATION object_event(ULONG type, std::string& id) {
  NOTIFICATION event{};
  event.ulEventType = type;
  event.info.obj.cbEntryID = static_cast<ULONG>(id.size());
  event.info.obj.lpEntryID = as_entry(id);
  return event;
}

class SupportNotify : public ::testing::Test {
 protected:
  Support support{SupportKind::kMessageStore};
  Key key{"folder"};
  std::string id = entry_id("object");

  ULONG_PTR subscribe(Sink* sink, ULONG events, ULONG flags) {
    ULONG_PTR connection = 0;
    EXPECT_EQ(support->Subscribe(key.get(), events, flags, sink, &connection), S_OK);
    EXPECT_NE(connection, 0u);
    return connection;
  }
  ULONG notify(ULONG type, ULONG flags = 0) {
    NOTIFICATION event = object_event(type, id);
    EXPECT_EQ(support->Notify(key.get(), 1, &event, &flags), S_OK);
    return flags;
  }
};

// spec: LC-382 LC-383 IMAPISupport::Subscribe
TEST_F(SupportNotify, Arguments) {
  const auto sink = com::make<Sink>();
  ULONG_PTR connection = 9;
  EXPECT_EQ(support->Subscribe(nullptr, fnevNewMail, 0, sink.get(), &connection), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(connection, 0u);
  EXPECT_EQ(support->Subscribe(key.get(), fnevNewMail, 0, nullptr, &connection), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->Subscribe(key.get(), fnevNewMail, 0, sink.get(), nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->Subscribe(key.get(), fnevNewMail, 1, sink.get(), &connection), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(support->Subscribe(key.get(), 0x400, 0, sink.get(), &connection), MAPI_E_INVALID_PARAMETER);
  Key empty("");
  EXPECT_EQ(support->Subscribe(empty.get(), fnevNewMail, 0, sink.get(), &connection), MAPI_E_INVALID_PARAMETER);
  empty.get()->cb = 0xFFFFFFFF;
  EXPECT_EQ(support->Subscribe(empty.get(), fnevNewMail, 0, sink.get(), &connection), MAPI_E_INVALID_PARAMETER);
  ULONG flags = 1;
  NOTIFICATION event = object_event(fnevObjectCreated, id);
  EXPECT_EQ(support->Notify(key.get(), 1, &event, &flags), MAPI_E_UNKNOWN_FLAGS);
  flags = 0;
  EXPECT_EQ(support->Notify(key.get(), 1, nullptr, &flags), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->Notify(key.get(), 1, &event, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->Notify(key.get(), 0, nullptr, &flags), S_OK);
  event.ulEventType = 0x12345;
  EXPECT_EQ(support->Notify(key.get(), 1, &event, &flags), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(sink->AddRef(), 2u) << "nobody kept the sink";
  sink->Release();
}

// spec: LC-384 LC-387 LC-388 IMAPISupport::Notify
TEST_F(SupportNotify, SyncRunsBeforeNotifyReturns) {
  const auto sink = com::make<Sink>();
  const LPENTRYID own = as_entry(id);
  sink->seen = [&](ULONG count, LPNOTIFICATION events) {
    EXPECT_EQ(count, 1u);
    EXPECT_NE(events->info.obj.lpEntryID, own) << "a copy";
    EXPECT_EQ(std::memcmp(events->info.obj.lpEntryID, id.data(), id.size()), 0);
  };
  const auto connection = subscribe(sink.get(), fnevObjectCreated | fnevObjectDeleted, NOTIFY_SYNC);
  EXPECT_EQ(notify(fnevObjectCreated), 0u);
  EXPECT_EQ(sink->calls, 1);
  notify(fnevObjectModified);
  EXPECT_EQ(sink->calls, 1) << "not asked for";
  Key other("folder2");
  NOTIFICATION event = object_event(fnevObjectDeleted, id);
  ULONG flags = 0;
  EXPECT_EQ(support->Notify(other.get(), 1, &event, &flags), S_OK);
  EXPECT_EQ(sink->calls, 1) << "another key";
  EXPECT_EQ(support->Unsubscribe(connection), S_OK);
  notify(fnevObjectDeleted);
  EXPECT_EQ(sink->calls, 1);
}

// spec: LC-384
TEST_F(SupportNotify, AsyncIsQueued) {
  const auto sink = com::make<Sink>();
  const auto connection = subscribe(sink.get(), fnevObjectCreated, 0);
  for (int i = 0; i < 10; ++i) notify(fnevObjectCreated);
  com::Notifier::get().flush();
  EXPECT_EQ(sink->calls, 10);
  EXPECT_EQ(support->Unsubscribe(connection), S_OK);
}

// spec: LC-389 LC-392
TEST_F(SupportNotify, DiscontinueStopsAndTells) {
  const auto first = com::make<Sink>(), second = com::make<Sink>();
  first->answer = CALLBACK_DISCONTINUE;
  const auto a = subscribe(first.get(), fnevObjectCreated, NOTIFY_SYNC);
  const auto b = subscribe(second.get(), fnevObjectCreated, NOTIFY_SYNC);
  EXPECT_EQ(notify(fnevObjectCreated), NOTIFY_CANCELED);
  EXPECT_EQ(first->calls, 1);
  EXPECT_EQ(second->calls, 0);
  first->answer = 0;
  EXPECT_EQ(notify(fnevObjectCreated), 0u);
  EXPECT_EQ(second->calls, 1);
  support->Unsubscribe(a);
  support->Unsubscribe(b);
}

// spec: LC-391
TEST_F(SupportNotify, UnicodeOfTheCallIsThatOfTheStrings) {
  const auto sink = com::make<Sink>();
  std::wstring got;
  sink->seen = [&](ULONG, LPNOTIFICATION events) {
    EXPECT_TRUE(events->info.newmail.ulFlags & MAPI_UNICODE);
    got = reinterpret_cast<LPWSTR>(events->info.newmail.lpszMessageClass);
  };
  const auto connection = subscribe(sink.get(), fnevNewMail, NOTIFY_SYNC);
  wchar_t text[] = L"IPM.Note";
  NOTIFICATION event{};
  event.ulEventType = fnevNewMail;
  event.info.newmail.lpszMessageClass = reinterpret_cast<LPTSTR>(text);
  ULONG flags = MAPI_UNICODE;
  EXPECT_EQ(support->Notify(key.get(), 1, &event, &flags), S_OK);
  EXPECT_EQ(flags, 0u);
  EXPECT_EQ(got, L"IPM.Note");
  support->Unsubscribe(connection);
}

// spec: LC-385 LC-386 IMAPISupport::Unsubscribe
TEST_F(SupportNotify, UnsubscribeInsideOnNotifyReleasesAfterIt) {
  std::atomic<int> alive{0};
  ULONG_PTR connection = 0;
  {
    const auto sink = com::make<Sink>(&alive);
    sink->seen = [&](ULONG, LPNOTIFICATION) {
      EXPECT_EQ(support->Unsubscribe(connection), S_OK);
      EXPECT_EQ(alive, 1) << "still inside";
    };
    connection = subscribe(sink.get(), fnevObjectCreated, NOTIFY_SYNC);
  }
  EXPECT_EQ(alive, 1);
  notify(fnevObjectCreated);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(support->Unsubscribe(connection), MAPI_E_NOT_FOUND);
  EXPECT_EQ(support->Unsubscribe(0), MAPI_E_NOT_FOUND);
}

TEST_F(SupportNotify, ThrowingSinkIsContained) {
  const auto sink = com::make<Sink>();
  sink->seen = [](ULONG, LPNOTIFICATION) { throw 42; };
  const auto connection = subscribe(sink.get(), fnevObjectCreated, NOTIFY_SYNC);
  EXPECT_EQ(notify(fnevObjectCreated), 0u);
  support->Unsubscribe(connection);
}

TEST_F(SupportNotify, LastReleaseCancelsWhatIsLeft) {
  std::atomic<int> alive{0};
  const std::size_t before = KeyedNotifier::get().size();
  subscribe(com::make<Sink>(&alive).get(), fnevObjectCreated, NOTIFY_SYNC);
  EXPECT_EQ(KeyedNotifier::get().size(), before + 1);
  support.object.reset();
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(KeyedNotifier::get().size(), before);
}

TEST_F(SupportNotify, FromManyThreads) {
  constexpr int kThreads = 6, kRounds = 60;
  std::atomic<int> alive{0}, seen{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) {
        auto sink = com::make<Sink>(&alive);
        sink->seen = [&](ULONG, LPNOTIFICATION) { ++seen; };
        const auto connection = subscribe(sink.get(), fnevObjectCreated, t % 2 ? NOTIFY_SYNC : 0);
        sink.reset();
        notify(fnevObjectCreated);
        EXPECT_EQ(support->Unsubscribe(connection), S_OK);
        EXPECT_EQ(support->Unsubscribe(connection), MAPI_E_NOT_FOUND);
      }
    });
  }
  for (std::thread& each : threads) each.join();
  com::Notifier::get().flush();
  EXPECT_GE(seen, kThreads / 2 * kRounds) << "a sync sink sees at least its own";
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace mapiary::session
