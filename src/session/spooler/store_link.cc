// SPDX-License-Identifier: Apache-2.0
#include "session/spooler/store_link.h"

#include <mapiutil.h>

#include "com/error_map.h"
#include "com/notifier.h"
#include "com/object.h"
#include "com/text.h"
#include "property/copier.h"
#include "session/client/hosts.h"
#include "session/spooler/link_host.h"
#include "session/support/support_object.h"

namespace mapiary::session {
namespace {

class QueueSink final : public com::Object<IMAPIAdviseSink> {
 public:
  explicit QueueSink(std::function<void()> changed) : changed_(std::move(changed)) {}
  STDMETHODIMP_(ULONG) OnNotify(ULONG, LPNOTIFICATION) override {
    (void)com::border([&]() -> Status {
      changed_();
      return {};
    });
    return 0;
  }

 protected:
  // The spooler's thread waits for it: the thread that dispatches the client's notices may be waiting for the spooler.
  void* find_interface(REFIID iid) override {
    if (IsEqualGUID(iid, com::kAnyThreadSink)) return static_cast<IMAPIAdviseSink*>(this);
    return com::Object<IMAPIAdviseSink>::find_interface(iid);
  }

 private:
  std::function<void()> changed_;
};

// One SpoolerLogon, owned by the call.
struct SpoolerLogonCall {
  ProviderHandlePtr provider;
  com::Ref<IMAPISupport> support;
  std::wstring name;
  std::string id, security;
  com::Ref<IMSLogon> logon;
  com::Ref<IMsgStore> store;

  HRESULT run() {
    LPMAPIERROR error = nullptr;
    const HRESULT hr = provider->store()->SpoolerLogon(
        support.get(), 0, reinterpret_cast<LPTSTR>(name.data()), static_cast<ULONG>(id.size()),
        reinterpret_cast<LPENTRYID>(id.data()), MDB_NO_DIALOG | MDB_WRITE | MAPI_UNICODE, nullptr,
        static_cast<ULONG>(security.size()), reinterpret_cast<LPBYTE>(security.data()), &error, logon.put(),
        store.put());
    MAPIFreeBuffer(error);
    return hr;
  }
  void undo() {
    store.reset();
    if (!logon) return;
    ULONG zero = 0;
    (void)logon->Logoff(&zero);
    logon.reset();
  }
};

}  // namespace

StoreLink::StoreLink(SessionStatePtr state, LogonRecordPtr client, std::function<void()> changed)
    : state_(std::move(state)), client_(std::move(client)), changed_(std::move(changed)) {}

StoreLink::~StoreLink() = default;

com::Ref<IMsgStore> StoreLink::store() const {
  std::lock_guard lock(mutex_);
  return store_;
}

SupportSeat StoreLink::seat() const {
  SupportSeat seat;
  seat.kind = SupportKind::kMessageStore;
  seat.logon = client_->id;
  seat.section = client_->section;
  seat.dll_name = client_->dll_name;
  return seat;
}

std::shared_ptr<SupportHost> StoreLink::host() const {
  return std::make_shared<LinkHost>(support_host(state_), std::const_pointer_cast<StoreLink>(shared_from_this()));
}

HRESULT StoreLink::log_on() {
  auto call = std::make_shared<SpoolerLogonCall>();
  call->provider = client_->provider;
  call->support = make_support_object(host(), seat());
  call->name = com::to_wide(state_->profile_name());
  IMsgStore* clients = nullptr;
  {
    std::lock_guard lock(state_->mutex());
    if (client_->phase != Phase::kLive) return MAPI_E_INVALID_OBJECT;
    call->id = client_->entry_id;
    call->security = client_->spool_security;
    clients = client_->store;
  }
  const CallResult result = client_->provider->call(
      "IMSProvider::SpoolerLogon", [call] { return call->run(); }, state_->bounds().logon, [call] { call->undo(); });
  if (result.outcome != Outcome::kReturned) {
    state_->add_incident({client_->title, "IMSProvider::SpoolerLogon", result.outcome, result.hr});
  }
  if (FAILED(result.hr)) return result.hr;
  if (!call->store) return MAPI_E_CALL_FAILED;
  // With the client's own object in our hands the client's last Release would not be the store's last.
  if (call->store.get() == clients) return MAPI_E_NO_SUPPORT;
  std::lock_guard lock(mutex_);
  logon_ = std::move(call->logon);
  store_ = std::move(call->store);
  support_ = std::move(call->support);
  return S_OK;
}

Status StoreLink::open() {
  HRESULT hr = log_on();
  if (hr == MAPI_E_UNCONFIGURED && !client_->service.is_nil() &&
      SUCCEEDED(configure_service(state_, client_->service, 0, false))) {
    hr = log_on();
  }
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMSProvider::SpoolerLogon"));
  {
    // A provider that keeps a reference drops it with its store, and that ends the logon (R2).
    com::Ref<IMAPISupport> support;
    std::lock_guard lock(mutex_);
    support_->AddRef();
    if (support_->Release() > 1) std::swap(support, support_);
  }
  return open_queue();
}

Status StoreLink::open_queue() {
  const auto store = this->store();
  if (!store) return fail(Code::kInvalidObject, "session", "the store was closed");
  com::Ref<IMAPITable> queue;
  ULONG_PTR connection = 0;
  const CallResult result = guarded([&] {
    HRESULT hr = store->GetOutgoingQueue(0, queue.put());
    if (FAILED(hr) || !queue) return FAILED(hr) ? hr : MAPI_E_NO_SUPPORT;
    SizedSPropTagArray(3, columns) = {3, {PR_ENTRYID, PR_SUBMIT_FLAGS, PR_CLIENT_SUBMIT_TIME}};
    hr = queue->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), TBL_BATCH);
    if (FAILED(hr)) return hr;
    SizedSSortOrderSet(1, order) = {1, 0, 0, {{PR_CLIENT_SUBMIT_TIME, TABLE_SORT_ASCEND}}};
    (void)queue->SortTable(reinterpret_cast<LPSSortOrderSet>(&order), TBL_BATCH);  // or it is the default order
    const auto sink = com::make<QueueSink>(changed_);
    (void)queue->Advise(fnevTableModified, sink.get(), &connection);
    return hr;
  });
  if (!result.ok()) return {};  // a store that sends nothing
  std::lock_guard lock(mutex_);
  queue_ = std::move(queue);
  connection_ = connection;
  return {};
}

Result<std::vector<QueuedMessage>> StoreLink::read_queue() {
  com::Ref<IMAPITable> queue;
  {
    std::lock_guard lock(mutex_);
    queue = queue_;
  }
  std::vector<QueuedMessage> messages;
  if (!queue) return messages;
  Status read;
  const CallResult result = guarded([&] {
    const HRESULT hr = queue->SeekRow(BOOKMARK_BEGINNING, 0, nullptr);
    if (FAILED(hr)) return hr;
    read = property::copying::for_each_rows(*queue, 100, [&](SRowSet& rows) -> Status {
      for (ULONG i = 0; i < rows.cRows; ++i) {
        const SPropValue* id = property::copying::find_value(rows.aRow[i], PR_ENTRYID);
        const SPropValue* flags = property::copying::find_value(rows.aRow[i], PR_SUBMIT_FLAGS);
        if (!id || !id->Value.bin.lpb) continue;
        messages.push_back({std::string(reinterpret_cast<const char*>(id->Value.bin.lpb), id->Value.bin.cb),
                            flags ? static_cast<ULONG>(flags->Value.l) : 0});
      }
      return {};
    });
    return S_OK;
  });
  if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, "reading the outgoing queue"));
  TRY(std::move(read));
  return messages;
}

Result<com::Ref<IMessage>> StoreLink::open_message(const std::string& id) {
  const auto store = this->store();
  if (!store) return fail(Code::kInvalidObject, "session", "the store was closed");
  com::Ref<IMessage> message;
  const CallResult result = guarded([&] {
    ULONG type = 0;
    const HRESULT hr =
        store->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(const_cast<char*>(id.data())),
                         &IID_IMessage, MAPI_MODIFY, &type, reinterpret_cast<LPUNKNOWN*>(message.put()));
    return SUCCEEDED(hr) && !message ? MAPI_E_CALL_FAILED : hr;
  });
  if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, "IMsgStore::OpenEntry"));
  return message;
}

void StoreLink::let_go(std::chrono::milliseconds limit) {
  struct Held {
    com::Ref<IMsgStore> store;
    com::Ref<IMAPITable> queue;
    com::Ref<IMAPISupport> support;
    ULONG_PTR connection = 0;
  };
  auto held = std::make_shared<Held>();
  {
    std::lock_guard lock(mutex_);
    *held = {std::move(store_), std::move(queue_), std::move(support_), std::exchange(connection_, 0)};
  }
  if (!held->store) return;
  const auto released = client_->provider->call(
      "IMsgStore::Release",
      [held] {
        if (held->queue && held->connection != 0) held->queue->Unadvise(held->connection);
        held->queue.reset();
        held->store.reset();
        held->support.reset();
        return S_OK;
      },
      limit);
  if (released.outcome != Outcome::kReturned) {
    state_->add_incident({client_->title, "IMsgStore::Release", released.outcome, released.hr});
  }
  support_gone();
}

void StoreLink::support_gone() {
  com::Ref<IMSLogon> logon;
  {
    std::lock_guard lock(mutex_);
    logon = std::move(logon_);
  }
  if (!logon) return;
  struct Call {
    com::Ref<IMSLogon> logon;
  };
  auto call = std::make_shared<Call>(Call{std::move(logon)});
  const CallResult result = client_->provider->call(
      "IMSLogon::Logoff",
      [call] {
        ULONG zero = 0;
        const HRESULT hr = call->logon->Logoff(&zero);
        call->logon.reset();
        return hr;
      },
      state_->bounds().release);
  if (result.ok()) return;
  state_->add_incident({client_->title, "IMSLogon::Logoff", result.outcome, result.hr});
}

}  // namespace mapiary::session
