// SPDX-License-Identifier: Apache-2.0
// IMSProvider of the recording store and what the library exports. A store is a name; its profile section says it in
// property 0x6600 (default "box"). Several stores may be open; a second Logon to one gives the open store (ruling R7).
#include <algorithm>
#include <cstring>
#include <map>
#include <vector>

#include "objects.h"

namespace recording {
namespace {

constexpr ULONG kNameTag = PROP_TAG(PT_STRING8, 0x6600);
constexpr ULONG kConfiguredTag = PROP_TAG(PT_LONG, 0x6601);

std::atomic<long> live_providers{0};

class Provider final : public Unknown<IMSProvider, IMAPIProviderShutdown> {
 public:
  explicit Provider(const Memory& memory) : memory_(memory) { ++live_providers; }
  ~Provider() override { --live_providers; }

  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    *out = nullptr;
    if (IsEqualGUID(iid, IID_IUnknown) || IsEqualGUID(iid, IID_IMSProvider)) *out = static_cast<IMSProvider*>(this);
    if (IsEqualGUID(iid, IID_IMAPIProviderShutdown) && mode_of("FastShutdown") != "none") {
      *out = static_cast<IMAPIProviderShutdown*>(this);
    }
    if (!*out) return MAPI_E_INTERFACE_NOT_SUPPORTED;
    AddRef();
    return S_OK;
  }
  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = --count_;
    if (left != 0) return left;
    const std::unique_ptr<Provider> gone(this);  // also if it throws
    (void)record("IMSProvider::Release", "0");
    return 0;
  }
  MAPI_IMSPROVIDER_METHODS(override)
  STDMETHODIMP QueryFastShutdown() override { return record("IMAPIProviderShutdown::QueryFastShutdown"); }
  STDMETHODIMP NotifyProcessShutdown() override { return record("IMAPIProviderShutdown::NotifyProcessShutdown"); }
  STDMETHODIMP DoFastShutdown() override { return record("IMAPIProviderShutdown::DoFastShutdown"); }

 private:
  HRESULT read_section(IMAPISupport* support, std::string& name, bool& configured) const;
  HRESULT write_section(IMAPISupport* support, const std::string& id) const;
  HRESULT give_error(LPMAPIERROR* error, bool unicode) const;
  IMsgStore* open_store(const std::string& name);

  Memory memory_;
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<Core>> open_;
};

std::string text_of(const wchar_t* text) {
  std::string result;
  for (; text && *text; ++text) result += static_cast<char>(*text);
  return result;
}

HRESULT Provider::read_section(IMAPISupport* support, std::string& name, bool& configured) const {
  IProfSect* section = nullptr;
  HRESULT hr = support->OpenProfileSection(nullptr, 0, &section);
  if (FAILED(hr)) return hr;
  SizedSPropTagArray(2, tags) = {2, {kNameTag, kConfiguredTag}};
  ULONG count = 0;
  LPSPropValue values = nullptr;
  hr = section->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, &count, &values);
  section->Release();
  if (FAILED(hr)) return hr;
  if (values[0].ulPropTag == kNameTag) name = values[0].Value.lpszA;
  configured = values[1].ulPropTag == kConfiguredTag;
  memory_.release(values);
  return S_OK;
}

HRESULT Provider::write_section(IMAPISupport* support, const std::string& id) const {
  ULONG size = 0;
  LPENTRYID wrapped = nullptr;
  HRESULT hr = support->WrapStoreEntryID(static_cast<ULONG>(id.size()),
                                         reinterpret_cast<LPENTRYID>(const_cast<char*>(id.data())), &size, &wrapped);
  if (FAILED(hr)) return hr;
  IProfSect* section = nullptr;
  hr = support->OpenProfileSection(nullptr, MAPI_MODIFY, &section);
  if (SUCCEEDED(hr)) {
    SPropValue value{};
    value.ulPropTag = PR_ENTRYID;
    value.Value.bin = {size, reinterpret_cast<LPBYTE>(wrapped)};
    hr = section->SetProps(1, &value, nullptr);
    section->Release();
  }
  memory_.release(wrapped);
  return hr;
}

HRESULT Provider::give_error(LPMAPIERROR* error, bool unicode) const {
  if (memory_.allocate(sizeof(MAPIERROR), reinterpret_cast<LPVOID*>(error)) != S_OK) return MAPI_E_NOT_ENOUGH_MEMORY;
  **error = MAPIERROR();
  static const wchar_t kWide[] = L"the recording store says why";
  static const char kNarrow[] = "the recording store says why";
  const void* text = unicode ? static_cast<const void*>(kWide) : kNarrow;
  const ULONG size = unicode ? sizeof(kWide) : sizeof(kNarrow);
  void* copy = nullptr;
  if (memory_.more(size, *error, &copy) != S_OK) return MAPI_E_NOT_ENOUGH_MEMORY;
  std::memcpy(copy, text, size);
  (*error)->lpszError = static_cast<LPTSTR>(copy);
  return S_OK;
}

IMsgStore* Provider::open_store(const std::string& name) {
  const auto found = open_.find(name);
  const auto core = found == open_.end() ? nullptr : found->second.lock();
  if (!core || !core->is_open()) return nullptr;
  const std::lock_guard lock(core->mutex);
  if (core->store) core->store->AddRef();
  return core->store;
}

STDMETHODIMP Provider::Logon(LPMAPISUP support, ULONG_PTR, LPTSTR profile, ULONG size, LPENTRYID id, ULONG flags,
                             LPCIID iid, ULONG* security_size, LPBYTE* security, LPMAPIERROR* error, LPMSLOGON* logon,
                             LPMDB* store) {
  const std::string name_text = (flags & MAPI_UNICODE) != 0 ? text_of(reinterpret_cast<const wchar_t*>(profile))
                                                            : std::string(reinterpret_cast<const char*>(profile));
  std::string name = "box";
  bool configured = false;
  if (mode_of("Watch") == "yes") watch(support);
  if (mode_of("Unavailable") == "yes" && (flags & MAPI_DEFERRED_ERRORS) == 0) return MAPI_E_FAILONEPROVIDER;
  if (const HRESULT hr = record("IMSProvider::Logon", name_text + " " + hex(flags) + (id ? " id" : " NULL"));
      FAILED(hr)) {
    if (hr == MAPI_E_UNCONFIGURED) {
      (void)read_section(support, name, configured);
      if (!configured) return hr;
    } else {
      (void)give_error(error, (flags & MAPI_UNICODE) != 0);
      return hr;
    }
  }
  if (mode_of("Width") == "ansi" && (flags & MAPI_UNICODE) != 0) return MAPI_E_BAD_CHARWIDTH;
  if (iid && !IsEqualGUID(*iid, IID_IMsgStore) && !IsEqualGUID(*iid, IID_IUnknown))
    return MAPI_E_INTERFACE_NOT_SUPPORTED;
  if (id && parse_id(size, id, name) != 's') return MAPI_E_NOT_FOUND;
  const std::lock_guard lock(mutex_);
  if (!id) {
    if (const HRESULT hr = read_section(support, name, configured); FAILED(hr)) return hr;
  }
  if (IMsgStore* again = open_store(name)) {
    *store = again;
    *logon = nullptr;
    return S_OK;
  }
  if (const HRESULT hr = write_section(support, make_id('s', name)); FAILED(hr)) return hr;
  MAPIUID uid = kUid;
  (void)support->SetProviderUID(&uid, 0);
  auto core = std::make_shared<Core>(name, memory_, support);
  SPropValue row[3]{};
  row[0].ulPropTag = PR_DISPLAY_NAME_A;
  row[0].Value.lpszA = const_cast<char*>("Recording store");
  row[1].ulPropTag = PR_STATUS_CODE;
  row[1].Value.l = STATUS_AVAILABLE;
  row[2].ulPropTag = PR_RESOURCE_METHODS;
  (void)support->ModifyStatusRow(3, row, 0);
  if (mode_of("Keep") == "store") (void)support->ModifyProfile(0);
  *security_size = 0;
  *security = nullptr;
  if (mode_of("OneObject").empty()) {
    *logon = new recording::Logon(core);
    *store = new Store(core);
  } else {
    make_one_object(core, logon, store);
  }
  open_[name] = core;
  if (!mode_of("IMSProvider::Logon done").empty()) (void)record("IMSProvider::Logon done");
  if (mode_of("Warn") == "yes") {
    (void)give_error(error, (flags & MAPI_UNICODE) != 0);
    return MAPI_W_ERRORS_RETURNED;
  }
  return S_OK;
}

STDMETHODIMP Provider::SpoolerLogon(LPMAPISUP, ULONG_PTR, LPTSTR, ULONG, LPENTRYID, ULONG, LPCIID, ULONG, LPBYTE,
                                    LPMAPIERROR*, LPMSLOGON*, LPMDB*) {
  return MAPI_E_NO_SUPPORT;
}
STDMETHODIMP Provider::CompareStoreIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG flags,
                                       ULONG* result) {
  const HRESULT hr = record("IMSProvider::CompareStoreIDs", hex(flags));
  std::string a, b;
  const char kind_a = parse_id(size1, id1, a), kind_b = parse_id(size2, id2, b);
  // A name may be written with an old ending: the same store, other bytes.
  const auto bare = [](const std::string& name) { return name.substr(0, name.find('~')); };
  *result = kind_a == 's' && kind_b == 's' && bare(a) == bare(b);
  return hr;
}
STDMETHODIMP Provider::Shutdown(ULONG* flags) {
  return record("IMSProvider::Shutdown", flags ? hex(*flags) : "NULL");
}

}  // namespace
}  // namespace recording

extern "C" {

__attribute__((visibility("default"))) HRESULT STDMAPIINITCALLTYPE
MSProviderInit(HINSTANCE instance, LPMALLOC allocator, LPALLOCATEBUFFER allocate, LPALLOCATEMORE more,
               LPFREEBUFFER release, ULONG flags, ULONG version, ULONG* provider_version, LPMSPROVIDER* provider) {
  const HRESULT hr = recording::record("MSProviderInit", recording::hex(version) + " " + recording::hex(flags));
  if (FAILED(hr)) return hr;
  if (!instance || !allocator || !allocate || !more || !release || !provider_version || !provider)
    return MAPI_E_INVALID_PARAMETER;
  *provider = nullptr;
  *provider_version = CURRENT_SPI_VERSION;
  if (version < CURRENT_SPI_VERSION) return MAPI_E_VERSION;  // a MAPI older than this provider
  if (recording::mode_of("Version") == "new") *provider_version = 0x00020000;
  *provider = new recording::Provider({allocate, more, release});
  return S_OK;
}

// Each is another object than those that are held.
static void hold(IMAPISupport* support) {
  static std::vector<IMAPISupport*> held;
  if (recording::mode_of("HoldSupport") == "yes") {
    const bool is_known = std::find(held.begin(), held.end(), support) != held.end();
    (void)recording::record("entry support", is_known ? "known" : "new");
    (void)recording::record("SpoolerNotify", recording::hex(static_cast<ULONG>(support->SpoolerNotify(0, nullptr))));
    support->AddRef();
    held.push_back(support);
    return;
  }
  for (IMAPISupport* each : held) each->Release();
  held.clear();
}

// Sets what a Logon that answers MAPI_E_UNCONFIGURED looks for.
__attribute__((visibility("default"))) HRESULT STDAPICALLTYPE RecordingServiceEntry(HINSTANCE, LPMALLOC,
                                                                                    LPMAPISUP support, ULONG_PTR,
                                                                                    ULONG flags, ULONG context, ULONG,
                                                                                    LPSPropValue, LPPROVIDERADMIN admin,
                                                                                    LPMAPIERROR*) {
  const HRESULT hr = recording::record("RecordingServiceEntry", recording::hex(context) + " " + recording::hex(flags));
  hold(support);
  if (FAILED(hr) || context != MSG_SERVICE_CONFIGURE) return hr;
  LPMAPITABLE table = nullptr;
  HRESULT result = admin->GetProviderTable(0, &table);
  if (FAILED(result)) return result;
  SizedSPropTagArray(1, columns) = {1, {PR_PROVIDER_UID}};
  LPSRowSet rows = nullptr;
  result = table->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), 0);
  if (SUCCEEDED(result)) result = table->QueryRows(1, 0, &rows);
  table->Release();
  if (FAILED(result) || rows->cRows != 1) return MAPI_E_CALL_FAILED;
  MAPIUID uid;
  std::memcpy(&uid, rows->aRow[0].lpProps[0].Value.bin.lpb, sizeof(uid));
  LPALLOCATEBUFFER allocate = nullptr;
  LPALLOCATEMORE more = nullptr;
  LPFREEBUFFER release = nullptr;
  if (FAILED(support->GetMemAllocRoutines(&allocate, &more, &release))) return MAPI_E_CALL_FAILED;
  release(rows->aRow[0].lpProps);
  release(rows);
  LPPROFSECT section = nullptr;
  result = admin->OpenProfileSection(&uid, nullptr, MAPI_MODIFY, &section);
  if (FAILED(result)) return result;
  SPropValue value{};
  value.ulPropTag = PROP_TAG(PT_LONG, 0x6601);
  value.Value.l = 1;
  result = section->SetProps(1, &value, nullptr);
  section->Release();
  return result;
}

__attribute__((visibility("default"))) HRESULT STDAPICALLTYPE DllCanUnloadNow(void) {
  return recording::live_providers == 0 && recording::live_stores == 0 ? S_OK : S_FALSE;
}
}
