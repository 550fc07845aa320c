// SPDX-License-Identifier: Apache-2.0
// IMSLogon and IMsgStore as one object with one reference count, as the reference proposes to providers
// (structure-of-message-store-providers). Behind it are the two objects of the usual mode, so that the calls they
// record are the same. When only one reference is left, which is MAPI's for the logon, the client has gone: then the
// store part ends (mode OneObject=yes), or not before the object itself does (OneObject=plain).
#include "objects.h"

namespace recording {
namespace {

class OneObject final : public PropBase<IMsgStore, IMSLogon> {
 public:
  explicit OneObject(const CorePtr& core)
      : PropBase(core), logon_(new Logon(core)), store_(new Store(core)), is_watchful_(mode_of("OneObject") == "yes") {
    core->store = this;
    count_ = 2;  // one for each of the two pointers
  }
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    *out = nullptr;
    if (IsEqualGUID(iid, IID_IMSLogon)) *out = static_cast<IMSLogon*>(this);
    for (const IID* known : {&IID_IUnknown, &IID_IMAPIProp, &IID_IMsgStore}) {
      if (IsEqualGUID(iid, *known)) *out = static_cast<IMsgStore*>(this);
    }
    if (!*out) return MAPI_E_INTERFACE_NOT_SUPPORTED;
    AddRef();
    return S_OK;
  }
  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = --count_;
    // MAPI gives back the last reference while this runs; the parts are taken out first.
    if (left == 1 && is_watchful_) end_store();
    if (left != 0) return left;
    end_store();
    Logon* const logon = logon_;
    delete this;
    logon->Release();
    return 0;
  }
  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG flags, ULONG* count, LPSPropValue* values) override {
    return store_ ? store_.load()->GetProps(tags, flags, count, values) : MAPI_E_INVALID_OBJECT;
  }

  STDMETHODIMP Advise(ULONG size, LPENTRYID id, ULONG events, LPMAPIADVISESINK sink, ULONG_PTR* connection) override {
    return logon_->Advise(size, id, events, sink, connection);
  }
  STDMETHODIMP Unadvise(ULONG_PTR connection) override { return logon_->Unadvise(connection); }
  STDMETHODIMP CompareEntryIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG flags,
                               ULONG* result) override {
    return logon_->CompareEntryIDs(size1, id1, size2, id2, flags, result);
  }
  STDMETHODIMP OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) override {
    return logon_->OpenEntry(size, id, iid, flags, type, out);
  }
  STDMETHODIMP Logoff(ULONG* flags) override { return logon_->Logoff(flags); }
  STDMETHODIMP OpenStatusEntry(LPCIID iid, ULONG flags, ULONG* type, LPVOID* out) override {
    return logon_->OpenStatusEntry(iid, flags, type, out);
  }
  STDMETHODIMP StoreLogoff(ULONG* flags) override {
    return store_ ? store_.load()->StoreLogoff(flags) : MAPI_E_INVALID_OBJECT;
  }

  STDMETHODIMP SetReceiveFolder(LPTSTR, ULONG, ULONG, LPENTRYID) override { return refuse(); }
  STDMETHODIMP GetReceiveFolder(LPTSTR, ULONG, ULONG*, LPENTRYID*, LPTSTR*) override { return refuse(); }
  STDMETHODIMP GetReceiveFolderTable(ULONG, LPMAPITABLE*) override { return refuse(); }
  STDMETHODIMP AbortSubmit(ULONG, LPENTRYID, ULONG) override { return refuse(); }
  STDMETHODIMP GetOutgoingQueue(ULONG, LPMAPITABLE*) override { return refuse(); }
  STDMETHODIMP SetLockState(LPMESSAGE, ULONG) override { return refuse(); }
  STDMETHODIMP FinishedMsg(ULONG, ULONG, LPENTRYID) override { return refuse(); }
  STDMETHODIMP NotifyNewMail(LPNOTIFICATION) override { return refuse(); }

 private:
  void end_store() {
    if (Store* const store = store_.exchange(nullptr)) store->Release();
  }

  Logon* const logon_;
  std::atomic<Store*> store_;
  const bool is_watchful_;
};

}  // namespace

void make_one_object(const CorePtr& core, LPMSLOGON* logon, LPMDB* store) {
  auto* object = new OneObject(core);
  *logon = object;
  *store = object;
}

}  // namespace recording
