// SPDX-License-Identifier: Apache-2.0
// A small address book provider. Its profile section names it (0x6620, text): "people" is a personal book that may be
// changed and answers ResolveNames, "mine" another without that; "staff" and every other name is a global list that
// knows PR_ANR only. Each has one container; people: Ann, Bob; staff: Ann (another), Carl, Carla. MAPIARY_AB_LOG takes
// a line for each call, MAPIARY_AB_MODE has modes "call=fail:hex" and "call=hang:milliseconds"; "NoAddRef=yes" keeps no
// support object. Links the client library for tables and property objects. Safe from any thread.
#define USES_ALL_MAPI_GUIDS
#include <initguid.h>
#include <mapiguid.h>

#include <mapispi.h>
#include <mapiutil.h>
#include <mapix.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/providers/unknown.h"

namespace test_ab {
namespace {

constexpr ULONG kNameTag = PROP_TAG(PT_STRING8, 0x6620);
std::atomic<long> live_providers{0};

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string mode_of(const std::string& call) {
  const std::string modes = "," + setting("MAPIARY_AB_MODE") + ",";
  const auto found = modes.find("," + call + "=");
  if (found == std::string::npos) return {};
  const auto begin = found + call.size() + 2;
  return modes.substr(begin, modes.find(',', begin) - begin);
}

HRESULT record(const std::string& call, const std::string& argument = {}) {
  static std::mutex mutex;
  {
    const std::lock_guard lock(mutex);
    if (std::FILE* file = std::fopen(setting("MAPIARY_AB_LOG").c_str(), "a")) {
      std::fputs((argument.empty() ? call + "\n" : call + " " + argument + "\n").c_str(), file);
      std::fclose(file);
    }
  }
  for (const std::string& mode : {mode_of(call), mode_of(call + " " + argument)}) {
    if (mode == "throw") throw std::runtime_error(call);
    if (mode.rfind("hang:", 0) == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(std::atoi(mode.c_str() + 5)));
    if (mode.rfind("fail:", 0) == 0) return static_cast<HRESULT>(std::strtoul(mode.c_str() + 5, nullptr, 16));
  }
  return S_OK;
}

MAPIUID uid_of(const std::string& book) {
  MAPIUID uid = {{0x54, 0x45, 0x53, 0x54, 0x41, 0x42, 0x33, 0x44, 1, 2, 3, 4, 5, 6, 7, 8}};
  uid.ab[15] = static_cast<BYTE>(book.empty() ? 0 : book[0]);
  return uid;
}

// "c" the container, "u<name>" a user. `flags` go in front: a short-term id names the same thing.
std::string make_id(const std::string& book, const std::string& rest, unsigned char flags = 0) {
  std::string id(4, '\0');
  id[0] = static_cast<char>(flags);
  const MAPIUID uid = uid_of(book);
  id.append(reinterpret_cast<const char*>(uid.ab), sizeof(uid.ab));
  return id + rest;
}

bool is_personal(const std::string& book) {
  return book == "people" || book == "mine";
}
std::vector<std::string> people_of(const std::string& book) {
  return book == "people" ? std::vector<std::string>{"Ann", "Bob"} : std::vector<std::string>{"Ann", "Carl", "Carla"};
}

template <class T>
class Ptr {
 public:
  Ptr() = default;
  Ptr(const Ptr&) = delete;
  Ptr& operator=(const Ptr&) = delete;
  ~Ptr() {
    if (p_) p_->Release();
  }
  T* get() const { return p_; }
  T* operator->() const { return p_; }
  T** put() { return &p_; }

 private:
  T* p_ = nullptr;
};

using test_provider::give;
using test_provider::Unknown;

// Property values of one object, freed with it.
class Values {
 public:
  Values() {
    CreateIProp(&IID_IMAPIPropData, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, data_.put());
  }
  void text(ULONG tag, const std::string& value) {
    SPropValue prop{};
    prop.ulPropTag = CHANGE_PROP_TYPE(tag, PT_STRING8);
    prop.Value.lpszA = const_cast<char*>(value.c_str());
    data_->SetProps(1, &prop, nullptr);
  }
  void number(ULONG tag, LONG value) {
    SPropValue prop{};
    prop.ulPropTag = tag;
    prop.Value.l = value;
    data_->SetProps(1, &prop, nullptr);
  }
  void binary(ULONG tag, const std::string& value) {
    SPropValue prop{};
    prop.ulPropTag = tag;
    prop.Value.bin = {static_cast<ULONG>(value.size()), reinterpret_cast<LPBYTE>(const_cast<char*>(value.data()))};
    data_->SetProps(1, &prop, nullptr);
  }
  IPropData* get() const { return data_.get(); }

 private:
  Ptr<IPropData> data_;
};

void fill_user(Values& values, const std::string& book, const std::string& name) {
  values.binary(PR_ENTRYID, make_id(book, "u" + name));
  values.binary(PR_INSTANCE_KEY, book + name);
  values.text(PR_DISPLAY_NAME, name);
  values.text(PR_TRANSMITABLE_DISPLAY_NAME, name);
  values.text(PR_ADDRTYPE, "TEST");
  values.text(PR_EMAIL_ADDRESS, name + "@" + book);
  values.text(PR_TITLE, "of " + book);
  values.number(PR_OBJECT_TYPE, MAPI_MAILUSER);
  values.number(PR_DISPLAY_TYPE, DT_MAILUSER);
  values.binary(PR_SEARCH_KEY, "TEST:" + name + "@" + book);
}

void fill_container(Values& values, const std::string& book) {
  values.binary(PR_ENTRYID, make_id(book, "c"));
  values.binary(PR_INSTANCE_KEY, book);
  values.text(PR_DISPLAY_NAME, book);
  values.number(PR_OBJECT_TYPE, MAPI_ABCONT);
  values.number(PR_DISPLAY_TYPE, is_personal(book) ? DT_LOCAL : DT_GLOBAL);
  values.number(PR_CONTAINER_FLAGS,
                is_personal(book) ? AB_RECIPIENTS | AB_MODIFIABLE : AB_RECIPIENTS | AB_UNMODIFIABLE);
  values.number(PR_DEPTH, 0);
}

constexpr ULONG kColumns[] = {PR_ENTRYID,    PR_INSTANCE_KEY,    PR_DISPLAY_NAME_A,  PR_OBJECT_TYPE, PR_DISPLAY_TYPE,
                              PR_ADDRTYPE_A, PR_EMAIL_ADDRESS_A, PR_CONTAINER_FLAGS, PR_DEPTH,       PR_SEARCH_KEY};

HRESULT make_table(const std::vector<const Values*>& rows, ULONG flags, LPMAPITABLE* table) {
  SizedSPropTagArray(std::size(kColumns), columns) = {static_cast<ULONG>(std::size(kColumns)), {}};
  for (std::size_t i = 0; i < std::size(kColumns); ++i) {
    const bool wide = PROP_TYPE(kColumns[i]) == PT_STRING8 && (flags & MAPI_UNICODE) != 0;
    columns.aulPropTag[i] = wide ? CHANGE_PROP_TYPE(kColumns[i], PT_UNICODE) : kColumns[i];
  }
  auto* tags = reinterpret_cast<LPSPropTagArray>(&columns);
  Ptr<ITableData> data;
  const SCODE made = CreateTable(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr,
                                 TBLTYPE_SNAPSHOT, PR_INSTANCE_KEY, tags, data.put());
  if (FAILED(made)) return made;
  for (const Values* values : rows) {
    ULONG count = 0;
    LPSPropValue props = nullptr;
    values->get()->GetProps(tags, 0, &count, &props);
    SRow row{0, count, props};
    data->HrModifyRow(&row);
    MAPIFreeBuffer(props);
  }
  return data->HrGetView(nullptr, nullptr, 0, table);
}

// The names that fit: a container without ResolveNames is searched by PR_ANR, and this is its contents table.
class AnrTable final : public Unknown<IMAPITable> {
 public:
  explicit AnrTable(std::string book) : book_(std::move(book)) {}
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_IMAPITable}, iid, out);
  }
  MAPI_IMAPITABLE_METHODS(override;)

 private:
  std::string book_;
  std::string wanted_;
  bool is_restricted_ = false;
  std::vector<ULONG> tags_;
};
#define NO \
  { return MAPI_E_NO_SUPPORT; }
STDMETHODIMP AnrTable::GetLastError(HRESULT, ULONG, LPMAPIERROR*) NO
    STDMETHODIMP AnrTable::Advise(ULONG, LPMAPIADVISESINK, ULONG_PTR*) NO STDMETHODIMP AnrTable::Unadvise(ULONG_PTR) NO
    STDMETHODIMP AnrTable::GetStatus(ULONG*, ULONG*) NO STDMETHODIMP AnrTable::SetColumns(LPSPropTagArray tags, ULONG) {
  tags_.assign(tags->aulPropTag, tags->aulPropTag + tags->cValues);
  return S_OK;
}
STDMETHODIMP AnrTable::QueryColumns(ULONG, LPSPropTagArray*) NO STDMETHODIMP AnrTable::GetRowCount(ULONG, ULONG*) NO
    STDMETHODIMP AnrTable::SeekRow(BOOKMARK, LONG, LONG*) NO STDMETHODIMP AnrTable::SeekRowApprox(ULONG, ULONG) NO
    STDMETHODIMP AnrTable::QueryPosition(ULONG*, ULONG*, ULONG*) NO STDMETHODIMP AnrTable::FindRow(
        LPSRestriction, BOOKMARK, ULONG) NO STDMETHODIMP AnrTable::Restrict(LPSRestriction restriction, ULONG) {
  if (restriction->rt != RES_PROPERTY || restriction->res.resProperty.ulPropTag != PR_ANR_W) return MAPI_E_TOO_COMPLEX;
  const std::wstring name = restriction->res.resProperty.lpProp->Value.lpszW;
  wanted_.assign(name.begin(), name.end());
  is_restricted_ = true;
  return record("Restrict PR_ANR", wanted_);
}
STDMETHODIMP AnrTable::CreateBookmark(BOOKMARK*) NO STDMETHODIMP AnrTable::FreeBookmark(BOOKMARK) NO
    STDMETHODIMP AnrTable::SortTable(LPSSortOrderSet, ULONG) NO STDMETHODIMP AnrTable::QuerySortOrder(
        LPSSortOrderSet*) NO STDMETHODIMP AnrTable::QueryRows(LONG count, ULONG, LPSRowSet* rows) {
  std::vector<std::string> fits;
  for (const std::string& name : people_of(book_)) {
    if (!is_restricted_ || name.rfind(wanted_, 0) == 0) fits.push_back(name);
  }
  if (fits.size() > static_cast<std::size_t>(count)) fits.resize(static_cast<std::size_t>(count));
  if (MAPIAllocateBuffer(static_cast<ULONG>(CbNewSRowSet(fits.size())), reinterpret_cast<LPVOID*>(rows)) != S_OK) {
    return MAPI_E_NOT_ENOUGH_MEMORY;
  }
  (*rows)->cRows = static_cast<ULONG>(fits.size());
  std::vector<ULONG> array(tags_);
  array.insert(array.begin(), static_cast<ULONG>(tags_.size()));
  for (std::size_t i = 0; i < fits.size(); ++i) {
    Values values;
    fill_user(values, book_, fits[i]);
    SRow& row = (*rows)->aRow[i];
    row.ulAdrEntryPad = 0;
    values.get()->GetProps(reinterpret_cast<LPSPropTagArray>(array.data()), 0, &row.cValues, &row.lpProps);
  }
  return S_OK;
}
STDMETHODIMP AnrTable::Abort() NO STDMETHODIMP AnrTable::ExpandRow(ULONG, LPBYTE, ULONG, ULONG, LPSRowSet*, ULONG*) NO
    STDMETHODIMP AnrTable::CollapseRow(ULONG, LPBYTE, ULONG, ULONG*) NO STDMETHODIMP AnrTable::WaitForCompletion(
        ULONG, ULONG, ULONG*) NO STDMETHODIMP AnrTable::GetCollapseState(ULONG, ULONG, LPBYTE, ULONG*, LPBYTE*) NO
    STDMETHODIMP AnrTable::SetCollapseState(ULONG, ULONG, LPBYTE, BOOKMARK*) NO

    template <class I>
    class Props : public Unknown<I> {
 public:
  STDMETHODIMP GetLastError(HRESULT, ULONG, LPMAPIERROR* error) override {
    *error = nullptr;
    return S_OK;
  }
  STDMETHODIMP SaveChanges(ULONG) override { return S_OK; }
  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG flags, ULONG* count, LPSPropValue* values) override {
    return values_.get()->GetProps(tags, flags, count, values);
  }
  STDMETHODIMP GetPropList(ULONG flags, LPSPropTagArray* tags) override {
    return values_.get()->GetPropList(flags, tags);
  }
  STDMETHODIMP OpenProperty(ULONG, LPCIID, ULONG, ULONG, LPUNKNOWN*) override NO STDMETHODIMP
      SetProps(ULONG, LPSPropValue, LPSPropProblemArray*) override {
    return MAPI_E_NO_ACCESS;
  }
  STDMETHODIMP DeleteProps(LPSPropTagArray, LPSPropProblemArray*) override { return MAPI_E_NO_ACCESS; }
  STDMETHODIMP CopyTo(ULONG, LPCIID, LPSPropTagArray, ULONG_PTR, LPMAPIPROGRESS, LPCIID, LPVOID, ULONG,
                      LPSPropProblemArray*) override NO STDMETHODIMP
      CopyProps(LPSPropTagArray, ULONG_PTR, LPMAPIPROGRESS, LPCIID, LPVOID, ULONG,
                LPSPropProblemArray*) override NO STDMETHODIMP
      GetNamesFromIDs(LPSPropTagArray*, LPGUID, ULONG, ULONG*, LPMAPINAMEID**) override NO STDMETHODIMP
      GetIDsFromNames(ULONG, LPMAPINAMEID*, ULONG, LPSPropTagArray*) override NO

      protected : Values values_;
};

class User final : public Props<IMailUser> {
 public:
  User(const std::string& book, const std::string& name) { fill_user(values_, book, name); }
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_IMAPIProp, &IID_IMailUser}, iid, out);
  }
};

// The root of the provider (is_root) and its one container.
class Container final : public Props<IABContainer> {
 public:
  Container(std::string book, bool is_root) : book_(std::move(book)), is_root_(is_root) {
    if (!is_root_) fill_container(values_, book_);
  }
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_IMAPIProp, &IID_IMAPIContainer, &IID_IABContainer}, iid, out);
  }
  STDMETHODIMP GetContentsTable(ULONG, LPMAPITABLE* table) override {
    *table = new AnrTable(book_);
    return S_OK;
  }
  STDMETHODIMP GetHierarchyTable(ULONG flags, LPMAPITABLE* table) override {
    if (const HRESULT hr = record("GetHierarchyTable", book_); FAILED(hr)) return hr;
    Values row;
    fill_container(row, book_);
    return make_table(is_root_ ? std::vector<const Values*>{&row} : std::vector<const Values*>(), flags, table);
  }
  STDMETHODIMP OpenEntry(ULONG, LPENTRYID, LPCIID, ULONG, ULONG*, LPUNKNOWN*) override NO STDMETHODIMP
      SetSearchCriteria(LPSRestriction, LPENTRYLIST, ULONG) override NO STDMETHODIMP
      GetSearchCriteria(ULONG, LPSRestriction*, LPENTRYLIST*, ULONG*) override NO STDMETHODIMP
      CreateEntry(ULONG, LPENTRYID, ULONG, LPMAPIPROP*) override NO STDMETHODIMP
      CopyEntries(LPENTRYLIST, ULONG_PTR, LPMAPIPROGRESS, ULONG) override NO STDMETHODIMP
      DeleteEntries(LPENTRYLIST, ULONG) override NO STDMETHODIMP
      ResolveNames(LPSPropTagArray tags, ULONG, LPADRLIST list, LPFlagList flags) override {
    if (book_ != "people") return MAPI_E_NO_SUPPORT;
    if (const HRESULT hr = record("ResolveNames", book_); FAILED(hr)) return hr;
    for (ULONG i = 0; i < list->cEntries; ++i) {
      if (flags->ulFlag[i] == MAPI_UNRESOLVED) flags->ulFlag[i] = resolve(tags, list->aEntries[i]);
    }
    return S_OK;
  }

 private:
  ULONG resolve(LPSPropTagArray tags, ADRENTRY& entry) const {
    std::string wanted;
    for (ULONG i = 0; i < entry.cValues; ++i) {
      if (entry.rgPropVals[i].ulPropTag == PR_DISPLAY_NAME_A) wanted = entry.rgPropVals[i].Value.lpszA;
      if (entry.rgPropVals[i].ulPropTag != PR_DISPLAY_NAME_W) continue;
      const std::wstring name = entry.rgPropVals[i].Value.lpszW;
      wanted.assign(name.begin(), name.end());
    }
    std::vector<std::string> fits;
    for (const std::string& name : people_of(book_)) {
      if (!wanted.empty() && (name == wanted || wanted == "?")) fits.push_back(name);
    }
    if (fits.size() > 1) return MAPI_AMBIGUOUS;
    if (fits.empty()) return MAPI_UNRESOLVED;
    Values values;
    fill_user(values, book_, fits[0]);
    MAPIFreeBuffer(entry.rgPropVals);
    entry.rgPropVals = nullptr;
    values.get()->GetProps(tags, 0, &entry.cValues, &entry.rgPropVals);
    return MAPI_RESOLVED;
  }
  std::string book_;
  bool is_root_;
};

class Logon final : public Unknown<IABLogon> {
 public:
  Logon(std::string book, IMAPISupport* support) : book_(std::move(book)), support_(support) {
    if (support) support->AddRef();
  }
  ~Logon() override { drop(); }
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(this, {&IID_IUnknown, &IID_IABLogon}, iid, out);
  }
  STDMETHODIMP GetLastError(HRESULT, ULONG, LPMAPIERROR* error) override {
    *error = nullptr;
    return S_OK;
  }
  STDMETHODIMP Logoff(ULONG) override {
    const HRESULT hr = record("IABLogon::Logoff", book_);
    drop();
    return hr;
  }
  STDMETHODIMP OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG, ULONG* type, LPUNKNOWN* out) override {
    const std::string bytes(reinterpret_cast<const char*>(id), id ? size : 0);
    const std::string rest = bytes.size() > 20 ? bytes.substr(20) : "";
    if (id && rest.empty()) return MAPI_E_UNKNOWN_ENTRYID;
    Ptr<IMAPIProp> object;
    *type = MAPI_ABCONT;
    if (!id || rest == "c") {
      *object.put() = new Container(book_, !id);
      return object->QueryInterface(iid ? *iid : IID_IABContainer, reinterpret_cast<void**>(out));
    }
    const auto names = people_of(book_);
    if (std::find(names.begin(), names.end(), rest.substr(1)) == names.end()) return MAPI_E_NOT_FOUND;
    *type = MAPI_MAILUSER;
    *object.put() = new User(book_, rest.substr(1));
    return object->QueryInterface(iid ? *iid : IID_IMailUser, reinterpret_cast<void**>(out));
  }
  STDMETHODIMP CompareEntryIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG, ULONG* same) override {
    *same = size1 == size2 && std::memcmp(id1->ab, id2->ab, size1 - 4) == 0;  // flags do not matter
    return record("IABLogon::CompareEntryIDs", book_);
  }
  STDMETHODIMP Advise(ULONG, LPENTRYID, ULONG, LPMAPIADVISESINK, ULONG_PTR* connection) override {
    *connection = 5;
    return record("IABLogon::Advise", book_);
  }
  STDMETHODIMP Unadvise(ULONG_PTR) override { return record("IABLogon::Unadvise", book_); }
  STDMETHODIMP OpenStatusEntry(LPCIID, ULONG, ULONG*, LPMAPISTATUS*) override NO STDMETHODIMP
      OpenTemplateID(ULONG, LPENTRYID, ULONG, LPMAPIPROP, LPCIID, LPMAPIPROP*, LPMAPIPROP) override NO STDMETHODIMP
      GetOneOffTable(ULONG, LPMAPITABLE*) override NO STDMETHODIMP
      PrepareRecips(ULONG, LPSPropTagArray, LPADRLIST) override {
    (void)record("IABLogon::PrepareRecips", book_);
    return MAPI_E_NO_SUPPORT;
  }

 private:
  void drop() {
    if (IMAPISupport* support = support_.exchange(nullptr)) support->Release();
  }
  std::string book_;
  std::atomic<IMAPISupport*> support_;
};

class Provider final : public Unknown<IABProvider> {
 public:
  Provider() { ++live_providers; }
  ~Provider() override { --live_providers; }
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    if (!IsEqualGUID(iid, IID_IMAPIProviderShutdown)) return give(this, {&IID_IUnknown, &IID_IABProvider}, iid, out);
    *out = static_cast<IMAPIProviderShutdown*>(&shutdown_);
    return S_OK;
  }
  STDMETHODIMP Shutdown(ULONG*) override { return record("IABProvider::Shutdown"); }
  STDMETHODIMP Logon(LPMAPISUP support, ULONG_PTR, LPTSTR, ULONG flags, ULONG* security_size, LPBYTE* security,
                     LPMAPIERROR* error, LPABLOGON* logon) override {
    *security_size = 0;
    *security = nullptr;
    *error = nullptr;
    std::string book;
    Ptr<IProfSect> section;
    LPSPropValue value = nullptr;
    if (SUCCEEDED(support->OpenProfileSection(nullptr, 0, section.put())) &&
        SUCCEEDED(HrGetOneProp(section.get(), kNameTag, &value))) {
      book = value->Value.lpszA;
      MAPIFreeBuffer(value);
    }
    if (const HRESULT hr = record("IABProvider::Logon", book); FAILED(hr)) return hr;
    if (book.empty()) return MAPI_E_UNCONFIGURED;
    (void)record((flags & AB_NO_DIALOG) != 0 ? "silently" : "with dialogs");
    MAPIUID uid = uid_of(book);
    support->SetProviderUID(&uid, 0);
    *logon = new test_ab::Logon(book, mode_of("NoAddRef") == "yes" ? nullptr : support);
    return S_OK;
  }

 private:
  struct ShutdownPart final : IMAPIProviderShutdown {
    STDMETHODIMP QueryInterface(REFIID, LPVOID* out) override {
      *out = nullptr;
      return MAPI_E_INTERFACE_NOT_SUPPORTED;
    }
    STDMETHODIMP_(ULONG) AddRef() override { return 2; }
    STDMETHODIMP_(ULONG) Release() override { return 1; }
    STDMETHODIMP QueryFastShutdown() override { return record("AB QueryFastShutdown"); }
    STDMETHODIMP NotifyProcessShutdown() override { return record("AB NotifyProcessShutdown"); }
    STDMETHODIMP DoFastShutdown() override { return record("AB DoFastShutdown"); }
  };
  ShutdownPart shutdown_;
};

}  // namespace
}  // namespace test_ab

extern "C" {

__attribute__((visibility("default"))) HRESULT STDMAPIINITCALLTYPE ABProviderInit(HINSTANCE, LPMALLOC, LPALLOCATEBUFFER,
                                                                                  LPALLOCATEMORE, LPFREEBUFFER, ULONG,
                                                                                  ULONG, ULONG* version,
                                                                                  LPABPROVIDER* provider) {
  const HRESULT hr = test_ab::record("ABProviderInit");
  if (FAILED(hr)) return hr;
  *version = test_ab::mode_of("Version") == "new" ? ULONG{CURRENT_SPI_VERSION + 0x10000} : ULONG{CURRENT_SPI_VERSION};
  *provider = new test_ab::Provider;
  return S_OK;
}

__attribute__((visibility("default"))) HRESULT STDAPICALLTYPE DllCanUnloadNow(void) {
  return test_ab::live_providers == 0 ? S_OK : S_FALSE;
}
}
