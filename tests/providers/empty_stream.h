// SPDX-License-Identifier: Apache-2.0
// A stream of no bytes that cannot be changed, for objects of the test providers that need only have one. Any thread.
#pragma once

#include <functional>
#include <utility>

#include "tests/providers/unknown.h"

namespace test_provider {

class EmptyStream final : public Unknown<IStream> {
 public:
  // `is_open` tells whether the logon it belongs to is; `closed` is the answer when it is not, `refused` the one to
  // what cannot be done.
  EmptyStream(std::function<bool()> is_open, HRESULT closed, HRESULT refused)
      : is_open_(std::move(is_open)), closed_(closed), refused_(refused) {}
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(static_cast<IStream*>(this), {&IID_IUnknown, &IID_ISequentialStream, &IID_IStream}, iid, out);
  }
  STDMETHODIMP Read(VOID*, ULONG, ULONG* count) override {
    if (!is_open_()) return closed_;
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
  HRESULT refuse() const { return is_open_() ? refused_ : closed_; }

  const std::function<bool()> is_open_;
  const HRESULT closed_, refused_;
};

}  // namespace test_provider
