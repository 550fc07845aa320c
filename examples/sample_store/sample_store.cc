// SPDX-License-Identifier: Apache-2.0
// A message store provider, small enough to be read in one sitting: folders and messages in memory, text as Unicode.
// README.md tells how it works. It links nothing; Core::run holds the lock of the store, so any thread may call.
#define USES_ALL_MAPI_GUIDS
#include <initguid.h>
#include <mapiary/provider.h>
#include <mapiutil.h>

#include <algorithm>
#include <mutex>
#include <utility>

namespace {

using namespace mapiary::provider;

constexpr ULONG kNameTag = PROP_TAG(PT_UNICODE, 0x6600);          // the configuration: which store
constexpr ULONG kStore = 0, kRoot = 1, kSubtree = 2, kNew = ~0u;  // numbers of objects; kNew is in no tree
constexpr ULONG kEvents = fnevObjectCreated | fnevObjectModified;
constexpr char kFamily[] = "SAMPLE\x01\x02";  // first half of every uid; a provider of your own takes its own
// ---- The data of a store. Callers hold the mutex.
struct Node {
  ULONG parent, type;  // MAPI_STORE, MAPI_FOLDER or MAPI_MESSAGE
  Props props;
};
struct Tree {
  explicit Tree(const std::wstring& store) : name(store), uid(uid_of(store)) {
    Props folder;
    set(folder, PR_DISPLAY_NAME_W, L"Top");
    nodes[kStore] = {kNew, MAPI_STORE, {}};
    for (const ULONG number : {kRoot, kSubtree}) nodes[number] = {number - 1, MAPI_FOLDER, folder};
  }
  static std::shared_ptr<Tree> of(const std::wstring& name) {
    static std::mutex mutex;
    static std::map<std::wstring, std::shared_ptr<Tree>> all;  // kept while the library is loaded
    const std::lock_guard<std::mutex> lock(mutex);
    auto& tree = all[name];
    return tree ? tree : tree = std::make_shared<Tree>(name);
  }
  // One for each store: in an entry id it leads the session to the right logon object.
  static std::string uid_of(const std::wstring& name) {
    unsigned long long hash = 14695981039346656037u;  // FNV-1a
    for (const wchar_t c : name) hash = (hash ^ static_cast<unsigned long long>(c)) * 1099511628211u;
    return kFamily + bytes_of(&hash, sizeof hash);
  }
  // An entry id: four flags, the uid, the number; the store's ends with its name, by which it is found again.
  std::string id(ULONG number) const {
    const std::string head = std::string(4, '\0') + uid + bytes_of(&number, 4);
    return number == kStore ? head + bytes_of(name.data(), name.size() * sizeof(wchar_t)) : head;
  }
  ULONG number_of(ULONG size, const void* id) const {  // kNew: not of this store
    ULONG number = kNew;
    if (id && size >= 24) std::memcpy(&number, static_cast<const char*>(id) + 20, 4);
    return number != kNew && this->id(number).substr(4) == bytes_of(id, size).substr(4) ? number : kNew;
  }
  static std::wstring name_in(ULONG size, const void* id) {  // empty: not the entry id of such a store
    std::wstring name(id && size > 24 ? (size - 24) / sizeof(wchar_t) : 0, L' ');
    if (!name.empty()) std::memcpy(name.data(), static_cast<const char*>(id) + 24, name.size() * sizeof(wchar_t));
    return !name.empty() && uid_of(name) == bytes_of(id, size).substr(4, 16) ? name : L"";
  }
  std::vector<ULONG> children(ULONG parent, ULONG type) const {
    std::vector<ULONG> result;
    for (const auto& [number, node] : nodes)
      if (node.parent == parent && node.type == type) result.push_back(number);
    return result;
  }
  ULONG add(ULONG parent, ULONG type, const Props& props) {
    return nodes.insert({nodes.rbegin()->first + 1, {parent, type, props}}).first->first;
  }

  const std::wstring name;
  const std::string uid;
  std::mutex mutex;
  std::map<ULONG, Node> nodes;
};

// ---- One logon: what the store, its logon object and everything opened from them share
class Core {
 public:
  Core(const Memory& routines, const std::wstring& name, std::shared_ptr<IMAPISupport> support, bool may_write)
      : memory(routines), tree(Tree::of(name)), is_writable(may_write), support_(std::move(support)) {}
  // Says to the profile and the session which store this is.
  HRESULT introduce(IProfSect& section) {
    std::string uid = tree->uid;
    wrapped_id = wrapped_store_id(memory, *support_, tree->id(kStore));
    const bool is_configured = !tree->name.empty();
    Props row;
    set(row, PR_PROVIDER_DISPLAY_W, L"Sample store");
    set(row, PR_DISPLAY_NAME_W, is_configured ? tree->name : L"Sample store");
    Props props = row;
    if (is_configured) set(props, PR_ENTRYID, wrapped_id), set(props, PR_RECORD_KEY, uid);
    set(row, PR_STATUS_CODE, STATUS_AVAILABLE);
    HRESULT hr = with_values(memory, props, [&](ULONG n, LPSPropValue v) { return section.SetProps(n, v, nullptr); });
    if (SUCCEEDED(hr) && !is_configured) hr = MAPI_E_UNCONFIGURED;
    if (SUCCEEDED(hr)) hr = support_->SetProviderUID(reinterpret_cast<LPMAPIUID>(uid.data()), 0);
    if (FAILED(hr)) return hr;
    return with_values(memory, row, [&](ULONG n, LPSPropValue v) { return support_->ModifyStatusRow(n, v, 0); });
  }
  // All methods go through here: nothing works after the logoff, nothing is thrown at the caller.
  template <class Work>
  HRESULT run(Work work) noexcept try {
    std::unique_lock<std::mutex> lock(tree->mutex);
    if (!support_) return MAPI_E_INVALID_OBJECT;
    const HRESULT hr = work();
    const auto support = support_;
    const auto changes = std::exchange(changes_, {});
    lock.unlock();  // sinks may call back
    for (const Change& change : changes) publish(*support, tree->uid, change);
    return hr;
  } catch (...) {
    return MAPI_E_NOT_ENOUGH_MEMORY;
  }
  HRESULT refuse() {
    return run([] { return MAPI_E_NO_SUPPORT; });
  }
  std::shared_ptr<IMAPISupport> support() {  // NULL after the logoff
    const std::lock_guard<std::mutex> lock(tree->mutex);
    return support_;
  }
  void log_off() {
    std::shared_ptr<IMAPISupport> mine;  // released when the lock is gone: MAPI calls us back
    const std::lock_guard<std::mutex> lock(tree->mutex);
    mine.swap(support_);
    store = nullptr;
  }
  Props describe(ULONG number, Props props) const {  // adds what is computed
    set(props, PR_STORE_ENTRYID, wrapped_id);
    set(props, PR_STORE_RECORD_KEY, tree->uid);
    if (number == kNew) return props;
    const Node& node = tree->nodes.at(number);
    set(props, PR_ENTRYID, number == kStore ? wrapped_id : tree->id(number));
    set(props, PR_RECORD_KEY, number == kStore ? tree->uid : tree->id(number));
    set(props, PR_INSTANCE_KEY, tree->id(number));
    set(props, PR_OBJECT_TYPE, node.type);
    if (node.type == MAPI_STORE) {
      set(props, PR_DISPLAY_NAME_W, tree->name);
      set(props, PR_IPM_SUBTREE_ENTRYID, tree->id(kSubtree));
      set(props, PR_STORE_SUPPORT_MASK, STORE_NOTIFY_OK | (is_writable ? STORE_MODIFY_OK | STORE_CREATE_OK : 0));
    } else {
      set(props, PR_PARENT_ENTRYID, tree->id(std::max(node.parent, kRoot)));
    }
    if (node.type != MAPI_FOLDER) return props;
    set(props, PR_FOLDER_TYPE, number == kRoot ? FOLDER_ROOT : FOLDER_GENERIC);
    set(props, PR_CONTENT_COUNT, static_cast<ULONG>(tree->children(number, MAPI_MESSAGE).size()));
    set(props, PR_SUBFOLDERS, tree->children(number, MAPI_FOLDER).empty() ? 0u : 1u);
    return props;
  }
  void changed(ULONG event, ULONG number) {  // told when run() is done
    const Node& node = tree->nodes.at(number);
    changes_.push_back({event, node.type, tree->id(number), tree->id(node.parent)});
  }
  HRESULT advise(const std::string& topic, ULONG events, LPMAPIADVISESINK sink, ULONG_PTR* connection) {
    const auto kept = support();
    return kept && events ? subscribe(*kept, topic, events, sink, connection) : refuse();
  }
  HRESULT unadvise(ULONG_PTR connection) {
    const auto kept = support();
    return kept ? kept->Unsubscribe(connection) : refuse();
  }

  const Memory memory;
  const std::shared_ptr<Tree> tree;
  const bool is_writable;
  std::string wrapped_id;      // the store's entry id as clients know it
  IMsgStore* store = nullptr;  // while it has references

 private:
  std::vector<Change> changes_;
  std::shared_ptr<IMAPISupport> support_;
};
using CorePtr = std::shared_ptr<Core>;

// ---- Objects. What they do not override is refused.
template <class I>
class Shared : public Refusing<I> {
 public:
  explicit Shared(CorePtr core) : core_(std::move(core)) {}
  HRESULT refuse() override { return core_->refuse(); }
  STDMETHODIMP GetLastError(HRESULT, ULONG, LPMAPIERROR* error) override {
    *error = nullptr;  // nothing is known beyond the code
    return S_OK;
  }

 protected:
  const CorePtr core_;
};
template <class I>
class Object : public Shared<I> {
 public:
  Object(const CorePtr& core, ULONG number, bool may_write) : Shared<I>(core), number_(number), may_write_(may_write) {}
  STDMETHODIMP SaveChanges(ULONG) override {
    return this->core_->run([] { return S_OK; });
  }
  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG, ULONG* count, LPSPropValue* out) override {
    return this->core_->run([&] {
      Props props = this->core_->describe(number_, stored());
      set(props, PR_ACCESS_LEVEL, may_write_ ? MAPI_MODIFY : 0);
      return give(this->core_->memory, props, tags, count, out);
    });
  }
  STDMETHODIMP SetProps(ULONG count, LPSPropValue values, LPSPropProblemArray* problems) override {
    return this->core_->run([&] {
      if (!may_write_) return MAPI_E_NO_ACCESS;
      Block block = allocate(this->core_->memory, CbNewSPropProblemArray(count));
      auto* found = static_cast<LPSPropProblemArray>(block.get());
      const Props computed = this->core_->describe(number_, {});
      for (ULONG i = 0; i < count; ++i) {
        const bool is_ours = computed.count(PROP_ID(values[i].ulPropTag)) == 0;
        const SCODE code = is_ours ? take(stored(), values[i]) : MAPI_E_COMPUTED;
        if (FAILED(code)) found->aProblem[found->cProblem++] = {i, values[i].ulPropTag, code};
      }
      if (problems) *problems = found->cProblem ? static_cast<LPSPropProblemArray>(block.release()) : nullptr;
      return S_OK;
    });
  }

 protected:
  virtual Props& stored() { return this->core_->tree->nodes.at(number_).props; }
  ULONG number_;
  const bool may_write_;
};

class Message final : public Object<IMessage> {  // changes stay in the object until SaveChanges
 public:
  Message(const CorePtr& core, ULONG parent, ULONG number, bool may_write)
      : Object(core, number, may_write), parent_(parent) {
    set(own_, PR_MESSAGE_CLASS_W, L"IPM.Note");
    if (number != kNew) own_ = core->tree->nodes.at(number).props;
  }
  STDMETHODIMP SaveChanges(ULONG) override {
    return core_->run([&] {
      if (!may_write_) return MAPI_E_NO_ACCESS;
      const ULONG event = number_ == kNew ? fnevObjectCreated : fnevObjectModified;
      if (number_ == kNew) number_ = core_->tree->add(parent_, MAPI_MESSAGE, own_);
      Object::stored() = own_;
      core_->changed(event, number_);
      return S_OK;
    });
  }

 private:
  Props& stored() override { return own_; }
  const ULONG parent_;
  Props own_;
};

class Table final : public Shared<IMAPITable> {  // of one folder, as it is at each call
 public:
  Table(const CorePtr& core, ULONG folder, ULONG type) : Shared(core), folder_(folder), type_(type) {}
  STDMETHODIMP Advise(ULONG events, LPMAPIADVISESINK sink, ULONG_PTR* connection) override {
    return core_->advise(table_topic(core_->tree->id(folder_)), events & fnevTableModified, sink, connection);
  }
  STDMETHODIMP Unadvise(ULONG_PTR connection) override { return core_->unadvise(connection); }
  STDMETHODIMP SetColumns(LPSPropTagArray tags, ULONG) override {
    return core_->run([&] { return columns_.assign(&tags->cValues, tags->aulPropTag + tags->cValues), S_OK; });
  }
  STDMETHODIMP GetRowCount(ULONG, ULONG* count) override {
    return core_->run([&] { return *count = static_cast<ULONG>(rows().size()), S_OK; });
  }
  STDMETHODIMP SeekRow(BOOKMARK origin, LONG count, LONG* sought) override {
    return core_->run([&] {
      const auto size = static_cast<LONG>(rows().size());
      const LONG from = origin == BOOKMARK_BEGINNING ? 0 : origin == BOOKMARK_END ? size : position_;
      position_ = std::clamp(from + count, 0, size);
      if (sought) *sought = position_ - from;
      return S_OK;
    });
  }
  STDMETHODIMP QueryRows(LONG count, ULONG flags, LPSRowSet* out) override {
    return core_->run([&] {
      const std::vector<ULONG> all = rows();
      const auto left = static_cast<LONG>(all.size()) - position_;
      if (count < 0) return MAPI_E_NO_SUPPORT;  // backward
      Block block = allocate(core_->memory, CbNewSRowSet(std::max(left, 0)));
      auto* set = static_cast<LPSRowSet>(block.get());
      const auto* tags = columns_.empty() ? nullptr : reinterpret_cast<const SPropTagArray*>(columns_.data());
      for (LONG i = 0; i < std::min(left, count); ++i) {
        const ULONG number = all[static_cast<size_t>(position_ + i)];
        SRow& row = set->aRow[set->cRows++];
        give(core_->memory, core_->describe(number, core_->tree->nodes.at(number).props), tags, &row.cValues,
             &row.lpProps);
      }
      if ((flags & TBL_NOADVANCE) == 0) position_ += static_cast<LONG>(set->cRows);
      *out = static_cast<LPSRowSet>(block.release());
      return S_OK;
    });
  }

 private:
  std::vector<ULONG> rows() const { return core_->tree->children(folder_, type_); }
  const ULONG folder_, type_;
  LONG position_ = 0;
  std::vector<ULONG> columns_;  // laid out as SPropTagArray
};

HRESULT open_entry(const CorePtr& core, ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out);

class Folder final : public Object<IMAPIFolder> {
 public:
  using Object::Object;
  STDMETHODIMP GetContentsTable(ULONG, LPMAPITABLE* out) override {
    return core_->run([&] { return *out = new Table(core_, number_, MAPI_MESSAGE), S_OK; });
  }
  STDMETHODIMP GetHierarchyTable(ULONG, LPMAPITABLE* out) override {
    return core_->run([&] { return *out = new Table(core_, number_, MAPI_FOLDER), S_OK; });
  }
  STDMETHODIMP OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) override {
    return open_entry(core_, size, id, iid, flags, type, out);
  }
  STDMETHODIMP CreateMessage(LPCIID, ULONG, LPMESSAGE* out) override {
    return core_->run([&] {
      return (*out = may_write_ ? new Message(core_, number_, kNew, true) : nullptr) ? S_OK : MAPI_E_NO_ACCESS;
    });
  }
  STDMETHODIMP CreateFolder(ULONG, LPTSTR name, LPTSTR, LPCIID, ULONG flags, LPMAPIFOLDER* out) override {
    return core_->run([&] {
      if (!may_write_) return MAPI_E_NO_ACCESS;
      if ((flags & MAPI_UNICODE) == 0) return MAPI_E_BAD_CHARWIDTH;
      Props props;
      set(props, PR_DISPLAY_NAME_W, std::wstring(reinterpret_cast<LPCWSTR>(name)));
      for (const ULONG other : core_->tree->children(number_, MAPI_FOLDER)) {
        const Props& theirs = core_->tree->nodes.at(other).props;
        if (theirs.at(PROP_ID(PR_DISPLAY_NAME_W)).bytes == props.begin()->second.bytes) return MAPI_E_COLLISION;
      }
      const ULONG number = core_->tree->add(number_, MAPI_FOLDER, props);
      *out = new Folder(core_, number, true);
      core_->changed(fnevObjectCreated, number);
      return S_OK;
    });
  }
};

HRESULT open_entry(const CorePtr& core, ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type,
                   LPUNKNOWN* out) {
  return core->run([&] {
    const ULONG number = id ? core->tree->number_of(size, id) : kRoot;
    if (number == kNew) return MAPI_E_UNKNOWN_ENTRYID;
    const auto found = core->tree->nodes.find(number);
    if (number == kStore || found == core->tree->nodes.end()) return MAPI_E_NOT_FOUND;
    if ((flags & MAPI_MODIFY) != 0 && !core->is_writable) return MAPI_E_NO_ACCESS;
    const bool may_write = core->is_writable && (flags & (MAPI_MODIFY | MAPI_BEST_ACCESS)) != 0;
    std::unique_ptr<IMAPIProp, Releaser> object;
    *type = found->second.type;
    if (*type == MAPI_FOLDER) object.reset(new Folder(core, number, may_write));
    if (*type == MAPI_MESSAGE) object.reset(new Message(core, found->second.parent, number, may_write));
    const IID& standard = *type == MAPI_FOLDER ? IID_IMAPIFolder : IID_IMessage;
    return object->QueryInterface(iid ? *iid : standard, reinterpret_cast<LPVOID*>(out));
  });
}

// ---- The store and its logon object: one thing with two faces. These methods are on both.
template <class Base>
struct Face : Base {
  using Base::Base;
  STDMETHODIMP OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) override {
    return open_entry(this->core_, size, id, iid, flags, type, out);
  }
  STDMETHODIMP Advise(ULONG size, LPENTRYID id, ULONG events, LPMAPIADVISESINK sink, ULONG_PTR* connection) override {
    if (id && this->core_->tree->number_of(size, id) == kNew) return MAPI_E_UNKNOWN_ENTRYID;
    const std::string topic = id ? bytes_of(id, size) : this->core_->tree->uid;
    return this->core_->advise(topic, events & kEvents, sink, connection);
  }
  STDMETHODIMP Unadvise(ULONG_PTR connection) override { return this->core_->unadvise(connection); }
  STDMETHODIMP CompareEntryIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG, ULONG* same) override {
    return this->core_->run([&] {
      const ULONG one = this->core_->tree->number_of(size1, id1);
      *same = one != kNew && one == this->core_->tree->number_of(size2, id2);
      return S_OK;
    });
  }
};
struct Logon final : Face<Shared<IMSLogon>> {
  using Face::Face;
  STDMETHODIMP Logoff(ULONG* flags) override {
    if (!flags || *flags != 0) return MAPI_E_INVALID_PARAMETER;
    return core_->log_off(), S_OK;
  }
};
class Store final : public Face<Object<IMsgStore>> {
 public:
  explicit Store(const CorePtr& core) : Face(core, kStore, core->is_writable) { core->store = this; }
  STDMETHODIMP StoreLogoff(ULONG* flags) override {
    return core_->run([&] { return logoff_flags_ = std::exchange(*flags, 0u), S_OK; });
  }
  STDMETHODIMP_(ULONG) Release() override {
    {
      const std::lock_guard<std::mutex> lock(core_->tree->mutex);  // nobody finds it any more; see open_again
      if (const ULONG left = --references_) return left;
      core_->store = nullptr;
    }
    // The transports first. Then the support object goes, and MAPI ends the logon object.
    if (const auto support = core_->support()) (void)support->StoreLogoffTransports(&logoff_flags_);
    core_->log_off();
    return delete this, 0;
  }

 private:
  ULONG logoff_flags_ = LOGOFF_ABORT;
};

// ---- The provider
class Provider final : public Refusing<IMSProvider> {
 public:
  Provider(LPMALLOC allocator, const Memory& memory) : memory_(memory), allocator_((allocator->AddRef(), allocator)) {}
  HRESULT refuse() override { return MAPI_E_NO_SUPPORT; }  // SpoolerLogon: no mail is sent from this store
  STDMETHODIMP Shutdown(ULONG*) override { return S_OK; }
  STDMETHODIMP CompareStoreIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG, ULONG* same) override {
    const std::wstring one = Tree::name_in(size1, id1);
    *same = !one.empty() && one == Tree::name_in(size2, id2);
    return S_OK;
  }
  STDMETHODIMP Logon(LPMAPISUP support, ULONG_PTR, LPTSTR, ULONG size, LPENTRYID id, ULONG flags, LPCIID iid, ULONG* cb,
                     LPBYTE* security, LPMAPIERROR* error, LPMSLOGON* logon, LPMDB* store) override try {
    *error = nullptr;
    *security = nullptr;  // the profile is enough
    *cb = 0;
    *logon = nullptr;
    std::wstring name = Tree::name_in(size, id);
    if ((flags & MAPI_UNICODE) == 0) return MAPI_E_BAD_CHARWIDTH;
    if (id && name.empty()) return MAPI_E_LOGON_FAILED;
    const std::lock_guard<std::mutex> lock(mutex_);
    const IID& wanted = iid ? *iid : IID_IMsgStore;
    if (const HRESULT hr = open_again(name, wanted, store); hr != S_FALSE) return hr;
    // In the documented order: the support object, the profile section, the configuration, the uid, the logon object.
    const std::shared_ptr<IMAPISupport> kept((support->AddRef(), support), Releaser());
    LPPROFSECT opened = nullptr;
    if (const HRESULT hr = support->OpenProfileSection(nullptr, MAPI_MODIFY, &opened); FAILED(hr)) return hr;
    const std::unique_ptr<IProfSect, Releaser> section(opened);
    if (!id) name = text_of(memory_, *section, kNameTag);
    if (const HRESULT hr = open_again(name, wanted, store); hr != S_FALSE) return hr;
    const auto core = std::make_shared<Core>(memory_, name, kept, (flags & MDB_WRITE) != 0);
    if (const HRESULT hr = core->introduce(*section); FAILED(hr)) return hr;
    open_.push_back(core);
    auto* made = new Store(core);
    const HRESULT hr = made->QueryInterface(wanted, reinterpret_cast<LPVOID*>(store));
    if (SUCCEEDED(hr)) *logon = new ::Logon(core);
    made->Release();
    return hr;
  } catch (...) {
    return MAPI_E_NOT_ENOUGH_MEMORY;
  }

 private:
  // S_FALSE: no such store is open. One that is only gets another reference.
  HRESULT open_again(const std::wstring& name, const IID& iid, LPMDB* out) {
    open_.erase(std::remove_if(open_.begin(), open_.end(), [](auto& each) { return each.expired(); }), open_.end());
    for (const auto& weak : open_) {
      const auto core = weak.lock();
      if (!core || core->tree->name != name) continue;
      const std::lock_guard<std::mutex> lock(core->tree->mutex);
      if (core->store) return core->store->QueryInterface(iid, reinterpret_cast<LPVOID*>(out));
    }
    return S_FALSE;
  }

  const Memory memory_;
  const std::unique_ptr<IMalloc, Releaser> allocator_;  // for interfaces that ask for memory of OLE; none here do
  std::mutex mutex_;
  std::vector<std::weak_ptr<Core>> open_;
};

}  // namespace

#define EXPORT extern "C" __attribute__((visibility("default")))
EXPORT HRESULT STDMAPIINITCALLTYPE MSProviderInit(HINSTANCE, LPMALLOC allocator, LPALLOCATEBUFFER allocate,
                                                  LPALLOCATEMORE more, LPFREEBUFFER release, ULONG, ULONG version,
                                                  ULONG* provider_version, LPMSPROVIDER* provider) {
  if (!provider_version || !provider || !allocator) return MAPI_E_INVALID_PARAMETER;
  *provider = nullptr;
  *provider_version = CURRENT_SPI_VERSION;
  if (version < CURRENT_SPI_VERSION) return MAPI_E_VERSION;  // older than what this was written for
  *provider = new (std::nothrow) Provider(allocator, {allocate, more, release});
  return *provider ? S_OK : MAPI_E_NOT_ENOUGH_MEMORY;
}

// Puts the properties it gets into the section of its one provider. The next Logon finds the store by them alone.
EXPORT HRESULT STDAPICALLTYPE SampleServiceEntry(HINSTANCE, LPMALLOC, LPMAPISUP support, ULONG_PTR, ULONG,
                                                 ULONG context, ULONG count, LPSPropValue values, LPPROVIDERADMIN admin,
                                                 LPMAPIERROR*) {
  if (context == MSG_SERVICE_PROVIDER_CREATE || context == MSG_SERVICE_PROVIDER_DELETE) return MAPI_E_NO_SUPPORT;
  if (context != MSG_SERVICE_CREATE && context != MSG_SERVICE_CONFIGURE) return S_OK;
  if (!support || !admin || count == 0) return MAPI_E_UNCONFIGURED;
  Memory memory;
  LPPROFSECT section = nullptr;
  SizedSPropTagArray(1, old) = {1, {PR_ENTRYID}};
  HRESULT hr = support->GetMemAllocRoutines(&memory.allocate, &memory.more, &memory.release);
  if (SUCCEEDED(hr)) hr = open_provider_section(memory, *admin, &section);
  if (SUCCEEDED(hr)) hr = section->DeleteProps(reinterpret_cast<LPSPropTagArray>(&old), nullptr);
  if (SUCCEEDED(hr)) hr = section->SetProps(count, values, nullptr);
  Releaser()(section);
  return hr;
}

EXPORT HRESULT STDAPICALLTYPE DllCanUnloadNow(void) {
  return Counted::count() == 0 ? S_OK : S_FALSE;
}
