// SPDX-License-Identifier: Apache-2.0
// A contents table without rows and an empty stream: what else a client may have open in the mail store when that is
// logged off. `open` is the store's.
#pragma once

#include <mapix.h>

#include <memory>

#include "tests/providers/unknown.h"

namespace transport {

using test_provider::give;
using test_provider::Unknown;

using OpenFlag = std::shared_ptr<const std::atomic<bool>>;

class TableBase : public Unknown<IMAPITable> {
 public:
  explicit TableBase(OpenFlag open) : open_(std::move(open)) {}
  HRESULT refuse() const { return *open_ ? MAPI_E_NO_SUPPORT : MAPI_E_INVALID_OBJECT; }
  MAPI_IMAPITABLE_METHODS(override { return refuse(); })

 protected:
  OpenFlag open_;
};

class EmptyTable final : public TableBase {
 public:
  using TableBase::TableBase;
  ~EmptyTable() override { forget(); }
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(static_cast<IMAPITable*>(this), {&IID_IUnknown, &IID_IMAPITable}, iid, out);
  }
  STDMETHODIMP Advise(ULONG, LPMAPIADVISESINK sink, ULONG_PTR* connection) override {
    if (!*open_) return MAPI_E_INVALID_OBJECT;
    sink->AddRef();
    forget();
    sink_ = sink;
    *connection = 1;
    return S_OK;
  }
  STDMETHODIMP Unadvise(ULONG_PTR) override {
    forget();
    return S_OK;
  }
  STDMETHODIMP GetRowCount(ULONG, ULONG* count) override {
    if (!*open_) return MAPI_E_INVALID_OBJECT;
    *count = 0;
    return S_OK;
  }

 private:
  void forget() {
    if (sink_) sink_->Release();
    sink_ = nullptr;
  }
  LPMAPIADVISESINK sink_ = nullptr;
};

class EmptyStream final : public Unknown<IStream> {
 public:
  explicit EmptyStream(OpenFlag open) : open_(std::move(open)) {}
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(static_cast<IStream*>(this), {&IID_IUnknown, &IID_ISequentialStream, &IID_IStream}, iid, out);
  }
  STDMETHODIMP Read(VOID*, ULONG, ULONG* count) override {
    if (!*open_) return STG_E_REVERTED;
    if (count) *count = 0;
    return S_OK;
  }
  STDMETHODIMP Write(const VOID*, ULONG, ULONG*) override { return refuse(); }
  STDMETHODIMP Seek(LARGE_INTEGER, DWORD, ULARGE_INTEGER*) override { return refuse(); }
  STDMETHODIMP SetSize(ULARGE_INTEGER) override { return refuse(); }
  STDMETHODIMP CopyTo(IStream*, ULARGE_INTEGER, ULARGE_INTEGER*, ULARGE_INTEGER*) override { return refuse(); }
  STDMETHODIMP Commit(DWORD) override { return refuse(); }
  STDMETHODIMP Revert() override { return refuse(); }
  STDMETHODIMP LockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return refuse(); }
  STDMETHODIMP UnlockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return refuse(); }
  STDMETHODIMP Stat(STATSTG*, DWORD) override { return refuse(); }
  STDMETHODIMP Clone(IStream**) override { return refuse(); }

 private:
  HRESULT refuse() const { return *open_ ? STG_E_ACCESSDENIED : STG_E_REVERTED; }
  OpenFlag open_;
};

}  // namespace transport
