// SPDX-License-Identifier: Apache-2.0
// A message store that sends and receives, as far as the spooler has to do with it: an outbox, an inbox, a sent mail
// folder, an outgoing queue that tells of its changes, and the methods only the spooler may call. One store, "mail";
// its messages last as long as the library, over sessions. Tables and property bags are those of MAPI itself, found as
// any program finds them.
#include <dlfcn.h>
#include <mapiutil.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <vector>

#include "board.h"
#include "children.h"
#include "tests/providers/empty_stream.h"
#include "tests/providers/unknown.h"

namespace transport {
namespace {

using test_provider::give;
using test_provider::Unknown;

constexpr MAPIUID kUid = {{0x4D, 0x41, 0x49, 0x4C, 0x53, 0x54, 0x4F, 0x52, 1, 2, 3, 4, 5, 6, 7, 8}};
constexpr char kTicket[] = "ticket of mail";

// ---- MAPI's own utility functions

HRESULT make_table(const Memory& memory, ULONG index, std::initializer_list<ULONG> columns, LPTABLEDATA* out) {
  static auto* const create = reinterpret_cast<decltype(&CreateTable)>(dlsym(RTLD_DEFAULT, "CreateTable"));
  std::vector<ULONG> tags(columns);
  tags.insert(tags.begin(), static_cast<ULONG>(columns.size()));
  if (!create) return MAPI_E_CALL_FAILED;
  return static_cast<HRESULT>(create(&IID_IMAPITableData, memory.allocate, memory.more, memory.release, nullptr,
                                     TBLTYPE_DYNAMIC, index, reinterpret_cast<LPSPropTagArray>(tags.data()), out));
}
HRESULT make_props(const Memory& memory, LPPROPDATA* out) {
  static auto* const create = reinterpret_cast<decltype(&CreateIProp)>(dlsym(RTLD_DEFAULT, "CreateIProp"));
  if (!create) return MAPI_E_CALL_FAILED;
  return static_cast<HRESULT>(create(&IID_IMAPIPropData, memory.allocate, memory.more, memory.release, nullptr, out));
}

// ---- What is stored

struct Item {
  std::atomic<int> number{0};
  std::atomic<char> folder{'o'};
  std::atomic<bool> is_queued{false}, is_locked{false};
  std::atomic<ULONG> submit_flags{0};
  LPPROPDATA props = nullptr;
  LPTABLEDATA recipients = nullptr;
  LONG last_row = 0;
  ~Item() {
    if (props) props->Release();
    if (recipients) recipients->Release();
  }
};
using ItemPtr = std::shared_ptr<Item>;

struct Box {
  std::mutex mutex;
  std::vector<ItemPtr> items;
  LPTABLEDATA queue = nullptr;
  int last = 0;
  LONGLONG last_time = 0;
};

Box& box() {
  static Box box;
  return box;
}

std::string make_id(char kind, int number = 0) {
  std::string id(4, '\0');
  id.append(reinterpret_cast<const char*>(kUid.ab), sizeof(kUid.ab));
  return id + kind + std::to_string(number);
}
char parse_id(ULONG size, const ENTRYID* id, int& number) {
  const char* bytes = reinterpret_cast<const char*>(id);
  if (!id || size < 22 || std::memcmp(bytes + 4, kUid.ab, sizeof(kUid.ab)) != 0) return 0;
  number = std::atoi(std::string(bytes + 21, size - 21).c_str());
  return bytes[20];
}
SPropValue binary(ULONG tag, std::string& bytes) {
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.bin = {static_cast<ULONG>(bytes.size()), reinterpret_cast<LPBYTE>(bytes.data())};
  return value;
}
SPropValue number(ULONG tag, LONG n) {
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.l = n;
  return value;
}

// The store's objects share it.
struct Core {
  Memory memory;
  std::atomic<IMAPISupport*> support{nullptr};
  std::atomic<bool> open{true};
  bool is_spooler = false;
  std::atomic<ULONG> saved_flags{0};
  std::atomic<bool> told_ready{false};
  std::string who() const { return is_spooler ? "spooler " : ""; }
};
using CorePtr = std::shared_ptr<Core>;

ItemPtr find_item(int n) {
  Box& all = box();
  const std::lock_guard lock(all.mutex);
  for (const auto& item : all.items) {
    if (item->number == n) return item;
  }
  return nullptr;
}

LPTABLEDATA queue_of(const Core& core) {
  Box& all = box();
  const std::lock_guard lock(all.mutex);
  if (!all.queue) {
    (void)make_table(core.memory, PR_ENTRYID,
                     {PR_ENTRYID, PR_CLIENT_SUBMIT_TIME, PR_DISPLAY_BCC_A, PR_DISPLAY_CC_A, PR_DISPLAY_TO_A,
                      PR_MESSAGE_FLAGS, PR_MESSAGE_SIZE, PR_PRIORITY, PR_SENDER_NAME_A, PR_SUBJECT_A, PR_SUBMIT_FLAGS},
                     &all.queue);
  }
  return all.queue;
}

void put_in_queue(const Core& core, const ItemPtr& item) {
  std::string id = make_id('m', item->number);
  SPropValue row[3] = {binary(PR_ENTRYID, id), number(PR_SUBMIT_FLAGS, static_cast<LONG>(item->submit_flags)), {}};
  row[2].ulPropTag = PR_CLIENT_SUBMIT_TIME;
  row[2].Value.ft.dwLowDateTime = static_cast<DWORD>(item->number);
  SRow whole{0, 3, row};
  (void)queue_of(core)->HrModifyRow(&whole);
}
void take_from_queue(const Core& core, const ItemPtr& item) {
  std::string id = make_id('m', item->number);
  SPropValue key = binary(PR_ENTRYID, id);
  (void)queue_of(core)->HrDeleteRow(&key);
}

// ---- Messages

template <class I>
class Bare : public Unknown<I> {
 public:
  explicit Bare(CorePtr core) : core_(std::move(core)) {}
  HRESULT refuse() const { return core_->open ? MAPI_E_NO_SUPPORT : MAPI_E_INVALID_OBJECT; }
  OpenFlag open_flag() const { return OpenFlag(core_, &core_->open); }
  MAPI_IMAPIPROP_METHODS(override { return refuse(); })

 protected:
  CorePtr core_;
};

class MessageBase : public Bare<IMessage> {
 public:
  using Bare::Bare;
  MAPI_IMESSAGE_METHODS(override { return refuse(); })
};

class Message final : public MessageBase {
 public:
  Message(CorePtr core, ItemPtr item) : MessageBase(std::move(core)), item_(std::move(item)) {}
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(static_cast<IMessage*>(this), {&IID_IUnknown, &IID_IMAPIProp, &IID_IMessage}, iid, out);
  }
  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG flags, ULONG* count, LPSPropValue* values) override {
    return core_->open ? item_->props->GetProps(tags, flags, count, values) : MAPI_E_INVALID_OBJECT;
  }
  STDMETHODIMP GetPropList(ULONG flags, LPSPropTagArray* tags) override {
    return core_->open ? item_->props->GetPropList(flags, tags) : MAPI_E_INVALID_OBJECT;
  }
  STDMETHODIMP SetProps(ULONG count, LPSPropValue values, LPSPropProblemArray* problems) override {
    return core_->open ? item_->props->SetProps(count, values, problems) : MAPI_E_INVALID_OBJECT;
  }
  STDMETHODIMP DeleteProps(LPSPropTagArray tags, LPSPropProblemArray* problems) override {
    return core_->open ? item_->props->DeleteProps(tags, problems) : MAPI_E_INVALID_OBJECT;
  }
  STDMETHODIMP CopyTo(ULONG, LPCIID, LPSPropTagArray, ULONG_PTR, LPMAPIPROGRESS, LPCIID, LPVOID, ULONG,
                      LPSPropProblemArray*) override {
    return refuse();
  }
  STDMETHODIMP SaveChanges(ULONG) override;
  STDMETHODIMP OpenProperty(ULONG, LPCIID iid, ULONG, ULONG, LPUNKNOWN* out) override {
    if (!core_->open || !IsEqualGUID(*iid, IID_IStream)) return refuse();
    *out = new test_provider::EmptyStream([open = open_flag()] { return open->load(); }, STG_E_REVERTED,
                                          STG_E_ACCESSDENIED);
    return S_OK;
  }
  STDMETHODIMP GetAttachmentTable(ULONG, LPMAPITABLE* table) override;
  STDMETHODIMP GetRecipientTable(ULONG, LPMAPITABLE* table) override {
    return core_->open ? item_->recipients->HrGetView(nullptr, nullptr, 0, table) : MAPI_E_INVALID_OBJECT;
  }
  STDMETHODIMP ModifyRecipients(ULONG flags, LPADRLIST changes) override;
  STDMETHODIMP SubmitMessage(ULONG flags) override;

 private:
  ItemPtr item_;
};

STDMETHODIMP Message::SaveChanges(ULONG) {
  if (!core_->open) return MAPI_E_INVALID_OBJECT;
  Box& all = box();
  const std::lock_guard lock(all.mutex);
  if (item_->number == 0) {
    item_->number = ++all.last;
    std::string id = make_id('m', item_->number), parent = make_id(item_->folder);
    SPropValue values[2] = {binary(PR_ENTRYID, id), binary(PR_PARENT_ENTRYID, parent)};
    (void)item_->props->SetProps(2, values, nullptr);
    all.items.push_back(item_);
  }
  return S_OK;
}

STDMETHODIMP Message::GetAttachmentTable(ULONG, LPMAPITABLE* table) {
  LPTABLEDATA data = nullptr;
  HRESULT hr = make_table(core_->memory, PR_ATTACH_NUM, {PR_ATTACH_NUM}, &data);
  if (FAILED(hr)) return hr;
  hr = data->HrGetView(nullptr, nullptr, 0, table);
  data->Release();
  return hr;
}

STDMETHODIMP Message::ModifyRecipients(ULONG flags, LPADRLIST changes) {
  if (!core_->open) return MAPI_E_INVALID_OBJECT;
  HRESULT hr = S_OK;
  for (ULONG i = 0; i < changes->cEntries && SUCCEEDED(hr); ++i) {
    const ADRENTRY& entry = changes->aEntries[i];
    std::vector<SPropValue> values(entry.rgPropVals, entry.rgPropVals + entry.cValues);
    auto key = std::find_if(values.begin(), values.end(), [](const auto& v) { return v.ulPropTag == PR_ROWID; });
    if (flags == MODRECIP_REMOVE) {
      hr = key == values.end() ? MAPI_E_INVALID_PARAMETER : item_->recipients->HrDeleteRow(&*key);
      continue;
    }
    if (key == values.end()) {
      const std::lock_guard lock(box().mutex);
      values.push_back(number(PR_ROWID, ++item_->last_row));
    }
    SRow row{0, static_cast<ULONG>(values.size()), values.data()};
    hr = item_->recipients->HrModifyRow(&row);
  }
  return hr;
}

// The steps of a store without a transport of its own. From the spooler: preprocessing is over.
STDMETHODIMP Message::SubmitMessage(ULONG flags) {
  if (!core_->open) return MAPI_E_INVALID_OBJECT;
  Board::get().record(core_->who() + "IMessage::SubmitMessage " + hex(flags));
  if (const HRESULT hr = SaveChanges(0); FAILED(hr)) return hr;
  IMAPISupport* support = core_->support;
  if (core_->is_spooler) {
    item_->submit_flags &= ~SUBMITFLAG_PREPROCESS;
    put_in_queue(*core_, item_);
    return S_OK;
  }
  if (!core_->told_ready.exchange(true)) (void)support->SpoolerNotify(NOTIFY_READYTOSEND, nullptr);
  ULONG needs = 0;
  HRESULT hr = support->PrepareSubmit(this, &needs);
  if (FAILED(hr)) return hr;
  SPropValue message_flags = number(PR_MESSAGE_FLAGS, MSGFLAG_SUBMIT | MSGFLAG_UNSENT);
  (void)item_->props->SetProps(1, &message_flags, nullptr);
  hr = support->ExpandRecips(this, &needs);
  if (FAILED(hr)) return hr;
  item_->submit_flags = (needs & NEEDS_PREPROCESSING) != 0 ? ULONG{SUBMITFLAG_PREPROCESS} : 0;
  item_->is_queued = true;
  put_in_queue(*core_, item_);
  return S_OK;
}

class FolderBase : public Bare<IMAPIFolder> {
 public:
  using Bare::Bare;
  MAPI_IMAPICONTAINER_METHODS(override { return refuse(); })
  MAPI_IMAPIFOLDER_METHODS(override { return refuse(); })
};

class Folder final : public FolderBase {
 public:
  Folder(CorePtr core, char kind) : FolderBase(std::move(core)), kind_(kind) {}
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(static_cast<IMAPIFolder*>(this), {&IID_IUnknown, &IID_IMAPIProp, &IID_IMAPIContainer, &IID_IMAPIFolder},
                iid, out);
  }
  STDMETHODIMP CreateMessage(LPCIID, ULONG, LPMESSAGE* message) override {
    if (!core_->open) return MAPI_E_INVALID_OBJECT;
    auto item = std::make_shared<Item>();
    item->folder = kind_;
    HRESULT hr = make_props(core_->memory, &item->props);
    if (SUCCEEDED(hr)) {
      hr = make_table(core_->memory, PR_ROWID,
                      {PR_ROWID, PR_RECIPIENT_TYPE, PR_DISPLAY_NAME_W, PR_ADDRTYPE_W, PR_EMAIL_ADDRESS_W, PR_ENTRYID,
                       PR_SEARCH_KEY, PR_RESPONSIBILITY, PR_NDR_REASON_CODE, PR_NDR_DIAG_CODE},
                      &item->recipients);
    }
    if (SUCCEEDED(hr)) *message = new Message(core_, std::move(item));
    return hr;
  }
  STDMETHODIMP GetContentsTable(ULONG, LPMAPITABLE* table) override {
    if (!core_->open) return MAPI_E_INVALID_OBJECT;
    *table = new EmptyTable(open_flag());
    return S_OK;
  }

 private:
  const char kind_;
};

// ---- Store and logon

class Store final : public Bare<IMsgStore> {
 public:
  explicit Store(CorePtr core) : Bare(std::move(core)) {}
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(static_cast<IMsgStore*>(this), {&IID_IUnknown, &IID_IMAPIProp, &IID_IMsgStore}, iid, out);
  }
  STDMETHODIMP_(ULONG) Release() override;
  MAPI_IMSGSTORE_METHODS(override)
  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG, ULONG* count, LPSPropValue* values) override;

 private:
  HRESULT spooler_only() const { return core_->is_spooler ? S_OK : MAPI_E_NO_SUPPORT; }
};

STDMETHODIMP_(ULONG) Store::Release() {
  const ULONG left = --count_;
  if (left != 0) return left;
  Board::get().record(core_->who() + "IMsgStore::Release 0");
  Board::get().set_support(core_->who() + "store", nullptr);
  if (IMAPISupport* support = core_->support.exchange(nullptr)) {
    ULONG flags = core_->saved_flags ? core_->saved_flags.load() : ULONG{LOGOFF_ABORT};
    const ULONG given = flags;
    if (!core_->is_spooler) {
      (void)support->StoreLogoffTransports(&flags);
      Board::get().record("StoreLogoffTransports " + hex(given) + " -> " + hex(flags));
    }
    support->Release();
  }
  delete this;
  return 0;
}

STDMETHODIMP Store::GetProps(LPSPropTagArray tags, ULONG, ULONG* count, LPSPropValue* values) {
  if (!tags || tags->cValues != 1 || tags->aulPropTag[0] != PR_STORE_SUPPORT_MASK) return MAPI_E_NO_SUPPORT;
  if (core_->memory.allocate(sizeof(SPropValue), reinterpret_cast<LPVOID*>(values)) != S_OK)
    return MAPI_E_NOT_ENOUGH_MEMORY;
  *count = 1;
  **values = number(PR_STORE_SUPPORT_MASK, STORE_SUBMIT_OK | STORE_CREATE_OK | STORE_MODIFY_OK);
  return S_OK;
}

HRESULT open_entry(const CorePtr& core, ULONG size, const ENTRYID* id, ULONG flags, ULONG* type, LPUNKNOWN* out) {
  if (!core->open) return MAPI_E_INVALID_OBJECT;
  int n = 0;
  const char kind = parse_id(size, id, n);
  if (kind == 0) return MAPI_E_UNKNOWN_ENTRYID;
  if (kind != 'm') {
    *type = MAPI_FOLDER;
    *out = new Folder(core, kind);
    return S_OK;
  }
  const ItemPtr item = find_item(n);
  if (!item) return MAPI_E_NOT_FOUND;
  if (!core->is_spooler && item->is_locked) return MAPI_E_NO_ACCESS;
  if (!core->is_spooler && item->is_queued && (flags & MAPI_MODIFY) != 0) return MAPI_E_SUBMITTED;
  *type = MAPI_MESSAGE;
  *out = new Message(core, item);
  return S_OK;
}

STDMETHODIMP Store::OpenEntry(ULONG size, LPENTRYID id, LPCIID, ULONG flags, ULONG* type, LPUNKNOWN* out) {
  return open_entry(core_, size, id, flags, type, out);
}
STDMETHODIMP Store::StoreLogoff(ULONG* flags) {
  Board::get().record("IMsgStore::StoreLogoff " + hex(*flags));
  core_->saved_flags = *flags;
  *flags = 0;
  return S_OK;
}
STDMETHODIMP Store::GetReceiveFolder(LPTSTR, ULONG, ULONG* size, LPENTRYID* id, LPTSTR*) {
  if (!core_->open) return MAPI_E_INVALID_OBJECT;
  const std::string made = make_id('i');
  if (core_->memory.allocate(static_cast<ULONG>(made.size()), reinterpret_cast<LPVOID*>(id)) != S_OK)
    return MAPI_E_NOT_ENOUGH_MEMORY;
  std::memcpy(*id, made.data(), made.size());
  *size = static_cast<ULONG>(made.size());
  return S_OK;
}
STDMETHODIMP Store::AbortSubmit(ULONG size, LPENTRYID id, ULONG) {
  int n = 0;
  const ItemPtr item = parse_id(size, id, n) == 'm' ? find_item(n) : nullptr;
  if (!item) return MAPI_E_NOT_FOUND;
  if (!item->is_queued) return MAPI_E_NOT_IN_QUEUE;
  if (item->is_locked) return MAPI_E_UNABLE_TO_ABORT;
  item->is_queued = false;
  take_from_queue(*core_, item);
  return S_OK;
}
STDMETHODIMP Store::GetOutgoingQueue(ULONG flags, LPMAPITABLE* table) {
  if (!core_->is_spooler || flags != 0) return MAPI_E_NO_SUPPORT;
  Board::get().record("GetOutgoingQueue");
  return queue_of(*core_)->HrGetView(nullptr, nullptr, 0, table);
}
STDMETHODIMP Store::SetLockState(LPMESSAGE message, ULONG state) {
  if (FAILED(spooler_only())) return MAPI_E_NO_SUPPORT;
  if (!core_->open) return MAPI_E_INVALID_OBJECT;
  SizedSPropTagArray(1, tags) = {1, {PR_ENTRYID}};
  ULONG count = 0;
  LPSPropValue value = nullptr;
  if (message->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, &count, &value) != S_OK) return MAPI_E_CALL_FAILED;
  int n = 0;
  (void)parse_id(value->Value.bin.cb, reinterpret_cast<LPENTRYID>(value->Value.bin.lpb), n);
  core_->memory.release(value);
  const ItemPtr item = find_item(n);
  if (!item) return MAPI_E_NOT_FOUND;
  if (state == MSG_LOCKED && item->is_locked) return MAPI_E_NO_ACCESS;
  item->is_locked = state == MSG_LOCKED;
  Board::get().record(std::string("SetLockState ") + (state == MSG_LOCKED ? "locked" : "unlocked"));
  return message->SaveChanges(KEEP_OPEN_READWRITE);
}
STDMETHODIMP Store::FinishedMsg(ULONG flags, ULONG size, LPENTRYID id) {
  if (FAILED(spooler_only())) return MAPI_E_NO_SUPPORT;
  int n = 0;
  const ItemPtr item = parse_id(size, id, n) == 'm' ? find_item(n) : nullptr;
  if (!item || !item->is_locked) return MAPI_E_NOT_FOUND;
  {
    const std::lock_guard lock(box().mutex);
    item->is_locked = item->is_queued = false;
    item->folder = 's';
  }
  take_from_queue(*core_, item);
  Board::get().record("FinishedMsg " + hex(flags));
  return S_OK;
}
STDMETHODIMP Store::NotifyNewMail(LPNOTIFICATION notification) {
  if (FAILED(spooler_only())) return MAPI_E_NO_SUPPORT;
  const NEWMAIL_NOTIFICATION& mail = notification->info.newmail;
  int n = 0, parent = 0;
  const char kind = parse_id(mail.cbEntryID, mail.lpEntryID, n);
  const char folder = parse_id(mail.cbParentID, mail.lpParentID, parent);
  Board::get().record("NotifyNewMail " + hex(notification->ulEventType) + " " + (kind ? kind : '?') + " " +
                      (folder ? folder : '?'));
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
STDMETHODIMP Store::GetReceiveFolderTable(ULONG, LPMAPITABLE*) {
  return refuse();
}

class StoreLogonBase : public Unknown<IMSLogon> {
 public:
  explicit StoreLogonBase(CorePtr core) : core_(std::move(core)) {}
  HRESULT refuse() const { return MAPI_E_NO_SUPPORT; }
  MAPI_IMSLOGON_METHODS(override { return refuse(); })

 protected:
  CorePtr core_;
};

class StoreLogon final : public StoreLogonBase {
 public:
  using StoreLogonBase::StoreLogonBase;
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(static_cast<IMSLogon*>(this), {&IID_IUnknown, &IID_IMSLogon}, iid, out);
  }
  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = --count_;
    if (left != 0) return left;
    Board::get().record(core_->who() + "IMSLogon::Release 0");
    delete this;
    return 0;
  }
  STDMETHODIMP Logoff(ULONG* flags) override {
    Board::get().record(core_->who() + "IMSLogon::Logoff " + hex(*flags));
    core_->open = false;
    Board::get().set_support(core_->who() + "store", nullptr);
    if (IMAPISupport* support = core_->support.exchange(nullptr)) support->Release();
    return S_OK;
  }
  STDMETHODIMP OpenEntry(ULONG size, LPENTRYID id, LPCIID, ULONG flags, ULONG* type, LPUNKNOWN* out) override {
    return open_entry(core_, size, id, flags, type, out);
  }
};

class StoreProvider final : public Unknown<IMSProvider> {
 public:
  explicit StoreProvider(const Memory& memory) : memory_(memory) {}
  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = --count_;
    if (left != 0) return left;
    Board::get().record("IMSProvider::Release 0");
    delete this;
    return 0;
  }
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(static_cast<IMSProvider*>(this), {&IID_IUnknown, &IID_IMSProvider}, iid, out);
  }
  MAPI_IMSPROVIDER_METHODS(override)

 private:
  CorePtr make_core(IMAPISupport* support, bool is_spooler) const {
    auto core = std::make_shared<Core>();
    core->memory = memory_;
    core->is_spooler = is_spooler;
    core->support = support;
    support->AddRef();
    Board::get().set_support(core->who() + "store", support);
    return core;
  }
  const Memory memory_;
  LPMDB clients_ = nullptr;                  // for "same"; no reference
  std::atomic<const BYTE*> given_{nullptr};  // MAPI's since Logon returned: an address to compare, no more
};

STDMETHODIMP StoreProvider::Logon(LPMAPISUP support, ULONG_PTR, LPTSTR, ULONG, LPENTRYID, ULONG flags, LPCIID,
                                  ULONG* security_size, LPBYTE* security, LPMAPIERROR*, LPMSLOGON* logon,
                                  LPMDB* store) {
  Board::get().record("IMSProvider::Logon " + hex(flags));
  std::string id = make_id('s');
  ULONG size = 0;
  LPENTRYID wrapped = nullptr;
  HRESULT hr =
      support->WrapStoreEntryID(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), &size, &wrapped);
  LPPROFSECT section = nullptr;
  if (SUCCEEDED(hr)) hr = support->OpenProfileSection(nullptr, MAPI_MODIFY, &section);
  if (SUCCEEDED(hr)) {
    SPropValue value{};
    value.ulPropTag = PR_ENTRYID;
    value.Value.bin = {size, reinterpret_cast<LPBYTE>(wrapped)};
    hr = section->SetProps(1, &value, nullptr);
    section->Release();
  }
  memory_.release(wrapped);
  if (FAILED(hr)) return hr;
  MAPIUID uid = kUid;
  (void)support->SetProviderUID(&uid, 0);
  const std::size_t more = std::strtoul(Board::get().setting("store.ticket").c_str(), nullptr, 10);
  const auto ticket_size = static_cast<ULONG>(sizeof(kTicket) + more);
  if (memory_.allocate(ticket_size, reinterpret_cast<LPVOID*>(security)) != S_OK) return MAPI_E_NOT_ENOUGH_MEMORY;
  std::memset(*security, 0x5A, ticket_size);
  std::memcpy(*security, kTicket, sizeof(kTicket));
  *security_size = ticket_size;
  given_ = *security;
  const CorePtr core = make_core(support, false);
  *logon = new StoreLogon(core);
  *store = clients_ = new Store(core);
  return S_OK;
}

STDMETHODIMP StoreProvider::SpoolerLogon(LPMAPISUP support, ULONG_PTR, LPTSTR, ULONG size, LPENTRYID id, ULONG flags,
                                         LPCIID, ULONG security_size, LPBYTE security, LPMAPIERROR*, LPMSLOGON* logon,
                                         LPMDB* store) {
  int n = 0;
  const bool knows =
      security && security_size >= sizeof(kTicket) && std::memcmp(security, kTicket, sizeof(kTicket)) == 0;
  Board::get().record("IMSProvider::SpoolerLogon " + hex(flags) + (knows ? " ticket " : " - ") +
                      (parse_id(size, id, n) == 's' ? "mail" : "?"));
  if (!knows) return MAPI_E_LOGON_FAILED;
  Board::get().record(security == given_ ? "security block itself" : "security block copied");
  const std::string how = Board::get().setting("store.spooler");
  if (how == "same") {
    clients_->AddRef();
    *store = clients_;
    *logon = nullptr;
    return S_OK;
  }
  if (!how.empty()) return static_cast<HRESULT>(std::strtoul(how.c_str(), nullptr, 16));
  const CorePtr core = make_core(support, true);
  *logon = new StoreLogon(core);
  *store = new Store(core);
  return S_OK;
}
STDMETHODIMP StoreProvider::CompareStoreIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG,
                                            ULONG* result) {
  *result = size1 == size2 && std::memcmp(id1, id2, size1) == 0;
  return S_OK;
}
STDMETHODIMP StoreProvider::Shutdown(ULONG* flags) {
  Board::get().record("IMSProvider::Shutdown " + hex(*flags));
  return S_OK;
}

}  // namespace

void forget_mail() {
  Box& all = box();
  std::vector<ItemPtr> items;
  LPTABLEDATA queue = nullptr;
  {
    const std::lock_guard lock(all.mutex);
    items.swap(all.items);
    all.last = 0;
    std::swap(queue, all.queue);
  }
  if (queue) queue->Release();
}

int count_mail(char folder) {
  Box& all = box();
  const std::lock_guard lock(all.mutex);
  return static_cast<int>(std::count_if(all.items.begin(), all.items.end(), [&](const ItemPtr& item) {
    if (folder == 'o') return item->is_queued.load();
    return folder == 'O' ? item->folder == 'o' : item->folder == folder;
  }));
}

}  // namespace transport

extern "C" __attribute__((visibility("default"))) HRESULT STDMAPIINITCALLTYPE
MSProviderInit(HINSTANCE, LPMALLOC, LPALLOCATEBUFFER allocate, LPALLOCATEMORE more, LPFREEBUFFER release, ULONG, ULONG,
               ULONG* provider_version, LPMSPROVIDER* provider) {
  *provider_version = CURRENT_SPI_VERSION;
  *provider = new transport::StoreProvider({allocate, more, release});
  return S_OK;
}

// Configuration is all a store whose "store.spooler" is MAPI_E_UNCONFIGURED lacks.
extern "C" __attribute__((visibility("default"))) HRESULT STDAPICALLTYPE MailServiceEntry(HINSTANCE, LPMALLOC,
                                                                                          LPMAPISUP, ULONG_PTR, ULONG,
                                                                                          ULONG context, ULONG,
                                                                                          LPSPropValue, LPPROVIDERADMIN,
                                                                                          LPMAPIERROR*) {
  transport::Board& board = transport::Board::get();
  board.record("MailServiceEntry " + transport::hex(context));
  if (context == MSG_SERVICE_CONFIGURE) board.set("store.spooler", "");
  return S_OK;
}
