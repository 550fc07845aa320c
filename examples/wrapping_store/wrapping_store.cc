// SPDX-License-Identifier: Apache-2.0
// A message store provider that has no data: it loads another provider's library and hands every call on, with the
// session's support object wrapped too, so that it sees both directions. Change what you need at the method in
// question. What the other provider opens (folders, messages, tables) goes to the client as it is. README.md has more.
#define USES_ALL_MAPI_GUIDS
#include <dlfcn.h>
#include <initguid.h>
#include <mapiary/provider.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace {

using mapiary::provider::Counted;
using mapiary::provider::Releaser;

std::string setting(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value && *value ? value : otherwise;
}

// What happens at the end of a store's life, one line a call, in the file the environment names.
void trace(const std::string& call, const ULONG* flags = nullptr, const ULONG* answer = nullptr) {
  const std::string path = setting("WRAPPING_STORE_TRACE", "");
  std::FILE* file = path.empty() ? nullptr : std::fopen(path.c_str(), "a");
  if (!file) return;
  std::string line = call;
  char number[16];
  for (const ULONG* each : {flags, answer}) {
    if (!each) continue;
    std::snprintf(number, sizeof number, "%X", static_cast<unsigned>(*each));
    line += (each == answer ? " -> " : " ") + std::string(number);
  }
  std::fputs((line + "\n").c_str(), file);  // whole lines, also of several threads
  std::fclose(file);
}

// A bare file name: in the folder of this library.
std::string beside_ours(const std::string& name) {
  Dl_info ours{};
  if (name.find('/') != name.npos || !::dladdr(reinterpret_cast<void*>(&setting), &ours)) return name;
  const std::string path = ours.dli_fname;
  const auto slash = path.rfind('/');
  return slash == path.npos ? name : path.substr(0, slash + 1) + name;
}

// The other provider's library: beside ours unless the environment names another. It stays as long as ours is loaded,
// for clients may still have objects of it when the last provider object has gone.
class Library {
 public:
  explicit Library(const std::string& name) : handle_(::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) {}
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (handle_) ::dlclose(handle_);
  }
  static const Library& get() {
    static std::mutex mutex;
    static std::map<std::string, Library> all;
    const std::string name = beside_ours(setting("WRAPPED_STORE_LIBRARY", "libsample_store.so"));
    const std::lock_guard<std::mutex> lock(mutex);
    return all.try_emplace(name, name).first->second;
  }
  template <class Function>
  Function* function(const std::string& name) const {
    return handle_ ? reinterpret_cast<Function*>(::dlsym(handle_, name.c_str())) : nullptr;
  }
  HINSTANCE instance() const { return reinterpret_cast<HINSTANCE>(handle_); }

 private:
  void* const handle_;
};

// Holds one reference on what it wraps; an interface it does not wrap comes from there.
template <class I, const IID&... kIds>
class Wrapper : public I, private Counted {
 public:
  explicit Wrapper(I* inner) : inner_(inner) {}
  virtual ~Wrapper() = default;
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    if (!out) return MAPI_E_INVALID_PARAMETER;
    if (!(IsEqualGUID(iid, IID_IUnknown) || ... || IsEqualGUID(iid, kIds))) return inner_->QueryInterface(iid, out);
    *out = static_cast<I*>(this);
    this->AddRef();
    return S_OK;
  }
  STDMETHODIMP_(ULONG) AddRef() override { return ++references_; }
  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = --references_;
    if (left == 0) delete this;
    return left;
  }

 protected:
  std::atomic<ULONG> references_{1};
  const std::unique_ptr<I, Releaser> inner_;
};

// What the session offers, as the other provider sees it.
class Support final : public Wrapper<IMAPISupport, IID_IMAPISup> {
 public:
  explicit Support(LPMAPISUP inner) : Wrapper((inner->AddRef(), inner)) {}
  STDMETHODIMP GetLastError(HRESULT hResult, ULONG ulFlags, LPMAPIERROR* lppMAPIError) override {
    return inner_->GetLastError(hResult, ulFlags, lppMAPIError);
  }
  STDMETHODIMP GetMemAllocRoutines(LPALLOCATEBUFFER* lpAllocateBuffer, LPALLOCATEMORE* lpAllocateMore,
                                   LPFREEBUFFER* lpFreeBuffer) override {
    return inner_->GetMemAllocRoutines(lpAllocateBuffer, lpAllocateMore, lpFreeBuffer);
  }
  STDMETHODIMP Subscribe(LPNOTIFKEY lpKey, ULONG ulEventMask, ULONG ulFlags, LPMAPIADVISESINK lpAdviseSink,
                         ULONG_PTR* lpulConnection) override {
    return inner_->Subscribe(lpKey, ulEventMask, ulFlags, lpAdviseSink, lpulConnection);
  }
  STDMETHODIMP Unsubscribe(ULONG_PTR ulConnection) override { return inner_->Unsubscribe(ulConnection); }
  STDMETHODIMP Notify(LPNOTIFKEY lpKey, ULONG cNotification, LPNOTIFICATION lpNotifications,
                      ULONG* lpulFlags) override {
    return inner_->Notify(lpKey, cNotification, lpNotifications, lpulFlags);
  }
  STDMETHODIMP ModifyStatusRow(ULONG cValues, LPSPropValue lpColumnVals, ULONG ulFlags) override {
    return inner_->ModifyStatusRow(cValues, lpColumnVals, ulFlags);
  }
  STDMETHODIMP OpenProfileSection(LPMAPIUID lpUid, ULONG ulFlags, LPPROFSECT* lppProfileObj) override {
    return inner_->OpenProfileSection(lpUid, ulFlags, lppProfileObj);
  }
  STDMETHODIMP RegisterPreprocessor(LPMAPIUID lpMuid, LPTSTR lpszAdrType, LPTSTR lpszDLLName, LPSTR lpszPreprocess,
                                    LPSTR lpszRemovePreprocessInfo, ULONG ulFlags) override {
    return inner_->RegisterPreprocessor(lpMuid, lpszAdrType, lpszDLLName, lpszPreprocess, lpszRemovePreprocessInfo,
                                        ulFlags);
  }
  STDMETHODIMP NewUID(LPMAPIUID lpMuid) override { return inner_->NewUID(lpMuid); }
  STDMETHODIMP MakeInvalid(ULONG ulFlags, LPVOID lpObject, ULONG ulRefCount, ULONG cMethods) override {
    return inner_->MakeInvalid(ulFlags, lpObject, ulRefCount, cMethods);
  }
  STDMETHODIMP SpoolerYield(ULONG ulFlags) override { return inner_->SpoolerYield(ulFlags); }
  STDMETHODIMP SpoolerNotify(ULONG ulFlags, LPVOID lpvData) override { return inner_->SpoolerNotify(ulFlags, lpvData); }
  STDMETHODIMP CreateOneOff(LPTSTR lpszName, LPTSTR lpszAdrType, LPTSTR lpszAddress, ULONG ulFlags, ULONG* lpcbEntryID,
                            LPENTRYID* lppEntryID) override {
    return inner_->CreateOneOff(lpszName, lpszAdrType, lpszAddress, ulFlags, lpcbEntryID, lppEntryID);
  }
  STDMETHODIMP SetProviderUID(LPMAPIUID lpProviderID, ULONG ulFlags) override {
    return inner_->SetProviderUID(lpProviderID, ulFlags);
  }
  STDMETHODIMP CompareEntryIDs(ULONG cbEntry1, LPENTRYID lpEntry1, ULONG cbEntry2, LPENTRYID lpEntry2,
                               ULONG ulCompareFlags, ULONG* lpulResult) override {
    return inner_->CompareEntryIDs(cbEntry1, lpEntry1, cbEntry2, lpEntry2, ulCompareFlags, lpulResult);
  }
  STDMETHODIMP OpenTemplateID(ULONG cbTemplateID, LPENTRYID lpTemplateID, ULONG ulTemplateFlags,
                              LPMAPIPROP lpMAPIPropData, LPCIID lpInterface, LPMAPIPROP* lppMAPIPropNew,
                              LPMAPIPROP lpMAPIPropSibling) override {
    return inner_->OpenTemplateID(cbTemplateID, lpTemplateID, ulTemplateFlags, lpMAPIPropData, lpInterface,
                                  lppMAPIPropNew, lpMAPIPropSibling);
  }
  STDMETHODIMP OpenEntry(ULONG cbEntryID, LPENTRYID lpEntryID, LPCIID lpInterface, ULONG ulOpenFlags,
                         ULONG* lpulObjType, LPUNKNOWN* lppUnk) override {
    return inner_->OpenEntry(cbEntryID, lpEntryID, lpInterface, ulOpenFlags, lpulObjType, lppUnk);
  }
  STDMETHODIMP GetOneOffTable(ULONG ulFlags, LPMAPITABLE* lppTable) override {
    return inner_->GetOneOffTable(ulFlags, lppTable);
  }
  STDMETHODIMP Address(ULONG_PTR* lpulUIParam, LPADRPARM lpAdrParms, LPADRLIST* lppAdrList) override {
    return inner_->Address(lpulUIParam, lpAdrParms, lppAdrList);
  }
  STDMETHODIMP Details(ULONG_PTR* lpulUIParam, LPFNDISMISS lpfnDismiss, LPVOID lpvDismissContext, ULONG cbEntryID,
                       LPENTRYID lpEntryID, LPFNBUTTON lpfButtonCallback, LPVOID lpvButtonContext,
                       LPTSTR lpszButtonText, ULONG ulFlags) override {
    return inner_->Details(lpulUIParam, lpfnDismiss, lpvDismissContext, cbEntryID, lpEntryID, lpfButtonCallback,
                           lpvButtonContext, lpszButtonText, ulFlags);
  }
  STDMETHODIMP NewEntry(ULONG_PTR ulUIParam, ULONG ulFlags, ULONG cbEIDContainer, LPENTRYID lpEIDContainer,
                        ULONG cbEIDNewEntryTpl, LPENTRYID lpEIDNewEntryTpl, ULONG* lpcbEIDNewEntry,
                        LPENTRYID* lppEIDNewEntry) override {
    return inner_->NewEntry(ulUIParam, ulFlags, cbEIDContainer, lpEIDContainer, cbEIDNewEntryTpl, lpEIDNewEntryTpl,
                            lpcbEIDNewEntry, lppEIDNewEntry);
  }
  STDMETHODIMP DoConfigPropsheet(ULONG_PTR ulUIParam, ULONG ulFlags, LPTSTR lpszTitle, LPMAPITABLE lpDisplayTable,
                                 LPMAPIPROP lpCOnfigData, ULONG ulTopPage) override {
    return inner_->DoConfigPropsheet(ulUIParam, ulFlags, lpszTitle, lpDisplayTable, lpCOnfigData, ulTopPage);
  }
  STDMETHODIMP CopyMessages(LPCIID lpSrcInterface, LPVOID lpSrcFolder, LPENTRYLIST lpMsgList, LPCIID lpDestInterface,
                            LPVOID lpDestFolder, ULONG_PTR ulUIParam, LPMAPIPROGRESS lpProgress,
                            ULONG ulFlags) override {
    return inner_->CopyMessages(lpSrcInterface, lpSrcFolder, lpMsgList, lpDestInterface, lpDestFolder, ulUIParam,
                                lpProgress, ulFlags);
  }
  STDMETHODIMP CopyFolder(LPCIID lpSrcInterface, LPVOID lpSrcFolder, ULONG cbEntryID, LPENTRYID lpEntryID,
                          LPCIID lpDestInterface, LPVOID lpDestFolder, LPTSTR lszNewFolderName, ULONG_PTR ulUIParam,
                          LPMAPIPROGRESS lpProgress, ULONG ulFlags) override {
    return inner_->CopyFolder(lpSrcInterface, lpSrcFolder, cbEntryID, lpEntryID, lpDestInterface, lpDestFolder,
                              lszNewFolderName, ulUIParam, lpProgress, ulFlags);
  }
  STDMETHODIMP DoCopyTo(LPCIID lpSrcInterface, LPVOID lpSrcObj, ULONG ciidExclude, LPCIID rgiidExclude,
                        LPSPropTagArray lpExcludeProps, ULONG_PTR ulUIParam, LPMAPIPROGRESS lpProgress,
                        LPCIID lpDestInterface, LPVOID lpDestObj, ULONG ulFlags,
                        LPSPropProblemArray* lppProblems) override {
    return inner_->DoCopyTo(lpSrcInterface, lpSrcObj, ciidExclude, rgiidExclude, lpExcludeProps, ulUIParam, lpProgress,
                            lpDestInterface, lpDestObj, ulFlags, lppProblems);
  }
  STDMETHODIMP DoCopyProps(LPCIID lpSrcInterface, LPVOID lpSrcObj, LPSPropTagArray lpIncludeProps, ULONG_PTR ulUIParam,
                           LPMAPIPROGRESS lpProgress, LPCIID lpDestInterface, LPVOID lpDestObj, ULONG ulFlags,
                           LPSPropProblemArray* lppProblems) override {
    return inner_->DoCopyProps(lpSrcInterface, lpSrcObj, lpIncludeProps, ulUIParam, lpProgress, lpDestInterface,
                               lpDestObj, ulFlags, lppProblems);
  }
  STDMETHODIMP DoProgressDialog(ULONG_PTR ulUIParam, ULONG ulFlags, LPMAPIPROGRESS* lppProgress) override {
    return inner_->DoProgressDialog(ulUIParam, ulFlags, lppProgress);
  }
  STDMETHODIMP ReadReceipt(ULONG ulFlags, LPMESSAGE lpReadMessage, LPMESSAGE* lppEmptyMessage) override {
    return inner_->ReadReceipt(ulFlags, lpReadMessage, lppEmptyMessage);
  }
  STDMETHODIMP PrepareSubmit(LPMESSAGE lpMessage, ULONG* lpulFlags) override {
    return inner_->PrepareSubmit(lpMessage, lpulFlags);
  }
  STDMETHODIMP ExpandRecips(LPMESSAGE lpMessage, ULONG* lpulFlags) override {
    return inner_->ExpandRecips(lpMessage, lpulFlags);
  }
  STDMETHODIMP UpdatePAB(ULONG ulFlags, LPMESSAGE lpMessage) override { return inner_->UpdatePAB(ulFlags, lpMessage); }
  STDMETHODIMP DoSentMail(ULONG ulFlags, LPMESSAGE lpMessage) override {
    return inner_->DoSentMail(ulFlags, lpMessage);
  }
  STDMETHODIMP OpenAddressBook(LPCIID lpInterface, ULONG ulFlags, LPADRBOOK* lppAdrBook) override {
    return inner_->OpenAddressBook(lpInterface, ulFlags, lppAdrBook);
  }
  STDMETHODIMP Preprocess(ULONG ulFlags, ULONG cbEntryID, LPENTRYID lpEntryID) override {
    return inner_->Preprocess(ulFlags, cbEntryID, lpEntryID);
  }
  STDMETHODIMP CompleteMsg(ULONG ulFlags, ULONG cbEntryID, LPENTRYID lpEntryID) override {
    return inner_->CompleteMsg(ulFlags, cbEntryID, lpEntryID);
  }
  STDMETHODIMP StoreLogoffTransports(ULONG* lpulFlags) override {
    const ULONG given = lpulFlags ? *lpulFlags : 0;
    const HRESULT hr = inner_->StoreLogoffTransports(lpulFlags);
    trace("StoreLogoffTransports", &given, lpulFlags);
    return hr;
  }
  STDMETHODIMP StatusRecips(LPMESSAGE lpMessage, LPADRLIST lpRecipList) override {
    return inner_->StatusRecips(lpMessage, lpRecipList);
  }
  STDMETHODIMP WrapStoreEntryID(ULONG cbOrigEntry, LPENTRYID lpOrigEntry, ULONG* lpcbWrappedEntry,
                                LPENTRYID* lppWrappedEntry) override {
    return inner_->WrapStoreEntryID(cbOrigEntry, lpOrigEntry, lpcbWrappedEntry, lppWrappedEntry);
  }
  STDMETHODIMP ModifyProfile(ULONG ulFlags) override { return inner_->ModifyProfile(ulFlags); }
  STDMETHODIMP IStorageFromStream(LPUNKNOWN lpUnkIn, LPCIID lpInterface, ULONG ulFlags,
                                  LPSTORAGE* lppStorageOut) override {
    return inner_->IStorageFromStream(lpUnkIn, lpInterface, ulFlags, lppStorageOut);
  }
  STDMETHODIMP GetSvcConfigSupportObj(ULONG ulFlags, LPMAPISUP* lppSvcSupport) override {
    return inner_->GetSvcConfigSupportObj(ulFlags, lppSvcSupport);
  }
};

// There is one for each store of the other provider: a second logon to an open store finds it.
class Store;
struct Stores {
  std::mutex mutex;
  std::map<IMsgStore*, Store*> open;
};

class Store final : public Wrapper<IMsgStore, IID_IMAPIProp, IID_IMsgStore> {
 public:
  // `who`: before the calls in the trace.
  Store(IMsgStore* inner, std::shared_ptr<Stores> stores, const char* who)
      : Wrapper(inner), stores_(std::move(stores)), who_(who) {}
  STDMETHODIMP_(ULONG) Release() override {
    {
      const std::lock_guard<std::mutex> lock(stores_->mutex);
      if (const ULONG left = --references_) return left;
      stores_->open.erase(inner_.get());
    }
    trace(who_ + "IMsgStore::Release 0");
    delete this;
    return 0;
  }
  STDMETHODIMP GetLastError(HRESULT hResult, ULONG ulFlags, LPMAPIERROR* lppMAPIError) override {
    return inner_->GetLastError(hResult, ulFlags, lppMAPIError);
  }
  STDMETHODIMP SaveChanges(ULONG ulFlags) override { return inner_->SaveChanges(ulFlags); }
  STDMETHODIMP GetProps(LPSPropTagArray lpPropTagArray, ULONG ulFlags, ULONG* lpcValues,
                        LPSPropValue* lppPropArray) override {
    return inner_->GetProps(lpPropTagArray, ulFlags, lpcValues, lppPropArray);
  }
  STDMETHODIMP GetPropList(ULONG ulFlags, LPSPropTagArray* lppPropTagArray) override {
    return inner_->GetPropList(ulFlags, lppPropTagArray);
  }
  STDMETHODIMP OpenProperty(ULONG ulPropTag, LPCIID lpiid, ULONG ulInterfaceOptions, ULONG ulFlags,
                            LPUNKNOWN* lppUnk) override {
    return inner_->OpenProperty(ulPropTag, lpiid, ulInterfaceOptions, ulFlags, lppUnk);
  }
  STDMETHODIMP SetProps(ULONG cValues, LPSPropValue lpPropArray, LPSPropProblemArray* lppProblems) override {
    return inner_->SetProps(cValues, lpPropArray, lppProblems);
  }
  STDMETHODIMP DeleteProps(LPSPropTagArray lpPropTagArray, LPSPropProblemArray* lppProblems) override {
    return inner_->DeleteProps(lpPropTagArray, lppProblems);
  }
  STDMETHODIMP CopyTo(ULONG ciidExclude, LPCIID rgiidExclude, LPSPropTagArray lpExcludeProps, ULONG_PTR ulUIParam,
                      LPMAPIPROGRESS lpProgress, LPCIID lpInterface, LPVOID lpDestObj, ULONG ulFlags,
                      LPSPropProblemArray* lppProblems) override {
    return inner_->CopyTo(ciidExclude, rgiidExclude, lpExcludeProps, ulUIParam, lpProgress, lpInterface, lpDestObj,
                          ulFlags, lppProblems);
  }
  STDMETHODIMP CopyProps(LPSPropTagArray lpIncludeProps, ULONG_PTR ulUIParam, LPMAPIPROGRESS lpProgress,
                         LPCIID lpInterface, LPVOID lpDestObj, ULONG ulFlags,
                         LPSPropProblemArray* lppProblems) override {
    return inner_->CopyProps(lpIncludeProps, ulUIParam, lpProgress, lpInterface, lpDestObj, ulFlags, lppProblems);
  }
  STDMETHODIMP GetNamesFromIDs(LPSPropTagArray* lppPropTags, LPGUID lpPropSetGuid, ULONG ulFlags, ULONG* lpcPropNames,
                               LPMAPINAMEID** lpppPropNames) override {
    return inner_->GetNamesFromIDs(lppPropTags, lpPropSetGuid, ulFlags, lpcPropNames, lpppPropNames);
  }
  STDMETHODIMP GetIDsFromNames(ULONG cPropNames, LPMAPINAMEID* lppPropNames, ULONG ulFlags,
                               LPSPropTagArray* lppPropTags) override {
    return inner_->GetIDsFromNames(cPropNames, lppPropNames, ulFlags, lppPropTags);
  }
  STDMETHODIMP Advise(ULONG cbEntryID, LPENTRYID lpEntryID, ULONG ulEventMask, LPMAPIADVISESINK lpAdviseSink,
                      ULONG_PTR* lpulConnection) override {
    return inner_->Advise(cbEntryID, lpEntryID, ulEventMask, lpAdviseSink, lpulConnection);
  }
  STDMETHODIMP Unadvise(ULONG_PTR ulConnection) override { return inner_->Unadvise(ulConnection); }
  STDMETHODIMP CompareEntryIDs(ULONG cbEntryID1, LPENTRYID lpEntryID1, ULONG cbEntryID2, LPENTRYID lpEntryID2,
                               ULONG ulFlags, ULONG* lpulResult) override {
    return inner_->CompareEntryIDs(cbEntryID1, lpEntryID1, cbEntryID2, lpEntryID2, ulFlags, lpulResult);
  }
  STDMETHODIMP OpenEntry(ULONG cbEntryID, LPENTRYID lpEntryID, LPCIID lpInterface, ULONG ulFlags, ULONG* lpulObjType,
                         LPUNKNOWN* lppUnk) override {
    return inner_->OpenEntry(cbEntryID, lpEntryID, lpInterface, ulFlags, lpulObjType, lppUnk);
  }
  STDMETHODIMP SetReceiveFolder(LPTSTR lpszMessageClass, ULONG ulFlags, ULONG cbEntryID, LPENTRYID lpEntryID) override {
    return inner_->SetReceiveFolder(lpszMessageClass, ulFlags, cbEntryID, lpEntryID);
  }
  STDMETHODIMP GetReceiveFolder(LPTSTR lpszMessageClass, ULONG ulFlags, ULONG* lpcbEntryID, LPENTRYID* lppEntryID,
                                LPTSTR* lppszExplicitClass) override {
    return inner_->GetReceiveFolder(lpszMessageClass, ulFlags, lpcbEntryID, lppEntryID, lppszExplicitClass);
  }
  STDMETHODIMP GetReceiveFolderTable(ULONG ulFlags, LPMAPITABLE* lppTable) override {
    return inner_->GetReceiveFolderTable(ulFlags, lppTable);
  }
  STDMETHODIMP StoreLogoff(ULONG* lpulFlags) override {
    trace(who_ + "IMsgStore::StoreLogoff", lpulFlags);
    return inner_->StoreLogoff(lpulFlags);
  }
  STDMETHODIMP AbortSubmit(ULONG cbEntryID, LPENTRYID lpEntryID, ULONG ulFlags) override {
    return inner_->AbortSubmit(cbEntryID, lpEntryID, ulFlags);
  }
  STDMETHODIMP GetOutgoingQueue(ULONG ulFlags, LPMAPITABLE* lppTable) override {
    return inner_->GetOutgoingQueue(ulFlags, lppTable);
  }
  STDMETHODIMP SetLockState(LPMESSAGE lpMessage, ULONG ulLockState) override {
    return inner_->SetLockState(lpMessage, ulLockState);
  }
  STDMETHODIMP FinishedMsg(ULONG ulFlags, ULONG cbEntryID, LPENTRYID lpEntryID) override {
    return inner_->FinishedMsg(ulFlags, cbEntryID, lpEntryID);
  }
  STDMETHODIMP NotifyNewMail(LPNOTIFICATION lpNotification) override { return inner_->NotifyNewMail(lpNotification); }

 private:
  const std::shared_ptr<Stores> stores_;
  const std::string who_;
};

class Logon final : public Wrapper<IMSLogon, IID_IMSLogon> {
 public:
  Logon(IMSLogon* inner, const char* who) : Wrapper(inner), who_(who) {}
  ~Logon() override { trace(who_ + "IMSLogon::Release 0"); }
  STDMETHODIMP GetLastError(HRESULT hResult, ULONG ulFlags, LPMAPIERROR* lppMAPIError) override {
    return inner_->GetLastError(hResult, ulFlags, lppMAPIError);
  }
  STDMETHODIMP Logoff(ULONG* lpulFlags) override {
    trace(who_ + "IMSLogon::Logoff", lpulFlags);
    return inner_->Logoff(lpulFlags);
  }
  STDMETHODIMP OpenEntry(ULONG cbEntryID, LPENTRYID lpEntryID, LPCIID lpInterface, ULONG ulFlags, ULONG* lpulObjType,
                         LPUNKNOWN* lppUnk) override {
    return inner_->OpenEntry(cbEntryID, lpEntryID, lpInterface, ulFlags, lpulObjType, lppUnk);
  }
  STDMETHODIMP CompareEntryIDs(ULONG cbEntryID1, LPENTRYID lpEntryID1, ULONG cbEntryID2, LPENTRYID lpEntryID2,
                               ULONG ulFlags, ULONG* lpulResult) override {
    return inner_->CompareEntryIDs(cbEntryID1, lpEntryID1, cbEntryID2, lpEntryID2, ulFlags, lpulResult);
  }
  STDMETHODIMP Advise(ULONG cbEntryID, LPENTRYID lpEntryID, ULONG ulEventMask, LPMAPIADVISESINK lpAdviseSink,
                      ULONG_PTR* lpulConnection) override {
    return inner_->Advise(cbEntryID, lpEntryID, ulEventMask, lpAdviseSink, lpulConnection);
  }
  STDMETHODIMP Unadvise(ULONG_PTR ulConnection) override { return inner_->Unadvise(ulConnection); }
  STDMETHODIMP OpenStatusEntry(LPCIID lpInterface, ULONG ulFlags, ULONG* lpulObjType, LPVOID* lppEntry) override {
    return inner_->OpenStatusEntry(lpInterface, ulFlags, lpulObjType, lppEntry);
  }

 private:
  const std::string who_;
};

class Provider final : public Wrapper<IMSProvider, IID_IMSProvider> {
 public:
  using Wrapper::Wrapper;
  ~Provider() override { trace("IMSProvider::Release 0"); }
  STDMETHODIMP Shutdown(ULONG* lpulFlags) override {
    trace("IMSProvider::Shutdown", lpulFlags);
    return inner_->Shutdown(lpulFlags);
  }
  STDMETHODIMP CompareStoreIDs(ULONG cbEntryID1, LPENTRYID lpEntryID1, ULONG cbEntryID2, LPENTRYID lpEntryID2,
                               ULONG ulFlags, ULONG* lpulResult) override {
    return inner_->CompareStoreIDs(cbEntryID1, lpEntryID1, cbEntryID2, lpEntryID2, ulFlags, lpulResult);
  }
  STDMETHODIMP Logon(LPMAPISUP support, ULONG_PTR window, LPTSTR profile, ULONG size, LPENTRYID id, ULONG flags,
                     LPCIID iid, ULONG* cb, LPBYTE* security, LPMAPIERROR* error, LPMSLOGON* logon,
                     LPMDB* store) override try {
    const std::unique_ptr<IMAPISupport, Releaser> wrapped(new Support(support));
    return hand_out(
        inner_->Logon(wrapped.get(), window, profile, size, id, flags, iid, cb, security, error, logon, store), logon,
        store, "");
  } catch (const std::bad_alloc&) {
    return MAPI_E_NOT_ENOUGH_MEMORY;
  }
  STDMETHODIMP SpoolerLogon(LPMAPISUP support, ULONG_PTR window, LPTSTR profile, ULONG size, LPENTRYID id, ULONG flags,
                            LPCIID iid, ULONG cb, LPBYTE security, LPMAPIERROR* error, LPMSLOGON* logon,
                            LPMDB* store) override try {
    const std::unique_ptr<IMAPISupport, Releaser> wrapped(new Support(support));
    return hand_out(
        inner_->SpoolerLogon(wrapped.get(), window, profile, size, id, flags, iid, cb, security, error, logon, store),
        logon, store, "spooler ");
  } catch (const std::bad_alloc&) {
    return MAPI_E_NOT_ENOUGH_MEMORY;
  }

 private:
  // Ours in place of theirs. A store that is open already has ours.
  HRESULT hand_out(HRESULT hr, LPMSLOGON* logon, LPMDB* store, const char* who) {
    if (FAILED(hr)) return hr;
    if (*logon) *logon = new ::Logon(*logon, who);
    if (*store) *store = wrap(*store, who);
    return hr;
  }
  Store* wrap(IMsgStore* theirs, const char* who) {
    const std::lock_guard<std::mutex> lock(stores_->mutex);
    Store*& ours = stores_->open[theirs];
    if (!ours) return ours = new Store(theirs, stores_, who);
    ours->AddRef();
    theirs->Release();  // never the last: ours has one
    return ours;
  }
  const std::shared_ptr<Stores> stores_ = std::make_shared<Stores>();
};

}  // namespace

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT HRESULT STDMAPIINITCALLTYPE MSProviderInit(HINSTANCE, LPMALLOC allocator, LPALLOCATEBUFFER allocate,
                                                  LPALLOCATEMORE more, LPFREEBUFFER release, ULONG flags, ULONG version,
                                                  ULONG* provider_version, LPMSPROVIDER* provider) try {
  if (!provider_version || !provider) return MAPI_E_INVALID_PARAMETER;
  *provider = nullptr;
  *provider_version = CURRENT_SPI_VERSION;
  if (version < CURRENT_SPI_VERSION) return MAPI_E_VERSION;
  const Library& library = Library::get();
  auto* init = library.function<MSPROVIDERINIT>("MSProviderInit");
  if (!init) return MAPI_E_NOT_FOUND;
  LPMSPROVIDER theirs = nullptr;
  // The instance is that of the library the function lives in, the version what the other provider says.
  const HRESULT hr =
      init(library.instance(), allocator, allocate, more, release, flags, version, provider_version, &theirs);
  if (SUCCEEDED(hr)) *provider = new Provider(theirs);
  return hr;
} catch (const std::bad_alloc&) {
  return MAPI_E_NOT_ENOUGH_MEMORY;
}

EXPORT HRESULT STDAPICALLTYPE WrappingServiceEntry(HINSTANCE, LPMALLOC allocator, LPMAPISUP support, ULONG_PTR window,
                                                   ULONG flags, ULONG context, ULONG count, LPSPropValue values,
                                                   LPPROVIDERADMIN admin, LPMAPIERROR* error) try {
  if (!support || !admin) return MAPI_E_INVALID_PARAMETER;
  if (context != MSG_SERVICE_CREATE && context != MSG_SERVICE_CONFIGURE) return MAPI_E_NO_SUPPORT;
  const Library& library = Library::get();
  auto* entry = library.function<MSGSERVICEENTRY>(setting("WRAPPED_STORE_ENTRY", "SampleServiceEntry"));
  if (!entry) return MAPI_E_NOT_FOUND;
  const std::unique_ptr<IMAPISupport, Releaser> wrapped(new Support(support));
  return entry(library.instance(), allocator, wrapped.get(), window, flags, context, count, values, admin, error);
} catch (const std::bad_alloc&) {
  return MAPI_E_NOT_ENOUGH_MEMORY;
}

EXPORT HRESULT STDAPICALLTYPE DllCanUnloadNow(void) {
  auto* theirs = Library::get().function<HRESULT(void)>("DllCanUnloadNow");
  return Counted::count() == 0 && (!theirs || theirs() == S_OK) ? S_OK : S_FALSE;
}
