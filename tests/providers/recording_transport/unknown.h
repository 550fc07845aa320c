// SPDX-License-Identifier: Apache-2.0
// References and QueryInterface for the objects of the recording transport and its store.
#pragma once

#include <mapispi.h>

#include <atomic>
#include <initializer_list>

namespace transport {

template <class I>
class Unknown : public I {
 public:
  virtual ~Unknown() = default;
  STDMETHODIMP_(ULONG) AddRef() override { return ++count_; }
  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = --count_;
    if (left == 0) delete this;
    return left;
  }

 protected:
  std::atomic<ULONG> count_{1};
};

template <class I>
HRESULT give(I* object, std::initializer_list<const IID*> iids, REFIID iid, LPVOID* out) {
  *out = nullptr;
  for (const IID* known : iids) {
    if (!IsEqualGUID(*known, iid)) continue;
    *out = object;
    object->AddRef();
    return S_OK;
  }
  return MAPI_E_INTERFACE_NOT_SUPPORTED;
}

}  // namespace transport
