// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "tests/providers/unknown.h"
#include "tree.h"

namespace folder_store {
namespace {

using test_provider::give;
using test_provider::Unknown;

class Stream final : public Unknown<IStream> {
 public:
  explicit Stream(bool writable) : writable_(writable) {}
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_ISequentialStream, &IID_IStream}, iid, out);
  }
  STDMETHODIMP Read(VOID*, ULONG, ULONG* count) override {
    if (count) *count = 0;
    return S_OK;
  }
  STDMETHODIMP Write(const VOID*, ULONG size, ULONG* count) override {
    if (!writable_) return STG_E_ACCESSDENIED;
    if (count) *count = size;
    return S_OK;
  }
  STDMETHODIMP Seek(LARGE_INTEGER, DWORD, ULARGE_INTEGER*) override { return S_OK; }
  STDMETHODIMP SetSize(ULARGE_INTEGER) override { return S_OK; }
  STDMETHODIMP CopyTo(IStream*, ULARGE_INTEGER, ULARGE_INTEGER*, ULARGE_INTEGER*) override { return S_OK; }
  STDMETHODIMP Commit(DWORD) override { return S_OK; }
  STDMETHODIMP Revert() override { return S_OK; }
  STDMETHODIMP LockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP UnlockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP Stat(STATSTG*, DWORD) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP Clone(IStream**) override { return MAPI_E_NO_SUPPORT; }

 private:
  bool writable_;
};

// IMAPIProp over a node.
template <class I>
class Props : public Unknown<I> {
 public:
  Props(CorePtr core, NodePtr node, bool writable)
      : core_(std::move(core)), node_(std::move(node)), writable_(writable) {}

  HRESULT check(bool write = false) const {
    if (!core_->is_open) return MAPI_E_INVALID_OBJECT;
    if (node_->is_deleted) return MAPI_E_NOT_FOUND;
    return write && !writable_ ? MAPI_E_NO_ACCESS : S_OK;
  }
  HRESULT refuse() const { return core_->is_open ? MAPI_E_NO_SUPPORT : MAPI_E_INVALID_OBJECT; }

  STDMETHODIMP GetLastError(HRESULT, ULONG, LPMAPIERROR* error) override {
    *error = nullptr;
    return S_OK;
  }
  STDMETHODIMP SaveChanges(ULONG) override {
    if (const HRESULT hr = check(true); FAILED(hr)) return hr;
    core_->tell(fnevObjectModified, node_);
    return S_OK;
  }
  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG flags, ULONG* count, LPSPropValue* values) override {
    if (const HRESULT hr = check(); FAILED(hr)) return hr;
    const HRESULT hr = node_->props->GetProps(tags, flags, count, values);
    for (ULONG i = 0; SUCCEEDED(hr) && i < *count; ++i) {
      SPropValue& value = (*values)[i];
      if (PROP_ID(value.ulPropTag) == PROP_ID(PR_ACCESS_LEVEL)) {
        value.ulPropTag = PR_ACCESS_LEVEL;
        value.Value.l = writable_ ? MAPI_MODIFY : 0;
      }
      if (value.ulPropTag == PR_STORE_SUPPORT_MASK && !core_->writable) {
        value.Value.l &= ~(STORE_MODIFY_OK | STORE_CREATE_OK);
      }
    }
    return hr;
  }
  STDMETHODIMP GetPropList(ULONG flags, LPSPropTagArray* tags) override {
    const HRESULT hr = check();
    return FAILED(hr) ? hr : node_->props->GetPropList(flags, tags);
  }
  STDMETHODIMP OpenProperty(ULONG, LPCIID iid, ULONG, ULONG flags, LPUNKNOWN* out) override {
    if (const HRESULT hr = check((flags & (MAPI_MODIFY | MAPI_CREATE)) != 0); FAILED(hr)) return hr;
    if (!iid || !IsEqualGUID(*iid, IID_IStream)) return MAPI_E_INTERFACE_NOT_SUPPORTED;
    *out = new Stream((flags & MAPI_MODIFY) != 0);
    return S_OK;
  }
  STDMETHODIMP SetProps(ULONG count, LPSPropValue values, LPSPropProblemArray* problems) override {
    const HRESULT hr = check(true);
    return FAILED(hr) ? hr : node_->props->SetProps(count, values, problems);
  }
  STDMETHODIMP DeleteProps(LPSPropTagArray tags, LPSPropProblemArray* problems) override {
    const HRESULT hr = check(true);
    return FAILED(hr) ? hr : node_->props->DeleteProps(tags, problems);
  }
  STDMETHODIMP CopyTo(ULONG excluded, LPCIID iids, LPSPropTagArray tags, ULONG_PTR ui, LPMAPIPROGRESS progress,
                      LPCIID iid, LPVOID destination, ULONG flags, LPSPropProblemArray* problems) override {
    const auto support = core_->use_support();
    if (!support) return MAPI_E_INVALID_OBJECT;
    return support->DoCopyTo(&own_iid(), this, excluded, iids, tags, ui, progress, iid, destination, flags, problems);
  }
  STDMETHODIMP CopyProps(LPSPropTagArray tags, ULONG_PTR ui, LPMAPIPROGRESS progress, LPCIID iid, LPVOID destination,
                         ULONG flags, LPSPropProblemArray* problems) override {
    const auto support = core_->use_support();
    if (!support) return MAPI_E_INVALID_OBJECT;
    return support->DoCopyProps(&own_iid(), this, tags, ui, progress, iid, destination, flags, problems);
  }
  STDMETHODIMP GetNamesFromIDs(LPSPropTagArray* tags, LPGUID set, ULONG flags, ULONG* count,
                               LPMAPINAMEID** names) override {
    return node_->props->GetNamesFromIDs(tags, set, flags, count, names);
  }
  STDMETHODIMP GetIDsFromNames(ULONG count, LPMAPINAMEID* names, ULONG flags, LPSPropTagArray* tags) override {
    return node_->props->GetIDsFromNames(count, names, flags, tags);
  }

 protected:
  virtual const IID& own_iid() const = 0;
  CorePtr core_;
  NodePtr node_;
  bool writable_;
};

HRESULT empty_table(ULONG key, LPMAPITABLE* table) {
  SizedSPropTagArray(1, columns) = {1, {key}};
  Ptr<ITableData> data;
  const SCODE made = CreateTable(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr,
                                 TBLTYPE_SNAPSHOT, key, reinterpret_cast<LPSPropTagArray>(&columns), data.put());
  return FAILED(made) ? made : data->HrGetView(nullptr, nullptr, 0, table);
}

class MessageBase : public Props<IMessage> {
 public:
  using Props::Props;
  MAPI_IMESSAGE_METHODS(override { return refuse(); })
};

// Without recipients and attachments.
class Message final : public MessageBase {
 public:
  using MessageBase::MessageBase;
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_IMAPIProp, &IID_IMessage}, iid, out);
  }
  STDMETHODIMP GetAttachmentTable(ULONG, LPMAPITABLE* table) override {
    const HRESULT hr = check();
    return FAILED(hr) ? hr : empty_table(PR_ATTACH_NUM, table);
  }
  STDMETHODIMP GetRecipientTable(ULONG, LPMAPITABLE* table) override {
    const HRESULT hr = check();
    return FAILED(hr) ? hr : empty_table(PR_ROWID, table);
  }

 private:
  const IID& own_iid() const override { return IID_IMessage; }
};

std::wstring wide(LPTSTR text, ULONG flags) {
  if (!text) return {};
  if ((flags & MAPI_UNICODE) != 0) return reinterpret_cast<const wchar_t*>(text);
  const std::string narrow(reinterpret_cast<const char*>(text));
  return {narrow.begin(), narrow.end()};
}

class FolderBase : public Props<IMAPIFolder> {
 public:
  using Props::Props;
  MAPI_IMAPICONTAINER_METHODS(override { return refuse(); })
  MAPI_IMAPIFOLDER_METHODS(override { return refuse(); })
};

class Folder final : public FolderBase {
 public:
  using FolderBase::FolderBase;
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_IMAPIProp, &IID_IMAPIContainer, &IID_IMAPIFolder}, iid, out);
  }
  STDMETHODIMP GetContentsTable(ULONG flags, LPMAPITABLE* table) override { return list('m', flags, table); }
  STDMETHODIMP GetHierarchyTable(ULONG flags, LPMAPITABLE* table) override { return list('f', flags, table); }
  STDMETHODIMP OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) override {
    return open_node(core_, size, id, iid, flags, type, out);
  }
  STDMETHODIMP CreateMessage(LPCIID, ULONG, LPMESSAGE* out) override {
    if (const HRESULT hr = check(true); FAILED(hr)) return hr;
    const std::lock_guard lock(core_->tree->mutex);
    const NodePtr node = core_->tree->add('m', node_, L"");
    set_long(*node, PR_MESSAGE_FLAGS, MSGFLAG_UNSENT);
    *out = new Message(core_, node, true);
    core_->tell(fnevObjectCreated, node);
    return S_OK;
  }
  STDMETHODIMP CreateFolder(ULONG type, LPTSTR name, LPTSTR, LPCIID, ULONG flags, LPMAPIFOLDER* out) override {
    if (const HRESULT hr = check(true); FAILED(hr)) return hr;
    if (type != FOLDER_GENERIC) return MAPI_E_INVALID_PARAMETER;
    const std::wstring wanted = wide(name, flags);
    const std::lock_guard lock(core_->tree->mutex);
    NodePtr node = child(wanted);
    if (node && (flags & OPEN_IF_EXISTS) == 0) return MAPI_E_COLLISION;
    if (!node) {
      node = core_->tree->add('f', node_, wanted.c_str());
      core_->tell(fnevObjectCreated, node);
    }
    *out = new Folder(core_, node, true);
    return S_OK;
  }
  STDMETHODIMP DeleteFolder(ULONG size, LPENTRYID id, ULONG_PTR, LPMAPIPROGRESS, ULONG) override {
    return remove(size, id, 'f');
  }
  STDMETHODIMP DeleteMessages(LPENTRYLIST list, ULONG_PTR, LPMAPIPROGRESS, ULONG) override {
    if (const HRESULT hr = check(true); FAILED(hr)) return hr;
    for (ULONG i = 0; i < list->cValues; ++i) {
      const SBinary& id = list->lpbin[i];
      if (const HRESULT hr = remove(id.cb, reinterpret_cast<LPENTRYID>(id.lpb), 'm'); FAILED(hr)) return hr;
    }
    return S_OK;
  }
  STDMETHODIMP GetMessageStatus(ULONG size, LPENTRYID id, ULONG, ULONG* status) override {
    if (const HRESULT hr = check(); FAILED(hr)) return hr;
    const std::lock_guard lock(core_->tree->mutex);
    const NodePtr node = core_->tree->find(size, id);
    if (!node) return MAPI_E_NOT_FOUND;
    *status = node->status;
    return S_OK;
  }
  STDMETHODIMP SetMessageStatus(ULONG size, LPENTRYID id, ULONG value, ULONG mask, ULONG* old) override {
    if (const HRESULT hr = check(true); FAILED(hr)) return hr;
    const std::lock_guard lock(core_->tree->mutex);
    const NodePtr node = core_->tree->find(size, id);
    if (!node) return MAPI_E_NOT_FOUND;
    if (old) *old = node->status;
    node->status = (node->status & ~mask) | (value & mask);
    return S_OK;
  }
  STDMETHODIMP CopyMessages(LPENTRYLIST list, LPCIID iid, LPVOID destination, ULONG_PTR ui, LPMAPIPROGRESS progress,
                            ULONG flags) override {
    const auto support = core_->use_support();
    if (!support) return MAPI_E_INVALID_OBJECT;
    return support->CopyMessages(&IID_IMAPIFolder, this, list, iid, destination, ui, progress, flags);
  }
  STDMETHODIMP CopyFolder(ULONG size, LPENTRYID id, LPCIID iid, LPVOID destination, LPTSTR name, ULONG_PTR ui,
                          LPMAPIPROGRESS progress, ULONG flags) override {
    const auto support = core_->use_support();
    if (!support) return MAPI_E_INVALID_OBJECT;
    return support->CopyFolder(&IID_IMAPIFolder, this, size, id, iid, destination, name, ui, progress, flags);
  }

 private:
  const IID& own_iid() const override { return IID_IMAPIFolder; }
  NodePtr child(const std::wstring& name) const {
    for (const NodePtr& node : node_->children) {
      LPSPropValue value = nullptr;
      if (node->kind != 'f' || FAILED(HrGetOneProp(node->props.get(), PR_DISPLAY_NAME_W, &value))) continue;
      const bool is_it = name == value->Value.lpszW;
      MAPIFreeBuffer(value);
      if (is_it) return node;
    }
    return nullptr;
  }
  HRESULT remove(ULONG size, LPENTRYID id, char kind) {
    if (const HRESULT hr = check(true); FAILED(hr)) return hr;
    const std::lock_guard lock(core_->tree->mutex);
    const NodePtr node = core_->tree->find(size, id);
    if (!node || node->kind != kind) return MAPI_E_NOT_FOUND;
    core_->tree->remove(node);
    core_->tell(fnevObjectDeleted, node);
    return S_OK;
  }
  HRESULT list(char kind, ULONG flags, LPMAPITABLE* table) const {
    if (const HRESULT hr = check(); FAILED(hr)) return hr;
    if ((flags & ~(MAPI_UNICODE | MAPI_DEFERRED_ERRORS)) != 0) return MAPI_E_NO_SUPPORT;
    SizedSPropTagArray(6, columns) = {
        6, {PR_INSTANCE_KEY, PR_ENTRYID, PR_DISPLAY_NAME_W, PR_OBJECT_TYPE, PR_MESSAGE_FLAGS, PR_SUBJECT_W}};
    Ptr<ITableData> data;
    const SCODE made =
        CreateTable(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, TBLTYPE_SNAPSHOT,
                    PR_INSTANCE_KEY, reinterpret_cast<LPSPropTagArray>(&columns), data.put());
    if (FAILED(made)) return made;
    const std::lock_guard lock(core_->tree->mutex);
    for (const NodePtr& node : node_->children) {
      if (node->kind != kind) continue;
      ULONG count = 0;
      LPSPropValue values = nullptr;
      node->props->GetProps(reinterpret_cast<LPSPropTagArray>(&columns), MAPI_UNICODE, &count, &values);
      SRow row{0, count, values};
      data->HrModifyRow(&row);
      MAPIFreeBuffer(values);
    }
    return data->HrGetView(nullptr, nullptr, 0, table);
  }
};

class StatusBase : public Props<IMAPIStatus> {
 public:
  using Props::Props;
  MAPI_IMAPISTATUS_METHODS(override { return refuse(); })
};

class StatusEntry final : public StatusBase {
 public:
  using StatusBase::StatusBase;
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_IMAPIProp, &IID_IMAPIStatus}, iid, out);
  }
  STDMETHODIMP ValidateState(ULONG_PTR, ULONG) override { return check(); }

 private:
  const IID& own_iid() const override { return IID_IMAPIStatus; }
};

class StoreBase : public Props<IMsgStore> {
 public:
  using Props::Props;
  MAPI_IMSGSTORE_METHODS(override { return refuse(); })
};

}  // namespace

class Store final : public StoreBase {
 public:
  using StoreBase::StoreBase;
  ~Store() override {
    {
      const std::lock_guard lock(core_->mutex);
      core_->store = nullptr;
    }
    if (const auto support = core_->use_support()) {
      ULONG flags = LOGOFF_ABORT;
      support->StoreLogoffTransports(&flags);
    }
    core_->close();
  }
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_IMAPIProp, &IID_IMsgStore}, iid, out);
  }
  STDMETHODIMP OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) override {
    return open_node(core_, size, id, iid, flags, type, out);
  }
  STDMETHODIMP SetReceiveFolder(LPTSTR, ULONG, ULONG size, LPENTRYID id) override {
    if (const HRESULT hr = check(true); FAILED(hr)) return hr;
    const std::lock_guard lock(core_->tree->mutex);
    const NodePtr node = core_->tree->find(size, id);
    if (!node) return MAPI_E_NOT_FOUND;
    core_->tree->receive_folder = node->id;
    return S_OK;
  }
  STDMETHODIMP GetReceiveFolder(LPTSTR, ULONG, ULONG* size, LPENTRYID* id, LPTSTR* explicit_class) override {
    if (const HRESULT hr = check(); FAILED(hr)) return hr;
    if (explicit_class) *explicit_class = nullptr;
    const std::lock_guard lock(core_->tree->mutex);
    const std::string& folder = core_->tree->receive_folder;
    return give_id(folder.empty() ? core_->tree->root->id : folder, size, id);
  }
  STDMETHODIMP Advise(ULONG size, LPENTRYID id, ULONG events, LPMAPIADVISESINK sink, ULONG_PTR* connection) override {
    const auto support = core_->use_support();
    if (!support) return MAPI_E_INVALID_OBJECT;
    std::string key(sizeof(ULONG), '\0');
    key += id ? std::string(reinterpret_cast<const char*>(id), size) : core_->tree->store->id;
    const auto length = static_cast<ULONG>(key.size() - sizeof(ULONG));
    std::memcpy(key.data(), &length, sizeof(length));
    return support->Subscribe(reinterpret_cast<LPNOTIFKEY>(key.data()), events, 0, sink, connection);
  }
  STDMETHODIMP Unadvise(ULONG_PTR connection) override {
    const auto support = core_->use_support();
    return support ? support->Unsubscribe(connection) : MAPI_E_INVALID_OBJECT;
  }
  STDMETHODIMP CompareEntryIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG, ULONG* same) override {
    *same = size1 == size2 && std::memcmp(id1, id2, size1) == 0;
    return S_OK;
  }

 private:
  const IID& own_iid() const override { return IID_IMsgStore; }
};

namespace {

class Logon final : public Unknown<IMSLogon> {
 public:
  explicit Logon(CorePtr core) : core_(std::move(core)) {}
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_IMSLogon}, iid, out);
  }
  STDMETHODIMP GetLastError(HRESULT, ULONG, LPMAPIERROR* error) override {
    *error = nullptr;
    return S_OK;
  }
  STDMETHODIMP Logoff(ULONG* flags) override {
    if (!flags || *flags != 0) return MAPI_E_INVALID_PARAMETER;
    core_->close();
    return S_OK;
  }
  STDMETHODIMP OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) override {
    return open_node(core_, size, id, iid, flags, type, out);
  }
  STDMETHODIMP CompareEntryIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG, ULONG* same) override {
    *same = size1 == size2 && std::memcmp(id1, id2, size1) == 0;
    return S_OK;
  }
  STDMETHODIMP Advise(ULONG, LPENTRYID, ULONG, LPMAPIADVISESINK, ULONG_PTR*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP Unadvise(ULONG_PTR) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP OpenStatusEntry(LPCIID, ULONG flags, ULONG* type, LPVOID* out) override {
    if (!core_->is_open) return MAPI_E_INVALID_OBJECT;
    *type = MAPI_STATUS;
    *out = static_cast<IMAPIStatus*>(new StatusEntry(core_, core_->tree->store, (flags & MAPI_MODIFY) != 0));
    return S_OK;
  }

 private:
  CorePtr core_;
};

}  // namespace

HRESULT open_node(const CorePtr& core, ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) {
  if (!core->is_open) return MAPI_E_INVALID_OBJECT;
  if ((flags & MAPI_MODIFY) != 0 && !core->writable) return MAPI_E_NO_ACCESS;
  const bool writable = core->writable && (flags & (MAPI_MODIFY | MAPI_BEST_ACCESS)) != 0;
  const std::lock_guard lock(core->tree->mutex);
  NodePtr node = id ? core->tree->find(size, id) : core->tree->root;
  if (!node && id && store_name_of(size, id) != core->tree->name) return MAPI_E_UNKNOWN_ENTRYID;
  if (!node) {
    if ((flags & MAPI_DEFERRED_ERRORS) == 0) return MAPI_E_NOT_FOUND;
    node = std::make_shared<Node>();  // what is wrong shows with the first use
    node->is_deleted = true;
  }
  Ptr<IMAPIProp> object;
  if (node->kind == 'm') {
    *object.put() = new Message(core, node, writable);
  } else {
    *object.put() = new Folder(core, node, writable);
  }
  const HRESULT hr = object->QueryInterface(iid                 ? *iid
                                            : node->kind == 'm' ? IID_IMessage
                                                                : IID_IMAPIFolder,
                                            reinterpret_cast<void**>(out));
  *type = node->kind == 'm' ? MAPI_MESSAGE : MAPI_FOLDER;
  return hr;
}

HRESULT make_store(const CorePtr& core, IMsgStore** out) {
  auto* store = new Store(core, core->tree->store, core->writable);
  core->store = store;
  *out = store;
  return S_OK;
}

HRESULT make_logon(const CorePtr& core, IMSLogon** out) {
  *out = new Logon(core);
  return S_OK;
}

}  // namespace folder_store
