// SPDX-License-Identifier: Apache-2.0
// An IStream that only takes Write and hands the bytes on: what converters write into. A failure of the receiver is
// kept and answered as STG_E_WRITEFAULT; rethrow() brings it to light where exceptions may pass.
#pragma once

#include <mapix.h>

#include <atomic>
#include <exception>
#include <functional>
#include <string_view>

#include "mapiary/client/pointer.h"

namespace cli {

class ByteStream final : public IStream {
 public:
  using Receiver = std::function<void(std::string_view)>;
  static mapiary::client::Pointer<ByteStream> make(Receiver receiver) {
    return mapiary::client::Pointer<ByteStream>::adopt(new ByteStream(std::move(receiver)));
  }
  std::uint64_t size() const { return size_; }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override;
  STDMETHODIMP_(ULONG) AddRef() override { return ++references_; }
  STDMETHODIMP_(ULONG) Release() override;
  STDMETHODIMP Read(void*, ULONG, ULONG*) override { return STG_E_ACCESSDENIED; }
  STDMETHODIMP Write(const void* bytes, ULONG size, ULONG* written) override;
  STDMETHODIMP Seek(LARGE_INTEGER move, DWORD origin, ULARGE_INTEGER* at) override;
  STDMETHODIMP SetSize(ULARGE_INTEGER) override { return STG_E_INVALIDFUNCTION; }
  STDMETHODIMP CopyTo(IStream*, ULARGE_INTEGER, ULARGE_INTEGER*, ULARGE_INTEGER*) override {
    return STG_E_ACCESSDENIED;
  }
  STDMETHODIMP Commit(DWORD) override { return S_OK; }
  STDMETHODIMP Revert() override { return STG_E_INVALIDFUNCTION; }
  STDMETHODIMP LockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return STG_E_INVALIDFUNCTION; }
  STDMETHODIMP UnlockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return STG_E_INVALIDFUNCTION; }
  STDMETHODIMP Stat(STATSTG* status, DWORD flags) override;
  STDMETHODIMP Clone(IStream**) override { return STG_E_INVALIDFUNCTION; }

 private:
  explicit ByteStream(Receiver receiver) : receiver_(std::move(receiver)) {}

  std::atomic<ULONG> references_{1};
  Receiver receiver_;
  std::uint64_t size_ = 0;
  std::exception_ptr failure_;
};

}  // namespace cli
