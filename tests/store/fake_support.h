// SPDX-License-Identifier: Apache-2.0
// A support object that does nothing but note what the store asks of it when a message was sent. Whoever hands it out
// outlives those who have it. One thread.
#pragma once

#include <mapicode.h>
#include <mapispi.h>

#include <functional>

namespace mapiary::store_tests {

class FakeSupport final : public IMAPISupport {
 public:
  std::function<void(IMessage&)> on_sent_mail;
  ULONG references = 1;

  STDMETHODIMP QueryInterface(REFIID, LPVOID* out) override {
    *out = nullptr;
    return MAPI_E_INTERFACE_NOT_SUPPORTED;
  }
  STDMETHODIMP_(ULONG) AddRef() override { return ++references; }
  STDMETHODIMP_(ULONG) Release() override { return --references; }
  // It takes the reference.
  STDMETHODIMP DoSentMail(ULONG, LPMESSAGE message) override {
    if (on_sent_mail) on_sent_mail(*message);
    message->Release();
    return S_OK;
  }
  STDMETHODIMP StoreLogoffTransports(ULONG*) override { return S_OK; }

  STDMETHODIMP GetLastError(HRESULT, ULONG, LPMAPIERROR*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP GetMemAllocRoutines(LPALLOCATEBUFFER*, LPALLOCATEMORE*, LPFREEBUFFER*) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP Subscribe(LPNOTIFKEY, ULONG, ULONG, LPMAPIADVISESINK, ULONG_PTR*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP Unsubscribe(ULONG_PTR) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP Notify(LPNOTIFKEY, ULONG, LPNOTIFICATION, ULONG*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP ModifyStatusRow(ULONG, LPSPropValue, ULONG) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP OpenProfileSection(LPMAPIUID, ULONG, LPPROFSECT*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP RegisterPreprocessor(LPMAPIUID, LPTSTR, LPTSTR, LPSTR, LPSTR, ULONG) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP NewUID(LPMAPIUID) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP MakeInvalid(ULONG, LPVOID, ULONG, ULONG) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP SpoolerYield(ULONG) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP SpoolerNotify(ULONG, LPVOID) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP CreateOneOff(LPTSTR, LPTSTR, LPTSTR, ULONG, ULONG*, LPENTRYID*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP SetProviderUID(LPMAPIUID, ULONG) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP CompareEntryIDs(ULONG, LPENTRYID, ULONG, LPENTRYID, ULONG, ULONG*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP OpenTemplateID(ULONG, LPENTRYID, ULONG, LPMAPIPROP, LPCIID, LPMAPIPROP*, LPMAPIPROP) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP OpenEntry(ULONG, LPENTRYID, LPCIID, ULONG, ULONG*, LPUNKNOWN*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP GetOneOffTable(ULONG, LPMAPITABLE*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP Address(ULONG_PTR*, LPADRPARM, LPADRLIST*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP Details(ULONG_PTR*, LPFNDISMISS, LPVOID, ULONG, LPENTRYID, LPFNBUTTON, LPVOID, LPTSTR, ULONG) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP NewEntry(ULONG_PTR, ULONG, ULONG, LPENTRYID, ULONG, LPENTRYID, ULONG*, LPENTRYID*) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP DoConfigPropsheet(ULONG_PTR, ULONG, LPTSTR, LPMAPITABLE, LPMAPIPROP, ULONG) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP CopyMessages(LPCIID, LPVOID, LPENTRYLIST, LPCIID, LPVOID, ULONG_PTR, LPMAPIPROGRESS, ULONG) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP CopyFolder(LPCIID, LPVOID, ULONG, LPENTRYID, LPCIID, LPVOID, LPTSTR, ULONG_PTR, LPMAPIPROGRESS,
                          ULONG) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP DoCopyTo(LPCIID, LPVOID, ULONG, LPCIID, LPSPropTagArray, ULONG_PTR, LPMAPIPROGRESS, LPCIID, LPVOID,
                        ULONG, LPSPropProblemArray*) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP DoCopyProps(LPCIID, LPVOID, LPSPropTagArray, ULONG_PTR, LPMAPIPROGRESS, LPCIID, LPVOID, ULONG,
                           LPSPropProblemArray*) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP DoProgressDialog(ULONG_PTR, ULONG, LPMAPIPROGRESS*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP ReadReceipt(ULONG, LPMESSAGE, LPMESSAGE*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP PrepareSubmit(LPMESSAGE, ULONG*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP ExpandRecips(LPMESSAGE, ULONG*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP UpdatePAB(ULONG, LPMESSAGE) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP OpenAddressBook(LPCIID, ULONG, LPADRBOOK*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP Preprocess(ULONG, ULONG, LPENTRYID) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP CompleteMsg(ULONG, ULONG, LPENTRYID) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP StatusRecips(LPMESSAGE, LPADRLIST) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP WrapStoreEntryID(ULONG, LPENTRYID, ULONG*, LPENTRYID*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP ModifyProfile(ULONG) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP IStorageFromStream(LPUNKNOWN, LPCIID, ULONG, LPSTORAGE*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP GetSvcConfigSupportObj(ULONG, LPMAPISUP*) override { return MAPI_E_NO_SUPPORT; }
};

}  // namespace mapiary::store_tests
