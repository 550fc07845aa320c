// SPDX-License-Identifier: Apache-2.0
// Who is told what, when and on which thread: by the store, its tables, the session, and by providers through their
// support object. Pages: handling-message-store-notification, supporting-event-notification, table_notification,
// error_notification, extended_notification, notifkey, notifcallback, canceling-a-notification.
#include <cstring>
#include <functional>

#include "tests/conformance/testing/mail_fixture.h"

namespace conformance {
namespace {

// Copies what a test looks at of every notification, and waits in OnNotify as long as it is held.
class WatchingSink final : public test_sink::CountedSink {
 public:
  struct Seen {
    ULONG type = 0, table_event = 0, prior_tag = 0, index_tag = 0, columns = 0, error_id_size = 0, extended = 0;
    bool has_tags = false;
    std::string object;
    std::set<ULONG> tags;
    SCODE scode = S_OK;
    std::thread::id thread;
  };
  ~WatchingSink() { wait_until_released(); }
  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION items) override {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
    for (ULONG i = 0; i < count; ++i) seen_.push_back(read(items[i]));
    --inside_;
    changed_.notify_all();
    return 0;
  }
  void hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }
  bool wait_inside() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return inside_ != 0; });
  }
  // The first that fits, within twenty seconds.
  template <class Fits>
  Seen wait_for(Fits&& fits) {
    std::unique_lock lock(mutex_);
    Seen found;
    changed_.wait_for(lock, std::chrono::seconds(20), [&] {
      const auto at = std::find_if(seen_.begin(), seen_.end(), fits);
      if (at == seen_.end()) return false;
      found = *at;
      return true;
    });
    return found;
  }
  Seen wait_for_type(ULONG type) {
    return wait_for([type](const Seen& one) { return one.type == type; });
  }
  std::vector<Seen> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  static Seen read(const NOTIFICATION& item) {
    Seen one;
    one.type = item.ulEventType;
    one.thread = std::this_thread::get_id();
    if (one.type == fnevTableModified) {
      one.table_event = item.info.tab.ulTableEvent;
      one.prior_tag = item.info.tab.propPrior.ulPropTag;
      one.index_tag = item.info.tab.propIndex.ulPropTag;
      one.columns = item.info.tab.row.cValues;
    } else if (one.type == fnevCriticalError) {
      one.error_id_size = item.info.err.cbEntryID;
      one.scode = item.info.err.scode;
    } else if (one.type == fnevExtended) {
      one.extended = item.info.ext.ulEvent;
    } else if (one.type != fnevNewMail) {
      const OBJECT_NOTIFICATION& object = item.info.obj;
      one.object.assign(reinterpret_cast<const char*>(object.lpEntryID), object.cbEntryID);
      one.has_tags = object.lpPropTagArray != nullptr;
      for (ULONG i = 0; one.has_tags && i < object.lpPropTagArray->cValues; ++i) {
        one.tags.insert(object.lpPropTagArray->aulPropTag[i]);
      }
    }
    return one;
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Seen> seen_;
  bool held_ = false;
  int inside_ = 0;
};
using Seen = WatchingSink::Seen;

class NotificationRules : public StoreTest {
 protected:
  ULONG_PTR advise(WatchingSink& sink, ULONG events, const std::string& id = {}) {
    ULONG_PTR connection = 0;
    EXPECT_EQ(S_OK, store_->Advise(size_of(id), entry(id), events, &sink, &connection));
    return connection;
  }
  void unadvise(WatchingSink& sink, ULONG_PTR connection) {
    ASSERT_EQ(S_OK, store_->Unadvise(connection));
    while (sink.references != 1) std::this_thread::yield();
  }
};

// A sink looks whether there is an array of tags before it looks into it: changed counts come with one, a new folder
// without. The folder and the store are told, the folder's parent is not.
// spec: ST-610 ST-614
TEST_P(NotificationRules, CountsOfAFolderAreItsOwnAffair) {
  const auto parent = create_folder(root_.get(), L"Parent"), folder = create_folder(parent.get(), L"Folder");
  const std::string id = get_binary(folder.get(), PR_ENTRYID), parent_id = get_binary(parent.get(), PR_ENTRYID);
  WatchingSink on_store, on_folder, on_parent;
  const auto store_connection = advise(on_store, fnevObjectModified | fnevObjectCreated);
  const auto folder_connection = advise(on_folder, fnevObjectModified, id);
  const auto parent_connection = advise(on_parent, fnevObjectModified, parent_id);
  add_message(folder.get(), L"m");
  const auto counts = [&](const Seen& one) { return one.object == id && one.tags.count(PR_CONTENT_COUNT) == 1; };
  EXPECT_EQ(id, on_store.wait_for(counts).object);
  EXPECT_EQ(id, on_folder.wait_for(counts).object);
  const Seen created = on_store.wait_for_type(fnevObjectCreated);
  EXPECT_FALSE(created.has_tags);
  create_folder(folder.get(), L"Child");
  const auto subfolders = [&](const Seen& one) { return one.object == id && one.tags.count(PR_SUBFOLDERS) == 1; };
  EXPECT_EQ(id, on_folder.wait_for(subfolders).object);
  EXPECT_EQ(id, on_store.wait_for(subfolders).object);
  EXPECT_TRUE(on_parent.seen().empty());
  unadvise(on_store, store_connection);
  unadvise(on_folder, folder_connection);
  unadvise(on_parent, parent_connection);
}

// spec: ST-616
TEST_P(NotificationRules, NobodyRegistersForStatusObjects) {
  WatchingSink sink;
  ULONG_PTR connection = 0;
  const std::string id = get_binary(root_.get(), PR_ENTRYID);
  EXPECT_TRUE(FAILED(store_->Advise(0, nullptr, fnevStatusObjectModified, &sink, &connection)));
  EXPECT_TRUE(FAILED(store_->Advise(0, nullptr, fnevStatusObjectModified | fnevObjectCreated, &sink, &connection)));
  EXPECT_TRUE(FAILED(session_->Advise(size_of(id), entry(id), fnevStatusObjectModified, &sink, &connection)));
  EXPECT_EQ(1u, sink.references);
}

// The call that makes an event returns though a sink does not: sinks of clients are called on another thread.
// spec: ST-619
TEST_P(NotificationRules, SinksDoNotHoldUpTheCall) {
  WatchingSink sink;
  sink.hold(true);
  const auto connection = advise(sink, fnevObjectCreated);
  create_folder(root_.get(), L"one");
  ASSERT_TRUE(sink.wait_inside());
  create_folder(root_.get(), L"two");  // returns all the same
  EXPECT_TRUE(sink.seen().empty());
  sink.hold(false);
  EXPECT_NE(std::this_thread::get_id(), sink.wait_for_type(fnevObjectCreated).thread);
  unadvise(sink, connection);
}

// A sink of HrThisThreadAdviseSink is called on the thread that made it.
TEST_P(NotificationRules, SinksOfOneThreadAreCalledThere) {
  WatchingSink sink;
  LPMAPIADVISESINK wrapped = nullptr;
  ASSERT_EQ(S_OK, HrThisThreadAdviseSink(&sink, &wrapped));
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, store_->Advise(0, nullptr, fnevObjectCreated, wrapped, &connection));
  wrapped->Release();
  create_folder(root_.get(), L"one");
  for (int i = 0; i < 20000 && sink.seen().empty(); ++i) {
    HrDispatchNotifications(0);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_EQ(1u, sink.seen().size());
  EXPECT_EQ(std::this_thread::get_id(), sink.seen()[0].thread);
  ASSERT_EQ(S_OK, store_->Unadvise(connection));
  for (int i = 0; i < 20000 && sink.references != 1; ++i) {
    HrDispatchNotifications(0);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(1u, sink.references);
}

// spec: ST-625
TEST_P(NotificationRules, TableEventsComeAfterTheSave) {
  const auto folder = create_folder(root_.get(), L"f");
  add_message(folder.get(), L"first");
  const auto table = contents(folder.get());
  SizedSPropTagArray(2, columns) = {2, {PR_SUBJECT_W, PR_ENTRYID}};
  ASSERT_EQ(S_OK, table->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), 0));
  WatchingSink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &sink, &connection));
  const auto of = [](ULONG event) { return [event](const Seen& one) { return one.table_event == event; }; };
  const auto message = create_message(folder.get(), L"second");
  std::this_thread::yield();
  EXPECT_TRUE(sink.seen().empty());  // not saved
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const Seen added = sink.wait_for(of(TABLE_ROW_ADDED));
  EXPECT_EQ(PR_INSTANCE_KEY, added.index_tag);
  EXPECT_EQ(PR_INSTANCE_KEY, added.prior_tag);  // it follows the first
  EXPECT_EQ(2u, added.columns);
  ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"third"));
  EXPECT_EQ(1u, sink.seen().size());
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(ULONG{TABLE_ROW_MODIFIED}, sink.wait_for(of(TABLE_ROW_MODIFIED)).table_event);
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  Ptr<IMessage>(message).reset();
  ASSERT_EQ(S_OK, folder->CopyMessages(Entries({id}).get(), nullptr, root_.get(), 0, nullptr, MESSAGE_MOVE));
  const Seen deleted = sink.wait_for(of(TABLE_ROW_DELETED));
  EXPECT_EQ(PR_INSTANCE_KEY, deleted.index_tag);
  EXPECT_EQ(ULONG{PR_NULL}, deleted.prior_tag);
  ASSERT_EQ(S_OK, table->Unadvise(connection));
  while (sink.references != 1) std::this_thread::yield();
}

// spec: ST-632
TEST_P(NotificationRules, TheSessionTellsOfALogoff) {
  Client other = log_on();
  WatchingSink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, other.session->Advise(0, nullptr, fnevExtended, &sink, &connection));
  close(other);
  EXPECT_EQ(ULONG{fnevExtended}, sink.wait_for_type(fnevExtended).type);
  while (sink.references != 1) std::this_thread::yield();
}

// The end of a shared session is an error of no object.
// spec: ST-631
TEST_P(NotificationRules, CriticalErrorsMayBeOfNoObject) {
  const LPTSTR name = reinterpret_cast<LPTSTR>(const_cast<char*>("Test"));
  Ptr<IMAPISession> first, second;
  ASSERT_EQ(S_OK,
            MAPILogonEx(0, name, nullptr,
                        MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL | MAPI_EXPLICIT_PROFILE | MAPI_ALLOW_OTHERS,
                        first.put()));
  ASSERT_EQ(S_OK, MAPILogonEx(0, nullptr, nullptr, MAPI_EXTENDED | MAPI_NO_MAIL, second.put()));
  WatchingSink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, second->Advise(0, nullptr, 0, &sink, &connection));
  ASSERT_EQ(S_OK, first->Logoff(0, MAPI_LOGOFF_SHARED, 0));
  const Seen error = sink.wait_for_type(fnevCriticalError);
  EXPECT_EQ(MAPI_E_END_OF_SESSION, error.scode);
  EXPECT_EQ(0u, error.error_id_size);
  (void)second->Logoff(0, MAPI_LOGOFF_SHARED, 0);
  first.reset();
  second.reset();
  while (sink.references != 1) std::this_thread::yield();
}

// A sink that was told when it was taken away already: it lives until the call has ended.
// spec: ST-639
TEST_P(NotificationRules, ASinkCopesWithCallsAfterUnadvise) {
  WatchingSink sink;
  sink.hold(true);
  const auto connection = advise(sink, fnevObjectCreated);
  create_folder(root_.get(), L"one");
  ASSERT_TRUE(sink.wait_inside());
  ASSERT_EQ(S_OK, store_->Unadvise(connection));
  EXPECT_LT(1u, sink.references);
  sink.hold(false);
  EXPECT_EQ(ULONG{fnevObjectCreated}, sink.wait_for_type(fnevObjectCreated).type);
  while (sink.references != 1) std::this_thread::yield();
}

CONFORMANCE_SUITE(NotificationRules);

// Through the support object of a store provider: that of the mail store, which stands for any provider.
class ProviderNotifications : public SupportTest {
 protected:
  // A key of any bytes.
  class Key {
   public:
    explicit Key(const std::string& bytes) : memory_(CbNewNOTIFKEY(bytes.size())) {
      get()->cb = size_of(bytes);
      std::memcpy(get()->ab, bytes.data(), bytes.size());
    }
    LPNOTIFKEY get() { return reinterpret_cast<LPNOTIFKEY>(memory_.data()); }

   private:
    std::vector<BYTE> memory_;
  };
  static NOTIFICATION extended(ULONG event) {
    NOTIFICATION item{};
    item.ulEventType = fnevExtended;
    item.info.ext.ulEvent = event;
    return item;
  }
  // What MAPI tells comes to the thread of the first MAPIInitialize, when it asks.
  static void wait_until(const std::function<bool()>& done) {
    for (int i = 0; i < 20000 && !done(); ++i) {
      HrDispatchNotifications(0);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_TRUE(done());
  }
};

// spec: ST-621 ST-616
TEST_P(ProviderNotifications, NotifyWithoutSinksDoesNothing) {
  Key key("nobody");
  NOTIFICATION item = extended(7);
  ULONG flags = 0;
  EXPECT_EQ(S_OK, support_->Notify(key.get(), 1, &item, &flags));
  EXPECT_EQ(0u, flags & NOTIFY_CANCELED);
  WatchingSink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, support_->Subscribe(key.get(), fnevExtended, 0, &sink, &connection));
  // A provider makes no event of status objects, and nobody is subscribed to one.
  item.ulEventType = fnevStatusObjectModified;
  EXPECT_TRUE(FAILED(support_->Notify(key.get(), 1, &item, &flags)));
  ULONG_PTR other = 0;
  EXPECT_TRUE(FAILED(support_->Subscribe(key.get(), fnevStatusObjectModified, 0, &sink, &other)));
  ASSERT_EQ(S_OK, support_->Unsubscribe(connection));
  wait_until([&] { return sink.references == 1; });
  EXPECT_TRUE(sink.seen().empty());
}

// Equal bytes are the same key, wherever they were made: nothing in one is an address.
// spec: ST-633
TEST_P(ProviderNotifications, KeysAreComparedByTheirBytes) {
  const std::string bytes = std::string("\0\1\2", 3) + get_binary(root_.get(), PR_ENTRYID);
  WatchingSink sink;
  ULONG_PTR connection = 0;
  {
    Key key(bytes);
    ASSERT_EQ(S_OK, support_->Subscribe(key.get(), fnevExtended, 0, &sink, &connection));
  }
  Key same(bytes), longer(bytes + '\0'), other(std::string("\0\1\3", 3) + bytes.substr(3));
  NOTIFICATION wrong = extended(1), right = extended(2);
  ULONG flags = 0;
  ASSERT_EQ(S_OK, support_->Notify(longer.get(), 1, &wrong, &flags));
  ASSERT_EQ(S_OK, support_->Notify(other.get(), 1, &wrong, &flags));
  ASSERT_EQ(S_OK, support_->Notify(same.get(), 1, &right, &flags));
  wait_until([&] { return !sink.seen().empty(); });
  ASSERT_EQ(1u, sink.seen().size());
  EXPECT_EQ(2u, sink.seen()[0].extended);
  ASSERT_EQ(S_OK, support_->Unsubscribe(connection));
  wait_until([&] { return sink.references == 1; });
}

struct Callback {
  IMAPISupport* support;
  LPNOTIFKEY key;
  std::thread::id thread;
  int calls = 0;
  HRESULT inner = S_OK;
};
LONG STDAPICALLTYPE on_synchronous(LPVOID context, ULONG, LPNOTIFICATION) {
  auto* callback = static_cast<Callback*>(context);
  callback->thread = std::this_thread::get_id();
  ++callback->calls;
  return static_cast<LONG>(CALLBACK_DISCONTINUE);
}

// A callback as it is to be: it makes no event of its own and shows nothing. It runs before Notify returns, on the
// thread of the call, and may end the notification.
// spec: ST-640
TEST_P(ProviderNotifications, SynchronousCallbacksDoLittle) {
  Key key("sync");
  Callback first{support_, key.get(), {}}, second = first;
  LPMAPIADVISESINK one = nullptr, two = nullptr;
  ASSERT_EQ(S_OK, HrAllocAdviseSink(&on_synchronous, &first, &one));
  ASSERT_EQ(S_OK, HrAllocAdviseSink(&on_synchronous, &second, &two));
  ULONG_PTR connections[2] = {};
  ASSERT_EQ(S_OK, support_->Subscribe(key.get(), fnevExtended, NOTIFY_SYNC, one, &connections[0]));
  ASSERT_EQ(S_OK, support_->Subscribe(key.get(), fnevExtended, NOTIFY_SYNC, two, &connections[1]));
  one->Release();
  two->Release();
  NOTIFICATION item = extended(3);
  ULONG flags = 0;
  ASSERT_EQ(S_OK, support_->Notify(key.get(), 1, &item, &flags));
  EXPECT_EQ(ULONG{NOTIFY_CANCELED}, flags & NOTIFY_CANCELED);
  EXPECT_EQ(1, first.calls + second.calls);
  EXPECT_EQ(std::this_thread::get_id(), first.calls ? first.thread : second.thread);
  for (const ULONG_PTR connection : connections) EXPECT_EQ(S_OK, support_->Unsubscribe(connection));
}

CONFORMANCE_SUITE(ProviderNotifications);

}  // namespace
}  // namespace conformance
