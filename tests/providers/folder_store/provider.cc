// SPDX-License-Identifier: Apache-2.0
// The tree, IMSProvider and what the library exports. The profile section says which store (0x6600, text) and, if the
// store is to have an identity, its name (0x6610), its search key (0x6611, text) and whether it has an entry id
// (0x6612).
#define USES_ALL_MAPI_GUIDS
#include <initguid.h>
#include <mapiguid.h>

#include <cstring>

#include "tree.h"

namespace folder_store {
namespace {

constexpr ULONG kName = PROP_TAG(PT_STRING8, 0x6600), kIdentity = PROP_TAG(PT_STRING8, 0x6610),
                kIdentityKey = PROP_TAG(PT_STRING8, 0x6611), kIdentityId = PROP_TAG(PT_LONG, 0x6612);

std::mutex trees_mutex;
std::map<std::string, TreePtr> trees;

}  // namespace

std::string make_id(char kind, const std::string& rest) {
  std::string id(4, '\0');
  id.append(reinterpret_cast<const char*>(kUid.ab), sizeof(kUid.ab));
  return id + kind + rest;
}

std::string store_name_of(ULONG size, const ENTRYID* id) {
  if (!id || size < 21 || std::memcmp(id->ab, kUid.ab, sizeof(kUid.ab)) != 0) return {};
  const std::string rest(reinterpret_cast<const char*>(id) + 21, size - 21);
  return rest.substr(0, rest.find('/'));
}

void set_binary(const Node& node, ULONG tag, const std::string& bytes) {
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.bin = {static_cast<ULONG>(bytes.size()), reinterpret_cast<LPBYTE>(const_cast<char*>(bytes.data()))};
  node.props->SetProps(1, &value, nullptr);
}
void set_long(const Node& node, ULONG tag, LONG number) {
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.l = number;
  node.props->SetProps(1, &value, nullptr);
}
void set_text(const Node& node, ULONG tag, const wchar_t* text) {
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.lpszW = const_cast<wchar_t*>(text);
  node.props->SetProps(1, &value, nullptr);
}

HRESULT give_id(const std::string& id, ULONG* size, LPENTRYID* out) {
  if (MAPIAllocateBuffer(static_cast<ULONG>(id.size()), reinterpret_cast<LPVOID*>(out)) != S_OK) {
    return MAPI_E_NOT_ENOUGH_MEMORY;
  }
  std::memcpy(*out, id.data(), id.size());
  *size = static_cast<ULONG>(id.size());
  return S_OK;
}

NodePtr Tree::add(char kind, const NodePtr& parent, const wchar_t* text) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  node->id = make_id(kind, kind == 's' ? name : name + "/" + std::to_string(++last));
  node->parent = parent;
  CreateIProp(&IID_IMAPIPropData, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, node->props.put());
  set_binary(*node, PR_ENTRYID, node->id);
  set_binary(*node, PR_INSTANCE_KEY, node->id);
  set_binary(*node, PR_RECORD_KEY, node->id);
  set_binary(*node, PR_STORE_ENTRYID, make_id('s', name));
  set_long(*node, PR_OBJECT_TYPE, kind == 'm' ? MAPI_MESSAGE : kind == 's' ? MAPI_STORE : MAPI_FOLDER);
  set_long(*node, PR_ACCESS_LEVEL, 0);
  if (kind != 'm') set_text(*node, PR_DISPLAY_NAME_W, text);
  if (kind != 's') by_id[node->id] = node;
  if (parent) parent->children.push_back(node);
  return node;
}

void Tree::remove(const NodePtr& node) {
  node->is_deleted = true;
  for (const auto& child : std::vector<NodePtr>(node->children)) remove(child);
  by_id.erase(node->id);
  if (const auto parent = node->parent.lock()) std::erase(parent->children, node);
}

NodePtr Tree::find(ULONG size, const ENTRYID* id) {
  const auto found = by_id.find(std::string(reinterpret_cast<const char*>(id), size));
  return found == by_id.end() ? nullptr : found->second;
}

TreePtr tree_of(const std::string& name) {
  const std::lock_guard lock(trees_mutex);
  TreePtr& tree = trees[name];
  if (tree) return tree;
  tree = std::make_shared<Tree>();
  tree->name = name;
  const std::wstring title(name.begin(), name.end());
  tree->store = tree->add('s', nullptr, title.c_str());
  set_long(*tree->store, PR_STORE_SUPPORT_MASK,
           STORE_ENTRYID_UNIQUE | STORE_SUBMIT_OK | STORE_CREATE_OK | STORE_MODIFY_OK | STORE_NOTIFY_OK);
  tree->root = tree->add('f', nullptr, L"");
  return tree;
}

void Core::close() {
  is_open = false;
  IMAPISupport* last = nullptr;
  {
    const std::lock_guard lock(mutex);
    last = std::exchange(support, nullptr);
  }
  if (last) last->Release();
}

void Core::tell(ULONG event, const NodePtr& node) {
  const auto target = use_support();
  if (!target) return;
  NOTIFICATION notification{};
  notification.ulEventType = event;
  notification.info.obj.cbEntryID = static_cast<ULONG>(node->id.size());
  notification.info.obj.lpEntryID = reinterpret_cast<LPENTRYID>(node->id.data());
  notification.info.obj.ulObjType = node->kind == 'm' ? MAPI_MESSAGE : MAPI_FOLDER;
  const std::string& id = tree->store->id;
  std::string key(sizeof(ULONG), '\0');
  const auto length = static_cast<ULONG>(id.size());
  std::memcpy(key.data(), &length, sizeof(length));
  key += id;
  ULONG flags = 0;
  target->Notify(reinterpret_cast<LPNOTIFKEY>(key.data()), 1, &notification, &flags);
}

namespace {

std::atomic<long> live_providers{0};

struct Settings {
  std::string name = "one", identity, identity_key;
  bool has_identity_id = false;
};

class Provider final : public IMSProvider {
 public:
  Provider() { ++live_providers; }
  virtual ~Provider() { --live_providers; }
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    *out = IsEqualGUID(iid, IID_IUnknown) || IsEqualGUID(iid, IID_IMSProvider) ? this : nullptr;
    if (!*out) return MAPI_E_INTERFACE_NOT_SUPPORTED;
    AddRef();
    return S_OK;
  }
  STDMETHODIMP_(ULONG) AddRef() override { return ++count_; }
  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = --count_;
    if (left == 0) delete this;
    return left;
  }
  MAPI_IMSPROVIDER_METHODS(override)

 private:
  static HRESULT read(IProfSect* section, Settings& settings);
  static HRESULT write(IMAPISupport* support, IProfSect* section, const Tree& tree);
  static void add_status_row(IMAPISupport* support, const Settings& settings, const Tree& tree);

  std::atomic<ULONG> count_{1};
  std::mutex mutex_;
  std::vector<std::weak_ptr<Core>> open_;
};

HRESULT Provider::read(IProfSect* section, Settings& settings) {
  SizedSPropTagArray(4, tags) = {4, {kName, kIdentity, kIdentityKey, kIdentityId}};
  ULONG count = 0;
  LPSPropValue values = nullptr;
  const HRESULT hr = section->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, &count, &values);
  if (FAILED(hr)) return hr;
  if (values[0].ulPropTag == kName) settings.name = values[0].Value.lpszA;
  if (values[1].ulPropTag == kIdentity) settings.identity = values[1].Value.lpszA;
  if (values[2].ulPropTag == kIdentityKey) settings.identity_key = values[2].Value.lpszA;
  settings.has_identity_id = values[3].ulPropTag == kIdentityId && values[3].Value.l != 0;
  MAPIFreeBuffer(values);
  return S_OK;
}

// PR_DISPLAY_NAME and PR_ENTRYID, wrapped, as a store owes them to its profile section.
HRESULT Provider::write(IMAPISupport* support, IProfSect* section, const Tree& tree) {
  ULONG size = 0;
  LPENTRYID wrapped = nullptr;
  const HRESULT hr = support->WrapStoreEntryID(static_cast<ULONG>(tree.store->id.size()),
                                               reinterpret_cast<LPENTRYID>(tree.store->id.data()), &size, &wrapped);
  if (FAILED(hr)) return hr;
  SPropValue values[2]{};
  values[0].ulPropTag = PR_ENTRYID;
  values[0].Value.bin = {size, reinterpret_cast<LPBYTE>(wrapped)};
  values[1].ulPropTag = PR_DISPLAY_NAME_A;
  values[1].Value.lpszA = const_cast<char*>(tree.name.c_str());
  const HRESULT set = section->SetProps(2, values, nullptr);
  // What the store itself tells of its id is wrapped as well.
  set_binary(*tree.store, PR_ENTRYID, std::string(reinterpret_cast<const char*>(wrapped), size));
  MAPIFreeBuffer(wrapped);
  return set;
}

void Provider::add_status_row(IMAPISupport* support, const Settings& settings, const Tree& tree) {
  if (settings.name == "quiet") return;                    // a store may do without a row
  const std::string id = make_id('i', settings.identity);  // providers of one service may share an identity
  SPropValue row[6]{};
  ULONG count = 0;
  row[count].ulPropTag = PR_DISPLAY_NAME_A;
  row[count++].Value.lpszA = const_cast<char*>(tree.name.c_str());
  row[count].ulPropTag = PR_STATUS_CODE;
  row[count++].Value.l = STATUS_AVAILABLE;
  row[count].ulPropTag = PR_RESOURCE_METHODS;
  row[count++].Value.l = STATUS_VALIDATE_STATE;
  if (!settings.identity.empty()) {
    row[count].ulPropTag = PR_IDENTITY_DISPLAY_A;
    row[count++].Value.lpszA = const_cast<char*>(settings.identity.c_str());
    row[count].ulPropTag = PR_IDENTITY_SEARCH_KEY;
    row[count++].Value.bin = {static_cast<ULONG>(settings.identity_key.size() + 1),
                              reinterpret_cast<LPBYTE>(const_cast<char*>(settings.identity_key.c_str()))};
  }
  if (settings.has_identity_id) {
    row[count].ulPropTag = PR_IDENTITY_ENTRYID;
    row[count++].Value.bin = {static_cast<ULONG>(id.size()), reinterpret_cast<LPBYTE>(const_cast<char*>(id.data()))};
  }
  support->ModifyStatusRow(count, row, 0);
}

STDMETHODIMP Provider::Shutdown(ULONG*) {
  return S_OK;
}

STDMETHODIMP Provider::Logon(LPMAPISUP support, ULONG_PTR, LPTSTR, ULONG size, LPENTRYID id, ULONG flags, LPCIID,
                             ULONG* security_size, LPBYTE* security, LPMAPIERROR* error, LPMSLOGON* logon,
                             LPMDB* store) {
  *security_size = 0;
  *security = nullptr;
  *error = nullptr;
  *logon = nullptr;
  Settings settings;
  Ptr<IProfSect> section;
  HRESULT hr = support->OpenProfileSection(nullptr, MAPI_MODIFY, section.put());
  if (SUCCEEDED(hr)) hr = read(section.get(), settings);
  if (FAILED(hr)) return hr;
  if (id) settings.name = store_name_of(size, id);
  if (settings.name.empty()) return MAPI_E_NOT_FOUND;
  if (settings.name == "readonly" && (flags & MDB_WRITE) != 0) return MAPI_E_NO_ACCESS;
  const std::lock_guard lock(mutex_);
  for (const auto& weak : open_) {
    const CorePtr core = weak.lock();
    if (!core || !core->is_open || core->tree->name != settings.name) continue;
    const std::lock_guard core_lock(core->mutex);
    if (!core->store) continue;
    return core->store->QueryInterface(IID_IMsgStore, reinterpret_cast<void**>(store));
  }
  auto core = std::make_shared<Core>();
  core->tree = tree_of(settings.name);
  core->writable = (flags & MDB_WRITE) != 0;
  hr = write(support, section.get(), *core->tree);
  if (FAILED(hr)) return hr;
  MAPIUID uid = kUid;
  support->SetProviderUID(&uid, 0);
  add_status_row(support, settings, *core->tree);
  support->AddRef();
  core->support = support;
  open_.push_back(core);
  make_logon(core, logon);
  return make_store(core, store);
}

STDMETHODIMP Provider::SpoolerLogon(LPMAPISUP, ULONG_PTR, LPTSTR, ULONG, LPENTRYID, ULONG, LPCIID, ULONG, LPBYTE,
                                    LPMAPIERROR*, LPMSLOGON*, LPMDB*) {
  return MAPI_E_NO_SUPPORT;
}

STDMETHODIMP Provider::CompareStoreIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG, ULONG* same) {
  *same = store_name_of(size1, id1) == store_name_of(size2, id2);
  return S_OK;
}

}  // namespace
}  // namespace folder_store

extern "C" {

__attribute__((visibility("default"))) HRESULT STDMAPIINITCALLTYPE MSProviderInit(HINSTANCE, LPMALLOC, LPALLOCATEBUFFER,
                                                                                  LPALLOCATEMORE, LPFREEBUFFER, ULONG,
                                                                                  ULONG, ULONG* version,
                                                                                  LPMSPROVIDER* provider) {
  *version = CURRENT_SPI_VERSION;
  *provider = new folder_store::Provider;
  return S_OK;
}

__attribute__((visibility("default"))) HRESULT STDAPICALLTYPE DllCanUnloadNow(void) {
  return folder_store::live_providers == 0 ? S_OK : S_FALSE;
}
}
