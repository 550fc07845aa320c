// SPDX-License-Identifier: Apache-2.0
#include "objects.h"

#include <cstring>

#include "tests/providers/empty_stream.h"

namespace recording {
namespace {

class TableBase : public Unknown<IMAPITable> {
 public:
  explicit TableBase(CorePtr core) : core_(std::move(core)) {}
  HRESULT refuse() const { return core_->is_open() ? MAPI_E_NO_SUPPORT : MAPI_E_INVALID_OBJECT; }
  MAPI_IMAPITABLE_METHODS(override { return refuse(); })

 protected:
  CorePtr core_;
};

class Table final : public TableBase {
 public:
  using TableBase::TableBase;
  ~Table() override {
    if (sink_) sink_->Release();
  }
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_IMAPITable}, iid, out);
  }
  STDMETHODIMP Advise(ULONG, LPMAPIADVISESINK sink, ULONG_PTR* connection) override {
    if (!core_->is_open()) return MAPI_E_INVALID_OBJECT;
    if (sink_) return MAPI_E_NO_SUPPORT;
    sink_ = sink;
    sink_->AddRef();
    *connection = 1;
    return S_OK;
  }
  STDMETHODIMP Unadvise(ULONG_PTR) override {
    if (LPMAPIADVISESINK sink = sink_) {
      sink_ = nullptr;
      sink->Release();
    }
    return S_OK;
  }
  STDMETHODIMP GetRowCount(ULONG, ULONG* count) override {
    if (!core_->is_open()) return MAPI_E_INVALID_OBJECT;
    *count = 1;
    return S_OK;
  }

 private:
  LPMAPIADVISESINK sink_ = nullptr;
};

class Message final : public PropBase<IMessage> {
 public:
  using PropBase::PropBase;
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_IMAPIProp, &IID_IMessage}, iid, out);
  }
  MAPI_IMESSAGE_METHODS(override { return refuse(); })
  STDMETHODIMP OpenProperty(ULONG, LPCIID, ULONG, ULONG, LPUNKNOWN* out) override {
    if (!core_->is_open()) return MAPI_E_INVALID_OBJECT;
    *out = new test_provider::EmptyStream([core = core_] { return core->is_open(); }, MAPI_E_INVALID_OBJECT,
                                          MAPI_E_NO_SUPPORT);
    return S_OK;
  }
  STDMETHODIMP SetProps(ULONG, LPSPropValue, LPSPropProblemArray*) override {
    return core_->is_open() ? S_OK : MAPI_E_INVALID_OBJECT;
  }
  STDMETHODIMP SaveChanges(ULONG) override { return core_->is_open() ? S_OK : MAPI_E_INVALID_OBJECT; }
};

class FolderBase : public PropBase<IMAPIFolder> {
 public:
  using PropBase::PropBase;
  MAPI_IMAPICONTAINER_METHODS(override { return refuse(); })
  MAPI_IMAPIFOLDER_METHODS(override { return refuse(); })
};

class Folder final : public FolderBase {
 public:
  using FolderBase::FolderBase;
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_IMAPIProp, &IID_IMAPIContainer, &IID_IMAPIFolder}, iid, out);
  }
  STDMETHODIMP GetContentsTable(ULONG, LPMAPITABLE* table) override {
    if (!core_->is_open()) return MAPI_E_INVALID_OBJECT;
    if (mode_of("Unavailable") == "yes") return MAPI_E_NETWORK_ERROR;
    *table = new Table(core_);
    return S_OK;
  }
};

}  // namespace

std::string make_id(char kind, const std::string& store) {
  std::string id(4, '\0');
  id.append(reinterpret_cast<const char*>(kUid.ab), sizeof(kUid.ab));
  id += kind;
  return id + store;
}

char parse_id(ULONG size, const ENTRYID* id, std::string& store) {
  if (!id || size < 21 || std::memcmp(id->ab, kUid.ab, sizeof(kUid.ab)) != 0) return 0;
  const char* bytes = reinterpret_cast<const char*>(id);
  store.assign(bytes + 21, size - 21);
  return bytes[20];
}

std::string hex(ULONG value) {
  char text[16];
  std::snprintf(text, sizeof(text), "%X", static_cast<unsigned>(value));
  return text;
}

// ---- Core

std::atomic<long> live_stores{0};

Core::Core(std::string store_name, const Memory& routines, IMAPISupport* support)
    : name(std::move(store_name)), memory(routines), support_(support) {
  ++live_stores;
  support->AddRef();
}

HRESULT Core::log_off() {
  open_ = false;
  if (IMAPISupport* support = support_.exchange(nullptr)) support->Release();
  return S_OK;
}

void Core::store_gone() {
  {
    const std::lock_guard lock(mutex);
    store = nullptr;
  }
  IMAPISupport* support = support_.exchange(nullptr);
  if (!support) return;  // logged off before
  ULONG flags = saved_flags_ ? saved_flags_.load() : ULONG{LOGOFF_ABORT};
  const ULONG given = flags;
  support->StoreLogoffTransports(&flags);
  (void)record("StoreLogoffTransports", hex(given) + " -> " + hex(flags));
  support->Release();
}

// ---- Store

Store::Store(CorePtr core) : PropBase(std::move(core)) {
  core_->store = this;
}

STDMETHODIMP Store::QueryInterface(REFIID iid, LPVOID* out) {
  return give(this, {&IID_IUnknown, &IID_IMAPIProp, &IID_IMsgStore}, iid, out);
}

STDMETHODIMP_(ULONG) Store::Release() {
  const ULONG left = --count_;
  if (left != 0) return left;
  (void)record("IMsgStore::Release", "0");
  core_->store_gone();
  delete this;
  return 0;
}

STDMETHODIMP Store::GetProps(LPSPropTagArray tags, ULONG, ULONG* count, LPSPropValue* values) {
  if (!core_->is_open()) return MAPI_E_INVALID_OBJECT;
  if (!tags || tags->cValues != 1) return MAPI_E_NO_SUPPORT;
  if (core_->memory.allocate(sizeof(SPropValue), reinterpret_cast<LPVOID*>(values)) != S_OK)
    return MAPI_E_NOT_ENOUGH_MEMORY;
  *count = 1;
  **values = SPropValue();
  if (tags->aulPropTag[0] == PR_STORE_SUPPORT_MASK) {
    (*values)->ulPropTag = PR_STORE_SUPPORT_MASK;
    (*values)->Value.l =
        mode_of("SupportMask") == "small" ? STORE_SEARCH_OK : STORE_SUBMIT_OK | STORE_CREATE_OK | STORE_MODIFY_OK;
    return S_OK;
  }
  (*values)->ulPropTag = CHANGE_PROP_TYPE(tags->aulPropTag[0], PT_ERROR);
  (*values)->Value.err = MAPI_E_NOT_FOUND;
  return MAPI_W_ERRORS_RETURNED;
}

STDMETHODIMP Store::OpenEntry(ULONG size, LPENTRYID id, LPCIID, ULONG, ULONG* type, LPUNKNOWN* out) {
  return open_entry(core_, size, id, type, out);
}
STDMETHODIMP Store::StoreLogoff(ULONG* flags) {
  const HRESULT hr = record("IMsgStore::StoreLogoff", flags ? hex(*flags) : "NULL");
  if (FAILED(hr) || !flags) return FAILED(hr) ? hr : MAPI_E_INVALID_PARAMETER;
  if (!core_->is_open()) return MAPI_E_INVALID_OBJECT;
  core_->save_flags(*flags);
  *flags = 0;
  return S_OK;
}
STDMETHODIMP Store::Advise(ULONG, LPENTRYID, ULONG, LPMAPIADVISESINK, ULONG_PTR*) {
  return refuse();
}
STDMETHODIMP Store::Unadvise(ULONG_PTR) {
  return refuse();
}
STDMETHODIMP Store::CompareEntryIDs(ULONG, LPENTRYID, ULONG, LPENTRYID, ULONG, ULONG*) {
  return refuse();
}
STDMETHODIMP Store::SetReceiveFolder(LPTSTR, ULONG, ULONG, LPENTRYID) {
  return refuse();
}
STDMETHODIMP Store::GetReceiveFolder(LPTSTR, ULONG, ULONG*, LPENTRYID*, LPTSTR*) {
  return refuse();
}
STDMETHODIMP Store::GetReceiveFolderTable(ULONG, LPMAPITABLE*) {
  return refuse();
}
STDMETHODIMP Store::AbortSubmit(ULONG, LPENTRYID, ULONG) {
  return refuse();
}
STDMETHODIMP Store::GetOutgoingQueue(ULONG, LPMAPITABLE*) {
  return refuse();
}
STDMETHODIMP Store::SetLockState(LPMESSAGE, ULONG) {
  return refuse();
}
STDMETHODIMP Store::FinishedMsg(ULONG, ULONG, LPENTRYID) {
  return refuse();
}
STDMETHODIMP Store::NotifyNewMail(LPNOTIFICATION) {
  return refuse();
}

namespace {

class EndSink final : public Unknown<IMAPIAdviseSink> {
 public:
  ~EndSink() override { (void)record("support object ended"); }
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_IMAPIAdviseSink}, iid, out);
  }
  STDMETHODIMP_(ULONG) OnNotify(ULONG, LPNOTIFICATION) override { return 0; }
};

}  // namespace

void watch(IMAPISupport* support) {
  NOTIFKEY key{1, {'w'}};
  ULONG_PTR connection = 0;
  auto* sink = new EndSink;
  (void)record("Subscribe", hex(static_cast<ULONG>(support->Subscribe(&key, fnevExtended, 0, sink, &connection))));
  sink->Release();
}

HRESULT open_entry(const CorePtr& core, ULONG size, const ENTRYID* id, ULONG* type, IUnknown** out) {
  if (!core->is_open()) return MAPI_E_INVALID_OBJECT;
  std::string store;
  char kind = 'f';  // NULL: the root
  if (id) kind = parse_id(size, id, store);
  if (id && store != core->name) return MAPI_E_UNKNOWN_ENTRYID;
  if (kind == 'f') {
    *type = MAPI_FOLDER;
    *out = new Folder(core);
    return S_OK;
  }
  if (kind != 'm') return MAPI_E_NOT_FOUND;
  *type = MAPI_MESSAGE;
  *out = new Message(core);
  return S_OK;
}

// ---- Logon

// The store's name for the calls' lines, where a test asks for it.
static std::string named(const Core& core) {
  return mode_of("Names") == "yes" ? " " + core.name : std::string();
}

STDMETHODIMP Logon::QueryInterface(REFIID iid, LPVOID* out) {
  return give(this, {&IID_IUnknown, &IID_IMSLogon}, iid, out);
}
STDMETHODIMP_(ULONG) Logon::Release() {
  const ULONG left = --count_;
  if (left != 0) return left;
  const std::unique_ptr<Logon> gone(this);  // also if it throws
  (void)record("IMSLogon::Release", "0" + named(*core_));
  return 0;
}
STDMETHODIMP Logon::GetLastError(HRESULT, ULONG, LPMAPIERROR* error) {
  *error = nullptr;
  return S_OK;
}
STDMETHODIMP Logon::Logoff(ULONG* flags) {
  const HRESULT hr = record("IMSLogon::Logoff", (flags ? hex(*flags) : "NULL") + named(*core_));
  if (FAILED(hr)) return hr;
  if (!flags || *flags != 0) return MAPI_E_INVALID_PARAMETER;
  return core_->log_off();
}
STDMETHODIMP Logon::OpenEntry(ULONG size, LPENTRYID id, LPCIID, ULONG flags, ULONG* type, LPUNKNOWN* out) {
  const HRESULT hr = record("IMSLogon::OpenEntry", hex(flags));
  if (mode_of("Unavailable") == "yes" && (flags & MAPI_DEFERRED_ERRORS) == 0) return MAPI_E_NETWORK_ERROR;
  return FAILED(hr) ? hr : open_entry(core_, size, id, type, out);
}
STDMETHODIMP Logon::CompareEntryIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG flags,
                                    ULONG* result) {
  const HRESULT hr = record("IMSLogon::CompareEntryIDs", hex(flags));
  *result = size1 == size2 && std::memcmp(id1, id2, size1) == 0;
  return hr;
}
STDMETHODIMP Logon::Advise(ULONG, LPENTRYID, ULONG events, LPMAPIADVISESINK, ULONG_PTR* connection) {
  const HRESULT hr = record("IMSLogon::Advise", hex(events));
  *connection = 7;
  return hr;
}
STDMETHODIMP Logon::Unadvise(ULONG_PTR connection) {
  return record("IMSLogon::Unadvise", hex(static_cast<ULONG>(connection)));
}
STDMETHODIMP Logon::OpenStatusEntry(LPCIID, ULONG, ULONG*, LPVOID*) {
  return MAPI_E_NO_SUPPORT;
}

}  // namespace recording
