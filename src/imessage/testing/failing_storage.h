// SPDX-License-Identifier: Apache-2.0
// A storage that passes everything on to another one and fails one changing call of the caller's choice, at any depth
// and in its streams. Not synchronised.
#pragma once

#include <mapix.h>

#include <memory>

#include "com/object.h"

namespace mapiary::imessage::testing {

// Changing calls are counted from 0; the `fail_at`-th answers STG_E_MEDIUMFULL, once.
struct Faults {
  int calls = 0;
  int fail_at = -1;
  int commits = 0, reverts = 0;
  bool hit() { return calls++ == fail_at; }
  bool happened() const { return fail_at >= 0 && calls > fail_at; }
  void arm(int n) {
    calls = 0;
    fail_at = n;
  }
};

class FailingStream final : public com::Object<IStream> {
 public:
  FailingStream(com::Ref<IStream> to, std::shared_ptr<Faults> faults)
      : to_(std::move(to)), faults_(std::move(faults)) {}
  STDMETHODIMP Read(void* out, ULONG count, ULONG* done) override { return to_->Read(out, count, done); }
  STDMETHODIMP Write(const void* from, ULONG count, ULONG* done) override {
    return faults_->hit() ? STG_E_MEDIUMFULL : to_->Write(from, count, done);
  }
  STDMETHODIMP Seek(LARGE_INTEGER move, DWORD origin, ULARGE_INTEGER* at) override {
    return to_->Seek(move, origin, at);
  }
  STDMETHODIMP SetSize(ULARGE_INTEGER size) override { return faults_->hit() ? STG_E_MEDIUMFULL : to_->SetSize(size); }
  STDMETHODIMP CopyTo(IStream* target, ULARGE_INTEGER count, ULARGE_INTEGER* read, ULARGE_INTEGER* written) override {
    return to_->CopyTo(target, count, read, written);
  }
  STDMETHODIMP Commit(DWORD flags) override { return to_->Commit(flags); }
  STDMETHODIMP Revert() override { return to_->Revert(); }
  STDMETHODIMP LockRegion(ULARGE_INTEGER a, ULARGE_INTEGER b, DWORD c) override { return to_->LockRegion(a, b, c); }
  STDMETHODIMP UnlockRegion(ULARGE_INTEGER a, ULARGE_INTEGER b, DWORD c) override { return to_->UnlockRegion(a, b, c); }
  STDMETHODIMP Stat(STATSTG* out, DWORD flags) override { return to_->Stat(out, flags); }
  STDMETHODIMP Clone(IStream** out) override { return to_->Clone(out); }

 private:
  com::Ref<IStream> to_;
  std::shared_ptr<Faults> faults_;
};

class FailingStorage final : public com::Object<IStorage> {
 public:
  FailingStorage(com::Ref<IStorage> to, std::shared_ptr<Faults> faults)
      : to_(std::move(to)), faults_(std::move(faults)) {}
  STDMETHODIMP CreateStream(const OLECHAR* name, DWORD mode, DWORD a, DWORD b, IStream** out) override {
    com::Ref<IStream> inner;
    return faults_->hit() ? STG_E_MEDIUMFULL : wrap(to_->CreateStream(name, mode, a, b, inner.put()), inner, out);
  }
  STDMETHODIMP OpenStream(const OLECHAR* name, void* a, DWORD mode, DWORD b, IStream** out) override {
    com::Ref<IStream> inner;
    return wrap(to_->OpenStream(name, a, mode, b, inner.put()), inner, out);
  }
  STDMETHODIMP CreateStorage(const OLECHAR* name, DWORD mode, DWORD a, DWORD b, IStorage** out) override {
    com::Ref<IStorage> inner;
    return faults_->hit() ? STG_E_MEDIUMFULL : wrap(to_->CreateStorage(name, mode, a, b, inner.put()), inner, out);
  }
  STDMETHODIMP OpenStorage(const OLECHAR* name, IStorage* a, DWORD mode, SNB b, DWORD c, IStorage** out) override {
    com::Ref<IStorage> inner;
    return wrap(to_->OpenStorage(name, a, mode, b, c, inner.put()), inner, out);
  }
  STDMETHODIMP CopyTo(DWORD count, const IID* iids, SNB exclude, IStorage* target) override {
    return to_->CopyTo(count, iids, exclude, target);
  }
  STDMETHODIMP MoveElementTo(const OLECHAR* name, IStorage* to, const OLECHAR* as, DWORD flags) override {
    return to_->MoveElementTo(name, to, as, flags);
  }
  STDMETHODIMP Commit(DWORD flags) override {
    ++faults_->commits;
    return faults_->hit() ? STG_E_MEDIUMFULL : to_->Commit(flags);
  }
  STDMETHODIMP Revert() override {
    ++faults_->reverts;
    return to_->Revert();
  }
  STDMETHODIMP EnumElements(DWORD a, void* b, DWORD c, IEnumSTATSTG** out) override {
    return to_->EnumElements(a, b, c, out);
  }
  STDMETHODIMP DestroyElement(const OLECHAR* name) override {
    return faults_->hit() ? STG_E_MEDIUMFULL : to_->DestroyElement(name);
  }
  STDMETHODIMP RenameElement(const OLECHAR* from, const OLECHAR* to) override { return to_->RenameElement(from, to); }
  STDMETHODIMP SetElementTimes(const OLECHAR* name, const FILETIME* a, const FILETIME* b, const FILETIME* c) override {
    return to_->SetElementTimes(name, a, b, c);
  }
  STDMETHODIMP SetClass(REFCLSID clsid) override { return to_->SetClass(clsid); }
  STDMETHODIMP SetStateBits(DWORD bits, DWORD mask) override { return to_->SetStateBits(bits, mask); }
  STDMETHODIMP Stat(STATSTG* out, DWORD flags) override { return to_->Stat(out, flags); }

 private:
  HRESULT wrap(HRESULT hr, com::Ref<IStream>& inner, IStream** out) {
    *out = SUCCEEDED(hr) ? com::make<FailingStream>(std::move(inner), faults_).detach() : nullptr;
    return hr;
  }
  HRESULT wrap(HRESULT hr, com::Ref<IStorage>& inner, IStorage** out) {
    *out = SUCCEEDED(hr) ? com::make<FailingStorage>(std::move(inner), faults_).detach() : nullptr;
    return hr;
  }
  com::Ref<IStorage> to_;
  std::shared_ptr<Faults> faults_;
};

}  // namespace mapiary::imessage::testing
