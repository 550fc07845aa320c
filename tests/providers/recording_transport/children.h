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

}  // namespace transport
