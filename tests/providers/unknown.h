// SPDX-License-Identifier: Apache-2.0
// References and QueryInterface for the objects of the test providers, which link nothing of ours. The first interface
// of an object is the one that is given out. Any thread.
#pragma once

#include <mapispi.h>

#include <atomic>
#include <initializer_list>

namespace test_provider {

template <class First, class... Rest>
class Unknown : public First, public Rest... {
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

// QueryInterface of an object that has the interfaces in `iids`, all of them under the pointer `object`.
template <class I>
HRESULT give(I* object, std::initializer_list<const IID*> iids, REFIID iid, LPVOID* out) {
  if (!out) return MAPI_E_INVALID_PARAMETER;
  *out = nullptr;
  for (const IID* known : iids) {
    if (!IsEqualGUID(*known, iid)) continue;
    *out = object;
    object->AddRef();
    return S_OK;
  }
  return MAPI_E_INTERFACE_NOT_SUPPORTED;
}

}  // namespace test_provider
